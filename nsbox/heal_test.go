package nsbox

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"
)

// The programs of these tests are words: a program runs well when it says
// "good". Each bad word is an error; the runner reports the first, the check
// command all of them.
type world struct {
	t      *testing.T
	runs   []string
	checks []string
	result func(source string) Result // where it is not nil, its answer is taken
	slow   time.Duration
}

func (w *world) run(ctx context.Context, req Request) (Result, error) {
	src := string(req.Files[0].Data)
	if req.Check {
		w.checks = append(w.checks, src)
	} else {
		w.runs = append(w.runs, src)
	}
	if w.slow > 0 {
		select {
		case <-time.After(w.slow):
		case <-ctx.Done():
			return Result{ID: "1", Language: "words", Verdict: Cancelled, Stage: StageRun}, nil
		}
	}
	res := Result{ID: "1", Language: "words", Stage: StageRun, Verdict: OK, Iterations: 1}
	if w.result != nil && !req.Check {
		return w.result(src), nil
	}
	if bad := badWords(src); len(bad) > 0 {
		res.Verdict, res.ExitCode = NonZero, 1
		if strings.Contains(src, "compiled") {
			res.Verdict, res.Stage = CompileError, StageCompile
		}
		res.Stderr = []byte(bad[0])
		if req.Check {
			res.Stderr = []byte(strings.Join(bad, "\n"))
		}
	}
	return res, nil
}

func badWords(src string) []string {
	var bad []string
	for _, w := range strings.Fields(src) {
		if strings.HasPrefix(w, "bad") {
			bad = append(bad, w)
		}
	}
	return bad
}

func analyzeWords(e Evidence) []Diagnosis {
	text, phase := e.Stderr, PhaseRun
	if e.Stage == StageCompile {
		phase = PhaseCompile
	}
	if e.Check != nil {
		text = e.Check.Stderr
	}
	var out []Diagnosis
	for _, w := range strings.Fields(string(text)) {
		out = append(out, Diagnosis{Type: "Bad", Message: w, Phase: phase})
	}
	return out
}

// healer proposes what a function says of a source: whole new sources.
type fakeHealer struct {
	name  string
	rank  Rank
	fix   func(p Problem) ([]string, error)
	asked int
}

func (h *fakeHealer) Name() string { return h.name }

func (h *fakeHealer) Propose(_ context.Context, p Problem) ([]Fix, error) {
	h.asked++
	sources, err := h.fix(p)
	var out []Fix
	for _, s := range sources {
		out = append(out, Fix{Rule: "test", Rank: h.rank, Edits: []Edit{{File: "main", End: len(p.Main().Data), Text: s}}})
	}
	return out, err
}

func (w *world) heal(src string, opts Options, healers ...Healer) Report {
	w.t.Helper()
	opts.Analyzer, opts.Healers, opts.Run = AnalyzerFunc(analyzeWords), healers, w.run
	rep, err := Heal(context.Background(), Request{Files: []File{{Name: "main", Data: []byte(src)}}}, opts)
	if err != nil {
		w.t.Fatal(err)
	}
	return rep
}

// replacing proposes the source with its first error's word replaced by each of
// words in turn.
func replacing(words ...string) *fakeHealer {
	return &fakeHealer{name: "fake", fix: func(p Problem) ([]string, error) {
		var out []string
		for _, w := range words {
			out = append(out, strings.Replace(string(p.Main().Data), p.Diagnoses[0].Message, w, 1))
		}
		return out, nil
	}}
}

func TestHealLoop(t *testing.T) {
	gone := errors.New("connection refused")
	check := Options{HasCheck: func(string) bool { return true }}
	for name, c := range map[string]struct {
		source  string
		opts    Options
		healers []Healer
		result  func(string) Result
		healed  bool
		reason  StopReason
		runs    int
		final   string
	}{
		"a program that works is run once": {
			source: "good", healers: []Healer{replacing("x")}, reason: StopSuccess, runs: 1, final: "good",
		},
		"one fix": {
			source: "say bad", healers: []Healer{replacing("good")}, healed: true, reason: StopSuccess, runs: 2, final: "say good",
		},
		"error after error": {
			source: "bad1 bad2 bad3", healers: []Healer{replacing("good")}, healed: true, reason: StopSuccess, runs: 4, final: "good good good",
		},
		"the second candidate": {
			source: "bad", healers: []Healer{replacing("bad", "bad bad", "good")}, healed: true, reason: StopSuccess, runs: 3, final: "good",
		},
		"the second healer": {
			source: "bad", healers: []Healer{replacing(), replacing("good")}, healed: true, reason: StopSuccess, runs: 2, final: "good",
		},
		"all errors of a compiler are known from its check": {
			source: "compiled bad1 bad2", opts: check, healed: true, reason: StopSuccess, runs: 2, final: "compiled good good",
			healers: []Healer{&fakeHealer{name: "all", fix: func(p Problem) ([]string, error) {
				s := string(p.Main().Data)
				for _, d := range p.Diagnoses {
					s = strings.Replace(s, d.Message, "good", 1)
				}
				return []string{s}, nil
			}}},
		},
		"candidates that the check refuses cost no run": {
			source: "compiled bad1", opts: check, healed: true, reason: StopSuccess, runs: 2, final: "compiled good",
			healers: []Healer{replacing("bad2 bad3", "bad4 bad5", "bad6 bad7", "good")},
		},
		"nobody knows": {
			source: "bad", healers: []Healer{replacing()}, reason: StopNoFix, runs: 1, final: "bad",
		},
		"no fix helps": {
			source: "bad", healers: []Healer{replacing("bad ", "bad  ")}, reason: StopNoProgress, runs: 3, final: "bad",
		},
		"a model that repeats itself": {
			source: "bad", healers: []Healer{&fakeHealer{name: "model", rank: RankModel, fix: func(Problem) ([]string, error) {
				return []string{"bad "}, nil
			}}}, reason: StopRepeatedFix, runs: 2, final: "bad",
		},
		"a model that knows it the second time": {
			source: "bad", healers: []Healer{&fakeHealer{name: "model", rank: RankModel, fix: func(p Problem) ([]string, error) {
				if len(p.History) == 0 {
					return []string{"bad "}, nil
				}
				return []string{"good"}, nil
			}}}, healed: true, reason: StopSuccess, runs: 3, final: "good",
		},
		"runs are bounded": {
			source: "bad", healers: []Healer{&fakeHealer{name: "model", rank: RankModel, fix: func(p Problem) ([]string, error) {
				return []string{strings.Repeat("bad ", len(p.History)+2)}, nil
			}}}, reason: StopMaxIterations, runs: 5, final: "bad",
		},
		"a healer that can't be asked": {
			source: "bad", healers: []Healer{&fakeHealer{name: "model", fix: func(Problem) ([]string, error) { return nil, gone }}},
			reason: StopHealerError, runs: 1, final: "bad",
		},
		"a limit is not mended": {
			source: "bad", healers: []Healer{replacing("good")}, reason: StopNotMendable, runs: 1, final: "bad",
			result: func(string) Result { return Result{Verdict: OOM, Stage: StageRun} },
		},
		"nor is what runs into one": {
			source: "bad", healers: []Healer{replacing("good")}, reason: StopNoProgress, runs: 2, final: "bad",
			result: func(s string) Result {
				if s == "good" {
					return Result{Verdict: WallTimeout, Stage: StageRun}
				}
				return Result{Verdict: NonZero, ExitCode: 1, Stage: StageRun, Stderr: []byte("bad")}
			},
		},
		"output that was there must stay": {
			source: "bad", healers: []Healer{replacing("good")}, reason: StopNoProgress, runs: 2, final: "bad",
			result: func(s string) Result {
				if s == "good" {
					return Result{Verdict: OK, Stage: StageRun, Stdout: []byte("two\n")}
				}
				return Result{Verdict: NonZero, ExitCode: 1, Stage: StageRun, Stderr: []byte("bad"), Stdout: []byte("one\n")}
			},
		},
		"a program that prints must print": {
			source: "bad print", healers: []Healer{replacing("good")}, reason: StopNoProgress, runs: 2, final: "bad print",
		},
		"other output than expected": {
			source: "good", opts: Options{ExpectStdout: []byte("x\n")}, healers: []Healer{replacing()},
			reason: StopNoFix, runs: 1, final: "good",
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := &world{t: t, result: c.result}
			rep := w.heal(c.source, c.opts, c.healers...)
			if rep.Healed != c.healed || rep.StopReason != c.reason || rep.FinalCode != c.final {
				t.Errorf("healed %v, reason %s, final %q", rep.Healed, rep.StopReason, rep.FinalCode)
			}
			if rep.Iterations != c.runs || len(w.runs) != c.runs {
				t.Errorf("%d runs, %d reported: %q", len(w.runs), rep.Iterations, w.runs)
			}
			if !rep.Healed && (rep.ExitCode != rep.Original.ExitCode || string(rep.Stderr) != string(rep.Original.Stderr)) {
				t.Error("what failed is not shown as it was")
			}
			if c.reason != StopSuccess && len(rep.Attempts) == 0 {
				t.Error("no diagnosis is kept")
			}
			for _, a := range rep.Attempts {
				if a.Healer != "" && (a.Diff == "" && a.Outcome != Rejected || a.Outcome == "" || a.Outcome == Rejected && a.Reason == "") {
					t.Errorf("attempt %+v", a)
				}
			}
		})
	}
}

func TestHealStops(t *testing.T) {
	w := &world{t: t, slow: 30 * time.Millisecond}
	rep := w.heal("bad1 bad2 bad3 bad4", Options{Timeout: 45 * time.Millisecond}, replacing("good"))
	if rep.StopReason != StopDeadline || len(w.runs) > 3 {
		t.Errorf("reason %s after %d runs", rep.StopReason, len(w.runs))
	}

	ctx, cancel := context.WithCancel(context.Background())
	h := &fakeHealer{name: "slow", fix: func(p Problem) ([]string, error) {
		cancel()
		return []string{"good"}, nil
	}}
	rep, err := Heal(ctx, Request{Files: []File{{Name: "main", Data: []byte("bad")}}},
		Options{Analyzer: AnalyzerFunc(analyzeWords), Healers: []Healer{h}, Run: (&world{t: t, slow: time.Millisecond}).run})
	if err != nil || rep.StopReason != StopCancelled || rep.Healed {
		t.Errorf("cancelled: %v, reason %s", err, rep.StopReason)
	}
}

func TestHealRefuses(t *testing.T) {
	good := Options{Analyzer: AnalyzerFunc(analyzeWords)}
	files := []File{{Name: "main"}}
	many := good
	many.MaxIterations = 11
	for name, c := range map[string]struct {
		req  Request
		opts Options
		want string
	}{
		"analyzer":   {Request{Files: files}, Options{}, "Options.Analyzer is missing"},
		"files":      {Request{}, good, "no file to run"},
		"iterations": {Request{Files: files}, many, "allowed are 1 to 10"},
	} {
		if _, err := Heal(context.Background(), c.req, c.opts); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Every run of a healing reads the same input, also where an earlier run left it
// unread or was still waiting for it.
func TestHealInput(t *testing.T) {
	pr, pw := io.Pipe()
	var got []string
	stuck := make(chan struct{})
	run := func(_ context.Context, req Request) (Result, error) {
		res := Result{Language: "words", Stage: StageRun, Verdict: NonZero, ExitCode: 1, Stderr: []byte("bad")}
		if len(got) == 0 {
			got = append(got, "")
			go func() { // the reader that the first run leaves behind
				close(stuck)
				_, _ = io.ReadFull(req.Stdin, make([]byte, 3))
			}()
			<-stuck
			return res, nil
		}
		go func() { _, _ = io.WriteString(pw, "one two"); pw.Close() }()
		b, err := io.ReadAll(req.Stdin)
		got = append(got, string(b))
		res.Verdict, res.ExitCode = OK, 0
		return res, err
	}
	rep, err := Heal(context.Background(), Request{Files: []File{{Name: "main", Data: []byte("bad")}}, Stdin: pr},
		Options{Analyzer: AnalyzerFunc(analyzeWords), Healers: []Healer{replacing("good")}, Run: run})
	if err != nil || !rep.Healed || got[1] != "one two" {
		t.Errorf("%v, healed %v, read %q", err, rep.Healed, got)
	}
}

func TestHealInputBounded(t *testing.T) {
	run := func(_ context.Context, req Request) (Result, error) {
		n, err := io.Copy(io.Discard, req.Stdin)
		if n != maxTape+5 {
			t.Errorf("read %d bytes", n)
		}
		return Result{Stage: StageRun, Verdict: NonZero, ExitCode: 1, Stderr: []byte("bad")}, err
	}
	rep, err := Heal(context.Background(), Request{
		Files: []File{{Name: "main", Data: []byte("bad")}}, Stdin: io.LimitReader(zeros{}, maxTape+5),
	}, Options{Analyzer: AnalyzerFunc(analyzeWords), Healers: []Healer{replacing("good")}, Run: run})
	if err != nil || rep.StopReason != StopInput {
		t.Errorf("%v, reason %s", err, rep.StopReason)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// Events are numbered over the whole healing, with one exit at its end.
func TestHealEvents(t *testing.T) {
	var types []string
	last := int64(0)
	req := Request{Files: []File{{Name: "main", Data: []byte("bad")}}, OnEvent: func(e Event) {
		if e.Seq != last+1 {
			t.Errorf("event %d after %d", e.Seq, last)
		}
		last = e.Seq
		types = append(types, string(e.Type))
		if e.Type == EventExit && !e.Result.Healed {
			t.Error("the exit does not tell of the healing")
		}
	}}
	w := &world{t: t}
	run := func(ctx context.Context, r Request) (Result, error) {
		r.OnEvent(Event{Type: EventStart})
		res, err := w.run(ctx, r)
		r.OnEvent(Event{Type: EventExit, Result: &res})
		return res, err
	}
	if _, err := Heal(context.Background(), req, Options{Analyzer: AnalyzerFunc(analyzeWords), Healers: []Healer{replacing("good")}, Run: run}); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(types, " "); got != "start diagnosis patch rerun exit" {
		t.Errorf("got %s", got)
	}
}

func TestApply(t *testing.T) {
	files := []File{{Name: "a", Data: []byte("0123456789")}, {Name: "b", Data: []byte("x")}}
	got, err := Apply(files, []Edit{{"a", 8, 9, "E"}, {"a", 2, 2, "I"}, {"a", 2, 4, ""}, {"b", 1, 1, "y"}})
	if err != nil || string(got[0].Data) != "01I4567E9" || string(got[1].Data) != "xy" || string(files[0].Data) != "0123456789" {
		t.Errorf("%v: %s %s", err, got[0].Data, got[1].Data)
	}
	for name, edits := range map[string][]Edit{
		"overlap": {{"a", 0, 3, ""}, {"a", 2, 4, ""}}, "outside": {{"a", 5, 11, ""}}, "reversed": {{"a", 5, 4, ""}},
		"unknown": {{"c", 0, 0, ""}}, "negative": {{"a", -1, 0, ""}},
	} {
		if _, err := Apply(files, edits); !errors.Is(err, ErrBadFix) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestKeeps(t *testing.T) {
	for _, c := range []struct {
		before, after string
		want          bool
	}{
		{"", "", true}, {"a\nb\n", "a\nx\nb\nc\n", true}, {"a\nb\n", "b\na\n", false}, {"a\npart", "a\npart of it\n", true},
		{"a\n", "ab\n", false}, {"a\n", "", false},
	} {
		if got := keeps([]byte(c.before), []byte(c.after)); got != c.want {
			t.Errorf("keeps(%q, %q) = %v", c.before, c.after, got)
		}
	}
}
