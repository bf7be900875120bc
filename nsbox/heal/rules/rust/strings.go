package rust

import (
	"slices"
	"strings"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/internal/source"
)

// maxStringLine bounds the lines in which a string's end is looked for.
const maxStringLine = 2000

// closeString finds the string that is not closed: the first line that ends
// inside one. Strings that go on over lines are rare, and rustc finds the end
// of the last string in the file to be missing instead.
func (p *program) closeString() []option {
	var out []option
	toks := lineLexer.Lex(p.Src)
	for i, t := range toks {
		if t.Kind != source.String || !t.Open || strings.HasSuffix(p.Src[t.Start:t.End], `\`) || !strings.HasPrefix(t.Text, `"`) {
			continue
		}
		start, end := p.Bounds(p.LineOf(t.Start))
		if end-start > maxStringLine {
			continue
		}
		for _, e := range p.lineString(toks, i, start, end) {
			out = append(out, option{"string", "a string closed where its line says", nsbox.RankStructural, e})
		}
		if len(out) > 0 {
			break
		}
	}
	return out[:min(len(out), maxWays)]
}

// lineString returns ways to close the string that is open at the end of the
// line from start to end, in which it is token at.
func (p *program) lineString(toks []source.Token, at, start, end int) [][]nsbox.Edit {
	closes := toks[at].Start > start && closesWord(p.Src[start:toks[at].Start])
	// Any string of the line may be the one: it then took the beginning of the
	// next one for its end.
	first := at
	for first > 0 && toks[first-1].Start >= start {
		first--
	}
	var exact, likely, rest [][]nsbox.Edit
	for i := first; i <= at; i++ {
		if t := toks[i]; t.Kind != source.String || !strings.HasPrefix(t.Text, `"`) || closes && i == at {
			continue
		}
		found, sure := p.stringEnds(toks[i].Start, start, end)
		switch {
		case sure:
			exact = append(exact, found...)
		case i == at || toks[i+1].Start == toks[i].End && (toks[i+1].Kind == source.Word || toks[i+1].Kind == source.Number):
			likely = append(likely, found...)
		default:
			rest = append(rest, found...)
		}
	}
	if found := slices.Concat(exact, likely, rest); len(found) > 0 || !closes {
		return found
	}
	return p.openString(start, toks[at].Start)
}

// closesWord reports whether a quote after before, in its line, ends a string
// whose beginning is missing.
func closesWord(before string) bool {
	c := before[len(before)-1]
	word := before[len(strings.TrimRight(before, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")):]
	if word == "b" || word == "r" || word == "br" || word == "c" {
		return false
	}
	return word != "" || strings.IndexByte("!}.:?\\", c) >= 0
}

// openString puts the beginning of a string that ends at quote: after the
// bracket or comma before it.
func (p *program) openString(start, quote int) [][]nsbox.Edit {
	line := p.Src[start:quote]
	var out [][]nsbox.Edit
	if i := strings.Index(line, "!("); i >= 0 && !strings.Contains(line, `"`) {
		out = append(out, p.insert(start+i+len("!("), `"`))
	}
	for i := len(line) - 1; i > 0 && len(out) < maxWays; i-- {
		switch {
		case line[i] == '(' || line[i] == '[':
			return append(out, p.insert(start+i+1, `"`))
		case line[i] == ' ' && strings.IndexByte(",=>:", line[i-1]) >= 0:
			out = append(out, p.insert(start+i+1, `"`))
		}
	}
	return out
}

// stringEnds returns where the string from open can end, the likeliest first:
// where a macro then has as many arguments as its format wants, before a method's
// call, and as late as possible.
// sure is set in the first case.
func (p *program) stringEnds(open, start, end int) (out [][]nsbox.Edit, sure bool) {
	line := p.Src[open+1 : end]
	macro := formats(p.Src[start:open])
	var exact, call, late, rest, empty []int
	for i := 0; i <= len(line); i++ {
		if i < len(line) && (!strings.ContainsRune(",)]};. ", rune(line[i])) || i > 0 && line[i-1] == '\\') {
			continue
		}
		tail := line[i:]
		if i < len(line) && line[i] == ' ' && !joins(tail) || !apart(p.Src[start:open], line[:i], tail) || !p.tailFits(start, open, tail) {
			continue
		}
		content := line[:i]
		switch {
		case content == "":
			empty = append(empty, open+1)
		case macro && holes(content) == arguments(tail):
			exact = append(exact, open+1+i)
		case strings.HasPrefix(tail, ".") && isCall(tail):
			call = append(call, open+1+i)
		case strings.Trim(tail, ")]};,? {") == "":
			late = append(late, open+1+i)
		default:
			rest = append(rest, open+1+i)
		}
	}
	if len(exact) > 0 {
		call, late, rest = nil, nil, nil
	}
	seen := map[int]bool{}
	if len(call)+len(late)+len(rest)+len(exact) > 0 {
		empty = nil
	}
	for _, list := range [][]int{exact, call, late, rest, empty} {
		for _, at := range list {
			if !seen[at] {
				seen[at] = true
				out = append(out, p.insert(at, `"`))
			}
		}
	}
	return out, len(exact) > 0
}

// apart reports whether, in a line of before, a string of content, and tail, no
// string touches a word or another string.
func apart(before, content, tail string) bool {
	code := lineLexer.Lex(before + `"` + content + `"` + tail)
	for i := range code {
		if i == 0 || code[i].Start != code[i-1].End {
			continue
		}
		a, b := code[i-1], code[i]
		if a.Kind == source.String && (b.Kind == source.Word || b.Kind == source.Number || b.Kind == source.String) ||
			b.Kind == source.String && (a.Kind == source.Word || a.Kind == source.Number) {
			return false
		}
	}
	return true
}

// joins reports whether text, after a blank, can follow a string.
func joins(text string) bool {
	code := lineLexer.Lex(text)
	return len(code) > 0 && (operators[code[0].Text] || code[0].Text == "=>" || code[0].Text == "{" || code[0].Text == "}" || code[0].Text == "if" || code[0].Text == "|")
}

// tailFits reports whether tail can follow a string that begins at open in the
// line from start: its strings are whole, and its brackets close those that are
// open before it.
func (p *program) tailFits(start, open int, tail string) bool {
	var stack []string
	toks := append(source.Code(lineLexer.Lex(p.Src[start:open])), source.Code(lineLexer.Lex(tail))...)
	for _, t := range toks {
		if t.Open {
			return false
		}
		switch t.Text {
		case "(", "[", "{":
			stack = append(stack, source.Closer(t.Text))
		case ")", "]":
			if len(stack) == 0 {
				continue // opened on a line before
			}
			if stack[len(stack)-1] != t.Text {
				return false
			}
			stack = stack[:len(stack)-1]
		case "}":
			if n := len(stack); n > 0 && stack[n-1] == "}" {
				stack = stack[:n-1]
			} else if n > 0 {
				return false
			}
		}
	}
	trimmed := strings.TrimSpace(tail)
	if strings.HasSuffix(trimmed, "{") || strings.HasSuffix(trimmed, ",") || strings.HasSuffix(trimmed, "(") {
		for len(stack) > 0 && stack[len(stack)-1] == "}" {
			stack = stack[:len(stack)-1]
		}
	}
	return len(stack) == 0 || trimmed == "" || strings.HasSuffix(trimmed, ",") && p.Src[start:open] == source.Indent(p.Src[start:open])
}

// formats reports whether what is before a string in its line ends in the call of
// a macro that formats.
func formats(before string) bool {
	before = strings.TrimRight(before, " ")
	for _, m := range []string{"println!(", "print!(", "format!(", "eprintln!(", "eprint!(", "panic!(", "format_args!("} {
		if strings.HasSuffix(before, m) {
			return true
		}
	}
	i := max(strings.LastIndex(before, "write!("), strings.LastIndex(before, "writeln!("))
	return i >= 0 && strings.HasSuffix(before, ",") && strings.Count(before[i:], ",") == 1
}

// holes counts the arguments that a format takes from after it.
func holes(format string) int {
	format = strings.ReplaceAll(strings.ReplaceAll(format, "{{", ""), "}}", "")
	n := 0
	for i := 0; i < len(format); i++ {
		if format[i] == '{' && i+1 < len(format) && (format[i+1] == '}' || format[i+1] == ':') {
			n++
		}
	}
	return n
}

// arguments counts the arguments in tail up to the bracket that closes the call.
func arguments(tail string) int {
	depth, n := 0, 0
	code := source.Code(lineLexer.Lex(tail))
	for i, t := range code {
		switch t.Text {
		case "(", "[", "{":
			depth++
		case ")", "]", "}":
			if depth--; depth < 0 {
				return n
			}
		case ",":
			if depth == 0 && i+1 < len(code) && code[i+1].Text != ")" {
				n++
			}
		}
	}
	return n
}

// isCall reports whether text begins with the call of a method.
func isCall(text string) bool {
	code := source.Code(lineLexer.Lex(text))
	return len(code) > 2 && code[1].Kind == source.Word && code[2].Text == "("
}
