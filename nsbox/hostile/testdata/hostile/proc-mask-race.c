// nsbox:class: proc
// nsbox:expect: contained
// nsbox:cve: CVE-2025-31133, CVE-2025-52565, CVE-2021-30465
// nsbox:limits: timeout=6s
// nsbox:why: Paths that a runtime masks are raced here: one thread swaps /dev/null-like names and symlinks, one looks for an unmasked file.
#include "probe.h"
#include <pthread.h>

static volatile int stop;

static void *swapper(void *arg) {
    (void)arg;
    symlink("/proc/sysrq-trigger", "/workspace/x");
    mkdir("/workspace/y", 0755);
    while (!stop) syscall(SYS_renameat2, AT_FDCWD, "/workspace/x", AT_FDCWD, "/workspace/y", 2 /* EXCHANGE */);
    return NULL;
}

int main(void) {
    pthread_t t;
    static const char *shut[] = {"/proc/sys/kernel/core_pattern", "/proc/kcore", "/proc/sysrq-trigger", "/workspace/x"};
    refused("remove /dev/null", unlink("/dev/null"));
    refused("link over /dev/null", symlink("/proc/sys/kernel/core_pattern", "/dev/null"));
    refused("link over /dev/pts", symlink("/proc", "/dev/pts"));
    refused("move /dev/null", rename("/dev/null", "/dev/nothing"));
    refused("/dev/console", open("/dev/console", O_RDWR));
    if (pthread_create(&t, NULL, swapper, NULL)) contained("no thread: %s", strerror(errno));
    for (int i = 0; i < 40000; i++) {
        int fd = open(shut[i % 4], O_WRONLY | O_NONBLOCK);
        if (fd >= 0) escaped("%s opened for writing", shut[i % 4]);
    }
    stop = 1;
    pthread_join(t, NULL);
    contained("40000 races lost");
}
