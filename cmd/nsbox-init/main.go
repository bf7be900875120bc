// Command nsbox-init is the first process of a zygote and of the sandboxes in it.
package main

import (
	"os"

	"github.com/nsbox/nsbox/nsbox/initproc"
)

func main() { os.Exit(initproc.Main(os.Args)) }
