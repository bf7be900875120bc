package main

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"time"

	"golang.org/x/tools/txtar"

	"github.com/nsbox/nsbox/nsbox"
)

// outcome is what became of a mutant.
type outcome string

const (
	sound  outcome = "sound" // the damage broke nothing, or nothing that shows
	healed outcome = "healed"
	wrong  outcome = "wrong"
	failed outcome = "failed"
)

type result struct {
	*mutant
	outcome      outcome
	lineOK       bool
	typeOK       bool
	runs         int
	cost         time.Duration // of analysing and choosing, the most of all steps
	report       nsbox.Report
	toldL, toldT string
}

// clock measures what the analyzer and the rules take together in one step.
type clock struct {
	analyzer nsbox.Analyzer
	healer   nsbox.Healer
	last     time.Duration
	most     time.Duration
}

func (c *clock) Name() string { return c.healer.Name() }

func (c *clock) Analyze(e nsbox.Evidence) []nsbox.Diagnosis {
	start := time.Now()
	defer func() { c.last = time.Since(start) }()
	return c.analyzer.Analyze(e)
}

func (c *clock) Propose(ctx context.Context, p nsbox.Problem) ([]nsbox.Fix, error) {
	start := time.Now()
	defer func() { c.most = max(c.most, c.last+time.Since(start)) }()
	return c.healer.Propose(ctx, p)
}

func mend(ctx context.Context, opts nsbox.Options, m *mutant) (*result, error) {
	c := &clock{analyzer: opts.Analyzer, healer: opts.Healers[0]}
	opts.Analyzer, opts.Healers = c, []nsbox.Healer{c}
	rep, err := nsbox.Heal(ctx, request(m.program, m.text), opts)
	if err != nil {
		return nil, err
	}
	r := &result{mutant: m, report: rep, runs: rep.Iterations, cost: c.most}
	switch {
	case rep.Original.Verdict == nsbox.OK:
		r.outcome = sound
		return r, nil
	case !rep.Healed:
		r.outcome = failed
	case string(rep.Stdout) == m.stdout:
		r.outcome = healed
	default:
		r.outcome = wrong
	}
	var d nsbox.Diagnosis
	if len(rep.Attempts) > 0 {
		d = rep.Attempts[0].Diagnosis
	}
	r.toldL, r.toldT = told(m.language, string(rep.Original.Stderr))
	r.lineOK = d.Line > 0 && (d.Line == m.line || strconv.Itoa(d.Line) == r.toldL)
	r.typeOK = r.toldT == d.Type || r.toldT == "" && d.Type != ""
	return r, nil
}

// What the toolchains call an error, and where they see it, read without the
// analyzers.
var (
	places = map[string]*regexp.Regexp{
		"python": regexp.MustCompile(`(?s).*File "[^"]*main\.py", line (\d+)`), "javascript": regexp.MustCompile(`main\.js:(\d+)`),
		"typescript": regexp.MustCompile(`main\.ts[:(](\d+)`), "go": regexp.MustCompile(`main\.go:(\d+)`), "rust": regexp.MustCompile(`main\.rs:(\d+)`),
		"java": regexp.MustCompile(`Main\.java:(\d+)`), "ruby": regexp.MustCompile(`main\.rb:(\d+)`), "bash": regexp.MustCompile(`line (\d+): `),
		"c": regexp.MustCompile(`main\.c:(\d+):\d+: (?:fatal )?error`), "cpp": regexp.MustCompile(`main\.cpp:(\d+):\d+: (?:fatal )?error`),
	}
	kinds = map[string]*regexp.Regexp{
		"python": regexp.MustCompile(`(?m)(?s:.*)^(\w+(?:Error|Exception|Iteration|Exit))\b`), "javascript": regexp.MustCompile(`(?m)^(?:Uncaught )?(\w*Error)\b`),
		"rust": regexp.MustCompile(`(?m)^error\[(E\d+)\]`), "ruby": regexp.MustCompile(`\((\w+)\)(?:\n|$)`), "java": regexp.MustCompile(`Exception in thread "main" (?:[a-z]+\.)*(\w+)`),
	}
)

// told returns the line and the type that stderr names, each empty where it
// names none.
func told(language, stderr string) (line, kind string) {
	if m := places[language].FindStringSubmatch(stderr); m != nil {
		line = m[1]
	}
	if re := kinds[language]; re != nil {
		if m := re.FindStringSubmatch(stderr); m != nil {
			kind = m[1]
		}
	}
	return line, kind
}

// save keeps what went wrong for a look at it.
func (o *options) save(r *result) error {
	if o.samples != "" && r.outcome == healed && r.runs == 2 && r.report.FinalCode == r.program.text {
		return o.sample(r)
	}
	if o.keep == "" || r.outcome == sound || r.outcome == healed && r.lineOK && r.typeOK {
		return nil
	}
	dir := filepath.Join(o.keep, string(r.outcome), r.id())
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	report, err := json.MarshalIndent(map[string]any{
		"line": r.line, "told_line": r.toldL, "told_type": r.toldT, "stop": r.report.StopReason, "stderr": string(r.report.Original.Stderr),
		"attempts": r.report.Attempts, "program": r.name,
	}, "", " ")
	if err != nil {
		return err
	}
	for name, text := range map[string]string{r.file: r.text, "good": r.program.text, "final": r.report.FinalCode, "report.json": string(report)} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// sample writes an input of analyzetest.Mend, whose evidence is still to be taken.
func (o *options) sample(r *result) error {
	dir := filepath.Join(o.samples, r.language)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	a := &txtar.Archive{Files: []txtar.File{
		{Name: r.file, Data: []byte(r.text)}, {Name: "want", Data: []byte(r.report.FinalCode)},
		{Name: "evidence.json", Data: []byte(`{"language":"` + r.language + `"}` + "\n")},
	}}
	return os.WriteFile(filepath.Join(dir, r.id()+".txtar"), txtar.Format(a), 0o644)
}
