package zygote

import (
	"os"

	"github.com/nsbox/nsbox/nsbox/internal/confine"
	"golang.org/x/sys/unix"
)

// Keep clones a keeper, the pid 1 of a sandbox that lives on. The files are
// those that it takes: report, then those to enter a cgroup by; they stay open
// here.
func (z *Zygote) Keep(spec *confine.Spec, files ...*os.File) (*Process, error) {
	return z.child(confine.KindKeep, spec, 3, files)
}

// Enter clones what becomes a program in the sandbox of keeper, and waits at its
// gate for Proceed. The files are those of Prepare. The Process that it returns
// is that of a moment: the program's pid 1 is told by a record, see Become.
func (z *Zygote) Enter(keeper *Process, spec *confine.Spec, files ...*os.File) (*Process, error) {
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_SEQPACKET|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, os.NewSyscallError("socketpair", err)
	}
	ours, theirs := os.NewFile(uintptr(fds[0]), "gate"), os.NewFile(uintptr(fds[1]), "gate")
	defer theirs.Close()
	all := append(append(append([]*os.File{}, files[:streamFiles]...), theirs, keeper.Pidfd), files[streamFiles:]...)
	p, err := z.child(confine.KindEnter, spec, 1, all)
	if err != nil {
		ours.Close()
		return nil, err
	}
	p.gate = ours
	return p, nil
}

// Become takes over pidfd as that of the process that p is from now on.
func (p *Process) Become(pidfd *os.File) error {
	f, number, err := pollable(pidfd)
	if err != nil {
		return err
	}
	p.Pidfd.Close()
	p.Pidfd, p.pidfd = f, number
	return nil
}

// Work clones a worker on a sandbox's files, which are those that
// confine.FilesSpec names; they stay open here.
func (z *Zygote) Work(spec *confine.FilesSpec, files ...*os.File) (*Process, error) {
	return z.child(confine.KindFiles, spec, 1, files)
}
