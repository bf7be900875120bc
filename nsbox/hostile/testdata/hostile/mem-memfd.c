// nsbox:class: memory
// nsbox:expect: any-of contained verdict=oom
// nsbox:limits: memory=64MiB
// nsbox:why: A memfd is memory that belongs to no mapping and no disk limit; it must be charged or refused.
#include "probe.h"

int main(void) {
    static char b[MIB];
    long total = 0;
    memset(b, 'x', sizeof b);
    for (int f = 0; f < 64; f++) {
        int fd = syscall(SYS_memfd_create, "m", 0);
        if (fd < 0) contained("memfd_create: %s", strerror(errno));
        for (int i = 0; i < 8; i++) { /* small, for the limit on a file's size */
            if (write(fd, b, sizeof b) <= 0) contained("%ld MiB, then %s", total, strerror(errno));
            if (++total > 128) escaped("%ld MiB in memfds under a limit of 64", total);
        }
    }
    contained("%ld MiB", total);
}
