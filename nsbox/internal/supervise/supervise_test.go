package supervise

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// The test program plays the child, and for one test the supervisor.
func TestMain(m *testing.M) {
	switch os.Getenv("PLAY") {
	case "child":
		play(os.Getenv("DIR"), os.Getenv("NAME"), os.Getenv("MODE"))
		return
	case "supervisor":
		g := group(os.Getenv("DIR"), nil, "a", "b")
		if err := g.Run(context.Background()); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
		return
	}
	os.Exit(m.Run())
}

func note(dir, format string, args ...any) {
	f, err := os.OpenFile(filepath.Join(dir, "log"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err == nil {
		_, err = fmt.Fprintf(f, format+"\n", args...)
		f.Close()
	}
	if err != nil {
		panic(err)
	}
}

func play(dir, name, mode string) {
	term := make(chan os.Signal, 1)
	signal.Notify(term, syscall.SIGTERM)
	note(dir, "start %s %d", name, os.Getpid())
	switch mode {
	case "fails":
		os.Exit(3)
	case "silent":
	default:
		c, err := net.Dial("unixgram", os.Getenv("NOTIFY_SOCKET"))
		if err != nil {
			panic(err)
		}
		fmt.Fprint(c, "STATUS=there\nREADY=1")
		c.Close()
	}
	if mode == "deaf" {
		select {}
	}
	<-term
	note(dir, "end %s", name)
}

func group(dir string, modes map[string]string, names ...string) *Group {
	g := &Group{StartTimeout: 10 * time.Second, MinPause: 10 * time.Millisecond, MaxPause: 80 * time.Millisecond, Say: func(string, ...any) {}}
	for _, name := range names {
		g.Children = append(g.Children, Child{Name: name, Grace: 5 * time.Second, Command: func() *exec.Cmd {
			cmd := exec.Command("/proc/self/exe")
			cmd.Env = append(os.Environ(), "PLAY=child", "DIR="+dir, "NAME="+name, "MODE="+modes[name])
			cmd.Stderr = os.Stderr
			return cmd
		}})
	}
	return g
}

func lines(t *testing.T, dir string) []string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, "log"))
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSpace(string(b)), "\n")
}

// pid returns the pid of the n-th start of name, once it is there.
func pid(t *testing.T, dir, name string, n int) int {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		seen := 0
		for _, l := range lines(t, dir) {
			if rest, ok := strings.CutPrefix(l, "start "+name+" "); ok {
				if seen++; seen == n {
					p, err := strconv.Atoi(rest)
					if err != nil {
						t.Fatal(err)
					}
					return p
				}
			}
		}
	}
	t.Fatalf("%s was not started %d times: %q", name, n, lines(t, dir))
	return 0
}

func runs(pid int) bool {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	return err == nil && !strings.Contains(string(b), ") Z ")
}

func ends(t *testing.T, pid int) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); runs(pid); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("process %d still runs", pid)
		}
	}
}

func TestInOrderAndBackAndRestarted(t *testing.T) {
	dir := t.TempDir()
	g := group(dir, nil, "a", "b")
	ready := make(chan struct{})
	g.Ready = func() { close(ready) }
	var mu sync.Mutex
	var said []string
	g.Say = func(format string, args ...any) {
		mu.Lock()
		defer mu.Unlock()
		said = append(said, fmt.Sprintf(format, args...))
	}
	ctx, cancel := context.WithCancel(t.Context())
	result := make(chan error, 1)
	go func() { result <- g.Run(ctx) }()
	<-ready
	for n := 1; n <= 3; n++ {
		if err := syscall.Kill(pid(t, dir, "a", n), syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
	}
	last := pid(t, dir, "a", 4)
	// The signal would end a child that is just starting before it can answer.
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		mu.Lock()
		back := strings.Count(strings.Join(said, "\n"), "a is back")
		mu.Unlock()
		if back > 0 && runs(last) {
			break
		}
		if time.Now().After(end) {
			t.Fatalf("it did not come back: %q", said)
		}
	}
	time.Sleep(50 * time.Millisecond)
	cancel()
	if err := <-result; err != nil {
		t.Fatal(err)
	}
	ends(t, last)
	got := lines(t, dir)
	if first, second := got[0], got[1]; !strings.HasPrefix(first, "start a") || !strings.HasPrefix(second, "start b") {
		t.Errorf("started as %q, %q; want a, b", first, second)
	}
	if tail := strings.Join(got[len(got)-2:], " "); tail != "end b end a" {
		t.Errorf("ended as %q; want b, then a", tail)
	}
	if !strings.Contains(strings.Join(said, "\n"), "a ended (signal: killed); it is started again in 10ms") {
		t.Errorf("said %q", said)
	}
}

func TestFirstStartMustSucceed(t *testing.T) {
	for mode, want := range map[string]string{
		"fails":  "b ended at its start: exit status 3",
		"silent": "b was not ready within 300ms",
	} {
		dir := t.TempDir()
		g := group(dir, map[string]string{"b": mode}, "a", "b", "c")
		if mode == "silent" {
			g.StartTimeout = 300 * time.Millisecond
			// Only b is slow: a has to get over its own start.
			g.Children = g.Children[1:]
		}
		g.Ready = func() { t.Error("said to be ready") }
		err := g.Run(t.Context())
		if err == nil || err.Error() != want {
			t.Errorf("%s: got %v; want %s", mode, err, want)
		}
		for _, l := range lines(t, dir) {
			if strings.HasPrefix(l, "start c") {
				t.Errorf("%s: c was started", mode)
			}
		}
		if mode == "fails" {
			ends(t, pid(t, dir, "a", 1))
		}
	}
}

func TestDeafChildIsKilled(t *testing.T) {
	dir := t.TempDir()
	g := group(dir, map[string]string{"a": "deaf"}, "a")
	g.Children[0].Grace = 50 * time.Millisecond
	ctx, cancel := context.WithCancel(t.Context())
	g.Ready = cancel
	if err := g.Run(ctx); err != nil {
		t.Fatal(err)
	}
	ends(t, pid(t, dir, "a", 1))
}

// A stranger's READY=1 counts for nothing.
func TestOnlyTheChildIsHeard(t *testing.T) {
	s, err := listenNotify()
	if err != nil {
		t.Fatal(err)
	}
	defer s.close()
	ready := make(chan struct{})
	go s.waitReady(os.Getpid()+1, ready)
	c, err := net.Dial("unixgram", s.name)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	for range 20 {
		fmt.Fprint(c, "READY=1")
	}
	select {
	case <-ready:
		t.Error("a stranger made the child ready")
	case <-time.After(100 * time.Millisecond):
	}
}

func TestNoOrphanOfAKilledSupervisor(t *testing.T) {
	dir := t.TempDir()
	cmd := exec.Command("/proc/self/exe")
	cmd.Env = append(os.Environ(), "PLAY=supervisor", "DIR="+dir)
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	a, b := pid(t, dir, "a", 1), pid(t, dir, "b", 1)
	// Long enough for threads of its runtime to come and go.
	time.Sleep(300 * time.Millisecond)
	if !runs(a) || !runs(b) {
		t.Fatal("a child ended by itself")
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	ends(t, a)
	ends(t, b)
}
