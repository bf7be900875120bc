package supervise

import (
	"crypto/rand"
	"fmt"
	"net"
	"strings"

	"golang.org/x/sys/unix"
)

// notifySocket is where a child tells about itself, as sd_notify(3) does.
type notifySocket struct {
	conn *net.UnixConn
	name string // as in NOTIFY_SOCKET: @ stands for the zero byte
}

// listenNotify makes a socket with an abstract name, which children of any user
// reach. Anyone else does as well, so who writes is asked of the kernel.
func listenNotify() (*notifySocket, error) {
	name := "@nsbox/notify/" + rand.Text()
	conn, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: name, Net: "unixgram"})
	if err != nil {
		return nil, fmt.Errorf("notification socket: %w", err)
	}
	raw, err := conn.SyscallConn()
	if err == nil {
		var set error
		err = raw.Control(func(fd uintptr) {
			set = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_PASSCRED, 1)
		})
		if err == nil {
			err = set
		}
	}
	if err != nil {
		_ = conn.Close()
		return nil, fmt.Errorf("notification socket: %w", err)
	}
	return &notifySocket{conn, name}, nil
}

func (s *notifySocket) close() { _ = s.conn.Close() }

// waitReady closes ready when the process pid says READY=1. It reads on, so
// that what the process says later fills no buffer, until the socket is closed.
func (s *notifySocket) waitReady(pid int, ready chan<- struct{}) {
	buf, oob := make([]byte, 4096), make([]byte, unix.CmsgSpace(unix.SizeofUcred))
	for said := false; ; {
		n, m, _, _, err := s.conn.ReadMsgUnix(buf, oob)
		if err != nil {
			return
		}
		if said || sender(oob[:m]) != pid {
			continue
		}
		for line := range strings.SplitSeq(string(buf[:n]), "\n") {
			if line == "READY=1" && !said {
				said = true
				close(ready)
			}
		}
	}
}

// sender is the pid in a message's credentials, 0 where it has none.
func sender(oob []byte) int {
	msgs, err := unix.ParseSocketControlMessage(oob)
	if err != nil || len(msgs) == 0 {
		return 0
	}
	c, err := unix.ParseUnixCredentials(&msgs[0])
	if err != nil {
		return 0
	}
	return int(c.Pid)
}
