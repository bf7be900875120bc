package cgroup

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/nsbox/nsbox/nsbox"
)

// A group of groups: its limits are there, all in it stops and dies at once, and
// one child can be ended without the others.
func TestNested(t *testing.T) {
	eachTree(t, func(t *testing.T, tree *Tree) {
		outer, err := tree.CreateParent("outer", nsbox.Limits{Memory: 128 * nsbox.MiB, Pids: 30})
		if err != nil {
			t.Fatal(err)
		}
		inner, err := outer.ChildParent("inner", nsbox.Limits{Memory: 64 * nsbox.MiB, Pids: 20, CPUs: 1})
		if err != nil {
			t.Fatal(err)
		}
		a, err := outer.Child("a", nsbox.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		b, err := inner.Child("b", nsbox.Limits{Pids: 10, Memory: 64 * nsbox.MiB})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := outer.Child("../b", nsbox.Limits{}); err == nil {
			t.Error("a child got out of its parent")
		}
		first, second := start(t, a, "sleep"), start(t, b, "sleep")
		if n, err := outer.Pids(); err != nil || n < 2 {
			t.Errorf("%d processes in all: %v", n, err)
		}
		if n, err := outer.Memory(); err != nil || n == 0 {
			t.Errorf("%d bytes in all: %v", n, err)
		}
		if err := outer.Freeze(); err != nil {
			t.Fatal(err)
		}
		for _, g := range []*Group{outer, inner, a, b} {
			if frozen, err := g.frozen(); !frozen {
				t.Errorf("%s is not frozen: %v", g.ID(), err)
			}
		}
		if err := outer.Thaw(); err != nil {
			t.Fatal(err)
		}
		if err := b.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = second.Wait()
		if empty, err := inner.Empty(); err != nil || !empty {
			t.Errorf("not empty: %v", err)
		}
		if empty, err := outer.Empty(); err != nil || empty {
			t.Errorf("empty, with a process in it: %v", err)
		}
		if err := b.Delete(); err != nil {
			t.Error(err)
		}
		if err := outer.DeleteAll(); err != nil {
			t.Error(err)
		}
		_ = first.Wait()
		for _, d := range outer.dirs {
			if _, err := os.Stat(d); !errors.Is(err, os.ErrNotExist) {
				t.Errorf("%s is left: %v", d, err)
			}
		}
	})
}

// On v2 a parent hands its controllers on, and memory that runs out in it ends a
// child, not all of them.
func TestV2Parent(t *testing.T) {
	g := fakeV2(t, map[string]string{"memory.oom.group": "1", "cgroup.subtree_control": ""})
	if err := g.handOn(); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"memory.oom.group": "0", "cgroup.subtree_control": "+memory +pids +cpu"} {
		if got, _ := os.ReadFile(filepath.Join(g.unified, name)); string(got) != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if err := fakeV2(t, nil).handOn(); err == nil {
		t.Error("a parent without controllers was made")
	}
}
