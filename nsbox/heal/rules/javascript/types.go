package javascript

import (
	"strings"

	"github.com/nsbox/nsbox/nsbox/internal/source"
)

// types guesses what kind of value an expression has: the name of a type of the
// library, "class C" for an instance of the program's own, or "" where that is
// not evident.
type types struct {
	*scopes
	depth int
}

// maxChain bounds how far a value is followed through variables.
const maxChain = 8

// before is the type of the expression that ends with token i.
func (t *types) before(i int) string {
	if t.depth > maxChain || i < 0 || i >= len(t.c.toks) {
		return ""
	}
	t.depth++
	defer func() { t.depth-- }()
	c := t.c
	tok := c.toks[i]
	switch tok.Kind {
	case source.Number:
		if strings.HasSuffix(tok.Text, "n") && !strings.HasPrefix(tok.Text, "0x") {
			return "BigInt"
		}
		return "Number"
	case source.String:
		if tok.Text[0] == '/' {
			return "RegExp"
		}
		return "String"
	case source.Word:
		return t.name(i)
	}
	open := c.pair[i]
	switch {
	case open < 0:
	case tok.Text == "]":
		if c.endsValue(open - 1) {
			return t.element(open)
		}
		return "Array"
	case tok.Text == "}":
		if c.is(open-1, "=", "(", ",", ":", "return", "[", "?") {
			return "Object"
		}
	case tok.Text == ")":
		return t.call(open)
	}
	return ""
}

// name is the type of the variable or property whose name ends an expression.
func (t *types) name(i int) string {
	c := t.c
	word := c.toks[i].Text
	if c.member(i) {
		if word == "length" || word == "size" {
			return "Number"
		}
		if c.is(i-2, "this") {
			return t.field(i, word)
		}
		return ""
	}
	switch word {
	case "true", "false":
		return "Boolean"
	case "this":
		if k := t.classAround(i); k != nil {
			return "class " + k.name
		}
		return ""
	}
	for _, d := range t.visible(word, i) {
		return t.declared(d)
	}
	return ""
}

// declared is the type of a variable by its initial value.
func (t *types) declared(d decl) string {
	c := t.c
	switch d.kind {
	case constDecl, letDecl, varDecl:
		if c.is(d.tok+1, "=") {
			return t.from(d.tok + 2)
		}
	case paramDecl:
		if c.is(d.tok+1, "=") {
			return t.from(d.tok + 2)
		}
		return t.argument(d)
	case functionDecl:
		return "Function"
	}
	return ""
}

// argument is the type of a parameter by what the program passes for it.
func (t *types) argument(d decl) string {
	c := t.c
	if d.from < 0 || !c.is(d.from, "(") {
		return ""
	}
	nth := 0
	for i := d.from + 1; i < d.tok; i++ {
		if c.outer[i] == d.from && c.is(i, ",") {
			nth++
		}
		if c.is(i, "{", "[", "...") {
			return ""
		}
	}
	name := ""
	for _, f := range t.functions {
		if f.open == d.from {
			name = f.name
			if name == "" && c.is(f.head-1, "=") && c.word(f.head-2) {
				name = c.toks[f.head-2].Text
			}
		}
	}
	if name == "" || name == "constructor" {
		return ""
	}
	kind := ""
	for i, tok := range c.toks {
		if tok.Kind != source.Word || tok.Text != name || !c.is(i+1, "(") || i+1 == d.from {
			continue
		}
		a := t.nthArgument(i+1, nth)
		if a < 0 {
			return ""
		}
		got := t.from(a)
		if got == "" || kind != "" && kind != got {
			return ""
		}
		kind = got
	}
	return kind
}

// nthArgument is the first token of an argument of the call at open; -1 where it
// is not there.
func (t *types) nthArgument(open, nth int) int {
	c := t.c
	end := c.closing(open)
	for i := open + 1; i < end; i++ {
		if nth == 0 {
			return i
		}
		if c.outer[i] == open && c.is(i, ",") {
			nth--
		}
	}
	return -1
}

// field is the type of this.word, by what the class assigns to it.
func (t *types) field(i int, word string) string {
	k := t.classAround(i)
	if k == nil {
		return ""
	}
	at, ok := k.members[word]
	if !ok || at == i {
		return ""
	}
	if t.c.is(at+1, "=") {
		return t.from(at + 2)
	}
	return ""
}

// element is the type of x[i].
func (t *types) element(open int) string {
	if t.before(open-1) == "String" {
		return "String"
	}
	return ""
}

// call is the type of what the call at open returns.
func (t *types) call(open int) string {
	c := t.c
	i := open - 1
	if !c.word(i) || keywords[c.toks[i].Text] && !c.member(i) {
		if c.endsValue(i) || c.word(i) {
			return ""
		}
		return t.inside(open)
	}
	word := c.toks[i].Text
	if !c.member(i) {
		if c.is(i-1, "new") {
			return t.instance(word)
		}
		switch word {
		case "String", "Number", "Boolean", "BigInt", "Array", "Object":
			return word
		case "parseInt", "parseFloat":
			return "Number"
		}
		return t.returned(word)
	}
	if m, ok := t.static(i); ok {
		return m.result
	}
	if kind := t.before(i - 2); kind != "" {
		m, _ := lookup(kind, word)
		return m.result
	}
	result := ""
	for k, m := range anywhere(word) {
		if k > 0 && m.result != result {
			return ""
		}
		result = m.result
	}
	if t.defines(word) {
		return ""
	}
	return result
}

// instance is the type of new word().
func (t *types) instance(word string) string {
	for _, k := range t.classes {
		if k.name == word {
			return "class " + word
		}
	}
	if slicesHas(instances, word) {
		return word
	}
	return ""
}

// inside is the type of a bracketed expression.
func (t *types) inside(open int) string {
	if end := t.c.closing(open); end < len(t.c.toks) && end > open+1 {
		return t.from(open + 1)
	}
	return ""
}

// returned is the type that the program's own function returns, where all its
// returns agree.
func (t *types) returned(name string) string {
	c := t.c
	for _, f := range t.functions {
		if f.name != name {
			continue
		}
		if f.async {
			return "Promise"
		}
		kind := ""
		for i := f.body; i < f.end; i++ {
			if c.is(i, "return") && !c.member(i) && t.enclosing(i, false) != nil && t.enclosing(i, false).body == f.body {
				got := t.from(i + 1)
				if got == "" || kind != "" && got != kind {
					return ""
				}
				kind = got
			}
		}
		return kind
	}
	return ""
}

// static is the member at i of an object of the library: Math.max, fs.readFile.
func (t *types) static(i int) (member, bool) {
	if key := t.staticKey(i - 2); key != "" {
		return lookup(key, t.c.toks[i].Text)
	}
	return member{}, false
}

// staticKey is the key in the library of the object that token i names; "" where
// it names none.
func (t *types) staticKey(i int) string {
	c := t.c
	if !c.word(i) || c.member(i) {
		return ""
	}
	word := c.toks[i].Text
	if found := t.visible(word, i); len(found) > 0 {
		return t.moduleOf(found[0])
	}
	if _, ok := library()[word+"."]; ok && isGlobal(word) {
		return word + "."
	}
	return ""
}

// moduleOf is the key of the module that a declaration takes as a whole.
func (t *types) moduleOf(d decl) string {
	c := t.c
	switch {
	case c.is(d.tok+1, "=") && c.is(d.tok+2, "require") && c.is(d.tok+3, "(") && c.is(d.tok+5, ")") && !c.is(d.tok+6, "."):
		return moduleKey(unquote(c.tok(d.tok + 4).Text))
	case d.kind == importDecl && (c.is(d.tok-1, "as") && c.is(d.tok-2, "*") || c.is(d.tok-1, "import")) && c.is(d.tok+1, "from"):
		return moduleKey(unquote(c.tok(d.tok + 2).Text))
	}
	return ""
}

func unquote(s string) string { return strings.Trim(s, "\"'`") }

// defines reports whether the program itself defines a property of that name.
func (s *scopes) defines(name string) bool {
	for _, k := range s.classes {
		if _, ok := k.members[name]; ok {
			return true
		}
	}
	for i, t := range s.c.toks {
		if t.Kind == source.Word && t.Text == name && (s.isMember[i] || s.c.member(i) && s.c.is(i+1, "=")) {
			return true
		}
	}
	return false
}

// from is the type of the expression that begins at token i.
func (t *types) from(i int) string {
	if t.depth > maxChain {
		return ""
	}
	t.depth++
	defer func() { t.depth-- }()
	c := t.c
	end := t.expressionEnd(i)
	outer := -2
	if i < len(c.toks) {
		outer = c.outer[i]
	}
	number, add := false, false
	for j := i; j < end && j < i+200; j++ {
		if c.outer[j] != outer || c.toks[j].Kind == source.Word && !c.is(j, "await", "instanceof", "in") || closes(c.toks[j]) != "" {
			continue
		}
		switch {
		case c.is(j, "=>"):
			return "Function"
		case c.is(j, "?", "||", "??", "&&", "await"):
			return ""
		case c.is(j, "===", "!==", "==", "!=", "<", ">", "<=", ">=", "!", "instanceof", "in"):
			return "Boolean"
		case c.is(j, "-", "*", "/", "%", "**"):
			number = true
		case c.is(j, "+"):
			add = true
		case c.toks[j].Kind == source.String && c.toks[j].Text[0] != '/' && (add || c.is(j+1, "+")):
			return "String"
		}
	}
	switch {
	case number && !add:
		return "Number"
	case add || number:
		return ""
	case c.is(i, "function", "async"):
		return "Function"
	}
	return t.before(end - 1)
}
