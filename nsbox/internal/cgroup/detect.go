package cgroup

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/containerd/cgroups/v3"
	"github.com/moby/sys/mountinfo"

	"github.com/nsbox/nsbox/nsbox"
)

// Layout says how a host has its cgroups mounted.
type Layout string

// The layouts. On V1 and Hybrid the memory controller is on a v1 hierarchy;
// Hybrid has the unified hierarchy beside it.
const (
	V1     Layout = "v1"
	Hybrid Layout = "hybrid"
	V2     Layout = "v2"
)

// The v1 controllers by their kernel names.
const (
	memory  = "memory"
	pids    = "pids"
	cpu     = "cpu"
	cpuacct = "cpuacct"
	freezer = "freezer"
)

// limiting are the controllers that limits need on every layout.
var limiting = []string{memory, pids, cpu}

// hierarchy is one mounted hierarchy and our place in it.
type hierarchy struct {
	mount string // mount point
	own   string // our own cgroup, relative to the mount point, from "/"
}

// host is what /proc/self tells about the cgroups of this process.
type host struct {
	layout  Layout
	v1      map[string]hierarchy // by controller
	unified *hierarchy           // nil where cgroup2 is not mounted
}

// Detect returns the layout of this host.
func Detect() (Layout, error) {
	h, err := readHost()
	if err != nil {
		return "", err
	}
	return h.layout, nil
}

func readHost() (*host, error) {
	own, err := os.ReadFile("/proc/self/cgroup")
	if err != nil {
		return nil, fmt.Errorf("cgroup: %w", err)
	}
	mounts, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		return nil, fmt.Errorf("cgroup: %w", err)
	}
	return parseHost(bytes.NewReader(own), bytes.NewReader(mounts))
}

// parseHost reads the content of /proc/self/cgroup and /proc/self/mountinfo.
func parseHost(ownFile, mountFile io.Reader) (*host, error) {
	legacy, unified, err := cgroups.ParseCgroupFromReaderUnified(ownFile)
	if err != nil {
		return nil, fmt.Errorf("cgroup: /proc/self/cgroup: %w", err)
	}
	infos, err := mountinfo.GetMountsFromReader(mountFile, mountinfo.FSTypeFilter("cgroup", "cgroup2"))
	if err != nil {
		return nil, fmt.Errorf("cgroup: /proc/self/mountinfo: %w", err)
	}
	h := &host{v1: map[string]hierarchy{}}
	for _, m := range infos {
		if m.FSType == "cgroup2" {
			if h.unified == nil {
				h.unified = &hierarchy{mount: m.Mountpoint, own: below(unified, m.Root)}
			}
			continue
		}
		for _, name := range strings.Split(m.VFSOptions, ",") {
			own, known := legacy[name]
			if _, seen := h.v1[name]; known && !seen {
				h.v1[name] = hierarchy{mount: m.Mountpoint, own: below(own, m.Root)}
			}
		}
	}
	_, v1 := h.v1[memory]
	switch {
	case v1 && h.unified != nil:
		h.layout = Hybrid
	case v1:
		h.layout = V1
	case h.unified != nil:
		h.layout = V2
	default:
		return nil, fmt.Errorf("cgroup: %w: neither cgroup2 nor the v1 memory controller is mounted; mount cgroup2 on /sys/fs/cgroup", nsbox.ErrUnsupported)
	}
	return h, nil
}

// below makes own, a path from the hierarchy's root, relative to a mount that
// shows only the part under root. A process outside that part, or one whose
// cgroup namespace differs from the mount's, is taken to be at the mount's
// top: what the mount shows is all that it may use.
func below(own, root string) string {
	own = path.Clean("/" + own)
	if root == "/" || root == "" {
		return own
	}
	if own == root {
		return "/"
	}
	if rest, ok := strings.CutPrefix(own, root+"/"); ok {
		return "/" + rest
	}
	return "/"
}

// checkName refuses names that could leave their directory or hide in it.
func checkName(what, s string) error {
	if s == "" || len(s) > 64 || s[0] == '.' ||
		strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.") != "" {
		return fmt.Errorf("cgroup: %q is not a %s name: write 1 to 64 letters, digits, '-', '_' or '.', not beginning with '.'", s, what)
	}
	return nil
}

// errMissing names a controller that this host does not offer.
func errMissing(controller, why string) error {
	return fmt.Errorf("cgroup: %s controller is not available: %s: %w", controller, why, nsbox.ErrUnsupported)
}

// libraryRoot returns the directory below which every v1 controller is found
// under its own name, as github.com/containerd/cgroups expects: /sys/fs/cgroup
// on every common host. Controllers mounted together have symbolic links there.
func (h *host) libraryRoot(need []string) (string, error) {
	mem, ok := h.v1[memory]
	if !ok {
		return "", errMissing(memory, "no v1 hierarchy has it")
	}
	root := filepath.Dir(mem.mount)
	for _, c := range need {
		if _, ok := h.v1[c]; !ok {
			return "", errMissing(c, "no v1 hierarchy has it, while memory is on v1")
		}
	}
	for _, c := range need {
		mount, want := h.v1[c].mount, filepath.Join(root, c)
		same, err := sameFile(mount, want)
		if err != nil {
			return "", errMissing(c, err.Error())
		}
		if !same {
			return "", errMissing(c, fmt.Sprintf("it is mounted on %s, not reachable as %s", mount, want))
		}
	}
	return root, nil
}

func sameFile(a, b string) (bool, error) {
	sa, err := os.Stat(a)
	if err != nil {
		return false, err
	}
	sb, err := os.Stat(b)
	if err != nil {
		return false, err
	}
	return os.SameFile(sa, sb), nil
}

// v1Controllers lists the v1 controllers that groups need. With a unified
// hierarchy whose groups can be killed, that hierarchy counts processor time
// and freezes.
func (h *host) v1Controllers() []string {
	if h.unified != nil {
		return limiting
	}
	return append(slices.Clone(limiting), cpuacct, freezer)
}
