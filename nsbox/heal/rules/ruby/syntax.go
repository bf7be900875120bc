package ruby

import (
	"slices"
	"strings"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/internal/source"
)

// idea is a change that may make a program well-formed.
type idea struct {
	rule, why string
	edits     []nsbox.Edit
	// cost is how unlikely the change is among those of its kind.
	cost int
	// told is set where the parser's message points at the change: it may leave
	// the shape as it is.
	told bool
	sick int // the health of the program with it
}

// maxIdeas bounds the changes that are tried: each takes time as the program is
// long.
const maxIdeas = 60

// syntax proposes for a program that is not well-formed: all rules give their
// ideas, and those with which the program is in the best shape come first.
func (m *mender) syntax() {
	if strings.Contains(m.d.Message, "nvalid") || strings.Contains(m.d.Message, "unexpected") {
		m.characters()
	}
	m.regexps()
	if m.done() {
		return
	}
	var all []idea
	for _, rule := range []func() []idea{
		m.foreignIdeas, m.keywordIdeas, m.doIdeas, m.quoteIdeas, m.bracketIdeas, m.commaIdeas, m.operatorIdeas, m.endIdeas,
	} {
		all = append(all, rule()...)
	}
	base := m.health()
	var good []idea
	for _, x := range all[:min(len(all), maxIdeas)] {
		out, err := nsbox.Apply([]nsbox.File{{Name: m.file, Data: []byte(m.Src)}}, x.edits)
		if err != nil {
			continue
		}
		after := newCode(string(out[0].Data))
		x.sick = after.health()
		if x.sick < base || x.told && x.sick <= base {
			x.cost += m.strangers(after, x)
			good = append(good, x)
		}
	}
	slices.SortStableFunc(good, func(a, b idea) int {
		if a.sick != b.sick {
			return a.sick - b.sick
		}
		return a.cost - b.cost
	})
	m.sound = len(good) > 0 && good[0].sick == 0
	if len(good) > 0 && !m.sound && m.depth < maxDepth {
		m.both(good[0])
	}
	for i, x := range good {
		rank := nsbox.RankStructural
		if i == 0 {
			rank = nsbox.RankLocal
		}
		m.add(x.rule, rank, x.why, x.edits...)
	}
}

// maxDepth bounds the mistakes that are mended at once.
const maxDepth = 3

// both proposes first with what else the program needs to be well-formed, where
// it is not so with first alone, as one change.
func (m *mender) both(first idea) {
	files, err := nsbox.Apply([]nsbox.File{{Name: m.file, Data: []byte(m.Src)}}, slices.Clone(first.edits))
	if err != nil {
		return
	}
	next := &mender{problem: m.problem, d: m.d, file: m.file, program: newProgram(string(files[0].Data)), depth: m.depth + 1}
	if next.syntax(); len(next.fixes) == 0 || !next.sound {
		return
	}
	if files, err = nsbox.Apply(files, next.fixes[0].Edits); err != nil {
		return
	}
	m.sound = true
	m.add(first.rule, nsbox.RankLocal, first.why+"; "+next.fixes[0].Explanation, m.change(string(files[0].Data)))
}

// change is the edit that makes the whole program to.
func (m *mender) change(to string) nsbox.Edit {
	from, head, tail := m.Src, 0, 0
	for head < min(len(from), len(to)) && from[head] == to[head] {
		head++
	}
	for tail < min(len(from), len(to))-head && from[len(from)-1-tail] == to[len(to)-1-tail] {
		tail++
	}
	return m.edit(head, len(from)-tail, to[head:len(to)-tail])
}

// strangers counts words that an idea leaves on its line outside of strings and
// that nobody knows: then it is text that was not meant as code.
func (m *mender) strangers(after *code, x idea) int {
	if x.rule != "quote" {
		return 0
	}
	line := after.LineOf(x.edits[0].Start)
	start, end := after.Bounds(line)
	n := 0
	for i, t := range after.tokens {
		if t.Start >= start && t.Start < end && t.Kind == source.String && quoted(t.Text) && m.codeLike(t.Text[1:]) {
			n += 3
		}
		if t.Start < start || t.Start >= end || t.Kind != source.Word || keywords[t.Text] || t.Text[0] == '@' || after.label(i) || popular()[t.Text] > 0 {
			continue
		}
		if m.written()[t.Text] < 2 && !slices.Contains(lib().consts, t.Text) && !(i > 0 && after.tokens[i-1].Text == ".") {
			n += 2
		}
	}
	return n
}

// written counts the words of the whole text, those in strings among them: where
// a quote is missing, code is taken for text.
func (m *mender) written() map[string]int {
	if m.counts == nil {
		m.counts = map[string]int{}
		for i := 0; i < len(m.Src); i++ {
			n := i
			for n < len(m.Src) && wordByte(m.Src[n]) {
				n++
			}
			if n > i {
				m.counts[m.Src[i:n]]++
				i = n
			}
		}
	}
	return m.counts
}

// codeLike reports whether the text of a string looks as if it were code between
// two strings: calls, sums with names that are known, keys.
func (m *mender) codeLike(s string) bool {
	if strings.Contains(s, ").") || strings.HasPrefix(s, ", ") && len(s) > 3 || strings.HasPrefix(s, ")") && len(s) > 2 || strings.HasSuffix(s, "(\"") || strings.Contains(s, " => ") {
		return true
	}
	for i := 0; i < len(s); i++ {
		n := i + 1
		for n < len(s) && (s[n] == ' ' && s[n-1] != ' ' || wordByte(s[n])) {
			n++
		}
		w := strings.TrimSpace(s[i+1 : n])
		next := byte(0)
		if n < len(s) {
			next = s[n]
		}
		switch s[i] {
		case '.':
			if w != "" && w[0] >= 'a' && i > 0 && wordByte(s[i-1]) && (next == '(' || next == '"' && len(w) > 3 && lib().has("String#", w) || (next == '?' || next == '!') && n+1 < len(s) && s[n+1] == '(' || popular()[w] > 60 && m.written()[w] > 1) {
				return true
			}
		case '+':
			if i > 0 && s[i-1] == ' ' && w != "" && m.written()[w] > 1 {
				return true
			}
		case ',':
			if next == ':' && w != "" && m.written()[w] > 1 {
				return true
			}
		}
	}
	return false
}

// characters replaces quotes and blanks that word processors write.
func (m *mender) characters() {
	var edits []nsbox.Edit
	for i, r := range m.Src {
		to := ""
		switch r {
		case '“', '”', '„':
			to = `"`
		case '‘', '’':
			to = "'"
		case '\u00a0', '\u3000', '\u2009':
			to = " "
		case '\u200b', '\ufeff':
			to = ""
		case '，':
			to = ","
		case '（':
			to = "("
		case '）':
			to = ")"
		case '：':
			to = ":"
		case '；':
			to = ";"
		default:
			continue
		}
		if k := source.At(m.all, i); to != `"` && to != "'" && k < len(m.all) && (m.all[k].Kind == source.String || m.all[k].Kind == source.Comment) && m.all[k].Start <= i {
			continue
		}
		edits = append(edits, m.edit(i, i+len(string(r)), to))
	}
	if len(edits) > 0 {
		m.add("characters", nsbox.RankLocal, "quotes and blanks as programs have them", edits...)
	}
}

// regexps closes a set of characters in a regular expression: before what says
// how often it comes, or at the end.
func (m *mender) regexps() {
	if !strings.HasPrefix(m.d.Message, "premature end of char-class") {
		return
	}
	start, end := m.Bounds(m.d.Line)
	for _, t := range m.all {
		if t.Start < start || t.Start >= end || t.Kind != source.String || t.Text[0] != '/' {
			continue
		}
		open := strings.LastIndexByte(t.Text, '[')
		if open < 0 || strings.Contains(t.Text[open:], "]") {
			continue
		}
		at := open + 1 + strings.IndexAny(t.Text[open+1:], "+*?{/$")
		if at > open+1 {
			m.add("bracket", nsbox.RankLocal, "a set of characters ends with ]", m.edit(t.Start+at, t.Start+at, "]"))
		}
	}
}

// operatorIdeas are about "=" for "==", "=<" for "<=" and their like, and "i++".
func (m *mender) operatorIdeas() []idea {
	var out []idea
	for _, line := range []int{m.d.Line, m.d.Line - 1} {
		for _, i := range m.onLine(line, "=") {
			if line == m.d.Line && strings.Contains(m.d.Message, "unexpected '='") && m.afterOperand(i) {
				out = append(out, m.replace("equals", i, i+1, "==", 0, true))
			}
			if i+1 < len(m.tokens) && m.tokens[i+1].Start == m.tokens[i].End {
				if to := map[string]string{"<": "<=", "!": "!=", ">": ">="}[m.tokens[i+1].Text]; to != "" {
					out = append(out, m.replace("operator", i, i+2, to, 0, true))
				}
			}
		}
		for _, sign := range []string{"+", "-"} {
			for _, i := range m.onLine(line, sign) {
				if i > 0 && i+1 < len(m.tokens) && m.tokens[i+1].Text == sign && m.tokens[i+1].Start == m.tokens[i].End && m.tokens[i-1].Kind == source.Word &&
					(i+2 >= len(m.tokens) || m.tokens[i+2].Kind == source.Newline || strings.Contains("};)", m.tokens[i+2].Text)) {
					out = append(out, m.replace("increment", i, i+2, " "+sign+"= 1", 0, true))
				}
			}
		}
		for _, i := range m.onLine(line, "!=") {
			if i+1 < len(m.tokens) && m.tokens[i+1].Text == "=" && m.tokens[i+1].Start == m.tokens[i].End {
				out = append(out, m.replace("operator", i, i+2, "!=", 0, true))
			}
		}
		for _, i := range m.onLine(line, "<") {
			if i+1 < len(m.tokens) && m.tokens[i+1].Text == ">" && m.tokens[i+1].Start == m.tokens[i].End {
				out = append(out, m.replace("operator", i, i+2, "!=", 0, true))
			}
		}
	}
	return out
}

// afterOperand reports whether the "=" at token i follows what can't be assigned
// to, or the message is about this one.
func (m *mender) afterOperand(i int) bool {
	if i == 0 {
		return false
	}
	if m.d.Column > 0 {
		at, _ := m.Offset(m.d.Line, m.d.Column)
		return m.tokens[i].Start == at
	}
	return m.tokens[i-1].Kind == source.Number || m.tokens[i-1].Text == ")"
}

// replace makes an idea of replacing the tokens from i up to end.
func (m *mender) replace(rule string, i, end int, text string, cost int, told bool) idea {
	first, last := m.tokens[i], m.tokens[end-1]
	return idea{rule: rule, why: m.Src[first.Start:last.End] + " -> " + strings.TrimSpace(text), edits: []nsbox.Edit{m.edit(first.Start, last.End, text)}, cost: cost, told: told}
}

// insert makes an idea of an insertion.
func (m *mender) insert(rule string, at int, text string, cost int, told bool) idea {
	line, _ := m.Place(at)
	return idea{rule: rule, why: "line " + itoa(line) + ": " + strings.TrimSpace(text) + " is missing", edits: []nsbox.Edit{m.edit(at, at, text)}, cost: cost, told: told}
}

// value reports whether token i ends or is a value.
func (m *mender) value(i int) bool {
	if i < 0 || i >= len(m.tokens) {
		return false
	}
	t := m.tokens[i]
	return t.Kind == source.Number || t.Kind == source.String || t.Kind == source.Word && (!keywords[t.Text] || valueWords[t.Text]) || strings.Contains(")]}", t.Text) && t.Kind == source.Punct
}

// commaIdeas put commas between values that stand beside each other.
func (m *mender) commaIdeas() []idea {
	var out []idea
	first, _ := m.Bounds(max(m.d.Line-2, 1))
	_, last := m.Bounds(min(m.d.Line+1, m.Lines()))
	pointed := -1
	if m.d.Column > 0 {
		at, _ := m.Offset(m.d.Line, m.d.Column)
		pointed = m.tokenAt(at)
	}
	for i := source.At(m.tokens, first); i < len(m.tokens) && m.tokens[i].Start < last; i++ {
		prev := i - 1
		for prev >= 0 && m.tokens[prev].Kind == source.Newline {
			prev--
		}
		if prev < 0 {
			continue
		}
		bracket := m.inside[i] >= 0 && source.Closer(m.blocks[m.inside[i]].word) != ""
		switch t := m.tokens[i]; {
		case prev == i-1 && t.Kind == source.Word && m.tokens[prev].Kind == source.Word && m.parameter(i) && m.parameter(prev):
			out = append(out, m.insert("comma", m.tokens[prev].End, ",", 0, true))
		case prev == i-1 && prev > 0 && m.tokens[prev].Text == ":" && m.label(prev-1) && t.Kind == source.Word && m.label(i):
			out = append(out, m.insert("comma", m.tokens[prev].End, ",", 0, true))
		case !m.value(prev) || t.Kind == source.Newline || t.Kind == source.Punct && !strings.Contains("[{", t.Text) || keywords[t.Text] && !valueWords[t.Text]:
		case prev == i-1 && m.clash(i):
			out = append(out, m.insert("comma", m.tokens[prev].End, ",", 0, true))
		case prev == i-1 && bracket && (i == pointed || m.isLocal(m.tokens[prev]) && m.tokens[prev].Kind == source.Word && t.Kind != source.Punct):
			out = append(out, m.insert("comma", m.tokens[prev].End, ",", 1, true))
		case prev == i-1 && bracket && m.line(i) == m.d.Line && t.Kind == source.Word && m.isLocal(t) && strings.Contains(m.d.Message, "unexpected local variable"):
			out = append(out, m.insert("comma", m.tokens[prev].End, ",", 1, true))
		case prev == i-1 && i == pointed && t.Kind != source.Punct:
			out = append(out, m.insert("comma", m.tokens[prev].End, ",", 2, true))
		case prev < i-1 && bracket && m.blocks[m.inside[i]].open < prev && m.itemList(m.inside[i]):
			out = append(out, m.insert("comma", m.tokens[prev].End, ",", 0, true))
		}
	}
	return out
}

// itemList reports whether block b is a list with commas, rather than the
// statements of a block.
func (m *mender) itemList(b int) bool {
	open := m.blocks[b].open
	if m.blocks[b].word == "{" && open+1 < len(m.tokens) && (m.tokens[open+1].Text == "|" || open > 0 && (m.tokens[open-1].Kind == source.Word && !keywords[m.tokens[open-1].Text] || m.tokens[open-1].Text == ")")) {
		return false
	}
	for k := open + 1; k < len(m.tokens) && k < open+400; k++ {
		if m.tokens[k].Text == "," && m.inside[k] == b {
			return true
		}
	}
	return false
}
