package python

import (
	"slices"
	"strings"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/heal/rules/python/names"
	"github.com/nsbox/nsbox/nsbox/heal/rules/python/syntax"
	"github.com/nsbox/nsbox/nsbox/internal/lazyre"
	"github.com/nsbox/nsbox/nsbox/internal/source"
)

var undefined = lazyre.New(`^(?:name|free variable) '([^']+)'|free variable '([^']+)'`)

// nameError mends a name that is not defined.
func (m *mender) nameError() {
	g := undefined.FindStringSubmatch(m.d.Message)
	if g == nil {
		return
	}
	name := g[1] + g[2]
	uses := m.unresolved(name)
	if len(uses) == 0 {
		if !m.neverSet(name) {
			m.usedEarly(name)
		}
		return
	}
	m.undefinedName(name, uses)
	m.alsoOthers(name)
}

// unresolved are the uses of a name that nothing in the program gives a value.
func (m *mender) unresolved(name string) []*syntax.Node {
	var out []*syntax.Node
	m.root.All(func(s *syntax.Scope) {
		for _, u := range s.Uses {
			if u.Text == name && s.Find(name) == nil {
				out = append(out, u)
			}
		}
	})
	slices.SortFunc(out, func(a, b *syntax.Node) int { return a.Start - b.Start })
	return out
}

// undefinedName tries the rules for an undefined name in their order; the first
// that knows an answer gives it.
func (m *mender) undefinedName(name string, uses []*syntax.Node) {
	for _, rule := range []func(string, []*syntax.Node) bool{
		m.missingSelf, m.foreignCall, m.moduleName, m.wholeKeyword, m.importedName, m.foreignName, m.nearName, m.sameWords, m.anyModule,
	} {
		if rule(name, uses) {
			return
		}
	}
}

// alsoOthers adds to the first fix the mending of other undefined names.
func (m *mender) alsoOthers(done string) {
	if len(m.fixes) == 0 {
		return
	}
	first := m.fixes[0]
	src, why := m.src, first.Explanation
	tried := map[string]bool{done: true}
	fix := first
	for range 6 {
		files, err := nsbox.Apply([]nsbox.File{{Name: m.name, Data: []byte(src)}}, fix.Edits)
		if err != nil {
			return
		}
		src = string(files[0].Data)
		next := newMender(nsbox.Problem{Evidence: nsbox.Evidence{Files: files}}, nsbox.Diagnosis{}, files[0])
		if next == nil || len(next.root.Star) > 0 {
			return
		}
		other := next.firstUndefined(tried)
		if other == "" {
			break
		}
		tried[other] = true
		uses := next.unresolved(other)
		next.from, next.to = uses[0].Start, uses[0].End
		next.undefinedName(other, uses)
		if len(next.fixes) == 0 || next.fixes[0].Rank > nsbox.RankLocal {
			fix = nsbox.Fix{}
			continue
		}
		fix = next.fixes[0]
		why += "; " + fix.Explanation
	}
	if why != first.Explanation {
		all := first
		all.Explanation, all.Edits = why, between(m.name, m.src, src)
		m.fixes = append([]nsbox.Fix{all}, m.fixes...)
	}
}

// firstUndefined is the first undefined name that was not tried.
func (m *mender) firstUndefined(tried map[string]bool) string {
	at, found := len(m.src)+1, ""
	m.root.All(func(s *syntax.Scope) {
		for _, u := range s.Uses {
			if u.Start < at && !tried[u.Text] && !names.IsBuiltin(u.Text) && s.Find(u.Text) == nil {
				at, found = u.Start, u.Text
			}
		}
	})
	return found
}

func renames(uses []*syntax.Node, to string) []edit {
	out := make([]edit, 0, len(uses))
	for _, u := range uses {
		out = append(out, edit{u.Start, u.End, to})
	}
	return out
}

// missingSelf puts self before an attribute of the class, or among a method's
// parameters.
func (m *mender) missingSelf(name string, uses []*syntax.Node) bool {
	if name == "self" || name == "this" || name == "cls" {
		return m.selfParam(name, uses)
	}
	var edits []edit
	for _, u := range uses {
		s := m.root.At(u.Start)
		f, c := s.Func(), s.Class()
		if f == nil || c == nil || f.Parent != c {
			continue
		}
		self := firstParam(f.Node)
		if self != "" && slices.Contains(m.members(c.Node), name) && !static(f.Node) {
			edits = append(edits, edit{u.Start, u.Start, self + "."})
		}
	}
	if len(edits) == 0 {
		return false
	}
	m.local("missing-self", name+" is a member of the class", edits...)
	return true
}

func static(f *syntax.Node) bool {
	return slices.ContainsFunc(f.Else, func(d *syntax.Node) bool { return d.Kind == syntax.Name && d.Text == "staticmethod" })
}

// selfParam adds the first parameter of the methods that lack it.
func (m *mender) selfParam(name string, uses []*syntax.Node) bool {
	var edits []edit
	done := map[*syntax.Node]bool{}
	for _, u := range uses {
		s := m.root.At(u.Start)
		f, c := s.Func(), s.Class()
		if f == nil || c == nil {
			continue
		}
		for f.Parent != c && f.Parent != nil && f.Parent.Func() != nil {
			f = f.Parent.Func()
		}
		if firstParam(f.Node) == "self" && name == "this" {
			edits = append(edits, edit{u.Start, u.End, "self"})
		} else if !done[f.Node] && name != "this" {
			done[f.Node] = true
			edits = append(edits, m.addParam(f.Node, name))
		}
	}
	if len(edits) == 0 {
		return false
	}
	m.local("missing-self", "a method's first parameter is the object", edits...)
	return true
}

// addParam makes name the first parameter of f.
func (m *mender) addParam(f *syntax.Node, name string) edit {
	at := f.Left.Start
	if len(f.Left.Kids) > 0 {
		name += ", "
	}
	return edit{at, at, name}
}

// foreignCalls are functions of other languages: what they are called in Python,
// and the module for that.
var foreignCalls = map[string][2]string{
	"console.log": {"print"}, "console.error": {"print"}, "console.info": {"print"}, "System.out.println": {"print"}, "System.out.print": {"print"},
	"fmt.Println": {"print"}, "fmt.Print": {"print"}, "Console.WriteLine": {"print"}, "Math.sqrt": {"math.sqrt", "math"}, "Math.floor": {"math.floor", "math"},
	"Math.ceil": {"math.ceil", "math"}, "Math.pow": {"pow"}, "Math.abs": {"abs"}, "Math.max": {"max"}, "Math.min": {"min"},
	"Math.round": {"round"}, "Math.PI": {"math.pi", "math"}, "Math.E": {"math.e", "math"}, "Math.random": {"random.random", "random"},
	"Math.log": {"math.log", "math"}, "Math.sin": {"math.sin", "math"}, "Math.cos": {"math.cos", "math"}, "Math.hypot": {"math.hypot", "math"},
	"Math.trunc": {"math.trunc", "math"}, "JSON.stringify": {"json.dumps", "json"}, "JSON.parse": {"json.loads", "json"},
	"Object.keys": {"list"}, "Number.parseInt": {"int"}, "Date.now": {"time.time", "time"}, "Integer.parseInt": {"int"}, "String.valueOf": {"str"},
}

// foreignCall replaces calls such as console.log.
func (m *mender) foreignCall(name string, uses []*syntax.Node) bool {
	var edits []edit
	imports := map[string]bool{}
	for _, u := range uses {
		n := u
		for m.up(n) != nil && m.up(n).Kind == syntax.Attr {
			n = m.up(n)
		}
		if to, ok := foreignCalls[m.code(n)]; ok {
			edits = append(edits, edit{n.Start, n.End, to[0]})
			imports[to[1]] = true
		}
	}
	if len(edits) == 0 || len(edits) < len(uses) {
		return false
	}
	for mod := range imports {
		if mod != "" && m.root.Find(mod) == nil {
			edits = append(edits, m.withImport("import "+mod))
		}
	}
	m.local("foreign-call", name+" is of another language", edits...)
	return true
}

// aliases are the names that everybody imports these modules by.
var aliases = map[string]string{
	"np": "numpy", "pd": "pandas", "plt": "matplotlib.pyplot", "dt": "datetime", "ET": "xml.etree.ElementTree", "mp": "multiprocessing",
}

// moduleName imports the module that a name is used as.
func (m *mender) moduleName(name string, uses []*syntax.Node) bool {
	module, statement := name, "import "+name
	if full, ok := aliases[name]; ok {
		module, statement = full, "import "+full+" as "+name
	}
	members, ok := names.Module(module)
	if !ok {
		if names.IsModule(module) && m.up(uses[0]) != nil && m.up(uses[0]).Kind == syntax.Attr {
			m.local("missing-import", "the module is not imported", m.withImport(statement))
			return true
		}
		return m.moduleCase(name, uses)
	}
	for _, u := range uses {
		a := m.up(u)
		if a == nil || a.Kind != syntax.Attr || a.Left != u {
			return false
		}
		if next := m.up(a); next != nil && next.Kind == syntax.Attr && names.IsModule(name+"."+a.Text) {
			if !slices.Contains(members, a.Text) {
				statement = "import " + name + "." + a.Text
			}
			continue
		}
		if !slices.Contains(members, a.Text) && !names.External(module) {
			if _, near := source.Clear(source.Near(a.Text, members)); !near {
				return false
			}
		}
	}
	m.local("missing-import", "the module "+module+" is not imported", m.withImport(statement))
	return true
}

// moduleCase mends the case of a module's name, imported or not.
func (m *mender) moduleCase(name string, uses []*syntax.Node) bool {
	lower := strings.ToLower(name)
	members, ok := names.Module(lower)
	if lower == name || !ok || m.root.Find(lower) != nil {
		return false
	}
	for _, u := range uses {
		if a := m.up(u); a == nil || a.Kind != syntax.Attr || !slices.Contains(members, a.Text) {
			return false
		}
	}
	m.local("missing-import", "the module "+lower+" is not imported", append(renames(uses, lower), m.withImport("import "+lower))...)
	return true
}

// wholeKeyword mends a statement that is nothing but a misspelled keyword.
func (m *mender) wholeKeyword(name string, uses []*syntax.Node) bool {
	u := uses[0]
	s := m.up(u)
	if s == nil {
		return false
	}
	if s.Kind == syntax.Expr {
		found := source.Near(name, []string{"pass", "break", "continue", "return"})
		to, ok := source.Clear(found)
		if !ok {
			return false
		}
		own := source.Near(name, m.root.At(u.Start).Visible())
		if len(own) > 0 && own[0].Cost <= found[0].Cost {
			return false
		}
		m.local("keyword-typo", name+" is a slip of "+to, renames(uses[:1], to)...)
		return true
	}
	return m.returnTypo(name, u)
}

// returnTypo mends "retrun (x)" and "retrun -x", which are well-formed.
func (m *mender) returnTypo(name string, u *syntax.Node) bool {
	top := m.up(u)
	for top != nil && !isStatement(top) {
		if top.Start != u.Start {
			return false
		}
		top = m.up(top)
	}
	if top == nil || top.Kind != syntax.Expr || len(name) < 4 {
		return false
	}
	// "retrun(x)" as well as "prnt(x)" are calls: the nearer word wins.
	for _, k := range []string{"return", "raise", "assert", "del", "yield", "await"} {
		d := source.Distance(name, k)
		if d > 2 || d > len(k)/3 {
			continue
		}
		if own := source.Near(name, append(m.root.At(u.Start).Visible(), names.Builtins()...)); len(own) > 0 && own[0].Cost <= 2*d {
			return false
		}
		m.local("keyword-typo", name+" is a slip of "+k, edit{u.Start, u.End, k + " "})
		return true
	}
	return false
}

// neverSet renames a variable that is only ever changed, or only set from
// itself, to the one that was meant.
func (m *mender) neverSet(name string) bool {
	s := m.root
	start, _ := m.text.Bounds(m.d.Line)
	for _, b := range s.Bound[name] {
		if b.Kind != syntax.AugAssign && b.Node.Start < start || b.Kind == syntax.FuncDef || b.Kind == syntax.ClassDef || b.Kind == syntax.Import {
			return false
		}
	}
	var known []string
	for _, n := range s.Names {
		if slices.ContainsFunc(s.Bound[n], func(b syntax.Binding) bool { return b.Kind == syntax.Assign && b.At < start }) {
			known = append(known, n)
		}
	}
	to, ok := source.Clear(source.Near(name, known))
	if !ok {
		return false
	}
	var edits []edit
	if len(m.reads(to)) == 0 && len(m.reads(name))+len(s.Bound[name]) > 2 {
		for _, b := range s.Bound[to] {
			edits = append(edits, edit{b.At, b.At + len(to), name})
		}
	} else {
		seen := map[int]bool{}
		for _, b := range s.Bound[name] {
			seen[b.At] = true
			edits = append(edits, edit{b.At, b.At + len(name), to})
		}
		for _, u := range m.reads(name) {
			if !seen[u.Start] {
				edits = append(edits, edit{u.Start, u.End, to})
			}
		}
	}
	m.local("near-name", name+" is a slip of "+to, edits...)
	return true
}

// usedEarly moves a definition before the code that needs it.
func (m *mender) usedEarly(name string) {
	bound := m.root.Bound[name]
	if len(bound) != 1 || bound[0].Kind != syntax.FuncDef && bound[0].Kind != syntax.ClassDef {
		return
	}
	def := bound[0].Node
	first := -1
	for i, k := range m.tree.Kids {
		if k.Kind == syntax.FuncDef || k.Kind == syntax.ClassDef {
			continue
		}
		if line := m.text.LineOf(k.Start); line <= m.d.Line && m.d.Line <= m.text.LineOf(max(k.End-1, 0)) {
			first = i
		}
	}
	if first < 0 || m.tree.Kids[first].Start > def.Start || !slices.Contains(m.tree.Kids, def) {
		return
	}
	start := def.Start
	if len(def.Else) > 0 {
		start, _ = m.text.Bounds(m.text.LineOf(def.Else[0].Start))
	}
	stop := m.text.Next(m.text.LineOf(max(def.End-1, 0)))
	body := m.src[start:stop]
	if !strings.HasSuffix(body, "\n") {
		body += "\n"
	}
	at, _ := m.text.Bounds(m.text.LineOf(m.tree.Kids[first].Start))
	m.shape("used-early", name+" is defined after it is used", edit{at, at, body + "\n\n"}, edit{start, stop, ""})
}
