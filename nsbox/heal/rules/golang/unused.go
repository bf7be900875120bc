package golang

import (
	"go/ast"
	"go/token"
	"strings"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/internal/source"
)

// unused mends a variable that is not used: one that shadows by := what "=" was
// meant to set, one whose name is misspelt elsewhere, and one without a purpose.
func (q *program) unused(d nsbox.Diagnosis, m []string, c *context) []idea {
	word, at := m[1], q.at(d)
	// Where a name is unknown that this one is near to, that is the mistake.
	for _, other := range c.found {
		if u, ok := strings.CutPrefix(other.Message, "undefined: "); ok && len(source.Near(u, []string{word})) > 0 {
			return nil
		}
	}
	var stmt ast.Stmt
	var list []ast.Stmt
	for _, n := range q.path(at) {
		switch n := n.(type) {
		case *ast.BlockStmt:
			list = n.List
		case *ast.CaseClause:
			list = n.Body
		case ast.Stmt:
			stmt = n
		}
	}
	switch s := stmt.(type) {
	case *ast.AssignStmt:
		return q.unusedAssign(s, word, at, list)
	case *ast.DeclStmt:
		g, ok := s.Decl.(*ast.GenDecl)
		if !ok || len(g.Specs) != 1 {
			return nil
		}
		v, ok := g.Specs[0].(*ast.ValueSpec)
		if ok && len(v.Names) == 1 && !q.assigned(word, v.Names[0]) && (len(v.Values) == 0 || pure(v.Values)) {
			return []idea{{"unused-variable", quoted(word) + " is not used", []nsbox.Edit{q.removeLines(s)}, nsbox.RankLocal}}
		}
	case *ast.RangeStmt:
		return q.unusedRange(s, word)
	}
	return nil
}

func (q *program) unusedAssign(s *ast.AssignStmt, word string, at int, list []ast.Stmt) []idea {
	if s.Tok != token.DEFINE {
		return nil
	}
	// An outer variable of that name was to be set.
	if len(s.Lhs) == 1 && q.shadows(word, s) {
		pos := q.offset(s.TokPos)
		return []idea{{"shadow", ":= declares another " + quoted(word) + "; = sets the one that is there", []nsbox.Edit{q.replace(pos, pos+2, "=")}, nsbox.RankLocal}}
	}
	if len(s.Lhs) == 1 {
		id, ok := s.Lhs[0].(*ast.Ident)
		if !ok || q.assigned(word, id) {
			return nil
		}
		if pure(s.Rhs) && in(list, s) {
			return []idea{{"unused-variable", quoted(word) + " is not used, and computing it does nothing else", []nsbox.Edit{q.removeLines(s)}, nsbox.RankLocal}}
		}
		pos := q.offset(s.TokPos)
		return []idea{{"unused-variable", quoted(word) + " is not used",
			[]nsbox.Edit{q.replace(q.offset(id.Pos()), q.offset(id.End()), "_"), q.replace(pos, pos+2, "=")}, nsbox.RankLocal}}
	}
	if q.allShadow(s) {
		pos := q.offset(s.TokPos)
		return []idea{{"shadow", ":= declares others of these names; = sets those that are there", []nsbox.Edit{q.replace(pos, pos+2, "=")}, nsbox.RankLocal}}
	}
	// One of several: the others are declared by the same statement.
	for _, e := range s.Lhs {
		if id, ok := e.(*ast.Ident); ok && id.Name == word && q.offset(id.Pos()) == at {
			edits := []nsbox.Edit{q.replace(at, at+len(word), "_")}
			if !q.others(s, word) {
				pos := q.offset(s.TokPos)
				edits = append(edits, q.replace(pos, pos+2, "="))
			}
			return []idea{{"unused-variable", quoted(word) + " is not used", edits, nsbox.RankLocal}}
		}
	}
	return nil
}

// allShadow reports whether every name that s declares is one of a block around.
func (q *program) allShadow(s *ast.AssignStmt) bool {
	for _, e := range s.Lhs {
		if id, ok := e.(*ast.Ident); !ok || id.Name != "_" && !q.shadows(id.Name, s) {
			return false
		}
	}
	return true
}

// others reports whether s declares another name that is used at all.
func (q *program) others(s *ast.AssignStmt, word string) bool {
	for _, e := range s.Lhs {
		if id, ok := e.(*ast.Ident); ok && id.Name != word && id.Name != "_" {
			return true
		}
	}
	return false
}

func (q *program) unusedRange(s *ast.RangeStmt, word string) []idea {
	key, _ := s.Key.(*ast.Ident)
	value, _ := s.Value.(*ast.Ident)
	start := 0
	switch {
	case key != nil && key.Name == word && value == nil:
		// for i := range xs, with i unused, is for range xs.
		return []idea{{"unused-variable", quoted(word) + " is not used",
			[]nsbox.Edit{q.replace(q.offset(key.Pos()), q.offset(s.Range), "")}, nsbox.RankLocal}}
	case key != nil && key.Name == word:
		start = q.offset(key.Pos())
	case value != nil && value.Name == word:
		start = q.offset(value.Pos())
	default:
		return nil
	}
	return []idea{{"unused-variable", quoted(word) + " is not used", []nsbox.Edit{q.replace(start, start+len(word), "_")}, nsbox.RankLocal}}
}

// shadows reports whether the function of s has word declared before, in a
// block around s.
func (q *program) shadows(word string, s ast.Stmt) bool {
	at := q.offset(s.Pos())
	path := q.path(at)
	for _, n := range path {
		switch n := n.(type) {
		case *ast.BlockStmt:
			for _, before := range n.List {
				if q.offset(before.Pos()) < at && declares(before, word) {
					return true
				}
			}
		case *ast.FuncDecl:
			for _, l := range []*ast.FieldList{n.Type.Params, n.Type.Results} {
				if l == nil {
					continue
				}
				for _, f := range l.List {
					for _, id := range f.Names {
						if id.Name == word {
							return true
						}
					}
				}
			}
		case *ast.ForStmt:
			if n.Init != nil && q.offset(n.Init.Pos()) < at && declares(n.Init, word) {
				return true
			}
		}
	}
	if q.file != nil {
		for _, d := range q.file.Decls {
			if g, ok := d.(*ast.GenDecl); ok && g.Tok == token.VAR && declaresIn(g, word) {
				return true
			}
		}
	}
	return false
}

func declares(s ast.Stmt, word string) bool {
	switch s := s.(type) {
	case *ast.AssignStmt:
		if s.Tok == token.DEFINE {
			for _, e := range s.Lhs {
				if id, ok := e.(*ast.Ident); ok && id.Name == word {
					return true
				}
			}
		}
	case *ast.DeclStmt:
		g, ok := s.Decl.(*ast.GenDecl)
		return ok && declaresIn(g, word)
	}
	return false
}

func declaresIn(g *ast.GenDecl, word string) bool {
	for _, s := range g.Specs {
		if v, ok := s.(*ast.ValueSpec); ok {
			for _, id := range v.Names {
				if id.Name == word {
					return true
				}
			}
		}
	}
	return false
}

// assigned reports whether word is set anywhere but at its declaration: then
// its removal would leave those.
func (q *program) assigned(word string, decl *ast.Ident) bool {
	f := q.function(q.offset(decl.Pos()))
	if f == nil || f.Body == nil {
		return true
	}
	found := false
	ast.Inspect(f.Body, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && id.Name == word && id.Pos() != decl.Pos() {
			found = true
		}
		return !found
	})
	return found
}

// pure reports whether evaluating the expressions does nothing but yield values.
func pure(list []ast.Expr) bool {
	ok := true
	for _, e := range list {
		ast.Inspect(e, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CallExpr:
				if id, isID := n.Fun.(*ast.Ident); !isID || !pureCalls[id.Name] {
					ok = false
				}
			case *ast.UnaryExpr:
				ok = ok && n.Op != token.ARROW
			case *ast.FuncLit:
				return false
			}
			return ok
		})
	}
	return ok
}

var pureCalls = map[string]bool{
	"len": true, "cap": true, "make": true, "new": true, "int": true, "float64": true, "string": true, "int64": true, "min": true, "max": true,
}

func in(list []ast.Stmt, s ast.Stmt) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

// removeLines removes a statement that has its lines to itself.
func (q *program) removeLines(n ast.Node) nsbox.Edit {
	start, end := q.offset(n.Pos()), q.offset(n.End())
	from, _ := q.text.Bounds(q.text.LineOf(start))
	to := q.text.Next(q.text.LineOf(end))
	if strings.TrimSpace(q.src[from:start]) != "" || strings.TrimSpace(q.src[end:to]) != "" && !strings.HasPrefix(strings.TrimSpace(q.src[end:to]), "//") {
		return q.replace(start, end, "")
	}
	return q.replace(from, to, "")
}

// unusedImport removes an import, unless a name that is unknown is a slip of
// the package's.
func (q *program) unusedImport(d nsbox.Diagnosis, m []string, c *context) []idea {
	base := baseOf(m[1])
	for _, other := range c.found {
		u, ok := strings.CutPrefix(other.Message, "undefined: ")
		if !ok {
			u, _, ok = strings.Cut(other.Message, ".")
		}
		if ok && u != base && (len(source.Near(u, []string{base})) > 0) {
			return nil
		}
	}
	for _, s := range q.file.Imports {
		if s.Path.Value != `"`+m[1]+`"` || q.text.LineOf(q.offset(s.Pos())) != d.Line {
			continue
		}
		var node ast.Node = s
		for _, decl := range q.file.Decls {
			if g, ok := decl.(*ast.GenDecl); ok && g.Tok == token.IMPORT && len(g.Specs) == 1 && g.Specs[0] == s {
				node = g
			}
		}
		return []idea{{"unused-import", "the package " + quoted(m[1]) + " is not used", []nsbox.Edit{q.removeLines(node)}, nsbox.RankCertain}}
	}
	return nil
}

// noPackage mends a slip in an import's path.
func (q *program) noPackage(d nsbox.Diagnosis, m []string, c *context) []idea {
	path := m[1]
	if path == "" {
		path = m[2]
	}
	var paths []string
	for p := range std() {
		paths = append(paths, p)
	}
	near, ok := source.Clear(source.Near(path, paths))
	if !ok {
		return nil
	}
	for _, s := range q.file.Imports {
		if s.Path.Value == `"`+path+`"` {
			return []idea{{"near-package", "there is no package " + quoted(path) + "; there is " + quoted(near),
				[]nsbox.Edit{q.replace(q.offset(s.Path.Pos()), q.offset(s.Path.End()), `"`+near+`"`)}, nsbox.RankLocal}}
		}
	}
	return nil
}

// noNewVariables turns := into = where all names are declared.
func (q *program) noNewVariables(d nsbox.Diagnosis, m []string, c *context) []idea {
	for i := source.At(q.tokens, q.at(d)); i < len(q.tokens) && q.tokens[i].Kind != source.Newline; i++ {
		if q.tokens[i].Text == ":=" {
			return []idea{{"assign", ":= declares, and there is nothing new to declare", []nsbox.Edit{q.replaceToken(q.tokens[i], "=")}, nsbox.RankCertain}}
		}
	}
	return nil
}
