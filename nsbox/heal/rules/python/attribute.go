package python

import (
	"slices"
	"strings"

	"github.com/nsbox/nsbox/nsbox/heal/rules/python/names"
	"github.com/nsbox/nsbox/nsbox/heal/rules/python/syntax"
	"github.com/nsbox/nsbox/nsbox/internal/lazyre"
	"github.com/nsbox/nsbox/nsbox/internal/source"
)

var (
	noAttribute = lazyre.New(`^(type object )?'([^']+)' object has no attribute '([^']+)'|^type object '([^']+)' has no attribute '([^']+)'`)
	noMember    = lazyre.New(`^(?:partially initialized )?module '([^']+)' has no attribute '([^']+)'`)
	enumMember  = lazyre.New(`^([A-Za-z_]\w*)$`)
	meant       = lazyre.New(`Did you mean:? '([^']+)'\?`)
)

// attributeError mends an attribute that an object does not have.
func (m *mender) attributeError() {
	if g := noMember.FindStringSubmatch(m.d.Message); g != nil {
		m.moduleMember(g[1], g[2])
		return
	}
	if g := enumMember.FindStringSubmatch(m.d.Message); g != nil {
		m.enumMember(g[1])
		return
	}
	g := noAttribute.FindStringSubmatch(m.d.Message)
	if g == nil {
		return
	}
	kind, attr := g[2]+g[4], g[3]+g[5]
	here := m.attrs(attr)
	if len(here) == 0 {
		return
	}
	if c := m.class(kind); c != nil {
		m.ownAttribute(c, attr, here)
		return
	}
	kind = kind[strings.LastIndexByte(kind, '.')+1:]
	switch kind {
	case "NoneType":
		m.noneValue(here[0].Left)
	case "coroutine":
		m.await(here[0].Left)
	case "builtin_function_or_method", "method", "function", "method_descriptor", "type":
		if l := here[0].Left; l.Kind == syntax.Attr || l.Kind == syntax.Name && kind != "type" {
			m.local("missing-call", "the function is named but not called", edit{l.End, l.End, "()"})
		}
		if kind != "type" {
			return
		}
	}
	if g[4] != "" && m.classAttribute(kind, attr, here) {
		return
	}
	m.builtinAttribute(kind, attr, here)
}

// attrs are the accesses of an attribute that the diagnosis points at, the
// outermost of those that Python marks first.
func (m *mender) attrs(attr string) []*syntax.Node {
	found := m.find(syntax.Attr, func(n *syntax.Node) bool { return n.Text == attr })
	slices.SortStableFunc(found, func(a, b *syntax.Node) int {
		exact := func(n *syntax.Node) int {
			if n.End == m.to {
				return 0
			}
			return 1
		}
		return exact(a) - exact(b)
	})
	if len(found) == 0 {
		line := m.d.Line
		found = m.everywhere(syntax.Attr, func(n *syntax.Node) bool { return n.Text == attr && m.text.LineOf(n.At) == line })
	}
	return found
}

// ownAttribute mends an attribute of a class of the program.
func (m *mender) ownAttribute(c *syntax.Node, attr string, here []*syntax.Node) {
	if m.constructor(c, attr) || m.lostSelf(c, attr) {
		return
	}
	members := m.members(c)
	near := source.Near(attr, append(members, m.inherited(c)...))
	if m.called(here[0]) != nil { // a method is meant
		near = m.preferMethods(c, near)
	}
	if to, ok := source.Clear(near); ok {
		m.renameAttribute(attr, to, here)
		return
	}
	if m.synonym(c, attr, here) {
		return
	}
	if m.called(here[0]) == nil || len(near) > 0 {
		return
	}
	var found []string
	args := len(m.called(here[0]).Kids)
	for _, f := range methods(c) {
		lo, hi, _ := paramCount(f)
		if shared(wordsOf(attr), wordsOf(f.Text)) && args+1 >= lo && args+1 <= hi {
			found = append(found, f.Text)
		}
	}
	if len(found) == 1 {
		m.shape("same-words", "the method is called "+found[0], m.attrEdits(attr, found[0], here)...)
	}
}

// synonym finds the class's own method for what other languages call so.
func (m *mender) synonym(c *syntax.Node, attr string, here []*syntax.Node) bool {
	var found []string
	own := m.members(c)
	for _, kind := range []string{"list", "str", "dict", "set", "deque"} {
		if to := synonyms[kind][attr]; to != "" && slices.Contains(own, to) && !slices.Contains(found, to) {
			found = append(found, to)
		}
	}
	if len(found) == 1 && m.called(here[0]) != nil {
		m.local("foreign-method", "the method is called "+found[0], m.attrEdits(attr, found[0], here)...)
		return true
	}
	return attr == "length" && slices.Contains(own, "__len__") && m.jsIdiom("list", attr, here)
}

// preferMethods leaves methods alone among equally near members.
func (m *mender) preferMethods(c *syntax.Node, near []source.Match) []source.Match {
	own := methods(c)
	out := slices.DeleteFunc(slices.Clone(near), func(n source.Match) bool {
		return !slices.ContainsFunc(own, func(f *syntax.Node) bool { return f.Text == n.Name })
	})
	if len(out) == 0 {
		return near
	}
	return out
}

// inherited are the members of known types among the bases of a class.
func (m *mender) inherited(c *syntax.Node) []string {
	var out []string
	if c.Left == nil {
		return nil
	}
	for _, b := range c.Left.Kids {
		code := m.code(b)
		if t, ok := names.Type(code[strings.LastIndexByte(code, '.')+1:]); ok {
			out = append(out, t...)
		}
		if code == "Exception" || strings.HasSuffix(code, "Error") {
			out = append(out, "args")
		}
		if strings.HasSuffix(code, "Enum") {
			out = append(out, "name", "value")
		}
	}
	return out
}

// constructor renames a method that is nearly __init__ and sets the attribute.
func (m *mender) constructor(c *syntax.Node, attr string) bool {
	for _, f := range m.family(c) {
		if f.Text == "__init__" || !nearInit(f.Text) {
			continue
		}
		sets := attr == ""
		f.Walk(func(n *syntax.Node) bool {
			sets = sets || n.Kind == syntax.Attr && n.Store && n.Text == attr
			return true
		})
		if sets {
			m.local("constructor", "the constructor is called __init__", edit{f.At, f.At + len(f.Text), "__init__"})
			return true
		}
	}
	return false
}

func nearInit(name string) bool {
	return strings.Trim(name, "_") == "init" || source.Distance(name, "__init__") <= 2 && strings.HasPrefix(name, "_") ||
		name == "constructor" || name == "__construct" || name == "initialize"
}

// lostSelf puts self before a variable of a method that nobody reads.
func (m *mender) lostSelf(c *syntax.Node, attr string) bool {
	for _, f := range m.family(c) {
		s := m.scopeOf(f)
		self := firstParam(f)
		if s == nil || self == "" || static(f) {
			continue
		}
		sets := slices.DeleteFunc(slices.Clone(s.Bound[attr]), func(b syntax.Binding) bool { return b.Kind != syntax.Assign && b.Kind != syntax.AnnAssign })
		if len(sets) != 1 {
			continue
		}
		b := sets[0]
		read := slices.ContainsFunc(s.Uses, func(u *syntax.Node) bool { return u.Text == attr && u.Start > b.Node.End })
		if !read {
			m.local("missing-self", attr+" is a member of the class", edit{b.At, b.At, self + "."})
			return true
		}
	}
	return false
}

// family are the methods of a class and of its bases in the program.
func (m *mender) family(c *syntax.Node) []*syntax.Node {
	var out []*syntax.Node
	seen := map[*syntax.Node]bool{}
	for c != nil && !seen[c] {
		seen[c] = true
		out = append(out, methods(c)...)
		next := c
		if c.Left != nil {
			for _, b := range c.Left.Kids {
				if o := m.class(b.Text); o != nil && next == c {
					next = o
				}
			}
		}
		c = next
	}
	return out
}

// scopeOf is the scope that f opens.
func (m *mender) scopeOf(f *syntax.Node) *syntax.Scope {
	var out *syntax.Scope
	m.root.All(func(s *syntax.Scope) {
		if s.Node == f {
			out = s
		}
	})
	return out
}

// renameAttribute renames an attribute where it is read, or the one place that
// sets it where that alone is misspelled.
func (m *mender) renameAttribute(attr, to string, here []*syntax.Node) {
	reads := m.everywhere(syntax.Attr, func(n *syntax.Node) bool { return n.Text == attr && !n.Store })
	otherReads := m.everywhere(syntax.Attr, func(n *syntax.Node) bool { return n.Text == to && !n.Store })
	sets := m.everywhere(syntax.Attr, func(n *syntax.Node) bool { return n.Text == to && n.Store })
	if len(reads) > 1 && len(otherReads) == 0 && len(sets) == 1 {
		n := sets[0]
		m.local("near-attribute", "the attribute is "+attr+" elsewhere", edit{n.At, n.At + len(n.Text), attr})
		return
	}
	m.local("near-attribute", attr+" is a slip of "+to, m.attrEdits(attr, to, here)...)
}

// attrEdits renames an attribute everywhere, unless a class of the program has
// it, then only here.
func (m *mender) attrEdits(attr, to string, here []*syntax.Node) []edit {
	all := m.everywhere(syntax.Attr, func(n *syntax.Node) bool { return n.Text == attr })
	known := slices.ContainsFunc(all, func(n *syntax.Node) bool { return n.Store }) ||
		len(m.everywhere(syntax.FuncDef, func(n *syntax.Node) bool { return n.Text == attr })) > 0
	if known {
		all = here[:1]
	}
	var out []edit
	for _, n := range all {
		if n == here[0] || m.ofModule(n) == m.ofModule(here[0]) {
			out = append(out, edit{n.At, n.At + len(n.Text), to})
		}
	}
	return out
}

// ofModule reports whether n is an attribute of a module.
func (m *mender) ofModule(n *syntax.Node) bool {
	l := n.Left
	for l != nil && l.Kind == syntax.Attr {
		l = l.Left
	}
	return l != nil && l.Kind == syntax.Name && slices.ContainsFunc(m.bindings(l.Text, l.Start), func(b syntax.Binding) bool {
		return b.Kind == syntax.Import && b.Node.Kind == syntax.Import
	})
}

// synonyms are the methods of other languages and of Python 2, by type; "*" is
// any type.
var synonyms = map[string]map[string]string{
	"list": {
		"push": "append", "add": "append", "push_back": "append", "put": "append", "insert_last": "append", "addAll": "extend", "append_all": "extend",
		"concat": "extend", "indexOf": "index", "find": "index", "delete": "remove", "clone": "copy", "push_all": "extend", "erase": "remove",
		"removeAll": "clear", "empty": "clear", "shift": "pop(0)", "popleft": "pop(0)", "append_left": "insert",
	},
	"str": {
		"toUpperCase": "upper", "toLowerCase": "lower", "toUpper": "upper", "toLower": "lower", "upcase": "upper", "downcase": "lower",
		"uppercase": "upper", "lowercase": "lower", "trim": "strip", "trimStart": "lstrip", "trimLeft": "lstrip", "ltrim": "lstrip",
		"trimEnd": "rstrip", "trimRight": "rstrip", "rtrim": "rstrip", "chomp": "rstrip", "indexOf": "find", "lastIndexOf": "rfind",
		"replaceAll": "replace", "gsub": "replace", "sub": "replace", "padStart": "rjust", "padEnd": "ljust", "padLeft": "rjust",
		"padRight": "ljust", "startsWith": "startswith", "starts_with": "startswith", "endsWith": "endswith", "ends_with": "endswith",
		"isnum": "isnumeric", "isNumber": "isdigit", "is_digit": "isdigit", "isLetter": "isalpha", "tokenize": "split", "explode": "split",
		"lines": "splitlines",
	},
	"dict": {
		"iteritems": "items", "itervalues": "values", "iterkeys": "keys", "viewitems": "items", "viewkeys": "keys", "viewvalues": "values",
		"entries": "items", "entrySet": "items", "keySet": "keys", "getOrDefault": "get", "fetch": "get", "put_all": "update", "merge": "update",
		"putAll": "update", "remove": "pop", "delete": "pop", "putIfAbsent": "setdefault", "each": "items", "getKeys": "keys",
	},
	"set": {
		"append": "add", "push": "add", "insert": "add", "put": "add", "delete": "discard", "addAll": "update", "extend": "update",
		"erase": "discard",
	},
	"deque": {
		"push": "append", "add": "append", "push_back": "append", "push_front": "appendleft", "enqueue": "append", "dequeue": "popleft",
		"shift": "popleft", "unshift": "appendleft", "pop_front": "popleft", "popLeft": "popleft", "poll": "popleft", "leftpop": "popleft",
		"append_left": "appendleft", "lpop": "popleft", "get": "popleft", "put": "append", "offer": "append",
	},
	"TextIOWrapper": {"readLine": "readline", "readAll": "read", "writeline": "writelines", "readAllLines": "readlines"},
	"Thread":        {"run_": "run", "begin": "start", "wait": "join", "isAlive": "is_alive", "setDaemon_": "setDaemon"},
}

// builtinAttribute mends an attribute of a type that Python brings.
func (m *mender) builtinAttribute(kind, attr string, here []*syntax.Node) {
	if kind == "Counter" || kind == "defaultdict" || kind == "OrderedDict" {
		if _, ok := synonyms["dict"][attr]; ok {
			kind = "dict"
		}
	}
	if kind == "frozenset" {
		kind = "set"
	}
	if to := synonyms[kind][attr]; to != "" && m.called(here[0]) != nil {
		if !strings.HasSuffix(to, ")") {
			m.local("foreign-method", "Python says "+to, m.attrEdits(attr, to, here)...)
			return
		}
		if c := m.called(here[0]); len(c.Kids) == 0 {
			m.local("foreign-method", "Python says "+to, edit{here[0].At, c.End, to})
			return
		}
	}
	if m.jsIdiom(kind, attr, here) {
		return
	}
	if kind == "dict" && m.dictKey(attr, here[0]) {
		return
	}
	members, ok := names.Type(kind)
	if !ok {
		if g := meant.FindStringSubmatch(m.d.Message); g != nil && len(source.Near(attr, []string{g[1]})) > 0 {
			m.local("near-attribute", attr+" is a slip of "+g[1], m.attrEdits(attr, g[1], here)...)
		}
		return
	}
	near := source.Near(attr, members)
	to, clear := source.Clear(near)
	if !clear && len(near) > 1 {
		to, clear = m.byArguments(near, here[0])
	}
	if clear {
		m.local("near-attribute", attr+" is a slip of "+to, m.attrEdits(attr, to, here)...)
	}
}

// takes is how many arguments methods take, at least and at most, where that
// tells them from their neighbours.
var takes = map[string][2]int{
	"append": {1, 1}, "extend": {1, 1}, "insert": {2, 2}, "pop": {0, 2}, "popitem": {0, 0}, "keys": {0, 0}, "get": {1, 2}, "strip": {0, 1},
	"split": {0, 2}, "rstrip": {0, 1}, "lstrip": {0, 1}, "rsplit": {0, 2}, "find": {1, 3}, "rfind": {1, 3}, "index": {1, 3}, "rindex": {1, 3},
	"rjust": {1, 2}, "ljust": {1, 2}, "lower": {0, 0}, "upper": {0, 0}, "islower": {0, 0}, "isupper": {0, 0}, "title": {0, 0}, "istitle": {0, 0},
	"items": {0, 0}, "values": {0, 0}, "clear": {0, 0}, "copy": {0, 0}, "join": {1, 1}, "count": {1, 3}, "center": {1, 2}, "sort": {0, 0},
	"remove": {1, 1}, "reverse": {0, 0}, "replace": {2, 3}, "update": {0, 1}, "add": {1, 1}, "discard": {1, 1}, "setdefault": {1, 2},
	"isalpha": {0, 0}, "isalnum": {0, 0}, "isascii": {0, 0}, "isdigit": {0, 0}, "zfill": {1, 1}, "swapcase": {0, 0}, "casefold": {0, 0},
	"capitalize": {0, 0}, "startswith": {1, 3}, "endswith": {1, 3}, "format": {0, 99}, "encode": {0, 2}, "partition": {1, 1}, "rpartition": {1, 1},
	"expandtabs": {0, 1}, "splitlines": {0, 1}, "isdecimal": {0, 0}, "isnumeric": {0, 0}, "isspace": {0, 0}, "maketrans": {1, 3}, "translate": {1, 1},
}

// byArguments chooses among equally near methods by the number of arguments.
func (m *mender) byArguments(near []source.Match, n *syntax.Node) (string, bool) {
	c := m.called(n)
	if c == nil {
		return "", false
	}
	var found []string
	for _, o := range near {
		if o.Cost != near[0].Cost {
			break
		}
		if t, ok := takes[o.Name]; ok && len(c.Kids) >= t[0] && len(c.Kids) <= t[1] {
			found = append(found, o.Name)
		}
	}
	if len(found) == 1 {
		return found[0], true
	}
	return "", false
}

// dictKey reads a key that is written as an attribute.
func (m *mender) dictKey(attr string, n *syntax.Node) bool {
	if m.called(n) != nil {
		return false
	}
	quoted := m.everywhere(syntax.Str, func(s *syntax.Node) bool { return strings.Trim(m.code(s), `"'`) == attr })
	if len(quoted) == 0 {
		return false
	}
	var edits []edit
	for _, o := range m.everywhere(syntax.Attr, func(o *syntax.Node) bool { return o.Text == attr && m.code(o.Left) == m.code(n.Left) }) {
		edits = append(edits, edit{o.Left.End, o.End, `["` + attr + `"]`})
	}
	m.local("dict-key", "a dictionary's values are read by their keys", edits...)
	return true
}

// methodCalls are methods that are functions in Python, by what takes their
// place: %o is the object, %1 and %2 the arguments.
var methodCalls = map[string][]string{
	"length": {"len(%o)"}, "size": {"len(%o)"}, "len": {"len(%o)"}, "count": {"len(%o)"}, "length()": {"len(%o)"},
	"sum": {"sum(%o)"}, "max": {"max(%o)"}, "min": {"min(%o)"}, "sorted": {"sorted(%o)"}, "reversed": {"reversed(%o)"}, "abs": {"abs(%o)"},
	"round": {"round(%o)", "round(%o, %1)"}, "next": {"next(%o)"}, "toString": {"str(%o)"}, "to_s": {"str(%o)"}, "str": {"str(%o)"}, "to_string": {"str(%o)"},
	"to_i": {"int(%o)"}, "to_f": {"float(%o)"}, "has_key": {"", "%1 in %o"}, "contains": {"", "%1 in %o"}, "includes": {"", "%1 in %o"}, "include": {"", "%1 in %o"},
	"containsKey": {"", "%1 in %o"}, "hasOwnProperty": {"", "%1 in %o"}, "has": {"", "%1 in %o"}, "charAt": {"", "%o[%1]"}, "at": {"", "%o[%1]"}, "charCodeAt": {"", "ord(%o[%1])"},
	"substring": {"", "%o[%1:]", "%o[%1:%2]"}, "slice": {"%o[:]", "%o[%1:]", "%o[%1:%2]"}, "unshift": {"", "%o.insert(0, %1)"}, "push_front": {"", "%o.insert(0, %1)"},
	"toFixed": {"", `format(%o, f".{%1}f")`}, "isEmpty": {"not %o"}, "is_empty": {"not %o"}, "first": {"%o[0]"}, "last": {"%o[-1]"},
	"decode": {"%o", "%o"}, "join": {"", "%1.join(%o)"}, "enumerate": {"enumerate(%o)"}, "mean": {"(sum(%o) / len(%o))"}, "reverse": {"%o[::-1]"},
}

// jsIdiom replaces a method or property by the function that Python has for it.
func (m *mender) jsIdiom(kind, attr string, here []*syntax.Node) bool {
	forms, ok := methodCalls[attr]
	if !ok || attr == "join" && kind == "str" || attr == "decode" && kind != "str" || attr == "reverse" && kind != "str" {
		return false
	}
	sized := strings.Contains(" list str dict set tuple deque Counter defaultdict range bytes dict_keys dict_values ", " "+kind+" ")
	if strings.HasPrefix(forms[0], "len(") && !sized {
		return false
	}
	var edits []edit
	for _, n := range m.everywhere(syntax.Attr, func(n *syntax.Node) bool { return n.Text == attr && !n.Store }) {
		if n != here[0] && m.code(n.Left) != m.code(here[0].Left) && len(m.everywhere(syntax.FuncDef, func(f *syntax.Node) bool { return f.Text == attr })) > 0 {
			continue
		}
		if e, ok := m.idiomEdit(forms, n); ok {
			if len(edits) > 0 && e.from < edits[len(edits)-1].to {
				continue
			}
			edits = append(edits, e)
		} else if n == here[0] {
			return false
		}
	}
	if len(edits) == 0 {
		return false
	}
	m.local("foreign-method", "Python has a function or operator for "+attr, edits...)
	return true
}

func (m *mender) idiomEdit(forms []string, n *syntax.Node) (edit, bool) {
	c := m.called(n)
	args := 0
	at := n
	if c != nil {
		args, at = len(c.Kids), c
	} else if !strings.HasPrefix(forms[0], "len(") {
		return edit{}, false
	}
	if args >= len(forms) || forms[args] == "" {
		return edit{}, false
	}
	text := strings.ReplaceAll(forms[args], "%o", m.code(n.Left))
	for i := range args {
		if c.Kids[i].Kind == syntax.Keyword || c.Kids[i].Kind == syntax.Star {
			return edit{}, false
		}
		text = strings.ReplaceAll(text, []string{"%1", "%2"}[min(i, 1)], m.code(c.Kids[i]))
	}
	if p := m.up(at); strings.Contains(forms[args], " in ") || strings.HasPrefix(text, "not ") {
		if p != nil && p.Kind == syntax.Unary && p.Op == "not" && strings.Contains(forms[args], " in ") {
			return edit{p.Start, at.End, strings.Replace(text, " in ", " not in ", 1)}, true
		}
		if p != nil && (p.Kind == syntax.Compare || p.Kind == syntax.Binary || p.Kind == syntax.Attr) {
			text = "(" + text + ")"
		}
	}
	return edit{at.Start, at.End, text}, true
}
