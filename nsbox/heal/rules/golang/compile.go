package golang

import (
	"go/ast"
	"go/token"
	"slices"
	"strings"
	"unicode"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/internal/lazyre"
	"github.com/nsbox/nsbox/nsbox/internal/source"
)

// A messageRule mends what a message of the type checker says.
type messageRule struct {
	re    *lazyre.Regexp
	ideas func(q *program, d nsbox.Diagnosis, m []string, c *context) []idea
}

// context is what the rules know of the other errors.
type context struct {
	found []nsbox.Diagnosis
	done  map[string]bool
}

var messageRules = []messageRule{
	{lazyre.New(`^undefined: (\w+)\.(\w+)(?: \(but have (\w+)\))?$`), (*program).undefinedMember},
	{lazyre.New(`^name (\w+) not exported by package (\w+)$`), (*program).notExported},
	{lazyre.New(`^undefined: (\w+)$`), (*program).undefined},
	{lazyre.New(`^(\S+)\.(\w+) undefined \(type (\S+) has no field or method (\w+)(?:, but does have (?:field |method )?(\w+))?`), (*program).noMember},
	{lazyre.New(`^(\S+)\.(\w+) undefined \(cannot refer to unexported (?:field|method) (\w+)`), (*program).noMember},
	{lazyre.New(`^unknown field (\w+) in struct literal of type (\S+?)(?:, but does have (\w+))?$`), (*program).unknownField},
	{lazyre.New(`^declared and not used: (\w+)`), (*program).unused},
	{lazyre.New(`^"([^"]+)" imported (?:as \w+ )?and not used`), (*program).unusedImport},
	{lazyre.New(`^package (\S+) is not in std|^could not import (\S+) `), (*program).noPackage},
	{lazyre.New(`^no new variables on left side of :=`), (*program).noNewVariables},
	{lazyre.New(`^non-name .* on left side of :=`), (*program).noNewVariables},
	{lazyre.New(`^invalid operation: (.+) \(mismatched types (.+) and (.+)\)$`), (*program).mismatched},
	{lazyre.New(`^cannot use (.+) \((?:variable|value|constant|untyped \w+ constant).*? of (?:\w+ )*?type (.+?)\) as (.+?) value in (argument|assignment|return statement|variable declaration|struct literal|array or slice literal|map literal|send)`), (*program).cannotUse},
	{lazyre.New(`^cannot use (.+) \(untyped (\w+) constant(?: .+)?\) as (.+?) value in (.+)$`), (*program).cannotUseConstant},
	{lazyre.New(`^too many return values`), (*program).tooManyResults},
	{lazyre.New(`^function main is undeclared in the main package`), (*program).noMain},
	{lazyre.New(`^cannot use assignment (.+) as value|^cannot use (.+ = .+) as value`), (*program).assignAsValue},
}

// pathRE is a package's path before a type's name: vet says "net/http".Client.
var pathRE = lazyre.New(`"(?:[\w.-]+/)*(\w+)"\.`)

// compile returns what may mend one error of the type checker.
func (q *program) compile(d nsbox.Diagnosis, found []nsbox.Diagnosis, done map[string]bool) []idea {
	c := &context{found, done}
	message, _, _ := strings.Cut(d.Message, "\n")
	message = pathRE.ReplaceAllString(message, "$1.")
	for _, r := range messageRules {
		if m := r.re.FindStringSubmatch(message); m != nil && r.ideas != nil {
			return r.ideas(q, d, m, c)
		}
	}
	return nil
}

// undefined mends a name that is not declared: a package that is not imported, a
// variable that "=" does not declare, a slip of the pen, a word of another
// language.
func (q *program) undefined(d nsbox.Diagnosis, m []string, c *context) []idea {
	word, at := m[1], q.at(d)
	t, ok := q.word(at)
	if !ok || t.Text != word {
		return nil
	}
	key := d.File + " " + word
	if c.done[key] {
		return nil
	}
	// Every use of the name is mended at once, so it is mended once.
	c.done[key] = true
	if q.isQualifier(t) {
		if out := q.missingImport(word, t); len(out) > 0 {
			return out
		}
	}
	if out := q.undeclared(t, c); len(out) > 0 {
		return out
	}
	if w, ok := foreign[word]; ok {
		return []idea{{"other-language", quoted(word) + " is " + quoted(w) + " in Go", q.replaceAll(word, w, t), nsbox.RankLocal}}
	}
	if out := q.nearName(t); len(out) > 0 {
		return out
	}
	if q.isCall(t) {
		return q.bareCall(t)
	}
	return nil
}

// foreign are words of other languages that Go spells otherwise.
var foreign = map[string]string{
	"null": "nil", "None": "nil", "NULL": "nil", "True": "true", "False": "false", "TRUE": "true", "FALSE": "false",
	"boolean": "bool", "double": "float64", "String": "string", "Error": "error", "char": "byte", "float": "float64",
	"str": "string", "integer": "int", "Int": "int", "object": "any", "Bool": "bool", "Nil": "nil", "long": "int64",
}

func (q *program) index(t source.Token) int { return source.At(q.tokens, t.Start) }

func (q *program) after(t source.Token, n int) string {
	if i := q.index(t) + n; i >= 0 && i < len(q.tokens) {
		return q.tokens[i].Text
	}
	return ""
}

func (q *program) isQualifier(t source.Token) bool { return q.after(t, 1) == "." }
func (q *program) isCall(t source.Token) bool      { return q.after(t, 1) == "(" }

// replaceAll replaces a name wherever it stands by itself, not as a member; the
// token t is always among them.
func (q *program) replaceAll(old, with string, t source.Token) []nsbox.Edit {
	var out []nsbox.Edit
	for i, u := range q.tokens {
		if u.Kind == source.Word && u.Text == old && (i == 0 || q.tokens[i-1].Text != ".") || u.Start == t.Start {
			out = append(out, q.replaceToken(u, with))
		}
	}
	return out
}

// missingImport imports the package that has all names that are taken from it.
func (q *program) missingImport(word string, t source.Token) []idea {
	uses := q.selectors(word)
	for _, path := range stdNamed(word) {
		p, _ := stdLookup(path)
		if !slices.ContainsFunc(uses, func(u string) bool { return p.kinds[u] == 0 && nearIn(u, p.names) == "" }) {
			if e, ok := q.addImport(path); ok {
				return []idea{{"missing-import", "the package " + quoted(path) + " is not imported", []nsbox.Edit{e}, nsbox.RankCertain}}
			}
		}
	}
	// A slip in the package's name: an imported one, else a well known one.
	var imported []string
	for n := range q.imports() {
		imported = append(imported, n)
	}
	slices.Sort(imported)
	if n, ok := source.Clear(source.Near(word, imported)); ok {
		return []idea{{"near-package", quoted(word) + " is no package; " + quoted(n) + " is imported", q.replaceAll(word, n, t), nsbox.RankLocal}}
	}
	if q.isName(word, t) {
		return nil
	}
	for _, near := range source.Near(word, stdBases()) {
		for _, path := range stdNamed(near.Name) {
			p, _ := stdLookup(path)
			if slices.ContainsFunc(uses, func(u string) bool { return p.kinds[u] == 0 }) {
				continue
			}
			if e, ok := q.addImport(path); ok {
				return []idea{{"near-package", quoted(word) + " is no package; " + quoted(path) + " has these names",
					append(q.replaceAll(word, near.Name, t), e), nsbox.RankLocal}}
			}
		}
	}
	return nil
}

// isName reports whether a variable of nearly that name is in scope.
func (q *program) isName(word string, t source.Token) bool {
	var vars []string
	for _, n := range q.scope(t.Start) {
		if n.kind == 'v' {
			vars = append(vars, n.text)
		}
	}
	return len(source.Near(word, vars)) > 0
}

// addImport adds an import in the style that the file has.
func (q *program) addImport(path string) (nsbox.Edit, bool) {
	if q.file == nil || q.file.Name == nil {
		return nsbox.Edit{}, false
	}
	for _, s := range q.file.Imports {
		if s.Path.Value == `"`+path+`"` {
			return nsbox.Edit{}, false
		}
	}
	var single *ast.GenDecl
	for _, d := range q.file.Decls {
		g, ok := d.(*ast.GenDecl)
		if !ok || g.Tok != token.IMPORT {
			continue
		}
		if g.Lparen.IsValid() {
			// In its place by the alphabet.
			for _, s := range g.Specs {
				if s := s.(*ast.ImportSpec); s.Name == nil && s.Path.Value > `"`+path+`"` {
					return q.replace(q.offset(s.Pos()), q.offset(s.Pos()), `"`+path+"\"\n\t"), true
				}
			}
			if n := len(g.Specs); n > 0 {
				end := q.offset(g.Specs[n-1].End())
				return q.replace(end, end, "\n\t\""+path+`"`), true
			}
			at := q.offset(g.Lparen) + 1
			return q.replace(at, at, "\n\t\""+path+`"`), true
		}
		single = g
	}
	at, text := q.offset(q.file.Name.End()), "\n\nimport \""+path+`"`
	if single != nil {
		at, text = q.offset(single.End()), "\nimport \""+path+`"`
	}
	return q.replace(at, at, text), true
}

// undeclared turns "x = ..." into "x := ..." where x is declared nowhere, and
// what stands there can declare.
func (q *program) undeclared(t source.Token, c *context) []idea {
	var assign *ast.AssignStmt
	for _, n := range q.path(t.Start) {
		if a, ok := n.(*ast.AssignStmt); ok {
			assign = a
		}
	}
	if assign == nil || assign.Tok != token.ASSIGN || !slices.ContainsFunc(assign.Lhs, func(e ast.Expr) bool { return q.offset(e.Pos()) == t.Start }) {
		return q.undeclaredRange(t)
	}
	for _, e := range assign.Lhs {
		if _, ok := e.(*ast.Ident); !ok {
			return nil
		}
	}
	// A slip in a name that is declared is likelier where the name stands once.
	uses := 0
	for _, u := range q.tokens {
		if u.Kind == source.Word && u.Text == t.Text {
			uses++
		}
	}
	if uses == 1 && len(q.nearName(t)) > 0 {
		return nil
	}
	at := q.offset(assign.TokPos)
	return []idea{{"declare", quoted(t.Text) + " is not declared yet; := declares it", []nsbox.Edit{q.replace(at, at+1, ":=")}, nsbox.RankLocal}}
}

func (q *program) undeclaredRange(t source.Token) []idea {
	for _, n := range q.path(t.Start) {
		if r, ok := n.(*ast.RangeStmt); ok && r.Tok == token.ASSIGN && q.offset(r.Pos()) < t.Start && t.Start < q.offset(r.TokPos) {
			at := q.offset(r.TokPos)
			return []idea{{"declare", quoted(t.Text) + " is not declared yet; := declares it", []nsbox.Edit{q.replace(at, at+1, ":=")}, nsbox.RankLocal}}
		}
	}
	return nil
}

// nearName replaces a name by the one in scope that it is a slip of.
func (q *program) nearName(t source.Token) []idea {
	call, qualifier := q.isCall(t), q.isQualifier(t)
	var fit []name
	for _, n := range q.scope(t.Start) {
		switch {
		case n.text == "_" || n.text == t.Text:
		case call && n.kind == 'v' && n.typ != nil:
			if _, ok := n.typ.(*ast.FuncType); ok {
				fit = append(fit, n)
			}
		case n.kind == 'p' && !qualifier:
		case !call && n.kind == 'f' && n.at == 0: // builtins are called
		default:
			fit = append(fit, n)
		}
	}
	near := source.Near(t.Text, texts(fit))
	if len(near) == 0 && call {
		return q.sharedWord(t, fit)
	}
	n, ok := source.Clear(near)
	if !ok {
		return nil
	}
	return []idea{{"near-name", quoted(t.Text) + " is declared nowhere; " + quoted(n) + " is", q.replaceAll(t.Text, n, t), nsbox.RankLocal}}
}

// sharedWord is for a function called by another name: circleArea where only
// calculateArea is declared. It must be the only one that shares a word and
// takes as many arguments.
func (q *program) sharedWord(t source.Token, names []name) []idea {
	args := q.arguments(t.Start)
	own := words(t.Text)
	var fit []string
	for _, n := range names {
		if n.kind != 'f' || n.at == 0 || n.params != args || n.text == "main" {
			continue
		}
		if slices.ContainsFunc(words(n.text), func(w string) bool { return len(w) > 2 && slices.Contains(own, w) }) {
			fit = append(fit, n.text)
		}
	}
	if len(fit) != 1 {
		return nil
	}
	return []idea{{"other-name", quoted(t.Text) + " is declared nowhere; " + quoted(fit[0]) + " is", q.replaceAll(t.Text, fit[0], t), nsbox.RankStructural}}
}

// arguments counts those of the call whose function begins at offset; -2 where
// there is none.
func (q *program) arguments(offset int) int {
	for _, n := range q.path(offset) {
		if c, ok := n.(*ast.CallExpr); ok && q.offset(c.Fun.Pos()) == offset {
			return len(c.Args)
		}
	}
	return -2
}

// words cuts a name at its capitals and underscores.
func words(s string) []string {
	var out []string
	start := 0
	flush := func(i int) {
		if w := strings.ToLower(strings.Trim(s[start:i], "_")); w != "" {
			out = append(out, w)
		}
		start = i
	}
	for i, r := range s {
		if i > 0 && (unicode.IsUpper(r) || r == '_') {
			flush(i)
		}
	}
	flush(len(s))
	return out
}

// bareCall is for a function of package fmt that is called without it.
func (q *program) bareCall(t source.Token) []idea {
	fmtPackage, _ := stdLookup("fmt")
	for _, n := range fmtPackage.names {
		if strings.EqualFold(n, t.Text) && fmtPackage.kinds[n] == 'f' {
			edits := []nsbox.Edit{q.replaceToken(t, "fmt."+n)}
			if q.imports()["fmt"] == "" {
				e, ok := q.addImport("fmt")
				if !ok {
					return nil
				}
				edits = append(edits, e)
			}
			return []idea{{"qualify", quoted(t.Text) + " is " + quoted("fmt."+n), edits, nsbox.RankLocal}}
		}
	}
	return nil
}

// nearIn is the one name of names that word is a slip of, "" where none or
// several are.
func nearIn(word string, names []string) string {
	n, _ := source.Clear(source.Near(word, names))
	return n
}

func (q *program) undefinedMember(d nsbox.Diagnosis, m []string, c *context) []idea {
	if t, ok := q.memberToken(d, m[2]); ok && m[3] != "" {
		return []idea{{"near-member", "the compiler names " + quoted(m[3]), []nsbox.Edit{q.replaceToken(t, m[3])}, nsbox.RankCertain}}
	}
	return q.packageMember(d, m[1], m[2])
}

func (q *program) notExported(d nsbox.Diagnosis, m []string, c *context) []idea {
	return q.packageMember(d, m[2], m[1])
}

// packageMember mends pkg.name where the package exports something near.
func (q *program) packageMember(d nsbox.Diagnosis, pkg, member string) []idea {
	t, ok := q.memberToken(d, member)
	if !ok {
		return nil
	}
	path := q.imports()[pkg]
	p, ok := stdLookup(path)
	if !ok {
		return nil
	}
	names := p.names
	if q.isCall(t) {
		// Types are called, too: conversions.
		names = slices.DeleteFunc(slices.Clone(names), func(n string) bool { return p.kinds[n] == 'v' })
	}
	if n := nearIn(member, names); n != "" {
		return []idea{{"near-member", quoted(pkg+"."+member) + " is not there; " + quoted(pkg+"."+n) + " is", []nsbox.Edit{q.replaceToken(t, n)}, nsbox.RankLocal}}
	}
	// A package of the same kind that has it: strings for bytes, math for rand.
	var other []string
	for base, path := range q.imports() {
		if o, ok := stdLookup(path); ok && base != pkg && o.kinds[member] != 0 {
			other = append(other, base)
		}
	}
	if len(other) == 1 && q.index(t) >= 2 {
		return []idea{{"other-package", quoted(member) + " is in " + quoted(other[0]),
			[]nsbox.Edit{q.replaceToken(q.tokens[q.index(t)-2], other[0])}, nsbox.RankStructural}}
	}
	return nil
}

// memberToken finds the member's name at the place of a diagnosis, which is
// that of the member or of what stands before its point.
func (q *program) memberToken(d nsbox.Diagnosis, member string) (source.Token, bool) {
	for i := source.At(q.tokens, q.at(d)); i < len(q.tokens) && q.tokens[i].Kind != source.Newline; i++ {
		if q.tokens[i].Kind == source.Word && q.tokens[i].Text == member {
			return q.tokens[i], true
		}
	}
	return source.Token{}, false
}

// noMember mends x.name where x's type has something near.
func (q *program) noMember(d nsbox.Diagnosis, m []string, c *context) []idea {
	member := m[2]
	t, ok := q.memberToken(d, member)
	if !ok {
		return nil
	}
	if len(m) > 5 && m[5] != "" {
		return []idea{{"near-member", "the compiler names " + quoted(m[5]), []nsbox.Edit{q.replaceToken(t, m[5])}, nsbox.RankCertain}}
	}
	if len(m) > 3 && len(m) < 5 {
		up := strings.ToUpper(m[3][:1]) + m[3][1:]
		return []idea{{"near-member", quoted(m[3]) + " is not exported", []nsbox.Edit{q.replaceToken(t, up)}, nsbox.RankLocal}}
	}
	typ := strings.TrimLeft(m[3], "*")
	typ, _, _ = strings.Cut(typ, "[")
	var names []string
	if pkg, name, ok := strings.Cut(typ, "."); ok {
		if p, ok := stdLookup(q.imports()[pkg]); ok {
			names = p.members[name]
		}
	} else {
		names = q.members(typ)
	}
	if n := nearIn(member, names); n != "" {
		return []idea{{"near-member", quoted(typ) + " has " + quoted(n), []nsbox.Edit{q.replaceToken(t, n)}, nsbox.RankLocal}}
	}
	return q.otherMember(t, typ, m[1])
}

// otherMember is for members that other languages have: s.length, a.push(x).
func (q *program) otherMember(t source.Token, typ, receiver string) []idea {
	i := q.index(t)
	switch strings.ToLower(t.Text) {
	case "length", "len", "size", "count":
		if !strings.HasPrefix(typ, "[]") && !strings.HasPrefix(typ, "map") && typ != "string" && typ != "" {
			return nil
		}
		end := t.End
		if q.after(t, 1) == "(" && q.after(t, 2) == ")" {
			end = q.tokens[i+2].End
		}
		start := q.tokens[i-1].Start - len(receiver)
		if start < 0 || q.src[start:q.tokens[i-1].Start] != receiver {
			return nil
		}
		return []idea{{"len", "Go has the function len", []nsbox.Edit{q.replace(start, end, "len("+receiver+")")}, nsbox.RankLocal}}
	case "repeat", "toupper", "tolower", "split", "contains", "hasprefix", "hassuffix", "trimspace", "fields", "join":
		// string.Repeat: the type where the package strings is meant.
		if typ == "string" && receiver == "string" {
			return []idea{{"near-package", "the functions are in the package " + quoted("strings"),
				[]nsbox.Edit{q.replaceToken(q.tokens[i-2], "strings")}, nsbox.RankLocal}}
		}
	}
	return nil
}

func (q *program) unknownField(d nsbox.Diagnosis, m []string, c *context) []idea {
	t, ok := q.memberToken(d, m[1])
	if !ok {
		return nil
	}
	with := m[3]
	if with == "" {
		with = nearIn(m[1], q.members(m[2]))
	}
	if with == "" {
		return nil
	}
	return []idea{{"near-member", quoted(m[2]) + " has " + quoted(with), []nsbox.Edit{q.replaceToken(t, with)}, nsbox.RankLocal}}
}

// noMain renames the function that was to be main.
func (q *program) noMain(d nsbox.Diagnosis, m []string, c *context) []idea {
	var fit []*ast.FuncDecl
	for _, decl := range q.file.Decls {
		if f, ok := decl.(*ast.FuncDecl); ok && f.Recv == nil && f.Type.Params.NumFields() == 0 && f.Type.Results.NumFields() == 0 &&
			len(source.Near(f.Name.Name, []string{"main"})) > 0 {
			fit = append(fit, f)
		}
	}
	if len(fit) != 1 {
		return nil
	}
	start, end := q.offset(fit[0].Name.Pos()), q.offset(fit[0].Name.End())
	return []idea{{"main", "a program begins in " + quoted("main"), []nsbox.Edit{q.replace(start, end, "main")}, nsbox.RankLocal}}
}
