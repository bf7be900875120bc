package ruby

import (
	"strings"

	"github.com/nsbox/nsbox/nsbox/internal/source"
)

// lexer cuts Ruby into tokens. A string is one token with its interpolations; a
// symbol is a string. A heredoc is one where it is named and one of its text.
//
// In a program where a quote is missing, strings can't be told from what is
// between them; then they are taken to end with their line, which few sound ones
// do not. See lex.
func lexer(multiline bool) *source.Lexer {
	return &source.Lexer{
		LineComments: []string{"#"},
		Puncts: []string{"<=>", "===", "**=", "&&=", "||=", "<<=", ">>=", "...", "==", "=~", "!~", "!=", "**", "&&", "||", "<<", ">>",
			"<=", ">=", "+=", "-=", "*=", "/=", "%=", "|=", "&=", "^=", "->", "=>", "..", "::", "&."},
		Special: func(src string, at int, before []source.Token) (source.Token, bool) {
			return special(src, at, before, multiline)
		},
	}
}

// lex cuts src: over line feeds if every string then ends, and none has a name
// right behind it, as the text between two strings has.
func lex(src string) []source.Token {
	tokens := lexer(true).Lex(src)
	for i, t := range tokens {
		if t.Open || t.Kind == source.String && quoted(t.Text) && strings.Contains(t.Text, "\n") && i+1 < len(tokens) && follows(tokens[i+1]) {
			return lexer(false).Lex(src)
		}
	}
	return tokens
}

func quoted(s string) bool { return s[0] == '"' || s[0] == '\'' || s[0] == '`' }

func follows(t source.Token) bool {
	return t.Kind == source.Comment && strings.HasPrefix(t.Text, "#{") || t.Kind == source.Number || t.Kind == source.Word && !keywords[t.Text] || t.Kind == source.String && quoted(t.Text)
}

func special(src string, at int, before []source.Token, multiline bool) (source.Token, bool) {
	rest := src[at:]
	str := func(n int, open bool) (source.Token, bool) {
		return source.Token{Kind: source.String, End: at + n, Open: open}, n > 0
	}
	if at == 0 || src[at-1] == '\n' {
		if t, ok := lineStart(rest, at); ok {
			return t, true
		}
	}
	if len(before) > 0 && before[len(before)-1].Kind == source.Newline {
		if n, open := heredocText(src, at, before); n > 0 {
			return str(n, open)
		}
	}
	switch c := rest[0]; {
	case c == '"' || c == '`' || c == '\'':
		return str(stringEnd(rest, 1, c, 0, c != '\'', multiline, 0))
	case c == ':' && len(rest) > 1 && !strings.HasPrefix(rest, "::"):
		return str(symbol(rest, adjacentValue(before, at), multiline))
	case c == '%' && !operatorHere(rest, at, before):
		return str(percent(rest))
	case c == '/' && !operatorHere(rest, at, before):
		n, open := stringEnd(rest, 1, '/', 0, true, multiline, 0)
		if !open {
			n += len(rest[n:]) - len(strings.TrimLeft(rest[n:], "imxounse"))
		}
		return str(n, open)
	case c == '?' && len(rest) > 1 && !afterValue(before) && rest[1] > ' ' && (len(rest) == 2 || !wordByte(rest[2])):
		return str(2, false)
	case c == '<' && strings.HasPrefix(rest, "<<"):
		if n := heredocName(rest, adjacentValue(before, at), afterValue(before)); n > 0 {
			return str(n, false)
		}
	}
	if n := name(rest); n > 0 {
		return source.Token{Kind: source.Word, End: at + n}, true
	}
	return source.Token{}, false
}

// lineStart reads what only the beginning of a line can begin.
func lineStart(rest string, at int) (source.Token, bool) {
	if strings.HasPrefix(rest, "=begin") {
		if end := strings.Index(rest, "\n=end"); end >= 0 {
			end += len("\n=end")
			if nl := strings.IndexByte(rest[end:], '\n'); nl >= 0 {
				return source.Token{Kind: source.Comment, End: at + end + nl}, true
			}
		}
		return source.Token{Kind: source.Comment, End: at + len(rest)}, true
	}
	if line, _, _ := strings.Cut(rest, "\n"); strings.TrimRight(line, "\r") == "__END__" {
		return source.Token{Kind: source.Comment, End: at + len(rest)}, true
	}
	return source.Token{}, false
}

func wordByte(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80
}

// name is the length of a name with its sigil and its ending.
func name(s string) int {
	n := 0
	for n < len(s) && n < 2 && (s[n] == '@' || n == 0 && s[n] == '$') {
		n++
	}
	sigil := n
	if n < len(s) && (s[n] >= '0' && s[n] <= '9') && (sigil == 0 || s[0] == '@') {
		return 0
	}
	for n < len(s) && wordByte(s[n]) {
		n++
	}
	if n == sigil {
		if sigil == 1 && s[0] == '$' && len(s) > 1 && strings.IndexByte("!@&~0123456789_.<>/\\?$*:,;\"'`", s[1]) >= 0 {
			return 2
		}
		return 0
	}
	if sigil == 0 && n < len(s) && (s[n] == '?' || s[n] == '!') {
		next := ""
		if n+1 < len(s) {
			next = s[n+1:]
		}
		if !strings.HasPrefix(next, "=") || strings.HasPrefix(next, "==") || strings.HasPrefix(next, "=~") || strings.HasPrefix(next, "=>") {
			if s[n] == '!' || !strings.HasPrefix(next, ":") || strings.HasPrefix(next, "::") { // not "x ?:a" without blanks
				n++
			}
		}
	}
	return n
}

// stringEnd returns how long the string s is, whose text begins at from. Of a
// bracket, nest is its opening one. In one that is open, an interpolation may be.
func stringEnd(s string, from int, end, nest byte, interpolates, multiline bool, depth int) (n int, open bool) {
	level := 0
	for i := from; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\\':
			i++
			if i < len(s) && s[i] == '\n' && !multiline {
				return i, true
			}
		case c == '\n' && !multiline:
			return i, true
		case c == '#' && interpolates && i+1 < len(s) && s[i+1] == '{':
			k, isOpen := interpolation(s, i+2, multiline, depth)
			if isOpen {
				return k, true
			}
			i = k - 1
		case c == nest && nest != 0:
			level++
		case c == end:
			if level == 0 {
				return i + 1, false
			}
			level--
		}
	}
	return len(s), true
}

// maxNest bounds strings in interpolations in strings.
const maxNest = 12

// interpolation returns where the interpolation ends whose code begins at from.
func interpolation(s string, from int, multiline bool, depth int) (end int, open bool) {
	level := 0
	for i := from; i < len(s); i++ {
		switch c := s[i]; c {
		case '{':
			level++
		case '}':
			if level == 0 {
				return i + 1, false
			}
			level--
		case '"', '`', '\'':
			if depth >= maxNest {
				return i, true
			}
			n, isOpen := stringEnd(s[i:], 1, c, 0, c != '\'', multiline, depth+1)
			if isOpen {
				return i + n, true
			}
			i += n - 1
		case '\n':
			if !multiline {
				return i, true
			}
		}
	}
	return len(s), true
}

// symbol is the length of a symbol, 0 if the colon is another's.
func symbol(s string, adjacent, multiline bool) (int, bool) {
	if s[1] == '"' && !adjacent {
		n, open := stringEnd(s, 2, '"', 0, true, multiline, 0)
		return n, open
	}
	if n := name(s[1:]); n > 0 && !adjacent {
		if len(s) > n+1 && s[n+1] == '=' && !strings.HasPrefix(s[n+1:], "==") && !strings.HasPrefix(s[n+1:], "=>") && !strings.HasPrefix(s[n+1:], "=~") {
			n++
		}
		return n + 1, false
	}
	if adjacent {
		return 0, false
	}
	for _, op := range []string{"[]=", "[]", "<=>", "===", "==", "=~", "**", "+@", "-@", "<<", ">>", "<=", ">=", "!=", "+", "-", "*", "/", "%", "<", ">", "!", "&", "|", "^", "~"} {
		if strings.HasPrefix(s[1:], op) {
			return 1 + len(op), false
		}
	}
	return 0, false
}

// percent is the length of %w[...] and its like.
func percent(s string) (int, bool) {
	i := 1
	interpolates := true
	if i < len(s) && strings.IndexByte("wWiIqQrxs", s[i]) >= 0 {
		interpolates = strings.IndexByte("WIQrx", s[i]) >= 0
		i++
	}
	if i >= len(s) || s[i] <= ' ' || wordByte(s[i]) || s[i] == '=' {
		return 0, false
	}
	end, nest := s[i], byte(0)
	if at := strings.IndexByte("([{<", end); at >= 0 {
		end, nest = ")]}>"[at], end
	}
	return stringEnd(s, i+1, end, nest, interpolates, true, 0)
}

// afterValue reports whether the token before ends a value, so that an operator
// is next.
func afterValue(before []source.Token) bool {
	if len(before) == 0 {
		return false
	}
	switch t := before[len(before)-1]; t.Kind {
	case source.Number, source.String:
		return true
	case source.Word:
		return !expectsValue[t.Text] || len(before) > 1 && before[len(before)-2].Text == "."
	case source.Punct:
		return t.Text == ")" || t.Text == "]" || t.Text == "}"
	}
	return false
}

// expectsValue are keywords after which an expression begins.
var expectsValue = set(`if unless while until elsif else then do begin return and or not in when case puts print yield raise ensure rescue next break`)

func set(words string) map[string]bool {
	out := map[string]bool{}
	for _, w := range strings.Fields(words) {
		out[w] = true
	}
	return out
}

func adjacentValue(before []source.Token, at int) bool {
	return len(before) > 0 && before[len(before)-1].End == at && afterValue(before)
}

// operatorHere reports whether "/" or "%" is an operator: after a value, unless
// it stands as in "split /,/".
func operatorHere(rest string, at int, before []source.Token) bool {
	if !afterValue(before) {
		return len(before) > 0 && before[len(before)-1].Text == "def"
	}
	last := before[len(before)-1]
	return last.Kind != source.Word || last.End == at || len(rest) < 2 || rest[1] <= ' ' || rest[1] == '='
}

// heredocName is the length of <<~TEXT, 0 if "<<" is an operator.
func heredocName(s string, adjacent, value bool) int {
	i := 2
	squiggly := i < len(s) && (s[i] == '~' || s[i] == '-')
	if squiggly {
		i++
	}
	if adjacent || value && !squiggly && (i >= len(s) || s[i] != '"' && s[i] != '\'' && (s[i] < 'A' || s[i] > 'Z')) {
		return 0
	}
	if i < len(s) && (s[i] == '"' || s[i] == '\'' || s[i] == '`') {
		if end := strings.IndexByte(s[i+1:], s[i]); end > 0 && !strings.Contains(s[i:i+1+end], "\n") {
			return i + end + 2
		}
		return 0
	}
	n := i
	for n < len(s) && wordByte(s[n]) {
		n++
	}
	if n == i || s[i] >= '0' && s[i] <= '9' || !squiggly && (s[i] < 'A' || s[i] > 'Z') {
		return 0
	}
	return n
}

// heredocText is the length of the text of the heredocs that the line before at
// names, 0 if it names none.
func heredocText(src string, at int, before []source.Token) (n int, open bool) {
	from := len(before) - 1
	for from > 0 && before[from-1].Kind != source.Newline {
		from--
	}
	for at > 0 && src[at-1] != '\n' {
		at--
		n--
	}
	end := at
	named := false
	for _, t := range before[from : len(before)-1] {
		if t.Kind != source.String || !strings.HasPrefix(t.Text, "<<") {
			continue
		}
		named = true
		word := strings.Trim(t.Text[2:], "~-\"'`")
		found := false
		for end < len(src) && !found {
			line, _, _ := strings.Cut(src[end:], "\n")
			end = min(end+len(line)+1, len(src))
			found = strings.TrimSpace(line) == word
		}
		if !found {
			open = true
		}
	}
	if !named {
		return 0, false
	}
	if end > at && src[end-1] == '\n' && !open {
		end--
	}
	return n + end - at, open
}

// deep returns the words, strings and the rest of tokens with the tokens of the
// interpolations of strings in their places, and without the strings themselves.
func deep(src string, tokens []source.Token) []source.Token { return deepen(src, tokens, 0) }

func deepen(src string, tokens []source.Token, depth int) []source.Token {
	out := make([]source.Token, 0, len(tokens))
	for _, t := range tokens {
		out = append(out, t)
		if t.Kind != source.String || depth > 3 || t.Text[0] == '\'' || !strings.Contains(t.Text, "#{") {
			continue
		}
		for i := 0; i+1 < len(t.Text); i++ {
			if t.Text[i] == '\\' {
				i++
			} else if t.Text[i] == '#' && t.Text[i+1] == '{' {
				end, open := interpolation(t.Text, i+2, true, 0)
				inner := t.Text[i+2 : end]
				if !open {
					inner = inner[:len(inner)-1]
				}
				own := lexer(true).Lex(inner)
				for k := range own {
					own[k].Start += t.Start + i + 2
					own[k].End += t.Start + i + 2
				}
				out = append(out, deepen(src, own, depth+1)...)
				i = end - 1
			}
		}
	}
	return out
}
