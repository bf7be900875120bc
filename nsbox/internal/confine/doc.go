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
// The list has two parts. The early one (build.go) depends on nothing that a
// user sent and ends at the gate, a socket of packets. There the sandbox waits,
// for a moment or, as a spare, until somebody wants it. The late one (late.go) is
// built by the helper, relocatable, for memory that the zygote set aside (the
// region), and comes as one packet over the gate with the descriptors that it
// needs: the sandbox has it without asking anybody.
//
//	zygote          uid Z on the host, root of its own user namespace
//	  | clone: NEWUSER NEWPID NEWNS NEWNET NEWIPC NEWUTS
//	  |              writes the child's uid_map and gid_map, answers with a pidfd
//	init, pid 1     enters its cgroup, waits for the maps
//	  |              becomes uid A; cgroup namespace, /proc, scratch, loopback
//	  :  gate        a spare waits here; nothing of the user's exists in it
//	  |              size of the scratch file system, files
//	  | fork
//	  +- program     becomes uid B: session, limits, no capability, no_new_privs,
//	  |              Landlock, seccomp, execve
//	  |
//	  drops all it has, waits for the program, reports its status, exits;
//	  the kernel then kills whatever is left in the pid namespace
//
// With a runtime that is started ahead (LateBoot, LateRelease) the program's
// process is forked and confined first and executes a program of the image; init
// then waits at a second gate. When the sandbox is taken, init writes the files,
// retires, and only then tells that program, by a pipe, what to run:
//
//	init, pid 1     at the first gate: LateBoot
//	  | fork
//	  +- program     confined as above; execve of the image's boot program, which waits
//	  |              for one line on descriptor 3
//	  :  gate        a spare waits here
//	  files; drops all it has; writes the line; waits for the program
//
// A and B are host ids of this sandbox alone. Nothing that a user sent is
// interpreted here: files come as bytes of a memfd and are copied by sendfile,
// names and arguments were checked by package policy before they came.
//
// Descriptors of the child: 0, 1, 2 are the program's; the report socket, the
// gate and the scratch directory have fixed numbers from 100 on, which close on
// exec, and all others are closed at once. What comes with a packet has the
// numbers from 3 on.
package confine
