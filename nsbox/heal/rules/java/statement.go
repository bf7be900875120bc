package java

func (p *parser) block() bool {
	if !p.need("{") {
		return false
	}
	for !p.is("}") {
		if p.at >= len(p.tokens) || !p.statement(true) {
			return p.fail()
		}
	}
	p.at++
	return true
}

func (p *parser) parens() bool {
	return p.need("(") && p.expr() != bad && p.need(")")
}

// statement reads one statement; declare allows a declaration.
func (p *parser) statement(declare bool) bool {
	if !p.enter() {
		return false
	}
	defer p.leave()
	switch p.peek(0) {
	case "{":
		return p.block()
	case ";":
		p.at++
		return true
	case "if":
		p.at++
		return p.parens() && p.statement(false) && (!p.take("else") || p.statement(false))
	case "while":
		p.at++
		return p.parens() && p.statement(false)
	case "do":
		p.at++
		return p.statement(false) && p.need("while") && p.parens() && p.need(";")
	case "for":
		p.at++
		return p.forRest()
	case "switch":
		start := p.at
		p.at++
		if !p.parens() || !p.switchBody() {
			return false
		}
		if p.is(".") { // an expression after all
			p.at = start
			return p.expressionStatement()
		}
		return true
	case "try":
		p.at++
		return p.tryRest()
	case "synchronized":
		if p.peek(1) == "(" {
			p.at++
			return p.parens() && p.block()
		}
	case "return":
		p.at++
		return p.take(";") || p.expr() != bad && p.need(";")
	case "throw":
		p.at++
		return p.expr() != bad && p.need(";")
	case "break", "continue":
		p.at++
		if p.isName() {
			p.at++
		}
		return p.need(";")
	case "assert":
		p.at++
		return p.expr() != bad && (!p.take(":") || p.expr() != bad) && p.need(";")
	case "yield":
		switch p.peek(1) {
		case "=", ".", "[", "++", "--", "+=", "-=":
		default:
			p.at++
			return p.expr() != bad && p.need(";")
		}
	case "else", "case", "default", "catch", "finally":
		return p.fail()
	}
	if p.isName() && p.peek(1) == ":" {
		p.at += 2
		return p.statement(false)
	}
	return p.declarationOr(declare)
}

// declarationOr reads a local class, a variable's declaration or an expression.
func (p *parser) declarationOr(declare bool) bool {
	start := p.at
	if !p.modifiers() {
		return false
	}
	if p.startsType() {
		return declare && p.typeDecl() || p.fail()
	}
	if p.at > start || p.declares() {
		if !declare {
			p.at = start
			return p.fail()
		}
		return p.typ() && p.name() && p.declarators() && p.need(";")
	}
	return p.expressionStatement()
}

// declares reports whether a type and a name follow.
func (p *parser) declares() bool {
	if !p.isName() && !primitives[p.peek(0)] {
		return false
	}
	at := p.at
	ok := p.try(func() bool { return p.typ() && p.isName() })
	p.at = at
	return ok
}

func (p *parser) expressionStatement() bool {
	start := p.at
	kind := p.expr()
	if kind == bad {
		return false
	}
	if kind != effect {
		// javac objects to all of it, and does not look further.
		end := p.at
		p.at = start
		p.fail()
		p.at = end
		return p.fail()
	}
	return p.need(";")
}

func (p *parser) forRest() bool {
	if !p.need("(") {
		return false
	}
	if !p.is(";") {
		start := p.at
		if !p.modifiers() {
			return false
		}
		if p.at > start || p.declares() {
			if !p.typ() || !p.name() {
				return false
			}
			if p.take(":") {
				return p.expr() != bad && p.need(")") && p.statement(false)
			}
			if !p.declarators() {
				return false
			}
		} else if !p.effects() {
			return false
		}
	}
	if !p.need(";") || !p.is(";") && p.expr() == bad || !p.need(";") || !p.is(")") && !p.effects() {
		return false
	}
	return p.need(")") && p.statement(false)
}

// effects are expressions that do something.
func (p *parser) effects() bool {
	for {
		switch p.expr() {
		case bad:
			return false
		case value:
			return p.fail()
		}
		if !p.take(",") {
			return true
		}
	}
}

func (p *parser) switchBody() bool {
	if !p.need("{") {
		return false
	}
	for !p.is("}") {
		if !p.label() {
			return false
		}
		if p.take("->") {
			switch {
			case p.is("{"):
				if !p.block() {
					return false
				}
			case p.is("throw"):
				if !p.statement(false) {
					return false
				}
			default:
				if p.expr() == bad || !p.need(";") {
					return false
				}
			}
			continue
		}
		if !p.need(":") {
			return false
		}
		for !p.is("}") && !p.is("case") && !(p.is("default") && (p.peek(1) == ":" || p.peek(1) == "->")) {
			if p.at >= len(p.tokens) || !p.statement(true) {
				return p.fail()
			}
		}
	}
	p.at++
	return true
}

func (p *parser) label() bool {
	if p.take("default") {
		return true
	}
	if !p.need("case") {
		return false
	}
	for {
		// "A -> x" is no lambda here.
		if !p.take("default") && p.ternary() == bad {
			return false
		}
		if !p.take(",") {
			return true
		}
	}
}

func (p *parser) tryRest() bool {
	whole := false
	if p.take("(") {
		whole = true
		for !p.is(")") {
			if !p.resource() {
				return false
			}
			if !p.take(";") {
				break
			}
		}
		if !p.need(")") {
			return false
		}
	}
	if !p.block() {
		return false
	}
	for p.take("catch") {
		whole = true
		if !p.need("(") || !p.modifiers() || !p.typeList("|") || !p.name() || !p.need(")") || !p.block() {
			return false
		}
	}
	if p.take("finally") {
		return p.block()
	}
	return whole || p.fail()
}

func (p *parser) resource() bool {
	start := p.at
	if !p.modifiers() {
		return false
	}
	if p.at > start || p.declares() {
		return p.typ() && p.name() && p.need("=") && p.expr() != bad
	}
	return p.expr() != bad
}
