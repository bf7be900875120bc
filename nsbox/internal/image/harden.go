package image

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"
)

// MountPoints are the empty directories that every image has, for the zygote
// and the sandbox to mount on.
var MountPoints = []string{"/workspace", "/build", "/tmp", "/dev", "/dev/shm", "/dev/pts", "/proc", "/.nsbox"}

// InitFile is the empty file on which nsbox-init is bound.
const InitFile = "/.nsbox/init"

// Harden takes out of a layer what no program in a sandbox may have: setuid and
// setgid bits, file capabilities, device nodes (whiteouts stay), fifos and
// sockets; and overlayfs's notes about the place where the layer was made.
func Harden(dir string) error {
	err := filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return hardenEntry(path)
	})
	if err != nil {
		return fmt.Errorf("harden: %w", err)
	}
	fd, err := unix.Open(dir, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
	if err != nil {
		return fmt.Errorf("harden: %w", err)
	}
	defer unix.Close(fd)
	// The layer's directory is the image's root directory.
	if err := unix.Fchmod(fd, 0o755); err != nil {
		return fmt.Errorf("harden: %w", err)
	}
	return nil
}

func hardenEntry(path string) error {
	var st unix.Stat_t
	if err := unix.Lstat(path, &st); err != nil {
		return &fs.PathError{Op: "lstat", Path: path, Err: err}
	}
	switch st.Mode & unix.S_IFMT {
	case unix.S_IFREG, unix.S_IFDIR:
		if st.Mode&(unix.S_ISUID|unix.S_ISGID) != 0 {
			// Nobody but root can be in this tree, and its links are not followed.
			mode := st.Mode & 0o7777 &^ (unix.S_ISUID | unix.S_ISGID)
			if err := chmod(path, mode); err != nil {
				return err
			}
		}
	case unix.S_IFLNK:
	case unix.S_IFCHR:
		if st.Rdev != 0 {
			return os.Remove(path)
		}
	default:
		return os.Remove(path)
	}
	return dropAttrs(path)
}

func chmod(path string, mode uint32) error {
	fd, err := unix.Open(path, unix.O_RDONLY|unix.O_NOFOLLOW|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if err != nil {
		return &fs.PathError{Op: "open", Path: path, Err: err}
	}
	defer unix.Close(fd)
	if err := unix.Fchmod(fd, mode); err != nil {
		return &fs.PathError{Op: "chmod", Path: path, Err: err}
	}
	return nil
}

// dropAttrs removes the entry's extended attributes but the one that makes a
// directory opaque.
func dropAttrs(path string) error {
	buf := make([]byte, 4096)
	n, err := unix.Llistxattr(path, buf)
	if errors.Is(err, unix.ENOTSUP) {
		return nil
	}
	if err != nil {
		return &fs.PathError{Op: "listxattr", Path: path, Err: err}
	}
	for name := range bytes.SplitSeq(buf[:n], []byte{0}) {
		// SELinux's label is the host's own and can't be removed.
		if a := string(name); a != "" && a != opaqueAttr && a != "security.selinux" {
			if err := unix.Lremovexattr(path, a); err != nil && !errors.Is(err, unix.ENODATA) {
				return fmt.Errorf("removexattr %s: %s: %w", a, path, err)
			}
		}
	}
	return nil
}

// Furnish gives a whole root filesystem what every sandbox counts on: the mount
// points, the user, and the few files of /etc that tell a program where it is.
// It stays below dir whatever links are in it, and replaces links that are in
// its way.
func Furnish(dir string) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return fmt.Errorf("furnish: %w", err)
	}
	defer root.Close()
	for _, p := range append([]string{"/etc"}, MountPoints...) {
		if err := furnishDir(root, strings.TrimPrefix(p, "/"), p != "/etc"); err != nil {
			return fmt.Errorf("furnish %s: %w", p, err)
		}
	}
	passwd := merge(root, "etc/passwd", "root:x:0:0:root:/root:/bin/sh", "sandbox:x:1000:1000::/tmp:/bin/sh")
	group := merge(root, "etc/group", "root:x:0:", "sandbox:x:1000:")
	for _, f := range []struct{ path, text string }{
		{"etc/passwd", passwd},
		{"etc/group", group},
		{"etc/hostname", "nsbox\n"},
		{"etc/hosts", "127.0.0.1 localhost nsbox\n::1 localhost ip6-localhost ip6-loopback\n"},
		{"etc/resolv.conf", ""},
		{"etc/machine-id", ""},
		{"etc/fstab", ""},
		{"etc/localtime", utc()},
		{"etc/timezone", "Etc/UTC\n"},
		{strings.TrimPrefix(InitFile, "/"), ""},
	} {
		if err := furnishFile(root, f.path, f.text); err != nil {
			return fmt.Errorf("furnish /%s: %w", f.path, err)
		}
	}
	return nil
}

// furnishDir makes p a real directory, empty if asked for.
func furnishDir(root *os.Root, p string, empty bool) error {
	fi, err := root.Lstat(p)
	if err == nil && fi.IsDir() && !empty {
		return chmodIn(root, p, 0o755)
	}
	if err == nil {
		if err := root.RemoveAll(p); err != nil {
			return err
		}
	}
	if err := root.Mkdir(p, 0o755); err != nil {
		return err
	}
	return chmodIn(root, p, 0o755)
}

func furnishFile(root *os.Root, p, text string) error {
	if err := root.RemoveAll(p); err != nil {
		return err
	}
	f, err := root.OpenFile(p, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	defer f.Close()
	if _, err := f.WriteString(text); err != nil {
		return err
	}
	return f.Chmod(0o644)
}

func chmodIn(root *os.Root, p string, mode os.FileMode) error {
	f, err := root.Open(p)
	if err != nil {
		return err
	}
	defer f.Close()
	return f.Chmod(mode)
}

// merge returns the lines of a file like /etc/passwd with the given entries in
// place of those that have the same name or number.
func merge(root *os.Root, p string, entries ...string) string {
	const most = 1 << 20
	var old string
	if fi, err := root.Lstat(p); err == nil && fi.Mode().IsRegular() && fi.Size() < most {
		if b, err := root.ReadFile(p); err == nil {
			old = string(b)
		}
	}
	taken := map[string]bool{}
	for _, e := range entries {
		f := strings.Split(e, ":")
		taken[f[0]], taken["#"+f[2]] = true, true
	}
	out := strings.Join(entries, "\n") + "\n"
	for line := range strings.Lines(old) {
		f := strings.Split(strings.TrimSpace(line), ":")
		if len(f) >= 4 && !taken[f[0]] && !taken["#"+f[2]] {
			out += strings.TrimSpace(line) + "\n"
		}
	}
	return out
}

// utc is the smallest time zone file (RFC 8536) of UTC: no transitions, one
// type, its abbreviation.
func utc() string {
	b := append([]byte("TZif"), make([]byte, 16)...)
	for _, n := range []uint32{0, 0, 0, 0, 1, 4} { // utc, std, leap, times, types, characters
		b = binary.BigEndian.AppendUint32(b, n)
	}
	return string(append(b, "\x00\x00\x00\x00\x00\x00UTC\x00"...))
}
