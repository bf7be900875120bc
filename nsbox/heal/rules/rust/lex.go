package rust

import (
	"strings"
	"unicode/utf8"

	"github.com/nsbox/nsbox/nsbox/internal/source"
)

// lexer knows Rust's tokens. A lifetime is a word.
var lexer = source.Lexer{
	LineComments:  []string{"//"},
	BlockComments: [][2]string{{"/*", "*/"}},
	Nested:        true,
	Quotes:        []source.Quote{{Open: `"`, Close: `"`, Escape: true, Multiline: true}},
	Puncts: []string{
		"..=", "...", "<<=", ">>=", "::", "->", "=>", "==", "!=", "<=", ">=", "&&", "||", "+=", "-=", "*=", "/=", "%=",
		"^=", "&=", "|=", "..", "<<",
	},
	Special: special,
}

// lineLexer takes strings to end with their line, to find one without an end.
var lineLexer = func() source.Lexer {
	l := lexer
	l.Quotes = []source.Quote{{Open: `"`, Close: `"`, Escape: true}}
	return l
}()

// special reads characters, lifetimes, and strings with a prefix.
func special(src string, at int, _ []source.Token) (source.Token, bool) {
	rest := src[at:]
	if rest[0] == '\'' {
		return quoted(rest, at), true
	}
	if rest[0] != 'r' && rest[0] != 'b' && rest[0] != 'c' {
		return source.Token{}, false
	}
	n := 0
	for n < len(rest) && n < 2 && (rest[n] == 'r' || rest[n] == 'b' || rest[n] == 'c') {
		n++
	}
	if strings.HasPrefix(rest[n:], "'") && rest[:n] == "b" {
		t := quoted(rest[1:], at+1)
		return t, t.Kind == source.String
	}
	raw := strings.Contains(rest[:n], "r")
	hashes := n
	for raw && hashes < len(rest) && rest[hashes] == '#' {
		hashes++
	}
	if !strings.HasPrefix(rest[hashes:], `"`) {
		return source.Token{}, false
	}
	q := source.Quote{Open: rest[:hashes+1], Close: `"` + strings.Repeat("#", hashes-n), Escape: !raw, Multiline: true}
	end, open := q.End(rest)
	return source.Token{Kind: source.String, End: at + end, Open: open}, true
}

// quoted reads what begins with ': a character or a lifetime.
func quoted(rest string, at int) source.Token {
	if strings.HasPrefix(rest, `'\`) {
		for i := 2; i < len(rest) && rest[i] != '\n'; i++ {
			if rest[i] == '\'' && i > 2 {
				return source.Token{Kind: source.String, End: at + i + 1}
			}
		}
		return source.Token{Kind: source.Punct, End: at + 1}
	}
	_, n := utf8.DecodeRuneInString(rest[1:])
	if n > 0 && strings.HasPrefix(rest[1+n:], "'") && rest[1] != '\'' && rest[1] != '\n' {
		return source.Token{Kind: source.String, End: at + n + 2}
	}
	n = 1
	for n < len(rest) && (rest[n] == '_' || rest[n] >= '0' && rest[n] <= '9' || rest[n]|0x20 >= 'a' && rest[n]|0x20 <= 'z') {
		n++
	}
	if n > 1 {
		return source.Token{Kind: source.Word, End: at + n}
	}
	return source.Token{Kind: source.Punct, End: at + 1}
}

// token is a token with its place on its line.
type token struct {
	source.Token
	line int
	// first is set where nothing but blanks is before it on the line, last where
	// nothing but a comment is after it.
	first, last bool
}

// program is a file as the rules look at it.
type program struct {
	*source.Text
	name   string
	tokens []token // without comments
	count  map[string]int
}

func newProgram(name string, data []byte) *program {
	p := &program{Text: source.NewText(data), name: name}
	code := source.Code(lexer.Lex(p.Src))
	p.tokens = make([]token, len(code))
	line, at := 1, 0
	ended := 0 // the line in which the token before ended
	for i, t := range code {
		line += strings.Count(p.Src[at:t.Start], "\n")
		p.tokens[i] = token{Token: t, line: line, first: line > ended}
		line += strings.Count(t.Text, "\n")
		at, ended = t.End, line
		if i > 0 && p.tokens[i].first {
			p.tokens[i-1].last = true
		}
	}
	if n := len(p.tokens); n > 0 {
		p.tokens[n-1].last = true
	}
	return p
}

// at returns the index of the token that covers or follows offset.
func (p *program) at(offset int) int {
	lo, hi := 0, len(p.tokens)
	for lo < hi {
		if mid := (lo + hi) / 2; p.tokens[mid].End <= offset {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo
}

// text is the text of token i, "" where there is none.
func (p *program) text(i int) string {
	if i < 0 || i >= len(p.tokens) {
		return ""
	}
	return p.tokens[i].Text
}

func (p *program) kind(i int) source.Kind {
	if i < 0 || i >= len(p.tokens) {
		return source.Newline
	}
	return p.tokens[i].Kind
}

// indent is the width of the indentation of token i's line.
func (p *program) indent(i int) int { return source.Width(p.Line(p.tokens[i].line), 4) }

// pair returns the index of the bracket that closes the one at i, or -1.
func (p *program) pair(i int) int {
	depth := 0
	for j := i; j < len(p.tokens); j++ {
		switch p.text(j) {
		case "(", "[", "{":
			depth++
		case ")", "]", "}":
			if depth--; depth == 0 {
				return j
			}
		}
	}
	return -1
}
