// nsbox:class: disk
// nsbox:expect: any-of contained verdict=signal
// nsbox:limits: disk=16MiB memory=128MiB
// nsbox:why: A file may claim any size; only what it holds counts, and claiming space for it fails.
#include "probe.h"

static void touch(void) {
    int fd = open("/workspace/giant", O_RDWR);
    volatile char *p = mmap(0, 64 * MIB, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (p == MAP_FAILED) _exit(0);
    for (long i = 0; i < 64 * MIB; i += 4096) p[i] = 1;
    _exit(42);
}

int main(void) {
    signal(SIGXFSZ, SIG_IGN);
    int fd = open("/workspace/giant", O_CREAT | O_RDWR, 0600);
    if (ftruncate(fd, 1L << 40)) dprintf(2, "1 TiB: %s\n", strerror(errno));
    if (ftruncate(fd, 1L << 33)) dprintf(2, "8 GiB: %s\n", strerror(errno));
    if (ftruncate(fd, 64 * MIB)) dprintf(2, "64 MiB: %s\n", strerror(errno));
    refused("fallocate 1 TiB", fallocate(fd, 0, 0, 1L << 40));
    refused("fallocate 64 MiB", fallocate(fd, 0, 0, 64 * MIB));
    int st = in_child(touch);
    if (WIFEXITED(st) && WEXITSTATUS(st) == 42) escaped("64 MiB through a mapping under a limit of 16");
    finish();
}
