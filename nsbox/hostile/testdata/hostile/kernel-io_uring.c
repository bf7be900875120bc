// nsbox:class: kernel
// nsbox:expect: contained
// nsbox:cve: CVE-2022-29582, CVE-2023-2598, CVE-2024-0582
// nsbox:why: io_uring runs operations past the filter and has been the richest source of kernel holes.
#include "probe.h"

int main(void) {
    char params[120] = {0};
    for (unsigned n = 1; n <= 64; n *= 8) refused("io_uring_setup", syscall(425, n, params));
    for (int fd = 0; fd < 3; fd++) {
        refused("io_uring_enter", syscall(426, fd, 0, 0, 0, NULL, 0));
        refused("io_uring_register", syscall(427, fd, 0, NULL, 0));
    }
    refused("io_uring_register blind", syscall(427, -1, 0x1d, NULL, 0));
    unsigned long ctx = 0;
    if (syscall(SYS_io_setup, 1, &ctx) >= 0) dprintf(2, "aio is there\n");
    finish();
}
