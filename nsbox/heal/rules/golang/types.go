package golang

import (
	"go/ast"
	"go/token"
	"strings"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/internal/lazyre"
	"github.com/nsbox/nsbox/nsbox/internal/source"
)

// widths order the number types: a value of one fits into those after it in its
// row.
var widenings = [][]string{
	{"int8", "int16", "int32", "int", "int64", "float64"},
	{"uint8", "uint16", "uint32", "uint", "uint64"},
	{"byte", "int16", "int32", "int", "int64", "float64"},
	{"uint8", "int16", "int32", "int", "int64", "float64"},
	{"rune", "int", "int64", "float64"},
	{"uint16", "int32", "int", "int64", "float64"},
	{"float32", "float64"},
}

// fits reports whether every value of from is one of to. An int64 counts as
// fitting into a float64, and an int: programs count things with them.
func fits(from, to string) bool {
	for _, row := range widenings {
		at := -1
		for i, t := range row {
			switch {
			case t == from:
				at = i
			case t == to && at >= 0:
				return true
			}
		}
	}
	// Conversions to a named type of the program are for its author to decide.
	return false
}

// conversion returns the text that turns the expression of type from into to, ""
// where that would lose something or make no sense. imports are packages that
// it needs.
func conversion(expr, from, to string) (text, pkg string) {
	switch {
	case fits(from, to):
		return to + "(" + expr + ")", ""
	case from == "int" && to == "string":
		return "strconv.Itoa(" + expr + ")", "strconv"
	case to == "string" && (from == "byte" || from == "rune" || from == "[]byte" || from == "[]rune" || from == "int32" || from == "uint8"):
		return "string(" + expr + ")", ""
	case from == "string" && (to == "[]byte" || to == "[]rune"):
		return to + "(" + expr + ")", ""
	case to == "string" && (from == "int64" || from == "float64" || from == "bool"):
		return "fmt.Sprint(" + expr + ")", "fmt"
	case "*"+from == to && reSimple.MatchString(expr):
		return "&" + expr, ""
	case from == "*"+to && reSimple.MatchString(expr):
		return "*" + expr, ""
	}
	return "", ""
}

var reSimple = lazyre.New(`^\w+(\.\w+)*(\[[\w., ]+\])?(\{.*\})?$`)

// converted makes the edits that replace an expression by its conversion.
func (q *program) converted(e ast.Expr, text, pkg string) ([]nsbox.Edit, bool) {
	edits := []nsbox.Edit{q.replace(q.offset(e.Pos()), q.offset(e.End()), text)}
	if pkg != "" && q.imports()[pkg] == "" {
		imported, ok := q.addImport(pkg)
		if !ok {
			return nil, false
		}
		edits = append(edits, imported)
	}
	return edits, true
}

// mismatched mends a binary operation of two types: the operand is converted
// whose values all are values of the other's type.
func (q *program) mismatched(d nsbox.Diagnosis, m []string, c *context) []idea {
	b := q.binary(q.at(d), m[1])
	if b == nil {
		return nil
	}
	left, right := m[2], m[3]
	side, text, pkg := b.X, "", ""
	if text, pkg = conversion(q.of(b.X), left, right); text == "" || right == "string" && b.Op != token.ADD {
		side = b.Y
		if text, pkg = conversion(q.of(b.Y), right, left); text == "" || left == "string" && b.Op != token.ADD {
			return nil
		}
	}
	edits, ok := q.converted(side, text, pkg)
	if !ok {
		return nil
	}
	return []idea{{"convert", "the operands have the types " + left + " and " + right, edits, nsbox.RankLocal}}
}

// binary finds the operation that is written as text, at or after offset.
func (q *program) binary(offset int, text string) *ast.BinaryExpr {
	var best *ast.BinaryExpr
	plain := func(s string) string { return strings.Join(strings.Fields(s), "") }
	want := plain(text)
	ast.Inspect(q.file, func(n ast.Node) bool {
		b, ok := n.(*ast.BinaryExpr)
		if ok && q.offset(b.Pos()) <= offset && offset <= q.offset(b.End()) && plain(q.of(b)) == want {
			best = b
		}
		return true
	})
	if best != nil {
		return best
	}
	ast.Inspect(q.file, func(n ast.Node) bool {
		b, ok := n.(*ast.BinaryExpr)
		if ok && best == nil && q.text.LineOf(q.offset(b.Pos())) == q.text.LineOf(offset) && plain(q.of(b)) == want {
			best = b
		}
		return true
	})
	return best
}

// cannotUse mends a value of the wrong type where a conversion loses nothing.
func (q *program) cannotUse(d nsbox.Diagnosis, m []string, c *context) []idea {
	e := q.expression(q.at(d), m[1])
	if e == nil {
		return nil
	}
	text, pkg := conversion(q.of(e), m[2], m[3])
	if text == "" {
		return nil
	}
	edits, ok := q.converted(e, text, pkg)
	if !ok {
		return nil
	}
	return []idea{{"convert", quoted(m[1]) + " is of type " + m[2] + ", wanted is " + m[3], edits, nsbox.RankLocal}}
}

// expression finds the largest expression that begins at offset and is written
// as text.
func (q *program) expression(offset int, text string) ast.Expr {
	plain := func(s string) string { return strings.Join(strings.Fields(s), "") }
	want := plain(text)
	var found, begins ast.Expr
	for _, n := range q.path(offset) {
		e, ok := n.(ast.Expr)
		if !ok {
			continue
		}
		if plain(q.of(e)) == want && found == nil {
			found = e
		}
		if q.offset(e.Pos()) == offset && begins == nil {
			begins = e
		}
	}
	if found == nil && strings.Contains(text, "…") {
		return begins // the compiler shortens long ones
	}
	return found
}

// cannotUseConstant mends a literal of the wrong kind: '1' for "1".
func (q *program) cannotUseConstant(d nsbox.Diagnosis, m []string, c *context) []idea {
	t := source.At(q.tokens, q.at(d))
	if t >= len(q.tokens) {
		return nil
	}
	tok := q.tokens[t]
	switch {
	case m[2] == "rune" && m[3] == "string" && tok.Kind == source.String && tok.Text[0] == '\'':
		return []idea{{"quotes", "a string has double quotes", []nsbox.Edit{q.replaceToken(tok, `"`+strings.Trim(tok.Text, "'")+`"`)}, nsbox.RankLocal}}
	case m[2] == "string" && (m[3] == "rune" || m[3] == "byte") && len(tok.Text) == 3 && tok.Text[0] == '"':
		return []idea{{"quotes", "a character has single quotes", []nsbox.Edit{q.replaceToken(tok, "'"+strings.Trim(tok.Text, `"`)+"'")}, nsbox.RankLocal}}
	case m[2] == "int" && m[3] == "string" && tok.Kind == source.Number:
		return []idea{{"quotes", "a string has double quotes", []nsbox.Edit{q.replaceToken(tok, `"`+tok.Text+`"`)}, nsbox.RankStructural}}
	}
	return nil
}

// tooManyResults gives a function the results that its returns have.
func (q *program) tooManyResults(d nsbox.Diagnosis, m []string, c *context) []idea {
	at := q.at(d)
	key := d.File + " results"
	for _, n := range q.path(at) {
		if _, ok := n.(*ast.FuncLit); ok {
			return nil
		}
	}
	f := q.function(at)
	if f == nil || f.Type.Results != nil || f.Name.Name == "main" && f.Recv == nil {
		return nil
	}
	if key += f.Name.Name; c.done[key] {
		return nil
	}
	c.done[key] = true
	have := ""
	for line := range strings.SplitSeq(d.Message, "\n") {
		if h, ok := strings.CutPrefix(line, "have ("); ok {
			have = strings.TrimSuffix(h, ")")
		}
	}
	return q.giveResults(f, have)
}

func (q *program) giveResults(f *ast.FuncDecl, have string) []idea {
	types := q.resultTypes(f, have)
	if types == "" {
		return nil
	}
	at := q.offset(f.Type.Params.End())
	return []idea{{"result-type", quoted(f.Name.Name) + " returns values and declares none", []nsbox.Edit{q.replace(at, at, " "+types)}, nsbox.RankLocal}}
}

// resultTypes words the results of a function that returns have, as the compiler
// writes it.
func (q *program) resultTypes(f *ast.FuncDecl, have string) string {
	var out []string
	for part := range strings.SplitSeq(have, ", ") {
		switch part {
		case "":
			return ""
		case "nil":
			part = "error"
		case "number":
			part = q.numberType(f, len(out))
			if part == "" {
				return ""
			}
		case "string", "bool":
		}
		out = append(out, part)
	}
	if len(out) == 1 {
		return out[0]
	}
	return "(" + strings.Join(out, ", ") + ")"
}

// numberType is the type of the numbers that f's returns have at that place:
// that of a variable among them, else by how the numbers are written.
func (q *program) numberType(f *ast.FuncDecl, place int) string {
	kind := ""
	inspectBody(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.ReturnStmt:
			if place >= len(n.Results) {
				return true
			}
			switch e := n.Results[place].(type) {
			case *ast.BasicLit:
				if e.Kind == token.INT && kind == "" {
					kind = "int"
				} else if e.Kind == token.FLOAT {
					kind = "float64"
				}
			default:
				if t := q.typeOf(e, f); t != "" {
					kind = t
				}
			}
		}
		return true
	})
	return kind
}

// typeOf is the type of an expression as far as the function's parameters and
// variables tell it.
func (q *program) typeOf(e ast.Expr, f *ast.FuncDecl) string {
	switch e := e.(type) {
	case *ast.ParenExpr:
		return q.typeOf(e.X, f)
	case *ast.BasicLit:
		return map[token.Token]string{token.INT: "int", token.FLOAT: "float64", token.STRING: "string", token.CHAR: "rune"}[e.Kind]
	case *ast.BinaryExpr:
		switch e.Op {
		case token.EQL, token.NEQ, token.LSS, token.GTR, token.LEQ, token.GEQ, token.LAND, token.LOR:
			return "bool"
		}
		if t := q.typeOf(e.X, f); t != "" && t != "int" {
			return t
		}
		return q.typeOf(e.Y, f)
	case *ast.CallExpr:
		if id, ok := e.Fun.(*ast.Ident); ok {
			switch id.Name {
			case "len", "cap", "int", "copy":
				return "int"
			case "float64", "string", "int64", "byte", "rune", "float32":
				return id.Name
			}
			for _, d := range q.file.Decls {
				if g, ok := d.(*ast.FuncDecl); ok && g.Recv == nil && g.Name.Name == id.Name && g.Type.Results.NumFields() == 1 {
					return q.of(g.Type.Results.List[0].Type)
				}
			}
		}
	case *ast.Ident:
		return q.typeOfVariable(e.Name, f)
	}
	return ""
}

func (q *program) typeOfVariable(word string, f *ast.FuncDecl) string {
	found := ""
	for _, n := range q.locals(f, q.offset(f.End())) {
		if n.text == word && n.typ != nil {
			return q.of(n.typ)
		}
	}
	inspectBody(f, func(n ast.Node) bool {
		a, ok := n.(*ast.AssignStmt)
		if ok && a.Tok == token.DEFINE && len(a.Lhs) == len(a.Rhs) && found == "" {
			for i, l := range a.Lhs {
				if id, ok := l.(*ast.Ident); ok && id.Name == word {
					if self, ok := a.Rhs[i].(*ast.Ident); !ok || self.Name != word {
						found = q.typeOf(a.Rhs[i], f)
					}
				}
			}
		}
		return found == ""
	})
	return found
}

// assignAsValue turns = into == where a value is wanted.
func (q *program) assignAsValue(d nsbox.Diagnosis, m []string, c *context) []idea {
	return q.equals(d)
}

func (q *program) equals(d nsbox.Diagnosis) []idea {
	for i := source.At(q.tokens, q.lineStart(d.Line)); i < len(q.tokens) && q.tokens[i].Kind != source.Newline; i++ {
		if q.tokens[i].Text == "=" {
			return []idea{{"equals", "= sets; == compares", []nsbox.Edit{q.replaceToken(q.tokens[i], "==")}, nsbox.RankLocal}}
		}
	}
	return nil
}

func (q *program) lineStart(n int) int {
	start, _ := q.text.Bounds(n)
	return start
}
