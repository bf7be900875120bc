package confine

import (
	"os"

	"golang.org/x/sys/unix"
)

// A sandbox that lives on is a keeper: a pid 1 that set the namespaces up as
// every sandbox's does, and then sleeps. Programs enter it later, each as a child
// of the zygote:
//
//	zygote
//	  | clone
//	entering        joins the program's own cgroup; enters the keeper's user, pid,
//	  |              mount, net, ipc, uts and cgroup namespaces by its pidfd
//	  | fork         which is what brings a process into another pid namespace
//	  +- inside      cgroup namespace of its own
//	       | clone: NEWPID NEWNS, sends the pidfd of its child and ends
//	       init      pid 1 of a pid namespace of this program's: mounts /proc, and
//	         |       /build where something was built; waits at its gate
//	         | fork
//	         +- program   as in every sandbox
//
// What a program starts is in its pid namespace, which ends with it: killing it
// kills all that, and nothing else in the sandbox. Programs share files, network,
// System V objects and ids. They don't see one another in /proc: with the same
// uid they would get at one another's descriptors there.

// fdKeeper is the keeper's pidfd in what enters its sandbox.
const fdKeeper = fdUserNS

// maxEntered bounds the pid, mount and cgroup namespaces in a keeper's user
// namespace: those of programs that run, and of those being taken down.
const maxEntered = "64"

// keep clones a keeper. The packet carries the descriptors report and Joins files
// to enter a cgroup by.
func (z *zygote) keep(s *Spec, files []*os.File) (*born, error) {
	if s.Joins < 0 || len(files) != 1+s.Joins {
		return nil, &Failure{Step: "read the spec", Errno: int(unix.EINVAL)}
	}
	n := numbers(files)
	maps, err := openMaps()
	if err != nil {
		return nil, err
	}
	defer maps.close()
	b, pid, err := z.clone(buildKeeper(s, descriptors{report: n[0], maps: maps.read, joins: n[1:]}), cloneNamespaces)
	if err != nil {
		return nil, err
	}
	return z.admit(b, pid, s, maps)
}

// buildKeeper lists what a keeper does: the set-up of a sandbox, and no program.
func buildKeeper(s *Spec, d descriptors) *program {
	p := &program{}
	defaultSignals(p)
	joinCgroup(p, d.joins)
	p.call("dup3", unix.SYS_DUP3, d.report, fdReport, unix.O_CLOEXEC)
	p.call("dup3", unix.SYS_DUP3, d.maps, fdDisk, unix.O_CLOEXEC)
	for _, r := range [][2]int{{0, fdReport - 1}, {fdGate, fdGate}, {fdDisk + 1, maxFD}} {
		p.call("close_range", unix.SYS_CLOSE_RANGE, r[0], r[1], 0)
	}
	awaitMaps(p)
	becomeInit(p)
	p.call("unshare cgroup namespace", unix.SYS_UNSHARE, unix.CLONE_NEWCGROUP)
	boundPerUser(p, maxEntered)
	mountAll(p, s)
	loopbackUp(p)
	p.call("sethostname", unix.SYS_SETHOSTNAME, Hostname, len(Hostname))
	sealBuild(p, &Late{})
	// Orphans of what enters become the keeper's children: the kernel reaps them.
	// struct kernel_sigaction: SIG_IGN, SA_NOCLDWAIT.
	ignore := make([]byte, 32)
	ignore[0], ignore[8] = 1, saNoCldWait
	p.call("ignore SIGCHLD", unix.SYS_RT_SIGACTION, int(unix.SIGCHLD), ignore, 0, 8)
	sendRights(p, "send the scratch directory", RecordEntered, p.bytes(unix.UnixRights(fdDisk)))
	p.call("close_range", unix.SYS_CLOSE_RANGE, 0, maxFD, 0)
	dropBounding(p)
	p.call("lock capabilities", unix.SYS_PRCTL, unix.PR_SET_SECUREBITS, lockedSecurebits)
	dropCapabilities(p)
	p.call("not dumpable", unix.SYS_PRCTL, unix.PR_SET_DUMPABLE, 0)
	loadSeccomp(p, keeperFilter, 0)
	p.add("keep", op{kind: opIdle, save: -1})
	return p
}

var keeperFilter = allowOnly(unix.SYS_PPOLL, unix.SYS_RT_SIGRETURN, unix.SYS_EXIT_GROUP)

// enter clones what becomes a program in a keeper's sandbox, up to its gate. Of s
// TTY counts, and Build: that something built will be put into /build. The packet
// carries the descriptors of a Spec, and after the gate the keeper's pidfd.
func (z *zygote) enter(s *Spec, files []*os.File) (*born, error) {
	if s.Joins < 0 || len(files) != 6+s.Joins {
		return nil, &Failure{Step: "read the spec", Errno: int(unix.EINVAL)}
	}
	n := numbers(files)
	d := descriptors{stdin: n[0], stdout: n[1], stderr: n[2], report: n[3], gate: n[4], joins: n[6:]}
	b, _, err := z.clone(buildEnter(s, d, n[5], z.region), 0)
	return b, err
}

// buildEnter lists what the processes do by which a program enters.
func buildEnter(s *Spec, d descriptors, keeper int, region uintptr) *program {
	p := &program{}
	defaultSignals(p)
	joinCgroup(p, d.joins)
	// Where memory runs out, a program goes before the keeper does.
	fd := p.ret(p.call("open oom_score_adj", unix.SYS_OPENAT, unix.AT_FDCWD, "/proc/self/oom_score_adj", unix.O_WRONLY|unix.O_CLOEXEC, 0))
	p.call("raise oom_score_adj", unix.SYS_WRITE, fd, "500", 3)
	p.call("close", unix.SYS_CLOSE, fd)
	for _, m := range []struct{ from, to int }{{d.report, fdReport}, {d.gate, fdGate}, {keeper, fdKeeper}} {
		p.call("dup3", unix.SYS_DUP3, m.from, m.to, unix.O_CLOEXEC)
	}
	for i, from := range []int{d.stdin, d.stdout, d.stderr} {
		p.call("dup3", unix.SYS_DUP3, from, i, 0)
	}
	for _, r := range [][2]int{{3, fdReport - 1}, {fdGate + 1, fdKeeper - 1}, {fdKeeper + 1, maxFD}} {
		p.call("close_range", unix.SYS_CLOSE_RANGE, r[0], r[1], 0)
	}
	// All at once by the pidfd, which can only ever mean that one process. Its user
	// namespace is entered first, which gives the right to the others (setns(2)).
	p.call("enter the sandbox", unix.SYS_SETNS, fdKeeper, cloneNamespaces|unix.CLONE_NEWCGROUP)
	p.call("close", unix.SYS_CLOSE, fdKeeper)
	becomeInit(p)

	var entered, announce int
	p.fork("fork into the sandbox", int(unix.SIGCHLD), &entered)
	p.call("unshare cgroup namespace", unix.SYS_UNSHARE, unix.CLONE_NEWCGROUP)
	rights := p.bytes(unix.UnixRights(0))
	p.fork("clone init", unix.CLONE_NEWPID|unix.CLONE_NEWNS|unix.CLONE_PIDFD|int(unix.SIGCHLD), &announce)
	p.ops[len(p.ops)-1].refer(2, rights+addr(unix.CmsgLen(0)))
	mountOwn(p, s)
	reportNow(p, RecordWaiting)
	passGate(p, region)

	announce = len(p.ops)
	sendRights(p, "send the pidfd", RecordEntered, rights)
	p.call("exit", unix.SYS_EXIT_GROUP, 0)
	entered = len(p.ops)
	p.call("exit", unix.SYS_EXIT_GROUP, 0)
	return p
}

// mountOwn mounts what a program that has entered does not share.
func mountOwn(p *program, s *Spec) {
	const safe = unix.MS_NOSUID | unix.MS_NODEV
	p.call("private mounts", unix.SYS_MOUNT, "none", "/", nil, unix.MS_REC|unix.MS_PRIVATE, nil)
	p.call("mount /proc", unix.SYS_MOUNT, "proc", "/proc", "proc", safe|unix.MS_NOEXEC, "subset=pid,hidepid=invisible")
	if s.TTY {
		p.call("mount /dev/pts", unix.SYS_MOUNT, "devpts", "/dev/pts", "devpts",
			unix.MS_NOSUID|unix.MS_NOEXEC, "newinstance,ptmxmode=0666,mode=0620")
	}
	if s.Build {
		p.call("mount /build", unix.SYS_MOUNT, "tmpfs", "/build", "tmpfs", safe, scratchOptions(s.Disk, s.Inodes)+",mode=0755")
	}
	fd := p.ret(p.call("open scratch", unix.SYS_OPENAT, unix.AT_FDCWD, "/workspace", unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0))
	p.call("dup3", unix.SYS_DUP3, fd, fdDisk, unix.O_CLOEXEC)
	p.call("close", unix.SYS_CLOSE, fd)
}
