package java

import (
	"slices"
	"strings"

	"github.com/nsbox/nsbox/nsbox/internal/source"
)

// splice is an edit of the text, and the same of the tokens.
type splice struct {
	start, end int    // bytes
	text       string // what they become
	at, del    int    // tokens
	ins        []string
}

// candidate is a change that may make a program well-formed. Cheaper ones are
// more likely meant.
type candidate struct {
	rule, why string
	cost      int
	splices   []splice
}

// The work that one call may do: candidates, and tokens that are read for them.
const (
	maxSlips     = 6
	maxReadings  = 30_000
	maxAnswers   = 4
	minReadAhead = 8
)

// repair is a program on its way to be well-formed.
type repair struct {
	*program
	rule, why []string
}

// syntax returns programs that are made of p and well-formed, the likeliest
// first; they differ from it by one slip or by several that are each clear.
func syntax(p *program) []repair {
	budget := maxReadings
	now := repair{program: p}
	for range maxSlips {
		list := now.step(&budget)
		if len(list) == 0 {
			break
		}
		if list[0].good() {
			return list
		}
		if budget <= 0 {
			break
		}
		now = list[0]
	}
	if len(now.rule) > 0 {
		return []repair{now} // it comes further, at least
	}
	return nil
}

func (r *repair) good() bool {
	return r.open < 0 && len(r.lexical()) == 0 && parse(r.tokens) > len(r.tokens)
}

// step mends one slip. It returns several answers only where each is well-formed.
func (r *repair) step(budget *int) []repair {
	if list := r.lexical(); len(list) > 0 {
		return []repair{r.with(list[0])}
	}
	if r.open >= 0 {
		if list := r.quotes(budget); len(list) > 0 {
			return list
		}
	}
	far := parse(r.tokens)
	if far > len(r.tokens) {
		return nil
	}
	*budget -= far
	all := r.candidates(far)
	slices.SortStableFunc(all, func(a, b candidate) int { return a.cost - b.cost })
	good, further := r.passing(all, far, budget)
	if len(good) > 0 {
		return r.choose(r.settle(good))
	}
	if list := r.settle(further); len(list) > 0 {
		return r.choose(list[:1])
	}
	if len(further) > 0 {
		return nil
	}
	return r.pairs(all, far, budget)
}

// passing tries candidates: good ones make a well-formed program, further ones
// one whose next slip is well behind far.
func (r *repair) passing(all []candidate, far int, budget *int) (good, further []candidate) {
	reach := far + minReadAhead
	for _, c := range all {
		if *budget <= 0 || len(good) > 0 && c.cost > good[0].cost+6 {
			break
		}
		tokens := c.apply(r.tokens)
		got := parse(tokens)
		*budget -= min(got, len(tokens)) + len(tokens)/8
		if got > len(tokens) {
			good = append(good, c)
			continue
		}
		left := got - (len(tokens) - len(r.tokens))
		switch {
		case left < reach || len(further) > 0 && c.cost > further[0].cost+6 && left < reach+100:
		case left > reach+40:
			further, reach = []candidate{c}, left-40 // it makes sense of much more
		default:
			further = append(further, c)
		}
	}
	return good, further
}

// pairs tries two slips in one place.
func (r *repair) pairs(all []candidate, far int, budget *int) []repair {
	var best repair
	cost := 1000
	for n, c := range all {
		if n >= 8 || *budget <= 0 || c.cost > 16 {
			break
		}
		one := r.with(c)
		if one.open >= 0 && r.open < 0 {
			continue
		}
		next := parse(one.tokens)
		*budget -= next
		if next < far {
			continue
		}
		more := one.candidates(next)
		slices.SortStableFunc(more, func(a, b candidate) int { return a.cost - b.cost })
		good, further := one.passing(more, next, budget)
		if len(good) == 0 {
			good = further
		}
		if good = one.settle(good); len(good) > 0 && c.cost+good[0].cost < cost {
			best, cost = one.with(good[0]), c.cost+good[0].cost
		}
	}
	if cost == 1000 {
		return nil
	}
	return []repair{best}
}

// choose makes programs of candidates. Where the two best are equally likely,
// none is right enough.
func (r *repair) choose(good []candidate) []repair {
	if len(good) > 1 && good[0].cost == good[1].cost && !same(good[0], good[1]) {
		return nil
	}
	var out []repair
	for _, c := range good[:min(len(good), maxAnswers)] {
		out = append(out, r.with(c))
	}
	return out
}

func same(a, b candidate) bool {
	return slices.EqualFunc(a.splices, b.splices, func(x, y splice) bool {
		return x.start == y.start && x.end == y.end && x.text == y.text
	})
}

// with applies c to the text.
func (r *repair) with(c candidate) repair {
	s := slices.Clone(c.splices)
	slices.SortStableFunc(s, func(a, b splice) int { return a.start - b.start })
	var b strings.Builder
	at := 0
	for _, e := range s {
		if e.start < at {
			continue
		}
		b.WriteString(r.Src[at:e.start])
		b.WriteString(e.text)
		at = e.end
	}
	b.WriteString(r.Src[at:])
	return repair{
		program: newProgram(r.name, []byte(b.String())),
		rule:    append(slices.Clone(r.rule), c.rule), why: append(slices.Clone(r.why), c.why),
	}
}

// apply applies c to tokens.
func (c *candidate) apply(tokens []token) []token {
	s := slices.Clone(c.splices)
	slices.SortStableFunc(s, func(a, b splice) int { return a.at - b.at })
	out := make([]token, 0, len(tokens)+4)
	at := 0
	for _, e := range s {
		if e.at < at || e.at+e.del > len(tokens) {
			continue
		}
		out = append(out, tokens[at:e.at]...)
		line := 0
		if e.at > 0 {
			line = tokens[e.at-1].line
		}
		for _, text := range e.ins {
			// An inserted token has no neighbours: it is part of no longer operator.
			out = append(out, token{source.Token{Kind: kindOf(text), Start: -2, End: -1, Text: text}, line})
		}
		at = e.at + e.del
	}
	return append(out, tokens[at:]...)
}

func kindOf(text string) source.Kind {
	switch c := text[0]; {
	case c == '"' || c == '\'':
		return source.String
	case c >= '0' && c <= '9':
		return source.Number
	case c|0x20 >= 'a' && c|0x20 <= 'z' || c == '_' || c == '$':
		return source.Word
	}
	return source.Punct
}

// end is where the text before token i ends.
func (p *program) end(i int) int {
	if i <= 0 || len(p.tokens) == 0 {
		return 0
	}
	return p.tokens[min(i, len(p.tokens))-1].End
}

// insert puts text after the token before i.
func (p *program) insert(i int, text string, ins ...string) splice {
	at := p.end(i)
	return splice{start: at, end: at, text: text, at: i, ins: ins}
}

// before puts text in front of token i.
func (p *program) before(i int, text string, ins ...string) splice {
	at := len(p.Src)
	if i < len(p.tokens) {
		at = p.tokens[i].Start
	}
	return splice{start: at, end: at, text: text, at: i, ins: ins}
}

// replace puts text in place of n tokens from i.
func (p *program) replace(i, n int, text string, ins ...string) splice {
	return splice{start: p.tokens[i].Start, end: p.tokens[i+n-1].End, text: text, at: i, del: n, ins: ins}
}

// candidates lists what may be wrong around far.
func (r *repair) candidates(far int) []candidate {
	var all []candidate
	add := func(rule, why string, cost int, s ...splice) {
		all = append(all, candidate{rule, why, cost, s})
	}
	r.semicolons(far, add)
	r.closers(far, add)
	r.commas(far, add)
	r.openers(far, add)
	r.words(far, add)
	r.creations(far, add)
	r.puncts(far, add)
	r.headers(far, add)
	r.innerQuotes(far, add)
	r.strays(far, add)
	r.braces(add)
	return all
}

type adder func(rule, why string, cost int, s ...splice)

func (r *repair) lineEnds(i int) bool {
	return i >= len(r.tokens) || i > 0 && r.tokens[i].line > r.tokens[i-1].line
}

// semicolons: one is missing, most likely where a line ends.
func (r *repair) semicolons(far int, add adder) {
	for i := far; i > 0 && i >= far-3; i-- {
		cost := 10 + 2*(far-i)
		if !r.lineEnds(i) {
			cost += 5
			if i < far {
				continue
			}
		}
		switch r.text(i - 1) {
		case ";", "{", ",", "(":
			continue
		}
		add("missing-semicolon", "a statement ends with ;", cost, r.insert(i, ";", ";"))
	}
}

// commas: one is missing between two values, or a plus between two texts.
func (r *repair) commas(far int, add adder) {
	if far <= 0 || far >= len(r.tokens) {
		return
	}
	for i := far; i > 0 && i >= far-1; i-- {
		before, here := r.tokens[i-1], r.tokens[i]
		cost := 11 + 4*(far-i)
		if before.line != here.line && r.inner(i) != "{" && r.inner(i) != "(" {
			continue
		}
		add("missing-comma", "values are separated by commas", cost, r.insert(i, ",", ","))
		if before.Kind == source.String || here.Kind == source.String {
			plus := cost + 3
			if callee := r.callee(i); callee == "println" || callee == "print" {
				plus = cost - 2
			}
			add("missing-plus", "texts are joined by +", plus, r.insert(i, " +", "+"))
		}
		if r.isName(i-1) && (r.isName(i-2) || primitives[r.text(i-2)] || r.text(i-2) == ">" || r.text(i-2) == "]") &&
			(here.Kind == source.Number || here.Kind == source.String || here.Text == "new") {
			add("missing-assign", "a variable is set with =", cost-2, r.insert(i, " =", "="))
		}
	}
}

// inner returns the innermost bracket that is open before token i.
func (p *program) inner(i int) string { return p.text(p.opener(i)) }

// opener is the index of the innermost bracket that is open before token i.
func (p *program) opener(i int) int {
	if i < 0 || i >= len(p.around) {
		return -1
	}
	return p.around[i]
}

// callee is the name of the method in whose arguments token i is.
func (p *program) callee(i int) string {
	for i = p.opener(i); i > 0; i = p.opener(i) {
		if p.text(i) == "(" && p.isName(i-1) {
			return p.text(i - 1)
		}
	}
	return ""
}

// openers: a ( or { or [ is missing.
func (r *repair) openers(far int, add adder) {
	for i := far; i > 0 && i >= far-2; i-- {
		cost := 12 + 2*(far-i)
		prev := r.text(i - 1)
		if r.isName(i-1) || prev == "if" || prev == "while" || prev == "for" || prev == "switch" || prev == "catch" || prev == ">" {
			text := "("
			if keywords[prev] {
				text = " ("
			}
			if r.text(i) == ")" && r.inner(i) != "(" {
				cost += 4
			}
			add("missing-paren", "what is called or asked stands in parentheses", cost, r.insert(i, text, "("))
		}
		if prev == ")" || prev == "else" || prev == "try" || prev == "do" || prev == "finally" || prev == "->" || r.isName(i-1) || prev == "=" {
			add("missing-brace", "a block begins with {", cost+3, r.insert(i, " {", "{"))
		}
		if r.isName(i-1) || primitives[prev] {
			add("missing-bracket", "an index stands in brackets", cost+2, r.insert(i, "[", "["))
		}
	}
	r.bareHeader(far, add)
	// a group that was not opened: "total = a + b) * 2"
	if r.text(far) == ")" {
		for i := far - 1; i > 0 && i > far-12; i-- {
			switch t := r.text(i); t {
			case "=", "return", "(", ",", "+", "-", "*", "/", "%", "&&", "||", "!":
				add("missing-paren", "a group begins with (", 17+(far-i)/4, r.before(i+1, "(", "("))
			case ";", "{", "}":
				return
			}
		}
	}
}

// bareHeader: "if x > 3 {" and "while x:" without parentheses.
func (r *repair) bareHeader(far int, add adder) {
	for i := far; i >= 0 && i > far-4; i-- {
		switch r.text(i) {
		case "if", "while", "for", "switch":
		default:
			continue
		}
		if r.text(i+1) == "(" {
			continue
		}
		for j := i + 1; j < len(r.tokens) && r.tokens[j].line == r.tokens[i].line; j++ {
			if r.text(j) == "{" && j > i+1 {
				add("missing-paren", "a condition stands in parentheses", 12, r.before(i+1, "(", "("), r.insert(j, ")", ")"))
			}
		}
		return
	}
}

// strays: a bracket or sign too many.
func (r *repair) strays(far int, add adder) {
	for i := far; i >= 0 && i >= far-2; i-- {
		if i >= len(r.tokens) {
			continue
		}
		t := r.text(i)
		if t == "(" && r.text(i-1) == ")" && r.text(i-2) == "(" && r.text(i+1) == ")" {
			add("stray-call", "it is called already", 8, r.replace(i, 2, ""))
		}
		cost := 16 + 2*(far-i)
		if open := r.inner(i); t == ")" && open != "(" && (r.text(i+1) == ";" || r.text(i+1) == "{" || r.text(i+1) == ")") {
			cost -= 6 // it closes nothing
		}
		switch t {
		case ")", "]", "}", ",", ".", ";":
		case "(", "{", ":", "=", "+", "->":
			cost += 3
		default:
			continue
		}
		switch {
		case t == r.text(i-1) && t != "(" && t != "{" && t != ")" && t != "}" && t != "]":
			cost -= 6
		case t == ";" && r.text(i+1) == "{", t == ";" && r.text(i+1) == "else", t == "," && (r.text(i+1) == ")" || r.text(i+1) == "]"):
			cost -= 5
		case (t == ";" || t == "+" || t == ".") && i != far:
			continue
		}
		s := r.replace(i, 1, "")
		if start, end := r.Bounds(r.tokens[i].line); strings.TrimSpace(r.Src[start:end]) == t {
			s.start, s.end = start, r.Next(r.tokens[i].line) // its line goes with it
		}
		add("stray-"+name(t), "nothing is there that this could close or separate", cost, s)
	}
}

func name(t string) string {
	switch t {
	case ")", "(":
		return "paren"
	case "]", "[":
		return "bracket"
	case "}", "{":
		return "brace"
	case ";":
		return "semicolon"
	case ",":
		return "comma"
	}
	return "sign"
}
