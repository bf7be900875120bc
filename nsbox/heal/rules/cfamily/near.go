package cfamily

import (
	"slices"
	"strings"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/internal/lazyre"
	"github.com/nsbox/nsbox/nsbox/internal/source"
)

// hinted finds the name that the compiler proposes.
var hinted = lazyre.New(`did you mean '(?:std::)?([\w:]+)'`)

// use is what a name is used as.
type use int

const (
	asValue use = iota
	asCall
	asType
	asMember
)

func (f *code) useOf(i int) use {
	next, prev := f.tok(i+1), f.tok(i-1)
	switch {
	case prev.Text == "." || prev.Text == "->":
		return asMember
	case next.Text == "(":
		return asCall
	case next.Kind == source.Word && f.line(i) == f.line(i+1) || next.Text == "<" && f.cpp || next.Text == "::":
		return asType
	case (next.Text == "*" || next.Text == "&") && f.tok(i+2).Kind == source.Word && f.startsStatement(i):
		return asType
	case prev.Text == "struct" || prev.Text == "class" || prev.Text == "public" && f.is(i+1, "{"):
		return asType
	}
	return asValue
}

func (f *code) startsStatement(i int) bool {
	p := f.tok(i - 1).Text
	return i == 0 || p == ";" || p == "{" || p == "}" || p == ")" || p == ":" || p == "else" || p == "("
}

// candidate is a name that may have been meant.
type candidate struct {
	name string
	cost int
}

// fits is the penalty of a declaration of kind k for the use u.
func fits(u use, k kind) int {
	switch u {
	case asCall:
		if k == aFunction || k == aMacro || k == aType {
			return 0
		}
		return 1
	case asType:
		if k == aType {
			return 0
		}
		return 2
	case asMember:
		if k == aMember || k == aFunction {
			return 0
		}
		return 3
	}
	if k == aFunction || k == aType {
		return 1
	}
	if k == aMember {
		return 1
	}
	return 0
}

// nearest replaces an unknown name by the nearest one that can be seen there.
// Own names come before the standard library's, and those before keywords, but
// for a word at which a statement begins. Two that are equally near are one too
// many, even where the compiler proposes one of them.
func (f *code) nearest(d *nsbox.Diagnosis, name string, i int) []idea {
	u := f.useOf(i)
	own := map[string]int{}
	var pool []string
	add := func(n string, penalty int) {
		if n == name {
			return
		}
		if old, ok := own[n]; !ok || penalty < old {
			if !ok {
				pool = append(pool, n)
			}
			own[n] = penalty
		}
	}
	for _, v := range f.visible(i) {
		if v.at == i {
			continue
		}
		if v.kind == aFunction && v.method && u == asCall && f.is(i-1, "::") {
			add(v.name, 0)
			continue
		}
		add(v.name, fits(u, v.kind))
	}
	if !f.is(i-1, "::") {
		keywordPenalty := 1
		if f.startsStatement(i) && !binaryNext(f.tok(i+1)) && u != asCall || u == asType {
			keywordPenalty = 0
		}
		words := cKeywords
		if f.cpp {
			words = cppKeywords
		}
		for w := range words {
			p := keywordPenalty
			if u == asCall && controlWords[w] {
				p = 0
			}
			add(w, p)
		}
		for _, n := range f.libraryNames(false, u == asCall && !f.cpp) {
			add(n, 1)
		}
		if f.cpp && f.usingStd() {
			for _, n := range f.libraryNames(true, false) {
				add(n, 1)
			}
		}
		if f.count["main"] == 0 && name != "main" {
			add("main", 3)
		}
	}
	best, ok := f.choose(d, name, pool, own)
	if !ok {
		return f.stdNear(d, name, i)
	}
	return []idea{f.rename(name, best, i)}
}

func binaryNext(t source.Token) bool {
	return t.Text == "=" || t.Text == "." || t.Text == "->" || t.Text == "[" || t.Text == ";" || t.Text == ")" || t.Text == "++" || t.Text == "--" || binary[t.Text] > 0
}

// choose picks the nearest of pool, whose names have penalties.
func (f *code) choose(d *nsbox.Diagnosis, name string, pool []string, penalty map[string]int) (string, bool) {
	told := ""
	if m := hinted.FindStringSubmatch(d.Message); m != nil {
		told = m[1]
	}
	if _, ok := penalty[told]; told != "" && !ok && !slices.Contains(pool, told) {
		pool = append(pool, told) // the compiler sees names that are not in our tables
	}
	best, tie := candidate{cost: 1 << 20}, false
	for _, m := range source.Near(name, pool) {
		c := candidate{m.Name, 2*m.Cost + penalty[m.Name]}
		switch {
		case c.cost < best.cost:
			best, tie = c, false
		case c.cost == best.cost:
			tie = true
		}
	}
	if best.name != "" && !tie {
		return best.name, true
	}
	if best.name == "" && told != "" && len(f.byName[told]) > 0 && alike(name, told) {
		return told, true
	}
	return "", false
}

// streams prefers the streams where a statement begins with one.
func (f *code) streams(i int) map[string]int {
	start := i
	if f.is(i-1, "::") {
		start = i - 2
	}
	switch {
	case !f.startsStatement(start):
	case f.is(i+1, "<<"):
		return map[string]int{"cout": -3, "cerr": -3, "clog": -3}
	case f.is(i+1, ">>"):
		return map[string]int{"cin": -3}
	}
	return nil
}

// alike reports whether one word is a part of the other, or most letters agree:
// circle_area and calculate_area.
func alike(a, b string) bool {
	if len(a) >= 3 && len(b) >= 3 && (strings.Contains(a, b) || strings.Contains(b, a)) {
		return true
	}
	n := max(len(a), len(b))
	return source.Distance(strings.ToLower(a), strings.ToLower(b)) <= n/2
}

// rename replaces name wherever it is used unqualified and nothing of that name
// can be seen.
func (f *code) rename(name, to string, i int) idea {
	out := idea{
		rule: "name", why: "\"" + name + "\" is not known; \"" + to + "\" is", rank: nsbox.RankSuggested, sure: true,
	}
	member := f.useOf(i) == asMember
	for k, t := range f.toks {
		if t.Text != name || t.Kind != source.Word {
			continue
		}
		if v, ok := f.declared(name, k); ok && k != i && v.at != i {
			continue
		}
		if dotted := f.is(k-1, ".") || f.is(k-1, "->"); dotted != member && k != i {
			continue
		}
		out.edits = append(out.edits, f.replace(k, to))
	}
	return out
}

// stdNear tries the names of the namespace std, with the prefix.
func (f *code) stdNear(d *nsbox.Diagnosis, name string, i int) []idea {
	if !f.cpp || f.usingStd() || f.is(i-1, "::") {
		return nil
	}
	best, ok := f.choose(d, name, f.libraryNames(true, false), f.streams(i))
	if !ok {
		return nil
	}
	out := f.rename(name, "std::"+best, i)
	out.rank = nsbox.RankLocal
	return []idea{out}
}

// caseTwin is for a name that is there, but of another kind than is asked for,
// while one that differs in case alone would do: withdraw and WITHDRAW.
func caseTwin(_ *ctx, f *code, d *nsbox.Diagnosis, _ []string) []idea {
	i := f.at(d)
	t := f.tok(i)
	v, ok := f.declared(t.Text, i)
	if t.Kind != source.Word || !ok || f.is(i+1, "(") {
		return nil
	}
	found := ""
	for _, other := range f.visible(i) {
		if other.name != t.Text && other.kind != v.kind && other.kind != aType && strings.EqualFold(other.name, t.Text) {
			if found != "" && found != other.name {
				return nil
			}
			found = other.name
		}
	}
	if found == "" {
		return nil
	}
	return []idea{{rule: "name", why: "\"" + found + "\" is meant, not \"" + t.Text + "\"", edits: []nsbox.Edit{f.replace(i, found)}, rank: nsbox.RankLocal, sure: true}}
}

// unknownStd is for std::name that is not there: not included, or misspelled.
func unknownStd(_ *ctx, f *code, d *nsbox.Diagnosis, m []string) []idea {
	name := m[1]
	i := f.find(d, name)
	if i < 0 {
		return nil
	}
	header, std := f.headerOf(name)
	if told := toldHeader(d); header == "" {
		header = told
	}
	if header != "" && !f.includes(header) {
		return []idea{{
			rule: "include", why: "\"std::" + name + "\" is declared in <" + header + ">",
			edits: []nsbox.Edit{f.insertInclude(header)}, rank: nsbox.RankCertain, sure: true,
		}}
	}
	if std {
		return nil
	}
	if best, ok := f.choose(d, name, f.libraryNames(true, false), f.streams(i)); ok {
		return []idea{f.rename(name, best, i)}
	}
	if best, ok := f.choose(d, name, f.libraryNames(true, true), f.streams(i)); ok {
		return []idea{f.rename(name, best, i)}
	}
	if len(f.byName[name]) > 0 && f.is(i-1, "::") && f.is(i-2, "std") {
		e := nsbox.Edit{File: f.name, Start: f.tok(i - 2).Start, End: f.tok(i).Start}
		return []idea{{rule: "std", why: "\"" + name + "\" is the program's own", edits: []nsbox.Edit{e}, rank: nsbox.RankLocal}}
	}
	// What an older C has and C++ has not in std.
	if h := cLibrary().header[name]; h != "" {
		e := nsbox.Edit{File: f.name, Start: f.tok(i - 2).Start, End: f.tok(i).Start}
		if f.is(i-1, "::") && f.is(i-2, "std") && f.includes(cppHeader(h)) {
			return []idea{{rule: "std", why: "\"" + name + "\" is not of the namespace std", edits: []nsbox.Edit{e}, rank: nsbox.RankLocal}}
		}
	}
	return toolFix(nil, f, d, nil)
}

// unknownIn is for Class::name or space::name that is not there.
func unknownIn(_ *ctx, f *code, d *nsbox.Diagnosis, m []string) []idea {
	i := f.find(d, m[1])
	if i < 0 {
		return nil
	}
	if strings.HasPrefix(m[2], "std") {
		return toolFix(nil, f, d, nil)
	}
	var pool []string
	for _, v := range f.decls {
		pool = append(pool, v.name)
	}
	if best, ok := f.choose(d, m[1], pool, nil); ok {
		out := f.rename(m[1], best, i)
		out.edits = []nsbox.Edit{f.replace(i, best)}
		return []idea{out}
	}
	return toolFix(nil, f, d, nil)
}

// undefinedSymbol is for what the linker does not find.
func undefinedSymbol(c *ctx, f *code, d *nsbox.Diagnosis, m []string) []idea {
	symbol := m[1]
	if symbol == "main" {
		return f.misspelledMain()
	}
	if at := strings.IndexByte(symbol, '('); at > 0 {
		symbol = symbol[:at]
	}
	scope := ""
	if at := strings.LastIndex(symbol, "::"); at >= 0 {
		scope, symbol = symbol[:at], symbol[at+2:]
	}
	if scope != "" {
		return f.unscoped(scope, symbol)
	}
	if out := f.misspelledDefinition(symbol); len(out) > 0 {
		return out
	}
	return unknown(c, f, d, []string{"", symbol})
}

// misspelledMain renames the function that is nearly called main.
func (f *code) misspelledMain() []idea {
	var pool []string
	for _, v := range f.decls {
		if v.kind == aFunction && !v.method {
			pool = append(pool, v.name)
		}
	}
	for _, m := range source.Near("main", pool) {
		if f.count[m.Name] == 1 {
			i := f.decls[f.byName[m.Name][0]].at
			return []idea{{rule: "main", why: "a program begins at main", edits: []nsbox.Edit{f.replace(i, "main")}, rank: nsbox.RankLocal}}
		}
	}
	return nil
}

// misspelledDefinition renames the definition that nobody uses to the declared
// and used name it nearly has.
func (f *code) misspelledDefinition(symbol string) []idea {
	var pool []string
	for _, v := range f.decls {
		if v.kind == aFunction && f.count[v.name] == 1 && v.name != "main" {
			pool = append(pool, v.name)
		}
	}
	best, ok := source.Clear(source.Near(symbol, pool))
	if !ok || len(f.byName[symbol]) == 0 {
		return nil
	}
	i := f.decls[f.byName[best][0]].at
	return []idea{{
		rule: "definition", why: "\"" + symbol + "\" is declared and used, but \"" + best + "\" is defined",
		edits: []nsbox.Edit{f.replace(i, symbol)}, rank: nsbox.RankLocal,
	}}
}

// unscoped puts Class:: before the definition of a method that lacks it, or
// mends its spelling.
func (f *code) unscoped(scope, symbol string) []idea {
	for _, k := range f.byName[symbol] {
		v := f.decls[k]
		if v.kind == aFunction && !v.method && f.enclosing(v.at, "{") < 0 {
			return []idea{{
				rule: "scope", why: "\"" + symbol + "\" is a member of " + scope,
				edits: []nsbox.Edit{f.insert(f.tok(v.at).Start, scope+"::")}, rank: nsbox.RankLocal,
			}}
		}
	}
	return nil
}
