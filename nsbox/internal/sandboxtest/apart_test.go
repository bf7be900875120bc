package sandboxtest

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/internal/nstest"
)

// background runs a program until the test's end and waits for its first output.
func background(t *testing.T, sb *nsbox.Sandbox, code string) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	out, done := make(chan bool, 1), make(chan struct{})
	go func() {
		defer close(done)
		r, err := sb.Exec(ctx, nsbox.Request{
			Files: []nsbox.File{{Data: []byte(code)}},
			OnEvent: func(e nsbox.Event) {
				if e.Type == nsbox.EventStdout {
					select {
					case out <- true:
					default:
					}
				}
			},
		})
		if err == nil && r.Verdict != nsbox.Cancelled || err != nil && !errors.Is(err, nsbox.ErrNoSandbox) && !errors.Is(err, nsbox.ErrHelperEnded) {
			t.Errorf("in the background: %v %s", err, show(r))
		}
	}()
	t.Cleanup(func() { cancel(); <-done })
	select {
	case <-out:
	case <-done:
		t.FailNow()
	case <-time.After(20 * time.Second):
		t.Fatal("it printed nothing")
	}
}

// Two sandboxes share nothing that has a name.
func TestSandboxesApart(t *testing.T) {
	c := client(t)
	a, b := sandbox(t, c, nsbox.SandboxRequest{}), sandbox(t, c, nsbox.SandboxRequest{})
	background(t, a, `
import socket, time
open('/workspace/f', 'w').close(); open('/tmp/f', 'w').close(); open('/dev/shm/f', 'w').close()
s = socket.socket(); s.bind(('127.0.0.1', 4000)); s.listen()
u = socket.socket(socket.AF_UNIX); u.bind('\0abstract'); u.listen()
print(1, flush=True); time.sleep(60)`)
	probe := `
import os, socket
print(os.listdir('/workspace') != [] and os.listdir('/workspace')[0][:4], os.listdir('/tmp'), os.listdir('/dev/shm'))
def meets(family, to):
    try:
        s = socket.socket(family); s.connect(to); return True
    except OSError: return False
print(meets(socket.AF_INET, ('127.0.0.1', 4000)), meets(socket.AF_UNIX, '\0abstract'))`
	prints(t, b, probe, "main [] []\nFalse False\n")
	res, err := c.Run(within(t), nsbox.Request{Language: "python-slim", Files: []nsbox.File{{Name: "main.py", Data: []byte(probe)}}})
	if err != nil || string(res.Stdout) != "main [] []\nFalse False\n" {
		t.Errorf("a one-shot run: %v %s", err, show(res))
	}
	// Another execution in the first meets them,
	r := exec(t, a, probe)
	// but for abstract sockets, which Landlock keeps to the execution where it can.
	if !strings.Contains(string(r.Stdout), "True ") || !strings.Contains(string(r.Stdout), "['f']") {
		t.Error(show(r))
	}
}

// Executions in one sandbox don't see, signal or read one another, and have no
// descriptor but their own streams.
func TestExecutionsApart(t *testing.T) {
	sb := sandbox(t, client(t), nsbox.SandboxRequest{})
	if r := eval(t, sb, "secret = 'in the interpreter'"); r.Verdict != nsbox.OK {
		t.Fatal(show(r))
	}
	background(t, sb, "import time\nprint('up', flush=True)\nwhile True: time.sleep(1)")
	prints(t, sb, `
import os, signal
print(sorted(p for p in os.listdir('/proc') if p.isdigit()), os.getpid(), os.getppid())
hit = []
for pid in range(-1, 300):
    if pid in (0, os.getpid()): continue
    if pid == -1: signal.signal(signal.SIGTERM, signal.SIG_IGN)
    try: os.kill(pid, signal.SIGTERM if pid == -1 else 0); hit.append(pid)
    except (ProcessLookupError, PermissionError): pass
print(hit)
fds = []
for n in os.listdir('/proc/self/fd'):
    try: fds.append((n, os.readlink('/proc/self/fd/' + n).split(':')[0]))
    except OSError: pass
print(sorted(fds))
for n in range(300):
    for what in ('fd', 'mem', 'root', 'cwd', 'environ', 'ns/pid'):
        if str(n) != str(os.getpid()) and os.path.exists(f'/proc/{n}/{what}'): print('sees', n, what)
`, "['2'] 2 1\n[]\n[('0', 'pipe'), ('1', 'pipe'), ('2', 'pipe')]\n")
	for _, code := range []string{
		"import os\nos.unshare(0x10000000)", // CLONE_NEWUSER
		"import ctypes\nl = ctypes.CDLL(None, use_errno=True)\nfor f in (0x20000000, 0x20000, 0x2000000, 0x10000000):\n  if l.unshare(f) == 0: raise SystemExit(0)\nraise SystemExit(5)",
		"import ctypes, os\nl = ctypes.CDLL(None, use_errno=True)\nfor p in ('user', 'pid', 'mnt', 'net'):\n  fd = os.open('/proc/self/ns/' + p, 0)\n  if l.setns(fd, 0) == 0: raise SystemExit(0)\nraise SystemExit(5)",
	} {
		if r := exec(t, sb, code); r.Verdict == nsbox.OK {
			t.Errorf("%s: %s", code, show(r))
		}
	}
	prints(t, sb, `
import os
s = dict(l.split(':\t') for l in open('/proc/self/status').read().splitlines() if ':\t' in l)
print(*(s[k].strip() for k in ('CapEff', 'CapPrm', 'CapBnd', 'CapAmb', 'CapInh', 'NoNewPrivs', 'Seccomp')))
print(open('/proc/self/cgroup').read().replace('\n', ' ')[:4], 'live' in open('/proc/self/cgroup').read(), os.path.exists('/proc/sys'))
`, strings.Repeat("0000000000000000 ", 5)+"1 2\n"+firstCgroup(t)+" False False\n")
	if r := eval(t, sb, "secret"); r.Value == nil || r.Value.Text != "'in the interpreter'" {
		t.Error(show(r))
	}
}

// firstCgroup is how the list of cgroups begins here, which is all that is the
// host's about it.
func firstCgroup(t *testing.T) string {
	b, err := os.ReadFile("/proc/self/cgroup")
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(string(b), "\n", " ")[:4]
}

// A volume brings back what the last sandbox had, its kinds and modes included.
func TestVolume(t *testing.T) {
	c := client(t)
	req := nsbox.SandboxRequest{Volume: "vol-1", Limits: nsbox.Limits{Disk: 16 * nsbox.MiB, Inodes: 500}}
	sb := sandbox(t, c, req)
	_, err := c.CreateSandbox(within(t), nsbox.SandboxRequest{Language: "python-slim", Volume: "vol-1"})
	refused(t, err, nsbox.ErrBusy, `volume "vol-1" belongs to a sandbox that lives`)
	prints(t, sb, `
import os
os.makedirs('d/e'); open('d/e/f', 'wb').write(bytes(range(256)) * 100); os.chmod('d/e/f', 0o640)
os.symlink('/etc/passwd', 'd/link'); os.mkfifo('fifo'); os.mkdir('empty'); os.chmod('d/e', 0o500)
open('shut', 'w').write('x'); os.chmod('shut', 0)
open('n' * 250, 'w').close(); os.utime('shut', (1000000000, 1000000000))
os.link('shut', 'hard'); open(b'\xff\xfe', 'w').close()
open('/tmp/not', 'w').close(); print(1)`, "1\n")
	if err := sb.Close(within(t)); err != nil {
		t.Fatal(err)
	}
	list, err := c.ListVolumes(within(t))
	if err != nil || len(list) != 1 || list[0].Name != "vol-1" || list[0].Size == 0 || list[0].Sandbox != "" {
		t.Errorf("%v %+v", err, list)
	}
	sb = sandbox(t, c, req)
	prints(t, sb, `
import os, stat
for root, dirs, files in os.walk(b'.'):
    dirs.sort()
    for n in sorted(dirs + files):
        if n.startswith(b'main-'): continue
        p = os.path.join(root, n); st = os.lstat(p)
        print(p.decode('latin-1')[:12], stat.filemode(st.st_mode), os.readlink(p) if stat.S_ISLNK(st.st_mode) else '')
print(open('d/e/f', 'rb').read() == bytes(range(256)) * 100, os.stat('shut').st_mtime, os.listdir('/tmp'))
`, strings.ReplaceAll(`./d drwxr-xr-x|
./empty drwxr-xr-x|
./hard ----------|
./nnnnnnnnnn -rw-r--r--|
./shut ----------|
./ÿþ -rw-r--r--|
./d/e dr-x------|
./d/link lrwxrwxrwx b'/etc/passwd'
./d/e/f -rw-r-----|
True 1000000000.0 []
`, "|", " "))
}

// Where the volume can't be kept, that is said, and the last state stays.
func TestVolumeQuota(t *testing.T) {
	c := client(t)
	req := nsbox.SandboxRequest{Volume: "vol-2", Limits: nsbox.Limits{Disk: 4 * nsbox.MiB}}
	sb := sandbox(t, c, req)
	if err := sb.WriteFile(within(t), "f", []byte("first"), 0); err != nil {
		t.Fatal(err)
	}
	if i, err := sb.Save(within(t)); err != nil || i.Saved == nil {
		t.Fatalf("%v %+v", err, i)
	}
	// Holes: more bytes than the limit, in no memory at all.
	prints(t, sb, "for i in range(3): open(f'h{i}', 'w').truncate(3 << 20)\nopen('f', 'w').write('second')\nprint(1)", "1\n")
	_, err := sb.Save(within(t))
	refused(t, err, nsbox.ErrBadRequest, "more bytes than the volume may hold")
	prints(t, sb, "print(2)", "2\n") // it runs on
	if err := sb.Close(within(t)); err != nil {
		t.Fatal(err)
	}
	if i, err := sb.Info(within(t)); err != nil || !strings.Contains(i.Reason, "its volume could not be saved") {
		t.Errorf("%v %q", err, i.Reason)
	}
	sb = sandbox(t, c, req)
	if got, err := sb.ReadFile(within(t), "f"); err != nil || string(got) != "first" {
		t.Errorf("%q %v", got, err)
	}
	refused(t, c.RemoveVolume(within(t), "vol-2"), nsbox.ErrBusy, "belongs to a sandbox that lives")
	if err := sb.Close(within(t)); err != nil {
		t.Fatal(err)
	}
	if err := c.RemoveVolume(within(t), "vol-2"); err != nil {
		t.Error(err)
	}
	refused(t, c.RemoveVolume(within(t), "../../x"), nsbox.ErrBadRequest, "the volume's name")
	_, err = sandbox(t, c, nsbox.SandboxRequest{}).Save(within(t))
	refused(t, err, nsbox.ErrBadRequest, "the sandbox has no volume")
}

// The end of the helper, by whichever way, is the end of its sandboxes; volumes
// stay as they were last saved. Nothing else is left.
func TestHelperEnds(t *testing.T) {
	nstest.RequireRoot(t)
	nstest.RequireImage(t, "python-slim")
	dir := t.TempDir()
	scope := func() nstest.Scope {
		return nstest.Scope{Root: os.Getpid(), Dirs: []string{filepath.Join(dir, "volumes")}}
	}
	nstest.BecomeSubreaper(t)
	before := nstest.Take(t, nstest.Scope{Root: os.Getpid()})
	h := startHelper(t, dir)
	c := &nsbox.Client{Socket: h.Socket}
	fill := func() *nsbox.Sandbox {
		sb, err := c.CreateSandbox(within(t), nsbox.SandboxRequest{Language: "python-slim", Volume: "v"})
		if err != nil {
			t.Fatal(err)
		}
		if r := eval(t, sb, "import subprocess; p = subprocess.Popen(['sleep', '600'])"); r.Verdict != nsbox.OK {
			t.Fatal(show(r))
		}
		background(t, sb, "import os, time\nos.fork()\nprint(1, flush=True)\ntime.sleep(600)")
		return sb
	}
	sb := fill()
	if err := sb.WriteFile(within(t), "f", []byte("saved"), 0); err != nil {
		t.Fatal(err)
	}
	if _, err := sb.Save(within(t)); err != nil {
		t.Fatal(err)
	}
	if err := sb.WriteFile(within(t), "f", []byte("lost"), 0); err != nil {
		t.Fatal(err)
	}
	if err := h.Kill(); err != nil {
		t.Fatal(err)
	}
	h = startHelper(t, dir)
	c = &nsbox.Client{Socket: h.Socket}
	if list, err := c.ListSandboxes(within(t)); err != nil || len(list) != 0 {
		t.Errorf("%v %+v", err, list)
	}
	sb = fill()
	if got, err := sb.ReadFile(within(t), "f"); err != nil || string(got) != "saved" {
		t.Errorf("%q %v", got, err)
	}
	if err := sb.WriteFile(within(t), "f", []byte("kept"), 0); err != nil {
		t.Fatal(err)
	}
	if err := h.Stop(); err != nil {
		t.Fatal(err)
	}
	h = startHelper(t, dir)
	c = &nsbox.Client{Socket: h.Socket}
	sb = fill()
	if got, err := sb.ReadFile(within(t), "f"); err != nil || string(got) != "kept" {
		t.Errorf("after a helper that was stopped: %q %v", got, err)
	}
	if err := sb.Close(within(t)); err != nil {
		t.Error(err)
	}
	if err := h.Stop(); err != nil {
		t.Error(err)
	}
	if log := h.Log(); log != "" {
		t.Errorf("the helper said: %s", log)
	}
	nstest.RequireSame(t, before, 10*time.Second, func() nstest.Snapshot {
		nstest.Reap(t, helperPid)
		return nstest.Take(t, nstest.Scope{Root: os.Getpid()})
	})
	for _, item := range nstest.Take(t, scope())["files"] {
		if !strings.HasSuffix(item, "v.tar") && !strings.HasSuffix(item, "v.lock") && !strings.HasSuffix(item, "/0") {
			t.Errorf("left: %s", item)
		}
	}
}

// Many sandboxes, one after the other, leave nothing in the helper.
func TestNothingLeft(t *testing.T) {
	c := client(t)
	var groups []string
	one := func() {
		sb := sandbox(t, c, nsbox.SandboxRequest{})
		groups = append(groups, "live-"+sb.ID())
		eval(t, sb, "1")
		exec(t, sb, "1")
		if err := sb.WriteFile(within(t), "f", []byte("x"), 0); err != nil {
			t.Fatal(err)
		}
		if err := sb.Close(within(t)); err != nil {
			t.Fatal(err)
		}
	}
	one()
	scope := nstest.Scope{Root: helperPid, Descriptors: map[string]int{"the helper": helperPid}}
	before := nstest.Take(t, scope)
	for range 10 {
		one()
	}
	nstest.RequireSame(t, before, 10*time.Second, func() nstest.Snapshot { return nstest.Take(t, scope) })
	if left := nstest.Take(t, nstest.Scope{Cgroups: groups})["cgroups"]; len(left) > 0 {
		t.Errorf("cgroups are left: %q", left)
	}
}
