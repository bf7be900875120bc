package java

import (
	"bytes"
	"encoding/json"
	"strings"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/internal/source"
	"github.com/nsbox/nsbox/nsbox/language"
)

// Report is one error of the compiler. The check command (rootfs/languages/java.toml)
// gives all of it, the compiler's text for people less: there the offsets come
// from the files, End is Start, Code is guessed from the message, and there are
// no facts.
type Report struct {
	// Code is javac's key without "compiler.err.": cant.resolve.location.
	Code  string      `json:"code"`
	Phase nsbox.Phase `json:"phase"`
	File  string      `json:"file"`
	// Text is what the compiler prints: the message, the line, details.
	Text string `json:"text"`
	// Start, Pos and End are byte offsets: the bounds of the wrong expression, and
	// where the caret stands. -1 is unknown.
	Start int `json:"start"`
	Pos   int `json:"pos"`
	End   int `json:"end"`

	// Names could stand at the place of a name that is not known: the members of
	// what is before the dot, or what is in scope.
	Names []Name `json:"names"`
	// Receiver is the kind of what is before the dot: package, type, object, array,
	// primitive, unknown; ReceiverType its type.
	Receiver     string `json:"receiver"`
	ReceiverType string `json:"receiver_type"`
	// Args are the types of a call's arguments.
	Args []string `json:"args"`
	// Wanted is the type that the place asks for; the others tell what is done
	// with the value.
	Wanted   string `json:"wanted"`
	Iterated bool   `json:"iterated"`
	Index    bool   `json:"index"`
	Indexed  bool   `json:"indexed"`
	Selected string `json:"selected"`
	// Exception must be declared by the methods at Throws; Blocked is set where
	// that can't be.
	Exception string  `json:"exception"`
	Throws    []Place `json:"throws"`
	Blocked   bool    `json:"blocked"`

	// Message is the first line, Details are those after the source line.
	Message string   `json:"-"`
	Details []string `json:"-"`
	// Source is the line that the compiler shows, Line and Column its place.
	Source       string `json:"-"`
	Line, Column int    `json:"-"`
}

// Name is a variable, method or type.
type Name struct {
	Name    string   `json:"n"`
	Kind    string   `json:"k"` // local, field, method, type
	Type    string   `json:"t"`
	Params  []string `json:"p"`
	Varargs bool     `json:"varargs"`
	Static  bool     `json:"s"`
	Own     bool     `json:"own"` // declared in the program
	At      int      `json:"at"`  // where a local is declared
}

// Place is where a method's exceptions are declared.
type Place struct {
	File   string `json:"file"`
	At     int    `json:"at"`
	More   bool   `json:"more"` // it declares some already
	Method string `json:"method"`
}

// Detail returns the rest of the detail that begins with "  key:".
func (r *Report) Detail(key string) string {
	for _, d := range r.Details {
		if rest, ok := strings.CutPrefix(strings.TrimSpace(d), key+":"); ok {
			return strings.TrimSpace(rest)
		}
	}
	return ""
}

// Symbol returns the kind and the name of what was not found: "variable",
// "totla"; a method without its arguments.
func (r *Report) Symbol() (kind, name string) {
	kind, name, _ = strings.Cut(r.Detail("symbol"), " ")
	name, _, _ = strings.Cut(strings.TrimSpace(name), "(")
	if i := strings.LastIndex(name, ">"); i >= 0 {
		name = name[i+1:]
	}
	return kind, strings.TrimSpace(name)
}

// Reports returns the compiler's errors in its order: those of the check command
// where it ran, else those in the text that the compiler wrote.
func Reports(e nsbox.Evidence) []Report {
	if e.Check != nil {
		if out := fromCheck(e.Check.Stdout, e.Files); len(out) > 0 {
			return out
		}
	}
	if out := fromText(e.Stderr, e.Files); len(out) > 0 {
		return out
	}
	return nil
}

func fromCheck(output []byte, files []nsbox.File) []Report {
	var out []Report
	texts := newTexts(files)
	for line := range bytes.SplitSeq(output, []byte("\n")) {
		line = bytes.TrimSpace(line)
		if len(line) == 0 || line[0] != '{' {
			continue
		}
		r := Report{Start: -1, Pos: -1, End: -1}
		if json.Unmarshal(line, &r) != nil || r.Code == "" {
			continue
		}
		if parsed := parseText(r.Text); len(parsed) > 0 {
			p := parsed[0]
			r.Message, r.Details, r.Source, r.Line, r.Column = p.Message, p.Details, p.Source, p.Line, p.Column
		} else {
			r.Message = r.Text
		}
		r.File = relative(r.File)
		if t := texts.of(r.File); t != nil && r.Pos >= 0 && r.Pos <= len(t.Src) {
			r.Line, r.Column = t.Place(r.Pos)
		} else {
			r.Start, r.Pos, r.End = -1, -1, -1
		}
		if r.Start > r.Pos || r.Start < 0 {
			r.Start = r.Pos
		}
		if r.End < r.Pos || texts.size(r.File) < r.End {
			r.End = r.Pos
		}
		out = append(out, r)
	}
	return out
}

// texts are a program's files, indexed when they are needed.
type texts struct {
	files []nsbox.File
	have  map[string]*source.Text
}

func newTexts(files []nsbox.File) *texts { return &texts{files, map[string]*source.Text{}} }

func (t *texts) of(name string) *source.Text {
	if x, ok := t.have[name]; ok {
		return x
	}
	for _, f := range t.files {
		if f.Name == name {
			t.have[name] = source.NewText(f.Data)
			break
		}
	}
	return t.have[name]
}

// size is the length of a file, 0 where it is not known.
func (t *texts) size(name string) int {
	if x := t.of(name); x != nil {
		return len(x.Src)
	}
	return 0
}

func relative(name string) string {
	return strings.TrimPrefix(strings.TrimPrefix(name, language.Workspace+"/"), "./")
}
