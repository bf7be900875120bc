package cfamily

import (
	"strings"

	"github.com/nsbox/nsbox/nsbox/internal/source"
)

// lexer cuts C and C++. A directive is one comment: what counts in it is its
// line.
var lexer = source.Lexer{
	LineComments:  []string{"//"},
	BlockComments: [][2]string{{"/*", "*/"}},
	Quotes: []source.Quote{
		{Open: `"`, Close: `"`, Escape: true},
		{Open: "'", Close: "'", Escape: true},
	},
	Puncts: []string{
		"<<=", ">>=", "...", "->*", "<=>", "::", "->", "++", "--", "<<", "<=", ">=", "==", "!=", "&&", "||",
		"+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=",
	},
	Special: special,
}

// special knows directives, raw strings, the quote within a number, and >>: it
// is an operator where a blank stands before it, else it closes two templates.
func special(src string, at int, before []source.Token) (source.Token, bool) {
	switch c := src[at]; {
	case c == '#' && (len(before) == 0 || before[len(before)-1].Kind == source.Newline):
		return source.Token{Kind: source.Comment, End: directiveEnd(src, at)}, true
	case c == '>' && at > 0 && src[at-1] == ' ' && strings.HasPrefix(src[at:], ">>") && !strings.HasPrefix(src[at:], ">>="):
		return source.Token{Kind: source.Punct, End: at + 2}, true
	case c == 'R' && strings.HasPrefix(src[at:], `R"`):
		if end := rawEnd(src[at:]); end > 0 {
			return source.Token{Kind: source.String, End: at + end}, true
		}
	case c >= '0' && c <= '9' || c == '.' && at+1 < len(src) && src[at+1] >= '0' && src[at+1] <= '9':
		return source.Token{Kind: source.Number, End: numberEnd(src, at)}, true
	case (c == 'L' || c == 'u' || c == 'U') && at+1 < len(src) && (src[at+1] == '"' || src[at+1] == '\''):
		q := source.Quote{Open: src[at+1 : at+2], Close: src[at+1 : at+2], Escape: true}
		n, open := q.End(src[at+1:])
		return source.Token{Kind: source.String, End: at + 1 + n, Open: open}, true
	}
	return source.Token{}, false
}

func directiveEnd(src string, at int) int {
	for at < len(src) {
		n := strings.IndexByte(src[at:], '\n')
		if n < 0 {
			return len(src)
		}
		if n == 0 || src[at+n-1] != '\\' {
			return at + n
		}
		at += n + 1
	}
	return len(src)
}

func rawEnd(s string) int {
	open := strings.IndexByte(s, '(')
	if open < 2 || open > 18 {
		return 0
	}
	end := strings.Index(s, ")"+s[2:open]+`"`)
	if end < 0 {
		return 0
	}
	return end + open
}

func numberEnd(src string, at int) int {
	i := at
	for i < len(src) {
		c := src[i]
		alnum := c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_'
		exponent := (c == '+' || c == '-') && i > at && strings.IndexByte("eEpP", src[i-1]) >= 0 &&
			(strings.IndexByte("eE", src[i-1]) < 0 || !strings.HasPrefix(src[at:], "0x"))
		separator := c == '\'' && i > at && i+1 < len(src) && src[i+1] >= '0' && src[i+1] <= '9'
		if !alnum && c != '.' && !exponent && !separator {
			break
		}
		if c == '.' && member(src[i+1:]) {
			break
		}
		i++
	}
	return max(i, at+1)
}

// member reports whether a name follows the point behind a number: then a
// bracket is missing between them, as in v[0.size().
func member(s string) bool {
	n := 0
	for n < len(s) && isIdent(rune(s[n])) {
		n++
	}
	return n > 2 && strings.Trim(s[:n], "abcdefghijklmnopqrstuvwxyz_") == "" && strings.Trim(s[:n], "eflp") != ""
}

func set(words string) map[string]bool {
	out := map[string]bool{}
	for _, w := range strings.Fields(words) {
		out[w] = true
	}
	return out
}

const commonKeywords = `auto break case char const continue default do double else enum extern float for goto if inline int
long register return short signed sizeof static struct switch typedef union unsigned void volatile while`

var (
	cKeywords   = set(commonKeywords + ` restrict _Bool _Static_assert _Atomic _Generic _Noreturn`)
	cppKeywords = set(commonKeywords + ` alignas alignof and asm bool catch char8_t char16_t char32_t class concept consteval
constexpr constinit const_cast co_await co_return co_yield decltype delete dynamic_cast explicit export false friend
mutable namespace new noexcept not nullptr operator or private protected public reinterpret_cast requires static_assert
static_cast template this thread_local throw true try typeid typename using virtual wchar_t xor final override`)

	// typeWords begin or make up a type.
	typeWords = set(`auto char const double float int long short signed struct enum union unsigned void volatile bool
wchar_t char16_t char32_t static extern inline constexpr register typename size_t int8_t int16_t int32_t int64_t
uint8_t uint16_t uint32_t uint64_t class mutable`)
	// stmtWords begin a statement, so that the word after is not a name it declares.
	stmtWords = set(`return if else while for do switch case default goto break continue throw new delete sizeof using
namespace template typedef operator co_return co_await co_yield not and or public private protected`)
	// controlWords take a condition in parentheses.
	controlWords = set(`if while for switch catch`)
)

func (f *code) keyword(w string) bool {
	if f.cpp {
		return cppKeywords[w]
	}
	return cKeywords[w]
}

// operand reports whether t ends or is a value: a name, a literal.
func operand(t source.Token) bool {
	return t.Kind == source.Word || t.Kind == source.Number || t.Kind == source.String
}

func closer(t source.Token) bool { return t.Text == ")" || t.Text == "]" }

// binary are the operators that take a value on both sides, by how tightly they
// bind.
var binary = map[string]int{
	"=": 1, "+=": 1, "-=": 1, "*=": 1, "/=": 1, "%=": 1, "&=": 1, "|=": 1, "^=": 1, "<<=": 1, ">>=": 1,
	"?": 2, ":": 2, "||": 3, "&&": 4, "|": 5, "^": 6, "&": 7, "==": 8, "!=": 8, "<": 9, ">": 9, "<=": 9, ">=": 9,
	"<<": 10, ">>": 10, "+": 11, "-": 11, "*": 12, "/": 12, "%": 12,
}
