// Package rust reads what rustc and the runtime of Rust say of a program that
// failed.
package rust

import (
	"slices"
	"strings"

	"github.com/nsbox/nsbox/nsbox"
)

// Analyze is an [nsbox.AnalyzerFunc]. It reads rustc's JSON where there is some,
// else the text for people, else what a program that panicked prints.
func Analyze(e nsbox.Evidence) []nsbox.Diagnosis {
	if e.Stage == nsbox.StageRun {
		if found := analyzeRun(e); len(found) > 0 {
			return found
		}
	}
	if found := fromMessages(Read(e)); len(found) > 0 {
		return found
	}
	found := fromText(string(e.Stderr))
	switch {
	case e.Stage == nsbox.StageRun:
		// The text may be a compiler's that was pasted; a program's own words
		// "error: ..." are not that.
		return slices.DeleteFunc(found, func(d nsbox.Diagnosis) bool { return d.Line == 0 })
	case len(found) > 0:
		return found
	}
	return fromLinker(string(e.Stderr))
}

// Read returns rustc's JSON messages in e.
func Read(e nsbox.Evidence) []Message {
	if e.Check != nil {
		if found := Messages(e.Check.Stderr); len(found) > 0 {
			return found
		}
	}
	return Messages(e.Stderr)
}

func fromMessages(messages []Message) []nsbox.Diagnosis {
	var out []nsbox.Diagnosis
	for i := range messages {
		m := &messages[i]
		d := nsbox.Diagnosis{Type: m.Type(), Message: m.Text, Phase: Phase(m.Type(), m.Text), Hint: hint(m)}
		if s := m.Primary(); s != nil {
			d.File, d.Line, d.Column = s.File, s.Line, s.Column
		}
		for _, s := range m.Suggestions() {
			d.Suggestions = append(d.Suggestions, nsbox.Suggestion{Message: s.Text, Edits: s.Edits, Certain: s.Certain})
		}
		out = append(out, d)
	}
	return out
}

// hint joins what rustc says to help, and the labels of the error's own place.
func hint(m *Message) string {
	var out []string
	for _, s := range m.Spans {
		if s.Primary && s.Label != "" {
			out = append(out, s.Label)
		}
	}
	for _, c := range m.Children {
		if c.Level == "help" || c.Level == "note" {
			out = append(out, c.Text)
		}
	}
	return strings.Join(out, "\n")
}

// ill are the codes of errors in the text itself.
var ill = map[string]bool{
	"E0586": true, "E0585": true, "E0748": true, "E0758": true, "E0762": true, "E0763": true, "E0765": true,
	"E0766": true, "E0768": true, "E0754": true,
}

// late are beginnings of messages without a code that come after parsing.
var late = []string{
	"cannot find", "cannot determine", "lifetime may not", "invalid format string", "format argument must",
	"multiple unused formatting", "argument never used", "this operation will panic", "this arithmetic operation",
	"literal out of range", "borrowed data escapes", "implementation of", "higher-ranked", "captured variable cannot",
	"lifetime", "cannot explicitly", "expected identifier, found `self`", "env", "environment variable",
	"unused", "requires at least a format string", "couldn't read", "non-", "positional arguments", "named argument",
	"constant evaluation", "evaluation of", "the item", "the type", "the name", "concrete type", "`?` operator",
	"this loop never", "function cannot return", "call to unsafe", "derive", "attribute", "no method",
}

// Phase tells when rustc found an error: while it read the text, or after.
func Phase(code, text string) nsbox.Phase {
	if code != "error" && code != "" {
		if ill[code] {
			return nsbox.PhaseParse
		}
		return nsbox.PhaseCompile
	}
	for _, l := range late {
		if strings.HasPrefix(text, l) {
			return nsbox.PhaseCompile
		}
	}
	for _, l := range []string{"positional argument", "in format string", "named arguments", "out of range for"} {
		if strings.Contains(text, l) {
			return nsbox.PhaseCompile
		}
	}
	return nsbox.PhaseParse
}
