package rust

import (
	"bytes"
	"encoding/json"
	"strings"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/language"
)

// Message is one of rustc's diagnostics, as --error-format=json writes them.
type Message struct {
	Text     string    `json:"message"`
	Code     *Code     `json:"code"`
	Level    string    `json:"level"`
	Spans    []Span    `json:"spans"`
	Children []Message `json:"children"`
}

// Code is an error's code, E0308, or a lint's name.
type Code struct {
	Code string `json:"code"`
}

// Span is a piece of a file. Offsets are in bytes, columns in characters.
type Span struct {
	File          string     `json:"file_name"`
	Start         int        `json:"byte_start"`
	End           int        `json:"byte_end"`
	Line          int        `json:"line_start"`
	Column        int        `json:"column_start"`
	Primary       bool       `json:"is_primary"`
	Label         string     `json:"label"`
	Replacement   *string    `json:"suggested_replacement"`
	Applicability string     `json:"suggestion_applicability"`
	Expansion     *Expansion `json:"expansion"`
}

// Expansion is the macro call that a span came out of.
type Expansion struct {
	Span Span `json:"span"`
}

// Messages reads the errors in rustc's JSON, one object a line. Lines that are
// none, and the summaries at the end, are left out.
func Messages(output []byte) []Message {
	var out []Message
	for line := range bytes.SplitSeq(output, []byte("\n")) {
		line = bytes.TrimSpace(line)
		if len(line) == 0 || line[0] != '{' {
			continue
		}
		var m Message
		if json.Unmarshal(line, &m) != nil || !m.isError() {
			continue
		}
		m.trim()
		out = append(out, m)
	}
	return out
}

func (m *Message) isError() bool {
	if !strings.HasPrefix(m.Level, "error") || m.Text == "" {
		return false // failure-note, warning
	}
	return len(m.Spans) > 0 || !strings.HasPrefix(m.Text, "aborting due to") && !strings.HasPrefix(m.Text, "could not compile")
}

// trim makes the names of files relative to the program's directory.
func (m *Message) trim() {
	for i := range m.Spans {
		for s := &m.Spans[i]; ; s = &s.Expansion.Span {
			s.File = relative(s.File)
			if s.Expansion == nil {
				break
			}
		}
	}
	for i := range m.Children {
		m.Children[i].trim()
	}
}

func relative(name string) string {
	return strings.TrimPrefix(strings.TrimPrefix(name, language.Workspace+"/"), "./")
}

// Type is the code, or "error" where there is none; names of lints are none.
func (m *Message) Type() string {
	if m.Code != nil && isCode(m.Code.Code) {
		return m.Code.Code
	}
	return "error"
}

func isCode(s string) bool {
	if len(s) != 5 || s[0] != 'E' {
		return false
	}
	return strings.Trim(s[1:], "0123456789") == ""
}

// Primary returns the place of the error: the first primary span, or the macro
// call in the program that it came out of. It is nil where there is none.
func (m *Message) Primary() *Span {
	for i := range m.Spans {
		if !m.Spans[i].Primary {
			continue
		}
		s := &m.Spans[i]
		for foreign(s.File) && s.Expansion != nil {
			s = &s.Expansion.Span
		}
		return s
	}
	return nil
}

// foreign reports whether a file is not of the program but of the library.
func foreign(name string) bool { return strings.HasPrefix(name, "/") || strings.HasPrefix(name, "<") }

// Labelled returns the first span whose label contains text.
func (m *Message) Labelled(text string) *Span {
	for i := range m.Spans {
		if strings.Contains(m.Spans[i].Label, text) {
			return &m.Spans[i]
		}
	}
	return nil
}

// Suggestion is a change that rustc proposes.
type Suggestion struct {
	Text  string
	Edits []nsbox.Edit
	// Certain is set where rustc vouches for it.
	Certain bool
}

// Suggestions returns what rustc proposes to change in the program, alternatives
// one by one, without those that hold placeholders.
func (m *Message) Suggestions() []Suggestion {
	var out []Suggestion
	for _, c := range m.Children {
		var parts []Span
		flush := func() {
			if s, ok := suggestion(c.Text, parts); ok {
				out = append(out, s)
			}
			parts = nil
		}
		for _, s := range c.Spans {
			if s.Replacement == nil {
				continue
			}
			// Alternatives follow each other, each beginning at the same place.
			if len(parts) > 0 && parts[0].Start == s.Start && parts[0].End == s.End {
				flush()
			}
			parts = append(parts, s)
		}
		flush()
	}
	return out
}

func suggestion(text string, parts []Span) (Suggestion, bool) {
	s := Suggestion{Text: text, Certain: true}
	for _, p := range parts {
		switch p.Applicability {
		case "MachineApplicable":
		case "MaybeIncorrect":
			s.Certain = false
		default:
			return s, false
		}
		if foreign(p.File) || p.Start < 0 || p.End < p.Start {
			return s, false
		}
		s.Edits = append(s.Edits, nsbox.Edit{File: p.File, Start: p.Start, End: p.End, Text: *p.Replacement})
	}
	return s, len(s.Edits) > 0
}
