package javascript

import (
	"slices"
	"strings"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/internal/source"
)

// notFunction is for a call of what is no function: mostly a method that is
// misspelt.
func notFunction(f *failure, m []string) {
	callee := strings.TrimSpace(m[1])
	if strings.HasPrefix(callee, `"`) && strings.HasSuffix(callee, `"`) {
		if i := f.near(func(i int) bool { return f.c.toks[i].Kind == source.String && f.c.is(i+1, "(") }); i >= 0 {
			f.propose(nsbox.RankLocal, "missing-comma", "a comma is missing between two elements", insert(f.c.toks[i].End, ","))
		}
		return
	}
	name := callee[strings.LastIndexAny(callee, ".)")+1:]
	i := f.calledAt(name)
	if i < 0 {
		semicolonBefore(f, f.at)
		return
	}
	f.at = i
	for _, try := range []func(*failure, int){semicolonBefore, notCalled, missingAwait, madeWithoutNew, method, idiom, asyncReturn, convert, wrongCallee} {
		if try(f, i); len(f.fixes) > 0 {
			return
		}
	}
}

// calledAt is the token that names what the failing call calls.
func (f *failure) calledAt(name string) int {
	c := f.c
	if name != "" {
		if i := f.near(func(i int) bool { return c.word(i) && c.toks[i].Text == name && c.is(i+1, "(") }); i >= 0 {
			return i
		}
		return f.nearWord(name)
	}
	return f.near(func(i int) bool { return c.member(i) && c.is(i+1, "(") })
}

// semicolonBefore is for a line that begins with a bracket and goes on with the
// statement before it, which lacks its semicolon.
func semicolonBefore(f *failure, i int) {
	c := f.c
	for k := i; k < len(c.toks) && k < i+60; k++ {
		if c.is(k, "(", "[") && c.first(k) && c.endsValue(k-1) && (k == i || c.line(k-1) >= c.line(i)) {
			f.propose(nsbox.RankLocal, "missing-semicolon", "the next line begins with a bracket, so the statement goes on there", insert(c.toks[k-1].End, ";"))
			return
		}
		if c.is(k, ";") && c.outer[k] == c.outer[i] {
			return
		}
	}
}

// notCalled takes the brackets after a property that is no method.
func notCalled(f *failure, i int) {
	c := f.c
	if !c.member(i) || !c.is(i+1, "(") || !c.is(i+2, ")") {
		return
	}
	word := c.toks[i].Text
	kind := f.t.before(i - 2)
	if set1(word, "length", "size") && kind != "" && !strings.HasPrefix(kind, "class ") {
		property := "length"
		if kind == "Map" || kind == "Set" {
			property = "size"
		}
		f.propose(nsbox.RankLocal, "property-called", property+" is a property, not a method", edit{c.toks[i].Start, c.toks[i+2].End, property})
		return
	}
	if word == "length" && !f.s.defines(word) || f.isGetter(word) {
		f.propose(nsbox.RankLocal, "property-called", word+" is a property, not a method", remove(c.toks[i+1].Start, c.toks[i+2].End))
	}
}

// isGetter reports whether all that defines the property is get.
func (f *failure) isGetter(name string) bool {
	found := false
	for i, t := range f.c.toks {
		if t.Text == name && f.s.isMember[i] {
			if !f.c.is(i-1, "get") {
				return false
			}
			found = true
		}
	}
	return found
}

// method is for a method whose name is misspelt.
func method(f *failure, i int) {
	c := f.c
	if !c.member(i) {
		return
	}
	word := c.toks[i].Text
	if key := f.t.staticKey(i - 2); key != "" {
		if to, ok := nearest(word, names(key)); ok {
			f.propose(nsbox.RankLocal, "near-method", word+" is a slip of "+to, f.members(word, to, i)...)
			return
		}
		// crypto and performance are globals with less than the modules have.
		base := c.toks[i-2].Text
		if _, ok := lookup(moduleKey(base), word); ok && strings.HasSuffix(key, ".") {
			f.bring(nsbox.RankLocal, base, base, true)
		}
		return
	}
	if base := c.toks[i-2]; base.Kind == source.Word && !c.member(i-2) {
		if pool := f.statics(base.Text); pool != nil {
			if to, ok := nearest(word, pool); ok {
				f.memberRenamed(word, to, i)
				return
			}
		}
	}
	kind := f.t.before(i - 2)
	if strings.HasPrefix(kind, "class ") {
		if to, ok := nearest(word, f.classMembers(strings.TrimPrefix(kind, "class "))); ok {
			f.memberRenamed(word, to, i)
		}
		return
	}
	if kind != "" {
		if to, ok := nearest(word, names(kind)); ok {
			f.propose(nsbox.RankLocal, "near-method", word+" is a slip of "+to, f.members(word, to, i)...)
			return
		}
		if kind != "Object" && kind != "Function" {
			return
		}
	}
	if builtin(word) {
		return // it is right, and the receiver is wrong
	}
	own := f.ownMethods()
	if to, ok := slipOf(word, own); ok {
		if best := source.Near(word, everyMethod()); len(best) == 0 || best[0].Name == to || best[0].Cost >= source.Near(word, []string{to})[0].Cost {
			f.memberRenamed(word, to, i)
			return
		}
	}
	if f.s.defines(word) {
		return
	}
	if to, ok := slipOf(word, append(everyMethod(), own...)); ok {
		f.propose(nsbox.RankLocal, "near-method", word+" is a slip of "+to, f.members(word, to, i)...)
	}
}

// madeWithoutNew is for Date(), which is a string without new.
func madeWithoutNew(f *failure, i int) {
	c := f.c
	if !c.member(i) {
		return
	}
	if m, ok := lookup("Date", c.toks[i].Text); !ok || !m.function {
		return
	}
	at := -1
	switch {
	case c.is(i-2, ")") && c.pair[i-2] > 0 && c.is(c.pair[i-2]-1, "Date"):
		at = c.pair[i-2] - 1
	case c.ident(i - 2):
		for _, d := range f.s.visible(c.toks[i-2].Text, i-2) {
			if c.is(d.tok+1, "=") && c.is(d.tok+2, "Date") && c.is(d.tok+3, "(") {
				at = d.tok + 2
			}
			break //nolint:staticcheck // only the innermost one counts
		}
	}
	if at > 0 && !c.is(at-1, "new", ".") {
		f.propose(nsbox.RankLocal, "missing-new", "Date makes a date with new only", insert(c.toks[at].Start, "new "))
	}
}

// statics lists the static members of a class of the program's, or the members
// of an object literal that a variable holds; nil where name is neither.
func (f *failure) statics(name string) []string {
	for _, k := range f.s.classes {
		if k.name == name {
			return f.classMembers(name)
		}
	}
	return nil
}

// classMembers lists the members of a class and of those it extends.
func (f *failure) classMembers(name string) []string {
	var out []string
	for n := 0; n < 8 && name != ""; n++ {
		base := ""
		for _, k := range f.s.classes {
			if k.name == name {
				base = k.base
				for m := range k.members {
					out = append(out, m)
				}
			}
		}
		if slicesHas(instances, base) {
			out = append(out, names(base)...)
		}
		if base == "EventEmitter" {
			out = append(out, "on", "once", "emit", "off", "addListener", "removeListener", "listenerCount", "removeAllListeners")
		}
		name = base
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// ownMethods lists the functions that the program itself puts into classes and
// objects.
func (f *failure) ownMethods() []string {
	var out []string
	for i, t := range f.c.toks {
		if t.Kind != source.Word {
			continue
		}
		switch {
		case f.s.isMember[i] && f.c.is(i+1, "("), f.s.isMember[i] && f.c.is(i+1, ":") && f.t.from(i+2) == "Function",
			f.c.member(i) && f.c.is(i+1, "=") && f.t.from(i+2) == "Function", f.s.isMember[i] && f.c.is(i+1, "=") && f.t.from(i+2) == "Function":
			if t.Text != "constructor" {
				out = append(out, t.Text)
			}
		}
	}
	return out
}

// everyMethod lists the methods of all types.
func everyMethod() []string {
	var out []string
	for _, t := range instances {
		for _, m := range library()[t] {
			if m.function && m.name != "constructor" {
				out = append(out, m.name)
			}
		}
	}
	return out
}

// members replaces all uses of a member that nothing defines.
func (f *failure) members(word, to string, i int) []edit {
	if f.s.defines(word) {
		return one(replace(f.c.toks[i], to))
	}
	var out []edit
	for k, t := range f.c.toks {
		if t.Text == word && f.c.member(k) && f.c.is(k+1, "(") == f.c.is(i+1, "(") {
			out = append(out, replace(t, to))
		}
	}
	return out
}

// memberRenamed takes word for a slip of to, which the program defines; where
// nothing uses to and word is used often, its definition is what is misspelt.
func (f *failure) memberRenamed(word, to string, i int) {
	uses, others, def := 0, 0, -1
	for k, t := range f.c.toks {
		switch {
		case t.Text == word && f.c.member(k):
			uses++
		case t.Text == to && f.c.member(k):
			others++
		case t.Text == to && f.s.isMember[k]:
			if def >= 0 {
				others++
			}
			def = k
		}
	}
	if uses > 1 && others == 0 && def >= 0 && !f.s.defines(word) {
		f.propose(nsbox.RankLocal, "near-method", "the definition of "+to+" is a slip of "+word, replace(f.c.toks[def], word))
		return
	}
	f.propose(nsbox.RankLocal, "near-method", word+" is a slip of "+to, f.members(word, to, i)...)
}

// wrongCallee is for a variable that is called, where a function of nearly its
// name is meant.
func wrongCallee(f *failure, i int) {
	if f.c.member(i) || !f.c.ident(i) {
		return
	}
	word := f.c.toks[i].Text
	pool := slices.DeleteFunc(f.callable(i), func(s string) bool { return s == word })
	if to, ok := slipOf(word, pool); ok {
		f.propose(nsbox.RankLocal, "near-name", word+" is a slip of "+to, replace(f.c.toks[i], to))
	}
}
