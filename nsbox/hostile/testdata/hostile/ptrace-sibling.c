// nsbox:class: ptrace
// nsbox:expect: contained
// nsbox:why: Tracing is refused among the program's own processes too: a tracer can step past a filter and its bugs are many.
#include "probe.h"
#include <sys/ptrace.h>
#include <sys/uio.h>

static int secret = 41;

int main(void) {
    pid_t p = fork();
    if (p == 0) {
        secret = 42;
        sleep(5);
        _exit(0);
    }
    int got = 0;
    struct iovec l = {&got, sizeof got}, r = {&secret, sizeof secret};
    usleep(10000);
    refused("PTRACE_ATTACH", ptrace(PTRACE_ATTACH, p, 0, 0));
    refused("PTRACE_SEIZE", ptrace(0x4206, p, 0, 0));
    refused("process_vm_readv", process_vm_readv(p, &l, 1, &r, 1, 0));
    refused("process_vm_writev", process_vm_writev(p, &l, 1, &r, 1, 0));
    refused("PTRACE_TRACEME", ptrace(PTRACE_TRACEME, 0, 0, 0));
    int fd = syscall(434, p, 0);
    if (fd >= 0) refused("pidfd_getfd", syscall(438, fd, 1, 0));
    kill(p, SIGKILL);
    finish();
}
