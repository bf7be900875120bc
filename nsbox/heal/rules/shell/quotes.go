package shell

import (
	"strings"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/internal/source"
)

// quoteIdeas end what is open in the first word that is: a quote or a
// substitution.
func (m *mender) quoteIdeas() []idea {
	for i, t := range m.tokens {
		if t.open == 0 {
			continue
		}
		if t.kind == heredoc {
			return m.heredocIdeas(i)
		}
		start := t.start
		_, end := m.Bounds(m.LineOf(start))
		end = min(max(end, start), len(m.Src))
		line := m.Src[start:end]
		if t.open != '"' && t.open != '\'' { // blanks at the end may be of the text
			line = strings.TrimRight(line, " \t")
		}
		var out []idea
		closer := string(t.open)
		switch t.open {
		case '"', '\'', '`':
			if x, ok := m.apostrophe(m.LineOf(start)); ok && t.open == '\'' {
				out = append(out, x)
			}
		case ')':
			if strings.Contains(line, "$((") || strings.HasPrefix(line, "((") {
				out = append(out, m.places(start, line, "))")...)
			}
		}
		if t.open == '"' || t.open == '\'' {
			found, unclear := m.opening(start, line, t.open)
			if unclear {
				return nil
			}
			out = append(out, found...)
		}
		out = append(out, m.places(start, line, closer)...)
		if t.open == '"' || t.open == '\'' || t.open == '}' {
			out = append(m.innerPlaces(start, line), out...)
		}
		if t.open == ')' && len(strings.Fields(line)) <= 1 || t.open == ')' && strings.HasSuffix(strings.TrimSpace(line), "(") {
			out = append(out, m.listEnd(start)...)
		}
		return out
	}
	return nil
}

// apostrophe writes "it's" for 'it's'.
func (m *mender) apostrophe(line int) (idea, bool) {
	start, end := m.Bounds(line)
	text := m.Src[start:end]
	a, b := strings.IndexByte(text, '\''), strings.LastIndexByte(text, '\'')
	if strings.Count(text, "'") != 3 || strings.Contains(text, `"`) {
		return idea{}, false
	}
	k := a + 1 + strings.IndexByte(text[a+1:], '\'')
	if k+1 >= len(text) || !nameByte(text[k-1]) || !nameByte(text[k+1]) {
		return idea{}, false
	}
	return idea{rule: "quote", why: "a text with an apostrophe", cost: -2, edits: []nsbox.Edit{m.edit(start+a, start+a+1, `"`), m.edit(start+b, start+b+1, `"`)}}, true
}

// opening puts the quote that begins a text before what a lone quote ends. It is
// unclear where a text of several words begins that a command gets.
func (m *mender) opening(start int, line string, quote byte) (out []idea, unclear bool) {
	k, even := -1, true
	for i := 0; i < len(line) && k < 0; i++ {
		if line[i] != quote {
			continue
		}
		if even && i > 0 && strings.IndexByte(" =(", line[i-1]) < 0 && (i+1 == len(line) || strings.IndexByte(" );|", line[i+1]) >= 0) {
			k = i
		}
		even = !even
	}
	if k < 0 {
		return nil, false
	}
	n := k
	for n > 0 && strings.IndexByte(" (=\"'", line[n-1]) < 0 {
		n--
	}
	at := start + n
	for at > 0 && n == 0 && strings.IndexByte(" (=\n\t", m.Src[at-1]) < 0 {
		at--
	}
	// A text of several words: of echo, all of them; else where it begins is open.
	bound, _ := m.Bounds(m.LineOf(at))
	left := strings.TrimRight(m.Src[bound:at], " ")
	words := strings.Fields(left[strings.LastIndexAny(left, ";|&(\"'")+1:])
	switch {
	case len(words) > 0 && assignment(words[len(words)-1]):
		w := words[len(words)-1]
		at = bound + strings.LastIndex(left, w) + strings.IndexByte(w, '=') + 1
	case len(words) > 1 && (words[0] == "echo" || words[0] == "printf"):
		first := words[1]
		for _, w := range words[1:] {
			if first = w; w[0] != '-' {
				break
			}
		}
		if first[0] != '-' {
			at = bound + strings.LastIndex(left, first)
		}
	case len(words) > 1 && strings.IndexByte("-$<>=!", words[len(words)-1][0]) < 0 && words[0] != "[" && words[0] != "if" && words[0] != "while":
		return nil, true
	}
	return []idea{m.insert("quote", at, string(quote), 0, false)}, false
}

// places are those in a line where closer may stand, the likely ones first.
func (m *mender) places(start int, line, closer string) []idea {
	var out []idea
	first := -1
	if closer == `"` || closer == "'" {
		first = strings.IndexByte(line, closer[0])
	}
	for n := len(line); n > max(first, 0) && len(out) < 14; n-- {
		rest := line[n:]
		cost := 0
		switch {
		case rest == "":
			cost = 1
		case strings.HasPrefix(rest, "; then"), strings.HasPrefix(rest, "; do"), strings.HasPrefix(rest, " ]"), strings.HasPrefix(rest, ";;"):
			cost = 0
		case (closer == `"` || closer == "'") && (strings.HasPrefix(rest, ` "`) || strings.HasPrefix(rest, " '")) && line[n-1] != ' ':
			cost = 0
		case rest[0] == '"' || rest[0] == ')' || rest[0] == '}':
			cost = 2
			if closer == "}" || closer == ")" || closer == "))" {
				cost = 0
			}
		case (closer == `"` || closer == "'") && strings.HasPrefix(rest, " | ") && knownSet()[firstField(rest[3:])]:
			cost = -1 // into a command
		case rest[0] == ';' || strings.HasPrefix(rest, " |") || strings.HasPrefix(rest, " &&") || strings.HasPrefix(rest, " >") || strings.HasPrefix(rest, " <"), strings.HasPrefix(rest, " = "), strings.HasPrefix(rest, " == "):
			cost = 1
		case closer == "}" && !nameByte(rest[0]) && nameByte(line[n-1]):
			cost = 1
		case rest[0] == ' ' && closer != "}":
			cost = 5
			if k := strings.LastIndexAny(line[:n], "\"' "); k >= 0 && line[k] != ' ' && k+1 < n && line[k+1] == '$' && strings.Trim(line[k+1:n], "${}abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789") == "" {
				cost = -1 // just a variable stands between the quotes
			}
		default:
			continue
		}
		if closer == "}" {
			cost += 3
		}
		if line[n-1] == ' ' {
			cost += 4
		}
		if (closer == `"` || closer == "'") && (line[n-1] == ']' || line[n-1] == ';') || closer == "))" && (line[n-1] == ')' || strings.HasPrefix(rest, ")")) {
			cost += 3
		}
		out = append(out, m.insert("quote", start+n, closer, cost, false))
	}
	return out
}

func firstField(s string) string {
	if f := strings.Fields(s); len(f) > 0 {
		return f[0]
	}
	return ""
}

// innerPlaces end a substitution inside of a text: "${x and".
func (m *mender) innerPlaces(start int, line string) []idea {
	var out []idea
	for at := 0; len(out) < 10; {
		k := strings.Index(line[at:], "${")
		if k < 0 {
			break
		}
		at += k + 2
		n := at
		for n < len(line) && (nameByte(line[n]) || strings.IndexByte("#!@*[]:-$", line[n]) >= 0) {
			n++
		}
		if n == len(line) || line[n] != '}' {
			out = append(out, m.insert("quote", start+n, "}", 0, false))
		}
	}
	for at := 0; len(out) < 16; {
		k := strings.Index(line[at:], "$(")
		if k < 0 {
			break
		}
		at += k + 2
		for n := at; n <= len(line); n++ {
			if n == len(line) || line[n] == '"' {
				if strings.HasPrefix(line[at:], "(") && line[n-1] != ')' {
					out = append(out, m.insert("quote", start+n, "))", 0, false))
				}
				out = append(out, m.insert("quote", start+n, ")", 1, false))
				break
			}
		}
	}
	return out
}

// listEnd puts the bracket of a list over several lines where it is no longer
// indented.
func (m *mender) listEnd(start int) []idea {
	line := m.LineOf(start)
	n := line + 1
	for n <= m.Lines() && (m.Blank(n) || source.Width(m.Line(n), 8) > source.Width(m.Line(line), 8)) {
		n++
	}
	last := n - 1
	for last > line && m.Blank(last) {
		last--
	}
	return []idea{m.insert("bracket", m.Next(last), m.Indent(line)+")\n", 0, false)}
}

// heredocIdeas mend the word that ends a text.
func (m *mender) heredocIdeas(i int) []idea {
	t := m.tokens[i]
	for k := i - 1; k > 0; k-- {
		if m.tokens[k-1].text != "<<" && m.tokens[k-1].text != "<<-" {
			continue
		}
		w := strings.Trim(m.tokens[k].text, `"'\`)
		for n := m.LineOf(t.start); n <= m.Lines(); n++ {
			s := strings.TrimSpace(m.Line(n))
			if s != "" && source.Distance(strings.ToLower(s), strings.ToLower(w)) <= 1 {
				start, end := m.Bounds(n)
				return []idea{{rule: "heredoc", why: "the text ends with " + w + " alone in its line", edits: []nsbox.Edit{m.edit(start, end, w)}}}
			}
		}
		return nil
	}
	return nil
}
