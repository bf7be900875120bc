package helper

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// cgroupsFile lists, in a lease's directory, the directories under which its
// cgroups lie in every hierarchy. The next holder may be started from another
// cgroup and would look elsewhere.
const cgroupsFile = "cgroups"

// zygoteSuffix sets the zygotes' cgroups, which libcontainer makes in every
// hierarchy, apart from the sandboxes', which package cgroup makes.
const zygoteSuffix = "-zygotes"

// rememberCgroups writes the list before anything is put there.
func (h *Helper) rememberCgroups() error {
	var err error
	if h.zygoteDirs, err = leaseCgroups(h.leaseName() + zygoteSuffix); err != nil {
		return fmt.Errorf("cgroups: %w", err)
	}
	trees, err := leaseCgroups(h.leaseName())
	if err != nil {
		return fmt.Errorf("cgroups: %w", err)
	}
	dirs := append(trees, h.tree.Path())
	dirs = append(dirs, h.zygoteDirs...)
	path := filepath.Join(h.dir, cgroupsFile)
	if err := os.WriteFile(path, []byte(strings.Join(dirs, "\n")+"\n"), 0o600); err != nil {
		return fmt.Errorf("cgroups: %w", err)
	}
	return nil
}

// leaseCgroups returns where libcontainer puts a relative cgroup path of this
// process: below the process's own cgroup in every mounted hierarchy.
func leaseCgroups(name string) ([]string, error) {
	own := map[string]string{} // by controller or "name=..."; "" is unified
	err := eachLine("/proc/self/cgroup", func(line string) {
		if f := strings.SplitN(line, ":", 3); len(f) == 3 {
			for _, c := range strings.Split(f[1], ",") {
				own[c] = f[2]
			}
		}
	})
	if err != nil {
		return nil, err
	}
	var dirs []string
	err = eachLine("/proc/self/mountinfo", func(line string) {
		left, right, ok := strings.Cut(line, " - ")
		f, g := strings.Fields(left), strings.Fields(right)
		if !ok || len(f) < 5 || len(g) < 3 || !strings.HasPrefix(g[0], "cgroup") {
			return
		}
		root, mount := f[3], f[4]
		for c, path := range own {
			if (g[0] == "cgroup2") != (c == "") || c != "" && !hasOption(g[2], c) {
				continue
			}
			if root != "/" {
				path = strings.TrimPrefix(path, root)
			}
			dirs = append(dirs, filepath.Join(mount, path, "nsbox", name))
		}
	})
	return dirs, err
}

func hasOption(options, want string) bool {
	for _, o := range strings.Split(options, ",") {
		if o == want {
			return true
		}
	}
	return false
}

func eachLine(path string, f func(string)) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	sc := bufio.NewScanner(file)
	sc.Buffer(nil, 1<<20)
	for sc.Scan() {
		f(sc.Text())
	}
	return sc.Err()
}

// clearLeftovers ends and removes what a holder of this lease left that could
// not clean up itself. The lock on the lease says that it is dead; its zygotes
// have then seen the end of their socket and are going, with their sandboxes.
func (h *Helper) clearLeftovers() error {
	var errs []error
	lock, lockErr := h.lockCgroups(unix.LOCK_EX | unix.LOCK_NB)
	if lockErr == nil {
		defer lock.Close()
	}
	err := eachLine(filepath.Join(h.dir, cgroupsFile), func(dir string) {
		// The file is root's, but a path in it must still be one of ours.
		if filepath.IsAbs(dir) && strings.TrimSuffix(filepath.Base(dir), zygoteSuffix) == h.leaseName() && filepath.Base(filepath.Dir(dir)) == "nsbox" {
			errs = append(errs, removeCgroup(dir))
			if lockErr == nil {
				_ = unix.Rmdir(filepath.Dir(dir)) // unless another lease is in it
			}
		}
	})
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		errs = append(errs, err)
	}
	errs = append(errs, os.RemoveAll(h.dir))
	return errors.Join(errs...)
}

// holdCgroups keeps other helpers from removing the directory that all share,
// while libcontainer makes one below it: it makes parents one by one.
func (h *Helper) holdCgroups() (release func(), err error) {
	f, err := h.lockCgroups(unix.LOCK_SH)
	if err != nil {
		return nil, fmt.Errorf("cgroups: %w", err)
	}
	return func() { f.Close() }, nil
}

func (h *Helper) lockCgroups(how int) (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(h.cfg.RunDir, "leases", "cgroups.lock"), os.O_RDWR|os.O_CREATE|unix.O_NOFOLLOW, 0o600)
	if err != nil {
		return nil, err
	}
	if err := unix.Flock(int(f.Fd()), how); err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// removeZygoteDirs removes the empty directories that libcontainer leaves above
// its cgroups. Where another helper is at work it leaves the shared one to it.
func (h *Helper) removeZygoteDirs() {
	f, err := h.lockCgroups(unix.LOCK_EX | unix.LOCK_NB)
	for _, dir := range h.zygoteDirs {
		_ = unix.Rmdir(dir)
		if err == nil {
			_ = unix.Rmdir(filepath.Dir(dir))
		}
	}
	if err == nil {
		f.Close()
	}
}

// removeCgroup kills what is in dir or below and removes it, for as long as a
// process takes to die.
func removeCgroup(dir string) error {
	deadline := time.Now().Add(10 * time.Second)
	for {
		left, err := sweepCgroup(dir)
		if err == nil && !left {
			return nil
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("cgroup %s: processes do not die: %w", dir, errors.Join(err, unix.EBUSY))
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// sweepCgroup makes one pass over dir, deepest first, and tells whether
// something is left.
func sweepCgroup(dir string) (left bool, err error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, os.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return true, err
	}
	for _, e := range entries {
		if e.IsDir() {
			l, err := sweepCgroup(filepath.Join(dir, e.Name()))
			left = left || l
			if err != nil {
				return true, err
			}
		}
	}
	err = eachLine(filepath.Join(dir, "cgroup.procs"), func(line string) {
		left = true
		var pid int
		if n, _ := fmt.Sscan(line, &pid); n == 1 && pid > 1 {
			_ = unix.Kill(pid, unix.SIGKILL)
		}
	})
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return true, err
	}
	if left {
		return true, nil
	}
	if err := unix.Rmdir(dir); err != nil && !errors.Is(err, unix.ENOENT) {
		return true, nil // EBUSY: a dying process has not left yet
	}
	return false, nil
}
