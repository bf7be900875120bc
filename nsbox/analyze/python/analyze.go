// Package python reads what Python prints about a program that failed.
package python

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/internal/lazyre"
	"github.com/nsbox/nsbox/nsbox/internal/source"
	"github.com/nsbox/nsbox/nsbox/language"
)

// maxMessage bounds a message, in bytes.
const maxMessage = 4 << 10

// Analyze is an [nsbox.AnalyzerFunc]. It reads the last traceback, which is that
// of the exception that ended the program; of chained exceptions that is the one
// raised last. Its place is the deepest frame in the program's own files.
//
// A program that ended with a message instead of a traceback, as by
// sys.exit("why"), is diagnosed as SystemExit.
func Analyze(e nsbox.Evidence) []nsbox.Diagnosis {
	t, ok := Last(string(e.Stderr))
	if !ok && e.Check != nil {
		t, ok = Last(string(e.Check.Stderr))
	}
	if !ok {
		return exit(e)
	}
	d := nsbox.Diagnosis{
		Type: t.Type, Message: clip(t.Message), StackTrace: clip(t.Text), Phase: nsbox.PhaseRun, Hint: hint(t.Message),
	}
	if f, ok := Place(t, e.Files); ok {
		d.File, d.Line = name(f.File), f.Line
		text := textOf(e.Files, d.File)
		if f.From >= 0 && text != nil {
			d.Column = column(text, f)
		}
		if f.In == "" && IsSyntax(t.Type) {
			d.Phase = nsbox.PhaseParse
		}
		d.Suggestions = suggest(d, text)
	} else if IsSyntax(t.Type) && len(t.Frames) == 0 {
		d.Phase = nsbox.PhaseParse
	}
	return []nsbox.Diagnosis{d}
}

// IsSyntax reports whether an exception of that class says that source is not
// well-formed.
func IsSyntax(class string) bool {
	return class == "SyntaxError" || class == "IndentationError" || class == "TabError"
}

// Place returns the deepest frame of t in one of files; with none, the deepest
// one that is not of Python's own library.
func Place(t Trace, files []nsbox.File) (Frame, bool) {
	for _, f := range slices.Backward(t.Frames) {
		own := textOf(files, name(f.File)) != nil
		if own || len(files) == 0 && !library(f.File) {
			return f, true
		}
	}
	return Frame{}, false
}

// library reports whether path is not the user's.
func library(path string) bool {
	return strings.HasPrefix(path, "<") || strings.Contains(path, "/lib/python") || strings.Contains(path, `\lib\`) ||
		strings.Contains(path, "-packages/") || strings.HasPrefix(path, "/usr/lib")
}

// name is path as files of a program are named.
func name(path string) string {
	return strings.TrimPrefix(strings.TrimPrefix(path, language.Workspace+"/"), "./")
}

func textOf(files []nsbox.File, name string) *source.Text {
	for _, f := range files {
		if f.Name == name {
			return source.NewText(f.Data)
		}
	}
	return nil
}

// column is where the marks under f begin: Python prints its lines without
// their indentation.
func column(text *source.Text, f Frame) int {
	line := text.Line(f.Line)
	indent := len(line) - len(strings.TrimLeft(line, " \t\f"))
	return min(utf8.RuneCountInString(line[:indent])+f.From, utf8.RuneCountInString(line)) + 1
}

func clip(s string) string {
	if len(s) > maxMessage {
		s = s[:maxMessage/2] + "\n...\n" + s[len(s)-maxMessage/2:]
	}
	return strings.ToValidUTF8(s, "\uFFFD")
}

var hints = lazyre.New(`(?s)(Did you mean:? .*|Did you forget .*|Perhaps you forgot .*|Maybe you meant .*|` +
	`perhaps you meant .*|use an 0o prefix .*|Use parentheses .*|Consider .*)$`)

// hint is what a message says beyond what went wrong.
func hint(message string) string {
	return clip(hints.FindString(message))
}

var (
	didYouMean = lazyre.New(`Did you mean:? '([^']+)'\?$`)
	subject    = lazyre.New(`(?:name|attribute|argument) '([^']+)'|cannot import name '([^']+)'`)
)

// suggest makes Python's own "Did you mean" an edit, where the line has the name
// once.
func suggest(d nsbox.Diagnosis, text *source.Text) []nsbox.Suggestion {
	m, s := didYouMean.FindStringSubmatch(d.Message), subject.FindStringSubmatch(d.Message)
	if m == nil || s == nil || text == nil || d.Line < 1 || d.Line > text.Lines() {
		return nil
	}
	old := s[1] + s[2]
	line := text.Line(d.Line)
	at := wordIn(line, old)
	if at < 0 {
		return nil
	}
	start, _ := text.Bounds(d.Line)
	return []nsbox.Suggestion{{
		Message: "use " + m[1],
		Edits:   []nsbox.Edit{{File: d.File, Start: start + at, End: start + at + len(old), Text: m[1]}},
	}}
}

// wordIn returns where line has word as a whole word, -1 unless exactly once.
func wordIn(line, word string) int {
	found := -1
	for at := 0; ; {
		i := strings.Index(line[at:], word)
		if i < 0 {
			return found
		}
		i += at
		at = i + len(word)
		before, _ := utf8.DecodeLastRuneInString(line[:i])
		after, _ := utf8.DecodeRuneInString(line[at:])
		if i > 0 && wordRune(before) || at < len(line) && wordRune(after) {
			continue
		}
		if found >= 0 {
			return -1
		}
		found = i
	}
}

func wordRune(r rune) bool {
	return r == '_' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= 0x80 && r != utf8.RuneError
}

var fatal = lazyre.New(`(?m)^Fatal Python error: ([^\n]*)$`)

// exit diagnoses a program that ended without a traceback.
func exit(e nsbox.Evidence) []nsbox.Diagnosis {
	text := strings.TrimSpace(plain(string(e.Stderr)))
	if m := fatal.FindStringSubmatch(text); m != nil {
		d := nsbox.Diagnosis{Type: "FatalError", Message: clip(m[1]), Phase: nsbox.PhaseRun, StackTrace: clip(text)}
		if e.Signal != "" {
			d.Type = e.Signal
		}
		for _, f := range fatalFrames(text) {
			if textOf(e.Files, name(f.File)) != nil || len(e.Files) == 0 && !library(f.File) {
				d.File, d.Line = name(f.File), f.Line
				break
			}
		}
		return []nsbox.Diagnosis{d}
	}
	if e.Signal != "" || text == "" || e.Verdict == nsbox.OK {
		return nil
	}
	lines := strings.Split(text, "\n")
	return []nsbox.Diagnosis{{
		Type: "SystemExit", Message: clip(strings.TrimSpace(lines[len(lines)-1])), Phase: nsbox.PhaseRun,
	}}
}
