package cfamily

import (
	"strconv"
	"strings"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/internal/lazyre"
)

var (
	thrown    = lazyre.New(`(?m)^terminate called after throwing an instance of '(.+)'\r?$`)
	what      = lazyre.New(`(?m)^ +what\(\): +(.*?)\r?$`)
	asserted  = lazyre.New("(?m)^(?:[^:\n]+: )?([^:\\s]+\\.\\w+):(\\d+): (?:(.+): )?Assertion [`'](.+)' failed\\.")
	glibc     = lazyre.New(`(?m)^(\*\*\* .+|(?:free|malloc|realloc|munmap_chunk|corrupted|double free|malloc_consolidate|tcache|invalid|unaligned)[^\n]*(?:\(\)|corrupted|detected|free|pointer|size|chunk)[^\n]*|terminate called[^\n]*|pure virtual method called)\r?$`)
	sanitizer = lazyre.New(`(?m)^(?:==\d+==)?ERROR: (\w+Sanitizer): ([^\n]+)$`)
	undefined = lazyre.New(`(?m)^([^:\s]+\.\w+):(\d+):(\d+): runtime error: ([^\n]+)$`)
	frame     = lazyre.New(`(?m)^ +#\d+ [^\n]*? ([^\s:()]+\.\w+):(\d+)(?::(\d+))?$`)
	frames    = lazyre.New(`(?m)^ +#\d+ [^\n]*$`)
)

// run reads what a program that was built said at its end. It returns nothing
// where the signal or the status is all that is known.
func (s *sources) run(e nsbox.Evidence) []nsbox.Diagnosis {
	stderr := plain(string(e.Stderr))
	d := nsbox.Diagnosis{Type: e.Signal, Phase: nsbox.PhaseRun}
	switch {
	case s.sanitized(&d, stderr):
	case s.assertion(&d, stderr):
	case exception(&d, stderr):
	case glibc.MatchString(stderr):
		m := glibc.FindAllString(stderr, -1)
		d.Message = strings.TrimSpace(m[len(m)-1])
		d.Hint = "memory was written outside its bounds, freed twice, or freed though it was not allocated"
	case e.Signal != "":
		d.Message = "ended by " + e.Signal + meanings[e.Signal]
		d.Hint = hints[e.Signal]
	default:
		return nil
	}
	if d.Type == "" {
		d.Type = "SIGABRT"
	}
	return []nsbox.Diagnosis{d}
}

var meanings = map[string]string{
	"SIGSEGV": ": memory was used that is not the program's",
	"SIGBUS":  ": memory was used that is not there",
	"SIGFPE":  ": an integer was divided by zero, or the quotient does not fit",
	"SIGABRT": ": it gave up by itself",
	"SIGILL":  ": it reached an instruction that must not run",
	"SIGTRAP": ": it reached an instruction that must not run",
	"SIGPIPE": ": nobody read what it wrote",
}

var hints = map[string]string{
	"SIGSEGV": "a null or dangling pointer, an index outside its array, or a recursion without an end",
	"SIGFPE":  "check the divisor before / and %",
	"SIGILL":  "often the end of a function that returns a value, without a return",
}

// exception reads std::terminate's words.
func exception(d *nsbox.Diagnosis, stderr string) bool {
	m := thrown.FindStringSubmatch(stderr)
	if m == nil {
		return false
	}
	d.Message = "uncaught exception " + m[1]
	if w := what.FindStringSubmatch(stderr); w != nil {
		d.Message += ": " + w[1]
	}
	d.StackTrace = strings.TrimSpace(stderr[strings.Index(stderr, "terminate called"):])
	if len(d.StackTrace) > maxTrace {
		d.StackTrace = strings.ToValidUTF8(d.StackTrace[:maxTrace], "")
	}
	return true
}

// maxTrace bounds the stack trace of a diagnosis.
const maxTrace = 4096

func (s *sources) assertion(d *nsbox.Diagnosis, stderr string) bool {
	m := asserted.FindStringSubmatch(stderr)
	if m == nil {
		return false
	}
	d.Message = "assertion '" + m[4] + "' failed"
	if m[3] != "" {
		d.Message += " in " + m[3]
	}
	d.File = name(m[1])
	d.Line, _ = strconv.Atoi(m[2])
	if t := s.text(d.File); t != nil {
		if at := strings.Index(t.Line(d.Line), "assert"); at >= 0 {
			start, _ := t.Bounds(d.Line)
			_, d.Column = t.Place(start + at)
		}
	}
	return true
}

// sanitized reads the reports of the address and undefined behaviour
// sanitizers, which name lines.
func (s *sources) sanitized(d *nsbox.Diagnosis, stderr string) bool {
	if m := undefined.FindStringSubmatch(stderr); m != nil {
		d.Message, d.File = m[4], name(m[1])
		d.Line, _ = strconv.Atoi(m[2])
		d.Column, _ = strconv.Atoi(m[3])
		return true
	}
	m := sanitizer.FindStringSubmatch(stderr)
	if m == nil {
		return false
	}
	d.Message = m[1] + ": " + m[2]
	if d.Type == "" {
		d.Type = m[1]
	}
	trace := frames.FindAllString(stderr, 32)
	d.StackTrace = strings.Join(trace, "\n")
	for _, f := range frame.FindAllStringSubmatch(stderr, 32) {
		if s.isOwn(f[1]) || s.isOwn(f[1][strings.LastIndexByte(f[1], '/')+1:]) {
			d.File = name(f[1])
			if s.text(d.File) == nil {
				d.File = d.File[strings.LastIndexByte(d.File, '/')+1:]
			}
			d.Line, _ = strconv.Atoi(f[2])
			d.Column, _ = strconv.Atoi(f[3])
			break
		}
	}
	return true
}
