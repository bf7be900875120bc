// The program that `make quickstart` runs: what does a sandbox look like from
// the inside?
package main

import (
	"fmt"
	"net"
	"os"
	"runtime"
	"time"
)

func main() {
	fmt.Printf("Hello from %s on %s/%s, inside a sandbox.\n", runtime.Version(), runtime.GOOS, runtime.GOARCH)
	fmt.Printf("I am process %d with uid %d.\n", os.Getpid(), os.Getuid())

	if err := os.WriteFile("/usr/planted", nil, 0o644); err != nil {
		fmt.Println("Writing to the system:", err)
	}
	if _, err := net.DialTimeout("tcp", "192.0.2.1:80", time.Second); err != nil {
		fmt.Println("Reaching the network:", err)
	}
	if err := os.WriteFile("notes.txt", []byte("kept as an artifact\n"), 0o644); err == nil {
		fmt.Println("Writing to /workspace: fine.")
	}
}
