// nsbox:class: time
// nsbox:expect: verdict=cpu_timeout
// nsbox:limits: cpu_time=1s timeout=10s
// nsbox:why: Processor time is counted over all processes, in user and in kernel mode.
#include "probe.h"

int main(void) {
    for (int i = 0; i < 3; i++)
        if (fork() == 0) {
            time_t end = time(NULL) + 9;
            while (time(NULL) < end) getppid();
            _exit(0);
        }
    while (wait(NULL) > 0) {}
    escaped("27 seconds of processor time");
}
