package service

import (
	"context"
	"errors"
	"io"
	"iter"
	"sync"
	"time"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/store"
)

// Run is a hold on one execution. Its methods are safe for concurrent use.
type Run struct {
	*run
	owner bool
	once  sync.Once
}

// run is an execution that is live, or that ended a short while ago.
type run struct {
	s      *Service
	id     string
	p      Principal
	detach bool
	ring   *ring
	ctx    context.Context
	cancel context.CancelFunc
	done   chan struct{}
	stdin  *input
	slot   *slot

	mu  sync.Mutex
	rec store.Execution
	// view is what callers see.
	view  Execution
	ended time.Time
}

// ID is the execution's id.
func (r *run) ID() string { return r.id }

// Events yields the events after the sequence number after, 0 for all, and then
// those that come, until the last one, which is of type exit or error. A reader
// that is too slow, or comes too late, gets a *GapError in place of the events
// that are no longer kept, and may go on behind it. With ctx it ends with ctx's
// error.
func (r *run) Events(ctx context.Context, after int64) iter.Seq2[nsbox.Event, error] {
	return r.ring.follow(ctx, after)
}

// Wait returns the execution once it is done, or ctx's error.
func (r *run) Wait(ctx context.Context) (Execution, error) {
	select {
	case <-r.done:
		return r.Execution(), nil
	case <-ctx.Done():
		return Execution{}, ctx.Err()
	}
}

// Execution returns the execution as it stands.
func (r *run) Execution() Execution {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.view
}

// Cancel ends the program; its verdict then is cancelled. It may be called at any
// time.
func (r *run) Cancel() { r.cancel() }

// Stdin returns the writer of an interactive program's input. A write waits until
// the program reads, and fails once it ended; Close is the end of the input.
func (r *run) Stdin() (io.WriteCloser, bool) {
	if r.stdin == nil {
		return nil, false
	}
	return r.stdin, true
}

// Release says that the caller goes away. A program that was not asked for as
// detached, and that the caller started, is cancelled.
func (r *Run) Release() {
	r.once.Do(func() {
		if r.owner && !r.detach {
			r.cancel()
		}
	})
}

// input is the input of an interactive program.
type input struct {
	*io.PipeWriter
	r *io.PipeReader
}

// errEnded is what a write gets whose program ended.
var errEnded = errors.New("the program has ended")

func newInput() *input {
	r, w := io.Pipe()
	return &input{PipeWriter: w, r: r}
}

// The bounds of what is kept in memory of executions that ended, for callers that
// come back for their events.
const (
	keepRuns  = 512
	keepBytes = 64 << 20
	keepTime  = 2 * time.Minute
)

// register makes r known.
func (s *Service) register(r *run) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.runs[r.id] = r
}

// retire keeps r, which ended, for a while, and forgets older ones.
func (s *Service) retire(r *run) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r.ended = time.Now()
	s.old = append(s.old, r)
	s.oldBytes += r.cost()
	s.forget()
}

// forget drops what was kept long enough or is too much. s.mu is held.
func (s *Service) forget() {
	n := 0
	for n < len(s.old) && (len(s.old)-n > keepRuns || s.oldBytes > keepBytes || time.Since(s.old[n].ended) > keepTime) {
		s.oldBytes -= s.old[n].cost()
		delete(s.runs, s.old[n].id)
		s.old[n] = nil
		n++
	}
	s.old = s.old[n:]
}

// cost is what a run that ended holds in memory.
func (r *run) cost() int { return r.ring.size() + 2048 }

// find returns the run where it is in memory.
func (s *Service) find(id string) *run {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.runs[id]
}
