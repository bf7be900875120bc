package cfamily

import (
	"strings"

	"github.com/nsbox/nsbox/nsbox/internal/source"
)

// kind is what a name stands for.
type kind int

const (
	aVariable kind = iota
	aFunction
	aType
	aMember // a variable of a class or struct
	aMacro
	anEnumerator
)

// decl is a name that the file declares.
type decl struct {
	name string
	kind kind
	at   int // its token; -1 for macros
	// from and to are the tokens between which it can be seen.
	from, to int
	// typ are the words of a variable's type, or of what a function returns.
	typ string
	// method is set for functions within a class or behind a ::.
	method bool
}

// declare finds what the file declares. It errs on the side of too many: a name
// that is used like a declared one is harmless as a candidate.
func (f *code) declare() {
	f.byName = map[string][]int{}
	s := scanner{f: f}
	s.scan()
	for _, t := range f.all {
		if t.Kind == source.Comment && strings.HasPrefix(t.Text, "#") {
			if fields := strings.FieldsFunc(t.Text[1:], func(r rune) bool { return !isIdent(r) }); len(fields) > 1 && fields[0] == "define" {
				f.add(decl{name: fields[1], kind: aMacro, at: -1, to: len(f.toks)})
			}
		}
	}
}

func isIdent(r rune) bool {
	return r == '_' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r > 127
}

func (f *code) add(d decl) {
	f.byName[d.name] = append(f.byName[d.name], len(f.decls))
	f.decls = append(f.decls, d)
}

// block is an open brace of the scan.
type block struct {
	class bool // its names are members
	enum  bool
	end   int
}

type scanner struct {
	f      *code
	blocks []block
}

func (s *scanner) top() block {
	if len(s.blocks) == 0 {
		return block{end: len(s.f.toks)}
	}
	return s.blocks[len(s.blocks)-1]
}

func (s *scanner) scan() {
	f := s.f
	for i := 0; i < len(f.toks); i++ {
		for len(s.blocks) > 0 && i >= s.top().end {
			s.blocks = s.blocks[:len(s.blocks)-1]
		}
		t := f.toks[i]
		switch {
		case t.Text == "{" && t.Kind == source.Punct:
			end := f.pair[i]
			if end < 0 {
				end = len(f.toks)
			}
			b := block{end: end}
			b.class, b.enum = s.classBrace(i)
			s.blocks = append(s.blocks, b)
		case t.Kind != source.Word || f.keyword(t.Text):
		default:
			s.word(i)
		}
	}
}

// classBrace reports whether the brace at i opens a class, struct or union, or
// an enum.
func (s *scanner) classBrace(i int) (class, enum bool) {
	f := s.f
	for k := i - 1; k >= 0 && k > i-40; k-- {
		switch t := f.toks[k]; t.Text {
		case "class", "struct", "union":
			return !f.is(k-1, "enum") && !f.is(k-1, "<") && !f.is(k-1, ","), f.is(k-1, "enum")
		case "enum":
			return false, true
		case ";", "{", "}", ")", "=", "(":
			return false, false
		}
	}
	return false, false
}

func (s *scanner) word(i int) {
	f := s.f
	t, prev, next := f.toks[i], f.tok(i-1), f.tok(i+1)
	d := decl{name: t.Text, at: i, from: i, to: s.top().end}
	switch {
	case s.top().enum && (prev.Text == "{" || prev.Text == ","):
		d.kind, d.to = anEnumerator, s.outer()
	case prev.Text == "class" || prev.Text == "struct" || prev.Text == "union" || prev.Text == "enum" || prev.Text == "typename" || prev.Text == "namespace":
		if next.Text != "{" && next.Text != ";" && next.Text != ":" && next.Text != ">" && next.Text != "," && next.Text != "=" && next.Text != "final" && f.line(i+1) == f.line(i) {
			return // a use: struct node *next
		}
		d.kind = aType
	case prev.Text == "using" && next.Text == "=":
		d.kind = aType
	case next.Text == ";" && s.typedef(i):
		d.kind = aType
	case next.Text == "(":
		if !s.function(i, &d) {
			return
		}
	default:
		if !s.variable(i, &d) {
			return
		}
	}
	f.add(d)
}

// outer is where the block around the innermost one ends.
func (s *scanner) outer() int {
	if n := len(s.blocks); n > 1 {
		return s.blocks[n-2].end
	}
	return len(s.f.toks)
}

func (s *scanner) typedef(i int) bool {
	f := s.f
	for k := i - 1; k >= 0; k-- {
		switch f.toks[k].Text {
		case "typedef":
			return true
		case ";":
			return false
		case "}":
			if f.pair[k] < 0 {
				return false
			}
			k = f.pair[k]
		case "{":
			return false
		}
	}
	return false
}

// function reports whether the name at i, which ( follows, is declared there.
func (s *scanner) function(i int, d *decl) bool {
	f := s.f
	method := false
	from := i
	for f.is(from-1, "::") && f.tok(from-2).Kind == source.Word {
		from -= 2
		method = true
	}
	prev := f.tok(from - 1)
	typ := f.typeBefore(from)
	constructor := method && f.tok(from).Text == f.tok(i).Text || s.top().class && typ == "" && !operand(prev)
	if typ == "" && !constructor && !(len(s.blocks) == 0 && (i == 0 || prev.Text == "}" || prev.Text == ";")) {
		return false
	}
	end := f.pair[i+1]
	if end < 0 {
		end = i + 1
	}
	after := f.tok(end + 1).Text
	inBody := len(s.blocks) > 0 && !s.top().class && !s.namespace()
	if inBody {
		// Within a body it is a variable with a constructor's arguments.
		d.kind, d.typ = aVariable, typ
		return after == ";" && typ != "" && prev.Text != "*" || after == ";" && typeWords[prev.Text]
	}
	d.kind, d.typ, d.method = aFunction, typ, method || s.top().class
	d.from = 0
	d.to = len(f.toks)
	return true
}

// namespace reports whether the innermost block is that of a namespace.
func (s *scanner) namespace() bool {
	f := s.f
	end := s.top().end
	if end >= len(f.toks) || f.pair[end] < 0 {
		return false
	}
	open := f.pair[end]
	return f.is(open-1, "namespace") || f.is(open-2, "namespace") || f.tok(open-1).Kind == source.String
}

// variable reports whether the name at i is declared there.
func (s *scanner) variable(i int, d *decl) bool {
	f := s.f
	next := f.tok(i + 1)
	switch next.Text {
	case "=", ";", ",", ")", "[", "{", ":", "|", "]":
	default:
		return false
	}
	d.typ = f.typeBefore(i)
	if d.typ == "" {
		if d.typ = f.listType(i); d.typ == "" {
			return s.captured(i)
		}
	}
	d.kind = aVariable
	if s.top().class {
		d.kind = aMember
	}
	// A parameter or a for loop's variable is seen in the body that follows.
	if p := f.enclosing(i, "({"); p >= 0 && f.is(p, "(") && f.pair[p] >= 0 {
		d.kind = aVariable
		d.to = f.bodyEnd(f.pair[p])
	}
	return true
}

// captured reports whether i is a structured binding: auto [a, b] = pair.
func (s *scanner) captured(i int) bool {
	f := s.f
	for k := i - 1; k > i-20 && k >= 0; k-- {
		if f.is(k, "[") {
			return f.is(k-1, "auto") || (f.is(k-1, "&") || f.is(k-1, "&&")) && f.is(k-2, "auto")
		}
		if f.toks[k].Kind != source.Word && !f.is(k, ",") {
			return false
		}
	}
	return false
}

// bodyEnd returns where the body behind a closing parenthesis ends.
func (f *code) bodyEnd(close int) int {
	for k := close + 1; k < len(f.toks) && k < close+60; k++ {
		switch f.toks[k].Text {
		case "{":
			if f.pair[k] >= 0 {
				// A constructor's list of members may have braces of its own.
				if f.is(f.pair[k]+1, ",") || f.is(f.pair[k]+1, "{") {
					k = f.pair[k]
					continue
				}
				return f.pair[k]
			}
			return len(f.toks)
		case ";":
			return k
		}
	}
	return close
}

// typeBefore returns the type that stands before token i, as the words of a
// declaration; "" where what stands there is no type.
func (f *code) typeBefore(i int) string {
	k := i - 1
	for k >= 0 && (f.is(k, "*") || f.is(k, "&") || f.is(k, "&&") || f.is(k, "const")) {
		k--
	}
	end := k
	if f.is(k, ">") || f.is(k, ">>") {
		if k = f.angle(k); k < 0 {
			return ""
		}
		k--
	}
	t := f.tok(k)
	if t.Kind != source.Word || stmtWords[t.Text] {
		return ""
	}
	for k > 0 && (f.tok(k-1).Kind == source.Word && !stmtWords[f.tok(k-1).Text] || f.is(k-1, "::")) && end-k < 24 {
		k--
	}
	if k > 0 {
		switch p := f.tok(k - 1); p.Text {
		case ";", "{", "}", "(", ",", ">", ":", "]", "else", "do", "return", "::", "template":
			if p.Text == "return" {
				return ""
			}
		case ")":
		default:
			return ""
		}
	}
	starred := end < i-1
	if starred && k == end && !typeWords[t.Text] && f.is(i-1, "*") && f.pair[max(k-1, 0)] < 0 && f.is(k-1, "(") {
		return "" // a product: f(a * b)
	}
	return f.slice(k, i)
}

// listType is typeBefore for the second and further names of one declaration:
// int a = 1, b.
func (f *code) listType(i int) string {
	k := i - 1
	for k >= 0 && f.is(k, "*") {
		k--
	}
	if !f.is(k, ",") {
		return ""
	}
	for n := 0; k >= 0 && n < 200; n++ {
		switch f.toks[k].Text {
		case ")", "]", "}":
			if f.pair[k] < 0 {
				return ""
			}
			k = f.pair[k]
		case ";", "{":
			return ""
		case "(":
			if !f.is(k-1, "for") {
				return ""
			}
			return ""
		default:
			if f.toks[k].Kind == source.Word && (f.is(k+1, "=") || f.is(k+1, ",") || f.is(k+1, "[")) {
				if typ := f.typeBefore(k); typ != "" {
					return typ
				}
			}
		}
		k--
	}
	return ""
}

// angle returns the < that the > at k closes, -1 where there is none.
func (f *code) angle(k int) int {
	depth := 0
	for n := 0; k >= 0 && n < 60; n++ {
		switch f.toks[k].Text {
		case ">":
			depth++
		case ">>":
			depth += 2
		case "<":
			if depth--; depth <= 0 {
				return k
			}
		case ";", "{", "}":
			return -1
		}
		k--
	}
	return -1
}

// visible returns the declarations that token i can see.
func (f *code) visible(i int) []decl {
	var out []decl
	for _, d := range f.decls {
		if d.kind == aMember || d.from <= i && i <= d.to {
			out = append(out, d)
		}
	}
	return out
}

// declared returns the declaration of name that token i sees: the last of the
// innermost ones.
func (f *code) declared(name string, i int) (decl, bool) {
	best, ok := decl{}, false
	for _, k := range f.byName[name] {
		d := f.decls[k]
		if i >= 0 && (i < d.from && d.kind != aMember || i > d.to) {
			continue
		}
		if !ok || d.to <= best.to {
			best, ok = d, true
		}
	}
	return best, ok
}
