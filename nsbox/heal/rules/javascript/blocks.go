package javascript

import (
	"slices"
	"strings"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/internal/source"
)

// gap is a bracket that is not closed where the indentation says that it ends.
type gap struct {
	open   int // the bracket
	before int // the first token of the line before which it should be closed
}

// layout compares brackets with indentation. extra are closing brackets that
// nothing opens.
func layout(c *code) (gaps []gap, extra []int) {
	var stack []int
	width := func(i int) int { return source.Width(c.text.Line(c.line(i)), 4) }
	for i, t := range c.toks {
		if c.first(i) {
			for len(stack) > 0 && c.overdue(stack, i, width) {
				gaps = append(gaps, gap{stack[len(stack)-1], i})
				stack = stack[:len(stack)-1]
			}
		}
		if cl := closes(t); cl != "" {
			at := len(stack) - 1
			for at >= 0 && opens(c.toks[stack[at]]) != cl {
				at--
			}
			if at < 0 {
				extra = append(extra, i)
			} else {
				for k := len(stack) - 1; k > at; k-- {
					gaps = append(gaps, gap{stack[k], i})
				}
				stack = stack[:at]
			}
		}
		if opens(t) != "" {
			stack = append(stack, i)
		}
	}
	for k := len(stack) - 1; k >= 0; k-- {
		gaps = append(gaps, gap{stack[k], len(c.toks)})
	}
	return gaps, extra
}

// overdue reports whether the innermost open bracket should have been closed
// before the line that token i begins.
func (c *code) overdue(stack []int, i int, width func(int) int) bool {
	top := stack[len(stack)-1]
	if c.toks[top].Kind == source.String || c.line(top) == c.line(i) {
		return false
	}
	w, own := width(i), width(top)
	if closes(c.toks[i]) != "" {
		return opens(c.toks[top]) == closes(c.toks[i]) && w < own && c.deeper(stack, i, w, width)
	}
	if w > own || !c.lastOfLine(top) && c.is(top, "{") && w == own && c.sameLine(top, i-1) {
		return w <= own
	}
	switch {
	case c.is(i, "case", "default") && c.switchBrace(top), c.is(i, ".", "?.", "?", ":", "&&", "||", "+"):
		return w < own
	}
	return true
}

func (c *code) sameLine(a, b int) bool { return c.line(a) == c.line(b) }

// deeper reports whether an outer bracket of the same kind begins on a line that
// is indented like the one of the closing bracket at i.
func (c *code) deeper(stack []int, i, w int, width func(int) int) bool {
	for k := len(stack) - 2; k >= 0; k-- {
		if opens(c.toks[stack[k]]) == closes(c.toks[i]) && width(stack[k]) == w {
			return true
		}
	}
	return false
}

func (c *code) lastOfLine(i int) bool { return i+1 >= len(c.toks) || c.first(i+1) }

func (c *code) switchBrace(open int) bool {
	return c.is(open-1, ")") && c.pair[open-1] > 0 && c.is(c.pair[open-1]-1, "switch")
}

// blockIdeas close brackets where the indentation says, open those that only
// close, and take away what closes nothing.
func blockIdeas(c *code, f fault, e int) []change {
	gaps, extra := layout(c)
	gaps = slices.DeleteFunc(gaps, func(g gap) bool { return hasOpen(c, c.line(g.open)) })
	var out []change
	if len(gaps) > 8 {
		gaps = gaps[:8]
	}
	var all []edit
	for k := 0; k < len(gaps); {
		n := k + 1
		for n < len(gaps) && gaps[n].before == gaps[k].before {
			n++
		}
		edits := c.fill(gaps[k:n], "")
		inline := 0
		if g := gaps[k]; c.line(g.open) == c.line(g.before-1) && (!c.first(g.before) || c.line(e-1) == c.line(g.open)) {
			inline = 8 // within a line the indentation says nothing
		}
		if inline == 0 {
			all = append(all, edits...)
		}
		for _, g := range gaps[k:n] {
			if n-k > 1 {
				out = append(out, blockChange(c.fill([]gap{g}, ""), 2))
			}
		}
		out = append(out, blockChange(edits, inline), blockChange(c.fill(gaps[k:n], ";"), inline+1))
		k = n
	}
	if len(all) > 1 {
		out = append([]change{blockChange(all, 0)}, out...)
	}
	for k, i := range extra {
		if k == 4 {
			break
		}
		out = append(out, c.opened(i)...)
		out = append(out, c.dropped(i))
		if early := c.endsEarly(i); early >= 0 {
			ch := c.dropped(early)
			ch.doubt = -2
			out = append(out, ch)
		}
	}
	return out
}

func blockChange(edits []edit, doubt int) change {
	return change{rule: "missing-bracket", why: "a bracket is not closed where the indentation ends it", rank: nsbox.RankStructural, edits: edits, doubt: doubt}
}

// fill closes brackets that end before the same token, the innermost first.
func (c *code) fill(gaps []gap, suffix string) []edit {
	before := gaps[0].before
	prev := before - 1
	outermost := gaps[len(gaps)-1].open
	text := ""
	for _, g := range gaps {
		text += opens(c.toks[g.open])
	}
	if prev < 0 {
		return nil
	}
	if before < len(c.toks) && c.is(before, "else", "catch", "finally") && c.first(before) {
		return one(insert(c.toks[before].Start, text+" "))
	}
	block := c.lastOfLine(gaps[0].open) && !c.sameLine(gaps[0].open, prev)
	if before < len(c.toks) && !c.first(before) || !block {
		at := c.toks[prev].End
		if c.is(prev, ",") || c.is(prev, ";") && !c.is(gaps[0].open, "{") {
			at = c.toks[prev].Start
		}
		if suffix != "" && c.is(prev, ";") {
			suffix = ""
		}
		return one(insert(at, text+suffix))
	}
	_, end := c.text.Bounds(c.line(prev))
	return one(insert(end, "\n"+c.text.Indent(c.line(outermost))+text+suffix))
}

// opened finds where the bracket that token i closes should have been opened.
func (c *code) opened(i int) []change {
	var out []change
	add := func(at int, text string, doubt int) {
		out = append(out, change{rule: "missing-bracket", why: "a bracket is closed that was not opened", rank: nsbox.RankStructural,
			edits: one(insert(at, text)), doubt: doubt})
	}
	if closes(c.toks[i]) == "}" && c.first(i) {
		w := source.Width(c.text.Line(c.line(i)), 4)
		for l := c.line(i) - 1; l >= 1; l-- {
			if c.text.Blank(l) || source.Width(c.text.Line(l), 4) > w {
				continue
			}
			start, end := c.text.Bounds(l)
			last := source.At(c.toks, end) - 1
			if last < 0 || c.toks[last].Start < start {
				break
			}
			if c.is(last, "{") { // an inner line is at fault: look further
				continue
			}
			if c.is(last, "}", ";", ",") || source.Width(c.text.Line(min(c.line(last+1), c.text.Lines())), 4) <= w {
				break
			}
			add(c.toks[last].End, " {", 0)
			break
		}
	}
	out = append(out, c.openedOnLine(i)...)
	return out
}

// openedOnLine tries all places on the line of the closing bracket i.
func (c *code) openedOnLine(i int) []change {
	var out []change
	open := map[string]string{")": "(", "]": "[", "}": "{"}[closes(c.toks[i])]
	from, _ := c.lineTokens(i)
	if c.first(i) && i > 0 {
		return nil
	}
	for k := i; k > from; k-- {
		if c.outer[k] != c.outer[i] && k != i {
			continue
		}
		name := c.ident(k-1) || c.is(k-1, "if", "while", "for", "switch", "catch", "function", "super", "import", "require")
		ok := false
		switch open {
		case "(":
			ok = name && !c.is(k, "(") && (c.startsValue(k) || c.is(k, ")", "let", "const", "var", "{")) || c.is(k-1, "=", "return", ",", "(", "=>", "+", "*", "-", "/", "?", ":") && c.startsValue(k)
		case "[":
			ok = c.is(k-1, "=", "return", ",", "(", "[", ":", "=>", "?", "...", "const", "let", "of") && (c.startsValue(k) || k == i) || c.ident(k-1) && c.startsValue(k)
		case "{":
			ok = c.is(k-1, "=", "return", ",", "(", "[", ":", "=>", "?", "const", "let", "import", ")", "else", "try") && (c.word(k) || k == i || c.toks[k].Kind == source.String || c.is(k, "..."))
		}
		if !ok {
			continue
		}
		doubt := 4
		if !c.is(k-1, ".") && c.endsValue(k-1) && c.startsValue(k) || c.word(k-1) && keywords[c.toks[k-1].Text] {
			doubt = 0 // two values side by side: here something is missing
		}
		if open == "(" && c.is(k-1, "(") {
			doubt = 10
		}
		if open == "(" && k == i && c.is(k-2, "new") {
			doubt = -1 // new Map)
		}
		at := c.toks[k].Start
		if name && open != "{" {
			at = c.toks[k-1].End
			if keywords[c.toks[k-1].Text] {
				at = c.toks[k].Start
			}
		}
		out = append(out, change{rule: "missing-bracket", why: "a bracket is closed that was not opened", rank: nsbox.RankLocal,
			edits: one(insert(at, open)), doubt: doubt})
	}
	return out
}

// endsEarly is the closing bracket that ends a call before its last arguments, so
// that bracket i of the same line closes nothing: f(a)), b); -1 where none is.
func (c *code) endsEarly(i int) int {
	from, _ := c.lineTokens(i)
	if c.is(from, "const", "let", "var", "for") || !c.is(i, ")") {
		return -1
	}
	depth := 0
	for k := from; k < i; k++ {
		switch {
		case c.is(k, "(", "[", "{"):
			depth++
		case c.is(k, ")", "]", "}"):
			if depth--; depth == 0 && c.is(k, ")") && c.is(k+1, ",") {
				return k
			}
		}
		if depth < 0 {
			return -1
		}
	}
	return -1
}

// dropped takes away the closing bracket i, with its line where it is alone.
func (c *code) dropped(i int) change {
	t := c.toks[i]
	ch := change{rule: "extra-bracket", why: "a bracket closes nothing", rank: nsbox.RankStructural, edits: one(remove(t.Start, t.End)), doubt: 8}
	if before := c.tok(i - 1); before.Text == t.Text && before.End == t.Start && t.Text != "}" {
		ch.doubt = -1 // typed twice: with another pair the value would be the same, or nobody's
	}
	l := c.line(i)
	if strings.Trim(c.text.Line(l), " \t;") == t.Text {
		start, _ := c.text.Bounds(l)
		ch.edits = one(remove(start, c.text.Next(l)))
	}
	return ch
}
