package javascript

import (
	"slices"
	"strings"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/internal/source"
)

// undefined is for a name that nothing declares.
func undefined(f *failure, m []string) {
	name := m[1]
	i := f.near(func(i int) bool { return f.c.word(i) && f.c.toks[i].Text == name && !f.c.member(i) })
	if i < 0 {
		return
	}
	f.at = i
	for _, try := range []func(*failure, string, int){
		foreignName, thisMember, importModule, importName, wrongName, unqualified, sightless, undeclared, catchName,
	} {
		if try(f, name, i); len(f.fixes) > 0 {
			return
		}
	}
}

// foreignNames are names of other languages.
var foreignNames = map[string]string{
	"None": "null", "nil": "null", "NULL": "null", "True": "true", "False": "false", "self": "this", "Self": "this", "TRUE": "true", "FALSE": "false",
	"println": "console.log", "puts": "console.log", "echo": "console.log", "print": "console.log", "printf": "console.log", "printLine": "console.log",
	"str": "String", "int": "parseInt", "float": "parseFloat", "bool": "Boolean", "Nil": "null", "Null": "null", "undefine": "undefined",
}

func foreignName(f *failure, name string, i int) {
	to, ok := foreignNames[name]
	if name == "len" && f.c.is(i+1, "(") {
		f.length(i)
		return
	}
	if name == "System" && f.c.is(i+1, ".") && f.c.is(i+2, "out") && f.c.is(i+3, ".") {
		f.propose(nsbox.RankLocal, "foreign-name", "System.out.println is written console.log", edit{f.c.toks[i].Start, f.c.tok(i + 4).End, "console.log"})
		return
	}
	if name == "fmt" && f.c.is(i+1, ".") {
		f.propose(nsbox.RankLocal, "foreign-name", "fmt.Println is written console.log", edit{f.c.toks[i].Start, f.c.tok(i + 2).End, "console.log"})
		return
	}
	if !ok {
		return
	}
	if set1(name, "int", "float") && !f.c.is(i+1, "(") {
		return
	}
	edits := f.uses(name, to)
	if foreignValues[name] { // where one is, others are
		for other := range foreignValues {
			if other != name {
				edits = append(edits, f.uses(other, foreignNames[other])...)
			}
		}
	}
	f.propose(nsbox.RankLocal, "foreign-name", name+" is written "+to, edits...)
}

var foreignValues = set("None nil NULL True False Nil Null TRUE FALSE")

// uses replaces all uses of an undefined name.
func (f *failure) uses(name, to string) []edit {
	var out []edit
	for i, t := range f.c.toks {
		if t.Text == name && t.Kind == source.Word && f.s.reference(i) && len(f.s.visible(name, i)) == 0 {
			if f.shorthand(i) {
				out = append(out, replace(t, name+": "+to))
				continue
			}
			out = append(out, replace(t, to))
		}
	}
	return out
}

// shorthand reports whether token i is a key and its value at once: { name }.
func (f *failure) shorthand(i int) bool {
	o := f.c.outer[i]
	return f.c.is(o, "{") && f.c.is(i-1, "{", ",") && f.c.is(i+1, ",", "}") && f.c.is(o-1, "=", "(", ",", ":", "return", "[", "?", "=>")
}

// length turns len(x) into x.length.
func (f *failure) length(i int) {
	open := i + 1
	end := f.c.closing(open)
	if end >= len(f.c.toks) || end == open+1 {
		return
	}
	property := "length"
	if k := f.t.before(end - 1); k == "Map" || k == "Set" {
		property = "size"
	}
	simple := true
	for k := open + 1; k < end; k++ {
		simple = simple && (f.c.word(k) || f.c.is(k, ".", "(", ")", "[", "]") || f.c.outer[k] != open)
	}
	if simple {
		f.propose(nsbox.RankLocal, "foreign-name", "len(x) is written x."+property,
			remove(f.c.toks[i].Start, f.c.toks[open].End), replace(f.c.toks[end], "."+property))
	}
}

// thisMember is for a field or method of the class around that lacks its this.
func thisMember(f *failure, name string, i int) {
	k := f.s.classAround(i)
	if k == nil {
		f.thisOfFunction(name, i)
		return
	}
	if f.s.owner(i) == nil {
		return
	}
	if _, ok := k.members[name]; !ok && !f.usesOfThis(k, name) && !f.assignedField(name, i) {
		if _, own := k.members["#"+name]; own {
			f.propose(nsbox.RankLocal, "missing-this", name+" is a private field: this.#"+name, replace(f.c.toks[i], "this.#"+name))
		}
		return
	}
	var edits []edit
	for j := k.open; j < k.end; j++ {
		if f.c.toks[j].Text == name && f.s.reference(j) && len(f.s.visible(name, j)) == 0 && f.s.owner(j) != nil {
			if f.shorthand(j) {
				edits = append(edits, replace(f.c.toks[j], name+": this."+name))
				continue
			}
			edits = append(edits, insert(f.c.toks[j].Start, "this."))
		}
	}
	prefix := "this."
	if at, ok := k.members[name]; ok && f.c.is(at-1, "static") && k.name != "" {
		prefix = k.name + "."
		for n := range edits {
			edits[n].text = strings.Replace(edits[n].text, "this.", prefix, 1)
		}
	}
	f.propose(nsbox.RankLocal, "missing-this", name+" is a member of the class: "+prefix+name, edits...)
}

// assignedField reports whether token i is assigned to beside fields of this, and
// the program uses a property of its name.
func (f *failure) assignedField(name string, i int) bool {
	c := f.c
	if !c.is(i+1, "=") || !c.first(i) {
		return false
	}
	beside, used := false, false
	for k, t := range c.toks {
		if c.outer[k] == c.outer[i] && c.is(k, "this") && c.is(k+3, "=") {
			beside = true
		}
		if t.Text == name && c.member(k) {
			used = true
		}
	}
	return beside && used
}

// thisOfFunction is for a property of this in a function that is no class's
// method: one that makes objects, or stands on its prototype.
func (f *failure) thisOfFunction(name string, i int) {
	if f.s.owner(i) == nil {
		return
	}
	for j, t := range f.c.toks {
		if t.Text == name && f.c.member(j) && f.c.is(j-2, "this") && f.c.is(j+1, "=") {
			f.propose(nsbox.RankLocal, "missing-this", name+" is a property of the object: this."+name, insert(f.c.toks[i].Start, "this."))
			return
		}
	}
}

// usesOfThis reports whether the class uses this.name elsewhere.
func (f *failure) usesOfThis(k *class, name string) bool {
	for j := k.open; j < k.end; j++ {
		if f.c.toks[j].Text == name && f.c.member(j) && f.c.is(j-2, "this") {
			return true
		}
	}
	return false
}

// importModule brings in a module of Node whose name is used as a variable.
func importModule(f *failure, name string, i int) {
	module := name
	if to, ok := usualNames[name]; ok {
		module = to
	}
	key := moduleKey(module)
	if key == "" {
		return
	}
	if f.c.is(i+1, ".") && f.c.word(i+2) {
		members := names(key)
		if !slices.Contains(members, f.c.toks[i+2].Text) {
			if _, ok := slipOf(f.c.toks[i+2].Text, members); !ok {
				return // another thing of the same name
			}
		}
	} else if !f.c.is(i+1, "(") && !f.c.is(i-1, "(", ",") {
		return
	}
	f.bring(nsbox.RankLocal, name, module, true)
}

// usualNames are names that modules commonly have.
var usualNames = map[string]string{
	"cp": "child_process", "childProcess": "child_process", "fsp": "fs/promises", "fsPromises": "fs/promises",
	"queryString": "querystring", "workerThreads": "worker_threads", "perfHooks": "perf_hooks", "stringDecoder": "string_decoder",
}

// preferred are modules for names that several export.
var preferred = map[string]string{
	"EventEmitter": "events", "promisify": "util", "inspect": "util", "format": "util", "join": "path", "resolve": "path", "basename": "path",
	"dirname": "path", "extname": "path", "readFileSync": "fs", "writeFileSync": "fs", "existsSync": "fs", "createInterface": "readline",
	"createHash": "crypto", "randomBytes": "crypto", "randomInt": "crypto", "Worker": "worker_threads", "isMainThread": "worker_threads",
	"Readable": "stream", "Writable": "stream", "Transform": "stream", "pipeline": "stream", "strictEqual": "assert", "deepStrictEqual": "assert",
	"deepEqual": "assert", "AsyncLocalStorage": "async_hooks", "createServer": "http", "execSync": "child_process", "exec": "child_process",
	"spawn": "child_process", "StringDecoder": "string_decoder", "once": "events", "isDeepStrictEqual": "util", "Duplex": "stream", "PassThrough": "stream",
	"readFile": "fs/promises", "writeFile": "fs/promises", "performance": "perf_hooks", "mkdirSync": "fs", "parseArgs": "util", "finished": "stream/promises",
}

// importName brings in what one module of Node exports.
func importName(f *failure, name string, i int) {
	module, ok := preferred[name]
	if !ok || !f.c.is(i+1, "(", ".") && !f.c.is(i-1, "new", "extends", "(", ",", "=") {
		return
	}
	if _, ok := slipOf(name, f.s.inScope(i)); ok {
		return
	}
	// What else of the module is used, and is declared nowhere, lacks the same
	// import.
	wanted := []string{name}
	for k, t := range f.c.toks {
		if t.Kind == source.Word && !slices.Contains(wanted, t.Text) && f.s.reference(k) && f.c.is(k+1, "(") && !f.s.known(k) {
			if m, ok := lookup(moduleKey(module), t.Text); ok && m.function {
				wanted = append(wanted, t.Text)
			}
		}
	}
	f.bring(nsbox.RankLocal, strings.Join(wanted, ", "), module, false)
}

// bring adds an import or require of a module, as the file has it.
func (f *failure) bring(rank nsbox.Rank, name, module string, all bool) {
	src := f.c.src
	spec, quote := module, `"`
	if strings.Contains(src, `"node:`) || strings.Contains(src, `'node:`) {
		spec = "node:" + module
	}
	if strings.Count(src, "'") > strings.Count(src, `"`) {
		quote = "'"
	}
	esm := f.esm()
	text := ""
	switch {
	case esm && all:
		text = "import " + name + " from " + quote + spec + quote + ";\n"
	case esm:
		text = "import { " + name + " } from " + quote + spec + quote + ";\n"
	case all:
		text = "const " + name + " = require(" + quote + spec + quote + ");\n"
	default:
		text = "const { " + name + " } = require(" + quote + spec + quote + ");\n"
	}
	f.propose(rank, "missing-import", name+" comes from the module "+module, insert(f.importPlace(), text))
}

// esm reports whether the file is an ES module.
func (f *failure) esm() bool {
	if strings.HasSuffix(f.file.Name, ".mjs") || typed(f.file.Name) && !strings.HasSuffix(f.file.Name, ".cts") {
		return true
	}
	for i := range f.c.toks {
		if f.c.outer[i] == -1 && f.c.first(i) && (f.c.is(i, "import") && !f.c.is(i+1, "(", ".") || f.c.is(i, "export")) {
			return true
		}
	}
	return false
}

// importPlace is before the first import or require, or at the top below a
// comment and "use strict".
func (f *failure) importPlace() int {
	c := f.c
	for i := range c.toks {
		if c.outer[i] != -1 || !c.first(i) {
			continue
		}
		if c.is(i, "import") || c.is(i, "const", "let", "var") && slices.ContainsFunc([]int{i + 3, i + 5, i + 7}, func(k int) bool { return c.is(k, "require") && c.line(k) == c.line(i) }) {
			return c.toks[i].Start
		}
	}
	if len(c.toks) == 0 {
		return 0
	}
	at := c.toks[0].Start
	if c.toks[0].Kind == source.String && strings.Contains(c.toks[0].Text, "use ") {
		return c.text.Next(c.line(0))
	}
	return at
}

// wrongName is for a slip of a name that is in scope.
func wrongName(f *failure, name string, i int) {
	pool := f.s.inScope(i)
	called := f.c.is(i+1, "(")
	if called || f.c.is(i-1, "new") {
		if to, ok := slipOf(name, f.callable(i)); ok {
			if all, ok := slipOf(name, append(slices.Clone(pool), usualGlobals...)); !ok || all == to {
				f.renamed(name, to, i)
				return
			}
		}
	}
	everything := append(slices.Clone(pool), usualGlobals...)
	to, ok := f.unusedNear(name, i)
	if !ok {
		to, ok = slipOf(name, everything)
	}
	if !ok && len(name) <= 3 {
		to, ok = nearest(name, pool)
	}
	if near := spelling(name); len(near) > 0 && !ok {
		if !slices.ContainsFunc(source.Near(name, everything), func(m source.Match) bool { return m.Cost <= 2 }) {
			for _, k := range near {
				f.propose(nsbox.RankLocal, "keyword-typo", name+" is a slip of "+k, replace(f.c.toks[i], k))
			}
			f.fixes = f.fixes[:min(len(f.fixes), 2)]
			return
		}
	}
	if ok {
		if kw := keywordBefore(f, name, to, i); kw != "" {
			f.propose(nsbox.RankLocal, "keyword-typo", name+" is a slip of "+kw, replace(f.c.toks[i], kw))
			return
		}
		f.renamed(name, to, i)
	}
}

// unusedNear is the one near name that is declared and never used: one of the
// two is misspelt.
func (f *failure) unusedNear(name string, i int) (string, bool) {
	var pool []string
	for _, d := range f.s.decls {
		if !(d.from < i && i <= d.to) || slices.Contains(pool, d.name) {
			continue
		}
		used := false
		for k := range f.c.toks {
			used = used || f.c.toks[k].Text == d.name && k != d.tok && f.s.reference(k)
		}
		if !used {
			pool = append(pool, d.name)
		}
	}
	return slipOf(name, pool)
}

// keywordBefore prefers a keyword where a statement begins with the name and
// that is nearer than any variable.
func keywordBefore(f *failure, name, to string, i int) string {
	if !f.c.first(i) || f.c.is(i+1, ".", "=", "[", "+=", "++") {
		return ""
	}
	for _, k := range spelling(name) {
		if source.Distance(name, k) < source.Distance(name, to) {
			return k
		}
	}
	return ""
}

// callable lists the functions and classes that token i sees.
func (f *failure) callable(i int) []string {
	var out []string
	for _, d := range f.s.decls {
		if d.from < i && i <= d.to && (d.kind == functionDecl || d.kind == classDecl || d.kind == importDecl || d.kind != paramDecl && f.t.declared(d) == "Function") {
			out = append(out, d.name)
		}
	}
	return out
}

// usualGlobals are the globals that programs name.
var usualGlobals = strings.Fields("console Math JSON Object Array String Number Boolean Map Set WeakMap WeakSet Promise Date RegExp Error TypeError RangeError " +
	"Symbol BigInt parseInt parseFloat isNaN isFinite undefined Infinity NaN process require module exports setTimeout setInterval clearTimeout clearInterval " +
	"setImmediate queueMicrotask structuredClone Intl Reflect Proxy globalThis Buffer fetch URL URLSearchParams performance Function Iterator encodeURIComponent decodeURIComponent " +
	"Int32Array Uint8Array Float64Array SyntaxError ReferenceError AggregateError EvalError crypto")

// renamed takes name for a slip of to. Where to is declared and never used, and
// name is used often, it is the declaration that is misspelt.
func (f *failure) renamed(name, to string, i int) {
	uses := f.uses(name, to)
	if found := f.s.visible(to, i); len(found) > 0 {
		d := found[0]
		others := 0
		for k, t := range f.c.toks {
			if t.Text == to && k != d.tok && f.s.reference(k) && d.from < k && k <= d.to {
				others++
			}
		}
		if others == 0 && len(uses) > 1 && d.kind != importDecl && !f.patternKey(d.tok) {
			f.propose(nsbox.RankLocal, "near-name", "the declaration of "+to+" is a slip of "+name, replace(f.c.toks[d.tok], name))
			return
		}
	}
	f.propose(nsbox.RankLocal, "near-name", name+" is a slip of "+to, uses...)
}

// patternKey reports whether a declaration takes a property of the same name.
func (f *failure) patternKey(tok int) bool {
	o := f.c.outer[tok]
	return f.c.is(o, "{") && f.c.is(tok-1, "{", ",")
}
