package python

import (
	"slices"
	"strings"

	"github.com/nsbox/nsbox/nsbox/heal/rules/python/names"
	"github.com/nsbox/nsbox/nsbox/heal/rules/python/syntax"
)

// notCallable mends a call of what is no function.
func (m *mender) notCallable(kind string) {
	for _, c := range m.find(syntax.Call, nil) {
		l := c.Left
		switch {
		case kind == "module" && l.Kind == syntax.Name:
			if members, ok := names.Module(l.Text); ok && slices.Contains(members, l.Text) {
				m.local("module-call", "the module holds what is called so", m.moduleCalls(l.Text)...)
				return
			}
		case l.Kind == syntax.Attr && len(c.Kids) == 0 && m.plainAttribute(l.Text):
			m.local("extra-call", l.Text+" is no method", edit{l.End, c.End, ""})
			return
		case l.Kind == syntax.Number:
			m.local("missing-operator", "a product is written with *", edit{l.End, l.End, " * "})
			return
		case l.Kind == syntax.Name && (kind == "list" || kind == "dict" || kind == "tuple" || kind == "str") && len(c.Kids) == 1 &&
			!names.IsBuiltin(l.Text) && c.Kids[0].Kind != syntax.Keyword && c.Kids[0].Kind != syntax.Star:
			m.shape("index-brackets", "an element is read with square brackets", edit{c.At, c.At + 1, "["}, edit{c.End - 1, c.End, "]"})
			return
		case l.Kind == syntax.Name && names.IsBuiltin(l.Text) && m.shadow(l):
			return
		}
	}
}

// moduleCalls puts the module's name before all calls of what has its name.
func (m *mender) moduleCalls(name string) []edit {
	var out []edit
	for _, u := range m.reads(name) {
		if m.called(u) != nil {
			out = append(out, edit{u.Start, u.Start, name + "."})
		}
	}
	return out
}

// lostComma finds the one argument that is written like two: f(a -b).
func (m *mender) lostComma() {
	var found []*syntax.Node
	for _, c := range m.find(syntax.Call, nil) {
		for _, a := range c.Kids {
			if a.Kind == syntax.Binary && (a.Op == "-" || a.Op == "*") && a.At > 0 && m.src[a.At-1] == ' ' && a.At+1 < len(m.src) && m.src[a.At+1] != ' ' {
				found = append(found, a)
			}
		}
	}
	if len(found) == 1 {
		m.local("missing-comma", "a comma is missing between two values", edit{found[0].Left.End, found[0].Left.End, ","})
	}
}

// plainAttribute reports whether the program's classes have attr as a property or
// a variable, and not as a method.
func (m *mender) plainAttribute(attr string) bool {
	property := false
	for _, f := range m.everywhere(syntax.FuncDef, func(n *syntax.Node) bool { return n.Text == attr }) {
		ok := slices.ContainsFunc(f.Else, func(d *syntax.Node) bool { return m.code(d) == "property" || m.code(d) == "cached_property" })
		if !ok {
			return false
		}
		property = true
	}
	set := m.everywhere(syntax.Attr, func(n *syntax.Node) bool { return n.Text == attr && n.Store })
	field := m.everywhere(syntax.AnnAssign, func(n *syntax.Node) bool { return n.Left.Text == attr })
	return property || len(set)+len(field) > 0
}

// shadow renames a variable that hides the built-in function which is called.
func (m *mender) shadow(l *syntax.Node) bool {
	s := m.root.At(l.Start).Find(l.Text)
	if s == nil {
		return false
	}
	var edits []edit
	to := l.Text + "_"
	for _, b := range s.Bound[l.Text] {
		if b.Kind != syntax.Assign && b.Kind != syntax.AugAssign && b.Kind != syntax.For || b.At == 0 && !strings.HasPrefix(m.src, l.Text) {
			return false
		}
		edits = append(edits, edit{b.At, b.At + len(l.Text), to})
	}
	seen := map[int]bool{}
	for _, e := range edits {
		seen[e.from] = true
	}
	for _, u := range m.reads(l.Text) {
		if m.called(u) == nil && m.root.At(u.Start).Find(l.Text) == s && !seen[u.Start] {
			seen[u.Start] = true
			edits = append(edits, edit{u.Start, u.End, to})
		}
	}
	if s.Find(to) != nil {
		return false
	}
	m.shape("shadowed-name", "a variable hides the built-in "+l.Text, edits...)
	return true
}

// lazy are the types that have to be made a list before one of them is indexed
// or counted.
var lazy = map[string]bool{
	"dict_keys": true, "dict_values": true, "dict_items": true, "map": true, "filter": true, "zip": true, "generator": true,
	"enumerate": true, "reversed": true, "list_reverseiterator": true, "list_iterator": true, "odict_keys": true, "callable_iterator": true,
}

// notSubscriptable mends an index of what has no elements.
func (m *mender) notSubscriptable(kind string) {
	for _, s := range m.find(syntax.Subscript, nil) {
		l := s.Left
		switch {
		case lazy[kind]:
			if m.makeList(l) {
				return
			}
		case kind == "NoneType":
			m.noneValue(l)
			return
		case kind == "coroutine":
			m.await(l)
			return
		case functionKinds[kind] && (l.Kind == syntax.Name || l.Kind == syntax.Attr && changes(l.Text)) && !s.Store && s.Right.Kind != syntax.Slice:
			m.local("call-parentheses", "a function is called with parentheses", edit{s.At, s.At + 1, "("}, edit{s.End - 1, s.End, ")"})
			return
		case functionKinds[kind]:
			m.callIt(l)
			return
		}
	}
}

// changes reports whether a method is one that takes an argument.
func changes(method string) bool {
	t, ok := takes[method]
	return ok && t[0] > 0
}

// makeList makes a list of n, or of what the variable n is given.
func (m *mender) makeList(n *syntax.Node) bool {
	v := m.value(n)
	if v == nil || v.Kind == syntax.Name {
		v = n
	}
	if v.Kind == syntax.Comp && v.Op == "(" && m.src[v.Start] == '(' {
		m.local("make-list", "only a list has elements to index", edit{v.Start, v.Start + 1, "["}, edit{v.End - 1, v.End, "]"})
		return true
	}
	m.local("make-list", "only a list has elements to index", m.wrap(v, "list")...)
	return true
}

func (m *mender) noLength(kind string) {
	for _, c := range m.find(syntax.Call, func(n *syntax.Node) bool { return n.Left.Text == "len" && len(n.Kids) == 1 }) {
		a := c.Kids[0]
		switch {
		case lazy[kind]:
			m.makeList(a)
		case kind == "NoneType":
			m.noneValue(a)
		case kind == "coroutine":
			m.await(a)
		case functionKinds[kind]:
			m.callIt(a)
		case kind == "int":
			m.shape("digits", "the digits of a number are those of its text", m.wrap(a, "str")...)
		default:
			continue
		}
		return
	}
}

// loops are the loops and comprehensions that the diagnosis points at.
func (m *mender) loops() []*syntax.Node {
	out := append(m.find(syntax.CompFor, nil), m.everywhere(syntax.CompFor, func(n *syntax.Node) bool {
		return n.Right != nil && n.Right.Start >= m.from && n.Right.End <= m.to && n.Start < m.from
	})...)
	for _, f := range m.everywhere(syntax.For, nil) {
		if m.text.LineOf(f.Start) == m.d.Line || f.Right.Start >= m.from && f.Right.End <= m.to && m.marked {
			out = append(out, f)
		}
	}
	return out
}

// notIterable mends a loop over what has no elements.
func (m *mender) notIterable(kind string, unpack bool) {
	for _, f := range m.loops() {
		r := f.Right
		if m.marked && !(r.Start <= m.from && m.to <= r.End || r.Start >= m.from && r.End <= m.to) {
			continue
		}
		switch {
		case kind == "int" && !unpack && f.Left.Kind == syntax.Name:
			m.overNumber(f)
		case kind == "int" && unpack:
			m.unpacked(f)
		case kind == "NoneType":
			m.noneValue(r)
		case kind == "coroutine":
			m.await(r)
		case functionKinds[kind]:
			m.callIt(r)
		default:
			continue
		}
		return
	}
	if functionKinds[kind] {
		var found []*syntax.Node
		m.inside(func(n *syntax.Node) {
			if n.Kind == syntax.Attr && m.called(n) == nil && !n.Store && (m.up(n) == nil || m.up(n).Kind != syntax.Attr) {
				found = append(found, n)
			}
		})
		if len(found) == 1 {
			m.callIt(found[0])
		}
	}
}

// overNumber counts up to a number, or goes over its digits.
func (m *mender) overNumber(f *syntax.Node) {
	r := f.Right
	if r.Kind != syntax.Name && r.Kind != syntax.Number && r.Kind != syntax.Attr && r.Kind != syntax.Call && r.Kind != syntax.Binary {
		return
	}
	digits := false
	holder := f
	if f.Kind == syntax.CompFor {
		holder = m.up(f)
	}
	holder.Walk(func(n *syntax.Node) bool {
		if n.Kind == syntax.Call && n.Left.Kind == syntax.Name && n.Left.Text == "int" && len(n.Kids) == 1 && n.Kids[0].Text == f.Left.Text {
			digits = true
		}
		return true
	})
	if digits {
		m.local("digits", "the digits of a number are those of its text", m.wrap(r, "str")...)
		return
	}
	m.local("counting-loop", "a loop counts with range", m.wrap(r, "range")...)
}

// unpacked mends "for i, x in list" and "for k, v in dict".
func (m *mender) unpacked(f *syntax.Node) {
	t, r := f.Left.Bare(), f.Right
	if t.Kind != syntax.Tuple || len(t.Kids) != 2 || r.Kind != syntax.Name && r.Kind != syntax.Attr {
		return
	}
	if m.isDict(r) {
		m.local("dict-items", "the pairs of a dictionary are its items", edit{r.End, r.End, ".items()"})
		return
	}
	switch t.Kids[0].Text {
	case "i", "idx", "index", "j", "pos", "position", "n", "num", "number", "ix":
		m.local("enumerate", "enumerate counts the elements", m.wrap(r, "enumerate")...)
	}
}

// isDict reports whether n is given a dictionary.
func (m *mender) isDict(n *syntax.Node) bool {
	dict := func(v *syntax.Node) bool {
		v = v.Bare()
		if v == nil {
			return false
		}
		if v.Kind == syntax.Call {
			return strings.Contains(" dict defaultdict Counter OrderedDict ", " "+v.Left.Text+" ")
		}
		return v.Kind == syntax.Dict || v.Kind == syntax.Comp && v.Op == "{" && v.Left != nil && v.Left.Kind == syntax.Pair
	}
	if n.Kind == syntax.Attr {
		return slices.ContainsFunc(m.everywhere(syntax.Assign, nil), func(a *syntax.Node) bool {
			return a.Kids[0].Kind == syntax.Attr && a.Kids[0].Text == n.Text && dict(a.Right)
		})
	}
	for _, b := range m.bindings(n.Text, n.Start) {
		switch b.Kind {
		case syntax.Assign, syntax.AnnAssign:
			if dict(b.Node.Right) {
				return true
			}
		case syntax.Param:
			if m.dictArgument(b.Node, dict) {
				return true
			}
		}
	}
	// d[key], d.get(key) tell as much.
	return slices.ContainsFunc(m.everywhere(syntax.Attr, nil), func(a *syntax.Node) bool {
		return (a.Text == "items" || a.Text == "get" || a.Text == "setdefault") && a.Left.Kind == syntax.Name && a.Left.Text == n.Text
	})
}

// dictArgument reports whether a parameter is given a dictionary by some call.
func (m *mender) dictArgument(p *syntax.Node, dict func(*syntax.Node) bool) bool {
	params := m.up(p)
	f := m.up(params)
	if f == nil || f.Kind != syntax.FuncDef {
		return false
	}
	i := slices.Index(params.Kids, p)
	return slices.ContainsFunc(m.everywhere(syntax.Call, nil), func(c *syntax.Node) bool {
		return c.Left.Text == f.Text && i < len(c.Kids) && (dict(c.Kids[i]) || c.Kids[i].Kind == syntax.Name && dict(m.value(c.Kids[i])))
	})
}

// badIndex mends an index that is no whole number.
func (m *mender) badIndex(kind string) {
	if kind == "float" {
		m.wholeDivision()
	}
}

// wholeDivision divides to a whole number where one is needed.
func (m *mender) wholeDivision() {
	divisions := func(n *syntax.Node) []*syntax.Node {
		var out []*syntax.Node
		n.Walk(func(o *syntax.Node) bool {
			if o.Kind == syntax.Binary && o.Op == "/" {
				out = append(out, o)
			}
			return true
		})
		return out
	}
	found := m.find(syntax.Binary, func(n *syntax.Node) bool { return n.Op == "/" })
	if len(found) == 0 {
		m.inside(func(n *syntax.Node) {
			if n.Kind == syntax.Name && !n.Store {
				for _, b := range m.bindings(n.Text, n.Start) {
					if (b.Kind == syntax.Assign || b.Kind == syntax.AnnAssign) && b.Node.Right != nil {
						found = append(found, divisions(b.Node.Right)...)
					}
				}
			}
		})
	}
	seen := map[int]bool{}
	var edits []edit
	for _, n := range found {
		if !seen[n.At] {
			seen[n.At] = true
			edits = append(edits, edit{n.At, n.At + 1, "//"})
		}
	}
	if len(edits) == 1 || len(edits) == 2 {
		m.local("whole-division", "// divides to a whole number", edits...)
	}
}

// joined makes text of the numbers that are joined.
func (m *mender) joinTexts() {
	for _, c := range m.find(syntax.Call, func(n *syntax.Node) bool {
		return n.Left.Kind == syntax.Attr && n.Left.Text == "join" && len(n.Kids) == 1
	}) {
		a := c.Kids[0]
		if a.Kind == syntax.Comp && a.Left != nil {
			m.local("join-text", "join takes texts", m.wrap(a.Left, "str")...)
			return
		}
		m.local("join-text", "join takes texts", edit{a.Start, a.Start, "map(str, "}, edit{a.End, a.End, ")"})
		return //nolint:staticcheck // one place is enough for the rule
	}
}

// writeText makes text of what is written to a file.
func (m *mender) writeText(kind string) {
	for _, c := range m.find(syntax.Call, func(n *syntax.Node) bool {
		return n.Left.Kind == syntax.Attr && n.Left.Text == "write" && len(n.Kids) == 1
	}) {
		if kind != "NoneType" && kind != "bytes" {
			m.local("write-text", "write takes text", m.wrap(c.Kids[0], "str")...)
		}
		return //nolint:staticcheck // one place is enough for the rule
	}
}

// raiseText makes an exception of a raised text.
func (m *mender) raiseText() {
	for _, r := range m.find(syntax.Raise, nil) {
		if r.Left == nil {
			continue
		}
		if r.Left.Kind == syntax.Str || r.Left.Kind == syntax.Binary {
			m.local("raise-text", "only exceptions are raised", m.wrap(r.Left, "Exception")...)
		} else if n := r.Left; m.code(n) == "NotImplemented" || strings.HasPrefix(m.code(n), "NotImplemented(") {
			m.local("raise-text", "the exception is NotImplementedError", edit{n.Start, n.Start + len("NotImplemented"), "NotImplementedError"})
		}
	}
}

// formatTuple puts the values of a format in parentheses.
func (m *mender) formatTuple() {
	for _, b := range m.find(syntax.Binary, func(n *syntax.Node) bool { return n.Op == "%" && n.Left.Kind == syntax.Str }) {
		p := m.up(b)
		if p == nil || p.Kind != syntax.Call && p.Kind != syntax.Tuple {
			continue
		}
		want := strings.Count(m.code(b.Left), "%") - 2*strings.Count(m.code(b.Left), "%%")
		i := slices.Index(p.Kids, b)
		if i < 0 || i+want > len(p.Kids) || want < 2 || p.Kids[i+want-1].Kind == syntax.Keyword {
			continue
		}
		m.local("format-values", "several values of a format are in parentheses",
			edit{b.Right.Start, b.Right.Start, "("}, edit{p.Kids[i+want-1].End, p.Kids[i+want-1].End, ")"})
		return
	}
}

// encode makes bytes of text.
func (m *mender) encode() {
	found := m.find(syntax.Call, func(n *syntax.Node) bool { return len(n.Kids) == 1 && n.Left.Kind == syntax.Attr })
	if len(found) == 0 {
		return
	}
	a := found[0].Kids[0]
	if a.Kind == syntax.Str && len(a.Kids) == 0 && plainString(m.code(a)) {
		m.shape("encode", "bytes are needed", edit{a.Start, a.Start, "b"})
	} else if a.Kind == syntax.Name || a.Kind == syntax.Attr || a.Kind == syntax.Call || a.Kind == syntax.Subscript || a.Kind == syntax.Str {
		m.shape("encode", "text is encoded to bytes", edit{a.End, a.End, ".encode()"})
	}
}

// plainString reports whether a string's literal is plain ASCII without a prefix.
func plainString(code string) bool {
	return syntax.Prefix(code) == 0 && !strings.ContainsFunc(code, func(r rune) bool { return r >= 0x80 })
}

// unhashable makes a tuple of a list that has to be a key.
func (m *mender) unhashable(kind string) {
	if kind != "list" {
		return
	}
	var found []*syntax.Node
	m.inside(func(n *syntax.Node) {
		p := m.up(n)
		if n.Kind != syntax.List || p == nil {
			return
		}
		switch {
		case p.Kind == syntax.Set, p.Kind == syntax.Subscript && p.Right == n, p.Kind == syntax.Pair && p.Left == n,
			p.Kind == syntax.Call && (p.Left.Text == "add" || p.Left.Text == "hash"), p.Kind == syntax.Compare && p.Op == "in" && p.Left == n:
			found = append(found, n)
		}
	})
	if len(found) != 1 || len(found[0].Kids) == 0 {
		return
	}
	n := found[0]
	closing := ")"
	if len(n.Kids) == 1 {
		closing = ",)"
	}
	m.local("tuple-key", "a key can be a tuple, not a list", edit{n.Start, n.Start + 1, "("}, edit{n.End - 1, n.End, closing})
}

// tupleItem makes a list of a tuple whose elements change.
func (m *mender) tupleItem() {
	for _, s := range m.find(syntax.Subscript, func(n *syntax.Node) bool { return n.Store }) {
		if v := m.value(s.Left); v != nil && v.Kind == syntax.Tuple && v.End > v.Start && m.src[v.Start] == '(' {
			m.shape("tuple-item", "the elements of a list can change", edit{v.Start, v.Start + 1, "["}, edit{v.End - 1, v.End, "]"})
			return
		}
	}
}

func (m *mender) iterator() {
	for _, c := range m.find(syntax.Call, func(n *syntax.Node) bool { return n.Left.Text == "next" && len(n.Kids) > 0 }) {
		m.local("iterator", "next takes an iterator", m.wrap(c.Kids[0], "iter")...)
		return
	}
}
