// nsbox:class: kernel
// nsbox:expect: contained
// nsbox:cve: CVE-2013-2094, CVE-2023-5717
// nsbox:why: perf events count other programs and the kernel, and their code has been exploited.
#include "probe.h"

int main(void) {
    for (unsigned type = 0; type < 6; type++) {
        uint32_t attr[34] = {0};
        attr[0] = type;
        attr[1] = sizeof attr;
        ((uint64_t *)attr)[5] = 0x61; /* disabled, exclude_kernel, exclude_hv */
        refused("perf_event_open self", syscall(SYS_perf_event_open, attr, 0, -1, -1, 0));
        refused("perf_event_open cpu", syscall(SYS_perf_event_open, attr, -1, 0, -1, 0));
        refused("perf_event_open init", syscall(SYS_perf_event_open, attr, 1, -1, -1, 8));
    }
    finish();
}
