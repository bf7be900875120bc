package python

import (
	"slices"
	"strings"
	"unicode"

	"github.com/nsbox/nsbox/nsbox/heal/rules/python/names"
	"github.com/nsbox/nsbox/nsbox/heal/rules/python/syntax"
	"github.com/nsbox/nsbox/nsbox/internal/source"
)

// usage is what a program does with a name.
type usage struct {
	call      bool // name(...)
	attr      bool // name.x
	index     bool // name[...]
	argument  bool // passed on, as a decorator, base or annotation
	statement bool
	args      int // of the call, -1 unknown
}

func (m *mender) usage(u *syntax.Node) usage {
	p := m.up(u)
	out := usage{args: -1}
	if p == nil {
		return out
	}
	switch p.Kind {
	case syntax.Call:
		if p.Left == u {
			out.call = true
			out.args = len(p.Kids)
			s := m.up(p)
			out.statement = s != nil && s.Kind == syntax.Expr
		} else {
			out.argument = true
		}
	case syntax.Attr:
		out.attr = true
	case syntax.Subscript:
		out.index = p.Left == u
	case syntax.FuncDef, syntax.ClassDef, syntax.Bases, syntax.Param, syntax.Keyword, syntax.Except, syntax.Raise:
		out.argument = true
	case syntax.AnnAssign:
		out.argument = len(p.Kids) > 0 && p.Kids[0] == u
	case syntax.Tuple:
		if q := m.up(p); q != nil && (q.Kind == syntax.Call || q.Kind == syntax.Except) {
			out.argument = true
		}
	}
	return out
}

// candidate is a name that may have been meant.
type candidate struct {
	name string
	cost int
}

// candidates are the names near to name that can be used as u is, the nearest
// first. Names of the program are nearer than those of Python.
func (m *mender) candidates(name string, u *syntax.Node) []candidate {
	use := m.usage(u)
	s := m.root.At(u.Start)
	var out []candidate
	own := map[string]bool{}
	for _, c := range source.Near(name, m.visibleAt(s, u)) {
		own[c.Name] = true
		cost := c.Cost * 2
		bound := m.bindings(c.Name, u.Start)
		if !fits(use, bound) {
			cost += 5
		}
		if use.call && len(bound) == 1 && bound[0].Kind == syntax.FuncDef {
			if lo, hi, _ := paramCount(bound[0].Node); use.args < lo || use.args > hi {
				cost += 2
			}
		}
		if len(m.reads(c.Name)) == 0 && c.Cost > 1 {
			cost-- // nothing reads it: hardly what its name was made for
		}
		out = append(out, candidate{c.Name, cost})
	}
	for _, c := range source.Near(name, append(slices.Clone(names.Builtins()), "__name__", "__file__")) {
		if own[c.Name] || !builtinFits(use, c.Name) {
			continue
		}
		cost := c.Cost*2 + 1
		if _, hi, known := names.Arity(c.Name); known && use.args > hi {
			cost += 4
		}
		if use.statement && !statements[c.Name] {
			cost += 4 // it is called for nothing
		}
		out = append(out, candidate{c.Name, cost})
	}
	slices.SortStableFunc(out, func(a, b candidate) int { return a.cost - b.cost })
	return out
}

// statements are the built-in functions that are called for what they do.
var statements = map[string]bool{
	"print": true, "exit": true, "setattr": true, "delattr": true, "exec": true, "input": true, "next": true, "help": true,
}

// visibleAt are the names that can be read at u; what u's own statement binds is
// not there yet.
func (m *mender) visibleAt(s *syntax.Scope, u *syntax.Node) []string {
	var out []string
	for _, n := range s.Visible() {
		from := s.Find(n)
		if from == m.root && s.Func() == nil && from.Bound[n][0].At > u.Start {
			continue // it comes later
		}
		if from != s {
			out = append(out, n)
			continue
		}
		if slices.ContainsFunc(from.Bound[n], func(b syntax.Binding) bool {
			return b.Node == nil || !(isStatement(b.Node) && b.Node.Start <= u.Start && u.End <= end(b.Node)) || b.Kind == syntax.For && b.Node.Right != nil && u.Start > b.Node.Right.End
		}) {
			out = append(out, n)
		}
	}
	return out
}

// fits reports whether what bound gives a name can be used so.
func fits(use usage, bound []syntax.Binding) bool {
	if len(bound) == 0 {
		return true
	}
	function := slices.ContainsFunc(bound, func(b syntax.Binding) bool {
		return b.Kind == syntax.FuncDef || b.Kind == syntax.ClassDef || b.Kind == syntax.Import || b.Kind == syntax.Param
	})
	value := slices.ContainsFunc(bound, func(b syntax.Binding) bool { return b.Kind != syntax.FuncDef })
	switch {
	case use.call:
		return function || slices.ContainsFunc(bound, func(b syntax.Binding) bool {
			return b.Kind == syntax.Assign && b.Node.Right != nil && (b.Node.Right.Kind == syntax.Lambda || b.Node.Right.Kind == syntax.Name || b.Node.Right.Kind == syntax.Attr)
		})
	case use.argument:
		return true
	}
	return value
}

// builtinFits reports whether a built-in name can be used so: a function or
// class that is neither called nor passed on is hardly meant.
func builtinFits(use usage, name string) bool {
	switch name {
	case "copyright", "credits", "license", "quit", "Ellipsis", "NotImplemented", "aiter", "anext", "exit":
		return false
	case "True", "False", "None", "__name__", "__file__", "__doc__":
		return !use.call
	}
	if use.call || use.argument {
		return true
	}
	exception := unicode.IsUpper(rune(name[0]))
	return exception || use.attr && (name == "str" || name == "dict" || name == "int" || name == "bytes") || use.index && (name == "list" || name == "dict" || name == "tuple" || name == "set")
}

// nearName puts the one name that is nearest.
func (m *mender) nearName(name string, uses []*syntax.Node) bool {
	u := m.useHere(uses)
	found := m.candidates(name, u)
	if len(found) == 0 || len(found) > 1 && found[0].cost == found[1].cost || found[0].cost >= 12 {
		return false
	}
	to := found[0].name
	if edits := m.renameBinding(name, to, uses); edits != nil {
		m.local("near-name", "the name is "+name+" elsewhere", edits...)
		return true
	}
	var edits []edit
	for _, o := range uses {
		if names.IsBuiltin(to) || m.root.At(o.Start).Find(to) != nil {
			edits = append(edits, edit{o.Start, o.End, to})
		}
	}
	m.local("near-name", name+" is a slip of "+to, edits...)
	return true
}

// useHere is the use that the diagnosis points at.
func (m *mender) useHere(uses []*syntax.Node) *syntax.Node {
	for _, u := range uses {
		if u.Start >= m.from && u.End <= m.to {
			return u
		}
	}
	return uses[0]
}

// renameBinding mends the place that gives the name its value, where that alone
// is misspelled: the name there is read nowhere, the other one more than once.
func (m *mender) renameBinding(name, to string, uses []*syntax.Node) []edit {
	bound := m.bindings(to, uses[0].Start)
	if len(uses) < 2 || len(bound) != 1 || len(m.reads(to)) > 0 || bound[0].At == 0 || names.IsBuiltin(to) {
		return nil
	}
	at := bound[0].At
	if bound[0].Kind == syntax.Import || at+len(to) > len(m.src) || m.src[at:at+len(to)] != to {
		return nil
	}
	return []edit{{at, at + len(to), name}}
}

// reads are the uses of a name anywhere.
func (m *mender) reads(name string) []*syntax.Node {
	var out []*syntax.Node
	m.root.All(func(s *syntax.Scope) {
		for _, u := range s.Uses {
			if u.Text == name {
				out = append(out, u)
			}
		}
	})
	return out
}

// preferred are the modules whose names people use without saying where they
// are from, the likeliest first.
var preferred = strings.Fields("collections math random itertools functools dataclasses typing abc enum pathlib datetime decimal " +
	"fractions statistics heapq bisect copy json re string time os sys contextlib operator textwrap pprint threading " +
	"concurrent.futures collections.abc queue types uuid secrets hashlib base64 shutil tempfile subprocess argparse csv io urllib.parse " +
	"urllib.request unittest traceback warnings weakref asyncio calendar struct cmath glob")

// importedName imports a name of the library.
func (m *mender) importedName(name string, uses []*syntax.Node) bool {
	if len(name) < 2 {
		return false
	}
	owners := names.Owners(name)
	u := m.useHere(uses)
	use := m.usage(u)
	for _, module := range preferred {
		if !slices.Contains(owners, module) {
			continue
		}
		if name == module || strings.HasSuffix(module, "."+name) { // the class, or the module?
			if !use.call && !use.argument && !m.classUse(name, u) {
				continue
			}
		}
		if !m.importFits(module, name, use, u) {
			continue
		}
		m.local("missing-import", name+" is in the module "+module, m.fromImport(module, name))
		return true
	}
	return false
}

// classUse reports whether name.attribute is one of the type called name.
func (m *mender) classUse(name string, u *syntax.Node) bool {
	members, ok := names.Type(name)
	a := m.up(u)
	return ok && a != nil && a.Kind == syntax.Attr && slices.Contains(members, a.Text)
}

func (m *mender) importFits(module, name string, use usage, u *syntax.Node) bool {
	upper := unicode.IsUpper(rune(name[0]))
	switch {
	case use.call || use.argument || upper:
		// A name of the program that is hardly different is likelier.
		near := source.Near(name, m.visibleAt(m.root.At(u.Start), u))
		return len(near) == 0 || near[0].Cost > 1 || !fits(use, m.bindings(near[0].Name, u.Start))
	case use.attr:
		return m.classUse(name, u)
	case module == "math":
		return name == "pi" || name == "inf" || name == "tau" || name == "nan"
	case module == "string":
		return len(name) > 6
	}
	return false
}

// foreignName puts what Python calls a thing of Python 2 or another language.
func (m *mender) foreignName(name string, uses []*syntax.Node) bool {
	to, ok := foreignNames[name]
	if !ok {
		if name == "reduce" {
			return false
		}
		return false
	}
	u := m.useHere(uses)
	use := m.usage(u)
	constant := to == "True" || to == "False" || to == "None" || strings.HasPrefix(to, "float(")
	if constant == use.call || !constant && !use.call && !use.argument {
		return false
	}
	if to == "len" && use.args != 1 {
		return false
	}
	if near := source.Near(name, m.root.At(u.Start).Visible()); len(near) > 0 && near[0].Cost <= 2 && fits(use, m.bindings(near[0].Name, u.Start)) {
		return false
	}
	m.local("foreign-name", "Python says "+to, renames(uses, to)...)
	return true
}

// sameWords finds the one function that is named with one of the words of name
// and takes as many arguments.
func (m *mender) sameWords(name string, uses []*syntax.Node) bool {
	u := m.useHere(uses)
	use := m.usage(u)
	words := wordsOf(name)
	if !use.call {
		return m.reordered(name, u, uses)
	}
	var found []string
	for _, n := range m.root.At(u.Start).Visible() {
		bound := m.bindings(n, u.Start)
		if len(bound) != 1 || bound[0].Kind != syntax.FuncDef || !shared(words, wordsOf(n)) {
			continue
		}
		lo, hi, _ := paramCount(bound[0].Node)
		if use.args >= lo && use.args <= hi && m.outside(u, bound[0].Node) {
			found = append(found, n)
		}
	}
	if len(found) != 1 {
		return false
	}
	m.shape("same-words", "the function is called "+found[0], renames(uses, found[0])...)
	return true
}

// outside reports whether u is not within f: hardly anybody calls a function
// from itself by another name.
func (m *mender) outside(u, f *syntax.Node) bool { return u.Start < f.Start || u.Start > f.End }

// reordered finds the one variable with the same words in another order.
func (m *mender) reordered(name string, u *syntax.Node, uses []*syntax.Node) bool {
	words := wordsOf(name)
	slices.Sort(words)
	var found []string
	for _, n := range m.root.At(u.Start).Visible() {
		other := wordsOf(n)
		slices.Sort(other)
		if len(words) > 1 && slices.Equal(words, other) && !slices.Contains(found, n) {
			found = append(found, n)
		}
	}
	if len(found) != 1 {
		return false
	}
	m.shape("same-words", "the name is "+found[0], renames(uses, found[0])...)
	return true
}

// wordsOf cuts a name into its words, in lower case.
func wordsOf(name string) []string {
	var out []string
	word := ""
	lower := false
	for _, r := range name {
		if r == '_' || unicode.IsUpper(r) && lower {
			if word != "" {
				out = append(out, word)
			}
			word = ""
		}
		lower = unicode.IsLower(r)
		if r != '_' {
			word += string(unicode.ToLower(r))
		}
	}
	if word != "" {
		out = append(out, word)
	}
	return out
}

// shared reports whether the lists have a word of some weight in common.
func shared(a, b []string) bool {
	for _, w := range a {
		if len(w) >= 3 && w != "get" && w != "set" && w != "the" && w != "and" && slices.Contains(b, w) {
			return true
		}
	}
	return false
}

// anyModule imports a module whose members the table does not have.
func (m *mender) anyModule(name string, uses []*syntax.Node) bool {
	if a := m.up(uses[0]); names.IsModule(name) && a != nil && a.Kind == syntax.Attr {
		m.shape("missing-import", "the module "+name+" is not imported", m.withImport("import "+name))
		return true
	}
	return false
}
