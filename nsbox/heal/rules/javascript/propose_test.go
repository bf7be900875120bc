package javascript

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/analyze/javascript"
)

// problemOf is what the loop asks about the program in a: its files, and what
// Node printed of it.
func problemOf(a *txtar.Archive) (p nsbox.Problem, mended string) {
	p.Language, p.Stage, p.Verdict, p.ExitCode = "javascript", nsbox.StageRun, nsbox.NonZero, 1
	for _, f := range a.Files {
		switch f.Name {
		case "stderr":
			p.Stderr = f.Data
		case "compile-stderr":
			p.Stderr, p.Stage, p.Verdict, p.Language = f.Data, nsbox.StageCompile, nsbox.CompileError, "typescript"
		case "mended":
			mended = string(f.Data)
		default:
			p.Files = append(p.Files, nsbox.File{Name: f.Name, Data: f.Data})
		}
	}
	p.Diagnoses = javascript.Analyze(p.Evidence)
	for i := range p.Diagnoses {
		p.Diagnoses[i].File = strings.TrimPrefix(p.Diagnoses[i].File, "/workspace/")
	}
	return p, mended
}

// Each file of testdata/mend is a broken program with what Node prints of it,
// and the program as the first fix must make it; empty where nothing may be
// proposed.
func TestMend(t *testing.T) {
	files, err := filepath.Glob("testdata/mend/*.txtar")
	if err != nil || len(files) < 90 {
		t.Fatalf("%d files: %v", len(files), err)
	}
	for _, name := range files {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			a, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			p, want := problemOf(a)
			if len(p.Diagnoses) == 0 {
				t.Fatal("no diagnosis")
			}
			fixes := Propose(p)
			if want == "" {
				if len(fixes) > 0 {
					t.Fatalf("proposes %s: %+v", fixes[0].Rule, fixes[0].Edits)
				}
				return
			}
			if len(fixes) == 0 {
				t.Fatalf("no fix for %+v", p.Diagnoses[0])
			}
			got, err := nsbox.Apply(p.Files, fixes[0].Edits)
			if err != nil {
				t.Fatal(err)
			}
			if string(got[0].Data) != want {
				t.Errorf("%s makes\n%s", fixes[0].Rule, got[0].Data)
			}
			if fixes[0].Explanation == "" || !strings.HasPrefix(fixes[0].Rule, "javascript/") {
				t.Errorf("rule %q, explanation %q", fixes[0].Rule, fixes[0].Explanation)
			}
		})
	}
}

// Programs that work have no name that nothing declares: else the rules about
// such names would see ghosts.
func TestWorkingProgramsAreWhole(t *testing.T) {
	for _, name := range working(t) {
		src, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		c := newCode(filepath.Base(name), string(src))
		s := newScopes(c)
		for i := range c.toks {
			if s.reference(i) && !s.known(i) {
				line, column := c.text.Place(c.toks[i].Start)
				t.Errorf("%s:%d:%d: %s is not known", name, line, column, c.toks[i].Text)
			}
		}
		if out := polish(filepath.Base(name), string(src)); out != string(src) {
			t.Errorf("%s: polished to\n%s", name, out)
		}
		if gaps, extra := layout(c); len(gaps)+len(extra) > 0 {
			t.Errorf("%s: gaps %v, extra %v", name, gaps, extra)
		}
	}
}

func working(t *testing.T) []string {
	files, err := filepath.Glob("testdata/working/*.*js")
	if err != nil || len(files) < 10 {
		t.Fatalf("%d files: %v", len(files), err)
	}
	return files
}
