package nstest

import (
	"fmt"
	"os"
	"testing"

	"golang.org/x/sys/unix"
)

// BecomeSubreaper makes the test process the parent of every orphan among its
// descendants, so that what a killed helper leaves is still counted as theirs
// and nobody else's. It lasts until the process ends.
func BecomeSubreaper(t testing.TB) {
	t.Helper()
	if err := unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); err != nil {
		t.Fatalf("prctl PR_SET_CHILD_SUBREAPER: %v", err)
	}
}

// Reap waits for the orphans that have ended and that fell to the test process,
// as the machine's pid 1 would. It leaves the pids of own alone: somebody else
// waits for these.
func Reap(t testing.TB, own ...int) {
	t.Helper()
	mine := map[int]bool{}
	for _, pid := range own {
		mine[pid] = true
	}
	for _, pid := range processes(t, os.Getpid()) {
		_, state, ppid, ok := stat(pid)
		if !ok || state != "Z" || ppid != os.Getpid() || mine[pid] {
			continue
		}
		if _, err := unix.Wait4(pid, nil, unix.WNOHANG, nil); err != nil && err != unix.ECHILD {
			t.Fatalf("reap %s: %v", fmt.Sprint(pid), err)
		}
	}
}
