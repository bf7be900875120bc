package wsapi

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/coder/websocket"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/daemon/compat"
	"github.com/nsbox/nsbox/nsbox/daemon/service"
	"github.com/nsbox/nsbox/nsbox/daemon/web"
)

// outQueue is how many messages wait for the connection. What follows an
// execution waits when it is full, and falls behind in that execution's ring.
const outQueue = 32

// conn is one client. Three goroutines are its own: this one reads, one writes,
// one pings; each execution that it follows has one more.
type conn struct {
	h         *Handler
	ws        *websocket.Conn
	principal service.Principal
	ctx       context.Context
	cancel    context.CancelFunc
	out       chan []byte
	wg        sync.WaitGroup

	mu      sync.Mutex
	follows map[string]*follow
	// running counts those whose id is free again, too, while their end waits
	// for a slow reader.
	running int
}

func (c *conn) serve() {
	c.wg.Go(c.write)
	c.wg.Go(c.ping)
	err := c.read()
	c.cancel()
	c.mu.Lock()
	for _, f := range c.follows {
		f.stop()
	}
	c.mu.Unlock()
	c.wg.Wait()
	if status := websocket.CloseStatus(err); status == -1 {
		web.Logger(c.ctx).Debug("websocket ended", slog.Any("error", err))
	}
	_ = c.ws.CloseNow()
}

// read handles the client's messages one by one until the connection ends.
func (c *conn) read() error {
	for {
		typ, data, err := c.ws.Read(c.ctx)
		if err != nil {
			return err
		}
		if typ != websocket.MessageText {
			c.fail("", refuse("messages are JSON in text frames, not binary ones"))
			continue
		}
		m, soul, err := parse(data)
		switch {
		case soul != nil && err == nil:
			err = c.soulBox(soul)
			if err != nil {
				c.send(soul.Failure(web.ProblemOf(c.ctx, err).Detail))
			}
		case err != nil && m != nil:
			c.fail(m.ID, err)
		case err != nil:
			c.fail("", err)
		default:
			if err := c.handle(m); err != nil {
				c.fail(m.ID, err)
			}
		}
	}
}

func (c *conn) handle(m *inbound) error {
	switch m.Type {
	case typePing:
		c.send(outbound{Type: typePong, ID: m.ID})
		return nil
	case typeExecute:
		return c.start(m.ID, plain{id: m.ID}, m.Request.Detach, 0, func() (*service.Run, error) {
			req := *m.Request
			req.RequestID = web.RequestIDOf(c.ctx)
			return c.h.svc.Execute(c.ctx, c.principal, req)
		})
	case typeAttach:
		return c.start(m.ID, plain{id: m.ID}, true, m.After, func() (*service.Run, error) {
			return c.h.svc.Attach(c.ctx, c.principal, m.Execution)
		})
	}
	f := c.followed(m.ID)
	if f == nil {
		return &service.Error{Code: service.CodeNotFound, Message: fmt.Sprintf("this connection follows no execution %q", m.ID)}
	}
	switch m.Type {
	case typeCancel:
		f.run.Cancel()
	case typeDetach:
		f.stop()
	case typeStdin:
		b, err := m.bytes()
		if err != nil {
			return err
		}
		return f.input(b)
	case typeStdinClose:
		return f.endInput()
	}
	return nil
}

func (c *conn) soulBox(m *compat.SoulBoxMessage) error {
	req, err := m.Request()
	if err != nil {
		return err
	}
	req.RequestID = web.RequestIDOf(c.ctx)
	// Two executions of one session are told apart here, not by the client.
	id := fmt.Sprintf("soulbox %s %d", m.SessionID, time.Now().UnixNano())
	return c.start(id, m, false, 0, func() (*service.Run, error) {
		return c.h.svc.Execute(c.ctx, c.principal, req)
	})
}

// dialect says how an execution's events are told to the client.
type dialect interface {
	// Accepted and Event return the message, or nil where there is none.
	Accepted(execution string) any
	Event(nsbox.Event) any
	Failure(sentence string) any
}

// plain is our own.
type plain struct{ id string }

func (p plain) Accepted(execution string) any {
	return outbound{Type: typeAccepted, ID: p.id, Execution: execution}
}
func (p plain) Event(ev nsbox.Event) any { return outbound{Type: typeEvent, ID: p.id, Event: &ev} }
func (p plain) Failure(string) any       { return nil }

// start begins to follow what open returns. Admission may take its time in the
// queue; the connection meanwhile goes on, so it happens in a goroutine of its
// own, with the id taken at once.
func (c *conn) start(id string, d dialect, detached bool, after int64, open func() (*service.Run, error)) error {
	f := &follow{c: c, id: id, dialect: d, detached: detached, after: after}
	f.ctx, f.cancel = context.WithCancel(c.ctx)
	c.mu.Lock()
	_, taken := c.follows[id]
	n := c.running
	if !taken && n < c.h.opts.MaxRuns {
		c.follows[id] = f
		c.running++
	}
	c.mu.Unlock()
	switch {
	case taken:
		return &service.Error{Code: service.CodeConflict, Message: fmt.Sprintf("the id %q is in use on this connection", id)}
	case n >= c.h.opts.MaxRuns:
		return &service.Error{Code: service.CodeRateLimited, Message: fmt.Sprintf("this connection follows %d executions already, which is the limit", n), RetryAfter: time.Second}
	}
	c.wg.Go(func() {
		defer f.end()
		run, err := open()
		if err != nil {
			f.fail(err)
			return
		}
		f.follow(run)
	})
	return nil
}

// followed returns the running execution of that id, nil where there is none.
func (c *conn) followed(id string) *follow {
	c.mu.Lock()
	defer c.mu.Unlock()
	f := c.follows[id]
	if f == nil || f.run == nil {
		return nil
	}
	return f
}

// send hands v to the writer, and waits while the connection is slower than what
// is sent. It returns false where the connection has ended.
func (c *conn) send(v any) bool {
	b, err := encode(v)
	if err != nil {
		web.Logger(c.ctx).Error("websocket", slog.Any("error", err))
		return true
	}
	select {
	case c.out <- b:
		return true
	case <-c.ctx.Done():
		return false
	}
}

func (c *conn) fail(id string, err error) {
	c.send(outbound{Type: typeError, ID: id, Error: web.ProblemOf(c.ctx, err)})
}

func (c *conn) write() {
	defer c.cancel()
	for {
		select {
		case b := <-c.out:
			ctx, cancel := context.WithTimeout(c.ctx, c.h.opts.WriteTimeout)
			err := c.ws.Write(ctx, websocket.MessageText, b)
			cancel()
			if err != nil {
				return
			}
		case <-c.ctx.Done():
			return
		}
	}
}

// ping finds out about peers that vanished without a word.
func (c *conn) ping() {
	t := time.NewTicker(c.h.opts.PingInterval)
	defer t.Stop()
	for {
		select {
		case <-t.C:
			ctx, cancel := context.WithTimeout(c.ctx, c.h.opts.WriteTimeout)
			err := c.ws.Ping(ctx)
			cancel()
			if err != nil {
				c.cancel()
				return
			}
		case <-c.ctx.Done():
			return
		}
	}
}
