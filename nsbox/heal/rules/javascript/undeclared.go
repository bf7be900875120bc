package javascript

import (
	"strings"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/internal/source"
)

// owners are the objects whose functions are called without them.
var owners = strings.Fields("Math. JSON. Object. Number. Array. Promise. console. process.")

// unqualified is for a function of a library's object without the object:
// sqrt(x), stringify(x).
func unqualified(f *failure, name string, i int) {
	if !f.c.is(i+1, "(") && !set1(name, "PI", "LN2", "SQRT2") {
		return
	}
	found := ""
	for _, key := range owners {
		m, ok := lookup(key, name)
		if !ok || !m.function && f.c.is(i+1, "(") {
			continue
		}
		if found != "" {
			return
		}
		found = key
	}
	if found == "" {
		for _, d := range f.s.decls { // a module that the file already has
			if key := f.t.moduleOf(d); key != "" && f.c.is(i+1, "(") {
				if m, ok := lookup(key, name); ok && m.function {
					f.propose(nsbox.RankLocal, "missing-object", name+" is a function of "+d.name, f.uses(name, d.name+"."+name)...)
					return
				}
			}
		}
		return
	}
	edits := f.uses(name, found+name)
	done := map[string]bool{name: true}
	for k, t := range f.c.toks { // others of the same object
		if m, ok := lookup(found, t.Text); ok && m.function && !done[t.Text] && t.Kind == source.Word && f.c.is(k+1, "(") && f.s.reference(k) && !f.s.known(k) {
			done[t.Text] = true
			edits = append(edits, f.uses(t.Text, found+t.Text)...)
		}
	}
	f.propose(nsbox.RankLocal, "missing-object", name+" is a member of "+strings.TrimSuffix(found, "."), edits...)
}

// sightless is for a variable whose let or const stands in an inner block.
func sightless(f *failure, name string, i int) {
	from, to := f.s.functionAround(i)
	var found []decl
	for _, k := range f.s.byName[name] {
		d := f.s.decls[k]
		if a, b := f.s.functionAround(d.tok); a != from || b != to || d.tok > i || d.kind != letDecl && d.kind != constDecl {
			continue
		}
		found = append(found, d)
	}
	var edits []edit
	for _, d := range found {
		if d.keyword >= 0 && !overlaps(edits, one(replace(f.c.toks[d.keyword], "var"))) {
			edits = append(edits, replace(f.c.toks[d.keyword], "var"))
		}
	}
	if len(found) > 0 {
		f.propose(nsbox.RankStructural, "out-of-block", name+" is used outside of the block that declares it; var declares it for the function", edits...)
	}
}

// undeclared is for an assignment that is meant to declare.
func undeclared(f *failure, name string, i int) {
	c := f.c
	switch {
	case c.is(i+1, "=") && (c.first(i) || c.is(i-1, ";", "{", "}")):
		f.propose(nsbox.RankLocal, "undeclared", name+" is assigned but not declared", insert(c.toks[i].Start, "let "))
	case c.is(i-1, "(") && c.is(i-2, "for") && c.is(i+1, "=", "of", "in"):
		f.propose(nsbox.RankLocal, "undeclared", name+" is assigned but not declared", insert(c.toks[i].Start, "let "))
	case (c.is(i-1, "++") || c.is(i+1, "++", "+=")) && f.loopVariable(name, i):
	}
}

// loopVariable declares a variable in the head of the loop around token i.
func (f *failure) loopVariable(name string, i int) bool {
	for o := f.c.outer[i]; o >= 0; o = f.c.outer[o] {
		if f.c.is(o, "(") && f.c.is(o-1, "for") && f.c.is(o+1, name) && f.c.is(o+2, "=") {
			f.propose(nsbox.RankLocal, "undeclared", name+" is assigned but not declared", insert(f.c.toks[o+1].Start, "let "))
			return true
		}
	}
	return false
}

// catchName names the error of a catch without one.
func catchName(f *failure, name string, i int) {
	if !set1(name, "e", "err", "error", "ex", "exception") {
		return
	}
	for o := f.c.outer[i]; o >= 0; o = f.c.outer[o] {
		if !f.c.is(o, "{") {
			continue
		}
		if f.c.is(o-1, "catch") {
			f.propose(nsbox.RankLocal, "catch-name", "the caught error has no name", insert(f.c.toks[o-1].End, " ("+name+")"))
			return
		}
		if f.c.is(o-1, ")") && f.c.is(o-4, "catch") && f.c.ident(o-2) {
			f.propose(nsbox.RankLocal, "catch-name", "the caught error has another name", replace(f.c.toks[i], f.c.toks[o-2].Text))
			return
		}
	}
}

// tooEarly is for a variable that is used before its declaration was reached.
func tooEarly(f *failure, m []string) {
	name := m[1]
	c := f.c
	i := f.near(func(i int) bool { return c.word(i) && c.toks[i].Text == name && !f.s.isDecl[i] })
	if i < 0 {
		return
	}
	found := f.s.visible(name, i)
	if len(found) == 0 {
		return
	}
	d := found[0]
	if c.is(i-1, "new") || c.is(i+1, ".", "(") { // const stack = new stack()
		var pool []string
		for _, o := range f.s.decls {
			if o.name != name && (o.kind == classDecl || o.kind == functionDecl || o.kind == importDecl) && strings.EqualFold(o.name, name) {
				pool = append(pool, o.name)
			}
		}
		for _, g := range usualGlobals {
			if strings.EqualFold(g, name) {
				pool = append(pool, g)
			}
		}
		if len(pool) == 1 {
			f.propose(nsbox.RankLocal, "near-name", name+" is a slip of "+pool[0], replace(c.toks[i], pool[0]))
			return
		}
	}
	if len(found) > 1 && d.tok < i && c.line(d.tok) == c.line(i) && d.keyword >= 0 && found[1].kind != constDecl {
		// let total = total + 1 within a block: the outer one is meant.
		f.propose(nsbox.RankLocal, "shadowed", "the declaration hides the outer "+name+", which is meant", remove(c.toks[d.keyword].Start, c.toks[d.tok].Start))
		return
	}
	f.moveUp(d, i)
}

// moveUp moves the statement that declares d before the one at top level whose
// running needs it.
func (f *failure) moveUp(d decl, i int) {
	c := f.c
	start := d.keyword
	if start < 0 || d.tok < i || !c.first(start) {
		return
	}
	if c.is(d.tok+1, "=") && !f.movable(d.tok+2) {
		return
	}
	var end int
	if d.kind == classDecl {
		k := f.s.classAround(d.tok + 2)
		for n := range f.s.classes {
			if f.s.classes[n].keyword == start {
				k = &f.s.classes[n]
			}
		}
		if k == nil || k.base != "" && len(f.s.visible(k.base, i)) > 0 && !f.declaredBefore(k.base, i) {
			return
		}
		end = k.end
	} else if end = f.s.expressionEnd(d.tok + 2); c.is(end, ";") {
		end++
	}
	last := end - 1
	if d.kind == classDecl {
		last = end
	}
	if last >= len(c.toks) || last < start {
		return
	}
	to := f.statementAt(d, i)
	if to < 0 {
		return
	}
	from, _ := c.text.Bounds(c.line(start))
	stop := c.text.Next(c.line(last))
	block := c.src[from:stop]
	if !strings.HasSuffix(block, "\n") {
		block += "\n"
	}
	place, _ := c.text.Bounds(c.line(to))
	f.propose(nsbox.RankStructural, "declared-late", d.name+" is used before its declaration, which moves up", insert(place, block), remove(from, stop))
}

// declaredBefore reports whether name's declaration stands before token i.
func (f *failure) declaredBefore(name string, i int) bool {
	for _, d := range f.s.visible(name, i) {
		return d.tok < i
	}
	return true
}

// statementAt is the first token of the statement around i in the block of d.
func (f *failure) statementAt(d decl, i int) int {
	for k := i; k >= 0; k-- {
		from, _ := f.c.block(k)
		if from == d.from && f.c.first(k) && f.c.outer[k] == d.from && (k == 0 || f.c.is(k-1, ";", "}", "{") || f.c.endsValue(k-1)) && !f.c.is(k, "}", ")", "]", ".") {
			return k
		}
	}
	return -1
}

// movable reports whether a value can be made earlier: a function, a class, or a
// literal without variables.
func (f *failure) movable(i int) bool {
	end := f.s.expressionEnd(i)
	if f.c.is(i, "function", "class") || f.c.is(i, "async") {
		return true
	}
	for _, fn := range f.s.functions {
		if fn.head == i && fn.arrow || fn.open == i && fn.arrow {
			return true
		}
	}
	for k := i; k < end && k < len(f.c.toks); k++ {
		if f.c.toks[k].Kind == source.Word && !f.s.isMember[k] && !set1(f.c.toks[k].Text, "true", "false", "null", "new", "Map", "Set") {
			return false
		}
	}
	return true
}
