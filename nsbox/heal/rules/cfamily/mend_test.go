package cfamily

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nsbox/nsbox/nsbox"
	analyze "github.com/nsbox/nsbox/nsbox/analyze/cfamily"
)

var update = flag.Bool("update", false, "run gcc and g++ again for testdata/mend, and write down what they say")

// step is what the toolchain says of one state of a program, and the state that
// follows from it.
type step struct {
	Stage  string `json:"stage"`
	Signal string `json:"signal,omitempty"`
	Check  string `json:"check,omitempty"` // JSON, as text
	Stderr string `json:"stderr,omitempty"`
	Rule   string `json:"rule,omitempty"` // of the fix that is taken
	Nth    int    `json:"nth,omitempty"`  // which of those proposed
	Then   string `json:"then,omitempty"` // the source after it, when it is not the wanted one
	found  []nsbox.Diagnosis
	fixes  []nsbox.Fix
	ev     nsbox.Evidence
}

// sample is a file of testdata/mend: a broken program, the program that it must
// become, empty where nothing may be proposed, and the steps between, captured
// from gcc 12.
type sample struct {
	file, lang  string
	broken, fix string
	steps       []step
}

const mark = "\n==== "

func load(t *testing.T, file string) sample {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	s := sample{file: file, lang: strings.TrimPrefix(filepath.Ext(file), ".")}
	parts := strings.Split("\n"+strings.TrimSuffix(string(data), "\n"), mark)
	for _, p := range parts[1:] {
		name, body, _ := strings.Cut(p, "\n")
		switch name {
		case "broken":
			s.broken = body + "\n"
		case "mended":
			s.fix = body + "\n"
		case "nothing":
		case "step":
			var st step
			if err := json.Unmarshal([]byte(body), &st); err != nil {
				t.Fatalf("%s: %v", file, err)
			}
			s.steps = append(s.steps, st)
		default:
			t.Fatalf("%s: section %q", file, name)
		}
	}
	return s
}

func (s *sample) save(t *testing.T) {
	t.Helper()
	var b strings.Builder
	b.WriteString("==== broken\n" + s.broken)
	if s.fix == "" {
		b.WriteString("==== nothing\n")
	} else {
		b.WriteString("==== mended\n" + s.fix)
	}
	for _, st := range s.steps {
		data, err := json.MarshalIndent(st, "", " ")
		if err != nil {
			t.Fatal(err)
		}
		b.WriteString("==== step\n" + string(data) + "\n")
	}
	if err := os.WriteFile(s.file, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}

// problem is what the rules are told of source in this step.
func (st *step) problem(lang, source string) nsbox.Problem {
	st.ev = nsbox.Evidence{
		Language: lang, Files: []nsbox.File{{Name: "main." + lang, Data: []byte(source)}}, Stage: st.Stage,
		Verdict: nsbox.CompileError, ExitCode: 1, Signal: st.Signal, Stderr: []byte(st.Stderr),
	}
	if st.Signal != "" {
		st.ev.Verdict = nsbox.Signal
	}
	if st.Check != "" {
		st.ev.Check = &nsbox.StageResult{Verdict: nsbox.NonZero, ExitCode: 1, Stderr: []byte(st.Check)}
	}
	return nsbox.Problem{Evidence: st.ev, Diagnoses: analyze.Analyze(st.ev)}
}

func (st *step) propose(t *testing.T, p nsbox.Problem) {
	t.Helper()
	st.found = p.Diagnoses
	if len(st.found) == 0 {
		t.Fatal("nothing is diagnosed")
	}
	st.fixes = Propose(p)
}

// TestMend replays what gcc said of each broken program. The fix that leads to
// the mended one must be proposed; it is mostly the first.
func TestMend(t *testing.T) {
	files, err := filepath.Glob("testdata/mend/*.c*")
	if err != nil || len(files) < 90 {
		t.Fatalf("%d samples, %v", len(files), err)
	}
	steps, first := 0, 0
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			s := load(t, file)
			if *update {
				s.capture(t)
			}
			source := s.broken
			for i := range s.steps {
				st := &s.steps[i]
				st.propose(t, st.problem(s.lang, source))
				if s.fix == "" {
					for _, f := range st.fixes {
						t.Errorf("proposed %s: %s", f.Rule, f.Explanation)
					}
					return
				}
				want := st.Then
				if want == "" {
					want = s.fix
				}
				n := index(t, st, want)
				steps++
				if n == 0 {
					first++
				}
				if n < 0 || n > 3 {
					t.Fatalf("step %d: not among %d proposals for %+v", i+1, len(st.fixes), st.found[0])
				}
				source = want
			}
			if source != s.fix && s.fix != "" {
				t.Errorf("ends with\n%s", source)
			}
		})
	}
	if first*10 < steps*9 {
		t.Errorf("the first proposal is right in %d of %d steps", first, steps)
	}
}

// index returns which of the proposals makes want of the step's program.
func index(t *testing.T, st *step, want string) int {
	t.Helper()
	for n, f := range st.fixes {
		files, err := nsbox.Apply(st.ev.Files, f.Edits)
		if err != nil {
			t.Fatalf("%s: %v", f.Rule, err)
		}
		if string(files[0].Data) == want {
			return n
		}
	}
	return -1
}

// capture runs the toolchain on the broken program and on what becomes of it.
func (s *sample) capture(t *testing.T) {
	t.Helper()
	s.steps = nil
	source := s.broken
	for range 5 {
		st, ok := s.run(t, source)
		if ok {
			break
		}
		p := st.problem(s.lang, source)
		p.History = nil
		st.propose(t, p)
		next := ""
		if s.fix != "" {
			next = s.choose(t, st)
		}
		if next != s.fix {
			st.Then = next
		}
		s.steps = append(s.steps, *st)
		if next == "" {
			break
		}
		source = next
	}
	s.save(t)
}

// choose takes the first proposal that the compiler is content with, else the
// one that leaves fewest errors.
func (s *sample) choose(t *testing.T, st *step) string {
	t.Helper()
	best, least := "", 1<<20
	for n, f := range st.fixes {
		files, err := nsbox.Apply(st.ev.Files, f.Edits)
		if err != nil {
			t.Fatal(err)
		}
		text := string(files[0].Data)
		errors := strings.Count(s.check(t, text), `"kind": "error"`)
		if errors < least {
			best, least = text, errors
			st.Rule, st.Nth = f.Rule, n
		}
	}
	return best
}

func (s *sample) tool() (cc, std string) {
	if s.lang == "cpp" {
		return "g++", "-std=gnu++20"
	}
	return "gcc", "-std=gnu17"
}

func (s *sample) check(t *testing.T, source string) string {
	t.Helper()
	cc, std := s.tool()
	_, out := command(t, source, s.lang, cc, std, "-fsyntax-only", "-Wall", "-Wno-unused", "-fdiagnostics-format=json", "main."+s.lang)
	return out
}

// run builds and runs source; ok is set where it ends well.
func (s *sample) run(t *testing.T, source string) (*step, bool) {
	t.Helper()
	cc, std := s.tool()
	st := &step{Stage: nsbox.StageCompile}
	dir := t.TempDir()
	program := filepath.Join(dir, "program")
	failed, stderr := command(t, source, s.lang, cc, std, "-O1", "-o", program, "main."+s.lang, "-lm")
	if failed == "" {
		st.Stage = nsbox.StageRun
		if failed, stderr = command(t, source, s.lang, program); failed == "" {
			return nil, true
		}
		switch {
		case strings.Contains(failed, "segmentation"):
			st.Signal = "SIGSEGV"
		case strings.Contains(failed, "abort"):
			st.Signal = "SIGABRT"
		default:
			t.Fatalf("ended by %s", failed)
		}
	}
	st.Check = slim(t, s.check(t, source))
	if st.Stage == nsbox.StageRun || strings.Contains(stderr, "undefined reference") || strings.Contains(stderr, "required from here") {
		st.Stderr = stderr
	}
	return st, false
}

func command(t *testing.T, source, lang, name string, args ...string) (failed, stderr string) {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "main."+lang), []byte(source), 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "LC_ALL=C.UTF-8")
	var out bytes.Buffer
	cmd.Stderr = &out
	if err := cmd.Run(); err != nil {
		failed = err.Error()
	}
	return failed, strings.ReplaceAll(out.String(), dir+"/", "")
}

// slim leaves the library's own notes out: there may be hundreds of them.
func slim(t *testing.T, check string) string {
	t.Helper()
	var all []map[string]any
	// After a fatal error, words follow the JSON.
	if err := json.NewDecoder(strings.NewReader(check)).Decode(&all); err != nil {
		t.Fatalf("%v: %s", err, check)
	}
	for _, m := range all {
		children, _ := m["children"].([]any)
		var own []any
		for _, c := range children {
			if text := fmt.Sprint(c.(map[string]any)["locations"]); !strings.Contains(text, "file:/usr/") {
				own = append(own, c)
			}
		}
		m["children"] = own
		delete(m, "escape-source")
		delete(m, "column-origin")
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(all); err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(b.String())
}
