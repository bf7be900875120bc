// Package initproc is the program nsbox-init: the zygote that sandboxes are
// cloned from, and the collector of their files. It runs inside, never on the
// host; package confine has its theory of operation.
package initproc

import "github.com/nsbox/nsbox/nsbox/internal/confine"

// Main runs the program and returns its exit status.
func Main(args []string) int { return confine.Main(args) }
