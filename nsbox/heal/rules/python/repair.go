package python

import (
	"slices"
	"strings"

	"github.com/nsbox/nsbox/nsbox/heal/rules/python/names"
	"github.com/nsbox/nsbox/nsbox/heal/rules/python/syntax"
	"github.com/nsbox/nsbox/nsbox/internal/source"
)

const (
	maxSteps = 12
	// maxParsed bounds the bytes that the candidates of one error may cost.
	maxParsed = 96 << 10
	// tooDear is the cost from which a change is a guess.
	tooDear = 16
)

// guess is one change that may make a broken place well-formed. Its cost says
// how unlikely it is; what the changed program looks like adds to it.
type guess struct {
	rule, why string
	cost      int
	edits     []edit
	// order decides between guesses of one rule that cost the same: the lower one
	// is taken. Without it two such guesses are one too many.
	order int
}

// broken is a program that is not well-formed, and the place where it stops.
type broken struct {
	src  string
	text *source.Text
	err  *syntax.Error
	// toks are the tokens of the statement that is broken, comments and line feeds
	// left out, from its first to the one at the error and the rest of its line.
	toks []source.Token
	// bad is the index in toks of the token at the error.
	bad int
	// first and line are the lines of the statement's first token and of the error.
	first, line int
	// last is the statement's last line before the error, or the error's.
	last int
	// from and to bound the top-level statements around it.
	from, to  int
	elsewhere map[string]bool // words outside of the broken statement
	guesses   []guess
}

func (b *broken) add(rule, why string, cost int, edits ...edit) {
	b.guesses = append(b.guesses, guess{rule: rule, why: why, cost: cost, edits: edits})
}

// addInOrder is add for guesses of which the first one is taken.
func (b *broken) addInOrder(rule, why string, cost, order int, edits ...edit) {
	b.guesses = append(b.guesses, guess{rule, why, cost, edits, order})
}

// step is a repair that was chosen.
type step struct {
	guess
	after string
}

// repair mends src, error after error. It returns the steps, and whether all of
// it is well-formed then.
func repair(src string) (steps []step, whole bool) {
	for range maxSteps {
		_, err := syntax.Parse(src)
		if err == nil {
			return steps, true
		}
		s, ok := repairOne(src, err)
		if !ok {
			return steps, false
		}
		steps = append(steps, s)
		src = s.after
	}
	return steps, false
}

// repairOne chooses the likeliest change for the first error of src.
func repairOne(src string, err *syntax.Error) (step, bool) {
	b := newBroken(src, err)
	b.collect()
	slices.SortStableFunc(b.guesses, func(x, y guess) int { return x.cost - y.cost })
	best, rival := -1, -1
	costs := make([]int, len(b.guesses))
	tried := map[string]bool{}
	parsed := 0
	for i, g := range b.guesses {
		if best >= 0 && g.cost > costs[best] || parsed > maxParsed || g.cost >= tooDear {
			break
		}
		after := apply(b.src, g.edits)
		if tried[after] || after == src {
			continue
		}
		tried[after] = true
		parsed += b.to - b.from
		extra, ok := b.judge(after)
		if !ok {
			continue
		}
		costs[i] = g.cost + extra
		switch {
		case costs[i] >= tooDear:
		case best < 0 || costs[i] < costs[best]:
			best, rival = i, -1
		case costs[i] == costs[best] && g.order > 0 && g.rule == b.guesses[best].rule:
			if g.order < b.guesses[best].order {
				best, rival = i, -1
			}
		case costs[i] == costs[best]:
			rival = i
		}
	}
	if best < 0 || rival >= 0 {
		return step{}, false
	}
	g := b.guesses[best]
	return step{g, apply(b.src, g.edits)}, true
}

// newBroken finds the statement around err.
func newBroken(src string, err *syntax.Error) *broken {
	b := &broken{src: src, text: source.NewText([]byte(src)), err: err, elsewhere: map[string]bool{}}
	all := syntax.Lex(src)
	at := source.At(all, err.At)
	if at < len(all) && all[at].Start > err.At && at > 0 && all[at-1].Kind == source.Newline && all[at-1].Start <= err.At {
		at--
	}
	start := statementStart(all, at)
	b.line = b.text.LineOf(min(err.At, max(len(src)-1, 0)))
	end := at
	for end < len(all) && all[end].Kind != source.Newline {
		end++
	}
	b.bad = -1
	for i := start; i < end; i++ {
		if i >= at && b.bad < 0 {
			b.bad = len(b.toks)
		}
		if k := all[i].Kind; k != source.Comment && k != source.Newline {
			b.toks = append(b.toks, all[i])
		}
	}
	if b.bad < 0 {
		b.bad = len(b.toks)
	}
	b.first = b.line
	if len(b.toks) > 0 {
		b.first = b.text.LineOf(b.toks[0].Start)
	}
	for i, t := range all {
		if t.Kind == source.Word && (i < start || i >= end) {
			b.elsewhere[t.Text] = true
		}
	}
	b.last = b.line
	if p := b.before(); p.End > 0 {
		b.last = min(b.line, b.text.LineOf(p.End-1))
		if b.here().End > 0 && b.text.LineOf(b.here().Start) == b.line && b.text.LineOf(p.Start) == b.line {
			b.last = b.line
		}
	}
	b.bounds(all, start)
	return b
}

// statementStart returns the first token of the statement that token at is in:
// after a line feed outside of brackets.
func statementStart(all []source.Token, at int) int {
	start := 0
	open := 0
	fresh := true
	for i := 0; i < len(all) && i <= at; i++ {
		t := all[i]
		switch t.Kind {
		case source.Comment:
			continue
		case source.Newline:
			if open == 0 && (i == 0 || all[i-1].Text != "\\") && i < at {
				fresh = true
			}
			continue
		}
		if fresh {
			start, fresh = i, false
		}
		if t.Kind == source.Punct {
			switch t.Text {
			case "(", "[", "{":
				open++
			case ")", "]", "}":
				open = max(open-1, 0)
			}
		}
	}
	return start
}

// bounds finds the top-level statements around the error, which are all that is
// read again for each guess.
func (b *broken) bounds(all []source.Token, start int) {
	b.from = 0
	open := 0
	for i := 0; i < start && i < len(all); i++ {
		t := all[i]
		top := open == 0 && (t.Start == 0 || b.src[t.Start-1] == '\n')
		switch {
		case t.Kind == source.Punct && strings.Contains("([{", t.Text):
			open++
		case t.Kind == source.Punct && strings.Contains(")]}", t.Text):
			open = max(open-1, 0)
		}
		if top && t.Kind != source.Newline && t.Kind != source.Comment && !follows(t.Text) && !(i > 1 && decorated(all, i)) {
			b.from = t.Start
		}
	}
	// A broken statement at the top may still belong to what stands before it.
	b.to = len(b.src)
	for n := b.line + 1; n <= b.text.Lines(); n++ {
		line := b.text.Line(n)
		if line == "" || strings.ContainsAny(line[:1], " \t#)]}\"'") || follows(firstWord(line)) {
			continue
		}
		if n > b.line+1 || b.text.Indent(b.line) == "" {
			b.to, _ = b.text.Bounds(n)
			if n > b.line+2 {
				break
			}
		}
	}
}

func decorated(all []source.Token, i int) bool {
	for i--; i > 0 && all[i].Kind == source.Newline; i-- {
	}
	for i > 0 && all[i].Kind != source.Newline {
		i--
	}
	return i+1 < len(all) && all[i+1].Text == "@"
}

// follows reports whether a word at a line's beginning goes on with what stands
// before it.
func follows(word string) bool {
	switch strings.ToLower(word) {
	case "else", "elif", "except", "finally":
		return true
	}
	return false
}

func firstWord(line string) string {
	line = strings.TrimLeft(line, " \t")
	n := 0
	for n < len(line) && (line[n] == '_' || line[n] >= 'a' && line[n] <= 'z' || line[n] >= 'A' && line[n] <= 'Z' || n > 0 && line[n] >= '0' && line[n] <= '9') {
		n++
	}
	return line[:n]
}

// judge reads the program after a guess. It returns what its shape adds to the
// cost, and false where the place is still broken.
func (b *broken) judge(after string) (int, bool) {
	grown := len(after) - len(b.src)
	tree, err := syntax.ParseRange(after, b.from, b.to+grown)
	if err != nil {
		// Another error must lie in a later line, or at least further on.
		switch rest := len(after) - err.At; {
		case err.At >= b.to+grown:
			return 0, false
		case rest <= len(b.src)-b.text.Next(b.last+1):
			return 6, true
		case rest <= len(b.src)-b.text.Next(b.last):
			return 7, true
		case rest < len(b.src)-b.err.End && b.err.End > b.err.At:
			return 12, true
		}
		return 0, false
	}
	return b.shape(after, tree), true
}

// shape is how odd a tree looks: names that nobody knows, calls with too many
// arguments, brackets that do nothing.
func (b *broken) shape(after string, tree *syntax.Node) int {
	from, _ := b.text.Bounds(b.first)
	to := b.text.Next(b.line) + len(after) - len(b.src)
	cost := 0
	inside := func(n *syntax.Node) bool { return n.Start >= from && n.Start < max(to, from+1) }
	root := syntax.Scopes(tree)
	root.All(func(s *syntax.Scope) {
		for _, u := range s.Uses {
			if inside(u) && s.Find(u.Text) == nil && !names.IsBuiltin(u.Text) && !b.elsewhere[u.Text] && !wellKnown(u.Text) {
				cost += 8
			}
		}
	})
	defs := map[string]*syntax.Node{}
	tree.Walk(func(n *syntax.Node) bool {
		if n.Kind == syntax.FuncDef {
			defs[n.Text] = n
		}
		return true
	})
	tree.Walk(func(n *syntax.Node) bool {
		if inside(n) || n.End > from && n.Start < from {
			cost += odd(n, defs, inside)
		}
		return true
	})
	return cost
}

// wellKnown are names that a later rule mends, so that they are no sign of a
// wrong guess.
func wellKnown(name string) bool {
	return names.IsModule(name) || len(names.Owners(name)) > 0 || foreignNames[name] != ""
}
