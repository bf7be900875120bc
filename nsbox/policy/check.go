package policy

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/internal/suggest"
)

// Bounds of a request that no host widens: they keep messages and set-ups small.
const (
	maxFiles     = 1000
	maxName      = 4096
	maxComponent = 255
	maxDepth     = 32
	maxTotal     = 64 << 20
	maxArgs      = 1024
	maxArgBytes  = 32 << 10
	maxEnv       = 1024
	maxScope     = 256
	maxEnvBytes  = 16 << 10
)

func bad(format string, args ...any) error {
	return fmt.Errorf("%w: %w", nsbox.ErrBadRequest, fmt.Errorf(format, args...))
}

func checkFiles(files []nsbox.FileSpec) error {
	if len(files) == 0 {
		return bad("there is no file to run")
	}
	if len(files) > maxFiles {
		return bad("%d files; at most %d are allowed", len(files), maxFiles)
	}
	// What is known of each name: a file, or the directory of the file it maps to.
	seen := map[string]bool{}
	dirs := map[string]string{}
	for _, f := range files {
		if err := checkName(f.Name); err != nil {
			return err
		}
		if seen[f.Name] {
			return bad("file %q is there twice", f.Name)
		}
		seen[f.Name] = true
		for d := path.Dir(f.Name); d != "."; d = path.Dir(d) {
			dirs[d] = f.Name
		}
	}
	for _, f := range files {
		if below := dirs[f.Name]; below != "" {
			return bad("file %q is also the directory of %q", f.Name, below)
		}
	}
	return nil
}

// checkName takes relative, clean names that print on a terminal.
func checkName(name string) error {
	switch {
	case name == "":
		return bad("a file has no name")
	case len(name) > maxName:
		return bad("a file's name has %d bytes; allowed are at most %d", len(name), maxName)
	case !utf8.ValidString(name):
		return bad("file name %q is not UTF-8", name)
	case hasControl(name):
		return bad("file name %q has a control character", name)
	case path.IsAbs(name), path.Clean(name) != name, name == ".", name == "..", strings.HasPrefix(name, "../"):
		return bad("file name %q is not allowed: names are relative to /workspace, without \".\", \"..\" and empty parts", name)
	}
	parts := strings.Split(name, "/")
	if len(parts) > maxDepth {
		return bad("file name %q is %d directories deep; allowed are at most %d", name, len(parts), maxDepth)
	}
	for _, c := range parts {
		if len(c) > maxComponent {
			return bad("file name %q has a component of %d bytes; allowed are at most %d", name, len(c), maxComponent)
		}
	}
	return nil
}

func hasControl(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return r < 0x20 || r >= 0x7f && r < 0xa0 })
}

// checkFit sees to it that the files have room in every stage that they go to.
func checkFit(files []nsbox.FileSpec, stages []Stage) error {
	var sum int64
	entries := map[string]bool{}
	for _, f := range files {
		if f.Size < 0 {
			return bad("file %q has the size %d", f.Name, f.Size)
		}
		// One by one, so that no sum overflows.
		if f.Size > maxTotal || sum+f.Size > maxTotal {
			return bad("the files have more than %s together, which is all that a request may bring", nsbox.Size(maxTotal))
		}
		sum += f.Size
		for e := f.Name; e != "."; e = path.Dir(e) {
			entries[e] = true
		}
	}
	for _, st := range stages {
		if sum > int64(st.Limits.Disk) {
			return bad("the files have %s together; --disk allows the %s stage %s", nsbox.Size(sum), st.Name, st.Limits.Disk)
		}
		if len(entries) > st.Limits.Inodes {
			return bad("the request has %d files and directories; --inodes allows the %s stage %d", len(entries), st.Name, st.Limits.Inodes)
		}
	}
	return nil
}

func checkArgs(args []string) error {
	if len(args) > maxArgs {
		return bad("there are %d arguments; allowed are at most %d", len(args), maxArgs)
	}
	sum := 0
	for i, a := range args {
		if strings.Contains(a, "\x00") {
			return bad("argument %d has a NUL byte", i+1)
		}
		sum += len(a) + 1 // with its end, as the kernel counts
	}
	if sum > maxArgBytes {
		return bad("the arguments have %d bytes together; allowed are at most %d", sum, maxArgBytes)
	}
	return nil
}

func checkEnv(env []string) error {
	if len(env) > maxEnv {
		return bad("--env is there %d times; allowed are at most %d", len(env), maxEnv)
	}
	sum := 0
	for _, e := range env {
		name, value, ok := strings.Cut(e, "=")
		if !ok || !isEnvName(name) {
			return bad("--env %q: want NAME=value with a name of letters, digits and _, no digit first", e)
		}
		if strings.Contains(value, "\x00") {
			return bad("--env %s: the value has a NUL byte", name)
		}
		sum += len(e) + 1
	}
	if sum > maxEnvBytes {
		return bad("the environment has %d bytes; allowed are at most %d", sum, maxEnvBytes)
	}
	return nil
}

func isEnvName(s string) bool {
	for i, c := range s {
		letter := c == '_' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z'
		if !letter && (i == 0 || c < '0' || c > '9') {
			return false
		}
	}
	return s != ""
}

// maxTTY bounds rows and columns of a terminal.
const maxTTY = 1000

// checkProfile takes profiles that the host has. One that comes with the
// request is left to the caller.
func checkProfile(req nsbox.Spec, known []string) error {
	if req.Profile == "" || slices.Contains(known, req.Profile) {
		return nil
	}
	if near := suggest.Nearest(req.Profile, known); near != "" {
		return bad("unknown profile %q; did you mean %q?", req.Profile, near)
	}
	return bad("unknown profile %q; there are: %s", req.Profile, strings.Join(known, ", "))
}

// mergeEnv joins lists of NAME=value; a later entry replaces an earlier one.
func mergeEnv(lists ...[]string) []string {
	var out []string
	for _, e := range slices.Concat(lists...) {
		name, _, _ := strings.Cut(e, "=")
		i := slices.IndexFunc(out, func(o string) bool { return strings.HasPrefix(o, name+"=") })
		if i >= 0 {
			out[i] = e
		} else {
			out = append(out, e)
		}
	}
	return out
}
