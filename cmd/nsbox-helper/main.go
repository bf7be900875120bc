// The runtime would hold a descriptor of the cgroup's CPU limit.
//
//go:debug containermaxprocs=0
//go:debug updatemaxprocs=0

// Command nsbox-helper is the privileged side of nsbox.
package main

import (
	"os"

	"github.com/nsbox/nsbox/nsbox/helper"
)

func main() { os.Exit(helper.Main(os.Args)) }
