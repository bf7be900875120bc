package cgroup

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/containerd/cgroups/v3/cgroup1"
	"github.com/containerd/cgroups/v3/cgroup2"
	"github.com/opencontainers/runtime-spec/specs-go"
	"golang.org/x/sys/unix"

	"github.com/nsbox/nsbox/nsbox"
)

// ParentEnv names the environment variable that overrides where trees are
// made: a cgroup path from the top of every hierarchy, such as /nsbox.slice.
const ParentEnv = "NSBOX_CGROUP_PARENT"

const (
	// base is the directory that holds all trees below a parent.
	base = "nsbox"
	// selfLeaf holds our own process on v2, where a group that hands
	// controllers on may have no process of its own.
	selfLeaf = "nsbox.self"
)

// Tree is a subtree of the host's cgroups that nsbox owns. Its methods may be
// called from several goroutines.
type Tree struct {
	layout Layout
	name   string
	// dirs holds the tree's directory in every v1 hierarchy by controller;
	// controllers that are mounted together have the same directory.
	dirs map[string]string
	// unified is the tree's directory on cgroup2, empty on pure v1.
	unified string

	mu     sync.Mutex
	poller *poller // made by the first Watch
}

// Open makes or takes over the subtree <own cgroup>/nsbox/<name>. On v1 that is
// below the process's own cgroup in every hierarchy, so that outer limits hold.
// On v2 it is there when the own cgroup is delegated to us; this process then
// moves into a leaf of it. Else it is /nsbox/<name>. NSBOX_CGROUP_PARENT
// overrides the parent.
//
// Two processes may not use one tree at the same time.
func Open(name string) (*Tree, error) {
	h, err := readHost()
	if err != nil {
		return nil, err
	}
	return openTree(h, name, os.Getenv(ParentEnv))
}

func openTree(h *host, name, parent string) (*Tree, error) {
	if err := checkName("tree", name); err != nil {
		return nil, err
	}
	if parent != "" && (!path.IsAbs(parent) || path.Clean(parent) != parent) {
		return nil, fmt.Errorf("cgroup: %s=%q: write an absolute cgroup path without '..', such as /nsbox.slice", ParentEnv, parent)
	}
	t := &Tree{layout: h.layout, name: name, dirs: map[string]string{}}
	if h.layout == V2 {
		if err := t.openUnified(h.unified, parent); err != nil {
			return nil, err
		}
		return t, nil
	}
	if err := t.openLegacy(h, parent); err != nil {
		return nil, err
	}
	if h.unified != nil {
		hi := h.unified
		t.unified = filepath.Join(hi.mount, orOwn(parent, hi.own), base, name)
		if err := mkdirAll(t.unified); err != nil {
			return nil, fmt.Errorf("cgroup: make tree on the unified hierarchy: %w", err)
		}
	}
	return t, nil
}

func orOwn(parent, own string) string {
	if parent != "" {
		return parent
	}
	return own
}

// openLegacy makes the tree in every v1 hierarchy.
func (t *Tree) openLegacy(h *host, parent string) error {
	need := h.v1Controllers()
	root, err := h.libraryRoot(need)
	if err != nil {
		return err
	}
	where := func(name cgroup1.Name) (string, error) {
		return filepath.Join(orOwn(parent, h.v1[string(name)].own), base, t.name), nil
	}
	subsystems := func() ([]cgroup1.Subsystem, error) {
		all := []cgroup1.Subsystem{cgroup1.NewMemory(root), cgroup1.NewPids(root), cgroup1.NewCpu(root), cgroup1.NewCpuacct(root), cgroup1.NewFreezer(root)}
		return slices.DeleteFunc(all, func(s cgroup1.Subsystem) bool { return !slices.Contains(need, string(s.Name())) }), nil
	}
	if _, err := cgroup1.New(where, &specs.LinuxResources{}, cgroup1.WithHierarchy(subsystems)); err != nil {
		return fmt.Errorf("cgroup: make tree: %w", err)
	}
	for _, c := range need {
		// The mount point, not the symbolic link: controllers that are mounted
		// together must show as one directory.
		t.dirs[c] = filepath.Join(h.v1[c].mount, orOwn(parent, h.v1[c].own), base, t.name)
	}
	return nil
}

// openUnified makes the tree on a v2 host and hands the controllers down to it.
func (t *Tree) openUnified(hi *hierarchy, parent string) error {
	offered, err := readFile(filepath.Join(hi.mount, "cgroup.controllers"))
	if err != nil {
		return fmt.Errorf("cgroup: %w", err)
	}
	for _, c := range limiting {
		if !slices.Contains(strings.Fields(string(offered)), c) {
			return errMissing(c, fmt.Sprintf("%s/cgroup.controllers has only %q", hi.mount, strings.TrimSpace(string(offered))))
		}
	}
	if parent == "" {
		if parent, err = unifiedParent(hi); err != nil {
			return err
		}
	}
	group := path.Join(parent, base, t.name)
	t.unified = filepath.Join(hi.mount, group)
	if err := mkdirAll(t.unified); err != nil {
		return fmt.Errorf("cgroup: make tree: %w", err)
	}
	// The library enables controllers in every ancestor of the group that it is
	// given, hence the name of a child.
	m, err := cgroup2.Load(path.Join(group, "child"), cgroup2.WithMountpoint(hi.mount))
	if err != nil {
		return fmt.Errorf("cgroup: %w", err)
	}
	err = m.ToggleControllers(limiting, cgroup2.Enable)
	enabled, rerr := readFile(filepath.Join(t.unified, "cgroup.subtree_control"))
	if rerr != nil {
		return fmt.Errorf("cgroup: %w", rerr)
	}
	for _, c := range limiting {
		if !slices.Contains(strings.Fields(string(enabled)), c) {
			os.Remove(t.unified)
			return errMissing(c, fmt.Sprintf("cannot be handed down to %s: %v; delegate a cgroup to nsbox or set %s", t.unified, err, ParentEnv))
		}
	}
	return nil
}

// unifiedParent chooses the v2 parent: the own cgroup when it is ours to divide,
// else the top.
func unifiedParent(hi *hierarchy) (string, error) {
	own := hi.own
	if path.Base(own) == selfLeaf {
		return path.Dir(own), nil // an earlier Open moved us there
	}
	if own == "/" {
		return own, nil
	}
	dir := filepath.Join(hi.mount, own)
	if !delegated(dir) && !alone(dir) {
		return "/", nil
	}
	leaf := filepath.Join(dir, selfLeaf)
	if err := mkdirAll(leaf); err != nil {
		return "", fmt.Errorf("cgroup: make leaf for this process: %w", err)
	}
	if err := writeFile(filepath.Join(leaf, "cgroup.procs"), "0"); err != nil {
		return "", fmt.Errorf("cgroup: move this process into a leaf: %w", err)
	}
	return own, nil
}

// delegated tells whether the service manager marked dir as ours to divide
// (systemd's Delegate=).
func delegated(dir string) bool {
	for _, attr := range []string{"trusted.delegate", "user.delegate"} {
		var v [8]byte
		if n, err := unix.Getxattr(dir, attr, v[:]); err == nil && string(v[:n]) == "1" {
			return true
		}
	}
	return false
}

// alone tells whether this process is the only one in dir and could move.
func alone(dir string) bool {
	list, err := procs(dir)
	return err == nil && len(list) == 1 && list[0] == os.Getpid() &&
		unix.Access(filepath.Join(dir, "cgroup.procs"), unix.W_OK) == nil
}

// mkdirAll is os.MkdirAll that tries again when another nsbox process removes
// the shared, empty parent in between.
func mkdirAll(dir string) error {
	var err error
	for range 10 {
		if err = os.MkdirAll(dir, 0o755); !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return err
}

// Layout returns the layout of the host that the tree is on.
func (t *Tree) Layout() Layout { return t.layout }

// Path returns the tree's directory: on v1 and hybrid that of the memory
// controller.
func (t *Tree) Path() string {
	if t.layout == V2 {
		return t.unified
	}
	return t.dirs[memory]
}

// all returns the tree's directories, each once, the unified one first: what
// enters it first can be killed from then on.
func (t *Tree) all() []string {
	var out []string
	if t.unified != "" {
		out = append(out, t.unified)
	}
	for _, c := range []string{freezer, memory, pids, cpu, cpuacct} {
		if d, ok := t.dirs[c]; ok && !slices.Contains(out, d) {
			out = append(out, d)
		}
	}
	return out
}

// Names returns the names of the trees that lie beside this one, its own not
// among them. Those whose process is gone can be taken over by Open, swept and
// deleted.
func (t *Tree) Names() ([]string, error) {
	var out []string
	for _, dir := range t.all() {
		names, err := children(filepath.Dir(dir))
		if err != nil {
			return nil, fmt.Errorf("cgroup: %w", err)
		}
		for _, n := range names {
			if n != t.name && !slices.Contains(out, n) {
				out = append(out, n)
			}
		}
	}
	return out, nil
}

// children lists the directories in dir; none if dir is gone.
func children(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	var out []string
	for _, e := range entries {
		if e.IsDir() {
			out = append(out, e.Name())
		}
	}
	return out, nil
}

// Sweep kills and removes the groups in the tree that keep does not want,
// groups nested in them included. It goes on after an error and returns all.
func (t *Tree) Sweep(keep func(id string) bool) error {
	seen := map[string]bool{}
	var errs []error
	for _, dir := range t.all() {
		names, err := children(dir)
		if err != nil {
			errs = append(errs, fmt.Errorf("cgroup: sweep: %w", err))
		}
		for _, id := range names {
			if seen[id] || keep(id) {
				continue
			}
			seen[id] = true
			if err := t.remove(id); err != nil {
				errs = append(errs, err)
			}
		}
	}
	return errors.Join(errs...)
}

// remove kills and removes group id with all that is nested in it. The group
// may be there in part only, as an interrupted Create or Delete leaves it.
func (t *Tree) remove(id string) error {
	g := t.group(id)
	if err := g.Kill(); err != nil {
		return err
	}
	var errs []error
	for _, dir := range g.dirs {
		sub, err := descendants(dir)
		if err != nil {
			errs = append(errs, fmt.Errorf("cgroup: sweep %s: %w", id, err))
		}
		for _, d := range append(sub, dir) {
			if err := rmdir(d); err != nil {
				errs = append(errs, fmt.Errorf("cgroup: sweep %s: %w", id, err))
			}
		}
	}
	return errors.Join(errs...)
}

// descendants lists the groups below dir, the deepest first.
func descendants(dir string) ([]string, error) {
	names, err := children(dir)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, n := range names {
		d := filepath.Join(dir, n)
		sub, err := descendants(d)
		if err != nil {
			return nil, err
		}
		out = append(append(out, sub...), d)
	}
	return out, nil
}

// Close ends the tree's watching. The groups stay.
func (t *Tree) Close() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.poller == nil {
		return nil
	}
	err := t.poller.close()
	t.poller = nil
	return err
}

// Delete closes the tree, kills and removes every group in it, then itself.
func (t *Tree) Delete() error {
	errs := []error{t.Close(), t.Sweep(func(string) bool { return false })}
	for _, dir := range t.all() {
		if err := rmdir(dir); err != nil {
			errs = append(errs, fmt.Errorf("cgroup: delete tree: %w", err))
		}
		// The parent is shared with other trees; the last one takes it along.
		_ = os.Remove(filepath.Dir(dir))
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	return nil
}

// checkLimits refuses limits that no kernel takes.
func checkLimits(lim nsbox.Limits) error {
	switch {
	case lim.Memory < 0:
		return fmt.Errorf("cgroup: memory limit %d is negative: write a number of bytes, or 0 for none", lim.Memory)
	case lim.Pids < 0:
		return fmt.Errorf("cgroup: pids limit %d is negative: write a count, or 0 for none", lim.Pids)
	case lim.CPUs < 0 || lim.CPUs != 0 && lim.CPUs < 0.01 || lim.CPUs > 10000:
		return fmt.Errorf("cgroup: cpus limit %v is out of range: write 0.01 to 10000, or 0 for none", lim.CPUs)
	}
	return nil
}
