package e2e

import (
	"context"
	"testing"
	"time"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/internal/nstest"
)

// sandbox makes a sandbox that lives on, of which nothing is left at the test's end.
func sandbox(t *testing.T, c *nsbox.Client, req nsbox.SandboxRequest) *nsbox.Sandbox {
	t.Helper()
	if req.Language == "" {
		req.Language = "python-slim"
	}
	sb, err := c.CreateSandbox(within(t), req)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := sb.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return sb
}

// within bounds a test's calls.
func within(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	t.Cleanup(cancel)
	return ctx
}

func exec(t *testing.T, sb *nsbox.Sandbox, code string) nsbox.Result {
	t.Helper()
	res, err := sb.Exec(within(t), nsbox.Request{Files: []nsbox.File{{Data: []byte(code)}}})
	if err != nil {
		t.Fatalf("nsbox failed: %v", err)
	}
	return res
}

func eval(t *testing.T, sb *nsbox.Sandbox, code string) nsbox.Result {
	t.Helper()
	res, err := sb.Eval(within(t), nsbox.EvalRequest{Code: code})
	if err != nil {
		t.Fatalf("nsbox failed: %v", err)
	}
	return res
}

func TestSandboxLives(t *testing.T) {
	c := client(t)
	nstest.RequireImage(t, "python-slim")
	sb := sandbox(t, c, nsbox.SandboxRequest{Name: "lives"})
	if r := exec(t, sb, "open('state', 'w').write('kept')\nprint('hi')"); r.Verdict != nsbox.OK || string(r.Stdout) != "hi\n" {
		t.Fatal(show(r))
	}
	if r := exec(t, sb, "print(open('state').read())"); r.Verdict != nsbox.OK || string(r.Stdout) != "kept\n" {
		t.Error(show(r))
	}
	if r := eval(t, sb, "x = 6\nx * 7"); r.Value == nil || r.Value.Text != "42" {
		t.Error(show(r), r.Value)
	}
	info, err := sb.Info(within(t))
	t.Logf("%+v %v", info, err)
}
