package confine

import (
	"slices"
	"testing"
)

// steps are the names of p's steps, and a look-up of their places.
func steps(t *testing.T, p *program) func(name string) int {
	t.Helper()
	return func(name string) int {
		t.Helper()
		i := slices.Index(p.names, name)
		if i < 0 {
			t.Fatalf("no step %q in %q", name, p.names)
		}
		return i
	}
}

// A keeper has set everything up, and holds nothing any more when it begins to
// sleep: no descriptor, no capability, and no call but the one that sleeps.
func TestKeeperOrder(t *testing.T) {
	p := buildKeeper(&Spec{Disk: 1 << 20, Inodes: 10}, descriptors{joins: []int{20, 21}})
	at := steps(t, p)
	last := -1
	for _, name := range []string{"join cgroup", "id maps", "setresuid", "not dumpable", "unshare cgroup namespace", "bound max_user_namespaces",
		"mount /proc", "mount scratch", "loopback up", "read-only /build", "ignore SIGCHLD", "send the scratch directory",
		"drop bounding capability", "capset", "no_new_privs", "seccomp", "keep"} {
		i := at(name)
		if i < last {
			t.Errorf("%q comes too early", name)
		}
		last = i
	}
	if last != len(p.ops)-1 || p.ops[last].kind != opIdle {
		t.Errorf("the keeper ends with %q", p.names[len(p.names)-1])
	}
	// All descriptors are closed after the last one was sent.
	sent := at("send the scratch directory")
	if i := slices.Index(p.names[sent:], "close_range"); i < 0 || p.ops[sent+i].args[0] != 0 || int(p.ops[sent+i].args[1]) != maxFD {
		t.Error("the keeper keeps descriptors")
	}
}

// What enters joins its cgroup before anything else, and closes all that is not
// its own before it enters; both parents end at once.
func TestEnterOrder(t *testing.T) {
	p := buildEnter(&Spec{TTY: true, Build: true}, descriptors{joins: []int{20}}, 30, testRegion)
	at := steps(t, p)
	last := -1
	for _, name := range []string{"join cgroup", "raise oom_score_adj", "close_range", "enter the sandbox", "setresuid", "not dumpable",
		"fork into the sandbox", "unshare cgroup namespace", "clone init", "private mounts", "mount /proc", "mount /dev/pts", "mount /build",
		"open scratch", "gate", "go on", "send the pidfd", "exit"} {
		i := at(name)
		if i < last {
			t.Errorf("%q comes too early", name)
		}
		last = i
	}
	p.link(testRegion, 0)
	for name, want := range map[string]string{"fork into the sandbox": "exit", "clone init": "send the pidfd"} {
		parent := int(p.ops[at(name)].args[0])
		if parent >= len(p.names) || p.names[parent] != want {
			t.Errorf("the parent of %q goes on at step %d", name, parent)
		}
	}
	if n := len(p.names); p.names[n-1] != "exit" || p.names[n-2] != "exit" {
		t.Errorf("the parents end with %q", p.names[n-2:])
	}
	if p.ops[at("clone init")].rel&(1<<2) == 0 {
		t.Error("the pidfd goes nowhere")
	}
}
