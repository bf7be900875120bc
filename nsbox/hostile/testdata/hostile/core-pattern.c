// nsbox:class: kernel
// nsbox:expect: contained
// nsbox:cve: CVE-2022-0811
// nsbox:why: core_pattern runs a program as root on the host for every crash; it can't be written and no crash dumps core.
#include "probe.h"

static void crash(void) {
    prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
    raise(SIGSEGV);
}

int main(void) {
    struct rlimit r = {RLIM_INFINITY, RLIM_INFINITY};
    no_open("/proc/sys/kernel/core_pattern", O_WRONLY);
    no_open("/proc/sys/kernel/core_pattern", O_RDONLY);
    refused("raise RLIMIT_CORE", setrlimit(RLIMIT_CORE, &r));
    r.rlim_cur = r.rlim_max = 1;
    refused("RLIMIT_CORE 1", setrlimit(RLIMIT_CORE, &r));
    int st = in_child(crash);
    if (!WIFSIGNALED(st)) escaped("the child did not crash: %x", st);
    if (WCOREDUMP(st)) escaped("the crash dumped core");
    if (!access("core", F_OK)) escaped("a core file was left");
    finish();
}
