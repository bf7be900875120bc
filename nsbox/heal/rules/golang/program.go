package golang

import (
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"strings"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/internal/source"
)

// program is one file of the program, parsed as far as it can be.
type program struct {
	name   string
	src    string
	text   *source.Text
	fset   *token.FileSet
	file   *ast.File
	err    error // the parser's, nil where the file is well-formed
	tokens []source.Token
}

var lexer = source.Lexer{
	LineComments:  []string{"//"},
	BlockComments: [][2]string{{"/*", "*/"}},
	Quotes: []source.Quote{
		{Open: `"`, Close: `"`, Escape: true}, {Open: "`", Close: "`", Multiline: true}, {Open: "'", Close: "'", Escape: true},
	},
	Puncts: []string{
		"<<=", ">>=", "&^=", "...", "&&", "||", "<-", "++", "--", "==", "!=", "<=", ">=", ":=", "+=", "-=", "*=", "/=", "%=",
		"&=", "|=", "^=", "<<", ">>", "&^",
	},
}

func parse(f nsbox.File) *program {
	q := &program{name: f.Name, src: string(f.Data), text: source.NewText(f.Data), fset: token.NewFileSet()}
	q.file, q.err = parser.ParseFile(q.fset, f.Name, f.Data, parser.SkipObjectResolution|parser.AllErrors)
	q.tokens = lexer.Lex(q.src)
	return q
}

// parses reports whether src is well-formed.
func parses(src string) bool {
	_, err := parser.ParseFile(token.NewFileSet(), "x.go", src, parser.SkipObjectResolution)
	return err == nil
}

func (q *program) offset(pos token.Pos) int { return q.fset.Position(pos).Offset }

// of returns the text of a node.
func (q *program) of(n ast.Node) string {
	start, end := q.offset(n.Pos()), q.offset(n.End())
	if start < 0 || end > len(q.src) || start > end {
		return ""
	}
	return q.src[start:end]
}

// at is the offset of a diagnosis.
func (q *program) at(d nsbox.Diagnosis) int {
	if d.Column == 0 {
		start, _ := q.text.Bounds(d.Line)
		return start + len(q.text.Indent(d.Line))
	}
	offset, ok := q.text.Offset(d.Line, d.Column)
	if !ok {
		return len(q.src)
	}
	return offset
}

// word is the identifier at offset.
func (q *program) word(offset int) (source.Token, bool) {
	i := source.At(q.tokens, offset)
	if i < len(q.tokens) && q.tokens[i].Kind == source.Word && q.tokens[i].Start <= offset {
		return q.tokens[i], true
	}
	return source.Token{}, false
}

// replace is an edit of this file.
func (q *program) replace(start, end int, text string) nsbox.Edit {
	return nsbox.Edit{File: q.name, Start: start, End: end, Text: text}
}

func (q *program) replaceToken(t source.Token, text string) nsbox.Edit {
	return q.replace(t.Start, t.End, text)
}

// path returns the nodes around offset, the outermost first.
func (q *program) path(offset int) []ast.Node {
	var out []ast.Node
	if q.file == nil {
		return nil
	}
	ast.Inspect(q.file, func(n ast.Node) bool {
		if n == nil || n.Pos() == token.NoPos || q.offset(n.Pos()) > offset || q.offset(n.End()) < offset {
			return false
		}
		out = append(out, n)
		return true
	})
	return out
}

// function is the innermost function declaration around offset.
func (q *program) function(offset int) *ast.FuncDecl {
	for _, n := range q.path(offset) {
		if f, ok := n.(*ast.FuncDecl); ok {
			return f
		}
	}
	return nil
}

// imports are the imported paths by the name by which they are called.
func (q *program) imports() map[string]string {
	out := map[string]string{}
	if q.file == nil {
		return out
	}
	for _, s := range q.file.Imports {
		path, err := strconv.Unquote(s.Path.Value)
		if err != nil {
			continue
		}
		name := baseOf(path)
		if s.Name != nil {
			name = s.Name.Name
		}
		out[name] = path
	}
	return out
}

// selectors are the names that the file takes from pkg: pkg.Name.
func (q *program) selectors(pkg string) []string {
	var out []string
	for i := 0; i+2 < len(q.tokens); i++ {
		t := q.tokens[i]
		if t.Kind == source.Word && t.Text == pkg && q.tokens[i+1].Text == "." && q.tokens[i+2].Kind == source.Word &&
			(i == 0 || q.tokens[i-1].Text != ".") {
			out = append(out, q.tokens[i+2].Text)
		}
	}
	return out
}

// name is something that is declared: 'f' a function, 't' a type, 'v' a
// variable or constant, 'p' a package.
type name struct {
	text string
	kind byte
	// params is how many parameters a function takes, -1 where it takes any.
	params int
	typ    ast.Expr
	at     int
}

var universe = []name{
	{text: "append", kind: 'f', params: -1}, {text: "cap", kind: 'f', params: 1}, {text: "clear", kind: 'f', params: 1},
	{text: "close", kind: 'f', params: 1}, {text: "copy", kind: 'f', params: 2}, {text: "delete", kind: 'f', params: 2},
	{text: "len", kind: 'f', params: 1}, {text: "make", kind: 'f', params: -1}, {text: "max", kind: 'f', params: -1},
	{text: "min", kind: 'f', params: -1}, {text: "new", kind: 'f', params: 1}, {text: "panic", kind: 'f', params: 1},
	{text: "print", kind: 'f', params: -1}, {text: "println", kind: 'f', params: -1}, {text: "recover", kind: 'f', params: 0},
	{text: "true", kind: 'v'}, {text: "false", kind: 'v'}, {text: "nil", kind: 'v'}, {text: "iota", kind: 'v'},
	{text: "bool", kind: 't'}, {text: "byte", kind: 't'}, {text: "error", kind: 't'}, {text: "float32", kind: 't'}, {text: "float64", kind: 't'},
	{text: "int", kind: 't'}, {text: "int8", kind: 't'}, {text: "int16", kind: 't'}, {text: "int32", kind: 't'}, {text: "int64", kind: 't'},
	{text: "rune", kind: 't'}, {text: "string", kind: 't'}, {text: "uint", kind: 't'}, {text: "uint8", kind: 't'}, {text: "uint64", kind: 't'},
	{text: "any", kind: 't'},
}

// scope returns what is declared and visible at offset, the innermost last:
// the universe, packages, the package's own, the function's. Blocks are not told
// apart: a name of another block of the function counts.
func (q *program) scope(offset int) []name {
	out := slices.Clone(universe)
	for n := range q.imports() {
		out = append(out, name{text: n, kind: 'p'})
	}
	if q.file == nil {
		return out
	}
	for _, d := range q.file.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Recv == nil {
				out = append(out, name{text: d.Name.Name, kind: 'f', params: params(d.Type), at: q.offset(d.Name.Pos())})
			}
		case *ast.GenDecl:
			out = append(out, q.declared(d)...)
		}
	}
	if f := q.function(offset); f != nil {
		out = append(out, q.locals(f, offset)...)
	}
	return out
}

func params(t *ast.FuncType) int {
	n := t.Params.NumFields()
	if n > 0 {
		if _, ok := t.Params.List[len(t.Params.List)-1].Type.(*ast.Ellipsis); ok {
			return -1
		}
	}
	return n
}

func (q *program) declared(d *ast.GenDecl) []name {
	var out []name
	for _, s := range d.Specs {
		switch s := s.(type) {
		case *ast.TypeSpec:
			out = append(out, name{text: s.Name.Name, kind: 't', typ: s.Type, at: q.offset(s.Name.Pos())})
		case *ast.ValueSpec:
			for _, n := range s.Names {
				out = append(out, name{text: n.Name, kind: 'v', typ: s.Type, at: q.offset(n.Pos())})
			}
		}
	}
	return out
}

// locals are the names that f declares before offset.
func (q *program) locals(f *ast.FuncDecl, offset int) []name {
	var out []name
	fields := func(l *ast.FieldList) {
		if l == nil {
			return
		}
		for _, f := range l.List {
			for _, n := range f.Names {
				out = append(out, name{text: n.Name, kind: 'v', typ: f.Type, at: q.offset(n.Pos())})
			}
		}
	}
	fields(f.Recv)
	fields(f.Type.TypeParams)
	fields(f.Type.Params)
	fields(f.Type.Results)
	idents := func(list []ast.Expr) {
		for _, e := range list {
			if id, ok := e.(*ast.Ident); ok && q.offset(id.Pos()) < offset {
				out = append(out, name{text: id.Name, kind: 'v', at: q.offset(id.Pos())})
			}
		}
	}
	inspectBody(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			if n.Tok == token.DEFINE {
				idents(n.Lhs)
			}
		case *ast.RangeStmt:
			if n.Tok == token.DEFINE {
				idents([]ast.Expr{n.Key, n.Value})
			}
		case *ast.GenDecl:
			if q.offset(n.Pos()) < offset {
				out = append(out, q.declared(n)...)
			}
		case *ast.FuncLit:
			if q.offset(n.Pos()) < offset && offset <= q.offset(n.End()) {
				fields(n.Type.Params)
			}
		}
		return true
	})
	return out
}

// inspectBody visits what is in f's body; a function that is declared alone has none.
func inspectBody(f *ast.FuncDecl, visit func(ast.Node) bool) {
	if f.Body != nil {
		ast.Inspect(f.Body, visit)
	}
}

// members are the fields and methods that the file gives to the type name.
func (q *program) members(typeName string) []string {
	var out []string
	if q.file == nil {
		return nil
	}
	for _, d := range q.file.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Recv != nil && len(d.Recv.List) > 0 && receiverName(d.Recv.List[0].Type) == typeName {
				out = append(out, d.Name.Name)
			}
		case *ast.GenDecl:
			for _, s := range d.Specs {
				t, ok := s.(*ast.TypeSpec)
				if !ok || t.Name.Name != typeName {
					continue
				}
				var list *ast.FieldList
				switch t := t.Type.(type) {
				case *ast.StructType:
					list = t.Fields
				case *ast.InterfaceType:
					list = t.Methods
				default:
					continue
				}
				for _, f := range list.List {
					for _, n := range f.Names {
						out = append(out, n.Name)
					}
					if len(f.Names) == 0 { // embedded: its own, by its name, and its members
						embedded := receiverName(f.Type)
						out = append(out, embedded)
						if embedded != typeName {
							out = append(out, q.members(embedded)...)
						}
					}
				}
			}
		}
	}
	return out
}

func receiverName(t ast.Expr) string {
	switch t := t.(type) {
	case *ast.StarExpr:
		return receiverName(t.X)
	case *ast.IndexExpr:
		return receiverName(t.X)
	case *ast.IndexListExpr:
		return receiverName(t.X)
	case *ast.Ident:
		return t.Name
	case *ast.SelectorExpr:
		return t.Sel.Name
	}
	return ""
}

func texts(names []name) []string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = n.text
	}
	return out
}

func quoted(s string) string { return "`" + strings.ReplaceAll(s, "`", "'") + "`" }
