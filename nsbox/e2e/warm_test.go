package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/internal/nstest"
)

// A spare of a forked interpreter has the program's process already, with pages of
// its own for what a program writes to.
func TestSparesAreWarm(t *testing.T) {
	h := startHelper(t)
	nstest.RequireImage(t, "python-slim")
	c := &nsbox.Client{Socket: h.Socket}
	req := nsbox.Request{Language: "python-slim", Files: []nsbox.File{{Name: "main.py", Data: []byte("print('hello')\n")}}}
	awaitStart(t, c, nsbox.StartForked, func() nsbox.Request { return req })
	var found []string
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		found = nil
		for _, p := range seconds(t, h.Pid()) {
			kb := privateKB(p)
			if kb >= 1024 {
				return
			}
			found = append(found, fmt.Sprintf("%d has %d kB", p, kb))
		}
	}
	t.Errorf("of its own %v", found)
}

// seconds are the processes below root that are the second of their pid namespace.
func seconds(t *testing.T, root int) []int {
	t.Helper()
	dirs, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		t.Fatal(err)
	}
	parent := map[int]int{}
	var pids []int
	for _, d := range dirs {
		pid, err := strconv.Atoi(filepath.Base(d))
		if err != nil {
			continue
		}
		b, err := os.ReadFile(filepath.Join(d, "status"))
		if err != nil {
			continue // it has ended
		}
		for line := range strings.Lines(string(b)) {
			name, value, _ := strings.Cut(line, ":")
			switch ids := strings.Fields(value); name {
			case "PPid":
				if parent[pid], err = strconv.Atoi(ids[0]); err != nil {
					t.Fatal(err)
				}
			case "NSpid":
				if len(ids) > 2 && ids[len(ids)-1] == "2" {
					pids = append(pids, pid)
				}
			}
		}
	}
	return slices.DeleteFunc(pids, func(pid int) bool {
		for pid > 1 && pid != root {
			pid = parent[pid]
		}
		return pid != root
	})
}

// privateKB is how much memory is the process's alone and was written to.
func privateKB(pid int) int {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/smaps_rollup", pid))
	if err != nil {
		return 0 // it has ended
	}
	_, after, _ := strings.Cut(string(b), "Private_Dirty:")
	fields := strings.Fields(after)
	if len(fields) == 0 {
		return 0
	}
	kb, err := strconv.Atoi(fields[0])
	if err != nil {
		return 0
	}
	return kb
}

// Programs that are forked from one interpreter draw other numbers each, from the
// library's own generator, too.
func TestForkedProgramsDrawOtherNumbers(t *testing.T) {
	inGroup(t, conformance)
	nstest.RequireImage(t, "python")
	c := client(t)
	req := nsbox.Request{Language: "python", Files: []nsbox.File{{
		Name: "main.py", Data: []byte("import random\nimport numpy as np\nprint(random.random(), np.random.rand(), np.random.default_rng().random())\n"),
	}}}
	drawn := map[string]bool{}
	for range 4 {
		res := awaitStart(t, c, nsbox.StartForked, func() nsbox.Request { return req })
		for _, n := range strings.Fields(string(res.Stdout)) {
			if drawn[n] {
				t.Errorf("%s was drawn twice", n)
			}
			drawn[n] = true
		}
	}
	if len(drawn) != 12 {
		t.Errorf("%d numbers were drawn", len(drawn))
	}
}
