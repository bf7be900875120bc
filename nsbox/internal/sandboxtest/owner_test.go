package sandboxtest

import (
	"bytes"
	"os"
	osexec "os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/internal/nstest"
)

// asOtherEnv has the socket and the sandbox's id in the process that TestOwner
// starts as another user.
const asOtherEnv = "NSBOX_TEST_AS_OTHER"

// A sandbox is its owner's: another user of the helper can neither use it nor
// learn that it is there. Root can use everyone's.
func TestOwner(t *testing.T) {
	nstest.RequireRoot(t)
	dir, err := os.MkdirTemp("", "sandboxtest-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	h := startHelper(t, dir)
	t.Cleanup(func() { _ = h.Stop() })
	c := &nsbox.Client{Socket: h.Socket}
	sb := sandbox(t, c, nsbox.SandboxRequest{Name: "roots", Volume: "data"})
	// Now that it serves, its socket has the mode that it gives it.
	if err := os.Chmod(h.Socket, 0o666); err != nil {
		t.Fatal(err)
	}
	self, err := os.ReadFile("/proc/self/exe")
	if err != nil {
		t.Fatal(err)
	}
	copied := filepath.Join(dir, "test")
	if err := os.WriteFile(copied, self, 0o755); err != nil {
		t.Fatal(err)
	}
	cmd := osexec.Command(copied, "-test.run", "^TestAsOther$", "-test.v")
	cmd.Dir = "/"
	cmd.Env = []string{asOtherEnv + "=" + sb.ID(), "NSBOX_SOCKET=" + h.Socket}
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	out, err := cmd.CombinedOutput()
	if err != nil || !bytes.Contains(out, []byte("--- PASS: TestAsOther")) {
		t.Errorf("as another user: %v\n%s", err, out)
	}
	list, err := c.ListSandboxes(within(t))
	if err != nil {
		t.Fatal(err)
	}
	others := 0
	for _, i := range list {
		if i.Owner == 65534 {
			others++
			if _, err := c.OpenSandbox(within(t), i.ID); i.State == nsbox.SandboxRunning && err != nil {
				t.Errorf("root can't open another's: %v", err)
			}
		}
	}
	if others != 1 {
		t.Errorf("root sees %d sandboxes of the other user: %+v", others, list)
	}
}

// TestAsOther is what TestOwner runs as another user.
func TestAsOther(t *testing.T) {
	id := os.Getenv(asOtherEnv)
	if id == "" {
		return // TestOwner starts it
	}
	c := &nsbox.Client{}
	for _, name := range []string{id, "roots"} {
		_, err := c.OpenSandbox(within(t), name)
		refused(t, err, nsbox.ErrNoSandbox, "you have none")
	}
	list, err := c.ListSandboxes(within(t))
	if err != nil || len(list) != 0 {
		t.Errorf("sees %+v, %v", list, err)
	}
	volumes, err := c.ListVolumes(within(t))
	if err != nil || len(volumes) != 0 {
		t.Errorf("sees %+v, %v", volumes, err)
	}
	// The same names are free for it.
	sb, err := c.CreateSandbox(within(t), nsbox.SandboxRequest{Name: "roots", Volume: "data", Language: "python-slim"})
	if err != nil {
		t.Fatal(err)
	}
	if r, err := sb.Exec(within(t), nsbox.Request{Command: []string{"true"}}); err != nil || r.Verdict != nsbox.OK {
		t.Errorf("%v %s", err, show(r))
	}
}
