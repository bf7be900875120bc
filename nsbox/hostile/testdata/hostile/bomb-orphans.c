// nsbox:class: processes
// nsbox:expect: contained
// nsbox:why: Orphans become init's; it must reap them as fast as they come, else the sandbox fills with zombies.
#include "probe.h"

int main(void) {
    for (int i = 0; i < 700; i++) {
        pid_t p = fork();
        if (p == 0) {
            if (fork() == 0) {
                usleep(500);
                _exit(0);
            }
            _exit(0);
        }
        if (p < 0) escaped("zombies pile up after %d orphans: %s", i, strerror(errno));
        waitpid(p, NULL, 0);
        if (i % 16 == 15) usleep(3000);
    }
    contained("700 orphans were reaped");
}
