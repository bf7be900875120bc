package javascript

import (
	"slices"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/internal/source"
)

// polish mends in the same pass what would fail next, or would go wrong without
// failing: names that nothing declares, and properties that nothing defines,
// each where one other name is close.
func polish(name, src string) string {
	if typed(name) {
		return src // types are names, too
	}
	f := &failure{c: newCode(name, src)}
	f.file.Name = name
	f.s = newScopes(f.c)
	f.t = &types{scopes: f.s}
	edits := f.strangers()
	edits = append(edits, f.unread()...)
	edits = append(edits, f.selfAssigned()...)
	if len(edits) == 0 {
		return src
	}
	out, ok := apply(src, edits)
	if !ok || !parse(name, out).ok() {
		return src
	}
	return out
}

// strangers mends variables that nothing declares.
func (f *failure) strangers() []edit {
	var out []edit
	seen := map[string]bool{}
	for i, t := range f.c.toks {
		if !f.s.reference(i) || seen[t.Text] || f.s.known(i) || f.c.is(i-1, "typeof") || f.assignedSomewhere(t.Text) || len(t.Text) < 4 {
			continue
		}
		seen[t.Text] = true
		near := source.Near(t.Text, append(f.s.inScope(i), usualGlobals...))
		to, ok := slipOf(t.Text, append(f.s.inScope(i), usualGlobals...))
		if ok && len(near) > 0 && near[0].Cost <= 2 {
			out = append(out, f.uses(t.Text, to)...)
		}
	}
	return out
}

// assignedSomewhere reports whether a name is assigned without a declaration,
// which declares it in a script.
func (f *failure) assignedSomewhere(name string) bool {
	for i, t := range f.c.toks {
		if t.Text == name && t.Kind == source.Word && !f.c.member(i) && assigned(f.c, i+1) {
			return true
		}
	}
	return false
}

// unread mends properties that are read and never defined.
func (f *failure) unread() []edit {
	c := f.c
	defined := f.properties()
	reads := map[string]bool{}
	for i, t := range c.toks {
		if c.member(i) && !c.is(i+1, "=") {
			reads[t.Text] = true
		}
		if t.Kind == source.String && len(t.Text) > 2 {
			reads[unquote(t.Text)] = true
		}
	}
	pool := append(slices.Clone(defined), "length", "prototype")
	done := map[string]bool{}
	var out []edit
	for i, t := range c.toks {
		if !c.member(i) || len(t.Text) < 5 || done[t.Text] || slices.Contains(defined, t.Text) || usual(t.Text) || f.t.staticKey(i-2) != "" || f.ofModule(i) {
			continue
		}
		done[t.Text] = true
		near := source.Near(t.Text, pool)
		to, ok := slipOf(t.Text, pool)
		if !ok || near[0].Cost > 2 && !swapped(t.Text, to) {
			continue
		}
		if !reads[to] && slices.Contains(defined, to) { // the definition is the slip
			if def := f.onlyDefinition(to); def >= 0 {
				out = append(out, replace(c.toks[def], t.Text))
			}
			continue
		}
		out = append(out, f.members(t.Text, to, i)...)
	}
	return out
}

// onlyDefinition is the token that defines a property; -1 where several do.
func (f *failure) onlyDefinition(name string) int {
	def := -1
	for i, t := range f.c.toks {
		if t.Text == name && t.Kind == source.Word && (f.s.isMember[i] || f.c.member(i)) {
			if def >= 0 {
				return -1
			}
			def = i
		}
	}
	return def
}

// usual reports whether something in the library or in Node has a property of
// that name.
func usual(name string) bool {
	_, ok := lookup("any", name)
	return ok || len(name) <= 3
}

// selfAssigned gives this to "x = x;" in a constructor whose class reads this.x.
func (f *failure) selfAssigned() []edit {
	c := f.c
	var out []edit
	for i, t := range c.toks {
		if t.Kind != source.Word || !c.is(i+1, "=") || !c.is(i+2, t.Text) || !c.is(i+3, ";", "}") && !c.first(i+3) || c.member(i) || c.is(i-1, "let", "const", "var") {
			continue
		}
		if k := f.s.classAround(i); k != nil && c.outer[i] >= 0 && f.usesAnywhere(t.Text) {
			out = append(out, insert(t.Start, "this."))
		}
	}
	return out
}

func (f *failure) usesAnywhere(name string) bool {
	for i, t := range f.c.toks {
		if t.Text == name && f.c.member(i) {
			return true
		}
	}
	return false
}

// polished puts before the first fix one that mends more in the same pass.
func polished(file nsbox.File, fixes []nsbox.Fix) []nsbox.Fix {
	if len(fixes) == 0 {
		return nil
	}
	first := fixes[0]
	var edits []edit
	for _, e := range first.Edits {
		if e.File != file.Name {
			return fixes
		}
		edits = append(edits, edit{e.Start, e.End, e.Text})
	}
	src, ok := apply(string(file.Data), edits)
	if !ok {
		return fixes
	}
	more := polish(file.Name, src)
	if more == src {
		return fixes
	}
	first.Edits = between(file.Name, string(file.Data), more)
	first.Explanation += "; further names are slips, too"
	return append([]nsbox.Fix{first}, fixes...)
}
