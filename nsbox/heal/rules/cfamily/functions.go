package cfamily

import (
	"strings"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/internal/lazyre"
	"github.com/nsbox/nsbox/nsbox/internal/source"
)

// typeOf guesses the type of the expression of some tokens; "" where it can't.
func (f *code) typeOf(from, to int) string {
	if from >= to {
		return ""
	}
	if to-from == 1 {
		return f.typeOfToken(from)
	}
	real, known := false, true
	for k := from; k < to; k++ {
		t := f.toks[k]
		switch {
		case t.Text == "==" || t.Text == "!=" || t.Text == "&&" || t.Text == "||" || t.Text == "!" || t.Text == "<" || t.Text == ">" || t.Text == "<=" || t.Text == ">=":
			return "bool"
		case f.is(k+1, "(") && t.Kind == source.Word:
			typ := f.returns(t.Text)
			if k == from && f.pair[k+1] == to-1 {
				return typ
			}
			real = real || typ == "double" || typ == "float"
			known = known && isNumber(typ)
			if f.pair[k+1] > 0 {
				k = f.pair[k+1]
			}
		case operand(t):
			typ := strings.TrimSpace(strings.TrimPrefix(f.typeOfToken(k), "const "))
			real = real || typ == "double" || typ == "float"
			known = known && isNumber(typ)
		}
	}
	if !known {
		return ""
	}
	if real {
		return "double"
	}
	return "int"
}

func (f *code) typeOfToken(k int) string {
	t := f.tok(k)
	switch t.Kind {
	case source.Number:
		if strings.ContainsAny(t.Text, ".eE") && !strings.HasPrefix(t.Text, "0x") {
			return "double"
		}
		return "int"
	case source.String:
		if t.Text[0] == '\'' {
			return "char"
		}
		if f.cpp && f.includes("string") {
			return "std::string"
		}
		return "const char *"
	}
	if t.Text == "true" || t.Text == "false" {
		return "bool"
	}
	v, ok := f.declared(t.Text, k)
	if !ok || v.kind != aVariable && v.kind != aMember || f.is(v.at+1, "[") {
		return ""
	}
	typ := strings.TrimSpace(strings.TrimRight(strings.TrimPrefix(strings.TrimPrefix(v.typ, "static "), "const "), " &"))
	if strings.Contains(typ, "auto") {
		return ""
	}
	return typ
}

func (f *code) returns(name string) string {
	for _, k := range f.byName[name] {
		if v := f.decls[k]; v.kind == aFunction {
			return strings.TrimSpace(strings.TrimPrefix(strings.TrimPrefix(v.typ, "static "), "inline "))
		}
	}
	switch name {
	case "sqrt", "pow", "sin", "cos", "floor", "ceil", "fabs":
		return "double"
	case "to_string":
		return "std::string"
	}
	return ""
}

// returned guesses the type of what the body at open returns; void where it
// returns nothing.
func (f *code) returned(open int) string {
	end := f.pair[open]
	typ := "void"
	for k := open + 1; k < end; k++ {
		if !f.is(k, "return") {
			continue
		}
		to := k + 1
		for to < end && !f.is(to, ";") {
			to++
		}
		if to == k+1 {
			continue
		}
		own := f.typeOf(k+1, to)
		switch {
		case own == "":
			return ""
		case typ == "void" || typ == "int" && own == "double":
			typ = own
		case typ != own && !(typ == "double" && own == "int"):
			return ""
		}
	}
	return typ
}

// returnType gives a function that returns a value the type of that value.
func returnType(_ *ctx, f *code, d *nsbox.Diagnosis, _ []string) []idea {
	open := f.at(d)
	for open >= 0 && (f.enclosing(open, "{") >= 0 && !f.class(f.enclosing(open, "{"))) {
		open = f.enclosing(open, "{")
	}
	k := open - 1
	for k > 0 && (f.is(k, "const") || f.is(k, "override") || f.is(k, "noexcept")) {
		k--
	}
	if open < 0 || !f.is(k, ")") || f.pair[k] < 2 {
		return nil
	}
	name := f.pair[k] - 1
	typ := f.returned(open)
	if typ == "" && f.cpp {
		typ = "auto"
	}
	if typ == "" || typ == "void" {
		return nil
	}
	out := idea{rule: "return-type", why: "\"" + f.tok(name).Text + "\" returns a value", rank: nsbox.RankLocal, sure: true}
	for n, t := range f.toks {
		if t.Text == f.tok(name).Text && f.is(n-1, "void") && f.is(n+1, "(") {
			out.edits = append(out.edits, f.replace(n-1, typ))
		}
	}
	if len(out.edits) == 0 {
		return nil
	}
	return []idea{out}
}

// missingType puts a return type before a function that has none. A method so is
// often a constructor whose name is misspelled.
func missingType(_ *ctx, f *code, d *nsbox.Diagnosis, m []string) []idea {
	i := f.find(d, m[1])
	if i < 0 || !f.is(i+1, "(") || f.pair[i+1] < 0 {
		return f.untyped(d, m[1], i)
	}
	if p := f.enclosing(i, "{"); p >= 0 && f.class(p) {
		for k := p - 1; k > 0 && k > p-12; k-- {
			if f.is(k-1, "class") || f.is(k-1, "struct") {
				if _, ok := source.Clear(source.Near(m[1], []string{f.tok(k).Text})); ok {
					return []idea{{rule: "constructor", why: "the class is called \"" + f.tok(k).Text + "\"", edits: []nsbox.Edit{f.replace(i, f.tok(k).Text)}, rank: nsbox.RankLocal, sure: true}}
				}
			}
		}
	}
	open := f.pair[i+1] + 1
	for f.is(open, "const") || f.is(open, "override") || f.is(open, "noexcept") {
		open++
	}
	typ := ""
	if m[1] == "main" {
		typ = "int"
	} else if f.is(open, "{") {
		typ = f.returned(open)
	}
	if typ == "" && f.cpp {
		typ = "auto"
	}
	at := i
	for f.is(at-1, "::") {
		at -= 2
	}
	return []idea{{rule: "return-type", why: "\"" + m[1] + "\" has no type", edits: []nsbox.Edit{f.insert(f.tok(at).Start, typ+" ")}, rank: nsbox.RankLocal, sure: true}}
}

// untyped gives a constant or variable without a type that of its value.
func (f *code) untyped(d *nsbox.Diagnosis, name string, i int) []idea {
	if i < 0 || !f.is(i+1, "=") {
		return nil
	}
	_ = d
	return []idea{{rule: "type", why: "\"" + name + "\" has no type", edits: []nsbox.Edit{f.insert(f.tok(i).Start, "auto ")}, rank: nsbox.RankLocal}}
}

func mainInt(_ *ctx, f *code, _ *nsbox.Diagnosis, _ []string) []idea {
	for k, t := range f.toks {
		if t.Text == "main" && f.is(k+1, "(") && f.tok(k-1).Kind == source.Word && f.enclosing(k, "{") < 0 {
			return []idea{{rule: "main", why: "main returns int", edits: []nsbox.Edit{f.replace(k-1, "int")}, rank: nsbox.RankLocal, sure: true}}
		}
	}
	return nil
}

// caseBlock puts a case that declares variables into braces, so that the next
// one does not jump over them.
func caseBlock(_ *ctx, f *code, d *nsbox.Diagnosis, _ []string) []idea {
	i, _ := f.lineRange(d.Line)
	if !f.is(i, "case") && !f.is(i, "default") {
		return nil
	}
	p := f.enclosing(i, "{")
	for k := i - 1; k > p && p >= 0; k-- {
		if f.pair[k] >= 0 && f.pair[k] < k {
			k = f.pair[k]
			continue
		}
		if !f.is(k, "case") && !f.is(k, "default") {
			continue
		}
		colon := k
		for colon < i && !f.is(colon, ":") {
			colon++
		}
		if !f.holdsDeclaration(colon, i) {
			continue
		}
		indent := f.text.Indent(f.line(i))
		start, _ := f.text.Bounds(f.line(i))
		return []idea{{rule: "case-block", why: "a case that declares a variable is a block", rank: nsbox.RankLocal, edits: []nsbox.Edit{
			f.insert(f.tok(colon).End, " {"), f.insert(start, indent+"}\n"),
		}}}
	}
	return nil
}

func (f *code) holdsDeclaration(from, to int) bool {
	for _, v := range f.decls {
		if v.kind == aVariable && v.at > from && v.at < to && v.to >= to {
			return true
		}
	}
	return false
}

// redeclared makes the second declaration of a variable, with a value, an
// assignment.
func redeclared(_ *ctx, f *code, d *nsbox.Diagnosis, m []string) []idea {
	i := f.find(d, m[1])
	if i < 1 || !f.is(i+1, "=") {
		return nil
	}
	from, to := f.statement(i)
	for k := i; k < to; k++ {
		if f.is(k, ",") && f.enclosing(k, "([{") == f.enclosing(i, "([{") {
			return nil
		}
	}
	var types []string
	for _, k := range f.byName[m[1]] {
		if v := f.decls[k]; v.kind == aVariable && v.to == f.decls[f.byName[m[1]][0]].to {
			types = append(types, strings.TrimPrefix(v.typ, "const "))
		}
	}
	if len(types) < 2 || types[0] != types[1] || f.enclosing(i, "(") >= 0 && f.enclosing(i, "(") > f.enclosing(i, "{") {
		return nil
	}
	e := nsbox.Edit{File: f.name, Start: f.tok(from).Start, End: f.tok(i).Start}
	return []idea{{rule: "redeclared", why: "\"" + m[1] + "\" is already declared: this is an assignment", edits: []nsbox.Edit{e}, rank: nsbox.RankLocal}}
}

// conflicting is for a function of which a use or a prototype before says
// something else than its definition.
func conflicting(_ *ctx, f *code, d *nsbox.Diagnosis, m []string) []idea {
	i := f.find(d, m[1])
	if i < 0 || !f.is(i+1, "(") {
		return nil
	}
	for k := range i {
		if f.toks[k].Text == m[1] && !f.declares(k) && f.is(k+1, "(") {
			return f.prototype(m[1], k)
		}
		if f.toks[k].Text != m[1] || !f.declares(k) || f.pair[k+1] < 0 || !f.is(f.pair[k+1]+1, ";") || f.pair[i+1] < 0 {
			continue
		}
		from, _ := f.statement(k)
		ownFrom, _ := f.statement(i)
		e := nsbox.Edit{File: f.name, Start: f.tok(from).Start, End: f.tok(f.pair[k+1]).End, Text: f.slice(ownFrom, f.pair[i+1]+1)}
		return []idea{{rule: "prototype", why: "the declaration says otherwise than the definition", edits: []nsbox.Edit{e}, rank: nsbox.RankLocal, sure: true}}
	}
	return nil
}

var stdName = lazyre.New(`'(?:class |struct |const )*std::(?:__cxx11::)?(?:basic_)?(\w+)`)

var tagName = lazyre.New(`'(?:struct|class|union|enum) (\w+)`)

// incomplete is for a type of which only the name is known: a header is missing,
// or a tag is misspelled.
func incomplete(_ *ctx, f *code, d *nsbox.Diagnosis, m []string) []idea {
	for _, s := range stdName.FindAllStringSubmatch(d.Message, 4) {
		header := cppLibrary().header[s[1]]
		if header == "" {
			header = cppLibrary().header[strings.TrimSuffix(s[1], "<char>")]
		}
		if header != "" && !f.headers[header] {
			return []idea{{rule: "include", why: "\"std::" + s[1] + "\" is defined in <" + header + ">", edits: []nsbox.Edit{f.insertInclude(header)}, rank: nsbox.RankCertain, sure: true}}
		}
	}
	tag := ""
	if t := tagName.FindStringSubmatch(d.Message); t != nil {
		tag = t[1]
	} else if len(m) > 1 {
		if v, ok := f.declared(m[1], f.at(d)); ok {
			tag = bareType(v.typ)
		}
	}
	if tag == "" {
		return nil
	}
	return f.misspelledTag(tag)
}

// misspelledTag replaces a tag that is used and never defined by the nearest one
// that is.
func (f *code) misspelledTag(tag string) []idea {
	var pool []string
	for k, t := range f.toks {
		if (t.Text == "struct" || t.Text == "class" || t.Text == "union") && f.tok(k+1).Kind == source.Word && (f.is(k+2, "{") || f.is(k+2, ":")) {
			if f.tok(k+1).Text == tag {
				return nil
			}
			pool = append(pool, f.tok(k+1).Text)
		}
	}
	best, ok := source.Clear(source.Near(tag, pool))
	if !ok {
		return nil
	}
	out := idea{rule: "tag", why: "\"" + tag + "\" is not defined; \"" + best + "\" is", rank: nsbox.RankLocal, sure: true}
	for k, t := range f.toks {
		if t.Text == tag && (f.is(k-1, "struct") || f.is(k-1, "class") || f.is(k-1, "union")) {
			out.edits = append(out.edits, f.replace(k, best))
		}
	}
	return []idea{out}
}

// baseClass is for a base class that is not there, or a destructor of another
// name than its class.
func baseClass(_ *ctx, f *code, d *nsbox.Diagnosis, _ []string) []idea {
	i := f.at(d)
	if k := i - 1; f.is(i, "(") && f.is(k-1, "~") {
		p := f.enclosing(k, "{")
		for n := p - 1; n > 0 && n > p-12; n-- {
			if own := f.tok(n).Text; (f.is(n-1, "class") || f.is(n-1, "struct")) && alike(own, f.tok(k).Text) {
				return []idea{{rule: "constructor", why: "the class is called \"" + own + "\"", edits: []nsbox.Edit{f.replace(k, own)}, rank: nsbox.RankLocal, sure: true}}
			}
		}
	}
	for k := i; k > i-3 && k > 0; k-- {
		if f.tok(k).Kind == source.Word && !f.keyword(f.tok(k).Text) && len(f.byName[f.tok(k).Text]) == 0 {
			var pool []string
			for _, v := range f.decls {
				if v.kind == aType {
					pool = append(pool, v.name)
				}
			}
			if best, ok := f.choose(d, f.tok(k).Text, pool, nil); ok {
				return []idea{{rule: "name", why: "\"" + f.tok(k).Text + "\" is not known; \"" + best + "\" is", edits: []nsbox.Edit{f.replace(k, best)}, rank: nsbox.RankLocal, sure: true}}
			}
		}
	}
	return nil
}
