// nsbox:class: time
// nsbox:expect: verdict=cpu_timeout
// nsbox:limits: cpu_time=1s timeout=10s
// nsbox:why: Time burnt by short-lived children that nobody waits for must not vanish with them.
#include "probe.h"

int main(void) {
    signal(SIGCHLD, SIG_IGN);
    for (int i = 0; i < 400; i++) {
        if (fork() == 0) {
            clock_t end = clock() + CLOCKS_PER_SEC / 50;
            while (clock() < end) {}
            _exit(0);
        }
        usleep(15000);
    }
    escaped("8 seconds of processor time in children");
}
