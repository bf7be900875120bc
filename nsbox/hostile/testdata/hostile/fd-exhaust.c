// nsbox:class: descriptors
// nsbox:expect: contained
// nsbox:limits: open_files=256
// nsbox:why: Descriptors are bounded for each process, whatever call makes them, and the bound can't be raised.
#include "probe.h"
#include <sys/epoll.h>
#include <sys/eventfd.h>

static int one(int i) {
    switch (i % 5) {
    case 0: return open("/dev/null", O_RDONLY);
    case 1: return eventfd(0, 0);
    case 2: return epoll_create1(0);
    case 3: return dup(0);
    default: return socket(AF_UNIX, SOCK_STREAM, 0);
    }
}

int main(void) {
    struct rlimit r = {4096, 4096};
    refused("raise RLIMIT_NOFILE", setrlimit(RLIMIT_NOFILE, &r));
    getrlimit(RLIMIT_NOFILE, &r);
    if (r.rlim_max > 256) escaped("RLIMIT_NOFILE is %ld", (long)r.rlim_max);
    int n = 3;
    for (int i = 0; i < 20000; i++)
        if (one(i) >= 0 && ++n > 256) escaped("%d descriptors are open", n);
    contained("%d descriptors, then %s", n, strerror(errno));
}
