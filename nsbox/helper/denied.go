package helper

import (
	"errors"
	"os"
	"slices"
	"strings"
	"sync"
	"time"
	"unsafe"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/internal/seccomp"
	"golang.org/x/sys/unix"
)

// listener answers the calls that a program's filter refuses, and counts them.
// The filter stops the caller until the answer comes; it is always a refusal,
// so nothing of the caller's memory is ever looked at.
type listener struct {
	f *os.File

	mu sync.Mutex
	// kill, when set, ends the program on the first refusal instead.
	kill   func()
	counts map[int32]int64
}

// Beyond this many refusals the answers slow down: a program that makes refused
// calls in a loop spends the helper's time, which its own limits do not cover.
const (
	quickAnswers = 1000
	slowAnswer   = time.Millisecond
	// maxDenied bounds how many different calls are named.
	maxDenied = 32
)

// seccompNotif is struct seccomp_notif, seccompNotifResp struct
// seccomp_notif_resp of linux/seccomp.h.
type (
	seccompNotif struct {
		id    uint64
		pid   uint32
		flags uint32
		nr    int32
		arch  uint32
		ip    uint64
		args  [6]uint64
	}
	seccompNotifResp struct {
		id    uint64
		val   int64
		error int32
		flags uint32
	}
)

// ioctl numbers of linux/seccomp.h.
const (
	notifRecv = 0xc0502100
	notifSend = 0xc0182101
)

// serve answers until the last process with the filter is dead. It owns l.f.
func (l *listener) serve() {
	defer l.f.Close()
	rc, err := l.f.SyscallConn()
	if err != nil {
		return
	}
	for n := 1; ; n++ {
		over := false
		err := rc.Read(func(fd uintptr) bool {
			fds := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}
			if _, err := unix.Poll(fds, 0); err != nil {
				return errors.Is(err, unix.EINTR)
			}
			switch {
			case fds[0].Revents&unix.POLLIN != 0:
				l.answer(fd)
				return true
			case fds[0].Revents != 0:
				over = true // POLLHUP: nobody has the filter any more
				return true
			}
			return false
		})
		if err != nil || over {
			return
		}
		if n > quickAnswers {
			time.Sleep(slowAnswer)
		}
	}
}

func (l *listener) answer(fd uintptr) {
	var n seccompNotif
	if _, _, errno := unix.Syscall(unix.SYS_IOCTL, fd, notifRecv, uintptr(unsafe.Pointer(&n))); errno != 0 {
		return // the caller was killed in between
	}
	l.mu.Lock()
	if l.counts == nil {
		l.counts = map[int32]int64{}
	}
	if _, known := l.counts[n.nr]; known || len(l.counts) < maxDenied {
		l.counts[n.nr]++
	}
	kill := l.kill
	l.mu.Unlock()
	if kill != nil {
		kill()
		return
	}
	r := seccompNotifResp{id: n.id, error: -int32(unix.EPERM)}
	// ENOENT: the caller was killed in between.
	_, _, _ = unix.Syscall(unix.SYS_IOCTL, fd, notifSend, uintptr(unsafe.Pointer(&r)))
}

// forget drops what was counted so far: it was not the user's program's.
func (l *listener) forget() {
	if l == nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.counts = nil
}

// killAt sets kill for what follows.
func (l *listener) killAt(kill func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.kill = kill
}

// denied lists the refused calls, the most frequent first.
func (l *listener) denied() []nsbox.DeniedCall {
	if l == nil {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	var list []nsbox.DeniedCall
	for nr, count := range l.counts {
		list = append(list, nsbox.DeniedCall{Syscall: seccomp.SyscallName(int(nr)), Count: count})
	}
	slices.SortFunc(list, func(a, b nsbox.DeniedCall) int {
		if a.Count != b.Count {
			return int(min(max(b.Count-a.Count, -1), 1))
		}
		return strings.Compare(a.Syscall, b.Syscall)
	})
	return list
}
