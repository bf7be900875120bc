// nsbox:class: syscalls
// nsbox:expect: contained
// nsbox:cve: CVE-2019-10063
// nsbox:why: The kernel looks at 32 bits of an argument, the filter at 64: high bits must not hide a forbidden value.
#include "probe.h"
#include <termios.h>

int main(void) {
    static const unsigned long high[] = {1UL << 32, 1UL << 63, 0xffffffffUL << 32, 0xdeadbeefUL << 32};
    static const int families[] = {AF_NETLINK, AF_PACKET, 38 /* ALG */, 40 /* VSOCK */, 33, 44};
    for (int h = 0; h < 4; h++) {
        for (int i = 0; i < 6; i++) {
            refused("socket family", syscall(SYS_socket, families[i] | high[h], SOCK_RAW, 0));
            refused("socket family", syscall(SYS_socket, families[i] | high[h], SOCK_DGRAM, 0));
        }
        refused("socket type", syscall(SYS_socket, AF_INET, SOCK_RAW | high[h], 1));
        refused("TIOCSTI", syscall(SYS_ioctl, 0, TIOCSTI | high[h], "x"));
        refused("TIOCLINUX", syscall(SYS_ioctl, 0, 0x541c | high[h], "\3"));
        refused("unshare", syscall(SYS_unshare, 0x10000000 | high[h]));
        refused("prctl PR_SET_MM", syscall(SYS_prctl, 35 | high[h], 1, 0, 0, 0));
        long pid = syscall(SYS_clone, 0x10000000UL | SIGCHLD | high[h], 0, 0, 0, 0);
        if (pid == 0) _exit(0);
        refused("clone", pid);
    }
    finish();
}
