package ruby

import (
	"slices"
	"strings"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/internal/source"
)

// operandEnd returns the token after the value that begins at token k: a name or
// literal with the calls and indexes that follow it. It is k where none begins.
func (c *code) operandEnd(k int) int {
	if k >= len(c.tokens) {
		return k
	}
	switch t := c.tokens[k]; {
	case t.Kind == source.Word && !keywords[t.Text] || t.Kind == source.Number || t.Kind == source.String || t.Text == "self" || t.Text == "nil":
		k++
	case t.Text == "(" || t.Text == "[":
		close := c.closeOf(k)
		if close < 0 {
			return k
		}
		k = close + 1
	default:
		return k
	}
	for k < len(c.tokens) {
		switch t := c.tokens[k]; {
		case (t.Text == "." || t.Text == "&." || t.Text == "::") && k+1 < len(c.tokens) && c.tokens[k+1].Kind == source.Word:
			k += 2
		case (t.Text == "(" || t.Text == "[") && t.Start == c.tokens[k-1].End:
			close := c.closeOf(k)
			if close < 0 {
				return k
			}
			k = close + 1
		case t.Text == "{" && c.tokens[k-1].Kind == source.Word && c.closeOf(k) >= 0 && k > 1 && c.tokens[k-2].Text == ".":
			k = c.closeOf(k) + 1
		default:
			return k
		}
	}
	return k
}

// operandStart returns the token with which the value begins that ends with
// token k.
func (c *code) operandStart(k int) int {
	for k >= 0 {
		switch t := c.tokens[k]; {
		case t.Text == ")" || t.Text == "]" || t.Text == "}":
			open := c.openOf(k)
			if open < 0 {
				return k
			}
			k = open
			if k == 0 || c.tokens[k-1].End != c.tokens[k].Start && t.Text != "}" || c.tokens[k-1].Kind != source.Word && !strings.Contains(")]", c.tokens[k-1].Text) || keywords[c.tokens[k-1].Text] {
				return k
			}
			k--
			continue
		case t.Kind == source.Word || t.Kind == source.String || t.Kind == source.Number:
		default:
			return k + 1
		}
		if k >= 2 && (c.tokens[k-1].Text == "." || c.tokens[k-1].Text == "&." || c.tokens[k-1].Text == "::") {
			k -= 2
			continue
		}
		return k
	}
	return 0
}

func (c *code) closeOf(open int) int { return c.partner(open) }

func (c *code) openOf(close int) int { return c.partner(close) }

func (c *code) partner(i int) int {
	if k, ok := c.pairs[i]; ok {
		return k
	}
	return -1
}

// onLine returns the indexes of the code tokens on a line that are text.
func (c *code) onLine(line int, text string) []int {
	if line < 1 || line > c.Lines() {
		return nil
	}
	start, end := c.Bounds(line)
	var out []int
	for i := source.At(c.tokens, start); i < len(c.tokens) && c.tokens[i].Start < end; i++ {
		if c.tokens[i].Text == text {
			out = append(out, i)
		}
	}
	return out
}

// conversion mends texts and numbers that are added.
func (m *mender) conversion(msg string) {
	switch {
	case strings.HasPrefix(msg, "no implicit conversion of nil"), strings.HasPrefix(msg, "nil can't be coerced"), strings.HasPrefix(msg, "no implicit conversion from nil"):
		m.nilNames()
	case strings.HasPrefix(msg, "no implicit conversion of ") && strings.HasSuffix(msg, " into String"):
		m.textPlus()
	case strings.HasPrefix(msg, "String can't be coerced into "):
		m.numberPlus()
	case strings.HasPrefix(msg, "wrong argument type String (expected"):
		if i, ok := m.only("include"); ok && m.after(i).Kind == source.String {
			m.swap("require", nsbox.RankLocal, m.deep[i], "require")
		}
	}
}

// textPlus makes texts of what is added to a text: of what is a number for sure,
// else of all that is not a text for sure, to which it does nothing.
func (m *mender) textPlus() {
	var sure, maybe []nsbox.Edit
	pluses := append(m.onLine(m.d.Line, "+"), m.onLine(m.d.Line, "+=")...)
	known := slices.ContainsFunc(pluses, func(i int) bool { return m.texty(i) == 2 })
	for _, plus := range pluses {
		if plus == 0 || plus+1 >= len(m.tokens) || m.texty(plus) == 0 || known && m.texty(plus) < 2 {
			continue
		}
		end := m.operandEnd(plus + 1)
		if end == plus+1 || m.isText(plus+1, end) {
			continue
		}
		first, wrap := m.tokens[plus+1].Start, false
		number := m.isNumber(plus+1, end)
		for end < len(m.tokens) && slices.Contains([]string{"*", "/", "%", "-", "**"}, m.tokens[end].Text) {
			next := m.operandEnd(end + 1)
			if next == end+1 {
				break
			}
			end, wrap, number = next, true, true
		}
		last := m.tokens[end-1].End
		edits := []nsbox.Edit{m.edit(last, last, ".to_s")}
		if wrap {
			edits = []nsbox.Edit{m.edit(first, first, "("), m.edit(last, last, ").to_s")}
		}
		if number {
			sure = append(sure, edits...)
		}
		maybe = append(maybe, edits...)
	}
	if len(sure) > 0 {
		m.add("to-s", nsbox.RankLocal, "a text is added to texts alone", sure...)
	} else if len(maybe) > 0 {
		m.add("to-s", nsbox.RankLocal, "a text is added to texts alone", maybe...)
	}
}

// numbers are methods whose result is a number.
var numbers = set("size length count sum to_i to_f round floor ceil abs ord index hash year month day min_by divmod fdiv")

// isNumber reports whether the value from token start up to end is sure to be a
// number.
func (m *mender) isNumber(start, end int) bool {
	t := m.tokens[start]
	if end == start+1 && t.Kind == source.Word {
		for i, x := range m.tokens {
			if x.Text == t.Text && i+2 < len(m.tokens) && m.tokens[i+1].Text == "=" && m.tokens[i+2].Kind == source.Number {
				return true
			}
		}
		return false
	}
	if t.Kind == source.Number && end == start+1 {
		return true
	}
	k := end - 1
	if m.tokens[k].Text == ")" && m.openOf(k) > start {
		k = m.openOf(k) - 1
	}
	return k > start && m.tokens[k-1].Text == "." && numbers[m.tokens[k].Text]
}

// texty tells whether the operator at token plus adds to a text: 2 is sure, 1 is
// possible, 0 is not so.
func (m *mender) texty(plus int) int {
	if m.tokens[plus].Text == "+=" {
		return 1
	}
	for k := plus; ; {
		start := m.operandStart(k - 1)
		if start >= k {
			return 1
		}
		if m.isText(start, k) {
			return 2
		}
		if start == 0 || m.tokens[start-1].Text != "+" {
			if m.isNumber(start, k) {
				return 0
			}
			return 1
		}
		k = start - 1
	}
}

// texts are methods whose result is a text.
var texts = set(`to_s inspect join upcase downcase capitalize strip chomp reverse gsub sub center ljust rjust format sprintf name chr strftime swapcase tr squeeze lstrip rstrip`)

// isText reports whether the value from token start up to end is sure to be a
// text.
func (m *mender) isText(start, end int) bool {
	t := m.tokens[start]
	switch {
	case end == start+1 && t.Kind == source.String:
		return t.Text[0] != ':' && t.Text[0] != '/'
	case end == start+1 && t.Kind == source.Word:
		return m.assignedText(t.Text)
	}
	k := end - 1
	if m.tokens[k].Text == ")" && m.openOf(k) > start {
		k = m.openOf(k) - 1
	}
	return texts[m.tokens[k].Text] && (k == start || m.tokens[k-1].Text == ".")
}

// assignedText reports whether a text is assigned to a variable of that name,
// and nothing else.
func (m *mender) assignedText(name string) bool {
	yes := false
	for i, t := range m.tokens {
		if t.Text != name || i+2 >= len(m.tokens) || m.tokens[i+1].Text != "=" {
			continue
		}
		v := m.tokens[i+2]
		if v.Kind != source.String || v.Text[0] == ':' || v.Text[0] == '/' || numeric(v.Text) {
			return false
		}
		end := m.operandEnd(i + 2)
		if end > i+3 && !texts[m.tokens[end-1].Text] {
			return false
		}
		yes = true
	}
	return yes
}

// numeric reports whether a literal text has just a number.
func numeric(literal string) bool {
	s := strings.Trim(literal, `"'`)
	return strings.ContainsAny(s, "0123456789") && strings.Trim(s, "0123456789.-+ ") == ""
}

// numberPlus makes a text of a number that texts are added to.
func (m *mender) numberPlus() {
	for _, plus := range m.onLine(m.d.Line, "+") {
		end := m.operandEnd(plus + 1)
		if plus == 0 || end == plus+1 {
			continue
		}
		if !m.isText(plus+1, end) || m.tokens[plus+1].Kind == source.String && numeric(m.tokens[plus+1].Text) {
			m.inputNumber(plus + 1)
			if m.done() {
				return
			}
			continue
		}
		start, last := m.operandStart(plus-1), m.tokens[plus-1].End
		wrap := false
		for start > 1 && slices.Contains([]string{"+", "-", "*", "/", "%", "**"}, m.tokens[start-1].Text) {
			before := m.operandStart(start - 2)
			if before >= start-1 {
				break
			}
			if m.isText(before, start-1) {
				return
			}
			start, wrap = before, true
		}
		if wrap {
			m.add("to-s", nsbox.RankLocal, "a text is added to texts alone", m.edit(m.tokens[start].Start, m.tokens[start].Start, "("), m.edit(last, last, ").to_s"))
		} else {
			m.add("to-s", nsbox.RankLocal, "a text is added to texts alone", m.edit(last, last, ".to_s"))
		}
		return
	}
}

// inputNumber makes a number of what was read from a person or is a text with a
// number.
func (m *mender) inputNumber(k int) {
	name := m.tokens[k].Text
	if m.tokens[k].Kind != source.Word {
		return
	}
	for i, t := range m.tokens {
		if t.Text != name || i+2 >= len(m.tokens) || m.tokens[i+1].Text != "=" || m.tokens[i+2].Text != "gets" {
			continue
		}
		end := m.tokens[m.operandEnd(i+2)-1]
		m.add("to-i", nsbox.RankLocal, "gets returns a text", m.edit(end.End, end.End, ".to_i"))
		return
	}
}

// onNil mends a call of a method of nil: by a name that is never set, or a
// class's name without its capital letter.
func (m *mender) onNil(name string, i int, found bool) {
	if found && i >= 2 && name == "new" && m.before(i).Text == "." {
		recv := m.deep[i-2]
		for _, c := range append(append([]string{}, m.consts...), lib().consts...) {
			if c != recv.Text && strings.EqualFold(c, recv.Text) {
				m.swap("case", nsbox.RankLocal, recv, c)
				return
			}
		}
	}
	m.nilNames()
	if !m.done() {
		m.nilKeys()
	}
}

// nilNames looks on the line for variables that nothing sets, whose names are
// nearly those of others, or the reverse.
func (m *mender) nilNames() {
	start, end := m.Bounds(m.d.Line)
	set := m.setVariables()
	for _, t := range m.deep {
		if t.Start < start || t.Start >= end || t.Kind != source.Word || set[t.Text] || keywords[t.Text] {
			continue
		}
		c := &choices{}
		switch {
		case t.Text[0] == '@' || t.Text[0] == '$':
			for _, v := range append(append([]string{}, m.ivars...), m.globals...) {
				if set[v] && v[0] == t.Text[0] {
					c.add(v, true, true, 1)
				}
			}
		case m.isLocal(t):
			for _, v := range m.visible(m.tokenAt(t.Start)) {
				if set[v] {
					c.add(v, true, true, 1)
				}
			}
		default:
			continue
		}
		best, ok := clear(c.nearest(t.Text))
		if !ok {
			continue
		}
		from, to := t.Text, best.name
		if m.uses[best.name] == 1 && (m.uses[t.Text] > 1 || m.uses[strings.TrimLeft(t.Text, "@")] > 0 && t.Text[0] == '@') {
			from, to = to, from
		}
		var edits []nsbox.Edit
		for _, x := range m.deep {
			if x.Text == from && x.Kind == source.Word {
				edits = append(edits, m.edit(x.Start, x.End, to))
			}
		}
		m.add("near-variable", nsbox.RankLocal, from+" -> "+to, edits...)
		return
	}
}

// setVariables are the variables that are given a value other than by an
// operator such as "+=", which needs one.
func (m *mender) setVariables() map[string]bool {
	out := map[string]bool{}
	for i, t := range m.tokens {
		if t.Kind != source.Word || i+1 >= len(m.tokens) {
			continue
		}
		if next := m.tokens[i+1].Text; next == "=" || next == "||=" || m.parameter(i) || next == "," && m.sets(i) || i > 0 && m.tokens[i-1].Text == "," && m.sets(i) ||
			i > 0 && (m.tokens[i-1].Text == "for" || m.tokens[i-1].Text == "=>" || m.tokens[i-1].Text == "in") {
			out[t.Text] = true
		}
	}
	for _, cl := range m.classes { // attr_writer sets them from outside
		for _, n := range cl.methods {
			if strings.HasSuffix(n, "=") {
				out["@"+strings.TrimSuffix(n, "=")] = true
			}
		}
	}
	return out
}

func (m *mender) isLocal(t source.Token) bool {
	return slices.ContainsFunc(m.locals, func(l local) bool { return l.name == t.Text })
}
