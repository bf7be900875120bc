// nsbox:class: mounts
// nsbox:expect: contained
// nsbox:args: {canary}
// nsbox:why: The classic way out of a chroot: keep a descriptor of the old root, chroot below it, fchdir back, climb.
#include "probe.h"

int main(int argc, char **argv) {
    const char *canary = argc > 1 ? argv[1] : "/root";
    int fd = open("/", O_RDONLY | O_DIRECTORY);
    mkdir("/tmp/jail", 0755);
    refused("chroot", chroot("/tmp/jail"));
    if (fd >= 0 && fchdir(fd)) dprintf(2, "fchdir: %s\n", strerror(errno));
    for (int i = 0; i < 100; i++)
        if (chdir("..")) break;
    refused("chroot .", chroot("."));
    refused(canary, open(canary, O_RDONLY));
    finish();
}
