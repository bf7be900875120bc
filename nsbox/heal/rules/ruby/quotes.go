package ruby

import (
	"strconv"
	"strings"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/internal/lazyre"
	"github.com/nsbox/nsbox/nsbox/internal/source"
)

func itoa(n int) string { return strconv.Itoa(n) }

// quoteIdeas put a quote, or the brace of an interpolation, into the first line
// that has a string without an end; see lex.
func (m *mender) quoteIdeas() []idea {
	for _, t := range m.all {
		if !t.Open {
			continue
		}
		switch {
		case strings.HasPrefix(t.Text, "<<"), m.heredocBody(t):
			return m.heredocIdeas(t)
		case t.Text[0] == '"' || t.Text[0] == '\'' || t.Text[0] == '`' || t.Text[0] == '/':
			return m.lineQuotes(t)
		case t.Text[0] == '%':
			return m.percentIdeas(t)
		}
		return nil
	}
	return nil
}

func (m *mender) heredocBody(t source.Token) bool {
	return t.Kind == source.String && strings.IndexByte("\"'`:/%?", t.Text[0]) < 0
}

// lineQuotes are the places in the line of the open string t.
func (m *mender) lineQuotes(t source.Token) []idea {
	line := m.LineOf(t.Start)
	start, end := m.Bounds(line)
	text := m.Src[start:end]
	quote := string(t.Text[0])
	var out []idea
	for at := 0; ; { // interpolations without their braces
		i := strings.Index(text[at:], "#{")
		if i < 0 {
			break
		}
		at += i + 2
		for _, n := range exprEnds(text[at:]) {
			x := m.insert("interpolation", start+at+n, "}", 0, false)
			out = append(out, x)
		}
	}
	first := strings.IndexAny(text, `"'`+"`")
	trimmed := len(text) // blanks at the end may be of the text: "name: "
	for i := trimmed; i > max(first, 0); i-- {
		var cost int
		switch {
		case i == trimmed:
			cost = 0
		case strings.IndexByte(")]},", text[i]) >= 0:
			cost = 1
			if text[i] == '}' && text[i-1] == ' ' {
				cost = 2
			}
			if text[i] == ',' && i > 0 && (text[i-1] == ' ' || text[i-1] == ':') {
				cost = -1
			}
		case strings.HasPrefix(text[i:], " =>"), strings.HasPrefix(text[i:], ": "), strings.HasPrefix(text[i:], " do |"), strings.HasPrefix(text[i:], " if "),
			strings.HasPrefix(text[i:], " unless "), strings.HasPrefix(text[i:], " + "), strings.HasPrefix(text[i:], " }"), strings.HasPrefix(text[i:], " then"),
			strings.HasPrefix(text[i:], " ? "), strings.HasPrefix(text[i:], " : "), strings.HasPrefix(text[i:], " # "):
			cost = 1
			if w := strings.Fields(text[i:]); (w[0] == "if" || w[0] == "unless") && len(w) > 1 && strings.ContainsAny(strings.Join(w[1:], " "), ".=<>?") && !strings.HasSuffix(trimmedText(text), ".") {
				cost = -1
			}
		case text[i] == '.' && i+1 < len(text) && text[i+1] >= 'a' && text[i+1] <= 'z':
			cost = 2
		default:
			continue
		}
		if i <= first || len(out) > 24 || text[i-1] == '\\' || text[i-1] == quote[0] && i > first+1 && i < trimmed {
			continue // a quote behind another one ends nothing
		}
		out = append(out, m.insert("quote", start+i, quote, cost, false))
	}
	for _, w := range m.tokens { // the opening quote
		if w.Start > start && w.Start <= t.Start && w.Kind == source.Word && len(out) < 32 && !keywords[w.Text] && m.uses[w.Text] < 2 {
			out = append(out, m.insert("quote", w.Start, quote, 4, false))
			break
		}
	}
	if quote == "'" && innerApostrophe.MatchString(text) && strings.Count(text, "'") == 3 { // 'it's'
		a, b := strings.IndexByte(text, '\''), strings.LastIndexByte(text, '\'')
		if !strings.Contains(text, `"`) {
			out = append(out, idea{rule: "quote", why: "a text with an apostrophe", cost: 1, edits: []nsbox.Edit{m.edit(start+a, start+a+1, `"`), m.edit(start+b, start+b+1, `"`)}})
		}
	}
	return out
}

var innerApostrophe = lazyre.New(`'.*\w'\w.*'`)

func trimmedText(s string) string { return strings.TrimRight(s, " \t") }

// exprEnds are where the expression may end that s begins with: after its name,
// its calls and indexes.
func exprEnds(s string) []int {
	var out []int
	n, depth := 0, 0
	for n < len(s) && len(out) < 8 {
		switch c := s[n]; {
		case c == '}':
			return nil // it has its brace
		case strings.IndexByte("([", c) >= 0:
			depth++
		case strings.IndexByte(")]", c) >= 0:
			depth--
		}
		if depth < 0 || s[n] == '"' && depth == 0 {
			break
		}
		n++
		if depth == 0 && (n == len(s) || !wordByte(s[n]) && s[n] != '(' && s[n] != '[' && s[n] != '?' && (s[n] != '.' || n+1 >= len(s) || !wordByte(s[n+1]))) && (wordByte(s[n-1]) || s[n-1] == ')' || s[n-1] == ']' || s[n-1] == '?') {
			out = append(out, n)
		}
	}
	return out
}

// heredocIdeas mend the word at the end of a heredoc.
func (m *mender) heredocIdeas(body source.Token) []idea {
	for i := len(m.tokens) - 1; i >= 0; i-- {
		t := m.tokens[i]
		if t.Start >= body.Start || t.Kind != source.String || !strings.HasPrefix(t.Text, "<<") {
			continue
		}
		word := strings.Trim(t.Text[2:], "~-\"'`")
		for n := m.LineOf(t.Start) + 1; n <= m.Lines(); n++ {
			s := strings.TrimSpace(m.Line(n))
			if s != word && s != "" && source.Distance(strings.ToLower(s), strings.ToLower(word)) <= 1+len(word)/5 {
				start, end := m.Bounds(n)
				return []idea{{rule: "heredoc", why: "the text ends with " + word, told: true, edits: []nsbox.Edit{m.edit(start+len(m.Indent(n)), end, word)}}}
			}
		}
	}
	return nil
}

// percentIdeas end %w[a b before the line's end.
func (m *mender) percentIdeas(t source.Token) []idea {
	i := strings.IndexAny(t.Text, "([{<|!/")
	if i < 0 || i > 3 {
		return nil
	}
	end := string(t.Text[i])
	if at := strings.IndexByte("([{<", t.Text[i]); at >= 0 {
		end = string(")]}>"[at])
	}
	line, _, _ := strings.Cut(t.Text, "\n")
	var out []idea
	for n := len(strings.TrimRight(line, " \t")); n > i; n-- {
		if n == len(line) || strings.HasPrefix(line[n:], ".") || strings.HasPrefix(line[n:], ")") {
			out = append(out, m.insert("bracket", t.Start+n, end, len(line)-n, false))
		}
	}
	return out
}
