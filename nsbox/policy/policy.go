// Package policy decides what a request is allowed. It is pure: it reads no
// file and asks no kernel, so a table test covers it.
package policy

import (
	"github.com/nsbox/nsbox/nsbox"
)

// Ceilings are the host's bounds and defaults, read from a root-owned file.
type Ceilings struct {
	Default nsbox.Limits `toml:"default"`
	Min     nsbox.Limits `toml:"min"`
	Max     nsbox.Limits `toml:"max"`
	// CompileMax bounds what a language file may give its compile stage.
	CompileMax nsbox.Limits `toml:"compile_max"`
	// Profiles are the seccomp profiles that a request may name.
	Profiles []string `toml:"profiles"`
}

// Plan is what Resolve decided: all that the privileged side needs to know.
type Plan struct {
	Language string
	Image    string
	// Stages in order: compile, when there is one, then run.
	Stages []Stage
	// Artifacts is set when files are to be collected after the run stage.
	Artifacts bool
	TTY       *nsbox.TTYSize
}

// Stage is one command to run in a sandbox of its own. Every limit is set.
type Stage struct {
	Name    string // nsbox.StageCompile or nsbox.StageRun
	Argv    []string
	Env     []string
	Dir     string // working directory: /workspace
	Profile string
	Limits  nsbox.Limits
	// Build makes /build writable and keeps what is left there for the stage
	// that follows.
	Build bool
}
