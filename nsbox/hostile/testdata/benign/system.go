// nsbox:why: Files, processes, signals and arguments from Go.
// nsbox:args: one two
// nsbox:stdout: [one two] kept hi hangup
package main

import (
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
)

func main() {
	dir, _ := os.MkdirTemp("", "x")
	p := filepath.Join(dir, "f")
	if err := os.WriteFile(p, []byte("kept"), 0o600); err != nil {
		panic(err)
	}
	b, _ := os.ReadFile(p)
	out, err := exec.Command("/bin/sh", "-c", "echo hi").Output()
	if err != nil {
		panic(err)
	}
	c := make(chan os.Signal, 1)
	signal.Notify(c, syscall.SIGHUP)
	syscall.Kill(os.Getpid(), syscall.SIGHUP)
	fmt.Println(os.Args[1:], string(b), strings.TrimSpace(string(out)), <-c)
}
