package syntax

// Kind is what a node is.
type Kind uint8

// The kinds, and what their nodes hold beside Start and End.
const (
	Module     Kind = iota // Kids: statements
	FuncDef                // Text: name, Left: Params, Right: result's annotation, Kids: body, Else: decorators, Op: "async"
	ClassDef               // Text: name, Left: Bases, Kids: body, Else: decorators
	Bases                  // Kids: arguments
	Params                 // Kids: Param
	Param                  // Text: name, Op: "", "*", "**", "/", Left: annotation, Right: default
	Lambda                 // Left: Params, Right: body
	Name                   // Text, Store
	Attr                   // Left: object, Text: attribute, Store
	Call                   // Left: function, Kids: arguments
	Keyword                // Text: name, Right: value
	Star                   // Op: "*" or "**", Left
	Subscript              // Left: object, Right: index, Store
	Slice                  // Kids, nil where left out
	Binary                 // Left, Op, Right: arithmetic
	Compare                // Left, Op, Right
	Bool                   // Left, Op, Right
	Unary                  // Op, Left
	IfExp                  // Left: then, Kids[0]: condition, Right: else
	Number                 // Text
	Str                    // Text: source, Kids: expressions in f-strings
	Const                  // Text: True, False, None, ...
	Tuple                  // Kids
	List                   // Kids
	Set                    // Kids
	Dict                   // Kids: Pair or Star
	Pair                   // Left: key, Right: value
	Comp                   // Op: bracket, Left: element or Pair, Kids: CompFor
	CompFor                // Left: target, Right: iterable, Kids: conditions
	Paren                  // Left
	Walrus                 // Left, Right
	Await                  // Left
	Yield                  // Left
	Assign                 // Kids: targets, Right: value
	AugAssign              // Left, Op, Right
	AnnAssign              // Left, Kids[0]: annotation, Right: value
	Import                 // Kids: Alias
	ImportFrom             // Text: module, Kids: Alias
	Alias                  // Text: name, Op: name here
	For                    // Left: target, Right: iterable, Kids: body, Else
	While                  // Left: condition, Kids: body, Else
	If                     // Left: condition, Kids: body, Else
	With                   // Else: WithItem, Kids: body
	WithItem               // Left: value, Right: target
	Try                    // Kids: body, Else: Except and Block
	Except                 // Left: type, Text: name, Kids: body
	Block                  // Op: "else" or "finally", Kids
	Match                  // Left: subject, Kids: Case
	Case                   // Left: pattern, Right: guard, Kids: body
	Return                 // Left
	Raise                  // Left, Right: cause
	Delete                 // Kids
	Assert                 // Left, Right: message
	Global                 // Kids: Name, Op: "global" or "nonlocal"
	Expr                   // Left
	Jump                   // Op: "pass", "break", "continue"
)

// Node is a piece of a program.
type Node struct {
	Kind       Kind
	Start, End int
	Text, Op   string
	// At is where Text begins, where that is a name.
	At int
	// Head is where a compound statement's colon ends.
	Head        int
	Store       bool
	Left, Right *Node
	Kids, Else  []*Node
}

// Walk calls f for n and what is below it, in order; where f returns false, not
// for what is below.
func (n *Node) Walk(f func(*Node) bool) {
	if n == nil || !f(n) {
		return
	}
	first, last := n.Kids, n.Else
	switch n.Kind {
	case FuncDef, ClassDef, With:
		first, last = n.Else, n.Kids
		for _, k := range first {
			k.Walk(f)
		}
		n.Left.Walk(f)
		n.Right.Walk(f)
		for _, k := range last {
			k.Walk(f)
		}
		return
	}
	n.Left.Walk(f)
	if n.Kind != For && n.Kind != While && n.Kind != If && n.Kind != Try && n.Kind != Match && n.Kind != Case {
		for _, k := range first {
			k.Walk(f)
		}
		n.Right.Walk(f)
	} else {
		n.Right.Walk(f)
		for _, k := range first {
			k.Walk(f)
		}
	}
	for _, k := range last {
		k.Walk(f)
	}
}

// Bare is n without the parentheses around it.
func (n *Node) Bare() *Node {
	for n != nil && n.Kind == Paren {
		n = n.Left
	}
	return n
}

// Error says where a program stops to be well-formed, and why.
type Error struct {
	At, End int
	Message string
}
