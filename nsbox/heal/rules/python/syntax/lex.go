// Package syntax reads Python: tokens, a tree and the names in scope. It knows
// the language of Python 3.11 well enough to tell whether a repaired program is
// well-formed, and where a broken one stops to be.
package syntax

import (
	"strings"

	"github.com/nsbox/nsbox/nsbox/internal/source"
)

var lexer = source.Lexer{
	LineComments: []string{"#"},
	Puncts: []string{
		"**=", "//=", ">>=", "<<=", "...", "!=", "->", ":=", "+=", "-=", "*=", "/=", "%=", "@=", "&=", "|=", "^=",
		"==", "<=", ">=", "<<", ">>", "**", "//",
	},
	Special: special,
}

var quotes = []source.Quote{
	{Open: `"""`, Close: `"""`, Escape: true, Multiline: true},
	{Open: `'''`, Close: `'''`, Escape: true, Multiline: true},
	{Open: `"`, Close: `"`, Escape: true},
	{Open: `'`, Close: `'`, Escape: true},
}

// Lex cuts src into tokens, comments and line feeds among them.
func Lex(src string) []source.Token { return lexer.Lex(src) }

// special reads strings with their prefixes, and numbers.
func special(src string, at int, _ []source.Token) (source.Token, bool) {
	c := src[at]
	if c >= '0' && c <= '9' || c == '.' && at+1 < len(src) && isDigit(src[at+1]) {
		return source.Token{Kind: source.Number, End: at + numberEnd(src[at:])}, true
	}
	n := Prefix(src[at:])
	rest := src[at+n:]
	for _, q := range quotes {
		if !strings.HasPrefix(rest, q.Open) {
			continue
		}
		length, open := stringEnd(q, rest)
		return source.Token{Kind: source.String, End: at + n + length, Open: open}, true
	}
	return source.Token{}, false
}

// stringEnd is q.End, but a backslash before a line feed goes on in every string.
func stringEnd(q source.Quote, s string) (int, bool) {
	from := 0
	for {
		n, open := q.End(s[from:])
		n += from
		if !open || q.Multiline || n >= len(s) || s[n] != '\n' || s[n-1] != '\\' && !strings.HasSuffix(s[:n], "\\\r") {
			return n, open
		}
		// Go on behind the line feed: End skips as much as the quote is long.
		if from = n + 1 - len(q.Open); from < 0 || n+1 >= len(s) {
			return n, true
		}
	}
}

// Prefix is the length of the string prefix that s begins with: r, b, f, u, and
// pairs of them, before a quote.
func Prefix(s string) int {
	n := 0
	for n < len(s) && n < 3 && strings.IndexByte("rbfuRBFU", s[n]) >= 0 {
		n++
	}
	if n < 3 && n < len(s) && (s[n] == '"' || s[n] == '\'') {
		return n
	}
	return 0
}

// Quoted cuts a string's token into prefix, quote and content. A string without
// an end has the content up to where it stops.
func Quoted(text string) (prefix, quote, content string) {
	n := Prefix(text)
	prefix, text = text[:n], text[n:]
	quote = text[:1]
	if len(text) >= 3 && text[1] == text[0] && text[2] == text[0] {
		quote = text[:3]
	}
	content = text[len(quote):]
	return prefix, quote, strings.TrimSuffix(content, quote)
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func isWord(c byte) bool {
	return c == '_' || isDigit(c) || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80
}

// numberEnd takes all that clings to a number, so that "2x" is one bad number.
func numberEnd(s string) int {
	based := len(s) > 1 && s[0] == '0' && strings.IndexByte("xXoObB", s[1]) >= 0
	n, point := 0, false
	for n < len(s) {
		c := s[n]
		switch {
		case isDigit(c) || c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z':
		case c == '.' && !point && !based:
			point = true
		case (c == '+' || c == '-') && n > 0 && !based && (s[n-1] == 'e' || s[n-1] == 'E'):
		default:
			return n
		}
		n++
	}
	return n
}

// validNumber reports whether s is a number's literal.
func validNumber(s string) bool {
	s = strings.ToLower(s)
	if strings.HasSuffix(s, "_") || strings.Contains(s, "__") || strings.HasPrefix(s, "_") {
		return false
	}
	s = strings.ReplaceAll(s, "_", "")
	if len(s) > 1 && s[0] == '0' {
		for base, digits := range map[byte]string{'x': "0123456789abcdef", 'o': "01234567", 'b': "01"} {
			if s[1] == base {
				return len(s) > 2 && strings.Trim(s[2:], digits) == ""
			}
		}
	}
	float := strings.HasSuffix(s, "j")
	s = strings.TrimSuffix(s, "j")
	mantissa, exponent, found := strings.Cut(s, "e")
	if found {
		float = true
		exponent = strings.TrimPrefix(strings.TrimPrefix(exponent, "+"), "-")
		if exponent == "" || strings.Trim(exponent, "0123456789") != "" {
			return false
		}
	}
	whole, part, pointed := strings.Cut(mantissa, ".")
	if whole+part == "" || strings.Trim(whole+part, "0123456789") != "" {
		return false
	}
	if !float && !pointed && len(whole) > 1 && whole[0] == '0' && strings.Trim(whole, "0") != "" {
		return false // an octal number of Python 2
	}
	return true
}
