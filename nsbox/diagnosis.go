package nsbox

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
)

// Diagnosis says what is wrong with a program, where, and what the tool that
// found it proposes.
type Diagnosis struct {
	// Type is the error's class in the language's own terms: NameError,
	// TypeError, E0384, CompileError, java.lang.ArithmeticException, panic,
	// SIGSEGV.
	Type    string `json:"type"`
	Message string `json:"message"`
	// File is relative to /workspace, empty where the place is not known. Line
	// and Column count from 1, Column in characters; 0 is unknown.
	File   string `json:"file,omitempty"`
	Line   int    `json:"line,omitempty"`
	Column int    `json:"column,omitempty"`
	// Phase tells when the error showed: before a line of the program ran, or
	// while it ran.
	Phase       Phase        `json:"phase,omitempty"`
	StackTrace  string       `json:"stack_trace,omitempty"`
	Hint        string       `json:"hint,omitempty"`
	Suggestions []Suggestion `json:"suggestions,omitempty"`
}

// Phase is how far a program had come.
type Phase string

// The phases, in their order.
const (
	PhaseParse   Phase = "parse"   // not well-formed; nothing else was looked at
	PhaseCompile Phase = "compile" // well-formed, but names or types are wrong
	PhaseLint    Phase = "lint"    // it runs; a checker objects
	PhaseRun     Phase = "run"     // it failed while it ran
)

// Suggestion is a change that a compiler or interpreter itself proposes.
type Suggestion struct {
	Message string `json:"message,omitempty"`
	Edits   []Edit `json:"edits"`
	// Certain is set where the tool vouches for the change.
	Certain bool `json:"certain,omitempty"`
}

// Edit replaces the bytes from Start up to End of the file named File by Text.
type Edit struct {
	File  string `json:"file"`
	Start int    `json:"start"`
	End   int    `json:"end"`
	Text  string `json:"text"`
}

// Evidence is what is known of a program that failed.
type Evidence struct {
	// Language is the canonical name.
	Language string
	// Files are the program as it ran, the main file first.
	Files []File
	// Stage, Verdict, ExitCode, Signal, Limit, Denied and the streams are those
	// of the execution.
	Stage          string
	Verdict        Verdict
	ExitCode       int
	Signal         string
	Limit          *LimitHit
	Denied         []DeniedCall
	Stdout, Stderr []byte
	// Check is what the language's check command said of these files, where it
	// has one and it ran; see Request.Check.
	Check *StageResult
}

// Evidence makes the evidence of r, which came of running files.
func (r *Result) Evidence(files []File) Evidence {
	return Evidence{
		Language: r.Language, Files: files, Stage: r.Stage, Verdict: r.Verdict, ExitCode: r.ExitCode,
		Signal: r.Signal, Limit: r.Limit, Denied: r.Denied, Stdout: r.Stdout, Stderr: r.Stderr,
	}
}

// Analyzer turns evidence into diagnoses. The first one is the error that ended
// the program, or the first that its compiler reports; a compiler's further
// errors follow in its order. It is a pure function: it never fails, runs
// nothing, and does not change the evidence. It returns nothing where it finds
// nothing. It must be safe for concurrent use.
type Analyzer interface {
	Analyze(Evidence) []Diagnosis
}

// AnalyzerFunc makes a function an [Analyzer].
type AnalyzerFunc func(Evidence) []Diagnosis

// Analyze calls f.
func (f AnalyzerFunc) Analyze(e Evidence) []Diagnosis { return f(e) }

// Problem is what a healer is asked to mend.
type Problem struct {
	Evidence
	// Diagnoses has at least one element.
	Diagnoses []Diagnosis
	// History is what was tried before, oldest first.
	History []Attempt
	// ExpectStdout is the output that the program should have, nil if not known.
	ExpectStdout []byte
}

// Main returns the main file.
func (p *Problem) Main() File { return p.Files[0] }

// Rank is how sure a healer is of a fix. Lower ones are tried first.
type Rank int

// The ranks.
const (
	RankCertain    Rank = iota // a tool vouches for it
	RankSuggested              // a tool proposes it
	RankLocal                  // a rule about the place of the error
	RankStructural             // a rule about the program's shape
	RankModel                  // a language model's answer
)

// Fix is one change that may mend a program. It holds edits of source files and
// nothing else, so that a fix can't change how a program is confined.
type Fix struct {
	// Rule names the rule, as language/rule; a model healer puts its model's name.
	Rule        string
	Explanation string
	Edits       []Edit
	Rank        Rank
}

// Healer proposes fixes, the best first. It returns none where it knows none;
// an error means that the healer itself could not do its work. It must be safe
// for concurrent use.
type Healer interface {
	Name() string
	Propose(ctx context.Context, p Problem) ([]Fix, error)
}

// ErrBadFix is the class of fixes that can't be applied.
var ErrBadFix = errors.New("bad fix")

// Apply returns files with edits applied; files itself stays as it is. Edits
// must name files that are there, lie within them, and not overlap. Two
// insertions at one place are applied in their order.
func Apply(files []File, edits []Edit) ([]File, error) {
	out := slices.Clone(files)
	for i, f := range files {
		var own []Edit
		for _, e := range edits {
			if e.File == f.Name {
				own = append(own, e)
			}
		}
		if len(own) == 0 {
			continue
		}
		data, err := applyTo(f, own)
		if err != nil {
			return nil, err
		}
		out[i].Data = data
	}
	for _, e := range edits {
		if !slices.ContainsFunc(files, func(f File) bool { return f.Name == e.File }) {
			return nil, fmt.Errorf("%w: %q is no file of the program", ErrBadFix, e.File)
		}
	}
	return out, nil
}

func applyTo(f File, edits []Edit) ([]byte, error) {
	slices.SortStableFunc(edits, func(a, b Edit) int {
		if a.Start != b.Start {
			return a.Start - b.Start
		}
		return a.End - b.End
	})
	var out bytes.Buffer
	at := 0
	for _, e := range edits {
		if e.Start < at || e.End < e.Start || e.End > len(f.Data) {
			return nil, fmt.Errorf("%w: bytes %d to %d of %s, which has %d, overlap another edit or do not exist",
				ErrBadFix, e.Start, e.End, f.Name, len(f.Data))
		}
		out.Write(f.Data[at:e.Start])
		out.WriteString(e.Text)
		at = e.End
	}
	out.Write(f.Data[at:])
	return out.Bytes(), nil
}

// Attempt is one failing run, or one rejected fix, in the record of a healing.
type Attempt struct {
	// Iteration is the number of the run that showed Diagnosis, from 1.
	Iteration int     `json:"iteration"`
	Verdict   Verdict `json:"verdict"`
	// Diagnosis is the first; Diagnoses are all where there are several.
	Diagnosis Diagnosis   `json:"diagnosis"`
	Diagnoses []Diagnosis `json:"diagnoses,omitempty"`
	// Healer, Rule, Diff and Explanation are of the fix that was tried; they are
	// empty where there was none.
	Healer      string `json:"healer,omitempty"`
	Rule        string `json:"rule,omitempty"`
	Diff        string `json:"diff,omitempty"`
	Explanation string `json:"explanation,omitempty"`
	// Outcome says what became of the fix.
	Outcome Outcome `json:"outcome,omitempty"`
	// Reason says in a sentence why the fix was taken back.
	Reason string `json:"reason,omitempty"`
}

// Outcome is what became of a fix.
type Outcome string

// The outcomes.
const (
	Healed   Outcome = "healed"   // the program ends well with it
	Progress Outcome = "progress" // it was kept: the program came further
	Rejected Outcome = "rejected" // it was taken back
)
