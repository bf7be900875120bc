package cgroup

import (
	"fmt"

	"golang.org/x/sys/unix"

	"github.com/nsbox/nsbox/nsbox"
)

// CreateParent makes a group whose limits hold over the groups that [Group.Child]
// makes in it, all together. No process may enter it: on v2 a group that hands
// controllers on has none of its own. Freeze and Kill reach all that is below.
func (t *Tree) CreateParent(id string, lim nsbox.Limits) (*Group, error) {
	if err := checkName("group", id); err != nil {
		return nil, err
	}
	return t.createParent(id, lim)
}

func (t *Tree) createParent(id string, lim nsbox.Limits) (*Group, error) {
	g, err := t.create(id, lim)
	if err != nil || !g.v2 {
		return g, err
	}
	if err := g.handOn(); err != nil {
		removeAll(g.dirs)
		return nil, err
	}
	return g, nil
}

// handOn makes a new v2 group one that has others in it.
func (g *Group) handOn() error {
	// Memory that runs out ends one child as a whole, not all of them.
	err := writeFile(g.memory+"/memory.oom.group", "0")
	if err == nil {
		err = writeFile(g.unified+"/cgroup.subtree_control", "+memory +pids +cpu")
	}
	if err != nil {
		return fmt.Errorf("cgroup: hand controllers on to what is in %s: %w", g.id, err)
	}
	return nil
}

// Child makes a group inside g, which must be of CreateParent. It is deleted
// before g is.
func (g *Group) Child(id string, lim nsbox.Limits) (*Group, error) {
	if err := checkName("group", id); err != nil {
		return nil, err
	}
	return g.tree.create(g.id+"/"+id, lim)
}

// ChildParent makes a group inside g that holds others as g does.
func (g *Group) ChildParent(id string, lim nsbox.Limits) (*Group, error) {
	if err := checkName("group", id); err != nil {
		return nil, err
	}
	return g.tree.createParent(g.id+"/"+id, lim)
}

// Memory returns the bytes that are charged to the group now.
func (g *Group) Memory() (int64, error) {
	name := g.memory + "/memory.usage_in_bytes"
	if g.v2 {
		name = g.memory + "/memory.current"
	}
	n, err := number(name)
	if err != nil {
		return 0, fmt.Errorf("cgroup: %w", err)
	}
	return n, nil
}

// DeleteAll kills what is in the group, and removes it with all groups in it.
func (g *Group) DeleteAll() error {
	g.mu.Lock()
	if g.cpuFD >= 0 {
		unix.Close(g.cpuFD)
		g.cpuFD = -1
	}
	g.mu.Unlock()
	return g.tree.remove(g.id)
}
