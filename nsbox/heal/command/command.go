// Package command mends programs with a program of the user's own: a problem as
// JSON on its stdin, fixes as JSON from its stdout.
package command

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/heal/settings"
)

// Name is the healer's name.
const Name = "command"

// Problem is what the program reads.
type Problem struct {
	Language     string            `json:"language"`
	Files        []File            `json:"files"` // the main file first
	Stage        string            `json:"stage"`
	Verdict      nsbox.Verdict     `json:"verdict"`
	ExitCode     int               `json:"exit_code"`
	Signal       string            `json:"signal,omitempty"`
	Stdout       string            `json:"stdout"`
	Stderr       string            `json:"stderr"`
	Diagnosis    nsbox.Diagnosis   `json:"diagnosis"`
	Diagnoses    []nsbox.Diagnosis `json:"diagnoses"`
	History      []nsbox.Attempt   `json:"history,omitempty"`
	ExpectStdout *string           `json:"expect_stdout,omitempty"`
}

// File is one file of the program.
type File struct {
	Name string `json:"name"`
	Text string `json:"text"`
}

// Answer is what the program writes: the corrected main file as code, or fixes,
// the best first. An empty answer means that it knows none.
type Answer struct {
	Code        string `json:"code,omitempty"`
	Explanation string `json:"explanation,omitempty"`
	Fixes       []Fix  `json:"fixes,omitempty"`
}

// Fix is one fix: whole new texts of files that the program has.
type Fix struct {
	Rule        string `json:"rule,omitempty"`
	Explanation string `json:"explanation,omitempty"`
	Files       []File `json:"files"`
}

const (
	defaultTimeout = 60 * time.Second
	maxOutput      = 4 << 20
	maxStderr      = 2000
	maxFixes       = 8
)

// Healer is an [nsbox.Healer]. It is safe for concurrent use.
type Healer struct {
	// Label is the healer's name, Name when empty.
	Label   string
	Argv    []string
	Timeout time.Duration
	// Env is added to the process's environment.
	Env []string
}

// New returns the healer that c describes.
func New(c settings.Command) (*Healer, error) {
	if len(c.Argv) == 0 || c.Argv[0] == "" {
		return nil, fmt.Errorf("%w: command: there is no command: set argv in [healers.command], or NSBOX_HEALER_COMMAND", settings.ErrConfig)
	}
	return &Healer{Argv: c.Argv, Timeout: c.Timeout.Std()}, nil
}

// Name is the healer's name.
func (h *Healer) Name() string {
	if h.Label != "" {
		return h.Label
	}
	return Name
}

// Propose runs the program. The error is the program's failure, with the end of
// its stderr.
func (h *Healer) Propose(ctx context.Context, p nsbox.Problem) ([]nsbox.Fix, error) {
	in, err := json.Marshal(problemOf(p))
	if err != nil {
		return nil, err
	}
	timeout := h.Timeout
	if timeout <= 0 {
		timeout = defaultTimeout
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, h.Argv[0], h.Argv[1:]...)
	cmd.Env = append(os.Environ(), h.Env...)
	cmd.Stdin = bytes.NewReader(in)
	out, errs := &limited{max: maxOutput}, &limited{max: maxStderr, tail: true}
	cmd.Stdout, cmd.Stderr = out, errs
	// What it starts ends with it.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = time.Second
	err = cmd.Run()
	switch {
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return nil, fmt.Errorf("no answer within %s", timeout)
	case err != nil:
		if text := strings.TrimSpace(errs.String()); text != "" {
			return nil, fmt.Errorf("%w: %s", err, text)
		}
		return nil, err
	case out.over:
		return nil, fmt.Errorf("the answer has more than %d bytes", maxOutput)
	}
	return fixes(p, out.b.Bytes())
}

func problemOf(p nsbox.Problem) Problem {
	q := Problem{
		Language: p.Language, Stage: p.Stage, Verdict: p.Verdict, ExitCode: p.ExitCode, Signal: p.Signal,
		Stdout: string(p.Stdout), Stderr: string(p.Stderr), Diagnosis: p.Diagnoses[0], Diagnoses: p.Diagnoses, History: p.History,
	}
	for _, f := range p.Files {
		q.Files = append(q.Files, File{f.Name, string(f.Data)})
	}
	if p.ExpectStdout != nil {
		s := string(p.ExpectStdout)
		q.ExpectStdout = &s
	}
	return q
}

// Restore makes the problem that q was made of, for programs that are written
// with this module.
func (q Problem) Restore() nsbox.Problem {
	p := nsbox.Problem{Diagnoses: q.Diagnoses, History: q.History}
	p.Language, p.Stage, p.Verdict, p.ExitCode, p.Signal = q.Language, q.Stage, q.Verdict, q.ExitCode, q.Signal
	p.Stdout, p.Stderr = []byte(q.Stdout), []byte(q.Stderr)
	for _, f := range q.Files {
		p.Files = append(p.Files, nsbox.File{Name: f.Name, Data: []byte(f.Text)})
	}
	if q.ExpectStdout != nil {
		p.ExpectStdout = []byte(*q.ExpectStdout)
	}
	return p
}

func fixes(p nsbox.Problem, out []byte) ([]nsbox.Fix, error) {
	if len(bytes.TrimSpace(out)) == 0 {
		return nil, nil
	}
	var a Answer
	if err := json.Unmarshal(out, &a); err != nil {
		return nil, fmt.Errorf("the answer is not the JSON that is wanted: %w", err)
	}
	if a.Code != "" {
		a.Fixes = append([]Fix{{Explanation: a.Explanation, Files: []File{{p.Main().Name, a.Code}}}}, a.Fixes...)
	}
	var result []nsbox.Fix
	for _, f := range a.Fixes[:min(len(a.Fixes), maxFixes)] {
		fix := nsbox.Fix{Rule: f.Rule, Explanation: f.Explanation, Rank: nsbox.RankModel}
		if fix.Rule == "" {
			fix.Rule = Name
		}
		for _, file := range f.Files {
			old, ok := find(p.Files, file.Name)
			if !ok {
				return nil, fmt.Errorf("the answer changes %q, which is no file of the program", file.Name)
			}
			if string(old.Data) != file.Text {
				fix.Edits = append(fix.Edits, nsbox.Edit{File: old.Name, End: len(old.Data), Text: file.Text})
			}
		}
		if len(fix.Edits) > 0 {
			result = append(result, fix)
		}
	}
	return result, nil
}

// AnswerOf words fixes for the program's stdout.
func AnswerOf(p nsbox.Problem, list []nsbox.Fix) (Answer, error) {
	var a Answer
	for _, f := range list {
		files, err := nsbox.Apply(p.Files, f.Edits)
		if err != nil {
			return a, err
		}
		fix := Fix{Rule: f.Rule, Explanation: f.Explanation}
		for i := range files {
			if !bytes.Equal(files[i].Data, p.Files[i].Data) {
				fix.Files = append(fix.Files, File{files[i].Name, string(files[i].Data)})
			}
		}
		a.Fixes = append(a.Fixes, fix)
	}
	return a, nil
}

func find(files []nsbox.File, name string) (nsbox.File, bool) {
	for _, f := range files {
		if f.Name == name {
			return f, true
		}
	}
	return nsbox.File{}, false
}

// limited keeps the first max bytes, or the last ones, and takes the others.
type limited struct {
	b    bytes.Buffer
	max  int
	tail bool
	over bool
}

var _ io.Writer = (*limited)(nil)

func (l *limited) Write(p []byte) (int, error) {
	n := len(p)
	if l.tail {
		l.b.Write(p)
		if extra := l.b.Len() - l.max; extra > 0 {
			l.b.Next(extra)
		}
		return n, nil
	}
	room := l.max - l.b.Len()
	if n > room {
		l.over = true
		p = p[:room]
	}
	l.b.Write(p)
	return n, nil
}

func (l *limited) String() string { return strings.ToValidUTF8(l.b.String(), "\uFFFD") }
