package image

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sys/unix"
)

// opaqueAttr on a directory of an overlayfs layer hides what is below it.
const opaqueAttr = "trusted.overlay.opaque"

// tree is what digestTree learnt.
type tree struct {
	ID   string // 64 hexadecimal digits
	Size int64  // bytes on disk, a file with several links counted once
}

// digestTree returns the digest of the tree at dir: sha256 over one record an
// entry in the order of their paths, of path, type, permissions, owner, size,
// content or link target, and of what overlayfs reads from the entry (whiteouts,
// opaque directories). Times, inode numbers and which names are links of one
// file do not count.
func digestTree(ctx context.Context, dir string) (tree, error) {
	var entries []*entry
	t := tree{}
	counted := map[uint64]bool{}
	err := filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		e := &entry{rel: rel}
		if err := unix.Lstat(path, &e.st); err != nil {
			return fmt.Errorf("lstat %s: %w", path, err)
		}
		if !counted[e.st.Ino] {
			counted[e.st.Ino] = true
			t.Size += e.st.Blocks * 512
		}
		entries = append(entries, e)
		return ctx.Err()
	})
	if err != nil {
		return tree{}, err
	}
	if err := describeAll(ctx, dir, entries); err != nil {
		return tree{}, err
	}
	slices.SortFunc(entries, func(a, b *entry) int { return strings.Compare(a.rel, b.rel) })
	h := sha256.New()
	for _, e := range entries {
		io.WriteString(h, e.record)
	}
	t.ID = hex.EncodeToString(h.Sum(nil))
	return t, nil
}

type entry struct {
	rel    string
	st     unix.Stat_t
	record string
}

// describeAll fills in the entries' records, on all processors.
func describeAll(ctx context.Context, dir string, entries []*entry) error {
	var (
		wg   sync.WaitGroup
		mu   sync.Mutex
		errs error
	)
	n := runtime.GOMAXPROCS(0)
	for worker := range n {
		wg.Go(func() {
			buf := make([]byte, 256<<10)
			for i := worker; i < len(entries); i += n {
				err := ctx.Err()
				if err == nil {
					err = entries[i].describe(dir, buf)
				}
				if err != nil {
					mu.Lock()
					errs = errors.Join(errs, err)
					mu.Unlock()
					return
				}
			}
		})
	}
	wg.Wait()
	return errs
}

func (e *entry) describe(dir string, buf []byte) error {
	path := filepath.Join(dir, e.rel)
	kind, value := "", ""
	size := e.st.Size
	switch e.st.Mode & unix.S_IFMT {
	case unix.S_IFREG:
		sum, err := hashFile(path, buf)
		if err != nil {
			return err
		}
		kind, value = "file", sum
	case unix.S_IFDIR:
		kind, size = "dir", 0
		opaque, err := getxattr(path, opaqueAttr)
		if err != nil {
			return err
		}
		if opaque == "y" {
			value = "opaque"
		}
	case unix.S_IFLNK:
		target, err := os.Readlink(path)
		if err != nil {
			return err
		}
		kind, value = "link", target
	case unix.S_IFCHR:
		kind, value = "char", fmt.Sprint(e.st.Rdev) // 0 is a whiteout
	default:
		kind, value = "other", fmt.Sprintf("%o %d", e.st.Mode&unix.S_IFMT, e.st.Rdev)
	}
	caps, err := getxattr(path, "security.capability")
	if err != nil {
		return err
	}
	// %q keeps paths and targets with any bytes in them apart from the rest.
	e.record = fmt.Sprintf("%q %s %o %d %d %d %q %x\n", e.rel, kind, e.st.Mode&0o7777, e.st.Uid, e.st.Gid, size, value, caps)
	return nil
}

func hashFile(path string, buf []byte) (string, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|unix.O_NOFOLLOW, 0)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	// Hidden from io.CopyBuffer, or it would not use the buffer.
	if _, err := io.CopyBuffer(struct{ io.Writer }{h}, struct{ io.Reader }{f}, buf); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// getxattr returns an attribute of the entry itself; one that isn't there, or
// that the filesystem or the caller's rights can't have, is empty.
func getxattr(path, name string) (string, error) {
	buf := make([]byte, 256)
	n, err := unix.Lgetxattr(path, name, buf)
	switch {
	case err == nil:
		return string(buf[:n]), nil
	case errors.Is(err, unix.ENODATA), errors.Is(err, unix.ENOTSUP), errors.Is(err, unix.EPERM):
		return "", nil
	}
	return "", fmt.Errorf("getxattr %s of %s: %w", name, path, err)
}

// Verify computes the image's digest anew from all of its content. A difference
// is an [*Error]; so is all that Get finds.
func (s *Store) Verify(ctx context.Context, name string) error {
	m, err := s.load(name)
	if err != nil {
		return err
	}
	if err := s.check(m); err != nil {
		return m.damaged(err.Error())
	}
	for _, l := range m.Layers {
		t, err := digestTree(ctx, s.layer(l.ID))
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			return m.damaged(err.Error())
		}
		if t.ID != l.ID {
			return m.damaged(fmt.Sprintf("layer %.12s has digest %.12s", l.ID, t.ID))
		}
	}
	return nil
}
