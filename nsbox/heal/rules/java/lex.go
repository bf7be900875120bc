package java

import (
	"github.com/nsbox/nsbox/nsbox/internal/source"
)

// lexer knows Java's tokens. Shifts to the right are single tokens ">", because
// those close type arguments, too.
var lexer = source.Lexer{
	LineComments:  []string{"//"},
	BlockComments: [][2]string{{"/*", "*/"}},
	Quotes: []source.Quote{
		{Open: `"""`, Close: `"""`, Escape: true, Multiline: true},
		{Open: `"`, Close: `"`, Escape: true},
		{Open: `'`, Close: `'`, Escape: true},
	},
	Special: dollar,
	Puncts: []string{
		"...", "<<=", "->", "::", "++", "--", "&&", "||", "==", "!=", "<=", ">=", "+=", "-=", "*=", "/=", "&=", "|=", "^=", "%=", "<<",
	},
}

// dollar reads names with a "$", which is a letter here.
func dollar(src string, at int, _ []source.Token) (source.Token, bool) {
	n := at
	for found := false; ; n++ {
		if n < len(src) && (src[n] == '$' || src[n] == '_' || src[n]|0x20 >= 'a' && src[n]|0x20 <= 'z' || src[n] >= '0' && src[n] <= '9' && n > at) {
			found = found || src[n] == '$'
			continue
		}
		return source.Token{Kind: source.Word, End: n}, found
	}
}

// token is a piece of code; its line counts from 1.
type token struct {
	source.Token
	line int
}

// program is one file, cut into tokens without comments.
type program struct {
	*source.Text
	name   string
	tokens []token
	// open is the first string or comment without an end, -1 where there is none.
	open int
	// around is each token's innermost open bracket, partner each bracket's other
	// one; -1 where there is none. They count brackets, whatever their kind.
	around, partner []int
	declared        []method
	haveMethods     bool
	scalars         map[string]bool // see isPrimitive
}

func newProgram(name string, data []byte) *program {
	p := &program{Text: source.NewText(data), name: name}
	p.tokens, p.open = cut(p.Text.Src)
	p.around, p.partner = make([]int, len(p.tokens)+1), make([]int, len(p.tokens))
	var stack []int
	for i, t := range p.tokens {
		p.partner[i], p.around[i] = -1, -1
		if n := len(stack); n > 0 {
			p.around[i] = stack[n-1]
		}
		switch t.Text {
		case "(", "[", "{":
			stack = append(stack, i)
		case ")", "]", "}":
			if n := len(stack); n > 0 {
				p.partner[i], p.partner[stack[n-1]] = stack[n-1], i
				stack = stack[:n-1]
			}
		}
	}
	p.around[len(p.tokens)] = -1
	if n := len(stack); n > 0 {
		p.around[len(p.tokens)] = stack[n-1]
	}
	return p
}

func cut(src string) (out []token, open int) {
	line := 1
	at := 0
	open = -1
	for _, t := range lexer.Lex(src) {
		for ; at < t.Start; at++ {
			if src[at] == '\n' {
				line++
			}
		}
		if t.Open && open < 0 {
			open = t.Start
		}
		if t.Kind != source.Comment && t.Kind != source.Newline {
			out = append(out, token{t, line})
		}
	}
	return out, open
}

// at returns the index of the token that covers offset, or of the first after it.
func (p *program) at(offset int) int {
	lo, hi := 0, len(p.tokens)
	for lo < hi {
		mid := (lo + hi) / 2
		if p.tokens[mid].End <= offset {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo
}

// text returns the text of token i, "" where there is none.
func (p *program) text(i int) string {
	if i < 0 || i >= len(p.tokens) {
		return ""
	}
	return p.tokens[i].Text
}

// isName reports whether token i is an identifier.
func (p *program) isName(i int) bool {
	return i >= 0 && i < len(p.tokens) && p.tokens[i].Kind == source.Word && !keywords[p.tokens[i].Text]
}

// match returns the index of the bracket that closes the one at i, or that it
// closes; -1 where there is none.
func (p *program) match(i int) int {
	if i < 0 || i >= len(p.partner) {
		return -1
	}
	return p.partner[i]
}

func set(words ...string) map[string]bool {
	m := map[string]bool{}
	for _, w := range words {
		m[w] = true
	}
	return m
}

var primitives = set("boolean", "byte", "char", "short", "int", "long", "float", "double")

var modifiers = set("public", "private", "protected", "static", "abstract", "final", "native", "synchronized",
	"transient", "volatile", "strictfp", "default", "sealed")

// keywords are the words that are never names; literals are among them.
var keywords = set("abstract", "assert", "boolean", "break", "byte", "case", "catch", "char", "class", "const",
	"continue", "default", "do", "double", "else", "enum", "extends", "final", "finally", "float", "for", "goto", "if",
	"implements", "import", "instanceof", "int", "interface", "long", "native", "new", "package", "private",
	"protected", "public", "return", "short", "static", "strictfp", "super", "switch", "synchronized", "this", "throw",
	"throws", "transient", "try", "void", "volatile", "while", "true", "false", "null")

// keywordList are the words that a slip may have meant, in a fixed order.
var keywordList = []string{
	"abstract", "assert", "boolean", "break", "byte", "case", "catch", "char", "class", "continue", "default", "do",
	"double", "else", "enum", "extends", "false", "final", "finally", "float", "for", "if", "implements", "import",
	"instanceof", "int", "interface", "long", "new", "null", "package", "private", "protected", "public", "record", "return",
	"short", "static", "super", "switch", "synchronized", "this", "throw", "throws", "transient", "true", "try", "void",
	"volatile", "while",
}
