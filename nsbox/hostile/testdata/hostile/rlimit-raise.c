// nsbox:class: limits
// nsbox:expect: contained
// nsbox:why: No hard limit can be raised, on ourselves or on PID 1, and the ones that matter are finite.
#include "probe.h"

int main(void) {
    static const int finite[] = {RLIMIT_CORE, RLIMIT_NOFILE, RLIMIT_FSIZE, RLIMIT_STACK, RLIMIT_MEMLOCK, RLIMIT_MSGQUEUE, RLIMIT_SIGPENDING};
    struct rlimit r, up;
    for (unsigned i = 0; i < sizeof finite / sizeof *finite; i++) {
        getrlimit(finite[i], &r);
        if (r.rlim_max == RLIM_INFINITY) escaped("limit %d is infinite", finite[i]);
    }
    for (int i = 0; i < 16; i++) {
        if (getrlimit(i, &r) || r.rlim_max == RLIM_INFINITY) continue;
        up.rlim_cur = up.rlim_max = r.rlim_max + 1;
        refused("setrlimit", setrlimit(i, &up));
        refused("prlimit", prlimit(getpid(), i, &up, NULL));
        up.rlim_cur = up.rlim_max = RLIM_INFINITY;
        refused("setrlimit infinity", setrlimit(i, &up));
        up.rlim_cur = up.rlim_max = 1;
        refused("prlimit 1", prlimit(1, i, &up, NULL));
    }
    getrlimit(RLIMIT_CORE, &r);
    if (r.rlim_max != 0) escaped("cores of %ld bytes", (long)r.rlim_max);
    finish();
}
