// Package analyzetest tests analyzers against what toolchains really said.
//
// testdata/NAME.txtar is a broken program with the evidence of its run, which
// `go test -capture` takes from a sandbox (root, or a helper at NSBOX_SOCKET);
// testdata/NAME.golden is what the analyzer makes of it, which -update writes.
package analyzetest

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/nsbox/nsbox/nsbox"
)

var (
	update  = flag.Bool("update", false, "write the golden files")
	capture = flag.Bool("capture", false, "run the programs again and write down the evidence")
)

// evidence is what is kept of a run, beside the program and the streams.
type evidence struct {
	Language string         `json:"language"`
	Stage    string         `json:"stage"`
	Verdict  nsbox.Verdict  `json:"verdict"`
	ExitCode int            `json:"exit_code"`
	Signal   string         `json:"signal,omitempty"`
	Check    *nsbox.Verdict `json:"check,omitempty"`
}

// The sections of a file that are no files of the program.
const (
	about       = "evidence.json"
	stderr      = "stderr"
	checkStdout = "check-stdout"
	checkStderr = "check-stderr"
	wanted      = "want"
)

func paths(t testing.TB, dir string) []string {
	t.Helper()
	all, err := filepath.Glob(filepath.Join("testdata", dir, "*.txtar"))
	if err != nil || len(all) < 5 {
		t.Fatalf("%d inputs: %v", len(all), err)
	}
	return all
}

func read(t testing.TB, path string) nsbox.Evidence {
	t.Helper()
	a, err := txtar.ParseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var e nsbox.Evidence
	var kept evidence
	var check nsbox.StageResult
	for _, f := range a.Files {
		switch f.Name {
		case about:
			if err := json.Unmarshal(f.Data, &kept); err != nil {
				t.Fatalf("%s: %v", path, err)
			}
		case stderr:
			e.Stderr = f.Data
		case checkStdout:
			check.Stdout = f.Data
		case checkStderr:
			check.Stderr = f.Data
		case wanted:
		default:
			e.Files = append(e.Files, nsbox.File{Name: f.Name, Data: f.Data})
		}
	}
	e.Language, e.Stage, e.Verdict, e.ExitCode, e.Signal = kept.Language, kept.Stage, kept.Verdict, kept.ExitCode, kept.Signal
	if kept.Check != nil {
		check.Verdict = *kept.Check
		e.Check = &check
	}
	return e
}

// want is the program as it must become, ok unset where nothing may be proposed.
func want(t testing.TB, path string) (text []byte, ok bool) {
	t.Helper()
	a, err := txtar.ParseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range a.Files {
		if f.Name == wanted {
			return f.Data, true
		}
	}
	return nil, false
}

// record runs the program of path, and its check, and writes down what came.
func record(t *testing.T, path string) {
	t.Helper()
	e := read(t, path)
	req := nsbox.Request{Language: e.Language, Files: e.Files}
	res, err := nsbox.Run(context.Background(), req)
	if err != nil {
		t.Fatal(err)
	}
	a := &txtar.Archive{}
	for _, f := range e.Files {
		a.Files = append(a.Files, txtar.File{Name: f.Name, Data: f.Data})
	}
	kept := evidence{Language: e.Language, Stage: res.Stage, Verdict: res.Verdict, ExitCode: res.ExitCode, Signal: res.Signal}
	streams := []txtar.File{{Name: stderr, Data: res.Stderr}}
	req.Check = true
	if check, err := nsbox.Run(context.Background(), req); err == nil {
		kept.Check = &check.Verdict
		streams = append(streams, txtar.File{Name: checkStdout, Data: check.Stdout}, txtar.File{Name: checkStderr, Data: check.Stderr})
	}
	if text, ok := want(t, path); ok {
		a.Files = append(a.Files, txtar.File{Name: wanted, Data: text})
	}
	data, err := json.Marshal(kept)
	if err != nil {
		t.Fatal(err)
	}
	a.Files = append(append(a.Files, txtar.File{Name: about, Data: append(data, '\n')}), streams...)
	if err := os.WriteFile(path, txtar.Format(a), 0o644); err != nil {
		t.Fatal(err)
	}
}

// Golden compares what analyze makes of every input with its golden file, with
// the check's words and without.
func Golden(t *testing.T, analyze nsbox.AnalyzerFunc) {
	for _, path := range paths(t, "") {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			if *capture {
				record(t, path)
			}
			e := read(t, path)
			var got bytes.Buffer
			enc := json.NewEncoder(&got)
			enc.SetIndent("", "  ")
			enc.SetEscapeHTML(false)
			found := map[string][]nsbox.Diagnosis{"run": nil}
			if e.Check != nil {
				found["checked"] = analyze(e)
				e.Check = nil
			}
			found["run"] = analyze(e)
			if len(found["run"])+len(found["checked"]) == 0 {
				t.Error("nothing is diagnosed")
			}
			if err := enc.Encode(found); err != nil {
				t.Fatal(err)
			}
			golden := strings.TrimSuffix(path, ".txtar") + ".golden"
			if *update {
				if err := os.WriteFile(golden, got.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got.Bytes(), want) {
				t.Errorf("got\n%s\nwant\n%s", got.Bytes(), want)
			}
		})
	}
}

// Fuzz feeds analyze, and propose where it is not nil, with whatever toolchains
// may print of whatever programs: every diagnosis has a type and a place that
// may be, and every fix lies within the program.
func Fuzz(f *testing.F, analyze nsbox.AnalyzerFunc, propose func(nsbox.Problem) []nsbox.Fix) {
	seeds := paths(f, "")
	first := read(f, seeds[0])
	for _, path := range seeds {
		e := read(f, path)
		var check []byte
		if e.Check != nil {
			check = append(e.Check.Stdout, e.Check.Stderr...)
		}
		f.Add(e.Files[0].Data, e.Stderr, check, e.Stage == nsbox.StageCompile)
	}
	f.Fuzz(func(t *testing.T, src, stderr, check []byte, compile bool) {
		if len(src) > 8<<10 {
			return
		}
		e := nsbox.Evidence{
			Language: first.Language, Files: []nsbox.File{{Name: first.Files[0].Name, Data: src}},
			Stage: nsbox.StageRun, Verdict: nsbox.NonZero, ExitCode: 1, Stderr: stderr,
		}
		if compile {
			e.Stage, e.Verdict = nsbox.StageCompile, nsbox.CompileError
			e.Check = &nsbox.StageResult{Verdict: nsbox.NonZero, Stdout: check, Stderr: check}
		}
		found := analyze(e)
		for _, d := range found {
			if d.Type == "" || d.Phase == "" || d.Line < 0 || d.Column < 0 {
				t.Errorf("%+v", d)
			}
		}
		if propose == nil || len(found) == 0 {
			return
		}
		for _, fix := range propose(nsbox.Problem{Evidence: e, Diagnoses: found}) {
			if _, err := nsbox.Apply(e.Files, fix.Edits); err != nil {
				t.Errorf("%s: %v", fix.Rule, err)
			}
		}
	})
}

// tries is how many of the fixes the wanted one may be: where there are several,
// the loop has the compiler look at them first.
const tries = 4

// Mend wants, for every input of testdata/mend, the program there to come of one
// of the first fixes, and mostly of the very first; where no program is wanted,
// nothing may be proposed.
func Mend(t *testing.T, analyze nsbox.AnalyzerFunc, propose func(nsbox.Problem) []nsbox.Fix) {
	all, first := 0, 0
	for _, path := range paths(t, "mend") {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			if *capture {
				record(t, path)
			}
			e := read(t, path)
			found := analyze(e)
			if len(found) == 0 {
				t.Fatal("nothing is diagnosed")
			}
			fixes := propose(nsbox.Problem{Evidence: e, Diagnoses: found})
			text, ok := want(t, path)
			if !ok {
				for _, f := range fixes {
					t.Errorf("proposes %s: %s %+v", f.Rule, f.Explanation, f.Edits)
				}
				return
			}
			n := index(t, e.Files, fixes, text)
			if n < 0 || n >= tries {
				t.Fatalf("not among the %d fixes of %+v", len(fixes), found[0])
			}
			if fixes[n].Explanation == "" {
				t.Errorf("%s has no explanation", fixes[n].Rule)
			}
			all++
			if n == 0 {
				first++
			}
		})
	}
	if first*10 < all*8 {
		t.Errorf("the first fix is the right one for %d of %d", first, all)
	}
}

// index returns which of fixes makes text of the main file, -1 for none.
func index(t *testing.T, files []nsbox.File, fixes []nsbox.Fix, text []byte) int {
	t.Helper()
	for n, f := range fixes {
		got, err := nsbox.Apply(files, f.Edits)
		if err != nil {
			t.Fatalf("%s: %v", f.Rule, err)
		}
		if bytes.Equal(got[0].Data, text) {
			return n
		}
	}
	return -1
}
