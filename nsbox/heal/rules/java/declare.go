package java

import "strings"

// variable is a declared variable or parameter.
type variable struct {
	name, typ string
	at        int // the token of its name
}

// method is a method's or constructor's declaration.
type method struct {
	name, result string // result is "" for a constructor
	params       []variable
	varargs      bool
	at           int // the token of the name
	first        int // the first token, modifiers among them
	body, end    int // the tokens of its braces; -1 where it has none
	static       bool
	class        string
}

// methods finds the declarations of methods by their shape: a type, a name,
// parameters, and a brace or throws after them.
func (p *program) methods() []method {
	if !p.haveMethods {
		p.declared, p.haveMethods = p.findMethods(), true
	}
	return p.declared
}

func (p *program) findMethods() []method {
	var out []method
	class := ""
	for i := 1; i+1 < len(p.tokens); i++ {
		switch p.text(i - 1) {
		case "class", "record", "enum", "interface":
			if p.isName(i) {
				class = p.text(i)
			}
		}
		if p.text(i+1) != "(" || !p.isName(i) || p.inner(i) != "{" && p.opener(i) >= 0 {
			continue
		}
		if m, ok := p.methodAt(i); ok {
			m.class = class
			out = append(out, m)
		}
	}
	return out
}

func (p *program) methodAt(i int) (method, bool) {
	prev := p.text(i - 1)
	typed := prev == "void" || prev == "]" || prev == ">" || primitives[prev] || p.isName(i-1)
	constructor := modifiers[prev] || prev == "}" || prev == "{" || prev == ";"
	end := p.match(i + 1)
	if end < 0 || !typed && !constructor {
		return method{}, false
	}
	body := end + 1
	if p.text(body) == "throws" {
		for body++; p.isName(body) || p.text(body) == "," || p.text(body) == "."; {
			body++
		}
	}
	m := method{name: p.text(i), at: i, body: -1, end: -1}
	switch {
	case p.text(body) == "{":
		m.body, m.end = body, p.match(body)
	case p.text(body) != ";" || !typed || prev == "new":
		return method{}, false
	}
	m.first = p.typeStart(i - 1)
	if typed {
		m.result = p.span(m.first, i)
	} else {
		m.first = i
	}
	for m.first > 0 && (modifiers[p.text(m.first-1)] || p.text(m.first-1) == ">" && p.typeStart(m.first-1) < m.first) {
		if p.text(m.first-1) == ">" {
			m.first = p.typeStart(m.first - 1)
			continue
		}
		m.first--
		m.static = m.static || p.text(m.first) == "static"
	}
	m.params, m.varargs = p.parameters(i+1, end)
	return m, true
}

// span is the text from token i up to token j.
func (p *program) span(i, j int) string {
	if i >= j || i < 0 || j > len(p.tokens) {
		return ""
	}
	return p.Src[p.tokens[i].Start:p.tokens[j-1].End]
}

// typeStart is the first token of the type that ends with token i.
func (p *program) typeStart(i int) int {
	for i >= 0 {
		switch {
		case p.text(i) == "]" && p.text(i-1) == "[":
			i -= 2
			continue
		case p.text(i) == ">":
			depth := 0
			j := i
			for ; j >= 0 && i-j < 60; j-- {
				if t := p.text(j); t == ">" {
					depth++
				} else if t == "<" {
					if depth--; depth == 0 {
						break
					}
				} else if t == ";" || t == "{" || t == "(" {
					return i
				}
			}
			if !p.isName(j - 1) {
				return j // type parameters
			}
			i = j - 1
			continue
		case p.text(i-1) == "." && p.isName(i-2):
			i -= 2
			continue
		}
		return i
	}
	return 0
}

func (p *program) parameters(open, end int) (out []variable, varargs bool) {
	start := open + 1
	depth := 0
	for j := open + 1; j <= end; j++ {
		switch t := p.text(j); {
		case t == "<" || t == "(":
			depth++
		case t == ">" || t == ")" && j < end:
			depth--
		case t == "," && depth == 0 || j == end:
			name := j - 1
			for p.text(name) == "]" {
				name -= 2
			}
			for start < name && p.text(start) == "final" {
				start++
			}
			if p.isName(name) && start < name {
				v := variable{name: p.text(name), typ: p.span(start, name), at: name}
				if strings.HasSuffix(v.typ, "...") {
					varargs = true
					v.typ = strings.TrimSuffix(v.typ, "...") + "[]"
				}
				out = append(out, v)
			}
			start = j + 1
		}
	}
	return out, varargs
}

// declaredAs is the type with which the variable of that name, seen from token
// i, is declared: the nearest declaration before it, "" where there is none.
func (p *program) declaredAs(name string, i int) string {
	if at := p.declaration(name, i); at >= 0 {
		return p.span(p.typeStart(at-1), at)
	}
	return ""
}

// declaration is the token of the name in the variable's declaration.
func (p *program) declaration(name string, i int) int {
	after := -1
	for at := 1; at < len(p.tokens); at++ {
		if p.tokens[at].Text != name || !p.declaresAt(at) {
			continue
		}
		if at >= i {
			if after < 0 && p.blocksAround(at) <= 2 {
				after = at // a field may come later
			}
			continue
		}
		if open := p.opener(at); open < 0 || p.text(open) == "(" || p.match(open) < 0 || p.match(open) > i {
			after = at
		}
	}
	return after
}

func (p *program) blocksAround(i int) int {
	n := 0
	for i = p.opener(i); i >= 0; i = p.opener(i) {
		n++
	}
	return n
}

func (p *program) declaresAt(at int) bool {
	prev := p.text(at - 1)
	if !(primitives[prev] || p.isName(at-1) || prev == "]" || prev == ">") {
		return false
	}
	switch p.text(at + 1) {
	case "=", ";", ",", ":", ")", "[":
	default:
		return false
	}
	start := p.typeStart(at - 1)
	switch p.text(start - 1) {
	case "return", "throw", "new", "import", "package", ".", "instanceof", "case", "class":
		return false
	}
	return primitives[p.text(start)] || p.isName(start)
}
