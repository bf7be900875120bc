package service

import (
	"context"
	"encoding/base64"
	"errors"
	"strings"
	"time"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/daemon/auth"
	"github.com/nsbox/nsbox/nsbox/store"
)

// Query selects executions of the history. Empty fields select all.
type Query struct {
	Language string
	Verdict  string
	State    string
	// Owner is a principal's id, or me.
	Owner   string
	Batch   string
	Sandbox string
	// Text is looked for in code, output and errors.
	Text     string
	From, To time.Time
	// Cursor is Page.Next of the page before.
	Cursor string
	// Limit is 50 where it is 0, and at most 500.
	Limit int
}

// Page is a part of the history, newest first.
type Page struct {
	Executions []Execution `json:"executions"`
	// Next is the cursor of the page that follows, empty where there is none.
	Next string `json:"next,omitempty"`
}

// The bounds of Query.Limit.
const (
	DefaultPage = 50
	MaxPage     = 500
)

// storeQuery makes the query of what p may see of q.
func (s *Service) storeQuery(p Principal, q Query, own, every auth.Permission) (store.ExecutionQuery, *Error) {
	sq := store.ExecutionQuery{
		Language: s.canonical(q.Language), Verdict: q.Verdict, State: q.State, OwnerID: q.Owner, Batch: q.Batch, Sandbox: q.Sandbox,
		Text: q.Text, From: q.From, To: q.To,
	}
	if q.Language == "" {
		sq.Language = ""
	}
	if sq.OwnerID == "me" {
		sq.OwnerID = p.ID
	}
	if !p.Role.Can(every) {
		if err := p.may(own); err != nil {
			return sq, err
		}
		if sq.OwnerID != "" && sq.OwnerID != p.ID {
			return sq, errf(CodeForbidden, "the role %s sees its own executions only", p.Role)
		}
		sq.OwnerID = p.ID
	}
	return sq, nil
}

// Executions returns a page of the history.
func (s *Service) Executions(ctx context.Context, p Principal, q Query) (Page, error) {
	sq, err := s.storeQuery(p, q, auth.ReadOwn, auth.ReadAny)
	if err != nil {
		return Page{}, err
	}
	if q.Limit < 0 || q.Limit > MaxPage {
		return Page{}, errf(CodeUnprocessable, "limit: %d is not allowed: write 1 to %d", q.Limit, MaxPage)
	}
	if q.Limit == 0 {
		q.Limit = DefaultPage
	}
	if q.Cursor != "" {
		b, derr := base64.RawURLEncoding.DecodeString(q.Cursor)
		before, ok := strings.CutPrefix(string(b), "e:")
		if derr != nil || !ok {
			return Page{}, errf(CodeBadRequest, "cursor: it is not one that this server gave out")
		}
		sq.Before = before
	}
	sq.Limit = q.Limit + 1
	list, lerr := s.store.Executions(ctx, sq)
	if lerr != nil {
		return Page{}, AsError(lerr)
	}
	page := Page{Executions: []Execution{}}
	if len(list) > q.Limit {
		list = list[:q.Limit]
		page.Next = base64.RawURLEncoding.EncodeToString([]byte("e:" + list[len(list)-1].ID))
	}
	for _, e := range list {
		page.Executions = append(page.Executions, fromStore(e))
	}
	return page, nil
}

// Execution returns one execution with its result.
func (s *Service) Execution(ctx context.Context, p Principal, id string) (Execution, error) {
	if r := s.find(id); r != nil {
		e := r.Execution()
		if err := p.owns(e.OwnerID, auth.ReadOwn, auth.ReadAny); err != nil {
			return Execution{}, err
		}
		return e, nil
	}
	rec, err := s.store.Execution(ctx, id)
	if err != nil {
		if errors.Is(err, store.ErrNotFound) {
			return Execution{}, errf(CodeNotFound, "there is no execution %q", id)
		}
		return Execution{}, AsError(err)
	}
	if err := p.owns(rec.OwnerID, auth.ReadOwn, auth.ReadAny); err != nil {
		return Execution{}, err
	}
	return fromStore(rec), nil
}

// Attach returns a hold on an execution, live or not. Release of it cancels
// nothing. Where the events are no longer in memory there are those that the
// history can tell: start, the output, exit.
func (s *Service) Attach(ctx context.Context, p Principal, id string) (*Run, error) {
	if r := s.find(id); r != nil {
		if err := p.owns(r.Execution().OwnerID, auth.ReadOwn, auth.ReadAny); err != nil {
			return nil, err
		}
		return &Run{run: r}, nil
	}
	e, err := s.Execution(ctx, p, id)
	if err != nil {
		return nil, err
	}
	return &Run{run: s.replay(e)}, nil
}

// Repeat returns a hold on the execution that req was carried out by before, as
// Attach does, with the files in its result where req asked for them.
func (s *Service) Repeat(ctx context.Context, p Principal, id string, req ExecuteRequest) (*Run, error) {
	if req.Artifacts != ArtifactsData || s.find(id) != nil {
		return s.Attach(ctx, p, id)
	}
	e, err := s.Execution(ctx, p, id)
	if err != nil {
		return nil, err
	}
	if e.Result != nil {
		if err := s.withArtifacts(id, e.Result); err != nil {
			return nil, err
		}
	}
	return &Run{run: s.replay(e)}, nil
}

// Unfinished tells whether nsbox did not carry an execution out, so that it can be
// asked for again as if it had never been: there was no room, the helper ended, or the
// daemon did. What the daemon's end cut off in a sandbox that lives on may have left
// something there, so that it is not made twice.
func (s *Service) Unfinished(ctx context.Context, p Principal, id string) bool {
	e, err := s.Execution(ctx, p, id)
	if err != nil {
		return false
	}
	switch e.ErrorCode {
	case CodeOverloaded, CodeUnavailable:
		return true
	}
	return e.State == store.StateLost && e.Sandbox == ""
}

// replay makes a run of what the history has.
func (s *Service) replay(e Execution) *run {
	r := &run{s: s, id: e.ID, ring: newRing(1 << 30), done: make(chan struct{}), view: e, cancel: func() {}}
	r.ring.add(nsbox.Event{Type: nsbox.EventStart, ID: e.ID, Language: e.Language, Time: e.Started})
	switch {
	case e.Result != nil:
		for _, o := range []struct {
			typ  nsbox.EventType
			data []byte
		}{{nsbox.EventStdout, e.Result.Stdout}, {nsbox.EventStderr, e.Result.Stderr}} {
			if len(o.data) > 0 {
				r.ring.add(nsbox.Event{Type: o.typ, Stage: e.Result.Stage, Data: o.data, Time: e.Finished})
			}
		}
		r.ring.add(nsbox.Event{Type: nsbox.EventExit, Result: e.Result, Time: e.Finished})
	default:
		err := e.Err()
		if err == nil {
			err = errf(CodeInternal, "nothing is known of how this execution ended")
		}
		r.ring.add(nsbox.Event{Type: nsbox.EventError, Error: err.Message, Code: err.Code, Time: e.Finished})
	}
	r.ring.lived = max(e.EventSeq, 1)
	r.ring.close()
	close(r.done)
	return r
}

// DeleteExecution cancels an execution and returns it as it then stands; one that
// is done stays as it is.
func (s *Service) DeleteExecution(ctx context.Context, p Principal, id string) (Execution, error) {
	e, err := s.Execution(ctx, p, id)
	if err != nil {
		return Execution{}, err
	}
	if err := p.owns(e.OwnerID, auth.ControlOwn, auth.ControlAny); err != nil {
		return Execution{}, err
	}
	r := s.find(id)
	if r == nil {
		return e, nil
	}
	if err := s.audit(p, "cancel", id, "ok", nil); err != nil {
		return Execution{}, err
	}
	r.Cancel()
	wait, cancel := context.WithTimeout(ctx, cancelWait)
	defer cancel()
	if done, err := r.Wait(wait); err == nil {
		return done, nil
	}
	return r.Execution(), nil
}

// cancelWait is how long a cancelling caller waits for the end.
const cancelWait = 5 * time.Second

// Batch is many programs that were asked for together.
type Batch struct {
	ID         string      `json:"id"`
	Executions []Execution `json:"executions"`
	// Done tells that none of them is queued or running.
	Done bool `json:"done"`
}

// Batch admits many programs, all or none, and starts them as detached.
func (s *Service) Batch(ctx context.Context, p Principal, reqs []ExecuteRequest) (Batch, error) {
	if most := s.limits.get().MaxBatch; len(reqs) == 0 || len(reqs) > most {
		code := CodeBadRequest
		if len(reqs) > 0 {
			code = CodeTooLarge
		}
		return Batch{}, errf(code, "executions: there are %d; write 1 to %d", len(reqs), most)
	}
	id := s.newID()
	runs, err := s.admit(ctx, p, reqs, id)
	if err != nil {
		return Batch{}, s.refuse(p, "execute", err)
	}
	b := Batch{ID: id}
	for _, r := range runs {
		b.Executions = append(b.Executions, r.Execution())
	}
	return b, nil
}

// BatchStatus returns a batch as it stands, with the results of what is done.
func (s *Service) BatchStatus(ctx context.Context, p Principal, id string) (Batch, error) {
	sq, err := s.storeQuery(p, Query{Batch: id}, auth.ReadOwn, auth.ReadAny)
	if err != nil {
		return Batch{}, err
	}
	if id == "" {
		return Batch{}, errf(CodeNotFound, "there is no such batch")
	}
	sq.Limit, sq.Results = MaxPage*2, true
	list, lerr := s.store.Executions(ctx, sq)
	if lerr != nil {
		return Batch{}, AsError(lerr)
	}
	if len(list) == 0 {
		return Batch{}, errf(CodeNotFound, "there is no batch %q", id)
	}
	b := Batch{ID: id, Done: true}
	for i := len(list) - 1; i >= 0; i-- { // in the order in which they were asked for
		e := fromStore(list[i])
		b.Executions = append(b.Executions, e)
		b.Done = b.Done && (e.State == store.StateDone || e.State == store.StateLost)
	}
	return b, nil
}

// Stats are statistics of what p may see of q, and how busy the server is.
type Stats struct {
	store.Stats
	Running       int     `json:"running"`
	Queued        int     `json:"queued"`
	UptimeSeconds float64 `json:"uptime_seconds"`
	// Pool is what the helper keeps ready, for who may see statistics of
	// everything.
	Pool []nsbox.PoolStats `json:"pool,omitempty"`
}

// poolTimeout is how long statistics wait for the helper.
const poolTimeout = 2 * time.Second

// Stats returns statistics.
func (s *Service) Stats(ctx context.Context, p Principal, q Query) (Stats, error) {
	sq, err := s.storeQuery(p, q, auth.StatsOwn, auth.StatsAny)
	if err != nil {
		return Stats{}, err
	}
	st, serr := s.store.ExecutionStats(ctx, sq)
	if serr != nil {
		return Stats{}, AsError(serr)
	}
	active, queued := s.queue.load()
	out := Stats{Stats: st, Running: active, Queued: queued, UptimeSeconds: time.Since(s.since).Seconds()}
	if s.opts.Client != nil && p.Role.Can(auth.StatsAny) {
		ctx, cancel := context.WithTimeout(ctx, poolTimeout)
		defer cancel()
		// A helper that does not answer keeps nothing ready; /health says so.
		out.Pool, _ = s.opts.Client.Pool(ctx)
	}
	return out, nil
}
