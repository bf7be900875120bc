// Command nsbox runs programs that nobody trusts in sandboxes of their own.
package main

import (
	"os"

	"github.com/nsbox/nsbox/nsbox/cli"
)

func main() { os.Exit(cli.New().Main(os.Args)) }
