// Package helper is the privileged side of nsbox: the one program that runs as
// root, and the only one that links libcontainer.
//
// # Theory of operation
//
// A client connects to a unix socket, whose peer credentials the kernel
// vouches for, and sends one request: names, sizes, limits, then the bytes of
// its files, which go into a memfd and are never looked at. From there:
//
//	admit    language -> its definition; policy.Resolve(spec, language, ceilings)
//	         decides everything, purely; a refusal goes back as one sentence
//	prepare  for each stage: two host ids, a cgroup with its limits, pipes owned by
//	         the program's id; the image's zygote, built by libcontainer on first use
//	run      the zygote clones the sandbox; the client gets the pipes' other ends and
//	         reads the output itself; the helper watches one deadline, the cgroup's
//	         events, the client, and the pidfd of the sandbox's pid 1
//	collect  when that pidfd is readable everything in the sandbox is dead. Then the
//	         counters are read, judge says the verdict, and a process inside the dead
//	         sandbox's namespaces copies files out, where asked
//
// A compile stage and the run stage that follows are two sandboxes; what the
// first left in /build is carried to the second in a memfd.
//
// A sandbox that lives on (living.go) is made once, by a request of its own, and
// belongs to the uid that made it. Later connections name it: an execution in it
// is admitted as above and enters it; files in it are worked on by a process
// inside. It ends by request, by the clock, or with this process.
//
// Nothing of a client's chooses a path, an id or a flag on the host. Whatever
// this process makes is named after its lease (package ids), so that whoever
// holds the lease next, after a crash too, finds it and removes it.
package helper
