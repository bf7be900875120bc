// nsbox:class: processes
// nsbox:expect: verdict=pids_limit
// nsbox:limits: pids=32
// nsbox:why: Threads count as processes do.
#include "probe.h"
#include <pthread.h>

static void *idle(void *a) {
    for (;;) pause();
    return a;
}

int main(void) {
    pthread_attr_t at;
    pthread_t t;
    pthread_attr_init(&at);
    pthread_attr_setstacksize(&at, 16384);
    alarm(15);
    for (int i = 0; i < 2000; i++)
        if (pthread_create(&t, &at, idle, NULL) == 0) tried++;
        else usleep(2000);
    escaped("%d threads, and alive after the limit", tried);
}
