/*
 * For user-mode Linux on processors with AMX: preloaded into its kernel.
 *
 * UML keeps 2 to 3 KiB of a process's extended state. A host kernel takes it
 * back only in its full size (arch/x86/kernel/fpu/regset.c, xstateregs_set), 11
 * KiB with AMX, and answers EFAULT else. So what UML writes is laid over the
 * full state that the process has, which guests can't tell apart: they are never
 * given leave to use AMX.
 */
#define _GNU_SOURCE
#include <elf.h>
#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

static long call(long request, pid_t pid, void *addr, void *data)
{
	return syscall(SYS_ptrace, request, pid, addr, data);
}

static long set_state(pid_t pid, struct iovec *part)
{
	static _Thread_local char full[32768];
	struct iovec all = { full, sizeof full };

	if (call(PTRACE_GETREGSET, pid, (void *)NT_X86_XSTATE, &all) < 0)
		return -1;
	if (part->iov_len > all.iov_len) {
		errno = EFAULT;
		return -1;
	}
	memcpy(full, part->iov_base, part->iov_len);
	return call(PTRACE_SETREGSET, pid, (void *)NT_X86_XSTATE, &all);
}

long ptrace(enum __ptrace_request request, ...)
{
	va_list ap;
	long result, peeked;
	pid_t pid;
	void *addr, *data;

	va_start(ap, request);
	pid = va_arg(ap, pid_t);
	addr = va_arg(ap, void *);
	data = va_arg(ap, void *);
	va_end(ap);
	/* As the C library does: peeks return the word itself. */
	if (request >= PTRACE_PEEKTEXT && request <= PTRACE_PEEKUSER) {
		result = call(request, pid, addr, &peeked);
		return result < 0 ? result : peeked;
	}
	result = call(request, pid, addr, data);
	if (result < 0 && errno == EFAULT && request == PTRACE_SETREGSET && (long)addr == NT_X86_XSTATE)
		result = set_state(pid, data);
	return result;
}
