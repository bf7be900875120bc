// nsbox:class: output
// nsbox:expect: contained
// nsbox:why: The pipes behind 0, 1 and 2 give nothing more when opened again or turned around.
#include "probe.h"

int main(void) {
    char path[32], b[64];
    /* First of all: nothing has been written yet, so nothing may come back. */
    for (int fd = 0; fd < 3; fd++) {
        snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
        int in = open(path, O_RDONLY | O_NONBLOCK), out = open(path, O_WRONLY | O_NONBLOCK);
        if (in >= 0 && read(in, b, sizeof b) > 0) escaped("something is in descriptor %d that we did not write", fd);
        if (out >= 0) close(out);
        if (in >= 0) close(in);
    }
    for (int fd = 0; fd < 3; fd++) {
        refused("fchmod", fchmod(fd, 0777) == 0 && getuid() == 0 ? 0 : -1);
        refused("ftruncate", ftruncate(fd, 0));
        refused("lseek", lseek(fd, 0, SEEK_SET));
        refused("FIGETBSZ", ioctl(fd, 0x2));
        refused("mmap", mmap(0, 4096, PROT_READ, MAP_SHARED, fd, 0) == MAP_FAILED ? -1 : 1);
        refused("openat below", openat(fd, "..", O_RDONLY));
    }
    finish();
}
