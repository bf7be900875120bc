package analyze_test

import (
	"io/fs"
	"testing"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/analyze"
	"github.com/nsbox/nsbox/nsbox/heal/rules"
	"github.com/nsbox/nsbox/nsbox/language"
	"github.com/nsbox/nsbox/rootfs"
)

func registry(t testing.TB) *language.Registry {
	t.Helper()
	dir, err := fs.Sub(rootfs.Languages, "languages")
	if err != nil {
		t.Fatal(err)
	}
	known, problems := language.Load(dir)
	for _, err := range problems {
		t.Fatal(err)
	}
	return known
}

// A language's file that names no analyzer that there is would be diagnosed by
// the generic one, without a word.
func TestEveryLanguageHasItsAnalyzer(t *testing.T) {
	all := analyze.Analyzers()
	for _, l := range registry(t).All() {
		if l.Analyzer != "" && all[l.Analyzer] == nil {
			t.Errorf("%s: there is no analyzer %q", l.Name, l.Analyzer)
		}
	}
}

// Rules are found by the canonical name.
func TestEveryRuleSetIsALanguage(t *testing.T) {
	known := registry(t)
	for name := range rules.Languages() {
		l, err := known.Lookup(name)
		if err != nil {
			t.Errorf("rules for %s: %v", name, err)
		} else if l.Name != name {
			t.Errorf("rules for %s, whose name is %s", name, l.Name)
		}
	}
}

// What nsbox ended is diagnosed as that, whatever the program printed before.
func TestLimitsComeFirst(t *testing.T) {
	known := registry(t)
	a := analyze.New(known)
	words := "Traceback (most recent call last):\n  File \"/workspace/main.py\", line 1, in <module>\nNameError: name 'x' is not defined\n" +
		"/workspace/main.rb:1:in `<main>': boom (RuntimeError)\n/workspace/main.sh: line 1: foo: command not found\n" +
		"panic: boom\n\ngoroutine 1 [running]:\nException in thread \"main\" java.lang.IllegalStateException: boom\n\tat Main.main(Main.java:1)\n"
	for verdict, typ := range map[nsbox.Verdict]string{
		nsbox.WallTimeout: "Timeout", nsbox.CPUTimeout: "CPUTimeout", nsbox.OOM: "OutOfMemory", nsbox.PidsLimit: "TooManyProcesses",
		nsbox.OutputLimit: "TooMuchOutput", nsbox.DiskFull: "DiskFull", nsbox.Cancelled: "Cancelled", nsbox.Denied: "Denied",
	} {
		for _, l := range known.All() {
			found := a.Analyze(nsbox.Evidence{Language: l.Name, Stage: nsbox.StageRun, Verdict: verdict, ExitCode: 1, Stderr: []byte(words)})
			if len(found) != 1 || found[0].Type != typ {
				t.Errorf("%s, %s: diagnosed %+v", l.Name, verdict, found)
			}
		}
	}
}

// A language that is not known, and a failure without words, are diagnosed too.
func TestNothingGoesWithoutADiagnosis(t *testing.T) {
	known := registry(t)
	a := analyze.New(known)
	names := []string{"", "no such language"}
	for _, l := range known.All() {
		names = append(names, l.Name)
	}
	for _, name := range names {
		for _, e := range []nsbox.Evidence{
			{Verdict: nsbox.NonZero, Stage: nsbox.StageRun, ExitCode: 3},
			{Verdict: nsbox.Signal, Stage: nsbox.StageRun, Signal: "SIGSEGV"},
			{Verdict: nsbox.CompileError, Stage: nsbox.StageCompile, ExitCode: 1},
		} {
			e.Language = name
			if found := a.Analyze(e); len(found) == 0 || found[0].Type == "" || found[0].Phase == "" {
				t.Errorf("%q, %s: diagnosed %+v", name, e.Verdict, found)
			}
		}
		if found := a.Analyze(nsbox.Evidence{Language: name, Verdict: nsbox.OK, Stage: nsbox.StageRun, Stderr: []byte("warning: x\n")}); len(found) > 0 {
			t.Errorf("%q: a program that ended well is diagnosed: %+v", name, found)
		}
	}
}

// Paths come relative to the program's directory.
func TestPathsAreRelative(t *testing.T) {
	a := analyze.New(registry(t))
	for name, stderr := range map[string]string{
		"ruby":   "/workspace/main.rb:1:in `<main>': boom (RuntimeError)\n",
		"bash":   "/workspace/main.sh: line 1: foo: command not found\n",
		"python": "Traceback (most recent call last):\n  File \"/workspace/main.py\", line 1, in <module>\nNameError: name 'x' is not defined\n",
	} {
		found := a.Analyze(nsbox.Evidence{Language: name, Verdict: nsbox.NonZero, Stage: nsbox.StageRun, ExitCode: 1, Stderr: []byte(stderr)})
		if len(found) == 0 || found[0].Line != 1 || found[0].File != map[string]string{"ruby": "main.rb", "bash": "main.sh", "python": "main.py"}[name] {
			t.Errorf("%s: diagnosed %+v", name, found)
		}
	}
}

// No analyzer panics, loops, or says nothing, whatever is printed.
func FuzzAnalyzers(f *testing.F) {
	f.Add([]byte("main.rb:1: syntax error, unexpected end-of-input\nputs (\n      ^\n"), []byte("[{\"kind\":\"error\"}]"), []byte("puts ("))
	f.Add([]byte("Traceback (most recent call last):\n  File \"main.py\", line 1\nSyntaxError: invalid syntax\n"), []byte("{}"), []byte("print 'x'"))
	f.Add([]byte("./main.go:3:1: undefined: x\n"), []byte("\xff\x00"), []byte("package main"))
	known := registry(f)
	a := analyze.New(known)
	f.Fuzz(func(t *testing.T, stderr, check, src []byte) {
		for _, l := range known.All() {
			for _, e := range []nsbox.Evidence{
				{Stage: nsbox.StageRun, Verdict: nsbox.NonZero, ExitCode: 1},
				{Stage: nsbox.StageCompile, Verdict: nsbox.CompileError, ExitCode: 1, Check: &nsbox.StageResult{Stdout: check, Stderr: check}},
			} {
				e.Language, e.Stderr, e.Files = l.Name, stderr, []nsbox.File{{Name: l.Main, Data: src}}
				found := a.Analyze(e)
				if len(found) == 0 {
					t.Errorf("%s: nothing", l.Name)
				}
				for _, d := range found {
					if d.Type == "" || d.Line < 0 || d.Column < 0 {
						t.Errorf("%s: %+v", l.Name, d)
					}
					for _, s := range d.Suggestions {
						for _, edit := range s.Edits {
							if edit.File == l.Main && (edit.Start < 0 || edit.End < edit.Start || edit.End > len(src)) {
								t.Errorf("%s: a suggestion outside of the file: %+v", l.Name, edit)
							}
						}
					}
				}
			}
		}
	})
}
