// nsbox:class: mounts
// nsbox:expect: contained
// nsbox:cve: CVE-2019-19921, CVE-2021-30465
// nsbox:why: Any mount, remount or pivot would undo the read-only root and the masks.
#include "probe.h"
#include <sys/mount.h>
#include <sys/swap.h>

int main(void) {
    mkdir("/workspace/m", 0755);
    refused("mount proc", mount("proc", "/workspace/m", "proc", 0, NULL));
    refused("mount sysfs", mount("sysfs", "/workspace/m", "sysfs", 0, NULL));
    refused("mount tmpfs", mount("tmpfs", "/workspace/m", "tmpfs", 0, NULL));
    refused("mount devpts", mount("devpts", "/workspace/m", "devpts", 0, NULL));
    refused("mount overlay", mount("o", "/workspace/m", "overlay", 0, "lowerdir=/,upperdir=/workspace,workdir=/tmp"));
    refused("mount mqueue", mount("m", "/workspace/m", "mqueue", 0, NULL));
    refused("bind /", mount("/", "/workspace/m", NULL, MS_BIND | MS_REC, NULL));
    refused("remount / rw", mount(NULL, "/", NULL, MS_REMOUNT, NULL));
    refused("bind-remount / rw", mount(NULL, "/", NULL, MS_REMOUNT | MS_BIND, NULL));
    refused("make / shared", mount(NULL, "/", NULL, MS_SHARED | MS_REC, NULL));
    refused("move /proc", mount("/proc", "/workspace/m", NULL, MS_MOVE, NULL));
    refused("umount /proc", umount2("/proc", MNT_DETACH));
    refused("umount /", umount2("/", MNT_DETACH));
    refused("umount /dev/shm", umount2("/dev/shm", MNT_FORCE));
    refused("pivot_root", syscall(SYS_pivot_root, "/workspace", "/workspace/m"));
    refused("chroot", chroot("/workspace"));
    refused("swapon", swapon("/workspace/s", 0));
    finish();
}
