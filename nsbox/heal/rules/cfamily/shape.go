package cfamily

import (
	"slices"
	"strings"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/internal/source"
)

// shape mends what makes all else unreadable: characters that are not C,
// strings without an end, brackets without a partner.
func (f *code) shape(d *nsbox.Diagnosis) []idea {
	if out := f.characters(); len(out) > 0 {
		return out
	}
	if out := f.unterminated(); len(out) > 0 {
		return out
	}
	if !f.unpaired {
		return nil
	}
	problems := f.bracketProblems()
	var firsts, out []idea
	for _, p := range problems[:min(len(problems), 4)] {
		own := f.mendBracket(p)
		if len(own) == 0 {
			continue
		}
		own[0].sure = true
		firsts = append(firsts, own[0])
		if len(out) == 0 {
			out = own
		}
	}
	if len(firsts) > 1 {
		if both, ok := together(firsts); ok {
			out = append([]idea{both}, out...)
		}
	}
	return append(out, f.braces(d)...)
}

// problem is a parenthesis or subscript that lacks its partner.
type problem struct {
	// opens are the brackets without a closer, outermost first; none where at is
	// a closer without an opener.
	opens []int
	// at is the token at which it shows.
	at int
	// outer is the outermost parenthesis around, that is closed; -1 where none is.
	outer int
}

// blockBrace reports whether the brace at i opens a block of statements, and
// not a list of values or a value's initializer.
func (f *code) blockBrace(i int) bool {
	prev := f.tok(i - 1)
	switch prev.Text {
	case "(":
		// int main( {
		typed := f.tok(i-2).Kind == source.Word && (f.tok(i-3).Kind == source.Word && !stmtWords[f.tok(i-3).Text] || f.is(i-3, ">") || f.is(i-3, "*") || f.is(i-3, "&"))
		return f.lastOnLine(i) && typed
	case "=", ",", "{", "[", "return":
		return false
	case ")", "else", "do", "try", "const", "override", "noexcept", "final", ";", "}", "mutable":
		return true
	case "]":
		return f.cpp && !f.is(i-2, "[") // [x] { a lambda without parameters; int a[] {1}
	}
	return f.lastOnLine(i) || i == 0
}

// bracketProblems finds the brackets without a partner, with the knowledge that
// no statement's end stands within parentheses.
func (f *code) bracketProblems() []problem {
	var out []problem
	type open struct {
		at    int
		semis int
	}
	var stack []open
	isParen := func(o open) bool { return !f.is(o.at, "{") }
	// unclosed takes the parentheses off the stack's top.
	// outer is the lowest of the parentheses that lie without a break below n.
	outer := func(n int) int {
		at := -1
		for n--; n >= 0 && isParen(stack[n]); n-- {
			at = stack[n].at
		}
		return at
	}
	unclosed := func(at int) {
		n := len(stack)
		for n > 0 && isParen(stack[n-1]) {
			n--
		}
		if n == len(stack) {
			return
		}
		p := problem{at: at, outer: -1}
		for _, o := range stack[n:] {
			p.opens = append(p.opens, o.at)
		}
		out = append(out, p)
		stack = stack[:n]
	}
	for i, t := range f.toks {
		if t.Kind != source.Punct || len(out) >= 8 {
			continue
		}
		n := len(stack)
		switch t.Text {
		case "(", "[":
			if n > 0 && t.Text == "(" && f.is(stack[n-1].at, "[") && f.lambdaIntro(stack[n-1].at, i) {
				out = append(out, problem{opens: []int{stack[n-1].at}, at: i, outer: outer(n - 1)})
				stack = stack[:n-1]
			}
			stack = append(stack, open{at: i})
		case "{":
			if n > 0 && isParen(stack[n-1]) && f.blockBrace(i) && !f.lambda(i) {
				unclosed(i)
			}
			stack = append(stack, open{at: i})
		case ";":
			if n > 0 && isParen(stack[n-1]) {
				if f.is(stack[n-1].at-1, "for") && stack[n-1].semis < 2 {
					stack[n-1].semis++
					continue
				}
				// Only those above the for that it is a part of.
				k := n - 1
				for k > 0 && isParen(stack[k]) && !f.is(stack[k].at-1, "for") {
					k--
				}
				if isParen(stack[k]) && f.is(stack[k].at-1, "for") && stack[k].semis < 2 && k < n-1 {
					p := problem{at: i, outer: -1}
					for _, o := range stack[k+1:] {
						p.opens = append(p.opens, o.at)
					}
					out = append(out, p)
					stack = stack[:k+1]
					stack[k].semis++
					continue
				}
				unclosed(i)
			} else if n > 0 && !f.blockBrace(stack[n-1].at) && f.line(stack[n-1].at) == f.line(i) {
				out = append(out, problem{opens: []int{stack[n-1].at}, at: i, outer: outer(n - 1)})
				stack = stack[:n-1]
			}
		case ")", "]":
			k := n - 1
			for k >= 0 && source.Closer(f.toks[stack[k].at].Text) != t.Text && !(f.is(stack[k].at, "{") && f.blockBrace(stack[k].at)) {
				k--
			}
			if k < 0 || source.Closer(f.toks[stack[k].at].Text) != t.Text {
				out = append(out, problem{at: i, outer: outer(n)})
				continue
			}
			if k < n-1 {
				p := problem{at: i, outer: outer(k)}
				for _, o := range stack[k+1:] {
					p.opens = append(p.opens, o.at)
				}
				out = append(out, p)
			}
			stack = stack[:k]
		case "}":
			unclosed(i)
			if n := len(stack); n > 0 {
				stack = stack[:n-1]
			}
		}
	}
	unclosed(len(f.toks))
	return out
}

// lambda reports whether the block's brace at i is that of a lambda, whose
// parameters are closed.
func (f *code) lambda(i int) bool {
	for k := i - 1; k >= 0 && k > i-12; k-- {
		switch {
		case f.is(k, ")"):
			p := f.pair[k] - 1
			return p >= 0 && (f.is(p, "]") || f.enclosing(p+1, "[") >= 0 && f.lambdaIntro(f.enclosing(p+1, "["), p+1))
		case f.is(k, "]"):
			return f.pair[k] >= 0
		case f.is(k, ";") || f.is(k, "{") || f.is(k, "}") || f.is(k, "("):
			return false
		}
	}
	return false
}

// lambdaIntro reports whether the [ at open begins a lambda whose ] is missing
// before the parameters at paren.
func (f *code) lambdaIntro(open, paren int) bool {
	if !f.cpp || operand(f.tok(open-1)) && f.tok(open-1).Text != "return" || closer(f.tok(open-1)) || paren-open > 8 {
		return false
	}
	for k := open + 1; k < paren; k++ {
		if f.toks[k].Kind != source.Word && !f.is(k, "&") && !f.is(k, "=") && !f.is(k, ",") {
			return false
		}
	}
	return true
}

// stretch returns the tokens of the statement around a problem.
func (f *code) stretch(p problem) (from, to int) {
	from = p.at
	if len(p.opens) > 0 {
		from = p.opens[0]
	}
	end := p.at
	if p.outer >= 0 {
		from = min(from, p.outer)
		if f.pair[p.outer] > p.at && f.pair[p.outer] < p.at+300 {
			end = f.pair[p.outer]
		}
	}
	floor := max(0, from-300)
	for from > floor {
		t := f.tok(from - 1)
		if t.Text == ";" && !f.inFor(from-1) || t.Text == "{" && f.blockBrace(from-1) || t.Text == "}" && t.Kind == source.Punct && f.blockEnd(from-1) {
			break
		}
		from--
	}
	to = min(end+1, len(f.toks))
	for to < len(f.toks) && to < end+80 && !f.firstOnLine(to) {
		to++
	}
	return from, to
}

// inFor reports whether the semicolon at i stands in the head of a for.
func (f *code) inFor(i int) bool {
	depth := 0
	for k := i - 1; k >= 0 && k > i-120; k-- {
		switch f.toks[k].Text {
		case ")", "]":
			depth++
		case "(", "[":
			if depth > 0 {
				depth--
			} else if f.is(k-1, "for") {
				return true
			}
		case "{", "}":
			return false
		}
	}
	return false
}

func (f *code) blockEnd(i int) bool {
	return f.pair[i] < 0 || f.blockBrace(f.pair[i])
}

// reading is one way to mend a bracket.
type reading struct {
	edits []nsbox.Edit
	cost  int
	what  string
}

// mendBracket proposes for one problem, the most plausible first.
func (f *code) mendBracket(p problem) []idea { return f.readings(p, 3) }

// readings returns up to n of them.
func (f *code) readings(p problem, n int) []idea {
	from, to := f.stretch(p)
	if to-from > 600 {
		return nil
	}
	var all []reading
	if len(p.opens) > 0 {
		all = f.closings(p, from, to)
	} else {
		all = f.openings(p, from, to)
	}
	slices.SortStableFunc(all, func(a, b reading) int { return a.cost - b.cost })
	var out []idea
	for _, r := range all {
		if r.cost >= unbalanced || len(out) == n || r.cost > all[0].cost+notGrammar {
			break
		}
		out = append(out, idea{rule: "bracket", why: r.what, edits: r.edits, rank: nsbox.RankLocal})
	}
	return out
}

// with returns toks with a bracket between k-1 and k.
func with(toks []source.Token, k int, text string) []source.Token {
	out := make([]source.Token, 0, len(toks)+1)
	out = append(out, toks[:k]...)
	out = append(out, source.Token{Kind: source.Punct, Text: text})
	return append(out, toks[k:]...)
}

// closings are the places where a closer may be missing. The last place comes
// first among equals: an argument is more often an expression than followed by
// one.
func (f *code) closings(p problem, from, to int) []reading {
	toks := f.toks[from:to]
	kinds := ""
	for _, o := range p.opens {
		kinds = source.Closer(f.toks[o].Text) + kinds
	}
	var out []reading
	first := p.opens[0] - from
	end := p.at - from
	if len(kinds) == 1 || strings.Count(kinds, kinds[:1]) == len(kinds) {
		for k := min(end, len(toks)); k > first; k-- {
			try := with(toks, k, kinds[:1])
			cost := f.plausible(try, false) - f.usual(try, k, p)
			out = append(out, reading{
				edits: []nsbox.Edit{f.insert(f.tok(from+k-1).End, kinds[:1])}, cost: cost,
				what: "a \"" + kinds[:1] + "\" is missing",
			})
		}
	}
	if len(kinds) > 1 || f.is(p.at, "{") {
		all := toks
		for i := range kinds {
			all = with(all, min(end, len(toks))+i, kinds[i:i+1])
		}
		out = append(out, reading{
			edits: []nsbox.Edit{f.insert(f.tok(p.at-1).End, kinds)}, cost: f.plausible(all, false),
			what: "\"" + kinds + "\" is missing",
		})
	}
	return append(out, f.closings2(p, from, to, kinds)...)
}

// usual is a bonus for a bracket whose whole text stands elsewhere in the file,
// too: values[j + 1].
func (f *code) usual(toks []source.Token, close int, p problem) int {
	depth, open := 0, -1
	for k := close; k >= 0; k-- {
		switch toks[k].Text {
		case ")", "]":
			depth++
		case "(", "[":
			depth--
		}
		if depth == 0 {
			open = k
			break
		}
	}
	if open < 1 || toks[open-1].Kind != source.Word || close-open > 20 || close == open+1 {
		return 0
	}
	first := toks[open-1].Text
	for i, t := range f.toks {
		if t.Text != first || i+close-open+1 >= len(f.toks) || f.line(i) == f.line(p.opens[0]) {
			continue
		}
		same := true
		for k := open - 1; k <= close && same; k++ {
			same = f.toks[i+k-open+1].Text == toks[k].Text
		}
		if same {
			return usualText
		}
	}
	return f.usualLast(toks, open, close, p)
}

// usualLast is a bonus for a last argument that another call of the function
// has for its last one, too.
func (f *code) usualLast(toks []source.Token, open, close int, p problem) int {
	last := close
	for depth := 0; last > open+1; last-- {
		switch t := toks[last-1]; t.Text {
		case ")", "]":
			depth++
		case "(", "[":
			depth--
		}
		if depth == 0 && toks[last-1].Text == "," {
			break
		}
	}
	for i, t := range f.toks {
		if t.Text != toks[open-1].Text || !f.is(i+1, "(") || f.pair[i+1] < 0 || f.line(i) == f.line(p.opens[0]) || f.declares(i) {
			continue
		}
		end := f.pair[i+1]
		same := end-(close-last)-1 > i && (f.is(end-(close-last)-1, ",") || f.is(end-(close-last)-1, "("))
		for k := last; k < close && same; k++ {
			same = f.tok(end-close+k).Text == toks[k].Text
		}
		if same {
			return usualText / 2
		}
	}
	return 0
}

// closings2 are closers of a statement that lacks its semicolon, too: the next
// line begins with something that can't go on.
func (f *code) closings2(p problem, from, to int, kinds string) []reading {
	var out []reading
	for k := p.opens[0] + 1; k < p.at && k < len(f.toks); k++ {
		if !f.firstOnLine(k) || f.line(k) == f.line(p.opens[0]) {
			continue
		}
		toks := append(slices.Clone(f.toks[from:k]), source.Token{})
		toks = toks[:k-from]
		for i := range kinds {
			toks = with(toks, len(toks), kinds[i:i+1])
		}
		cost := f.plausible(toks, false) + idleGroup
		if prev := f.tok(k - 1); prev.Kind == source.Punct && !closer(prev) && prev.Text != "++" && prev.Text != "--" {
			cost += notGrammar
		}
		out = append(out, reading{
			edits: []nsbox.Edit{f.insert(f.tok(k-1).End, kinds+";")}, cost: cost,
			what: "\"" + kinds + ";\" is missing",
		})
		break
	}
	return out
}

// openings mend a closer without an opener: it goes, or one is put before.
func (f *code) openings(p problem, from, to int) []reading {
	toks := f.toks[from:to]
	at := p.at - from
	if at < 0 || at >= len(toks) {
		return nil
	}
	kind := toks[at].Text
	open := "("
	if kind == "]" {
		open = "["
	}
	out := []reading{}
	without := append(slices.Clone(toks[:at]), toks[at+1:]...)
	out = append(out, reading{
		edits: []nsbox.Edit{f.remove(p.at)}, cost: f.plausible(without, false) + 1,
		what: "this \"" + kind + "\" closes nothing",
	})
	// Of several closers in a row any one may go; the last is as good.
	for k := at; k > 0; k-- {
		cost := f.plausible(with(toks, k, open), false)
		prev := f.tok(from + k - 1)
		if controlWords[prev.Text] || prev.Kind == source.Word && f.isCallable(prev.Text) {
			cost -= 4
		} else if prev.Kind == source.Word && len(f.byName[prev.Text]) > 0 {
			cost += notGrammar / 2 // what is declared as something else is not called
		}
		if prev.Kind == source.Punct {
			cost += idleGroup
		}
		start := f.tok(from + k - 1).End
		if controlWords[prev.Text] {
			start = f.tok(from + k).Start
		}
		out = append(out, reading{
			edits: []nsbox.Edit{f.insert(start, open)}, cost: cost,
			what: "a \"" + open + "\" is missing",
		})
	}
	return out
}

// isCallable reports whether name is a function's, declared here or standard.
func (f *code) isCallable(name string) bool {
	for _, k := range f.byName[name] {
		if f.decls[k].kind == aFunction || f.decls[k].kind == aMacro {
			return true
		}
	}
	h, _ := f.headerOf(name)
	return h != "" && len(f.byName[name]) == 0
}
