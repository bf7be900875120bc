package javascript

import (
	"strings"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/internal/source"
)

// closerIdeas close brackets within a line or statement. Among the places where
// the result parses, those come first where the calls are plausible.
func closerIdeas(c *code, f fault, e int) []change {
	var out []change
	seen := 0
	for o := min(e, len(c.toks)) - 1; o >= 0 && seen < 3; o-- {
		if opens(c.toks[o]) == "" || c.pair[o] >= 0 && c.pair[o] < e {
			continue
		}
		if c.pair[o] >= 0 && c.line(o) < c.line(e)-1 {
			continue
		}
		seen++
		out = append(out, c.closeFrom(o, e)...)
	}
	return out
}

// closeFrom lists places for the closing bracket of o, from token e back.
func (c *code) closeFrom(o, e int) []change {
	var out []change
	text := opens(c.toks[o])
	from, to := o, min(e, len(c.toks))
	tries := 0
	for k := to - 1; k >= from && tries < 16; k-- {
		if !c.endsValue(k) && !(k == o && text != "]") && !(text == "}" && c.is(k, ";")) {
			continue
		}
		if !c.reaches(k, o, text) {
			continue
		}
		if c.line(k) != c.line(o) && !(c.lastOfLine(k) || k == to-1) {
			continue
		}
		insertion := text
		if text == "}" && c.toks[o].Kind != source.String && strings.HasPrefix(c.src[c.toks[o].End:], " ") {
			insertion = " }"
		}
		doubt := min(tries, 3)
		if k == o {
			doubt = 6
		}
		ch := change{rule: "missing-bracket", why: "a bracket is not closed", rank: nsbox.RankLocal,
			edits: one(insert(c.toks[k].End, insertion)), doubt: doubt, weighed: true}
		switch {
		case text == "]" && c.is(o+1, "..."):
			ch.doubt = c.spreadDoubt(o, k)
		case text == "]" && c.endsValue(o-1):
			ch.doubt = c.indexDoubt(o, k)
		case text != "}" && c.literalIndexed(o, k):
			ch.doubt += 14
		case text == ")" && !c.endsValue(o-1) && !c.word(o-1):
			ch.doubt = c.groupDoubt(o, k)
		}
		if text == ")" {
			if fixed, ok := apply(c.src, ch.edits); ok {
				ch.doubt += c.lineDoubt(fixed, o, e)
			}
		}
		if next := c.tok(k + 1); c.toks[k].Kind == source.Word && next.Start == c.toks[k].End && (next.Text == "(" || next.Text == "[" || strings.HasPrefix(next.Text, "`")) {
			ch.doubt += 12 // it tears a call or an index from what it belongs to
		}
		if text == "]" && c.habit(o, k) {
			ch.doubt = -1
		}
		if text == ")" && c.is(k+1, "=>") && k == o+1 {
			ch.doubt = 0
		}
		tries++
		out = append(out, ch)
	}
	return out
}

// reaches reports whether a bracket put after token k would belong to o: between
// them only brackets of its own kind may be open.
func (c *code) reaches(k, o int, text string) bool {
	if k == o {
		return true
	}
	for in := c.outer[k]; in != o; in = c.outer[in] {
		if in < 0 || in < o || opens(c.toks[in]) != text {
			return in < o && in >= -1 && c.pair[k] == o
		}
	}
	return true
}

// lineDoubt is how implausible the calls are from the line of o up to e.
func (c *code) lineDoubt(fixed string, o, e int) int {
	if len(fixed) > 64<<10 {
		return 0
	}
	start, _ := c.text.Bounds(c.line(o))
	_, end := c.text.Bounds(c.line(max(min(e, len(c.toks))-1, 0)))
	return implausibleLine(c.name, fixed, start, end+1)
}

// implausibleLine is how implausible the calls are from byte start up to end.
func implausibleLine(name, src string, start, end int) int {
	n := newCode(name, src)
	return implausible(n, source.At(n.toks, start), source.At(n.toks, end))
}

// spreadDoubt is how unlikely it is that "[...x" ends after token k: most likely
// is that it ends before the first method of arrays.
func (c *code) spreadDoubt(o, k int) int {
	if c.is(k+1, ".") {
		if m, ok := lookup("Array", c.tok(k+2).Text); ok && m.function {
			for i := o + 1; i < k; i++ {
				if c.outer[i] == o && c.member(i) && c.is(i+1, "(") && set1(c.toks[i].Text, "map", "filter", "join", "reduce", "sort", "slice", "forEach") {
					return 4
				}
			}
			return 0
		}
	}
	for i := o + 1; i < k; i++ {
		if c.outer[i] == o && c.member(i) && c.is(i, "join") {
			return 8
		}
	}
	return 2
}

// indexDoubt is how unlikely it is that the index in the bracket at o ends after
// token k: most likely it is one name or value, or one beside a loop's variable.
func (c *code) indexDoubt(o, k int) int {
	doubt := 0
	for i := o + 1; i <= k; i++ {
		if c.outer[i] != o {
			continue
		}
		switch {
		case c.is(i, "||", "&&", "??", "=", "??=", "+=", "-=", "===", "!==", "<", ">", "?", ":", ",", "*=", "||="):
			doubt += 8
		case c.is(i, "-", "+") && i+1 <= k && c.toks[i+1].Kind == source.Number && (c.is(i, "-") || c.is(i-1, "length") || c.counts(i-1) || !c.indexAssigned(o, i-1)):
			doubt--
		case c.is(i, "+", "-", "*", "/", "%"):
			doubt += 3
		}
	}
	switch {
	case c.is(k, "this"):
		doubt += 8
	case c.member(k) && c.word(k-2) && !c.is(k, "length") && !c.is(k-2, "this"):
		doubt += 1
		if strings.Count(c.src, c.toks[k-2].Text+"."+c.toks[k].Text) > 1 {
			doubt -= 2 // it is a habit of the program
		}
	case (c.is(k+1, "-") || c.is(k+1, "+") && !c.indexAssigned(o, k)) && c.tok(k+2).Kind == source.Number && k == o+1:
		doubt += 2 // rather the number belongs to the index
	}
	return doubt
}

// indexAssigned reports whether the statement assigns to what the index at o up
// to token k gives: x[k] = (x[k] || 0) + 1.
func (c *code) indexAssigned(o, k int) bool {
	if o < 1 {
		return false
	}
	text := c.src[c.toks[o-1].Start:c.toks[k].End] + "]"
	start, _ := c.text.Bounds(c.line(o))
	return strings.Contains(c.src[start:c.toks[o-1].Start], text)
}

// habit reports whether the program has elsewhere what an index that ends after
// token k, with the one that follows it, makes.
func (c *code) habit(o, k int) bool {
	if o < 1 || !c.word(o-1) {
		return false
	}
	end := k + 1
	for c.is(end, "[") && c.pair[end] > 0 {
		end = c.pair[end] + 1
	}
	rest := ""
	if end > k+1 {
		rest = c.src[c.toks[k+1].Start:c.toks[end-1].End]
	}
	return rest != "" && strings.Contains(c.src, c.src[c.toks[o-1].Start:c.toks[k].End]+"]"+rest)
}

// literalIndexed reports whether an element of the list from o to k is a string
// literal with an index.
func (c *code) literalIndexed(o, k int) bool {
	for i := o + 1; i < k; i++ {
		if c.outer[i] == o && (c.toks[i].Kind == source.String || c.toks[i].Kind == source.Number) && c.endsValue(i) && c.is(i+1, "[", "(") {
			return true
		}
	}
	return false
}

// counts reports whether token i is the variable of a counting loop.
func (c *code) counts(i int) bool {
	if !c.ident(i) {
		return false
	}
	for k := i - 1; k > 3; k-- {
		if c.is(k, c.toks[i].Text) && c.is(k-2, "(") && c.is(k-3, "for") && c.is(k+1, "=") {
			return true
		}
	}
	return false
}

// precedence of operators, for the reason that brackets group.
var precedence = map[string]int{
	"??": 1, "||": 1, "&&": 2, "===": 4, "!==": 4, "==": 4, "!=": 4, "<": 5, ">": 5, "<=": 5, ">=": 5, "+": 7, "-": 7, "*": 8, "/": 8, "%": 8, "**": 9, ".": 12, "?": 0,
}

// groupDoubt is how unlikely it is that the group in the bracket at o ends after
// token k: brackets group what binds less than what follows.
func (c *code) groupDoubt(o, k int) int {
	least := 20
	for i := o + 1; i <= k; i++ {
		if p, ok := precedence[c.toks[i].Text]; ok && c.toks[i].Kind == source.Punct && c.outer[i] == o && c.endsValue(i-1) {
			least = min(least, p)
		}
	}
	next, ok := precedence[c.tok(k+1).Text]
	switch {
	case least == 20:
		return 6
	case ok && next > least:
		return 0
	case c.is(o-1, "=", "return") && !ok:
		return 6
	}
	return 3
}
