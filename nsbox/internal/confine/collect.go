package confine

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"strconv"
	"unicode/utf8"

	"github.com/nsbox/nsbox/nsbox/internal/wire"
	"golang.org/x/sys/unix"
)

// MaxSkipped is the most entries that a listing names as passed over; a last one
// counts the rest.
const MaxSkipped = 100

// collect clones a process into the namespaces of a sandbox whose processes are
// dead, with the program's uid and no capability, that lists and copies files.
func (z *zygote) collect(s *CollectSpec, files []*os.File) (*born, error) {
	bpf := z.profiles[s.Profile]
	if s.Joins < 0 || len(files) != 5+s.Joins || len(bpf) == 0 || (s.Dir != "/workspace" && s.Dir != "/build") {
		return nil, &Failure{Step: "read the spec", Errno: int(unix.EINVAL)}
	}
	n := numbers(files)
	return z.inside(insider{
		userNS: n[0], mountNS: n[1], out: n[2], bytes: n[3], report: n[4], joins: n[5:], dir: s.Dir, bpf: bpf,
		argv: []string{"nsbox-init", "collect", s.Dir, strconv.Itoa(s.MaxFiles),
			strconv.FormatInt(s.MaxBytes, 10), strconv.Itoa(s.MaxDepth)},
	})
}

// insider is a process of this program among a sandbox's files: in its user and
// mount namespaces, with the program's uid and no capability. Its descriptors 1
// and 3 are out and bytes.
type insider struct {
	userNS, mountNS, out, bytes, report int
	joins                               []int
	dir                                 string
	bpf                                 []byte
	argv                                []string
}

func (z *zygote) inside(s insider) (*born, error) {
	p := &program{}
	defaultSignals(p)
	joinCgroup(p, s.joins)
	for _, m := range []struct{ from, to, flags int }{
		{s.userNS, fdUserNS, unix.O_CLOEXEC}, {s.mountNS, fdMountNS, unix.O_CLOEXEC}, {s.out, 1, 0}, {s.bytes, fdBytes, 0},
		{s.report, fdReport, unix.O_CLOEXEC},
	} {
		p.call("dup3", unix.SYS_DUP3, m.from, m.to, m.flags)
	}
	p.call("dup3", unix.SYS_DUP3, int(z.self.Fd()), fdExec, unix.O_CLOEXEC)
	p.call("close_range", unix.SYS_CLOSE_RANGE, 3, fdReport-1, 0)
	p.call("setns user", unix.SYS_SETNS, fdUserNS, unix.CLONE_NEWUSER)
	p.call("setns mount", unix.SYS_SETNS, fdMountNS, unix.CLONE_NEWNS)
	p.call("chdir "+s.dir, unix.SYS_CHDIR, s.dir)
	p.call("bytes to 3", unix.SYS_DUP3, fdBytes, 3, 0)
	p.call("setsid", unix.SYS_SETSID)
	p.call("rlimit core", unix.SYS_PRLIMIT64, 0, unix.RLIMIT_CORE, ref(p, &unix.Rlimit{}), nil)
	dropBounding(p)
	p.call("lock capabilities", unix.SYS_PRCTL, unix.PR_SET_SECUREBITS, lockedSecurebits)
	p.call("setresgid", unix.SYS_SETRESGID, programUID, programUID, programUID)
	p.call("setgroups", unix.SYS_SETGROUPS, 0, nil)
	p.call("setresuid", unix.SYS_SETRESUID, programUID, programUID, programUID)
	dropCapabilities(p)
	p.call("close_range", unix.SYS_CLOSE_RANGE, 4, maxFD, unix.CLOSE_RANGE_CLOEXEC)
	argv, env, empty := p.vector(s.argv), p.vector([]string{"GOMAXPROCS=1"}), p.str("")
	loadSeccomp(p, s.bpf, 0)
	p.call("execve nsbox-init", unix.SYS_EXECVEAT, fdExec, empty, argv, env, unix.AT_EMPTY_PATH)
	b, _, err := z.clone(p, 0)
	return b, err
}

// collector walks one directory. It trusts nothing that it finds.
type collector struct {
	list     *json.Encoder
	bytes    io.Writer
	maxFiles int
	left     int64
	maxDepth int
	files    int
	entries  int
	skipped  int
}

// collectMain is the collector's process: the listing goes to descriptor 1, the
// bytes to 3, the directory is the working directory.
func collectMain(args []string) error {
	files, err1 := strconv.Atoi(args[1])
	size, err2 := strconv.ParseInt(args[2], 10, 64)
	depth, err3 := strconv.Atoi(args[3])
	if err := errors.Join(err1, err2, err3); err != nil {
		return err
	}
	out := bufio.NewWriter(os.Stdout)
	c := &collector{list: json.NewEncoder(out), bytes: os.NewFile(3, "bytes"), maxFiles: files, left: size, maxDepth: depth}
	root, err := unix.Open(".", unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		// The program owns the directory and may have shut it.
		err = c.skip(".", "can't be opened: "+err.Error())
	} else {
		err = c.walk(root, "", 0)
	}
	if err != nil {
		return err
	}
	if c.skipped > MaxSkipped {
		err = c.list.Encode(wire.Found{Reason: fmt.Sprintf("%d more entries were passed over", c.skipped-MaxSkipped)})
	}
	return errors.Join(err, c.list.Encode(wire.Found{Done: true}), out.Flush())
}

// maxEntries bounds how many directory entries are looked at; the inode limit
// of the sandbox keeps an honest program far below.
const maxEntries = 200_000

func (c *collector) skip(name, reason string) error {
	if c.skipped++; c.skipped > MaxSkipped {
		return nil
	}
	return c.list.Encode(wire.Found{Path: clip(name), Reason: reason})
}

// clip keeps a hostile name from filling the listing.
func clip(name string) string {
	if len(name) > 512 {
		return name[:512] + "..."
	}
	return name
}

// walk lists the directory fd, whose path is prefix, and closes it.
func (c *collector) walk(fd int, prefix string, depth int) error {
	dir := os.NewFile(uintptr(fd), "dir")
	defer dir.Close()
	for {
		names, err := dir.Readdirnames(256)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return c.skip(prefix, "can't be listed: "+err.Error())
		}
		for _, name := range names {
			if c.entries++; c.entries > maxEntries {
				return c.skip(prefix, "too many entries")
			}
			if err := c.entry(fd, path.Join(prefix, name), name, depth); err != nil {
				return err
			}
		}
	}
}

func (c *collector) entry(parent int, full, name string, depth int) error {
	// O_NONBLOCK: a FIFO must not hold the collector; O_NOFOLLOW and RESOLVE_*:
	// neither a link nor a mount leads out of the directory (openat2(2)).
	fd, err := unix.Openat2(parent, name, &unix.OpenHow{
		Flags: unix.O_RDONLY | unix.O_NOFOLLOW | unix.O_NONBLOCK | unix.O_NOCTTY | unix.O_CLOEXEC,
		Resolve: unix.RESOLVE_BENEATH | unix.RESOLVE_NO_SYMLINKS | unix.RESOLVE_NO_MAGICLINKS |
			unix.RESOLVE_NO_XDEV,
	})
	switch {
	case errors.Is(err, unix.ELOOP):
		return c.skip(full, "symbolic link")
	case errors.Is(err, unix.ENXIO):
		return c.skip(full, "socket")
	case errors.Is(err, unix.EXDEV):
		return c.skip(full, "mount point")
	case err != nil:
		return c.skip(full, "can't be opened: "+err.Error())
	}
	var st unix.Stat_t
	if err := unix.Fstat(fd, &st); err != nil {
		unix.Close(fd)
		return c.skip(full, "can't be read: "+err.Error())
	}
	reason := ""
	switch kind := st.Mode & unix.S_IFMT; {
	case !utf8.ValidString(name):
		reason = "name is not UTF-8"
	case kind == unix.S_IFDIR && depth+1 > c.maxDepth:
		reason = fmt.Sprintf("deeper than %d directories", c.maxDepth)
	case kind == unix.S_IFDIR:
		return c.walk(fd, full, depth+1)
	case kind == unix.S_IFIFO:
		reason = "FIFO"
	case kind != unix.S_IFREG:
		reason = "device"
	case st.Nlink != 1:
		reason = "more than one hard link"
	case c.files >= c.maxFiles:
		reason = fmt.Sprintf("more than %d files", c.maxFiles)
	case st.Size > c.left:
		reason = fmt.Sprintf("%d bytes are more than the limit leaves", st.Size)
	}
	if reason != "" {
		unix.Close(fd)
		return c.skip(full, reason)
	}
	c.files++
	c.left -= st.Size
	f := os.NewFile(uintptr(fd), name)
	defer f.Close()
	sum := sha256.New()
	n, err := io.Copy(io.MultiWriter(c.bytes, sum), io.LimitReader(f, st.Size))
	if err != nil || n != st.Size {
		return fmt.Errorf("copy a file: %d of %d bytes: %w", n, st.Size, err)
	}
	return c.list.Encode(wire.Found{Path: full, Size: n, Exec: st.Mode&0o111 != 0, SHA256: hex.EncodeToString(sum.Sum(nil))})
}
