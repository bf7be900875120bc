package rust

import (
	"slices"
	"strings"

	"github.com/nsbox/nsbox/nsbox"
	rustc "github.com/nsbox/nsbox/nsbox/analyze/rust"
	"github.com/nsbox/nsbox/nsbox/internal/source"
)

// missingReturn adds the return type of a function that has none but returns
// values: what rustc found in place of (), from all the places where it did.
func missingReturn(h *healer, m *rustc.Message) []option {
	s, ok := h.spot(m.Primary())
	if !ok {
		return nil
	}
	f, ok := s.function(s.first)
	if !ok || f.typed {
		return nil
	}
	typ := ""
	for i := range h.messages {
		o := &h.messages[i]
		at, ok := h.spot(o.Primary())
		if !ok || o.Type() != "E0308" || at.program != s.program || at.start < f.start || at.start >= f.end {
			continue
		}
		found := foundType(o.Primary().Label)
		if found == "" || strings.Contains(found, "{closure") || strings.Contains(found, "...") {
			continue
		}
		if typ, ok = unify(typ, found); !ok {
			return nil
		}
	}
	var out []option
	for _, t := range s.concrete(typ, f) {
		out = append(out, option{"return-type", "the return type added", nsbox.RankSuggested, s.insert(f.head, " -> "+t)})
	}
	return out
}

// collected adds the return type of a function that ends in a collect, a sum or a
// product but has none.
func collected(h *healer, m *rustc.Message) []option {
	if !strings.HasPrefix(m.Text, "a value of type `()` cannot be ") {
		return nil
	}
	s, ok := h.spot(m.Primary())
	if !ok {
		return nil
	}
	f, ok := s.function(s.first)
	element := between(m.Text, "elements of type `")
	if !ok || f.typed || element == "" || strings.ContainsAny(element, "{_") {
		return nil
	}
	var types []string
	switch {
	case !strings.Contains(m.Text, "cannot be built from"):
		types = []string{strings.TrimPrefix(element, "&")}
	case element == "char":
		types = []string{"String", "Vec<char>"}
	case element == "String":
		types = []string{"Vec<String>", "String"}
	default:
		types = []string{"Vec<" + element + ">"}
	}
	var out []option
	for _, t := range types {
		out = append(out, option{"return-type", "the return type added", nsbox.RankLocal, s.insert(f.head, " -> "+t)})
	}
	return out
}

// foundType reads the type in "expected `()`, found `Vec<usize>`".
func foundType(label string) string {
	if !strings.HasPrefix(label, "expected `()`, found ") {
		return ""
	}
	switch rest := strings.TrimPrefix(label, "expected `()`, found "); rest {
	case "integer":
		return "{integer}"
	case "floating-point number":
		return "{float}"
	default:
		return between(rest, "`")
	}
}

// unify returns the type that is both a and b, where _ is any.
func unify(a, b string) (string, bool) {
	switch {
	case a == "" || a == "_" || a == b:
		return b, true
	case b == "" || b == "_":
		return a, true
	case a == "{integer}" && integers[b] || a == "{float}" && primitives[b]:
		return b, true
	case b == "{integer}" && integers[a] || b == "{float}" && primitives[a]:
		return a, true
	}
	nameA, argsA, okA := generic(a)
	nameB, argsB, okB := generic(b)
	if !okA || !okB || nameA != nameB || len(argsA) != len(argsB) {
		return "", false
	}
	for i := range argsA {
		t, ok := unify(argsA[i], argsB[i])
		if !ok {
			return "", false
		}
		argsA[i] = t
	}
	if nameA == "" {
		return "(" + strings.Join(argsA, ", ") + ")", true
	}
	return nameA + "<" + strings.Join(argsA, ", ") + ">", true
}

// generic cuts Result<A, B> into its name and its arguments; a tuple has no name.
func generic(t string) (name string, args []string, ok bool) {
	open := strings.IndexAny(t, "<(")
	if open < 0 || len(t) > 300 || t[open] == '(' && open > 0 || !strings.HasSuffix(t, ">") && !strings.HasSuffix(t, ")") {
		return "", nil, false
	}
	depth, start := 0, open+1
	for i := open + 1; i < len(t)-1; i++ {
		switch t[i] {
		case '<', '(', '[':
			depth++
		case '>', ')', ']':
			depth--
		case ',':
			if depth == 0 {
				args = append(args, strings.TrimSpace(t[start:i]))
				start = i + 1
			}
		}
	}
	return t[:open], append(args, strings.TrimSpace(t[start:len(t)-1])), true
}

// function is a function's place in a program.
type function struct {
	// head is the offset at which its parameters end, start and end are those of
	// its body.
	head, start, end int
	typed            bool // it has a return type
	impl             string
}

// function returns the innermost function around token i.
func (p *program) function(i int) (function, bool) {
	for j := min(i, len(p.tokens)) - 1; j >= 0; j-- {
		if p.text(j) != "fn" || p.kind(j+1) != source.Word {
			continue
		}
		open := j + 2
		for open < len(p.tokens) && p.text(open) != "(" && p.text(open) != "{" && p.text(open) != ";" {
			open++
		}
		if p.text(open) != "(" {
			continue
		}
		shut := p.pair(open)
		if shut < 0 {
			return function{}, false
		}
		f := function{head: p.tokens[shut].End, typed: p.text(shut+1) == "->"}
		for k := shut + 1; k < len(p.tokens) && p.text(k) != ";"; k++ {
			if p.text(k) != "{" {
				continue
			}
			end := p.pair(k)
			if end < i {
				break // the function ends before
			}
			f.start, f.end, f.impl = p.tokens[k].Start, p.tokens[end].End, p.implOf(j)
			return f, true
		}
	}
	return function{}, false
}

// functionHead returns the function in whose parameters token i is.
func (p *program) functionHead(i int) (function, bool) {
	for j := min(i, len(p.tokens)) - 1; j >= 0 && p.text(j) != "{" && p.text(j) != "}"; j-- {
		if p.text(j) != "fn" {
			continue
		}
		for k := j; k < len(p.tokens); k++ {
			if p.text(k) == "{" {
				return p.function(k + 1)
			}
		}
	}
	return function{}, false
}

// implOf returns the name of the type whose impl holds token i.
func (p *program) implOf(i int) string {
	for j := i; j >= 0; j-- {
		if p.text(j) != "impl" || !p.tokens[j].first || p.indent(j) >= p.indent(i) {
			continue
		}
		name := ""
		for k := j + 1; k < i && p.text(k) != "{" && p.text(k) != "where"; k++ {
			if p.text(k) == "for" {
				name = ""
			} else if name == "" && p.kind(k) == source.Word && p.depthOfAngles(j+1, k) == 0 {
				name = p.text(k)
			}
		}
		return name
	}
	return ""
}

// depthOfAngles counts the angle brackets open between tokens from and to.
func (p *program) depthOfAngles(from, to int) int {
	depth := 0
	for k := from; k < to; k++ {
		switch p.text(k) {
		case "<":
			depth++
		case ">":
			depth--
		}
	}
	return depth
}

// concrete returns what typ may be in full: the impl's own type is Self, and a
// number without a type of its own is of one that the function's head names, or
// i32 or f64.
func (p *program) concrete(typ string, f function) []string {
	name, _, _ := strings.Cut(typ, "<")
	if typ == "" || typ == "_" || typ == "!" {
		return nil
	}
	if f.impl != "" && name == f.impl {
		return []string{"Self"}
	}
	for _, kind := range []string{"{integer}", "{float}"} {
		if !strings.Contains(typ, kind) {
			continue
		}
		var out []string
		for _, t := range append(p.headTypes(f.head), "i32", "f64") {
			if integers[t] == (kind == "{integer}") {
				if full := strings.ReplaceAll(typ, kind, t); !slices.Contains(out, full) && !strings.ContainsAny(full, "_{") {
					out = append(out, full)
				}
			}
		}
		return out[:min(len(out), 4)]
	}
	if typ == "&str" {
		return []string{"&'static str", "&str"}
	}
	if ok, found := strings.CutSuffix(typ, ", _>"); found && strings.HasPrefix(typ, "Result<") && !strings.Contains(ok, "_") {
		return []string{ok + ", String>", ok + ", Box<dyn std::error::Error>>"} // the errors that ? makes
	}
	for _, t := range lexer.Lex(typ) {
		if t.Text == "_" || t.Text == "{" {
			return nil
		}
	}
	return []string{typ}
}

// headTypes returns the numeric types in the parameters of the function whose
// head ends at offset, the last first, each once.
func (p *program) headTypes(offset int) []string {
	var out []string
	for i := min(p.at(offset), len(p.tokens)) - 1; i >= 0 && p.text(i) != "fn"; i-- {
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
	if !ok || m.Primary() == nil {
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
	if !primitives[found] || !primitives[expected] || !strings.Contains(head.String(), expected) || integers[found] != integers[expected] {
		return nil
	}
	text := strings.Replace(head.String(), expected, found, 1)
	return []option{{"return-type", "the return type is that of what is returned", nsbox.RankLocal, head.rewrite(text)}}
}
