package wsapi

import (
	"context"
	"errors"
	"io"
	"net/http"
	"sync"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/daemon/service"
	"github.com/nsbox/nsbox/nsbox/daemon/web"
)

// maxInput is how much input waits for a program that does not read it.
const maxInput = 1 * nsbox.MiB

// follow is one execution that a connection follows.
type follow struct {
	c        *conn
	id       string
	dialect  dialect
	detached bool
	after    int64
	ctx      context.Context
	cancel   context.CancelFunc
	// run is set, under the connection's lock, once the execution is admitted.
	run *service.Run

	in feed
}

func (f *follow) follow(run *service.Run) {
	// Release cancels what was not detached, and is the only thing that does: a
	// connection that is gone leaves detached work alone.
	defer run.Release()
	f.c.mu.Lock()
	f.run = run
	f.c.mu.Unlock()
	if w, ok := run.Stdin(); ok {
		f.in.open(w)
		defer f.in.close()
	}
	if m := f.dialect.Accepted(run.ID()); m != nil && !f.c.send(m) {
		return
	}
	for ev, err := range run.Events(f.ctx, f.after) {
		if f.ctx.Err() != nil {
			return
		}
		if err != nil {
			f.fail(err)
			return
		}
		if ev.Type == nsbox.EventExit || ev.Type == nsbox.EventError {
			f.forget()
		}
		if m := f.dialect.Event(ev); m != nil && !f.c.send(m) {
			return
		}
	}
}

func (f *follow) fail(err error) {
	if f.ctx.Err() != nil {
		return
	}
	f.forget()
	if gap, ok := errors.AsType[*service.GapError](err); ok && f.dialect.Failure("") == nil {
		// The client attaches again, after what is gone.
		p := web.StatusProblem(f.c.ctx, http.StatusConflict, gap.Error())
		p.Code = web.CodeGap
		f.c.send(outbound{Type: typeError, ID: f.id, Execution: f.run.ID(), After: gap.To, Error: p})
		return
	}
	if m := f.dialect.Failure(web.ProblemOf(f.c.ctx, err).Detail); m != nil {
		f.c.send(m)
		return
	}
	f.c.fail(f.id, err)
}

// stop ends the following; what becomes of the execution is Release's matter.
func (f *follow) stop() { f.cancel() }

// forget gives the id back, before the client learns of the end: it may use the
// id again at once.
func (f *follow) forget() {
	f.c.mu.Lock()
	defer f.c.mu.Unlock()
	if f.c.follows[f.id] == f {
		delete(f.c.follows, f.id)
	}
}

func (f *follow) end() {
	f.cancel()
	f.forget()
	f.c.mu.Lock()
	f.c.running--
	f.c.mu.Unlock()
}

func (f *follow) input(b []byte) error { return f.in.put(b) }

func (f *follow) endInput() error { return f.in.end() }

// feed hands input to a program at the program's pace, without the connection
// waiting for it.
type feed struct {
	mu      sync.Mutex
	w       io.WriteCloser
	wake    chan struct{}
	pending [][]byte
	size    nsbox.Size
	ended   bool
}

func (f *feed) open(w io.WriteCloser) {
	f.mu.Lock()
	f.w, f.wake = w, make(chan struct{}, 1)
	f.mu.Unlock()
	go f.copy()
}

func (f *feed) put(b []byte) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case f.w == nil:
		return &service.Error{Code: service.CodeConflict, Message: `this execution takes no input while it runs; ask for it with "interactive": true`}
	case f.ended:
		return &service.Error{Code: service.CodeConflict, Message: "the input was closed before"}
	case f.size+nsbox.Size(len(b)) > maxInput:
		return &service.Error{Code: service.CodeTooLarge, Message: "the program has not read the input that came before, and " + maxInput.String() + " is all that waits for it"}
	}
	f.pending = append(f.pending, b)
	f.size += nsbox.Size(len(b))
	f.signal()
	return nil
}

func (f *feed) end() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.w == nil {
		return &service.Error{Code: service.CodeConflict, Message: `this execution takes no input while it runs; ask for it with "interactive": true`}
	}
	f.ended = true
	f.signal()
	return nil
}

// close ends a copy that waits for the program, too.
func (f *feed) close() {
	f.mu.Lock()
	w := f.w
	f.ended, f.pending = true, nil
	f.signal()
	f.mu.Unlock()
	_ = w.Close()
}

func (f *feed) signal() {
	select {
	case f.wake <- struct{}{}:
	default:
	}
}

func (f *feed) copy() {
	defer f.w.Close()
	for range f.wake {
		for {
			f.mu.Lock()
			if len(f.pending) == 0 {
				ended := f.ended
				f.mu.Unlock()
				if ended {
					return
				}
				break
			}
			b := f.pending[0]
			f.pending = f.pending[1:]
			f.mu.Unlock()
			// The program may end without reading: then nobody reads the rest.
			if _, err := f.w.Write(b); err != nil {
				return
			}
			f.mu.Lock()
			f.size -= nsbox.Size(len(b))
			f.mu.Unlock()
		}
	}
}
