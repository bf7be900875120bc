package helper

import (
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// maxSaid is how much of each stream of a compile stage is kept for the next
// time. Both fit into one packet as base64. A compiler that says more than that
// compiles again: such a program is rarely run twice as it is.
const maxSaid = 16 << 10

// said is what a compile stage wrote, all of it.
type said struct{ stdout, stderr []byte }

// recording passes on to the client what a compile stage writes, and keeps a
// copy while there is little of it.
type recording struct {
	copies []*copying // of stdout and of stderr
}

// copying is one stream under way. kept may be read once done is closed.
type copying struct {
	from, to *os.File
	kept     []byte
	over     chan struct{} // closed when there is more than is kept
	done     chan struct{}
}

// lateClient is how long a client may take, after the compile stage's end, to
// read what that wrote beyond a pipe's capacity.
const lateClient = 10 * time.Second

// record puts a copying between the program's output and the client's. It must
// be called before the client gets its ends.
func (s *streams) record() (*recording, error) {
	rec := &recording{}
	for _, i := range []int{1, 2} {
		r, w, err := pipe()
		if err != nil {
			rec.end()
			return nil, err
		}
		c := &copying{over: make(chan struct{}), done: make(chan struct{})}
		c.from, err = polled(s.client[i])
		if err == nil {
			c.to, err = polled(w)
		} else {
			w.Close()
		}
		s.client[i] = r
		if err != nil {
			if c.from != nil {
				c.from.Close()
			}
			rec.end()
			return nil, err
		}
		rec.copies = append(rec.copies, c)
		go c.run()
	}
	return rec, nil
}

// polled takes f over and returns a descriptor that Go's poller waits for.
func polled(f *os.File) (*os.File, error) {
	defer f.Close()
	fd, err := unix.FcntlInt(f.Fd(), unix.F_DUPFD_CLOEXEC, 0)
	if err != nil {
		return nil, os.NewSyscallError("dup", err)
	}
	if err := unix.SetNonblock(fd, true); err != nil {
		unix.Close(fd)
		return nil, os.NewSyscallError("fcntl", err)
	}
	return os.NewFile(uintptr(fd), f.Name()), nil
}

func (c *copying) run() {
	defer close(c.done)
	defer c.from.Close()
	defer c.to.Close()
	buf := make([]byte, maxSaid)
	var total int
	gone := false // the client, who wants no more
	for {
		n, err := c.from.Read(buf)
		if total <= maxSaid && total+n > maxSaid {
			close(c.over)
		}
		if total += n; total <= maxSaid {
			c.kept = append(c.kept, buf[:n]...)
		}
		if n > 0 && !gone {
			if _, werr := c.to.Write(buf[:n]); werr != nil {
				gone = true
			}
		}
		if err != nil {
			return
		}
	}
}

// said returns what was written once nobody is left who could write more, or
// nil where that is too much to keep. It is called when the sandbox is dead.
func (r *recording) said() *said {
	// The other ends are closed by now. Should one be open all the same, what was
	// built is not worth waiting for.
	late := time.NewTimer(lateClient)
	defer late.Stop()
	for _, c := range r.copies {
		// What fits is in the pipe at once, whatever the client does: there is no
		// wait for it.
		select {
		case <-c.over:
			return nil
		case <-c.done:
		case <-late.C:
			return nil
		}
	}
	for _, c := range r.copies {
		select {
		case <-c.over:
			return nil
		default:
		}
	}
	return &said{r.copies[0].kept, r.copies[1].kept}
}

// end lets the copying end: at once where all was read, else when the client
// has read it or has had its time.
func (r *recording) end() {
	for _, c := range r.copies {
		end := time.Now().Add(lateClient)
		// They fail where the copying has ended already.
		_ = c.from.SetReadDeadline(end)
		_ = c.to.SetWriteDeadline(end)
	}
}
