package python

import (
	"slices"
	"strings"

	"github.com/nsbox/nsbox/nsbox/heal/rules/python/syntax"
	"github.com/nsbox/nsbox/nsbox/internal/lazyre"
	"github.com/nsbox/nsbox/nsbox/internal/source"
)

// run asks the rules for the exception's class.
func (m *mender) run() {
	switch m.d.Type {
	case "NameError":
		m.nameError()
	case "UnboundLocalError":
		m.unboundLocal()
	case "AttributeError":
		m.attributeError()
	case "ImportError", "ModuleNotFoundError":
		m.importError()
	case "TypeError":
		m.typeError()
	case "KeyError":
		m.keyError()
	case "ValueError":
		m.valueError()
	case "RuntimeError":
		m.changedSize()
	}
}

var unbound = lazyre.New(`(?:local variable|cannot access local variable) '([^']+)'`)

// unboundLocal declares a variable global or nonlocal, or mends the name of the
// place that should have given it a value.
func (m *mender) unboundLocal() {
	g := unbound.FindStringSubmatch(m.d.Message)
	if g == nil || m.d.Line == 0 {
		return
	}
	name := g[1]
	start, _ := m.text.Bounds(m.d.Line)
	f := m.root.At(start + len(m.text.Indent(m.d.Line))).Func()
	if f == nil || f.Node == nil || len(f.Node.Kids) == 0 {
		return
	}
	if c := f.Class(); c != nil && f.Parent == c && slices.Contains(m.members(c.Node), name) && firstParam(f.Node) != "" && !static(f.Node) {
		m.selfEverywhere(f, name)
		return
	}
	outer := f.Parent.Find(name)
	if outer == nil {
		m.unboundNear(f, name)
		return
	}
	word := "global "
	if outer != m.root {
		word = "nonlocal "
	}
	// Behind the documentation, on a line of its own.
	at := f.Node.Kids[0]
	if at.Kind == syntax.Expr && at.Left != nil && at.Left.Kind == syntax.Str && len(f.Node.Kids) > 1 {
		at = f.Node.Kids[1]
	}
	line := m.text.LineOf(at.Start)
	if line == m.text.LineOf(f.Node.Start) {
		return
	}
	begin, _ := m.text.Bounds(line)
	m.local("missing-"+strings.TrimSpace(word), name+" is a variable outside of the function",
		edit{begin, begin, m.text.Indent(line) + word + name + m.lineEnd()})
}

// selfEverywhere puts self before all uses of a name in a method.
func (m *mender) selfEverywhere(f *syntax.Scope, name string) {
	var edits []edit
	seen := map[int]bool{}
	add := func(at int) {
		if !seen[at] {
			seen[at] = true
			edits = append(edits, edit{at, at, firstParam(f.Node) + "."})
		}
	}
	for _, b := range f.Bound[name] {
		if b.Kind == syntax.Param || b.Kind == syntax.Import || b.Kind == syntax.FuncDef {
			return
		}
		add(b.At)
	}
	f.All(func(s *syntax.Scope) {
		for _, u := range s.Uses {
			if u.Text == name && s.Find(name) == f {
				add(u.Start)
			}
		}
	})
	m.local("missing-self", name+" is a member of the class", edits...)
}

// lineEnd is how the file ends its lines.
func (m *mender) lineEnd() string {
	if strings.Contains(m.src, "\r\n") {
		return "\r\n"
	}
	return "\n"
}

// unboundNear renames a variable that is set and never read to the one that is
// read and not set.
func (m *mender) unboundNear(f *syntax.Scope, name string) {
	read := map[string]bool{}
	f.All(func(s *syntax.Scope) {
		for _, u := range s.Uses {
			read[u.Text] = true
		}
	})
	var unread []string
	for _, n := range f.Names {
		if !read[n] && n != name {
			unread = append(unread, n)
		}
	}
	var others []string
	for _, n := range f.Visible() {
		if n != name && len(m.bindings(n, f.Node.Kids[0].Start)) > 0 && n != f.Node.Text {
			others = append(others, n)
		}
	}
	counted := !slices.ContainsFunc(f.Bound[name], func(b syntax.Binding) bool { return b.Kind != syntax.AugAssign })
	if to, ok := source.Clear(source.Near(name, others)); ok && counted && (len(f.Bound[name]) == 1 || !slices.Contains(unread, to)) {
		var edits []edit
		seen := map[int]bool{}
		for _, b := range f.Bound[name] {
			seen[b.At] = true
			edits = append(edits, edit{b.At, b.At + len(name), to})
		}
		for _, u := range m.reads(name) {
			if !seen[u.Start] && u.Start > f.Node.Start && u.End <= f.Node.End {
				seen[u.Start] = true
				edits = append(edits, edit{u.Start, u.End, to})
			}
		}
		m.local("near-name", name+" is a slip of "+to, edits...)
		return
	}
	if to, ok := source.Clear(source.Near(name, unread)); ok {
		var edits []edit
		for _, b := range f.Bound[to] {
			edits = append(edits, edit{b.At, b.At + len(to), name})
		}
		m.local("near-name", "the name is "+name+" elsewhere", edits...)
	}
}

var quotedKey = lazyre.New(`^(['"])(.+)['"]$`)

// keyError mends a key that is nearly one of the program's keys.
func (m *mender) keyError() {
	g := quotedKey.FindStringSubmatch(m.d.Message)
	if g == nil {
		return
	}
	key := g[2]
	var here []*syntax.Node
	var known []string
	m.tree.Walk(func(n *syntax.Node) bool {
		if n.Kind == syntax.Pair && n.Left != nil && n.Left.Kind == syntax.Str {
			known = append(known, strings.Trim(m.code(n.Left), `"'`))
		}
		if n.Kind == syntax.Subscript && n.Right != nil && n.Right.Kind == syntax.Str {
			text := strings.Trim(m.code(n.Right), `"'`)
			if text != key {
				if n.Store {
					known = append(known, text)
				}
			} else if !n.Store {
				here = append(here, n.Right)
			}
		}
		return true
	})
	if len(here) == 0 || slices.Contains(known, key) {
		return
	}
	to, ok := source.Clear(source.Near(key, known))
	if !ok {
		return
	}
	var edits []edit
	for _, n := range here {
		code := m.code(n)
		edits = append(edits, edit{n.Start, n.End, code[:1] + to + code[len(code)-1:]})
	}
	m.local("near-key", key+" is a slip of "+to, edits...)
}

// valueError mends what is unpacked.
func (m *mender) valueError() {
	switch {
	case strings.HasPrefix(m.d.Message, "too many values to unpack"), strings.HasPrefix(m.d.Message, "not enough values to unpack"):
		for _, f := range m.loops() {
			m.unpacked(f)
			return
		}
	case strings.HasPrefix(m.d.Message, "Format specifier missing precision"), strings.HasPrefix(m.d.Message, "Invalid format specifier"):
		m.precision()
	}
}

var swapped = lazyre.New(`([:])(\d*)(\d)\.f\}`)

// precision mends "2.f", which is ".2f".
func (m *mender) precision() {
	line := m.src[m.from:m.to]
	if g := swapped.FindStringSubmatchIndex(line); g != nil {
		digit := line[g[6]:g[7]]
		m.local("format", "the precision stands behind the point", edit{m.from + g[6], m.from + g[1], "." + digit + "f}"})
	}
}

// changedSize goes over a copy of what changes in the loop.
func (m *mender) changedSize() {
	if !strings.Contains(m.d.Message, "changed size during iteration") && !strings.Contains(m.d.Message, "mutated during iteration") &&
		!strings.Contains(m.d.Message, "keys changed during iteration") {
		return
	}
	for _, f := range m.loops() {
		m.local("loop-copy", "what changes in a loop is copied for it", m.wrap(f.Right, "list")...)
		return
	}
}

// noneValue mends what is nothing: the result of a method that changes its object
// and returns none, or of a function whose last line lacks its return.
func (m *mender) noneValue(n *syntax.Node) {
	n = n.Bare()
	if n == nil {
		return
	}
	if n.Kind == syntax.Name {
		m.assignedNothing(n)
		return
	}
	if n.Kind == syntax.Call {
		m.lostReturn(n)
	}
}

// silent are the methods that change their object and return nothing.
var silent = map[string]bool{
	"append": true, "extend": true, "insert": true, "sort": true, "reverse": true, "add": true, "update": true, "clear": true,
	"remove": true, "discard": true, "appendleft": true, "shuffle": true, "extendleft": true,
}

// assignedNothing mends "x = x.append(y)" and "y = x.sort()".
func (m *mender) assignedNothing(n *syntax.Node) {
	for _, b := range m.bindings(n.Text, n.Start) {
		if b.Kind != syntax.Assign || len(b.Node.Kids) != 1 || b.Node.Right == nil || b.Node.Right.Kind != syntax.Call {
			continue
		}
		c := b.Node.Right
		f := c.Left
		if f.Kind != syntax.Attr || !silent[f.Text] {
			if f.Kind == syntax.Name && len(m.bindings(n.Text, n.Start)) == 1 {
				m.lostReturn(c)
			}
			continue
		}
		object := m.code(f.Left)
		switch {
		case object == n.Text, f.Text == "shuffle" && len(c.Kids) == 1 && m.code(c.Kids[0]) == n.Text:
			m.local("assigned-nothing", f.Text+" changes its object and returns nothing", edit{b.Node.Start, c.Start, ""})
		case f.Text == "sort":
			args := m.src[c.At+1 : c.End-1]
			if args != "" {
				args = ", " + args
			}
			m.local("assigned-nothing", "sorted returns a sorted list", edit{c.Start, c.End, "sorted(" + object + args + ")"})
		case f.Text == "reverse" && len(c.Kids) == 0:
			m.local("assigned-nothing", "reverse returns nothing", edit{c.Start, c.End, object + "[::-1]"})
		}
		return
	}
}

// lostReturn returns the value that a function's last line computes for nobody.
func (m *mender) lostReturn(c *syntax.Node) {
	if c.Left.Kind == syntax.Attr && silent[c.Left.Text] && c.Left.Text == "sort" && len(c.Kids) == 0 && m.function1(c.Left.Text) == nil {
		m.local("assigned-nothing", "sorted returns a sorted list", edit{c.Start, c.End, "sorted(" + m.code(c.Left.Left) + ")"})
		return
	}
	f := m.function1(c.Left.Text)
	if f == nil || len(f.Kids) == 0 {
		return
	}
	returns := false
	f.Walk(func(n *syntax.Node) bool {
		returns = returns || n.Kind == syntax.Return && n.Left != nil || n.Kind == syntax.Yield
		return n == f || n.Kind != syntax.FuncDef && n.Kind != syntax.Lambda
	})
	last := f.Kids[len(f.Kids)-1]
	if returns || last.Kind != syntax.Expr || last.Left == nil {
		return
	}
	switch last.Left.Bare().Kind {
	case syntax.Binary, syntax.Name, syntax.Comp, syntax.List, syntax.Dict, syntax.Tuple, syntax.Compare, syntax.Bool, syntax.Attr,
		syntax.Subscript, syntax.IfExp, syntax.Str, syntax.Number:
		m.local("missing-return", "the function's last line is its result", edit{last.Start, last.Start, "return "})
	}
}

// function1 is the only function of that name.
func (m *mender) function1(name string) *syntax.Node {
	found := m.everywhere(syntax.FuncDef, func(n *syntax.Node) bool { return n.Text == name })
	if len(found) != 1 {
		return nil
	}
	return found[0]
}

// await waits for what an asynchronous function returns.
func (m *mender) await(n *syntax.Node) {
	n = n.Bare()
	if n == nil {
		return
	}
	v := m.value(n)
	if v == nil {
		v = n
	}
	f := m.root.At(v.Start).Func()
	if f == nil || f.Node.Op != "async" || v.Kind != syntax.Call {
		return
	}
	if v == n {
		m.local("missing-await", "an asynchronous function's result is awaited", edit{v.Start, v.Start, "(await "}, edit{v.End, v.End, ")"})
		return
	}
	m.local("missing-await", "an asynchronous function's result is awaited", edit{v.Start, v.Start, "await "})
}
