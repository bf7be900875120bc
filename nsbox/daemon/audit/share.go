package audit

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"

	"golang.org/x/sys/unix"

	"github.com/nsbox/nsbox/nsbox/store"
)

// A daemon and the commands of an administrator may write one log at the same time.
// The lock is the kernel's own on the open file (flock(2)), held for one line: it
// ends with its holder, however that ends. A full file is renamed by whoever has its
// lock, so that who gets a lock looks whether the file is still the one at the path.
// What others wrote meanwhile is taken in before the next line: it goes on with
// theirs.

// lockTimeout bounds how long a line waits for the others' lines. They take
// microseconds; who holds the lock for longer is stuck.
const lockTimeout = 5 * time.Second

var errLocked = fmt.Errorf("another process has held its lock for %s", lockTimeout)

// lock gets the file at the path to the caller alone, and takes in what others
// wrote. l.mu is held. Each lock is followed by an unlock.
func (l *Log) lock() error {
	for {
		if err := flock(l.f); err != nil {
			return err
		}
		same, err := l.atPath()
		if err == nil && same {
			if l.moved {
				// Only now, as nobody can begin another file any more.
				if err = l.takeInFull(); err == nil {
					l.moved = false
				}
			}
			if err == nil {
				err = l.takeIn()
			}
			if err != nil {
				l.unlock()
			}
			return err
		}
		if err == nil {
			err = l.reopen()
		}
		if err != nil {
			l.unlock()
			return err
		}
	}
}

func (l *Log) unlock() { _ = unix.Flock(int(l.f.Fd()), unix.LOCK_UN) } // closing it is as good

// flock waits for the lock of f.
func flock(f *os.File) error {
	wait := 100 * time.Microsecond
	for end := time.Now().Add(lockTimeout); ; wait = min(2*wait, 20*time.Millisecond) {
		err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
		switch {
		case err == nil:
			return nil
		case errors.Is(err, unix.EINTR):
		case !errors.Is(err, unix.EWOULDBLOCK):
			return os.NewSyscallError("flock", err)
		case time.Now().After(end):
			return errLocked
		}
		time.Sleep(wait)
	}
}

// atPath tells whether the open file is the one that the path names.
func (l *Log) atPath() (bool, error) {
	have, err := l.f.Stat()
	if err != nil {
		return false, err
	}
	named, err := os.Stat(l.opts.Path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil && os.SameFile(have, named), err
}

// reopen takes the file that is at the path now in place of the open one, which was
// renamed: what others wrote to it is in one of the full files.
func (l *Log) reopen() error {
	f, err := openLog(l.opts.Path)
	if err != nil {
		return err
	}
	if l.dirty {
		err = l.f.Sync()
	}
	_ = l.f.Close() // and its lock is gone
	l.f, l.size, l.dirty, l.moved = f, 0, false, true
	return err
}

// takeInFull reads the lines of files that others began and filled since the last
// line. The lock of the file at the path is held.
func (l *Log) takeInFull() error {
	old, err := oldFiles(l.opts.Path)
	if err != nil {
		return err
	}
	seen := oldName(l.opts.Path, l.seq)
	for _, path := range old {
		if path <= seen { // the name has the last line's number
			continue
		}
		err := eachLine(path, func(text []byte) error { l.follow(text); return nil })
		if err != nil && !errors.Is(err, fs.ErrNotExist) { // another process removes old ones
			return err
		}
	}
	return nil
}

func openLog(path string) (*os.File, error) {
	return os.OpenFile(path, os.O_CREATE|os.O_RDWR|os.O_APPEND, 0o600)
}

// takeIn reads what others wrote to the open file. Its lock is held.
func (l *Log) takeIn() error {
	st, err := l.f.Stat()
	if err != nil {
		return err
	}
	size := st.Size()
	if size <= l.size {
		l.size = size // a log that was cut contradicts the chain, which Verify tells
		return nil
	}
	added := make([]byte, size-l.size)
	if _, err := l.f.ReadAt(added, l.size); err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	whole := bytes.LastIndexByte(added, '\n') + 1
	for text := range bytes.Lines(added[:whole]) {
		l.follow(bytes.TrimSuffix(text, []byte("\n")))
	}
	if whole < len(added) {
		// Who has the lock writes: this is of one that ended in the middle.
		l.opts.Log.Error("audit log: half a line was taken off", "bytes", len(added)-whole)
		if err := l.f.Truncate(l.size + int64(whole)); err != nil {
			return err
		}
	}
	l.size += int64(whole)
	return nil
}

// follow takes in a line of another process where it goes on with the chain, or is
// beyond lines whose files are removed by now. What does neither is Verify's to tell.
func (l *Log) follow(text []byte) {
	r, err := parse(text)
	if err != nil || r.Seq <= l.seq || r.Seq == l.seq+1 && r.Prev != l.prev {
		return
	}
	l.seq, l.prev = r.Seq, r.Hash
	l.behind = append(l.behind, r)
}

// look takes in what others wrote since the last line, so that the table has it
// without waiting for the next one.
func (l *Log) look() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.f == nil {
		return
	}
	if same, err := l.atPath(); err == nil && same {
		if st, err := l.f.Stat(); err == nil && st.Size() == l.size {
			return
		}
	}
	if err := l.lock(); err != nil {
		l.opts.Log.Error("audit log", "err", err)
		return
	}
	l.unlock()
	l.handOver()
}

// handOver gives the table the lines that it lacks. l.mu is held, and the lock is
// not: it waits where the table is far behind.
func (l *Log) handOver(own ...store.AuditRecord) {
	all := append(l.behind, own...)
	l.behind = nil
	if l.opts.Table == nil {
		return
	}
	for _, r := range all {
		l.rows <- r
	}
}
