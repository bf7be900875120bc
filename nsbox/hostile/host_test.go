package hostile_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/internal/helperproc"
	"github.com/nsbox/nsbox/nsbox/internal/nstest"
)

// host is the bait that a suite sets out on the host, and what the host was
// like before.
type host struct {
	secret string
	token  string // NSBOX_SUITE of every program
	bait   map[string]string
	canary string
	callers
	before nstest.Snapshot
	facts  map[string]string
	helper *helperproc.Proc
	lease  string
	client *nsbox.Client
}

// callers counts who came to a listener.
type callers struct{ n atomic.Int64 }

func (c *callers) listen(t *testing.T, network, addr string) net.Listener {
	t.Helper()
	l, err := net.Listen(network, addr)
	if err != nil {
		t.Fatalf("listen on %s %s: %v", network, addr, err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			c.n.Add(1)
			conn.Close()
		}
	}()
	return l
}

// newHost sets the bait out. The checks of unharmed belong at the end of the
// test that ran the programs.
func newHost(t *testing.T) *host {
	t.Helper()
	nstest.BecomeSubreaper(t)
	h := &host{secret: "secret-" + rand.Text(), token: rand.Text()}
	t.Setenv("NSBOX_HOST_SECRET", h.secret)

	dir := t.TempDir()
	h.canary = filepath.Join(dir, "canary")
	// Readable by all: only the sandbox's walls keep it.
	if err := os.WriteFile(h.canary, []byte(h.secret), 0o644); err != nil {
		t.Fatal(err)
	}
	for d := dir; len(d) > len(os.TempDir()); d = filepath.Dir(d) {
		if err := os.Chmod(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	tcp := h.listen(t, "tcp", ":0")
	socket := filepath.Join(dir, "socket")
	h.listen(t, "unix", socket)
	abstract := "nsbox-host-" + h.token
	h.listen(t, "unix", "@"+abstract)
	key, id := segment(t, h.secret)

	hostname, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	h.bait = map[string]string{
		"canary": h.canary, "socket": socket, "abstract": abstract, "hostname": hostname,
		"port":      strconv.Itoa(tcp.Addr().(*net.TCPAddr).Port),
		"addresses": addresses(t), "pid": strconv.Itoa(os.Getpid()),
		"shmkey": strconv.Itoa(key), "shmid": strconv.Itoa(id),
	}
	h.facts = facts(t, h)
	h.before = h.take(t)
	h.start(t)
	return h
}

// start starts the helper that the suite runs on. It has the secret in its
// environment, as one started by an operator has theirs.
func (h *host) start(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	var err error
	h.helper, err = helperproc.Start(ctx, helperproc.Config{Program: nstest.RequireHelper(t), Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if h.helper.Running() {
			_ = h.helper.Kill() // the test has failed before it could be stopped
		}
	})
	h.lease = lease(t, h.helper.Pid())
	h.client = &nsbox.Client{Socket: h.helper.Socket}
}

// segment makes a System V segment that holds secret, open to everybody.
func segment(t *testing.T, secret string) (key, id int) {
	t.Helper()
	key = 0x6e730000 | os.Getpid()&0xffff
	id, err := unix.SysvShmGet(key, 4096, unix.IPC_CREAT|0o666)
	if err != nil {
		t.Fatalf("shmget: %v", err)
	}
	t.Cleanup(func() { _, _ = unix.SysvShmCtl(id, unix.IPC_RMID, nil) })
	mem, err := unix.SysvShmAttach(id, 0, 0)
	if err != nil {
		t.Fatalf("shmat: %v", err)
	}
	copy(mem, secret)
	if err := unix.SysvShmDetach(mem); err != nil {
		t.Fatalf("shmdt: %v", err)
	}
	return key, id
}

// addresses are the host's, but for loopback and link-local ones.
func addresses(t *testing.T) string {
	t.Helper()
	all, err := net.InterfaceAddrs()
	if err != nil {
		t.Fatal(err)
	}
	out := []string{"127.0.0.1"}
	for _, a := range all {
		if n, ok := a.(*net.IPNet); ok && n.IP.IsGlobalUnicast() {
			out = append(out, n.IP.String())
		}
	}
	return strings.Join(out, ",")
}

// facts are what a program could change for the whole host.
func facts(t *testing.T, h *host) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, f := range []string{
		"/proc/sys/kernel/core_pattern", "/proc/sys/kernel/modprobe", "/proc/sys/kernel/hostname", "/proc/sys/kernel/domainname",
		"/proc/sys/kernel/sysrq", "/proc/sys/kernel/panic", "/proc/sys/kernel/poweroff_cmd", "/proc/sys/kernel/randomize_va_space",
		"/proc/sys/kernel/unprivileged_bpf_disabled", "/proc/sys/kernel/yama/ptrace_scope", "/proc/sys/vm/overcommit_memory",
		"/proc/sys/vm/panic_on_oom", "/proc/sys/vm/mmap_min_addr", "/proc/sys/fs/suid_dumpable", "/proc/sys/net/ipv4/ip_forward",
		"/proc/swaps", "/proc/modules", "/etc/passwd", "/etc/shadow", "/etc/hosts", "/etc/ld.so.preload", h.canary,
		"/sys/kernel/uevent_helper",
	} {
		b, err := os.ReadFile(f)
		if err != nil {
			b = []byte(err.Error())
		}
		if f == "/proc/modules" {
			b = firstWords(b) // the use counts are others' business
		}
		out[f] = string(b)
	}
	st, err := os.Stat(h.canary)
	if err != nil {
		t.Fatalf("canary: %v", err)
	}
	out["canary"] = fmt.Sprint(st.Mode(), st.ModTime(), st.Size())
	if entries, err := os.ReadDir(filepath.Dir(h.canary)); err == nil {
		out["beside the canary"] = fmt.Sprint(entries)
	}
	if b, err := os.ReadFile(nstest.RequireHelper(t)); err == nil {
		out["helper"] = fmt.Sprintf("%d bytes, ends with %x", len(b), b[max(0, len(b)-64):])
	}
	return out
}

func firstWords(b []byte) []byte {
	var out bytes.Buffer
	for line := range bytes.Lines(b) {
		word, _, _ := bytes.Cut(line, []byte(" "))
		fmt.Fprintf(&out, "%s\n", word)
	}
	return out.Bytes()
}

func (h *host) take(t *testing.T) nstest.Snapshot {
	t.Helper()
	return nstest.Take(t, nstest.Scope{Root: os.Getpid(), Descriptors: map[string]int{"the test": os.Getpid()}})
}

// lease is the name of the lease that a helper holds: that of its state and
// its cgroups.
func lease(t *testing.T, pid int) string {
	t.Helper()
	fds, err := filepath.Glob(fmt.Sprintf("/proc/%d/fd/*", pid))
	if err != nil {
		t.Fatal(err)
	}
	for _, fd := range fds {
		if to, err := os.Readlink(fd); err == nil && strings.HasPrefix(filepath.Base(to), "lease-") {
			return filepath.Base(to)
		}
	}
	t.Fatal("the helper holds no lease")
	return ""
}

// unharmed fails the test unless the host is as it was and the bait untouched.
func (h *host) unharmed(t *testing.T) {
	t.Helper()
	if n := h.n.Load(); n > 0 {
		t.Errorf("%d connections reached the host's listeners", n)
	}
	for name, was := range h.facts {
		if is := facts(t, h)[name]; is != was {
			t.Errorf("%s was %.200q and is %.200q", name, was, is)
		}
	}
	// While the helper lives: nothing may depend on its end to die.
	var alive []int
	var groups []string
	for end := time.Now().Add(5 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if alive, groups = h.survivors(t), h.groups(t); len(alive)+len(groups) == 0 {
			break
		}
	}
	if len(alive)+len(groups) > 0 {
		t.Errorf("programs of the suite are alive: processes %v, cgroups %q", alive, groups)
	}
	if !h.helper.Running() {
		t.Errorf("the helper has ended: %s", h.helper.Log())
	} else if err := h.helper.Stop(); err != nil {
		t.Error(err)
	}
	nstest.RequireSame(t, h.before, 15*time.Second, func() nstest.Snapshot {
		nstest.Reap(t)
		return h.take(t)
	})
	if log := h.helper.Log(); strings.Contains(log, "panic") || strings.Contains(log, "fatal error") {
		t.Errorf("the helper's log: %s", log)
	}
}

// survivors are the processes whose environment has the suite's token,
// whosoever's children they are now.
func (h *host) survivors(t *testing.T) []int {
	t.Helper()
	dirs, err := filepath.Glob("/proc/[0-9]*/environ")
	if err != nil {
		t.Fatal(err)
	}
	var out []int
	for _, f := range dirs {
		b, err := os.ReadFile(f)
		if err != nil || !bytes.Contains(b, []byte("NSBOX_SUITE="+h.token)) {
			continue
		}
		if pid, err := strconv.Atoi(filepath.Base(filepath.Dir(f))); err == nil {
			out = append(out, pid)
		}
	}
	return out
}

// groups are the cgroups of executions that the helper has. Those of its
// zygotes, which live on, are none, and neither are those of its spares: in each
// of them pid 1 waits at its gate, alone or with a runtime that was started ahead.
func (h *host) groups(t *testing.T) []string {
	t.Helper()
	all := nstest.Take(t, nstest.Scope{Cgroups: []string{"nsbox/" + h.lease}})["cgroups"]
	return slices.DeleteFunc(all, func(path string) bool {
		if name := filepath.Base(path); !strings.HasPrefix(name, "box-") && !strings.HasSuffix(name, "-collect") {
			return true
		}
		b, err := os.ReadFile(filepath.Join(path, "cgroup.procs"))
		return err == nil && slices.ContainsFunc(strings.Fields(string(b)), waits)
	})
}

// waits tells whether a process has no filter yet: so waits a spare's pid 1 at
// its gate, and no program ever runs.
func waits(pid string) bool {
	status, err := os.ReadFile("/proc/" + pid + "/status")
	return err == nil && bytes.Contains(status, []byte("\nSeccomp:\t0\n"))
}

// hostQuotas fails the test where a program that holds all it can get of what
// the kernel counts per user has used up the host's own share. The kernel counts
// such things in every user namespace up to the first, there for the user who
// made the namespace (user_namespaces(7)).
func hostQuotas(t *testing.T) {
	t.Helper()
	fd, err := unix.InotifyInit1(unix.IN_CLOEXEC)
	if err != nil {
		t.Errorf("a program has used up the host's inotify instances: %v", err)
	} else {
		unix.Close(fd)
	}
	// A timer needs a queued signal from the moment it is made.
	var timer int32
	if _, _, errno := unix.Syscall(unix.SYS_TIMER_CREATE, unix.CLOCK_MONOTONIC, 0, uintptr(unsafe.Pointer(&timer))); errno != 0 {
		t.Errorf("a program has used up the host's pending signals: %v", errno)
	} else {
		unix.Syscall(unix.SYS_TIMER_DELETE, uintptr(timer), 0, 0)
	}
	name, attr := []byte("nsbox-quota\x00"), [8]int64{0, 1, 64}
	fd2, _, errno := unix.Syscall6(unix.SYS_MQ_OPEN, uintptr(unsafe.Pointer(&name[0])), unix.O_CREAT|unix.O_RDWR, 0o600, uintptr(unsafe.Pointer(&attr)), 0, 0)
	if errno != 0 {
		t.Errorf("a program has used up the host's message queues: %v", errno)
	} else {
		unix.Close(int(fd2))
		unix.Syscall(unix.SYS_MQ_UNLINK, uintptr(unsafe.Pointer(&name[0])), 0, 0)
	}
}
