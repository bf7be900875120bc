// nsbox:class: credentials
// nsbox:expect: contained
// nsbox:cve: CVE-2022-29162, CVE-2023-27561
// nsbox:why: Every capability set is empty, the bounding set too, no_new_privs is on, and neither can be undone.
#include "probe.h"
#include <linux/capability.h>

int main(void) {
    char line[256];
    int seen = 0;
    FILE *f = fopen("/proc/self/status", "r");
    while (f && fgets(line, sizeof line, f)) {
        unsigned long long v;
        char name[16];
        if (sscanf(line, "Cap%3s: %llx", name, &v) == 2) {
            seen++;
            if (v) escaped("Cap%s %llx", name, v);
        }
        if (!strncmp(line, "NoNewPrivs:\t0", 13)) escaped("no_new_privs is off");
        if (!strncmp(line, "Seccomp:\t", 9) && line[9] != '2') escaped("no seccomp filter: %s", line);
    }
    if (seen != 5) dprintf(2, "%d capability sets in /proc/self/status\n", seen);
    if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 0) escaped("no_new_privs is off");
    for (int c = 0; c < 64; c++) {
        if (prctl(PR_CAPBSET_READ, c, 0, 0, 0) == 1) escaped("capability %d is in the bounding set", c);
        refused("ambient", prctl(47, 2, c, 0, 0));
    }
    for (int v = 0; v < 3; v++) {
        static const unsigned version[] = {0x19980330, 0x20071026, 0x20080522};
        struct __user_cap_header_struct h = {version[v], 0};
        struct __user_cap_data_struct d[2] = {{~0u, ~0u, ~0u}, {~0u, ~0u, ~0u}};
        refused("capset", syscall(SYS_capset, &h, d));
    }
    refused("no_new_privs off", prctl(PR_SET_NO_NEW_PRIVS, 0, 0, 0, 0));
    refused("securebits", prctl(PR_SET_SECUREBITS, 1, 0, 0, 0));
    finish();
}
