package probe

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"unsafe"

	"golang.org/x/sys/unix"
)

const newerKernel = "use a kernel of 5.14 or later (Debian 12 and Ubuntu 22.04 have one)"

// System describes the kernel: "Linux 6.1.0-18-amd64 x86_64".
func System() string {
	var u unix.Utsname
	if err := unix.Uname(&u); err != nil {
		return "Linux"
	}
	return unix.ByteSliceToString(u.Sysname[:]) + " " + unix.ByteSliceToString(u.Release[:]) + " " + unix.ByteSliceToString(u.Machine[:])
}

// byErrno turns a system call's error into an answer. EPERM can come from a
// seccomp filter around us, a container's for instance, so it tells nothing.
func byErrno(err error) (Answer, string) {
	switch {
	case err == nil:
		return Yes, ""
	case errors.Is(err, unix.ENOSYS), errors.Is(err, unix.EOPNOTSUPP), errors.Is(err, unix.EINVAL), errors.Is(err, unix.ENODEV):
		return No, err.Error()
	}
	return Unknown, err.Error()
}

// oldest is the kernel that nsbox asks for. What a kernel offers decides all the
// same: distributions carry features back.
var oldest = [2]int{5, 14}

// machine says what kind of host this is: how old its kernel, and whether the
// kernel is somebody else's.
func machine() []Check {
	const group = "host"
	var u unix.Utsname
	release := ""
	if unix.Uname(&u) == nil {
		release = unix.ByteSliceToString(u.Release[:])
	}
	a, detail := newEnough(release)
	all := []Check{check(group, "kernel 5.14 or later", Wanted, a, detail,
		"nsbox was not tried on it; the system calls below say what it lacks", newerKernel)}
	a, detail = Yes, "no sign of one"
	if kind := container("/"); kind != "" {
		a, detail = No, kind
	}
	return append(all, check(group, "not inside a container", Wanted, a, detail,
		"the container decides what works here: user namespaces, mounts and a writable cgroup must be allowed in it",
		"run nsbox on the host itself, or give the container all of that (docker and podman: --privileged)"))
}

// newEnough compares a release such as 6.1.0-18-amd64 with the oldest kernel.
func newEnough(release string) (Answer, string) {
	var major, minor int
	if n, _ := fmt.Sscanf(release, "%d.%d", &major, &minor); n != 2 {
		return Unknown, "its release is " + strconv.Quote(release)
	}
	if major < oldest[0] || major == oldest[0] && minor < oldest[1] {
		return No, release
	}
	return Yes, release
}

// container names the manager whose container this is, "" where nothing shows
// one. The files are those that systemd, docker and podman leave inside, and pid
// 1's variable "container" is what all of them set, which only root may read.
func container(root string) string {
	if b, err := os.ReadFile(filepath.Join(root, "run/systemd/container")); err == nil {
		return strings.TrimSpace(string(b))
	}
	for file, name := range map[string]string{".dockerenv": "docker", "run/.containerenv": "podman"} {
		if _, err := os.Stat(filepath.Join(root, file)); err == nil {
			return name
		}
	}
	b, _ := os.ReadFile(filepath.Join(root, "proc/1/environ"))
	for _, v := range strings.Split(string(b), "\x00") {
		if name, ok := strings.CutPrefix(v, "container="); ok {
			return name
		}
	}
	return ""
}

func syscalls() []Check {
	const group = "system calls"
	one := func(name, consequence string, err error) Check {
		a, detail := byErrno(err)
		return check(group, name, Required, a, detail, consequence, newerKernel)
	}
	return []Check{
		one("clone3", "programs cannot be started", probeClone3()),
		one("close_range", "descriptors could leak into a sandbox", unix.CloseRange(1<<30, 1<<30, 0)),
		one("openat2", "files cannot be written into a sandbox safely", probeOpenat2()),
		one("pidfd_open", "programs cannot be watched safely", probePidfd()),
		one("memfd_create with seals", "programs cannot be handed over safely", probeMemfd()),
	}
}

// probeClone3 gives a size of zero, which a kernel that has the call refuses
// with EINVAL before it looks at anything else (clone3(2)).
func probeClone3() error {
	if _, _, errno := unix.RawSyscall(unix.SYS_CLONE3, 0, 0, 0); errno != unix.EINVAL {
		return errno
	}
	return nil
}

func probeOpenat2() error {
	fd, err := unix.Openat2(unix.AT_FDCWD, "/", &unix.OpenHow{
		Flags: unix.O_PATH | unix.O_CLOEXEC, Resolve: unix.RESOLVE_NO_SYMLINKS | unix.RESOLVE_NO_MAGICLINKS,
	})
	if err == nil {
		unix.Close(fd)
	}
	return err
}

func probePidfd() error {
	fd, err := unix.PidfdOpen(os.Getpid(), 0)
	if err == nil {
		unix.Close(fd)
	}
	return err
}

func probeMemfd() error {
	fd, err := unix.MemfdCreate("probe", unix.MFD_CLOEXEC|unix.MFD_ALLOW_SEALING)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	_, err = unix.FcntlInt(uintptr(fd), unix.F_ADD_SEALS, unix.F_SEAL_WRITE)
	return err
}

// walls are what stands between a program and the kernel beside namespaces.
func walls() []Check {
	const group = "confinement"
	var all []Check
	for _, action := range []struct {
		name        string
		ret         uint32
		need        Need
		consequence string
	}{
		{"seccomp filter", unix.SECCOMP_RET_ERRNO, Required, "system calls cannot be refused"},
		{"seccomp kill", unix.SECCOMP_RET_KILL_PROCESS, Required, "a program that breaks the rules cannot be ended"},
		{"seccomp user notification", unix.SECCOMP_RET_USER_NOTIF, Wanted, "results do not name the system calls that were refused"},
	} {
		a, detail := byErrno(seccompAction(action.ret))
		all = append(all, check(group, action.name, action.need, a, detail, action.consequence,
			"use a kernel with CONFIG_SECCOMP_FILTER"))
	}
	a, detail := Yes, ""
	switch abi, err := LandlockABI(); {
	case err == nil:
		detail = fmt.Sprintf("ABI %d", abi)
	case errors.Is(err, unix.EOPNOTSUPP):
		a, detail = No, "not in the kernel's list of security modules"
	default:
		a, detail = byErrno(err)
	}
	all = append(all, check(group, "Landlock", Wanted, a, detail,
		"files are kept by mounts alone, without a second wall; results show it in isolation",
		"add landlock to the lsm= list on the kernel's command line"))
	return all
}

// seccompAction asks whether the kernel knows an action (seccomp(2),
// SECCOMP_GET_ACTION_AVAIL).
func seccompAction(ret uint32) error {
	_, _, errno := unix.Syscall(unix.SYS_SECCOMP, unix.SECCOMP_GET_ACTION_AVAIL, 0, uintptr(unsafe.Pointer(&ret)))
	if errno != 0 {
		return errno
	}
	return nil
}

// LandlockABI returns the version of the kernel's Landlock interface.
func LandlockABI() (int, error) {
	abi, _, errno := unix.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET, 0, 0, unix.LANDLOCK_CREATE_RULESET_VERSION)
	if errno != 0 {
		return 0, errno
	}
	return int(abi), nil
}

func filesystems() []Check {
	const group = "file systems"
	list, err := os.ReadFile("/proc/filesystems")
	var all []Check
	for _, fs := range []struct{ name, consequence string }{
		{"tmpfs", "programs have nowhere to write"},
		{"overlay", "images cannot be put together"},
		{"proc", "programs have no /proc"},
	} {
		a, detail := registered(string(list), err, fs.name)
		all = append(all, check(group, fs.name, Required, a, detail, fs.consequence,
			"load the module: modprobe "+fs.name))
	}
	a, detail := procSubset()
	return append(all, check(group, "/proc subset=pid", Required, a, detail,
		"programs would see more of /proc than their own processes", newerKernel))
}

// registered looks a file system up in /proc/filesystems. One that is a module
// is not there before its first use.
func registered(list string, readErr error, name string) (Answer, string) {
	if readErr != nil {
		return Unknown, readErr.Error()
	}
	for _, line := range strings.Split(list, "\n") {
		if f := strings.Fields(line); len(f) > 0 && f[len(f)-1] == name {
			return Yes, ""
		}
	}
	if _, err := os.Stat("/sys/module/" + name); err == nil {
		return Yes, "as a module"
	}
	return Unknown, "not loaded; the kernel may load it at its first use"
}

// procSubset sets the option on a file system context that is never mounted.
func procSubset() (Answer, string) {
	fd, err := unix.Fsopen("proc", unix.FSOPEN_CLOEXEC)
	if errors.Is(err, unix.EPERM) {
		return Unknown, "only root can tell"
	}
	if err != nil {
		return byErrno(err)
	}
	defer unix.Close(fd)
	return byErrno(unix.FsconfigSetString(fd, "subset", "pid"))
}
