package confine

import (
	"archive/tar"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"strings"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// The archive of a volume is a tar file that workers write and read, each inside
// a sandbox and with a program's rights. Nobody else looks into it. It holds
// directories, regular files and symbolic links, with their permissions and
// times; hard links become files of their own, anything else is left out.

// save writes all of /workspace to the pipe, at most limit bytes of files.
func (w *worker) save(limit int64) error {
	if err := w.ready(nil); err != nil {
		return err
	}
	fd, err := openBeneath(w.root, ".", unix.O_RDONLY|unix.O_DIRECTORY, 0)
	if err != nil {
		return err
	}
	a := &archiver{out: tar.NewWriter(w.bytes), left: limit}
	if err := a.dir(fd, "", 0); err != nil {
		return err
	}
	return a.out.Close()
}

type archiver struct {
	out  *tar.Writer
	left int64
}

// dir adds what is in the directory fd, and closes that.
func (a *archiver) dir(fd int, prefix string, depth int) error {
	dir := os.NewFile(uintptr(fd), "dir")
	defer dir.Close()
	for {
		names, err := dir.Readdirnames(256)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		for _, name := range names {
			if err := a.add(fd, name, path.Join(prefix, name), depth); err != nil {
				return inFile(path.Join(prefix, name), err)
			}
		}
	}
}

func (a *archiver) add(parent int, name, full string, depth int) error {
	var st unix.Stat_t
	if err := unix.Fstatat(parent, name, &st, unix.AT_SYMLINK_NOFOLLOW); err != nil {
		return err
	}
	h := &tar.Header{
		Name: full, Mode: int64(st.Mode & 0o777), ModTime: time.Unix(st.Mtim.Unix()), Format: tar.FormatGNU,
	}
	switch st.Mode & unix.S_IFMT {
	case unix.S_IFDIR:
		if depth >= maxOpenDirs {
			return badName{fmt.Errorf("deeper than %d directories, which is all that a volume holds", maxOpenDirs)}
		}
		h.Typeflag, h.Name = tar.TypeDir, full+"/"
		if err := a.out.WriteHeader(h); err != nil {
			return err
		}
		sub, err := readable(parent, name, &st, unix.O_RDONLY|unix.O_DIRECTORY)
		if err != nil {
			return err
		}
		return a.dir(sub, full, depth+1)
	case unix.S_IFLNK:
		buf := make([]byte, unix.PathMax)
		n, err := unix.Readlinkat(parent, name, buf)
		if err != nil {
			return err
		}
		h.Typeflag, h.Linkname = tar.TypeSymlink, string(buf[:n])
		return a.out.WriteHeader(h)
	case unix.S_IFREG:
		if st.Size > a.left {
			return badName{errors.New("the files have more bytes than the volume may hold; holes count")}
		}
		a.left -= st.Size
		fd, err := readable(parent, name, &st, unix.O_RDONLY)
		if err != nil {
			return err
		}
		f := os.NewFile(uintptr(fd), name)
		defer f.Close()
		h.Typeflag, h.Size = tar.TypeReg, st.Size
		if err := a.out.WriteHeader(h); err != nil {
			return err
		}
		_, err = io.CopyN(a.out, f, st.Size)
		return err
	}
	return nil
}

// readable opens a file or directory that its owner, the worker's uid, may have
// shut; it is left as it was.
func readable(parent int, name string, st *unix.Stat_t, flags int) (int, error) {
	fd, err := openBeneath(parent, name, flags, 0)
	if !errors.Is(err, unix.EACCES) {
		return fd, err
	}
	mode := st.Mode & 0o777
	if err := unix.Fchmodat(parent, name, mode|0o500, 0); err != nil {
		return -1, err
	}
	fd, err = openBeneath(parent, name, flags, 0)
	return fd, errors.Join(err, unix.Fchmodat(parent, name, mode, 0))
}

// restore unpacks an archive from the pipe into /workspace. Names lead beneath
// it and through no link, whatever the archive says. With over, files replace what
// is there.
func (w *worker) restore(limit int64, over bool) error {
	if err := w.ready(nil); err != nil {
		return err
	}
	in := tar.NewReader(w.bytes)
	type later struct {
		name string
		mode uint32
		time time.Time
	}
	var dirs []later // a directory's mode may forbid what is still to come
	for {
		h, err := in.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return fmt.Errorf("the volume is damaged: %w", err)
		}
		name := strings.TrimSuffix(h.Name, "/")
		if name == "" || path.Clean(name) != name || path.IsAbs(name) || strings.HasPrefix(name, "../") || name == ".." || name == "." {
			return fmt.Errorf("the volume is damaged: name %q", clip(name))
		}
		if limit -= h.Size; limit < 0 {
			return unix.ENOSPC
		}
		mode := uint32(h.Mode) & 0o777
		parent, err := w.mkdirAll(path.Dir(name))
		if err != nil {
			return err
		}
		switch h.Typeflag {
		case tar.TypeDir:
			if err = unix.Mkdirat(parent, path.Base(name), 0o755); errors.Is(err, unix.EEXIST) {
				err = nil
			}
			dirs = append(dirs, later{name, mode, h.ModTime})
		case tar.TypeSymlink:
			err = unix.Symlinkat(h.Linkname, parent, path.Base(name))
		case tar.TypeReg:
			err = unpack(in, parent, path.Base(name), mode, h.ModTime, over)
		default:
			err = fmt.Errorf("the volume is damaged: an entry of type %q", h.Typeflag)
		}
		unix.Close(parent)
		if err != nil {
			return inFile(name, err)
		}
	}
	for i := len(dirs) - 1; i >= 0; i-- {
		fd, err := openBeneath(w.root, dirs[i].name, unix.O_RDONLY|unix.O_DIRECTORY, 0)
		if err != nil {
			return err
		}
		err = errors.Join(setTime(fd, dirs[i].time), unix.Fchmod(fd, dirs[i].mode))
		unix.Close(fd)
		if err != nil {
			return err
		}
	}
	return nil
}

func unpack(in io.Reader, parent int, name string, mode uint32, at time.Time, over bool) (err error) {
	made := name
	if over {
		made = tempName()
	}
	fd, err := openBeneath(parent, made, unix.O_WRONLY|unix.O_CREAT|unix.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	f := os.NewFile(uintptr(fd), name)
	defer f.Close()
	if _, err = io.Copy(f, in); err == nil {
		err = errors.Join(unix.Fchmod(fd, mode), setTime(fd, at))
	}
	if !over {
		return err
	}
	if err == nil {
		// Whoever has the old file open keeps it.
		err = unix.Renameat(parent, made, parent, name)
	}
	if err != nil {
		_ = unix.Unlinkat(parent, made, 0)
	}
	return err
}

func setTime(fd int, at time.Time) error {
	ts := unix.NsecToTimespec(at.UnixNano())
	times := [2]unix.Timespec{ts, ts}
	// By the descriptor alone (utimensat(2), a null path).
	_, _, errno := unix.Syscall6(unix.SYS_UTIMENSAT, uintptr(fd), 0, uintptr(unsafe.Pointer(&times)), 0, 0, 0)
	if errno != 0 {
		return errno
	}
	return nil
}
