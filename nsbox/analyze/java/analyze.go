// Package java reads what javac and the Java virtual machine say of a program
// that failed.
package java

import (
	"bytes"
	"strings"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/internal/lazyre"
)

// CompileError is the type of everything that the compiler objects to.
const CompileError = "CompileError"

var mainMethod = lazyre.New(`(?i)\b(?:void|static|public)\b.*\b\w*m\w*n\s*\(`)

// Analyze is an [nsbox.AnalyzerFunc]. Compile errors come from the check
// command where it ran, from the compiler's text otherwise.
func Analyze(e nsbox.Evidence) []nsbox.Diagnosis {
	if e.Stage != nsbox.StageCompile && e.Verdict != nsbox.OK {
		if d, ok := uncaught(e); ok {
			return []nsbox.Diagnosis{d}
		}
		if d, ok := launcher(e); ok {
			return []nsbox.Diagnosis{d}
		}
	}
	var out []nsbox.Diagnosis
	for _, r := range Reports(e) {
		if r.Line == 0 {
			r.Line = mainLine(e.Files, r.File)
		}
		out = append(out, r.diagnosis())
	}
	return out
}

// mainLine is where a file says something like main; an error without a line is
// about that.
func mainLine(files []nsbox.File, name string) int {
	for _, f := range files {
		if f.Name != name {
			continue
		}
		n := 0
		for line := range bytes.SplitSeq(f.Data, []byte("\n")) {
			n++
			if mainMethod.Match(line) {
				return n
			}
		}
	}
	return 0
}

func (r *Report) diagnosis() nsbox.Diagnosis {
	d := nsbox.Diagnosis{
		Type: CompileError, Message: r.Summary(), File: r.File, Line: r.Line, Column: r.Column, Phase: r.Phase, Hint: r.hint(),
	}
	if d.Phase == "" {
		d.Phase = nsbox.PhaseCompile
	}
	if text, ok := r.Expected(); ok && r.Pos >= 0 {
		d.Suggestions = []nsbox.Suggestion{{
			Message: "insert " + text,
			Edits:   []nsbox.Edit{{File: r.File, Start: r.Pos, End: r.Pos, Text: text}},
		}}
	}
	return d
}

// Summary is the message with what was looked for, in one line.
func (r *Report) Summary() string {
	if kind, name := r.Symbol(); name != "" {
		return r.Message + ": " + kind + " " + name
	}
	if len(r.Details) > 0 && !strings.Contains(r.Details[0], ":") && strings.HasPrefix(r.Details[0], " ") {
		return r.Message + ": " + strings.TrimSpace(r.Details[0])
	}
	return r.Message
}

// Expected returns the text of which javac says that it alone is missing.
func (r *Report) Expected() (string, bool) {
	text, ok := strings.CutSuffix(r.Message, " expected")
	if !ok || len(text) != 3 || text[0] != '\'' || text[2] != '\'' {
		return "", false
	}
	return text[1:2], true
}

func (r *Report) hint() string {
	if at := r.Detail("location"); at != "" {
		return "in " + at
	}
	if reason := r.Detail("reason"); reason != "" {
		return reason
	}
	switch r.Code {
	case "premature.eof":
		return "a brace is not closed"
	case "unreported.exception.need.to.catch.or.throw":
		return "the method must declare the exception with throws, or catch it"
	case "non-static.cant.be.ref":
		return "main is static: what it uses must be static or belong to an object"
	case "nsbox.no.main":
		return "a program starts at public static void main(String[] args)"
	}
	return ""
}
