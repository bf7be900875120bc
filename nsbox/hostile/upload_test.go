package hostile_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/internal/nstest"
)

// TestUploads sends requests whose names lead elsewhere. What is not allowed is
// refused as the request's fault, before anything runs; what is allowed runs.
func TestUploads(t *testing.T) {
	needSandbox(t)
	h := newHost(t)
	const script = "find . -type f | wc -l\n"
	file := func(name string) nsbox.File { return nsbox.File{Name: name, Data: []byte("x")} }
	with := func(name string) func(*nsbox.Request) {
		return func(r *nsbox.Request) { r.Files = append(r.Files, file(name)) }
	}
	many := func(n int) func(*nsbox.Request) {
		return func(r *nsbox.Request) {
			for range n {
				r.Files = append(r.Files, file("f"+strings.Repeat("x", len(r.Files))))
			}
		}
	}
	for _, c := range []struct {
		name    string
		change  func(*nsbox.Request)
		allowed bool
	}{
		{"plain", with("data.txt"), true},
		{"in directories", with("a/b/c.txt"), true},
		{"dots in a name", with("..a/...b"), true},
		{"a leading dash", with("-rf"), true},
		{"UTF-8", with("naïve ✓.txt"), true},
		{"parent", with("../x"), false},
		{"parent inside", with("a/../../x"), false},
		{"parent that stays inside", with("a/../x"), false},
		{"absolute", with("/etc/passwd"), false},
		{"the host's file", with(strings.TrimPrefix(h.canary, "/") + "/../../.." + h.canary), false},
		{"empty", with(""), false},
		{"dot", with("."), false},
		{"two dots", with(".."), false},
		{"dot inside", with("a/./b"), false},
		{"empty part", with("a//b"), false},
		{"a directory's name", with("a/"), false},
		{"NUL", with("a\x00b"), false},
		{"too long a part", with(strings.Repeat("n", 300)), false},
		{"too long a path", with(strings.Repeat("n/", 3000) + "x"), false},
		{"twice the same", func(r *nsbox.Request) { r.Files = append(r.Files, file("a"), file("a")) }, false},
		{"a file and a directory", func(r *nsbox.Request) { r.Files = append(r.Files, file("a"), file("a/b")) }, false},
		{"below the main file", with("main.sh/x"), false},
		{"no files", func(r *nsbox.Request) { r.Files = nil }, false},
		{"very many", many(300), false},
		{"NUL in an argument", func(r *nsbox.Request) { r.Args = []string{"a\x00b"} }, false},
		{"NUL in the environment", func(r *nsbox.Request) { r.Env = []string{"A=a\x00b"} }, false},
		{"environment without a name", func(r *nsbox.Request) { r.Env = []string{"=x"} }, false},
		{"environment without a value", func(r *nsbox.Request) { r.Env = []string{"x"} }, false},
		{"a language that is a path", func(r *nsbox.Request) { r.Language = "../../etc/passwd" }, false},
		{"a profile that is a path", func(r *nsbox.Request) { r.Profile = "../../../tmp/profile" }, false},
		{"an unknown network", func(r *nsbox.Request) { r.Network = "host" }, false},
		{"memory below zero", func(r *nsbox.Request) { r.Limits.Memory = -1 }, false},
		{"memory above the ceiling", func(r *nsbox.Request) { r.Limits.Memory = 1 << 50 }, false},
		{"no end of time", func(r *nsbox.Request) { r.Limits.Timeout = nsbox.Duration(1 << 62) }, false},
		{"pids above the ceiling", func(r *nsbox.Request) { r.Limits.Pids = 1 << 30 }, false},
		{"pids below zero", func(r *nsbox.Request) { r.Limits.Pids = -1 }, false},
		{"processors without number", func(r *nsbox.Request) { r.Limits.CPUs = 1e300 }, false},
		{"processors below zero", func(r *nsbox.Request) { r.Limits.CPUs = -1 }, false},
		{"inodes above the ceiling", func(r *nsbox.Request) { r.Limits.Inodes = 1 << 40 }, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
			defer cancel()
			req := nsbox.Request{
				Language: "bash", Env: []string{"NSBOX_SUITE=" + h.token},
				Files:  []nsbox.File{{Name: "main.sh", Data: []byte(script)}},
				Limits: nsbox.Limits{Timeout: nsbox.Duration(5 * time.Second)},
			}
			c.change(&req)
			res, err := h.client.Run(ctx, req)
			switch {
			case req.Language == "bash" && errors.Is(err, nsbox.ErrLanguage):
				nstest.Skip(t, err.Error())
			case c.allowed && err != nil:
				t.Errorf("refused: %v", err)
			case c.allowed && (res.Verdict != nsbox.OK || strings.TrimSpace(string(res.Stdout)) != "2"):
				t.Errorf("verdict %s, output %q %q", res.Verdict, res.Stdout, res.Stderr)
			case !c.allowed && err == nil:
				t.Errorf("ran: verdict %s, output %q %q", res.Verdict, res.Stdout, res.Stderr)
			case !c.allowed && !errors.Is(err, nsbox.ErrBadRequest) && !errors.Is(err, nsbox.ErrLanguage):
				t.Errorf("refused, but not as a bad request: %v", err)
			}
		})
	}
	h.unharmed(t)
}
