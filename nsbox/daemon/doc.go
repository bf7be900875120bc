// Package daemon is the program nsboxd: it reads the configuration, makes the
// service of it, and serves REST, WebSocket and gRPC on one set of listeners until
// it is told to stop.
//
// Life of the process: main.go takes the command line; build.go makes the parts
// from the configuration; listen.go opens what is listened on, or takes it from
// systemd; serve.go serves, tells the service manager, reloads, and ends: first
// the listeners, then, when they had their time, the programs, then the streams.
package daemon
