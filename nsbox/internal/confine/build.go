package confine

import (
	"encoding/binary"
	"fmt"
	"unsafe"

	"golang.org/x/sys/unix"
)

// The child's own descriptors, far above those of the program, which are 0 to 2.
const (
	fdReport = 100 + iota
	fdGate
	fdDisk
	fdBytes
	fdExec
	fdControl
	fdUserNS
	fdMountNS
	fdDir
	fdFiles
)

// Namespaces are those that every sandbox has fresh, by their names in /proc/pid/ns.
var Namespaces = []string{"pid", "net", "mount", "user", "ipc", "uts", "cgroup"}

// cloneNamespaces are all but the cgroup namespace, which init makes once it
// has joined its own cgroup: a cgroup namespace is rooted where its
// maker stands (cgroup_namespaces(7)).
const cloneNamespaces = unix.CLONE_NEWUSER | unix.CLONE_NEWPID | unix.CLONE_NEWNS |
	unix.CLONE_NEWNET | unix.CLONE_NEWIPC | unix.CLONE_NEWUTS

// ids inside every sandbox.
const (
	initUID    = 0
	programUID = 1000
)

// Hostname is the host name inside every sandbox.
const Hostname = "nsbox"

// descriptors are the numbers, in the zygote, of what came with a Spec.
type descriptors struct {
	stdin, stdout, stderr, report, gate int
	maps                                int // read end of the pipe that tells of the id maps
	joins                               []int
}

// buildEarly lists what the sandbox's first process does, in order, until it
// waits at its gate. Nothing of it depends on what will run there.
func buildEarly(s *Spec, d descriptors, region uintptr) *program {
	p := &program{}
	defaultSignals(p)
	earlySteps(p, s, d)
	reportNow(p, RecordWaiting)
	passGate(p, region)
	return p
}

// earlySteps are what every kind of sandbox does first.
func earlySteps(p *program, s *Spec, d descriptors) {
	// The cgroup before anything that uses memory or time to speak of.
	joinCgroup(p, d.joins)
	takeDescriptors(p, d)
	awaitMaps(p)
	becomeInit(p)
	// Rooted at the cgroup just joined, so nothing of the host's paths is seen.
	p.call("unshare cgroup namespace", unix.SYS_UNSHARE, unix.CLONE_NEWCGROUP)
	boundPerUser(p, "0")
	mountAll(p, s)
	loopbackUp(p)
	p.call("sethostname", unix.SYS_SETHOSTNAME, Hostname, len(Hostname))
}

// defaultSignals undoes what the zygote and its callers ignore: it lets the
// kernel reap its children, while init waits, and an ignored signal would stay
// ignored in the program (signal(7)).
func defaultSignals(p *program) {
	deflt := make([]byte, 32) // struct kernel_sigaction: SIG_DFL, no flags
	for sig := 1; sig <= 64; sig++ {
		if sig != int(unix.SIGKILL) && sig != int(unix.SIGSTOP) {
			p.call("default signals", unix.SYS_RT_SIGACTION, sig, deflt, 0, 8)
		}
	}
}

// takeDescriptors gives the sandbox's descriptors their numbers and closes all
// others, the zygote's socket among them, before anything else happens.
func takeDescriptors(p *program, d descriptors) {
	// The pipe of the id maps lies where the scratch directory's descriptor comes.
	for _, m := range []struct{ from, to int }{{d.report, fdReport}, {d.gate, fdGate}, {d.maps, fdDisk}} {
		p.call("dup3", unix.SYS_DUP3, m.from, m.to, unix.O_CLOEXEC)
	}
	for i, from := range []int{d.stdin, d.stdout, d.stderr} {
		p.call("dup3", unix.SYS_DUP3, from, i, 0)
	}
	p.call("close_range", unix.SYS_CLOSE_RANGE, 3, fdReport-1, 0)
	p.call("close_range", unix.SYS_CLOSE_RANGE, fdDisk+1, maxFD, 0)
}

const maxFD = int(^uint32(0))

// joinCgroup moves the child by descriptors that the helper opened: the kernel
// judges the write by the opener's credentials.
func joinCgroup(p *program, joins []int) {
	for _, fd := range joins {
		p.call("join cgroup", unix.SYS_WRITE, fd, "0", 1)
	}
}

// awaitMaps waits for one byte: the id maps are written. End of file means that
// they could not be.
func awaitMaps(p *program) {
	p.call("id maps", unix.SYS_READ, fdDisk, make([]byte, 8), 1).flags = flagRetry | flagPositive
}

// passGate waits for a packet, puts it into the region that the zygote has set
// aside, and goes on with the list in it. Its descriptors get the lowest free
// numbers, from fdLate on. End of file means that nobody wants the sandbox any more.
func passGate(p *program, region uintptr) {
	receive(p, region, 0)
	p.goOn(region)
}

// receive is passGate's first half, with more flags of recvmsg.
func receive(p *program, region uintptr, more int) {
	iov := p.bytes(make([]byte, 16)) // struct iovec
	binary.NativeEndian.PutUint64(p.data[iov:], uint64(region))
	binary.NativeEndian.PutUint64(p.data[iov+8:], inlineSize)
	control := make([]byte, unix.CmsgSpace(4*maxLateFDs))
	msg := p.bytes(make([]byte, unsafe.Sizeof(unix.Msghdr{})))
	hdr := unix.Msghdr{Iovlen: 1, Controllen: uint64(len(control))}
	copy(p.data[msg:], unsafe.Slice((*byte)(unsafe.Pointer(&hdr)), unsafe.Sizeof(hdr)))
	p.point(msg+addr(unsafe.Offsetof(hdr.Iov)), iov)
	p.point(msg+addr(unsafe.Offsetof(hdr.Control)), p.bytes(control))
	p.call("gate", unix.SYS_RECVMSG, fdGate, msg, unix.MSG_CMSG_CLOEXEC|more).flags = flagRetry | flagPositive
}

// reportNow sends a record with the time.
func reportNow(p *program, kind RecordKind) {
	record := make([]byte, RecordSize)
	binary.NativeEndian.PutUint32(record, uint32(kind))
	at := p.bytes(record)
	p.call("clock", unix.SYS_CLOCK_GETTIME, unix.CLOCK_MONOTONIC, at+timeOffset)
	p.call("report", unix.SYS_WRITE, fdReport, at, len(record))
}

// becomeInit takes uid 0 of the sandbox's user namespace, with all
// capabilities over it and none elsewhere.
func becomeInit(p *program) {
	p.call("setresgid", unix.SYS_SETRESGID, initUID, initUID, initUID)
	p.call("setgroups", unix.SYS_SETGROUPS, 0, nil)
	p.call("setresuid", unix.SYS_SETRESUID, initUID, initUID, initUID)
	p.call("not dumpable", unix.SYS_PRCTL, unix.PR_SET_DUMPABLE, 0)
	p.call("umask", unix.SYS_UMASK, 0)
}

// boundPerUser bounds what the kernel counts per user in every user namespace
// up to the first. There it is the owner of the zygote's namespace who pays,
// host root, so an id of its own does not keep a sandbox from using up the
// inotify instances of the host (128 by default) and of all other sandboxes. The
// files under /proc/sys/user are those of the caller's own namespace
// (namespaces(7)), and only here is a whole /proc still in view. That no further
// namespace can be made in the sandbox's is a second wall behind the filter's:
// entered is how many there may be of those that a program gets when it enters a
// keeper's sandbox. Of user namespaces, without which a program can make none of
// the others, there is never one.
func boundPerUser(p *program, entered string) {
	fd := p.regs
	p.regs++
	for _, l := range []struct{ name, value string }{
		{"max_inotify_instances", "4"}, {"max_inotify_watches", "16384"},
		{"max_user_namespaces", "0"}, {"max_mnt_namespaces", entered}, {"max_pid_namespaces", entered}, {"max_net_namespaces", "0"},
		{"max_uts_namespaces", "0"}, {"max_ipc_namespaces", "0"}, {"max_cgroup_namespaces", entered},
	} {
		p.call("open "+l.name, unix.SYS_OPENAT, unix.AT_FDCWD, "/proc/sys/user/"+l.name, unix.O_WRONLY|unix.O_CLOEXEC, 0).save = fd
		p.call("bound "+l.name, unix.SYS_WRITE, reg(fd), l.value, len(l.value))
		p.call("close", unix.SYS_CLOSE, reg(fd))
	}
}

// mountAll covers what the zygote's root has at the writable places. One tmpfs
// carries them all, so one size and one number of inodes bound them together.
// It is mounted on /tmp, its directories are bound to their places, and that of
// /tmp last, over the tmpfs's own root, which no path reaches from then on.
func mountAll(p *program, s *Spec) {
	const safe = unix.MS_NOSUID | unix.MS_NODEV
	p.call("private mounts", unix.SYS_MOUNT, "none", "/", nil, unix.MS_REC|unix.MS_PRIVATE, nil)
	// The program gets no list of other processes, and subset=pid leaves nothing
	// of /proc but the process directories (proc(5), since Linux 5.8).
	p.call("mount /proc", unix.SYS_MOUNT, "proc", "/proc", "proc",
		safe|unix.MS_NOEXEC, "subset=pid,hidepid=invisible")
	p.call("mount scratch", unix.SYS_MOUNT, "tmpfs", "/tmp", "tmpfs", safe,
		scratchOptions(s.Disk, s.Inodes)+",mode=0755")
	dirs := []struct {
		name, target string
		mode         int
		own          bool
	}{
		{"workspace", "/workspace", 0o755, true},
		{"shm", "/dev/shm", 0o1777, false},
		{"build", "/build", 0o755, s.Build},
		{"tmp", "/tmp", 0o1777, false},
	}
	for _, d := range dirs {
		from := "/tmp/" + d.name
		p.call("mkdir "+d.target, unix.SYS_MKDIRAT, unix.AT_FDCWD, from, d.mode)
		if d.own {
			p.call("chown "+d.target, unix.SYS_FCHOWNAT, unix.AT_FDCWD, from, programUID, programUID, 0)
		}
		p.call("bind "+d.target, unix.SYS_MOUNT, from, d.target, nil, unix.MS_BIND, nil)
	}
	if s.TTY {
		p.call("mount /dev/pts", unix.SYS_MOUNT, "devpts", "/dev/pts", "devpts",
			unix.MS_NOSUID|unix.MS_NOEXEC, "newinstance,ptmxmode=0666,mode=0620")
	}
	fd := p.ret(p.call("open scratch", unix.SYS_OPENAT, unix.AT_FDCWD, "/workspace",
		unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0))
	p.call("dup3", unix.SYS_DUP3, fd, fdDisk, unix.O_CLOEXEC)
	p.call("close", unix.SYS_CLOSE, fd)
}

func scratchOptions(disk, inodes int64) string {
	return fmt.Sprintf("size=%d,nr_inodes=%d", disk, inodes+scratchInodes)
}

// scratchInodes are those of the scratch file system's own directories.
const scratchInodes = 5

// loopbackUp brings up lo, the only interface of a fresh network namespace.
func loopbackUp(p *program) {
	ifreq := make([]byte, 40) // struct ifreq
	copy(ifreq, "lo")
	binary.NativeEndian.PutUint16(ifreq[unix.IFNAMSIZ:], unix.IFF_UP)
	fd := p.ret(p.call("socket", unix.SYS_SOCKET, unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0))
	p.call("loopback up", unix.SYS_IOCTL, fd, unix.SIOCSIFFLAGS, ifreq)
	p.call("close", unix.SYS_CLOSE, fd)
}

// lockedSecurebits are SECBIT_NOROOT and SECBIT_NO_CAP_AMBIENT_RAISE with their
// locks: no uid, 0 included, ever brings capabilities back (capabilities(7)).
const lockedSecurebits = 1<<0 | 1<<1 | 1<<6 | 1<<7

func dropBounding(p *program) {
	for c := range unix.CAP_LAST_CAP + 1 {
		p.call("drop bounding capability", unix.SYS_PRCTL, unix.PR_CAPBSET_DROP, c)
	}
	// A kernel newer than this list has more; one that has not answers EINVAL.
	for c := unix.CAP_LAST_CAP + 1; c < 64; c++ {
		p.call("drop bounding capability", unix.SYS_PRCTL, unix.PR_CAPBSET_DROP, c).flags = flagIgnore
	}
}

func dropCapabilities(p *program) {
	hdr := ref(p, &unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3})
	p.call("capset", unix.SYS_CAPSET, hdr, ref(p, new([2]unix.CapUserData)))
	p.call("no_new_privs", unix.SYS_PRCTL, unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
}

// initFilter allows what child.wait does.
var initFilter = allowOnly(unix.SYS_WAIT4, unix.SYS_WRITE, unix.SYS_FSTATFS, unix.SYS_CLOCK_GETTIME, unix.SYS_EXIT_GROUP, unix.SYS_RT_SIGRETURN)

// allowOnly is a filter that allows some calls and kills otherwise. It is
// written by hand, as it must not depend on a profile.
func allowOnly(allowed ...uint32) []byte {
	const retKill, retAllow = unix.SECCOMP_RET_KILL_PROCESS, unix.SECCOMP_RET_ALLOW
	prog := []unix.SockFilter{
		{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, K: 4}, // seccomp_data.arch
		{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, Jt: 1, K: auditArch},
		{Code: unix.BPF_RET | unix.BPF_K, K: retKill},
		{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, K: 0}, // seccomp_data.nr
	}
	for i, nr := range allowed {
		prog = append(prog, unix.SockFilter{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, Jt: uint8(len(allowed) - i), K: nr})
	}
	prog = append(prog,
		unix.SockFilter{Code: unix.BPF_RET | unix.BPF_K, K: retKill},
		unix.SockFilter{Code: unix.BPF_RET | unix.BPF_K, K: retAllow})
	var b []byte
	for _, f := range prog {
		b = binary.NativeEndian.AppendUint16(b, f.Code)
		b = append(b, f.Jt, f.Jf)
		b = binary.NativeEndian.AppendUint32(b, f.K)
	}
	return b
}
