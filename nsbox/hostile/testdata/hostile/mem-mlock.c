// nsbox:class: memory
// nsbox:expect: any-of contained verdict=oom
// nsbox:limits: memory=64MiB
// nsbox:why: Locked memory can't be reclaimed; the lock limit must not let a program hold more than its share.
#include "probe.h"

int main(void) {
    struct rlimit r = {RLIM_INFINITY, RLIM_INFINITY};
    refused("raise RLIMIT_MEMLOCK", setrlimit(RLIMIT_MEMLOCK, &r));
    mlockall(MCL_CURRENT | MCL_FUTURE);
    char *p = mmap(0, 512 * MIB, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE | MAP_LOCKED, -1, 0);
    if (p == MAP_FAILED) contained("mmap locked: %s", strerror(errno));
    if (mlock(p, 512 * MIB)) contained("mlock: %s", strerror(errno));
    escaped("512 MiB are locked under a limit of 64");
}
