package probe

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// layout is how a host has its cgroups mounted, from /proc/self/mountinfo.
type layout struct {
	unified string            // mount point of cgroup2, "" where there is none
	v1      map[string]string // controller -> mount point
}

// name is v2, hybrid or v1, and "" where there are no cgroups.
func (l layout) name() string {
	_, v1 := l.v1["memory"]
	switch {
	case v1 && l.unified != "":
		return "hybrid"
	case v1:
		return "v1"
	case l.unified != "":
		return "v2"
	}
	return ""
}

// parseLayout reads mountinfo's text (proc_pid_mountinfo(5)): the fields after
// " - " are the type, the source and the options of the file system.
func parseLayout(mountinfo string) layout {
	l := layout{v1: map[string]string{}}
	for _, line := range strings.Split(mountinfo, "\n") {
		before, after, ok := strings.Cut(line, " - ")
		pre, post := strings.Fields(before), strings.Fields(after)
		if !ok || len(pre) < 6 || len(post) < 3 {
			continue
		}
		mount := unescape(pre[4])
		switch post[0] {
		case "cgroup2":
			if l.unified == "" {
				l.unified = mount
			}
		case "cgroup":
			for _, c := range strings.Split(post[2], ",") {
				if _, seen := l.v1[c]; !seen && slices.Contains(controllers, c) {
					l.v1[c] = mount
				}
			}
		}
	}
	return l
}

var unescape = strings.NewReplacer(`\040`, " ", `\011`, "\t", `\012`, "\n", `\134`, `\`).Replace

// controllers are those that limits need.
var controllers = []string{"memory", "cpu", "pids"}

const mountCgroups = "mount cgroup2 on /sys/fs/cgroup (systemd does); in a container, give it a writable cgroup"

func cgroups() []Check {
	const group = "cgroups"
	info, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		return []Check{check(group, "layout", Required, Unknown, err.Error(), "nothing can be limited", mountCgroups)}
	}
	l := parseLayout(string(info))
	if l.name() == "" {
		return []Check{check(group, "layout", Required, No, "no cgroup file system is mounted", "nothing can be limited", mountCgroups)}
	}
	all := []Check{check(group, "layout", Required, Yes, l.name(), "", "")}
	var available []string
	if l.name() == "v2" {
		b, _ := os.ReadFile(filepath.Join(l.unified, "cgroup.controllers"))
		available = strings.Fields(string(b))
	}
	for _, c := range controllers {
		dir := l.unified
		a, detail := Yes, "v2"
		if l.name() != "v2" {
			dir, detail = l.v1[c], "v1"
			if dir == "" {
				a, detail = No, "no v1 hierarchy has it, while memory is on v1"
			}
		} else if !slices.Contains(available, c) {
			a, detail = No, "not in "+filepath.Join(dir, "cgroup.controllers")
		}
		if a == Yes {
			a, detail = writable(dir, detail)
		}
		all = append(all, check(group, c+" controller", Required, a, detail, c+" cannot be limited",
			"enable it (cgroup_enable="+c+" on the kernel's command line); in a container, give it a writable cgroup"))
	}
	return append(all, delegation(l), killable(l), cloneInto(l), swap(l))
}

// writable asks for root only: nobody else makes groups.
func writable(dir, detail string) (Answer, string) {
	if os.Geteuid() != 0 {
		return Yes, detail
	}
	if err := unix.Access(dir, unix.W_OK); err != nil {
		return No, dir + ": " + err.Error()
	}
	return Yes, detail
}

// delegation asks whether this process's group is nsbox's to divide. A helper
// that is not delegated one makes its groups at the top, where systemd takes
// everything for its own.
func delegation(l layout) Check {
	const name = "a delegated group"
	if l.name() != "v2" {
		return check("cgroups", name, Wanted, Yes, "not needed on v1: groups are made below this process's own", "", "")
	}
	a, detail := No, ""
	own := ownGroup(l)
	switch marked, err := delegated(own); {
	case own == l.unified:
		a, detail = Yes, "this process is at the top"
	case marked:
		a, detail = Yes, own
	case err != nil:
		a, detail = Unknown, err.Error()
	default:
		detail = own + " is not delegated"
	}
	return check("cgroups", name, Wanted, a, detail,
		"a helper that this command starts makes its groups at the top of the hierarchy, beside those of the service manager",
		"run the helper as a service: sudo systemctl start nsbox-helper")
}

// delegated looks for the mark that systemd sets on a delegated group
// (systemd.resource-control(5), Delegate=).
func delegated(dir string) (bool, error) {
	var v [8]byte
	for _, attr := range []string{"trusted.delegate", "user.delegate"} {
		n, err := unix.Getxattr(dir, attr, v[:])
		switch {
		case err == nil && string(v[:n]) == "1":
			return true, nil
		case err != nil && !errors.Is(err, unix.ENODATA) && !errors.Is(err, unix.EPERM):
			return false, err
		}
	}
	return false, nil
}

// killable looks for cgroup.kill, which groups but the root have: the group of
// this process, or else any below the root.
func killable(l layout) Check {
	const name = "cgroup.kill"
	consequence := "ending a program takes several rounds of freezing and killing"
	if l.unified == "" {
		return check("cgroups", name, Wanted, No, "no unified hierarchy is mounted", consequence, "mount cgroup2 beside the v1 hierarchies")
	}
	a, detail := Unknown, "no group to look at"
	dirs, _ := filepath.Glob(filepath.Join(l.unified, "*", "cgroup.procs"))
	if own := ownGroup(l); own != l.unified {
		dirs = append(dirs, filepath.Join(own, "cgroup.procs"))
	}
	for _, d := range dirs {
		if _, err := os.Stat(filepath.Join(filepath.Dir(d), "cgroup.kill")); err == nil {
			a, detail = Yes, ""
			break
		}
		a, detail = No, "groups do not have the file"
	}
	return check("cgroups", name, Wanted, a, detail, consequence, newerKernel)
}

// ownGroup is the directory of this process's group in the unified hierarchy.
func ownGroup(l layout) string {
	b, _ := os.ReadFile("/proc/self/cgroup")
	for _, line := range strings.Split(string(b), "\n") {
		if path, ok := strings.CutPrefix(line, "0::"); ok && !strings.Contains(path, "..") {
			return filepath.Join(l.unified, path)
		}
	}
	return l.unified
}

// cloneInto makes a process right in the group where this one is anyway.
func cloneInto(l layout) Check {
	const name = "clone into a cgroup"
	const consequence = "a program's first process is moved into its cgroup, instead of being born in it"
	if l.name() != "v2" {
		return check("cgroups", name, Wanted, No, "the controllers are on v1 ("+l.name()+" layout)", consequence,
			"boot with systemd.unified_cgroup_hierarchy=1")
	}
	dir, err := os.Open(ownGroup(l))
	if err == nil {
		defer dir.Close()
		err = tryClone(&syscall.SysProcAttr{UseCgroupFD: true, CgroupFD: int(dir.Fd())})
	}
	a, detail := Yes, ""
	switch {
	case errors.Is(err, unix.EACCES), errors.Is(err, unix.EPERM):
		a, detail = Unknown, "only root can tell"
	case err != nil:
		a, detail = byErrno(cause(err))
	}
	return check("cgroups", name, Wanted, a, detail, consequence, newerKernel)
}

// swap is in order where there is none, or where it can be limited.
func swap(l layout) Check {
	b, err := os.ReadFile("/proc/swaps")
	a, detail := Yes, "the host has no swap"
	switch used := strings.Count(strings.TrimSpace(string(b)), "\n"); {
	case err != nil:
		a, detail = Unknown, err.Error()
	case used > 0 && l.name() == "v2":
		detail = "limited to none by memory.swap.max"
	case used > 0:
		detail = "limited to none by memory.memsw"
		if _, err := os.Stat(filepath.Join(l.v1["memory"], "memory.memsw.limit_in_bytes")); err != nil {
			a, detail = No, "the host has swap and the kernel does not count it"
		}
	}
	return check("cgroups", "memory without swap", Wanted, a, detail,
		"a program could use the host's swap beside its memory limit", "boot with swapaccount=1, or turn swap off with swapoff -a")
}
