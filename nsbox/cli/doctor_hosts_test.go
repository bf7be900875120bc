package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/nsbox/nsbox/nsbox/internal/cgroup"
	"github.com/nsbox/nsbox/nsbox/internal/nstest"
	"github.com/nsbox/nsbox/nsbox/internal/probe"
)

// hostEnv makes this test binary doctor on a host of that kind: the machine as
// it is, with something taken away that a process can take from itself.
const hostEnv = "NSBOX_TEST_DOCTOR"

// hosts are the kinds. Each changes the calling thread's own view alone, which
// execve then hands to the program.
var hosts = map[string]func() error{
	"as it is": func() error { return nil },
	"no cgroups": func() error {
		return privately(func() error { return unmountCgroups("cgroup", "cgroup2") })
	},
	"v1": func() error {
		return privately(func() error { return unmountCgroups("cgroup2") })
	},
	"unified without controllers": func() error {
		return privately(func() error { return unmountCgroups("cgroup") })
	},
	"cgroups read-only": func() error {
		return privately(func() error { return eachCgroup(readOnly, "cgroup", "cgroup2") })
	},
	"no user namespaces": func() error {
		return os.WriteFile("/proc/sys/user/max_user_namespaces", []byte("0"), 0)
	},
	"old kernel": func() error {
		return refuse(unix.ENOSYS, unix.SYS_CLONE3, unix.SYS_CLOSE_RANGE, unix.SYS_OPENAT2, unix.SYS_PIDFD_OPEN,
			unix.SYS_LANDLOCK_CREATE_RULESET, unix.SYS_FSOPEN)
	},
	"no Landlock": func() error { return refuse(unix.EOPNOTSUPP, unix.SYS_LANDLOCK_CREATE_RULESET) },
	"container": func() error {
		return privately(func() error {
			if err := unix.Mount("tmpfs", "/run", "tmpfs", 0, ""); err != nil {
				return err
			}
			return os.WriteFile("/run/.containerenv", nil, 0o600)
		})
	},
	"filtered": func() error { return refuse(unix.EPERM, unix.SYS_PIDFD_OPEN, unix.SYS_OPENAT2) },
	"not root": func() error { return unix.Setresuid(65534, 65534, 65534) },
}

// doctorOn runs in the test binary's child.
func doctorOn(kind string) int {
	if kind == "run" {
		return New().Main([]string{"nsbox", "doctor", "--json"})
	}
	runtime.LockOSThread()
	err := hosts[kind]()
	if err == nil {
		err = os.Setenv(hostEnv, "run")
	}
	if err == nil {
		err = unix.Exec("/proc/self/exe", os.Args[:1], os.Environ())
	}
	fmt.Fprintln(os.Stderr, kind, err)
	return 99
}

func privately(change func() error) error {
	if err := unix.Unshare(unix.CLONE_NEWNS); err != nil {
		return err
	}
	if err := unix.Mount("none", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		return err
	}
	return change()
}

func unmountCgroups(types ...string) error {
	return eachCgroup(func(dir string) error { return unix.Unmount(dir, unix.MNT_DETACH) }, types...)
}

func readOnly(dir string) error {
	return unix.Mount("none", dir, "", unix.MS_BIND|unix.MS_REMOUNT|unix.MS_RDONLY, "")
}

// eachCgroup calls do for every cgroup mount of the types, the innermost first.
func eachCgroup(do func(dir string) error, types ...string) error {
	b, err := os.ReadFile("/proc/self/mounts")
	if err != nil {
		return err
	}
	lines := strings.Split(strings.TrimSpace(string(b)), "\n")
	for i := len(lines) - 1; i >= 0; i-- {
		f := strings.Fields(lines[i])
		for _, t := range types {
			if f[2] != t {
				continue
			}
			if err := do(f[1]); err != nil {
				return fmt.Errorf("%s: %w", f[1], err)
			}
		}
	}
	return nil
}

// refuse makes system calls fail with errno, as an older kernel or a
// container's filter does.
func refuse(errno syscall.Errno, calls ...uint32) error {
	const load, jump, give = unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, unix.BPF_RET | unix.BPF_K
	filter := []unix.SockFilter{{Code: load}} // seccomp_data.nr is at 0
	for i, nr := range calls {
		filter = append(filter, unix.SockFilter{Code: jump, K: nr, Jt: uint8(len(calls) - i)})
	}
	filter = append(filter, unix.SockFilter{Code: give, K: unix.SECCOMP_RET_ALLOW},
		unix.SockFilter{Code: give, K: unix.SECCOMP_RET_ERRNO | uint32(errno)})
	prog := unix.SockFprog{Len: uint16(len(filter)), Filter: &filter[0]}
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return err
	}
	return unix.Prctl(unix.PR_SET_SECCOMP, unix.SECCOMP_MODE_FILTER, uintptr(unsafe.Pointer(&prog)), 0, 0)
}

// doctorSays runs doctor on a host of that kind and returns its checks by name.
func doctorSays(t *testing.T, kind string) (checks map[string]probe.Check, ready bool) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, self)
	cmd.Env = append(os.Environ(), hostEnv+"="+kind)
	if kind == "no user namespaces" {
		// The setting is each user namespace's own.
		ids := []syscall.SysProcIDMap{{ContainerID: 0, HostID: 0, Size: 65536}}
		cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: unix.CLONE_NEWUSER, UidMappings: ids, GidMappings: ids}
	}
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	var said struct {
		Ready  bool
		Checks []probe.Check
	}
	if jerr := json.Unmarshal(out, &said); jerr != nil {
		t.Fatalf("%v, %v: %s%s", err, jerr, out, &stderr)
	}
	if want := map[bool]int{true: 0, false: 1}[said.Ready]; cmd.ProcessState.ExitCode() != want {
		t.Errorf("ready is %v, and the exit status %d", said.Ready, cmd.ProcessState.ExitCode())
	}
	checks = map[string]probe.Check{}
	for _, c := range said.Checks {
		checks[c.Name] = c
		if c.Answer != probe.Yes && (c.Consequence == "" || c.Remedy == "") {
			t.Errorf("%s: %s without consequence or remedy", c.Name, c.Answer)
		}
	}
	return checks, said.Ready
}

// TestDoctorOnOtherHosts takes away what other hosts lack and asks doctor.
func TestDoctorOnOtherHosts(t *testing.T) {
	nstest.RequireRoot(t)
	layout, err := cgroup.Detect()
	if err != nil {
		t.Fatal(err)
	}
	no, unknown := probe.No, probe.Unknown
	for _, h := range []struct {
		kind string
		want map[string]probe.Answer
		only cgroup.Layout
	}{
		{"as it is", map[string]probe.Answer{"layout": probe.Yes, "clone3": probe.Yes, "user namespace": probe.Yes, "/etc/nsbox/helper.toml": ""}, ""},
		{"no cgroups", map[string]probe.Answer{"layout": no}, ""},
		{"v1", map[string]probe.Answer{"layout": probe.Yes, "memory controller": probe.Yes, "cgroup.kill": no, "clone into a cgroup": no}, cgroup.Hybrid},
		{"unified without controllers", map[string]probe.Answer{"memory controller": no, "pids controller": no}, cgroup.Hybrid},
		{"cgroups read-only", map[string]probe.Answer{"memory controller": no}, ""},
		{"no user namespaces", map[string]probe.Answer{"user.max_user_namespaces": no, "user namespace": no}, ""},
		{"old kernel", map[string]probe.Answer{"clone3": no, "close_range": no, "openat2": no, "pidfd_open": no, "/proc subset=pid": no, "Landlock": no}, ""},
		{"no Landlock", map[string]probe.Answer{"Landlock": no, "clone3": probe.Yes}, ""},
		{"container", map[string]probe.Answer{"not inside a container": no}, ""},
		{"filtered", map[string]probe.Answer{"pidfd_open": unknown, "openat2": unknown}, ""},
		{"not root", map[string]probe.Answer{"/proc subset=pid": unknown}, ""},
	} {
		if h.only != "" && h.only != layout {
			continue // there is nothing of the kind to take away
		}
		t.Run(h.kind, func(t *testing.T) {
			checks, ready := doctorSays(t, h.kind)
			mustRun := true
			for name, want := range h.want {
				c, ok := checks[name]
				switch {
				case want == "" && ok && c.Answer != probe.Yes:
					t.Errorf("%s: %s (%s)", name, c.Answer, c.Detail)
				case want != "" && c.Answer != want:
					t.Errorf("%s: %q (%s); want %s", name, c.Answer, c.Detail, want)
				}
				if c.Bad() {
					mustRun = false
				}
			}
			if !mustRun && ready {
				t.Error("something required is missing, and doctor says that programs can run")
			}
		})
	}
}
