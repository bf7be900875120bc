package main

import (
	"slices"
	"strings"
	"testing"
)

// Every language has programs, and each seed makes the same mutants again, all
// of them different.
func TestCorpus(t *testing.T) {
	programs, err := load(options{})
	if err != nil {
		t.Fatal(err)
	}
	if len(programs) != len(mainFiles) {
		t.Errorf("programs of %v", languages(programs))
	}
	for _, l := range languages(programs) {
		first, again, other := corpus(7, programs[l], 30), corpus(7, programs[l], 30), corpus(8, programs[l], 30)
		if len(first) != 30 {
			t.Errorf("%s: %d mutants", l, len(first))
		}
		texts := map[string]bool{}
		for i, m := range first {
			if m.text != again[i].text {
				t.Errorf("%s: mutant %d is another one the second time", l, i)
			}
			if m.text == m.program.text || texts[m.text] {
				t.Errorf("%s: is no mutant, or not a new one", m.id())
			}
			texts[m.text] = true
			if n := strings.Count(m.text, "\n") + 1; m.line < 1 || m.line > n {
				t.Errorf("%s: line %d of %d", m.id(), m.line, n)
			}
		}
		if !slices.ContainsFunc(other, func(m *mutant) bool { return !texts[m.text] }) {
			t.Errorf("%s: another seed makes the same mutants", l)
		}
	}
}

func TestTold(t *testing.T) {
	for _, c := range []struct{ language, stderr, line, kind string }{
		{"python", "Traceback (most recent call last):\n  File \"/workspace/main.py\", line 9, in <module>\n  File \"/workspace/main.py\", line 4, in f\nNameError: name 'x' is not defined\n", "4", "NameError"},
		{"rust", "error[E0384]: cannot assign twice\n --> main.rs:3:5\n", "3", "E0384"},
		{"java", "Exception in thread \"main\" java.lang.NullPointerException: no\n\tat Main.main(Main.java:7)\n", "7", "NullPointerException"},
		{"c", "/workspace/main.c: In function 'main':\n/workspace/main.c:5:2: error: no\n", "5", ""},
		{"ruby", "main.rb:1:in `<main>': no (NameError)\n", "1", "NameError"},
	} {
		if line, kind := told(c.language, c.stderr); line != c.line || kind != c.kind {
			t.Errorf("%s: line %s, %q", c.language, line, kind)
		}
	}
}
