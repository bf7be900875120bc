package nsbox

import (
	"context"
	"errors"
	"net"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nsbox/nsbox/nsbox/internal/wire"
)

// A helper that is killed closes its connections, whatever was under way: the
// caller can tell that from what the helper refuses or fails at.
func TestHelperEnds(t *testing.T) {
	path := filepath.Join(t.TempDir(), "helper.sock")
	l, err := net.ListenUnix("unixpacket", &net.UnixAddr{Name: path, Net: "unixpacket"})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	stopping := make(chan bool, 1)
	go func() {
		for {
			c, err := l.AcceptUnix()
			if err != nil {
				return
			}
			conn := wire.Wrap(c)
			p, err := conn.Receive()
			if err == nil {
				p.Close()
			}
			select {
			case <-stopping:
				_ = conn.Send(wire.KindError, wire.Error{Class: wire.ClassStopping, Message: "the helper is shutting down"})
			default:
			}
			conn.Close()
		}
	}()
	ctx := t.Context()
	c := &Client{Socket: path}
	b := &Sandbox{client: c, id: "x"}
	req := Request{Language: "python", Files: []File{{Name: "main.py", Data: []byte("x")}}}
	calls := map[string]func() error{
		"run":    func() error { _, err := c.Run(ctx, req); return err },
		"exec":   func() error { _, err := b.Exec(ctx, req); return err },
		"eval":   func() error { _, err := b.Eval(ctx, EvalRequest{Code: "x"}); return err },
		"list":   func() error { _, err := c.ListSandboxes(ctx); return err },
		"create": func() error { _, err := c.CreateSandbox(ctx, SandboxRequest{Language: "python"}); return err },
		"upload": func() error { _, err := b.Upload(ctx, "a", strings.NewReader("x"), 0); return err },
		"read":   func() error { _, err := b.ReadFile(ctx, "a"); return err },
		"stat":   func() error { _, err := b.Stat(ctx, "a"); return err },
	}
	for name, call := range calls {
		if err := call(); !errors.Is(err, ErrHelperEnded) || !strings.HasPrefix(err.Error(), "the helper ended ") {
			t.Errorf("%s: %v", name, err)
		}
		stopping <- true
		if err := call(); !errors.Is(err, ErrHelperEnded) || err.Error() != "the helper is shutting down" {
			t.Errorf("%s, while it stops: %v", name, err)
		}
	}
	// A caller who gives up is told just that.
	ctx, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := c.ListSandboxes(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("given up: %v", err)
	}
}
