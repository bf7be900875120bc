package rust_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/nsbox/nsbox/nsbox"
	analyzer "github.com/nsbox/nsbox/nsbox/analyze/rust"
	"github.com/nsbox/nsbox/nsbox/heal/rules/rust"
)

// example is a file of testdata: a broken program, what rustc 1.96 or the program
// itself said of it (JSON without what nobody reads), and the program mended.
//
// Its comment holds "diagnosis: TYPE LINE:COLUMN PHASE" of the first error, and
// "fix: N RULE", where the Nth proposal is the right one, from 0; "fix: none"
// where nothing may be proposed.
type example struct {
	problem        nsbox.Problem
	diagnosis, fix string
	mended         string
}

func readExample(tb testing.TB, path string) example {
	tb.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		tb.Fatal(err)
	}
	var x example
	archive := txtar.Parse(data)
	for line := range strings.Lines(string(archive.Comment)) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
		switch key {
		case "diagnosis":
			x.diagnosis = value
		case "fix":
			x.fix = value
		}
	}
	e := nsbox.Evidence{Language: "rust", Stage: nsbox.StageCompile, Verdict: nsbox.CompileError, ExitCode: 1}
	for _, f := range archive.Files {
		switch f.Name {
		case "main.rs":
			e.Files = []nsbox.File{{Name: f.Name, Data: f.Data}}
		case "check.json":
			e.Check = &nsbox.StageResult{Verdict: nsbox.NonZero, ExitCode: 1, Stderr: f.Data}
		case "stderr":
			e.Stage, e.Verdict, e.Stderr = nsbox.StageRun, nsbox.NonZero, f.Data
		case "mended.rs":
			x.mended = string(f.Data)
		default:
			tb.Fatalf("%s: what is %q?", path, f.Name)
		}
	}
	x.problem = nsbox.Problem{Evidence: e, Diagnoses: analyzer.Analyze(e)}
	return x
}

func examples(tb testing.TB) map[string]example {
	tb.Helper()
	paths, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(paths) == 0 {
		tb.Fatalf("no examples: %v", err)
	}
	out := map[string]example{}
	for _, p := range paths {
		out[strings.TrimSuffix(filepath.Base(p), ".txtar")] = readExample(tb, p)
	}
	return out
}

func TestCorpus(t *testing.T) {
	for name, x := range examples(t) {
		t.Run(name, func(t *testing.T) {
			if len(x.problem.Diagnoses) == 0 {
				t.Fatal("no diagnosis")
			}
			d := x.problem.Diagnoses[0]
			if got := fmt.Sprintf("%s %d:%d %s", d.Type, d.Line, d.Column, d.Phase); got != x.diagnosis {
				t.Errorf("diagnosis is %q, want %q", got, x.diagnosis)
			}
			fixes := rust.Propose(x.problem)
			if x.fix == "none" {
				if len(fixes) > 0 {
					t.Errorf("%s is proposed: %v", fixes[0].Rule, fixes[0].Edits)
				}
				return
			}
			var at int
			var rule string
			if _, err := fmt.Sscanf(x.fix, "%d %s", &at, &rule); err != nil {
				t.Fatal(err)
			}
			if at >= len(fixes) {
				t.Fatalf("%d fixes are proposed, want one more than %d", len(fixes), at)
			}
			f := fixes[at]
			if f.Rule != rule || f.Explanation == "" {
				t.Errorf("the rule is %q (%q), want %q", f.Rule, f.Explanation, rule)
			}
			after, err := nsbox.Apply(x.problem.Files, f.Edits)
			if err != nil {
				t.Fatal(err)
			}
			if got := string(after[0].Data); got != x.mended {
				t.Errorf("mended to:\n%s\nwant:\n%s", got, x.mended)
			}
		})
	}
}

// TestOrder keeps the ranks from changing the order in which fixes are proposed:
// who asks sorts by them.
func TestOrder(t *testing.T) {
	for name, x := range examples(t) {
		fixes := rust.Propose(x.problem)
		for i := 1; i < len(fixes); i++ {
			if fixes[i].Rank < fixes[i-1].Rank {
				t.Errorf("%s: fix %d has rank %d, the one before %d", name, i, fixes[i].Rank, fixes[i-1].Rank)
			}
		}
	}
}

// TestWithoutFiles: a diagnosis may come with a message that was pasted.
func TestWithoutFiles(t *testing.T) {
	for name, x := range examples(t) {
		p := x.problem
		p.Files = nil
		if fixes := rust.Propose(p); len(fixes) > 0 {
			t.Errorf("%s: %d fixes of no file", name, len(fixes))
		}
	}
}

func BenchmarkAnalyzeAndPropose(b *testing.B) {
	all := examples(b)
	for b.Loop() {
		for _, x := range all {
			p := x.problem
			p.Diagnoses = analyzer.Analyze(p.Evidence)
			rust.Propose(p)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*len(all)), "µs/program")
}

// BenchmarkLarge has 5,000 lines with a brace missing in the middle.
func BenchmarkLarge(b *testing.B) {
	unit := "fn f%d(a: u32) -> u32 {\n    if a > 3 {\n        return g(a, \"x\");\n    }\n    a + 1\n}\n"
	var src strings.Builder
	for i := range 830 {
		text := fmt.Sprintf(unit, i)
		if i == 400 {
			text = strings.Replace(text, "    }\n", "", 1)
		}
		src.WriteString(text)
	}
	message := `{"message":"this file contains an unclosed delimiter","level":"error","spans":[{"file_name":"main.rs","byte_start":5,"byte_end":5,"line_start":1,"column_start":1,"is_primary":true}],"children":[]}`
	p := nsbox.Problem{Evidence: nsbox.Evidence{
		Files: []nsbox.File{{Name: "main.rs", Data: []byte(src.String())}},
		Check: &nsbox.StageResult{Stderr: []byte(message)},
	}}
	for b.Loop() {
		p.Diagnoses = analyzer.Analyze(p.Evidence)
		if len(rust.Propose(p)) == 0 {
			b.Fatal("no fix")
		}
	}
}

func FuzzPropose(f *testing.F) {
	for _, x := range examples(f) {
		said := x.problem.Stderr
		if x.problem.Check != nil {
			said = x.problem.Check.Stderr
		}
		f.Add(x.problem.Files[0].Data, said)
	}
	f.Fuzz(func(t *testing.T, source, said []byte) {
		for _, stage := range []string{nsbox.StageCompile, nsbox.StageRun} {
			p := nsbox.Problem{Evidence: nsbox.Evidence{
				Stage: stage, Stderr: said, Files: []nsbox.File{{Name: "main.rs", Data: source}},
			}}
			if p.Diagnoses = analyzer.Analyze(p.Evidence); len(p.Diagnoses) == 0 {
				continue
			}
			for _, fix := range rust.Propose(p) {
				if fix.Rule == "" || len(fix.Edits) == 0 {
					t.Errorf("an empty fix: %+v", fix)
				}
				for _, e := range fix.Edits {
					if e.Start < 0 || e.End < e.Start || e.End > len(source) {
						t.Errorf("%s: edit %+v is not in a source of %d bytes", fix.Rule, e, len(source))
					}
				}
			}
		}
	})
}
