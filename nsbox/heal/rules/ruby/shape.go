package ruby

import (
	"slices"
	"strings"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/internal/source"
)

// openers are the keywords that begin a block at a line's beginning.
var openers = strings.Fields("def class module if unless while until for case begin")

// keywordIdeas mend slips in keywords: at the beginning of lines, "do", and
// "end".
func (m *mender) keywordIdeas() []idea {
	var out []idea
	for i, t := range m.tokens {
		if (t.Text == "class" || t.Text == "module") && !m.plain(i) && i+1 < len(m.tokens) && strings.HasPrefix(m.d.Message, "class/module name") && m.line(i) == m.d.Line {
			out = append(out, m.replace("case", i+1, i+2, m.constName(m.tokens[i+1].Text), 0, true))
		}
		if t.Kind != source.Word || keywords[t.Text] || len(t.Text) > 9 || len(out) > 16 || m.plain(i) || m.isLocal(t) || m.hasOwn(t.Text) {
			continue
		}
		next := ""
		if i+1 < len(m.tokens) {
			next = m.tokens[i+1].Text
		}
		if i > 0 && (next == "|" || next == "\n") && nearWord(t.Text, "do") && len(t.Text) <= 3 && !m.first(i) && popular()[t.Text] == 0 {
			out = append(out, m.replace("keyword", i, i+1, "do", 0, false))
		}
		if !m.first(i) && !(i > 0 && (m.tokens[i-1].Text == "=" || m.tokens[i-1].Text == "private")) {
			continue
		}
		if next == "." || next == "=" || next == "," {
			continue
		}
		if (next == "\n" || next == "" || next == ")") && nearWord(t.Text, "end") {
			out = append(out, m.replace("keyword", i, i+1, "end", 0, false))
			continue
		}
		if to := m.middle(i); to != "" {
			out = append(out, m.replace("keyword", i, i+1, to, 0, false))
			continue
		}
		if !m.bodyBelow(m.line(i)) || popular()[t.Text] > 0 {
			continue
		}
		for _, w := range openers {
			if nearWord(t.Text, w) || foreignOpeners[t.Text] == w {
				out = append(out, m.replace("keyword", i, i+1, w, source.Distance(t.Text, w), false))
			}
		}
	}
	return out
}

// constName is the name of a class that is written small: as it is used, else
// with a capital letter.
func (m *mender) constName(name string) string {
	for _, t := range m.deep {
		if t.Kind == source.Word && t.Text[0] >= 'A' && t.Text[0] <= 'Z' && strings.EqualFold(t.Text, name) {
			return t.Text
		}
	}
	return strings.ToUpper(name[:1]) + name[1:]
}

// foreignOpeners are what other languages call them.
var foreignOpeners = map[string]string{
	"function": "def", "func": "def", "fn": "def", "fun": "def", "define": "def", "sub": "def", "try": "begin", "switch": "case", "foreach": "for", "struct": "class", "interface": "module", "namespace": "module",
}

// nearWord reports whether word is a slip of a keyword: another case, or one
// letter, two swapped among them.
func nearWord(word, keyword string) bool {
	lower := strings.ToLower(word)
	return word != keyword && (lower == keyword || source.Distance(lower, keyword) == 1 && (len(word) > 2 || len(keyword) == 2) && len(keyword) > 1 && !(len(keyword) == 2 && lower[0] != keyword[0] && len(lower) == 2 && lower != "od"))
}

// doIdeas put the do of a block that has just its parameters or its body.
func (m *mender) doIdeas() []idea {
	var out []idea
	for i, t := range m.tokens {
		if len(out) > 8 {
			break
		}
		if t.Text == "|" && i > 0 && (m.tokens[i-1].Kind == source.Word && !keywords[m.tokens[i-1].Text] || m.tokens[i-1].Text == ")") {
			if end := m.barEnd(i); end > 0 && (end+1 >= len(m.tokens) || m.tokens[end+1].Kind == source.Newline) {
				out = append(out, m.insert("do", t.Start, "do ", 0, false))
			}
		}
		if t.Kind != source.Newline || i == 0 || !m.bodyBelow(m.line(i-1)) {
			continue
		}
		last := m.tokens[i-1]
		if last.Kind == source.Word && (last.Text == "loop" || i > 1 && m.tokens[i-2].Text == "." && set("each times map select each_with_index reject step upto downto each_char each_pair each_slice")[last.Text]) ||
			last.Text == ")" && m.openOf(i-1) > 1 && set("step upto downto each_slice each_cons inject reduce each_with_object")[m.tokens[m.openOf(i-1)-1].Text] {
			out = append(out, m.insert("do", last.End, " do", 1, false))
		}
	}
	// "if x puts y" and "when 1 puts y" lack their then.
	if m.d.Column > 0 && strings.Contains(m.d.Message, "`then'") {
		at, _ := m.Offset(m.d.Line, m.d.Column)
		if k := m.tokenAt(at); k < len(m.tokens) && m.line(k) == m.d.Line && !m.first(k) {
			out = append(out, m.insert("then", m.tokens[k].Start, "then ", 0, true))
		}
	}
	return out
}

// barEnd is the bar that ends the parameters which begin with the bar at token
// i, 0 if it is an operator.
func (m *mender) barEnd(i int) int {
	for k := i + 1; k < len(m.tokens) && k < i+24; k++ {
		switch t := m.tokens[k]; {
		case t.Text == "|":
			return k
		case t.Kind != source.Word && t.Text != "," && t.Text != "(" && t.Text != ")" && t.Text != "*" && t.Text != "&":
			return 0
		}
	}
	return 0
}

// foreignIdeas mend forms of other languages: a colon or brace after the head of
// a block, "else if", "//" before a comment.
func (m *mender) foreignIdeas() []idea {
	var out []idea
	var colons []nsbox.Edit
	heads := set("def if elsif else elif unless while for class case when begin rescue ensure try except finally until module")
	for i, t := range m.tokens {
		end := i+1 >= len(m.tokens) || m.tokens[i+1].Kind == source.Newline
		if t.Text == ":" && end && i > 0 {
			k := i
			for k > 0 && m.tokens[k-1].Kind != source.Newline {
				k--
			}
			if heads[m.tokens[k].Text] {
				colons = append(colons, m.edit(t.Start, t.End, ""))
				if to := map[string]string{"elif": "elsif", "try": "begin", "except": "rescue", "finally": "ensure"}[m.tokens[k].Text]; to != "" {
					colons = append(colons, m.edit(m.tokens[k].Start, m.tokens[k].End, to))
				}
			}
		}
		if t.Text == "else" && i+1 < len(m.tokens) && m.tokens[i+1].Text == "if" && m.first(i) && len(out) < 8 {
			out = append(out, m.replace("elsif", i, i+2, "elsif", 0, false))
		}
	}
	if len(colons) > 0 {
		out = append(out, idea{rule: "colon", why: "the head of a block needs no colon", edits: colons, told: true})
		if all := m.pythonEnds(colons); all != nil {
			out = append(out, idea{rule: "colon", why: "the head of a block needs no colon, and the block an end", edits: all, cost: -1})
		}
	}
	if x, ok := m.braces(); ok {
		out = append(out, x)
	}
	var slashes []nsbox.Edit
	for n := 1; n <= m.Lines(); n++ {
		if s := strings.TrimSpace(m.Line(n)); strings.HasPrefix(s, "//") {
			start, _ := m.Bounds(n)
			at := start + len(m.Indent(n))
			slashes = append(slashes, m.edit(at, at+2, "#"))
		}
	}
	if len(slashes) > 0 {
		out = append(out, idea{rule: "comment", why: "comments begin with #", edits: slashes, told: true})
	}
	return out
}

// pythonEnds adds to the edits that take the colons away the ends that the
// indentation asks for, as one edit.
func (m *mender) pythonEnds(colons []nsbox.Edit) []nsbox.Edit {
	files, err := nsbox.Apply([]nsbox.File{{Name: m.file, Data: []byte(m.Src)}}, slices.Clone(colons))
	if err != nil {
		return nil
	}
	bare := &mender{program: newProgram(string(files[0].Data)), file: m.file}
	var ends []nsbox.Edit
	for _, gap := range bare.gaps() {
		if !gap.extra {
			ends = append(ends, bare.endAt(gap))
		}
	}
	if len(ends) == 0 {
		return nil
	}
	if files, err = nsbox.Apply(files, ends); err != nil {
		return nil
	}
	return []nsbox.Edit{m.change(string(files[0].Data))}
}

// braces writes "if (x) {" ... "}" with end, as a whole.
func (m *mender) braces() (idea, bool) {
	heads := set("if while for unless until def else elsif class module function")
	var edits []nsbox.Edit
	for _, b := range m.blocks {
		if b.word != "{" || b.close < 0 || b.open == 0 {
			continue
		}
		k := b.open
		for k > 0 && m.tokens[k-1].Kind != source.Newline {
			k--
		}
		if m.tokens[k].Text == "}" && k+1 < len(m.tokens) {
			k++
		}
		if !heads[m.tokens[k].Text] || b.open+1 < len(m.tokens) && m.tokens[b.open+1].Kind != source.Newline || !m.first(b.close) {
			continue
		}
		start := m.tokens[b.open].Start
		for start > 0 && m.Src[start-1] == ' ' {
			start--
		}
		edits = append(edits, m.edit(start, m.tokens[b.open].End, ""))
		if m.tokens[k].Text == "function" {
			edits = append(edits, m.edit(m.tokens[k].Start, m.tokens[k].End, "def"))
		}
		close := m.tokens[b.close]
		if b.close+1 < len(m.tokens) && (m.tokens[b.close+1].Text == "else" || m.tokens[b.close+1].Text == "elsif") {
			edits = append(edits, m.edit(close.Start, m.tokens[b.close+1].Start, ""))
			if b.close+2 < len(m.tokens) && m.tokens[b.close+2].Text == "if" {
				edits = append(edits, m.edit(m.tokens[b.close+1].Start, m.tokens[b.close+2].End, "elsif"))
			}
		} else {
			edits = append(edits, m.edit(close.Start, close.End, "end"))
		}
	}
	return idea{rule: "braces", why: "blocks of statements end with end", edits: edits, told: true, cost: -1}, len(edits) > 0
}

// gap is a place where an end is missing, or one that is too many.
type gap struct {
	line   int // before which it is missing, or on which it stands
	indent string
	extra  bool
}

// gaps finds by the indentation where ends are missing or too many.
func (m *mender) gaps() []gap {
	type frame struct {
		width  int
		indent string
		column int
	}
	var stack []frame
	var out []gap
	next := 0 // of blocks, by their beginnings
	opens := m.multiline()
	for i, t := range m.tokens {
		if t.Kind == source.Newline || !m.first(i) || m.bracketed(i) {
			continue
		}
		line := m.line(i)
		w := source.Width(m.Line(line), 8)
		word := t.Text
		if m.plain(i) {
			word = ""
		}
		for len(stack) > 0 {
			top := stack[len(stack)-1]
			if top.width < w && top.column != w || (word == "end" || middles[word]) && (top.width == w || top.column == w) || t.Text == "." {
				break
			}
			out = append(out, gap{line: line, indent: top.indent})
			stack = stack[:len(stack)-1]
		}
		if word == "end" {
			if len(stack) > 0 && (stack[len(stack)-1].width == w || stack[len(stack)-1].column == w) {
				stack = stack[:len(stack)-1]
			} else {
				out = append(out, gap{line: line, extra: true})
			}
		}
		for next < len(opens) && opens[next] < i {
			next++
		}
		for ; next < len(opens) && m.line(opens[next]) == line; next++ {
			column := w
			if modifiers[m.tokens[opens[next]].Text] || m.tokens[opens[next]].Text == "case" || m.tokens[opens[next]].Text == "begin" {
				column = m.column(opens[next])
			}
			stack = append(stack, frame{w, m.Indent(line), column})
		}
	}
	for k := len(stack) - 1; k >= 0; k-- {
		out = append(out, gap{line: m.Lines() + 1, indent: stack[k].indent})
	}
	return out
}

// multiline are the tokens with which blocks begin that don't end on their line.
func (m *mender) multiline() []int {
	var out []int
	for _, b := range m.blocks {
		if b.open >= 0 && source.Closer(b.word) == "" && (b.close < 0 || m.line(b.close) != m.line(b.open)) {
			out = append(out, b.open)
		}
	}
	return out
}

// bracketed reports whether token i stands in a list, where lines are indented
// as one likes.
func (m *mender) bracketed(i int) bool {
	b := m.inside[i]
	return b >= 0 && (m.blocks[b].word == "(" || m.blocks[b].word == "[" || m.blocks[b].word == "{" && m.itemList(b)) && m.blocks[b].close >= 0
}

func (m *mender) endAt(g gap) nsbox.Edit {
	last := g.line - 1
	for last > 1 && m.Blank(last) {
		last--
	}
	at := m.Next(last)
	text := g.indent + "end\n"
	if at > 0 && m.Src[at-1] != '\n' {
		text = "\n" + g.indent + "end"
	}
	return m.edit(at, at, text)
}

// endIdeas put ends where the indentation says that they are missing, and take
// away those that are too many.
func (m *mender) endIdeas() []idea {
	var missing, extra []nsbox.Edit
	for _, g := range m.gaps() {
		if g.extra {
			start, _ := m.Bounds(g.line)
			if strings.TrimSpace(m.Line(g.line)) == "end" {
				extra = append(extra, m.edit(start, m.Next(g.line), ""))
			}
			continue
		}
		missing = append(missing, m.endAt(g))
	}
	var out []idea
	if len(missing) > 1 {
		out = append(out, idea{rule: "end", why: "ends are missing", edits: missing, cost: 2})
	}
	for k, e := range missing[:min(len(missing), 6)] {
		out = append(out, idea{rule: "end", why: "an end is missing after line " + itoa(m.LineOf(max(e.Start-1, 0))), edits: []nsbox.Edit{e}, cost: 2 + k})
	}
	for k, e := range extra[:min(len(extra), 6)] {
		out = append(out, idea{rule: "end", why: "line " + itoa(m.LineOf(e.Start)) + ": an end is too many", edits: []nsbox.Edit{e}, cost: 3 + k})
	}
	unclosed := 0
	for _, b := range m.blocks {
		if b.open >= 0 && b.close < 0 && source.Closer(b.word) == "" {
			unclosed++
		}
	}
	if unclosed == 1 && len(missing) == 0 {
		out = append(out, m.insert("end", len(m.Src), strings.Repeat("\n", btoi(!strings.HasSuffix(m.Src, "\n")))+"end\n", 9, false))
	}
	return out
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}
