package syntax

// maxDepth bounds how deep expressions and blocks may nest.
const maxDepth = 90

// parser reads tokens once, from left to right. After the first error it sees
// nothing but the end, so that all loops come to theirs.
type parser struct {
	src   string
	toks  []token
	at    int
	err   *Error
	depth int
	last  int // end of the token before
	// What statements are allowed here.
	inFunc, inAsync, inLoop bool
	inPattern               bool
	end                     token
}

// Parse reads src. The tree is nil where there is an error.
func Parse(src string) (*Node, *Error) { return ParseRange(src, 0, len(src)) }

// ParseRange reads the statements in src[from:to]; places are those in src.
func ParseRange(src string, from, to int) (*Node, *Error) {
	p := &parser{src: src, toks: lay(src, from, to)}
	p.end = token{kind: tEOF, start: to, end: to}
	n := &Node{Kind: Module, Start: from, End: to}
	for p.peek().kind != tEOF && p.err == nil {
		n.Kids = p.statement(n.Kids)
	}
	if p.err != nil {
		return nil, p.err
	}
	return n, nil
}

func (p *parser) peek() token {
	if p.err != nil || p.at >= len(p.toks) {
		return p.end
	}
	t := p.toks[p.at]
	if t.kind == tErr {
		p.fail(t, t.text)
		return p.end
	}
	return t
}

// peekAt looks n tokens ahead.
func (p *parser) peekAt(n int) token {
	if p.err != nil || p.at+n >= len(p.toks) {
		return p.end
	}
	return p.toks[p.at+n]
}

func (p *parser) next() token {
	t := p.peek()
	if t.kind != tEOF {
		p.at++
		p.last = t.end
	}
	return t
}

func (p *parser) fail(t token, message string) {
	if p.err == nil {
		p.err = &Error{t.start, t.end, message}
	}
}

func (p *parser) failAt(n *Node, message string) {
	if p.err == nil && n != nil {
		p.err = &Error{n.Start, n.End, message}
	}
}

func (p *parser) isOp(text string) bool {
	t := p.peek()
	return t.kind == tOp && t.text == text
}

func (p *parser) isWord(text string) bool {
	t := p.peek()
	return t.kind == tName && t.text == text
}

func (p *parser) op(text string) bool {
	if p.isOp(text) {
		p.next()
		return true
	}
	return false
}

func (p *parser) word(text string) bool {
	if p.isWord(text) {
		p.next()
		return true
	}
	return false
}

func (p *parser) need(text string) token {
	t := p.peek()
	if (t.kind == tOp || t.kind == tName) && t.text == text {
		return p.next()
	}
	p.fail(t, "expected '"+text+"'")
	return t
}

// name reads an identifier.
func (p *parser) name() token {
	t := p.peek()
	if t.kind != tName || Keywords[t.text] {
		p.fail(t, "invalid syntax")
		return t
	}
	return p.next()
}

// enter bounds the depth; each has its leave.
func (p *parser) enter() bool {
	p.depth++
	if p.depth > maxDepth {
		p.fail(p.peek(), "too many nested parentheses")
	}
	return p.err == nil
}

func (p *parser) leave() { p.depth-- }

func (p *parser) done(n *Node) *Node {
	n.End = max(p.last, n.Start)
	return n
}

// Keywords are the reserved words.
var Keywords = set("False None True and as assert async await break class continue def del elif else except finally " +
	"for from global if import in is lambda nonlocal not or pass raise return try while with yield")

func set(words string) map[string]bool {
	out := map[string]bool{}
	from := -1
	for i := 0; i <= len(words); i++ {
		if i < len(words) && words[i] != ' ' {
			if from < 0 {
				from = i
			}
		} else if from >= 0 {
			out[words[from:i]] = true
			from = -1
		}
	}
	return out
}

// statement reads one line or one compound statement and adds it to out.
func (p *parser) statement(out []*Node) []*Node {
	t := p.peek()
	switch t.kind {
	case tIndent:
		p.fail(t, "unexpected indent")
		return out
	case tNewline:
		p.next()
		return out
	case tDedent:
		p.fail(t, "unexpected unindent")
		return out
	}
	if !p.enter() {
		return out
	}
	defer p.leave()
	if n := p.compound(t); n != nil {
		return append(out, n)
	}
	for p.err == nil {
		if n := p.simple(); n != nil {
			out = append(out, n)
		}
		if !p.op(";") {
			break
		}
		if p.peek().kind == tNewline {
			break
		}
	}
	if t := p.peek(); t.kind != tNewline {
		p.fail(t, "invalid syntax")
	} else {
		p.next()
	}
	return out
}

func (p *parser) compound(t token) *Node {
	if t.kind == tOp && t.text == "@" {
		return p.decorated()
	}
	if t.kind != tName {
		return nil
	}
	n := &Node{Start: t.start}
	switch t.text {
	case "def":
		return p.funcDef(n)
	case "class":
		return p.classDef(n)
	case "if":
		p.next()
		return p.ifStmt(n)
	case "while":
		p.next()
		n.Kind, n.Left = While, p.namedExpr()
		p.loopBody(n)
	case "for":
		p.forStmt(n)
	case "with":
		p.withStmt(n)
	case "try":
		p.tryStmt(n)
	case "async":
		return p.asyncStmt(n)
	case "match":
		return p.matchStmt(n)
	default:
		return nil
	}
	return p.done(n)
}

// block reads ":" and what belongs to it.
func (p *parser) block(n *Node) []*Node {
	p.need(":")
	if n.Head == 0 {
		n.Head = p.last
	}
	if p.err != nil {
		return nil
	}
	if p.peek().kind != tNewline {
		var out []*Node
		for p.err == nil {
			if s := p.simple(); s != nil {
				out = append(out, s)
			}
			if !p.op(";") || p.peek().kind == tNewline {
				break
			}
		}
		if t := p.peek(); t.kind != tNewline {
			p.fail(t, "invalid syntax")
		}
		p.next()
		return out
	}
	p.next()
	if t := p.peek(); t.kind != tIndent {
		p.fail(t, "expected an indented block")
		return nil
	}
	p.next()
	var out []*Node
	for p.err == nil && p.peek().kind != tDedent && p.peek().kind != tEOF {
		out = p.statement(out)
	}
	p.next()
	return out
}

func (p *parser) ifStmt(n *Node) *Node {
	n.Kind, n.Left = If, p.namedExpr()
	n.Kids = p.block(n)
	if t := p.peek(); p.word("elif") {
		if p.enter() {
			n.Else = []*Node{p.ifStmt(&Node{Start: t.start})}
		}
		p.leave()
	} else if p.word("else") {
		n.Else = p.block(n)
	}
	return p.done(n)
}

func (p *parser) loopBody(n *Node) {
	was := p.inLoop
	p.inLoop = true
	n.Kids = p.block(n)
	p.inLoop = was
	if p.word("else") {
		n.Else = p.block(n)
	}
}

func (p *parser) forStmt(n *Node) {
	p.next()
	n.Kind, n.Left = For, p.targets()
	p.need("in")
	n.Right = p.exprList()
	p.loopBody(n)
}

func (p *parser) asyncStmt(n *Node) *Node {
	p.next()
	t := p.peek()
	switch t.text {
	case "def":
		n.Op = "async"
		return p.funcDef(n)
	case "for":
		p.forStmt(n)
	case "with":
		p.withStmt(n)
	default:
		p.fail(t, "invalid syntax")
	}
	return p.done(n)
}

func (p *parser) withStmt(n *Node) {
	p.next()
	n.Kind = With
	if p.isOp("(") && p.withParens(n) {
		n.Kids = p.block(n)
		return
	}
	for p.err == nil {
		n.Else = append(n.Else, p.withItem())
		if !p.op(",") {
			break
		}
	}
	n.Kids = p.block(n)
}

func (p *parser) withItem() *Node {
	i := &Node{Kind: WithItem, Start: p.peek().start, Left: p.expr()}
	if p.word("as") {
		i.Right = p.store(p.starTarget())
	}
	return p.done(i)
}

// withParens reads items in parentheses, which may also begin an expression.
func (p *parser) withParens(n *Node) bool {
	at, last := p.at, p.last
	p.next()
	var items []*Node
	for p.err == nil && !p.isOp(")") {
		items = append(items, p.withItem())
		if !p.op(",") {
			break
		}
	}
	p.need(")")
	if p.err == nil && p.isOp(":") {
		n.Else = items
		return true
	}
	p.at, p.last, p.err = at, last, nil
	return false
}

func (p *parser) tryStmt(n *Node) {
	p.next()
	n.Kind = Try
	n.Kids = p.block(n)
	handlers := 0
	for p.err == nil && p.isWord("except") {
		e := &Node{Kind: Except, Start: p.next().start}
		p.op("*")
		if !p.isOp(":") {
			e.Left = p.expr()
			if p.word("as") {
				t := p.name()
				e.Text, e.At = t.text, t.start
			} else if p.isOp(",") {
				p.failAt(e.Left, "multiple exception types must be parenthesized")
			}
		}
		e.Kids = p.block(e)
		n.Else = append(n.Else, p.done(e))
		handlers++
	}
	for _, w := range []string{"else", "finally"} {
		if t := p.peek(); (w == "finally" || handlers > 0) && p.word(w) {
			b := &Node{Kind: Block, Op: w, Start: t.start}
			b.Kids = p.block(b)
			n.Else = append(n.Else, p.done(b))
			handlers++
		}
	}
	if handlers == 0 {
		p.fail(p.peek(), "expected 'except' or 'finally' block")
	}
}

// matchStmt reads a match statement, or nothing where "match" is a name.
func (p *parser) matchStmt(n *Node) *Node {
	at, last, depth := p.at, p.last, p.depth
	p.next()
	if t := p.peek(); t.kind == tNewline || t.kind == tOp && t.text != "(" && t.text != "[" && t.text != "{" && t.text != "-" && t.text != "*" {
		p.at, p.last = at, last
		return nil
	}
	n.Kind, n.Left = Match, p.exprList()
	if !p.isOp(":") || p.peekAt(1).kind != tNewline || p.peekAt(2).kind != tIndent || p.peekAt(3).text != "case" {
		p.at, p.last, p.err, p.depth = at, last, nil, depth
		return nil
	}
	p.next()
	n.Head = p.last
	p.next()
	p.next()
	for p.err == nil && p.isWord("case") {
		c := &Node{Kind: Case, Start: p.next().start}
		c.Left = p.pattern()
		if p.word("if") {
			c.Right = p.namedExpr()
		}
		c.Kids = p.block(c)
		n.Kids = append(n.Kids, p.done(c))
	}
	if t := p.peek(); t.kind != tDedent && t.kind != tEOF {
		p.fail(t, "expected 'case'")
	}
	p.next()
	return p.done(n)
}

// pattern reads a pattern as an expression whose names are stored.
func (p *parser) pattern() *Node {
	n := &Node{Kind: Tuple, Start: p.peek().start}
	for p.err == nil && !p.isOp(":") && !p.isWord("if") {
		n.Kids = append(n.Kids, p.onePattern())
		if !p.op(",") {
			break
		}
	}
	return p.done(n)
}

func (p *parser) onePattern() *Node {
	if !p.enter() {
		return nil
	}
	defer p.leave()
	p.op("*")
	was := p.inPattern
	p.inPattern = true
	n := p.patternAs(p.binary(3))
	p.inPattern = was
	p.capture(n)
	return n
}

// patternAs adds the name that a pattern is given.
func (p *parser) patternAs(n *Node) *Node {
	if !p.inPattern || n == nil || !p.word("as") {
		return n
	}
	t := p.name()
	as := &Node{Kind: Name, Store: true, Text: t.text, Start: t.start, End: t.end, At: t.start}
	return p.done(&Node{Kind: Tuple, Start: n.Start, Kids: []*Node{n, as}})
}

// capture marks the names of a pattern that take values.
func (p *parser) capture(n *Node) {
	if n == nil {
		return
	}
	switch n.Kind {
	case Name:
		n.Store = true
	case Call:
		for _, k := range n.Kids {
			p.capture(k)
		}
	case Keyword, Pair:
		p.capture(n.Right)
	case Star, Paren:
		p.capture(n.Left)
	case Binary:
		p.capture(n.Left)
		p.capture(n.Right)
	case Tuple, List, Dict, Set:
		for _, k := range n.Kids {
			p.capture(k)
		}
	}
}
