package restapi

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/daemon/service"
	"github.com/nsbox/nsbox/nsbox/daemon/web"
)

const (
	// pingInterval is how long a stream may be silent. Proxies cut what is silent
	// for a minute.
	pingInterval = 15 * time.Second
	// sendTimeout is how long a reader may take nothing of what is sent to it.
	sendTimeout = 30 * time.Second
	// eventQueue is how many events wait for the connection beside the ring that
	// the execution keeps.
	eventQueue = 16
)

// stream writes the events of run after the given sequence number as Server-Sent
// Events, until the last one or until the reader goes. An event's id is its seq,
// so that Last-Event-ID resumes. A reader that falls behind further than the
// execution's ring reaches gets an error event of code gap, and the end.
func (a *api) stream(w http.ResponseWriter, r *http.Request, run *service.Run, after int64) {
	defer a.opts.Counters.Stream("sse")()
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	stop := context.AfterFunc(a.opts.Context, cancel)
	defer stop()

	h := w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no") // nginx would collect the events
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Execution-ID", run.ID())
	w.WriteHeader(http.StatusOK)
	s := &sse{w: w, rc: http.NewResponseController(w)}
	if s.flush() != nil {
		return
	}

	type item struct {
		ev  nsbox.Event
		err error
	}
	items := make(chan item, eventQueue)
	go func() {
		defer close(items)
		for ev, err := range run.Events(ctx, after) {
			select {
			case items <- item{ev, err}:
			case <-ctx.Done():
				return
			}
			if err != nil {
				return
			}
		}
	}()
	ping := time.NewTicker(pingInterval)
	defer ping.Stop()
	for {
		var err error
		select {
		case it, ok := <-items:
			switch {
			case !ok:
				return
			case it.err != nil && ctx.Err() == nil:
				_ = s.failure(r.Context(), it.err) // the end in any case
				return
			case it.err == nil:
				err = s.event(it.ev)
			}
			// One flush for all that is there: a chatty program costs no system call
			// for each line.
			if len(items) == 0 && err == nil {
				err = s.flush()
			}
		case <-ping.C:
			err = s.comment("ping")
		case <-ctx.Done():
			return
		}
		if err != nil {
			return
		}
	}
}

// sse writes one stream.
type sse struct {
	w   http.ResponseWriter
	rc  *http.ResponseController
	buf bytes.Buffer
}

func (s *sse) event(ev nsbox.Event) error {
	data, err := json.Marshal(ev)
	if err != nil {
		return err
	}
	return s.write(strconv.FormatInt(ev.Seq, 10), string(ev.Type), data)
}

// failure tells that the stream ends before the execution does. Behind a gap its
// id is that of the last event that is gone, so that a client that comes back
// goes on with what is kept; else it has none.
func (s *sse) failure(ctx context.Context, cause error) error {
	end := struct {
		Type  nsbox.EventType `json:"type"`
		Time  string          `json:"ts"`
		Error string          `json:"error"`
		Code  string          `json:"code"`
	}{Type: nsbox.EventError, Time: time.Now().Format(time.RFC3339Nano)}
	id := ""
	if gap, ok := errors.AsType[*service.GapError](cause); ok {
		end.Error, end.Code, id = gap.Error(), web.CodeGap, strconv.FormatInt(gap.To, 10)
	} else {
		p := web.ProblemOf(ctx, cause)
		end.Error, end.Code = p.Detail, p.Code
	}
	data, err := json.Marshal(end)
	if err != nil {
		return err
	}
	if err := s.write(id, string(nsbox.EventError), data); err != nil {
		return err
	}
	return s.flush()
}

func (s *sse) write(id, event string, data []byte) error {
	s.buf.Reset()
	if id != "" {
		s.buf.WriteString("id: " + id + "\n")
	}
	s.buf.WriteString("event: " + event + "\ndata: ")
	s.buf.Write(data) // JSON has no line breaks of its own
	s.buf.WriteString("\n\n")
	s.deadline()
	_, err := s.w.Write(s.buf.Bytes())
	return err
}

func (s *sse) comment(text string) error {
	s.deadline()
	if _, err := s.w.Write([]byte(": " + text + "\n\n")); err != nil {
		return err
	}
	return s.flush()
}

func (s *sse) flush() error {
	s.deadline()
	return s.rc.Flush()
}

// deadline makes a reader that takes nothing an error. Not every connection
// knows deadlines; those that don't have a reader in this process.
func (s *sse) deadline() { _ = s.rc.SetWriteDeadline(time.Now().Add(sendTimeout)) }

// wantsEvents tells whether the client asked for a stream.
func wantsEvents(r *http.Request) bool {
	return acceptsType(r.Header.Get("Accept"), "text/event-stream")
}
