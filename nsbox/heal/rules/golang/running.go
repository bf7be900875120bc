package golang

import (
	"go/ast"
	"go/token"
	"strconv"
	"strings"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/internal/lazyre"
)

// running mends what failed while the program ran.
func (q *program) running(d nsbox.Diagnosis) []idea {
	switch {
	case strings.Contains(d.Message, "assignment to entry in nil map"):
		return q.nilMap(d)
	case strings.Contains(d.Message, "index out of range"):
		return q.offByOne(d)
	}
	return nil
}

// nilMap makes the map that the line at d sets an entry of, where a variable
// declares it without a value.
func (q *program) nilMap(d nsbox.Diagnosis) []idea {
	if q.file == nil {
		return nil
	}
	var set string
	ast.Inspect(q.file, func(n ast.Node) bool {
		x, ok := n.(*ast.IndexExpr)
		if ok && q.text.LineOf(q.offset(x.Pos())) == d.Line {
			if id, ok := x.X.(*ast.Ident); ok && set == "" {
				set = id.Name
			}
		}
		return true
	})
	if set == "" {
		return nil
	}
	var out []idea
	ast.Inspect(q.file, func(n ast.Node) bool {
		v, ok := n.(*ast.ValueSpec)
		if !ok || len(v.Names) != 1 || v.Names[0].Name != set || len(v.Values) > 0 {
			return true
		}
		if m, ok := v.Type.(*ast.MapType); ok {
			end := q.offset(v.End())
			out = append(out, idea{"nil-map", quoted(set) + " is declared, but no map is made", []nsbox.Edit{q.replace(end, end, " = make("+q.of(m)+")")}, nsbox.RankLocal})
		}
		return true
	})
	if len(out) != 1 {
		return nil
	}
	return out
}

// offByOne turns i <= len(x) into i < len(x) in the loop around the line, where
// the index was the length itself.
func (q *program) offByOne(d nsbox.Diagnosis) []idea {
	m := reRange.FindStringSubmatch(d.Message)
	if m == nil || m[1] != m[2] || q.file == nil {
		return nil
	}
	at, _ := q.text.Bounds(d.Line)
	at += len(q.text.Indent(d.Line))
	var out []idea
	for _, n := range q.path(at) {
		f, ok := n.(*ast.ForStmt)
		if !ok {
			continue
		}
		b, ok := f.Cond.(*ast.BinaryExpr)
		if !ok || b.Op != token.LEQ {
			continue
		}
		if c, ok := b.Y.(*ast.CallExpr); ok {
			if id, ok := c.Fun.(*ast.Ident); ok && id.Name == "len" {
				pos := q.offset(b.OpPos)
				out = append(out, idea{"off-by-one", "the last index is one less than the length", []nsbox.Edit{q.replace(pos, pos+2, "<")}, nsbox.RankStructural})
			}
		}
	}
	if len(out) != 1 {
		return nil
	}
	return out
}

var reRange = lazyre.New(`index out of range \[(\d+)\] with length (\d+)`)

// lintFixes mends what vet found in formats.
func lintFixes(found []nsbox.Diagnosis, get func(string) *program) []nsbox.Fix {
	var all [][]idea
	for _, d := range found[:min(len(found), maxMended)] {
		q := get(d.File)
		if q == nil || q.file == nil {
			continue
		}
		if i := q.lint(d); len(i) > 0 {
			all = append(all, i)
		}
	}
	if len(all) == 0 {
		return nil
	}
	joint, n := together(all)
	out := fixes(all[0])
	if n > 1 {
		out = append([]nsbox.Fix{{Rule: "go/several", Explanation: joint.why, Edits: joint.edits, Rank: nsbox.RankLocal}}, out...)
	}
	return out
}

var (
	reNoVerbs    = lazyre.New(`(\S+) call has arguments but no formatting directives`)
	reWrongVerb  = lazyre.New(`(\S+) format (%\S+) has arg (.+) of wrong type (.+)$`)
	rePrintlnFmt = lazyre.New(`(\S+) call has possible Printf formatting directive`)
	reMoreArgs   = lazyre.New(`(\S+) call needs (\d+) args? but has (\d+) args?`)
)

func (q *program) lint(d nsbox.Diagnosis) []idea {
	call := q.callOn(d)
	if call == nil {
		return nil
	}
	format := -1
	for i, a := range call.Args {
		if lit, ok := a.(*ast.BasicLit); ok && lit.Kind == token.STRING && format < 0 {
			format = i
		}
	}
	if format < 0 {
		return nil
	}
	lit := call.Args[format].(*ast.BasicLit)
	start, end := q.offset(lit.Pos()), q.offset(lit.End())
	switch {
	case reNoVerbs.MatchString(d.Message):
		return q.addVerbs(lit, start, end, len(call.Args)-format-1)
	case reMoreArgs.MatchString(d.Message):
		m := reMoreArgs.FindStringSubmatch(d.Message)
		needs, _ := strconv.Atoi(m[2])
		has, _ := strconv.Atoi(m[3])
		if needs < has {
			return q.addVerbs(lit, start, end, has-needs)
		}
	case reWrongVerb.MatchString(d.Message):
		m := reWrongVerb.FindStringSubmatch(d.Message)
		if strings.Count(lit.Value, m[2]) == 1 {
			at := start + strings.Index(lit.Value, m[2])
			verb := m[2][:len(m[2])-1] + "v"
			return []idea{{"verb", quoted(m[2]) + " is for another type than " + m[4], []nsbox.Edit{q.replace(at, at+len(m[2]), verb)}, nsbox.RankLocal}}
		}
	case rePrintlnFmt.MatchString(d.Message):
		sel, ok := call.Fun.(*ast.SelectorExpr)
		if ok && format == 0 && strings.HasSuffix(sel.Sel.Name, "ln") && lit.Value[0] == '"' {
			name := q.offset(sel.Sel.Pos())
			return []idea{{"printf", "a format is for Printf", []nsbox.Edit{
				q.replace(name, name+len(sel.Sel.Name), strings.TrimSuffix(sel.Sel.Name, "ln")+"f"), q.replace(end-1, end-1, `\n`),
			}, nsbox.RankLocal}}
		}
	}
	return nil
}

// addVerbs adds a verb for each argument that has none, before a line feed at
// the format's end.
func (q *program) addVerbs(lit *ast.BasicLit, start, end, n int) []idea {
	if n < 1 {
		return nil
	}
	at := end - 1
	if strings.HasSuffix(lit.Value, `\n"`) {
		at -= 2
	}
	text := ""
	for i := range n {
		if i > 0 || at > start+1 && q.src[at-1] != ' ' {
			text += " "
		}
		text += "%v"
	}
	return []idea{{"verb", "the format has no place for its arguments", []nsbox.Edit{q.replace(at, at, text)}, nsbox.RankLocal}}
}

// callOn is the innermost call at the place of d with a text among its
// arguments.
func (q *program) callOn(d nsbox.Diagnosis) *ast.CallExpr {
	var found *ast.CallExpr
	for _, n := range q.path(q.at(d)) {
		if c, ok := n.(*ast.CallExpr); ok {
			for _, a := range c.Args {
				if lit, ok := a.(*ast.BasicLit); ok && lit.Kind == token.STRING {
					found = c
				}
			}
		}
	}
	return found
}
