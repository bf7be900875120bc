package source

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Kind is a token's kind.
type Kind int

// The kinds.
const (
	Word    Kind = iota // an identifier or keyword
	Number              // a number's literal, with its suffix
	String              // a string's literal with its quotes and prefix
	Comment             // up to, not with, the line feed
	Punct               // an operator or bracket
	Newline             // one line feed
)

// Token is a piece of text without blanks.
type Token struct {
	Kind       Kind
	Start, End int
	Text       string
	// Open is set for a string or block comment that does not end: at the line's
	// end, where its kind may not go on there, else at the text's.
	Open bool
	// Depth is how many brackets are open before the token.
	Depth int
}

// Quote is one kind of string literal.
type Quote struct {
	Open, Close string
	// Escape is set where a backslash keeps the next character from ending it.
	Escape bool
	// Multiline is set where it goes on over line feeds.
	Multiline bool
}

// Lexer knows the shape of a language's tokens. It is data: the languages' own
// packages hold theirs.
type Lexer struct {
	LineComments  []string    // "//", "#"
	BlockComments [][2]string // {"/*", "*/"}
	Quotes        []Quote     // longer ones first: `"""` before `"`
	// WordStart are characters, beside letters and "_", that begin words: "$@".
	WordStart string
	// WordEnd are characters that may end a word: "?!" in Ruby.
	WordEnd string
	// Puncts are operators of more than one character, longer ones first.
	Puncts []string
	// Nested is set where block comments nest.
	Nested bool
	// Special, when set, is asked first at every token's beginning, with the
	// tokens so far (comments and line feeds among them); it returns a token that
	// the rest of Lexer can't describe (a regular expression, a character beside a
	// lifetime, a heredoc), or false.
	Special func(src string, at int, before []Token) (Token, bool)
}

// Lex cuts src into tokens. Every byte that is not a blank is in one.
func (l *Lexer) Lex(src string) []Token {
	var out []Token
	depth := 0
	for at := 0; at < len(src); {
		c := src[at]
		if c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v' {
			at++
			continue
		}
		t, ok := Token{}, false
		if l.Special != nil {
			t, ok = l.Special(src, at, out)
		}
		if !ok || t.End <= at {
			t = l.next(src, at)
		}
		t.Start, t.End = at, min(t.End, len(src))
		t.Text, t.Depth = src[at:t.End], depth
		if t.Kind == Punct {
			switch t.Text {
			case "(", "[", "{":
				depth++
			case ")", "]", "}":
				depth = max(depth-1, 0)
				t.Depth = depth
			}
		}
		out = append(out, t)
		at = t.End
	}
	return out
}

func (l *Lexer) next(src string, at int) Token {
	rest := src[at:]
	if rest[0] == '\n' {
		return Token{Kind: Newline, End: at + 1}
	}
	for _, c := range l.LineComments {
		if strings.HasPrefix(rest, c) {
			n := strings.IndexByte(rest, '\n')
			if n < 0 {
				n = len(rest)
			}
			return Token{Kind: Comment, End: at + n}
		}
	}
	for _, c := range l.BlockComments {
		if strings.HasPrefix(rest, c[0]) {
			return l.block(rest, at, c)
		}
	}
	for _, q := range l.Quotes {
		if strings.HasPrefix(rest, q.Open) {
			n, open := q.End(rest)
			return Token{Kind: String, End: at + n, Open: open}
		}
	}
	if n := l.word(rest); n > 0 {
		return Token{Kind: Word, End: at + n}
	}
	if rest[0] >= '0' && rest[0] <= '9' {
		return Token{Kind: Number, End: at + number(rest)}
	}
	for _, p := range l.Puncts {
		if strings.HasPrefix(rest, p) {
			return Token{Kind: Punct, End: at + len(p)}
		}
	}
	_, n := utf8.DecodeRuneInString(rest)
	return Token{Kind: Punct, End: at + n}
}

func (l *Lexer) block(rest string, at int, c [2]string) Token {
	depth, i := 0, 0
	for i < len(rest) {
		switch {
		case strings.HasPrefix(rest[i:], c[0]) && (depth == 0 || l.Nested):
			depth++
			i += len(c[0])
		case strings.HasPrefix(rest[i:], c[1]):
			depth--
			i += len(c[1])
			if depth == 0 {
				return Token{Kind: Comment, End: at + i}
			}
		default:
			i++
		}
	}
	return Token{Kind: Comment, End: at + len(rest), Open: true}
}

// End returns how long the string at the beginning of s is, and whether it
// lacks its end.
func (q Quote) End(s string) (n int, open bool) {
	for i := len(q.Open); i < len(s); {
		switch {
		case strings.HasPrefix(s[i:], q.Close):
			return i + len(q.Close), false
		case q.Escape && s[i] == '\\' && i+1 < len(s):
			if s[i+1] == '\n' && !q.Multiline {
				return i + 1, true
			}
			i += 2
		case s[i] == '\n' && !q.Multiline:
			return i, true
		default:
			i++
		}
	}
	return len(s), true
}

func (l *Lexer) word(s string) int {
	n := 0
	for n < len(s) {
		r, size := utf8.DecodeRuneInString(s[n:])
		if r == '_' || unicode.IsLetter(r) || n > 0 && unicode.IsDigit(r) || n == 0 && strings.ContainsRune(l.WordStart, r) {
			n += size
			continue
		}
		break
	}
	if n == 1 && strings.IndexByte(l.WordStart, s[0]) >= 0 {
		return 0 // a sigil alone is an operator
	}
	if n > 0 && n < len(s) && strings.IndexByte(l.WordEnd, s[n]) >= 0 {
		n++
	}
	return n
}

// number takes digits, letters, "_", a point before a digit, and the sign of an
// exponent.
func number(s string) int {
	hex := strings.HasPrefix(s, "0x") || strings.HasPrefix(s, "0X")
	n := 0
	for n < len(s) {
		c := s[n]
		switch {
		case c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_':
		case c == '.' && n+1 < len(s) && s[n+1] >= '0' && s[n+1] <= '9':
		case (c == '+' || c == '-') && !hex && (s[n-1] == 'e' || s[n-1] == 'E'):
		default:
			return n
		}
		n++
	}
	return n
}

// Code returns tokens without comments and line feeds.
func Code(tokens []Token) []Token {
	out := make([]Token, 0, len(tokens))
	for _, t := range tokens {
		if t.Kind != Comment && t.Kind != Newline {
			out = append(out, t)
		}
	}
	return out
}

// At returns the index of the token that covers offset, or of the first one
// after it; len(tokens) where there is none.
func At(tokens []Token, offset int) int {
	lo, hi := 0, len(tokens)
	for lo < hi {
		mid := (lo + hi) / 2
		if tokens[mid].End <= offset {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo
}
