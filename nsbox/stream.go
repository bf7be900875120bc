package nsbox

import (
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"syscall"
	"unsafe"

	"github.com/nsbox/nsbox/nsbox/internal/wire"
)

// capture keeps the head and the tail of a stream and counts all of it.
type capture struct {
	limit int64 // bytes to keep
	total int64
	head  []byte
	tail  []byte // a ring once it is full
	next  int    // where the ring goes on
}

func (c *capture) write(p []byte) {
	c.total += int64(len(p))
	// Until the limit everything is kept in one piece; beyond, the second half of
	// it becomes the ring.
	if c.tail == nil && c.total <= c.limit {
		c.head = append(c.head, p...)
		return
	}
	if c.tail == nil {
		half := int(c.limit / 2)
		c.tail = make([]byte, 0, int(c.limit)-half)
		if len(c.head) < half {
			n := min(half-len(c.head), len(p))
			c.head = append(c.head, p[:n]...)
			p = p[n:]
		}
		rest := c.head[min(half, len(c.head)):]
		c.head = c.head[: len(c.head)-len(rest) : len(c.head)-len(rest)]
		c.ring(rest)
	}
	c.ring(p)
}

func (c *capture) ring(p []byte) {
	size := cap(c.tail)
	if size == 0 {
		return
	}
	if len(p) > size {
		p = p[len(p)-size:]
	}
	if n := min(size-len(c.tail), len(p)); n > 0 {
		c.tail = append(c.tail, p[:n]...)
		p = p[n:]
	}
	for len(p) > 0 {
		n := copy(c.tail[c.next:], p)
		c.next = (c.next + n) % size
		p = p[n:]
	}
}

func (c *capture) kept() Kept {
	return Kept{TotalBytes: c.total, KeptBytes: int64(len(c.head) + len(c.tail))}
}

// bytes returns what was kept. Where something is missing, a line in the middle
// says how much.
func (c *capture) bytes() []byte {
	k := c.kept()
	if k.TotalBytes == k.KeptBytes {
		return append(c.head, c.tail...)
	}
	b := append([]byte(nil), c.head...)
	b = fmt.Appendf(b, "\n[nsbox: %d bytes left out]\n", k.TotalBytes-k.KeptBytes)
	b = append(b, c.tail[c.next:]...)
	return append(b, c.tail[:c.next]...)
}

// overrun is how far beyond its limit a stream may go before the program is
// killed: enough that a program which prints somewhat too much still ends by
// itself and shows its last lines.
const overrun = 8 << 20

// stage is one stage while it runs: the client's ends of its streams.
type stage struct {
	name           string
	limits         Limits
	oom            *OOMSign
	stdin          *os.File
	stdout, stderr *capture
	outs           []*os.File
	live           bool
	wg             sync.WaitGroup
	killOnce       sync.Once
	stopResize     chan struct{}
}

// emptyStage is a stage without streams.
func emptyStage(name string, limits Limits, oom *OOMSign) *stage {
	return &stage{
		name: name, limits: limits, oom: oom, stopResize: make(chan struct{}),
		stdout: &capture{limit: int64(limits.MaxOutput)}, stderr: &capture{limit: int64(limits.MaxOutput)},
		// What a compiler says is the caller's to see only where it fails.
		live: name == StageRun,
	}
}

// newStage begins to feed and read the stage's streams. It owns files.
func (r *run) newStage(m wire.Started, limits Limits, oom *OOMSign, files []*os.File) (*stage, error) {
	s := emptyStage(m.Stage, limits, oom)
	want := 3
	if m.TTY {
		want = 1
	}
	if len(files) != want {
		return nil, fmt.Errorf("helper: stage with %d descriptors", len(files))
	}
	for i, f := range files {
		var err error
		if files[i], err = pollable(f); err != nil {
			return nil, err
		}
	}
	if m.TTY {
		s.stdin, s.outs = files[0], files
		s.read(r, files[0], s.stdout, EventStdout, r.req.Stdout)
		go s.resize(r)
	} else {
		s.stdin, s.outs = files[0], files[1:]
		s.read(r, files[1], s.stdout, EventStdout, r.req.Stdout)
		s.read(r, files[2], s.stderr, EventStderr, r.req.Stderr)
	}
	go s.feed(r.req.Stdin, m.TTY)
	return s, nil
}

// pollable makes f one that Go's poller waits for, so that closing it ends a
// read or write that is under way.
func pollable(f *os.File) (*os.File, error) {
	fd := int(f.Fd())
	dup, err := syscall.Dup(fd)
	f.Close()
	if err != nil {
		return nil, os.NewSyscallError("dup", err)
	}
	syscall.CloseOnExec(dup)
	if err := syscall.SetNonblock(dup, true); err != nil {
		syscall.Close(dup)
		return nil, os.NewSyscallError("fcntl", err)
	}
	return os.NewFile(uintptr(dup), "stream"), nil
}

// feed copies the input to the program. With a terminal the descriptor is that
// of the output too and stays open.
func (s *stage) feed(in io.Reader, tty bool) {
	if in != nil && s.live {
		// The program may end without reading: the error then is its own affair.
		_, _ = io.Copy(s.stdin, in)
	}
	if !tty {
		s.stdin.Close()
	}
}

var readBuffers = sync.Pool{New: func() any { return new([32 << 10]byte) }}

func (s *stage) read(r *run, f *os.File, c *capture, typ EventType, live io.Writer) {
	s.wg.Add(1)
	go func() {
		defer s.wg.Done()
		b := readBuffers.Get().(*[32 << 10]byte)
		defer readBuffers.Put(b)
		buf := b[:]
		for {
			n, err := f.Read(buf)
			if n > 0 {
				s.output(r, c, typ, live, buf[:n])
			}
			// EIO is a terminal's end of file: its last user is gone.
			if err != nil {
				return
			}
		}
	}()
}

func (s *stage) output(r *run, c *capture, typ EventType, live io.Writer, b []byte) {
	room := max(0, c.limit-c.total)
	c.write(b)
	if shown := b[:min(int64(len(b)), room)]; len(shown) > 0 && s.live {
		if live != nil {
			// A caller that can't take the output any more does not stop the program.
			_, _ = live.Write(shown)
		}
		if r.events.emit != nil {
			r.events.send(Event{Type: typ, Stage: s.name, Data: append([]byte(nil), shown...)})
		}
	}
	if c.total > c.limit+overrun {
		s.killOnce.Do(func() { _ = r.conn.Send(wire.KindKill, wire.Kill{Reason: wire.KillOutput}) })
	}
}

func (s *stage) resize(r *run) {
	if r.req.TTY == nil || r.req.TTY.Resize == nil {
		return
	}
	for {
		select {
		case size, ok := <-r.req.TTY.Resize:
			if !ok {
				return
			}
			_ = setWinsize(s.stdin, size)
		case <-s.stopResize:
			return
		}
	}
}

// setWinsize is TIOCSWINSZ of tty_ioctl(4).
func setWinsize(f *os.File, size TTYSize) error {
	rc, err := f.SyscallConn()
	if err != nil {
		return err
	}
	ws := [4]uint16{size.Rows, size.Cols}
	var errno syscall.Errno
	err = rc.Control(func(fd uintptr) {
		_, _, errno = syscall.Syscall(syscall.SYS_IOCTL, fd, syscall.TIOCSWINSZ, uintptr(unsafe.Pointer(&ws)))
	})
	if err == nil && errno != 0 {
		err = errno
	}
	return err
}

// finish takes the rest of the output, which ends with the sandbox, as all who
// held the other ends are dead, and completes res.
func (s *stage) finish(res *StageResult) {
	s.wg.Wait()
	s.abandon()
	res.Stdout, res.Stderr = s.stdout.bytes(), s.stderr.bytes()
	if (res.Verdict == NonZero || res.Verdict == Signal) && s.oom.Matches(res.ExitCode, res.Stderr) {
		res.Verdict = OOM
		res.Limit = &LimitHit{Name: "memory", Value: int64(s.limits.Memory), Observed: res.Usage.MemoryPeakBytes}
	}
	for _, c := range []*capture{s.stdout, s.stderr} {
		if c.total <= c.limit {
			continue
		}
		// A program that printed too much and ended by itself keeps its exit status.
		if res.Verdict == OK || res.Verdict == NonZero || res.Verdict == Signal || res.Verdict == OutputLimit {
			res.Verdict = OutputLimit
			res.Limit = &LimitHit{Name: "max_output", Value: c.limit, Observed: c.total}
		}
	}
}

// abandon closes the streams.
func (s *stage) abandon() {
	select {
	case <-s.stopResize:
	default:
		close(s.stopResize)
	}
	for _, f := range append(s.outs, s.stdin) {
		if f == nil {
			continue // of a stage that did not run here
		}
		if err := f.Close(); err != nil && !errors.Is(err, os.ErrClosed) {
			continue
		}
	}
}

// replay hands a failed compile stage's output to the caller.
func (s *stage) replay(req *Request) {
	for _, o := range []struct {
		w io.Writer
		c *capture
	}{{req.Stdout, s.stdout}, {req.Stderr, s.stderr}} {
		if o.w != nil {
			_, _ = o.w.Write(o.c.bytes())
		}
	}
}
