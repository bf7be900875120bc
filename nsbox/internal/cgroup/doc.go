// Package cgroup bounds and ends what runs in a sandbox, on cgroup v2 and on
// hybrid and v1 hosts alike.
//
// # Theory of operation
//
// A [Tree] is a subtree that one nsbox process owns, a [Group] a leaf of it
// that holds one sandbox:
//
//	v2      <parent>/nsbox/<tree>/<group>          one directory
//	hybrid  <own memory cgroup>/nsbox/<tree>/<group>, the same below pids and cpu,
//	        and <own unified cgroup>/nsbox/<tree>/<group>
//	v1      as hybrid, with cpuacct and freezer in the unified group's place
//
// On a hybrid host the unified hierarchy has none of the controllers that we
// need, yet a group in it is worth having: cgroup.kill ends everything in it in
// one step, which no fork can outrun; cgroup.events tells when it is empty; and
// cpu.stat counts processor time without a controller. The group there takes
// the place of two v1 groups.
//
// A program enters its group in one of three ways, the cheapest first:
//
//   - it is cloned into it: clone3(CLONE_INTO_CGROUP) with [Group.FD], v2 only;
//   - it enters by itself: it inherits the descriptors of [Group.Join] and writes
//     "0" to each before it does anything else. The kernel judges such a write by
//     the credentials of whoever opened the file, so an unprivileged process in a
//     user namespace can do it. On v1 the file is "tasks": a thread that moves
//     itself needs no global lock (kernel/cgroup/cgroup.c, cgroup_procs_write_start);
//   - it is moved from outside: [Group.Add].
//
// Everything off the hot path goes through github.com/containerd/cgroups. On the
// hot path (create, stats, delete, kill) files are read and written directly, for
// reasons that stand at each place.
package cgroup
