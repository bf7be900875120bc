// nsbox:class: ptrace
// nsbox:expect: contained
// nsbox:cve: CVE-2026-41163
// nsbox:why: Who can attach to PID 1 or write its memory can forge the verdict and has its privileges.
#include "probe.h"
#include <sys/ptrace.h>
#include <sys/uio.h>

int main(void) {
    char buf[64] = {0};
    struct iovec l = {buf, sizeof buf}, r = {(void *)0x400000, sizeof buf};
    for (pid_t p = 1; p < 4; p++) {
        if (p == getpid()) continue;
        refused("PTRACE_ATTACH", ptrace(PTRACE_ATTACH, p, 0, 0));
        refused("PTRACE_SEIZE", ptrace(0x4206, p, 0, 0));
        refused("process_vm_readv", process_vm_readv(p, &l, 1, &r, 1, 0));
        refused("process_vm_writev", process_vm_writev(p, &l, 1, &r, 1, 0));
        refused("kcmp", syscall(SYS_kcmp, getpid(), p, 0, 0, 0));
        refused("prlimit", prlimit(p, RLIMIT_NOFILE, NULL, (struct rlimit *)buf));
        refused("process_madvise", syscall(440, p, &l, 1, 4, 0));
        refused("move_pages", syscall(SYS_move_pages, p, 1, &r, NULL, buf, 0));
        refused("migrate_pages", syscall(SYS_migrate_pages, p, 0, NULL, NULL));
        int fd = syscall(434, p, 0);
        for (int n = 0; fd >= 0 && n < 16; n++) refused("pidfd_getfd", syscall(438, fd, n, 0));
        if (fd >= 0) refused("process_mrelease", syscall(448, fd, 0));
    }
    finish();
}
