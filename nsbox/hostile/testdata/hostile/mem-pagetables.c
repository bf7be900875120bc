// nsbox:class: memory
// nsbox:expect: any-of verdict=oom contained
// nsbox:limits: memory=64MiB
// nsbox:why: One read for every two megabytes of an empty mapping costs no memory but a page table each.
#include "probe.h"

int main(void) {
    size_t span = 256UL << 30;
    char *p = mmap(0, span, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (p == MAP_FAILED) contained("mmap: %s", strerror(errno));
    madvise(p, span, MADV_NOHUGEPAGE);
    volatile char sum = 0;
    long n = 0;
    for (size_t at = 0; at < span; at += 2 * MIB) {
        sum += p[at];
        if (++n * 4096 > 128 * MIB) escaped("%ld MiB of page tables under a limit of 64", n / 256);
    }
    contained("%ld tables", n);
}
