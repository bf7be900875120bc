package shell_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/analyze/generic"
	analyze "github.com/nsbox/nsbox/nsbox/analyze/shell"
	rules "github.com/nsbox/nsbox/nsbox/heal/rules/shell"
)

// Every file has a broken program: written by hand in mend, in mutants made of
// testdata/programs by one damage each. It has what Bash 5.2 says of it, and the program
// that is wanted; where that is missing, nothing may be proposed.
func TestMend(t *testing.T) {
	paths, err := filepath.Glob("testdata/*/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatal("no test data", err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			p, want, ok := problem(t, path)
			fixes := rules.Propose(p)
			if !ok {
				for _, f := range fixes {
					t.Errorf("proposes %s: %s %+v", f.Rule, f.Explanation, f.Edits)
				}
				return
			}
			if len(fixes) == 0 {
				t.Fatalf("nothing is proposed for %+v", p.Diagnoses)
			}
			out, err := nsbox.Apply(p.Files, fixes[0].Edits)
			if err != nil {
				t.Fatal(err)
			}
			if got := string(out[0].Data); got != want {
				t.Errorf("%s (%s):\n%s\nwant:\n%s", fixes[0].Rule, fixes[0].Explanation, got, want)
			}
		})
	}
}

// problem reads a file of TestMend.
func problem(t testing.TB, path string) (p nsbox.Problem, want string, ok bool) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	e := nsbox.Evidence{Language: "bash", Stage: nsbox.StageRun, Verdict: nsbox.NonZero, ExitCode: 1}
	for _, f := range txtar.Parse(data).Files {
		switch f.Name {
		case "stderr":
			e.Stderr = f.Data
		case "want":
			want, ok = string(f.Data), true
		default:
			e.Files = append(e.Files, nsbox.File{Name: f.Name, Data: f.Data})
		}
	}
	found := analyze.Analyze(e)
	if len(found) == 0 {
		found = generic.Analyze(e)
	}
	return nsbox.Problem{Evidence: e, Diagnoses: found}, want, ok
}
