package javascript

import (
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
		if text == "}" && c.toks[o].Kind != source.String && c.src[c.toks[o].End] == ' ' {
			insertion = " }"
		}
		doubt := min(tries, 3)
		if k == o {
			doubt = 6
		}
		ch := change{rule: "missing-bracket", why: "a bracket is not closed", rank: nsbox.RankLocal,
			edits: one(insert(c.toks[k].End, insertion)), doubt: doubt}
		if text == ")" {
			if fixed, ok := apply(c.src, ch.edits); ok {
				ch.doubt += c.lineDoubt(fixed, o, e)
			}
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
	n := newCode(c.name, fixed)
	start, _ := c.text.Bounds(c.line(o))
	_, end := c.text.Bounds(c.line(max(min(e, len(c.toks))-1, 0)))
	return implausible(n, source.At(n.toks, start), source.At(n.toks, end+1))
}
