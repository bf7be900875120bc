package javascript

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/nsbox/nsbox/nsbox/internal/source"
)

type token = source.Token

// puncts are operators of more than one character, longer ones first.
var puncts = strings.Fields(">>>= ... === !== **= <<= >>= >>> &&= ||= ??= => == != <= >= && || ?? ?. ++ -- += -= *= /= %= &= |= ^= ** << >>")

// lexer cuts JavaScript and TypeScript into tokens. The text of a template is in
// pieces, so that the code in it is seen: "`a ${", "} b ${", "} c`" are strings,
// with the tokens of the code between them.
type lexer struct {
	src   string
	at    int
	out   []token
	last  int   // index in out of the last token that is code; -1 at first
	holes []int // for each open "{" 0, for each open "${" 1
}

func lex(src string) []token {
	l := &lexer{src: src, last: -1}
	for l.at < len(src) {
		l.next()
	}
	return l.out
}

func (l *lexer) emit(kind source.Kind, end int, open bool) {
	t := token{Kind: kind, Start: l.at, End: end, Text: l.src[l.at:end], Open: open, Depth: len(l.holes)}
	if kind != source.Comment && kind != source.Newline {
		l.last = len(l.out)
	}
	l.out = append(l.out, t)
	l.at = end
}

func (l *lexer) next() {
	rest := l.src[l.at:]
	c := rest[0]
	switch {
	case c == '\n':
		l.emit(source.Newline, l.at+1, false)
	case c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v':
		l.at++
	case strings.HasPrefix(rest, "//") || strings.HasPrefix(rest, "#!") && l.at == 0:
		l.emit(source.Comment, l.at+lineEnd(rest), false)
	case strings.HasPrefix(rest, "/*"):
		if n := strings.Index(rest[2:], "*/"); n >= 0 {
			l.emit(source.Comment, l.at+n+4, false)
		} else {
			l.emit(source.Comment, len(l.src), true)
		}
	case c == '"' || c == '\'':
		n, open := source.Quote{Open: string(c), Close: string(c), Escape: true}.End(rest)
		l.emit(source.String, l.at+n, open)
	case c == '`':
		l.template(l.at + 1)
	case c == '/' && l.regexpHere():
		if n := regexpEnd(rest); n > 0 {
			l.emit(source.String, l.at+n, false)
			return
		}
		l.punct(rest)
	case wordStart(rest):
		l.emit(source.Word, l.at+wordEnd(rest), false)
	case c >= '0' && c <= '9' || c == '.' && len(rest) > 1 && rest[1] >= '0' && rest[1] <= '9':
		l.emit(source.Number, l.at+numberEnd(rest), false)
	default:
		l.punct(rest)
	}
}

func lineEnd(s string) int {
	if n := strings.IndexByte(s, '\n'); n >= 0 {
		return n
	}
	return len(s)
}

func (l *lexer) punct(rest string) {
	switch rest[0] {
	case '{':
		l.emit(source.Punct, l.at+1, false)
		l.holes = append(l.holes, 0)
		return
	case '}':
		n := len(l.holes)
		if n > 0 {
			hole := l.holes[n-1]
			l.holes = l.holes[:n-1]
			if hole == 1 {
				l.template(l.at + 1)
				return
			}
		}
		l.emit(source.Punct, l.at+1, false)
		return
	}
	for _, p := range puncts {
		if strings.HasPrefix(rest, p) {
			if p == "?." && len(rest) > 2 && rest[2] >= '0' && rest[2] <= '9' {
				continue
			}
			l.emit(source.Punct, l.at+len(p), false)
			return
		}
	}
	_, n := utf8.DecodeRuneInString(rest)
	l.emit(source.Punct, l.at+n, false)
}

// template emits a piece of a template whose text goes on at from.
func (l *lexer) template(from int) {
	for i := from; i < len(l.src); i++ {
		switch l.src[i] {
		case '\\':
			i++
		case '`':
			l.emit(source.String, i+1, false)
			return
		case '$':
			if i+1 < len(l.src) && l.src[i+1] == '{' {
				l.emit(source.String, i+2, false)
				l.holes = append(l.holes, 1)
				return
			}
		}
	}
	l.emit(source.String, len(l.src), true)
}

// regexpHere tells a regular expression from a division by what is before.
func (l *lexer) regexpHere() bool {
	if l.last < 0 {
		return true
	}
	t := l.out[l.last]
	switch t.Kind {
	case source.Number, source.String:
		return t.Kind == source.String && strings.HasSuffix(t.Text, "${")
	case source.Word:
		return operatorWords[t.Text]
	}
	switch t.Text {
	case ")", "]", "++", "--":
		return false
	case "}":
		return l.last+1 < len(l.out) // only on another line
	}
	return true
}

var operatorWords = set("return typeof case in of delete void throw new else do await yield instanceof default extends")

func set(words string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(words) {
		m[w] = true
	}
	return m
}

// regexpEnd returns the length of a regular expression with its flags; 0 where
// it does not end on its line.
func regexpEnd(s string) int {
	class := false
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '\n':
			return 0
		case '[':
			class = true
		case ']':
			class = false
		case '/':
			if class {
				continue
			}
			for i++; i < len(s) && s[i] >= 'a' && s[i] <= 'z'; i++ {
			}
			return i
		}
	}
	return 0
}

func wordStart(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	if r == '#' && len(s) > 1 {
		r, _ = utf8.DecodeRuneInString(s[1:])
	}
	return r == '_' || r == '$' || unicode.IsLetter(r)
}

func wordEnd(s string) int {
	n := 0
	if s[0] == '#' {
		n = 1
	}
	for n < len(s) {
		r, size := utf8.DecodeRuneInString(s[n:])
		if r != '_' && r != '$' && !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			break
		}
		n += size
	}
	return n
}

func numberEnd(s string) int {
	n := 0
	hex := strings.HasPrefix(s, "0x") || strings.HasPrefix(s, "0X")
	point := false
	for n < len(s) {
		c := s[n]
		switch {
		case c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_':
		case c == '.' && !point && !hex && !(n+1 < len(s) && wordStart(s[n+1:])): // 5.join is a slip
			point = true
		case (c == '+' || c == '-') && !hex && n > 0 && (s[n-1] == 'e' || s[n-1] == 'E'):
		default:
			return n
		}
		n++
	}
	return n
}
