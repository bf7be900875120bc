// Package ruby reads what the Ruby interpreter says of a program that failed:
// uncaught exceptions with their causes, and syntax errors. It knows the forms
// of Ruby 3.1 up to 3.4.
//
// Diagnosis.Type is the exception's class. A program that ended itself with a
// status, by exit or abort, has the type SystemExit, which is the exception
// that these raise.
package ruby

import (
	"strings"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/internal/source"
	"github.com/nsbox/nsbox/nsbox/language"
)

// maxText bounds how much of a stream is read: the end of it tells why a
// program ended.
const maxText = 256 << 10

// maxFound bounds the diagnoses; a broken quote alone can make dozens.
const maxFound = 40

// Analyze is an [nsbox.AnalyzerFunc]. The first diagnosis is the exception that
// ended the program, or the first syntax error; the exceptions that caused it,
// or the other syntax errors, follow.
func Analyze(e nsbox.Evidence) []nsbox.Diagnosis {
	if e.Verdict == nsbox.OK && e.Check == nil {
		return nil
	}
	text := tail(e.Stderr)
	found := uncaught(text, e.Files)
	if len(found) == 0 {
		found = syntax(text, e.Files)
	}
	if e.Check != nil && (len(found) == 0 || found[0].Phase == nsbox.PhaseParse) {
		check := tail(e.Check.Stderr)
		if more := syntax(check, e.Files); len(more) > 0 && len(more) >= len(found) {
			found = more
		}
		indentation(check, found)
	}
	cause(found, e.Files)
	if len(found) == 0 && e.Verdict == nsbox.NonZero {
		found = exited(e, text)
	}
	return found[:min(len(found), maxFound)]
}

// tail is the end of a stream as text.
func tail(b []byte) string {
	if len(b) > maxText {
		b = b[len(b)-maxText:]
	}
	return strings.ToValidUTF8(strings.ReplaceAll(string(b), "\r\n", "\n"), "\uFFFD")
}

// own returns a path as the program's files are named, and whether it may be
// one of them rather than one of Ruby's own.
func own(path string, files []nsbox.File) (string, bool) {
	if path == "" || path[0] == '<' || path[0] == '(' || path == "-e" {
		return "", false
	}
	path = strings.TrimPrefix(strings.TrimPrefix(path, language.Workspace+"/"), "./")
	for _, f := range files {
		if f.Name == path {
			return path, true
		}
	}
	if strings.Contains(path, "/lib/ruby/") || strings.Contains(path, "/gems/") {
		return "", false
	}
	return path, len(files) == 0 || !strings.HasPrefix(path, "/")
}

// textOf returns the named file, nil where it is not among files.
func textOf(files []nsbox.File, name string) *source.Text {
	for _, f := range files {
		if f.Name == name {
			return source.NewText(f.Data)
		}
	}
	return nil
}

// exited diagnoses a program that ended itself, as far as that can be told.
func exited(e nsbox.Evidence, text string) []nsbox.Diagnosis {
	if len(e.Files) == 0 || e.ExitCode == 0 || e.ExitCode > 125 {
		return nil
	}
	d := nsbox.Diagnosis{Type: "SystemExit", Message: "exit", Phase: nsbox.PhaseRun}
	last := strings.TrimSpace(text)
	last = strings.TrimSpace(last[strings.LastIndexByte(last, '\n')+1:])
	if last != "" && len(last) < 500 {
		d.Message = last
	}
	src := source.NewText(e.Files[0].Data)
	for n := 1; n <= src.Lines(); n++ {
		if !leaves(src.Line(n)) {
			continue
		}
		if d.Line > 0 { // one of several: which one is not known
			d.File, d.Line = "", 0
			break
		}
		d.File, d.Line = e.Files[0].Name, n
	}
	return []nsbox.Diagnosis{d}
}

// leaves reports whether a line calls exit or abort, as far as that can be seen.
func leaves(line string) bool {
	for _, w := range strings.FieldsFunc(line, func(c rune) bool { return strings.ContainsRune(" \t();{}|&", c) }) {
		if w == "exit" || w == "exit!" || w == "abort" {
			return true
		}
		if w[0] == '#' {
			break
		}
	}
	return false
}
