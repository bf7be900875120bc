package leaktest

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/internal/nstest"
)

// rateRunsEnv sets how many programs TestFullRate runs.
const rateRunsEnv = "NSBOX_RATE_RUNS"

const (
	defaultRateRuns = 500
	rateWorkers     = 8
	// mayGrow is by how much the helper's memory may differ between two moments: a
	// collector's heap breathes. A leak of a few kilobytes an execution is more
	// over 10,000 of them.
	mayGrow = 24 << 20
)

// TestFullRate runs programs one after another from several clients, as fast as
// they go, and looks whether each has the right result, and whether the helper
// has grown.
func TestFullRate(t *testing.T) {
	nstest.RequireRoot(t)
	h := newHost(t, nstest.RequireHelper(t))
	runs := number(t, rateRunsEnv, defaultRateRuns, 100)
	h.start()
	defer h.stop()
	h.warm()
	h.atFullRate(runs / 5) // to the size at which it works
	h.warm()
	before, memory := h.settled(), h.memory()

	began := time.Now()
	h.atFullRate(runs)
	took := time.Since(began)
	h.warm()
	nstest.RequireSame(t, before, settle, h.take)
	if now := h.memory(); now > memory+mayGrow {
		t.Errorf("after %d programs the helper has %d KiB of memory; before, it had %d", runs, now>>10, memory>>10)
	}
	t.Logf("%d programs from %d clients in %v: %.0f a second", runs, rateWorkers, took, float64(runs)/took.Seconds())
}

// atFullRate runs n programs, each of which must give back what only it was told.
func (h *host) atFullRate(n int) {
	h.t.Helper()
	var next atomic.Int64
	var wg sync.WaitGroup
	for range rateWorkers {
		wg.Go(func() {
			for {
				i := next.Add(1)
				if i > int64(n) || h.t.Failed() {
					return
				}
				h.echo(i)
			}
		})
	}
	wg.Wait()
}

func (h *host) echo(i int64) {
	want := fmt.Sprintf("%d of %d\n", i, os.Getpid())
	req := nsbox.Request{
		Language: "bash", Files: file("main.sh", "read line; echo \"$line of $1\"; ls -A /tmp >&2; echo x > /tmp/x; exit "+strconv.FormatInt(i%3, 10)+"\n"),
		Args: []string{strconv.Itoa(os.Getpid())}, Stdin: strings.NewReader(strconv.FormatInt(i, 10) + "\n"),
	}
	if i%5 == 0 {
		// Limits other than those that the spares were made with.
		req.Limits = nsbox.Limits{Memory: 100 * nsbox.MiB, Pids: 20, Disk: 10 * nsbox.MiB, CPUs: 0.5}
	}
	res, err := h.client().Run(h.t.Context(), req)
	if err != nil {
		h.t.Errorf("program %d: %v", i, err)
		return
	}
	if string(res.Stdout) != want || len(res.Stderr) > 0 || res.ExitCode != int(i%3) {
		h.t.Errorf("program %d: %s, exit status %d, stdout %q instead of %q, stderr %q", i, res.Verdict, res.ExitCode, res.Stdout, want, res.Stderr)
	}
}

// memory is what the helper has for itself, in bytes.
func (h *host) memory() int64 {
	h.t.Helper()
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", h.helper.Pid()))
	if err != nil {
		h.t.Fatal(err)
	}
	for line := range strings.Lines(string(b)) {
		if f := strings.Fields(line); len(f) == 3 && f[0] == "RssAnon:" {
			kib, err := strconv.ParseInt(f[1], 10, 64)
			if err != nil {
				h.t.Fatal(err)
			}
			return kib << 10
		}
	}
	h.t.Fatal("no RssAnon in the helper's status")
	return 0
}
