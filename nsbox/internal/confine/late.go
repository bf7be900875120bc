package confine

import (
	"encoding/binary"
	"errors"
	"fmt"
	"path"
	"strings"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Late is what a sandbox gets to do that waits at its gate: all that depends on
// a request. Whoever holds the other end of the gate sends it as one packet.
type Late struct {
	Kind LateKind
	Argv []string
	Env  []string
	// Main is the main file's place in Argv, for LateFork.
	Main int
	// Disk is in bytes, Inodes a count, for all writable file systems together;
	// Resize sets them anew where the Spec had others.
	Disk, Inodes int64
	Resize       bool
	OpenFiles    int64
	BPF          []byte // the compiled seccomp filter
	Landlock     int    // the kernel's Landlock ABI; 0 where there is none
	TTY          bool
	// Build leaves /build writable; its files come first in Files otherwise.
	Build bool
	Files []FileEntry
	// Message is what LateRelease writes to the program.
	Message []byte
}

// LateKind says what a Late is for.
type LateKind uint8

// The kinds of Late, and the descriptors that must come with each.
const (
	// LateExec writes the files and becomes the program. With Files, the memfd of
	// their bytes.
	LateExec LateKind = iota
	// LateBoot becomes a program of the image that will be told later what to run,
	// and leaves init at a second gate. Two pipes: the read end of the program's
	// control pipe, which is 3 there, and the write end of one by which it says
	// that it is up, 4 there. Files are not allowed.
	LateBoot
	// LateRelease follows LateBoot: it writes the files, retires init and only then
	// writes Message to the control pipe. That pipe's write end, and with Files
	// their memfd before it.
	LateRelease
	// LateFork is LateExec for a sandbox that a Template cloned: the interpreter
	// goes on with the main file instead of an execve.
	LateFork
)

const (
	// fdLate is the number of a packet's first descriptor.
	fdLate = 3
	// maxLateFDs is the most descriptors of a packet.
	maxLateFDs = 4
)

// The region is memory of the zygote that every sandbox finds at the same place:
// room for a packet, for one more that comes while the first is at work, for
// the stack of the process that becomes the program, and for a list that is too
// long for a packet.
const (
	inlineSize  = 64 << 10
	stackOffset = 2 * inlineSize
	stackSize   = 16 << 10
	longOffset  = stackOffset + stackSize
	longSize    = 64 << 20
	regionSize  = longOffset + longSize
)

// regPid keeps the program's pid from one list to the next.
const regPid reg = registers - 1

// lateSteps is what the numbers of a Late's steps begin with in a Record, so
// that they are told from those before the gate.
const lateSteps = 1 << 16

// Packet is a Late ready to be sent.
type Packet struct {
	// Data is the packet; where Long is not nil, a memfd of these bytes follows
	// the packet's other descriptors.
	Data, Long []byte
	steps      program
}

// StepName names a step of a Record, where it is one of this list's.
func (p *Packet) StepName(step int) (name string, ok bool) {
	if p == nil || step < lateSteps {
		return "", false
	}
	return p.steps.step(step - lateSteps), true
}

// ErrTooLong means that a list has no room in the region.
var ErrTooLong = errors.New("names, arguments and environment are too long")

// Link lays l out for a zygote whose region is at the given address. fds is
// the number of descriptors that will be sent with it.
func (l *Late) Link(region uint64, fds int) (*Packet, error) {
	p, err := l.program(uintptr(region))
	if err != nil {
		return nil, err
	}
	packet := &Packet{steps: program{names: p.names}}
	if p.size() <= inlineSize {
		packet.Data = p.link(uintptr(region)+l.slot(), lateSteps)
		return packet, nil
	}
	if p.size() > longSize {
		return nil, ErrTooLong
	}
	at := uintptr(region) + longOffset
	packet.Long = p.link(at, lateSteps)
	short := &program{}
	mapLong := func() {
		short.call("map the list", unix.SYS_MMAP, at, (len(packet.Long)+4095)&^4095,
			unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_FIXED, fdLate+fds, 0)
		short.call("close", unix.SYS_CLOSE, fdLate+fds)
	}
	mapLong()
	short.goOn(at)
	if l.Kind == LateFork {
		short.entry = len(short.ops)
		mapLong()
		short.giveList(at)
	}
	packet.Data = short.link(uintptr(region)+l.slot(), lateSteps)
	return packet, nil
}

// slot is where in the region the packet lies: not where the list that receives
// it does.
func (l *Late) slot() uintptr {
	if l.Kind == LateRelease {
		return inlineSize
	}
	return 0
}

func (l *Late) program(region uintptr) (*program, error) {
	p := &program{}
	if len(l.Files) > 0 && l.Kind == LateBoot {
		return nil, errors.New("confine: files before the sandbox is taken")
	}
	switch l.Kind {
	case LateExec:
		lateInit(p, l)
		var tail int
		forkProgram(p, &tail)
		if err := confineProgram(p, l, fdLate); err != nil {
			return nil, err
		}
		if err := execProgram(p, l); err != nil {
			return nil, err
		}
		tail = len(p.ops)
		lateTail(p, fdLate)
	case LateFork:
		lateInit(p, l)
		if err := forkLate(p, l); err != nil {
			return nil, err
		}
	case LateBoot:
		var tail int
		forkProgram(p, &tail)
		// Not to close on exec: these two are the program's.
		for fd := fdLate; fd < fdLate+2; fd++ {
			p.call("keep the control pipes", unix.SYS_FCNTL, fd, unix.F_SETFD, 0)
		}
		if err := confineProgram(p, l, fdLate+2); err != nil {
			return nil, err
		}
		if err := execProgram(p, l); err != nil {
			return nil, err
		}
		tail = len(p.ops)
		sendListener(p, fdLate+2)
		p.call("close_range", unix.SYS_CLOSE_RANGE, fdLate, fdReport-1, 0)
		reportNow(p, RecordWaiting)
		passGate(p, region+inlineSize)
	case LateRelease:
		control := fdLate
		if len(l.Files) > 0 {
			control++
		}
		// Above what init closes when it retires.
		p.call("dup3", unix.SYS_DUP3, control, fdControl, unix.O_CLOEXEC)
		lateInit(p, l)
		message := p.bytes(l.Message)
		reportNow(p, RecordReady)
		retireInit(p)
		// The program may be dead, which the wait finds.
		p.call("tell the program", unix.SYS_WRITE, fdControl, message, len(l.Message)).flags = flagIgnore
		p.wait("wait for the program", regPid)
	default:
		return nil, fmt.Errorf("confine: unknown kind of list %d", l.Kind)
	}
	return p, nil
}

// lateInit is what pid 1 does before the program is.
func lateInit(p *program, l *Late) {
	if l.Resize {
		// The flags are those of the mount, which a remount would else take away.
		p.call("resize scratch", unix.SYS_MOUNT, "none", "/workspace", nil, unix.MS_REMOUNT|unix.MS_NOSUID|unix.MS_NODEV,
			scratchOptions(l.Disk, l.Inodes))
	}
	if len(l.Files) > 0 {
		writeFiles(p, l.Files)
	}
	sealBuild(p, l)
}

// lateTail is what pid 1 does once the program runs.
func lateTail(p *program, listener int) {
	sendListener(p, listener)
	retireInit(p)
	p.wait("wait for the program", regPid)
}

// forkProgram forks the program's process. Init sleeps until the program's
// execve and shares its descriptors with it until then (execve(2) gives the
// program a table of its own): so the listener that the program's filter makes is
// there for init to hand on.
func forkProgram(p *program, parent *int) {
	p.jumps = append(p.jumps, jump{len(p.ops), parent})
	p.add("fork the program", op{kind: opFork, save: int8(regPid), args: [6]uintptr{
		1: uintptr(unix.CLONE_VM | unix.CLONE_VFORK | unix.CLONE_FILES | int(unix.SIGCHLD)),
	}})
}

// writeFiles copies the request's files out of the memfd, acting as their
// owner: the program's for /workspace, init's for /build. openat2 keeps every
// name beneath its directory, though policy has checked the names and nothing
// but these files is there yet.
func writeFiles(p *program, files []FileEntry) {
	open := unix.OpenHow{
		Flags: unix.O_WRONLY | unix.O_CREAT | unix.O_EXCL | unix.O_NOFOLLOW | unix.O_CLOEXEC, Mode: 0o644,
		Resolve: unix.RESOLVE_BENEATH | unix.RESOLVE_NO_SYMLINKS | unix.RESOLVE_NO_MAGICLINKS | unix.RESOLVE_NO_XDEV,
	}
	how := ref(p, &open)
	open.Mode = 0o755
	howExec := ref(p, &open)
	fd := p.regs
	p.regs++
	write := func(root string, owner int, build bool) {
		p.call("setfsgid", unix.SYS_SETFSGID, owner)
		p.call("setfsuid", unix.SYS_SETFSUID, owner)
		p.call("chdir "+root, unix.SYS_CHDIR, root)
		made := map[string]bool{".": true}
		var offset int64
		for _, f := range files {
			at := offset
			offset += f.Size
			if f.Build != build {
				continue
			}
			for _, dir := range parents(f.Name) {
				if !made[dir] {
					made[dir] = true
					p.call("mkdir in "+root, unix.SYS_MKDIRAT, unix.AT_FDCWD, dir, 0o755)
				}
			}
			h := how
			if f.Exec {
				h = howExec
			}
			p.call("create file in "+root, unix.SYS_OPENAT2, unix.AT_FDCWD, f.Name, h, unsafe.Sizeof(unix.OpenHow{})).save = fd
			if f.Size > 0 {
				p.call("write file in "+root, unix.SYS_SENDFILE, reg(fd), fdLate, ref(p, &at), f.Size).flags = flagRetry | flagExact
			}
			p.call("close", unix.SYS_CLOSE, reg(fd))
		}
	}
	var work, build bool
	for _, f := range files {
		work, build = work || !f.Build, build || f.Build
	}
	if work {
		write("/workspace", programUID, false)
	}
	if build {
		write("/build", initUID, true)
	}
	p.call("setfsuid", unix.SYS_SETFSUID, initUID)
	p.call("setfsgid", unix.SYS_SETFSGID, initUID)
	p.call("chdir /", unix.SYS_CHDIR, "/")
	p.call("close", unix.SYS_CLOSE, fdLate)
}

// parents are the directories above name, outermost first.
func parents(name string) []string {
	var dirs []string
	for i, c := range name {
		if c == '/' {
			dirs = append(dirs, name[:i])
		}
	}
	return dirs
}

// sealBuild makes /build read-only where the stage before has filled it.
func sealBuild(p *program, l *Late) {
	if l.Build {
		return
	}
	p.call("read-only /build", unix.SYS_MOUNT, "none", "/build", nil,
		unix.MS_BIND|unix.MS_REMOUNT|unix.MS_RDONLY|unix.MS_NOSUID|unix.MS_NODEV, nil)
}

// becomeProgram gives up everything: session, limits, capabilities, ids. The
// order matters: the bounding set and the locks on capabilities need
// CAP_SETPCAP, so the change of uid, which clears all sets, comes after them.
func becomeProgram(p *program, l *Late) {
	p.call("setsid", unix.SYS_SETSID)
	if l.TTY {
		p.call("controlling terminal", unix.SYS_IOCTL, 0, unix.TIOCSCTTY, 0)
	}
	p.call("umask", unix.SYS_UMASK, 0o022)
	p.call("chdir /workspace", unix.SYS_CHDIR, "/workspace")
	for _, r := range []struct {
		name      string
		res       int
		soft, max uint64
	}{
		{"core", unix.RLIMIT_CORE, 0, 0},
		{"nofile", unix.RLIMIT_NOFILE, uint64(l.OpenFiles), uint64(l.OpenFiles)},
		{"fsize", unix.RLIMIT_FSIZE, uint64(l.Disk), uint64(l.Disk)},
		{"stack", unix.RLIMIT_STACK, 8 << 20, 64 << 20},
		{"memlock", unix.RLIMIT_MEMLOCK, 0, 0},
		{"msgqueue", unix.RLIMIT_MSGQUEUE, 0, 0},
		{"sigpending", unix.RLIMIT_SIGPENDING, 1024, 1024},
		{"nice", unix.RLIMIT_NICE, 0, 0},
		{"rtprio", unix.RLIMIT_RTPRIO, 0, 0},
	} {
		p.call("rlimit "+r.name, unix.SYS_PRLIMIT64, 0, r.res, ref(p, &unix.Rlimit{Cur: r.soft, Max: r.max}), nil)
	}
	dropBounding(p)
	p.call("no ambient capabilities", unix.SYS_PRCTL, unix.PR_CAP_AMBIENT, unix.PR_CAP_AMBIENT_CLEAR_ALL)
	p.call("lock capabilities", unix.SYS_PRCTL, unix.PR_SET_SECUREBITS, lockedSecurebits)
	p.call("setresgid", unix.SYS_SETRESGID, programUID, programUID, programUID)
	p.call("setgroups", unix.SYS_SETGROUPS, 0, nil)
	p.call("setresuid", unix.SYS_SETRESUID, programUID, programUID, programUID)
	dropCapabilities(p)
}

// confineProgram gives up all that the program must not have, and reports that
// it is ready. Seccomp comes last: every earlier step needs a call that the
// program must not have, and execve is all that remains. Descriptors from 3 up to
// free stay open, and free becomes the filter's listener.
func confineProgram(p *program, l *Late, free int) error {
	if len(l.BPF) == 0 || len(l.BPF)%8 != 0 {
		return errors.New("confine: a list without a filter")
	}
	becomeProgram(p, l)
	if l.Landlock > 0 {
		restrictWrites(p, l)
	}
	if l.Kind == LateFork {
		// It was not, while it could reach more than a program may. Now its files under
		// /proc/self must be its own, as after an execve.
		p.call("dumpable", unix.SYS_PRCTL, unix.PR_SET_DUMPABLE, 1)
	}
	p.call("close_range", unix.SYS_CLOSE_RANGE, free, fdReport-1, 0)
	p.call("close_range", unix.SYS_CLOSE_RANGE, fdReport, maxFD, unix.CLOSE_RANGE_CLOEXEC)
	if l.Kind != LateBoot {
		reportNow(p, RecordReady)
	}
	loadSeccomp(p, l.BPF, free)
	return nil
}

// execProgram becomes the program.
func execProgram(p *program, l *Late) error {
	if len(l.Argv) == 0 {
		return errors.New("confine: a list without a command")
	}
	paths := lookPaths(l.Argv[0], l.Env)
	if len(paths) == 0 {
		return &Failure{Step: "find command " + l.Argv[0], Errno: int(unix.ENOENT)}
	}
	argv, envp := p.vector(l.Argv), p.vector(l.Env)
	for i, path := range paths {
		o := p.call("execve "+path, unix.SYS_EXECVE, path, argv, envp)
		if i < len(paths)-1 {
			o.flags = flagIgnore
		} else if len(paths) > 1 {
			p.names[len(p.names)-1] = "find command " + l.Argv[0]
		}
	}
	return nil
}

// sockFprog is struct sock_fprog.
type sockFprog struct {
	length uint16
	filter uintptr
}

// loadSeccomp loads a filter. With a listener, whose number will be the given
// one, the lowest that is free, the helper learns of refused calls
// (seccomp_unotify(2)); 0 is none.
func loadSeccomp(p *program, bpf []byte, listener int) {
	prog := ref(p, &sockFprog{length: uint16(len(bpf) / 8)})
	p.point(prog+addr(unsafe.Offsetof(sockFprog{}.filter)), p.bytes(bpf))
	if listener == 0 {
		p.call("seccomp", unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, 0, prog)
		return
	}
	// The fourth argument is not the call's: it is what the result must be.
	p.call("seccomp", unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, unix.SECCOMP_FILTER_FLAG_NEW_LISTENER,
		prog, listener).flags = flagExact
}

// sendListener hands the listener to the helper, with a record that says that
// the program runs.
func sendListener(p *program, listener int) {
	sendRights(p, "send the listener", RecordRunning, p.bytes(unix.UnixRights(listener))).flags = flagIgnore
}

// sendRights sends a record with the control message at rights, that of one
// descriptor, which may be filled in by the time that it is sent.
func sendRights(p *program, name string, kind RecordKind, rights addr) *op {
	record := make([]byte, RecordSize)
	binary.NativeEndian.PutUint32(record, uint32(kind))
	hdr := unix.Msghdr{Iovlen: 1, Controllen: uint64(unix.CmsgSpace(4))}
	iov := ref(p, &unix.Iovec{Len: RecordSize})
	p.point(iov, p.bytes(record))
	msg := ref(p, &hdr)
	p.point(msg+addr(unsafe.Offsetof(hdr.Iov)), iov)
	p.point(msg+addr(unsafe.Offsetof(hdr.Control)), rights)
	return p.call(name, unix.SYS_SENDMSG, fdReport, msg, unix.MSG_NOSIGNAL)
}

// retireInit takes from pid 1 all that it needed for the set-up. What is left
// waits, looks at the scratch file system's counters and reports.
func retireInit(p *program) {
	p.call("close_range", unix.SYS_CLOSE_RANGE, 0, fdReport-1, 0)
	p.call("close gate", unix.SYS_CLOSE, fdGate)
	dropBounding(p)
	p.call("lock capabilities", unix.SYS_PRCTL, unix.PR_SET_SECUREBITS, lockedSecurebits)
	dropCapabilities(p)
	p.call("not dumpable", unix.SYS_PRCTL, unix.PR_SET_DUMPABLE, 0)
	loadSeccomp(p, initFilter, 0)
}

// lookPaths are the files that a command may be, in the order in which execvp(3)
// tries them. Only root-owned places are searched, never those that a program
// can write.
func lookPaths(name string, env []string) []string {
	if strings.Contains(name, "/") {
		return []string{name}
	}
	dirs := "/usr/local/bin:/usr/bin:/bin"
	for _, e := range env {
		if v, ok := strings.CutPrefix(e, "PATH="); ok {
			dirs = v
		}
	}
	var paths []string
	for _, dir := range strings.Split(dirs, ":") {
		if path.IsAbs(dir) && !writable(path.Clean(dir)) && len(paths) < maxPaths {
			paths = append(paths, path.Join(dir, name))
		}
	}
	return paths
}

// maxPaths bounds how many places a command is looked for in.
const maxPaths = 64

func writable(dir string) bool {
	for _, w := range []string{"/workspace", "/tmp", "/dev/shm", "/build"} {
		if dir == w || strings.HasPrefix(dir, w+"/") {
			return true
		}
	}
	return false
}
