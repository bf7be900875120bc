// nsbox:class: syscalls
// nsbox:expect: contained
// nsbox:why: The prctl options that move a process's memory map, scheduling group or machine-check policy are not for programs.
#include "probe.h"

int main(void) {
    static const struct { const char *name; long opt, a, b; } p[] = {
        {"PR_SET_MM exe", 35, 13, 0}, {"PR_SET_MM map", 35, 14, 0}, {"PR_SET_MM start_code", 35, 1, 4096},
        {"PR_SET_SECUREBITS", 28, 0x2f, 0}, {"PR_CAPBSET_DROP", 24, 0, 0}, {"PR_MCE_KILL", 33, 1, 0},
        {"PR_SET_IO_FLUSHER", 57, 1, 0}, {"PR_SCHED_CORE", 62, 1, 0}, {"PR_SET_NO_NEW_PRIVS 0", 38, 0, 0},
        {"PR_CAP_AMBIENT", 47, 2, 0}, {"PR_SET_SECCOMP off", 22, 0, 0}, {"PR_TASK_PERF_EVENTS", 31, 0, 0}};
    for (unsigned i = 0; i < sizeof p / sizeof *p; i++) refused(p[i].name, syscall(SYS_prctl, p[i].opt, p[i].a, p[i].b, 0, 0));
    finish();
}
