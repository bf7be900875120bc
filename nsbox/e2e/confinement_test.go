package e2e

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/internal/nstest"
)

// inside is what the probe below finds in the sandbox.
type inside struct {
	UID, GID   int
	Groups     []int
	Pid        int
	Namespaces map[string]string
	Status     map[string]string
	Proc       []string
	Root       []string
	Dev        []string
	Env        map[string]string
	Hostname   string
	FDs        []string
	Cwd        string
	Cgroup     string
	Limits     map[string][2]int64
	Mounts     []string
	Ifaces     []string
	Sys        bool
	Ctty       bool
	Session    bool
}

const probe = `
import json, os, resource, socket
ns = {n: os.readlink('/proc/self/ns/' + n) for n in ('pid', 'net', 'mnt', 'user', 'ipc', 'uts', 'cgroup')}
status = dict(l.split(':\t', 1) for l in open('/proc/self/status').read().splitlines() if ':\t' in l)
limits = {n: resource.getrlimit(getattr(resource, 'RLIMIT_' + n)) for n in ('CORE', 'NOFILE', 'FSIZE', 'STACK', 'MEMLOCK', 'NICE', 'RTPRIO')}
try:
    os.close(os.open('/dev/tty', os.O_RDWR)); ctty = True
except OSError:
    ctty = False
fds = sorted(os.listdir('/proc/self/fd'))
print(json.dumps(dict(
    UID=os.getuid(), GID=os.getgid(), Groups=os.getgroups(), Pid=os.getpid(), Namespaces=ns, Status=status,
    Proc=os.listdir('/proc'), Root=sorted(os.listdir('/')), Dev=sorted(os.listdir('/dev')), Env=dict(os.environ),
    Hostname=socket.gethostname(), FDs=[f for f in fds if os.path.exists('/proc/self/fd/' + f)], Cwd=os.getcwd(),
    Cgroup=open('/proc/self/cgroup').read(), Limits=limits, Mounts=open('/proc/self/mountinfo').read().splitlines(),
    Ifaces=[l.split(':')[0].strip() for l in open('/proc/self/net/dev').read().splitlines() if ':' in l],
    Sys=os.path.exists('/sys/kernel'), Ctty=ctty, Session=os.getsid(0) == os.getpid())))
`

func probeInside(t *testing.T, c *nsbox.Client, start string) inside {
	t.Helper()
	req := nsbox.Request{Language: "python-slim", Files: []nsbox.File{{Name: "probe.py", Data: []byte(probe)}}}
	res := awaitStart(t, c, start, func() nsbox.Request { return req })
	var in inside
	if err := json.Unmarshal(res.Stdout, &in); err != nil {
		t.Fatalf("%v: %s", err, show(res))
	}
	return in
}

func TestInside(t *testing.T) {
	nstest.RequireImage(t, "python-slim")
	t.Setenv("NSBOX_TEST_SECRET", "leaked")
	t.Run(nsbox.StartExec, func(t *testing.T) {
		checkInside(t, probeInside(t, client(t, "--templates=false"), nsbox.StartExec))
	})
	t.Run(nsbox.StartForked, func(t *testing.T) { checkInside(t, probeInside(t, client(t), nsbox.StartForked)) })
}

func checkInside(t *testing.T, in inside) {
	t.Helper()

	for n, link := range in.Namespaces {
		host, err := os.Readlink("/proc/self/ns/" + n)
		if err != nil {
			t.Fatal(err)
		}
		if link == host {
			t.Errorf("namespace %s is the host's", n)
		}
	}
	if len(in.Namespaces) != 7 {
		t.Errorf("namespaces %v", in.Namespaces)
	}
	if in.UID != 1000 || in.GID != 1000 || len(in.Groups) != 0 {
		t.Errorf("uid %d gid %d groups %v", in.UID, in.GID, in.Groups)
	}
	for _, set := range []string{"CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"} {
		if in.Status[set] != "0000000000000000" {
			t.Errorf("%s is %s", set, in.Status[set])
		}
	}
	if in.Status["NoNewPrivs"] != "1" || in.Status["Seccomp"] != "2" {
		t.Errorf("NoNewPrivs %s, Seccomp %s", in.Status["NoNewPrivs"], in.Status["Seccomp"])
	}
	slices.Sort(in.Proc)
	if want := []string{"2", "self", "thread-self"}; !slices.Equal(in.Proc, want) {
		t.Errorf("/proc has %v, want %v", in.Proc, want)
	}
	if in.Sys {
		t.Error("/sys is there")
	}
	// libcontainer makes core, a link to /proc/kcore, where the host has that; in
	// here it leads nowhere.
	wantDev := []string{"core", "fd", "full", "null", "ptmx", "pts", "random", "shm", "stderr", "stdin", "stdout", "tty", "urandom", "zero"}
	for _, d := range in.Dev {
		if !slices.Contains(wantDev, d) {
			t.Errorf("/dev has %s", d)
		}
	}
	if in.Hostname != "nsbox" {
		t.Errorf("hostname %q", in.Hostname)
	}
	for k, v := range in.Env {
		if v == "leaked" || !slices.Contains([]string{"PATH", "HOME", "LANG", "TMPDIR", "LC_CTYPE"}, k) && !strings.HasPrefix(k, "PYTHON") && k != "MPLBACKEND" && k != "MPLCONFIGDIR" {
			t.Errorf("environment has %s=%s", k, v)
		}
	}
	if !slices.Equal(in.FDs, []string{"0", "1", "2"}) {
		t.Errorf("descriptors %v", in.FDs)
	}
	if in.Cwd != "/workspace" || in.Ctty || !in.Session {
		t.Errorf("cwd %s, controlling terminal %v, own session %v", in.Cwd, in.Ctty, in.Session)
	}
	for _, line := range strings.Split(strings.TrimSpace(in.Cgroup), "\n") {
		if !strings.HasSuffix(line, ":/") && !slices.ContainsFunc([]string{"devices", "cpuset", "blkio", "systemd", "net_", "perf_event", "hugetlb", "rdma", "misc", "freezer"}, func(s string) bool { return strings.Contains(line, s) }) {
			t.Errorf("cgroup path is seen: %s", line)
		}
	}
	for n, l := range map[string][2]int64{"CORE": {0, 0}, "NOFILE": {1024, 1024}, "FSIZE": {100 << 20, 100 << 20}, "MEMLOCK": {0, 0}, "NICE": {0, 0}, "RTPRIO": {0, 0}} {
		if in.Limits[n] != l {
			t.Errorf("rlimit %s is %v, want %v", n, in.Limits[n], l)
		}
	}
	for _, m := range in.Mounts {
		f := strings.Fields(m)
		if f[4] == "/" && !strings.HasPrefix(f[5], "ro,nosuid,nodev") {
			t.Errorf("root is mounted %s", f[5])
		}
	}
	if !slices.Equal(in.Ifaces, []string{"lo"}) {
		t.Errorf("network interfaces %v", in.Ifaces)
	}
}

// Two sandboxes that run at the same time have no id in common.
func TestOwnIDs(t *testing.T) {
	nstest.RequireImage(t, "base")
	c := client(t)
	maps := make(chan string, 2)
	var gates []*os.File
	var wg sync.WaitGroup
	for range 2 {
		r, w, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		gates = append(gates, w)
		wg.Go(func() {
			defer r.Close()
			_, err := c.Run(t.Context(), nsbox.Request{
				Language: "bash", Stdin: r, Stdout: sendTo(maps),
				Files: []nsbox.File{{Name: "main.sh", Data: []byte("cat /proc/self/uid_map; read _")}},
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	seen := map[string]bool{}
	for range 2 {
		for line := range strings.Lines(<-maps) {
			f := strings.Fields(line)
			if len(f) != 3 || f[2] != "1" || f[0] != "0" && f[0] != "1000" || f[1] == "0" || seen[f[1]] {
				t.Errorf("id map line %q; ids seen before: %v", line, seen)
				continue
			}
			seen[f[1]] = true
		}
	}
	if len(seen) != 4 {
		t.Errorf("ids %v; want an init's and a program's of each", seen)
	}
	for _, w := range gates {
		w.Close()
	}
	wg.Wait()
}

// sendTo is a writer whose writes come out of a channel.
type sendTo chan<- string

func (c sendTo) Write(b []byte) (int, error) {
	c <- string(b)
	return len(b), nil
}
