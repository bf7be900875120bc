package nsbox

import "bytes"

// OOMSign is how a language's runtime says that it ran out of memory: it ended
// with an exit code or a signal, and with a phrase on stderr.
//
// Runtimes that collect garbage get a heap that fits the memory limit, and give
// up with a message when it is full. That is the memory limit at work, though
// the kernel never had to act; without a sign the verdict would be NonZero or
// Signal. A program can forge the sign, and gains nothing by it.
type OOMSign struct {
	// ExitCode is 128+N where the runtime ends by signal N.
	ExitCode int `json:"exit_code" toml:"exit_code"`
	// Stderr is a phrase that is on stderr then.
	Stderr string `json:"stderr" toml:"stderr"`
}

// Matches reports whether a stage that ended with exitCode (128+N for signal N)
// and with stderr did so because its runtime ran out of memory.
func (s *OOMSign) Matches(exitCode int, stderr []byte) bool {
	return s != nil && s.Stderr != "" && exitCode == s.ExitCode && bytes.Contains(stderr, []byte(s.Stderr))
}
