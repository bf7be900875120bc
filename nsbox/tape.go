package nsbox

import (
	"io"
	"sync"
)

// maxTape is how much input is kept for further runs.
const maxTape = 16 << 20

// tape keeps what was read of a program's input, so that a further run of the
// program reads the same again. A read that an ended run left behind is not
// lost: what it brings is on the tape.
type tape struct {
	src io.Reader

	mu      sync.Mutex
	cond    sync.Cond
	kept    []byte
	err     error // the source's end
	reading bool
	over    bool // more came than is kept
}

func newTape(src io.Reader) *tape {
	t := &tape{src: src}
	t.cond.L = &t.mu
	return t
}

// whole reports whether a further run can read all that was read.
func (t *tape) whole() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return !t.over
}

// reader returns a reader that begins at the tape's start.
func (t *tape) reader() io.Reader { return &tapeReader{t: t} }

type tapeReader struct {
	t  *tape
	at int
}

func (r *tapeReader) Read(p []byte) (int, error) {
	t := r.t
	t.mu.Lock()
	defer t.mu.Unlock()
	for {
		switch {
		case len(p) == 0:
			return 0, nil
		case r.at < len(t.kept):
			n := copy(p, t.kept[r.at:])
			r.at += n
			return n, nil
		case t.err != nil:
			return 0, t.err
		case t.over:
			// Past what is kept there is one reader only: the first run's.
			t.mu.Unlock()
			n, err := t.src.Read(p)
			t.mu.Lock()
			return n, err
		case t.reading:
			t.cond.Wait()
		default:
			t.fill(len(p))
		}
	}
}

// fill reads from the source, with the lock given up.
func (t *tape) fill(n int) {
	t.reading = true
	t.mu.Unlock()
	buf := make([]byte, min(n, 64<<10))
	n, err := t.src.Read(buf)
	t.mu.Lock()
	t.reading = false
	t.kept = append(t.kept, buf[:n]...)
	t.over = len(t.kept) >= maxTape
	t.err = err
	t.cond.Broadcast()
}
