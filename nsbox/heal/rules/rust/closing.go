package rust

import (
	"slices"
	"strings"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/internal/source"
)

// maxFlaws bounds how many brackets are mended at once; where more are wrong,
// the indentation is not to be trusted.
const maxFlaws = 4

// balance proposes edits for the brackets of p that do not pair. Each element is
// one way to mend them all; the first is the likeliest.
func (p *program) balance() [][]nsbox.Edit {
	flaws := p.flaws()
	if len(flaws) == 0 || len(flaws) > maxFlaws {
		return nil
	}
	ways := make([][][]nsbox.Edit, len(flaws))
	for i, f := range flaws {
		if ways[i] = p.mendFlaw(f); len(ways[i]) == 0 {
			return nil
		}
	}
	var out [][]nsbox.Edit
	first := make([][]nsbox.Edit, len(flaws))
	for i := range ways {
		first[i] = ways[i][0]
	}
	out = append(out, slices.Concat(first...))
	for i := range ways {
		for _, other := range ways[i][1:] {
			way := slices.Clone(first)
			way[i] = other
			out = append(out, slices.Concat(way...))
		}
	}
	return out[:min(len(out), maxWays)]
}

// maxSpots bounds the places that are looked at for one bracket.
const maxSpots = 64

// maxWays bounds the ways of mending one flaw.
const maxWays = 8

func (p *program) insert(at int, text string) []nsbox.Edit {
	return []nsbox.Edit{{File: p.name, Start: at, End: at, Text: text}}
}

func (p *program) replace(i int, text string) []nsbox.Edit {
	return []nsbox.Edit{{File: p.name, Start: p.tokens[i].Start, End: p.tokens[i].End, Text: text}}
}

func (p *program) mendFlaw(f flaw) [][]nsbox.Edit {
	switch {
	case f.kind == mistaken:
		return [][]nsbox.Edit{p.replace(f.close, source.Closer(p.text(f.open)))}
	case f.kind == unopened:
		return p.open(f.close)
	case p.tokens[f.open].last:
		return p.closeBlock(f)
	}
	return p.closeInline(f)
}

// closeBlock closes a bracket that ends its line: before the line that is not
// indented any more, or, where that line begins with what follows a closing
// bracket, right there.
func (p *program) closeBlock(f flaw) [][]nsbox.Edit {
	closer := source.Closer(p.text(f.open))
	if f.limit < len(p.tokens) {
		next := p.tokens[f.limit]
		if next.Text == "else" {
			return [][]nsbox.Edit{p.insert(next.Start, closer+" ")}
		}
		if p.indent(f.limit) == p.indent(f.open) || !next.first {
			switch next.Text {
			case ")", "]", "}", ",", ";", "?", ".":
				return [][]nsbox.Edit{p.insert(next.Start, closer)}
			}
		}
	}
	// After the last line that is indented deeper, so that blank lines stay below.
	last := p.tokens[f.limit-1]
	at := p.Next(p.LineOf(last.End - 1))
	text := source.Indent(p.Line(p.tokens[f.open].line)) + closer + "\n"
	if at == len(p.Src) && !strings.HasSuffix(p.Src, "\n") {
		text = "\n" + text
	}
	if f.open == f.limit-1 && closer != "}" {
		return [][]nsbox.Edit{p.insert(last.End, closer)}
	}
	return [][]nsbox.Edit{p.insert(at, text)}
}

// closeInline closes a bracket that others follow on its line.
func (p *program) closeInline(f flaw) [][]nsbox.Edit {
	closer := source.Closer(p.text(f.open))
	end, strong := p.extent(f)
	if end <= f.open+1 || p.follows(f.open+1, f.open) {
		return [][]nsbox.Edit{p.insert(p.tokens[f.open].End, closer)}
	}
	if at := p.evident(f.open, end); at >= 0 {
		return [][]nsbox.Edit{p.insert(p.tokens[at].End, closer)}
	}
	spots, unsure := p.spots(f.open, end)
	if unsure && !strong && !p.standsAlone(f.open) {
		at := p.likeOthers(f.open, end)
		if at < 0 {
			return nil
		}
		return [][]nsbox.Edit{p.insert(p.tokens[at].End, closer)}
	}
	if closer == "}" {
		closer = " }"
	}
	out := [][]nsbox.Edit{p.insert(p.tokens[end-1].End, closer)}
	for _, s := range spots {
		out = append(out, p.insert(p.tokens[s].End, closer))
	}
	return out
}

// evident returns the token after which one of the brackets from open on must be
// closed, -1 where that is not plain: one that something follows that can't be
// its content, a range of which a method is called, a list of literals.
func (p *program) evident(open, end int) int {
	for i := open + 1; i+1 < end; i++ {
		if next := p.text(i + 1); p.text(i) == p.text(open) && next != source.Closer(p.text(i)) && next != "," && p.follows(i+1, i) {
			return i
		}
	}
	if p.kind(open-1) == source.Word && !keywords[p.text(open-1)] || p.operand(open-1) || p.text(open-1) == "!" {
		return -1
	}
	ranged, depth := false, 0
	for i := open + 1; i < end; i++ {
		switch t := p.text(i); {
		case t == "(" || t == "[" || t == "{":
			depth++
		case t == ")" || t == "]" || t == "}":
			depth--
		case depth > 0:
		case t == ".." || t == "..=":
			ranged = true
		case t == "." && ranged && p.text(open) == "(", t == "." && p.text(open) == "[" && p.literals(open, i):
			return i - 1
		}
	}
	return -1
}

// literals reports whether several literals, and nothing else, stand between the
// bracket at open and token end.
func (p *program) literals(open, end int) bool {
	commas := 0
	for i := open + 1; i < end; i++ {
		switch {
		case p.text(i) == ",":
			commas++
		case p.kind(i) != source.Number && p.kind(i) != source.String && p.text(i) != "-":
			return false
		}
	}
	return commas > 0
}

// extent returns the index of the token before which the bracket of f must be
// closed at the latest. strong is set where a token there can't be inside it.
func (p *program) extent(f flaw) (end int, strong bool) {
	open, line := p.text(f.open), p.tokens[f.open].line
	pattern := p.isPattern(f.open)
	for i := f.open + 1; i < f.limit; i++ {
		t := p.tokens[i]
		switch t.Text {
		case "(", "[", "{":
			if t.Text == "{" && open != "{" && t.last && !p.isClosure(i) && (p.header(f.open) || t.line == line && !p.isLiteral(i)) {
				return i, true
			}
			if j := p.pair(i); j > 0 && j < f.limit {
				i = j
				continue
			}
			return i, false
		case ";":
			if open != "[" || t.last {
				return i, false
			}
		case "=>", "in":
			if open != "{" {
				return i, true
			}
		case "=", "+=", "-=", "*=", "/=":
			if open != "{" && (pattern || p.text(f.open-1) != "!") {
				return i, true
			}
		case "->":
			if open == "(" && p.text(i-1) != ")" && p.text(i-1) != "|" {
				return i, true
			}
		}
		if t.last && i+1 < f.limit && (!p.lineGoesOn(i) || p.indent(i+1) <= p.indent(f.open)) {
			return p.trail(i + 1), false
		}
	}
	return p.trail(f.limit), false
}

// trail steps back over the comma that ends a line.
func (p *program) trail(end int) int {
	if p.text(end-1) == "," && p.tokens[end-1].last {
		return end - 1
	}
	return end
}

// lineGoesOn reports whether the line after token i, the last of its line, goes
// on with the same expression.
func (p *program) lineGoesOn(i int) bool {
	return p.text(i+1) == "." || p.text(i) == "," || p.indent(i+1) > p.indent(i) && p.text(i) != ";"
}

// isPattern reports whether the bracket at i is of a pattern: let (a, b) = c.
func (p *program) isPattern(i int) bool {
	for j := i - 1; j >= 0 && p.tokens[j].line == p.tokens[i].line; j-- {
		switch p.text(j) {
		case "let", "for", "fn":
			return true
		case "=", ";", "{", "in":
			return false
		}
	}
	return false
}

// header reports whether token i is in the head of a block: if a(b {.
func (p *program) header(i int) bool {
	for j := i - 1; j >= 0 && p.tokens[j].line == p.tokens[i].line; j-- {
		switch p.text(j) {
		case "if", "while", "for", "match", "fn", "impl", "in":
			return true
		case ";", "{", "}":
			return false
		}
	}
	return false
}

// isClosure reports whether the brace at i is the body of a closure.
func (p *program) isClosure(i int) bool {
	prev := p.text(i - 1)
	return prev == "|" || prev == "||" || prev == "move"
}

// isLiteral reports whether the brace at i may be of a struct's literal.
func (p *program) isLiteral(i int) bool {
	return p.kind(i-1) == source.Word && !keywords[p.text(i-1)] && isUpper(p.text(i-1))
}

func isUpper(s string) bool { return s != "" && s[0] >= 'A' && s[0] <= 'Z' }

// operators join two operands.
var operators = set("+", "/", "%", "==", "!=", "<=", ">=", "<", ">", "&&", "||", "..", "..=", "-", "*", "<<", "as", "^")

// follows reports whether token i can't be the first inside the bracket at open.
func (p *program) follows(i, open int) bool {
	switch t := p.text(i); t {
	case ".", ";", "?", ")", "]", "}", ",", "=>", "->", "=", "+", "/", "%", "==", "!=", "<=", ">=", "+=", "-=", "*=", "/=", "as":
		return true
	case "{":
		return p.text(open) == "(" && p.tokens[i].last
	case "&&", ">":
		return p.text(open-1) != "" && p.kind(open-1) == source.Word
	}
	return false
}

// spots returns the tokens after which the bracket at open may also be closed:
// before a method's call, a comma, an operator; those not inside other brackets
// come first, and the last of them. unsure is set where both a bracket before and
// one after an operator makes sense.
func (p *program) spots(open, end int) (out []int, unsure bool) {
	var inner []int
	depth := 0
	for i := open + 1; i < end && len(out)+len(inner) < maxSpots; i++ {
		t := p.text(i)
		op := operators[t] && p.operand(i-1)
		if i >= open+2 && (op || t == "." || t == "," || t == "?" || t == ")" || t == "]" || t == "[" && p.text(open) == "[" && p.operand(i-1)) {
			if depth == 0 {
				out = append(out, i-1)
				unsure = unsure || op && t != "as"
			} else {
				inner = append(inner, i-1)
			}
		}
		switch t {
		case "(", "[", "{":
			depth++
		case ")", "]", "}":
			depth--
		}
	}
	slices.Reverse(out)
	slices.Reverse(inner)
	return append(out, inner...), unsure
}

// likeOthers returns the token after which the call that begins at open is to be
// closed so that it holds as many operators as the other calls of the same
// function do, -1 where they do not tell.
func (p *program) likeOthers(open, end int) int {
	if p.kind(open-1) != source.Word || keywords[p.text(open-1)] {
		return -1
	}
	counts := map[int]bool{}
	for i := 1; i < len(p.tokens); i++ {
		if i == open || p.text(i) != p.text(open) || p.text(i-1) != p.text(open-1) || p.text(i-2) == "fn" {
			continue
		}
		if shut := p.pair(i); shut > 0 && p.tokens[shut].line == p.tokens[i].line {
			counts[p.operatorsIn(i, shut)] = true
		}
	}
	at := -1
	for i := open + 2; i <= end; i++ {
		if i < end && (!operators[p.text(i)] || !p.operand(i-1) || p.depthAt(open, i) != 0) {
			continue
		}
		if counts[p.operatorsIn(open, i)] {
			if at >= 0 {
				return -1
			}
			at = i - 1
		}
	}
	return at
}

// operatorsIn counts the operators between tokens open and shut that are not in
// further brackets.
func (p *program) operatorsIn(open, shut int) int {
	n, depth := 0, 0
	for i := open + 1; i < shut; i++ {
		switch t := p.text(i); t {
		case "(", "[", "{":
			depth++
		case ")", "]", "}":
			depth--
		default:
			if depth == 0 && operators[t] && t != "as" && p.operand(i-1) {
				n++
			}
		}
	}
	return n
}

// depthAt counts the brackets open between token open, exclusive, and i.
func (p *program) depthAt(open, i int) int {
	depth := 0
	for j := open + 1; j < i; j++ {
		switch p.text(j) {
		case "(", "[", "{":
			depth++
		case ")", "]", "}":
			depth--
		}
	}
	return depth
}

// operand reports whether token i can end an operand.
func (p *program) operand(i int) bool {
	switch p.kind(i) {
	case source.Word:
		return !keywords[p.text(i)] || p.text(i) == "self" || p.text(i) == "true" || p.text(i) == "false"
	case source.Number, source.String:
		return true
	}
	t := p.text(i)
	return t == ")" || t == "]" || t == "}" || t == "?"
}

// standsAlone reports whether the bracket at open holds all that is left of a
// statement, so that an operator in it belongs there: a macro's call, the call
// that is a whole statement, a variant's or a struct's constructor.
func (p *program) standsAlone(open int) bool {
	prev := p.text(open - 1)
	if prev == "!" || isUpper(prev) || p.text(open-2) == "::" && isUpper(p.text(open-3)) {
		return true
	}
	if p.text(open) == "{" {
		return true
	}
	for j := open - 1; j >= 0; j-- {
		t := p.tokens[j]
		switch t.Text {
		case "=", "return", "(", "[", "+=", "-=", "*=", "/=", "=>", ",", "let", "if", "while", "match", "in", "for":
			return false
		case "+", "-", "*", "/", "%", "<", ">", "==", "&&", "||":
			return false
		}
		if t.first {
			return p.statement(open)
		}
	}
	return false
}

// statement reports whether the line of token i ends a statement whose value is
// not used.
func (p *program) statement(i int) bool {
	for i < len(p.tokens) && !p.tokens[i].last {
		i++
	}
	return p.text(i) == ";"
}
