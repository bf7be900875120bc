package leaktest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/internal/helperproc"
	"github.com/nsbox/nsbox/nsbox/internal/nstest"
	"golang.org/x/sys/unix"
)

// host is the machine as the test uses it: a helper of its own and what
// belongs to that. Other helpers may run beside it, and are not counted.
type host struct {
	t      *testing.T
	config helperproc.Config
	helper *helperproc.Proc
	// leases are the lock files of all leases that the test's helpers held.
	leases []string

	mu                       sync.Mutex
	ran, cancelled, orphaned int
}

func newHost(t *testing.T, program string) *host {
	nstest.BecomeSubreaper(t)
	dir := t.TempDir()
	// Spares that nobody needs are given back before the test counts.
	config := filepath.Join(dir, "helper.toml")
	if err := os.WriteFile(config, []byte("[pool]\nidle = \"1s\"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	h := &host{t: t, config: helperproc.Config{Program: program, Dir: dir, Args: []string{"--config", config}}}
	t.Cleanup(func() {
		if h.helper != nil {
			_ = h.helper.Kill()
		}
	})
	return h
}

func (h *host) client() *nsbox.Client { return &nsbox.Client{Socket: h.helper.Socket} }

func (h *host) count(n *int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	*n++
}

func (h *host) start() {
	h.t.Helper()
	ctx, stop := context.WithTimeout(h.t.Context(), time.Minute)
	defer stop()
	var err error
	if h.helper, err = helperproc.Start(ctx, h.config); err != nil {
		h.t.Fatal(err)
	}
	lease, err := leaseOf(h.helper.Pid())
	if err != nil {
		h.t.Fatal(err)
	}
	if !slices.Contains(h.leases, lease) {
		h.leases = append(h.leases, lease)
	}
}

// warm brings the helper to the state in which it waits for more: with a zygote
// of every image that the test uses. It skips the test where there is no image.
func (h *host) warm() {
	h.t.Helper()
	for _, req := range []nsbox.Request{
		{Language: "bash", Files: file("main.sh", short)},
		{Language: "c", Files: file("main.c", compiled)},
	} {
		res, err := h.client().Run(h.t.Context(), req)
		if errors.Is(err, nsbox.ErrLanguage) {
			nstest.Skip(h.t, err.Error())
		}
		if err != nil || res.Verdict != nsbox.OK {
			h.t.Fatalf("%s: verdict %q, error %v: %s", req.Language, res.Verdict, err, res.Stderr)
		}
	}
}

func (h *host) stop() {
	h.t.Helper()
	if err := h.helper.Stop(); err != nil {
		h.t.Error(err)
	}
}

func (h *host) kill() {
	h.t.Helper()
	if err := h.helper.Kill(); err != nil {
		h.t.Error(err)
	}
}

// take counts what the test's helpers have or have left.
func (h *host) take() nstest.Snapshot {
	h.t.Helper()
	scope := nstest.Scope{
		Root:        os.Getpid(),
		Descriptors: map[string]int{"the test": os.Getpid()},
		Dirs:        []string{h.config.Dir},
	}
	running := 0
	if h.helper != nil && h.helper.Running() {
		running = h.helper.Pid()
		scope.Descriptors["the helper"] = running
	}
	nstest.Reap(h.t, running)
	for _, lease := range h.leases {
		held, err := isHeld(lease)
		if err != nil {
			h.t.Fatal(err)
		}
		if mine, err := leaseOf(running); held && (err != nil || mine != lease) {
			continue // another helper has it by now, and has swept it
		}
		name := filepath.Base(lease)
		scope.Cgroups = append(scope.Cgroups, "nsbox/"+name)
		scope.Dirs = append(scope.Dirs, filepath.Join(filepath.Dir(filepath.Dir(lease)), name+".d"))
	}
	return nstest.Take(h.t, scope)
}

// leaseOf returns the lock file of the lease that a helper holds (package ids).
func leaseOf(pid int) (string, error) {
	dir := fmt.Sprintf("/proc/%d/fd", pid)
	entries, err := os.ReadDir(dir)
	if err != nil {
		return "", err
	}
	for _, e := range entries {
		target, err := os.Readlink(filepath.Join(dir, e.Name()))
		if err == nil && strings.HasPrefix(filepath.Base(target), "lease-") && filepath.Base(filepath.Dir(target)) == "leases" {
			return target, nil
		}
	}
	return "", fmt.Errorf("process %d holds no lease", pid)
}

// isHeld tells whether some process holds the lease.
func isHeld(lease string) (bool, error) {
	f, err := os.Open(lease)
	if errors.Is(err, os.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	defer f.Close()
	err = unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
	if errors.Is(err, unix.EWOULDBLOCK) {
		return true, nil
	}
	return false, err
}
