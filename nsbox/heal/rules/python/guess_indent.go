package python

import (
	"strings"

	"github.com/nsbox/nsbox/nsbox/internal/source"
)

// indentation moves lines to where their block is.
func (b *broken) indentation() {
	switch b.err.Message {
	case "expected an indented block":
		b.emptyBlock()
	case "unexpected indent":
		b.tooDeep()
	case "unindent does not match any outer indentation level":
		b.misaligned()
	case "inconsistent use of tabs and spaces in indentation":
		b.tabs()
	case "'return' outside function", "'yield' outside function", "'break' outside loop", "'continue' outside loop":
		b.leftBlock()
	case "'await' outside async function":
		b.makeAsync()
	default:
		if len(b.toks) > 0 && b.bad == 0 && follows(b.toks[0].Text) {
			b.orphan()
		}
	}
}

// reindent is the edit that gives line n the indentation indent.
func (b *broken) reindent(n int, indent string) edit {
	start, _ := b.text.Bounds(n)
	return edit{start, start + len(b.text.Indent(n)), indent}
}

// shift gives the lines first to last another indentation: what they had beyond
// that of first, they keep.
func (b *broken) shift(first, last int, indent string) []edit {
	old := b.text.Indent(first)
	var out []edit
	for n := first; n <= last; n++ {
		if b.text.Blank(n) {
			continue
		}
		own, ok := strings.CutPrefix(b.text.Indent(n), old)
		if !ok {
			own = ""
		}
		out = append(out, b.reindent(n, indent+own))
	}
	return out
}

func (b *broken) width(n int) int { return source.Width(b.text.Line(n), 8) }

// near returns the line with text before or after line n, 0 where there is none.
func (b *broken) near(n, step int) int {
	for n += step; n >= 1 && n <= b.text.Lines(); n += step {
		if line := strings.TrimSpace(b.text.Line(n)); line != "" && line[0] != '#' {
			return n
		}
	}
	return 0
}

// unit is what the file indents by: its least indentation.
func (b *broken) unit() string {
	least := ""
	for n := 1; n <= b.text.Lines(); n++ {
		in := b.text.Indent(n)
		if in == "" || b.text.Blank(n) {
			continue
		}
		if in[0] == '\t' {
			return "\t"
		}
		if len(in) > 1 && (least == "" || len(in) < len(least)) && len(in)%2 == 0 {
			least = in
		}
	}
	if least == "" || len(least) > 8 {
		return "    "
	}
	return least
}

// header1 is the line of the block's first line before line n.
func (b *broken) header1(n int) int {
	for h := b.near(n, -1); h > 0; h = b.near(h, -1) {
		if opens[firstWord(b.text.Line(h))] {
			return h
		}
		if b.width(h) < b.width(n) {
			break
		}
	}
	return b.near(n, -1)
}

const whyIndent = "the line belongs to the block before it"

// emptyBlock indents what follows a block's first line, or puts a pass there.
func (b *broken) emptyBlock() {
	n := b.line
	if b.bad >= len(b.toks) { // at the end of the text
		n = 0
	}
	h := b.header1(b.line)
	if n == 0 {
		h = b.near(b.text.Lines()+1, -1)
	}
	inner := b.text.Indent(h) + b.unit()
	_, headEnd := b.text.Bounds(h)
	pass := edit{headEnd, headEnd, "\n" + inner + "pass"}
	if n == 0 {
		b.add("empty-block", "an empty block has a pass", 4, pass)
		return
	}
	word := firstWord(b.text.Line(n))
	if after := b.near(n, 1); after > 0 && b.width(after) > b.width(h) && b.width(n) <= b.width(h) && !opens[word] {
		b.add("indentation", whyIndent, 1, b.reindent(n, b.text.Indent(after)))
	}
	if after := b.near(n, 1); after > 0 && opens[word] && !follows(word) && b.width(after) > source.Width(inner, 8) {
		b.add("indentation", whyIndent, 1, b.reindent(n, inner))
	}
	if (word == "def" || word == "class" || follows(word) || strings.HasPrefix(strings.TrimSpace(b.text.Line(n)), "@")) && b.width(n) <= b.width(h) {
		cost := 5
		if n > h+1 || follows(word) {
			cost = 3
		}
		if firstWord(b.text.Line(h)) == "class" && word == "def" {
			cost = 9
		}
		b.add("empty-block", "an empty block has a pass", cost, pass)
	}
	if follows(word) {
		return
	}
	b.blockLines(n, h, inner)
}

// blockLines indents line n and as many of the following as belong to it.
func (b *broken) blockLines(n, h int, inner string) {
	base := b.width(n)
	head := firstWord(b.text.Line(h))
	def := head == "def" || head == "class"
	names := loopNames(b.text.Line(h))
	cost := 2
	for last := n; last > 0 && last < n+60; last = b.near(last, 1) {
		if last > n && (b.width(last) < base || !def && !b.touches(n, last)) {
			break
		}
		word := firstWord(b.text.Line(last))
		if last > n && b.width(last) == base && (follows(word) && !opens[firstWord(b.text.Line(n))] || word == "def" || word == "class") {
			break
		}
		next := b.near(last, 1)
		if next > 0 && b.width(next) > base {
			continue // the block goes on with what is deeper
		}
		c := cost
		switch {
		case next == 0 || b.width(next) != base:
		case !b.touches(last, next): // a paragraph ends
			cost += 4
		case def:
			c += 6 // the whole paragraph belongs to a function
		case mentions(b.text.Line(next), names):
			c += 4
		case !mentions(b.text.Line(last), names) && last > n:
			c += 3
		}
		b.add("indentation", whyIndent, c, b.shift(n, last, inner)...)
		if !def {
			cost++
		}
	}
}

// touches reports whether no blank line is between lines n and m.
func (b *broken) touches(n, m int) bool {
	for k := n + 1; k < m; k++ {
		if b.text.Blank(k) {
			return false
		}
	}
	return true
}

// loopNames are the names that the first line of a loop gives values.
func loopNames(line string) []string {
	line = strings.TrimSpace(line)
	if rest, ok := strings.CutPrefix(line, "for "); ok {
		targets, _, _ := strings.Cut(rest, " in ")
		return strings.FieldsFunc(targets, func(r rune) bool { return strings.ContainsRune("(), ", r) })
	}
	if rest, ok := strings.CutPrefix(line, "with "); ok {
		if _, name, ok := strings.Cut(rest, " as "); ok {
			return []string{strings.TrimRight(name, ": ")}
		}
	}
	return nil
}

func mentions(line string, words []string) bool {
	for _, w := range words {
		for at := 0; at < len(line); {
			i := strings.Index(line[at:], w)
			if i < 0 {
				break
			}
			i += at
			at = i + len(w)
			if (i == 0 || !wordByte(line[i-1])) && (at == len(line) || !wordByte(line[at])) {
				return true
			}
		}
	}
	return false
}

// tooDeep moves a line that is indented for no reason, or the lines before it
// that are not indented enough.
func (b *broken) tooDeep() {
	n := b.line
	prev := b.near(n, -1)
	if prev == 0 {
		b.add("indentation", "the first line is not indented", 1, b.shift(n, b.sameBlock(n), "")...)
		return
	}
	up := b.text.Indent(prev)
	if before := b.near(prev, -1); before > 0 && b.text.Indent(before) == b.text.Indent(n) && !opens[firstWord(b.text.Line(prev))] {
		// One line between two of a block left it.
		b.add("indentation", whyIndent, 0, b.reindent(prev, b.text.Indent(n)))
	}
	b.add("indentation", whyIndent, 1, b.reindent(n, up))
	if last := b.sameBlock(n); last > n {
		b.add("indentation", whyIndent, 2, b.shift(n, last, up)...)
	}
	// The lines before may have lost their indentation.
	in := b.text.Indent(n)
	for first, k := prev, 0; first > 0 && k < 6 && b.width(first) < b.width(n); first, k = b.near(first, -1), k+1 {
		b.add("indentation", whyIndent, 2+k, b.shift(first, prev, in)...)
		if opens[firstWord(b.text.Line(first))] {
			break
		}
	}
	if line := strings.TrimRight(b.text.Line(prev), " \t"); opens[firstWord(line)] && !strings.HasSuffix(line, ":") {
		start, _ := b.text.Bounds(prev)
		b.add("missing-colon", "a block's first line ends with a colon", 1, edit{start + len(line), start + len(line), ":"})
	}
}

// sameBlock is the last line that is indented at least as much as n.
func (b *broken) sameBlock(n int) int {
	last := n
	for m := b.near(n, 1); m > 0 && b.width(m) >= b.width(n); m = b.near(m, 1) {
		last = m
	}
	return last
}

// misaligned moves a line to a level that is there, or the block before it to
// the line's.
func (b *broken) misaligned() {
	n, w := b.line, b.width(b.line)
	unit := max(source.Width(b.unit(), 8), 1)
	seen := map[int]bool{}
	limit := 1 << 20
	for m := b.near(n, -1); m > 0; m = b.near(m, -1) {
		mw := b.width(m)
		if mw >= limit || seen[mw] {
			continue
		}
		limit = mw
		seen[mw] = true
		off := max(mw-w, w-mw)
		if off > 1 {
			off++
		}
		uneven := func(width int) int { return 2 * min(width%unit, 1) }
		b.add("indentation", whyIndent, off+uneven(mw), b.reindent(n, b.text.Indent(m)))
		if last := b.sameBlock(n); last > n {
			b.add("indentation", whyIndent, off+1+uneven(mw), b.shift(n, last, b.text.Indent(m))...)
		}
		if mw > w { // the block before, which is too deep
			first := m
			for k := b.near(m, -1); k > 0 && b.width(k) >= mw; k = b.near(k, -1) {
				first = k
			}
			before := b.near(n, -1)
			b.add("indentation", whyIndent, off+uneven(w), b.shift(first, before, b.text.Indent(n))...)
			if first != before {
				b.add("indentation", whyIndent, off+1+uneven(w), b.reindent(before, b.text.Indent(n)))
			}
		}
		if mw == 0 {
			break
		}
	}
}

// tabs writes all indentation in spaces.
func (b *broken) tabs() {
	for _, size := range []int{4, 8, 2} {
		var edits []edit
		for n := 1; n <= b.text.Lines(); n++ {
			in := b.text.Indent(n)
			if strings.Contains(in, "\t") {
				edits = append(edits, b.reindent(n, strings.Repeat(" ", source.Width(in, size))))
			}
		}
		cost := 2
		if len(b.unit()) == size {
			cost = 1
		}
		if size == 2 {
			cost = 4
		} else if size == 8 {
			cost = 3
		}
		b.add("tabs", "indentation has either tabs or spaces", cost, edits...)
	}
}

// leftBlock moves a line back into the function or loop before it.
func (b *broken) leftBlock() {
	n := b.line
	prev := b.near(n, -1)
	if prev > 0 && b.width(prev) > b.width(n) {
		seen := map[string]bool{}
		cost := 3
		for m := prev; m > 0 && b.width(m) > b.width(n); m = b.near(m, -1) {
			if in := b.text.Indent(m); !seen[in] {
				seen[in] = true
				c := cost
				if b.err.Message == "'return' outside function" && b.returned(n, m) {
					c = 2
				}
				b.add("indentation", whyIndent, c, b.reindent(n, in))
				cost += 3
			}
		}
	}
}

// returned prefers the level of the function's own body for a last return.
func (b *broken) returned(n, m int) bool {
	in := b.width(m)
	for k := m; k > 0; k = b.near(k, -1) {
		if firstWord(b.text.Line(k)) == "def" {
			return in == b.width(k)+len(b.unit())
		}
		if b.width(k) <= b.width(n) {
			return false
		}
	}
	return false
}

// orphan moves an else to a block that it can belong to.
func (b *broken) orphan() {
	n := b.line
	want := map[string]string{"else": "if elif for while try except", "elif": "if elif", "except": "try except", "finally": "try except else"}[b.toks[0].Text]
	limit := 1 << 20
	for m := b.near(n, -1); m > 0; m = b.near(m, -1) {
		if b.width(m) >= limit {
			continue
		}
		limit = b.width(m) + 1
		if strings.Contains(" "+want+" ", " "+firstWord(b.text.Line(m))+" ") {
			off := max(b.width(m)-b.width(n), b.width(n)-b.width(m))
			if off > 0 {
				b.add("indentation", "it belongs to the block above", 1+min(off, 6), b.reindent(n, b.text.Indent(m)))
			} else if prev := b.near(n, -1); prev > m {
				b.add("indentation", whyIndent, 3, b.reindent(prev, b.text.Indent(n)+b.unit()))
			}
		}
		if b.width(m) == 0 {
			break
		}
	}
}

// makeAsync makes the function around an await asynchronous.
func (b *broken) makeAsync() {
	for m := b.near(b.line, -1); m > 0; m = b.near(m, -1) {
		if b.width(m) < b.width(b.line) && firstWord(b.text.Line(m)) == "def" {
			start, _ := b.text.Bounds(m)
			start += len(b.text.Indent(m))
			b.add("async", "only an asynchronous function can await", 3, edit{start, start, "async "})
			return
		}
	}
}
