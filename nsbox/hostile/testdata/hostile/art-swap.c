// nsbox:class: artifacts
// nsbox:expect: contained
// nsbox:cve: CVE-2024-28185, CVE-2024-28189
// nsbox:artifacts: any
// nsbox:args: {canary}
// nsbox:why: A process left behind swaps a plain file for a link, a FIFO and a growing file; it must be dead before collection begins.
#include "probe.h"

int main(int argc, char **argv) {
    const char *to = argc > 1 ? argv[1] : "/etc/shadow";
    for (int k = 0; k < 2; k++)
        if (fork() == 0) {
            time_t end = time(NULL) + 5;
            setsid();
            signal(SIGXFSZ, SIG_IGN);
            while (time(NULL) < end) {
                unlink("/workspace/out");
                int fd = open("/workspace/out", O_CREAT | O_RDWR, 0644);
                for (int i = 0; i < 50; i++)
                    if (write(fd, "growing ", 8) < 0) break;
                close(fd);
                unlink("/workspace/out");
                symlink(to, "/workspace/out");
                unlink("/workspace/out");
                mkfifo("/workspace/out", 0666);
            }
            _exit(0);
        }
    usleep(30000);
    contained("the swap is on");
}
