package python

import (
	"strings"

	"github.com/nsbox/nsbox/nsbox/heal/rules/python/names"
	"github.com/nsbox/nsbox/nsbox/heal/rules/python/syntax"
	"github.com/nsbox/nsbox/nsbox/internal/source"
)

// maxPlaces bounds the places that are tried for one bracket.
const maxPlaces = 150

// brackets closes what is open at the error, or removes or replaces the bracket
// that does not fit.
func (b *broken) brackets() {
	toks := b.toks[:min(b.bad, len(b.toks))]
	var open []int
	for i, t := range toks {
		if t.Kind != source.Punct || len(t.Text) != 1 {
			continue
		}
		switch {
		case strings.Contains("([{", t.Text):
			open = append(open, i)
		case strings.Contains(")]}", t.Text) && len(open) > 0:
			open = open[:len(open)-1]
		}
	}
	here := b.here()
	closing := here.Kind == source.Punct && here.End > 0 && strings.Contains(")]}", here.Text)
	if closing {
		b.wrongCloser(toks, open)
	}
	kinds := map[string]int{} // the outermost open bracket of each kind
	for k := len(open) - 1; k >= 0; k-- {
		kinds[toks[open[k]].Text] = open[k]
	}
	for opener, from := range kinds {
		b.closeAt(toks, open, from, opener)
	}
}

// wrongCloser deals with a closing bracket that fits nothing.
func (b *broken) wrongCloser(toks []source.Token, open []int) {
	here := b.here()
	if len(open) > 0 {
		want := source.Closer(toks[open[len(open)-1]].Text)
		if want != here.Text {
			cost := 3
			switch p := b.before(); {
			case p.End == here.Start && p.Text == here.Text:
				b.add("extra-bracket", "the bracket is there twice", 1, edit{here.Start, here.End, ""})
			case p.End == here.Start && p.Kind == source.Word && here.Text == ")" && strings.HasSuffix(b.src[:p.Start], "."):
				b.add("missing-bracket", "the call's opening parenthesis is missing", 2, edit{p.End, p.End, "("})
			}
			for _, o := range open[:len(open)-1] {
				if source.Closer(toks[o].Text) == here.Text {
					cost = 7 // it closes one further out
				}
			}
			b.add("bracket-kind", "the bracket is closed by another one", cost, edit{here.Start, here.End, want})
		}
		return
	}
	twice := 5
	if p := b.before(); p.Text == here.Text && p.End == here.Start && here.Text != ")" {
		twice = 1
	}
	b.add("extra-bracket", "nothing is open that it closes", twice, edit{here.Start, here.End, ""})
	opener := map[string]string{")": "(", "]": "[", "}": "{"}[here.Text]
	for i, t := range toks {
		if len(toks)-i > maxPlaces {
			continue
		}
		cost := 9
		if i > 0 && t.Start > 0 {
			p := toks[i-1]
			switch {
			case p.Kind == source.Word && !syntax.Keywords[p.Text] && opener == "(" && operandStart(t):
				// A call without its opening bracket: print "x")
				b.add("missing-bracket", "the call's opening parenthesis is missing", 2, edit{p.End, t.Start, opener})
				continue
			case p.Text == "=" || p.Text == "return" || p.Text == "in" || p.Text == "(" || p.Text == ",":
				cost = 4
			case p.Kind == source.Word && !syntax.Keywords[p.Text] && opener != "{" && t.Start > p.End:
				cost = 5
			case p.Kind == source.Word && !syntax.Keywords[p.Text] && t.Text == ".":
				continue
			}
		}
		if operandStart(t) {
			b.add("missing-bracket", "the opening bracket is missing", cost, edit{t.Start, t.Start, opener})
		}
	}
	if p := b.before(); p.Kind == source.Word && opener == "(" && here.Text == ")" {
		b.add("missing-bracket", "the opening parenthesis is missing", 2, edit{p.End, p.End, "("})
	}
}

// closeAt adds the closing bracket of opener at each place where one may stand.
func (b *broken) closeAt(toks []source.Token, open []int, from int, opener string) {
	closer := source.Closer(opener)
	outermost := toks[from]
	indent := source.Width(b.text.Line(b.text.LineOf(outermost.Start)), 8)
	for i := max(from, len(toks)-maxPlaces); i < len(toks); i++ {
		t := toks[i]
		if !operandEnd(t) && t.Text != "," && i != from && !(t.Text == ":" && opener == "[") {
			continue
		}
		cost := b.closerCost(toks, i, indent, b.text.LineOf(outermost.Start))
		switch {
		case t.Text == ",":
			cost += 4
		case i == from && b.endsLine(t.End):
			cost++
		case i == from:
			cost += 4
		}
		if depth(toks, open, i) < 0 {
			continue
		}
		at := t.End
		text := closer
		if i+1 < len(toks) || b.here().End > 0 {
			if line := b.text.LineOf(t.End - 1); i != from && b.endsLine(t.End) && b.hanging(outermost, line) {
				text = "\n" + b.text.Indent(b.text.LineOf(outermost.Start)) + closer
				if _, end := b.text.Bounds(line); strings.Contains(b.src[t.End:end], "#") {
					at = end
				}
			}
		}
		b.add("unclosed-bracket", "the bracket "+opener+" is not closed", cost, edit{at, at, text})
	}
}

func depth(toks []source.Token, open []int, i int) int {
	d := 0
	for _, o := range open {
		if o <= i {
			d++
		}
	}
	return d - 1
}

// endsLine reports whether nothing but a comment follows offset in its line.
func (b *broken) endsLine(offset int) bool {
	_, end := b.text.Bounds(b.text.LineOf(max(offset-1, 0)))
	rest := strings.TrimSpace(b.src[offset:max(end, offset)])
	return rest == "" || rest[0] == '#'
}

// hanging reports whether the bracket's content stands in lines of its own, so
// that the closing one should, too.
func (b *broken) hanging(open source.Token, line int) bool {
	return b.endsLine(open.End) && line > b.text.LineOf(open.Start)
}

// closerCost says how unlikely it is that a bracket closes behind token i.
func (b *broken) closerCost(toks []source.Token, i, indent, opened int) int {
	t := toks[i]
	var next source.Token
	if i+1 < len(toks) {
		next = toks[i+1]
	} else {
		next = b.here()
	}
	line := b.text.LineOf(t.End - 1)
	switch {
	case b.endsLine(t.End):
		if own := b.text.Line(line); line > opened && source.Width(own, 8) <= indent && strings.IndexByte(")]}", strings.TrimLeft(own, " \t")[0]) < 0 {
			return 6 // another statement, from the looks of it
		}
		// The bracket is closed before what is not indented more than its line.
		for n := line + 1; n <= b.text.Lines(); n++ {
			if !b.text.Blank(n) {
				if source.Width(b.text.Line(n), 8) <= indent {
					return 1
				}
				return 6
			}
		}
		return 1
	case next.Text == "," && b.endsLine(next.End):
		return 2
	case next.Text == ":" && b.header() && b.endsLine(next.End):
		return 2
	case t.Kind == source.String && i > 1 && toks[i-1].Text == "[" && operandEnd(toks[i-2]):
		return 2 // a key
	case next.Text == "[" && i > 0 && b.twice(toks, i):
		return 2
	case next.Text == t.Text && t.Kind == source.Punct || i > 0 && t.Kind == source.Punct && strings.Contains(")]}", t.Text):
		return 4 // one of two in a row
	case next.Kind == source.Punct && strings.Contains("([.", next.Text):
		return 7
	case next.Kind == source.Punct && next.End > 0 && strings.Contains(")]}", next.Text):
		return 3
	case next.Text == "=" || next.Text == "+=" || next.Text == "-=":
		return 3
	case next.Kind == source.Punct || next.Kind == source.Word && syntax.Keywords[next.Text]:
		return 5
	}
	return 7
}

// twice reports whether what is indexed before token i is indexed twice in a row
// elsewhere: board[y][x].
func (b *broken) twice(toks []source.Token, i int) bool {
	if strings.Contains(b.src[b.toks[0].Start:b.toks[len(b.toks)-1].End], "][") {
		return true
	}
	for ; i > 0; i-- {
		if toks[i].Text != "[" || toks[i-1].Kind != source.Word {
			continue
		}
		name := toks[i-1].Text + "["
		for at := 0; ; {
			k := strings.Index(b.src[at:], name)
			if k < 0 {
				break
			}
			at += k + len(name)
			if e := strings.IndexByte(b.src[at:], ']'); e >= 0 && e < 40 && at+e+1 < len(b.src) && b.src[at+e+1] == '[' && !(at >= toks[0].Start && at <= toks[len(toks)-1].End) {
				return true
			}
		}
	}
	return false
}

// operandEnd reports whether an operand can end with t, operandStart whether one
// can begin with it.
func operandEnd(t source.Token) bool {
	switch t.Kind {
	case source.Word:
		return !syntax.Keywords[t.Text] || t.Text == "None" || t.Text == "True" || t.Text == "False"
	case source.Number, source.String:
		return true
	}
	return t.Text == ")" || t.Text == "]" || t.Text == "}" || t.Text == "..."
}

func operandStart(t source.Token) bool {
	switch t.Kind {
	case source.Word:
		return !syntax.Keywords[t.Text] || strings.Contains(" None True False not lambda await ", " "+t.Text+" ")
	case source.Number, source.String:
		return true
	}
	return t.End > 0 && strings.Contains("([{-~*", t.Text[:1])
}

// commas adds a comma between two neighbours, or another sign that lacks there.
func (b *broken) commas() {
	p, t := b.before(), b.here()
	for i := max(0, b.bad-12); i+1 < b.bad && i+1 < len(b.toks); i++ {
		if b.toks[i].Kind == source.String && b.toks[i+1].Kind == source.String {
			b.add("missing-comma", "a comma is missing between two strings", 4, edit{b.toks[i].End, b.toks[i].End, ","})
		}
	}
	if t.Text == "]" && p.Text == "[" && b.bad > 1 && operandEnd(b.toks[b.bad-2]) {
		b.add("missing-comma", "a comma is missing between two values", 3, edit{b.toks[b.bad-2].End, b.toks[b.bad-2].End, ","})
	}
	b.allCommas()
	if p.End == 0 || t.End == 0 || !operandEnd(p) || !operandStart(t) && t.Text != "**" {
		return
	}
	cost := 7
	inside, kind := b.inBracket()
	switch {
	case inside && b.text.LineOf(p.End-1) < b.text.LineOf(t.Start):
		cost = 2
	case inside:
		cost = 4
	case b.toks[0].Text == "for" || b.toks[0].Text == "import" || b.toks[0].Text == "from" || b.toks[0].Text == "global" || b.toks[0].Text == "def":
		cost = 4
	}
	for _, o := range b.toks[:b.bad] {
		if o.Text == "lambda" {
			cost = min(cost, 5)
		}
	}
	b.add("missing-comma", "a comma is missing between two values", cost, edit{p.End, p.End, ","})
	if kind == "{" {
		c := 6
		if b.pairs() {
			c = 3
		}
		b.add("missing-colon", "a key and its value have a colon between them", c, edit{p.End, p.End, ":"})
	}
	if inside || t.Kind == source.Punct {
		return
	}
	if p.Kind == source.Word && (t.Kind == source.String || t.Kind == source.Number || t.Kind == source.Word) {
		last := b.toks[len(b.toks)-1]
		if p.Text != "print" && (names.IsBuiltin(p.Text) || strings.Contains(b.src, "def "+p.Text+"(")) {
			b.add("missing-parentheses", "a call's arguments are in parentheses", 6, edit{p.End, t.Start, "("}, edit{last.End, last.End, ")"})
		}
	}
}

// allCommas adds all commas that lack in the statement's line.
func (b *broken) allCommas() {
	var edits []edit
	for i := 0; i+1 < len(b.toks); i++ {
		p, t := b.toks[i], b.toks[i+1]
		if p.Depth > 0 && operandEnd(p) && operandStart(t) && (t.Kind != source.Punct || t.Text == "{") && !(p.Kind == source.String && t.Kind == source.String) {
			edits = append(edits, edit{p.End, p.End, ","})
		}
	}
	if len(edits) > 1 && len(edits) < 8 {
		b.add("missing-comma", "commas are missing between values", 5, edits...)
	}
}

// inBracket reports whether the error is inside of a bracket, and of which kind.
func (b *broken) inBracket() (bool, string) {
	var open []string
	for _, t := range b.toks[:min(b.bad, len(b.toks))] {
		if t.Kind != source.Punct {
			continue
		}
		switch t.Text {
		case "(", "[", "{":
			open = append(open, t.Text)
		case ")", "]", "}":
			if len(open) > 0 {
				open = open[:len(open)-1]
			}
		}
	}
	if len(open) == 0 {
		return false, ""
	}
	return true, open[len(open)-1]
}

// pairs reports whether the brace around the error has pairs elsewhere, or the
// error stands where a value should.
func (b *broken) pairs() bool {
	p := b.bad - 2
	if p >= 0 && p < len(b.toks) && (b.toks[p].Text == "{" || b.toks[p].Text == ",") {
		return true
	}
	return false
}
