package java

import "github.com/nsbox/nsbox/nsbox/internal/source"

// parser recognizes programs: it makes no tree, and tells only whether tokens
// are well-formed and, where not, how far they are. It takes what javac's parser
// takes; so it is laxer than the language.
type parser struct {
	tokens []token
	at     int
	// far is the furthest token at which something else was needed.
	far int
	// quiet is set while a reading is tried that may be wrong without an error.
	quiet int
	// depth bounds recursion, steps the work.
	depth, steps int
	// target is set where the expression just read can be assigned to.
	target bool
	class  []string
}

const (
	maxDepth = 200
	maxSteps = 2_000_000
)

// parse returns the index of the first token that can't be; len(tokens)+1 where
// all is well. The end of the text is len(tokens).
func parse(tokens []token) int {
	p := parser{tokens: tokens, far: -1}
	if p.unit() {
		return len(tokens) + 1
	}
	return min(max(p.far, 0), len(tokens))
}

func (p *parser) is(text string) bool {
	return p.at < len(p.tokens) && p.tokens[p.at].Text == text
}

func (p *parser) peek(n int) string {
	if p.at+n < len(p.tokens) {
		return p.tokens[p.at+n].Text
	}
	return ""
}

func (p *parser) fail() bool {
	if p.quiet == 0 && p.at > p.far {
		p.far = p.at
	}
	return false
}

func (p *parser) take(text string) bool {
	if !p.is(text) {
		return false
	}
	p.at++
	return true
}

func (p *parser) need(text string) bool {
	return p.take(text) || p.fail()
}

func (p *parser) isName() bool { return p.nameAt(0) }

func (p *parser) nameAt(n int) bool {
	i := p.at + n
	return i < len(p.tokens) && p.tokens[i].Kind == source.Word && !keywords[p.tokens[i].Text]
}

func (p *parser) name() bool {
	if p.isName() {
		p.at++
		return true
	}
	return p.fail()
}

// enter bounds recursion and work; leave must follow where it is true.
func (p *parser) enter() bool {
	p.steps++
	if p.depth >= maxDepth || p.steps > maxSteps {
		return p.fail()
	}
	p.depth++
	return true
}

func (p *parser) leave() { p.depth-- }

// try reads quietly, and goes back where that does not succeed.
func (p *parser) try(read func() bool) bool {
	at := p.at
	p.quiet++
	ok := read()
	p.quiet--
	if !ok {
		p.at = at
	}
	return ok
}

func (p *parser) unit() bool {
	if p.is("package") {
		p.at++
		if !p.qualified() || !p.need(";") {
			return false
		}
	}
	for p.is("import") || p.is(";") {
		if p.take(";") {
			continue
		}
		p.at++
		p.take("static")
		if !p.name() {
			return false
		}
		for p.take(".") {
			if p.take("*") {
				break
			}
			if !p.name() {
				return false
			}
		}
		if !p.need(";") {
			return false
		}
	}
	for p.at < len(p.tokens) {
		if p.take(";") {
			continue
		}
		if !p.modifiers() || !p.typeDecl() {
			return false
		}
	}
	return true
}

func (p *parser) qualified() bool {
	for {
		if !p.name() {
			return false
		}
		if !p.take(".") {
			return true
		}
	}
}

func (p *parser) modifiers() bool {
	for {
		switch {
		case p.is("@") && p.peek(1) != "interface":
			if !p.annotation() {
				return false
			}
		case p.is("default") && (p.peek(1) == ":" || p.peek(1) == "->"):
			return true
		case p.is("sealed") && !(p.nameAt(1) || keywords[p.peek(1)]):
			return true
		case p.is("synchronized") && p.peek(1) == "(":
			return true
		case p.at < len(p.tokens) && modifiers[p.tokens[p.at].Text]:
			p.at++
		case p.is("non") && p.peek(1) == "-" && p.peek(2) == "sealed":
			p.at += 3
		default:
			return true
		}
	}
}

func (p *parser) annotation() bool {
	p.at++
	if !p.qualified() {
		return false
	}
	if !p.is("(") {
		return true
	}
	p.at++
	for !p.is(")") {
		if p.isName() && p.peek(1) == "=" {
			p.at += 2
		}
		if !p.initializer() {
			return false
		}
		if !p.take(",") {
			break
		}
	}
	return p.need(")")
}

// startsType reports whether a declaration of a type begins here, after modifiers.
func (p *parser) startsType() bool {
	switch p.peek(0) {
	case "class", "interface", "enum":
		return true
	case "@":
		return p.peek(1) == "interface"
	case "record":
		return p.nameAt(1) && (p.peek(2) == "(" || p.peek(2) == "<")
	}
	return false
}

func (p *parser) typeDecl() bool {
	if !p.startsType() {
		return p.fail()
	}
	if !p.enter() {
		return false
	}
	defer p.leave()
	if p.take("@") {
		p.at++
		return p.name() && p.body("")
	}
	kind := p.tokens[p.at].Text
	p.at++
	name := p.peek(0)
	if !p.name() || p.is("<") && !p.typeParams() {
		return false
	}
	if kind == "record" && !p.params() {
		return false
	}
	for _, word := range []string{"extends", "implements", "permits"} {
		if p.take(word) && !p.typeList(",") {
			return false
		}
	}
	if kind == "enum" {
		return p.enumBody(name)
	}
	return p.body(name)
}

func (p *parser) typeList(sep string) bool {
	for {
		if !p.typ() {
			return false
		}
		if !p.take(sep) {
			return true
		}
	}
}

func (p *parser) typeParams() bool {
	p.at++
	for {
		for p.is("@") {
			if !p.annotation() {
				return false
			}
		}
		if !p.name() || p.take("extends") && !p.typeList("&") {
			return false
		}
		if !p.take(",") {
			break
		}
	}
	return p.need(">")
}

func (p *parser) body(name string) bool {
	if !p.need("{") {
		return false
	}
	return p.members(name)
}

func (p *parser) members(name string) bool {
	p.class = append(p.class, name)
	for !p.is("}") {
		if p.at >= len(p.tokens) || !p.member(name) {
			return p.fail()
		}
	}
	p.class = p.class[:len(p.class)-1]
	p.at++
	return true
}

func (p *parser) enumBody(name string) bool {
	if !p.need("{") {
		return false
	}
	for !p.is("}") && !p.is(";") {
		if p.is("@") && !p.annotation() {
			return false
		}
		if !p.name() || p.is("(") && !p.args() || p.is("{") && !p.body("") {
			return false
		}
		if !p.take(",") {
			break
		}
	}
	if p.take("}") {
		return true
	}
	return p.need(";") && p.members(name)
}

func (p *parser) member(class string) bool {
	if p.take(";") {
		return true
	}
	if !p.enter() {
		return false
	}
	defer p.leave()
	if p.is("{") || p.is("static") && p.peek(1) == "{" {
		p.take("static")
		return p.block()
	}
	if !p.modifiers() {
		return false
	}
	if p.startsType() {
		return p.typeDecl()
	}
	if p.is("<") && !p.typeParams() {
		return false
	}
	if p.isName() && (p.peek(1) == "(" || p.peek(1) == "{" && p.peek(0) == class) {
		if class != "" && p.peek(0) != class || class == "" {
			return p.fail() // a method without a return type
		}
		p.at++
		if p.is("(") {
			return p.method()
		}
		return p.block()
	}
	if !p.take("void") && !p.typ() {
		return false
	}
	if !p.name() {
		return false
	}
	if p.is("(") {
		return p.method()
	}
	return p.declarators() && p.need(";")
}

// method reads what follows a method's name.
func (p *parser) method() bool {
	if !p.params() || !p.dims() || p.take("throws") && !p.typeList(",") {
		return false
	}
	if p.take("default") && !p.initializer() {
		return false
	}
	if p.is("{") {
		return p.block()
	}
	return p.need(";")
}

func (p *parser) params() bool {
	if !p.need("(") {
		return false
	}
	for !p.is(")") {
		if !p.modifiers() || !p.typ() {
			return false
		}
		p.take("...")
		if !p.take("this") && !p.name() || !p.dims() {
			return false
		}
		if !p.take(",") {
			break
		}
		if p.is(")") {
			return p.fail()
		}
	}
	return p.need(")")
}

// dims reads pairs of brackets.
func (p *parser) dims() bool {
	for p.is("[") && p.peek(1) == "]" {
		p.at += 2
	}
	if p.is("[") {
		p.at++ // no pair, but it might have been one
		p.fail()
		p.at--
	}
	return true
}

// declarators reads what follows the name of a variable, up to its end.
func (p *parser) declarators() bool {
	for {
		p.dims()
		if p.take("=") && !p.initializer() {
			return false
		}
		if !p.take(",") {
			return true
		}
		if !p.name() {
			return false
		}
	}
}

func (p *parser) initializer() bool {
	if !p.is("{") {
		if p.is("@") {
			return p.annotation()
		}
		return p.expr() != bad
	}
	if !p.enter() {
		return false
	}
	defer p.leave()
	p.at++
	for !p.is("}") {
		if !p.initializer() {
			return false
		}
		if !p.take(",") {
			break
		}
	}
	return p.need("}")
}

func (p *parser) typ() bool {
	if !p.enter() {
		return false
	}
	defer p.leave()
	for p.is("@") {
		if !p.annotation() {
			return false
		}
	}
	return p.elementType(false) && p.dims()
}

// elementType is a type without brackets; diamond allows "<>".
func (p *parser) elementType(diamond bool) bool {
	if primitives[p.peek(0)] {
		p.at++
		return true
	}
	for {
		if !p.name() {
			return false
		}
		if p.is("<") && !p.typeArgs(diamond) {
			return false
		}
		if !p.is(".") || !p.nameAt(1) {
			return true
		}
		p.at++
	}
}

func (p *parser) typeArgs(diamond bool) bool {
	p.at++
	if diamond && p.take(">") {
		return true
	}
	for {
		if p.take("?") {
			if (p.take("extends") || p.take("super")) && !p.typ() {
				return false
			}
		} else if !p.typ() {
			return false
		}
		if !p.take(",") {
			break
		}
	}
	return p.need(">")
}
