package shell

import (
	"strings"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/internal/source"
)

// foreignIdeas mend forms of other languages: def f() {, if x {, a colon after a
// head, a semicolon after then, "//" before a comment.
func (m *mender) foreignIdeas() []idea {
	var out []idea
	var braces []nsbox.Edit
	for i, t := range m.tokens {
		if t.kind != word {
			if t.text == ";" && i > 0 && m.tokens[i-1].key && (m.tokens[i-1].text == "then" || m.tokens[i-1].text == "do" || m.tokens[i-1].text == "else") && len(out) < 8 {
				out = append(out, idea{rule: "separator", why: "no ; stands after " + m.tokens[i-1].text, told: true, edits: []nsbox.Edit{m.edit(t.start, t.end, "")}})
			}
			continue
		}
		if t.command && (t.text == "def" || t.text == "func" || t.text == "fn" || t.text == "sub" || t.text == "void" || t.text == "fun") && i+1 < len(m.tokens) && m.tokens[i+1].kind == word && len(out) < 8 {
			out = append(out, m.replace("function", t, "function", 0, true))
		}
		if strings.HasPrefix(t.text, "//") && t.command && len(out) < 8 {
			out = append(out, idea{rule: "comment", why: "comments begin with #", told: true, edits: []nsbox.Edit{m.edit(t.start, t.start+2, "#")}})
		}
		if t.key && (t.text == "then" || t.text == "else" || t.text == "do") {
			continue
		}
		if t.key && t.text == "{" || t.text == "{" {
			braces = append(braces, m.braceEdits(i)...)
		}
		if strings.HasSuffix(t.text, ":") && len(t.text) > 1 && (i+1 == len(m.tokens) || m.tokens[i+1].kind == newline) && len(out) < 8 {
			if h := m.headOf(i); h != "" {
				want := map[string]string{"if": "; then", "elif": "; then", "for": "; do", "while": "; do", "until": "; do", "else:": ""}[h]
				out = append(out, idea{rule: "colon", why: "a head ends with" + want, edits: []nsbox.Edit{m.edit(t.end-1, t.end, want)}})
			}
		}
	}
	if len(braces) > 0 {
		out = append(out, idea{rule: "braces", why: "blocks have keywords", edits: braces, cost: -1})
	}
	return out
}

// headOf is the keyword with which the line of token i begins.
func (m *mender) headOf(i int) string {
	k := i
	for k > 0 && m.tokens[k-1].kind != newline {
		k--
	}
	if m.tokens[k].key || m.tokens[k].text == "else:" {
		return m.tokens[k].text
	}
	return ""
}

// braceEdits write then and fi, or do and done, for the brace at token i that
// ends the head of an if or a loop.
func (m *mender) braceEdits(i int) []nsbox.Edit {
	k := i
	for k > 0 && m.tokens[k-1].kind != newline && !(m.tokens[k-1].text == "}" && k < i) {
		k--
	}
	head := m.tokens[k].text
	body, closer := "", ""
	switch head {
	case "if", "elif":
		body, closer = "; then", "fi"
	case "for", "while", "until":
		body, closer = "; do", "done"
	case "else":
		closer = "fi"
	default:
		return nil
	}
	depth, end := 0, i
	for ; end < len(m.tokens); end++ {
		if m.tokens[end].text == "{" {
			depth++
		} else if m.tokens[end].text == "}" {
			if depth--; depth == 0 {
				break
			}
		}
	}
	if end == len(m.tokens) || i == 0 {
		return nil
	}
	start := m.tokens[i-1].end
	if m.tokens[i-1].text == ";" {
		start = m.tokens[i-1].start
	}
	edits := []nsbox.Edit{m.edit(start, m.tokens[i].end, body)}
	if end+1 < len(m.tokens) && (m.tokens[end+1].text == "else" || m.tokens[end+1].text == "elif") {
		return append(edits, m.edit(m.tokens[end].start, m.tokens[end+1].start, ""))
	}
	return append(edits, m.edit(m.tokens[end].start, m.tokens[end].end, closer))
}

// gap is a place where the end of a block is missing, or one too many.
type gap struct {
	line   int
	indent string
	closer string
	extra  bool
}

// gaps finds by the indentation where ends are missing or too many.
func (m *mender) gaps() []gap {
	type frame struct {
		width          int
		indent, closer string
	}
	var stack []frame
	var out []gap
	opens := map[int][]block{}
	for _, b := range m.blocks {
		if b.open >= 0 && b.word != "(" && (b.close < 0 || m.line(b.close) != m.line(b.open)) {
			n := m.line(b.open)
			opens[n] = append(opens[n], b)
		}
	}
	for i, t := range m.tokens {
		if t.kind == newline || t.kind == heredoc || t.kind == comment || !m.first(i) {
			continue
		}
		line := m.line(i)
		w := source.Width(m.Line(line), 8)
		ends := t.key && (t.text == "fi" || t.text == "done" || t.text == "esac" || t.text == "}")
		middle := t.key && (t.text == "else" || t.text == "elif" || t.text == "then" || t.text == "do")
		for len(stack) > 0 {
			top := stack[len(stack)-1]
			if top.width < w || top.width == w && (ends && top.closer == t.text || middle && (top.closer == "fi" || top.closer == "done") || t.text == "{" || top.closer == "esac" && m.patternLine(i)) {
				break
			}
			out = append(out, gap{line: line, indent: top.indent, closer: top.closer})
			stack = stack[:len(stack)-1]
		}
		if ends {
			if len(stack) > 0 && stack[len(stack)-1].closer == t.text {
				stack = stack[:len(stack)-1]
			} else {
				out = append(out, gap{line: line, extra: true})
			}
		}
		for _, b := range opens[line] {
			stack = append(stack, frame{w, m.Indent(line), closers[b.word]})
		}
	}
	for k := len(stack) - 1; k >= 0; k-- {
		out = append(out, gap{line: m.Lines() + 1, indent: stack[k].indent, closer: stack[k].closer})
	}
	return out
}

// patternLine reports whether the line of token i begins a branch of a case.
func (m *mender) patternLine(i int) bool {
	for k := i; k < len(m.tokens) && m.tokens[k].kind != newline; k++ {
		if m.tokens[k].text == ")" {
			return true
		}
	}
	return false
}

// endIdeas put the ends of blocks where the indentation says that they are
// missing, and take away those that are too many.
func (m *mender) endIdeas() []idea {
	var missing []nsbox.Edit
	var out []idea
	for _, g := range m.gaps() {
		if g.extra {
			start, end := m.Bounds(g.line)
			if s := strings.TrimSpace(m.Src[start:end]); s == "fi" || s == "done" || s == "esac" || s == "}" {
				out = append(out, idea{rule: "end", why: s + " ends nothing", cost: 4, edits: []nsbox.Edit{m.edit(start, m.Next(g.line), "")}})
				{ // another block's end stands there
					for _, to := range []string{"fi", "done", "esac", "}"} {
						if to != s {
							at := start + len(m.Indent(g.line))
							out = append(out, idea{rule: "end", why: s + " -> " + to, cost: 3, edits: []nsbox.Edit{m.edit(at, at+len(s), to)}})
						}
					}
				}
			}
			continue
		}
		last := g.line - 1
		for last > 1 && m.Blank(last) {
			last--
		}
		at := m.Next(last)
		text := g.indent + g.closer + "\n"
		if at > 0 && m.Src[at-1] != '\n' {
			text = "\n" + g.indent + g.closer
		}
		missing = append(missing, m.edit(at, at, text))
	}
	if len(missing) > 1 {
		out = append(out, idea{rule: "end", why: "ends of blocks are missing", edits: missing, cost: 2})
	}
	for k, e := range missing[:min(len(missing), 6)] {
		out = append(out, idea{rule: "end", why: strings.TrimSpace(e.Text) + " is missing", edits: []nsbox.Edit{e}, cost: 2 + k})
	}
	for _, b := range m.blocks { // on one line
		if b.open >= 0 && b.close < 0 && len(out) < 20 {
			end := b.open
			for end < len(m.tokens) && m.tokens[end].kind != newline {
				end++
			}
			if end > b.open+2 && (b.body >= 0 && b.body < end-1 || b.word == "{") {
				out = append(out, m.insert("end", m.tokens[end-1].end, "; "+closers[b.word], 3, false))
			}
			if b.word == "(" {
				out = append(out, m.insert("bracket", m.tokens[end-1].end, ")", 3, false))
			}
		}
	}
	return out
}
