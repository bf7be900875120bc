package cgroup

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"github.com/nsbox/nsbox/nsbox"
)

// period is the time in which a group may use its processor quota, in
// microseconds: the kernel's default.
const period = 100_000

// Group is a leaf of a [Tree] that holds the processes of one sandbox. Its
// methods may be called from several goroutines, but not after Delete.
type Group struct {
	tree *Tree
	id   string
	// dirs are the group's directories, each once, the one that kills first.
	dirs []string
	// By controller. On hybrid acct and freeze are the unified group's.
	memory, pids, cpu, acct, freeze string
	v2                              bool // memory, pids and cpu are v2 groups
	unified                         string

	mu    sync.Mutex
	cpuFD int // kept open, for CPU is polled; -1 before its first call
}

func (t *Tree) group(id string) *Group {
	g := &Group{tree: t, id: id, cpuFD: -1}
	for _, d := range t.all() {
		g.dirs = append(g.dirs, filepath.Join(d, id))
	}
	if t.unified != "" {
		g.unified = filepath.Join(t.unified, id)
		g.acct, g.freeze = g.unified, g.unified
	} else {
		g.acct, g.freeze = filepath.Join(t.dirs[cpuacct], id), filepath.Join(t.dirs[freezer], id)
	}
	if t.layout == V2 {
		g.v2, g.memory, g.pids, g.cpu = true, g.unified, g.unified, g.unified
		return g
	}
	g.memory, g.pids, g.cpu = filepath.Join(t.dirs[memory], id), filepath.Join(t.dirs[pids], id), filepath.Join(t.dirs[cpu], id)
	return g
}

// Create makes group id with the memory, pids and cpu limits of lim; a zero
// limit leaves the kernel's default, which is none. It fails when any of them
// cannot be set, and leaves nothing behind then.
//
// It writes the files directly: the library enables controllers again in every
// ancestor for each v2 group, and its v1 side walks all controllers it knows.
func (t *Tree) Create(id string, lim nsbox.Limits) (*Group, error) {
	if err := checkName("group", id); err != nil {
		return nil, err
	}
	return t.create(id, lim)
}

func (t *Tree) create(id string, lim nsbox.Limits) (*Group, error) {
	if err := checkLimits(lim); err != nil {
		return nil, err
	}
	g := t.group(id)
	for i, dir := range g.dirs {
		if err := unix.Mkdir(dir, 0o755); err != nil {
			removeAll(g.dirs[:i])
			return nil, fmt.Errorf("cgroup: make group: %w", &os.PathError{Op: "mkdir", Path: dir, Err: err})
		}
	}
	if err := g.set(lim); err != nil {
		removeAll(g.dirs)
		return nil, err
	}
	return g, nil
}

func removeAll(dirs []string) {
	for _, d := range dirs {
		_ = unix.Rmdir(d)
	}
}

// ID returns the name that the group was created with.
func (g *Group) ID() string { return g.id }

// set writes all limits of a new group.
func (g *Group) set(lim nsbox.Limits) error {
	if err := g.setMemory(lim.Memory); err != nil {
		return unavailable(memory, err)
	}
	if lim.Pids > 0 {
		if err := writeFile(g.pids+"/pids.max", strconv.Itoa(lim.Pids)); err != nil {
			return unavailable(pids, err)
		}
	}
	if lim.CPUs > 0 {
		if err := g.setCPU(lim.CPUs); err != nil {
			return unavailable(cpu, err)
		}
	}
	return nil
}

// unavailable says which controller failed; a missing file means that the
// kernel has not got it.
func unavailable(controller string, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return errMissing(controller, err.Error())
	}
	return fmt.Errorf("cgroup: set %s limit: %w", controller, err)
}

// setMemory limits memory and takes swap away.
func (g *Group) setMemory(limit nsbox.Size) error {
	n := strconv.FormatInt(int64(limit), 10)
	if g.v2 {
		// The whole sandbox dies when memory runs out, not its largest process.
		if err := writeFile(g.memory+"/memory.oom.group", "1"); err != nil {
			return err
		}
		if limit == 0 {
			return nil
		}
		// A kernel without swap has no such file, and nothing to forbid.
		if err := writeFile(g.memory+"/memory.swap.max", "0"); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return writeFile(g.memory+"/memory.max", n)
	}
	if limit == 0 {
		return nil
	}
	// memsw (memory and swap together) may never be below the memory limit, so
	// it comes second on the way down from "unlimited".
	if err := writeFile(g.memory+"/memory.limit_in_bytes", n); err != nil {
		return err
	}
	err := writeFile(g.memory+"/memory.memsw.limit_in_bytes", n)
	if errors.Is(err, fs.ErrNotExist) {
		// Without swap accounting, at least never swap the group's memory out.
		return writeFile(g.memory+"/memory.swappiness", "0")
	}
	return err
}

func (g *Group) setCPU(cpus float64) error {
	quota := strconv.FormatInt(int64(math.Ceil(cpus*period)), 10)
	if g.v2 {
		return writeFile(g.cpu+"/cpu.max", quota+" "+strconv.Itoa(period))
	}
	return writeFile(g.cpu+"/cpu.cfs_quota_us", quota) // the period is the default
}

// Add moves process pid, all its threads included, into the group in every
// hierarchy. Memory that it already has stays charged to where it was.
func (g *Group) Add(pid int) error {
	if pid <= 0 {
		return fmt.Errorf("cgroup: add: %d is not a process id", pid)
	}
	for _, dir := range g.dirs {
		if err := writeFile(dir+"/cgroup.procs", strconv.Itoa(pid)); err != nil {
			return fmt.Errorf("cgroup: add process %d: %w", pid, err)
		}
	}
	return nil
}

// FD returns the group's unified directory for clone3(CLONE_INTO_CGROUP), which
// the caller closes; nil on pure v1. On hybrid a process born so is in the
// unified group only and has to enter the others, see [Group.Join].
//
// The kernel checks the cloning process's own permission to write cgroup.procs
// of the group and of the common ancestor, so this serves root on the host, not
// a process inside a user namespace.
func (g *Group) FD() (*os.File, error) {
	if g.unified == "" {
		return nil, nil
	}
	fd, err := open(g.unified, unix.O_PATH|unix.O_DIRECTORY)
	if err != nil {
		return nil, fmt.Errorf("cgroup: %w", err)
	}
	return os.NewFile(uintptr(fd), g.unified), nil
}

// Join returns the files through which a process enters the group by itself: it
// writes "0" to each, in order. It must have a single thread. The caller closes
// them, and the process must not keep them past its set-up: whoever holds one
// can put itself into the group. With cloned, the process was born in the
// unified group by [Group.FD] and that file is left out.
func (g *Group) Join(cloned bool) ([]*os.File, error) {
	var out []*os.File
	for _, dir := range g.dirs {
		name := dir + "/tasks"
		if dir == g.unified {
			if cloned {
				continue
			}
			name = dir + "/cgroup.procs"
		}
		fd, err := open(name, unix.O_WRONLY)
		if err != nil {
			for _, f := range out {
				f.Close()
			}
			return nil, fmt.Errorf("cgroup: join: %w", err)
		}
		out = append(out, os.NewFile(uintptr(fd), name))
	}
	return out, nil
}

// Update changes the limits of a group in use; zero fields stay as they are. A
// memory limit below what is in use and can't be reclaimed is an error on v1
// and an out-of-memory kill on v2.
//
// It does not use the library on v1: its order of writes breaks where a limit
// with swap accounting is raised.
func (g *Group) Update(lim nsbox.Limits) error {
	if err := checkLimits(lim); err != nil {
		return err
	}
	if lim.Memory > 0 && !g.v2 {
		current, err := number(g.memory + "/memory.limit_in_bytes")
		if err != nil {
			return unavailable(memory, err)
		}
		memsw := g.memory + "/memory.memsw.limit_in_bytes"
		if int64(lim.Memory) > current {
			err := writeFile(memsw, strconv.FormatInt(int64(lim.Memory), 10))
			if err != nil && !errors.Is(err, fs.ErrNotExist) {
				return unavailable(memory, err)
			}
		}
	}
	return g.set(lim)
}

// Empty tells whether no process is left in the group, in any hierarchy. A
// process that is dead and not yet waited for does not count.
func (g *Group) Empty() (bool, error) {
	for _, dir := range g.dirs {
		empty, err := g.emptyDir(dir)
		if err != nil || !empty {
			return false, err
		}
	}
	return true, nil
}

func (g *Group) emptyDir(dir string) (bool, error) {
	if dir == g.unified {
		b, err := readFile(dir + "/cgroup.events")
		if gone(err) {
			return true, nil
		}
		if err != nil {
			return false, fmt.Errorf("cgroup: %w", err)
		}
		return field(b, "populated") == 0, nil
	}
	list, err := procs(dir)
	if gone(err) {
		return true, nil
	}
	if err != nil {
		return false, fmt.Errorf("cgroup: %w", err)
	}
	if len(list) > 0 {
		return false, nil
	}
	// v1 lists no processes of nested groups.
	names, err := children(dir)
	if err != nil {
		return false, fmt.Errorf("cgroup: %w", err)
	}
	for _, n := range names {
		if empty, err := g.emptyDir(filepath.Join(dir, n)); err != nil || !empty {
			return false, err
		}
	}
	return true, nil
}

// gone tells whether err says that a group does not exist any more.
func gone(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, unix.ENODEV)
}

// procs lists the processes in dir. Processes of another pid namespace, which
// show as 0, are left out.
func procs(dir string) ([]int, error) {
	b, err := readFile(dir + "/cgroup.procs")
	if err != nil {
		return nil, err
	}
	var out []int
	for _, line := range bytes.Fields(b) {
		n, err := strconv.Atoi(string(line))
		if err != nil {
			return nil, &os.PathError{Op: "parse", Path: dir + "/cgroup.procs", Err: err}
		}
		if n > 0 {
			out = append(out, n)
		}
	}
	return out, nil
}

// Delete removes the group. It is an error if processes remain in it. A group
// that is gone already is none.
func (g *Group) Delete() error {
	g.mu.Lock()
	if g.cpuFD >= 0 {
		unix.Close(g.cpuFD)
		g.cpuFD = -1
	}
	g.mu.Unlock()
	// The first that has processes tells enough: they are in the others too.
	for _, dir := range slices.Backward(g.dirs) {
		if err := rmdir(dir); err != nil {
			return fmt.Errorf("cgroup: delete %s: %w", g.id, err)
		}
	}
	return nil
}

// rmdir removes a group. The kernel says EBUSY until the last process that was
// killed has left, which can be moments after its end was reported.
func rmdir(dir string) error {
	wait := 20 * time.Microsecond
	for deadline := time.Now().Add(200 * time.Millisecond); ; wait *= 2 {
		err := unix.Rmdir(dir)
		switch {
		case err == nil || errors.Is(err, unix.ENOENT):
			return nil
		case errors.Is(err, unix.EINTR):
			continue
		case !errors.Is(err, unix.EBUSY) || time.Now().After(deadline):
			if list, lerr := procs(dir); lerr == nil && len(list) > 0 {
				return fmt.Errorf("%d processes remain in %s: %w", len(list), dir, err)
			}
			return &os.PathError{Op: "rmdir", Path: dir, Err: err}
		}
		time.Sleep(wait)
	}
}
