package shell_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/analyze/shell"
)

var update = flag.Bool("update", false, "write the golden files")

// evidence reads a program, what Bash 5.2 wrote to stderr where the comment says
// no other, and what its check wrote.
func evidence(t testing.TB, path string) nsbox.Evidence {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	archive := txtar.Parse(data)
	e := nsbox.Evidence{Language: "bash", Stage: nsbox.StageRun, Verdict: nsbox.NonZero, ExitCode: 1}
	_, _ = fmt.Sscanf(string(archive.Comment), "exit %d", &e.ExitCode)
	for _, f := range archive.Files {
		switch f.Name {
		case "stderr":
			e.Stderr = f.Data
		case "check":
			e.Check = &nsbox.StageResult{Verdict: nsbox.NonZero, ExitCode: 1, Stderr: f.Data}
		default:
			e.Files = append(e.Files, nsbox.File{Name: f.Name, Data: f.Data})
		}
	}
	return e
}

func inputs(t testing.TB) []string {
	t.Helper()
	paths, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no inputs: %v", err)
	}
	return paths
}

func TestGolden(t *testing.T) {
	for _, path := range inputs(t) {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			var got bytes.Buffer
			enc := json.NewEncoder(&got)
			enc.SetIndent("", "  ")
			enc.SetEscapeHTML(false)
			if err := enc.Encode(shell.Analyze(evidence(t, path))); err != nil {
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

// Whatever is printed, places lie in the program and nothing panics.
func FuzzAnalyze(f *testing.F) {
	for _, path := range inputs(f) {
		e := evidence(f, path)
		var check []byte
		if e.Check != nil {
			check = e.Check.Stderr
		}
		f.Add(e.Stderr, check, []byte("echo 1\n"))
	}
	f.Fuzz(func(t *testing.T, stderr, check, src []byte) {
		for _, files := range [][]nsbox.File{nil, {{Name: "main.sh", Data: src}}} {
			e := nsbox.Evidence{Language: "bash", Stage: nsbox.StageRun, Verdict: nsbox.NonZero, ExitCode: 1, Stderr: stderr, Files: files}
			for _, c := range []*nsbox.StageResult{nil, {Stderr: check}} {
				e.Check = c
				for _, d := range shell.Analyze(e) {
					if d.Type == "" || d.Phase == "" || d.Line < 0 || d.Column < 0 {
						t.Errorf("%+v", d)
					}
				}
			}
		}
	})
}

func BenchmarkAnalyze(b *testing.B) {
	e := evidence(b, "testdata/many.txtar")
	for b.Loop() {
		shell.Analyze(e)
	}
}
