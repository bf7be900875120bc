// The runtime would read the cgroup's CPU limit at each start and hold a
// descriptor of it, for a process that mostly waits.
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
