package java

import (
	"strings"

	"github.com/nsbox/nsbox/nsbox/internal/source"
)

const tab = 4

// block is an open brace in the reading of the indentation.
type block struct {
	token, width int
	indent       string
	label        bool // a switch, whose labels may stand under it
	last         bool // nothing follows the brace in its line
}

// braces: the indentation says where blocks end. All places where the braces say
// otherwise are one candidate; each one is another.
func (r *repair) braces(add adder) {
	all := r.misplaced()
	if len(all) == 0 || len(all) > 12 {
		return
	}
	add(braceRule(all), "blocks end where the indentation says", 9, all...)
	if len(all) > 1 {
		for n, s := range all {
			add(braceRule(all[n:n+1]), "blocks end where the indentation says", 11, s)
		}
	}
}

func braceRule(s []splice) string {
	if len(s[0].ins) == 0 {
		return "stray-brace"
	}
	return "missing-brace"
}

// misplaced walks the lines and compares each one's indentation with the blocks
// that are open.
func (r *repair) misplaced() (out []splice) {
	var stack []block
	for i := 0; i < len(r.tokens); {
		next := i
		for next < len(r.tokens) && r.tokens[next].line == r.tokens[i].line {
			next++
		}
		line := r.tokens[i].line
		text := r.Line(line)
		width := source.Width(text, tab)
		continued := i > 0 && r.inner(i) != "{" && r.inner(i) != ""
		first := r.text(i)
		if n := len(stack); n > 0 && (first == "else" || first == "catch" || first == "finally") && width > stack[n-1].width && width <= stack[n-1].width+2 && stack[n-1].last {
			width = stack[n-1].width // the place of a brace that is gone
		}
		if !continued || first == "}" {
			stack, out = r.dedent(stack, out, i, width, first)
		}
		stack, out = r.along(stack, out, i, next, width)
		i = next
	}
	for n := len(stack) - 1; n >= 0; n-- {
		b := stack[n]
		out = append(out, r.closing(len(r.tokens), b))
	}
	return out
}

// dedent closes the blocks that a line with this indentation can't be in.
func (r *repair) dedent(stack []block, out []splice, i, width int, first string) ([]block, []splice) {
	for len(stack) > 0 {
		top := stack[len(stack)-1]
		if top.width < width || top.width == width && first == "}" {
			break
		}
		if top.width == width && (top.label && (first == "case" || first == "default") || first == "{" || first == ")" && r.lambdaEnd(i)) {
			if first == ")" {
				out = append(out, r.before(i, "}", "}"))
				stack = stack[:len(stack)-1]
			}
			break
		}
		switch {
		case !top.last:
			at := top.token + 1
			for at < len(r.tokens) && r.tokens[at].line == r.tokens[top.token].line {
				at++
			}
			out = append(out, r.insert(at, " }", "}"))
		case top.width == width && (first == "else" || first == "catch" || first == "finally" || first == "while" && r.isDo(top.token)):
			out = append(out, r.before(i, "} ", "}"))
		default:
			out = append(out, r.closing(i, top))
		}
		stack = stack[:len(stack)-1]
	}
	return stack, out
}

func (r *repair) isDo(brace int) bool { return r.text(brace-1) == "do" }

// lambdaEnd reports whether the bracket at i may end the call that a block's
// lambda is given to.
func (r *repair) lambdaEnd(i int) bool {
	t := r.text(i + 1)
	return t == ";" || t == "." || t == ")" || t == ","
}

// closing is the brace of b, on a line of its own before the line of token i.
func (r *repair) closing(i int, b block) splice {
	at := r.end(i)
	at, _ = r.lineEnd(at)
	return splice{start: at, end: at, text: "\n" + b.indent + "}", at: i, ins: []string{"}"}}
}

// lineEnd is where the line of offset at ends, so that a comment stays in it.
func (r *repair) lineEnd(at int) (int, bool) {
	n := strings.IndexByte(r.Src[at:], '\n')
	if n < 0 {
		return len(r.Src), false
	}
	if n > 0 && r.Src[at+n-1] == '\r' {
		n--
	}
	return at + n, true
}

// along follows the braces in one line.
func (r *repair) along(stack []block, out []splice, from, to, width int) ([]block, []splice) {
	for i := from; i < to; i++ {
		switch r.text(i) {
		case "{":
			stack = append(stack, block{
				token: i, width: r.ownWidth(i, width), indent: source.Indent(r.Line(r.tokens[i].line)), last: i+1 == to,
				label: r.text(i-1) == ")" && r.match(i-1) > 0 && r.text(r.match(i-1)-1) == "switch",
			})
		case "}":
			if len(stack) == 0 || i == from && stack[len(stack)-1].width < width {
				if s, ok := r.unopened(i, width); ok {
					out = append(out, s)
					continue
				}
				if len(stack) == 0 {
					out = append(out, r.dropLine(i))
					continue
				}
			}
			stack = stack[:len(stack)-1]
		}
	}
	return stack, out
}

// ownWidth is the indentation of what the brace at i belongs to: of the line
// where its statement begins, where that goes over several.
func (r *repair) ownWidth(i, width int) int {
	first := i
	for j := i - 1; j >= 0 && i-j < 80; j-- {
		switch r.text(j) {
		case ")", "]":
			open := r.match(j)
			if open < 0 {
				return width
			}
			j, first = open, open
			continue
		case ";", "{", "}", "(", "[", ",", "->", ":":
			return min(width, source.Width(r.Line(r.tokens[first].line), tab))
		}
		first = j
	}
	return width
}

func (r *repair) dropLine(i int) splice {
	s := r.replace(i, 1, "")
	start, end := r.Bounds(r.tokens[i].line)
	if strings.TrimSpace(r.Src[start:end]) == "}" {
		s.start, s.end = start, r.Next(r.tokens[i].line)
	}
	return s
}

// unopened finds the header, as deep as the brace at i, after which a brace is
// missing.
func (r *repair) unopened(i, width int) (splice, bool) {
	for j := i - 1; j > 0; j-- {
		if r.tokens[j-1].line == r.tokens[j].line {
			continue
		}
		line := r.tokens[j].line
		w := source.Width(r.Line(line), tab)
		if w > width {
			continue
		}
		if w < width {
			return splice{}, false
		}
		end := j
		for end < i && r.tokens[end].line == line {
			end++
		}
		if t := r.text(end - 1); t == "{" || t == "}" || t == ";" {
			return splice{}, false
		}
		return r.insert(end, " {", "{"), true
	}
	return splice{}, false
}
