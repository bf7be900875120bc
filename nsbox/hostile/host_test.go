package hostile_test

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sys/unix"

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
	return h
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
	return nstest.Take(t, nstest.Scope{Root: os.Getpid(), Cgroup: ownCgroups(t), Descriptors: map[string]int{"the test": os.Getpid()}})
}

// ownCgroups is a part of the path of every cgroup below the test's own one, so
// that others on the machine don't count.
func ownCgroups(t *testing.T) string {
	t.Helper()
	b, err := os.ReadFile("/proc/self/cgroup")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(b)) {
		if f := strings.SplitN(strings.TrimSpace(line), ":", 3); len(f) == 3 && len(f[2]) > 1 {
			return f[2] + "/"
		}
	}
	return "/nsbox"
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
	nstest.RequireSame(t, h.before, 15*time.Second, func() nstest.Snapshot {
		nstest.Reap(t)
		return h.take(t)
	})
	if pids := h.survivors(t); len(pids) > 0 {
		t.Errorf("programs of the suite are alive: processes %v", pids)
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
