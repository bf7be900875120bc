// nsbox:class: memory
// nsbox:expect: any-of contained verdict=oom
// nsbox:limits: memory=64MiB
// nsbox:why: Pipe buffers are kernel memory: grown to a megabyte each they must be charged or bounded.
#include "probe.h"

int main(void) {
    static char b[65536];
    long total = 0;
    memset(b, 'x', sizeof b);
    for (int i = 0; i < 480; i++) {
        int p[2];
        ssize_t n;
        if (pipe2(p, O_NONBLOCK)) break;
        fcntl(p[1], F_SETPIPE_SZ, 1 << 20);
        while ((n = write(p[1], b, sizeof b)) > 0) total += n;
        if (total > 128 * MIB) escaped("%ld MiB in pipes under a limit of 64", total / MIB);
    }
    contained("%ld KiB in pipes", total / 1024);
}
