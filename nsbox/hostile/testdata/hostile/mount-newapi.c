// nsbox:class: mounts
// nsbox:expect: contained
// nsbox:cve: CVE-2022-0185
// nsbox:why: The new mount calls are the same door as mount; the heap overflow of fsconfig began with fsopen.
#include "probe.h"

int main(void) {
    struct { uint64_t set, clr, propagation, userns_fd; } attr = {0, 1 /* RDONLY */, 0, 0};
    refused("fsopen tmpfs", syscall(430, "tmpfs", 0));
    refused("fsopen ext4", syscall(430, "ext4", 0));
    refused("fsopen proc", syscall(430, "proc", 0));
    refused("fsconfig", syscall(431, 0, 1, "source", "x", 0));
    refused("fsmount", syscall(432, 0, 0, 0));
    refused("fspick", syscall(433, AT_FDCWD, "/", 0));
    refused("open_tree clone", syscall(428, AT_FDCWD, "/", 1 /* CLONE */));
    refused("open_tree", syscall(428, AT_FDCWD, "/proc", 0));
    refused("move_mount", syscall(429, AT_FDCWD, "/proc", AT_FDCWD, "/workspace", 0));
    refused("mount_setattr", syscall(442, AT_FDCWD, "/", 0, &attr, sizeof attr));
    refused("open_tree_attr", syscall(467, AT_FDCWD, "/", 1, &attr, sizeof attr));
    finish();
}
