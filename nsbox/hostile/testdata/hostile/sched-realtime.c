// nsbox:class: scheduling
// nsbox:expect: contained
// nsbox:why: A real-time or deadline task, or a better nice value, would starve the host.
#include "probe.h"

int main(void) {
    struct sched_param sp = {.sched_priority = 1};
    struct { uint32_t size, policy; uint64_t flags; int32_t nice; uint32_t prio; uint64_t runtime, deadline, period; }
        dl = {48, 6, 0, 0, 0, 10000000, 30000000, 30000000}, rr = {48, 2, 0, 0, 1, 0, 0, 0}, nicer = {48, 0, 0, -10, 0, 0, 0, 0};
    refused("SCHED_FIFO", sched_setscheduler(0, SCHED_FIFO, &sp));
    refused("SCHED_RR", sched_setscheduler(0, SCHED_RR, &sp));
    refused("SCHED_DEADLINE", syscall(SYS_sched_setattr, 0, &dl, 0));
    refused("sched_setattr RR", syscall(SYS_sched_setattr, 0, &rr, 0));
    refused("sched_setattr nice", syscall(SYS_sched_setattr, 0, &nicer, 0));
    refused("setpriority", setpriority(PRIO_PROCESS, 0, -5));
    refused("setpriority 1", setpriority(PRIO_PROCESS, 1, 19));
    refused("setpriority root", setpriority(PRIO_USER, 1, 19));
    errno = 0;
    refused("nice", nice(-5) == -1 && errno ? -1 : 0);
    refused("ioprio realtime", syscall(SYS_ioprio_set, 1, 0, 1 << 13));
    refused("affinity of 1", sched_setaffinity(1, sizeof(cpu_set_t), &(cpu_set_t){{1}}));
    finish();
}
