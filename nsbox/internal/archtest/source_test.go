package archtest

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/nsbox/nsbox/nsbox/internal/nstest"
)

// maxLines is for every Go file: who opens one can read it to its end.
const maxLines = 600

// topLevel is all that may stand in the module's first directory. Something new
// there is a decision, to be made here.
var topLevel = []string{
	".ci", ".gitignore", ".golangci.yml", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "Makefile", "Vagrantfile", "README.md", "SECURITY.md", "Vagrantfile",
	"cmd", "docs", "examples", "go.mod", "go.sum", "nsbox", "rootfs", "scripts", "seccomp-profiles", "tools",
}

func TestTopLevel(t *testing.T) {
	for _, f := range trackedFiles(t) {
		if first, _, _ := strings.Cut(f, "/"); !slices.Contains(topLevel, first) {
			t.Errorf("%s: %s is not in the list of what stands at the top", f, first)
		}
	}
}

// goFiles calls f with each of the module's Go files, parsed.
func goFiles(t *testing.T, f func(name string, src []byte, fset *token.FileSet, file *ast.File)) {
	t.Helper()
	root := nstest.ModuleRoot(t)
	seen := 0
	for _, name := range trackedFiles(t) {
		if !strings.HasSuffix(name, ".go") || strings.Contains(name, "testdata/") || strings.HasPrefix(name, "examples/") {
			continue
		}
		src, err := os.ReadFile(filepath.Join(root, name))
		if os.IsNotExist(err) {
			continue // deleted, but not yet in a commit
		}
		if err != nil {
			t.Fatal(err)
		}
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, name, src, parser.SkipObjectResolution|parser.ParseComments)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		seen++
		f(name, src, fset, file)
	}
	if seen == 0 {
		t.Fatal("no Go file found")
	}
}

// A package's init runs in every program that links it, in an order nobody
// reads, and before main can refuse: lists are written out instead.
func TestNoInit(t *testing.T) {
	goFiles(t, func(name string, _ []byte, fset *token.FileSet, file *ast.File) {
		if ast.IsGenerated(file) {
			return // protobuf's code registers its messages so
		}
		for _, d := range file.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.Name == "init" {
				t.Errorf("%s: func init: list what is to be registered where it is used", fset.Position(fn.Pos()))
			}
		}
	})
}

func TestFilesAreShort(t *testing.T) {
	goFiles(t, func(name string, src []byte, _ *token.FileSet, file *ast.File) {
		if n := bytes.Count(src, []byte("\n")); n > maxLines && !ast.IsGenerated(file) {
			t.Errorf("%s has %d lines; at most %d are allowed: split it by subject", name, n, maxLines)
		}
	})
}

// What a program does stands in a package that tests can reach.
func TestMainsAreShort(t *testing.T) {
	const most = 15
	goFiles(t, func(name string, src []byte, _ *token.FileSet, file *ast.File) {
		if !strings.HasPrefix(name, "cmd/") {
			return
		}
		if n := bytes.Count(src, []byte("\n")); n > most {
			t.Errorf("%s has %d lines; a main calls one function and has at most %d", name, n, most)
		}
	})
}

// A test that cannot run says so through nstest.Skip, which CI forbids;
// testing.Short passes without a word.
func TestSkipsAreLoud(t *testing.T) {
	goFiles(t, func(name string, _ []byte, fset *token.FileSet, file *ast.File) {
		if !strings.HasSuffix(name, "_test.go") || strings.HasPrefix(name, "nsbox/internal/nstest/") {
			return
		}
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			sel, ok := call.Fun.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			x, _ := sel.X.(*ast.Ident)
			switch {
			case x == nil:
			case slices.Contains([]string{"Skip", "Skipf", "SkipNow"}, sel.Sel.Name) && x.Name != "nstest":
				t.Errorf("%s: %s.%s: use nstest.Skip, which fails where skipping is forbidden", fset.Position(call.Pos()), x.Name, sel.Sel.Name)
			case x.Name == "testing" && sel.Sel.Name == "Short":
				t.Errorf("%s: testing.Short: a test that is left out has to say so", fset.Position(call.Pos()))
			}
			return true
		})
	})
}

// Errors are returned; only a main ends the process, and the command line's
// answer to a second Ctrl-C.
func TestLibrariesDoNotExit(t *testing.T) {
	goFiles(t, func(name string, _ []byte, fset *token.FileSet, file *ast.File) {
		if strings.HasSuffix(name, "_test.go") || file.Name.Name == "main" || name == "nsbox/cli/signals.go" {
			return
		}
		ast.Inspect(file, func(n ast.Node) bool {
			sel, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			x, _ := sel.X.(*ast.Ident)
			if x != nil && (x.Name == "os" && sel.Sel.Name == "Exit" || x.Name == "log" && strings.HasPrefix(sel.Sel.Name, "Fatal")) {
				t.Errorf("%s: %s.%s ends the process of whoever imports the package: return an error", fset.Position(sel.Pos()), x.Name, sel.Sel.Name)
			}
			return true
		})
	})
}

// A replaced module is not the one that others get, and that we named.
func TestNoReplace(t *testing.T) {
	mod, err := os.ReadFile(filepath.Join(nstest.ModuleRoot(t), "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(mod)) {
		if strings.HasPrefix(strings.TrimSpace(line), "replace") {
			t.Errorf("go.mod: %s: a fork is a dependency of its own name", strings.TrimSpace(line))
		}
	}
}

// What lazyre compiles only when it is needed would else panic only then.
func TestLazyExpressions(t *testing.T) {
	found := 0
	goFiles(t, func(name string, _ []byte, fset *token.FileSet, file *ast.File) {
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || len(call.Args) != 1 {
				return true
			}
			if sel, ok := call.Fun.(*ast.SelectorExpr); !ok || sel.Sel.Name != "New" || !isIdent(sel.X, "lazyre") {
				return true
			}
			// What is put together of constants is left to its own tests.
			expr, ok := literal(call.Args[0])
			if !ok {
				return true
			}
			found++
			if _, err := regexp.Compile(expr); err != nil {
				t.Errorf("%s: %v", fset.Position(call.Pos()), err)
			}
			return true
		})
	})
	if found < 100 {
		t.Errorf("only %d expressions were found", found)
	}
}

func isIdent(e ast.Expr, name string) bool {
	id, ok := e.(*ast.Ident)
	return ok && id.Name == name
}

// literal is the string that e is or that its parts make.
func literal(e ast.Expr) (string, bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		s, err := strconv.Unquote(e.Value)
		return s, err == nil
	case *ast.BinaryExpr:
		a, oka := literal(e.X)
		b, okb := literal(e.Y)
		return a + b, oka && okb && e.Op == token.ADD
	}
	return "", false
}
