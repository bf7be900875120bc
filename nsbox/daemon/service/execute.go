package service

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"runtime/debug"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/daemon/auth"
	"github.com/nsbox/nsbox/nsbox/store"
)

// ringBytes bounds the events that are kept of one run.
const ringBytes = 512 << 10

// Execute admits a program and starts it, or has it wait for its turn. ctx bounds
// the admission only. The caller must call Release on the run.
func (s *Service) Execute(ctx context.Context, p Principal, req ExecuteRequest) (*Run, error) {
	runs, err := s.admit(ctx, p, []ExecuteRequest{req}, "")
	if err != nil {
		return nil, s.refuse(p, "execute", err)
	}
	return &Run{run: runs[0], owner: true}, nil
}

// refuse counts and records that p was refused, and returns why.
func (s *Service) refuse(p Principal, action string, err error) error {
	e := AsError(err)
	s.opts.Metrics.Refused(e.Code)
	switch e.Code {
	case CodeForbidden, CodeUnauthenticated:
		_ = s.audit(p, action, "", "denied", map[string]any{"reason": e.Message}) // it is logged; the answer stays no
	case CodeInternal:
		s.log.Error(action, "user", p.Name, "err", e.cause)
	}
	return e
}

// admit admits all of reqs or none, and starts them.
func (s *Service) admit(ctx context.Context, p Principal, reqs []ExecuteRequest, batch string) ([]*run, error) {
	if err := p.may(auth.Execute); err != nil {
		return nil, err
	}
	preps := make([]*prepared, len(reqs))
	for i, req := range reqs {
		prep, err := s.prepare(req)
		if err != nil {
			if len(reqs) > 1 {
				err.Message = "executions[" + itoa(int64(i)) + "]: " + err.Message
			}
			return nil, err
		}
		preps[i] = prep
	}
	if err := s.checkRate(p, len(reqs)); err != nil {
		return nil, err
	}
	for _, prep := range preps {
		prep.trace = context.WithoutCancel(ctx)
		prep.nsreq.CacheScope = p.ID
		if err := s.enterSandbox(ctx, p, prep); err != nil {
			return nil, err
		}
	}
	s.mu.Lock()
	if s.closing {
		s.mu.Unlock()
		return nil, &Error{Code: CodeUnavailable, Message: "the server is being stopped", RetryAfter: 5 * time.Second}
	}
	s.wg.Add(len(reqs)) // before the lock goes, so that Close waits for them
	s.mu.Unlock()
	started := 0
	defer func() { s.wg.Add(started - len(reqs)) }()
	release, oerr := s.takePending(preps)
	if oerr != nil {
		return nil, oerr
	}
	defer func() { release(started) }()
	slots, oerr := s.queue.enter(p.ID, len(reqs))
	if oerr != nil {
		return nil, oerr
	}
	runs := make([]*run, 0, len(reqs))
	for i, prep := range preps {
		r := s.newRun(p, prep, slots[i], batch)
		err := s.auditExecute(p, r, prep)
		if err == nil {
			if err = s.store.PutExecution(ctx, r.rec); err != nil {
				err = &Error{Code: CodeInternal, Message: "the execution could not be recorded, so it was not started", cause: err}
			}
		}
		if err != nil {
			r.cancel()
			for _, rest := range slots[i:] {
				rest.leave()
			}
			for _, r := range runs {
				r.cancel()
			}
			return nil, err
		}
		s.register(r)
		runs = append(runs, r)
		started++
		go s.carryOut(r, prep)
	}
	return runs, nil
}

func (s *Service) newRun(p Principal, prep *prepared, sl *slot, batch string) *run {
	now := s.now()
	rec := store.Execution{
		ID: s.newID(), OwnerID: p.ID, OwnerName: p.Name, Language: s.canonical(prep.req.Language), State: store.StateQueued,
		CodeSHA256: hashHex(prep.main), Batch: batch, Sandbox: prep.req.Sandbox, RequestID: prep.req.RequestID, Created: now,
	}
	if s.settings().KeepCode {
		rec.Code = string(prep.main)
	}
	select {
	case <-sl.ready:
		rec.State, rec.Started = store.StateRunning, now
	default:
	}
	r := &run{s: s, id: rec.ID, p: p, detach: prep.req.Detach || batch != "", ring: newRing(ringBytes), done: make(chan struct{}), slot: sl, rec: rec, view: fromStore(rec)}
	r.ctx, r.cancel = context.WithCancel(s.life)
	if prep.req.Interactive {
		r.stdin = newInput()
		// What came with the request is read first.
		if prep.nsreq.Stdin != nil {
			prep.nsreq.Stdin = io.MultiReader(prep.nsreq.Stdin, r.stdin.r)
		} else {
			prep.nsreq.Stdin = r.stdin.r
		}
	}
	return r
}

// canonical is the language's own name; what nobody knows stays as it is.
func (s *Service) canonical(name string) string {
	if l, err := s.opts.Languages.Lookup(name); err == nil {
		return l.Name
	}
	return name
}

// carryOut waits for the run's turn, runs it and records how it ended.
func (s *Service) carryOut(r *run, prep *prepared) {
	defer s.wg.Done()
	defer s.pending.Add(-prep.size)
	defer r.cancel()
	ctx, span := s.opts.Tracing.Tracer().Start(prep.trace, "execution", trace.WithAttributes(
		attribute.String("nsbox.execution", r.id), attribute.String("nsbox.language", r.rec.Language), attribute.String("nsbox.user", r.p.ID)))
	defer span.End()
	res, err := s.turn(ctx, r, prep)
	span.SetAttributes(attribute.String("nsbox.verdict", string(res.Verdict)), attribute.Float64("nsbox.setup_ms", res.Usage.SetupMS))
	if err != nil {
		span.SetStatus(codes.Error, err.Error())
	}
	r.slot.leave()
	if r.stdin != nil {
		r.stdin.r.CloseWithError(errEnded)
	}
	s.finish(r, prep, res, err)
}

// turn waits for the run's turn and runs it.
func (s *Service) turn(ctx context.Context, r *run, prep *prepared) (nsbox.Result, error) {
	_, queued := s.opts.Tracing.Tracer().Start(ctx, "queue")
	defer queued.End() // ends once: here, or below when the turn has come
	limit := s.limits.get().QueueTimeout.Std()
	wait, cancel := context.WithTimeout(r.ctx, limit)
	defer cancel()
	if err := r.slot.wait(wait); err != nil {
		if r.ctx.Err() != nil {
			return nsbox.Result{Language: r.rec.Language, Verdict: nsbox.Cancelled, Stage: nsbox.StageRun}, nil
		}
		return nsbox.Result{}, &Error{
			Code: CodeOverloaded, RetryAfter: 5 * time.Second,
			Message: "the program waited for " + nsbox.Duration(limit).String() + " and its turn did not come",
		}
	}
	s.opts.Metrics.Queued(r.rec.Language, s.now().Sub(r.rec.Created))
	if r.rec.State == store.StateQueued {
		r.mu.Lock()
		r.rec.State, r.rec.Started = store.StateRunning, s.now()
		r.view.State, r.view.Started = r.rec.State, r.rec.Started
		rec := r.rec
		r.mu.Unlock()
		if err := s.store.UpdateExecution(r.ctx, rec); err != nil && r.ctx.Err() == nil {
			s.log.Error("history", "execution", r.id, "err", err)
		}
	}
	queued.End()
	_, running := s.opts.Tracing.Tracer().Start(ctx, "run")
	defer running.End()
	return s.runProgram(r, prep)
}

// runProgram runs the program, mended where that was asked for.
func (s *Service) runProgram(r *run, prep *prepared) (res nsbox.Result, err error) {
	// Analyzers and rules read what strangers' programs print: a mistake in one of
	// them must not end the programs of all others.
	defer func() {
		if v := recover(); v != nil {
			s.log.Error("panic", "execution", r.id, "panic", fmt.Sprint(v), "stack", string(debug.Stack()))
			res, err = nsbox.Result{}, AsError(fmt.Errorf("panic: %v", v))
		}
	}()
	req := prep.nsreq
	req.OnEvent = func(e nsbox.Event) {
		switch e.Type {
		case nsbox.EventExit, nsbox.EventError:
			return // ours follow, once the history has it
		case nsbox.EventStart:
			e.ID = r.id
		}
		r.ring.add(e)
	}
	run := s.opts.Run
	switch b := prep.sandbox; {
	case b != nil && prep.req.Session != "":
		return b.Eval(r.ctx, nsbox.EvalRequest{
			Code:   string(prep.main),
			Limits: nsbox.Limits{Timeout: prep.req.Timeout, CPUTime: prep.req.CPUTime, MaxOutput: prep.req.MaxOutput}, OnEvent: req.OnEvent,
		})
	case b != nil:
		run = b.Exec
	}
	if !prep.heal {
		return run(r.ctx, req)
	}
	opts := s.settings().Heal
	opts.Run = run
	opts.Vet = prep.req.Vet || opts.Vet
	opts.ExpectStdout = prep.expect
	if prep.req.MaxIterations > 0 {
		opts.MaxIterations = prep.req.MaxIterations
	}
	names := prep.req.Healer
	if names == "" {
		names = s.settings().Healer
	}
	healers, err := s.settings().Healers(names)
	if err != nil {
		return nsbox.Result{}, err
	}
	opts.Healers = healers
	rep, err := nsbox.Heal(r.ctx, req, opts)
	for _, herr := range rep.HealerErrors {
		s.log.Warn("healer", "execution", r.id, "err", herr)
	}
	return rep.Result, err
}

// finishTimeout bounds the recording of an end.
const finishTimeout = 30 * time.Second

// finish records the end of r and tells everybody.
func (s *Service) finish(r *run, prep *prepared, res nsbox.Result, err error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(s.life), finishTimeout)
	defer cancel()
	rec := r.rec
	rec.State, rec.Finished = store.StateDone, s.now()
	var last nsbox.Event
	view := res
	if err != nil {
		e := runError(err)
		rec.Verdict, rec.Error, rec.ErrorCode = string(nsbox.Internal), e.Message, e.Code
		s.opts.Metrics.Failed(rec.Language)
		last = nsbox.Event{Type: nsbox.EventError, Error: e.Message, Code: e.Code}
		s.log.Warn("execution failed", "execution", r.id, "request_id", rec.RequestID, "err", err)
	} else {
		res.ID = r.id
		if aerr := s.keepArtifacts(r.id, &res); aerr != nil {
			s.log.Error("artifacts", "execution", r.id, "err", aerr)
		}
		s.record(&rec, res)
		view = res
		if prep.req.Artifacts != ArtifactsData {
			view.Artifacts = withoutData(res.Artifacts)
		}
		last = nsbox.Event{Type: nsbox.EventExit, Result: &view}
	}
	rec.EventSeq = r.ring.last() + 1
	if uerr := s.store.UpdateExecution(ctx, rec); uerr != nil {
		s.log.Error("history", "execution", r.id, "err", uerr)
	}
	s.auditEnd(r.p, rec)
	if err == nil {
		s.opts.Metrics.Ended(res, rec.Finished.Sub(rec.Created))
	}
	r.ring.add(last)
	r.ring.close()
	r.mu.Lock()
	r.rec = rec
	r.view = fromStore(withoutResult(rec))
	if err == nil {
		r.view.Result = &view
	}
	r.rec.Result, r.rec.Code = nil, ""
	r.mu.Unlock()
	close(r.done)
	s.retire(r)
}

func withoutResult(e store.Execution) store.Execution {
	e.Result = nil
	return e
}

// record puts what the history keeps of res into rec.
func (s *Service) record(rec *store.Execution, res nsbox.Result) {
	if res.Language != "" {
		rec.Language = res.Language
	}
	exit := res.ExitCode
	rec.Verdict, rec.ExitCode = string(res.Verdict), &exit
	if res.Verdict == nsbox.Cancelled && res.Iterations == 0 {
		rec.ExitCode = nil
	}
	rec.WallMS, rec.CPUMS = res.Usage.WallMS, res.Usage.CPUMS
	rec.Healed, rec.Iterations = res.Healed, res.Iterations
	head := func(b []byte) string { return string(b[:min(len(b), 16<<10)]) }
	rec.Text = head(res.Stdout) + "\n" + head(res.Stderr)
	b, err := json.Marshal(slim(res))
	if err != nil {
		s.log.Error("history", "execution", rec.ID, "err", err)
		return
	}
	rec.Result = bytes.TrimSpace(b)
}

// hashHex is the SHA-256 of b in hexadecimal.
func hashHex(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// takePending counts the bytes of the programs, or refuses them where there are too
// many already. release gives back those of the programs from the nth on; the
// others are given back as they end.
func (s *Service) takePending(preps []*prepared) (release func(n int), err *Error) {
	var size int64
	for _, p := range preps {
		size += p.size
	}
	if most := s.limits.get().MaxPending; s.pending.Add(size) > int64(most) {
		s.pending.Add(-size)
		return nil, &Error{
			Code: CodeOverloaded, RetryAfter: 2 * time.Second,
			Message: "the programs that wait and run have " + most.String() + " together, which is the most that this server takes",
		}
	}
	return func(n int) {
		for _, p := range preps[n:] {
			s.pending.Add(-p.size)
		}
	}, nil
}

// enterSandbox finds the sandbox that the request names, or that its session has.
func (s *Service) enterSandbox(ctx context.Context, p Principal, prep *prepared) error {
	req := &prep.req
	if req.Sandbox == "" && req.Session == "" {
		return nil
	}
	if req.Sandbox == "" {
		id, err := s.sessionSandbox(ctx, p, req.Language, req.Session)
		if err != nil {
			return err
		}
		req.Sandbox = id
	}
	rec, b, err := s.sandbox(ctx, p, req.Sandbox, auth.ControlOwn, auth.ControlAny)
	if err != nil {
		return err
	}
	prep.sandbox = b
	if req.Language == "" {
		req.Language = rec.Language
		prep.nsreq.Language = rec.Language
	}
	if req.Session != "" && (prep.nsreq.Stdin != nil || len(prep.nsreq.Files) > 1 || req.Interactive) {
		return errf(CodeUnprocessable, "session: code in a session has no stdin and brings no files: write them into the sandbox")
	}
	// Sizes are the sandbox's own where the request names none.
	if req.Timeout == 0 {
		prep.nsreq.Limits.Timeout = 0
	}
	if req.Memory == 0 {
		prep.nsreq.Limits.Memory = 0
	}
	// Code without a name gets one that no other has, and leaves none behind.
	if prep.inline && !prep.heal {
		prep.nsreq.Files[0].Name = ""
	}
	return nil
}
