package java

import (
	"slices"
	"strings"

	javac "github.com/nsbox/nsbox/nsbox/analyze/java"
	"github.com/nsbox/nsbox/nsbox/internal/source"
)

// unresolved: a variable, method or type is not known.
func (s *site) unresolved() []answer {
	kind, name := s.r.Symbol()
	if s.r.Code == "invalid.mref" {
		kind = "method"
		for end := s.at(s.r.End); s.i < end && s.text(s.i-1) != "::"; s.i++ {
		}
		name = s.text(s.i)
	}
	if s.text(s.i) != name && !s.find(name) {
		return nil
	}
	if a := s.outOfPlace(kind, name); a != nil {
		return a
	}
	switch kind {
	case "class", "interface", "enum":
		return s.unknownType(name)
	case "variable":
		return s.unknownVariable(name)
	case "method", "constructor":
		return s.unknownMethod(name)
	}
	return nil
}

// find goes to the first token of that name in the rest of the line.
func (s *site) find(name string) bool {
	for i := max(s.i, 0); i < len(s.tokens) && s.tokens[i].line <= s.r.Line; i++ {
		if s.text(i) == name {
			s.i = i
			return true
		}
	}
	return false
}

// renamed puts name in place of token i.
func (s *site) renamed(rule, name string) []answer {
	return one(rule, "the name is "+name, s.replace(s.i, 1, name, name))
}

// literals are other languages' words for Java's.
var literals = map[string]string{
	"True": "true", "TRUE": "true", "False": "false", "FALSE": "false", "None": "null", "nil": "null", "NULL": "null",
	"Null": "null", "nullptr": "null", "undefined": "null", "self": "this",
}

// outOfPlace knows what other languages write there.
func (s *site) outOfPlace(kind, name string) []answer {
	i := s.i
	switch {
	case kind == "variable" && literals[name] != "" && s.text(i-1) != ".":
		return s.renamed("foreign-word", literals[name])
	case kind == "variable" && name == "console" && s.text(i+1) == "." && s.text(i+3) == "(":
		if t := s.text(i + 2); t == "log" || t == "info" || t == "debug" {
			return one("foreign-print", "Java prints with System.out.println", s.replace(i, 3, "System.out.println"))
		} else if t == "error" || t == "warn" {
			return one("foreign-print", "Java prints with System.err.println", s.replace(i, 3, "System.err.println"))
		}
	case kind == "variable" && s.text(i+1) == "[" && s.text(i-1) != "." && (s.known(name) || slices.Contains(s.ownTypes(), name)):
		return one("missing-new", "an array is made with new", s.before(i, "new "))
	case kind == "variable" && name == "out" && s.text(i+1) == ".":
		return one("print", "what is printed on is System.out", s.before(i, "System."))
	}
	if kind != "method" || s.text(i-1) == "." {
		return nil
	}
	switch name {
	case "println", "printf":
		return one("print", "what prints is System.out", s.before(i, "System.out."))
	case "print", "puts", "echo":
		return one("foreign-print", "Java prints with System.out.println", s.replace(i, 1, "System.out.println"))
	case "len":
		return s.lengthOf()
	case "str":
		return one("foreign-call", "a value's text is String.valueOf(value)", s.replace(i, 1, "String.valueOf"))
	case "parseInt":
		return one("missing-class", "the method is Integer.parseInt", s.before(i, "Integer."))
	case "parseDouble":
		return one("missing-class", "the method is Double.parseDouble", s.before(i, "Double."))
	}
	if mathMethods[name] && !s.nearOwnMethod(name) {
		return one("missing-class", "the method is Math."+name, s.before(i, "Math."))
	}
	if s.known(name) || slices.Contains(s.ownTypes(), name) {
		a := answer{rule: "missing-new", why: "an object is made with new", splices: []splice{s.before(i, "new ")}}
		if home := loadLibrary().home(name); home != "" && !slices.Contains(s.ownTypes(), name) && !s.imported(name, home) {
			a.imports = []string{home + "." + name}
		}
		return []answer{a}
	}
	return nil
}

func (s *site) nearOwnMethod(name string) bool {
	for _, m := range s.methods() {
		if source.Distance(m.name, name) <= 1 {
			return true
		}
	}
	return false
}

var mathMethods = set("sqrt", "pow", "abs", "max", "min", "floor", "ceil", "round", "random", "sin", "cos", "tan", "log10", "exp", "hypot", "floorMod", "cbrt")

func (p *program) known(class string) bool { return loadLibrary().home(class) != "" }

// lengthOf: len(x) is x.length, x.length() or x.size().
func (s *site) lengthOf() []answer {
	end := s.match(s.i + 1)
	if end != s.i+3 {
		return nil
	}
	var tail string
	switch t := s.typeOf(s.i+2, s.i+3); {
	case strings.HasSuffix(t, "[]"):
		tail = ".length"
	case t == "String" || strings.HasPrefix(t, "StringBu"):
		tail = ".length()"
	case t != "" && !primitives[t]:
		tail = ".size()"
	default:
		return nil
	}
	return one("foreign-call", "its length is "+s.text(s.i+2)+tail, s.replace(s.i, 4, s.text(s.i+2)+tail))
}

// typeWords are spellings of types that are no slips of the finger.
var typeWords = map[string]string{
	"bool": "boolean", "Bool": "boolean", "BOOLEAN": "boolean", "Int": "int", "INT": "int", "integer": "int", "Char": "char", "str": "String",
	"string": "String", "STRING": "String", "uint": "int", "i32": "int", "i64": "long", "f64": "double", "int32": "int",
	"int64": "long", "number": "double", "Void": "void", "DOUBLE": "double", "LONG": "long", "real": "double", "character": "char",
}

var boxes = map[string]string{
	"int": "Integer", "char": "Character", "boolean": "Boolean", "byte": "Byte", "short": "Short", "long": "Long",
	"float": "Float", "double": "Double",
}

// unknownType: an import is missing, or the name is misspelt.
func (s *site) unknownType(name string) []answer {
	i := s.i
	if s.text(i-1) == "." {
		return s.unknownMember(name)
	}
	if to, ok := typeWords[name]; ok && !s.known(name) {
		if box := boxes[to]; box != "" && (s.text(i-1) == "<" || s.text(i-1) == "," && s.text(i+1) == ">" || s.text(i+1) == ",") && s.inner(i) != "(" {
			to = box
		}
		return s.renamed("type-word", to)
	}
	if s.text(i-1) == "(" && s.isName(i+1) && s.text(i+2) == ")" && s.text(i+3) == "->" && !s.isType(i) {
		return one("missing-comma", "a lambda's parameters are separated by commas", s.insert(i+1, ","))
	}
	if s.isName(i+1) && s.text(i+2) == "=" {
		switch name {
		case "let", "auto", "val", "def", "dim", "Var", "VAR", "const", "mut", "my", "any":
			return s.renamed("foreign-word", "var")
		}
	}
	if a := s.misspeltKeyword(name); a != nil {
		return a
	}
	var more []string
	for _, n := range s.r.Names {
		if n.Kind == "type" {
			more = append(more, n.Name)
		}
	}
	to, pkg, ok := s.typeNamed(name, more)
	if !ok {
		return nil
	}
	a := answer{rule: "missing-import", why: "it is " + pkg + "." + to}
	if to != name {
		a.rule, a.why = "type-name", "the type is "+to
		a.splices = []splice{s.replace(i, 1, to, to)}
	}
	if pkg != "" {
		a.imports = []string{pkg + "." + to}
	}
	return []answer{a}
}

// misspeltKeyword: "retrun x;" reads as a declaration, "itn x" as well.
func (s *site) misspeltKeyword(name string) []answer {
	if s.known(name) {
		return nil
	}
	words := []string{"int", "long", "double", "float", "boolean", "char", "byte", "short", "void", "var"}
	prev := s.text(s.i - 1)
	statement := prev == ";" || prev == "{" || prev == "}" || prev == ")" || prev == "else" || prev == "->" || prev == ":"
	if statement && s.isName(s.i+1) && s.text(s.i+2) == ";" {
		words = append(words, "return", "throw", "break", "continue")
	}
	if s.text(s.i+1) != "<" {
		words = append(words, "String")
	}
	words = append(words, s.ownTypes()...)
	to, ok := source.Clear(source.Near(name, words))
	if !ok || !keywords[to] {
		return nil
	}
	return s.renamed("keyword-typo", to)
}

// unknownMember: a class is not in the package, or not a member of the type.
func (s *site) unknownMember(name string) []answer {
	start := s.typeStart(s.i)
	pkg := strings.ReplaceAll(s.span(start, s.i-1), " ", "")
	if list := loadLibrary().classes[pkg]; list != nil {
		if to, ok := source.Clear(source.Near(name, list)); ok {
			return s.renamed("type-name", to)
		}
		if home := loadLibrary().home(name); home != "" && home != "java.lang" && s.text(s.typeStart(s.i)-1) == "import" {
			return one("wrong-package", name+" is in "+home, s.replace(start, s.i-start, home+"."))
		}
	}
	return nil
}

// noPackage: "package system does not exist".
func (s *site) noPackage() []answer {
	name := strings.TrimSuffix(strings.TrimPrefix(s.r.Message, "package "), " does not exist")
	start := s.typeStart(s.i)
	for start > 1 && s.text(start-1) == "." {
		start -= 2
	}
	if s.text(start) != strings.SplitN(name, ".", 2)[0] {
		return nil
	}
	if s.text(start-1) == "import" || strings.Contains(name, ".") && strings.HasPrefix(name, "java") {
		return s.misspeltPackage(start, name)
	}
	first := s.text(start)
	s.i = start
	if strings.Contains(name, ".") && name != first {
		return nil
	}
	if first == "console" {
		return s.outOfPlace("variable", first)
	}
	return s.qualifier(first)
}

// misspeltPackage: "java.utl".
func (s *site) misspeltPackage(start int, name string) []answer {
	end := start
	for n := strings.Count(name, "."); n >= 0; n-- {
		end += 2
	}
	end--
	var names []string
	for pkg := range loadLibrary().classes {
		names = append(names, pkg)
	}
	slices.Sort(names)
	class := s.text(end + 1)
	matches := source.Near(name, names)
	matches = slices.DeleteFunc(matches, func(m source.Match) bool {
		return class != "*" && s.isName(end+1) && !slices.Contains(loadLibrary().classes[m.Name], class) || m.Cost > 6
	})
	to, ok := source.Clear(matches)
	if !ok {
		if home := loadLibrary().home(class); home != "" && class != "" && strings.HasPrefix(name, "java") {
			to, ok = home, true
		}
	}
	if !ok {
		return nil
	}
	return one("package-name", "the package is "+to, s.replace(start, end-start, to))
}

// qualifier: what is before a dot is neither a variable nor a type.
func (s *site) qualifier(name string) []answer {
	vars := s.variables()
	near := source.Near(name, vars)
	typ, pkg, ok := s.typeNamed(name, nil)
	if len(near) > 0 && (!ok || near[0].Cost <= source.Near(name, []string{typ, name})[0].Cost) && typ != name {
		if to, clear := s.clear(near); clear {
			return s.renamed("name", to)
		}
		return nil
	}
	if !ok {
		return nil
	}
	a := answer{rule: "missing-import", why: "it is " + pkg + "." + typ}
	if typ != name {
		a = answer{rule: "type-name", why: "the type is " + typ, splices: []splice{s.replace(s.i, 1, typ, typ)}}
	}
	if pkg != "" {
		a.imports = []string{pkg + "." + typ}
	}
	return []answer{a}
}

// variables are the names of the variables that are in scope.
func (s *site) variables() []string {
	var out []string
	for _, n := range s.r.Names {
		if n.Kind == "local" || n.Kind == "field" {
			out = append(out, n.Name)
		}
	}
	if s.r.Names == nil {
		for i := 1; i < len(s.tokens); i++ {
			if s.isName(i) && s.declaresAt(i) {
				out = append(out, s.text(i))
			}
		}
	}
	return out
}

// clear decides between names that are equally near by what the place asks for.
func (s *site) clear(near []source.Match) (string, bool) {
	if name, ok := source.Clear(near); ok {
		return name, true
	}
	var fits []string
	for _, name := range nearest(near) {
		if slices.ContainsFunc(s.r.Names, func(n javac.Name) bool { return n.Name == name && s.fits(n) }) {
			fits = append(fits, name)
		}
	}
	if len(fits) == 1 {
		return fits[0], true
	}
	return "", false
}

// fits reports whether a value of n's type may stand at the place; it knows
// nothing of the class hierarchy beyond what is evident.
func (s *site) fits(n javac.Name) bool {
	array := strings.HasSuffix(n.Type, "[]")
	switch {
	case s.r.Wanted != "":
		return n.Type == s.r.Wanted || rank[n.Type] > 0 && rank[s.r.Wanted] >= rank[n.Type]
	case s.r.Iterated:
		return array || strings.HasPrefix(n.Type, "java.util.")
	case s.r.Indexed:
		return array
	case s.r.Index:
		return rank[n.Type] > 0 && rank[n.Type] <= 3
	case s.r.Selected == "length":
		return array || n.Type == "java.lang.String"
	case s.r.Selected != "":
		return !primitives[n.Type] && !array
	}
	return false
}
