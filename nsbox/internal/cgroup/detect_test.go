package cgroup

import (
	"errors"
	"strings"
	"testing"

	"github.com/nsbox/nsbox/nsbox"
)

// What real hosts show, shortened.
const (
	hybridOwn = `9:name=systemd:/
8:pids:/
4:memory:/process_api/52f6
2:cpuacct:/
1:cpu:/
0::/
`
	hybridMounts = `31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755
32 31 0:29 / /sys/fs/cgroup/cpu rw,relatime - cgroup cgroup rw,cpu
33 31 0:30 / /sys/fs/cgroup/cpuacct rw,relatime - cgroup cgroup rw,cpuacct
35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory
39 31 0:36 / /sys/fs/cgroup/pids rw,relatime shared:5 - cgroup cgroup rw,pids
40 31 0:37 / /sys/fs/cgroup/systemd rw,relatime - cgroup cgroup rw,name=systemd
41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw
`
	v1Own = `5:pids:/docker/abc
4:memory:/docker/abc/inner
3:cpu,cpuacct:/docker/abc
`
	v1Mounts = `40 31 0:30 /docker/abc /sys/fs/cgroup/cpu,cpuacct ro - cgroup cgroup rw,cpu,cpuacct
41 31 0:31 /docker/abc /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory
42 31 0:32 /elsewhere /sys/fs/cgroup/pids ro - cgroup cgroup rw,pids
`
	v2Own    = "0::/system.slice/nsbox.service\n"
	v2Mounts = `25 24 0:22 / /sys/fs/cgroup rw,nosuid,nodev,noexec,relatime shared:4 - cgroup2 cgroup2 rw,nsdelegate,memory_recursiveprot
30 24 0:23 / /sys/fs/bpf rw - bpf bpf rw
`
)

func TestParseHost(t *testing.T) {
	for _, tc := range []struct {
		name, own, mounts string
		layout            Layout
		controller        string
		want              hierarchy
	}{
		{"hybrid, own memory group", hybridOwn, hybridMounts, Hybrid, memory, hierarchy{"/sys/fs/cgroup/memory", "/process_api/52f6"}},
		{"hybrid, top pids group", hybridOwn, hybridMounts, Hybrid, pids, hierarchy{"/sys/fs/cgroup/pids", "/"}},
		{"hybrid, unified", hybridOwn, hybridMounts, Hybrid, "", hierarchy{"/sys/fs/cgroup/unified", "/"}},
		{"v1, mount shows a part only", v1Own, v1Mounts, V1, memory, hierarchy{"/sys/fs/cgroup/memory", "/inner"}},
		{"v1, mounted together", v1Own, v1Mounts, V1, cpuacct, hierarchy{"/sys/fs/cgroup/cpu,cpuacct", "/"}},
		{"v1, own group outside the mount", v1Own, v1Mounts, V1, pids, hierarchy{"/sys/fs/cgroup/pids", "/"}},
		{"v2", v2Own, v2Mounts, V2, "", hierarchy{"/sys/fs/cgroup", "/system.slice/nsbox.service"}},
		{"v2, cgroup namespace", "0::/../other\n", v2Mounts, V2, "", hierarchy{"/sys/fs/cgroup", "/other"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			h, err := parseHost(strings.NewReader(tc.own), strings.NewReader(tc.mounts))
			if err != nil {
				t.Fatal(err)
			}
			if h.layout != tc.layout {
				t.Errorf("layout is %s, want %s", h.layout, tc.layout)
			}
			got := h.v1[tc.controller]
			if tc.controller == "" {
				got = *h.unified
			}
			if got != tc.want {
				t.Errorf("hierarchy is %+v, want %+v", got, tc.want)
			}
		})
	}
}

func TestParseHostRefuses(t *testing.T) {
	_, err := parseHost(strings.NewReader(v2Own), strings.NewReader("30 24 0:23 / /sys/fs/bpf rw - bpf bpf rw\n"))
	if !errors.Is(err, nsbox.ErrUnsupported) {
		t.Errorf("no cgroup mount: %v, want ErrUnsupported", err)
	}
	if _, err := parseHost(strings.NewReader("nonsense"), strings.NewReader(v2Mounts)); err == nil {
		t.Error("a broken /proc/self/cgroup was taken")
	}
}

// TestMissingController: a limit that can't be set is an error that names it.
func TestMissingController(t *testing.T) {
	noPids := strings.ReplaceAll(hybridMounts, "cgroup rw,pids", "cgroup rw,misc")
	h, err := parseHost(strings.NewReader(hybridOwn), strings.NewReader(noPids))
	if err != nil {
		t.Fatal(err)
	}
	_, err = openTree(h, "t", "")
	if !errors.Is(err, nsbox.ErrUnsupported) {
		t.Errorf("%v, want ErrUnsupported", err)
	}
	if err == nil || !strings.HasPrefix(err.Error(), "cgroup: pids controller is not available: ") {
		t.Errorf("%v does not name the controller", err)
	}
}

func TestNames(t *testing.T) {
	h := &host{layout: V1}
	for _, bad := range []string{"", ".", "..", ".x", "a/b", "a b", "a\x00", strings.Repeat("a", 65)} {
		if _, err := openTree(h, bad, ""); err == nil || !strings.Contains(err.Error(), "is not a tree name") {
			t.Errorf("tree name %q: %v", bad, err)
		}
		if _, err := (&Tree{}).Create(bad, nsbox.Limits{}); err == nil || !strings.Contains(err.Error(), "is not a group name") {
			t.Errorf("group name %q: %v", bad, err)
		}
	}
	for _, bad := range []string{"relative", "/a/../b", "/a/"} {
		if _, err := openTree(h, "t", bad); err == nil || !strings.Contains(err.Error(), ParentEnv) {
			t.Errorf("parent %q: %v", bad, err)
		}
	}
	for _, bad := range []nsbox.Limits{{Memory: -1}, {Pids: -1}, {CPUs: -1}, {CPUs: 0.001}} {
		if _, err := (&Tree{}).Create("g", bad); err == nil {
			t.Errorf("limits %+v were taken", bad)
		}
	}
}

func TestField(t *testing.T) {
	events := []byte("low 0\nmax 12\noom 3\noom_kill 2\n")
	for key, want := range map[string]int64{"max": 12, "oom_kill": 2, "oom": 3, "absent": 0} {
		if got := field(events, key); got != want {
			t.Errorf("%s is %d, want %d", key, got, want)
		}
	}
}
