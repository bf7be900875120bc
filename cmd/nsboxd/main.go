// Command nsboxd offers nsbox as a service over HTTP, WebSocket and gRPC.
package main

import (
	"os"

	"github.com/nsbox/nsbox/nsbox/daemon"
)

func main() { os.Exit(daemon.Main(os.Args)) }
