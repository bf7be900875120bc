package javascript

import (
	"strings"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/internal/source"
)

var typeWords = map[string]bool{"string": true, "number": true, "boolean": true, "unknown": true, "any": true, "bigint": true}

// punctIdeas put in or exchange signs at the place of the error.
func punctIdeas(c *code, f fault, e int) []change {
	var out []change
	add := func(rule, why string, doubt int, edits ...edit) {
		out = append(out, change{rule: rule, why: why, rank: nsbox.RankLocal, edits: edits, doubt: doubt})
	}
	if e < 1 || len(c.toks) == 0 {
		return unexpected(c, e, out)
	}
	prev, here := c.tok(e-1), c.tok(e)
	outer := -1
	if e < len(c.toks) {
		outer = c.outer[e]
	}
	inList := outer >= 0 && c.is(outer, "(", "[", "{")
	if inList && c.endsValue(e-1) && (c.startsValue(e) || c.is(e, "...")) {
		add("missing-comma", "a comma is missing between two elements", 0, insert(prev.End, ","))
	}
	if c.is(outer, "{") && c.startsValue(e) && (c.word(e-1) || prev.Kind == source.String) {
		add("missing-colon", "a key is followed by a colon", 1, insert(prev.End, ":"))
	}
	if c.is(e-1, "=>") && c.first(e) && c.is(e, "const", "let", "return", "if", "for", "while", "try", "switch", "throw") {
		add("missing-brace", "a function's statements stand in braces", 0, insert(prev.End, " {"))
	}
	if typed(c.name) && c.word(e) && !keywords[here.Text] {
		switch {
		case c.is(e-1, ")") && c.pair[e-1] > 0 && (c.is(c.pair[e-1]-2, "function") || c.is(c.pair[e-1]-1, ">")):
			add("missing-colon", "a type stands after a colon", -1, insert(prev.End, ":"))
		case c.is(outer, "(") && c.ident(e-1) && c.is(e-2, "(", ",") && (typeWords[here.Text] || here.Text[0] >= 'A' && here.Text[0] <= 'Z'):
			add("missing-colon", "a type stands after a colon", -1, insert(prev.End, ":"))
		}
	}
	exchange(c, e, outer, add)
	if c.ident(e-1) && c.is(e-2, "const", "let", "var") && c.startsValue(e) {
		add("missing-assignment", "a value is assigned with =", 0, insert(prev.End, " ="))
	}
	if c.is(e-1, ")") && c.startsValue(e) {
		add("missing-arrow", "an arrow is missing", 3, insert(prev.End, " =>"))
	}
	if c.word(e-1) && c.word(e) && c.is(e+1, "(") {
		if _, ok := lookup(prev.Text+".", here.Text); ok {
			add("missing-dot", "a member is named after a dot", 0, edit{prev.End, here.Start, "."})
		}
	}
	if want := expected(f.text); want != "" && want != ";" {
		add("missing-sign", want+" is missing", 4, insert(prev.End, want))
		if want == "{" || want == "=>" {
			add("missing-sign", want+" is missing", 4, insert(prev.End, " "+want))
		}
	}
	if strings.Contains(f.text, `Expected ";"`) && c.endsValue(e-1) && (keywords[here.Text] || prev.Kind != source.Word && c.ident(e)) {
		add("missing-semicolon", "a semicolon is missing between two statements", 12, insert(prev.End, ";"))
	}
	return unexpected(c, e, out)
}

// exchange replaces a sign by the one that its place asks for.
func exchange(c *code, e, outer int, add func(string, string, int, ...edit)) {
	for _, i := range []int{e, e - 1} {
		switch {
		case c.is(outer, "{") && c.is(i, "=") && c.word(i-1):
			add("wrong-sign", "a key is followed by a colon", 2, edit{c.toks[i-1].End, c.toks[i].End, ":"})
		case c.is(i, ";") && i < len(c.toks) && c.outer[i] >= 0 && c.is(c.outer[i], "{", "[", "("):
			add("wrong-sign", "elements are separated by commas", 2, replace(c.toks[i], ","))
			if c.is(i+1, ")") {
				add("extra-sign", "the head of the loop has one semicolon too many", 2, remove(c.toks[i].Start, c.toks[i].End))
			}
		case c.is(i, ":") && c.ident(i-1) && c.is(i-2, "const", "let", "var"):
			add("wrong-sign", "a value is assigned with =", 2, edit{c.toks[i-1].End, c.toks[i].End, " ="})
		case c.is(i, ".") && c.is(i+1, ".") && !c.is(i+2, ".") && i+1 < len(c.toks):
			add("wrong-sign", "a spread has three dots", 2, edit{c.toks[i].Start, c.toks[i+1].End, "..."})
		case c.is(i, "=") && c.is(outer, "(") && c.is(outer-1, "if", "while"):
			add("wrong-sign", "values are compared with ===", 2, replace(c.toks[i], "==="))
		case c.is(i, "=") && c.is(i+1, "{") && c.is(i-1, ")"):
			add("wrong-sign", "an arrow is =>", 1, replace(c.toks[i], "=>"))
		case c.is(i, "=") && c.is(i-1, ")") && c.pair[i-1] >= 0 && c.startsValue(i+1):
			add("wrong-sign", "an arrow is =>", 2, replace(c.toks[i], "=>"))
		}
	}
	if outer >= 0 && c.is(outer, "(") && c.is(outer-1, "for") {
		loopHead(c, outer, add)
	}
	if c.is(e, ":") && c.is(e-1, "]") && c.pair[e-1] > 0 && c.first(c.pair[e-1]) {
		add("missing-comma", "a comma is missing between two elements", 0, insert(c.toks[c.pair[e-1]-1].End, ","))
	}
	if !typed(c.name) && c.is(e, ":") && (c.ident(e-1) && c.is(e-2, "(", ",", "let", "const", "var") || c.is(e-1, ")")) {
		annotation(c, e, add)
	}
}

// loopHead puts semicolons into "for (a, b, c)".
func loopHead(c *code, open int, add func(string, string, int, ...edit)) {
	var edits []edit
	semicolons, commas := 0, 0
	for i := open + 1; i < c.closing(open) && i < len(c.toks); i++ {
		if c.outer[i] != open {
			continue
		}
		if c.is(i, ";") {
			semicolons++
		}
		if c.is(i, ",", ":") {
			commas++
			edits = append(edits, replace(c.toks[i], ";"))
		}
	}
	if semicolons+commas == 2 && commas > 0 {
		add("wrong-sign", "the parts of a loop's head are separated by semicolons", 1, edits...)
	}
	if semicolons == 1 && commas == 0 { // one is missing: before the last step
		for i := open + 2; i < c.closing(open) && i < len(c.toks); i++ {
			if c.endsValue(i-1) && c.startsValue(i) && c.outer[i] == open {
				add("missing-semicolon", "the head of the loop lacks a semicolon", 1, insert(c.toks[i-1].End, ";"))
			}
		}
	}
}

// annotation takes a type of TypeScript's away in JavaScript.
func annotation(c *code, e int, add func(string, string, int, ...edit)) {
	for i := e + 1; i < len(c.toks) && i < e+20; i++ {
		if c.outer[i] == c.outer[e] && c.is(i, ",", "=", ";", "{", "=>") || c.pair[i] >= 0 && c.pair[i] == c.outer[e] {
			end := c.toks[i-1].End
			if i > e+1 {
				add("type-annotation", "JavaScript has no types", 6, remove(c.toks[e-1].End, end))
			}
			return
		}
	}
}

// expected is what the parser says that is missing.
func expected(text string) string {
	rest, ok := strings.CutPrefix(text, `Expected "`)
	if !ok {
		return ""
	}
	want, _, ok := strings.Cut(rest, `"`)
	if !ok {
		return ""
	}
	return want
}

// unexpected takes away a sign that is there twice, or that nothing precedes.
func unexpected(c *code, e int, out []change) []change {
	for _, i := range []int{e, e - 1} {
		if i < 0 || i >= len(c.toks) || c.toks[i].Kind != source.Punct || closes(c.toks[i]) != "" && i != e {
			continue
		}
		if strings.TrimSpace(c.text.Line(c.line(i))) == c.toks[i].Text {
			continue // a bracket alone on its line goes with its line
		}
		doubt := 9
		if c.tok(i+1).Text == c.toks[i].Text || i > 0 && c.toks[i-1].Text == c.toks[i].Text {
			doubt = 3
		}
		if doubt == 9 && !c.is(i, ",", ";", ")", "]", "}", ".", ":") {
			continue
		}
		out = append(out, change{rule: "extra-sign", why: c.toks[i].Text + " is too much", rank: nsbox.RankStructural,
			edits: one(remove(c.toks[i].Start, c.toks[i].End)), doubt: doubt})
	}
	return out
}
