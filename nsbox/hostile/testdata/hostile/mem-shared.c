// nsbox:class: memory
// nsbox:expect: any-of contained verdict=oom verdict=disk_full
// nsbox:limits: memory=64MiB disk=512MiB
// nsbox:why: /dev/shm and /tmp are memory: a disk limit above the memory limit must not add to it.
#include "probe.h"

int main(void) {
    static const char *dir[] = {"/dev/shm", "/tmp", "/workspace"};
    static char b[MIB];
    long total = 0;
    memset(b, 'x', sizeof b);
    for (int d = 0; d < 3; d++) {
        char path[64];
        snprintf(path, sizeof path, "%s/hoard", dir[d]);
        int fd = open(path, O_CREAT | O_WRONLY, 0600);
        while (fd >= 0 && write(fd, b, sizeof b) > 0)
            if (++total > 128) escaped("%ld MiB of files in memory under a limit of 64", total);
    }
    contained("%ld MiB, then %s", total, strerror(errno));
}
