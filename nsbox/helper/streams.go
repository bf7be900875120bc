package helper

import (
	"errors"
	"fmt"
	"net"
	"os"
	"time"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/internal/zygote"
	"golang.org/x/sys/unix"
)

// streams are the two sides of a program's standard descriptors.
type streams struct {
	child  [3]*os.File // stdin, stdout, stderr; all the same with a terminal
	client []*os.File  // stdin, stdout, stderr; or the terminal's master
}

// openStreams makes pipes, or a terminal, that belong to the program's id: it
// may open /dev/stdout again, and a quota counts for it alone.
func openStreams(owner int, tty *nsbox.TTYSize) (*streams, error) {
	if tty != nil {
		return openTerminal(owner, *tty)
	}
	s := &streams{client: make([]*os.File, 3)}
	for i := range s.child {
		r, w, err := pipe()
		if err != nil {
			s.close()
			return nil, err
		}
		if i == 0 {
			s.child[i], s.client[i] = r, w
		} else {
			s.child[i], s.client[i] = w, r
		}
		if err := s.child[i].Chown(owner, owner); err != nil {
			s.close()
			return nil, fmt.Errorf("streams: %w", err)
		}
	}
	return s, nil
}

// openTerminal makes a pseudo-terminal. Its slave gets to the sandbox as a
// descriptor; the sandbox has no path to it.
func openTerminal(owner int, size nsbox.TTYSize) (*streams, error) {
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("terminal: %w", err)
	}
	s := &streams{client: []*os.File{master}}
	fd := int(master.Fd())
	err = unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0)
	var slave int
	if err == nil {
		// The slave by the master itself, never by a path (ioctl_tty(2), TIOCGPTPEER).
		slave, err = openPeer(fd)
	}
	if err == nil {
		f := os.NewFile(uintptr(slave), "terminal")
		s.child = [3]*os.File{f, f, f}
		err = errors.Join(f.Chown(owner, owner), f.Chmod(0o600),
			unix.IoctlSetWinsize(fd, unix.TIOCSWINSZ, &unix.Winsize{Row: size.Rows, Col: size.Cols}))
	}
	if err != nil {
		s.close()
		return nil, fmt.Errorf("terminal: %w", err)
	}
	return s, nil
}

// tiocgptpeer is TIOCGPTPEER of asm-generic/ioctls.h.
const tiocgptpeer = 0x5441

// openPeer asks for the slave with the flags that TIOCGPTPEER takes.
func openPeer(master int) (int, error) {
	fd, _, errno := unix.Syscall(unix.SYS_IOCTL, uintptr(master), tiocgptpeer, unix.O_RDWR|unix.O_NOCTTY|unix.O_CLOEXEC)
	if errno != 0 {
		return -1, errno
	}
	return int(fd), nil
}

func (s *streams) closeChild() {
	for i, f := range s.child {
		if f != nil && (i == 0 || f != s.child[0]) {
			f.Close()
		}
	}
	s.child = [3]*os.File{}
}

func (s *streams) close() {
	s.closeChild()
	s.closeClient()
}

func (s *streams) closeClient() {
	for _, f := range s.client {
		if f != nil {
			f.Close()
		}
	}
	s.client = nil
}

// pipe returns a pipe whose ends block: one of them becomes a program's. Files
// of this kind are read by a thread, so few stay open for long on this side.
func pipe() (r, w *os.File, err error) {
	var p [2]int
	if err := unix.Pipe2(p[:], unix.O_CLOEXEC); err != nil {
		return nil, nil, os.NewSyscallError("pipe", err)
	}
	return os.NewFile(uintptr(p[0]), "pipe"), os.NewFile(uintptr(p[1]), "pipe"), nil
}

// reportSocket makes the socket that a sandbox reports over. The child's end
// blocks.
func reportSocket() (ours *net.UnixConn, child *os.File, err error) {
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_SEQPACKET|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, nil, os.NewSyscallError("socketpair", err)
	}
	child = os.NewFile(uintptr(fds[1]), "report")
	f := os.NewFile(uintptr(fds[0]), "report")
	defer f.Close()
	c, err := net.FileConn(f)
	if err != nil {
		child.Close()
		return nil, nil, fmt.Errorf("report socket: %w", err)
	}
	return c.(*net.UnixConn), child, nil
}

// reopen returns a read-only descriptor of a memfd with an offset of its own.
func reopen(f *os.File) (*os.File, error) {
	own, err := os.Open(fmt.Sprintf("/proc/self/fd/%d", f.Fd()))
	if err != nil {
		return nil, fmt.Errorf("files: %w", err)
	}
	return own, nil
}

// waitDead waits until the process that p refers to is dead; with a limit of
// zero, for ever. It spends no thread: Go's poller waits for the pidfd.
func waitDead(p *zygote.Process, limit time.Duration) error {
	var deadline time.Time
	if limit > 0 {
		deadline = time.Now().Add(limit)
	}
	if err := p.Pidfd.SetReadDeadline(deadline); err != nil {
		return fmt.Errorf("wait: %w", err)
	}
	rc, err := p.Pidfd.SyscallConn()
	if err != nil {
		return fmt.Errorf("wait: %w", err)
	}
	var perr error
	err = rc.Read(func(fd uintptr) bool {
		fds := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}
		var n int
		for {
			if n, perr = unix.Poll(fds, 0); !errors.Is(perr, unix.EINTR) {
				return n > 0 || perr != nil
			}
		}
	})
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return fmt.Errorf("a killed process is still alive after %v", limit)
	}
	return errors.Join(err, perr)
}
