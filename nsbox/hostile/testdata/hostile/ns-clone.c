// nsbox:class: namespaces
// nsbox:expect: contained
// nsbox:cve: CVE-2022-0185, CVE-2019-10063
// nsbox:why: clone and clone3 make namespaces as unshare does; flags hide among others, in high bits and in clone3's memory.
#include "probe.h"

static void try(const char *what, long rc) {
    if (rc == 0) _exit(0); /* the child */
    refused(what, rc);
}

int main(void) {
    static const unsigned long flags[] = {0x10000000, 0x20000, 0x20000000, 0x40000000, 0x4000000, 0x8000000, 0x2000000};
    for (unsigned i = 0; i < 7; i++) {
        char what[64];
        snprintf(what, sizeof what, "clone(%#lx)", flags[i]);
        try(what, syscall(SYS_clone, flags[i] | SIGCHLD, 0, 0, 0, 0));
        try(what, syscall(SYS_clone, flags[i] | 0x10000000 | SIGCHLD, 0, 0, 0, 0));
        try(what, syscall(SYS_clone, flags[i] | 1UL << 40 | SIGCHLD, 0, 0, 0, 0));
        try(what, syscall(SYS_clone, flags[i] | 0x8000 /* PARENT */ | SIGCHLD, 0, 0, 0, 0));
        uint64_t args[11] = {flags[i], 0, 0, 0, SIGCHLD};
        snprintf(what, sizeof what, "clone3(%#lx)", flags[i]);
        try(what, syscall(435, args, 64));
        try(what, syscall(435, args, 88));
    }
    uint64_t into[11] = {0x200000000ULL /* INTO_CGROUP */, 0, 0, 0, SIGCHLD, 0, 0, 0, 0, 0, 0};
    try("clone3 into a cgroup", syscall(435, into, 88));
    finish();
}
