package syntax

import "strings"

func (p *parser) atom() *Node {
	t := p.peek()
	n := &Node{Start: t.start, At: t.start, Text: t.text}
	switch t.kind {
	case tNumber:
		p.next()
		n.Kind = Number
	case tString:
		return p.strings(n)
	case tName:
		switch {
		case t.text == "None" || t.text == "True" || t.text == "False":
			n.Kind = Const
		case Keywords[t.text]:
			p.fail(t, "invalid syntax")
			return nil
		default:
			n.Kind = Name
		}
		p.next()
	case tOp:
		n.Text = ""
		switch t.text {
		case "...":
			p.next()
			n.Kind, n.Text = Const, "..."
		case "(":
			return p.parens(n)
		case "[":
			p.next()
			n.Kind = List
			p.elements(n, "]")
		case "{":
			p.next()
			p.braces(n)
		default:
			p.fail(t, "invalid syntax")
			return nil
		}
	default:
		p.fail(t, "invalid syntax")
		return nil
	}
	return p.done(n)
}

func (p *parser) parens(n *Node) *Node {
	p.next()
	if p.op(")") {
		n.Kind = Tuple
		return p.done(n)
	}
	if p.isWord("yield") {
		n.Kind, n.Left = Paren, p.yield()
		p.need(")")
		return p.done(n)
	}
	first := p.starExpr()
	switch {
	case p.isWord("for") || p.isWord("async"):
		n.Kind, n.Op, n.Left, n.Kids = Comp, "(", first, p.compFors()
	case p.isOp(","):
		n.Kind, n.Kids = Tuple, []*Node{first}
		for p.err == nil && p.op(",") && !p.isOp(")") {
			n.Kids = append(n.Kids, p.starExpr())
		}
	default:
		n.Kind, n.Left = Paren, first
		if first != nil && first.Kind == Star {
			p.failAt(first, "cannot use starred expression here")
		}
	}
	p.need(")")
	return p.done(n)
}

// elements reads a list's or set's elements and its closing bracket.
func (p *parser) elements(n *Node, closing string) {
	for p.err == nil && !p.isOp(closing) {
		e := p.starExpr()
		if len(n.Kids) == 0 && (p.isWord("for") || p.isWord("async")) {
			n.Kind, n.Op, n.Left, n.Kids = Comp, p.src[n.Start:n.Start+1], e, p.compFors()
			break
		}
		n.Kids = append(n.Kids, e)
		if !p.op(",") {
			break
		}
	}
	p.need(closing)
}

func (p *parser) braces(n *Node) {
	n.Kind = Dict
	if p.op("}") {
		return
	}
	if !p.isOp("**") {
		at, last := p.at, p.last
		p.starExpr()
		if !p.isOp(":") {
			// A set: read it again as one. An error stays.
			if p.err == nil {
				p.at, p.last = at, last
			}
			n.Kind = Set
			p.elements(n, "}")
			return
		}
		p.at, p.last = at, last
	}
	for p.err == nil && !p.isOp("}") {
		t := p.peek()
		if p.op("**") {
			n.Kids = append(n.Kids, p.done(&Node{Kind: Star, Op: "**", Start: t.start, Left: p.binary(3)}))
		} else {
			e := &Node{Kind: Pair, Start: t.start, Left: p.expr()}
			if !p.isOp(":") {
				p.fail(p.peek(), "':' expected after dictionary key")
			}
			p.next()
			e.Right = p.expr()
			p.done(e)
			if len(n.Kids) == 0 && (p.isWord("for") || p.isWord("async")) {
				n.Kind, n.Op, n.Left, n.Kids = Comp, "{", e, p.compFors()
				break
			}
			n.Kids = append(n.Kids, e)
		}
		if !p.op(",") {
			break
		}
	}
	p.need("}")
}

// strings reads neighbouring strings, which are one.
func (p *parser) strings(n *Node) *Node {
	n.Kind = Str
	bytes := -1
	for p.peek().kind == tString {
		t := p.next()
		prefix, quote, content := Quoted(t.text)
		prefix = strings.ToLower(prefix)
		isBytes := strings.Count(prefix, "b")
		if bytes >= 0 && bytes != isBytes {
			p.fail(t, "cannot mix bytes and nonbytes literals")
		}
		bytes = isBytes
		if strings.Contains(prefix, "f") {
			p.format(n, t, t.start+len(prefix)+len(quote), content, 0)
		}
	}
	n.Text = p.src[n.Start:p.last]
	return p.done(n)
}

// format reads the expressions in the content of an f-string, or in a format
// within one.
func (p *parser) format(n *Node, t token, base int, content string, depth int) {
	for i := 0; i < len(content) && p.err == nil; {
		switch c := content[i]; {
		case c == '\\' && i+2 < len(content) && content[i+1] == 'N' && content[i+2] == '{':
			i += max(strings.IndexByte(content[i:], '}'), 0) + 1
		case (c == '{' || c == '}') && depth == 0 && i+1 < len(content) && content[i+1] == c:
			i += 2
		case c == '}':
			p.fail(t, "f-string: single '}' is not allowed")
		case c == '{':
			i += p.field(n, t, base+i, content[i:], depth)
		default:
			i++
		}
	}
}

// field reads one replacement field, which content begins with, and returns its
// length.
func (p *parser) field(n *Node, t token, base int, content string, depth int) int {
	end := fieldExpr(content)
	if end < 0 || depth > 1 {
		p.fail(t, "f-string: expecting '}'")
		return len(content)
	}
	text := content[1:end]
	for _, cut := range []string{"=", " "} {
		if trimmed := strings.TrimRight(text, " "); strings.HasSuffix(trimmed, cut) && (cut != "=" || !strings.HasSuffix(trimmed, "==")) {
			text = strings.TrimSuffix(trimmed, cut)
		}
	}
	if strings.TrimSpace(text) == "" {
		p.fail(t, "f-string: empty expression not allowed")
	}
	p.inner(n, t, base+1, base+1+len(text))
	i := end
	if i < len(content) && content[i] == '!' {
		i++
		for i < len(content) && isWord(content[i]) {
			i++
		}
	}
	if i < len(content) && content[i] == ':' {
		from := i + 1
		level := 0
		for i++; i < len(content) && (content[i] != '}' || level > 0); i++ {
			switch content[i] {
			case '{':
				level++
			case '}':
				level--
			}
		}
		if i < len(content) {
			p.format(n, t, base+from, content[from:i], depth+1)
		}
	}
	if i >= len(content) || content[i] != '}' {
		p.fail(t, "f-string: expecting '}'")
		return len(content)
	}
	return i + 1
}

// fieldExpr returns where the expression of a field ends: at its "}", ":" or
// "!"; -1 where it does not.
func fieldExpr(content string) int {
	level := 0
	for i := 1; i < len(content); i++ {
		switch c := content[i]; c {
		case '\'', '"':
			q := source1(content[i:])
			if q < 0 {
				return -1
			}
			i += q - 1
		case '(', '[', '{':
			level++
		case ')', ']':
			level--
		case '}':
			if level <= 0 {
				return i
			}
			level--
		case ':':
			if level <= 0 {
				return i
			}
		case '!':
			if level <= 0 && (i+1 >= len(content) || content[i+1] != '=') {
				return i
			}
		}
	}
	return -1
}

// source1 is the length of the string that s begins with, -1 where it has no end.
func source1(s string) int {
	for _, q := range quotes {
		if strings.HasPrefix(s, q.Open) {
			if n, open := q.End(s); !open {
				return n
			}
			return -1
		}
	}
	return -1
}

// inner reads the expression at src[from:to] and adds it to n.
func (p *parser) inner(n *Node, t token, from, to int) {
	if !p.enter() {
		p.leave()
		return
	}
	defer p.leave()
	toks := lay(p.src, from, to)
	// Blanks at the beginning are no indentation here.
	for len(toks) > 0 && toks[0].kind == tIndent {
		toks = toks[1:]
	}
	sub := &parser{src: p.src, toks: toks, depth: p.depth, inFunc: p.inFunc, inAsync: p.inAsync}
	sub.end = token{kind: tEOF, start: to, end: to}
	var e *Node
	if sub.isWord("yield") {
		e = sub.yield()
	} else {
		e = sub.exprList()
	}
	if k := sub.peek().kind; sub.err == nil && k != tNewline && k != tEOF && k != tDedent {
		sub.fail(sub.peek(), "invalid syntax")
	}
	if sub.err != nil {
		p.fail(t, "f-string: "+sub.err.Message)
		return
	}
	n.Kids = append(n.Kids, e)
}
