package rust

import (
	"strings"

	"github.com/nsbox/nsbox/nsbox"
	rustc "github.com/nsbox/nsbox/nsbox/analyze/rust"
	"github.com/nsbox/nsbox/nsbox/internal/source"
)

// between returns what is in text between after and the next backquote.
func between(text, after string) string {
	_, rest, ok := strings.Cut(text, after)
	if !ok {
		return ""
	}
	name, _, ok := strings.Cut(rest, "`")
	if !ok {
		return ""
	}
	return name
}

// indexType casts an index of another integer type to usize.
func indexType(h *healer, m *rustc.Message) []option {
	if !strings.HasPrefix(m.Text, "the type `[") {
		return nil
	}
	typ := between(m.Text, "cannot be indexed by `")
	s, ok := h.spot(m.Primary())
	if !ok || s.end == s.start {
		return nil
	}
	star := ""
	if t, ok := strings.CutPrefix(typ, "&"); ok {
		star, typ = "*", t
	}
	if !integers[typ] {
		return nil
	}
	text, why := star+s.grouped()+" as usize", "an index is a usize"
	if typ == "usize" {
		text = star + s.grouped()
	}
	return []option{{"index", why, nsbox.RankLocal, s.rewrite(text)}}
}

func (s spot) rewrite(text string) []nsbox.Edit {
	return []nsbox.Edit{{File: s.name, Start: s.start, End: s.end, Text: text}}
}

// grouped is the expression at s, in parentheses where it is more than an operand.
func (s spot) grouped() string {
	depth := 0
	for i := s.first; i < len(s.tokens) && s.tokens[i].Start < s.end; i++ {
		switch t := s.text(i); {
		case t == "(" || t == "[":
			depth++
		case t == ")" || t == "]":
			depth--
		case depth == 0 && (operators[t] || t == "&" || t == "|" || t == "!" || s.kind(i) == source.Word && keywords[t] && t != "self"):
			return "(" + s.String() + ")"
		}
	}
	return s.String()
}

// display prints by {:?} what has no other form.
func display(h *healer, m *rustc.Message) []option {
	typ := between(m.Text, "`")
	if !strings.Contains(m.Text, "doesn't implement `std::fmt::Display`") || typ == "()" || strings.HasPrefix(typ, "Result<") {
		return nil
	}
	s, ok := h.spot(m.Labelled("formatting parameter"))
	if !ok {
		if s, ok = h.spot(m.Primary()); !ok {
			return nil
		}
	}
	text := s.String()
	if len(text) < 2 || text[0] != '{' || text[len(text)-1] != '}' || strings.Contains(text, "?") || h.undebuggable(typ) {
		return nil
	}
	if strings.Contains(text, ":") {
		text = text[:len(text)-1] + "?}"
	} else {
		text = text[:len(text)-1] + ":?}"
	}
	return []option{{"debug-format", "`" + typ + "` can be printed by {:?} alone", nsbox.RankLocal, s.rewrite(text)}}
}

// undebuggable reports whether typ is, or holds, a type of the program that does
// not derive Debug.
func (h *healer) undebuggable(typ string) bool {
	p := h.program(h.problem.Files[0].Name)
	for _, t := range lexer.Lex(typ) {
		if t.Kind != source.Word || !isUpper(t.Text) {
			continue
		}
		for i := range p.tokens {
			if (p.text(i) == "struct" || p.text(i) == "enum") && p.text(i+1) == t.Text {
				at := i
				if p.text(i-1) == "pub" {
					at--
				}
				if !strings.Contains(strings.Join(p.derivesAbove(at), " "), "Debug") && !strings.Contains(p.Src, "Debug for "+t.Text) {
					return true
				}
			}
		}
	}
	return false
}

// widths are the types without loss: each can be made of those after it.
var widths = map[string][]string{
	"u16": {"u8", "bool"}, "u32": {"u16", "u8", "char", "bool"}, "u64": {"u32", "u16", "u8", "char"}, "u128": {"u64", "u32", "u16", "u8"},
	"i16": {"i8", "u8"}, "i32": {"i16", "i8", "u16", "u8"}, "i64": {"i32", "i16", "i8", "u32", "u16", "u8"},
	"i128": {"i64", "i32", "u64", "u32"}, "usize": {"u16", "u8"}, "f64": {"f32", "i32", "u32", "i16", "u16", "i8", "u8"},
	"f32": {"i16", "u16", "i8", "u8"},
}

// converted is the expression text of type from as one of type to, "" where that
// can lose something. To a float, a wider integer is cast as everybody does.
func converted(text, from, to string) string {
	for _, t := range widths[to] {
		if t == from {
			return to + "::from(" + text + ")"
		}
	}
	if to == "f64" && integers[from] {
		return text + " as f64"
	}
	return ""
}

// arithmetic converts one operand to the other's type where nothing is lost.
func arithmetic(h *healer, m *rustc.Message) []option {
	s, ok := h.spot(m.Primary())
	if !ok || !operators[s.String()] && !strings.HasSuffix(s.String(), "=") {
		return nil
	}
	var left, right string
	if label := m.Labelled("no implementation for `"); label != nil {
		fields := strings.Fields(between(label.Label, "for `"))
		if len(fields) != 3 {
			return nil
		}
		left, right = literalType(fields[0]), literalType(fields[2])
	}
	var out []option
	add := func(o spot, ok bool, from, to string) {
		star := ""
		if t, ref := strings.CutPrefix(from, "&"); ref {
			star, from = "*", t
		}
		to = strings.TrimPrefix(to, "&")
		if !ok {
			return
		}
		text := o.grouped()
		if text == o.String() {
			text = star + text
		} else if star != "" {
			return
		}
		if text = converted(text, from, to); text == "" {
			return
		}
		if strings.HasSuffix(text, " as f64") {
			text = "(" + text + ")"
		}
		out = append(out, option{"convert", "both sides of `" + s.String() + "` made " + to, nsbox.RankLocal, o.rewrite(text)})
	}
	o, ok := s.operandAfter(s.first)
	add(o, ok, right, left)
	if !strings.HasSuffix(s.String(), "=") || s.String() == "==" {
		o, ok = s.operandBefore(s.first)
		add(o, ok, left, right)
	}
	return out
}

// literalType is the type that a literal without one has.
func literalType(t string) string {
	switch t {
	case "{float}":
		return "f64"
	case "{integer}":
		return "i32"
	}
	return t
}

// quotient divides as floats where a float is expected of two integers: rustc
// would divide them first, and lose what is behind the point.
func quotient(h *healer, m *rustc.Message) []option {
	s, ok := h.spot(m.Primary())
	if !ok || !strings.HasPrefix(m.Primary().Label, "expected `f64`, found `") || !integers[between(m.Primary().Label, "found `")] {
		return nil
	}
	at, depth := -1, 0
	for i := s.first; i < len(s.tokens) && s.tokens[i].Start < s.end; i++ {
		switch t := s.text(i); {
		case t == "(" || t == "[" || t == "{":
			depth++
		case t == ")" || t == "]" || t == "}":
			depth--
		case depth == 0 && t == "/" && at < 0:
			at = i
		case depth == 0 && (operators[t] || t == "/"):
			return nil
		}
	}
	left, okLeft := s.operandBefore(at)
	right, okRight := s.operandAfter(at)
	if at < 0 || !okLeft || !okRight || left.start != s.start || right.end != s.end {
		return nil
	}
	edits := append(s.insert(left.end, " as f64"), s.insert(right.end, " as f64")...)
	return []option{{"quotient", "divided as floats", nsbox.RankLocal, edits}}
}

// operandAfter returns the operand that follows the operator at token i.
func (p *program) operandAfter(i int) (spot, bool) {
	j := i + 1
	if p.text(j) == "*" || p.text(j) == "&" {
		return spot{}, false
	}
	first := j
	for j < len(p.tokens) {
		switch t := p.text(j); {
		case t == "(" || t == "[":
			if j = p.pair(j); j < 0 {
				return spot{}, false
			}
		case t == "." || t == "::" || t == "?":
		case p.kind(j) == source.Word && (!keywords[t] || t == "self" || t == "Self"), p.kind(j) == source.Number:
		default:
			return p.span(first, j)
		}
		j++
		if next := p.text(j); next != "." && next != "::" && next != "?" && next != "(" && next != "[" && p.text(j-1) != "." && p.text(j-1) != "::" {
			return p.span(first, j)
		}
	}
	return p.span(first, j)
}

// operandBefore returns the operand that the operator at token i follows.
func (p *program) operandBefore(i int) (spot, bool) {
	j := i - 1
	for j >= 0 {
		switch t := p.text(j); {
		case t == ")" || t == "]":
			depth := 0
			for ; j >= 0; j-- {
				if c := p.text(j); c == ")" || c == "]" || c == "}" {
					depth++
				} else if c == "(" || c == "[" || c == "{" {
					if depth--; depth == 0 {
						break
					}
				}
			}
			if j > 0 && p.kind(j-1) == source.Word && !keywords[p.text(j-1)] {
				j--
				continue
			}
		case p.kind(j) == source.Word && (!keywords[t] || t == "self"), p.kind(j) == source.Number:
		default:
			return p.span(j+1, i)
		}
		if prev := p.text(j - 1); prev == "." || prev == "::" {
			j -= 2
			continue
		}
		return p.span(max(j, 0), i)
	}
	return p.span(0, i)
}

func (p *program) span(from, to int) (spot, bool) {
	if from < 0 || from >= to || to > len(p.tokens) {
		return spot{}, false
	}
	return spot{p, p.tokens[from].Start, p.tokens[to-1].End, from}, true
}

// widen converts a value to the type that is expected where nothing is lost and
// rustc says nothing better.
func widen(h *healer, m *rustc.Message) []option {
	primary := m.Primary()
	s, ok := h.spot(primary)
	if !ok || s.start == s.end {
		return nil
	}
	to, from := between(primary.Label, "expected `"), between(primary.Label, "found `")
	if !primitives[to] {
		return nil
	}
	text := converted(s.grouped(), strings.TrimPrefix(from, "&"), to)
	if text == "" || strings.HasPrefix(from, "&") {
		return nil
	}
	return []option{{"convert", "a " + from + " made a " + to, nsbox.RankLocal, s.rewrite(text)}}
}

// questionMark makes the error of a Result a String, where the function's is one.
func questionMark(h *healer, m *rustc.Message) []option {
	if m.Text != "`?` couldn't convert the error to `String`" {
		return nil
	}
	s, ok := h.spot(m.Primary())
	if !ok || s.text(s.first) != "?" {
		return nil
	}
	return []option{{"map-err", "the error made the String that the function returns", nsbox.RankLocal,
		s.insert(s.start, ".map_err(|e| e.to_string())")}}
}

// wholeNumber writes an integer for a literal like 2.0, where an integer is wanted.
func wholeNumber(h *healer, m *rustc.Message) []option {
	s, ok := h.spot(m.Primary())
	if !ok || s.first >= len(s.tokens) {
		return nil
	}
	i := s.first
	switch label := m.Primary().Label; {
	case strings.HasSuffix(label, "found floating-point number"):
	case strings.HasPrefix(label, "no implementation for `") && strings.HasSuffix(label, "{float}`"):
		i++
	default:
		return nil
	}
	text, ok := strings.CutSuffix(s.text(i), ".0")
	if !ok || s.kind(i) != source.Number || strings.Trim(text, "0123456789_") != "" {
		return nil
	}
	return []option{{"integer", "a whole number as an integer", nsbox.RankLocal, s.replace(i, text)}}
}

// propagate puts the missing ? after a Result or an Option, in a function that
// returns one.
func propagate(h *healer, m *rustc.Message) []option {
	s, ok := h.spot(m.Primary())
	if !ok || s.first >= len(s.tokens) {
		return nil
	}
	kind := ""
	for _, k := range []string{"Result<", "Option<"} {
		if l := m.Primary().Label; strings.Contains(l, "found `"+k) && !strings.Contains(l, "expected `"+k) || m.Type() != "E0308" && strings.Contains(m.Text, "type `"+k) {
			kind = k
		}
	}
	f, ok := s.function(s.first)
	if !ok || kind == "" || !f.typed || !strings.Contains(s.Src[f.head:f.start], strings.TrimSuffix(kind, "<")) {
		return nil
	}
	at, name := s.end, s.first
	if m.Type() == "E0609" { // the field's name; what it is of stands before
		name = s.first - 2
		at = s.tokens[max(name, 0)].End
	}
	if s.kind(name) == source.Word && s.tokens[name].End == at {
		if end := s.bound(name); end >= 0 {
			at = end
		}
	}
	return []option{{"question-mark", "`?` takes the value out, or returns", nsbox.RankLocal, s.insert(at, "?")}}
}

// bound returns the offset at which the value ends that the variable at token i
// was declared with, -1 where that is not on one line.
func (p *program) bound(i int) int {
	for j := i - 1; j > 0 && p.text(j) != "fn"; j-- {
		if p.text(j) != p.text(i) || p.text(j-1) != "let" || p.text(j+1) != "=" {
			continue
		}
		for k := j + 2; k < i; k++ {
			if p.text(k) == ";" && p.tokens[k].last {
				return p.tokens[k].Start
			}
			if p.text(k) == "{" {
				return -1
			}
		}
	}
	return -1
}
