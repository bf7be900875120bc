// nsbox:class: network
// nsbox:expect: contained
// nsbox:why: vsock knows no network namespace: from a fresh one it still reaches the hypervisor and its agents.
#include "probe.h"

int main(void) {
    int p[2];
    for (int type = 1; type <= 5; type++) {
        refused("AF_VSOCK", socket(40, type, 0));
        refused("AF_VSOCK high bits", syscall(SYS_socket, 40 | 0x100000000UL, type, 0));
    }
    refused("AF_VSOCK pair", socketpair(40, SOCK_STREAM, 0, p));
    no_open("/dev/vsock", O_RDONLY);
    finish();
}
