// nsbox:class: kernel
// nsbox:expect: contained
// nsbox:cve: CVE-2020-8835, CVE-2021-3490, CVE-2022-23222
// nsbox:why: The verifier of bpf has been fooled many times; classic filters on sockets reach its compiler too.
#include "probe.h"

int main(void) {
    char attr[128];
    for (int cmd = 0; cmd < 40; cmd++) {
        memset(attr, 0, sizeof attr);
        *(uint32_t *)attr = 2 /* ARRAY, SOCKET_FILTER+1 */;
        *(uint32_t *)(attr + 4) = 4;
        *(uint32_t *)(attr + 8) = 4;
        *(uint32_t *)(attr + 12) = 1;
        refused("bpf", syscall(SYS_bpf, cmd, attr, 72));
    }
    refused("socket bpf program", setsockopt(0, SOL_SOCKET, 50, attr, 4));
    finish();
}
