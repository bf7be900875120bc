package syntax

// Scope is a module, class, function or comprehension with its names.
type Scope struct {
	// Node is its Module, ClassDef, FuncDef, Lambda or Comp.
	Node   *Node
	Parent *Scope
	Kids   []*Scope
	// Names are what is bound here, in the order of their first binding.
	Names []string
	Bound map[string][]Binding
	// Uses are the names that are read here.
	Uses []*Node
	// Outer are names declared global or nonlocal.
	Outer map[string]string
	// Star is set where a module's names came in unseen.
	Star []string
}

// Binding is one place that gives a name a value.
type Binding struct {
	// Kind is the kind of the node that binds: FuncDef, ClassDef, Import, Param,
	// For, Assign...
	Kind Kind
	At   int
	// Node is what binds: a definition, an Alias, an assignment.
	Node *Node
}

// Scopes finds the names of a module.
func Scopes(module *Node) *Scope {
	b := &binder{}
	root := b.push(nil, module)
	for _, k := range module.Kids {
		b.visit(root, k)
	}
	return root
}

// All calls f for s and all scopes within.
func (s *Scope) All(f func(*Scope)) {
	f(s)
	for _, k := range s.Kids {
		k.All(f)
	}
}

// Find returns the scope that binds name as it is seen from s, or nil.
func (s *Scope) Find(name string) *Scope {
	if s.Outer[name] == "global" {
		s = s.Root()
	}
	for from := s; s != nil; s = s.Parent {
		if s != from && s.Node.Kind == ClassDef {
			continue
		}
		if len(s.Bound[name]) > 0 && s.Outer[name] == "" {
			return s
		}
	}
	return nil
}

// Root is the module's scope.
func (s *Scope) Root() *Scope {
	for s.Parent != nil {
		s = s.Parent
	}
	return s
}

// Visible are the names that can be read in s, the innermost first.
func (s *Scope) Visible() []string {
	var out []string
	for from := s; s != nil; s = s.Parent {
		if s == from || s.Node.Kind != ClassDef {
			out = append(out, s.Names...)
		}
	}
	return out
}

// Class is the class of the method that s is in, or nil.
func (s *Scope) Class() *Scope {
	for ; s != nil; s = s.Parent {
		if s.Node.Kind == ClassDef {
			return s
		}
	}
	return nil
}

// Func is the innermost function that s is in, or nil.
func (s *Scope) Func() *Scope {
	for ; s != nil; s = s.Parent {
		if s.Node.Kind == FuncDef {
			return s
		}
		if s.Node.Kind == ClassDef {
			return nil
		}
	}
	return nil
}

// At returns the innermost scope around offset.
func (s *Scope) At(offset int) *Scope {
	for _, k := range s.Kids {
		if k.Node.Start <= offset && offset <= k.Node.End {
			return k.At(offset)
		}
	}
	return s
}

type binder struct{}

func (b *binder) push(parent *Scope, n *Node) *Scope {
	s := &Scope{Node: n, Parent: parent, Bound: map[string][]Binding{}}
	if parent != nil {
		parent.Kids = append(parent.Kids, s)
	}
	return s
}

func (s *Scope) bind(name string, k Kind, at int, n *Node) {
	if name == "" {
		return
	}
	if how := s.Outer[name]; how != "" && s.Parent != nil {
		to := s.Root()
		if how == "nonlocal" {
			to = s.Parent
			for to.Parent != nil && len(to.Bound[name]) == 0 {
				to = to.Parent
			}
		}
		to.bind(name, k, at, n)
		return
	}
	if len(s.Bound[name]) == 0 {
		s.Names = append(s.Names, name)
	}
	s.Bound[name] = append(s.Bound[name], Binding{k, at, n})
}

func (b *binder) all(s *Scope, kids []*Node) {
	for _, k := range kids {
		b.visit(s, k)
	}
}

func (b *binder) visit(s *Scope, n *Node) {
	if n == nil {
		return
	}
	switch n.Kind {
	case FuncDef, Lambda, ClassDef:
		b.define(s, n)
	case Comp:
		b.comp(s, n)
	case Global:
		if s.Outer == nil {
			s.Outer = map[string]string{}
		}
		for _, k := range n.Kids {
			s.Outer[k.Text] = n.Op
		}
	case Name:
		if n.Store {
			s.bind(n.Text, Assign, n.At, n)
		} else {
			s.Uses = append(s.Uses, n)
		}
	case Import, ImportFrom:
		b.imports(s, n)
	case Assign, AugAssign, AnnAssign:
		b.assign(s, n)
	case For, CompFor:
		b.visit(s, n.Right)
		b.target(s, n.Left, For, n)
		b.all(s, n.Kids)
		b.all(s, n.Else)
	case WithItem:
		b.visit(s, n.Left)
		b.target(s, n.Right, With, n)
	case Except:
		b.visit(s, n.Left)
		s.bind(n.Text, Except, n.At, n)
		b.all(s, n.Kids)
	case Walrus:
		b.visit(s, n.Right)
		to := s
		for to.Node.Kind == Comp && to.Parent != nil {
			to = to.Parent
		}
		b.target(to, n.Left, Assign, n)
	case With:
		b.all(s, n.Else)
		b.all(s, n.Kids)
	default:
		b.visit(s, n.Left)
		b.visit(s, n.Right)
		b.all(s, n.Kids)
		b.all(s, n.Else)
	}
}

func (b *binder) assign(s *Scope, n *Node) {
	b.visit(s, n.Right)
	switch n.Kind {
	case Assign:
		for _, k := range n.Kids {
			b.target(s, k, Assign, n)
		}
		return
	case AugAssign:
		if n.Left != nil && n.Left.Kind == Name {
			s.Uses = append(s.Uses, n.Left)
		}
	case AnnAssign:
		b.all(s, n.Kids)
	}
	b.target(s, n.Left, n.Kind, n)
}

// target binds the names in what is given a value.
func (b *binder) target(s *Scope, n *Node, k Kind, by *Node) {
	if n == nil {
		return
	}
	switch n.Kind {
	case Name:
		s.bind(n.Text, k, n.At, by)
	case Tuple, List:
		for _, e := range n.Kids {
			b.target(s, e, k, by)
		}
	case Paren, Star:
		b.target(s, n.Left, k, by)
	default:
		b.visit(s, n.Left)
		b.visit(s, n.Right)
	}
}

func (b *binder) imports(s *Scope, n *Node) {
	for _, a := range n.Kids {
		switch {
		case a.Text == "*":
			s.Star = append(s.Star, n.Text)
		case a.Op != "":
			s.bind(a.Op, Import, a.At, n)
		case n.Kind == Import:
			s.bind(first(a.Text), Import, a.At, n)
		default:
			s.bind(a.Text, Import, a.At, n)
		}
	}
}

// first is the part of a dotted name before the first point.
func first(dotted string) string {
	for i := range dotted {
		if dotted[i] == '.' {
			return dotted[:i]
		}
	}
	return dotted
}

func (b *binder) define(s *Scope, n *Node) {
	if n.Kind != Lambda {
		s.bind(n.Text, n.Kind, n.At, n)
		b.all(s, n.Else)
	}
	if n.Kind == ClassDef {
		if n.Left != nil {
			b.all(s, n.Left.Kids)
		}
		b.all(b.push(s, n), n.Kids)
		return
	}
	in := b.push(s, n)
	for _, p := range n.Left.kids() {
		b.visit(s, p.Left)
		b.visit(s, p.Right)
		in.bind(p.Text, Param, p.At, p)
	}
	if n.Kind == Lambda {
		b.visit(in, n.Right)
		return
	}
	b.visit(s, n.Right)
	b.all(in, n.Kids)
}

func (n *Node) kids() []*Node {
	if n == nil {
		return nil
	}
	return n.Kids
}

func (b *binder) comp(s *Scope, n *Node) {
	in := b.push(s, n)
	for i, f := range n.Kids {
		if i == 0 { // the first iterable is read outside
			b.visit(s, f.Right)
			b.target(in, f.Left, For, f)
			b.all(in, f.Kids)
			continue
		}
		b.visit(in, f)
	}
	b.visit(in, n.Left)
}
