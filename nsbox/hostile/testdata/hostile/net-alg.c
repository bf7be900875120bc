// nsbox:class: network
// nsbox:expect: contained
// nsbox:cve: CVE-2026-31431
// nsbox:why: The kernel's crypto sockets with splice wrote into the page cache of files that the program could only read.
#include "probe.h"

int main(void) {
    int p[2], fd = open("/bin/sh", O_RDONLY);
    refused("AF_ALG", socket(38, SOCK_SEQPACKET, 0));
    refused("AF_ALG cloexec", socket(38, SOCK_SEQPACKET | SOCK_CLOEXEC, 0));
    refused("AF_ALG pair", socketpair(38, SOCK_SEQPACKET, 0, p));
    refused("AF_ALG high bits", syscall(SYS_socket, 38 | 1UL << 32, SOCK_SEQPACKET, 0));
    refused("AF_RXRPC", socket(33, SOCK_DGRAM, AF_INET));
    if (pipe(p)) contained("no pipe");
    refused("splice", splice(fd, NULL, p[1], NULL, 1, 0));
    finish();
}
