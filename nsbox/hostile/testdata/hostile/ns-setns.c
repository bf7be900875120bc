// nsbox:class: namespaces
// nsbox:expect: contained
// nsbox:why: No namespace can be entered or looked up: not by /proc, not by pidfd, not by the namespace ioctls.
#include "probe.h"

int main(void) {
    static const char *ns[] = {"user", "mnt", "pid", "net", "uts", "ipc", "cgroup", "time", "pid_for_children"};
    char path[64];
    for (int i = 0; i < 9; i++)
        for (int p = 0; p < 2; p++) {
            snprintf(path, sizeof path, "/proc/%s/ns/%s", p ? "1" : "self", ns[i]);
            int fd = open(path, O_RDONLY);
            if (fd < 0) {
                tried++;
                continue;
            }
            refused("setns", syscall(SYS_setns, fd, 0));
            refused("NS_GET_USERNS", ioctl(fd, 0xb701));
            refused("NS_GET_PARENT", ioctl(fd, 0xb702));
            close(fd);
        }
    for (pid_t p = 1; p < 3; p++) {
        int fd = syscall(434, p, 0);
        if (fd >= 0) refused("setns by pidfd", syscall(SYS_setns, fd, 0x10000000 | 0x20000));
        if (fd >= 0)
            for (int i = 1; i < 11; i++) refused("PIDFD_GET_NAMESPACE", ioctl(fd, 0xff00 | i));
    }
    int s = socket(AF_INET, SOCK_DGRAM, 0);
    if (s >= 0) refused("SIOCGSKNS", ioctl(s, 0x894c));
    finish();
}
