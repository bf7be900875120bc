// nsbox:class: time
// nsbox:expect: any-of contained verdict=oom
// nsbox:limits: memory=64MiB
// nsbox:why: Timers are kernel memory and interrupts: their number is bounded and their memory charged.
#include "probe.h"
#include <sys/timerfd.h>

int main(void) {
    struct sigevent ev = {.sigev_notify = SIGEV_NONE};
    struct itimerspec fast = {{0, 1000}, {0, 1000}};
    timer_t t;
    long n = 0;
    while (n < 500000 && timer_create(CLOCK_MONOTONIC, &ev, &t) == 0) {
        if (n < 1000) timer_settime(t, 0, &fast, NULL);
        n++;
    }
    if (n >= 500000) escaped("%ld timers", n);
    refused("alarm clock", timer_create(CLOCK_REALTIME_ALARM, &ev, &t));
    refused("alarm timerfd", timerfd_create(CLOCK_BOOTTIME_ALARM, 0));
    contained("%ld timers", n);
}
