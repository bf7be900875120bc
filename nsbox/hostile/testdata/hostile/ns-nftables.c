// nsbox:class: namespaces
// nsbox:expect: contained
// nsbox:cve: CVE-2024-1086, CVE-2023-32233, CVE-2022-34918
// nsbox:why: nf_tables holes need a user and net namespace and a netlink socket; each of the doors must be shut alone.
#include "probe.h"

int main(void) {
    refused("unshare user+net", unshare(CLONE_NEWUSER | CLONE_NEWNET));
    refused("netlink netfilter", socket(AF_NETLINK, SOCK_RAW, 12));
    refused("netlink route", socket(AF_NETLINK, SOCK_RAW, 0));
    refused("netlink generic", socket(AF_NETLINK, SOCK_DGRAM, 16));
    refused("packet", socket(AF_PACKET, SOCK_RAW, 0x0300));
    int s = socket(AF_INET, SOCK_DGRAM, 0);
    char replace[256] = {0};
    if (s >= 0) {
        refused("IPT_SO_SET_REPLACE", setsockopt(s, 0, 64, replace, sizeof replace));
        refused("IP6T_SO_SET_REPLACE", setsockopt(s, 41, 64, replace, sizeof replace));
    }
    finish();
}
