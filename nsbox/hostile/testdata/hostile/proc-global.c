// nsbox:class: proc
// nsbox:expect: contained
// nsbox:cve: CVE-2022-0811, CVE-2025-31133, CVE-2025-52881
// nsbox:why: Nothing of the kernel's own /proc tree is there: no sysctl, sysrq, kcore, keys, interrupts or module list.
#include "probe.h"

int main(void) {
    static const char *f[] = {"sys", "sys/kernel/core_pattern", "sys/kernel/modprobe", "sys/kernel/hostname",
        "sys/kernel/hotplug", "sys/kernel/sysrq", "sys/vm/panic_on_oom", "sys/fs/binfmt_misc/register",
        "sys/net/ipv4/ip_forward", "sys/user/max_user_namespaces", "sysrq-trigger", "kcore", "kallsyms", "kmsg",
        "keys", "key-users", "timer_list", "sched_debug", "interrupts", "softirqs", "irq", "kpagecount", "kpageflags",
        "kpagecgroup", "iomem", "ioports", "latency_stats", "acpi", "asound", "scsi", "bus", "fs", "driver", "tty",
        "config.gz", "cmdline", "partitions", "diskstats", "modules", "vmallocinfo", "slabinfo", "swaps", "locks",
        "mtrr", "devices", "zoneinfo", "pagetypeinfo", "sysvipc/shm", "schedstat", "crypto", "vmcore"};
    char path[128];
    for (unsigned i = 0; i < sizeof f / sizeof *f; i++) {
        snprintf(path, sizeof path, "/proc/%s", f[i]);
        no_open(path, O_RDONLY);
        no_open(path, O_WRONLY);
    }
    finish();
}
