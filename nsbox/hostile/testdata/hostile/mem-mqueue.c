// nsbox:class: memory
// nsbox:expect: any-of contained verdict=oom
// nsbox:limits: memory=64MiB
// nsbox:why: POSIX message queues are kernel memory with a quota per uid, which no two sandboxes may share.
#include "probe.h"
#include <mqueue.h>

int main(void) {
    static char b[8192];
    long total = 0;
    for (int i = 0; i < 4000; i++) {
        char name[32];
        struct mq_attr a = {.mq_maxmsg = 10, .mq_msgsize = sizeof b};
        snprintf(name, sizeof name, "/q%d", i);
        mqd_t q = mq_open(name, O_CREAT | O_RDWR | O_NONBLOCK, 0600, &a);
        if (q == (mqd_t)-1) contained("%ld KiB in queues, then %s", total / 1024, strerror(errno));
        while (mq_send(q, b, sizeof b, 0) == 0) total += sizeof b;
        if (total > 128 * MIB) escaped("%ld MiB in queues under a limit of 64", total / MIB);
    }
    contained("%ld KiB in queues", total / 1024);
}
