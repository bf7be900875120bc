// nsbox:class: processes
// nsbox:expect: verdict=pids_limit
// nsbox:limits: pids=32
// nsbox:why: Zombies that nobody waits for still hold their pid and count.
#include "probe.h"

int main(void) {
    for (int i = 0; i < 2000; i++) {
        pid_t p = fork();
        if (p == 0) _exit(0);
        if (p < 0) usleep(2000);
    }
    escaped("alive after 2000 zombies");
}
