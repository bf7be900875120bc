package rust_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/analyze/rust"
)

var update = flag.Bool("update", false, "write the golden files")

// inputs are what rustc 1.96 (text-, json-) and programs (the rest) wrote to
// stderr; old-panic is as Rust wrote it before 1.73.
func inputs(tb testing.TB) []string {
	tb.Helper()
	paths, err := filepath.Glob("testdata/*.input")
	if err != nil || len(paths) == 0 {
		tb.Fatalf("no inputs: %v", err)
	}
	return paths
}

func evidence(tb testing.TB, path string) nsbox.Evidence {
	tb.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		tb.Fatal(err)
	}
	name := filepath.Base(path)
	switch {
	case strings.HasPrefix(name, "text-"):
		return nsbox.Evidence{Stage: nsbox.StageCompile, Verdict: nsbox.CompileError, Stderr: data}
	case strings.HasPrefix(name, "json-"):
		return nsbox.Evidence{Stage: nsbox.StageCompile, Verdict: nsbox.CompileError, Check: &nsbox.StageResult{Stderr: data}}
	}
	return nsbox.Evidence{Stage: nsbox.StageRun, Verdict: nsbox.NonZero, ExitCode: 101, Stderr: data}
}

func TestGolden(t *testing.T) {
	for _, path := range inputs(t) {
		name := strings.TrimSuffix(filepath.Base(path), ".input")
		t.Run(name, func(t *testing.T) {
			var got bytes.Buffer
			enc := json.NewEncoder(&got)
			enc.SetIndent("", "  ")
			enc.SetEscapeHTML(false)
			if err := enc.Encode(rust.Analyze(evidence(t, path))); err != nil {
				t.Fatal(err)
			}
			golden := filepath.Join("testdata", name+".golden")
			if *update {
				if err := os.WriteFile(golden, got.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if got.String() != string(want) {
				t.Errorf("got:\n%s\nwant:\n%s", got.String(), want)
			}
		})
	}
}

// TestPasted: a compiler's text that is pasted comes as if a program had written it.
func TestPasted(t *testing.T) {
	e := evidence(t, "testdata/text-fields.input")
	want := rust.Analyze(e)
	e.Stage = nsbox.StageRun
	if got := rust.Analyze(e); len(got) == 0 || len(got) != len(want) || got[0].Type != want[0].Type || got[0].Line != want[0].Line {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

// TestOwnWords: what a program itself calls an error is no compiler's.
func TestOwnWords(t *testing.T) {
	e := nsbox.Evidence{Stage: nsbox.StageRun, Verdict: nsbox.NonZero, ExitCode: 1, Stderr: []byte("error: no such file\nerror[E0001]: mine\n")}
	if got := rust.Analyze(e); len(got) != 0 {
		t.Errorf("got %+v", got)
	}
}

func TestSuggestions(t *testing.T) {
	text := func(s string) *string { return &s }
	span := func(start, end int, with, applicability string) rust.Span {
		return rust.Span{File: "main.rs", Start: start, End: end, Replacement: text(with), Applicability: applicability}
	}
	for _, c := range []struct {
		name  string
		spans []rust.Span
		want  []bool // of each suggestion, whether it is certain
	}{
		{"certain", []rust.Span{span(1, 1, "mut ", "MachineApplicable")}, []bool{true}},
		{"perhaps", []rust.Span{span(1, 4, "used", "MaybeIncorrect")}, []bool{false}},
		{"placeholders", []rust.Span{span(1, 1, ": T", "HasPlaceholders")}, nil},
		{"unspecified", []rust.Span{span(1, 1, "x", "Unspecified")}, nil},
		{"alternatives", []rust.Span{span(1, 1, "use a::X;\n", "MaybeIncorrect"), span(1, 1, "use b::X;\n", "MaybeIncorrect")}, []bool{false, false}},
		{"several parts", []rust.Span{span(1, 1, "Some(", "MaybeIncorrect"), span(5, 5, ")", "MaybeIncorrect")}, []bool{false}},
		{"of the library", []rust.Span{{File: "/usr/src/lib.rs", Replacement: text("x"), Applicability: "MachineApplicable"}}, nil},
	} {
		m := rust.Message{Children: []rust.Message{{Text: "help", Spans: c.spans}}}
		got := m.Suggestions()
		if len(got) != len(c.want) {
			t.Errorf("%s: %d suggestions, want %d", c.name, len(got), len(c.want))
			continue
		}
		for i := range got {
			if got[i].Certain != c.want[i] {
				t.Errorf("%s: suggestion %d is certain: %v", c.name, i, got[i].Certain)
			}
		}
	}
}

func FuzzAnalyze(f *testing.F) {
	for _, path := range inputs(f) {
		e := evidence(f, path)
		f.Add(e.Stderr)
		if e.Check != nil {
			f.Add(e.Check.Stderr)
		}
	}
	f.Fuzz(func(t *testing.T, stderr []byte) {
		for _, stage := range []string{"", nsbox.StageCompile, nsbox.StageRun} {
			for _, d := range rust.Analyze(nsbox.Evidence{Stage: stage, Stderr: stderr}) {
				if d.Type == "" || d.Phase == "" {
					t.Errorf("%s: a diagnosis without type or phase: %+v", stage, d)
				}
			}
		}
	})
}
