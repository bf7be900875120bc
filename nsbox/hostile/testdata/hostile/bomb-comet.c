// nsbox:class: processes
// nsbox:expect: any-of verdict=wall_timeout verdict=pids_limit
// nsbox:limits: timeout=1s
// nsbox:why: Processes that fork and exit always have a new pid: killing by list misses them, killing the group must not.
#include "probe.h"

int main(void) {
    time_t end = time(NULL) + 10;
    for (int i = 0; i < 3; i++)
        if (fork() == 0) {
            setsid();
            while (time(NULL) < end)
                if (fork() > 0) _exit(0);
            _exit(0);
        }
    sleep(10);
    escaped("alive after the deadline");
}
