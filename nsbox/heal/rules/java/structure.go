package java

import (
	"regexp"
	"slices"
	"strings"

	"github.com/nsbox/nsbox/nsbox/internal/source"
)

// arguments: a call that nothing takes as it is.
func (s *site) arguments() []answer {
	i := s.i
	if s.text(i) == "(" {
		i--
	}
	if s.text(i) == "sort" && s.text(i-1) == "." && s.text(i+1) == "(" && s.text(i+2) == ")" {
		return one("sort", "the natural order is null", s.insert(i+2, "null"))
	}
	return nil
}

// static: what main uses belongs to an object, or must be static.
func (s *site) static() []answer {
	if s.r.Code == "encl.class.required" || strings.Contains(s.r.Message, "variable this ") {
		for i := s.i; i < len(s.tokens) && s.tokens[i].line == s.r.Line; i++ {
			if s.text(i) == "new" {
				return s.staticClass(s.text(i + 1))
			}
		}
		return nil
	}
	m := regexp.MustCompile(`non-static (method|variable) (?:<.*>)?(\w+)`).FindStringSubmatch(s.r.Message)
	if m == nil {
		return nil
	}
	if m[1] == "method" {
		return s.staticMethod(m[2])
	}
	return s.staticField(m[2])
}

func (s *site) staticClass(name string) []answer {
	for i := 1; i < len(s.tokens); i++ {
		if s.text(i) != "class" || s.text(i+1) != name || s.opener(i) < 0 {
			continue
		}
		if s.text(i-1) == "static" || s.methodAround(i) != nil {
			return nil
		}
		return one("static", "a nested class that needs no outer object is static", s.before(i, "static "))
	}
	return nil
}

// instantiated reports whether the class's objects are made, so that its members
// may well belong to them.
func (p *program) instantiated(class string) bool {
	for i := range p.tokens {
		if p.text(i) == "new" && p.text(i+1) == class {
			return true
		}
	}
	return false
}

func (s *site) staticMethod(name string) []answer {
	var out []answer
	var found *method
	for n, m := range s.methods() {
		if m.name == name && !m.static && m.result != "" && m.body >= 0 {
			if found != nil {
				return nil // overloads: which one is meant is not known
			}
			found = &s.methods()[n]
		}
	}
	if found == nil || s.instantiated(found.class) || s.overriding(found) {
		return s.throughType(name)
	}
	at := found.at
	for at > found.first && !modifiers[s.text(at-1)] {
		at--
	}
	a := answer{rule: "static", why: "what is used by a static method without an object is static", splices: []splice{s.before(at, "static ")}}
	// What it uses itself is to be static, too.
	a.splices = append(a.splices, s.usedFields(found)...)
	return append(out, a)
}

// throughType: Scanner.nextLine() where a variable of that type is there.
func (s *site) throughType(name string) []answer {
	if s.text(s.i-1) != "." || !s.isType(s.i-2) {
		return nil
	}
	typ := s.text(s.i - 2)
	var vars []string
	for i := 1; i < s.i; i++ {
		if s.isName(i) && s.declaresAt(i) && s.text(i-1) == typ && s.declaration(s.text(i), s.i) == i {
			vars = append(vars, s.text(i))
		}
	}
	if len(vars) != 1 {
		return nil
	}
	return one("object", "the method belongs to the object "+vars[0], s.replace(s.i-2, 1, vars[0]))
}

// overriding reports whether the method stands under @Override.
func (p *program) overriding(m *method) bool {
	for i := m.first - 1; i >= 0 && i > m.first-4; i-- {
		if p.text(i) == "Override" {
			return true
		}
	}
	return false
}

// usedFields makes the fields static that a method uses.
func (s *site) usedFields(m *method) (out []splice) {
	seen := map[int]bool{}
	for i := m.body; i < m.end; i++ {
		if !s.isName(i) || s.text(i-1) == "." {
			continue
		}
		at := s.declaration(s.text(i), i)
		if at < 0 || seen[at] || s.text(s.opener(at)) != "{" || s.methodAround(at) != nil {
			continue
		}
		seen[at] = true
		if e, ok := s.makeStatic(at); ok {
			out = append(out, e)
		}
	}
	return out
}

// makeStatic inserts static before the type of the field at token at.
func (p *program) makeStatic(at int) (splice, bool) {
	start := p.typeStart(at - 1)
	for i := start - 1; i >= 0 && modifiers[p.text(i)]; i-- {
		if p.text(i) == "static" {
			return splice{}, false
		}
	}
	if p.text(start-1) == "final" {
		start--
	}
	return p.before(start, "static "), true
}

func (s *site) staticField(name string) []answer {
	for at := 1; at < len(s.tokens); at++ {
		if s.text(at) != name || !s.declaresAt(at) || s.methodAround(at) != nil || s.text(s.opener(at)) != "{" {
			continue
		}
		if s.instantiated(s.classAround(at)) {
			return nil
		}
		if e, ok := s.makeStatic(at); ok {
			return one("static", "what is used by a static method without an object is static", e)
		}
	}
	return nil
}

// unreported: the methods up to main declare the exception.
func (s *site) unreported() []answer {
	if s.r.Blocked || len(s.r.Throws) == 0 {
		return nil
	}
	name := s.r.Exception
	if name == "" {
		return nil
	}
	simple := simpleType(name)
	pkg := strings.TrimSuffix(strings.TrimSuffix(name, simple), ".")
	short := simple
	if pkg != "" && pkg != "java.lang" && !s.imported(simple, pkg) && !slices.Contains(s.ownTypes(), simple) {
		short = name
	}
	var out []splice
	for _, t := range s.r.Throws {
		if t.File != s.name {
			return nil
		}
		text := "throws " + short + " "
		if t.More {
			text = ", " + short
		}
		out = append(out, splice{start: t.At, end: t.At, text: text})
	}
	return one("throws", "what may be thrown is declared", out...)
}

// missingReturn: the method's last statement computes what it is to return, or
// its only variable of that type.
func (s *site) missingReturn() []answer {
	m := s.methodAround(s.i)
	if m == nil || m.end < 0 || m.end != s.i || m.result == "" {
		return nil
	}
	result := strings.TrimSpace(m.result)
	names := map[string]int{}
	for i := m.body + 1; i < m.end; i++ {
		if s.opener(i) == m.body && s.isName(i) && s.declaresAt(i) && s.span(s.typeStart(i-1), i) == result {
			names[s.text(i)] = i
		}
	}
	if len(names) != 1 || s.text(m.end-1) == "{" {
		return nil
	}
	for name, at := range names {
		changed := false
		for i := at + 1; i < m.end; i++ {
			if s.text(i) == name && (assigning[s.text(i+1)] || s.text(i+1) == "++" || s.text(i+1) == "." || s.text(i+1) == "[") {
				changed = true
			}
			if s.text(i) == "return" {
				return nil
			}
		}
		if !changed {
			return nil
		}
		indent := source.Indent(s.Line(s.tokens[at].line))
		end := s.end(m.end)
		return one("missing-return", "the method returns what it has made", splice{start: end, end: end, text: "\n" + indent + "return " + name + ";"})
	}
	return nil
}

// uninitialized: a sum begins at 0, a text at "".
func (s *site) uninitialized() []answer {
	if a := s.selfAssigned(); a != nil {
		return a
	}
	name := s.text(s.i)
	at := s.declaration(name, s.i)
	if at < 0 || s.text(at+1) != ";" {
		return nil
	}
	for i := at + 1; i < len(s.tokens); i++ {
		if s.text(i) != name {
			continue
		}
		if op := s.text(i + 1); op != "+=" && op != "++" && s.text(i-1) != "++" {
			return nil
		}
		break
	}
	switch typ := s.text(at - 1); {
	case rank[typ] >= 3:
		return one("initial-value", "what is counted begins at 0", s.insert(at+1, " = 0"))
	case typ == "String":
		return one("initial-value", "a text that is added to begins empty", s.insert(at+1, ` = ""`))
	}
	return nil
}

// selfAssigned: "name = name;" in a constructor that is to set a field.
func (s *site) selfAssigned() []answer {
	m := regexp.MustCompile(`variable (\w+) `).FindStringSubmatch(s.r.Message)
	if m == nil {
		return nil
	}
	name := m[1]
	for i := 1; i < len(s.tokens); i++ {
		if s.text(i) == name && s.text(i+1) == "=" && s.text(i+2) == name && s.text(i+3) == ";" && s.text(i-1) != "." {
			return one("this", "the object's own variable is this."+name, s.before(i, "this."))
		}
	}
	return s.misspeltParameter(name)
}

// misspeltParameter: "this.height = height;" where the parameter is "heiht".
func (s *site) misspeltParameter(name string) []answer {
	m := s.methodAround(s.i)
	if m == nil {
		return nil
	}
	var found []variable
	for _, v := range m.params {
		used := false
		for i := m.body; i < m.end; i++ {
			used = used || s.text(i) == v.name
		}
		if !used && v.name != name && len(source.Near(v.name, []string{name})) > 0 {
			found = append(found, v)
		}
	}
	if len(found) != 1 {
		return nil
	}
	return one("name", "the parameter is "+name, s.replace(found[0].at, 1, name))
}

// again: a variable is declared twice; the second time it is only set.
func (s *site) again() []answer {
	m := regexp.MustCompile(`variable (\w+) is already defined`).FindStringSubmatch(s.r.Message)
	if m == nil || s.text(s.i) != m[1] && !s.find(m[1]) {
		return nil
	}
	start := s.typeStart(s.i - 1)
	typ := s.span(start, s.i)
	if s.text(s.i+1) != "=" || s.text(s.opener(s.i)) != "{" || s.methodAround(s.i) == nil || typ == "var" {
		return nil
	}
	if first := s.declaredAs(m[1], start); first != typ {
		return nil
	}
	for i := s.i; i < len(s.tokens) && s.text(i) != ";"; i++ {
		if s.text(i) == "," && s.opener(i) == s.opener(s.i) {
			return nil
		}
	}
	e := s.replace(start, s.i-start, "")
	e.end = s.tokens[s.i].Start
	return one("declared-twice", m[1]+" is declared before", e)
}

// overrides: @Override stands over a method whose name is nearly one that is
// inherited.
func (s *site) overrides() []answer {
	i := s.i
	for i < len(s.tokens) && s.text(i) != "(" || i < s.i+3 && s.text(i-1) == "Override" {
		i++
	}
	if !s.isName(i - 1) {
		return nil
	}
	m, ok := s.methodAt(i - 1)
	if !ok {
		return nil
	}
	names := []string{"toString", "equals", "hashCode", "compareTo", "compare", "run", "apply", "accept", "test", "get", "call", "close", "iterator", "hasNext", "next"}
	for _, o := range s.methods() {
		if o.class != s.classAround(m.at) && len(o.params) == len(m.params) {
			names = append(names, o.name)
		}
	}
	to, clear := source.Clear(source.Near(m.name, names))
	if !clear {
		return nil
	}
	return one("override-name", "the method that is overridden is "+to, s.replace(m.at, 1, to))
}

// weaker: what implements a public method is public.
func (s *site) weaker() []answer {
	want := "public"
	if strings.HasSuffix(strings.TrimSpace(strings.Join(s.r.Details, " ")), "was protected") {
		want = "protected"
	}
	i := s.i
	for i < len(s.tokens) && s.text(i) != "(" {
		i++
	}
	m, ok := s.methodAt(i - 1)
	if !ok {
		return nil
	}
	for j := m.first; j < m.at; j++ {
		if t := s.text(j); t == "private" || t == "protected" {
			return one("access", "what implements a "+want+" method is "+want, s.replace(j, 1, want))
		}
	}
	return one("access", "what implements a "+want+" method is "+want, s.before(m.first, want+" "))
}

// abstract: a class has a method whose name is nearly that which it must have.
func (s *site) abstract() []answer {
	m := regexp.MustCompile(`^(?:<anonymous )?([\w.$]+)>? is not abstract and does not override abstract method (\w+)\(([^)]*)\)`).FindStringSubmatch(s.r.Message)
	if m == nil {
		return nil
	}
	args := 0
	if m[3] != "" {
		args = strings.Count(m[3], ",") + 1
	}
	class := simpleType(m[1])
	var own []string
	var all []method
	for _, o := range s.methods() {
		if o.class == class && len(o.params) == args && o.body >= 0 {
			own = append(own, o.name)
			all = append(all, o)
		}
	}
	near := source.Near(m[2], own)
	name, ok := source.Clear(near)
	if !ok {
		return nil
	}
	for _, o := range all {
		if o.name == name {
			return one("override-name", "the method that is implemented is "+m[2], s.replace(o.at, 1, m[2]))
		}
	}
	return nil
}

// final: what is changed is not final.
func (s *site) final() []answer {
	m := regexp.MustCompile(`variable (\w+)`).FindStringSubmatch(s.r.Message)
	if m == nil {
		return nil
	}
	at := s.declaration(m[1], s.i)
	if at < 0 {
		return nil
	}
	for j := s.typeStart(at-1) - 1; j >= 0 && modifiers[s.text(j)]; j-- {
		if s.text(j) == "final" {
			e := s.replace(j, 1, "")
			e.end = s.tokens[j+1].Start
			return one("final", m[1]+" is changed, so it is not final", e)
		}
	}
	return nil
}

// noBody: "void run(); {".
func (s *site) noBody() []answer {
	for i := s.i; i < len(s.tokens) && i < s.i+60; i++ {
		if s.text(i) == ";" && s.text(i+1) == "{" {
			return one("stray-semicolon", "a method's body follows its parameters", s.replace(i, 1, ""))
		} else if s.text(i) == ";" {
			break
		}
	}
	return nil
}

// private: a value is had from its getter.
func (s *site) private() []answer {
	name := s.text(s.i)
	if s.text(s.i-1) != "." || s.text(s.i+1) == "=" || s.text(s.i+1) == "(" {
		return nil
	}
	getter := "get" + strings.ToUpper(name[:1]) + name[1:]
	for _, m := range s.methods() {
		if (m.name == getter || m.name == name) && len(m.params) == 0 {
			return one("getter", "the value is had from "+m.name, s.replace(s.i, 1, m.name+"()"))
		}
	}
	return nil
}

// enumLabel: "case Color.RED:", "case red:".
func (s *site) enumLabel() []answer {
	i := s.i
	for s.isName(i+1) || s.text(i+1) == "." {
		i++
	}
	start := i
	for s.text(start-1) == "." {
		start -= 2
	}
	if s.text(start-1) != "case" && s.text(start-1) != "," {
		return nil
	}
	constants := s.enumConstants()
	name := s.text(i)
	if !slices.Contains(constants, name) {
		to, ok := source.Clear(source.Near(name, constants))
		if !ok {
			return nil
		}
		name = to
	}
	if start == i && name == s.text(i) {
		return nil
	}
	return one("enum-label", "a case names the constant alone", s.replace(start, i-start+1, name))
}

// enumConstants are those of all enums of the file.
func (p *program) enumConstants() []string {
	var out []string
	for i := range p.tokens {
		if p.text(i) != "enum" || !p.isName(i+1) {
			continue
		}
		open := i + 2
		for open < len(p.tokens) && p.text(open) != "{" {
			open++
		}
		for j := open + 1; j < len(p.tokens) && p.text(j) != ";" && p.text(j) != "}"; j++ {
			if p.isName(j) && p.opener(j) == open {
				out = append(out, p.text(j))
			} else if end := p.match(j); end > j {
				j = end
			}
		}
	}
	return out
}

// inherit: a class extends classes and implements interfaces.
func (s *site) inherit() []answer {
	for i := s.i - 1; i > 0 && s.text(i) != "class"; i-- {
		t := s.text(i)
		if t != "extends" && t != "implements" {
			continue
		}
		want := "implements"
		if t == want {
			want = "extends"
		}
		open := i
		for open < len(s.tokens) && s.text(open) != "{" {
			if open > i && (s.text(open) == want || s.text(open) == ",") {
				return nil
			}
			open++
		}
		return one("inherit", "a class extends classes and implements interfaces", s.replace(i, 1, want))
	}
	return nil
}

// iterate: a loop over a map goes over its entries, where the variable says so.
func (s *site) iterate() []answer {
	colon := s.i - 1
	if s.text(colon) != ":" || !s.isName(colon-1) || s.text(s.i+1) != ")" {
		return nil
	}
	typ := s.span(s.typeStart(colon-2), colon-1)
	value := s.declaredAs(s.text(s.i), s.i)
	switch {
	case strings.Contains(typ, "Entry") && strings.Contains(value, "Map"):
		return one("iterate", "a loop goes over a map's entries", s.insert(s.i+1, ".entrySet()"))
	case value == "String" && typ == "char":
		return one("iterate", "a loop goes over a text's characters", s.insert(s.i+1, ".toCharArray()"))
	}
	return nil
}

// noMain: the method that a program starts at is not quite as it should be.
func (s *site) noMain() []answer {
	var found *method
	for n, m := range s.methods() {
		near := m.name == "main" || m.name == "Main" || m.result == "void" && len(source.Near(m.name, []string{"main"})) > 0 && m.static
		if near && m.body >= 0 {
			if found != nil {
				return nil
			}
			found = &s.methods()[n]
		}
	}
	if found == nil || len(found.params) > 1 || found.result == "" {
		return nil
	}
	m := *found
	params := "String[] args"
	if len(m.params) == 1 {
		params = "String[] " + m.params[0].name
	}
	end := s.match(m.at + 1)
	head := "public static void main(" + params + ")"
	if m.result != "void" {
		return nil
	}
	e := s.replace(m.first, end-m.first+1, head)
	return one("main", "a program starts at public static void main(String[] args)", e)
}
