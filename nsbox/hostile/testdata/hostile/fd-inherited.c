// nsbox:class: descriptors
// nsbox:expect: contained
// nsbox:cve: CVE-2024-21626, CVE-2016-9962
// nsbox:why: A descriptor left open by the helper or init would reach a host directory, socket or the verdict pipe.
#include "probe.h"

int main(void) {
    for (int fd = 3; fd < 65536; fd++)
        if (fcntl(fd, F_GETFD) != -1) {
            char link[64], to[256] = "?";
            snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
            ssize_t n = readlink(link, to, sizeof to - 1);
            if (n > 0) to[n] = 0;
            escaped("descriptor %d is open: %s", fd, to);
        }
    for (int fd = 0; fd < 3; fd++) {
        struct stat st;
        if (fstat(fd, &st)) continue;
        if (!S_ISFIFO(st.st_mode) && !S_ISSOCK(st.st_mode) && !S_ISCHR(st.st_mode))
            escaped("descriptor %d is a host file, mode %o", fd, st.st_mode);
    }
    DIR *d = opendir("/proc/self/fd");
    if (!d) contained("/proc/self/fd: %s", strerror(errno));
    for (struct dirent *e; (e = readdir(d));)
        if (e->d_name[0] != '.' && atoi(e->d_name) > 2 && atoi(e->d_name) != dirfd(d))
            escaped("/proc/self/fd lists %s", e->d_name);
    contained("only 0, 1 and 2 are open");
}
