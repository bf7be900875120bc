package leaktest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/internal/nstest"
)

// runsEnv sets how many programs run; a fifth of them is cancelled in the
// middle, and for every fiftieth the helper is killed.
const runsEnv = "NSBOX_LEAK_RUNS"

const (
	defaultRuns = 1000
	// perRound programs run between two deaths of the helper.
	perRound     = 50
	cancelled    = 10
	killedInside = 4 // that run while the helper is killed
	workers      = 4
	// settle is how long the kernel may take to remove what is dead.
	settle = 20 * time.Second
)

// Programs that leave as much as they can: daemons that outlive their parent,
// files, a second session.
const (
	short    = "echo hi; echo more > /tmp/file; (sleep 1000 &) ; exit 0\n"
	artifact = "echo data > /workspace/out.txt; mkfifo /workspace/fifo; ln -s /etc/passwd /workspace/link\n"
	endless  = "setsid sleep 1000 & (setsid sleep 1000 &) ; for i in 1 2 3 4 5; do sleep 1000 & done; echo started; wait\n"
	compiled = "#include <stdio.h>\nint main(void) { puts(\"hi\"); return 0; }\n"
)

func TestNothingIsLeft(t *testing.T) {
	nstest.RequireRoot(t)
	h := newHost(t, nstest.RequireHelper(t))
	rounds := max(1, number(t, runsEnv, defaultRuns, perRound)/perRound)

	nothing := h.take()
	h.start()
	h.warm()
	idle := h.settled()

	for round := range rounds {
		h.round(round)
		if t.Failed() {
			break
		}
	}

	h.warm()
	nstest.RequireSame(t, idle, settle, h.take)
	h.atHome()
	h.stop()
	nstest.RequireSame(t, nothing, settle, h.take)
	if t.Failed() {
		t.Logf("the helper's last words: %s", h.helper.Log())
	}
	t.Logf("%d programs ran, %d of them cancelled, %d with the helper killed under them; the helper died %d times",
		h.ran, h.cancelled, h.orphaned, rounds)
}

// atHome fails the test where a thread of the helper stays in a zygote's namespaces:
// it would keep them alive, and the first thread would have /proc tell of them as
// the helper's.
func (h *host) atHome() {
	h.t.Helper()
	var where []string
	for end := time.Now().Add(settle); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		where = where[:0]
		threads, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/ns/mnt", h.helper.Pid()))
		for _, thread := range threads {
			if ns, err := os.Readlink(thread); err == nil { // it may have ended
				where = append(where, ns)
			}
		}
		slices.Sort(where)
		if where = slices.Compact(where); len(where) == 1 {
			return
		}
	}
	h.t.Errorf("%v after the last program the helper's threads are in the mount namespaces %v", settle, where)
}

// settled takes a snapshot once nothing changes any more: a helper closes what an
// execution held after its client has the result, and gives back its spares when
// they are idle.
func (h *host) settled() nstest.Snapshot {
	before := h.take()
	for end := time.Now().Add(settle); time.Now().Before(end); {
		time.Sleep(200 * time.Millisecond)
		after := h.take()
		if len(nstest.Diff(before, after)) == 0 && !slices.ContainsFunc(after["cgroups"], isBox) {
			break
		}
		before = after
	}
	return before
}

// isBox tells whether a cgroup is a sandbox's.
func isBox(path string) bool { return strings.HasPrefix(filepath.Base(path), "box-") }

// number reads an environment variable.
func number(t *testing.T, env string, value, least int) int {
	text := os.Getenv(env)
	if text == "" {
		return value
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < least {
		t.Fatalf("%s=%q: write a number of at least %d", env, text, least)
	}
	return n
}

// round runs perRound programs, the last of them while the helper is killed,
// and starts the helper again.
func (h *host) round(round int) {
	jobs := make(chan func(), perRound)
	for i := range perRound - killedInside {
		switch {
		case i < cancelled:
			// Early, in the middle of the set-up, and late, when all of it runs.
			jobs <- func() { h.cancel(time.Duration(i*i) * time.Millisecond) }
		case i == cancelled:
			jobs <- func() { h.ok(nsbox.Request{Language: "c", Files: file("main.c", compiled)}) }
		case i%5 == 0:
			jobs <- func() { h.ok(nsbox.Request{Language: "bash", Files: file("main.sh", artifact), Artifacts: true}) }
		default:
			jobs <- func() { h.ok(nsbox.Request{Language: "bash", Files: file("main.sh", short)}) }
		}
	}
	close(jobs)
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for job := range jobs {
				job()
			}
		})
	}
	wg.Wait()

	var started sync.WaitGroup
	for i := range killedInside {
		started.Add(1)
		wg.Go(func() { h.orphan(started.Done, i) })
	}
	started.Wait()
	// Half of the rounds give the programs no time to get going.
	if round%2 == 0 {
		time.Sleep(20 * time.Millisecond)
	}
	h.atHome()
	h.kill()
	wg.Wait()
	h.start()
}

// ok runs a program that ends by itself.
func (h *host) ok(req nsbox.Request) {
	res, err := h.client().Run(h.t.Context(), req)
	h.count(&h.ran)
	if err != nil {
		h.t.Errorf("%s: %v", req.Language, err)
		return
	}
	if res.Verdict != nsbox.OK {
		h.t.Errorf("%s: verdict %s instead of ok: %s", req.Language, res.Verdict, res.Stderr)
	}
}

// cancel runs a program that never ends and cancels it after the given time.
func (h *host) cancel(after time.Duration) {
	ctx, stop := context.WithTimeout(h.t.Context(), after)
	defer stop()
	res, err := h.client().Run(ctx, nsbox.Request{Language: "bash", Files: file("main.sh", endless)})
	h.count(&h.ran)
	h.count(&h.cancelled)
	// Before the helper has admitted it there is nothing that could be cancelled.
	if errors.Is(err, context.DeadlineExceeded) {
		return
	}
	if err != nil {
		h.t.Errorf("cancelled after %v: %v", after, err)
		return
	}
	if res.Verdict != nsbox.Cancelled {
		h.t.Errorf("cancelled after %v: verdict %s instead of cancelled", after, res.Verdict)
	}
}

// orphan runs a program that never ends, for the helper to be killed under it;
// the caller is told by an error. Every other one is known to run.
func (h *host) orphan(started func(), i int) {
	once := sync.OnceFunc(started)
	req := nsbox.Request{Language: "bash", Files: file("main.sh", endless)}
	if i%2 == 0 {
		req.OnEvent = func(e nsbox.Event) {
			if e.Type == nsbox.EventStdout {
				once()
			}
		}
	} else {
		once()
	}
	res, err := h.client().Run(h.t.Context(), req)
	once()
	h.count(&h.ran)
	h.count(&h.orphaned)
	if err == nil {
		h.t.Errorf("the helper was killed, yet the program ended with verdict %s", res.Verdict)
	}
}

func file(name, source string) []nsbox.File {
	return []nsbox.File{{Name: name, Data: []byte(source)}}
}
