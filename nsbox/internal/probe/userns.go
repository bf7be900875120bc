package probe

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// noFile is a path that cannot exist. A child that is to execute it gets past
// every step of its creation, fails with ENOENT, and runs nothing.
const noFile = "/proc/self/nsbox-no-such-file"

// tryClone makes a process with attr and reports whether that worked.
func tryClone(attr *syscall.SysProcAttr) error {
	cmd := exec.Cmd{Path: noFile, Args: []string{"probe"}, SysProcAttr: attr}
	err := cmd.Start()
	if err == nil { // nothing can execute that path
		return cmd.Wait()
	}
	if errors.Is(err, unix.ENOENT) {
		return nil
	}
	return err
}

func inUserNamespace(flags uintptr) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{
		Cloneflags:  unix.CLONE_NEWUSER | flags,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Geteuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getegid(), Size: 1}},
	}
}

func userNamespaces() []Check {
	const group = "user namespaces"
	var all []Check

	a, detail := Yes, ""
	if err := tryClone(inUserNamespace(0)); err != nil {
		a, detail = No, "clone: "+cause(err).Error()
	}
	all = append(all, check(group, "user namespace", Required, a, detail, "no sandbox can be built",
		"use a kernel with CONFIG_USER_NS; in a container, allow user namespaces"))

	a, detail = sysctl("/proc/sys/user/max_user_namespaces", func(n int) bool { return n > 1 }, No)
	all = append(all, check(group, "user.max_user_namespaces", Required, a, detail, "no sandbox can be built",
		"sysctl -w user.max_user_namespaces=15000"))

	// The zygote is no root on the host, and clones sandboxes into user
	// namespaces: both settings would stop it.
	a, detail = sysctl("/proc/sys/kernel/unprivileged_userns_clone", func(n int) bool { return n != 0 }, Yes)
	all = append(all, check(group, "nested, by kernel.unprivileged_userns_clone", Required, a, detail,
		"the sandbox's own user namespace is refused", "sysctl -w kernel.unprivileged_userns_clone=1"))

	a, detail = appArmor("/")
	return append(all, check(group, "nested, by AppArmor", Required, a, detail,
		"AppArmor takes the capabilities in the sandbox's own user namespace away",
		"install nsbox's profile, which allows its helper that: sudo make install, then sudo apparmor_parser -r "+appArmorProfile))
}

// appArmorProfile is where scripts/install puts the profile of the helper.
const appArmorProfile = "/etc/apparmor.d/nsbox-helper"

// appArmor finds out whether AppArmor restricts user namespaces, as Ubuntu does
// since 23.10, and whether the helper's profile makes an exception of it. The
// list of profiles is for root alone.
func appArmor(root string) (Answer, string) {
	a, detail := sysctl(filepath.Join(root, "proc/sys/kernel/apparmor_restrict_unprivileged_userns"), func(n int) bool { return n == 0 }, Yes)
	if a != No {
		return a, detail
	}
	loaded, err := os.ReadFile(filepath.Join(root, "sys/kernel/security/apparmor/profiles"))
	for _, line := range strings.Split(string(loaded), "\n") {
		if strings.HasPrefix(line, "nsbox-helper ") {
			return Yes, "restricted, but not for the profile nsbox-helper"
		}
	}
	_, missing := os.Stat(filepath.Join(root, appArmorProfile))
	switch {
	case missing != nil:
		return No, "it restricts them, and there is no profile for nsbox-helper"
	case err != nil:
		return Unknown, "it restricts them; only root can tell whether the profile nsbox-helper is loaded"
	}
	return No, "it restricts them, and the profile nsbox-helper is not loaded"
}

func namespaces() []Check {
	const group = "namespaces"
	var all []Check
	for _, ns := range []struct {
		name, file string
		flag       uintptr
	}{
		{"pid", "pid", unix.CLONE_NEWPID}, {"mount", "mnt", unix.CLONE_NEWNS}, {"net", "net", unix.CLONE_NEWNET},
		{"ipc", "ipc", unix.CLONE_NEWIPC}, {"uts", "uts", unix.CLONE_NEWUTS}, {"cgroup", "cgroup", unix.CLONE_NEWCGROUP},
	} {
		a, detail := Yes, ""
		if _, err := os.Stat("/proc/self/ns/" + ns.file); errors.Is(err, os.ErrNotExist) {
			a, detail = No, "not in /proc/self/ns"
		} else if err := tryClone(inUserNamespace(ns.flag)); err != nil {
			a, detail = No, "clone: "+cause(err).Error()
		}
		all = append(all, check(group, ns.name, Required, a, detail, "programs cannot be kept apart from the host",
			"use a kernel with namespaces; in a container, allow them"))
	}
	return all
}

// sysctl reads a number and judges it. Absent is the answer where the kernel
// does not have the setting.
func sysctl(path string, good func(int) bool, absent Answer) (Answer, string) {
	b, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return absent, "this kernel has no such setting"
	}
	if err != nil {
		return Unknown, err.Error()
	}
	text := strings.TrimSpace(string(b))
	n, err := strconv.Atoi(text)
	if err != nil {
		return Unknown, path + " holds " + strconv.Quote(text)
	}
	if !good(n) {
		return No, "it is " + text
	}
	return Yes, text
}

// cause is the errno below err: what is around it names the probe's own path.
func cause(err error) error {
	var errno syscall.Errno
	if errors.As(err, &errno) {
		return errno
	}
	return err
}
