package shell

import (
	"strings"

	"github.com/nsbox/nsbox/nsbox/internal/source"
)

// kind is a token's kind.
type kind int

const (
	word kind = iota
	operator
	newline
	comment
	heredoc // the text of one
)

// token is a piece of a script. A word goes as far as the shell takes it, with
// its quotes and substitutions.
type token struct {
	kind       kind
	start, end int
	text       string
	open       byte // what does not end in it: a quote, or the bracket of a substitution
	command    bool // it stands where a command begins
	key        bool // it is a keyword there
}

// lex cuts a script. Where a quote is missing, what stands between two quotes
// can't be told from what is in them; then quotes are taken to end with their
// line, which few sound ones do not.
func lex(src string) []token {
	tokens := cut(src, true)
	for i, t := range tokens {
		if t.open != 0 || t.kind == word && suspicious(tokens, i) {
			return commands(cut(src, false))
		}
	}
	return commands(tokens)
}

// suspicious reports whether a quote over several lines ends right before a
// letter, as the text between two quotes does.
func suspicious(tokens []token, i int) bool {
	t := tokens[i].text
	at := strings.IndexByte(t, '\n')
	if at < 0 || strings.Contains(t, "$(") || strings.Contains(t, "=(") {
		return false
	}
	for _, q := range []byte{'"', '\''} {
		k := strings.LastIndexByte(t, q)
		if k > at && k+1 < len(t) && (nameByte(t[k+1]) || t[k+1] == '$') {
			return true
		}
	}
	return false
}

func nameByte(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// operators, longer ones first.
var operators = []string{";;&", "<<<", "&>>", ";;", ";&", "&&", "||", "|&", "<<-", "<<", ">>", "<&", ">&", "&>", ">|", "<>", ";", "&", "|", "(", ")", "<", ">"}

func cut(src string, multiline bool) []token {
	s := scanner{src: src, multiline: multiline}
	var out []token
	var docs []string // words of heredocs that this line names
	for at := 0; at < len(src); {
		c := src[at]
		switch {
		case c == ' ' || c == '\t' || c == '\r':
			at++
			continue
		case c == '\\' && at+1 < len(src) && src[at+1] == '\n':
			at += 2
			continue
		case c == '\n':
			out = append(out, token{kind: newline, start: at, end: at + 1, text: "\n"})
			at++
			if len(docs) > 0 {
				end, ended := heredocEnd(src, at, docs)
				if end > at {
					t := token{kind: heredoc, start: at, end: end, text: src[at:end]}
					if !ended {
						t.open = '<'
					}
					out = append(out, t)
				}
				at, docs = end, nil
			}
			continue
		case c == '#':
			n := strings.IndexByte(src[at:], '\n')
			if n < 0 {
				n = len(src) - at
			}
			out = append(out, token{kind: comment, start: at, end: at + n, text: src[at : at+n]})
			at += n
			continue
		}
		if op := operatorAt(src[at:]); op != "" && !(c == '<' || c == '>') || op != "" && !strings.HasPrefix(src[at+1:], "(") {
			if (op == "(" || op == "((") && strings.HasPrefix(src[at:], "((") && (len(out) == 0 || arithmeticAfter(out[len(out)-1])) {
				end, open := s.nested(at+2, "))", 0)
				out = append(out, token{kind: word, start: at, end: end, text: src[at:end], open: open})
				at = end
				continue
			}
			out = append(out, token{kind: operator, start: at, end: at + len(op), text: op})
			at += len(op)
			continue
		}
		end, open := s.word(at)
		t := token{kind: word, start: at, end: end, text: src[at:end], open: open}
		if n := len(out); n > 0 && out[n-1].kind == operator && (out[n-1].text == "<<" || out[n-1].text == "<<-") {
			docs = append(docs, strings.Trim(t.text, `"'\`))
		}
		out = append(out, t)
		at = end
	}
	return out
}

// arithmeticAfter reports whether "((" after t begins arithmetic.
func arithmeticAfter(t token) bool {
	return t.kind == newline || t.kind == comment || t.kind == operator && t.text != ")" || t.kind == word && (keywords[t.text] || t.text == "for")
}

func operatorAt(s string) string {
	for _, op := range operators {
		if strings.HasPrefix(s, op) {
			return op
		}
	}
	return ""
}

func heredocEnd(src string, at int, docs []string) (end int, ended bool) {
	for _, w := range docs {
		ended = false
		for at < len(src) && !ended {
			line, _, _ := strings.Cut(src[at:], "\n")
			at = min(at+len(line)+1, len(src))
			ended = strings.TrimLeft(strings.TrimRight(line, "\r"), "\t") == w
		}
	}
	return at, ended
}

// scanner finds where words end.
type scanner struct {
	src       string
	multiline bool
}

// word returns where the word ends that begins at, and what is open in it.
func (s *scanner) word(at int) (end int, open byte) {
	begin := at
	for at < len(s.src) {
		switch c := s.src[at]; {
		case c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == ';' || c == '&' || c == '|' || c == ')':
			return at, 0
		case c == '<' || c == '>':
			if !strings.HasPrefix(s.src[at+1:], "(") {
				return at, 0
			}
			at, open = s.nested(at+2, ")", 0)
		case c == '(':
			// "a=(1 2)" and "@(a|b)" go on, "f()" does not.
			if at == begin || s.src[at-1] != '=' && strings.IndexByte("?*+@!", s.src[at-1]) < 0 {
				return at, 0
			}
			at, open = s.nested(at+1, ")", 0)
		case c == '\\':
			at = min(at+2, len(s.src))
		default:
			at, open = s.part(at, 0)
		}
		if open != 0 {
			return at, open
		}
	}
	return at, 0
}

// maxNest bounds substitutions in substitutions.
const maxNest = 12

// part returns where the quote, the substitution or the character at ends.
func (s *scanner) part(at, depth int) (end int, open byte) {
	rest := s.src[at:]
	switch {
	case rest[0] == '\'':
		for i := 1; i < len(rest); i++ {
			if rest[i] == '\'' {
				return at + i + 1, 0
			}
			if rest[i] == '\n' && !s.multiline {
				return at + i, '\''
			}
		}
		return len(s.src), '\''
	case rest[0] == '"':
		return s.double(at+1, depth)
	case rest[0] == '`':
		if n := strings.IndexByte(rest[1:], '`'); n >= 0 && (s.multiline || !strings.Contains(rest[1:n+1], "\n")) {
			return at + n + 2, 0
		}
		return s.lineEnd(at), '`'
	case strings.HasPrefix(rest, "$(("):
		return s.nested(at+3, "))", depth)
	case strings.HasPrefix(rest, "$("):
		return s.nested(at+2, ")", depth)
	case strings.HasPrefix(rest, "${"):
		return s.nested(at+2, "}", depth)
	case strings.HasPrefix(rest, "$'"):
		for i := 2; i < len(rest); i++ {
			if rest[i] == '\\' {
				i++
			} else if rest[i] == '\'' {
				return at + i + 1, 0
			}
		}
		return s.lineEnd(at), '\''
	}
	return at + 1, 0
}

func (s *scanner) lineEnd(at int) int {
	if n := strings.IndexByte(s.src[at:], '\n'); n >= 0 {
		return at + n
	}
	return len(s.src)
}

func (s *scanner) double(at, depth int) (end int, open byte) {
	for at < len(s.src) {
		switch c := s.src[at]; {
		case c == '"':
			return at + 1, 0
		case c == '\\':
			at = min(at+2, len(s.src))
		case c == '\n' && !s.multiline:
			return at, '"'
		case c == '$' || c == '`':
			if depth >= maxNest {
				return s.lineEnd(at), '"'
			}
			at, open = s.part(at, depth+1)
			if open != 0 {
				return at, open
			}
		default:
			at++
		}
	}
	return at, '"'
}

// nested returns where the substitution ends whose text begins at and that
// closer ends. In line mode, it ends at its line's end at the latest, unless it
// is a command with lines of its own.
func (s *scanner) nested(at int, closer string, depth int) (end int, open byte) {
	level := 0
	begin := at
	for at < len(s.src) {
		c := s.src[at]
		switch {
		case level == 0 && strings.HasPrefix(s.src[at:], closer):
			return at + len(closer), 0
		case c == '\n' && !s.multiline && (closer != ")" || !s.lines(begin)):
			return at, closer[0]
		case c == '(' && closer != "}" || c == '{' && closer == "}":
			level++
			at++
		case c == ')' && closer != "}" || c == '}' && closer == "}":
			if level == 0 {
				return at, closer[0] // "))" of which one is missing
			}
			level--
			at++
		case c == '\\':
			at = min(at+2, len(s.src))
		case c == '\'' && closer == "))", c == '#' && closer == "}":
			at++
		default:
			if depth >= maxNest {
				return s.lineEnd(at), closer[0]
			}
			at, open = s.part(at, depth+1)
			if open != 0 {
				return at, open
			}
		}
	}
	return at, closer[0]
}

// lines reports whether the list that begins at goes over lines of its own: its
// own line ends with the bracket.
func (s *scanner) lines(begin int) bool {
	return strings.TrimSpace(s.src[begin:s.lineEnd(begin)]) == ""
}

var keywords = set("if then elif else fi for while until do done case esac in select function time { } ! [[ coproc")

func set(words string) map[string]bool {
	out := map[string]bool{}
	for _, w := range strings.Fields(words) {
		out[w] = true
	}
	return out
}

// commands marks the words with which commands begin, and the keywords.
func commands(tokens []token) []token {
	begin, head := true, ""
	for i := range tokens {
		t := &tokens[i]
		switch t.kind {
		case comment, heredoc:
			continue
		case newline:
			begin = true
			continue
		case operator:
			begin = t.text != "<" && t.text != ">" && t.text != ">>" && t.text != "<<" && t.text != "<<-" && t.text != "<<<" && !strings.ContainsAny(t.text, "<>")
			continue
		}
		if i > 0 && tokens[i-1].kind == operator && strings.ContainsAny(tokens[i-1].text, "<>") {
			continue // where a redirection leads
		}
		t.command = begin
		if begin && keywords[t.text] || t.text == "in" && (head == "for" || head == "case" || head == "select") || t.text == "do" && (head == "for" && i > 1 && tokens[i-2].text == "for") || t.text == "}" && begin {
			t.key = true
			begin = t.text != "for" && t.text != "case" && t.text != "select" && t.text != "function" && t.text != "[[" && t.text != "in"
			head = t.text
			continue
		}
		if begin && !assignment(t.text) {
			begin = false
			head = ""
		}
		if head == "for" || head == "case" || head == "select" || head == "function" {
			begin = head == "function" // its name, and then "{"
			if head == "function" {
				t.command = false
				head = ""
			}
		}
	}
	return tokens
}

// assignment reports whether a word is a=b, which stands before a command.
func assignment(s string) bool {
	n := 0
	for n < len(s) && nameByte(s[n]) {
		n++
	}
	if n == 0 || s[0] >= '0' && s[0] <= '9' {
		return false
	}
	rest := s[n:]
	if strings.HasPrefix(rest, "[") {
		if k := strings.IndexByte(rest, ']'); k > 0 {
			rest = rest[k+1:]
		}
	}
	return strings.HasPrefix(rest, "=") || strings.HasPrefix(rest, "+=")
}

// script is a script cut into tokens and blocks.
type script struct {
	*source.Text
	tokens   []token
	blocks   []block
	inside   []int // for each token the innermost block that is open before it, -1
	headless []int // the tokens if or elif without a then
	faults   int   // keywords that stand where they can't
}

// block is what if, a loop, case, a brace or a bracket begins; -1 is missing.
type block struct {
	word        string
	open, close int
	body        int // the token of then, do or in; -1 while there is none
	head        int // the token of the last if or elif
}

var closers = map[string]string{"if": "fi", "for": "done", "while": "done", "until": "done", "select": "done", "case": "esac", "{": "}", "(": ")"}

func newScript(src string) *script {
	s := &script{Text: source.NewText([]byte(src)), tokens: lex(src)}
	var stack []int
	s.inside = make([]int, len(s.tokens))
	for i, t := range s.tokens {
		s.inside[i] = -1
		if len(stack) > 0 {
			s.inside[i] = stack[len(stack)-1]
		}
		top := func() *block {
			if len(stack) == 0 {
				return &block{}
			}
			return &s.blocks[stack[len(stack)-1]]
		}
		switch {
		case t.kind == operator && t.text == "(" && !(i+1 < len(s.tokens) && s.tokens[i+1].text == ")" && s.tokens[i+1].kind == operator) && top().word != "case", t.key && closers[t.text] != "":
			stack = append(stack, len(s.blocks))
			s.blocks = append(s.blocks, block{t.text, i, -1, -1, i})
		case t.kind == operator && t.text == ")" && (i > 0 && s.tokens[i-1].text == "(" && s.tokens[i-1].kind == operator || top().word == "case" && s.pattern(i)):
		case t.key && (t.text == "then" || t.text == "do" || t.text == "in"):
			want := map[string]string{"if": "then", "for": "do in", "while": "do", "until": "do", "select": "do in", "case": "in"}[top().word]
			if !strings.Contains(want, t.text) || t.text == "then" && top().body >= 0 {
				s.faults++
			} else if t.text != "in" || top().word == "case" {
				s.blocks[stack[len(stack)-1]].body = i
			}
		case t.key && (t.text == "else" || t.text == "elif"):
			if top().word != "if" {
				s.faults++
				break
			}
			if top().body < 0 {
				s.faults++
				s.headless = append(s.headless, top().head)
			}
			if t.text == "elif" {
				top().body, top().head = -1, i
			}
		case t.key && (t.text == "fi" || t.text == "done" || t.text == "esac" || t.text == "}"), t.kind == operator && t.text == ")":
			at := len(stack) - 1
			for at >= 0 && closers[s.blocks[stack[at]].word] != t.text {
				at--
			}
			if at < 0 {
				s.blocks = append(s.blocks, block{t.text, -1, i, i, -1})
				continue
			}
			s.blocks[stack[at]].close = i
			stack = stack[:at]
		}
	}
	return s
}

// pattern reports whether the bracket at token i ends a pattern of a case: only
// words and bars stand before it, up to ";;", in or the line's beginning.
func (s *script) pattern(i int) bool {
	for k := i - 1; k >= 0; k-- {
		switch t := s.tokens[k]; {
		case t.kind == newline || t.text == ";;" || t.key && t.text == "in":
			return true
		case t.kind == word || t.text == "|" || t.text == "(":
		default:
			return false
		}
	}
	return false
}

func (s *script) line(i int) int { return s.LineOf(s.tokens[i].start) }

// first reports whether token i is the first of its line.
func (s *script) first(i int) bool {
	return i == 0 || s.tokens[i-1].kind == newline || s.tokens[i-1].kind == heredoc
}

// health measures what is wrong with the shape of a script; 0 is sound.
func (s *script) health() int {
	sick := 10 * s.faults
	for _, t := range s.tokens {
		if t.open != 0 {
			sick += 100
		}
	}
	for _, b := range s.blocks {
		switch {
		case b.open < 0 || b.close < 0:
			sick += 10
		case b.body < 0 && b.word != "{" && b.word != "(":
			sick += 10
		case s.first(b.close) && s.line(b.open) != s.line(b.close) && source.Width(s.Line(s.line(b.open)), 8) != source.Width(s.Line(s.line(b.close)), 8):
			sick++
		}
	}
	for i, t := range s.tokens {
		// A name with a call's bracket, and a body that is empty.
		if t.kind == operator && t.text == "(" && i > 0 && s.tokens[i-1].kind == word && !s.tokens[i-1].key && !(i+1 < len(s.tokens) && s.tokens[i+1].text == ")") {
			sick += 10
		}
	}
	return sick
}
