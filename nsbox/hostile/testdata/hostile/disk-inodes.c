// nsbox:class: disk
// nsbox:expect: any-of contained verdict=disk_full
// nsbox:limits: inodes=1000
// nsbox:why: Empty files cost inodes: they are counted over all writable places, in whatever shape they come.
#include "probe.h"

int main(void) {
    static const char *dir[] = {"/workspace", "/tmp", "/dev/shm"};
    long made = 0;
    char path[128];
    for (int d = 0; d < 3; d++)
        for (int i = 0; i < 16000; i++) {
            snprintf(path, sizeof path, "%s/i%d", dir[d], i);
            int rc = i % 4 == 0 ? mkdir(path, 0755) : i % 4 == 1 ? symlink("x", path) : i % 4 == 2 ? mkfifo(path, 0600) : open(path, O_CREAT | O_WRONLY, 0600);
            if (rc < 0) break;
            if (i % 4 == 3) close(rc);
            if (++made > 1100) escaped("%ld inodes under a limit of 1000", made);
        }
    contained("%ld inodes, then %s", made, strerror(errno));
}
