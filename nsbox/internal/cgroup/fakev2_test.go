package cgroup

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nsbox/nsbox/nsbox"
)

// fakeV2 makes a group of plain files, to see what is written and read on a v2
// host; files are those that the kernel would have made.
func fakeV2(t *testing.T, files map[string]string) *Group {
	t.Helper()
	tree := &Tree{layout: V2, name: "t", unified: t.TempDir()}
	g := tree.group("g")
	if err := os.Mkdir(g.unified, 0o755); err != nil {
		t.Fatal(err)
	}
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(g.unified, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return g
}

func TestV2Limits(t *testing.T) {
	g := fakeV2(t, map[string]string{"memory.max": "", "memory.swap.max": "", "memory.oom.group": "", "pids.max": "", "cpu.max": ""})
	if err := g.set(nsbox.Limits{Memory: 64 * nsbox.MiB, Pids: 20, CPUs: 0.5}); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"memory.max": "67108864", "memory.swap.max": "0", "memory.oom.group": "1",
		"pids.max": "20", "cpu.max": "50000 100000",
	} {
		if got, _ := os.ReadFile(filepath.Join(g.unified, name)); string(got) != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
}

func TestV2FailsClosed(t *testing.T) {
	g := fakeV2(t, map[string]string{"memory.max": "", "memory.oom.group": "", "cpu.max": ""})
	err := g.set(nsbox.Limits{Memory: nsbox.MiB, Pids: 1})
	if !errors.Is(err, nsbox.ErrUnsupported) {
		t.Errorf("%v, want ErrUnsupported", err)
	}
	if err == nil || !strings.HasPrefix(err.Error(), "cgroup: pids controller is not available: ") {
		t.Errorf("%v does not name the controller", err)
	}
}

func TestV2Stats(t *testing.T) {
	files := map[string]string{
		"cpu.stat": "usage_usec 1500\nuser_usec 1000\n", "memory.peak": "4096\n", "pids.peak": "7\n",
		"memory.events": "max 9\noom 1\noom_kill 2\n", "pids.events": "max 3\n",
	}
	s, err := fakeV2(t, files).Stats()
	if want := (Stats{CPU: 1500 * time.Microsecond, MemoryPeak: 4096, OOMKills: 2, PidsPeak: 7, PidsDenied: 3}); err != nil || s != want {
		t.Errorf("%+v, %v; want %+v", s, err, want)
	}
	delete(files, "memory.peak")
	delete(files, "pids.peak")
	s, err = fakeV2(t, files).Stats()
	if want := (Stats{CPU: 1500 * time.Microsecond, OOMKills: 2, PidsDenied: 3, NoMemoryPeak: true, NoPidsPeak: true}); err != nil || s != want {
		t.Errorf("older kernel: %+v, %v; want %+v", s, err, want)
	}
}

// TestV2NoController: on a unified host whose top lacks a controller the tree is
// refused with its name.
func TestV2NoController(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "cgroup.controllers"), []byte("cpu memory hugetlb\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := openTree(&host{layout: V2, unified: &hierarchy{dir, "/"}}, "t", "")
	if err == nil || !strings.HasPrefix(err.Error(), "cgroup: pids controller is not available: ") {
		t.Errorf("%v does not name the controller", err)
	}
}
