package probe

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// Helper checks the helper's socket: without one, root's commands start a
// helper for themselves, and nobody else can run anything.
func Helper(socket string) Check {
	root := os.Geteuid() == 0
	need, consequence := Required, "only root can run programs"
	if root {
		need, consequence = Wanted, "each command starts a helper of its own, which takes some milliseconds more; only root can run programs"
	}
	const remedy = "sudo nsbox-helper serve"
	c, err := net.DialTimeout("unixpacket", socket, 2*time.Second)
	if err == nil {
		c.Close()
		return check("nsbox", "helper", need, Yes, socket, "", "")
	}
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, unix.ECONNREFUSED):
		return check("nsbox", "helper", need, No, "nobody listens on "+socket, consequence, remedy)
	case errors.Is(err, fs.ErrPermission):
		return check("nsbox", "helper", need, No, "no permission for "+socket,
			"this user cannot run programs", "ask for membership of the group that owns "+socket)
	}
	return check("nsbox", "helper", need, Unknown, cause(err).Error(), consequence, remedy)
}

// Program checks one of nsbox's own programs. path is "" where it was not found.
func Program(name, path string, need Need, consequence string) Check {
	if path == "" {
		return check("nsbox", name, need, No, "not found", consequence, "install nsbox: sudo make install")
	}
	return check("nsbox", name, need, Yes, path, "", "")
}

// SubordinateIDs checks that nobody else was given ids of the block from base
// on, and that /etc/subuid and /etc/subgid say it is taken.
func SubordinateIDs(base, count uint32) []Check {
	var all []Check
	for _, path := range []string{"/etc/subuid", "/etc/subgid"} {
		b, err := os.ReadFile(path)
		a, detail := Unknown, ""
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			detail = err.Error()
		} else {
			a, detail = block(string(b), base, count)
		}
		need := Wanted
		consequence := "another tool may hand the same ids to somebody, who could then signal sandboxed programs"
		remedy := fmt.Sprintf("echo nsbox:%d:%d >> %s", base, count, path)
		if a == No && detail != notReserved {
			need = Required
			remedy = "give that user another block in " + path
		}
		all = append(all, check("ids", fmt.Sprintf("block %d+%d in %s", base, count, path), need, a, detail, consequence, remedy))
	}
	return all
}

const notReserved = "not reserved"

// block looks base+count up in the text of a subuid(5) file.
func block(text string, base, count uint32) (Answer, string) {
	reserved := false
	for _, line := range strings.Split(text, "\n") {
		f := strings.Split(strings.TrimSpace(line), ":")
		if len(f) != 3 {
			continue
		}
		first, err1 := strconv.ParseUint(f[1], 10, 32)
		n, err2 := strconv.ParseUint(f[2], 10, 32)
		if err1 != nil || err2 != nil || n == 0 {
			continue
		}
		if first+n <= uint64(base) || first >= uint64(base)+uint64(count) {
			continue
		}
		if f[0] != "nsbox" {
			return No, fmt.Sprintf("ids of it belong to %s (%s:%s)", strconv.Quote(f[0]), f[1], f[2])
		}
		reserved = reserved || (first <= uint64(base) && first+n >= uint64(base)+uint64(count))
	}
	if !reserved {
		return No, notReserved
	}
	return Yes, ""
}

// Tools checks the commands that building images takes; names maps each to the
// Debian package that has it.
func Tools(names map[string]string) []Check {
	var all []Check
	for _, name := range slices.Sorted(maps.Keys(names)) {
		a, detail := Yes, ""
		path, err := exec.LookPath(name)
		if err != nil {
			a, detail = No, "not in PATH"
		} else {
			detail = path
		}
		all = append(all, check("building images", name, Wanted, a, detail,
			"recipes that need it cannot be built; import works without", "apt-get install "+names[name]))
	}
	return all
}

// Terminal checks what exec --tty takes.
func Terminal() Check {
	a, detail := Yes, ""
	fd, err := unix.Open("/dev/ptmx", unix.O_RDWR|unix.O_NOCTTY|unix.O_CLOEXEC, 0)
	if err != nil {
		a, detail = No, "/dev/ptmx: "+err.Error()
	} else {
		unix.Close(fd)
	}
	return check("nsbox", "pseudo-terminals", Wanted, a, detail, "exec --tty does not work", "mount devpts on /dev/pts")
}
