package hostile_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/hostile"
	"github.com/nsbox/nsbox/nsbox/internal/nstest"
)

var update = flag.Bool("update", false, "write docs/hostile.md anew")

func TestTable(t *testing.T) {
	want, err := hostile.Table()
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(nstest.ModuleRoot(t), "docs", "hostile.md")
	if *update {
		if err := os.WriteFile(file, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Error("docs/hostile.md is not what the programs say: run go test ./nsbox/hostile -run TestTable -update")
	}
}

// TestSuitesAreWhole guards against a suite that has shrunk unseen.
func TestSuitesAreWhole(t *testing.T) {
	classes, languages := map[string]bool{}, map[string]bool{}
	bad, good := load(t, hostile.Hostile), load(t, hostile.Benign)
	for _, p := range bad {
		classes[p.Class] = true
	}
	for _, p := range good {
		languages[p.Language] = true
	}
	if len(bad) < 100 || len(classes) < 20 {
		t.Errorf("%d hostile programs in %d classes; at least 100 in 20 are promised", len(bad), len(classes))
	}
	if len(good) < 40 || len(languages) < 11 {
		t.Errorf("%d benign programs in %d languages; at least 40 in 11 are promised", len(good), len(languages))
	}
	for _, p := range bad {
		if p.Limits.Timeout.Std().Seconds() > 10 {
			t.Errorf("%s has a deadline of %v; 10s is the most that a hostile program gets", p.Name, p.Limits.Timeout)
		}
		if strings.Contains(p.Why, "TODO") {
			t.Errorf("%s is not finished", p.Name)
		}
	}
}

// TestCheckCatches shows that the checks fail where a sandbox fails.
func TestCheckCatches(t *testing.T) {
	contained := hostile.Program{Name: "x.c", Class: "x", Expect: []hostile.Outcome{{Verdict: nsbox.OK, Contained: true}}}
	oom := hostile.Program{Name: "x.c", Class: "x", Expect: []hostile.Outcome{{Verdict: nsbox.OOM}}}
	keep := hostile.Program{Name: "x.c", Class: "x", Expect: contained.Expect, Collect: true, Exact: true, Artifacts: []string{"keep.txt"}}
	benign := hostile.Program{Name: "x.py", Stdout: "hi\n"}
	fine := nsbox.Result{Verdict: nsbox.OK, Stage: nsbox.StageRun, Stdout: []byte("CONTAINED 3 attempts refused\n")}
	with := func(f func(*nsbox.Result)) nsbox.Result {
		r := fine
		f(&r)
		return r
	}
	shadow := nsbox.Artifact{Path: "keep.txt", Data: []byte("root:*:19000:0:"), Size: 15, SHA256: "?"}
	for _, c := range []struct {
		name string
		p    hostile.Program
		res  nsbox.Result
		want string // part of a complaint; empty for none
	}{
		{"contained", contained, fine, ""},
		{"escaped", contained, with(func(r *nsbox.Result) { r.Stdout = []byte("ESCAPED mount succeeded\n"); r.ExitCode = 99 }), "ESCAPED mount"},
		{"both lines", contained, with(func(r *nsbox.Result) { r.Stdout = append([]byte("ESCAPED x\n"), r.Stdout...) }), "ESCAPED x"},
		{"silent", contained, with(func(r *nsbox.Result) { r.Stdout = nil }), "want [contained]"},
		{"99 without a word", contained, with(func(r *nsbox.Result) { r.Verdict, r.ExitCode = nsbox.NonZero, 99 }), "exit status says"},
		{"secret", contained, with(func(r *nsbox.Result) { r.Stderr = []byte("found s3cret") }), "secret is in the output"},
		{"hog lives", oom, fine, "want [verdict=oom]"},
		{"hog dies", oom, with(func(r *nsbox.Result) { r.Verdict, r.Stdout = nsbox.OOM, nil }), ""},
		{"artifact missing", keep, fine, "want [\"keep.txt\"]"},
		{"foreign artifact", keep, with(func(r *nsbox.Result) { r.Artifacts = []nsbox.Artifact{shadow} }), "from outside /workspace"},
		{"path", keep, with(func(r *nsbox.Result) { r.Artifacts = []nsbox.Artifact{{Path: "../x"}} }), "leads elsewhere"},
		{"benign", benign, nsbox.Result{Verdict: nsbox.OK, Stdout: []byte("hi\n")}, ""},
		{"benign, other output", benign, nsbox.Result{Verdict: nsbox.OK, Stdout: []byte("hi")}, `want "hi\n"`},
		{"benign, ended", benign, nsbox.Result{Verdict: nsbox.OOM, Stdout: []byte("hi\n")}, "verdict oom"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := strings.Join(c.p.Check(c.res, "s3cret"), "\n")
			if c.want == "" && got != "" || !strings.Contains(got, c.want) {
				t.Errorf("complaints %q, want %q", got, c.want)
			}
		})
	}
}
