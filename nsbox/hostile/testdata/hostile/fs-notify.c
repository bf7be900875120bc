// nsbox:class: filesystem
// nsbox:expect: any-of contained verdict=oom
// nsbox:limits: memory=64MiB
// nsbox:why: inotify has a quota per uid on the host; it runs out for this sandbox alone, and fanotify is refused.
#include "probe.h"
#include <sys/inotify.h>

int main(void) {
    long instances = 0, watches = 0;
    char path[64];
    int fd = -1, last = -1;
    while (instances < 5000 && (fd = inotify_init1(IN_NONBLOCK)) >= 0) {
        last = fd;
        instances++;
    }
    for (int i = 0; i < 800 && last >= 0; i++) {
        snprintf(path, sizeof path, "/tmp/w%d", i);
        if (mkdir(path, 0755) || inotify_add_watch(last, path, IN_ALL_EVENTS) < 0) break;
        watches++;
    }
    if (instances >= 5000) escaped("%ld inotify instances", instances);
    for (int c = 0; c < 3; c++) refused("fanotify_init", syscall(SYS_fanotify_init, c * 4 | 0x200, 0));
    contained("%ld instances, %ld watches", instances, watches);
}
