// The runtime would hold a descriptor of the cgroup's CPU limit.
//
//go:debug containermaxprocs=0
//go:debug updatemaxprocs=0

// Command nsbox runs programs that nobody trusts in sandboxes of their own.
package main

import (
	"os"

	"github.com/nsbox/nsbox/nsbox/cli"
)

func main() { os.Exit(cli.New().Main(os.Args)) }
