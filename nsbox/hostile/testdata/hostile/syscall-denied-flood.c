// nsbox:class: syscalls
// nsbox:expect: any-of contained verdict=wall_timeout
// nsbox:limits: timeout=5s
// nsbox:why: Whoever names refused calls in the result must survive a million of them from eight threads, with signals in between.
#include "probe.h"
#include <pthread.h>

static void nothing(int s) { (void)s; }

static void *flood(void *a) {
    for (int i = 0; i < 125000; i++) {
        long nr = (i % 3 == 0) ? SYS_mount : (i % 3 == 1) ? SYS_unshare : SYS_ptrace;
        if (syscall(nr, -1L, -1L, -1L, -1L, -1L) >= 0) escaped("call %ld succeeded", nr);
        if (errno != EPERM && errno != ENOSYS && errno != EINTR) escaped("call %ld: %s", nr, strerror(errno));
    }
    return a;
}

int main(void) {
    pthread_t t[8];
    struct sigaction sa = {.sa_handler = nothing};
    sigaction(SIGUSR1, &sa, NULL);
    for (int i = 0; i < 8; i++)
        if (pthread_create(&t[i], NULL, flood, NULL)) contained("no thread: %s", strerror(errno));
    for (int i = 0; i < 2000; i++) {
        pthread_kill(t[i % 8], SIGUSR1);
        usleep(200);
    }
    for (int i = 0; i < 8; i++) pthread_join(t[i], NULL);
    contained("a million calls refused");
}
