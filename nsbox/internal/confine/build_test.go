package confine

import (
	"slices"
	"testing"
)

func steps(t *testing.T, s Spec) []string {
	t.Helper()
	s.Argv, s.Env = []string{"/bin/true"}, []string{"A=b"}
	p, err := buildSandbox(&s, descriptors{files: 9, joins: []int{10, 11}}, initFilter())
	if err != nil {
		t.Fatal(err)
	}
	if len(p.names) != len(p.ops) || p.regs > registers {
		t.Fatalf("%d names, %d ops, %d registers", len(p.names), len(p.ops), p.regs)
	}
	for _, o := range p.child(fdReport, fdDisk).ops {
		if o.kind == opFork && (int(o.args[0]) >= len(p.ops) || p.names[o.args[0]] != "send the listener") {
			t.Fatalf("the fork's parent goes on at %d", o.args[0])
		}
	}
	return p.names
}

// The order of the steps is the argument for their safety.
func TestOrder(t *testing.T) {
	all := steps(t, Spec{
		Landlock: 6, Joins: 2, TTY: true,
		Files: []FileEntry{{Name: "a/b/main.py", Size: 3}, {Name: "x", Size: 1, Build: true}},
	})
	at := func(name string) int {
		i := slices.Index(all, name)
		if i < 0 {
			t.Fatalf("no step %q in %q", name, all)
		}
		return i
	}
	before := func(a, b string) {
		t.Helper()
		if at(a) >= at(b) {
			t.Errorf("%q comes after %q", a, b)
		}
	}
	before("join cgroup", "gate")
	before("gate", "setresuid")
	before("setresuid", "mount /proc")
	// No byte of the user's is there before the set-up of the file systems has ended.
	before("bind /tmp", "create file in /workspace")
	before("mount /dev/pts", "create file in /workspace")
	before("create file in /build", "read-only /build")
	before("read-only /build", "fork the program")
	// The program's part: everything is given up before it is entered.
	program := all[at("fork the program")+1 : at("send the listener")]
	order := []string{"setsid", "controlling terminal", "rlimit core", "drop bounding capability", "lock capabilities",
		"setresgid", "setgroups", "setresuid", "capset", "no_new_privs", "landlock", "close_range", "report", "seccomp", "execve /bin/true"}
	last := -1
	for _, name := range order {
		i := slices.Index(program, name)
		if i <= last {
			t.Errorf("step %q is at %d of %q", name, i, program)
		}
		last = i
	}
	if last != len(program)-1 {
		t.Errorf("%q follows the execve", program[last+1:])
	}
	// Init gives up all it has before it waits.
	tail := all[at("send the listener"):]
	for _, name := range []string{"close_range", "drop bounding capability", "capset", "no_new_privs", "not dumpable", "seccomp"} {
		if !slices.Contains(tail, name) {
			t.Errorf("init keeps on without %q", name)
		}
	}
	if n := len(tail); tail[n-1] != "wait for the program" || tail[n-2] != "seccomp" {
		t.Errorf("init ends with %q", tail[n-2:])
	}
}

func TestParents(t *testing.T) {
	if got := parents("a/b/c.txt"); !slices.Equal(got, []string{"a", "a/b"}) {
		t.Errorf("%q", got)
	}
	if got := parents("c.txt"); got != nil {
		t.Errorf("%q", got)
	}
}
