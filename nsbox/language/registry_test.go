package language_test

import (
	"errors"
	"io/fs"
	"slices"
	"strings"
	"testing"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/language"
	"github.com/nsbox/nsbox/rootfs"
)

func builtin(t *testing.T) *language.Registry {
	t.Helper()
	dir, err := fs.Sub(rootfs.Languages, "languages")
	if err != nil {
		t.Fatal(err)
	}
	r, problems := language.Load(dir)
	if len(problems) > 0 {
		t.Fatal(errors.Join(problems...))
	}
	return r
}

func TestBuiltinLanguages(t *testing.T) {
	var got []string
	images := map[string]int{"base": 1}
	langs := builtin(t).All()
	for _, l := range langs {
		got = append(got, l.Name)
		if l.Recipe != nil {
			images[l.Image]++
		}
		if len(l.Version) == 0 || l.Analyzer == "" {
			t.Errorf("%s has no version command or no analyzer", l.Name)
		}
	}
	want := strings.Fields("bash c cpp go java javascript python python-slim ruby rust typescript wasm")
	if !slices.Equal(got, want) {
		t.Errorf("languages %q; want %q", got, want)
	}
	for _, l := range langs {
		if images[l.Image] != 1 {
			t.Errorf("%s: image %s has %d recipes; want 1", l.Name, l.Image, images[l.Image])
		}
	}
}

func TestLookup(t *testing.T) {
	r := builtin(t)
	for name, want := range map[string]string{
		"python": "python", "py": "python", "python3": "python", "PY": "python", "python-slim": "python-slim",
		"js": "javascript", "node": "javascript", "nodejs": "javascript", "ts": "typescript",
		"sh": "bash", "shell": "bash", "c++": "cpp", "g++": "cpp", "C++": "cpp", "cc": "c", "gcc": "c",
		"rs": "rust", "golang": "go", "rb": "ruby", "jdk": "java", "wat": "wasm", "wasi": "wasm",
	} {
		if l, err := r.Lookup(name); err != nil || l.Name != want {
			t.Errorf("Lookup(%q) = %v, %v; want %s", name, l, err, want)
		}
	}
}

func TestLookupSuggests(t *testing.T) {
	r := builtin(t)
	for name, want := range map[string]string{"pyhton": "python", "javscript": "javascript", "rsut": "rust", "golagn": "golang", "fortran": "", "": ""} {
		_, err := r.Lookup(name)
		if !errors.Is(err, nsbox.ErrLanguage) {
			t.Fatalf("Lookup(%q): %v; want an ErrLanguage", name, err)
		}
		var unknown *language.UnknownError
		if !errors.As(err, &unknown) || unknown.Suggestion != want {
			t.Errorf("Lookup(%q): %v; want the suggestion %q", name, err, want)
		}
		if want == "" && !strings.Contains(err.Error(), "there are: bash, c, cpp") {
			t.Errorf("Lookup(%q): %v; want the languages that there are", name, err)
		}
	}
}

func TestDetect(t *testing.T) {
	r := builtin(t)
	for _, c := range []struct{ name, content, want string }{
		// By extension, whatever is inside.
		{"a.py", "#!/bin/sh\n", "python"}, {"A.PY", "", "python"}, {"x/y.d.ts", "", "typescript"}, {"a.mjs", "", "javascript"},
		{"a.cc", "", "cpp"}, {"a.c", "", "c"}, {"a.wat", "", "wasm"}, {"a.wasm", "", "wasm"}, {"a.rs", "", "rust"},
		// By shebang.
		{"run", "#!/usr/bin/env python3\nx", "python"}, {"run", "#!/usr/bin/python3.11 -u\n", "python"},
		{"", "#!/bin/sh -e\nprintf x", "bash"}, {"-", "#!/usr/bin/env -S node --no-warnings\n", "javascript"},
		{"", "#!/usr/bin/env A=1 ruby", "ruby"}, {"", "#! /usr/local/bin/ruby3.1\n", "ruby"},
		{"unknown.ext", "#!/bin/bash", "bash"},
		// By content.
		{"", "// c\npackage main\n\nfunc main() {}\n", "go"},
		{"", "#include <stdio.h>\nint main(void){}\n", "c"},
		{"", "#include \"x.h\"\nint main(void){}\n", "c"},
		{"", "#include <iostream>\nint main(){}\n", "cpp"},
		{"", "#include <stdio.h>\nusing namespace std;\n", "cpp"},
		{"", "#include <bits/stdc++.h>\n", "cpp"},
		{"", "package a.b;\npublic class X { public static void main(String[] a) {} }", "java"},
		{"", "import java.util.*;\nclass X {}", "java"},
		{"", "use std::io;\nfn main() {}\n", "rust"}, {"", "fn main() { println!(\"x\"); }", "rust"},
		{"", "\x00asm\x01\x00\x00\x00", "wasm"}, {"", ";; text\n(module)", "wasm"},
		{"", "import sys\nprint(sys.argv)\n", "python"}, {"", "def f(x):\n    return x\n", "python"}, {"", "print('x')\n", "python"},
		{"", "from os import path\n", "python"}, {"", "for i in range(3):\n  pass\n", "python"},
		{"", "console.log('x')\n", "javascript"}, {"", "import fs from 'fs'\n", "javascript"}, {"", "const x = 1;\n", "javascript"},
		{"", "const x: number = 1;\nconsole.log(x)\n", "typescript"}, {"", "interface A { b: string }\n", "typescript"},
		{"", "function f(a: string) { console.log(a) }\n", "typescript"},
		{"", "puts 'x'\n", "ruby"}, {"", "require 'json'\n", "ruby"}, {"", "def f(x)\n  x\nend\n", "ruby"}, {"", "class A < B\nend\n", "ruby"},
		{"", "echo hi\n", "bash"}, {"", "for f in *; do cat $f; done\n", "bash"}, {"", "X=1\necho $X\n", "bash"},
	} {
		l, err := r.Detect(c.name, []byte(c.content))
		if err != nil || l.Name != c.want {
			got := "nothing"
			if err == nil {
				got = l.Name
			}
			t.Errorf("Detect(%q, %q) = %s; want %s", c.name, c.content, got, c.want)
		}
	}
}

// Every hello program is of its own language by content alone.
func TestDetectHello(t *testing.T) {
	r := builtin(t)
	for _, l := range r.All() {
		want := strings.TrimSuffix(l.Name, "-slim")
		if got, err := r.Detect("", []byte(l.Hello)); err != nil || got.Name != want {
			t.Errorf("%s: detected %v, %v", l.Name, got, err)
		}
	}
}

func TestDetectFails(t *testing.T) {
	for _, c := range []struct{ name, content, want string }{
		{"notes.txt", "hello there\n", `of "notes.txt"`}, {"-", "", "of the program"}, {"", "#!", "of the program"}, {"", "#!/usr/bin/env", "the program"},
	} {
		_, err := builtin(t).Detect(c.name, []byte(c.content))
		if !errors.Is(err, nsbox.ErrLanguage) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("Detect(%q, %q): %v; want an ErrLanguage with %q", c.name, c.content, err, c.want)
		}
	}
}
