package python

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/nsbox/nsbox/nsbox"
	analyze "github.com/nsbox/nsbox/nsbox/analyze/python"
	"github.com/nsbox/nsbox/nsbox/heal/rules/python/syntax"
)

// propose analyzes what Python printed about a program and asks for fixes.
func propose(src, stderr string) (nsbox.Diagnosis, []nsbox.Fix) {
	ev := nsbox.Evidence{
		Language: "python", Files: []nsbox.File{{Name: "main.py", Data: []byte(src)}},
		Stage: "run", Verdict: nsbox.NonZero, ExitCode: 1, Stderr: []byte(stderr),
	}
	found := analyze.Analyze(ev)
	if len(found) == 0 {
		return nsbox.Diagnosis{}, nil
	}
	return found[0], Propose(nsbox.Problem{Evidence: ev, Diagnoses: found})
}

func FuzzPropose(f *testing.F) {
	programs, _ := filepath.Glob("testdata/programs/*.py")
	for _, name := range programs {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(data[:len(data)/2]), "  File \"/workspace/main.py\", line 9\n    x\n    ^\nSyntaxError: invalid syntax\n")
	}
	for _, c := range []string{
		"TypeError: 'int' object is not callable", "AttributeError: 'list' object has no attribute 'push'", "NameError: name 'x' is not defined",
		"UnboundLocalError: cannot access local variable 'x' where it is not associated with a value", "KeyError: 'x'",
		"ValueError: too many values to unpack (expected 2)", "TypeError: can only concatenate str (not \"int\") to str",
	} {
		f.Add("class A(B):\n  def x(self): return x[0](1)\nfor a, b in x: a = a.push(b) + x\n",
			"Traceback (most recent call last):\n  File \"/workspace/main.py\", line 3, in <module>\n    for a\n        ^^^\n"+c+"\n")
	}
	f.Fuzz(func(t *testing.T, src, stderr string) {
		if len(src) > 4000 {
			return
		}
		_, fixes := propose(src, stderr)
		for _, fix := range fixes {
			if _, err := nsbox.Apply([]nsbox.File{{Name: "main.py", Data: []byte(src)}}, fix.Edits); err != nil {
				t.Fatalf("%s: %v", fix.Rule, err)
			}
		}
		syntax.Parse(src)
	})
}
