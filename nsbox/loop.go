package nsbox

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/nsbox/nsbox/nsbox/internal/diff"
)

// maxChecks bounds the runs of the check command in one healing.
const maxChecks = 20

// loop is one healing: run, diagnose, propose, check, run again.
type loop struct {
	req      Request
	opts     Options
	tape     *tape
	deadline time.Time
	events   events

	iterations int
	checks     int
	seen       map[string]bool // sources that were tried
	attempts   []Attempt
	healerErrs []error
}

// state is the program as it stands, and what is wrong with it.
type state struct {
	files []File
	res   Result // of the last run, which may have been of earlier files
	ev    Evidence
	found []Diagnosis
}

// mended reports whether nothing is left to do.
func (s *state) mended() bool { return s.res.Verdict == OK && len(s.found) == 0 }

func (l *loop) heal(ctx context.Context) (Report, error) {
	original, err := l.run(ctx, l.req.Files)
	if err != nil {
		return Report{}, err
	}
	l.seen[key(l.req.Files)] = true
	st, err := l.observe(ctx, l.req.Files, original)
	if err != nil {
		return Report{}, err
	}
	if st.mended() {
		return l.report(original, st, StopSuccess), nil
	}
	first := *st
	reason := l.hopeless(st)
	if reason == "" {
		if st, reason, err = l.mend(ctx, st); err != nil {
			return Report{}, err
		}
	}
	if len(l.attempts) == 0 {
		l.attempts = append(l.attempts, l.attempt(&first))
	}
	if reason != StopSuccess {
		st = &first
	}
	return l.report(original, st, reason), nil
}

// hopeless returns the reason for which st can't be mended, "" where it may be.
func (l *loop) hopeless(st *state) StopReason {
	switch st.res.Verdict {
	case OK, NonZero, Signal, CompileError:
	case Cancelled:
		return StopCancelled
	default:
		if !l.opts.Limits {
			return StopNotMendable
		}
	}
	if l.tape != nil && !l.tape.whole() {
		return StopInput
	}
	return ""
}

// mend asks the healers until the program is mended or none knows further.
func (l *loop) mend(ctx context.Context, st *state) (*state, StopReason, error) {
	for {
		next, reason, err := l.step(ctx, st)
		if err != nil || reason != "" {
			return next, reason, err
		}
		st = next
	}
}

// step gets st one fix further. It returns the reason where that is the end.
func (l *loop) step(ctx context.Context, st *state) (*state, StopReason, error) {
	end := StopNoFix
	failed := false
	for _, h := range l.opts.Healers {
		for {
			if reason := l.spent(ctx); reason != "" {
				return st, reason, nil
			}
			fixes, err := l.ask(ctx, h, st)
			if err != nil {
				if reason := l.spent(ctx); reason != "" {
					return st, reason, nil
				}
				l.healerErrs = append(l.healerErrs, fmt.Errorf("%s: %w", h.Name(), err))
				failed = true
				break
			}
			fresh, repeated := l.fresh(st, fixes)
			if len(fresh) == 0 {
				if repeated {
					end = StopRepeatedFix
				}
				break
			}
			end = StopNoProgress
			next, reason, err := l.try(ctx, st, h, fresh)
			if err != nil || reason != "" || next != nil {
				return next, reason, err
			}
		}
	}
	if failed && (end == StopNoFix || end == StopNoProgress) {
		end = StopHealerError
	}
	return st, end, nil
}

// spent returns the reason for which nothing further may be tried.
func (l *loop) spent(ctx context.Context) StopReason {
	switch {
	case errors.Is(ctx.Err(), context.DeadlineExceeded), !l.deadline.IsZero() && !time.Now().Before(l.deadline):
		return StopDeadline
	case ctx.Err() != nil:
		return StopCancelled
	case l.iterations >= l.opts.MaxIterations:
		return StopMaxIterations
	}
	return ""
}

func (l *loop) ask(ctx context.Context, h Healer, st *state) ([]Fix, error) {
	if !l.deadline.IsZero() {
		var cancel context.CancelFunc
		ctx, cancel = context.WithDeadline(ctx, l.deadline)
		defer cancel()
	}
	return h.Propose(ctx, Problem{
		Evidence: st.ev, Diagnoses: st.found, History: l.attempts, ExpectStdout: l.opts.ExpectStdout,
	})
}

// candidate is a fix and the program with it.
type candidate struct {
	fix   Fix
	files []File
	// checked is what the check command said of files, nil where it was not asked.
	checked *state
}

// fresh applies fixes and keeps those that make a program that was not tried.
// repeated is set where a model proposed again what had been tried.
func (l *loop) fresh(st *state, fixes []Fix) (out []candidate, repeated bool) {
	own := map[string]bool{}
	for _, f := range fixes {
		files, err := Apply(st.files, f.Edits)
		if err != nil {
			continue // an edit that does not fit is no fix
		}
		k := key(files)
		if l.seen[k] {
			repeated = repeated || f.Rank == RankModel
			continue
		}
		if !own[k] {
			own[k] = true
			out = append(out, candidate{fix: f, files: files})
		}
	}
	return out, repeated
}

// try tries candidates in their order. It returns the first with which the
// program gets further, or nil where none does.
func (l *loop) try(ctx context.Context, st *state, h Healer, candidates []candidate) (*state, StopReason, error) {
	if err := l.precheck(ctx, st, candidates); err != nil {
		return nil, "", err
	}
	for _, c := range candidates {
		if reason := l.spent(ctx); reason != "" {
			return st, reason, nil
		}
		l.seen[key(c.files)] = true
		a := l.attempt(st)
		a.Healer, a.Rule, a.Explanation = h.Name(), c.fix.Rule, c.fix.Explanation
		a.Diff = diffOf(st.files, c.files)
		next, why, err := l.trial(ctx, st, c, &a)
		if err != nil {
			return nil, "", err
		}
		switch {
		case why != "":
			a.Outcome, a.Reason = Rejected, why
		case next.mended():
			a.Outcome = Healed
		default:
			a.Outcome = Progress
		}
		l.attempts = append(l.attempts, a)
		if why != "" {
			if next != nil && next.res.Verdict == Cancelled {
				return st, StopCancelled, nil
			}
			continue
		}
		if next.mended() {
			return next, StopSuccess, nil
		}
		return next, "", nil
	}
	return nil, "", nil
}

// precheck has the check command look at candidates before a run is spent on
// one. It stops at the first that it is content with, which then comes first;
// where there is none, those that get further come before the others.
func (l *loop) precheck(ctx context.Context, st *state, candidates []candidate) error {
	if phaseOf(st) >= rankRun || len(candidates) < 2 && len(st.found) < 2 {
		return nil
	}
	for i := range candidates {
		if !l.canCheck(st.res.Language) || l.spent(ctx) != "" {
			break
		}
		c := &candidates[i]
		found, ev, err := l.checkFiles(ctx, st, c.files)
		if err != nil {
			return err
		}
		c.checked = &state{files: c.files, res: st.res, ev: ev, found: found}
		if len(found) == 0 {
			first := *c
			copy(candidates[1:i+1], candidates[:i])
			candidates[0] = first
			return nil
		}
	}
	slices.SortStableFunc(candidates, func(a, b candidate) int {
		if a.checked == nil || b.checked == nil {
			return 0
		}
		if x, y := phaseOf(a.checked), phaseOf(b.checked); x != y {
			return y - x
		}
		return len(a.checked.found) - len(b.checked.found)
	})
	return nil
}

// trial runs one candidate that the check command is content with, or did not
// see. why says why it is no progress.
func (l *loop) trial(ctx context.Context, st *state, c candidate, a *Attempt) (next *state, why string, err error) {
	if c.checked != nil && len(c.checked.found) > 0 {
		return c.checked, worse(st, c.checked), nil
	}
	l.events.send(Event{Type: EventPatch, Iteration: l.iterations, Patch: a})
	res, err := l.run(ctx, c.files)
	if errors.Is(err, ErrBadRequest) {
		return nil, "the mended program is refused: " + err.Error(), nil
	}
	if err != nil {
		return nil, "", err
	}
	if next, err = l.observe(ctx, c.files, res); err != nil {
		return nil, "", err
	}
	return next, worse(st, next), nil
}

// run runs files in a new sandbox.
func (l *loop) run(ctx context.Context, files []File) (Result, error) {
	req := l.req
	req.Files = files
	l.iterations++
	if l.tape != nil {
		req.Stdin = l.tape.reader()
	}
	if l.iterations > 1 {
		req.Stdout, req.Stderr = nil, nil
		l.events.send(Event{Type: EventRerun, Iteration: l.iterations})
	}
	req.OnEvent = nil
	if l.req.OnEvent != nil {
		req.OnEvent = func(e Event) {
			if e.Type == EventExit || e.Type == EventError || e.Type == EventStart && l.iterations > 1 {
				return // the healing has its own
			}
			l.events.send(e)
		}
	}
	return l.opts.Run(ctx, req)
}

// observe says what is wrong with files, whose run ended with res.
func (l *loop) observe(ctx context.Context, files []File, res Result) (*state, error) {
	st := &state{files: files, res: res, ev: res.Evidence(files)}
	switch {
	case res.Verdict == OK && !l.expected(res.Stdout):
		st.found = []Diagnosis{wrongOutput(l.opts.ExpectStdout, res.Stdout)}
	case res.Verdict == OK && !(l.opts.Vet && l.canCheck(res.Language)):
		return st, nil
	case res.Verdict == OK:
		if err := l.check(ctx, &st.ev); err != nil {
			return nil, err
		}
		st.found = l.opts.Analyzer.Analyze(st.ev)
	default:
		st.found = l.opts.Analyzer.Analyze(st.ev)
		// A crash has no words of its own; what a compiler warned of may explain it.
		tells := phaseOf(st) < rankRun || res.Verdict == Signal
		if len(st.found) > 0 && tells && mendable(res.Verdict) && l.canCheck(res.Language) {
			if err := l.check(ctx, &st.ev); err != nil {
				return nil, err
			}
			if found := l.opts.Analyzer.Analyze(st.ev); len(found) > 0 {
				st.found = found
			}
		}
		if len(st.found) == 0 {
			st.found = []Diagnosis{{Type: "ExitStatus", Message: fmt.Sprintf("exit status %d", res.ExitCode), Phase: PhaseRun}}
		}
	}
	for i := range st.found {
		l.events.send(Event{Type: EventDiagnosis, Iteration: l.iterations, Diagnosis: &st.found[i]})
	}
	return st, nil
}

func (l *loop) expected(stdout []byte) bool {
	return l.opts.ExpectStdout == nil || string(l.opts.ExpectStdout) == string(stdout)
}

func (l *loop) canCheck(language string) bool {
	return l.opts.HasCheck != nil && l.opts.HasCheck(language) && l.checks < maxChecks
}

// check runs the check command on the files of ev and adds what it says.
func (l *loop) check(ctx context.Context, ev *Evidence) error {
	l.checks++
	res, err := l.opts.Run(ctx, Request{Language: l.req.Language, Files: ev.Files, Check: true})
	if err != nil {
		return fmt.Errorf("check: %w", err)
	}
	ev.Check = &StageResult{
		Verdict: res.Verdict, ExitCode: res.ExitCode, Signal: res.Signal,
		Stdout: res.Stdout, Stderr: res.Stderr, Usage: res.Usage,
	}
	return nil
}

// checkFiles checks a candidate that has not run. It finds nothing where the
// check is content.
func (l *loop) checkFiles(ctx context.Context, st *state, files []File) ([]Diagnosis, Evidence, error) {
	ev := st.ev
	ev.Files, ev.Stdout = files, nil
	if err := l.check(ctx, &ev); err != nil {
		return nil, ev, err
	}
	if ev.Check.Verdict == OK {
		return nil, ev, nil
	}
	ev.Stderr = ev.Check.Stderr
	found := l.opts.Analyzer.Analyze(ev)
	if len(found) == 0 {
		found = []Diagnosis{{Type: "CompileError", Message: "the check command objects", Phase: PhaseCompile}}
	}
	return found, ev, nil
}

// attempt begins the record of what is tried on st.
func (l *loop) attempt(st *state) Attempt {
	a := Attempt{Iteration: l.iterations, Verdict: st.res.Verdict}
	if len(st.found) > 0 {
		a.Diagnosis = st.found[0]
	}
	if len(st.found) > 1 {
		a.Diagnoses = st.found
	}
	return a
}

// report is the end of the healing: st is the mended program or the original.
func (l *loop) report(original Result, st *state, reason StopReason) Report {
	rep := Report{Result: st.res, Original: original, Files: st.files, HealerErrors: l.healerErrs}
	rep.ID = original.ID
	rep.Healed = reason == StopSuccess && len(l.attempts) > 0
	rep.Iterations = l.iterations
	rep.FinalCode = string(st.files[0].Data)
	rep.StopReason, rep.Attempts = reason, l.attempts
	return rep
}

// key tells programs apart.
func key(files []File) string {
	h := sha256.New()
	for _, f := range files {
		fmt.Fprintf(h, "%d %s %d\n", len(f.Name), f.Name, len(f.Data))
		h.Write(f.Data)
	}
	return string(h.Sum(nil))
}

func diffOf(before, after []File) string {
	var b strings.Builder
	for i := range before {
		b.WriteString(diff.Unified(before[i].Name, after[i].Name, string(before[i].Data), string(after[i].Data)))
	}
	return b.String()
}
