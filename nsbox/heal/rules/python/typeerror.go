package python

import (
	"slices"
	"strings"

	"github.com/nsbox/nsbox/nsbox/heal/rules/python/names"
	"github.com/nsbox/nsbox/nsbox/heal/rules/python/syntax"
	"github.com/nsbox/nsbox/nsbox/internal/lazyre"
	"github.com/nsbox/nsbox/nsbox/internal/source"
)

// typeRule is what one message of a TypeError is mended by.
type typeRule struct {
	message *lazyre.Regexp
	mend    func(*mender, []string)
}

var typeRules = []typeRule{
	{lazyre.New(`^can only concatenate (str|list|tuple) \(not "([^"]+)"\) to (?:str|list|tuple)`), func(m *mender, g []string) { m.concatenate(g[1], g[2]) }},
	{lazyre.New(`^unsupported operand type\(s\) for (\S+): '([^']+)' and '([^']+)'`), func(m *mender, g []string) { m.operands(g[1], g[2], g[3]) }},
	{lazyre.New(`^'[<>=]+' not supported between instances of '([^']+)' and '([^']+)'`), func(m *mender, g []string) { m.operands("<", g[1], g[2]) }},
	{lazyre.New(`^(\S+)\(\) takes (?:from )?(\d+) (?:to \d+ )?positional arguments? but (\d+) (?:was|were) given`), func(m *mender, g []string) { m.tooMany(g[1]) }},
	{lazyre.New(`^(\S+)\(\) missing \d+ required positional arguments?: (?:'[^s]|'s[^e]|'se[^l]|'sel[^f]|'self[^'])`), func(m *mender, _ []string) { m.lostComma() }},
	{lazyre.New(`^(\S+?)(?:\.__init__)?\(\) takes no (?:keyword )?arguments`), func(m *mender, g []string) { m.noArguments(g[1]) }},
	{lazyre.New(`^(\S+)\(\) missing 1 required positional argument: 'self'`), func(m *mender, g []string) { m.unboundCall(g[1]) }},
	{lazyre.New(`^(\S+)\(\) got an unexpected keyword argument '([^']+)'`), func(m *mender, g []string) { m.keyword(g[1], g[2]) }},
	{lazyre.New(`^'([^']+)' is an invalid keyword argument for (\S+)\(\)`), func(m *mender, g []string) { m.keyword(g[2], g[1]) }},
	{lazyre.New(`^'([^']+)' object is not callable`), func(m *mender, g []string) { m.notCallable(g[1]) }},
	{lazyre.New(`^'([^']+)' object is not subscriptable`), func(m *mender, g []string) { m.notSubscriptable(g[1]) }},
	{lazyre.New(`^'([^']+)' object is not iterable|^cannot unpack non-iterable (\S+) object|^argument of type '([^']+)' is not iterable`), func(m *mender, g []string) { m.notIterable(g[1]+g[2]+g[3], g[2] != "") }},
	{lazyre.New(`^object of type '([^']+)' has no len\(\)`), func(m *mender, g []string) { m.noLength(g[1]) }},
	{lazyre.New(`^(?:list|tuple|string|str|range object|byte|bytearray) ind(?:ices|ex) must be integers(?: or slices)?,? not '?([^']+)'?`), func(m *mender, g []string) { m.badIndex(g[1]) }},
	{lazyre.New(`^'float' object cannot be interpreted as an integer|^slice indices must be integers|^can't multiply sequence by non-int of type 'float'|^integer argument expected, got float`), func(m *mender, _ []string) { m.wholeDivision() }},
	{lazyre.New(`^sequence item \d+: expected (?:str|a bytes-like object).*, (\S+) found`), func(m *mender, _ []string) { m.joinTexts() }},
	{lazyre.New(`^(?:write\(\) argument must be str, not|must be str, not|argument must be str, not) ?(\S+)`), func(m *mender, g []string) { m.writeText(g[1]) }},
	{lazyre.New(`^exceptions must derive from BaseException`), func(m *mender, _ []string) { m.raiseText() }},
	{lazyre.New(`^not enough arguments for format string`), func(m *mender, _ []string) { m.formatTuple() }},
	{lazyre.New(`^not all arguments converted during string formatting`), func(m *mender, _ []string) { m.inputNumber("str", "int") }},
	{lazyre.New(`^Strings must be encoded before hashing|^a bytes-like object is required, not 'str'`), func(m *mender, _ []string) { m.encode() }},
	{lazyre.New(`^unhashable type: '(list|set|dict)'`), func(m *mender, g []string) { m.unhashable(g[1]) }},
	{lazyre.New(`^'tuple' object does not support item assignment`), func(m *mender, _ []string) { m.tupleItem() }},
	{lazyre.New(`^'(list|str|tuple|dict|set|range)' object is not an iterator`), func(m *mender, _ []string) { m.iterator() }},
}

// typeError asks the rules for the message.
func (m *mender) typeError() {
	if m.missingComma() {
		return
	}
	for _, r := range typeRules {
		if g := r.message.FindStringSubmatch(m.d.Message); g != nil {
			r.mend(m, g)
			return
		}
	}
}

// functionKinds are the types of functions that were named and not called.
var functionKinds = map[string]bool{"builtin_function_or_method": true, "method": true, "function": true, "method_descriptor": true}

// failed is the binary operation that failed: the one at Python's mark, or the
// only one there is.
func (m *mender) failed(op string) *syntax.Node {
	kind := syntax.Binary
	if op == "<" {
		kind = syntax.Compare
	}
	found := m.find(kind, func(n *syntax.Node) bool {
		return (op == "<" || n.Op == op) && (m.mark < 0 || !m.marked || n.At == m.mark || !m.opMark())
	})
	if len(found) == 1 {
		return found[0]
	}
	for _, n := range found {
		if m.marked && n.Start == m.from && n.End == m.to {
			return n
		}
	}
	return nil
}

// opMark reports whether the marks show an operator: "~~^~~".
func (m *mender) opMark() bool { return m.mark > m.from }

// augmented is the augmented assignment in the line, if that failed.
func (m *mender) augmented() *syntax.Node {
	if found := m.find(syntax.AugAssign, nil); len(found) == 1 {
		return found[0]
	}
	if s := m.statement(); s != nil && s.Kind == syntax.AugAssign && !m.marked {
		return s
	}
	return nil
}

// concatenate mends str + something, list + something.
func (m *mender) concatenate(left, right string) {
	if a := m.augmented(); a != nil && a.Op == "+=" && m.failed("+") == nil {
		m.append(left, right, a.Left, a.Right)
		return
	}
	if n := m.failed("+"); n != nil {
		m.append(left, right, n.Left, n.Right)
	}
}

// append makes right, of the type kind, what can be added to a left.
func (m *mender) append(left, kind string, l, r *syntax.Node) {
	if functionKinds[kind] {
		m.callIt(r)
		return
	}
	switch left {
	case "str":
		if kind == "NoneType" {
			m.noneValue(r)
			return
		}
		if kind == "bytes" {
			m.shape("bytes", "bytes are decoded to text", edit{r.End, r.End, ".decode()"})
			return
		}
		if m.isText(l, 0) {
			m.local("text-and-number", "a number is made text before it is added to text", m.texts(l, r)...)
		} else {
			m.inputNumber("str", kind)
		}
	case "list":
		switch kind {
		case "int", "float", "str":
			m.shape("list-and-item", "a list grows by a list", edit{r.Start, r.Start, "["}, edit{r.End, r.End, "]"})
		default:
			m.shape("list-and-item", "a list grows by a list", m.wrap(r, "list")...)
		}
	case "tuple":
		if kind == "list" {
			m.shape("tuple-and-item", "a tuple grows by a tuple", m.wrap(r, "tuple")...)
		} else {
			m.shape("tuple-and-item", "a tuple grows by a tuple", edit{r.Start, r.Start, "("}, edit{r.End, r.End, ",)"})
		}
	}
}

// texts wraps r, and what else in the sum is surely a number, in str().
func (m *mender) texts(l, r *syntax.Node) []edit {
	edits := m.wrap(r, "str")
	top := r
	for p := m.up(r); p != nil && p.Kind == syntax.Binary && p.Op == "+"; p = m.up(p) {
		top = p
	}
	if top == r {
		return edits
	}
	same := m.code(r)
	for n := top; n != nil && n.Kind == syntax.Binary && n.Op == "+"; n = n.Left {
		if n.Right != r && n.Right.Start > r.End && (m.code(n.Right) == same || surelyNumber(n.Right)) {
			edits = append(edits, m.wrap(n.Right, "str")...)
		}
	}
	return edits
}

// surelyNumber reports whether n can't be text.
func surelyNumber(n *syntax.Node) bool {
	n = n.Bare()
	switch n.Kind {
	case syntax.Number:
		return true
	case syntax.Call:
		return n.Left.Kind == syntax.Name && strings.Contains(" len int float sum abs round ", " "+n.Left.Text+" ")
	case syntax.Binary:
		return n.Op != "+" && n.Op != "%" && n.Op != "*" || n.Op == "*" && (surelyNumber(n.Left) && surelyNumber(n.Right))
	}
	return false
}

// isText reports whether n is meant as text and not as digits: text stands in it
// or went into the variable.
func (m *mender) isText(n *syntax.Node, depth int) bool {
	n = n.Bare()
	if n == nil || depth > 4 {
		return false
	}
	switch n.Kind {
	case syntax.Str:
		_, _, content := syntax.Quoted(n.Text)
		return content == "" || strings.Trim(content, "0123456789.") != ""
	case syntax.Binary:
		return m.isText(n.Left, depth+1) || n.Op == "+" && m.isText(n.Right, depth+1)
	case syntax.Call:
		f := n.Left
		if f.Kind == syntax.Attr {
			return strings.Contains(" format join upper lower strip title capitalize replace ljust rjust center zfill ", " "+f.Text+" ") &&
				(f.Text != "strip" || m.isText(f.Left, depth+1))
		}
		return f.Kind == syntax.Name && (f.Text == "str" || f.Text == "repr" || f.Text == "chr" || f.Text == "type")
	case syntax.Name, syntax.Attr:
		return m.nameIsText(n, depth)
	case syntax.IfExp:
		return m.isText(n.Left, depth+1) || m.isText(n.Right, depth+1)
	}
	return false
}

func (m *mender) nameIsText(n *syntax.Node, depth int) bool {
	if n.Kind == syntax.Attr {
		for _, a := range m.everywhere(syntax.Assign, func(a *syntax.Node) bool { return a.Kids[0].Kind == syntax.Attr && a.Kids[0].Text == n.Text }) {
			if m.isText(a.Right, depth+1) {
				return true
			}
		}
		return false
	}
	for _, b := range m.bindings(n.Text, n.Start) {
		if (b.Kind == syntax.Assign || b.Kind == syntax.AugAssign) && b.Node.Right != nil && m.isText(b.Node.Right, depth+1) {
			return true
		}
		if b.Kind == syntax.Param && m.textArguments(b.Node, depth) {
			return true
		}
	}
	return false
}

// textArguments reports whether a parameter is given text with letters somewhere.
func (m *mender) textArguments(p *syntax.Node, depth int) bool {
	params := m.up(p)
	f := m.up(params)
	if f == nil || f.Kind != syntax.FuncDef {
		return false
	}
	i := slices.Index(params.Kids, p)
	if p.Left != nil {
		return m.code(p.Left) == "str"
	}
	for _, c := range m.everywhere(syntax.Call, func(c *syntax.Node) bool { return c.Left.Text == f.Text }) {
		k := i
		if c.Left.Kind == syntax.Attr || f.Text == "__init__" {
			k--
		}
		if k >= 0 && k < len(c.Kids) && m.isText(c.Kids[k], depth+1) {
			return true
		}
	}
	return false
}

// operands mends an operation on two types that do not go together.
func (m *mender) operands(op, left, right string) {
	n := m.failed(strings.TrimSuffix(op, "="))
	var l, r *syntax.Node
	if n != nil {
		l, r = n.Left, n.Right
	} else if a := m.augmented(); a != nil {
		l, r = a.Left, a.Right
	} else {
		if functionKinds[left] || functionKinds[right] {
			return
		}
		m.inputNumber(left, right)
		return
	}
	switch {
	case functionKinds[left]:
		m.callIt(l)
	case functionKinds[right]:
		m.callIt(r)
	case left == "NoneType":
		m.noneValue(l)
	case right == "NoneType":
		m.noneValue(r)
	case left == "coroutine":
		m.await(l)
	case right == "coroutine":
		m.await(r)
	case strings.HasPrefix(op, "+") && right == "str" && n != nil && m.isText(r, 0) && (left == "int" || left == "float"):
		m.local("text-and-number", "a number is made text before it is added to text", m.wrap(l, "str")...)
	case strings.HasPrefix(op, "+") && right == "list" && (left == "dict_keys" || left == "range" || left == "map" || left == "dict_values"):
		m.shape("list-and-item", "a list grows by a list", m.wrap(l, "list")...)
	case op == "-" && left == "list" && right == "list" || op == "|" && left == "list":
		return
	default:
		m.inputNumber(left, right)
	}
}

// inputNumber makes a number of what the program reads, where a number is
// needed.
func (m *mender) inputNumber(left, right string) {
	if left != "str" && right != "str" {
		return
	}
	function := "int"
	if left == "float" || right == "float" {
		function = "float"
	}
	var edits []edit
	done := map[*syntax.Node]bool{}
	m.inside(func(n *syntax.Node) {
		if n.Kind != syntax.Name || n.Store {
			return
		}
		v := m.value(n)
		if v == nil || v.Kind != syntax.Call || v.Left.Kind != syntax.Name || v.Left.Text != "input" || done[v] {
			return
		}
		done[v] = true
		edits = append(edits, m.wrap(v, function)...)
	})
	if len(edits) > 0 {
		m.local("input-number", "what is read is text until it is made a number", edits...)
	}
}

// callIt calls a function that is only named.
func (m *mender) callIt(n *syntax.Node) {
	n = n.Bare()
	if n != nil && (n.Kind == syntax.Attr || n.Kind == syntax.Name) {
		m.local("missing-call", "the function is named but not called", edit{n.End, n.End, "()"})
	}
}

// missingComma finds two neighbours in a list, between which a comma lacks, so
// that the second looks like a call or an index.
func (m *mender) missingComma() bool {
	if !strings.Contains(m.d.Message, "not callable") && !strings.Contains(m.d.Message, "indices must be integers") &&
		!strings.Contains(m.d.Message, "not subscriptable") {
		return false
	}
	var edits []edit
	for _, kind := range []syntax.Kind{syntax.Call, syntax.Subscript} {
		for _, n := range m.everywhere(kind, nil) {
			l := n.Left
			if l.Kind == syntax.Subscript && kind == syntax.Subscript || l.Kind == syntax.Str && kind == syntax.Subscript ||
				l.Kind == syntax.Paren && m.up(n).Kind != syntax.List && m.up(n).Kind != syntax.Tuple {
				continue
			}
			switch l.Kind {
			case syntax.Tuple, syntax.List, syntax.Dict, syntax.Str, syntax.Set, syntax.Number, syntax.Call, syntax.Subscript:
				if l.Kind == syntax.Call && (kind == syntax.Subscript || !literalCall(l)) || kind == syntax.Subscript && l.Kind == syntax.List && (n.Right.Kind != syntax.Tuple) {
					continue
				}
				if p := m.up(n); p != nil && (p.Kind == syntax.List || p.Kind == syntax.Tuple || p.Kind == syntax.Call || p.Kind == syntax.Set) {
					edits = append(edits, edit{l.End, l.End, ","})
				}
			}
		}
	}
	if len(edits) == 0 {
		return false
	}
	m.local("missing-comma", "a comma is missing between two values", edits...)
	return true
}

// literalCall reports whether a call's function is itself a tuple or so: the
// second of several missing commas.
func literalCall(n *syntax.Node) bool {
	for n.Kind == syntax.Call {
		n = n.Left
	}
	return n.Kind == syntax.Tuple || n.Kind == syntax.List || n.Kind == syntax.Dict
}

// function finds the function or method that a message names: f, C.f.
func (m *mender) function(name string) (f, class *syntax.Node) {
	parts := strings.Split(strings.ReplaceAll(name, "<locals>.", ""), ".")
	last := parts[len(parts)-1]
	if len(parts) > 1 {
		if class = m.class(parts[len(parts)-2]); class != nil {
			for _, o := range methods(class) {
				if o.Text == last {
					return o, class
				}
			}
		}
	}
	if found := m.everywhere(syntax.FuncDef, func(n *syntax.Node) bool { return n.Text == last }); len(found) == 1 {
		f = found[0]
		if p := m.up(f); p != nil && p.Kind == syntax.ClassDef {
			class = p
		}
	}
	return f, class
}

// tooMany adds the parameter for the object that a method lacks.
func (m *mender) tooMany(name string) {
	f, class := m.function(name)
	if f == nil || class == nil || static(f) || firstParam(f) == "self" || firstParam(f) == "cls" {
		return
	}
	first := "self"
	for _, d := range f.Else {
		if m.code(d) == "classmethod" {
			first = "cls"
		}
	}
	edits := []edit{m.addParam(f, first)}
	for _, o := range methods(class) { // the others that use it
		if o != f && !static(o) && firstParam(o) != "self" && m.usesSelf(o) {
			edits = append(edits, m.addParam(o, "self"))
		}
	}
	m.local("missing-self", "a method's first parameter is the object", edits...)
}

func (m *mender) usesSelf(f *syntax.Node) bool {
	found := false
	f.Walk(func(n *syntax.Node) bool {
		found = found || n.Kind == syntax.Name && n.Text == "self"
		return true
	})
	return found
}

// noArguments renames a constructor that Python does not know as one.
func (m *mender) noArguments(name string) {
	if c := m.class(name[strings.LastIndexByte(name, '.')+1:]); c != nil {
		m.constructor(c, "")
	}
}

// unboundCall makes an object for a method that is called on its class.
func (m *mender) unboundCall(name string) {
	f, class := m.function(name)
	if f == nil || class == nil {
		return
	}
	for _, o := range methods(class) {
		if o.Text == "__init__" {
			if lo, _, _ := paramCount(o); lo > 1 {
				return
			}
		}
	}
	for _, a := range m.attrs(f.Text) {
		if a.Left.Kind == syntax.Name && a.Left.Text == class.Text {
			m.shape("missing-object", "a method is called on an object of the class", edit{a.Left.End, a.Left.End, "()"})
			return
		}
	}
}

// keyword mends the name of an argument.
func (m *mender) keyword(function, name string) {
	var params []string
	if f, _ := m.function(function); f != nil {
		for _, p := range f.Left.Kids {
			if p.Op != "**" && p.Text != "self" && p.Text != "" {
				params = append(params, p.Text)
			}
		}
	} else if c := m.class(strings.TrimSuffix(function, ".__init__")); c != nil {
		params = m.members(c) // a dataclass
	} else {
		params, _ = names.Params(function)
	}
	used := m.find(syntax.Keyword, func(n *syntax.Node) bool { return n.Text == name })
	if len(used) == 0 {
		used = m.everywhere(syntax.Keyword, func(n *syntax.Node) bool { return n.Text == name && m.text.LineOf(n.Start) == m.d.Line })
	}
	if len(used) == 0 {
		return
	}
	n := used[0]
	if to, ok := source.Clear(source.Near(name, params)); ok {
		m.local("near-argument", name+" is a slip of "+to, edit{n.At, n.At + len(name), to})
		return
	}
	// f(a = b), where a comparison is meant.
	if m.root.At(n.Start).Find(name) != nil {
		if at := strings.IndexByte(m.src[n.At:n.End], '='); at >= 0 {
			at += n.At
			m.shape("equals", "values are compared with ==", edit{at, at + 1, "=="})
		}
	}
}
