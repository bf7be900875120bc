package java

import (
	"slices"
	"strings"

	javac "github.com/nsbox/nsbox/nsbox/analyze/java"
	"github.com/nsbox/nsbox/nsbox/internal/source"
)

// unknownVariable: a name that is near, a method without its parentheses, or a
// declaration that is missing.
func (s *site) unknownVariable(name string) []answer {
	if s.text(s.i-1) == "." {
		return s.unknownField(name)
	}
	if s.text(s.i+1) == "." || s.text(s.i+1) == "::" {
		return s.qualifier(name)
	}
	near := source.Near(name, s.variables())
	if len(near) > 0 {
		if to, ok := s.clear(near); ok {
			return s.renamed("name", to)
		}
		return nil
	}
	return s.undeclared(name)
}

func (s *site) unknownField(name string) []answer {
	var fields, methods []string
	for _, n := range s.r.Names {
		switch {
		case n.Kind == "method" && len(n.Params) == 0:
			methods = append(methods, n.Name)
		case n.Kind != "method":
			fields = append(fields, n.Name)
		}
	}
	if s.r.Names == nil && (name == "length" || name == "size") {
		methods = append(methods, s.lengthMethod())
	}
	call := s.replace(s.i, 1, name+"()")
	if s.text(s.i+1) == "=" || s.text(s.i+1) == "(" {
		methods = nil
	}
	if slices.Contains(methods, name) {
		return one("missing-call", "a method is called with parentheses", call)
	}
	for _, other := range aliases[name] {
		if slices.Contains(methods, other) {
			return one("member-name", "it is called "+other, s.replace(s.i, 1, other+"()"))
		}
		if slices.Contains(fields, other) {
			return s.renamed("member-name", other)
		}
	}
	if getter := "get" + strings.ToUpper(name[:1]) + name[1:]; slices.Contains(methods, getter) {
		return one("getter", "the value is had from "+getter, s.replace(s.i, 1, getter+"()"))
	}
	if to, ok := s.clear(source.Near(name, fields)); ok {
		return s.renamed("member-name", to)
	} else if to, ok := source.Clear(source.Near(name, methods)); ok {
		return one("member-name", "it is called "+to, s.replace(s.i, 1, to+"()"))
	}
	return nil
}

// lengthMethod tells size and length apart by the receiver's declared type.
func (s *site) lengthMethod() string {
	_, typ, _ := strings.Cut(s.r.Detail("location"), " of type ")
	if t := simpleType(typ); t == "String" || strings.HasPrefix(t, "StringBu") {
		return "length"
	} else if t != "" && !strings.HasSuffix(t, "[]") {
		return "size"
	}
	return ""
}

// aliases are what other languages, or other classes, call a member; the first
// that the receiver has counts.
var aliases = map[string][]string{
	"length": {"size", "length", "count"}, "size": {"length", "size"}, "count": {"size", "length"}, "len": {"length", "size"}, "Length": {"length", "size"},
	"Count": {"size", "length"}, "getLength": {"length", "size"}, "getSize": {"size", "length"},
	"append": {"add", "append"}, "push": {"add"}, "push_back": {"add"}, "addLast": {"add"}, "insert": {"put", "add"}, "enqueue": {"add"},
	"add": {"append", "put"}, "put": {"add"}, "set": {"put"}, "Add": {"add"}, "dequeue": {"poll"},
	"includes": {"contains"}, "has": {"containsKey", "contains"}, "contains": {"containsKey"}, "containKey": {"containsKey"}, "hasKey": {"containsKey"},
	"has_key": {"containsKey"}, "include": {"contains"}, "exists": {"contains"},
	"get": {"charAt"}, "at": {"charAt", "get"}, "getAt": {"get", "charAt"}, "keys": {"keySet"}, "entries": {"entrySet"}, "items": {"entrySet"},
	"delete": {"remove"}, "erase": {"remove"}, "upper": {"toUpperCase"}, "lower": {"toLowerCase"}, "toUpper": {"toUpperCase"}, "toLower": {"toLowerCase"},
	"startswith": {"startsWith"}, "endswith": {"endsWith"}, "substr": {"substring"}, "slice": {"substring", "subList"}, "empty": {"isEmpty"},
	"toStr": {"toString"}, "equal": {"equals"}, "printn": {"println"}, "printl": {"println"}, "writeln": {"println"}, "printLine": {"println"}, "print_line": {"println"},
	"each": {"forEach"}, "foreach": {"forEach"}, "getValue": {"get"}, "charCodeAt": {"charAt"}, "capacity": {}, "clean": {"clear"},
}

// methodsFor are the names of the methods that a call with this many arguments
// may mean.
func (s *site) methodsFor(args int) []string {
	value := s.r.Wanted != "" || s.r.Index || s.r.Iterated || s.r.Selected != ""
	var out []string
	for _, n := range s.r.Names {
		if n.Kind != "method" || !s.takes(n, args) || value && n.Type == "void" || s.r.Receiver == "type" && !n.Static {
			continue
		}
		switch n.Name {
		case "wait", "notify", "notifyAll", "finalize":
			continue
		}
		out = append(out, n.Name)
	}
	if s.r.Names == nil {
		for _, m := range s.methods() {
			if s.text(s.i-1) != "." && (len(m.params) == args || m.varargs || args < 0) {
				out = append(out, m.name)
			}
		}
	}
	return out
}

// takes reports whether n can be called with this many arguments, of the types
// that are known; -1 is any number.
func (s *site) takes(n javac.Name, args int) bool {
	if args < 0 {
		return true
	}
	if len(n.Params) != args {
		return n.Varargs && args >= len(n.Params)-1
	}
	for k, want := range n.Params {
		if k < len(s.r.Args) && !accepts(want, s.r.Args[k]) {
			return false
		}
	}
	return true
}

// accepts is false only where a value of type have can certainly not be passed.
func accepts(want, have string) bool {
	switch {
	case have == "" || have == want || strings.ContainsAny(have, "<>?(") || strings.ContainsAny(want, "<>?"):
		return true
	case rank[have] > 0 && rank[want] > 0:
		return rank[want] >= rank[have]
	case (have == "boolean") != (want == "boolean") && primitives[want]:
		return strings.HasPrefix(have, "java.lang.")
	case have == "java.lang.String":
		return !primitives[want] && !strings.HasSuffix(want, "[]") && boxOf(want) == ""
	}
	return true
}

// boxOf is the primitive type of a box.
func boxOf(typ string) string {
	for p, box := range boxes {
		if typ == "java.lang."+box || typ == box {
			return p
		}
	}
	return ""
}

func (s *site) unknownMethod(name string) []answer {
	args := s.argCount()
	all := s.methodsFor(args)
	member := s.text(s.i-1) == "." || s.text(s.i-1) == "::"
	if member {
		if a := s.noMethod(name, args); a != nil {
			return a
		}
		for _, other := range aliases[name] {
			if slices.Contains(all, other) && !(name == "substr" && args == 2) {
				return s.renamed("member-name", other)
			}
		}
	}
	near := source.Near(name, all)
	if len(near) == 0 && !member {
		near = source.Near(name, s.ownMethods(args))
	}
	if to, ok := source.Clear(near); ok {
		return s.renamed("method-name", to)
	} else if len(near) > 0 {
		return s.nearestMethod(near, args)
	}
	if !member && s.text(s.i-1) != "new" {
		if to, pkg, ok := s.typeNamed(name, nil); ok && s.isType(s.i) && (pkg == "" || to == name) {
			a := answer{rule: "missing-new", why: "an object is made with new " + to, splices: []splice{s.replace(s.i, 1, "new "+to)}}
			if pkg != "" {
				a.imports = []string{pkg + "." + to}
			}
			return []answer{a}
		}
	}
	return nil
}

// ownMethods are those whose declaration is in the file.
func (s *site) ownMethods(args int) []string {
	var out []string
	for _, m := range s.methods() {
		if args < 0 || len(m.params) == args || m.varargs {
			out = append(out, m.name)
		}
	}
	return out
}

// nearestMethod decides between methods that are equally near by the type that
// the place asks for.
func (s *site) nearestMethod(near []source.Match, args int) []answer {
	var fits []string
	for _, name := range nearest(near) {
		if slices.ContainsFunc(s.r.Names, func(n javac.Name) bool {
			return n.Name == name && n.Kind == "method" && s.takes(n, args) && s.fits(n)
		}) {
			fits = append(fits, name)
		}
	}
	if len(fits) == 1 {
		return s.renamed("method-name", fits[0])
	}
	return nil
}

// noMethod: what is called is a field, or an array's length.
func (s *site) noMethod(name string, args int) []answer {
	_, typ, _ := strings.Cut(s.r.Detail("location"), " of type ")
	array := s.r.Receiver == "array" || s.r.Receiver == "" && strings.HasSuffix(typ, "[]")
	open := s.i + 1
	if args != 0 || s.text(open) != "(" || s.text(open+1) != ")" {
		return nil
	}
	if array {
		if source.Distance(strings.ToLower(name), "length") <= 2 || name == "size" || name == "len" || name == "count" {
			return one("array-length", "an array's length is no method", s.replace(s.i, 3, "length"))
		}
		if name == "toString" {
			return nil
		}
	}
	for _, n := range s.r.Names {
		if n.Kind == "field" && n.Name == name && (s.r.Receiver != "type" || n.Static) {
			return one("field-call", name+" is no method", s.replace(s.i, 3, name))
		}
	}
	return nil
}

// argCount is how many arguments the call at i has, -1 where it is no call.
func (s *site) argCount() int {
	if s.r.Args != nil {
		return len(s.r.Args)
	}
	open := s.i + 1
	if s.text(open) != "(" || s.match(open) < 0 {
		return -1
	}
	return s.count2(open)
}

// count2 counts the arguments between the parentheses that begin at open.
func (p *program) count2(open int) int {
	end := p.match(open)
	if end <= open+1 {
		return 0
	}
	n := 1
	for j := open + 1; j < end; j++ {
		if p.text(j) == "," && p.opener(j) == open && !p.generic(j) {
			n++
		}
	}
	return n
}

// undeclared: a variable is used without a declaration, first in an assignment.
func (s *site) undeclared(name string) []answer {
	first := -1
	for i := range s.tokens {
		if s.text(i) == name && s.text(i-1) != "." && s.tokens[i].Kind == source.Word {
			first = i
			break
		}
	}
	if first < 0 || s.text(first+1) != "=" || first > s.i {
		return nil
	}
	switch s.text(first - 1) {
	case ";", "{", "}":
	case "(":
		if s.text(first-2) != "for" {
			return nil
		}
	default:
		return nil
	}
	end := first + 2
	for end < len(s.tokens) && !(s.text(end) == ";" && s.opener(end) == s.opener(first)) {
		end++
	}
	// All other uses must be where the declaration is seen.
	limit := s.match(s.opener(first))
	if s.text(first-1) == "(" {
		limit = s.statementEnd(s.match(s.opener(first)) + 1)
	}
	for i := first + 1; i < len(s.tokens); i++ {
		if s.text(i) == name && s.text(i-1) != "." && i > limit {
			return nil
		}
	}
	typ := s.typeOf(first+2, end)
	if typ == "" || typ == "null" || typ == "void" {
		return nil
	}
	return one("undeclared", "a variable is declared with its type", s.before(first, typ+" "))
}

// statementEnd is the last token of the statement that begins at i.
func (p *program) statementEnd(i int) int {
	if p.text(i) == "{" {
		return p.match(i)
	}
	around := p.opener(i)
	for ; i < len(p.tokens); i++ {
		if p.text(i) == ";" && p.opener(i) == around || p.text(i) == "}" && p.opener(i) == around {
			return i
		}
		if p.text(i) == "{" && p.match(i) > 0 {
			return p.match(i)
		}
	}
	return i
}

// simpleType is a type without packages.
func simpleType(t string) string {
	var b strings.Builder
	word := 0
	for i := 0; i <= len(t); i++ {
		if i < len(t) && (t[i] == '.' || t[i] == '_' || t[i] == '$' || t[i]|0x20 >= 'a' && t[i]|0x20 <= 'z' || t[i] >= '0' && t[i] <= '9') {
			continue
		}
		w := t[word:i]
		b.WriteString(w[strings.LastIndexByte(w, '.')+1:])
		if i < len(t) {
			b.WriteByte(t[i])
		}
		word = i + 1
	}
	return b.String()
}
