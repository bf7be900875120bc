package e2e

import (
	"strings"
	"testing"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/internal/nstest"
)

// project makes a request of names and texts, the main file first.
func project(lang string, namesAndTexts ...string) nsbox.Request {
	req := nsbox.Request{Language: lang}
	for i := 0; i < len(namesAndTexts); i += 2 {
		req.Files = append(req.Files, nsbox.File{Name: namesAndTexts[i], Data: []byte(namesAndTexts[i+1])})
	}
	return req
}

// Compilers are called without their drivers where that makes no difference:
// these are the programs where it could.
func TestGoWithAndWithoutTheGoCommand(t *testing.T) {
	inGroup(t, compilers)
	c := client(t)
	nstest.RequireImage(t, "go")
	for name, p := range map[string]struct {
		req     nsbox.Request
		verdict nsbox.Verdict
		stdout  string
		stderr  []string // all of these
	}{
		"one file": {req: project("go", "main.go", goMain(`"fmt"`, `fmt.Println("hello")`)), verdict: nsbox.OK, stdout: "hello\n"},
		"two files, a test and a file for elsewhere": {
			req: project("go", "main.go", goMain("", "util()"), "util.go", "package main\n\nimport \"fmt\"\n\nfunc util() { fmt.Println(\"two\") }\n",
				"main_test.go", "package main\n\nimport \"testing\"\n\nfunc TestX(t *testing.T) {}\n", "my_windows.go", "package main\n\nfunc util() {}\n"),
			verdict: nsbox.OK, stdout: "two\n",
		},
		"a name with an underscore": {req: project("go", "my_program.go", goMain(`"fmt"`, `fmt.Println("hello")`)), verdict: nsbox.OK, stdout: "hello\n"},
		"a package of its own without a module": {
			req:     project("go", "main.go", goMain(`"main/util"`, "util.Hi()"), "util/util.go", "package util\n\nfunc Hi() { println(\"hi\") }\n"),
			verdict: nsbox.OK, stderr: []string{"hi\n"},
		},
		"a module": {
			req: project("go", "main.go", goMain(`"example.org/m/p"`, "p.Hi()"), "p/p.go", "package p\n\nimport \"fmt\"\n\nfunc Hi() { fmt.Println(\"module\") }\n",
				"go.mod", "module example.org/m\n\ngo 1.24\n"),
			verdict: nsbox.OK, stdout: "module\n",
		},
		"vendored": {
			req: project("go", "main.go", goMain(`"example.org/v"`, "v.Hi()"), "go.mod", "module m\n\ngo 1.24\n\nrequire example.org/v v1.0.0\n",
				"vendor/modules.txt", "# example.org/v v1.0.0\n## explicit; go 1.24\nexample.org/v\n",
				"vendor/example.org/v/v.go", "package v\n\nimport \"fmt\"\n\nfunc Hi() { fmt.Println(\"vendored\") }\n"),
			verdict: nsbox.OK, stdout: "vendored\n",
		},
		"embedded": {
			req:     project("go", "main.go", "package main\n\nimport _ \"embed\"\n\n//go:embed data.txt\nvar s string\n\nfunc main() { print(s) }\n", "data.txt", "embedded"),
			verdict: nsbox.OK, stderr: []string{"embedded"},
		},
		"unused": {
			req: project("go", "main.go", goMain(`"os"`, "x := 3")), verdict: nsbox.CompileError,
			stderr: []string{"./main.go:3:8: \"os\" imported and not used\n", "./main.go:5:15: declared and not used: x\n"},
		},
		"an import that is nowhere": {
			req: project("go", "main.go", goMain(`"foo/bar"`, "bar.X()")), verdict: nsbox.CompileError,
			stderr: []string{"main.go:3:8: package foo/bar is not in std"},
		},
		"an internal package": {
			req: project("go", "main.go", goMain(`"internal/abi"`, "_ = abi.Kind(0)")), verdict: nsbox.CompileError,
			stderr: []string{"use of internal package internal/abi not allowed"},
		},
		"a syntax error": {
			req: project("go", "main.go", "package main\n\nfunc main( { }\n"), verdict: nsbox.CompileError,
			stderr: []string{"./main.go:3:12: syntax error: unexpected {"},
		},
		"no package clause": {
			req: project("go", "main.go", "func main() {}\n"), verdict: nsbox.CompileError, stderr: []string{"main.go:1:1: expected 'package', found 'func'"},
		},
		"no function main": {
			req: project("go", "main.go", "package main\n\nfunc other() {}\n"), verdict: nsbox.CompileError, stderr: []string{"function main is undeclared in the main package"},
		},
		"not a program": {
			req: project("go", "main.go", "package lib\n"), verdict: nsbox.CompileError, stderr: []string{"a program begins with: package main"},
		},
		"a panic": {
			req: project("go", "main.go", goMain("", "var m map[string]int; m[\"a\"] = 1")), verdict: nsbox.NonZero,
			stderr: []string{"panic: assignment to entry in nil map", "/workspace/main.go:5 "},
		},
	} {
		t.Run(name, func(t *testing.T) {
			res := run(t, c, p.req)
			if res.Verdict != p.verdict || string(res.Stdout) != p.stdout {
				t.Errorf("want %s and %q on stdout: %s", p.verdict, p.stdout, show(res))
			}
			for _, want := range p.stderr {
				if !strings.Contains(string(res.Stderr), want) {
					t.Errorf("%q is not on stderr: %s", want, show(res))
				}
			}
		})
	}
}

// goMain is a program with an import, on line 3, and a body, on line 5.
func goMain(imported, body string) string {
	if imported != "" {
		imported = "import " + imported
	}
	return "package main\n\n" + imported + "\n\nfunc main() { " + body + " }\n"
}

// Precompiled headers change nothing but the time.
func TestPrecompiledHeaders(t *testing.T) {
	inGroup(t, compilers)
	c := client(t)
	nstest.RequireImage(t, "gcc")
	for name, p := range map[string]struct {
		req     nsbox.Request
		verdict nsbox.Verdict
		stdout  string
		stderr  []string
		never   string
	}{
		"used": {
			req:     project("cpp", "main.cpp", "// first\n/* and */ #include <vector>\n#include <iostream>\nint main() { std::vector<int> v{1}; std::cout << v.size() << \"\\n\"; }\n"),
			verdict: nsbox.OK, stdout: "1\n",
		},
		"everything": {
			req:     project("cpp", "main.cpp", "#include <bits/stdc++.h>\nusing namespace std;\nint main() { map<string, int> m{{\"a\", 1}}; for (auto [k, v] : m) cout << k << v << endl; }\n"),
			verdict: nsbox.OK, stdout: "a1\n",
		},
		"what is not included is not there": {
			req:     project("cpp", "main.cpp", "#include <iostream>\nint main() { std::vector<int> v; }\n"),
			verdict: nsbox.CompileError, stderr: []string{"/workspace/main.cpp:2:19: error: ", "‘vector’ is not a member of ‘std’"}, never: "pch",
		},
		"an error deep in a header": {
			req:     project("cpp", "main.cpp", "#include <algorithm>\n#include <iostream>\n#include <list>\n#include <vector>\nint main() { std::list<int> l; std::sort(l.begin(), l.end()); }\n"),
			verdict: nsbox.CompileError, stderr: []string{"from /workspace/main.cpp:1:\n", "/workspace/main.cpp:5:"}, never: "pch",
		},
		"a macro before the headers": {
			req: project("cpp", "main.cpp", "#define _GLIBCXX_ASSERTIONS 1\n#include <iostream>\n#include <vector>\n"+
				"int main() { std::vector<int> v; std::cout << std::flush; return v[7]; }\n"),
			verdict: nsbox.Signal, stderr: []string{"Assertion '__n < this->size()' failed"},
		},
		"two sources that begin otherwise": {
			req: project("cpp", "main.cpp", "#include <iostream>\nconst char *other();\nint main() { std::cout << other() << \"\\n\"; }\n",
				"other.cpp", "#define vector hector\nconst char *other() { int vector = 1; return hector ? \"other\" : \"\"; }\n"),
			verdict: nsbox.OK, stdout: "other\n",
		},
		"a header of one's own": {
			req: project("cpp", "main.cpp", "#include <iostream>\n#include \"own.hpp\"\nint main() { std::cout << OWN << \"\\n\"; }\n",
				"own.hpp", "#define OWN 3\n"),
			verdict: nsbox.OK, stdout: "3\n",
		},
	} {
		t.Run(name, func(t *testing.T) {
			res := run(t, c, p.req)
			if res.Verdict != p.verdict || string(res.Stdout) != p.stdout {
				t.Errorf("want %s and %q on stdout: %s", p.verdict, p.stdout, show(res))
			}
			for _, want := range p.stderr {
				if !strings.Contains(string(res.Stderr), want) {
					t.Errorf("%q is not on stderr: %s", want, show(res))
				}
			}
			if p.never != "" && strings.Contains(string(res.Stderr), p.never) {
				t.Errorf("%q is on stderr: %s", p.never, show(res))
			}
		})
	}
	// Warnings come once, although the compiler may run twice.
	res := run(t, c, project("cpp", "main.cpp", "#include <iostream>\n#warning look here\nint main() { std::cout << 1; }\n"))
	if got := strings.Count(string(res.Compile.Stderr), "warning: #warning look here"); res.Verdict != nsbox.OK || got != 1 {
		t.Errorf("the warning is there %d times: %q", got, res.Compile.Stderr)
	}
}
