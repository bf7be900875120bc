// nsbox:class: processes
// nsbox:expect: verdict=pids_limit
// nsbox:limits: pids=32
// nsbox:why: A fork bomb stops at the limit on processes and the sandbox ends at once.
#include "probe.h"

int main(void) {
    for (int i = 0; i < 2000; i++) {
        pid_t p = fork();
        if (p == 0) {
            alarm(15);
            for (;;) pause();
        }
        if (p < 0) usleep(2000);
        else tried++;
    }
    escaped("%d children, and alive after the limit", tried);
}
