package oci

import (
	"archive/tar"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"github.com/nsbox/nsbox/nsbox"
)

const (
	defaultMaxSize    = 4 * nsbox.GiB
	defaultMaxEntries = 500_000
	// headerRoom is what an archive may have beside the files' content.
	headerRoom = 1 << 30
	// maxPath bounds paths as they are on disk, far below PATH_MAX, since what
	// comes after (digests, removal) works with paths below the store's.
	maxPath  = 3000
	maxDepth = 200
)

const (
	whiteout = ".wh."         // prefix: the rest is a name to remove
	opaque   = ".wh..wh..opq" // removes what the layers below have in the directory
)

// extractor unpacks layers, bottom first, over one another below a directory.
//
// Why no entry gets out: every path is resolved by openat2 with RESOLVE_IN_ROOT
// from the directory's descriptor, up to the entry's parent; an absolute link or
// one with .. in it leads to where it would inside the image. The last component
// is never followed: it is removed, then made anew with O_EXCL, mkdirat,
// symlinkat or linkat. Nothing that exists is opened for writing, so a hard link
// can't be written through either.
type extractor struct {
	root    int    // descriptor of the directory
	prefix  string // its path, as /proc/self/fd shows it
	size    int64  // content that may still come
	stream  int64  // archive that may still come
	entries int    // entries that may still come
	maxSize nsbox.Size
	// made are the inodes that the layer at hand made or named; whiteouts are
	// about the others.
	made map[uint64]bool
}

func newExtractor(dir string, maxSize nsbox.Size, maxEntries int) (*extractor, error) {
	if maxSize == 0 {
		maxSize = defaultMaxSize
	}
	if maxEntries == 0 {
		maxEntries = defaultMaxEntries
	}
	fd, err := unix.Open(dir, unix.O_PATH|unix.O_DIRECTORY|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", dir, err)
	}
	x := &extractor{root: fd, size: int64(maxSize), stream: int64(maxSize) + headerRoom, entries: maxEntries, maxSize: maxSize}
	if x.prefix, err = fdPath(fd); err != nil {
		unix.Close(fd)
		return nil, err
	}
	return x, nil
}

func (x *extractor) close() { unix.Close(x.root) }

func (x *extractor) tooLarge() error {
	return fmt.Errorf("%w: the image is larger than %s", nsbox.ErrBadRequest, x.maxSize)
}

// extract unpacks one layer.
func (x *extractor) extract(r io.Reader) error {
	x.made = map[uint64]bool{}
	tr := tar.NewReader(r)
	for {
		h, err := tr.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("archive: %w", err)
		}
		if x.entries--; x.entries < 0 {
			return fmt.Errorf("%w: the image has too many files", nsbox.ErrBadRequest)
		}
		if err := x.entry(h, tr); err != nil {
			return fmt.Errorf("%q: %w", h.Name, err)
		}
	}
}

func (x *extractor) entry(h *tar.Header, content io.Reader) error {
	if h.Typeflag == tar.TypeXGlobalHeader {
		return nil
	}
	dir, name, err := split(h.Name)
	if err != nil {
		return err
	}
	if name == "" {
		return nil // the root directory: its mode is every image's
	}
	parent, err := x.openDir(dir, true)
	if err != nil {
		return err
	}
	defer unix.Close(parent)
	if err := x.checkPlace(parent, name); err != nil {
		return err
	}
	switch {
	case name == opaque:
		return x.purge(parent)
	case strings.HasPrefix(name, whiteout+whiteout):
		return nil // aufs's own
	case strings.HasPrefix(name, whiteout):
		return x.remove(parent, strings.TrimPrefix(name, whiteout))
	}
	switch h.Typeflag {
	case tar.TypeDir:
		err = x.mkdir(parent, name, h)
	case tar.TypeReg, tar.TypeGNUSparse:
		err = x.file(parent, name, h, content)
	case tar.TypeSymlink:
		err = x.symlink(parent, name, h)
	case tar.TypeLink:
		err = x.link(parent, name, h)
	default:
		return nil // devices, fifos and what nobody knows
	}
	if err != nil {
		return err
	}
	var st unix.Stat_t
	if err := unix.Fstatat(parent, name, &st, unix.AT_SYMLINK_NOFOLLOW); err != nil {
		return fmt.Errorf("stat: %w", err)
	}
	x.made[st.Ino] = true
	return nil
}

// split returns an entry's directory, relative to the image's root, and its
// name, which is empty for the root itself.
func split(p string) (dir, name string, err error) {
	for part := range strings.SplitSeq(p, "/") {
		if part == ".." {
			return "", "", fmt.Errorf("%w: the path has .. in it", nsbox.ErrBadRequest)
		}
		if len(part) > 255 {
			return "", "", fmt.Errorf("%w: a name is longer than 255 bytes", nsbox.ErrBadRequest)
		}
	}
	if len(p) > maxPath || strings.ContainsRune(p, 0) {
		return "", "", fmt.Errorf("%w: the path is longer than %d bytes or has a zero byte in it", nsbox.ErrBadRequest, maxPath)
	}
	p = strings.TrimPrefix(path.Clean("/"+p), "/")
	dir, name = path.Split(p)
	return strings.TrimSuffix(dir, "/"), name, nil
}

// openDir opens a directory of the image, and makes it and those above it where
// they are missing, if asked for.
func (x *extractor) openDir(dir string, create bool) (int, error) {
	how := &unix.OpenHow{
		Flags:   unix.O_PATH | unix.O_DIRECTORY | unix.O_CLOEXEC,
		Resolve: unix.RESOLVE_IN_ROOT | unix.RESOLVE_NO_MAGICLINKS | unix.RESOLVE_NO_XDEV,
	}
	p := dir
	if p == "" {
		p = "."
	}
	fd, err := openat2(x.root, p, how)
	if err == nil || !create || !errors.Is(err, unix.ENOENT) || dir == "" {
		return fd, wrap("open directory", err)
	}
	up, name := path.Split(dir)
	parent, err := x.openDir(strings.TrimSuffix(up, "/"), true)
	if err != nil {
		return -1, err
	}
	defer unix.Close(parent)
	if err := x.checkPlace(parent, name); err != nil {
		return -1, err
	}
	// Implied directories cost as much as those that have entries.
	if x.entries--; x.entries < 0 {
		return -1, fmt.Errorf("%w: the image has too many files", nsbox.ErrBadRequest)
	}
	if err := unix.Mkdirat(parent, name, 0o755); errors.Is(err, unix.EEXIST) {
		return -1, fmt.Errorf("%w: a link on the way leads to nothing", nsbox.ErrBadRequest)
	} else if err != nil {
		return -1, wrap("make directory", err)
	}
	// The process's umask has no say in an image.
	if err := unix.Fchmodat(parent, name, 0o755, 0); err != nil {
		return -1, wrap("chmod", err)
	}
	fd, err = openat2(x.root, p, how)
	return fd, wrap("open directory", err)
}

// openat2 tries again where a rename elsewhere made the kernel unsure.
func openat2(dirfd int, p string, how *unix.OpenHow) (int, error) {
	for {
		fd, err := unix.Openat2(dirfd, p, how)
		if !errors.Is(err, unix.EAGAIN) && !errors.Is(err, unix.EINTR) {
			return fd, err
		}
	}
}

// checkPlace bounds how long and deep paths get on disk. Links make that more
// than an entry's path says: l/x, where l is a link to a deep directory.
func (x *extractor) checkPlace(parent int, name string) error {
	p, err := fdPath(parent)
	if err != nil {
		return err
	}
	rel, ok := strings.CutPrefix(p, x.prefix)
	if !ok || rel != "" && rel[0] != '/' {
		return fmt.Errorf("%w: the path leads out of the image", nsbox.ErrBadRequest)
	}
	if len(rel)+len(name) > maxPath || strings.Count(rel, "/") > maxDepth {
		return fmt.Errorf("%w: the path is longer than %d bytes or deeper than %d directories", nsbox.ErrBadRequest, maxPath, maxDepth)
	}
	return nil
}

func fdPath(fd int) (string, error) {
	p, err := os.Readlink("/proc/self/fd/" + strconv.Itoa(fd))
	return p, wrap("path of a directory", err)
}

func (x *extractor) mkdir(parent int, name string, h *tar.Header) error {
	var st unix.Stat_t
	err := unix.Fstatat(parent, name, &st, unix.AT_SYMLINK_NOFOLLOW)
	if err != nil && !errors.Is(err, unix.ENOENT) {
		return wrap("stat", err)
	}
	if err != nil || st.Mode&unix.S_IFMT != unix.S_IFDIR {
		if err := removeAll(parent, name); err != nil {
			return err
		}
		if err := unix.Mkdirat(parent, name, 0o755); err != nil {
			return wrap("make directory", err)
		}
	}
	// name is a directory, which this process alone can change: no link to follow.
	mode := uint32(h.Mode)&0o1777 | 0o700
	return wrap("chmod", unix.Fchmodat(parent, name, mode, 0))
}

func (x *extractor) file(parent int, name string, h *tar.Header, content io.Reader) error {
	// Before anything is written: a sparse file's size can be anything.
	if x.size -= h.Size; h.Size < 0 || x.size < 0 {
		return x.tooLarge()
	}
	if err := removeAll(parent, name); err != nil {
		return err
	}
	fd, err := unix.Openat(parent, name, unix.O_WRONLY|unix.O_CREAT|unix.O_EXCL|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0o600)
	if err != nil {
		return wrap("create", err)
	}
	f := os.NewFile(uintptr(fd), name)
	defer f.Close()
	if _, err := io.Copy(f, io.LimitReader(content, h.Size)); err != nil {
		return wrap("write", err)
	}
	if err := unix.Fchmod(fd, uint32(h.Mode)&0o777|0o400); err != nil {
		return wrap("chmod", err)
	}
	return setTime(parent, name, h.ModTime)
}

// setTime keeps a file's time, which tools like Python's compiled modules go by.
// One that the filesystem can't have stays as it is.
func setTime(parent int, name string, t time.Time) error {
	if t.Unix() <= 0 || t.Unix() >= 1<<33 {
		return nil
	}
	ts := unix.NsecToTimespec(t.UnixNano())
	return wrap("set time", unix.UtimesNanoAt(parent, name, []unix.Timespec{ts, ts}, unix.AT_SYMLINK_NOFOLLOW))
}

func (x *extractor) symlink(parent int, name string, h *tar.Header) error {
	if h.Linkname == "" || len(h.Linkname) > maxPath || strings.ContainsRune(h.Linkname, 0) {
		return fmt.Errorf("%w: the link's target is empty, longer than %d bytes or has a zero byte in it", nsbox.ErrBadRequest, maxPath)
	}
	if err := removeAll(parent, name); err != nil {
		return err
	}
	return wrap("make link", unix.Symlinkat(h.Linkname, parent, name))
}

func (x *extractor) link(parent int, name string, h *tar.Header) error {
	dir, target, err := split(h.Linkname)
	if err != nil {
		return fmt.Errorf("link to %q: %w", h.Linkname, err)
	}
	from, err := x.openDir(dir, false)
	if err != nil {
		return fmt.Errorf("link to %q: %w", h.Linkname, err)
	}
	defer unix.Close(from)
	var st unix.Stat_t
	if err := unix.Fstatat(from, target, &st, unix.AT_SYMLINK_NOFOLLOW); err != nil {
		return fmt.Errorf("link to %q: %w", h.Linkname, err)
	}
	if k := st.Mode & unix.S_IFMT; k != unix.S_IFREG && k != unix.S_IFLNK {
		return fmt.Errorf("%w: link to %q, which is no file", nsbox.ErrBadRequest, h.Linkname)
	}
	var there unix.Stat_t
	if unix.Fstatat(parent, name, &there, unix.AT_SYMLINK_NOFOLLOW) == nil && there.Ino == st.Ino {
		return nil // to itself, or once more
	}
	if err := removeAll(parent, name); err != nil {
		return err
	}
	return wrap("link to "+strconv.Quote(h.Linkname), unix.Linkat(from, target, parent, name, 0))
}

func wrap(what string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", what, err)
}
