// Package hostile holds programs that try to get out of a sandbox or to
// exhaust the host, and programs that do nothing wrong, with what must become
// of each.
//
// # Programs
//
// A program is one file: testdata/hostile/*.{c,py,sh} and testdata/benign/*.
// Its language is told from its extension. It begins with comment lines that
// are read by machine, each "nsbox:KEY: VALUE":
//
//	class      what kind of attack it is; hostile programs only
//	why        one sentence: what is at stake
//	cve        what taught it
//	expect     what must come of it (see below); hostile programs only
//	lang       the language, where the extension doesn't tell it
//	limits     KEY=VALUE ..., the names of the request's limits
//	args, env  arguments and environment; {name} stands for bait on the host
//	stdin      one line of input; stdin-size: that many bytes of it
//	stdout     one line of the exact output, repeated; stdout-size: its length
//	tty        yes: a terminal instead of pipes
//	artifacts  names that must be collected, no more, no less; any: whatever is harmless
//	check      escapes: no control byte of it may come out of a report
//	peer       a program that runs at the same time and says READY first
//
// A hostile program tries something, prints a line "CONTAINED ..." and exits
// with 0 where every attempt was refused, and prints "ESCAPED ..." and exits
// with 99 at the first that was not. What it expects is one of
//
//	contained            verdict ok and the line CONTAINED
//	verdict=NAME         the program must not end by itself
//	any-of A B ...       one of several, where kernels or profiles differ
//
// Whatever is expected, a line that begins with ESCAPED or an exit status of 99
// is an escape, and so is the host's secret in the output or in an artifact.
//
// # Safety
//
// A broken sandbox must not take the machine down: bombs stop by themselves
// after 2,000 children, hogs after 1 GiB, floods of files after 50,000, and no
// program waits longer than 20 seconds. Where a success would do harm, the
// program asks for what is in force already (the host's time, its name). None
// carries an exploit: it knocks at the door behind which the hole was.
//
// They are compiled and run in the sandbox only, never on the host: some of
// the compile-*.c take all memory from a compiler that has no limit.
//
// # Bait
//
// The suite sets out on the host what an escape would reach: a file, a System V
// segment and an environment variable that hold a secret, and listeners on TCP,
// on an abstract and on a named unix socket. Afterwards nobody has
// called, the file is as it was, and no process, mount, namespace or cgroup more
// than before is there.
package hostile
