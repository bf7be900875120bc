package ruby

import (
	"strings"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/internal/source"
)

// bracketIdeas close brackets that are open, and remove or open those that are
// not.
func (m *mender) bracketIdeas() []idea {
	var out []idea
	n := 0
	for _, b := range m.blocks {
		if n >= 3 || b.open >= 0 && b.close >= 0 {
			continue
		}
		switch {
		case b.open >= 0 && source.Closer(b.word) != "":
			out = append(out, m.closings(b)...)
		case b.open < 0 && b.word != "end":
			out = append(out, m.openings(b.close)...)
		default:
			continue
		}
		n++
	}
	return out
}

// closings are the places where the bracket of b may close.
func (m *mender) closings(b block) []idea {
	closer := source.Closer(b.word)
	line := m.line(b.open)
	end := b.open + 1
	for end < len(m.tokens) && m.tokens[end].Kind != source.Newline {
		end++
	}
	if end == b.open+1 || m.tokens[end-1].Text == "," && !m.outerCloser(b, end) || b.word == "{" && m.bodyBelow(line) && m.blockHead(b, end) {
		return m.closingLines(b, line)
	}
	var out []idea
	for k := b.open + 1; k <= end; k++ {
		empty := k == b.open+1 && (b.word == "(" || k == end || strings.Contains(")]}.", m.tokens[k].Text))
		if k > b.open+1 && !m.value(k-1) || k == b.open+1 && !empty {
			continue
		}
		text := closer
		if b.word == "{" && k > b.open+1 && m.Src[m.tokens[k-1].End-1] != ' ' && m.Src[m.tokens[b.open].End:][:1] == " " {
			text = " " + closer
		}
		if len(out) > 30 {
			break
		}
		out = append(out, m.insert("bracket", m.tokens[k-1].End, text, m.closeCost(b, k, end), false))
	}
	if m.line(b.open) < m.Lines() && m.bodyBelow(line) {
		for _, x := range m.closingLines(b, line) { // a list that begins on the line
			x.cost += 5
			out = append(out, x)
		}
	}
	return out
}

// outerCloser reports whether on the line of b something closes that was open
// before.
func (m *mender) outerCloser(b block, end int) bool {
	for k := b.open + 1; k < end; k++ {
		if open, ok := m.pairs[k]; ok && open < b.open {
			return true
		}
	}
	return false
}

// blockHead reports whether the line that ends before token end has just the head
// of block b: its brace, and its parameters.
func (m *mender) blockHead(b block, end int) bool {
	return end == b.open+1 || m.tokens[b.open+1].Text == "|" && m.barEnd(b.open+1) == end-1
}

// bodyBelow reports whether the line below is indented more.
func (m *mender) bodyBelow(line int) bool {
	n := line + 1
	for n <= m.Lines() && m.Blank(n) {
		n++
	}
	return n <= m.Lines() && source.Width(m.Line(n), 8) > source.Width(m.Line(line), 8)
}

// likeSibling reports whether the list from open to token k has as many elements
// as the list before it, which is an element of the same list.
func (m *mender) likeSibling(open, k int) bool {
	if open < 2 || m.tokens[open-1].Text != "," || m.tokens[open-2].Text != "]" {
		return false
	}
	before, ok := m.pairs[open-2]
	return ok && m.elements(before, open-2) == m.elements(open, k)
}

// innermost is the token of the bracket that is open before token k, -1 if none.
func (m *mender) innermost(k int) int {
	depth := 0
	for i := k - 1; i >= 0 && i > k-200; i-- {
		switch m.tokens[i].Text {
		case ")", "]", "}":
			depth++
		case "(", "[", "{":
			if depth == 0 {
				return i
			}
			depth--
		}
	}
	return -1
}

// elements counts those of the list that opens at token open and ends before
// token end.
func (m *mender) elements(open, end int) int {
	n, depth := 1, 0
	for i := open + 1; i < end; i++ {
		switch m.tokens[i].Text {
		case "(", "[", "{":
			depth++
		case ")", "]", "}":
			depth--
		case ",":
			if depth == 0 {
				n++
			}
		}
	}
	return n
}

var comparing = set("== != < > <= >= && || ? and or =~ <=>")

// closeCost is how unlikely b closes before token k; end is the line's end.
func (m *mender) closeCost(b block, k, end int) int {
	a := m.tokens[k-1]
	var t source.Token
	blanks := 0
	if k < len(m.tokens) {
		t = m.tokens[k]
		blanks = t.Start - a.End
	}
	index := b.word == "[" && b.open > 0 && m.tokens[b.open-1].End == m.tokens[b.open].Start && m.value(b.open-1)
	cost := 8
	if b.word == "[" && t.Text == "," && k+1 < len(m.tokens) && m.tokens[k+1].Text == "[" && m.likeSibling(m.innermost(k), k) {
		return 0
	}
	switch {
	case k == end || t.Text == "do" || t.Text == "then" || modifiers[t.Text] || t.Text == "rescue":
		cost = 2
		if k == end && m.texty2(b) && m.nextText(b, k, end) {
			cost = 4
		}
	case t.Text == "{" && k+1 < len(m.tokens) && m.tokens[k+1].Text == "|":
		cost = 2
	case strings.Contains(")]}", t.Text):
		cost = 3
	case comparing[t.Text]:
		cost = 5
		if index {
			cost = 0
		}
	case t.Text == "=" || t.Text == "+=" || t.Text == "-=" || t.Text == "<<" || t.Text == "||=" || t.Text == "=>":
		cost = 0
	case t.Text == "[" && index && blanks == 0:
		cost = 4
		if k <= b.open+2 {
			cost = 0
		}
	case t.Text == ".":
		cost = 6
		if b.word == "(" && k == b.open+2 && (a.Kind == source.Number || a.Kind == source.String && (a.Text[0] == ':' || a.Text[0] == '/')) {
			cost = 1
		}
		if index && k == b.open+2 && a.Kind == source.String {
			cost = 0
		}
		if b.word == "[" && !index && a.Kind != source.Word || b.word == "{" && !m.itemList(m.inside[b.open+1]) {
			cost = 1
		}
	case t.Text == ",":
		cost = 7
		if index || b.word == "{" && blanks > 0 {
			cost = 1
		}
	case strings.Contains("+ - * / %", t.Text):
		cost = 6
		if k+1 < len(m.tokens) && m.tokens[k+1].Kind == source.String {
			cost = 3
		}
		if index && blanks > 0 && !(k+1 < len(m.tokens) && m.tokens[k+1].Kind == source.Number) {
			cost = 1
		}
	}
	if n, ok := m.takes(b); ok && b.word == "(" {
		if m.listed(b.open, k) == n {
			cost -= 3
		} else {
			cost += 6
		}
	}
	if b.word == "(" && m.grouping(b) {
		switch {
		case k == end && (m.first(b.open) || b.open > 0 && (m.tokens[b.open-1].Text == "=" || m.tokens[b.open-1].Text == "return")):
			cost += 6 // brackets around all would say nothing
		case factors[t.Text] && m.summed(b.open, k):
			cost = 1
		}
	}
	// Where a bracket was cut off, its blanks stay.
	if k == end && m.Src[a.End:min(a.End+1, len(m.Src))] == " " || k < end && (t.Text == "." || t.Text == "," || t.Text == ")") && blanks > 0 || k < end && blanks > 1 {
		cost -= 3
	}
	return cost
}

var factors = set("* / % ** .")

// grouping reports whether the bracket of b is no call's.
func (m *mender) grouping(b block) bool {
	return b.open == 0 || m.tokens[b.open-1].Kind != source.Word || keywords[m.tokens[b.open-1].Text] || m.tokens[b.open-1].End != m.tokens[b.open].Start
}

// summed reports whether before token k there is a sum that a bracket behind it
// would keep from what follows.
func (m *mender) summed(open, k int) bool {
	for i := k - 1; i > open && m.tokens[i].Text != "("; i-- {
		if m.tokens[i].Text == "+" || m.tokens[i].Text == "-" {
			return true
		}
		if factors[m.tokens[i].Text] {
			return false
		}
	}
	return false
}

// takes is the number of arguments that the method of the program takes which is
// called with the bracket of b.
func (m *mender) takes(b block) (n int, ok bool) {
	if b.open == 0 || m.tokens[b.open-1].Kind != source.Word || m.tokens[b.open-1].End != m.tokens[b.open].Start {
		return 0, false
	}
	name := m.tokens[b.open-1].Text
	if name == "new" && b.open >= 3 {
		cl := m.classes[m.tokens[b.open-3].Text]
		for cl != nil {
			if n, ok := cl.arity["initialize"]; ok {
				return n, n >= 0
			}
			cl = m.parent(cl)
		}
		return 0, false
	}
	found := -1
	for _, cl := range append([]*class{m.main}, m.ownClasses()...) {
		if k, ok := cl.arity[name]; ok {
			if found >= 0 && found != k {
				return 0, false
			}
			found = k
		}
	}
	return found, found >= 0
}

func (m *mender) ownClasses() []*class {
	var out []*class
	for _, n := range m.order {
		out = append(out, m.classes[n])
	}
	return out
}

// listed counts the arguments from the bracket at token open up to token k.
func (m *mender) listed(open, k int) int {
	n := 0
	for i := open + 1; i < k && i < len(m.tokens); i++ {
		if n == 0 {
			n = 1
		}
		if m.tokens[i].Text == "," && m.inside[i] == m.inside[open+1] {
			n++
		}
	}
	return n
}

// texty2 reports whether the bracket is a call's in a sum of texts.
func (m *mender) texty2(b block) bool {
	for k := b.open - 1; k > 0 && m.tokens[k].Kind != source.Newline; k-- {
		if m.tokens[k].Text == "+" && m.tokens[k-1].Kind == source.String {
			return true
		}
	}
	return false
}

// nextText reports whether a text is added after the first argument of b.
func (m *mender) nextText(b block, k, end int) bool {
	for i := b.open + 1; i+1 < end; i++ {
		if m.tokens[i].Text == "+" && m.tokens[i+1].Kind == source.String {
			return true
		}
	}
	return false
}

// closingLines puts the closing bracket on a line of its own, where the
// indentation says that the list ends.
func (m *mender) closingLines(b block, line int) []idea {
	width := source.Width(m.Line(line), 8)
	n := line + 1
	for n <= m.Lines() && (m.Blank(n) || source.Width(m.Line(n), 8) > width) {
		n++
	}
	last := n - 1
	for last > line && m.Blank(last) {
		last--
	}
	at := m.Next(last)
	text := m.Indent(line) + source.Closer(b.word) + "\n"
	if at == len(m.Src) && at > 0 && m.Src[at-1] != '\n' {
		text = "\n" + strings.TrimSuffix(text, "\n")
	}
	out := []idea{m.insert("bracket", at, text, 1, false)}
	if n <= m.Lines() && strings.HasPrefix(strings.TrimSpace(m.Line(n)), ".") || n <= m.Lines() && strings.HasPrefix(strings.TrimSpace(m.Line(n)), ")") {
		start, _ := m.Bounds(n)
		out = append(out, m.insert("bracket", start+len(m.Indent(n)), source.Closer(b.word), 0, false))
	}
	_, end := m.Bounds(last)
	return append(out, m.insert("bracket", end, source.Closer(b.word), 3, false))
}

// openings remove the closing bracket at token i, or open it.
func (m *mender) openings(i int) []idea {
	t := m.tokens[i]
	out := []idea{{rule: "bracket", why: t.Text + " closes nothing", cost: 4, edits: []nsbox.Edit{m.edit(t.Start, t.End, "")}}}
	if t.Text == "}" && m.first(i) {
		out = append(out, m.replace("keyword", i, i+1, "end", 1, false))
	}
	opener := map[string]string{")": "(", "]": "[", "}": "{"}[t.Text]
	for k := i - 1; k >= 0 && m.tokens[k].Kind != source.Newline && len(out) < 10; k-- {
		a, b := m.tokens[k], m.tokens[k+1]
		switch {
		case t.Text == "}" && b.Text == "|" && m.barEnd(k+1) > k+1 && m.barEnd(k+1) < i && (a.Kind == source.Word || a.Text == ")") && a.Text != "do":
			out = append(out, m.insert("bracket", b.Start, "{ ", 0, false))
		case t.Text == ")" && a.Kind == source.Word && !keywords[a.Text] && b.Start == a.End+1 && b.Kind != source.Punct:
			out = append(out, idea{rule: "bracket", why: "( is missing", cost: 2, edits: []nsbox.Edit{m.edit(a.End, b.Start, opener)}})
		case t.Text == ")" && a.Kind == source.Word && !keywords[a.Text] && b.Start == a.End && b.Kind != source.Punct, t.Text == ")" && (a.Text == "=" || a.Text == "return"),
			t.Text == "]" && (a.Text == "=" || a.Text == "return" || a.Text == "(" || a.Text == "in"):
			out = append(out, m.insert("bracket", b.Start, opener, 2, false))
		}
	}
	return out
}
