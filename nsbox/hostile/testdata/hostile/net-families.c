// nsbox:class: network
// nsbox:expect: contained
// nsbox:cve: CVE-2026-31431, CVE-2020-14386, CVE-2021-43267
// nsbox:why: Only unix and internet stream and datagram sockets: every other family is kernel code that nobody needs here.
#include "probe.h"

int main(void) {
    static const int types[] = {1, 2, 3, 4, 5, 6, 10};
    char what[64];
    for (int family = 0; family < 64; family++)
        for (int t = 0; t < 7; t++) {
            if ((family == AF_UNIX || family == AF_INET || family == AF_INET6) && types[t] != SOCK_RAW && types[t] != SOCK_PACKET && types[t] != SOCK_DCCP)
                continue;
            if (family == AF_UNIX && types[t] == SOCK_RAW) continue; /* the kernel makes it a datagram socket */
            snprintf(what, sizeof what, "socket(%d, %d)", family, types[t]);
            refused(what, socket(family, types[t], 0));
            refused(what, socket(family, types[t] | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
        }
    static const int protocols[] = {1 /* ICMP */, 2, 33 /* DCCP */, 47, 58, 103, 115 /* L2TP */, 132 /* SCTP */, 136 /* UDPLITE */, 255, 262 /* MPTCP */};
    for (int f = 0; f < 2; f++)
        for (unsigned p = 0; p < sizeof protocols / sizeof *protocols; p++)
            for (int type = 1; type <= 5; type++) {
                snprintf(what, sizeof what, "socket(inet, %d, %d)", type, protocols[p]);
                refused(what, socket(f ? AF_INET6 : AF_INET, type, protocols[p]));
            }
    finish();
}
