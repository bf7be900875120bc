package confine

import (
	"encoding/binary"
	"fmt"
	"path"
	"strings"
	"unsafe"

	"golang.org/x/sys/unix"
)

// The child's own descriptors, far above those of the program, which are 0 to 2.
const (
	fdReport = 100 + iota
	fdGate
	fdFiles
	fdDisk
	fdExec
	fdUserNS
	fdMountNS
	fdDir
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
	stdin, stdout, stderr, report, files, gate int
	joins                                      []int
}

// buildSandbox lists what the sandbox's first process does, in order.
func buildSandbox(s *Spec, d descriptors, bpf []byte) (*program, error) {
	exe, err := lookPath(s.Argv[0], s.Env)
	if err != nil {
		return nil, err
	}
	p := &program{}
	defaultSignals(p)
	// The cgroup before anything that uses memory or time to speak of.
	joinCgroup(p, d.joins)
	takeDescriptors(p, d)
	passGate(p)
	becomeInit(p)
	// Rooted at the cgroup just joined, so nothing of the host's paths is seen.
	p.call("unshare cgroup namespace", unix.SYS_UNSHARE, unix.CLONE_NEWCGROUP)
	boundPerUser(p)
	mountAll(p, s)
	loopbackUp(p)
	p.call("sethostname", unix.SYS_SETHOSTNAME, Hostname, len(Hostname))
	if len(s.Files) > 0 {
		writeFiles(p, s.Files)
	}
	sealBuild(p, s)

	var tail int
	// Init sleeps until the program's execve and shares its descriptors with it
	// until then (execve(2) gives the program a table of its own): so the listener
	// that the program's filter makes is there for init to hand on.
	pid := p.fork("fork the program", unix.CLONE_VFORK|unix.CLONE_FILES|int(unix.SIGCHLD), &tail)
	becomeProgram(p, s)
	if s.Landlock > 0 {
		restrictWrites(p, s)
	}
	execProgram(p, s, exe, bpf)

	tail = len(p.ops)
	sendListener(p)
	retireInit(p)
	p.wait("wait for the program", pid)
	return p, nil
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
	for _, m := range []struct{ from, to int }{
		{d.report, fdReport}, {d.gate, fdGate}, {d.files, fdFiles},
	} {
		if m.from >= 0 {
			p.call("dup3", unix.SYS_DUP3, m.from, m.to, unix.O_CLOEXEC)
		}
	}
	for i, from := range []int{d.stdin, d.stdout, d.stderr} {
		p.call("dup3", unix.SYS_DUP3, from, i, 0)
	}
	p.call("close_range", unix.SYS_CLOSE_RANGE, 3, fdReport-1, 0)
	p.call("close_range", unix.SYS_CLOSE_RANGE, fdDisk, maxFD, 0)
}

const maxFD = int(^uint32(0))

// joinCgroup moves the child by descriptors that the helper opened: the kernel
// judges the write by the opener's credentials.
func joinCgroup(p *program, joins []int) {
	for _, fd := range joins {
		p.call("join cgroup", unix.SYS_WRITE, fd, "0", 1)
	}
}

// passGate waits for one byte: the id maps are written. End of file means that
// they could not be.
func passGate(p *program) {
	buf := make([]byte, 8)
	p.call("gate", unix.SYS_READ, fdGate, buf, 1).flags = flagRetry | flagPositive
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
// namespace can be made in the sandbox's is a second wall behind the filter's.
func boundPerUser(p *program) {
	fd := p.regs
	p.regs++
	for _, l := range []struct{ name, value string }{
		{"max_inotify_instances", "4"}, {"max_inotify_watches", "16384"},
		{"max_user_namespaces", "0"}, {"max_mnt_namespaces", "0"}, {"max_pid_namespaces", "0"}, {"max_net_namespaces", "0"},
		{"max_uts_namespaces", "0"}, {"max_ipc_namespaces", "0"}, {"max_cgroup_namespaces", "0"},
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
		fmt.Sprintf("size=%d,nr_inodes=%d,mode=0755", s.Disk, s.Inodes+scratchInodes))
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

// writeFiles copies the request's files out of the memfd, acting as their
// owner: the program's for /workspace, init's for /build. openat2 keeps every
// name beneath its directory, though policy has checked the names and nothing
// but these files is there yet.
func writeFiles(p *program, files []FileEntry) {
	how := ref(p, &unix.OpenHow{
		Flags: unix.O_WRONLY | unix.O_CREAT | unix.O_EXCL | unix.O_NOFOLLOW | unix.O_CLOEXEC, Mode: 0o644,
		Resolve: unix.RESOLVE_BENEATH | unix.RESOLVE_NO_SYMLINKS | unix.RESOLVE_NO_MAGICLINKS | unix.RESOLVE_NO_XDEV,
	})
	howExec := ref(p, &unix.OpenHow{
		Flags: unix.O_WRONLY | unix.O_CREAT | unix.O_EXCL | unix.O_NOFOLLOW | unix.O_CLOEXEC, Mode: 0o755,
		Resolve: unix.RESOLVE_BENEATH | unix.RESOLVE_NO_SYMLINKS | unix.RESOLVE_NO_MAGICLINKS | unix.RESOLVE_NO_XDEV,
	})
	fd := p.regs
	p.regs++
	write := func(root string, owner int, build bool) {
		p.call("setfsgid", unix.SYS_SETFSGID, owner)
		p.call("setfsuid", unix.SYS_SETFSUID, owner)
		p.call("chdir "+root, unix.SYS_CHDIR, root)
		made := map[string]bool{".": true}
		for _, f := range files {
			if f.Build != build {
				// Its bytes lie between those of the others.
				p.call("skip", unix.SYS_LSEEK, fdFiles, f.Size, unix.SEEK_CUR)
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
				p.call("write file in "+root, unix.SYS_SENDFILE, reg(fd), fdFiles, nil, f.Size).flags = flagRetry | flagExact
			}
			p.call("close", unix.SYS_CLOSE, reg(fd))
		}
		p.call("rewind", unix.SYS_LSEEK, fdFiles, 0, unix.SEEK_SET)
	}
	write("/workspace", programUID, false)
	write("/build", initUID, true)
	p.call("setfsuid", unix.SYS_SETFSUID, initUID)
	p.call("setfsgid", unix.SYS_SETFSGID, initUID)
	p.call("chdir /", unix.SYS_CHDIR, "/")
	p.call("close", unix.SYS_CLOSE, fdFiles)
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
func sealBuild(p *program, s *Spec) {
	if s.Build {
		return
	}
	p.call("read-only /build", unix.SYS_MOUNT, "none", "/build", nil,
		unix.MS_BIND|unix.MS_REMOUNT|unix.MS_RDONLY|unix.MS_NOSUID|unix.MS_NODEV, nil)
}

// becomeProgram gives up everything: session, limits, capabilities, ids. The
// order matters: the bounding set and the locks on capabilities need
// CAP_SETPCAP, so the change of uid, which clears all sets, comes after them.
func becomeProgram(p *program, s *Spec) {
	p.call("setsid", unix.SYS_SETSID)
	if s.TTY {
		p.call("controlling terminal", unix.SYS_IOCTL, 0, unix.TIOCSCTTY, 0)
	}
	p.call("umask", unix.SYS_UMASK, 0o022)
	p.call("chdir /workspace", unix.SYS_CHDIR, "/workspace")
	for _, l := range []struct {
		name      string
		res       int
		soft, max uint64
	}{
		{"core", unix.RLIMIT_CORE, 0, 0},
		{"nofile", unix.RLIMIT_NOFILE, uint64(s.OpenFiles), uint64(s.OpenFiles)},
		{"fsize", unix.RLIMIT_FSIZE, uint64(s.Disk), uint64(s.Disk)},
		{"stack", unix.RLIMIT_STACK, 8 << 20, 64 << 20},
		{"memlock", unix.RLIMIT_MEMLOCK, 0, 0},
		{"msgqueue", unix.RLIMIT_MSGQUEUE, 0, 0},
		{"sigpending", unix.RLIMIT_SIGPENDING, 1024, 1024},
		{"nice", unix.RLIMIT_NICE, 0, 0},
		{"rtprio", unix.RLIMIT_RTPRIO, 0, 0},
	} {
		p.call("rlimit "+l.name, unix.SYS_PRLIMIT64, 0, l.res, ref(p, &unix.Rlimit{Cur: l.soft, Max: l.max}), nil)
	}
	dropBounding(p)
	p.call("no ambient capabilities", unix.SYS_PRCTL, unix.PR_CAP_AMBIENT, unix.PR_CAP_AMBIENT_CLEAR_ALL)
	p.call("lock capabilities", unix.SYS_PRCTL, unix.PR_SET_SECUREBITS, lockedSecurebits)
	p.call("setresgid", unix.SYS_SETRESGID, programUID, programUID, programUID)
	p.call("setgroups", unix.SYS_SETGROUPS, 0, nil)
	p.call("setresuid", unix.SYS_SETRESUID, programUID, programUID, programUID)
	dropCapabilities(p)
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

// execProgram reports that all is ready and becomes the program. Seccomp comes
// last: every earlier step needs a call that the program must not have, and
// execve is all that remains.
func execProgram(p *program, s *Spec, exe string, bpf []byte) {
	argv, envp := p.vector(s.Argv), p.vector(s.Env)
	path := p.str(exe)
	p.call("close_range", unix.SYS_CLOSE_RANGE, 3, fdReport-1, 0)
	p.call("close_range", unix.SYS_CLOSE_RANGE, fdReport, maxFD, unix.CLOSE_RANGE_CLOEXEC)
	ready := make([]byte, RecordSize)
	binary.NativeEndian.PutUint32(ready, uint32(RecordReady))
	p.call("clock", unix.SYS_CLOCK_GETTIME, unix.CLOCK_MONOTONIC, ready[timeOffset:])
	p.call("report", unix.SYS_WRITE, fdReport, ready, len(ready))
	loadSeccomp(p, bpf, true)
	p.call("execve "+exe, unix.SYS_EXECVE, path, argv, envp)
}

// sockFprog is struct sock_fprog.
type sockFprog struct {
	length uint16
	filter uintptr
}

// fdListener is the number that the filter's listener gets: the lowest one, as
// all from 3 on were closed before.
const fdListener = 3

// loadSeccomp loads a filter. With listen it makes a listener, by which the
// helper learns of refused calls (seccomp_unotify(2)).
func loadSeccomp(p *program, bpf []byte, listen bool) {
	prog := &sockFprog{length: uint16(len(bpf) / 8), filter: p.bytes(bpf)}
	if !listen {
		p.call("seccomp", unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, 0, ref(p, prog))
		return
	}
	// The fourth argument is not the call's: it is what the result must be.
	p.call("seccomp", unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, unix.SECCOMP_FILTER_FLAG_NEW_LISTENER,
		ref(p, prog), fdListener).flags = flagExact
}

// sendListener hands the listener to the helper, with a record that says that
// the program runs.
func sendListener(p *program) {
	record := make([]byte, RecordSize)
	binary.NativeEndian.PutUint32(record, uint32(RecordRunning))
	rights := unix.UnixRights(fdListener)
	iov := &unix.Iovec{Base: &record[0], Len: RecordSize}
	msg := &unix.Msghdr{Iov: iov, Iovlen: 1, Control: &rights[0], Controllen: uint64(len(rights))}
	p.keep = append(p.keep, record, rights, iov)
	p.call("send the listener", unix.SYS_SENDMSG, fdReport, ref(p, msg), unix.MSG_NOSIGNAL).flags = flagIgnore
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
	loadSeccomp(p, initFilter(), false)
}

// initFilter allows what child.wait does and kills otherwise. It is written by
// hand, as it must not depend on a profile.
func initFilter() []byte {
	const retKill, retAllow = unix.SECCOMP_RET_KILL_PROCESS, unix.SECCOMP_RET_ALLOW
	allowed := []uint32{unix.SYS_WAIT4, unix.SYS_WRITE, unix.SYS_FSTATFS, unix.SYS_CLOCK_GETTIME, unix.SYS_EXIT_GROUP, unix.SYS_RT_SIGRETURN}
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

// lookPath finds a command in the zygote's root, which is the sandbox's, as
// execvp(3) would. Only root-owned places are searched: nothing of the user's
// exists yet, and /build holds what the stage before has made.
func lookPath(name string, env []string) (string, error) {
	if strings.Contains(name, "/") {
		return name, nil
	}
	dirs := "/usr/local/bin:/usr/bin:/bin"
	for _, e := range env {
		if v, ok := strings.CutPrefix(e, "PATH="); ok {
			dirs = v
		}
	}
	for _, dir := range strings.Split(dirs, ":") {
		if !path.IsAbs(dir) {
			continue
		}
		file := path.Join(dir, name)
		var st unix.Stat_t
		if unix.Stat(file, &st) == nil && st.Mode&unix.S_IFMT == unix.S_IFREG && st.Mode&0o111 != 0 {
			return file, nil
		}
	}
	return "", &Failure{Step: "find command " + name, Errno: int(unix.ENOENT)}
}
