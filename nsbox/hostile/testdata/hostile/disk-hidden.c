// nsbox:class: disk
// nsbox:expect: any-of contained verdict=disk_full verdict=oom
// nsbox:limits: disk=16MiB memory=64MiB
// nsbox:why: Deleted but open files, O_TMPFILE and extended attributes take space that no listing shows.
#include "probe.h"
#include <sys/xattr.h>

int main(void) {
    static char b[MIB];
    static const char *dir[] = {"/workspace", "/tmp", "/dev/shm"};
    long kib = 0;
    memset(b, 'x', sizeof b);
    for (int d = 0; d < 3; d++)
        for (int i = 0; i < 30; i++) {
            char path[64];
            snprintf(path, sizeof path, "%s/h%d", dir[d], i);
            int fd = i % 2 ? open(dir[d], O_TMPFILE | O_RDWR, 0600) : open(path, O_CREAT | O_RDWR, 0600);
            if (fd < 0) break;
            unlink(path);
            if (write(fd, b, sizeof b) > 0) kib += 1024;
        }
    if (kib > 17 * 1024) escaped("%ld KiB in deleted files under a limit of 16 MiB", kib);
    int fd = open("/workspace/x", O_CREAT | O_RDWR, 0600);
    for (int i = 0; i < 4000; i++) {
        char name[32];
        snprintf(name, sizeof name, "user.n%d", i);
        if (fsetxattr(fd, name, b, 60000, 0)) break;
        kib += 60;
        if (kib > 128 * 1024) escaped("%ld KiB in attributes under a memory limit of 64 MiB", kib);
    }
    contained("%ld KiB", kib);
}
