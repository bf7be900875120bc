package sandboxtest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/internal/helperproc"
	"github.com/nsbox/nsbox/nsbox/internal/nstest"
)

// helper is one that all tests share, but for those that end theirs.
var shared *nsbox.Client

func TestMain(m *testing.M) {
	code := run(m)
	os.Exit(code)
}

func run(m *testing.M) int {
	if os.Getenv(asOtherEnv) != "" {
		return m.Run() // the child of TestOwner: it has no rights to start one
	}
	var stop func()
	defer func() {
		if stop != nil {
			stop()
		}
	}()
	start = func(t *testing.T) {
		t.Helper()
		if shared != nil {
			return
		}
		dir, err := os.MkdirTemp("", "sandboxtest-")
		if err != nil {
			t.Fatal(err)
		}
		h := startHelper(t, dir)
		helperPid = h.Pid()
		stop = func() {
			if log := h.Log(); log != "" {
				fmt.Fprintln(os.Stderr, log)
			}
			if err := h.Stop(); err != nil {
				fmt.Fprintln(os.Stderr, err)
			}
			os.RemoveAll(dir)
		}
		shared = &nsbox.Client{Socket: h.Socket}
	}
	return m.Run()
}

// helperPid is the shared helper.
var helperPid int

var start func(t *testing.T)

// startHelper starts a helper with its socket and volumes in dir.
func startHelper(t *testing.T, dir string, args ...string) *helperproc.Proc {
	t.Helper()
	nstest.RequireRoot(t)
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	h, err := helperproc.Start(ctx, helperproc.Config{
		Program: nstest.RequireHelper(t), Dir: dir,
		Args: append([]string{"--images", nstest.Images(), "--volumes", dir + "/volumes"}, args...),
	})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func client(t *testing.T) *nsbox.Client {
	t.Helper()
	nstest.RequireRoot(t)
	start(t)
	return shared
}

// within bounds a test's calls.
func within(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	t.Cleanup(cancel)
	return ctx
}

// sandbox makes a sandbox, of which nothing is left at the test's end.
func sandbox(t *testing.T, c *nsbox.Client, req nsbox.SandboxRequest) *nsbox.Sandbox {
	t.Helper()
	if req.Language == "" {
		req.Language = "python-slim"
	}
	image := map[string]string{"javascript": "node", "c": "gcc"}[req.Language]
	if image == "" {
		image = req.Language
	}
	nstest.RequireImage(t, image)
	sb, err := c.CreateSandbox(within(t), req)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := sb.Close(context.Background()); err != nil && !errors.Is(err, nsbox.ErrNoSandbox) {
			t.Error(err)
		}
	})
	return sb
}

// exec runs a program, which must not be nsbox's failure.
func exec(t *testing.T, sb *nsbox.Sandbox, code string) nsbox.Result {
	t.Helper()
	res, err := sb.Exec(within(t), nsbox.Request{Files: []nsbox.File{{Data: []byte(code)}}})
	if err != nil {
		t.Fatalf("nsbox failed: %v", err)
	}
	return res
}

// prints runs a program that must end well and print exactly want.
func prints(t *testing.T, sb *nsbox.Sandbox, code, want string) {
	t.Helper()
	if r := exec(t, sb, code); r.Verdict != nsbox.OK || string(r.Stdout) != want {
		t.Errorf("want %q, but:\n%s", want, show(r))
	}
}

func eval(t *testing.T, sb *nsbox.Sandbox, code string) nsbox.Result {
	t.Helper()
	res, err := sb.Eval(within(t), nsbox.EvalRequest{Code: code})
	if err != nil {
		t.Fatalf("nsbox failed: %v", err)
	}
	return res
}

func show(r nsbox.Result) string {
	value := "none"
	if r.Value != nil {
		value = fmt.Sprintf("%q %s %s", r.Value.Text, r.Value.Type, r.Value.JSON)
	}
	return fmt.Sprintf("%s stage %s exit %d %s limit %+v lost %v value %s\nstdout: %.2000q\nstderr: %.2000q", r.Verdict, r.Stage, r.ExitCode, r.Signal, r.Limit, r.StateLost, value, r.Stdout, r.Stderr)
}

// refused fails the test unless err is of the class and says what.
func refused(t *testing.T, err, class error, what string) {
	t.Helper()
	if !errors.Is(err, class) || !strings.Contains(fmt.Sprint(err), what) {
		t.Errorf("%v; want %v with %q", err, class, what)
	}
}

// eventually waits until ok, or fails.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); !ok(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%s: not within 20s", what)
		}
	}
}
