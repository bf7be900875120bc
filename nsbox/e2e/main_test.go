package e2e

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/internal/helperproc"
	"github.com/nsbox/nsbox/nsbox/internal/nstest"
)

// client starts a helper for the test, with further arguments, and returns a
// client of it.
func client(t *testing.T, args ...string) *nsbox.Client {
	t.Helper()
	return &nsbox.Client{Socket: startHelper(t, args...).Socket}
}

func startHelper(t *testing.T, args ...string) *helperproc.Proc {
	t.Helper()
	nstest.RequireRoot(t)
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	h, err := helperproc.Start(ctx, helperproc.Config{
		Program: nstest.RequireHelper(t), Dir: t.TempDir(), Args: append([]string{"--images", nstest.Images()}, args...),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := h.Stop(); err != nil {
			t.Error(err)
		}
		if t.Failed() {
			t.Logf("helper: %s", h.Log())
		}
	})
	return h
}

// run runs req, which must not be nsbox's failure.
func run(t *testing.T, c *nsbox.Client, req nsbox.Request) nsbox.Result {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	res, err := c.Run(ctx, req)
	if err != nil {
		t.Fatalf("nsbox failed: %v", err)
	}
	return res
}

// show is a result in a test's message.
func show(r nsbox.Result) string {
	limit := ""
	if r.Limit != nil {
		limit = fmt.Sprintf(" limit %+v", *r.Limit)
	}
	return fmt.Sprintf("%s stage %s exit %d %s%s denied %v\nstdout: %.2000q\nstderr: %.2000q", r.Verdict, r.Stage, r.ExitCode, r.Signal, limit, r.Denied, r.Stdout, r.Stderr)
}

// files reads the files of a directory of testdata, main first.
func file(t *testing.T, path string) nsbox.File {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return nsbox.File{Name: filepath.Base(path), Data: b}
}

// Groups of tests that are about languages rather than about the host, by the
// names that NSBOX_TEST_LEAVE_OUT has for them.
const (
	conformance = "conformance"
	compilers   = "compilers"
)

// inGroup skips a test of a group that is left out here.
func inGroup(t *testing.T, group string) {
	t.Helper()
	if slices.Contains(strings.Fields(os.Getenv("NSBOX_TEST_LEAVE_OUT")), group) {
		nstest.Skip(t, "NSBOX_TEST_LEAVE_OUT leaves it out")
	}
}
