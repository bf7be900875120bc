package policy

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/internal/lazyre"
	"github.com/nsbox/nsbox/nsbox/internal/suggest"
)

// Bounds of a request that no host widens: they keep messages and set-ups small.
const (
	maxFiles     = 1000
	maxName      = 1024
	maxComponent = 255
	maxDepth     = 32
	maxTotal     = 64 << 20
	maxArgs      = 1024
	maxArgBytes  = 32 << 10
	maxEnv       = 256
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
	const dir, file = 1, 2
	seen := map[string]int{}
	for _, f := range files {
		if err := checkName(f.Name); err != nil {
			return err
		}
		if seen[f.Name] == file {
			return bad("file %q is there twice", f.Name)
		}
		if seen[f.Name] == dir {
			return bad("%q is a file and a directory", f.Name)
		}
		seen[f.Name] = file
		for d := path.Dir(f.Name); d != "."; d = path.Dir(d) {
			if seen[d] == file {
				return bad("%q is a file and a directory", d)
			}
			seen[d] = dir
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
		return bad("a file's name has %d bytes; at most %d are allowed", len(name), maxName)
	case path.IsAbs(name):
		return bad("file name %q is absolute; names are relative to /workspace", name)
	case path.Clean(name) != name || name == "." || name == ".." || strings.HasPrefix(name, "../"):
		return bad("file name %q: write it without %q, %q and double slashes", name, ".", "..")
	case strings.Count(name, "/") >= maxDepth:
		return bad("file name %q is deeper than %d directories", name, maxDepth)
	case hasControl(name):
		return bad("file name %q has a control character", name)
	}
	for _, c := range strings.Split(name, "/") {
		if len(c) > maxComponent {
			return bad("file name %q has a part of %d bytes; at most %d are allowed", name, len(c), maxComponent)
		}
	}
	return nil
}

func hasControl(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return r < 0x20 || r >= 0x7f && r < 0xa0 })
}

// checkFit sees to it that the files have room in every stage that they go to.
func checkFit(files []nsbox.FileSpec, stages []Stage) error {
	most := int64(maxTotal)
	inodes := 0
	for _, st := range stages {
		most = min(most, int64(st.Limits.Disk))
		if inodes == 0 || st.Limits.Inodes < inodes {
			inodes = st.Limits.Inodes
		}
	}
	var sum int64
	for _, f := range files {
		if f.Size < 0 {
			return bad("file %q has a negative size", f.Name)
		}
		// One by one, so that no sum overflows.
		if f.Size > most || sum+f.Size > most {
			return bad("the files have more than %s together, which is what disk and protocol allow", nsbox.Size(most))
		}
		sum += f.Size
	}
	if len(files) > inodes {
		return bad("%d files; the inodes limit is %d", len(files), inodes)
	}
	return nil
}

func checkArgs(args []string) error {
	sum := 0
	for _, a := range args {
		if strings.Contains(a, "\x00") {
			return bad("an argument has a NUL byte")
		}
		sum += len(a)
	}
	if len(args) > maxArgs || sum > maxArgBytes {
		return bad("%d arguments of %d bytes together; at most %d of %d are allowed", len(args), sum, maxArgs, maxArgBytes)
	}
	return nil
}

var envName = lazyre.New(`^[A-Za-z_][A-Za-z0-9_]{0,254}$`)

func checkEnv(env []string) error {
	sum := 0
	for _, e := range env {
		name, value, ok := strings.Cut(e, "=")
		if !ok || !envName.MatchString(name) {
			return bad("environment entry %q: write NAME=value with a name of letters, digits and _", e)
		}
		if strings.Contains(value, "\x00") {
			return bad("environment variable %s has a NUL byte", name)
		}
		sum += len(e)
	}
	if len(env) > maxEnv || sum > maxEnvBytes {
		return bad("%d environment variables of %d bytes together; at most %d of %d are allowed", len(env), sum, maxEnv, maxEnvBytes)
	}
	return nil
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
