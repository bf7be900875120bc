package python

import (
	"slices"
	"strings"

	"github.com/nsbox/nsbox/nsbox"
	trace "github.com/nsbox/nsbox/nsbox/analyze/python"
	"github.com/nsbox/nsbox/nsbox/heal/rules/python/syntax"
	"github.com/nsbox/nsbox/nsbox/internal/source"
)

// mender looks at a well-formed program that failed while it ran.
type mender struct {
	p     nsbox.Problem
	d     nsbox.Diagnosis
	name  string
	src   string
	text  *source.Text
	tree  *syntax.Node
	root  *syntax.Scope
	fixes []nsbox.Fix
	// from and to bound what Python's marks point at, else the statement in the
	// line; mark is the place of the operator or bracket that failed, -1 unknown.
	from, to, mark int
	marked         bool
	ups            map[*syntax.Node]*syntax.Node
}

// newMender reads a program; it returns nothing where that is not well-formed.
func newMender(p nsbox.Problem, d nsbox.Diagnosis, f nsbox.File) *mender {
	m := &mender{p: p, d: d, name: f.Name, src: string(f.Data), mark: -1}
	tree, err := syntax.Parse(m.src)
	if err != nil {
		return nil
	}
	m.text, m.tree, m.root = source.NewText(f.Data), tree, syntax.Scopes(tree)
	m.place()
	return m
}

// place finds what the diagnosis points at.
func (m *mender) place() {
	if m.d.Line < 1 || m.d.Line > m.text.Lines() {
		m.to = len(m.src)
		return
	}
	m.from, m.to = m.text.Bounds(m.d.Line)
	if s := m.statement(); s != nil {
		m.from, m.to = min(m.from, s.Start), max(m.to, end(s))
	}
	t, ok := trace.Last(m.d.StackTrace)
	if !ok {
		return
	}
	f, ok := trace.Place(t, m.p.Files)
	if !ok || f.Line != m.d.Line || f.From < 0 {
		return
	}
	indent := len(m.text.Line(f.Line)) - len(strings.TrimLeft(m.text.Line(f.Line), " \t\f"))
	from, _ := m.text.Offset(f.Line, indent+f.From+1)
	to, _ := m.text.Offset(f.Line, indent+f.To+1)
	mark, _ := m.text.Offset(f.Line, indent+f.Mark+1)
	if to > from {
		m.from, m.to, m.mark, m.marked = from, to, mark, true
	}
}

// end is where a statement's own line ends: a block's colon, else its end.
func end(n *syntax.Node) int {
	if n.Head > 0 {
		return n.Head
	}
	return n.End
}

// statement is the innermost statement in whose first part the line lies.
func (m *mender) statement() *syntax.Node {
	start, stop := m.text.Bounds(m.d.Line)
	var found *syntax.Node
	m.tree.Walk(func(n *syntax.Node) bool {
		if n.Start > stop || n.End < start {
			return n.Kind == syntax.Module
		}
		if isStatement(n) && n.Start <= stop && end(n) >= start {
			found = n
		}
		return true
	})
	return found
}

func isStatement(n *syntax.Node) bool {
	return n.Kind >= syntax.Assign && n.Kind != syntax.Alias && n.Kind != syntax.WithItem || n.Kind == syntax.FuncDef || n.Kind == syntax.ClassDef
}

// inside calls f for the nodes within what the diagnosis points at.
func (m *mender) inside(f func(*syntax.Node)) {
	m.tree.Walk(func(n *syntax.Node) bool {
		if n.End < m.from || n.Start > m.to {
			return n.Kind == syntax.Module
		}
		if n.Start >= m.from && n.End <= m.to {
			f(n)
		}
		return true
	})
}

// find returns the nodes of a kind that the diagnosis points at, for which ok
// holds.
func (m *mender) find(kind syntax.Kind, ok func(*syntax.Node) bool) []*syntax.Node {
	var out []*syntax.Node
	m.inside(func(n *syntax.Node) {
		if n.Kind == kind && (ok == nil || ok(n)) {
			out = append(out, n)
		}
	})
	return out
}

// everywhere returns the nodes of a kind in the whole program.
func (m *mender) everywhere(kind syntax.Kind, ok func(*syntax.Node) bool) []*syntax.Node {
	var out []*syntax.Node
	m.tree.Walk(func(n *syntax.Node) bool {
		if n.Kind == kind && (ok == nil || ok(n)) {
			out = append(out, n)
		}
		return true
	})
	return out
}

// up is the node that holds n.
func (m *mender) up(n *syntax.Node) *syntax.Node {
	if m.ups == nil {
		m.ups = map[*syntax.Node]*syntax.Node{}
		m.tree.Walk(func(o *syntax.Node) bool {
			for _, k := range append(append([]*syntax.Node{o.Left, o.Right}, o.Kids...), o.Else...) {
				if k != nil {
					m.ups[k] = o
				}
			}
			return true
		})
	}
	return m.ups[n]
}

// called reports whether n is what a call calls.
func (m *mender) called(n *syntax.Node) *syntax.Node {
	if c := m.up(n); c != nil && c.Kind == syntax.Call && c.Left == n {
		return c
	}
	return nil
}

// code is the source of n.
func (m *mender) code(n *syntax.Node) string {
	if n == nil || n.Start > n.End || n.End > len(m.src) {
		return ""
	}
	return m.src[n.Start:n.End]
}

// add proposes edits, unless they change nothing or leave no program.
func (m *mender) add(rule, why string, rank nsbox.Rank, edits ...edit) {
	after := apply(m.src, edits)
	if after == m.src {
		return
	}
	if _, err := syntax.Parse(after); err != nil {
		return
	}
	m.fixes = append(m.fixes, nsbox.Fix{
		Rule: "python/" + rule, Explanation: why, Rank: rank, Edits: between(m.name, m.src, after),
	})
}

// local proposes edits by a rule about the place of the error; shape by one about
// the program's shape.
func (m *mender) local(rule, why string, edits ...edit) { m.add(rule, why, nsbox.RankLocal, edits...) }
func (m *mender) shape(rule, why string, edits ...edit) {
	m.add(rule, why, nsbox.RankStructural, edits...)
}

// wrap puts a call of function around n.
func (m *mender) wrap(n *syntax.Node, function string) []edit {
	if idle(n) {
		return []edit{{n.Start, n.Start, function}}
	}
	if n.Kind == syntax.Comp && n.Op == "(" && m.src[n.Start] != '(' {
		return []edit{{n.Start, n.Start, function + "("}, {n.End, n.End, ")"}}
	}
	return []edit{{n.Start, n.Start, function + "("}, {n.End, n.End, ")"}}
}

// bindings are what gives a name its value as it is seen at offset.
func (m *mender) bindings(name string, offset int) []syntax.Binding {
	if s := m.root.At(offset).Find(name); s != nil {
		return s.Bound[name]
	}
	return nil
}

// value is the expression that a name has at offset, where it is bound once and
// by a plain assignment.
func (m *mender) value(n *syntax.Node) *syntax.Node {
	n = n.Bare()
	if n == nil || n.Kind != syntax.Name {
		return n
	}
	bound := m.bindings(n.Text, n.Start)
	if len(bound) == 0 {
		return nil
	}
	for _, b := range bound[1:] {
		if b.Kind != syntax.AugAssign {
			return nil
		}
	}
	if b := bound[0]; b.Kind == syntax.Assign && len(b.Node.Kids) == 1 && b.Node.Kids[0].Kind == syntax.Name {
		return b.Node.Right.Bare()
	}
	return nil
}

// classes are the classes of the program by name.
func (m *mender) class(name string) *syntax.Node {
	found := m.everywhere(syntax.ClassDef, func(n *syntax.Node) bool { return n.Text == name })
	if len(found) != 1 {
		return nil
	}
	return found[0]
}

// methods are the functions right in a class.
func methods(class *syntax.Node) []*syntax.Node {
	return slices.DeleteFunc(slices.Clone(class.Kids), func(n *syntax.Node) bool { return n.Kind != syntax.FuncDef })
}

// firstParam is the name of a function's first parameter.
func firstParam(f *syntax.Node) string {
	if f.Left == nil || len(f.Left.Kids) == 0 {
		return ""
	}
	return f.Left.Kids[0].Text
}

// members are the attributes that a class and its bases in the program have.
func (m *mender) members(class *syntax.Node) []string {
	var out []string
	seen := map[*syntax.Node]bool{}
	var visit func(*syntax.Node)
	visit = func(c *syntax.Node) {
		if c == nil || seen[c] {
			return
		}
		seen[c] = true
		for _, k := range c.Kids {
			switch k.Kind {
			case syntax.FuncDef, syntax.ClassDef:
				out = append(out, k.Text)
			case syntax.Assign:
				for _, t := range k.Kids {
					out = append(out, t.Text)
				}
			case syntax.AnnAssign:
				out = append(out, k.Left.Text)
			}
		}
		for _, f := range methods(c) {
			self := firstParam(f)
			f.Walk(func(n *syntax.Node) bool {
				if n.Kind == syntax.Attr && n.Store && n.Left != nil && n.Left.Kind == syntax.Name && n.Left.Text == self {
					out = append(out, n.Text)
				}
				return true
			})
		}
		if c.Left != nil {
			for _, base := range c.Left.Kids {
				if base.Kind == syntax.Name {
					visit(m.class(base.Text))
				}
			}
		}
	}
	visit(class)
	return out
}

// importAt is where a new import belongs: behind the imports at the top, else
// behind the documentation. before says that a line must end first.
func (m *mender) importAt() int {
	at := 0
	if strings.HasPrefix(m.src, "#!") || strings.HasPrefix(m.src, "# -*-") {
		at = m.text.Next(1)
	}
	for i, k := range m.tree.Kids {
		doc := i == 0 && k.Kind == syntax.Expr && k.Left != nil && k.Left.Kind == syntax.Str
		if !doc && k.Kind != syntax.Import && k.Kind != syntax.ImportFrom {
			break
		}
		at = m.text.Next(m.text.LineOf(max(k.End-1, 0)))
	}
	return at
}

// withImport is the edit that adds an import statement.
func (m *mender) withImport(statement string) edit {
	at := m.importAt()
	if at > 0 && at <= len(m.src) && m.src[at-1] != '\n' {
		statement = "\n" + statement
	}
	return edit{at, at, statement + "\n"}
}

// fromImport adds names to the import of a module, or a new one.
func (m *mender) fromImport(module, name string) edit {
	for _, k := range m.tree.Kids {
		if k.Kind == syntax.ImportFrom && k.Text == module && len(k.Kids) > 0 && k.Kids[0].Text != "*" {
			last := k.Kids[len(k.Kids)-1]
			return edit{last.End, last.End, ", " + name}
		}
	}
	return m.withImport("from " + module + " import " + name)
}
