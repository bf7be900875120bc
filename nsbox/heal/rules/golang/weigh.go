package golang

import (
	"go/ast"
	"go/token"
	"strconv"
	"strings"

	"github.com/nsbox/nsbox/nsbox"
)

// wrongCalls counts the calls, on the line of an edit, that have another number
// of arguments than their function takes after it: functions of the program,
// builtins, and those of package fmt, whose format says it. Odd shapes that the
// compiler may accept and nobody writes count as well.
func (s *search) wrongCalls(i idea) int {
	out, err := nsbox.Apply([]nsbox.File{{Name: s.q.name, Data: []byte(s.q.src)}}, i.edits)
	if err != nil {
		return 1000
	}
	q := parse(out[0])
	if q.file == nil {
		return 1000
	}
	line := s.q.text.LineOf(i.edits[0].Start)
	wrong := 0
	names := map[string]int{}
	for _, n := range q.scope(i.edits[0].Start) {
		if n.kind == 'f' {
			names[n.text] = n.params
		}
	}
	ast.Inspect(q.file, func(n ast.Node) bool {
		if n == nil || q.fset.Position(n.Pos()).Line > line || q.fset.Position(n.End()).Line < line {
			return false
		}
		switch n := n.(type) {
		case *ast.CallExpr:
			wrong += q.callCost(n, names)
		case *ast.IndexExpr:
			// m["a", b] is one index; a string or number is none of a call.
			if _, ok := n.Index.(*ast.CompositeLit); ok {
				wrong++
			}
		}
		return true
	})
	return wrong
}

func (q *program) callCost(c *ast.CallExpr, names map[string]int) int {
	switch f := c.Fun.(type) {
	case *ast.Ident:
		if n, ok := names[f.Name]; ok && n >= 0 && n != len(c.Args) {
			return 2
		}
		if t := convertible[f.Name]; t && len(c.Args) != 1 {
			return 2
		}
		if f.Name == "make" && (len(c.Args) == 0 || len(c.Args) > 3) || f.Name == "append" && len(c.Args) < 2 {
			return 2
		}
	case *ast.SelectorExpr:
		if x, ok := f.X.(*ast.Ident); ok {
			return q.packageCallCost(x.Name, f.Sel.Name, c)
		}
	}
	return 0
}

var convertible = map[string]bool{
	"int": true, "int64": true, "float64": true, "string": true, "byte": true, "rune": true, "int32": true, "uint": true, "uint8": true, "float32": true,
}

// arities are those of well known functions of the standard library.
var arities = map[string]int{
	"strings.Repeat": 2, "strings.Join": 2, "strings.Split": 2, "strings.Contains": 2, "strings.HasPrefix": 2, "strings.HasSuffix": 2,
	"strings.ToUpper": 1, "strings.ToLower": 1, "strings.TrimSpace": 1, "strings.Fields": 1, "strings.Index": 2, "strings.ReplaceAll": 3,
	"strings.Replace": 4, "strings.Trim": 2, "strings.TrimRight": 2, "strings.TrimLeft": 2, "strings.TrimSuffix": 2, "strings.TrimPrefix": 2,
	"strings.Count": 2, "strings.EqualFold": 2, "strings.Title": 1, "strings.SplitN": 3, "strconv.Itoa": 1, "strconv.Atoi": 1,
	"strconv.Quote": 1, "strconv.ParseInt": 3, "strconv.ParseFloat": 2, "strconv.FormatInt": 2, "strconv.ParseBool": 1, "sort.Ints": 1, "sort.Strings": 1,
	"sort.Slice": 2, "sort.Sort": 1, "math.Sqrt": 1, "math.Abs": 1, "math.Pow": 2, "math.Max": 2, "math.Min": 2, "math.Floor": 1, "math.Ceil": 1,
	"math.Round": 1, "math.Mod": 2, "errors.New": 1, "errors.Is": 2, "errors.As": 2, "time.Since": 1, "time.Sleep": 1, "os.Exit": 1,
	"unicode.IsUpper": 1, "unicode.IsLower": 1, "unicode.IsDigit": 1, "unicode.IsLetter": 1, "unicode.ToUpper": 1, "unicode.ToLower": 1,
	"slices.Sort": 1, "slices.Contains": 2, "slices.Reverse": 1, "slices.Index": 2, "slices.Max": 1, "slices.Min": 1, "maps.Keys": 1,
}

func (q *program) packageCallCost(pkg, name string, c *ast.CallExpr) int {
	if n, ok := arities[pkg+"."+name]; ok && n != len(c.Args) {
		return 2
	}
	if pkg != "fmt" {
		return 0
	}
	format := -1
	switch name {
	case "Printf", "Sprintf", "Errorf":
		format = 0
	case "Fprintf", "Appendf":
		format = 1
	}
	if format < 0 {
		return 0
	}
	if format >= len(c.Args) {
		return 2
	}
	lit, ok := c.Args[format].(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return 0
	}
	text, err := strconv.Unquote(lit.Value)
	if err != nil {
		return 0
	}
	if verbs(text) != len(c.Args)-format-1 {
		return 2
	}
	return 0
}

// verbs counts the arguments that a format takes.
func verbs(format string) int {
	n := 0
	for i := 0; i < len(format); i++ {
		if format[i] != '%' {
			continue
		}
		i++
		for i < len(format) && strings.IndexByte("+-# 0123456789.*[]", format[i]) >= 0 {
			if format[i] == '*' {
				n++
			}
			i++
		}
		if i < len(format) && format[i] != '%' {
			n++
		}
	}
	return n
}
