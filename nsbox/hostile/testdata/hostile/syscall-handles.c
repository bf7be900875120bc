// nsbox:class: syscalls
// nsbox:expect: contained
// nsbox:cve: CVE-2014-3519
// nsbox:why: A guessed file handle opens any inode of the filesystem, outside the root too ("shocker").
#include "probe.h"

int main(void) {
    struct { unsigned bytes; int type; unsigned char h[128]; } fh = {8, 1, {2, 0, 0, 0}};
    int mnt, root = open("/", O_RDONLY);
    refused("open_by_handle_at", syscall(SYS_open_by_handle_at, root, &fh, O_RDONLY));
    refused("open_by_handle_at cwd", syscall(SYS_open_by_handle_at, AT_FDCWD, &fh, O_RDONLY));
    refused("open_by_handle_at pidfs", syscall(SYS_open_by_handle_at, -10002, &fh, O_RDONLY));
    fh.bytes = 128;
    refused("name_to_handle_at", syscall(SYS_name_to_handle_at, AT_FDCWD, "/", &fh, &mnt, 0));
    refused("name_to_handle_at workspace", syscall(SYS_name_to_handle_at, AT_FDCWD, "/workspace", &fh, &mnt, 0));
    finish();
}
