package confine

import (
	"errors"
	"fmt"
	"io"
	"os"

	"golang.org/x/sys/unix"
)

// remove deletes name: a file, a link or an empty directory; all with everything
// below. Of /workspace itself it deletes what is in it.
func (w *worker) remove(name string, all bool) error {
	if name == "." {
		if !all {
			return badName{errors.New("/workspace itself can't be removed; --recursive empties it")}
		}
		fd, err := openBeneath(w.root, ".", unix.O_RDONLY|unix.O_DIRECTORY, 0)
		if err != nil {
			return err
		}
		r := &remover{root: w.root}
		return r.rest(r.empty(fd, 0))
	}
	dir, base, err := w.parent(name)
	if err != nil {
		return err
	}
	defer unix.Close(dir)
	err = unix.Unlinkat(dir, base, 0)
	if !errors.Is(err, unix.EISDIR) {
		return err
	}
	if !all {
		return unix.Unlinkat(dir, base, unix.AT_REMOVEDIR)
	}
	r := &remover{root: w.root}
	return r.rest(r.tree(dir, base, 0))
}

// remover deletes trees of any depth with a bounded number of descriptors: what
// lies too deep is moved up to root, and deleted from there afterwards.
type remover struct {
	root  int
	moved int
	queue []string
}

// rest deletes what was moved up, unless something failed already.
func (r *remover) rest(err error) error {
	for err == nil && len(r.queue) > 0 {
		name := r.queue[0]
		r.queue = r.queue[1:]
		// Where root itself is emptied, it may have met its end there.
		if err = r.tree(r.root, name, 0); errors.Is(err, unix.ENOENT) {
			err = nil
		}
	}
	return err
}

// tree deletes the directory name in parent and all below it.
func (r *remover) tree(parent int, name string, depth int) error {
	if depth > maxOpenDirs {
		r.moved++
		up := fmt.Sprintf(".nsbox-rm-%d-%d", os.Getpid(), r.moved)
		r.queue = append(r.queue, up)
		return unix.Renameat(parent, name, r.root, up)
	}
	fd, err := openBeneath(parent, name, unix.O_RDONLY|unix.O_DIRECTORY, 0)
	if errors.Is(err, unix.EACCES) {
		// A program may have shut its directory; it is the worker's as well.
		if err = unix.Fchmodat(parent, name, 0o700, 0); err == nil {
			fd, err = openBeneath(parent, name, unix.O_RDONLY|unix.O_DIRECTORY, 0)
		}
	}
	if err != nil {
		return err
	}
	if err := r.empty(fd, depth); err != nil {
		return err
	}
	return unix.Unlinkat(parent, name, unix.AT_REMOVEDIR)
}

// empty deletes what is in the directory fd, and closes that.
func (r *remover) empty(fd, depth int) error {
	dir := os.NewFile(uintptr(fd), "dir")
	defer dir.Close()
	opened := false
	for {
		// From the start each time: what was there is gone.
		if _, err := dir.Seek(0, io.SeekStart); err != nil {
			return err
		}
		names, err := dir.Readdirnames(256)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		for _, name := range names {
			err := unix.Unlinkat(fd, name, 0)
			if errors.Is(err, unix.EACCES) && !opened {
				opened = true
				if err = unix.Fchmod(fd, 0o700); err == nil {
					err = unix.Unlinkat(fd, name, 0)
				}
			}
			if errors.Is(err, unix.EISDIR) {
				err = r.tree(fd, name, depth+1)
			}
			if err != nil && !errors.Is(err, unix.ENOENT) {
				return err
			}
		}
	}
}
