package syntax

func (p *parser) decorated() *Node {
	var decorators []*Node
	start := p.peek().start
	for p.err == nil && p.op("@") {
		decorators = append(decorators, p.namedExpr())
		if t := p.peek(); t.kind != tNewline {
			p.fail(t, "invalid syntax")
		}
		p.next()
	}
	t := p.peek()
	var n *Node
	if t.kind == tName && (t.text == "def" || t.text == "class" || t.text == "async") {
		n = p.compound(t)
	}
	if n == nil || n.Kind != FuncDef && n.Kind != ClassDef {
		p.fail(t, "invalid syntax")
		return &Node{Kind: Expr, Start: start}
	}
	n.Else = decorators
	return n
}

func (p *parser) funcDef(n *Node) *Node {
	p.next()
	t := p.name()
	n.Kind, n.Text, n.At = FuncDef, t.text, t.start
	p.need("(")
	n.Left = p.params(")", true)
	p.need(")")
	if p.op("->") {
		n.Right = p.expr()
	}
	was, async, loop := p.inFunc, p.inAsync, p.inLoop
	p.inFunc, p.inAsync, p.inLoop = true, n.Op == "async", false
	n.Kids = p.block(n)
	p.inFunc, p.inAsync, p.inLoop = was, async, loop
	return p.done(n)
}

func (p *parser) classDef(n *Node) *Node {
	p.next()
	t := p.name()
	n.Kind, n.Text, n.At = ClassDef, t.text, t.start
	if p.isOp("(") {
		n.Left = &Node{Kind: Bases, Start: p.next().start}
		n.Left.Kids = p.args()
		p.need(")")
		p.done(n.Left)
	}
	was, async, loop := p.inFunc, p.inAsync, p.inLoop
	p.inFunc, p.inAsync, p.inLoop = false, false, false
	n.Kids = p.block(n)
	p.inFunc, p.inAsync, p.inLoop = was, async, loop
	return p.done(n)
}

// params reads parameters up to the closing text.
func (p *parser) params(closing string, annotated bool) *Node {
	n := &Node{Kind: Params, Start: p.peek().start}
	defaults, star := false, false
	seen := map[string]bool{}
	for p.err == nil && !p.isOp(closing) {
		a := &Node{Kind: Param, Start: p.peek().start}
		for _, s := range []string{"**", "*", "/"} {
			if p.op(s) {
				a.Op = s
				break
			}
		}
		if a.Op == "" || a.Op == "**" || a.Op == "*" && !p.isOp(",") {
			t := p.name()
			a.Text, a.At = t.text, t.start
			if seen[t.text] {
				p.fail(t, "duplicate argument '"+t.text+"' in function definition")
			}
			seen[t.text] = true
			if annotated && p.op(":") {
				a.Left = p.expr()
			}
		}
		if a.Op == "" && p.op("=") {
			a.Right = p.expr()
			defaults = true
		} else if a.Op == "" && defaults && !star {
			p.fail(token{start: a.Start, end: p.last}, "non-default argument follows default argument")
		}
		star = star || a.Op == "*"
		n.Kids = append(n.Kids, p.done(a))
		if !p.op(",") {
			break
		}
	}
	return p.done(n)
}

// simple reads a statement of one line, without its end.
func (p *parser) simple() *Node {
	t := p.peek()
	n := &Node{Start: t.start}
	if t.kind != tName || !Keywords[t.text] {
		return p.exprStmt(n)
	}
	switch t.text {
	case "pass", "break", "continue":
		p.next()
		n.Kind, n.Op = Jump, t.text
		if t.text != "pass" && !p.inLoop {
			p.fail(t, "'"+t.text+"' outside loop")
		}
	case "return":
		p.next()
		n.Kind = Return
		if !p.inFunc {
			p.fail(t, "'return' outside function")
		}
		if !p.ends() {
			n.Left = p.exprList()
		}
	case "raise":
		p.next()
		n.Kind = Raise
		if !p.ends() {
			n.Left = p.expr()
			if p.word("from") {
				n.Right = p.expr()
			}
		}
	case "import":
		p.importStmt(n)
	case "from":
		p.fromStmt(n)
	case "global", "nonlocal":
		p.next()
		n.Kind, n.Op = Global, t.text
		for p.err == nil {
			w := p.name()
			n.Kids = append(n.Kids, &Node{Kind: Name, Text: w.text, Start: w.start, End: w.end, At: w.start})
			if !p.op(",") {
				break
			}
		}
	case "del":
		p.next()
		n.Kind, n.Kids = Delete, []*Node{p.exprList()}
	case "assert":
		p.next()
		n.Kind, n.Left = Assert, p.expr()
		if p.op(",") {
			n.Right = p.expr()
		}
	default:
		return p.exprStmt(n)
	}
	return p.done(n)
}

// ends reports whether the statement ends here.
func (p *parser) ends() bool {
	t := p.peek()
	return t.kind == tNewline || t.kind == tEOF || t.kind == tOp && t.text == ";"
}

func (p *parser) importStmt(n *Node) {
	p.next()
	n.Kind = Import
	for p.err == nil {
		a := &Node{Kind: Alias, Start: p.peek().start}
		a.At = a.Start
		a.Text = p.dotted()
		p.as(a)
		n.Kids = append(n.Kids, p.done(a))
		if !p.op(",") {
			return
		}
	}
}

func (p *parser) dotted() string {
	s := p.name().text
	for p.err == nil && p.op(".") {
		s += "." + p.name().text
	}
	return s
}

func (p *parser) as(a *Node) {
	if p.word("as") {
		a.Op = p.name().text
	}
}

func (p *parser) fromStmt(n *Node) {
	p.next()
	n.Kind = ImportFrom
	for p.isOp(".") || p.isOp("...") {
		n.Text += p.next().text
	}
	n.At = p.peek().start
	if !p.isWord("import") {
		n.Text += p.dotted()
	}
	p.need("import")
	if p.op("*") {
		n.Kids = []*Node{{Kind: Alias, Text: "*"}}
		return
	}
	paren := p.op("(")
	for p.err == nil {
		t := p.name()
		a := &Node{Kind: Alias, Start: t.start, At: t.start, Text: t.text}
		p.as(a)
		n.Kids = append(n.Kids, p.done(a))
		if !p.op(",") || paren && p.isOp(")") {
			break
		}
	}
	if paren {
		p.need(")")
	}
}

var augmented = map[string]bool{
	"+=": true, "-=": true, "*=": true, "/=": true, "//=": true, "%=": true, "@=": true, "&=": true, "|=": true,
	"^=": true, ">>=": true, "<<=": true, "**=": true,
}

func (p *parser) exprStmt(n *Node) *Node {
	first := p.yieldOrList()
	t := p.peek()
	switch {
	case p.isOp("="):
		n.Kind = Assign
		value := first
		for p.err == nil && p.isOp("=") {
			n.Kids = append(n.Kids, p.store(value))
			p.next()
			value = p.yieldOrList()
		}
		n.Right = value
	case t.kind == tOp && augmented[t.text]:
		n.Kind, n.Left, n.Op = AugAssign, p.store(first), t.text
		if first != nil && first.Kind != Name && first.Kind != Attr && first.Kind != Subscript {
			p.failAt(first, "illegal expression for augmented assignment")
		}
		p.next()
		n.Right = p.yieldOrList()
	case p.isOp(":") && first != nil && (first.Kind == Paren || first.Kind == Name || first.Kind == Attr || first.Kind == Subscript):
		p.next()
		n.Kind, n.Left = AnnAssign, p.store(first)
		n.Kids = []*Node{p.expr()}
		if p.op("=") {
			n.Right = p.yieldOrList()
		}
	default:
		n.Kind, n.Left = Expr, first
	}
	return p.done(n)
}

func (p *parser) yieldOrList() *Node {
	if p.isWord("yield") {
		return p.yield()
	}
	return p.exprList()
}

// store marks what an assignment gives a value, and refuses what can't have one.
func (p *parser) store(n *Node) *Node {
	if n == nil {
		return n
	}
	switch n.Kind {
	case Name, Attr, Subscript:
		n.Store = true
	case Tuple, List:
		for _, k := range n.Kids {
			p.store(k)
		}
	case Paren, Star:
		p.store(n.Left)
	default:
		t := p.peek()
		p.fail(t, "cannot assign to expression here. Maybe you meant '==' instead of '='?")
	}
	return n
}

// targets reads what a loop gives values.
func (p *parser) targets() *Node {
	first := p.starTarget()
	if !p.isOp(",") {
		return p.store(first)
	}
	n := &Node{Kind: Tuple, Start: first.Start, Kids: []*Node{first}}
	for p.err == nil && p.op(",") {
		if p.isWord("in") {
			break
		}
		n.Kids = append(n.Kids, p.starTarget())
	}
	return p.store(p.done(n))
}

func (p *parser) starTarget() *Node {
	t := p.peek()
	if p.op("*") {
		return p.done(&Node{Kind: Star, Op: "*", Start: t.start, Left: p.postfix()})
	}
	n := p.postfix()
	if n == nil {
		n = &Node{Kind: Name, Start: t.start, End: t.start}
	}
	return n
}
