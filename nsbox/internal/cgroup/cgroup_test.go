package cgroup

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/internal/nstest"
)

// TestMain runs the test binary as a program in a group when asked to.
func TestMain(m *testing.M) {
	if what := os.Getenv("NSBOX_TEST_CHILD"); what != "" {
		child(what)
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// child waits until it is in its group (a byte on stdin), then misbehaves
// within the bounds that the group sets.
func child(what string) {
	os.Stdin.Read(make([]byte, 1))
	switch what {
	case "hog":
		var keep [][]byte
		for range 64 { // 256 MiB, should the limit fail
			b := make([]byte, 4<<20)
			for i := 0; i < len(b); i += 4096 {
				b[i] = 1
			}
			keep = append(keep, b)
		}
		fmt.Println("not killed", len(keep))
	case "sleep":
		time.Sleep(time.Minute)
	case "spin":
		for end := time.Now().Add(300 * time.Millisecond); time.Now().Before(end); {
		}
	}
}

// eachTree runs f on a tree as this host has it and, on a hybrid host, on one
// that is made as if there were no unified hierarchy.
func eachTree(t *testing.T, f func(t *testing.T, tree *Tree)) {
	nstest.RequireRoot(t)
	h, err := readHost()
	if err != nil {
		t.Fatal(err)
	}
	hosts := []*host{h}
	if h.layout == Hybrid {
		hosts = append(hosts, &host{layout: V1, v1: h.v1})
	}
	for i, h := range hosts {
		t.Run(string(h.layout), func(t *testing.T) {
			tree, err := openTree(h, fmt.Sprintf("test-%d-%d", os.Getpid(), i), "")
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() {
				if err := tree.Delete(); err != nil {
					t.Error(err)
				}
				for _, d := range tree.all() {
					if _, err := os.Stat(d); !errors.Is(err, os.ErrNotExist) {
						t.Errorf("%s is left: %v", d, err)
					}
				}
			})
			f(t, tree)
		})
	}
}

func create(t *testing.T, tree *Tree, id string, lim nsbox.Limits) *Group {
	t.Helper()
	g, err := tree.Create(id, lim)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// start runs name in g. It is let go once it is in the group.
func start(t *testing.T, g *Group, what string, argv ...string) *exec.Cmd {
	t.Helper()
	if len(argv) == 0 {
		argv = []string{"/proc/self/exe"}
	}
	cmd := exec.Command(argv[0], argv[1:]...)
	cmd.Env = append(os.Environ(), "NSBOX_TEST_CHILD="+what, "GOMAXPROCS=1")
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	if err := g.Add(cmd.Process.Pid); err != nil {
		t.Fatal(err)
	}
	io.WriteString(in, "\n")
	return cmd
}

func waitEvent(t *testing.T, w *Watch, want Event) {
	t.Helper()
	select {
	case e := <-w.C:
		if e != want {
			t.Errorf("event %v, want %v", e, want)
		}
	case <-time.After(10 * time.Second):
		t.Errorf("no %v event", want)
	}
}

func TestMemory(t *testing.T) {
	eachTree(t, func(t *testing.T, tree *Tree) {
		g := create(t, tree, "hog", nsbox.Limits{Memory: 32 * nsbox.MiB, Pids: 50})
		w, err := g.Watch()
		if err != nil {
			t.Fatal(err)
		}
		defer w.Close()
		cmd := start(t, g, "hog")
		waitEvent(t, w, OOM)
		err = cmd.Wait()
		if ws, ok := cmd.ProcessState.Sys().(syscall.WaitStatus); !ok || ws.Signal() != syscall.SIGKILL {
			t.Errorf("the hog ended with %v, want SIGKILL", err)
		}
		s, err := g.Stats()
		if err != nil {
			t.Fatal(err)
		}
		if s.OOMKills < 1 {
			t.Errorf("OOMKills is %d", s.OOMKills)
		}
		if s.MemoryPeak < int64(16*nsbox.MiB) || s.MemoryPeak > int64(33*nsbox.MiB) { // the kernel may charge a few pages over
			t.Errorf("MemoryPeak is %d with a limit of 32 MiB", s.MemoryPeak)
		}
		if err := g.Delete(); err != nil {
			t.Error(err)
		}
	})
}

func TestPids(t *testing.T) {
	eachTree(t, func(t *testing.T, tree *Tree) {
		g := create(t, tree, "pids", nsbox.Limits{Pids: 5})
		w, err := g.Watch()
		if err != nil {
			t.Fatal(err)
		}
		defer w.Close()
		start(t, g, "", "/bin/bash", "-c", "read x; for i in 1 2 3 4 5 6 7 8; do sleep 60 & done 2>/dev/null; wait")
		waitEvent(t, w, Pids)
		if err := g.Kill(); err != nil {
			t.Fatal(err)
		}
		s, err := g.Stats()
		if err != nil {
			t.Fatal(err)
		}
		if s.PidsDenied < 1 {
			t.Errorf("PidsDenied is %d", s.PidsDenied)
		}
		if s.PidsPeak != 5 && !s.NoPidsPeak {
			t.Errorf("PidsPeak is %d, want 5", s.PidsPeak)
		}
	})
}

func TestCPU(t *testing.T) {
	eachTree(t, func(t *testing.T, tree *Tree) {
		g := create(t, tree, "cpu", nsbox.Limits{CPUs: 0.2})
		wantFiles(t, g, map[string]string{"cpu.max": "20000 100000"}, map[string]string{"cpu.cfs_quota_us": "20000"})
		began := time.Now()
		cmd := start(t, g, "spin") // 300 ms of wall time
		cmd.Wait()
		wall := time.Since(began)
		used, err := g.CPU()
		if err != nil {
			t.Fatal(err)
		}
		// A fifth of the time that went by, and what the kernel hands out ahead.
		if most := wall/5 + 50*time.Millisecond; used <= 0 || used > most {
			t.Errorf("used %v in %v at 0.2 processors", used, wall)
		}
	})
}

// forkBomb doubles until the group refuses, and refills what dies.
const forkBomb = `read x; f() { while :; do f & sleep 0.01; done; }; f 2>/dev/null`

func TestKillForkBomb(t *testing.T) {
	eachTree(t, func(t *testing.T, tree *Tree) {
		for i := range 3 {
			g := create(t, tree, fmt.Sprint("bomb", i), nsbox.Limits{Pids: 50, Memory: 128 * nsbox.MiB})
			cmd := start(t, g, "", "/bin/bash", "-c", forkBomb)
			for end := time.Now().Add(10 * time.Second); ; time.Sleep(5 * time.Millisecond) {
				if n, err := g.Pids(); err != nil || n >= 40 {
					break
				} else if time.Now().After(end) {
					t.Fatalf("the bomb has only %d processes", n)
				}
			}
			if err := g.Kill(); err != nil {
				t.Fatal(err)
			}
			if empty, err := g.Empty(); !empty {
				t.Errorf("not empty after Kill: %v", err)
			}
			cmd.Wait()
			if err := g.Delete(); err != nil {
				t.Error(err)
			}
		}
	})
}

// TestKillThrottled: a processor limit does not hold up the end of a group, and
// is there again afterwards.
func TestKillThrottled(t *testing.T) {
	eachTree(t, func(t *testing.T, tree *Tree) {
		g := create(t, tree, "throttled", nsbox.Limits{Pids: 50})
		cmd := start(t, g, "", "/bin/bash", "-c", "read x; for ((i = 0; i < 40; i++)); do while :; do :; done & done; wait")
		for end := time.Now().Add(20 * time.Second); ; time.Sleep(10 * time.Millisecond) {
			if n, err := g.Pids(); err != nil || n > 40 {
				break
			} else if time.Now().After(end) {
				t.Fatalf("only %d processes", n)
			}
		}
		if err := g.Update(nsbox.Limits{CPUs: 0.02}); err != nil {
			t.Fatal(err)
		}
		time.Sleep(50 * time.Millisecond) // the quota is used up
		if err := g.Kill(); err != nil {
			t.Fatal(err)
		}
		cmd.Wait()
		wantFiles(t, g, map[string]string{"cpu.max": "2000 100000"}, map[string]string{"cpu.cfs_quota_us": "2000"})
	})
}

func TestFreeze(t *testing.T) {
	eachTree(t, func(t *testing.T, tree *Tree) {
		g := create(t, tree, "freeze", nsbox.Limits{Pids: 20})
		cmd := start(t, g, "sleep")
		if err := g.Freeze(); err != nil {
			t.Fatal(err)
		}
		if frozen, err := g.frozen(); !frozen {
			t.Errorf("not frozen: %v", err)
		}
		if err := g.Thaw(); err != nil {
			t.Fatal(err)
		}
		if frozen, err := g.frozen(); frozen {
			t.Errorf("still frozen: %v", err)
		}
		if err := g.Freeze(); err != nil {
			t.Fatal(err)
		}
		if err := g.Delete(); err == nil {
			t.Error("a group with a process in it was deleted")
		}
		if err := g.Kill(); err != nil { // a frozen group dies too
			t.Fatal(err)
		}
		cmd.Wait()
		// A Delete that was refused half way is finished here.
		if err := g.Delete(); err != nil {
			t.Error(err)
		}
	})
}

func TestJoin(t *testing.T) {
	eachTree(t, func(t *testing.T, tree *Tree) {
		g := create(t, tree, "join", nsbox.Limits{Pids: 20})
		files, err := g.Join(false)
		if err != nil {
			t.Fatal(err)
		}
		script := "echo -n 0 >&3"
		for i := 1; i < len(files); i++ {
			script += fmt.Sprintf(" && echo -n 0 >&%d", i+3)
		}
		cmd := exec.Command("/bin/sh", "-c", script+"; echo in; read x")
		cmd.ExtraFiles = files
		// As a program in a sandbox would: another uid, no capability, a user namespace.
		cmd.SysProcAttr = &syscall.SysProcAttr{
			Cloneflags:  syscall.CLONE_NEWUSER,
			UidMappings: []syscall.SysProcIDMap{{ContainerID: 1000, HostID: 64321, Size: 1}},
			GidMappings: []syscall.SysProcIDMap{{ContainerID: 1000, HostID: 64321, Size: 1}},
			Credential:  &syscall.Credential{Uid: 1000, Gid: 1000, NoSetGroups: true},
		}
		cmd.Stderr = os.Stderr
		in, _ := cmd.StdinPipe()
		out, _ := cmd.StdoutPipe()
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			f.Close()
		}
		if line, err := bufio.NewReader(out).ReadString('\n'); line != "in\n" {
			t.Errorf("the process said %q, %v", line, err)
		}
		for _, dir := range g.dirs {
			if list, err := procs(dir); len(list) != 1 || list[0] != cmd.Process.Pid {
				t.Errorf("%s has %v, want %d; %v", dir, list, cmd.Process.Pid, err)
			}
		}
		in.Close()
		cmd.Wait()
	})
}

func TestCloneInto(t *testing.T) {
	eachTree(t, func(t *testing.T, tree *Tree) {
		g := create(t, tree, "clone", nsbox.Limits{Pids: 20})
		dir, err := g.FD()
		if err != nil {
			t.Fatal(err)
		}
		if dir == nil {
			if tree.Layout() != V1 {
				t.Fatal("no descriptor although there is a unified hierarchy")
			}
			return
		}
		defer dir.Close()
		cmd := exec.Command("/bin/cat")
		cmd.SysProcAttr = &syscall.SysProcAttr{UseCgroupFD: true, CgroupFD: int(dir.Fd())}
		in, _ := cmd.StdinPipe()
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		if list, err := procs(g.unified); len(list) != 1 {
			t.Errorf("the group has %v, %v", list, err)
		}
		in.Close()
		cmd.Wait()
	})
}

func TestUpdate(t *testing.T) {
	eachTree(t, func(t *testing.T, tree *Tree) {
		g := create(t, tree, "update", nsbox.Limits{Memory: 64 * nsbox.MiB, Pids: 5, CPUs: 1})
		for _, lim := range []nsbox.Limits{{Memory: 256 * nsbox.MiB}, {Memory: 32 * nsbox.MiB}, {Pids: 9, CPUs: 0.5}} {
			if err := g.Update(lim); err != nil {
				t.Errorf("%+v: %v", lim, err)
			}
		}
		wantFiles(t, g,
			map[string]string{"memory.max": "33554432", "memory.swap.max": "0", "memory.oom.group": "1", "pids.max": "9", "cpu.max": "50000 100000"},
			map[string]string{"memory.limit_in_bytes": "33554432", "memory.memsw.limit_in_bytes": "33554432", "pids.max": "9", "cpu.cfs_quota_us": "50000"})
	})
}

// wantFiles checks the content of limit files. Those that account for swap are
// absent from some kernels.
func wantFiles(t *testing.T, g *Group, v2, v1 map[string]string) {
	t.Helper()
	files := v1
	if g.v2 {
		files = v2
	}
	dirs := map[string]string{memory: g.memory, pids: g.pids, cpu: g.cpu}
	for name, want := range files {
		controller, _, _ := strings.Cut(name, ".")
		b, err := readFile(filepath.Join(dirs[controller], name))
		if errors.Is(err, os.ErrNotExist) && strings.Contains(name, "sw") {
			continue
		}
		if got := strings.TrimSpace(string(b)); got != want {
			t.Errorf("%s is %q, want %q; %v", name, got, want, err)
		}
	}
}

func TestSweep(t *testing.T) {
	eachTree(t, func(t *testing.T, tree *Tree) {
		keep := create(t, tree, "keep", nsbox.Limits{Pids: 5})
		busy := create(t, tree, "busy", nsbox.Limits{Pids: 20})
		cmd := start(t, busy, "sleep")
		half := create(t, tree, "half", nsbox.Limits{Pids: 5})
		if err := unix.Rmdir(half.dirs[0]); err != nil {
			t.Fatal(err)
		}
		nested := filepath.Join(busy.memory, "a", "b")
		if err := os.MkdirAll(nested, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := tree.Sweep(func(id string) bool { return id == "keep" }); err != nil {
			t.Fatal(err)
		}
		cmd.Wait()
		for _, dir := range tree.all() {
			if names, err := children(dir); len(names) != 1 || names[0] != "keep" {
				t.Errorf("%s has %v, %v", dir, names, err)
			}
		}
		if empty, err := keep.Empty(); !empty || err != nil {
			t.Errorf("keep: %v, %v", empty, err)
		}
	})
}

func TestExisting(t *testing.T) {
	eachTree(t, func(t *testing.T, tree *Tree) {
		g := create(t, tree, "one", nsbox.Limits{})
		if _, err := tree.Create("one", nsbox.Limits{}); !errors.Is(err, os.ErrExist) {
			t.Errorf("made the same group twice: %v", err)
		}
		if err := g.Add(-1); err == nil {
			t.Error("added process -1")
		}
		other, err := openTree(mustHost(t, tree), tree.name+"-other", "")
		if err != nil {
			t.Fatal(err)
		}
		names, err := tree.Names()
		if !strings.Contains(strings.Join(names, " "), tree.name+"-other") {
			t.Errorf("the tree beside is not among %v, %v", names, err)
		}
		if err := other.Delete(); err != nil {
			t.Error(err)
		}
		if err := g.Delete(); err != nil {
			t.Error(err)
		}
		if err := g.Delete(); err != nil {
			t.Errorf("second Delete: %v", err)
		}
	})
}

func mustHost(t *testing.T, tree *Tree) *host {
	t.Helper()
	h, err := readHost()
	if err != nil {
		t.Fatal(err)
	}
	if tree.layout == V1 {
		return &host{layout: V1, v1: h.v1}
	}
	return h
}

// BenchmarkGroup is a sandbox's whole way through its group; the process is a
// child that sleeps, moved in and out again.
func BenchmarkGroup(b *testing.B) {
	nstest.RequireRoot(b)
	tree, err := Open(fmt.Sprintf("bench-%d", os.Getpid()))
	if err != nil {
		b.Fatal(err)
	}
	defer tree.Delete()
	cmd := exec.Command("/bin/sleep", "600")
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	defer func() { cmd.Process.Kill(); cmd.Wait() }()
	home := create2(b, tree, "home")
	var made, added, read, deleted time.Duration
	for b.Loop() {
		t0 := time.Now()
		g, err := tree.Create("g", nsbox.Limits{Memory: 64 * nsbox.MiB, Pids: 64, CPUs: 1})
		if err != nil {
			b.Fatal(err)
		}
		t1 := time.Now()
		if err := g.Add(cmd.Process.Pid); err != nil {
			b.Fatal(err)
		}
		t2 := time.Now()
		if _, err := g.Stats(); err != nil {
			b.Fatal(err)
		}
		t3 := time.Now()
		b.StopTimer()
		home.Add(cmd.Process.Pid)
		b.StartTimer()
		t4 := time.Now()
		if err := g.Delete(); err != nil {
			b.Fatal(err)
		}
		made, added, read, deleted = made+t1.Sub(t0), added+t2.Sub(t1), read+t3.Sub(t2), deleted+time.Since(t4)
	}
	for name, d := range map[string]time.Duration{"create": made, "add": added, "stats": read, "delete": deleted} {
		b.ReportMetric(float64(d.Microseconds())/float64(b.N), name+"-us/op")
	}
}

func create2(b *testing.B, tree *Tree, id string) *Group {
	g, err := tree.Create(id, nsbox.Limits{})
	if err != nil {
		b.Fatal(err)
	}
	return g
}
