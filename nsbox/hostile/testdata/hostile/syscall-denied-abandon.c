// nsbox:class: syscalls
// nsbox:expect: contained
// nsbox:why: A process that is killed while its refused call waits for an answer leaves nobody waiting, and the next call is refused too.
#include "probe.h"

int main(void) {
    for (int i = 0; i < 200; i++) {
        pid_t p = fork();
        if (p == 0)
            for (;;)
                if (syscall(SYS_mount, "x", "/tmp", "tmpfs", 0, NULL) == 0 || syscall(SYS_setns, 0, 0) == 0) escaped("a call succeeded");
        if (p < 0) contained("no child: %s", strerror(errno));
        usleep(i % 7 * 100);
        kill(p, SIGKILL);
        int st = 0;
        waitpid(p, &st, 0);
        if (WIFEXITED(st)) _exit(99);
    }
    refused("mount", syscall(SYS_mount, "x", "/tmp", "tmpfs", 0, NULL));
    finish();
}
