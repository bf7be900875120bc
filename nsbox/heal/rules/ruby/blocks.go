package ruby

import (
	"strings"

	"github.com/nsbox/nsbox/nsbox/internal/source"
)

// block is what begins with a keyword or bracket, and where it ends, as indexes
// of code tokens; -1 where one of them is missing.
type block struct {
	word        string
	open, close int
}

// code is a program cut into tokens and blocks.
type code struct {
	*source.Text
	all    []source.Token // with comments and line feeds
	tokens []source.Token // with line feeds, without comments
	blocks []block        // in the order of their beginnings, those without one at their ends
	inside []int          // for each token the innermost block that is open before it, -1
	pairs  map[int]int    // from the beginning of a block to its end, and back
}

func newCode(src string) *code {
	c := &code{Text: source.NewText([]byte(src)), all: lex(src)}
	c.tokens = make([]source.Token, 0, len(c.all))
	for _, t := range c.all {
		if t.Kind != source.Comment {
			c.tokens = append(c.tokens, t)
		}
	}
	c.pair()
	return c
}

var (
	always    = set("class module def begin case do")
	modifiers = set("if unless while until")
	loops     = set("while until for")
	// leaves are keywords after which "if" is a modifier.
	valueWords = set("end self nil true false return break next redo retry yield super __FILE__ __LINE__ __method__")
	keywords   = set(`alias and begin break case class def defined? do else elsif end ensure false for if in module next nil not or
		redo rescue retry return self super then true undef unless until when while yield __FILE__ __LINE__ __method__ BEGIN END`)
	middles = set("else elsif when in rescue ensure")
)

// pair finds the blocks. What does not fit closes the nearest that it may close.
func (c *code) pair() {
	var stack []int
	loop := -1 // the stack's height at a loop's head, whose do is still to come
	c.inside = make([]int, len(c.tokens)+1)
	push := func(b block) {
		stack = append(stack, len(c.blocks))
		c.blocks = append(c.blocks, b)
	}
	shut := func(i int, fits func(string) bool, barrier func(string) bool) {
		for at := len(stack) - 1; at >= 0; at-- {
			w := c.blocks[stack[at]].word
			if fits(w) {
				c.blocks[stack[at]].close = i
				stack = stack[:at]
				return
			}
			if barrier(w) {
				break
			}
		}
		c.blocks = append(c.blocks, block{word: c.tokens[i].Text, open: -1, close: i})
	}
	defer func() {
		c.pairs = make(map[int]int, 2*len(c.blocks))
		for _, b := range c.blocks {
			if b.open >= 0 && b.close >= 0 {
				c.pairs[b.open], c.pairs[b.close] = b.close, b.open
			}
		}
	}()
	for i, t := range c.tokens {
		c.inside[i] = -1
		if len(stack) > 0 {
			c.inside[i] = stack[len(stack)-1]
		}
		if len(stack) < loop {
			loop = -1
		}
		switch {
		case t.Kind == source.Newline || t.Text == ";":
			if loop == len(stack) {
				loop = -1
			}
		case t.Kind == source.Punct && source.Closer(t.Text) != "":
			push(block{word: t.Text, open: i, close: -1})
		case t.Kind == source.Punct && (t.Text == ")" || t.Text == "]" || t.Text == "}"):
			shut(i, func(w string) bool { return source.Closer(w) == t.Text }, func(w string) bool { return source.Closer(w) == "" && w != "do" })
		case t.Kind != source.Word || c.plain(i):
		case t.Text == "end":
			shut(i, func(w string) bool { return source.Closer(w) == "" }, func(string) bool { return false })
		case t.Text == "do" && loop == len(stack):
			loop = -1
		case always[t.Text] || loops[t.Text] && c.begins(i) || modifiers[t.Text] && c.begins(i):
			if t.Text == "def" && c.endless(i) {
				continue
			}
			push(block{word: t.Text, open: i, close: -1})
			if loops[t.Text] {
				loop = len(stack)
			}
		}
	}
}

// plain reports whether the word i is no keyword here: a method's name after a
// point, a label, or what def names.
func (c *code) plain(i int) bool {
	t := c.tokens[i]
	if i > 0 {
		switch p := c.tokens[i-1]; {
		case p.Text == "." || p.Text == "&." || p.Text == "::":
			return true
		case p.Text == "def" && !c.plain(i-1):
			return t.Text != "self"
		case p.Text == "alias" || p.Text == "undef":
			return true
		}
	}
	return c.label(i)
}

// label reports whether the word i is a key: "if: 1".
func (c *code) label(i int) bool {
	if i+1 >= len(c.tokens) {
		return false
	}
	n := c.tokens[i+1]
	if n.Text != ":" || n.Start != c.tokens[i].End {
		return false
	}
	// "a ? b : c" has a blank before its colon.
	return n.End >= len(c.Src) || c.Src[n.End] != ':'
}

// begins reports whether an expression may begin at token i, so that an "if"
// there is no modifier.
func (c *code) begins(i int) bool {
	if i == 0 {
		return true
	}
	switch p := c.tokens[i-1]; p.Kind {
	case source.Newline:
		return true
	case source.Word:
		if c.plain(i - 1) {
			return c.label(i - 1)
		}
		return keywords[p.Text] && !valueWords[p.Text]
	case source.Punct:
		return p.Text != ")" && p.Text != "]" && p.Text != "}"
	}
	return false
}

// endless reports whether the def at i is of the form def f(x) = x + 1.
func (c *code) endless(i int) bool {
	k := i + 2
	for k+1 < len(c.tokens) && c.tokens[k].Text == "." {
		k += 2
	}
	if k >= len(c.tokens) {
		return false
	}
	if c.tokens[k].Text == "(" {
		depth := 0
		for ; k < len(c.tokens); k++ {
			switch c.tokens[k].Text {
			case "(":
				depth++
			case ")":
				depth--
			}
			if depth == 0 {
				break
			}
		}
		return k+1 < len(c.tokens) && c.tokens[k+1].Text == "="
	}
	return c.tokens[k].Text == "=" && c.tokens[k].Start > c.tokens[k-1].End
}

// line returns the line of token i.
func (c *code) line(i int) int { return c.LineOf(c.tokens[i].Start) }

// first reports whether token i is the first of its line.
func (c *code) first(i int) bool { return i == 0 || c.tokens[i-1].Kind == source.Newline }

// startOf returns the line on which the statement of token i begins: lines that
// a point, an operator or a comma joins to the one before are none.
func (c *code) startOf(i int) int {
	n := c.line(i)
	for k := i; k > 0; k-- {
		if c.tokens[k-1].Kind != source.Newline {
			continue
		}
		if t := c.tokens[k].Text; t != "." && t != "&." && (k < 2 || !continues(c.tokens[k-2])) {
			return c.line(k)
		}
		n = c.line(k - 1)
	}
	return n
}

// continues reports whether a line that ends with t goes on with the next.
func continues(t source.Token) bool {
	if t.Kind == source.Word {
		return t.Text == "and" || t.Text == "or" || t.Text == "not"
	}
	return t.Kind == source.Punct && !strings.Contains(")]}|", t.Text) || t.Text == "||"
}

// health measures what is wrong with the shape of a program; 0 is sound. Strings
// that don't end weigh most, then brackets and blocks, then an end that stands
// elsewhere than its block begins.
func (c *code) health() int {
	sick := 0
	for _, t := range c.all {
		if t.Open {
			sick += 100
		}
	}
	for _, b := range c.blocks {
		switch {
		case b.open < 0 || b.close < 0:
			sick += 10
		case c.askew(b):
			sick++
		}
	}
	return sick + 3*c.clashes()
}

// askew reports whether a block over several lines ends elsewhere than it begins.
func (c *code) askew(b block) bool {
	if !c.first(b.close) || b.word == "(" || b.word == "[" {
		return false
	}
	end, begin := c.line(b.close), c.line(b.open)
	if end == begin {
		return false
	}
	w := source.Width(c.Line(end), 8)
	return w != source.Width(c.Line(begin), 8) && w != source.Width(c.Line(c.startOf(b.open)), 8) && w != c.column(b.open)
}

func (c *code) column(i int) int {
	_, col := c.Place(c.tokens[i].Start)
	return col - 1
}

// clashes counts neighbours that can't stand beside each other: values without
// an operator between them, and commas before a closing bracket's operator.
func (c *code) clashes() int {
	n := 0
	for i := 1; i < len(c.tokens); i++ {
		if c.clash(i) {
			n++
		}
	}
	return n
}

func (c *code) clash(i int) bool {
	a, b := c.tokens[i-1], c.tokens[i]
	if a.Kind == source.Newline || b.Kind == source.Newline {
		return false
	}
	switch {
	case b.Kind == source.Number || b.Kind == source.Word && !keywords[b.Text]:
		return a.Kind == source.Number || a.Kind == source.String || a.Text == "]" || a.Text == ")" || a.Text == "}" && c.Src[a.End-1] == '}' && b.Kind == source.Number
	case b.Kind == source.String:
		if a.Kind == source.Word {
			return a.End == b.Start && !keywords[a.Text]
		}
		return a.Kind == source.Number || a.Text == "]" || a.Text == ")" || a.Kind == source.String && b.Text[0] == ':' && a.Text[0] != ':'
	case b.Text == ")" || b.Text == "]":
		return a.Kind == source.Punct && strings.Contains("+ - / == != && || => < > = . <= >=", a.Text) && a.Text != "|"
	}
	return false
}
