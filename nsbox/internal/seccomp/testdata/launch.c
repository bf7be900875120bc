/* launch FILTER PROGRAM [ARG...]: load a compiled filter, then execve PROGRAM.
 * launch -notify FILTER: load a filter with a listener, make a call that it
 * refuses, and print the number that the listener heard. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static int load(const char *file, unsigned flags)
{
	static struct sock_filter prog[4096];
	int fd = open(file, O_RDONLY | O_CLOEXEC);
	ssize_t n = read(fd, prog, sizeof prog);
	struct sock_fprog p = {.len = n / sizeof prog[0], .filter = prog};
	if (fd < 0 || n <= 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return -1;
	close(fd);
	return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &p);
}

static int notify(const char *file)
{
	int sv[2];
	char control[CMSG_SPACE(sizeof(int))] = {0}, byte = 0;
	struct iovec io = {&byte, 1};
	struct msghdr msg = {.msg_iov = &io, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, sv) < 0)
		return 1;
	pid_t child = fork();
	if (child == 0) {
		int listener = load(file, SECCOMP_FILTER_FLAG_NEW_LISTENER);
		struct cmsghdr *c = CMSG_FIRSTHDR(&msg);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(c), &listener, sizeof(int));
		if (listener < 0 || sendmsg(sv[1], &msg, 0) < 0)
			_exit(2);
		_exit(syscall(SYS_swapoff, "x") == -1 && errno == EACCES ? 0 : 3);
	}
	if (recvmsg(sv[0], &msg, 0) <= 0)
		return 1;
	int listener, status;
	memcpy(&listener, CMSG_DATA(CMSG_FIRSTHDR(&msg)), sizeof(int));
	struct seccomp_notif req = {0};
	if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &req) < 0)
		return 1;
	struct seccomp_notif_resp resp = {.id = req.id, .error = -EACCES};
	if (ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &resp) < 0)
		return 1;
	printf("%d\n", req.data.nr);
	return waitpid(child, &status, 0) == child && status == 0 ? 0 : 1;
}

int main(int argc, char **argv)
{
	if (argc == 3 && strcmp(argv[1], "-notify") == 0)
		return notify(argv[2]);
	if (argc < 3)
		return 2;
	if (load(argv[1], 0) < 0) {
		perror("launch: load");
		return 125;
	}
	execvp(argv[2], argv + 2);
	perror("launch: execve");
	return 126;
}
