package rust

import (
	"strings"

	"github.com/nsbox/nsbox/nsbox"
	rustc "github.com/nsbox/nsbox/nsbox/analyze/rust"
	"github.com/nsbox/nsbox/nsbox/internal/source"
)

// sharedReceiver makes the receiver of a method of the program a reference, where
// calling it takes a value that is still needed: fn run(mut self).
func sharedReceiver(h *healer, m *rustc.Message) []option {
	s, ok := h.spot(m.Labelled("moved due to this method call"))
	if !ok {
		return nil
	}
	var found []int
	for i := range s.tokens {
		if s.text(i) != "fn" || s.text(i+1) != s.text(s.first) || s.text(i+2) != "(" {
			continue
		}
		at := i + 3
		if s.text(at) == "mut" {
			at++
		}
		if s.text(at) == "self" && s.text(at+1) != ":" {
			found = append(found, i+3)
		}
	}
	if len(found) != 1 {
		return nil
	}
	return []option{{"receiver", "the method borrows what it is called on", nsbox.RankLocal, s.insert(s.tokens[found[0]].Start, "&")}}
}

// outParameter makes a parameter that the function changes, but does not return,
// a mutable reference, where the caller still needs what it passed: a clone would
// be changed in its place.
func outParameter(h *healer, m *rustc.Message) []option {
	moved, ok := h.spot(m.Labelled("value moved here"))
	s, name := h.taken(m)
	if !ok || name < 0 {
		return nil
	}
	edits := append(moved.insert(moved.start, "&mut "), s.insert(s.start, "&mut ")...)
	if s.text(name-1) == "mut" {
		edits = append(edits, nsbox.Edit{File: s.name, Start: s.tokens[name-1].Start, End: s.tokens[name].Start})
	}
	return []option{{"out-parameter", "the function changes what it is given", nsbox.RankLocal, edits}}
}

// taken returns the type of the parameter that took the value of m and is changed
// by its function, which returns nothing, and the token of its name; -1 where
// there is none.
func (h *healer) taken(m *rustc.Message) (typ spot, name int) {
	for _, c := range m.Children {
		for k := range c.Spans {
			if c.Spans[k].Label != "this parameter takes ownership of the value" {
				continue
			}
			s, ok := h.spot(&c.Spans[k])
			if !ok {
				continue
			}
			f, ok := s.functionHead(s.first)
			name := s.first - 2
			if ok && !f.typed && s.text(s.first-1) == ":" && s.kind(name) == source.Word && (s.text(name-1) == "mut" || h.changed(s.text(name))) {
				return s, name
			}
		}
	}
	return spot{}, -1
}

// outName is the name of the parameter that outParameter changes for m.
func (h *healer) outName(m *rustc.Message) string {
	if s, name := h.taken(m); name >= 0 {
		return s.text(name)
	}
	return ""
}

// compared dereferences the variable that a number is compared to.
func compared(h *healer, m *rustc.Message) []option {
	s, ok := h.spot(m.Primary())
	if !ok {
		return nil
	}
	rest, ok := strings.CutPrefix(m.Primary().Label, "expected `&")
	if !ok || !strings.HasSuffix(rest, "found integer") && !strings.HasSuffix(rest, "found floating-point number") {
		return nil
	}
	switch s.text(s.first - 1) {
	case ">", "<", ">=", "<=", "==", "!=":
	default:
		return nil
	}
	left, ok := s.operandBefore(s.first - 1)
	if !ok {
		return nil
	}
	stars := "*"
	if strings.HasPrefix(rest, "&") {
		stars = "**"
	}
	return []option{{"dereference", "what the reference is to is compared", nsbox.RankLocal, s.insert(left.start, stars)}}
}

// changed reports whether rustc objects to a change of a variable.
func (h *healer) changed(name string) bool {
	for i := range h.messages {
		m := &h.messages[i]
		if (m.Type() == "E0596" || m.Type() == "E0384" || m.Type() == "E0594") && strings.Contains(m.Text, "`"+name+"`") {
			return true
		}
	}
	return false
}

// elided writes the lifetime that a type's name needs: impl Parser<'_>.
func elided(h *healer, m *rustc.Message) []option {
	s, ok := h.spot(m.Primary())
	if !ok || strings.Contains(s.String(), "<") {
		return nil
	}
	return []option{{"lifetime", "the type has a lifetime", nsbox.RankLocal, s.insert(s.end, "<'_>")}}
}

// mutability makes a reference mutable where a mutable one is expected.
func mutability(h *healer, m *rustc.Message) []option {
	s, ok := h.spot(m.Labelled("types differ in mutability"))
	if !ok || s.text(s.first) != "&" || s.text(s.first+1) == "mut" || s.text(s.first+1) == "self" {
		return nil
	}
	return []option{{"reference", "a mutable reference is expected", nsbox.RankLocal, s.insert(s.tokens[s.first].End, "mut ")}}
}

// lifetimeTick puts the tick before the name of a lifetime.
func lifetimeTick(h *healer, m *rustc.Message) []option {
	s, ok := h.spot(m.Primary())
	if !ok || !strings.HasPrefix(m.Text, "cannot find type `") || !strings.Contains(s.Src, "'"+s.String()+">") {
		return nil
	}
	return []option{{"lifetime", "the tick of the lifetime", nsbox.RankLocal, s.insert(s.start, "'")}}
}

// mutableSelf makes the receiver of the method around a change mutable, where
// what is changed is of the receiver and rustc has no suggestion.
func mutableSelf(h *healer, m *rustc.Message) []option {
	s, ok := h.spot(m.Primary())
	if !ok || !strings.Contains(m.Text, "behind a `&` reference") || len(m.Suggestions()) > 0 {
		return nil
	}
	f, ok := s.function(s.first)
	if !ok {
		return nil
	}
	for i := s.at(f.head) - 1; i > 1 && s.text(i) != "fn"; i-- {
		if s.text(i) == "self" && s.text(i-1) == "&" && s.text(i-2) == "(" {
			return []option{{"receiver", "the method changes what it is called on", nsbox.RankLocal, s.insert(s.tokens[i].Start, "mut ")}}
		}
	}
	return nil
}

// pathOfValue calls a method on a variable by a point: items::iter().
func pathOfValue(h *healer, m *rustc.Message) []option {
	s, ok := h.spot(m.Primary())
	if !ok || s.text(s.first+1) != "::" {
		return nil
	}
	for _, b := range s.bindings(s.first) {
		if b == s.text(s.first) {
			return []option{{"method", "a method of a variable", nsbox.RankLocal, s.replace(s.first+1, ".")}}
		}
	}
	return nil
}

// selfType writes Self for self before a name of the type's.
func selfType(h *healer, m *rustc.Message) []option {
	s, ok := h.spot(m.Primary())
	if !ok || s.text(s.first-1) != "::" || s.text(s.first-2) != "self" {
		return nil
	}
	return []option{{"self-type", "`Self` is the type", nsbox.RankLocal, s.replace(s.first-2, "Self")}}
}

// returned puts return before a value that ends a function but stands as a
// statement of its own.
func returned(h *healer, m *rustc.Message) []option {
	s, ok := h.spot(m.Primary())
	if !ok || !s.tokens[min(s.first, len(s.tokens)-1)].first || s.text(s.first+1) != "(" {
		return nil
	}
	switch s.text(s.first) {
	case "Err", "Ok", "Some":
	default:
		return nil
	}
	if end := s.pair(s.first + 1); end < 0 || s.text(end+1) != ";" {
		return nil
	}
	return []option{{"return", "a value that is returned", nsbox.RankLocal, s.insert(s.start, "return ")}}
}

// tick puts the tick before a lifetime in a reference's type: &a str.
func tick(h *healer, m *rustc.Message) []option {
	s, ok := h.spot(m.Primary())
	if !ok {
		return nil
	}
	for i := s.first; i > 1 && i < len(s.tokens) && s.tokens[i].line >= s.LineOf(s.start); i-- {
		word := s.text(i - 1)
		if s.text(i-2) == "&" && s.kind(i-1) == source.Word && !keywords[word] && s.kind(i) == source.Word && strings.Contains(s.Src, "'"+word) {
			return []option{{"lifetime", "the tick of the lifetime", nsbox.RankLocal, s.insert(s.tokens[i-1].Start, "'")}}
		}
	}
	return nil
}

// private makes public what the same program uses from outside.
func private(h *healer, m *rustc.Message) []option {
	name := between(m.Text, "`")
	for _, c := range m.Children {
		for k := range c.Spans {
			if s, ok := h.spot(&c.Spans[k]); ok && strings.Contains(c.Text, "defined here") {
				if o := s.public(); o != nil {
					return o
				}
			}
		}
	}
	if s, ok := h.spot(m.Labelled("defined here")); ok {
		return s.public()
	}
	if m.Type() != "E0616" {
		return nil
	}
	return h.publicField(name, between(m.Text, "of struct `"))
}

func (s spot) public() []option {
	switch s.text(s.first) {
	case "fn", "struct", "enum", "const", "static", "type", "mod", "trait", "async":
		return []option{{"pub", "what is used from outside made public", nsbox.RankLocal, s.insert(s.start, "pub ")}}
	}
	return nil
}

// publicField makes a field of a struct of the program public.
func (h *healer) publicField(field, typ string) []option {
	p := h.program(h.problem.Files[0].Name)
	if _, last, ok := cutLast(typ, "::"); ok {
		typ = last
	}
	for i := range p.tokens {
		if p.text(i) != "struct" || p.text(i+1) != typ {
			continue
		}
		for j := i + 2; j < len(p.tokens) && p.text(j) != "}"; j++ {
			if p.text(j) == field && p.text(j+1) == ":" && (p.text(j-1) == "{" || p.text(j-1) == ",") {
				return []option{{"pub", "the field made public", nsbox.RankLocal, p.insert(p.tokens[j].Start, "pub ")}}
			}
		}
	}
	return nil
}

func cutLast(s, sep string) (before, after string, ok bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}

// dereference takes the star away from what is no reference.
func dereference(h *healer, m *rustc.Message) []option {
	s, ok := h.spot(m.Primary())
	if !ok || s.text(s.first) != "*" || s.tokens[s.first].Start != s.start {
		return nil
	}
	return []option{{"dereference", "no reference, so nothing to dereference", nsbox.RankLocal, s.replace(s.first, "")}}
}

// character closes a character's quote.
func character(h *healer, m *rustc.Message) []option {
	s, ok := h.spot(m.Primary())
	if !ok {
		return nil
	}
	_, end := s.Bounds(s.LineOf(s.start))
	rest := strings.TrimPrefix(s.Src[s.start:max(end, s.start)], "b")
	at := end - len(rest)
	if !strings.HasPrefix(rest, "'") || len(rest) < 2 {
		return nil
	}
	n := len("'")
	if rest[n] == '\\' {
		n++
	}
	for i := range rest[n:] {
		if i > 0 {
			n += i
			break
		}
	}
	if n == 1 || n == 2 && rest[1] == '\\' {
		n = len(rest)
	}
	return []option{{"quote", "the character's quote closed", nsbox.RankLocal, s.insert(at+n, "'")}}
}

// expected mends what rustc's parser stumbled over, by what it expected there.
func expected(h *healer, m *rustc.Message) []option {
	s, ok := h.spot(m.Primary())
	if !ok || s.first >= len(s.tokens) {
		return nil
	}
	if found := m.Labelled("unexpected token"); found != nil {
		if f, ok := h.spot(found); ok {
			s = f
		}
	}
	wanted := wantedTokens(m)
	i := s.first
	if i < 1 || i >= len(s.tokens) || s.end == s.start && s.tokens[i].Start != s.start {
		return nil
	}
	var out []option
	add := func(rule, why string, edits []nsbox.Edit) {
		out = append(out, option{rule, why, nsbox.RankLocal, edits})
	}
	before := s.tokens[i-1].End
	switch t := s.text(i); {
	case t == "mut" && strings.HasPrefix(m.Text, "expected type"):
		add("reference", "`&` before `mut`", s.insert(s.tokens[i].Start, "&"))
	case t == "->" && wanted["=>"]:
		add("arrow", "`=>` for `->`", s.replace(i, "=>"))
	case (t == "=>" || t == ":") && (wanted["->"] || wanted["where"] && wanted["{"] && s.text(i-1) == ")"):
		add("arrow", "`->` for `"+t+"`", s.replace(i, "->"))
	case t == ":" && wanted["=>"], t == "=" && wanted["=>"], t == "==" && wanted["=>"]:
		add("arrow", "`=>` for `"+t+"`", s.replace(i, "=>"))
	case t == "==" && wanted["="]:
		add("assign", "`=` for `==`", s.replace(i, "="))
	}
	operandNext := s.operandStart(i)
	if wanted[","] && s.operandEnd(i-1) && operandNext {
		add("comma", "the missing `,`", s.insert(before, ","))
	}
	if wanted[";"] && s.tokens[i].first && s.operandEnd(i-1) {
		add("semicolon", "the missing `;`", s.insert(before, ";"))
	}
	if wanted["=>"] && s.text(i) == "{" {
		add("arrow", "the missing `=>`", s.insert(before, " =>"))
	}
	if wanted["in"] && s.kind(i) != source.Punct {
		add("in", "the missing `in`", s.insert(before, " in"))
	}
	if wanted["{"] && s.tokens[i].first && len(out) == 0 {
		add("brace", "the missing `{`", s.insert(before, " {"))
	}
	return out
}

// separator replaces what ends a line in place of a semicolon or a comma.
func separator(h *healer, m *rustc.Message) []option {
	s, ok := h.spot(m.Primary())
	if !ok || s.first < 1 || s.first >= len(s.tokens) || !s.tokens[s.first].last {
		return nil
	}
	wanted, right := wantedTokens(m), ""
	switch t := s.text(s.first); {
	case (t == "," || t == ":") && wanted[";"]:
		right = ";"
	case t == ";" && wanted[","] && !wanted[";"]:
		right = ","
	default:
		return nil
	}
	return []option{{"separator", "`" + right + "` for `" + s.text(s.first) + "`", nsbox.RankLocal, s.replace(s.first, right)}}
}

// wantedTokens are the tokens that rustc expected: "expected one of `,` or `]`".
func wantedTokens(m *rustc.Message) map[string]bool {
	out := map[string]bool{}
	texts := []string{m.Text}
	for _, s := range m.Spans {
		texts = append(texts, s.Label)
	}
	for _, t := range texts {
		t, _, _ = strings.Cut(t, ", found")
		if !strings.HasPrefix(t, "expected") && !strings.Contains(t, "missing") {
			continue
		}
		for i, part := range strings.Split(t, "`") {
			if i%2 == 1 {
				out[part] = true
			}
		}
	}
	return out
}

// operandStart reports whether token i can begin an operand or an element.
func (p *program) operandStart(i int) bool {
	switch p.kind(i) {
	case source.Number, source.String:
		return true
	case source.Word:
		return p.text(i) != "as" && p.text(i) != "in" && p.text(i) != "else"
	}
	t := p.text(i)
	return t == "&" || t == "(" || t == "[" || t == "*" || t == "!" || t == "|" || t == "-"
}

// operandEnd is operand, or the end of a type.
func (p *program) operandEnd(i int) bool { return p.operand(i) || p.text(i) == ">" }
