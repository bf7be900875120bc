// nsbox:class: memory
// nsbox:expect: any-of contained verdict=oom
// nsbox:limits: memory=64MiB
// nsbox:why: System V segments outlive their processes; they must be charged and go with the IPC namespace.
#include "probe.h"
#include <sys/shm.h>

int main(void) {
    for (int i = 0; i < 16; i++) {
        int id = shmget(IPC_PRIVATE, 16 * MIB, IPC_CREAT | 0600);
        if (id < 0) contained("shmget: %s", strerror(errno));
        char *p = shmat(id, NULL, 0);
        if (p == (void *)-1) contained("shmat: %s", strerror(errno));
        memset(p, 1, 16 * MIB);
        shmdt(p);
        if (i >= 8) escaped("%d MiB of segments under a limit of 64", 16 * (i + 1));
    }
    contained("ended early");
}
