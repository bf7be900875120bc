package rust

import (
	"slices"
	"strings"

	"github.com/nsbox/nsbox/nsbox"
	rustc "github.com/nsbox/nsbox/nsbox/analyze/rust"
	"github.com/nsbox/nsbox/nsbox/internal/source"
)

const derivePrefix = "#[derive("

func isDerive(text string) bool { return strings.HasPrefix(text, derivePrefix) }

// derived returns the traits in an attribute or in the list of one.
func derived(text string) []string {
	text = strings.TrimPrefix(strings.TrimSpace(text), derivePrefix)
	text, _, _ = strings.Cut(text, ")")
	var out []string
	for name := range strings.SplitSeq(text, ",") {
		if name = strings.TrimSpace(name); name != "" {
			out = append(out, name)
		}
	}
	return out
}

// needs are the traits that a derived one stands on.
var needs = map[string][]string{
	"Copy": {"Clone"}, "Eq": {"PartialEq"}, "PartialOrd": {"PartialEq"}, "Ord": {"PartialEq", "Eq", "PartialOrd"},
}

// derive moves a derive that rustc wants above a type to the list that is there,
// with what the trait needs.
func (h *healer) derive(e nsbox.Edit) nsbox.Edit {
	p := h.program(e.File)
	if p == nil {
		return e
	}
	i := p.at(e.Start)
	names, has := derived(e.Text), p.derivesAbove(i)
	at := -1
	if j := p.deriveList(i); j > 0 {
		at = j
	}
	typeName := p.typeName(i)
	for _, n := range slices.Clone(names) {
		for _, need := range needs[n] {
			if !slices.Contains(names, need) && !slices.Contains(has, need) && !strings.Contains(p.Src, need+" for "+typeName) {
				names = append(names, need)
			}
		}
	}
	names = slices.DeleteFunc(names, func(n string) bool { return slices.Contains(has, n) })
	if len(names) == 0 {
		return e
	}
	if at > 0 {
		return nsbox.Edit{File: e.File, Start: p.tokens[at].Start, End: p.tokens[at].Start, Text: ", " + strings.Join(names, ", ")}
	}
	start, _ := p.Bounds(p.LineOf(e.Start))
	indent := source.Indent(p.Line(p.LineOf(e.Start)))
	return nsbox.Edit{File: e.File, Start: start, End: start, Text: indent + derivePrefix + strings.Join(names, ", ") + ")]\n"}
}

// deriveList returns the index of the bracket that ends the derive right above
// the type at token i, -1 where there is none.
func (p *program) deriveList(i int) int {
	if i < 1 || i > len(p.tokens) || p.text(i-1) != "]" || p.text(i-2) != ")" {
		return -1
	}
	for j := i - 3; j > 1; j-- {
		if p.text(j) == "derive" {
			if p.text(j+2) == ")" {
				return -1
			}
			return i - 2
		}
		if p.text(j) == "#" || p.kind(j) != source.Word && p.text(j) != "," && p.text(j) != "(" && p.text(j) != "::" {
			return -1
		}
	}
	return -1
}

// derivesAbove returns the traits that are derived for the type at token i.
func (p *program) derivesAbove(i int) []string {
	at := p.deriveList(i)
	if at < 0 {
		return nil
	}
	j := at
	for p.text(j) != "(" {
		j--
	}
	return derived(derivePrefix + p.Src[p.tokens[j].End:p.tokens[at].Start])
}

// typeName returns the name of the struct or enum that is declared from token i.
func (p *program) typeName(i int) string {
	for j := i; j < i+4; j++ {
		if t := p.text(j); t == "struct" || t == "enum" {
			return p.text(j + 1)
		}
	}
	return ""
}

// mergeDerives makes one list of the derives that are put at the same place.
func mergeDerives(edits []nsbox.Edit) []nsbox.Edit {
	var out []nsbox.Edit
	for _, e := range edits {
		list := strings.HasPrefix(e.Text, ", ")
		i := slices.IndexFunc(out, func(o nsbox.Edit) bool {
			return o.File == e.File && o.Start == e.Start && o.End == e.End && e.Start == e.End &&
				(list && strings.HasPrefix(o.Text, ", ") || isDerive(strings.TrimLeft(e.Text, " \t")) && isDerive(strings.TrimLeft(o.Text, " \t")))
		})
		if i < 0 {
			out = append(out, e)
			continue
		}
		names := derived(strings.TrimPrefix(out[i].Text, ", "))
		for _, n := range derived(strings.TrimPrefix(e.Text, ", ")) {
			if !slices.Contains(names, n) {
				names = append(names, n)
			}
		}
		if list {
			out[i].Text = ", " + strings.Join(names, ", ")
		} else {
			out[i].Text = source.Indent(out[i].Text) + derivePrefix + strings.Join(names, ", ") + ")]\n"
		}
	}
	return out
}

// derivableBy are the traits that can be derived, by a method or function of theirs.
var derivableBy = map[string]string{
	"clone": "Clone", "eq": "PartialEq", "ne": "PartialEq", "cmp": "Ord", "partial_cmp": "PartialOrd", "default": "Default", "hash": "Hash",
}

// derivable adds the derive of a trait whose method is missing for a type of the
// program.
func derivable(h *healer, m *rustc.Message) []option {
	s, ok := h.spot(m.Labelled("not found for this"))
	if !ok {
		return nil
	}
	_, name, _ := strings.Cut(m.Text, "named `")
	name, _, _ = strings.Cut(name, "`")
	trait := derivableBy[name]
	if trait == "" {
		return nil
	}
	return h.derives(s, trait)
}

// debuggable derives Debug for a type of the program, where rustc says so but
// does not suggest it.
func debuggable(h *healer, m *rustc.Message) []option {
	if !strings.HasSuffix(m.Text, "doesn't implement `Debug`") || len(m.Suggestions()) > 0 {
		return nil
	}
	name, _, _ := strings.Cut(between(m.Text, "`"), "<")
	s, ok := h.typeNamed(name)
	if !ok {
		return nil
	}
	return h.derives(s, "Debug")
}

// typeNamed finds the declaration of a struct or an enum.
func (h *healer) typeNamed(name string) (spot, bool) {
	for _, f := range h.problem.Files {
		p := h.program(f.Name)
		for i := range p.tokens {
			if t := p.text(i); (t == "struct" || t == "enum") && p.text(i+1) == name {
				return spot{p, p.tokens[i].Start, p.tokens[i].End, i}, true
			}
		}
	}
	return spot{}, false
}

// derives adds a derive above the type that is declared at s.
func (h *healer) derives(s spot, traits ...string) []option {
	start := s.start
	for i := s.first - 1; i >= 0 && (s.text(i) == "pub" || s.text(i) == ")" || s.text(i) == "crate" || s.text(i) == "("); i-- {
		start = s.tokens[i].Start
	}
	list := strings.Join(traits, ", ")
	e := h.derive(nsbox.Edit{File: s.name, Start: start, End: start, Text: derivePrefix + list + ")]\n"})
	return []option{{"derive", "derived " + list, nsbox.RankLocal, []nsbox.Edit{e}}}
}

// copyable derives Copy for a type of the program whose value is used after it
// was moved, where all that it holds can be copied.
func copyable(h *healer, m *rustc.Message) []option {
	label := m.Labelled("move occurs because")
	if label == nil {
		return nil
	}
	_, name, _ := strings.Cut(label.Label, "has type `")
	name, _, _ = strings.Cut(name, "`")
	s, ok := h.typeNamed(name)
	if !ok || !s.plainData(s.first+2) {
		return nil
	}
	return h.derives(s, "Clone", "Copy")
}

// plainData reports whether the body of a type, from token i, names no types but
// primitive ones.
func (p *program) plainData(i int) bool {
	if p.text(i) != "{" && p.text(i) != "(" {
		return p.text(i) == ";"
	}
	end := p.pair(i)
	typed := p.text(i) == "("
	depth := 0
	for j := i; j < end; j++ {
		switch t := p.text(j); {
		case t == "(":
			depth++
		case t == ")":
			depth--
		case t == "&" || t == "[" || t == "<":
			return false
		case p.kind(j) == source.Word && (p.text(j-1) == ":" || depth > 0 && p.text(j+1) != ":"):
			if !primitives[t] && !keywords[t] {
				return false
			}
		}
	}
	return end > 0 && (typed || depth == 0)
}
