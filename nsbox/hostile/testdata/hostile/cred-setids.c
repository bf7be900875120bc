// nsbox:class: credentials
// nsbox:expect: contained
// nsbox:cve: CVE-2024-40635, CVE-2018-15664
// nsbox:why: No other uid, gid or group can be had, not by number tricks either; groups of the caller are not inherited.
#include "probe.h"
#include <grp.h>
#include <sys/fsuid.h>

int main(void) {
    static const uid_t ids[] = {0, 1, 999, 1001, 65534, 65535, 65536, 100000, 0x7fffffff, 0x80000000u, 0xfffffffeu};
    gid_t g[64];
    if (getuid() == 0 || geteuid() == 0 || getgid() == 0) escaped("runs as uid %d gid %d", getuid(), getgid());
    int n = getgroups(64, g);
    for (int i = 0; i < n; i++)
        if (g[i] != getgid()) escaped("is in group %u", g[i]);
    for (unsigned i = 0; i < sizeof ids / sizeof *ids; i++) {
        refused("setuid", syscall(SYS_setuid, ids[i]));
        refused("setgid", syscall(SYS_setgid, ids[i]));
        refused("setreuid", syscall(SYS_setreuid, -1, ids[i]));
        refused("setresuid", syscall(SYS_setresuid, -1, -1, ids[i]));
        refused("setresgid", syscall(SYS_setresgid, -1, ids[i], -1));
        setfsuid(ids[i]);
        if ((uid_t)setfsuid(-1) == ids[i]) escaped("fsuid is %u", ids[i]);
    }
    gid_t zero = 0;
    refused("setgroups", syscall(SYS_setgroups, 1, &zero));
    refused("setgroups none", syscall(SYS_setgroups, 0, NULL));
    finish();
}
