package syntax

import "strings"

// exprList reads one expression, or a tuple without parentheses.
func (p *parser) exprList() *Node {
	first := p.starExpr()
	if !p.isOp(",") || first == nil {
		return first
	}
	n := &Node{Kind: Tuple, Start: first.Start, Kids: []*Node{first}}
	for p.err == nil && p.op(",") {
		if !p.begins() {
			break
		}
		n.Kids = append(n.Kids, p.starExpr())
	}
	return p.done(n)
}

// begins reports whether an expression can begin here.
func (p *parser) begins() bool {
	t := p.peek()
	switch t.kind {
	case tNumber, tString:
		return true
	case tOp:
		return strings.Contains(" ( [ { - + ~ * ** ... ", " "+t.text+" ")
	case tName:
		return !Keywords[t.text] || strings.Contains(" None True False not lambda await yield ", " "+t.text+" ")
	}
	return false
}

func (p *parser) starExpr() *Node {
	if t := p.peek(); p.op("*") {
		return p.done(&Node{Kind: Star, Op: "*", Start: t.start, Left: p.binary(3)})
	}
	return p.namedExpr()
}

func (p *parser) namedExpr() *Node {
	n := p.patternAs(p.expr())
	if p.isOp(":=") && n != nil && n.Kind == Name {
		p.next()
		n.Store = true
		return p.done(&Node{Kind: Walrus, Start: n.Start, Left: n, Right: p.expr()})
	}
	return n
}

func (p *parser) expr() *Node {
	if !p.enter() {
		p.leave()
		return nil
	}
	defer p.leave()
	if p.isWord("lambda") {
		n := &Node{Kind: Lambda, Start: p.next().start, Left: p.params(":", false)}
		p.need(":")
		was := p.inFunc
		p.inFunc = true
		n.Right = p.expr()
		p.inFunc = was
		return p.done(n)
	}
	n := p.binary(0)
	if n != nil && p.word("if") {
		out := &Node{Kind: IfExp, Start: n.Start, Left: n, Kids: []*Node{p.binary(0)}}
		if !p.isWord("else") {
			p.fail(p.peek(), "expected 'else' after 'if' expression")
		}
		p.next()
		out.Right = p.expr()
		return p.done(out)
	}
	return n
}

func (p *parser) yield() *Node {
	t := p.next()
	if !p.inFunc {
		p.fail(t, "'yield' outside function")
	}
	n := &Node{Kind: Yield, Start: t.start}
	if p.word("from") {
		n.Left = p.expr()
	} else if p.begins() {
		n.Left = p.exprList()
	}
	return p.done(n)
}

// levels are the binary operators from the weakest to the strongest; level 2 is
// that of comparisons.
var levels = []string{" or ", " and ", "", " | ", " ^ ", " & ", " << >> ", " + - ", " * / // % @ "}

// binary reads an expression of operators of the given level and stronger ones.
func (p *parser) binary(level int) *Node {
	if level == len(levels) {
		return p.unary()
	}
	if level == 2 {
		return p.comparison()
	}
	n := p.binary(level + 1)
	for p.err == nil {
		t := p.peek()
		if t.kind != tOp && t.kind != tName || !strings.Contains(levels[level], " "+t.text+" ") {
			break
		}
		p.next()
		k := Binary
		if level < 2 {
			k = Bool
		}
		n = p.done(&Node{Kind: k, Start: n.Start, Left: n, Op: t.text, At: t.start, Right: p.binary(level + 1)})
	}
	return n
}

func (p *parser) comparison() *Node {
	if t := p.peek(); p.isWord("not") {
		if !p.enter() {
			p.leave()
			return nil
		}
		defer p.leave()
		p.next()
		return p.done(&Node{Kind: Unary, Op: "not", Start: t.start, Left: p.comparison()})
	}
	n := p.binary(3)
	for p.err == nil {
		t := p.peek()
		op := t.text
		switch {
		case t.kind == tOp && strings.Contains(" < > <= >= == != ", " "+op+" "):
		case t.kind == tName && op == "in":
		case t.kind == tName && op == "is":
			if p.peekAt(1).text == "not" {
				p.next()
				op = "is not"
			}
		case t.kind == tName && op == "not" && p.peekAt(1).text == "in":
			p.next()
			op = "not in"
		default:
			return n
		}
		p.next()
		n = p.done(&Node{Kind: Compare, Start: n.Start, Left: n, Op: op, At: t.start, Right: p.binary(3)})
	}
	return n
}

func (p *parser) unary() *Node {
	t := p.peek()
	if t.kind == tOp && (t.text == "-" || t.text == "+" || t.text == "~") {
		if !p.enter() {
			p.leave()
			return nil
		}
		defer p.leave()
		p.next()
		return p.done(&Node{Kind: Unary, Op: t.text, Start: t.start, Left: p.unary()})
	}
	n := p.await()
	if p.isOp("**") && n != nil {
		at := p.next().start
		if !p.enter() {
			p.leave()
			return nil
		}
		defer p.leave()
		return p.done(&Node{Kind: Binary, Start: n.Start, Left: n, Op: "**", At: at, Right: p.unary()})
	}
	return n
}

func (p *parser) await() *Node {
	if t := p.peek(); p.isWord("await") {
		p.next()
		if !p.inAsync {
			p.fail(t, "'await' outside async function")
		}
		return p.done(&Node{Kind: Await, Start: t.start, Left: p.postfix()})
	}
	return p.postfix()
}

// postfix reads an atom and what clings to it: attributes, calls, indexes.
func (p *parser) postfix() *Node {
	if !p.enter() {
		p.leave()
		return nil
	}
	defer p.leave()
	n := p.atom()
	for p.err == nil && n != nil {
		switch {
		case p.op("."):
			t := p.name()
			n = &Node{Kind: Attr, Start: n.Start, Left: n, Text: t.text, At: t.start}
		case p.isOp("("):
			n = &Node{Kind: Call, Start: n.Start, Left: n, At: p.next().start}
			n.Kids = p.args()
			p.need(")")
		case p.isOp("["):
			n = &Node{Kind: Subscript, Start: n.Start, Left: n, At: p.next().start}
			n.Right = p.index()
			p.need("]")
		default:
			return n
		}
		p.done(n)
	}
	return n
}

// args reads a call's arguments, up to its closing parenthesis.
func (p *parser) args() []*Node {
	var out []*Node
	named := false
	var alone *Node // a generator that should have parentheses
	for p.err == nil && !p.isOp(")") {
		t := p.peek()
		var a *Node
		switch {
		case p.isOp("*") || p.isOp("**"):
			p.next()
			a = &Node{Kind: Star, Op: t.text, Start: t.start, Left: p.expr()}
			named = named || t.text == "**"
		case t.kind == tName && p.peekAt(1).kind == tOp && p.peekAt(1).text == "=":
			p.name()
			p.next()
			a = &Node{Kind: Keyword, Start: t.start, At: t.start, Text: t.text, Right: p.expr()}
			named = true
		default:
			a = p.namedExpr()
			if a != nil && (p.isWord("for") || p.isWord("async")) {
				a = &Node{Kind: Comp, Op: "(", Start: a.Start, Left: a, Kids: p.compFors()}
				if alone == nil && (len(out) > 0 || p.isOp(",") && p.peekAt(1).text != ")") {
					alone = p.done(a)
				}
			} else if p.isOp("=") {
				p.failAt(a, `expression cannot contain assignment, perhaps you meant "=="?`)
			} else if named && a != nil {
				p.fail(token{start: a.Start, end: p.last}, "positional argument follows keyword argument")
			}
		}
		if a == nil {
			break
		}
		out = append(out, p.done(a))
		if !p.op(",") {
			break
		}
	}
	if alone != nil && p.isOp(")") {
		p.failAt(alone, "Generator expression must be parenthesized")
	}
	return out
}

func (p *parser) index() *Node {
	n := &Node{Kind: Tuple, Start: p.peek().start}
	comma := false
	for p.err == nil && !p.isOp("]") {
		n.Kids = append(n.Kids, p.slice())
		if !p.op(",") {
			break
		}
		comma = true
	}
	if len(n.Kids) == 0 {
		p.fail(p.peek(), "invalid syntax")
	}
	if !comma && len(n.Kids) == 1 {
		return n.Kids[0]
	}
	return p.done(n)
}

func (p *parser) slice() *Node {
	s := &Node{Kind: Slice, Start: p.peek().start}
	var part *Node
	if !p.isOp(":") {
		if part = p.starExpr(); !p.isOp(":") {
			return part
		}
	}
	s.Kids = append(s.Kids, part)
	for len(s.Kids) < 3 && p.err == nil && p.op(":") {
		part = nil
		if !p.isOp(":") && !p.isOp("]") && !p.isOp(",") {
			part = p.expr()
		}
		s.Kids = append(s.Kids, part)
	}
	return p.done(s)
}

func (p *parser) compFors() []*Node {
	var out []*Node
	for p.err == nil {
		t := p.peek()
		if p.isWord("async") && p.peekAt(1).text == "for" {
			p.next()
		}
		if !p.word("for") {
			return out
		}
		n := &Node{Kind: CompFor, Start: t.start, Left: p.targets()}
		p.need("in")
		n.Right = p.binary(0)
		for p.err == nil && p.word("if") {
			c := p.binary(0)
			if p.isOp(":=") && c != nil && c.Kind == Name {
				p.next()
				c.Store = true
				c = p.done(&Node{Kind: Walrus, Start: c.Start, Left: c, Right: p.binary(0)})
			}
			n.Kids = append(n.Kids, c)
		}
		out = append(out, p.done(n))
	}
	return out
}
