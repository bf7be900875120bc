package cfamily

import (
	"strings"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/internal/source"
)

// tab is the width that a tab is taken to have.
const tab = 4

// openBlock is a brace that waits for its partner.
type openBlock struct {
	at     int
	indent int // of the line on which its statement begins
	inline bool
	flat   bool // its content is not indented: a namespace's
}

// braces puts missing braces where the indentation says, and takes surplus ones
// away.
func (f *code) braces(d *nsbox.Diagnosis) []idea {
	b := bracer{f: f}
	b.scan()
	var out []idea
	if len(b.missing) > 0 {
		i := idea{rule: "brace", why: "a \"}\" is missing: the indentation ends the block here", rank: nsbox.RankStructural}
		i.edits = append(i.edits, b.missing...)
		out = append(out, i)
		if len(b.missing) > 1 {
			i.edits = b.missing[:1]
			out = append(out, i)
		}
	}
	for _, at := range b.surplus[:min(len(b.surplus), 1)] {
		if e, ok := f.openBrace(at); ok {
			out = append(out, idea{rule: "brace", why: "a \"{\" is missing", edits: []nsbox.Edit{e}, rank: nsbox.RankStructural})
		}
		out = append(out, idea{rule: "brace", why: "this \"}\" closes nothing", edits: []nsbox.Edit{f.removeLine(at)}, rank: nsbox.RankStructural})
	}
	_ = d
	return out
}

type bracer struct {
	f       *code
	stack   []openBlock
	missing []nsbox.Edit
	surplus []int
	parens  int
}

// width is the indentation of the line of token i.
func (f *code) width(i int) int { return source.Width(f.text.Line(f.line(i)), tab) }

// scan walks over the lines. A line that stands no deeper than the one that
// opened the innermost block ends that block, with a brace or without.
func (b *bracer) scan() {
	f := b.f
	for i, t := range f.toks {
		if f.firstOnLine(i) && b.parens == 0 {
			b.line(i)
		}
		if t.Kind != source.Punct {
			continue
		}
		switch t.Text {
		case "(", "[":
			b.parens++
		case ")", "]":
			b.parens = max(b.parens-1, 0)
		case ";":
			if f.pair[max(i-1, 0)] >= 0 || b.parens > 0 && !f.inFor(i) {
				b.parens = 0
			}
			b.inline(i)
		case "{":
			b.open(i)
		case "}":
			b.close(i)
		}
	}
	for len(b.stack) > 0 {
		b.end(len(f.toks))
	}
}

func (b *bracer) open(i int) {
	f := b.f
	o := openBlock{at: i, indent: f.width(b.head(i)), inline: !f.lastOnLine(i)}
	o.flat = f.namespaceBrace(i)
	b.stack = append(b.stack, o)
	b.parens = 0
}

// namespaceBrace reports whether the brace at i opens a namespace or linkage
// block.
func (f *code) namespaceBrace(i int) bool {
	return f.is(i-1, "namespace") || f.is(i-2, "namespace") || f.tok(i-1).Kind == source.String && f.is(i-2, "extern") || f.is(i-4, "namespace")
}

// head is the token that begins the statement whose brace is at i: the brace's
// line counts where it stands alone.
func (b *bracer) head(i int) int {
	f := b.f
	if f.firstOnLine(i) {
		return i
	}
	k := i
	if f.is(i-1, ")") && f.pair[i-1] >= 0 {
		k = f.pair[i-1] // the head may go over several lines
	}
	for k > 0 && !f.firstOnLine(k) {
		k--
	}
	return k
}

// line looks at the first token of a line.
func (b *bracer) line(i int) {
	f := b.f
	t := f.toks[i]
	w := f.width(i)
	for len(b.stack) > 0 {
		top := b.stack[len(b.stack)-1]
		switch {
		case top.at == i-1 && t.Text == "{":
			return
		case t.Text == "}":
			// It closes the block that was opened at its own depth.
			if w >= top.indent || !b.deeperOpen(w) {
				return
			}
		case b.typedefName(i, top):
			b.endBefore(i)
			return
		case w > top.indent, top.flat, top.inline && f.line(i) == f.line(top.at):
			if b.lostElse(i, top) {
				b.endBefore(i)
				continue
			}
			return
		case b.label(i, top), t.Text == "{" && b.ownLine(i, top):
			return
		case f.continues(i):
			return
		}
		b.end(i)
	}
}

// deeperOpen reports whether a block is open whose indentation is w.
func (b *bracer) deeperOpen(w int) bool {
	for _, o := range b.stack {
		if o.indent == w {
			return true
		}
	}
	return false
}

// ownLine reports whether the brace at i belongs to a head that is itself within
// the innermost block.
func (b *bracer) ownLine(i int, top openBlock) bool { return b.f.width(i) > top.indent }

// typedefName reports whether the line of token i is the rest of "} Name;" at the
// end of a typedef.
func (b *bracer) typedefName(i int, top openBlock) bool {
	f := b.f
	if f.toks[i].Kind != source.Word || !f.is(i+1, ";") || !f.is(i-1, ";") || !f.class(top.at) {
		return false
	}
	return f.is(b.head(top.at), "typedef")
}

// lostElse reports whether an else or catch at i follows a block that has not
// been closed.
func (b *bracer) lostElse(i int, top openBlock) bool {
	f := b.f
	t := f.toks[i].Text
	if t != "else" && t != "catch" {
		return false
	}
	if f.is(i-1, "}") || !f.is(i-1, ";") {
		return false
	}
	// The statement before it must not be an if without braces.
	from, _ := f.statement(i - 1)
	for k := from; k < i; k++ {
		if f.is(k, "if") {
			return false
		}
	}
	head := b.head(top.at)
	return f.is(head, "if") || f.is(head, "try") || f.is(head, "else") || f.is(head, "}")
}

// endBefore closes the innermost block on the line of token i, before it.
func (b *bracer) endBefore(i int) {
	b.missing = append(b.missing, b.f.insert(b.f.tok(i).Start, "} "))
	b.stack = b.stack[:len(b.stack)-1]
}

// label reports whether the line of token i is a label, case or access word,
// which may stand as deep as its block's head.
func (b *bracer) label(i int, top openBlock) bool {
	f := b.f
	switch f.toks[i].Text {
	case "case", "default":
		return f.is(b.head(top.at), "switch") || f.is(top.at, "{") && f.firstOnLine(top.at)
	case "public", "private", "protected":
		return f.class(top.at)
	}
	return f.toks[i].Kind == source.Word && f.is(i+1, ":") && f.lastOnLine(i+1)
}

// continues reports whether the line of token i goes on with a statement.
func (f *code) continues(i int) bool {
	prev := f.tok(i - 1)
	if prev.Kind == source.Comment {
		return false
	}
	return prev.Text != ";" && prev.Text != "}" && prev.Text != "{" && prev.Text != ":" && i > 0 && f.toks[i].Text != "}"
}

// end closes the innermost block before the line of token i.
func (b *bracer) end(i int) {
	f := b.f
	top := b.stack[len(b.stack)-1]
	b.stack = b.stack[:len(b.stack)-1]
	last := f.tok(i - 1)
	if i == 0 {
		return
	}
	if top.inline && f.line(top.at) == f.line(i-1) {
		at := last.End
		text := "}"
		if last.Text == ";" && f.blockBrace(top.at) {
			text = " }"
		} else if last.Text == ";" {
			at = last.Start
		}
		b.missing = append(b.missing, f.insert(at, text))
		return
	}
	text := f.text.Indent(f.line(b.head(top.at))) + "}"
	if f.class(top.at) {
		text += ";"
	}
	line := f.text.LineOf(last.Start)
	if last.Text == ";" && f.firstOnLine(i-1) {
		// "};" of which the brace is gone.
		b.missing = append(b.missing, f.insert(last.Start, "}"))
		return
	}
	next := f.text.Next(line)
	if next == len(f.text.Src) && !strings.HasSuffix(f.text.Src, "\n") {
		b.missing = append(b.missing, f.insert(next, "\n"+text+"\n"))
		return
	}
	b.missing = append(b.missing, f.insert(next, text+"\n"))
}

// class reports whether the brace at i opens a class, struct, union or enum.
func (f *code) class(i int) bool {
	s := scanner{f: f}
	class, enum := s.classBrace(i)
	return class || enum
}

// inline closes a block that was opened and not closed on the line that ends
// after the semicolon at i, when the next line stands no deeper.
func (b *bracer) inline(i int) {
	f := b.f
	if len(b.stack) == 0 {
		return
	}
	top := b.stack[len(b.stack)-1]
	if !top.inline || f.line(top.at) != f.line(i) || !f.lastOnLine(i) || i+1 >= len(f.toks) {
		return
	}
	if f.width(i+1) <= top.indent && !f.is(i+1, "}") {
		b.end(i + 1)
	} else if f.is(i+1, "}") && f.width(i+1) < top.indent {
		b.end(i + 1)
	}
}

func (b *bracer) close(i int) {
	f := b.f
	n := len(b.stack)
	if n == 0 {
		b.surplus = append(b.surplus, i)
		return
	}
	top := b.stack[n-1]
	if f.firstOnLine(i) && !top.inline && f.width(i) > top.indent && f.unmatchedDeeper(i, top.indent) {
		b.surplus = append(b.surplus, i)
		return
	}
	b.stack = b.stack[:n-1]
	b.parens = 0
}

// unmatchedDeeper reports whether the brace at i stands deeper than the block
// that it would close, and another one follows at that block's own depth.
func (f *code) unmatchedDeeper(i, indent int) bool {
	for k := i + 1; k < len(f.toks); k++ {
		if !f.firstOnLine(k) {
			continue
		}
		if w := f.width(k); w <= indent {
			return w == indent && f.is(k, "}")
		}
	}
	return false
}

// openBrace puts a brace at the end of the head whose block the brace at i
// closes.
func (f *code) openBrace(at int) (nsbox.Edit, bool) {
	w := f.width(at)
	for k := at - 1; k >= 0; k-- {
		if !f.firstOnLine(k) {
			continue
		}
		kw := f.width(k)
		if kw > w {
			continue
		}
		if kw < w {
			break
		}
		from, to := f.lineRange(f.line(k))
		last := f.tok(to - 1)
		head := f.tok(from)
		open := last.Text == ")" || last.Text == "else" || last.Text == "do" || last.Text == "try" || last.Text == "const" ||
			head.Text == "class" || head.Text == "struct" || head.Text == "enum" || head.Text == "namespace"
		if open && last.Text != ";" && last.Text != "{" && f.line(k) < f.line(at)-0 {
			return f.insert(last.End, " {"), true
		}
		if last.Text != "}" || f.text.Blank(f.line(k)) {
			break
		}
		break
	}
	return nsbox.Edit{}, false
}

// removeLine removes token i, with its line where nothing else is on it.
func (f *code) removeLine(i int) nsbox.Edit {
	line := f.line(i)
	if strings.TrimSpace(f.text.Line(line)) == f.tok(i).Text {
		start, _ := f.text.Bounds(line)
		return nsbox.Edit{File: f.name, Start: start, End: f.text.Next(line)}
	}
	return f.remove(i)
}
