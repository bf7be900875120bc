package cfamily

import (
	"strings"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/internal/lazyre"
	"github.com/nsbox/nsbox/nsbox/internal/source"
)

// unknown is for a name that is not known where it is used.
func unknown(c *ctx, f *code, d *nsbox.Diagnosis, m []string) []idea {
	name := m[1]
	if at := strings.LastIndex(name, "::"); at >= 0 {
		name = name[at+2:]
	}
	i := f.find(d, name)
	if i < 0 {
		return nil
	}
	if v, ok := f.declared(name, i); ok && v.at >= 0 && v.at <= i && v.kind != aMember && v.kind != aType {
		return nil // its declaration was not understood: that is the error
	}
	if out := f.foreignWord(i); len(out) > 0 {
		return out
	}
	if out := f.include(d, name, i); len(out) > 0 {
		return out
	}
	if out := f.useTag(d, name, i); len(out) > 0 {
		return out
	}
	if out := f.missingTemplate(name, i); len(out) > 0 {
		return out
	}
	if out := f.prototype(name, i); len(out) > 0 {
		return out
	}
	if out := f.methodScope(name, i); len(out) > 0 {
		return out
	}
	if out := f.afterCode(name, i); len(out) > 0 {
		return out
	}
	return f.nearest(d, name, i)
}

// foreignWords are the words of other languages for what C has under another
// name.
var foreignWords = map[string][2]string{ // C, C++
	"null": {"NULL", "nullptr"}, "Null": {"NULL", "nullptr"}, "nil": {"NULL", "nullptr"}, "None": {"NULL", "nullptr"},
	"nullptr": {"NULL", ""}, "NULL": {"", "nullptr"},
	"True": {"true", "true"}, "False": {"false", "false"}, "TRUE": {"true", "true"}, "FALSE": {"false", "false"},
	"boolean": {"bool", "bool"}, "Boolean": {"bool", "bool"}, "String": {"", "std::string"}, "byte": {"unsigned char", "unsigned char"},
	"elif": {"else if", "else if"}, "elseif": {"else if", "else if"}, "elsif": {"else if", "else if"},
	"let": {"", "auto"}, "var": {"", "auto"}, "final": {"const", "const"}, "Integer": {"int", "int"}, "integer": {"int", "int"},
}

// foreignWord translates the word at i.
func (f *code) foreignWord(i int) []idea {
	word := f.tok(i).Text
	to, ok := foreignWords[word]
	if !ok || len(f.byName[word]) > 0 || f.keyword(word) {
		return nil
	}
	with := to[0]
	if f.cpp {
		with = to[1]
	}
	if with == "" || word == "NULL" && !f.cpp {
		return nil
	}
	if with == "std::string" && f.usingStd() {
		with = "string"
	}
	out := idea{rule: "foreign-word", why: "\"" + word + "\" is \"" + with + "\" here", rank: nsbox.RankLocal, sure: true}
	for k, t := range f.toks {
		if t.Text == word && t.Kind == source.Word && !f.is(k-1, ".") && !f.is(k-1, "->") {
			out.edits = append(out.edits, f.replace(k, with))
		}
	}
	if h, _ := f.headerOf(with); !f.cpp && h != "" && !f.includes(h) {
		out.edits = append(out.edits, f.insertInclude(h))
	}
	return []idea{out}
}

// include adds the header of a standard name, or the namespace before it.
func (f *code) include(d *nsbox.Diagnosis, name string, i int) []idea {
	header, std := f.headerOf(name)
	own := len(f.byName[name]) > 0
	if told := toldHeader(d); told != "" && !own {
		if !std {
			header = told
		} else if header == "" {
			header = told
		}
	}
	if header == "" || own && !std || f.is(i-1, ".") || f.is(i-1, "->") {
		return nil
	}
	if _, declared := f.declared(name, i); declared {
		return nil
	}
	qualified := f.is(i-1, "::")
	if std && !qualified && !f.usingStd() {
		if own && f.count[name] > 1 {
			return nil
		}
		return f.qualify(name, header)
	}
	if f.includes(header) {
		return nil
	}
	return []idea{{
		rule: "include", why: "\"" + name + "\" is declared in <" + header + ">",
		edits: []nsbox.Edit{f.insertInclude(header)}, rank: nsbox.RankCertain, sure: true,
	}}
}

var includeText = lazyre.New(`^#include\s*<([^>]+)>`)

// toldHeader returns the header that the compiler's note names.
func toldHeader(d *nsbox.Diagnosis) string {
	for _, s := range d.Suggestions {
		for _, e := range s.Edits {
			if m := includeText.FindStringSubmatch(strings.TrimSpace(e.Text)); m != nil {
				return m[1]
			}
		}
	}
	if m := toldInclude.FindStringSubmatch(d.Hint); m != nil {
		return m[1]
	}
	return ""
}

var toldInclude = lazyre.New(`(?:include '<|#include <)([\w./]+)>`)

// qualify puts std:: before a standard name wherever it stands alone, and
// includes its header where the file does not.
func (f *code) qualify(name, header string) []idea {
	out := idea{rule: "std", why: "\"" + name + "\" is of the namespace std", rank: nsbox.RankCertain, sure: true}
	for k, t := range f.toks {
		if t.Text != name || t.Kind != source.Word {
			continue
		}
		if f.is(k-1, "::") || f.is(k-1, ".") || f.is(k-1, "->") || f.declares(k) {
			continue
		}
		if f.is(k-1, ":") && f.is(k-2, "std") {
			out.edits = append(out.edits, f.replace(k-1, "::"))
			continue
		}
		out.edits = append(out.edits, f.insert(t.Start, "std::"))
	}
	if !f.includes(header) && !f.anyCpp() {
		out.edits = append(out.edits, f.insertInclude(header))
	}
	return []idea{out}
}

// anyCpp reports whether the file includes any header of C++'s library: then it
// may have others' names, too, and the compiler will tell.
func (f *code) anyCpp() bool {
	for h := range f.headers {
		if _, ok := cppLibrary().names[h]; ok {
			return true
		}
	}
	return false
}

// declares reports whether the word at i is a name in its own declaration.
func (f *code) declares(i int) bool {
	for _, k := range f.byName[f.tok(i).Text] {
		if f.decls[k].at == i {
			return true
		}
	}
	return false
}

// insertInclude adds an include after the last one, or at the top.
func (f *code) insertInclude(header string) nsbox.Edit {
	text := "#include <" + header + ">\n"
	depth, last := 0, -1
	for _, t := range f.all {
		if t.Kind != source.Comment || !strings.HasPrefix(t.Text, "#") {
			continue
		}
		word := strings.TrimSpace(t.Text[1:])
		switch {
		case strings.HasPrefix(word, "if"):
			depth++
		case strings.HasPrefix(word, "endif"):
			depth--
		case included(t.Text) != "" && depth == 0:
			if len(f.toks) == 0 || t.Start < f.toks[0].Start || last >= 0 {
				last = t.End
			}
		}
	}
	if last < 0 {
		return f.insert(0, text)
	}
	next := f.text.Next(f.text.LineOf(last))
	if next == len(f.text.Src) && !strings.HasSuffix(f.text.Src, "\n") {
		return f.insert(next, "\n"+text)
	}
	return f.insert(next, text)
}

// useTag puts struct before a tag that C knows under that word alone.
func (f *code) useTag(d *nsbox.Diagnosis, name string, i int) []idea {
	if f.cpp {
		return nil
	}
	word := ""
	for k, t := range f.toks {
		if t.Text == name && (f.is(k-1, "struct") || f.is(k-1, "union") || f.is(k-1, "enum")) && f.is(k+1, "{") {
			word = f.toks[k-1].Text
		}
	}
	if word == "" {
		return nil
	}
	named := false // a typedef further down has the same name
	for _, k := range f.byName[name] {
		named = named || !f.is(f.decls[k].at-1, word)
	}
	out := idea{rule: "tag", why: "\"" + name + "\" is a tag: its type is \"" + word + " " + name + "\"", rank: nsbox.RankCertain, sure: true}
	for k, t := range f.toks {
		if t.Text != name || t.Kind != source.Word || f.is(k-1, word) || f.is(k-1, ".") || f.is(k-1, "->") {
			continue
		}
		if named && k != i {
			continue
		}
		// Where the word is also a variable's name only the place itself counts.
		if f.tok(k+1).Kind == source.Word || f.is(k+1, "*") || f.is(k-1, "(") && f.is(k+1, ")") || k == i {
			out.edits = append(out.edits, f.insert(t.Start, word+" "))
		}
	}
	_ = d
	return []idea{out}
}

// missingTemplate puts template <typename T> before a function or class that
// uses T, a name that nobody else has.
func (f *code) missingTemplate(name string, i int) []idea {
	if !f.cpp || len(name) > 2 || len(f.byName[name]) > 0 || strings.ToUpper(name) != name || f.keyword(name) {
		return nil
	}
	if f.enclosing(i, "{") >= 0 && !f.class(f.enclosing(i, "{")) {
		return nil
	}
	at := i
	for at > 0 && !f.is(at-1, ";") && !f.is(at-1, "}") && !f.is(at-1, "{") && !f.is(at-1, ":") || f.is(at-1, ":") && f.is(at-2, ":") {
		at--
	}
	if f.is(at, "template") {
		return nil
	}
	indent := f.text.Indent(f.line(at))
	return []idea{{
		rule: "template", why: "\"" + name + "\" is the parameter of a template",
		edits: []nsbox.Edit{f.insert(f.tok(at).Start, "template <typename "+name+">\n"+indent)}, rank: nsbox.RankLocal,
	}}
}

// prototype declares a function before the one that uses it, where it is only
// defined later.
func (f *code) prototype(name string, i int) []idea {
	if f.is(i-1, ".") || f.is(i-1, "->") || f.is(i-1, "::") {
		return nil
	}
	for _, k := range f.byName[name] {
		d := f.decls[k]
		if d.kind != aFunction || d.method || d.at <= i || d.typ == "" {
			continue
		}
		end := f.pair[d.at+1]
		if end < 0 || !f.is(end+1, "{") {
			continue
		}
		from, _ := f.statement(d.at)
		if f.is(from, "template") {
			return nil
		}
		text := f.slice(from, end+1)
		if strings.Contains(text, "=") || strings.Contains(text, "\n\n") {
			continue
		}
		top := i
		for f.enclosing(top, "{(") >= 0 {
			top = f.enclosing(top, "{(")
		}
		at, _ := f.statement(top)
		return []idea{{
			rule: "prototype", why: "\"" + name + "\" is defined after its use",
			edits: []nsbox.Edit{f.insert(f.tok(at).Start, text+";\n\n")}, rank: nsbox.RankLocal, sure: true,
		}}
	}
	return nil
}

// methodScope puts Class:: before a function that uses a member of a class that
// declares it.
func (f *code) methodScope(name string, i int) []idea {
	body := -1
	for k := f.enclosing(i, "{"); k >= 0; k = f.enclosing(k, "{") {
		body = k
	}
	head := body - 1
	for f.is(head, "const") || f.is(head, "noexcept") {
		head--
	}
	if !f.cpp || !f.is(head, ")") || f.pair[head] < 1 {
		return nil
	}
	at := f.pair[head] - 1
	if f.is(at-1, "::") || f.is(at-1, "~") {
		return nil
	}
	for _, k := range f.byName[f.tok(at).Text] {
		v := f.decls[k]
		open := f.enclosing(v.at, "{")
		if v.at == at || open < 0 || !f.class(open) {
			continue
		}
		for _, n := range f.byName[name] {
			if f.enclosing(f.decls[n].at, "{") == open {
				class := f.className(open)
				if class == "" {
					return nil
				}
				return []idea{{
					rule: "scope", why: "\"" + f.tok(at).Text + "\" is a member of " + class,
					edits: []nsbox.Edit{f.insert(f.tok(at).Start, class+"::")}, rank: nsbox.RankLocal, sure: true,
				}}
			}
		}
	}
	return nil
}

// className returns the name of the class that the brace at open opens.
func (f *code) className(open int) string {
	for k := open - 1; k > 0 && k > open-20; k-- {
		if f.is(k-1, "class") || f.is(k-1, "struct") {
			return f.tok(k).Text
		}
	}
	return ""
}

// afterCode moves nothing: it sees a class that is only declared further down
// and used before, which takes a forward declaration where a pointer or
// reference is all that is asked for.
func (f *code) afterCode(name string, i int) []idea {
	for _, k := range f.byName[name] {
		d := f.decls[k]
		if d.kind != aType || d.at <= i || d.at < 1 {
			continue
		}
		word := f.tok(d.at - 1).Text
		if word != "struct" && word != "class" || !f.cpp || !f.is(i+1, "*") && !f.is(i+1, "&") {
			continue
		}
		top := i
		for f.enclosing(top, "{(") >= 0 {
			top = f.enclosing(top, "{(")
		}
		at, _ := f.statement(top)
		return []idea{{
			rule: "forward", why: "\"" + name + "\" is declared after its use",
			edits: []nsbox.Edit{f.insert(f.tok(at).Start, word+" "+name+";\n\n")}, rank: nsbox.RankLocal, sure: true,
		}}
	}
	return nil
}
