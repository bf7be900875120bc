// nsbox:class: descriptors
// nsbox:expect: contained
// nsbox:args: {canary}
// nsbox:why: A working directory that was removed or moved while in use must not let ".." leave the root.
#include "probe.h"

int main(int argc, char **argv) {
    struct stat root, up;
    stat("/", &root);
    mkdir("/workspace/a", 0755);
    mkdir("/workspace/a/b", 0755);
    if (chdir("/workspace/a/b")) escaped("no working directory of our own");
    rmdir("/workspace/a/b");
    if (stat("..", &up) == 0 && up.st_dev != root.st_dev && up.st_ino == 2) dprintf(2, ".. is a mount's root\n");
    char path[4096] = "";
    for (int i = 0; i < 40; i++) strcat(path, "../");
    strcat(path, argc > 1 ? argv[1] + 1 : "etc/machine-id");
    no_open(path, O_RDONLY);
    mkdir("/workspace/c", 0755);
    mkdir("/workspace/c/d", 0755);
    chdir("/workspace/c/d");
    rename("/workspace/c/d", "/workspace/d");
    no_open(path, O_RDONLY);
    refused("chroot", chroot("/workspace/c"));
    finish();
}
