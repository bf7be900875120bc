package cli

import (
	"bytes"
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

	"github.com/nsbox/nsbox/nsbox/internal/nstest"
)

// openPTY returns both ends of a new pseudo-terminal, and what changes its size.
func openPTY(t *testing.T, rows, cols uint16) (master, slave *os.File, resize func(rows, cols uint16)) {
	t.Helper()
	// Fd would make it block, and then no deadline ends a read.
	fd, err := unix.Open("/dev/ptmx", unix.O_RDWR|unix.O_NOCTTY|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	master = os.NewFile(uintptr(fd), "/dev/ptmx")
	t.Cleanup(func() { master.Close() })
	if err := unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	n, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	if slave, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|unix.O_NOCTTY, 0); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { slave.Close() })
	resize = func(rows, cols uint16) {
		t.Helper()
		if err := unix.IoctlSetWinsize(fd, unix.TIOCSWINSZ, &unix.Winsize{Row: rows, Col: cols}); err != nil {
			t.Fatal(err)
		}
	}
	resize(rows, cols)
	return master, slave, resize
}

// --tty gives the program a terminal of this one's size, hands keys over as they
// are, Ctrl-C included, follows a change of size, and leaves the terminal as it
// was.
func TestTerminal(t *testing.T) {
	nstest.RequireRoot(t)
	helper := nstest.RequireHelper(t)
	nstest.RequireFile(t, "/var/lib/nsbox/images/images/python-slim.json", "run make rootfs")
	program := filepath.Join(t.TempDir(), "main.py")
	if err := os.WriteFile(program, []byte(`
import os, signal, sys, time
print("tty", os.isatty(0), os.isatty(1), os.get_terminal_size(), os.environ["TERM"], flush=True)
print("read", input(), flush=True)
def resized(*_):
    print("now", os.get_terminal_size(), flush=True)
signal.signal(signal.SIGWINCH, resized)
try:
    print("resize", flush=True)
    while True: time.sleep(0.05)
except KeyboardInterrupt:
    print("interrupted", flush=True)
sys.exit(7)
`), 0o600); err != nil {
		t.Fatal(err)
	}
	master, slave, resize := openPTY(t, 33, 99)
	before, err := unix.IoctlGetTermios(int(slave.Fd()), unix.TCGETS)
	if err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	// The name makes this test binary the command nsbox; see TestMain.
	link := filepath.Join(t.TempDir(), "nsbox")
	if err := os.Symlink(self, link); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(link, "exec", "--tty", "--lang", "python-slim", program)
	cmd.Env = []string{"NSBOX_HELPER=" + helper, "TERM=xterm", "HOME=" + t.TempDir(), "PATH=" + os.Getenv("PATH")}
	cmd.Stdin, cmd.Stdout, cmd.Stderr = slave, slave, slave
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true, Ctty: 0}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer time.AfterFunc(30*time.Second, func() { _ = cmd.Process.Kill() }).Stop()
	screen := &reader{r: master}
	screen.expect(t, "tty True True os.terminal_size(columns=99, lines=33) xterm\r\n")
	send(t, master, "abc\r")
	screen.expect(t, "read abc\r\n")
	screen.expect(t, "resize\r\n")
	resize(20, 70)
	screen.expect(t, "now os.terminal_size(columns=70, lines=20)\r\n")
	send(t, master, "\x03")
	screen.expect(t, "interrupted\r\n")
	_ = cmd.Wait()
	if got := cmd.ProcessState.ExitCode(); got != 7 {
		t.Errorf("exit status %d; want 7", got)
	}
	after, err := unix.IoctlGetTermios(int(slave.Fd()), unix.TCGETS)
	if err != nil {
		t.Fatal(err)
	}
	if *after != *before {
		t.Errorf("the terminal is not as it was:\n%+v\n%+v", before, after)
	}
}

func send(t *testing.T, w io.Writer, keys string) {
	t.Helper()
	if _, err := io.WriteString(w, keys); err != nil {
		t.Fatal(err)
	}
}

// reader reads a terminal until a text has come.
type reader struct {
	r    *os.File
	seen bytes.Buffer
}

func (r *reader) expect(t *testing.T, text string) {
	t.Helper()
	// The test holds the other end open, so a command that ended shows no end.
	if err := r.r.SetReadDeadline(time.Now().Add(30 * time.Second)); err != nil {
		t.Fatal(err)
	}
	buf := make([]byte, 1024)
	for !strings.Contains(r.seen.String(), text) {
		n, err := r.r.Read(buf)
		r.seen.Write(buf[:n])
		if err != nil {
			t.Fatalf("waiting for %q: %v; the terminal shows %q", text, err, r.seen.String())
		}
	}
}
