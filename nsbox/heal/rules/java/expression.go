package java

import "github.com/nsbox/nsbox/nsbox/internal/source"

// kind is what an expression may be used for.
type kind int

const (
	bad    kind = iota
	value       // it has a value, and as a statement it would do nothing
	effect      // it may stand as a statement
)

var assigning = set("=", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "<<=")

var binary = set("||", "&&", "|", "^", "&", "==", "!=", "<", ">", "<=", ">=", "<<", "+", "-", "*", "/", "%")

func (p *parser) expr() kind {
	if !p.enter() {
		return bad
	}
	defer p.leave()
	if p.isLambda() {
		return p.lambda()
	}
	k := p.ternary()
	if k == bad {
		return bad
	}
	if assigning[p.peek(0)] {
		if !p.target {
			p.fail()
			return bad
		}
		p.at++
		if p.expr() == bad {
			return bad
		}
		return effect
	}
	return k
}

func (p *parser) ternary() kind {
	k := p.operands()
	if k == bad || !p.take("?") {
		return k
	}
	defer func() { p.target = false }()
	if p.expr() == bad || !p.need(":") {
		return bad
	}
	if p.isLambda() {
		return p.lambda()
	}
	if !p.enter() {
		return bad
	}
	defer p.leave()
	if p.ternary() == bad {
		return bad
	}
	return value
}

func (p *parser) operands() kind {
	k := p.unary()
	for k != bad {
		t := p.peek(0)
		switch {
		case t == "instanceof":
			p.at++
			if !p.modifiers() || !p.typ() {
				return bad
			}
			if p.isName() {
				p.at++
			}
			k, p.target = value, false
		case binary[t]:
			assignable := p.target
			if done, assigns := p.shift(t); assigns {
				if !assignable || p.expr() == bad {
					return bad
				}
				return effect
			} else if !done {
				p.at++
			}
			if p.unary() == bad {
				return bad
			}
			k, p.target = value, false
		default:
			return k
		}
	}
	return k
}

// shift reads ">>", ">>>" and the assignments made of them.
func (p *parser) shift(t string) (done, assigns bool) {
	if t != ">" {
		return false, false
	}
	p.at++
	for p.at < len(p.tokens) && p.tokens[p.at].Start == p.tokens[p.at-1].End {
		if p.is(">=") {
			p.at++
			return true, true
		}
		if !p.take(">") {
			break
		}
	}
	return true, false
}

func (p *parser) unary() kind {
	if !p.enter() {
		return bad
	}
	defer p.leave()
	switch p.peek(0) {
	case "+", "-", "!", "~":
		p.at++
		if p.unary() == bad {
			return bad
		}
		p.target = false
		return value
	case "++", "--":
		p.at++
		if p.unary() == bad {
			return bad
		}
		p.target = false
		return effect
	case "(":
		if p.cast() {
			if p.isLambda() {
				return p.lambda()
			}
			if p.unary() == bad {
				return bad
			}
			p.target = false
			return value
		}
	}
	return p.primary()
}

// cast reads "(type)" where something follows that it can be applied to.
func (p *parser) cast() bool {
	primitive := primitives[p.peek(1)]
	return p.try(func() bool {
		p.at++
		if !p.typeList("&") || !p.take(")") || p.at >= len(p.tokens) {
			return false
		}
		t := p.tokens[p.at]
		switch {
		case t.Kind == source.String || t.Kind == source.Number || t.Text == "(" || t.Text == "!" || t.Text == "~":
			return true
		case t.Kind == source.Word:
			return t.Text != "instanceof"
		}
		return primitive && (t.Text == "+" || t.Text == "-" || t.Text == "++" || t.Text == "--")
	})
}

func (p *parser) isLambda() bool {
	if p.isName() {
		return p.peek(1) == "->"
	}
	if !p.is("(") {
		return false
	}
	depth := 0
	for i := p.at; i < len(p.tokens) && i < p.at+200; i++ {
		switch p.tokens[i].Text {
		case "(":
			depth++
		case ")":
			if depth--; depth == 0 {
				return i+1 < len(p.tokens) && p.tokens[i+1].Text == "->"
			}
		case "{", "}", ";":
			return false
		}
	}
	return false
}

func (p *parser) lambda() kind {
	if !p.take("(") {
		p.at++
	} else {
		for !p.is(")") {
			if p.isName() && (p.peek(1) == "," || p.peek(1) == ")") {
				p.at++
			} else if !p.modifiers() || !p.typ() || p.take("...") && false || !p.name() || !p.dims() {
				return bad
			}
			if !p.take(",") {
				break
			}
		}
		if !p.need(")") {
			return bad
		}
	}
	p.at++ // ->
	if p.is("{") {
		if !p.block() {
			return bad
		}
		return value
	}
	if p.expr() == bad {
		return bad
	}
	return value
}

func (p *parser) args() bool {
	p.at++
	for !p.is(")") {
		if p.expr() == bad {
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

func (p *parser) primary() kind {
	k := value
	if p.at >= len(p.tokens) {
		p.fail()
		return bad
	}
	t := p.tokens[p.at]
	p.target = false
	switch {
	case t.Kind == source.Number, t.Kind == source.String && !t.Open:
		p.at++
		if t.Kind == source.Number && p.is(".") && p.nameAt(1) {
			p.fail()
			return bad
		}
		if t.Kind == source.Number && p.is(".") && p.tokens[p.at].Start == t.End && !p.nameAt(1) {
			p.at++ // "1."
		}
	case t.Text == "." && p.at+1 < len(p.tokens) && p.tokens[p.at+1].Kind == source.Number:
		p.at += 2 // ".5"
	case t.Text == "true" || t.Text == "false" || t.Text == "null":
		p.at++
	case t.Text == "this" || t.Text == "super":
		p.at++
		if t.Text == "super" && !p.is("(") && !p.is(".") && !p.is("::") {
			p.fail()
			return bad
		}
	case t.Text == "(":
		p.at++
		if p.expr() == bad || !p.need(")") {
			return bad
		}
	case t.Text == "switch":
		p.at++
		if !p.parens() || !p.switchBody() {
			return bad
		}
	case t.Text == "new":
		p.at++
		if k = p.creation(); k == bad {
			return bad
		}
	case primitives[t.Text] || t.Text == "void":
		p.at++
		p.dims()
		if !p.is(".") && !p.is("::") || p.is(".") && p.peek(1) != "class" {
			p.fail()
			return bad
		}
	case p.isName():
		if p.peek(1) != "<" || !p.try(func() bool { return p.typ() && p.is("::") }) {
			p.at++
			p.target = true
		}
	default:
		p.fail()
		return bad
	}
	return p.postfix(k)
}

func (p *parser) postfix(k kind) kind {
	for {
		switch p.peek(0) {
		case ".":
			p.at++
			if p.is("<") && !p.typeArgs(false) {
				return bad
			}
			switch {
			case p.take("class"), p.take("this"), p.take("super"):
				k, p.target = value, false
			case p.take("new"):
				if k = p.creation(); k == bad {
					return bad
				}
			default:
				if !p.name() {
					return bad
				}
				k, p.target = value, true
				if p.is("<") && p.try(func() bool { p.at--; return p.typ() && p.is("::") }) {
					continue
				}
			}
		case "(":
			if before := p.tokens[p.at-1]; before.Kind != source.Word || keywords[before.Text] && before.Text != "this" && before.Text != "super" {
				p.fail()
				return bad
			}
			if !p.args() {
				return bad
			}
			k, p.target = effect, false
		case "[":
			if p.peek(1) == "]" {
				p.dims()
				if !p.is("::") && !(p.is(".") && p.peek(1) == "class") {
					p.fail()
					return bad
				}
				continue
			}
			p.at++
			if p.expr() == bad || !p.need("]") {
				return bad
			}
			k, p.target = value, true
		case "++", "--":
			p.at++
			k, p.target = effect, false
		case "::":
			p.at++
			if p.is("<") && !p.typeArgs(false) || !p.take("new") && !p.name() {
				return bad
			}
			k, p.target = value, false
		default:
			return k
		}
	}
}

// creation reads what follows "new".
func (p *parser) creation() kind {
	if p.is("<") && !p.typeArgs(false) {
		return bad
	}
	for p.is("@") {
		if !p.annotation() {
			return bad
		}
	}
	if !p.elementType(true) {
		return bad
	}
	if p.is("(") {
		if !p.args() || p.is("{") && !p.body("") {
			return bad
		}
		return effect
	}
	if !p.is("[") {
		p.fail()
		return bad
	}
	if p.peek(1) == "]" {
		p.dims()
		if !p.is("{") || !p.initializer() {
			p.fail()
			return bad
		}
		return value
	}
	for p.is("[") && p.peek(1) != "]" {
		p.at++
		if p.expr() == bad || !p.need("]") {
			return bad
		}
	}
	p.dims()
	return value
}
