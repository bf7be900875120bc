package hostile_test

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/hostile"
	"github.com/nsbox/nsbox/nsbox/internal/nstest"
	"github.com/nsbox/nsbox/nsbox/report"
)

// TestHostile runs every hostile program in a sandbox and then looks whether
// the host is as it was.
func TestHostile(t *testing.T) {
	needSandbox(t)
	programs := load(t, hostile.Hostile)
	// Peers run beside the programs that name them.
	peers := map[string]hostile.Program{}
	for _, p := range programs {
		if p.Peer != "" {
			peers[p.Peer] = hostile.Program{}
		}
	}
	for _, p := range programs {
		if _, ok := peers[p.Name]; ok {
			peers[p.Name] = p
		}
	}
	h := newHost(t)
	t.Run("programs", func(t *testing.T) {
		for _, p := range programs {
			if _, ok := peers[p.Name]; ok {
				continue
			}
			t.Run(p.Name, func(t *testing.T) {
				t.Parallel()
				if p.Peer == "" {
					h.run(t, p, nil)
					return
				}
				ready := &readySignal{ch: make(chan struct{})}
				done := make(chan struct{})
				go func() {
					defer close(done)
					h.run(t, peers[p.Peer], ready)
					ready.signal()
				}()
				<-ready.ch
				hostQuotas(t)
				h.run(t, p, nil)
				<-done
			})
		}
	})
	h.unharmed(t)
}

// TestBenign runs every benign program: each must succeed with its exact output.
func TestBenign(t *testing.T) {
	needSandbox(t)
	h := newHost(t)
	t.Run("programs", func(t *testing.T) {
		for _, p := range load(t, hostile.Benign) {
			t.Run(p.Name, func(t *testing.T) {
				t.Parallel()
				h.run(t, p, nil)
			})
		}
	})
	h.unharmed(t)
}

func needSandbox(t *testing.T) {
	t.Helper()
	nstest.RequireRoot(t)
	nstest.RequireHelper(t)
}

func load(t *testing.T, suite string) []hostile.Program {
	t.Helper()
	programs, err := hostile.Load(suite)
	if err != nil {
		t.Fatal(err)
	}
	return programs
}

// run runs p and checks its end. It is bounded from outside too, so that a
// sandbox without a deadline doesn't hang the suite.
func (h *host) run(t *testing.T, p hostile.Program, ready *readySignal) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	req := p.Request(h.bait)
	req.Env = append(req.Env, "NSBOX_SUITE="+h.token)
	if ready != nil {
		req.Stdout = ready
	}
	res, err := h.client.Run(ctx, req)
	if errors.Is(err, nsbox.ErrLanguage) {
		nstest.Skip(t, err.Error())
	}
	if err != nil {
		t.Errorf("run: %v", err)
		return
	}
	bad := p.Check(res, h.secret)
	if p.CheckEscapes {
		bad = append(bad, checkReport(res)...)
	}
	for _, b := range bad {
		t.Error(b)
	}
	if len(bad) > 0 {
		t.Logf("verdict %s, exit status %d, signal %q, stage %s, limit %+v, %+v\nstdout: %s\nstderr: %s", res.Verdict, res.ExitCode, res.Signal,
			res.Stage, res.Limit, res.Usage, tail(res.Stdout), tail(res.Stderr))
	}
}

// checkReport says where a report of res would pass a control byte, or what is
// not UTF-8, on to a terminal.
func checkReport(res nsbox.Result) []string {
	var bad []string
	var out bytes.Buffer
	if err := report.JSON(&out, res, true); err != nil {
		bad = append(bad, "report: "+err.Error())
	}
	events := report.NewEvents(&out)
	events.Write(nsbox.Event{Type: nsbox.EventStdout, Data: res.Stdout})
	events.Write(nsbox.Event{Type: nsbox.EventStderr, Data: res.Stderr})
	events.Write(nsbox.Event{Type: nsbox.EventExit, Result: &res})
	if err := events.Err(); err != nil {
		bad = append(bad, "events: "+err.Error())
	}
	texts := append(report.Explain(res), out.String())
	for _, a := range res.Artifacts {
		texts = append(texts, report.Escape(a.Path))
	}
	for _, text := range texts {
		text = strings.TrimSuffix(text, "\n")
		i := strings.IndexFunc(text, func(r rune) bool { return r < ' ' && r != '\n' || r == 0x7f || r >= 0x80 && r < 0xa0 })
		if i >= 0 || !utf8.ValidString(text) {
			bad = append(bad, "a control byte comes out of a report near "+strings.ToValidUTF8(text[max(0, i-20):min(len(text), max(0, i)+20)], "?"))
		}
	}
	return bad
}

// readySignal is a program's output that tells when READY is in it.
type readySignal struct {
	ch   chan struct{}
	once sync.Once
	buf  []byte
}

func (r *readySignal) Write(b []byte) (int, error) {
	if r.buf = append(r.buf, b...); bytes.Contains(r.buf, []byte("READY\n")) {
		r.signal()
	}
	return len(b), nil
}

func (r *readySignal) signal() { r.once.Do(func() { close(r.ch) }) }

func tail(b []byte) string {
	const most = 1500
	if len(b) > most {
		b = b[len(b)-most:]
	}
	return report.Escape(string(b))
}
