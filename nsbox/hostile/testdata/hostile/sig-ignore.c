// nsbox:class: signals
// nsbox:expect: any-of verdict=wall_timeout verdict=cpu_timeout
// nsbox:limits: timeout=1s
// nsbox:why: A program that ignores and blocks every signal and spins ends at its deadline.
#include "probe.h"

int main(void) {
    sigset_t all;
    for (int s = 1; s < 65; s++) signal(s, SIG_IGN);
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, NULL);
    time_t end = time(NULL) + 20;
    while (time(NULL) < end) {}
    escaped("twenty seconds went by");
}
