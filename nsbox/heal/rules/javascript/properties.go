package javascript

import (
	"slices"
	"strings"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/internal/source"
)

// missing is for a property of something that is not there: the value before it
// comes of a name that is misspelt, or of a function that returns nothing.
func missing(f *failure, m []string) {
	c := f.c
	i := f.near(func(i int) bool { return c.member(i) && c.toks[i].Text == m[2] })
	last := i - 2
	if i < 0 { // x[k], or a property in a pattern
		i = f.near(func(i int) bool { return c.is(i, "[") && c.endsValue(i-1) && c.pair[i] > i })
		last = i - 1
	}
	if i < 0 {
		return
	}
	if i >= 2 && semicolonHere(f, i) {
		return
	}
	f.absent(last)
	if len(f.fixes) == 0 && c.member(i) {
		f.readSlip(m[2], i)
	}
	for _, try := range []func(*failure){gluedRows, notMade, suspect} {
		if len(f.fixes) > 0 {
			return
		}
		try(f)
	}
}

// readSlip is for a property that is read at the end of a chain, and should have
// ended it before: nothing defines it, and one that something defines is close.
func (f *failure) readSlip(word string, i int) {
	defined := f.properties()
	if _, rare := lookup("any", word); rare || slices.Contains(defined, word) || builtin(word) {
		return
	}
	if to, ok := nearest(word, defined); ok {
		f.memberRenamed(word, to, i)
	}
}

// gluedRows is for two rows of a table without a comma between them: the second
// is then an index of the first.
func gluedRows(f *failure) {
	c := f.c
	var edits []edit
	for i := 1; i < len(c.toks); i++ {
		o := c.outer[i]
		if c.is(i, "[") && c.is(i-1, "]") && c.toks[i].Start > c.toks[i-1].End && c.is(o, "[") && !c.endsValue(o-1) {
			edits = append(edits, insert(c.toks[i-1].End, ","))
		}
	}
	f.propose(nsbox.RankLocal, "missing-comma", "a comma is missing between two elements", edits...)
}

// notMade is for an object that a constructing function should have made, but
// was called without new.
func notMade(f *failure) {
	c := f.c
	for _, fn := range f.s.functions {
		if fn.method || fn.arrow || !f.constructs(fn, fn.name) {
			continue
		}
		var edits []edit
		for i, t := range c.toks {
			if t.Text == fn.name && t.Kind == source.Word && c.is(i+1, "(") && !c.is(i-1, "new", "function", ".") {
				edits = append(edits, insert(t.Start, "new "))
			}
		}
		if len(edits) > 0 {
			f.propose(nsbox.RankLocal, "missing-new", fn.name+" makes objects with new", edits...)
			return
		}
	}
}

// suspect is for a property that is read and never defined, somewhere in the
// program: where there is one such, and it is close to one that is defined, it
// is misspelt.
func suspect(f *failure) {
	c := f.c
	defined := f.properties()
	word, to := "", ""
	var edits []edit
	for i, t := range c.toks {
		if !c.member(i) || slices.Contains(defined, t.Text) || usual(t.Text) || f.t.staticKey(i-2) != "" || f.ofModule(i) {
			continue
		}
		near, ok := slipOf(t.Text, defined)
		if !ok {
			continue
		}
		if word != "" && word != t.Text {
			return
		}
		word, to = t.Text, near
		edits = append(edits, replace(t, near))
	}
	f.propose(nsbox.RankStructural, "near-property", word+" is a slip of "+to, edits...)
}

// ofModule reports whether the chain before the member at token i begins with
// something that an import or require brought.
func (f *failure) ofModule(i int) bool {
	start := f.chainStart(i - 2)
	if start < 0 {
		return false
	}
	for _, d := range f.s.visible(f.c.toks[start].Text, start) {
		return d.kind == importDecl || f.c.is(d.tok+2, "require")
	}
	return f.c.is(start, "process", "console")
}

// semicolonHere is for a line that begins with "[": it goes on with the line
// before.
func semicolonHere(f *failure, i int) bool {
	c := f.c
	start := f.chainStart(i - 1)
	if c.member(i) {
		start = f.chainStart(i - 2)
	}
	for k := max(start, 1); start >= 0 && k <= i; k++ {
		if c.is(k, "[", "(") && c.first(k) && c.endsValue(k-1) {
			f.propose(nsbox.RankLocal, "missing-semicolon", "the line begins with a bracket, so the statement before goes on there", insert(c.toks[k-1].End, ";"))
			return true
		}
	}
	return false
}

// absent finds why the value that ends with token last is not there.
func (f *failure) absent(last int) {
	c := f.c
	switch {
	case last < 0:
	case c.is(last, "this"):
		f.lostThis(last)
	case c.member(last):
		f.property(last)
	case c.is(last, "]"):
		f.beyond(last)
	case c.is(last, ")"):
		f.nothingReturned(last)
	case c.ident(last):
		f.variable(last)
	}
}

// lostThis makes an arrow of a function within a method: an arrow has the
// method's this.
func (f *failure) lostThis(i int) {
	c := f.c
	fn := f.s.enclosing(i, true)
	k := f.s.classAround(i)
	if fn == nil || k == nil || fn.method || !c.is(fn.head, "function") || fn.open < 0 || c.is(fn.head+1, "*") || c.ident(fn.head+1) {
		return
	}
	f.propose(nsbox.RankLocal, "lost-this", "a function of its own has another this; an arrow function has that of the method",
		remove(c.toks[fn.head].Start, c.toks[fn.open].Start), insert(c.toks[c.closing(fn.open)].End, " =>"))
}

// property is for x.p where p has no value.
func (f *failure) property(i int) {
	c := f.c
	word := c.toks[i].Text
	if c.is(i-2, "this") && f.unassigned(word, i) {
		return
	}
	if key := f.t.staticKey(i - 2); key != "" {
		if to, ok := nearest(word, names(key)); ok {
			f.propose(nsbox.RankLocal, "near-property", word+" is a slip of "+to, f.members(word, to, i)...)
		}
		return
	}
	defined := append(f.properties(), "prototype")
	if kind := f.t.before(i - 2); kind != "" && !strings.HasPrefix(kind, "class ") && kind != "Object" && kind != "Function" {
		if to, ok := nearest(word, names(kind)); ok {
			f.propose(nsbox.RankLocal, "near-property", word+" is a slip of "+to, f.members(word, to, i)...)
		}
		return
	}
	if !slices.Contains(defined, word) {
		if to, ok := slipOf(word, defined); ok {
			f.memberRenamed(word, to, i)
		}
		return
	}
	f.definition(word)
}

// definition is for a property that is used by its name, but not defined by it
// in one place: there it is misspelt.
func (f *failure) definition(word string) {
	used := map[string]int{}
	defs := map[string][]int{}
	for k, t := range f.c.toks {
		if t.Kind != source.Word {
			continue
		}
		if f.s.isMember[k] || f.c.member(k) && f.c.is(k+1, "=") {
			defs[t.Text] = append(defs[t.Text], k)
		} else if f.c.member(k) {
			used[t.Text]++
		}
	}
	var pool []string
	for name, at := range defs {
		if used[name] == 0 && len(at) == 1 && name != word {
			pool = append(pool, name)
		}
	}
	slices.Sort(pool)
	if from, ok := slipOf(word, pool); ok {
		f.propose(nsbox.RankLocal, "near-property", "the definition of "+from+" is a slip of "+word, replace(f.c.toks[defs[from][0]], word))
	}
}

// properties lists the names of all properties that the program defines.
func (f *failure) properties() []string {
	var out []string
	for i, t := range f.c.toks {
		if t.Kind == source.Word && (f.s.isMember[i] || f.c.member(i) && f.c.is(i+1, "=") || f.shorthand(i)) {
			out = append(out, t.Text)
		}
		if t.Kind == source.String && f.c.is(i+1, ":") && len(t.Text) > 2 {
			out = append(out, unquote(t.Text))
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// unassigned is for this.p where the constructor has "p = p".
func (f *failure) unassigned(word string, i int) bool {
	k := f.s.classAround(i)
	if k == nil {
		return false
	}
	for j := k.open; j < k.end; j++ {
		if f.c.is(j, word) && f.c.is(j+1, "=") && f.c.is(j+2, word) && !f.c.member(j) && (f.c.is(j+3, ";", "}") || f.c.first(j+3)) {
			f.propose(nsbox.RankLocal, "missing-this", word+" is assigned to itself; the field is meant", insert(f.c.toks[j].Start, "this."))
			return len(f.fixes) > 0
		}
	}
	return false
}

// beyond is for x[i] in a loop that goes one too far.
func (f *failure) beyond(last int) {
	c := f.c
	open := c.pair[last]
	if open < 1 || last != open+2 || !c.ident(open+1) {
		return
	}
	index, list := c.toks[open+1].Text, c.toks[open-1].Text
	for o := c.outer[open]; o >= 0; o = c.outer[o] {
		if !c.is(o, "{") || !c.is(o-1, ")") || c.pair[o-1] < 0 || !c.is(c.pair[o-1]-1, "for") {
			continue
		}
		for k := c.pair[o-1]; k < o; k++ {
			if c.is(k, index) && c.is(k+1, "<=") && c.is(k+2, list) && c.is(k+3, ".") && c.is(k+4, "length") && c.is(k+5, ";") {
				f.propose(nsbox.RankLocal, "off-by-one", "the last element has the index length - 1", replace(c.toks[k+1], "<"))
				return
			}
		}
	}
}

// variable is for a variable without a value.
func (f *failure) variable(i int) {
	c := f.c
	for _, d := range f.s.visible(c.toks[i].Text, i) {
		switch {
		case f.patternKey(d.tok) && d.kind != importDecl:
			f.pattern(d)
		case c.is(d.tok+1, "="):
			end := f.s.expressionEnd(d.tok + 2)
			f.awaitFor(i)
			if len(f.fixes) == 0 && end-1 > d.tok+1 {
				f.absent(end - 1)
			}
		}
		return //nolint:staticcheck // only the innermost one counts
	}
}

// pattern is for a key of a destructuring that no object has.
func (f *failure) pattern(d decl) {
	var defined []string
	for i, t := range f.c.toks {
		if t.Kind == source.Word && i != d.tok && (f.s.isMember[i] || f.shorthand(i)) {
			defined = append(defined, t.Text)
		}
	}
	if slices.Contains(defined, d.name) {
		return
	}
	if to, ok := slipOf(d.name, defined); ok {
		f.propose(nsbox.RankLocal, "near-property", d.name+" is a slip of "+to, replace(f.c.toks[d.tok], to+": "+d.name))
	}
}

// nothingReturned is for a call that returns nothing: the function lacks a
// return, or new, or async.
func (f *failure) nothingReturned(last int) {
	c := f.c
	open := c.pair[last]
	if open < 1 || !c.word(open-1) {
		return
	}
	if c.member(open-1) && slicesHas(givesBack, c.toks[open-1].Text) {
		f.arrowReturns(open)
		return
	}
	name := c.toks[open-1].Text
	for _, fn := range f.s.functions {
		own := fn.name == name && fn.head != open-1 || c.is(fn.head-1, "=") && c.is(fn.head-2, name)
		if !own || !c.is(fn.body, "{") {
			continue
		}
		if !fn.method && !fn.arrow && f.constructs(fn, name) && !c.is(open-2, "new", ".") {
			f.propose(nsbox.RankLocal, "missing-new", name+" makes objects with new", insert(c.toks[open-1].Start, "new "))
			return
		}
		f.lastReturned(fn, name)
		return
	}
}

// constructs reports whether a function fills in this.
func (f *failure) constructs(fn function, name string) bool {
	if !isUpper(name) {
		return false
	}
	for k := fn.body; k < fn.end; k++ {
		if f.c.is(k, "this") && f.c.is(k+3, "=") {
			return true
		}
	}
	return false
}

// givesBack are methods that use what the function returns that they call.
var givesBack = strings.Fields("map reduce filter find flatMap sort some every findIndex findLast reduceRight toSorted")

// arrowReturns puts return into arrow functions with a body in braces that is
// one expression, where a method uses what they return.
func (f *failure) arrowReturns(open int) {
	var edits []edit
	hit := false
	for _, fn := range f.s.functions {
		if !fn.arrow || !f.c.is(fn.body, "{") {
			continue
		}
		at := f.c.outer[fn.head]
		if at < 1 || fn.head != at+1 || !f.c.member(at-1) || !slicesHas(givesBack, f.c.toks[at-1].Text) {
			continue
		}
		if e := f.returnEdits(fn); len(e) > 0 {
			edits = append(edits, e...)
			hit = hit || at == open
		}
	}
	if hit {
		f.propose(nsbox.RankLocal, "missing-return", "the function computes a value and does not return it", edits...)
	}
}

// lastReturned returns what the only or last statement of a function computes
// and does not use, where nothing else is returned.
func (f *failure) lastReturned(fn function, name string) {
	f.propose(nsbox.RankLocal, "missing-return", name+" computes a value and does not return it", f.returnEdits(fn)...)
}

func (f *failure) returnEdits(fn function) []edit {
	c := f.c
	for k := fn.body; k < fn.end; k++ {
		if c.is(k, "return") {
			return nil
		}
	}
	last := -1
	for k := fn.body + 1; k < fn.end; k++ {
		if c.outer[k] == fn.body && (k == fn.body+1 || c.is(k-1, ";", "}") || c.first(k) && c.endsValue(k-1)) && !c.is(k, ".", ";", "}", ")", "]") {
			last = k
		}
	}
	if last < 0 || !f.pure(last, fn.end) {
		return nil
	}
	return one(insert(c.toks[last].Start, "return "))
}

// pure reports whether the statement that begins at token i is an expression
// that does nothing but compute: without return it would be in vain.
func (f *failure) pure(i, end int) bool {
	c := f.c
	if c.word(i) && keywords[c.toks[i].Text] && !c.is(i, "new", "this", "await", "typeof") {
		return false
	}
	operator := false
	for k := i; k < end && !c.is(k, ";"); k++ {
		switch {
		case c.is(k, "=", "+=", "-=", "*=", "/=", "++", "--", "delete"):
			return false
		case c.is(k, "+", "-", "*", "/", "%", "?", "===", "&&", "||", "<", ">", "<=", ">="):
			operator = true
		case c.is(k, "log", "push", "write", "set", "add", "emit", "forEach"):
			return false
		}
	}
	return operator || c.ident(i) && (c.is(i+1, ";", "}") || c.is(i+1, ".")) || c.is(i, "this", "new", "[") || c.toks[i].Kind != source.Word
}

// destructured is for a pattern whose value is not there.
func destructured(f *failure, m []string) {
	c := f.c
	i := f.near(func(i int) bool { return c.is(i, "=") && c.is(i-1, "}", "]") })
	if i < 0 {
		return
	}
	f.absent(f.s.expressionEnd(i+1) - 1)
}
