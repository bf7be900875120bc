package javascript

import (
	"strings"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/internal/lazyre"
)

// backticks are places for the backtick that a template lacks: on lines with an
// odd number of them.
func backticks(c *code, line int) []change {
	var out []change
	lines := 0
	for l := 1; l <= c.text.Lines() && lines < 6; l++ {
		text := c.text.Line(l)
		if (strings.Count(text, "`")-strings.Count(text, "\\`"))%2 == 0 {
			continue
		}
		lines++
		start, _ := c.text.Bounds(l)
		for from := 0; from < len(text); from++ {
			if text[from] != '`' {
				continue
			}
			for n, at := range spots(text, from, len(text), true) {
				if whole(text[:at] + "`" + text[at:]) {
					out = append(out, change{
						rule: "missing-quote", why: "a template lacks its closing backtick", rank: nsbox.RankLocal,
						edits: one(insert(start+at, "`")), doubt: min(n, 9) + from/8 + nextKey(text[from:at]),
					})
				}
			}
		}
		out = append(out, below(c, l)...)
		for at := 1; at < len(text); at++ {
			if strings.ContainsRune("(,=[+: ", rune(text[at-1])) && text[at] != ' ' && whole(text[:at]+"`"+text[at:]) {
				out = append(out, change{
					rule: "missing-quote", why: "a template lacks its opening backtick", rank: nsbox.RankLocal,
					edits: one(insert(start+at, "`")), doubt: 15 + at/8,
				})
			}
		}
	}
	return out
}

var keyRE = lazyre.New("\\}, \\w+: ?\\S")

// nextKey is the doubt in a template whose text goes on over an object's next key.
func nextKey(text string) int {
	if keyRE.MatchString(text) {
		return 20
	}
	return 0
}

// below are the ends of the lines after l, for a template of several lines.
func below(c *code, l int) []change {
	var out []change
	for n := l + 1; n <= l+12 && n <= c.text.Lines(); n++ {
		text := c.text.Line(n)
		start, _ := c.text.Bounds(n)
		for at := len(strings.TrimRight(text, ")]};, \t")); at <= len(text) && at > 0; at++ {
			out = append(out, change{
				rule: "missing-quote", why: "a template lacks its closing backtick", rank: nsbox.RankLocal,
				edits: one(insert(start+at, "`")), doubt: 3 + n - l,
			})
		}
	}
	return out
}

// whole reports whether all templates of a line end on it, and its other tokens
// can stand side by side.
func whole(line string) bool {
	c := newCode("", line)
	for _, t := range c.toks {
		if t.Open {
			return false
		}
	}
	return sound(line)
}

// holes are places for the brace that closes "${" in a template, on lines up to
// line where one is not closed.
func holes(c *code, line int) []change {
	var out []change
	for l := max(line-3, 1); l <= line; l++ {
		text := c.text.Line(l)
		if !strings.Contains(text, "${") {
			continue
		}
		start, _ := c.text.Bounds(l)
		for at := 0; ; {
			n := strings.Index(text[at:], "${")
			if n < 0 {
				break
			}
			at += n + 2
			for k, p := range holeEnds(text, at) {
				if fixed := text[:p] + "}" + text[p:]; whole(fixed) || !strings.Contains(text, "`") {
					out = append(out, change{
						rule: "missing-brace", why: "a value in a template lacks its closing brace", rank: nsbox.RankLocal,
						edits: one(insert(start+p, "}")), doubt: k,
					})
				}
			}
		}
		if n := strings.Index(text, "$("); n >= 0 && strings.Contains(text, "`") {
			out = append(out, change{rule: "missing-brace", why: "a value in a template stands in braces", rank: nsbox.RankLocal,
				edits: one(edit{start + n + 1, start + n + 2, "{"})})
		}
	}
	return out
}

// holeEnds are the places where the expression that begins at from may end, the
// likeliest first: after a chain of names and calls, and after what operators
// join to it.
func holeEnds(text string, from int) []int {
	var out []int
	depth := 0
	for at := from; at < len(text); at++ {
		switch b := text[at]; {
		case b == '(' || b == '[':
			depth++
		case b == ')' || b == ']':
			depth--
		case b == '`' || b == '}' || b == '$' && at > from:
			return ends(out)
		}
		if depth < 0 {
			return ends(out)
		}
		if depth > 0 || at+1 > len(text) {
			continue
		}
		next := byte(0)
		if at+1 < len(text) {
			next = text[at+1]
		}
		if (wordByte(text[at]) || text[at] == ')' || text[at] == ']') && !wordByte(next) && next != '(' && next != '[' && !(next == '.' && at+2 < len(text) && wordByte(text[at+2])) {
			out = append(out, at+1)
		}
	}
	return ends(out)
}

// ends puts the places in the order in which they are tried.
func ends(at []int) []int {
	if len(at) > 8 {
		at = at[:8]
	}
	return at
}

func wordByte(b byte) bool {
	return b == '_' || b >= '0' && b <= '9' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= 0x80
}
