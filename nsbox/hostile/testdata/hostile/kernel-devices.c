// nsbox:class: kernel
// nsbox:expect: contained
// nsbox:why: A device node is the hardware: none beyond the six harmless ones is there and none can be made.
#include "probe.h"
#include <sys/sysmacros.h>

int main(void) {
    static const char *ok = " null zero full random urandom fd stdin stdout stderr shm tty pts ptmx core ";
    static const char *shut[] = {"/dev/mem", "/dev/port", "/dev/kmem", "/dev/kvm", "/dev/sda", "/dev/vda", "/dev/loop-control",
        "/dev/loop0", "/dev/net/tun", "/dev/vsock", "/dev/vhost-vsock", "/dev/vhost-net", "/dev/mapper/control", "/dev/uinput",
        "/dev/snd/seq", "/dev/ttyS0", "/dev/console", "/dev/tty0", "/dev/hpet", "/dev/cpu/0/msr", "/dev/mqueue", "/dev/hugepages",
        // A link to /proc/kcore, which is not there.
        "/dev/core"};
    static const char *dirs[] = {"/workspace", "/tmp", "/dev/shm", "/dev", "/build"};
    const dev_t devs[] = {makedev(1, 1), makedev(1, 2), makedev(8, 0), makedev(254, 0), makedev(10, 232), makedev(1, 3)};
    char path[300], word[300];
    DIR *d = opendir("/dev");
    for (struct dirent *e; d && (e = readdir(d));) {
        snprintf(word, sizeof word, " %s ", e->d_name);
        if (e->d_name[0] != '.' && !strstr(ok, word)) escaped("/dev/%s is there", e->d_name);
    }
    for (unsigned i = 0; i < sizeof shut / sizeof *shut; i++) no_open(shut[i], O_RDWR);
    for (int i = 0; i < 5; i++)
        for (unsigned j = 0; j < sizeof devs / sizeof *devs; j++) {
            snprintf(path, sizeof path, "%s/node", dirs[i]);
            refused("mknod char", mknod(path, S_IFCHR | 0666, devs[j]));
            refused("mknod block", mknod(path, S_IFBLK | 0666, devs[j]));
        }
    finish();
}
