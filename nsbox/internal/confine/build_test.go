package confine

import (
	"slices"
	"strings"
	"testing"
	"unsafe"
)

const testRegion = 0x7f0000000000

// check looks at what every list must keep to, and returns the names of its steps.
func check(t *testing.T, p *program, joint string) []string {
	t.Helper()
	if len(p.names) != len(p.ops) || p.regs > registers-1 {
		t.Fatalf("%d names, %d ops, %d registers", len(p.names), len(p.ops), p.regs)
	}
	const base = 0x10000
	b := p.link(base, 7)
	if len(b) != p.size() || unsafe.Sizeof(op{}) != opSize {
		t.Fatalf("%d bytes, an op of %d", len(b), unsafe.Sizeof(op{}))
	}
	for i, o := range p.ops {
		if o.kind == opFork && (int(o.args[0]) >= len(p.ops) || p.names[o.args[0]] != joint) {
			t.Fatalf("the fork's parent goes on at %d", o.args[0])
		}
		// What refers to the data lies in it once linked.
		linked := (*op)(unsafe.Pointer(&b[headerSize+i*opSize]))
		for j := range o.args {
			want := o.args[j]
			if o.rel&(1<<j) != 0 {
				if int(want) >= len(p.data) {
					t.Fatalf("step %s refers to %d of %d bytes", p.names[i], want, len(p.data))
				}
				want += base + uintptr(headerSize+len(p.ops)*opSize)
			}
			if linked.args[j] != want {
				t.Fatalf("step %s: argument %d is %#x instead of %#x", p.names[i], j, linked.args[j], want)
			}
		}
	}
	return p.names
}

func early(t *testing.T, s Spec) []string {
	t.Helper()
	return check(t, buildEarly(&s, descriptors{joins: []int{10, 11}}, testRegion), "")
}

func late(t *testing.T, l Late) []string {
	t.Helper()
	l.Argv, l.Env, l.BPF = []string{"/bin/true"}, []string{"A=b"}, initFilter
	p, err := l.program(testRegion)
	if err != nil {
		t.Fatal(err)
	}
	return check(t, p, "send the listener")
}

// The order of the steps is the argument for their safety.
func TestOrder(t *testing.T) {
	first := early(t, Spec{Joins: 2, TTY: true})
	if n := len(first); first[n-2] != "gate" || first[n-1] != "go on" {
		t.Errorf("before the gate comes %q", first[n-2:])
	}
	all := append(first, late(t, Late{
		Landlock: 6, TTY: true, Resize: true,
		Files: []FileEntry{{Name: "a/b/main.py", Size: 3}, {Name: "x", Size: 1, Build: true}},
	})...)
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
	before("join cgroup", "id maps")
	before("id maps", "setresuid")
	// Nothing of a request's gets into a sandbox before all of it stands.
	before("loopback up", "gate")
	before("bind /tmp", "gate")
	before("mount /dev/pts", "gate")
	before("gate", "create file in /workspace")
	before("resize scratch", "create file in /workspace")
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

// A program that is started ahead is confined before, and init stays what it was
// until the files are there; only then, and retired, does it tell the program.
func TestOrderOfStarted(t *testing.T) {
	boot := late(t, Late{Kind: LateBoot, Landlock: 6})
	last := -1
	for _, name := range []string{"fork the program", "drop bounding capability", "setresuid", "capset", "no_new_privs",
		"landlock", "seccomp", "execve /bin/true", "send the listener", "close_range", "report", "gate", "go on"} {
		i := last + 1 + slices.Index(boot[last+1:], name)
		if i <= last {
			t.Fatalf("no step %q after step %d of %q", name, last, boot)
		}
		last = i
	}
	release := late(t, Late{Kind: LateRelease, Message: []byte("{}\n"), Files: []FileEntry{{Name: "main.js", Size: 3}}})
	last = -1
	for _, name := range []string{"create file in /workspace", "read-only /build", "report", "close_range", "capset", "no_new_privs", "seccomp", "tell the program", "wait for the program"} {
		i := last + 1 + slices.Index(release[last+1:], name)
		if i <= last {
			t.Fatalf("no step %q after step %d of %q", name, last, release)
		}
		last = i
	}
	if _, err := (&Late{Kind: LateBoot, Argv: []string{"x"}, BPF: initFilter, Files: []FileEntry{{Name: "a"}}}).Link(testRegion, 0); err == nil {
		t.Error("a program that is started ahead was given files")
	}
}

func TestLongList(t *testing.T) {
	l := Late{Argv: []string{"/bin/true"}, BPF: initFilter, Disk: 1}
	p, err := l.Link(testRegion, 1)
	if err != nil || p.Long != nil || len(p.Data) > inlineSize {
		t.Fatalf("a short list: %d and %d bytes, %v", len(p.Data), len(p.Long), err)
	}
	for range 4000 {
		l.Files = append(l.Files, FileEntry{Name: strings.Repeat("d/", 20) + "file"})
	}
	p, err = l.Link(testRegion, 1)
	if err != nil || len(p.Long) < inlineSize || len(p.Data) > inlineSize {
		t.Fatalf("a long list: %d and %d bytes, %v", len(p.Data), len(p.Long), err)
	}
	if name, ok := p.StepName(lateSteps); !ok || name == "" {
		t.Errorf("step %q, %v", name, ok)
	}
	if _, ok := p.StepName(3); ok {
		t.Error("a step before the gate has a name after it")
	}
}

func TestLookPaths(t *testing.T) {
	for _, c := range []struct {
		name string
		env  []string
		want []string
	}{
		{"/build/main", nil, []string{"/build/main"}},
		{"bash", nil, []string{"/usr/local/bin/bash", "/usr/bin/bash", "/bin/bash"}},
		{"x", []string{"PATH=/usr/bin:.:bin:/workspace/bin:/tmp/../tmp:/build:/opt/x"}, []string{"/usr/bin/x", "/opt/x/x"}},
		{"x", []string{"PATH="}, nil},
	} {
		if got := lookPaths(c.name, c.env); !slices.Equal(got, c.want) {
			t.Errorf("%s with %q: %q instead of %q", c.name, c.env, got, c.want)
		}
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
