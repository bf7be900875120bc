// nsbox:class: namespaces
// nsbox:expect: contained
// nsbox:cve: CVE-2022-0492, CVE-2022-0185, CVE-2024-1086
// nsbox:why: A nested user namespace gives capabilities back and opens most of the kernel's recent holes.
#include "probe.h"

int main(void) {
    static const struct { const char *name; unsigned long flag; } ns[] = {
        {"user", 0x10000000}, {"mnt", 0x20000}, {"pid", 0x20000000}, {"net", 0x40000000}, {"uts", 0x4000000},
        {"ipc", 0x8000000}, {"cgroup", 0x2000000}, {"time", 0x80}, {"user+net", 0x50000000}, {"user+mnt", 0x10020000},
        {"all", 0x7e020080}};
    for (unsigned i = 0; i < sizeof ns / sizeof *ns; i++) {
        char what[64];
        snprintf(what, sizeof what, "unshare %s", ns[i].name);
        refused(what, syscall(SYS_unshare, ns[i].flag));
        refused(what, syscall(SYS_unshare, ns[i].flag | 1UL << 32));
    }
    finish();
}
