package main

import "os"

func main() {
	if err := os.WriteFile("/workspace/out.txt", []byte("artifact\n"), 0o644); err != nil {
		panic(err)
	}
}
