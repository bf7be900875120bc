// nsbox:class: signals
// nsbox:expect: any-of contained verdict=oom
// nsbox:limits: memory=64MiB
// nsbox:why: Queued signals are kernel memory: they end at a limit and are charged to the sandbox.
#include "probe.h"

int main(void) {
    sigset_t all;
    union sigval v = {0};
    long n = 0;
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, NULL);
    while (n < 1000000 && sigqueue(getpid(), SIGRTMIN + n % 20, v) == 0) n++;
    if (n >= 1000000) escaped("%ld signals are queued", n);
    contained("%ld signals, then %s", n, strerror(errno));
}
