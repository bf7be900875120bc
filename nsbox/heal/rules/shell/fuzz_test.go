package shell_test

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nsbox/nsbox/nsbox"
	analyze "github.com/nsbox/nsbox/nsbox/analyze/shell"
	rules "github.com/nsbox/nsbox/nsbox/heal/rules/shell"
)

// Whatever a program and its messages are, proposing ends, and every edit lies
// within the program.
func FuzzPropose(f *testing.F) {
	paths, _ := filepath.Glob("testdata/mend/*.txtar")
	for i, path := range paths {
		p, _, _ := problem(f, path)
		if i%4 == 0 {
			f.Add(p.Files[0].Data, p.Stderr)
		}
	}
	f.Add([]byte("if [ $x; f() { case ${a $((1 + \"b `c <<A\n"), []byte("main.sh: line 1: syntax error: unexpected end of file"))
	f.Fuzz(func(t *testing.T, src, stderr []byte) {
		e := nsbox.Evidence{Language: "bash", Stage: nsbox.StageRun, Verdict: nsbox.NonZero, ExitCode: 1, Stderr: stderr, Files: []nsbox.File{{Name: "main.sh", Data: src}}}
		found := analyze.Analyze(e)
		found = append(found, nsbox.Diagnosis{Type: "SyntaxError", Message: "syntax error: unexpected end of file", File: "main.sh", Line: 1, Column: 1, Phase: nsbox.PhaseParse})
		for i := range found {
			for _, fix := range rules.Propose(nsbox.Problem{Evidence: e, Diagnoses: found[i:]}) {
				if _, err := nsbox.Apply(e.Files, fix.Edits); err != nil {
					t.Errorf("%s: %v", fix.Rule, err)
				}
			}
		}
	})
}

// A program ten times as long must not take much more than ten times as long.
func TestProposeIsLinear(t *testing.T) {
	cost := func(n int) time.Duration {
		src := bytes.Repeat([]byte("f() {\n  for x in \"$@\"; do echo \"${x} $(date)\"; done\n}\n"), n)
		src = append(src, "g() {\n  if [ -f \"a ]; then\n  echo b\n}\n"...)
		e := nsbox.Evidence{Language: "bash", Verdict: nsbox.NonZero, ExitCode: 1, Files: []nsbox.File{{Name: "main.sh", Data: src}},
			Stderr: []byte("main.sh: line 1: syntax error: unexpected end of file\n" + strings.Repeat("x", 10))}
		best := time.Hour
		for range 3 {
			start := time.Now()
			rules.Propose(nsbox.Problem{Evidence: e, Diagnoses: analyze.Analyze(e)})
			best = min(best, time.Since(start))
		}
		return best
	}
	short, long := cost(60), cost(600)
	if long > 60*short {
		t.Errorf("ten times the program took %v after %v", long, short)
	}
}

func BenchmarkPropose(b *testing.B) {
	p, _, _ := problem(b, "testdata/mend/missing-inner.txtar")
	for b.Loop() {
		p.Diagnoses = analyze.Analyze(p.Evidence)
		rules.Propose(p)
	}
}

func BenchmarkProposeMutants(b *testing.B) {
	paths, _ := filepath.Glob("testdata/mutants/*.txtar")
	var all []nsbox.Problem
	for _, path := range paths {
		p, _, _ := problem(b, path)
		all = append(all, p)
	}
	i := 0
	for b.Loop() {
		rules.Propose(all[i%len(all)])
		i++
	}
}
