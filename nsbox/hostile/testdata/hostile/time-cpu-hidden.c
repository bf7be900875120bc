// nsbox:class: time
// nsbox:expect: verdict=cpu_timeout
// nsbox:limits: cpu_time=1s timeout=10s
// nsbox:why: Time burnt by short-lived children that nobody waits for must not vanish with them.
#include "probe.h"

int main(void) {
    signal(SIGCHLD, SIG_IGN);
    for (int i = 0; i < 400; i++) {
        if (fork() == 0) {
            clock_t end = clock() + CLOCKS_PER_SEC / 100;
            while (clock() < end) {}
            _exit(0);
        }
        usleep(25000); // slower than the children burn it, so that they do not pile up
    }
    escaped("4 seconds of processor time in children");
}
