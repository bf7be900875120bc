package cfamily

import (
	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/internal/source"
)

// stray removes a backslash that goes on with nothing, or has other words for
// characters that C has not.
func stray(c *ctx, f *code, d *nsbox.Diagnosis, m []string) []idea {
	i := f.at(d)
	if m[1] == `\` && f.is(i, `\`) && f.lastOnLine(i) {
		return []idea{{rule: "character", why: "the \"\\\" stands outside a string", edits: []nsbox.Edit{f.remove(i)}, rank: nsbox.RankLocal}}
	}
	_ = c
	return nil
}

// elseAlone is for an else whose if has already ended: by a semicolon behind its
// condition, or because its body has several statements and no braces.
func elseAlone(_ *ctx, f *code, d *nsbox.Diagnosis, _ []string) []idea {
	i := f.at(d)
	if !f.is(i, "else") {
		i = f.find(d, "else")
	}
	if i < 1 {
		return nil
	}
	if f.is(i-1, "}") && f.pair[i-1] > 1 {
		if o := f.pair[i-1]; f.is(o-1, ";") && f.is(o-2, ")") && f.pair[o-2] > 0 && f.is(f.pair[o-2]-1, "if") {
			return []idea{{rule: "punctuation", why: "the \";\" ends the if before its body", edits: []nsbox.Edit{f.remove(o - 1)}, rank: nsbox.RankLocal}}
		}
		return nil
	}
	if !f.firstOnLine(i) {
		return nil
	}
	w := f.width(i)
	for k := i - 1; k >= 0; k-- {
		if !f.firstOnLine(k) || f.width(k) > w {
			continue
		}
		_, to := f.lineRange(f.line(k))
		if f.width(k) < w || !f.is(k, "if") || !f.is(to-1, ")") {
			return nil
		}
		indent := f.text.Indent(f.line(i))
		start, _ := f.text.Bounds(f.line(i))
		return []idea{{rule: "braces", why: "the if has several statements", rank: nsbox.RankStructural, edits: []nsbox.Edit{
			f.insert(f.tok(to-1).End, " {"), f.insert(start, indent+"}\n"),
		}}}
	}
	return nil
}

// modifiers are words that another word of the same type follows.
var modifiers = set(`const volatile unsigned signed long short struct class enum union typename static`)

// templateComma puts a comma between two arguments of a template.
func templateComma(_ *ctx, f *code, d *nsbox.Diagnosis, _ []string) []idea {
	from, to := f.lineRange(d.Line)
	var places []int
	depth := 0
	for k := from; k < to; k++ {
		switch {
		case f.is(k, "<") && f.tok(k-1).Kind == source.Word:
			depth++
		case f.is(k, ">"):
			depth--
		case f.is(k, ">>"):
			depth -= 2
		case depth > 0 && (f.is(k, ";") || f.is(k, "<<")):
			return nil
		}
		a, b := f.tok(k), f.tok(k+1)
		first := a.Kind == source.Word && !modifiers[a.Text] && !(b.Text == "int" && typeWords[a.Text]) && b.Text != "const"
		if depth > 0 && (first || a.Text == ">") && k+1 < to && (b.Kind == source.Word || b.Kind == source.Number) {
			places = append(places, k)
		}
	}
	if len(places) != 1 {
		return nil
	}
	return []idea{{rule: "punctuation", why: "a \",\" is missing", edits: []nsbox.Edit{f.insert(f.tok(places[0]).End, ",")}, rank: nsbox.RankLocal}}
}

// templateEnd is angleClose for a message about the arguments.
func templateEnd(_ *ctx, f *code, d *nsbox.Diagnosis, _ []string) []idea {
	return f.angleClose(d, f.at(d))
}
