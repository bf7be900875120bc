// Package seccomp turns profiles in Docker's JSON format into filters that the
// kernel takes.
//
// # Theory of operation
//
// [Parse] decodes a profile strictly, [Profile.Compile] makes BPF of it:
//
//	a prologue of our own
//	    a foreign architecture   -> kill the process
//	    the x32 bit              -> kill the process
//	    a number past the table  -> ENOSYS
//	what libseccomp makes of the rules
//	    a rule matches           -> its action
//	    none does                -> the profile's default action
//
// The prologue stands first because libseccomp answers an unknown number with
// the default action. EPERM for a call that is newer than the profile makes C
// libraries give up; ENOSYS makes them use the older call.
//
// The kernel reads only the low 32 bits of an argument that it declares as int,
// but a filter sees all 64: with a plain comparison, socket(1<<32|AF_ALG) is not
// AF_ALG to the filter and is to the kernel (CVE-2019-10063). So comparisons of
// such arguments ([intArgs]) are rewritten to look at the low 32 bits.
//
// libseccomp is written in C and linked into the privileged helper only. A
// compiled [Program] is plain data and is loaded by whoever starts the sandbox,
// as the last step before execve.
package seccomp
