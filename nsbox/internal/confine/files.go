package confine

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/nsbox/nsbox/nsbox/internal/wire"
	"golang.org/x/sys/unix"
)

// FilesSpec asks for one operation on the files of a sandbox that lives on, by
// a process inside its user and mount namespaces. The packet carries the
// descriptors of those, the write end of a pipe for answers, the end of another
// for bytes, report (a socket of packets) and Joins files to enter a cgroup by.
//
// Answers are lines of JSON, each a FilesAnswer: for operations whose bytes go
// through the pipe one before, and for all one at the end.
type FilesSpec struct {
	Op      string `json:"op"` // one of wire's, or FilesSave, FilesRestore
	Path    string `json:"path"`
	Mode    uint32 `json:"mode"`
	Profile string `json:"profile"` // the worker's own seccomp program
	Joins   int    `json:"joins"`
	// Recursive is of list and remove; MaxBytes bounds save and restore.
	Recursive bool  `json:"recursive"`
	MaxBytes  int64 `json:"max_bytes"`
}

// Operations that no client names: files of /workspace as an archive, out and in.
const (
	FilesSave    = "save"
	FilesRestore = "restore"
	FilesPut     = "put" // as restore, over what is there
)

// FilesAnswer is what a worker says. Its File is an nsbox.SandboxFile.
type FilesAnswer struct {
	File  *Entry      `json:"file,omitempty"`
	Error *wire.Error `json:"error,omitempty"`
	// End is set in the last one.
	End bool `json:"end,omitempty"`
}

// Entry describes a file, as nsbox.SandboxFile.
type Entry struct {
	Path    string    `json:"path"`
	Type    string    `json:"type"`
	Size    int64     `json:"size"`
	Mode    uint32    `json:"mode"`
	ModTime time.Time `json:"mod_time"`
}

// work clones a worker.
func (z *zygote) work(s *FilesSpec, files []*os.File) (*born, error) {
	bpf := z.profiles[s.Profile]
	if s.Joins < 0 || len(files) != 5+s.Joins || len(bpf) == 0 || strings.ContainsRune(s.Path, 0) {
		return nil, &Failure{Step: "read the spec", Errno: int(unix.EINVAL)}
	}
	n := numbers(files)
	arg, op := strconv.FormatInt(int64(s.Mode), 8), s.Op
	switch {
	case s.Op == FilesSave || s.Op == FilesRestore || s.Op == FilesPut:
		arg = strconv.FormatInt(s.MaxBytes, 10)
	case s.Recursive:
		op += "-all"
	}
	return z.inside(insider{
		userNS: n[0], mountNS: n[1], out: n[2], bytes: n[3], report: n[4], joins: n[5:], dir: "/workspace", bpf: bpf,
		argv: []string{"nsbox-init", "files", op, s.Path, arg, ""},
	})
}

// Bounds of what a worker looks at.
const (
	maxListed = 10_000
	// maxOpenDirs is how deep a directory tree is followed, a descriptor a level.
	maxOpenDirs = 200
	maxChunk    = 1 << 20
)

// worker works on the files below root. It trusts nothing that it finds there,
// which programs may change while it looks: every name is opened beneath a
// directory that is open, through no link and into no other mount.
type worker struct {
	root  int
	bytes *os.File
	said  *json.Encoder
}

// filesMain is the worker's process: answers go to descriptor 1, bytes to or from
// 3, /workspace is the working directory.
func filesMain(args []string) error {
	root, err := unix.Open(".", unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	w := &worker{root: root, bytes: os.NewFile(3, "bytes"), said: json.NewEncoder(os.Stdout)}
	var last FilesAnswer
	if err != nil {
		err = &os.PathError{Op: "open", Path: "/workspace", Err: err}
	} else {
		last.File, err = w.do(args[0], args[1], args[2])
	}
	if err != nil {
		last.File, last.Error = nil, fileError(args[1], err)
	}
	last.End = true
	return w.said.Encode(last)
}

// ready says that bytes may come or will go.
func (w *worker) ready(e *Entry) error { return w.said.Encode(FilesAnswer{File: e}) }

func (w *worker) do(op, name, arg string) (*Entry, error) {
	if name == "" {
		name = "."
	}
	if name != "." && (path.IsAbs(name) || path.Clean(name) != name || strings.HasPrefix(name, "../") || name == "..") {
		return nil, badName{fmt.Errorf("file name %q is not allowed: names are relative to /workspace, without \".\", \"..\" and empty parts", name)}
	}
	switch op {
	case wire.FileStat:
		return w.stat(name)
	case wire.FileRead:
		return w.read(name)
	case wire.FileList, wire.FileList + "-all":
		return w.list(name, op != wire.FileList)
	case wire.FileMkdir:
		fd, err := w.mkdirAll(name)
		if err != nil {
			return nil, err
		}
		unix.Close(fd)
		return w.stat(name)
	case wire.FileRemove, wire.FileRemove + "-all":
		return nil, w.remove(name, op != wire.FileRemove)
	case wire.FileWrite:
		mode, err := strconv.ParseUint(arg, 8, 32)
		if err != nil {
			return nil, err
		}
		return w.write(name, uint32(mode))
	case FilesSave, FilesRestore, FilesPut:
		limit, err := strconv.ParseInt(arg, 10, 64)
		if err != nil {
			return nil, err
		}
		if op == FilesSave {
			return nil, w.save(limit)
		}
		return nil, w.restore(limit, op == FilesPut)
	}
	return nil, fmt.Errorf("unknown operation %q", op)
}

// badName and the like are mistakes of whoever asked.
type badName struct{ error }

// fileFault says in which of many files something failed.
type fileFault struct {
	name string
	err  error
}

func (f *fileFault) Error() string { return f.name + ": " + f.err.Error() }
func (f *fileFault) Unwrap() error { return f.err }

// inFile says that err was in the file name, unless it was in one below.
func inFile(name string, err error) error {
	var f *fileFault
	if errors.As(err, &f) {
		return err
	}
	return &fileFault{clip(name), err}
}

// fileError words err, and says what class it is of.
func fileError(name string, err error) *wire.Error {
	var fault *fileFault
	switch {
	case errors.As(err, &fault):
		name, err = fault.name, fault.err
	case name == "":
		name = "/workspace"
	}
	e := &wire.Error{Class: wire.ClassRequest, Message: fmt.Sprintf("%s: %v", name, err)}
	var bad badName
	switch {
	case errors.As(err, &bad):
		e.Message = bad.Error()
		if fault != nil {
			e.Message = name + ": " + e.Message
		}
	case errors.Is(err, unix.ENOENT):
		e.Class, e.Message = wire.ClassNotExist, fmt.Sprintf("%s: no such file or directory", name)
	case errors.Is(err, unix.EEXIST), errors.Is(err, unix.ENOTEMPTY):
		e.Class, e.Message = wire.ClassExist, fmt.Sprintf("%s: the directory is not empty", name)
		if errors.Is(err, unix.EEXIST) {
			e.Message = fmt.Sprintf("%s: it exists", name)
		}
	case errors.Is(err, unix.ENOSPC), errors.Is(err, unix.EDQUOT), errors.Is(err, unix.EFBIG):
		e.Class, e.Message = wire.ClassQuota, fmt.Sprintf("%s: the sandbox's disk or inode limit is reached", name)
	case errors.Is(err, unix.ELOOP):
		e.Message = fmt.Sprintf("%s: a symbolic link is on the way, and none is followed", name)
	case errors.Is(err, unix.ENOTDIR):
		e.Message = fmt.Sprintf("%s: not a directory", name)
	case errors.Is(err, unix.EISDIR):
		e.Message = fmt.Sprintf("%s: it is a directory", name)
	case errors.Is(err, unix.ENXIO), errors.Is(err, unix.EXDEV):
		e.Message = fmt.Sprintf("%s: not a regular file", name)
	case errors.Is(err, unix.EACCES), errors.Is(err, unix.EPERM):
		e.Message = fmt.Sprintf("%s: permission denied", name)
	}
	return e
}

const beneath = unix.RESOLVE_BENEATH | unix.RESOLVE_NO_SYMLINKS | unix.RESOLVE_NO_MAGICLINKS | unix.RESOLVE_NO_XDEV

// openBeneath opens name below the directory dir. O_NONBLOCK: a FIFO must not
// hold the worker.
func openBeneath(dir int, name string, flags int, mode uint32) (int, error) {
	for {
		fd, err := unix.Openat2(dir, name, &unix.OpenHow{
			Flags: uint64(flags | unix.O_NOFOLLOW | unix.O_NONBLOCK | unix.O_NOCTTY | unix.O_CLOEXEC), Mode: uint64(mode), Resolve: beneath,
		})
		// EAGAIN: something was renamed on the way (openat2(2)).
		if !errors.Is(err, unix.EINTR) && !errors.Is(err, unix.EAGAIN) {
			return fd, err
		}
	}
}

// parent opens the directory that name lies in; the caller closes it.
func (w *worker) parent(name string) (fd int, base string, err error) {
	fd, err = openBeneath(w.root, path.Dir(name), unix.O_RDONLY|unix.O_DIRECTORY, 0)
	return fd, path.Base(name), err
}

func (w *worker) stat(name string) (*Entry, error) {
	var st unix.Stat_t
	if name == "." {
		if err := unix.Fstat(w.root, &st); err != nil {
			return nil, err
		}
		return entryOf(name, &st), nil
	}
	dir, base, err := w.parent(name)
	if err != nil {
		return nil, err
	}
	defer unix.Close(dir)
	if err := unix.Fstatat(dir, base, &st, unix.AT_SYMLINK_NOFOLLOW); err != nil {
		return nil, err
	}
	return entryOf(name, &st), nil
}

// The values of Entry.Type are those of nsbox.SandboxFile.
func entryOf(name string, st *unix.Stat_t) *Entry {
	e := &Entry{Path: name, Type: "other", Size: st.Size, Mode: st.Mode & 0o777, ModTime: time.Unix(st.Mtim.Unix()).UTC()}
	switch st.Mode & unix.S_IFMT {
	case unix.S_IFREG:
		e.Type = "file"
	case unix.S_IFDIR:
		e.Type, e.Size = "dir", 0
	case unix.S_IFLNK:
		e.Type = "symlink"
	}
	return e
}

// regular opens a regular file for reading.
func regular(dir int, name string) (*os.File, *unix.Stat_t, error) {
	fd, err := openBeneath(dir, name, unix.O_RDONLY, 0)
	if err != nil {
		return nil, nil, err
	}
	st := &unix.Stat_t{}
	if err = unix.Fstat(fd, st); err == nil && st.Mode&unix.S_IFMT != unix.S_IFREG {
		err = unix.ENXIO
		if st.Mode&unix.S_IFMT == unix.S_IFDIR {
			err = unix.EISDIR
		}
	}
	if err != nil {
		unix.Close(fd)
		return nil, nil, err
	}
	return os.NewFile(uintptr(fd), name), st, nil
}

func (w *worker) read(name string) (*Entry, error) {
	f, st, err := regular(w.root, name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	e := entryOf(name, st)
	if err := w.ready(e); err != nil {
		return nil, err
	}
	_, err = io.CopyN(w.bytes, f, st.Size)
	return e, err
}

func (w *worker) list(name string, recursive bool) (*Entry, error) {
	fd, err := openBeneath(w.root, name, unix.O_RDONLY|unix.O_DIRECTORY, 0)
	if err != nil {
		return nil, err
	}
	var st unix.Stat_t
	if err := unix.Fstat(fd, &st); err != nil {
		return nil, err
	}
	var all []*Entry
	if err := listInto(&all, fd, name, recursive, 0); err != nil {
		return nil, err
	}
	slices.SortFunc(all, func(a, b *Entry) int { return strings.Compare(a.Path, b.Path) })
	e := entryOf(name, &st)
	if err := w.ready(e); err != nil {
		return nil, err
	}
	out := bufio.NewWriter(w.bytes)
	enc := json.NewEncoder(out)
	for _, f := range all {
		if err := enc.Encode(f); err != nil {
			return nil, err
		}
	}
	return e, out.Flush()
}

// listInto adds what is in the directory fd, and closes that.
func listInto(all *[]*Entry, fd int, prefix string, recursive bool, depth int) error {
	dir := os.NewFile(uintptr(fd), "dir")
	defer dir.Close()
	names, err := dir.Readdirnames(maxListed + 1)
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	if len(*all)+len(names) > maxListed {
		return badName{fmt.Errorf("%s: there are more than %d entries, which is all that is listed at once", prefix, maxListed)}
	}
	for _, name := range names {
		var st unix.Stat_t
		if err := unix.Fstatat(fd, name, &st, unix.AT_SYMLINK_NOFOLLOW); errors.Is(err, unix.ENOENT) {
			continue // gone meanwhile
		} else if err != nil {
			return err
		}
		e := entryOf(path.Join(prefix, name), &st)
		*all = append(*all, e)
		if !recursive || e.Type != "dir" || depth >= maxOpenDirs {
			continue
		}
		sub, err := openBeneath(fd, name, unix.O_RDONLY|unix.O_DIRECTORY, 0)
		if err != nil {
			continue // shut, or another kind of thing by now
		}
		if err := listInto(all, sub, e.Path, true, depth+1); err != nil {
			return err
		}
	}
	return nil
}

// mkdirAll makes the directory name and those above it, and opens it.
func (w *worker) mkdirAll(name string) (int, error) {
	at, err := openBeneath(w.root, ".", unix.O_RDONLY|unix.O_DIRECTORY, 0)
	for _, part := range strings.Split(name, "/") {
		if err != nil || part == "." {
			return at, err
		}
		if err = unix.Mkdirat(at, part, 0o755); errors.Is(err, unix.EEXIST) {
			err = nil
		}
		next := -1
		if err == nil {
			next, err = openBeneath(at, part, unix.O_RDONLY|unix.O_DIRECTORY, 0)
		}
		unix.Close(at)
		at = next
	}
	return at, err
}

func (w *worker) write(name string, mode uint32) (e *Entry, err error) {
	if name == "." {
		return nil, unix.EISDIR
	}
	dir, err := w.mkdirAll(path.Dir(name))
	if err != nil {
		return nil, err
	}
	defer unix.Close(dir)
	var st unix.Stat_t
	if err := unix.Fstatat(dir, path.Base(name), &st, unix.AT_SYMLINK_NOFOLLOW); err == nil && st.Mode&unix.S_IFMT == unix.S_IFDIR {
		return nil, unix.EISDIR
	}
	temp := tempName()
	fd, err := openBeneath(dir, temp, unix.O_WRONLY|unix.O_CREAT|unix.O_EXCL, 0o600)
	if err != nil {
		return nil, err
	}
	f := os.NewFile(uintptr(fd), temp)
	defer func() {
		f.Close()
		if err != nil {
			_ = unix.Unlinkat(dir, temp, 0)
		}
	}()
	if err := w.ready(&Entry{Path: name, Type: "file", Mode: mode}); err != nil {
		return nil, err
	}
	if err := copyChunks(f, w.bytes); err != nil {
		return nil, err
	}
	if err := unix.Fchmod(fd, mode&0o777); err != nil {
		return nil, err
	}
	if err := unix.Fstat(fd, &st); err != nil {
		return nil, err
	}
	return entryOf(name, &st), unix.Renameat(dir, temp, dir, path.Base(name))
}

// tempName is a name that no other worker has: a pid of the zygote's namespace,
// and the time.
func tempName() string { return fmt.Sprintf(".nsbox-%d-%d", os.Getpid(), time.Now().UnixNano()) }

// errBroken: the upload ended without its last, empty chunk.
var errBroken = errors.New("the upload broke off")

// copyChunks copies what is sent as chunks with their length before them.
func copyChunks(to io.Writer, from io.Reader) error {
	in := bufio.NewReaderSize(from, 128<<10)
	for {
		var head [4]byte
		if _, err := io.ReadFull(in, head[:]); err != nil {
			return errBroken
		}
		n := binary.BigEndian.Uint32(head[:])
		if n == 0 {
			return nil
		}
		if n > maxChunk {
			return badName{fmt.Errorf("a chunk of %d bytes; at most %d are allowed", n, maxChunk)}
		}
		if m, err := io.CopyN(to, in, int64(n)); err != nil {
			if errors.Is(err, io.EOF) && m < int64(n) {
				return errBroken
			}
			return err
		}
	}
}
