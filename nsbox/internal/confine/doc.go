// Package confine turns a Spec into a sandbox. It is the code of nsbox-init,
// and it runs inside the zygote, a container that libcontainer built.
//
// # Theory of operation
//
// The zygote (server.go) waits for one Spec at a time. For each it prepares a
// program of system calls (build.go): plain data, every path and structure
// already laid out in memory. Then it clones itself once into fresh user, pid,
// mount, net, ipc and uts namespaces, and the child runs down the list
// (interp.go) without the Go runtime, which does not survive a fork. The first
// call that fails ends the sandbox and is reported by its step's name and errno.
//
//	zygote          uid Z on the host, root of its own user namespace
//	  | clone: NEWUSER NEWPID NEWNS NEWNET NEWIPC NEWUTS
//	  |              writes the child's uid_map and gid_map, answers with a pidfd
//	init, pid 1     waits at the gate until the helper has put it into its cgroup
//	  |              becomes uid A; cgroup namespace, /proc, scratch, loopback, files
//	  | fork
//	  +- program     becomes uid B: session, limits, no capability, no_new_privs,
//	  |              Landlock, seccomp, execve
//	  |
//	  drops all it has, waits for the program, reports its status, exits;
//	  the kernel then kills whatever is left in the pid namespace
//
// A and B are host ids of this sandbox alone. Nothing that a user sent is
// interpreted here: files come as bytes of a memfd and are copied by sendfile,
// names and arguments were checked by package policy before they came.
//
// Descriptors of the child: 0, 1, 2 are the program's; the report socket, the
// gate, the scratch directory and the memfd of files have fixed numbers from
// 100 on, which close on exec, and all others are closed at once.
package confine
