package javascript

import (
	"path"
	"strings"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/internal/source"
)

// noModule is for a module that is not found: its name is misspelt, or its path.
func noModule(f *failure, m []string) {
	c := f.c
	want := m[1]
	for i, t := range c.toks {
		if t.Kind != source.String || !c.specifier(i) {
			continue
		}
		spec := unquote(t.Text)
		if spec != want && !strings.HasSuffix(path.Clean(want), path.Clean("/"+strings.TrimPrefix(spec, "./"))) && strings.TrimPrefix(spec, "node:") != want {
			continue
		}
		if to, ok := f.module(spec); ok && to != spec {
			q := t.Text[:1]
			f.propose(nsbox.RankLocal, "module-name", spec+" is not there; "+to+" is", replace(t, q+to+q))
			return
		}
	}
}

// specifier reports whether token i names a module.
func (c *code) specifier(i int) bool {
	return c.is(i-1, "from", "import") || c.is(i-1, "(") && c.is(i-2, "require", "import")
}

// module finds the module that spec is meant to be.
func (f *failure) module(spec string) (string, bool) {
	dir := path.Dir(f.file.Name)
	var own []string
	for _, o := range f.p.Files {
		if o.Name == f.file.Name {
			continue
		}
		rel := relativeTo(dir, o.Name)
		own = append(own, rel)
		base := strings.TrimSuffix(rel, path.Ext(rel))
		if spec == base || "./"+spec == base || "./"+spec == rel {
			if f.esm() && !typed(f.file.Name) || "./"+spec == rel {
				return rel, true
			}
			return base, true
		}
		if !f.esm() {
			own = append(own, base)
		}
	}
	if strings.HasPrefix(spec, ".") {
		return slipOf(spec, own)
	}
	prefix := ""
	name := spec
	if n, ok := strings.CutPrefix(spec, "node:"); ok {
		prefix, name = "node:", n
	}
	if to, ok := usualNames[name]; ok {
		return prefix + to, true
	}
	if to, ok := nearest(name, modules()); ok {
		return prefix + to, true
	}
	return "", false
}

// relativeTo is how a file in dir names another.
func relativeTo(dir, name string) string {
	up := ""
	for dir != "." && dir != "" && !strings.HasPrefix(name, dir+"/") {
		up += "../"
		dir = path.Dir(dir)
	}
	if dir != "." && dir != "" {
		name = strings.TrimPrefix(name, dir+"/")
	}
	if up == "" {
		up = "./"
	}
	return up + name
}

// noExport is for a name that a module does not export.
func noExport(f *failure, m []string) {
	module, name := m[1], m[2]
	var pool []string
	if key := moduleKey(module); key != "" {
		pool = names(key)
	} else {
		for _, o := range f.p.Files {
			if path.Base(strings.TrimSuffix(o.Name, path.Ext(o.Name))) == path.Base(strings.TrimSuffix(module, path.Ext(module))) {
				pool = append(pool, exported(newCode(o.Name, string(o.Data)))...)
				if name == "default" {
					f.defaultImport(pool)
					return
				}
			}
		}
	}
	i := f.near(func(i int) bool { return f.c.is(i, name) && f.c.is(f.c.outer[i], "{") })
	if i < 0 {
		return
	}
	to, ok := slipOf(name, pool)
	if !ok {
		return
	}
	if f.c.is(i+1, "as") {
		f.propose(nsbox.RankLocal, "near-export", name+" is a slip of "+to, replace(f.c.toks[i], to))
		return
	}
	edits := one(replace(f.c.toks[i], to))
	for k, t := range f.c.toks {
		if k != i && t.Text == name && f.s.reference(k) {
			edits = append(edits, replace(t, to))
		}
	}
	f.propose(nsbox.RankLocal, "near-export", name+" is a slip of "+to, edits...)
}

// defaultImport takes a name that a module exports by name.
func (f *failure) defaultImport(pool []string) {
	i := f.near(func(i int) bool { return f.c.ident(i) && f.c.is(i-1, "import") && f.c.is(i+1, "from") })
	if i < 0 {
		return
	}
	for _, e := range pool {
		if e == f.c.toks[i].Text {
			f.propose(nsbox.RankLocal, "named-export", e+" is exported by its name", edit{f.c.toks[i].Start, f.c.toks[i].End, "{ " + e + " }"})
			return
		}
	}
}

// exported lists the names that a module exports.
func exported(c *code) []string {
	var out []string
	for i := range c.toks {
		if !c.is(i, "export") {
			continue
		}
		j := i + 1
		for c.is(j, "async", "function", "class", "const", "let", "var", "*", "type", "interface", "enum", "abstract") {
			j++
		}
		if c.ident(j) && j > i+1 {
			out = append(out, c.toks[j].Text)
		}
		if c.is(i+1, "{") {
			for k := i + 2; k < c.closing(i+1); k++ {
				if c.word(k) && !c.is(k, "as") && !c.is(k+1, "as") {
					out = append(out, c.toks[k].Text)
				}
			}
		}
	}
	return out
}

// inModule is for what only CommonJS has, in an ES module.
func inModule(f *failure, m []string) {
	c := f.c
	switch m[1] {
	case "require":
		f.propose(nsbox.RankLocal, "require-in-module", "an ES module takes others with import", f.requires()...)
	case "__dirname":
		f.propose(nsbox.RankLocal, "commonjs-name", "an ES module has import.meta.dirname", everywhere(c, "__dirname", "import.meta.dirname")...)
	case "__filename":
		f.propose(nsbox.RankLocal, "commonjs-name", "an ES module has import.meta.filename", everywhere(c, "__filename", "import.meta.filename")...)
	case "module", "exports":
		f.propose(nsbox.RankLocal, "exports-in-module", "an ES module exports with export", f.moduleExports()...)
	}
}

// requires turns every "const x = require(m)" into an import.
func (f *failure) requires() []edit {
	c := f.c
	var out []edit
	for i := range c.toks {
		if !c.is(i, "require") || !c.is(i+1, "(") || !c.is(i+3, ")") || c.toks[i+2].Kind != source.String || !c.is(i-1, "=") || c.is(i+4, ".", "(") {
			continue
		}
		start := i - 2
		if c.is(start, "}") && c.pair[start] > 0 {
			start = c.pair[start]
		}
		if !c.is(start-1, "const", "let", "var") || c.outer[start] != -1 {
			return nil
		}
		binding := strings.TrimSpace(c.src[c.toks[start].Start:c.toks[i-1].Start])
		if strings.HasPrefix(binding, "{") {
			binding = strings.ReplaceAll(binding, ":", " as")
		}
		out = append(out, edit{c.toks[start-1].Start, c.toks[i+3].End, "import " + binding + " from " + c.toks[i+2].Text})
	}
	return out
}

// moduleExports turns "module.exports = { a, b }" into an export.
func (f *failure) moduleExports() []edit {
	c := f.c
	for i := range c.toks {
		if !c.is(i, "module") || !c.is(i+2, "exports") {
			continue
		}
		switch {
		case c.is(i+3, "=") && c.is(i+4, "{") && c.pair[i+4] > 0:
			for k := i + 5; k < c.pair[i+4]; k++ {
				if !c.ident(k) && !c.is(k, ",") {
					return nil
				}
			}
			return one(edit{c.toks[i].Start, c.toks[i+3].End, "export"})
		case c.is(i+3, "="):
			return one(edit{c.toks[i].Start, c.toks[i+3].End, "export default"})
		}
		return nil
	}
	return nil
}

// importOutside turns the imports of a CommonJS file into requires.
func importOutside(f *failure, _ []string) {
	c := f.c
	var edits []edit
	for i := range c.toks {
		if !c.is(i, "import") || c.is(i+1, "(", ".") || c.outer[i] != -1 {
			continue
		}
		from := -1
		for k := i + 1; k < len(c.toks) && k < i+60; k++ {
			if c.is(k, "from") && c.tok(k+1).Kind == source.String {
				from = k
				break
			}
		}
		if from < 0 {
			return
		}
		binding := strings.TrimSpace(c.src[c.toks[i].End:c.toks[from].Start])
		if strings.HasPrefix(binding, "{") {
			binding = strings.ReplaceAll(binding, " as ", ": ")
		} else if rest, ok := strings.CutPrefix(binding, "* as "); ok {
			binding = rest
		} else if strings.Contains(binding, ",") {
			return
		}
		edits = append(edits, edit{c.toks[i].Start, c.toks[from+1].End, "const " + binding + " = require(" + c.toks[from+1].Text + ")"})
	}
	f.propose(nsbox.RankLocal, "import-in-script", "a CommonJS file takes modules with require", edits...)
}

// whole is for a required module used as if it were one of its exports: what is
// called with new is exported by name.
func (f *failure) whole(callee string) {
	for _, d := range f.s.decls {
		if d.name != callee || !f.c.is(d.tok+1, "=") || !f.c.is(d.tok+2, "require") {
			continue
		}
		spec := unquote(f.c.tok(d.tok + 4).Text)
		if _, ok := lookup(moduleKey(spec), callee); ok {
			f.propose(nsbox.RankLocal, "named-export", callee+" is one of several exports", replace(f.c.toks[d.tok], "{ "+callee+" }"))
		}
	}
}
