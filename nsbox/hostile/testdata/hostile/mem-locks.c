// nsbox:class: memory
// nsbox:expect: any-of contained verdict=oom verdict=wall_timeout
// nsbox:limits: memory=64MiB timeout=5s
// nsbox:why: Every byte-range lock is a kernel object; twenty thousand of them must be charged and vanish with the program.
#include "probe.h"

int main(void) {
    int fd = open("/workspace/locks", O_CREAT | O_RDWR, 0600);
    long n = 0;
    for (long i = 20000; i > 0; i--, n++) {
        struct flock l = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 2 * i, .l_len = 1};
        if (fcntl(fd, F_SETLK, &l)) break;
    }
    refused("lease on a file of the image", fcntl(open("/etc/passwd", O_RDONLY), F_SETLEASE, F_RDLCK));
    contained("%ld locks", n);
}
