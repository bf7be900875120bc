package cfamily

import (
	"strings"
	"unicode/utf8"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/internal/source"
	"github.com/nsbox/nsbox/nsbox/language"
)

// sources are the program's files, indexed when they are asked for.
type sources struct {
	files []nsbox.File
	texts map[string]*source.Text
}

func newSources(files []nsbox.File) *sources {
	return &sources{files: files, texts: map[string]*source.Text{}}
}

// name makes a compiler's path one of the program's.
func name(path string) string {
	return strings.TrimPrefix(strings.TrimPrefix(path, language.Workspace+"/"), "./")
}

// text returns the text of a file, nil where the program has none of that name.
func (s *sources) text(file string) *source.Text {
	if t, ok := s.texts[file]; ok {
		return t
	}
	var t *source.Text
	for _, f := range s.files {
		if f.Name == file {
			t = source.NewText(f.Data)
		}
	}
	s.texts[file] = t
	return t
}

// tabStop is how wide gcc takes a tab to be where it counts columns of the
// display (-ftabstop).
const tabStop = 8

// offset turns a place into an offset.
func offset(t *source.Text, line, col int, display bool) (int, bool) {
	if !display {
		return t.OffsetBytes(line, col)
	}
	start, ok := t.OffsetBytes(line, 1)
	if !ok {
		return 0, false
	}
	_, end := t.Bounds(line)
	for at := 1; at < col && start < end; {
		r, n := utf8.DecodeRuneInString(t.Src[start:end])
		if r == '\t' {
			at += tabStop - (at-1)%tabStop
		} else {
			at++
		}
		start += n
	}
	return start, true
}

// diagnosis makes m public. Its place is that of the first file of the program
// that the message or its notes name: an error within a header of the library is
// explained by the line that used it.
func (s *sources) diagnosis(m *message, phase nsbox.Phase) nsbox.Diagnosis {
	d := nsbox.Diagnosis{Type: typeCompile, Message: m.Text, Phase: phase}
	at := s.own(m)
	d.File, d.Line, d.Column = name(at.File), at.Line, at.Col
	if t := s.text(d.File); t != nil && at.Col > 0 {
		if o, ok := offset(t, at.Line, at.Col, at.display); ok {
			if strings.Contains(d.Message, "';'") && strings.Contains(d.Message, " before ") {
				o = lineBefore(t, o)
			}
			d.Line, d.Column = t.Place(o)
		}
	}
	if at != m {
		d.StackTrace = name(m.File) + ":" + itoa(m.Line) + ": " + m.Text
	}
	var hint []string
	for i := range m.Notes {
		if h := strings.TrimSpace(m.Notes[i].Text); h != "" && len(hint) < maxHints && (s.isOwn(m.Notes[i].File) || i < 2) {
			hint = append(hint, h)
		}
		d.Suggestions = append(d.Suggestions, s.suggestions(&m.Notes[i])...)
	}
	d.Hint = strings.Join(hint, "\n")
	d.Suggestions = append(d.Suggestions, s.suggestions(m)...)
	return d
}

// lineBefore returns the end of the code before offset o, where o is the first
// of its line: that is where a semicolon is missing. g++ says so itself most of
// the time, gcc names what follows.
func lineBefore(t *source.Text, o int) int {
	line := t.LineOf(o)
	start, _ := t.Bounds(line)
	if strings.TrimSpace(t.Src[start:o]) != "" {
		return o
	}
	for n := line - 1; n > 0 && n > line-10; n-- {
		text := strings.TrimSpace(t.Line(n))
		if text == "" || strings.HasPrefix(text, "//") {
			continue
		}
		if strings.ContainsAny(text[len(text)-1:], ";{}/") || text[0] == '#' || strings.Contains(text, "//") {
			return o
		}
		begin, _ := t.Bounds(n)
		return begin + len(strings.TrimRight(t.Line(n), " \t"))
	}
	return o
}

// maxHints bounds the notes of one message: a call that matches no overload has
// one for each.
const maxHints = 12

// own returns the message or the first of its notes that is about a file of the
// program.
func (s *sources) own(m *message) *message {
	if s.isOwn(m.File) {
		return m
	}
	if m.from != nil && s.isOwn(m.from.File) {
		return m.from
	}
	for i := range m.Notes {
		if s.isOwn(m.Notes[i].File) && m.Notes[i].Line > 0 {
			return &m.Notes[i]
		}
	}
	return m
}

func (s *sources) isOwn(path string) bool {
	if path == "" {
		return false
	}
	if len(s.files) == 0 {
		return !strings.HasPrefix(path, "/usr/")
	}
	return s.text(name(path)) != nil
}

// suggestions turns the fix-its of one message into a suggestion.
func (s *sources) suggestions(m *message) []nsbox.Suggestion {
	out := nsbox.Suggestion{Message: strings.TrimSpace(m.Text)}
	for _, f := range m.FixIts {
		t := s.text(name(f.File))
		if t == nil {
			return nil
		}
		start, ok := offset(t, f.Line, f.Col, f.display)
		end, ok2 := offset(t, f.EndLine, f.EndCol, f.display)
		if f.EndLine == t.Lines()+1 && f.EndCol <= 1 {
			end, ok2 = len(t.Src), true
		}
		if !ok || !ok2 || end < start {
			return nil
		}
		if f.extentsGuessed && !replaces(t.Src[start:end], f.Text) {
			end = start
		}
		out.Edits = append(out.Edits, nsbox.Edit{File: name(f.File), Start: start, End: end, Text: f.Text})
	}
	if len(out.Edits) == 0 {
		return nil
	}
	return []nsbox.Suggestion{out}
}

// replaces reports whether text is proposed in the place of old, and not before
// it: the form for people does not tell.
func replaces(old, text string) bool {
	if old == "" || strings.HasSuffix(text, " ") || text == ";" {
		return false
	}
	return isWord(old) == isWord(text)
}

func isWord(s string) bool {
	c := s[len(s)-1]
	return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '"' || c == '>'
}
