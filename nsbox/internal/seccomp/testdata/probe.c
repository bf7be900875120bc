/* probe: makes calls that a profile judges and prints "name errno" for each, 0
 * for success. probe NAME makes one call that ends the process. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define HIGH (1UL << 32)

static void say(const char *name, long r) { printf("%s %d\n", name, r < 0 ? errno : 0); }

static long sock(unsigned long family, unsigned long type, unsigned long proto)
{
	long fd = syscall(SYS_socket, family, type, proto);
	if (fd >= 0)
		close(fd);
	return fd;
}

static long clone_flags(unsigned long flags)
{
	long pid = syscall(SYS_clone, flags | SIGCHLD, 0, 0, 0, 0);
	if (pid == 0)
		_exit(0);
	if (pid > 0)
		waitpid(pid, 0, 0);
	return pid;
}

static long node(mode_t mode)
{
	char name[] = "/tmp/nsbox-probe-XXXXXX";
	if (!mkdtemp(name))
		return -1;
	char path[64];
	snprintf(path, sizeof path, "%s/n", name);
	long r = mknod(path, mode, 0x103);
	int e = errno;
	unlink(path);
	rmdir(name);
	errno = e;
	return r;
}

int main(int argc, char **argv)
{
	if (argc > 1) {
#ifdef __x86_64__
		long r;
		if (strcmp(argv[1], "int80") == 0) /* getpid of the 32-bit table */
			__asm__ volatile("int $0x80" : "=a"(r) : "a"(20) : "memory");
		else if (strcmp(argv[1], "x32") == 0)
			syscall(0x40000000 | SYS_getpid);
		else
			return 2;
		puts("alive");
		return 0;
#else
		return 77;
#endif
	}
	say("socket-unix", sock(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
	say("socket-inet", sock(AF_INET, SOCK_STREAM, 0));
	say("socket-inet6-udp", sock(AF_INET6, SOCK_DGRAM, 17));
	say("socket-unix-high", sock(AF_UNIX | HIGH, SOCK_STREAM, 0));
	say("socket-alg", sock(AF_ALG, SOCK_SEQPACKET, 0));
	say("socket-alg-high", sock(AF_ALG | HIGH, SOCK_SEQPACKET, 0));
	say("socket-vsock", sock(40, SOCK_STREAM, 0));
	say("socket-vsock-high", sock(40 | HIGH, SOCK_STREAM, 0));
	say("socket-netlink", sock(AF_NETLINK, SOCK_RAW, 0));
	say("socket-packet", sock(AF_PACKET, SOCK_RAW, 0));
	say("socket-raw", sock(AF_INET, SOCK_RAW, 1));
	say("socket-ping", sock(AF_INET, SOCK_DGRAM, 1));
	say("socket-mptcp", sock(AF_INET, SOCK_STREAM, 262));
	say("clone", clone_flags(0));
	say("clone-newuser", clone_flags(CLONE_NEWUSER));
	say("clone-newuser-high", clone_flags(CLONE_NEWUSER | HIGH));
	say("clone-newns", clone_flags(CLONE_NEWNS));
	say("clone3", syscall(SYS_clone3, 0, 0));
	say("unshare", unshare(CLONE_NEWUSER));
	say("setns", syscall(SYS_setns, 0, 0));
	say("personality-read", personality(0xffffffff));
	say("personality-noaslr", personality(ADDR_NO_RANDOMIZE));
	say("ioctl-tiocsti", ioctl(0, TIOCSTI, ""));
	say("ioctl-tiocsti-high", syscall(SYS_ioctl, 0, TIOCSTI | HIGH, ""));
	say("ioctl-tioclinux", ioctl(0, TIOCLINUX, ""));
	say("prctl-name", prctl(PR_SET_NAME, "probe"));
	say("prctl-mm", prctl(PR_SET_MM, 0, 0, 0, 0));
	say("prctl-seccomp", prctl(PR_SET_SECCOMP, 2, 0, 0, 0));
	say("seccomp", syscall(SYS_seccomp, 1, 0, 0));
	say("ptrace", syscall(SYS_ptrace, 0, 0, 0, 0));
	say("process_vm_readv", syscall(SYS_process_vm_readv, getpid(), 0, 0, 0, 0, 0));
	say("pidfd_getfd", syscall(438, -1, 0, 0));
	say("io_uring_setup", syscall(425, 1, 0));
	say("bpf", syscall(SYS_bpf, 0, 0, 0));
	say("perf_event_open", syscall(SYS_perf_event_open, 0, 0, 0, 0, 0));
	say("userfaultfd", syscall(SYS_userfaultfd, 0));
	say("keyctl", syscall(SYS_keyctl, 0, -3, 0));
	say("mount", syscall(SYS_mount, "none", "/proc", "proc", 0, 0));
	say("open_tree", syscall(428, -100, "/", 0));
	say("splice", syscall(SYS_splice, 0, 0, 1, 0, 1, 0));
	say("memfd_secret", syscall(447, 0));
	say("name_to_handle_at", syscall(SYS_name_to_handle_at, -100, "/", 0, 0, 0));
	say("past-the-table", syscall(900));
	say("minus-one", syscall(-1));
	say("mknod-fifo", node(S_IFIFO | 0600));
	say("mknod-chr", node(S_IFCHR | 0600));
	say("mknod-blk", node(S_IFBLK | 0600));
	return 0;
}
