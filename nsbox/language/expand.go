package language

import (
	"fmt"
	"math"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/nsbox/nsbox/nsbox"
)

// Workspace is where the program's files are in a sandbox.
const Workspace = "/workspace"

// Vars are what the placeholders of a stage stand for.
type Vars struct {
	// Files are the program's files, relative to /workspace, the main file first.
	Files []string
	// Args are the program's arguments.
	Args []string
	// Memory and CPUs are the stage's limits.
	Memory nsbox.Size
	CPUs   float64
}

// Expand returns the command and the environment of s, which is l.Compile or
// &l.Run, for one program. The environment is the stage's own entries only.
func (l *Language) Expand(s *Stage, v Vars) (argv, env []string, err error) {
	if len(v.Files) == 0 {
		return nil, nil, fmt.Errorf("%s: no main file", l.Name)
	}
	main := path.Join(Workspace, v.Files[0])
	base := path.Base(main)
	words := map[string]string{
		phMain:   main,
		phStem:   strings.TrimSuffix(base, path.Ext(base)),
		phHeap:   strconv.FormatInt(HeapMB(v.Memory), 10),
		phMemory: strconv.FormatInt(int64(v.Memory/nsbox.MiB), 10),
		phBoot:   BootFile,
		phCPUs:   strconv.Itoa(max(1, int(math.Ceil(v.CPUs)))),
	}
	lookup := func(w string) (string, bool) { t, ok := words[w]; return t, ok }
	for _, a := range s.Argv {
		w, ok := wholeWord(a, []string{phArgs, phSources})
		switch {
		case ok && w == phArgs:
			argv = append(argv, v.Args...)
			continue
		case ok:
			argv = append(argv, l.sources(v.Files)...)
			continue
		}
		if a, err = substitute(a, lookup); err != nil {
			return nil, nil, fmt.Errorf("%s: argv: %w", l.Name, err)
		}
		argv = append(argv, a)
	}
	for _, e := range s.Env {
		if e, err = substitute(e, lookup); err != nil {
			return nil, nil, fmt.Errorf("%s: env: %w", l.Name, err)
		}
		env = append(env, e)
	}
	return argv, env, nil
}

// ExpandSession returns the command of l.Session.
func (l *Language) ExpandSession(v Vars) ([]string, error) {
	v.Files = []string{l.Main}
	argv, _, err := l.Expand(&Stage{Argv: l.Session.Argv}, v)
	return argv, err
}

// sources returns the paths of files that are the language's by extension; the
// main file is, whatever its name.
func (l *Language) sources(files []string) []string {
	out := []string{path.Join(Workspace, files[0])}
	for _, f := range files[1:] {
		if slices.Contains(l.Extensions, path.Ext(f)) {
			out = append(out, path.Join(Workspace, f))
		}
	}
	return out
}

// HeapMB is the heap in MiB that a runtime may have under a memory limit: what
// is left after 64 MiB for the runtime itself and an eighth for what grows with
// the heap (stacks, collector, files on tmpfs), but at least half of the limit.
// For 256 MiB it is 160.
//
// Measured with Node 26 and OpenJDK 17 under 256 MiB: with 160, programs with
// 140 MiB of live data and much garbage end well; from 176 on Node's lazier
// collector is ended by the kernel at 100 MiB of live data.
func HeapMB(memory nsbox.Size) int64 {
	overhead := min(memory/2, 64*nsbox.MiB+memory/8)
	return max(1, int64((memory-overhead)/nsbox.MiB))
}

// A placeholderError names a placeholder that is not known.
type placeholderError struct{ word string }

func (e *placeholderError) Error() string { return fmt.Sprintf("unknown placeholder {%s}", e.word) }

// wholeWord reports which of words stands alone in braces as a.
func wholeWord(a string, words []string) (string, bool) {
	if len(a) > 2 && a[0] == '{' && a[len(a)-1] == '}' && contains(words, a[1:len(a)-1]) {
		return a[1 : len(a)-1], true
	}
	return "", false
}

// substitute replaces placeholders in text: words of lower case letters and "_"
// in braces. {{ becomes {; other braces stay.
func substitute(text string, lookup func(word string) (string, bool)) (string, error) {
	var out strings.Builder
	for {
		i := strings.IndexByte(text, '{')
		if i < 0 {
			out.WriteString(text)
			return out.String(), nil
		}
		out.WriteString(text[:i])
		text = text[i+1:]
		if strings.HasPrefix(text, "{") {
			out.WriteByte('{')
			text = text[1:]
			continue
		}
		end := strings.IndexFunc(text, func(r rune) bool { return r != '_' && (r < 'a' || r > 'z') })
		if end <= 0 || text[end] != '}' {
			out.WriteByte('{')
			continue
		}
		value, ok := lookup(text[:end])
		if !ok {
			return "", &placeholderError{text[:end]}
		}
		out.WriteString(value)
		text = text[end+1:]
	}
}

func contains(words []string, w string) bool { return slices.Contains(words, w) }
