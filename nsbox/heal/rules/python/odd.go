package python

import (
	"github.com/nsbox/nsbox/nsbox/heal/rules/python/names"
	"github.com/nsbox/nsbox/nsbox/heal/rules/python/syntax"
)

// odd is the cost of what n itself looks like.
func odd(n *syntax.Node, defs map[string]*syntax.Node, inside func(*syntax.Node) bool) int {
	switch n.Kind {
	case syntax.Call:
		return oddCall(n, defs)
	case syntax.Expr:
		// A value that nobody takes.
		if inside(n) && n.Left != nil {
			switch n.Left.Bare().Kind {
			case syntax.Compare, syntax.Name, syntax.Attr, syntax.Tuple, syntax.Binary, syntax.Number, syntax.Subscript:
				return 5
			}
		}
	case syntax.Assign, syntax.Return:
		if n.Kind == syntax.Assign && len(n.Kids) > 0 && uneven(n.Kids[0], n.Right) {
			return 8
		}
		if v := n.Left; n.Kind == syntax.Return && idle(v) || idle(n.Right) {
			return 6
		}
	case syntax.If, syntax.While:
		if idle(n.Left) {
			return 6
		}
	case syntax.Subscript:
		if v := n.Right.Bare(); v != nil && v.Kind == syntax.Tuple && (n.Left.Kind != syntax.Name || n.Left.Text[0] > 'Z') && len(v.Kids) > 1 {
			switch v.Kids[len(v.Kids)-1].Kind {
			case syntax.Subscript, syntax.Slice:
				return 6
			}
			return 2
		}
		if v := n.Right; v != nil && v.Kind == syntax.Call && v.Left.Kind == syntax.Attr && (stringly(v.Left.Left) || silent[v.Left.Text]) {
			return 8
		}
		if v := n.Right; v != nil && v.Kind == syntax.Attr && (silent[v.Text] || takes[v.Text] != [2]int{}) {
			return 5
		}
		if v := n.Right.Bare(); v != nil && v.Kind == syntax.Binary && stringly(v.Left) {
			return 5
		}
		if v := n.Right.Bare(); v != nil && (v.Kind == syntax.Compare || v.Kind == syntax.Bool) {
			return 5
		}
	case syntax.List, syntax.Set, syntax.Tuple:
		return mixed(n)
	case syntax.Pair:
		if k := n.Left.Bare(); k != nil && (k.Kind == syntax.Dict || k.Kind == syntax.List || k.Kind == syntax.Set) {
			return 8
		}
	case syntax.CompFor, syntax.For:
		if v := n.Right.Bare(); v != nil && (v.Kind == syntax.Compare || v.Kind == syntax.Bool && v.Op == "and" || v.Kind == syntax.Number) {
			return 6
		}
	case syntax.Binary:
		if n.Op == "+" && (stringly(n.Left) && listed(n.Right) || stringly(n.Right) && listed(n.Left)) {
			return 6
		}
		if (n.Op == "*" || n.Op == "-" || n.Op == "/") && stringly(n.Left) && (n.Op != "*" || indexed(n.Right)) {
			return 6
		}
		if stringly(n.Left) != stringly(n.Right) && n.Op == "+" && (numeric(n.Left) || numeric(n.Right)) {
			return 6
		}
		cost := idleSide(n.Left, n.Op) + idleSide(n.Right, n.Op)
		if l := n.Left; cost == 0 && idle(l) && l.Left.Kind == syntax.Binary && strength(l.Left) == opStrength(n.Op) && n.Op != "**" {
			cost = 4
		}
		return cost
	case syntax.Compare, syntax.Bool:
		if idle(n.Left) && simple(n.Left.Left) || idle(n.Right) && simple(n.Right.Left) {
			return 4
		}
	}
	return 0
}

func oddCall(n *syntax.Node, defs map[string]*syntax.Node) int {
	cost := 0
	for _, a := range n.Kids {
		if idle(a) {
			cost += 6
		}
	}
	f := n.Left
	if f != nil && f.Kind == syntax.Attr {
		return cost + oddMethod(n)
	}
	if f == nil || f.Kind != syntax.Name {
		return cost
	}
	places, star := 0, false
	for _, a := range n.Kids {
		star = star || a.Kind == syntax.Star
		if a.Kind != syntax.Keyword {
			places++
		}
	}
	if star {
		return cost
	}
	lo, hi, known := names.Arity(f.Text)
	if f.Text == "str" || f.Text == "int" && places > 1 && n.Kids[1].Kind != syntax.Number {
		hi = 1
	}
	if d := defs[f.Text]; d != nil {
		lo, hi, known = paramCount(d)
	}
	if known && (places > hi || places < lo && len(n.Kids) == places) {
		cost += 8
	}
	if places > 0 && n.Kids[0].Kind == syntax.Comp && n.Kids[0].Op == "(" {
		switch f.Text {
		case "int", "float", "abs", "round", "len", "ord", "chr", "range", "bool":
			cost += 8
		}
	}
	if f.Text == "len" && places == 1 {
		if a := n.Kids[0]; a.Kind == syntax.Number || a.Kind == syntax.Compare || a.Kind == syntax.Binary && (numeric(a.Left) || numeric(a.Right)) {
			cost += 8
		}
	}
	return cost
}

// paramCount is how many arguments a function takes without names.
func paramCount(d *syntax.Node) (lo, hi int, known bool) {
	for _, p := range d.Left.Kids {
		switch p.Op {
		case "*":
			if p.Text != "" {
				hi = 1 << 20
			}
			return lo, hi, true
		case "":
			hi++
			if p.Right == nil {
				lo++
			}
		}
	}
	return lo, hi, true
}

// idle reports whether n is in parentheses that do nothing.
func idle(n *syntax.Node) bool {
	return n != nil && n.Kind == syntax.Paren && n.Left != nil && n.Left.Kind != syntax.Yield
}

// idleSide is the cost of an operand in parentheses that bind no other way.
func idleSide(n *syntax.Node, op string) int {
	if idle(n) && (simple(n.Left) || strength(n.Left) > opStrength(op)) {
		return 4
	}
	return 0
}

func simple(n *syntax.Node) bool {
	if n == nil {
		return false
	}
	switch n.Kind {
	case syntax.Name, syntax.Number, syntax.Str, syntax.Const, syntax.Call, syntax.Attr, syntax.Subscript, syntax.Paren:
		return true
	}
	return false
}

func strength(n *syntax.Node) int {
	if n.Kind == syntax.Binary {
		return opStrength(n.Op)
	}
	return 0
}

func opStrength(op string) int {
	switch op {
	case "+", "-":
		return 1
	case "*", "/", "//", "%", "@":
		return 2
	case "**":
		return 3
	}
	return 0
}

func numeric(n *syntax.Node) bool { return n != nil && n.Kind == syntax.Number }

func stringly(n *syntax.Node) bool { return n != nil && n.Kind == syntax.Str }

func indexed(n *syntax.Node) bool {
	return n != nil && (n.Kind == syntax.Subscript || n.Kind == syntax.Str)
}

// listed reports whether n is surely a list or another thing that is no text.
func listed(n *syntax.Node) bool {
	if n == nil {
		return false
	}
	switch n.Kind {
	case syntax.List, syntax.Tuple, syntax.Dict, syntax.Set, syntax.Comp:
		return true
	case syntax.Call:
		f := n.Left
		if f.Kind == syntax.Attr {
			return f.Text == "split" || f.Text == "splitlines" || f.Text == "keys" || f.Text == "values" || f.Text == "items" || f.Text == "readlines"
		}
		return f.Kind == syntax.Name && (f.Text == "sorted" || f.Text == "list" || f.Text == "range" || f.Text == "len" ||
			f.Text == "int" || f.Text == "sum" || f.Text == "set" || f.Text == "dict" || f.Text == "enumerate" || f.Text == "zip")
	}
	return false
}

// uneven reports whether a tuple of targets is given another number of values.
func uneven(targets, value *syntax.Node) bool {
	if targets == nil || value == nil || targets.Kind != syntax.Tuple {
		return false
	}
	switch value.Kind {
	case syntax.Set, syntax.Dict:
		return true
	case syntax.Tuple, syntax.List:
		for _, k := range append(value.Kids, targets.Kids...) {
			if k != nil && k.Kind == syntax.Star {
				return false
			}
		}
		return len(value.Kids) != len(targets.Kids)
	}
	return false
}

// mixed is the cost of a row whose elements are not alike: tuples of different
// lengths, or tuples among texts and numbers.
func mixed(n *syntax.Node) int {
	rows, plain, length, cost := 0, 0, -1, 0
	for _, k := range n.Kids {
		if k == nil {
			continue
		}
		switch k.Kind {
		case syntax.Tuple, syntax.List:
			rows++
			if length >= 0 && length != len(k.Kids) && n.Kind == syntax.List {
				cost = 4
			}
			length = len(k.Kids)
			if n.Kind == syntax.Set && k.Kind == syntax.List {
				return 8
			}
		case syntax.Str, syntax.Number:
			plain++
		}
	}
	if rows > 0 && plain > 0 && rows+plain > 2 {
		cost += 3
	}
	return cost
}

// oddMethod is the cost of a method's call with more arguments than the methods
// of that name take.
func oddMethod(n *syntax.Node) int {
	name := n.Left.Text
	places := 0
	for _, a := range n.Kids {
		if a.Kind == syntax.Star {
			return 0
		}
		if a.Kind != syntax.Keyword {
			places++
		}
	}
	if t, ok := takes[name]; ok && places > t[1] && name != "get" && name != "index" && name != "update" && name != "clear" && name != "copy" {
		return 6
	}
	if (name == "ljust" || name == "rjust" || name == "center") && places == 2 && n.Kids[1].Kind != syntax.Str {
		return 5
	}
	return 0
}
