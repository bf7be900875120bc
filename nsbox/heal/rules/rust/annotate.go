package rust

import (
	"slices"
	"strings"

	"github.com/nsbox/nsbox/nsbox"
	rustc "github.com/nsbox/nsbox/nsbox/analyze/rust"
)

// annotate says what a collect, sum or product is to make, where the program
// leaves that open: a Vec, or the type of the elements.
func annotate(h *healer, m *rustc.Message) []option {
	s, ok := h.spot(m.Primary())
	if !ok {
		return nil
	}
	element := ""
	for _, c := range append([]rustc.Message{{Text: m.Text}}, m.Children...) {
		for _, trait := range []string{"_: Sum<", "_: Product<"} {
			if _, after, ok := strings.Cut(c.Text, trait); ok {
				element, _, _ = strings.Cut(strings.TrimLeft(after, "&"), ">")
			}
		}
	}
	line := s.LineOf(s.start)
	for i := s.first; i < len(s.tokens) && s.tokens[i].line <= line+12; i++ {
		typ := ""
		switch s.text(i) {
		case ";":
			return nil
		case "collect":
			typ = "Vec<_>"
		case "sum", "product":
			typ = element
		}
		if typ == "" || s.text(i-1) != "." || s.text(i+1) != "(" {
			continue
		}
		return []option{{"annotate", "`" + s.text(i) + "` told to make a " + typ, nsbox.RankLocal, s.insert(s.tokens[i].End, "::<"+typ+">")}}
	}
	return nil
}

// wrongReturn mends a return type that rustc can't tell, because the first value
// that is returned is a number without a type of its own. rustc takes i32; the
// other types that the function's head names may be meant, too.
func wrongReturn(h *healer, m *rustc.Message) []option {
	for _, s := range m.Suggestions() {
		if s.Text != "try adding a return type" || len(s.Edits) != 1 {
			continue
		}
		edit, label := s.Edits[0], m.Primary()
		p := h.program(edit.File)
		if p == nil || label == nil || edit.Start > len(p.Src) {
			return nil
		}
		whole, float := strings.Contains(label.Label, "{integer}"), strings.Contains(label.Label, "{float}")
		if !whole && !float {
			return nil
		}
		var out []option
		for _, typ := range p.headTypes(edit.Start) {
			e := edit
			if whole && integers[typ] {
				e.Text = strings.ReplaceAll(edit.Text, "i32", typ)
			} else if float && !integers[typ] {
				e.Text = strings.ReplaceAll(edit.Text, "f64", typ)
			}
			if e != edit {
				out = append(out, option{"return-type", "the return type added", nsbox.RankSuggested, []nsbox.Edit{e}})
			}
		}
		return out[:min(len(out), 3)]
	}
	return returnTypes(h, m)
}

// headTypes returns the numeric types in the parameters of the function whose
// head ends at offset, the last first, each once.
func (p *program) headTypes(offset int) []string {
	var out []string
	for i := p.at(offset) - 1; i >= 0 && p.text(i) != "fn"; i-- {
		if t := p.text(i); primitives[t] && t != "bool" && t != "char" && !slices.Contains(out, t) {
			out = append(out, t)
		}
	}
	return out
}

// returnTypes changes a function's return type to that of all that it returns,
// where nothing that it returns is of the type that it promises.
func returnTypes(h *healer, m *rustc.Message) []option {
	head, ok := h.spot(m.Labelled("because of return type"))
	if !ok {
		return nil
	}
	found := ""
	for i := range h.messages {
		o := &h.messages[i]
		if o.Type() != "E0308" || o.Primary() == nil {
			continue
		}
		s, ok := h.spot(o.Labelled("because of return type"))
		if !ok || s.start != head.start {
			continue
		}
		expected, typ := between(o.Primary().Label, "expected `"), between(o.Primary().Label, "found `")
		if expected == "" || typ == "" || found != "" && found != typ {
			return nil
		}
		found = typ
	}
	expected := between(m.Primary().Label, "expected `")
	if !primitives[found] || !primitives[expected] || !strings.Contains(head.String(), expected) || h.literals(found) {
		return nil
	}
	text := strings.Replace(head.String(), expected, found, 1)
	return []option{{"return-type", "the return type is that of what is returned", nsbox.RankLocal, head.rewrite(text)}}
}

// literals reports whether a type is not one that a program can name.
func (h *healer) literals(typ string) bool { return strings.ContainsAny(typ, "{_}") }
