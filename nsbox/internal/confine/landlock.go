package confine

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// Rights to change a file system, by the Landlock ABI that brought them
// (linux/landlock.h).
const (
	landlockWriteV1 = unix.LANDLOCK_ACCESS_FS_WRITE_FILE | unix.LANDLOCK_ACCESS_FS_REMOVE_DIR |
		unix.LANDLOCK_ACCESS_FS_REMOVE_FILE | unix.LANDLOCK_ACCESS_FS_MAKE_CHAR | unix.LANDLOCK_ACCESS_FS_MAKE_DIR |
		unix.LANDLOCK_ACCESS_FS_MAKE_REG | unix.LANDLOCK_ACCESS_FS_MAKE_SOCK | unix.LANDLOCK_ACCESS_FS_MAKE_FIFO |
		unix.LANDLOCK_ACCESS_FS_MAKE_BLOCK | unix.LANDLOCK_ACCESS_FS_MAKE_SYM
	landlockDevices = unix.LANDLOCK_ACCESS_FS_MAKE_CHAR | unix.LANDLOCK_ACCESS_FS_MAKE_BLOCK
)

// landlockRuleset is struct landlock_ruleset_attr; a kernel takes the prefix it knows.
type landlockRuleset struct{ fs, net, scoped uint64 }

// landlockBeneath is struct landlock_path_beneath_attr, which is packed.
type landlockBeneath [12]byte

// restrictWrites lets the program change files below the scratch directories
// and write to the harmless devices, nothing else. It is the second wall behind
// the read-only mounts.
func restrictWrites(p *program, l *Late) {
	write := uint64(landlockWriteV1)
	if l.Landlock >= 2 {
		write |= unix.LANDLOCK_ACCESS_FS_REFER
	}
	if l.Landlock >= 3 {
		write |= unix.LANDLOCK_ACCESS_FS_TRUNCATE
	}
	attr, size := &landlockRuleset{fs: write}, unsafe.Sizeof(uint64(0))
	if l.Landlock >= 6 {
		// Abstract sockets and signals end at the sandbox, which namespaces see to already.
		attr.scoped = unix.LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET | unix.LANDLOCK_SCOPE_SIGNAL
		size = unsafe.Sizeof(*attr)
	}
	set := p.ret(p.call("landlock ruleset", unix.SYS_LANDLOCK_CREATE_RULESET, ref(p, attr), size, 0))
	dirs := []string{"/workspace", "/tmp", "/dev/shm"}
	if l.Build {
		dirs = append(dirs, "/build")
	}
	fd := p.regs
	p.regs++
	allow := func(path string, rights uint64) {
		rule := new(landlockBeneath)
		*(*uint64)(unsafe.Pointer(rule)) = rights
		// The descriptor is known only in the child: it gets a number that is.
		*(*int32)(unsafe.Pointer(&rule[8])) = fdDir
		p.call("landlock open "+path, unix.SYS_OPENAT, unix.AT_FDCWD, path, unix.O_PATH|unix.O_CLOEXEC, 0).save = fd
		p.call("dup3", unix.SYS_DUP3, reg(fd), fdDir, unix.O_CLOEXEC)
		p.call("landlock rule "+path, unix.SYS_LANDLOCK_ADD_RULE, set, unix.LANDLOCK_RULE_PATH_BENEATH, ref(p, rule), 0)
		p.call("close", unix.SYS_CLOSE, reg(fd))
	}
	for _, d := range dirs {
		allow(d, write&^landlockDevices)
	}
	file := uint64(unix.LANDLOCK_ACCESS_FS_WRITE_FILE)
	if l.Landlock >= 3 {
		file |= unix.LANDLOCK_ACCESS_FS_TRUNCATE
	}
	devices := []string{"/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom", "/dev/tty"}
	if l.TTY {
		devices = append(devices, "/dev/pts")
	}
	for _, d := range devices {
		allow(d, file)
	}
	// /proc/self holds comm, oom_score_adj and the like, its owner's to write.
	allow("/proc", file)
	p.call("landlock", unix.SYS_LANDLOCK_RESTRICT_SELF, set, 0)
}
