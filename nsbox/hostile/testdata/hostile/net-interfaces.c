// nsbox:class: network
// nsbox:expect: contained
// nsbox:why: The only interface is the sandbox's own loopback, and nothing about it can be changed.
#include "probe.h"
#include <net/if.h>
#include <net/route.h>
#include <netinet/in.h>

int main(void) {
    int s = socket(AF_INET, SOCK_DGRAM, 0);
    if (s < 0) contained("no socket: %s", strerror(errno));
    struct ifreq all[32], r;
    struct ifconf c = {.ifc_len = sizeof all, .ifc_req = all};
    if (ioctl(s, SIOCGIFCONF, &c) == 0)
        for (int i = 0; i < c.ifc_len / (int)sizeof *all; i++)
            if (strcmp(all[i].ifr_name, "lo")) escaped("interface %s", all[i].ifr_name);
    for (int i = 2; i < 64; i++) {
        memset(&r, 0, sizeof r);
        r.ifr_ifindex = i;
        if (ioctl(s, SIOCGIFNAME, &r) == 0 && strcmp(r.ifr_name, "lo")) escaped("interface %d is %s", i, r.ifr_name);
    }
    memset(&r, 0, sizeof r);
    strcpy(r.ifr_name, "lo");
    struct rtentry rt = {.rt_flags = RTF_UP};
    rt.rt_dst.sa_family = rt.rt_gateway.sa_family = rt.rt_genmask.sa_family = AF_INET;
    rt.rt_dev = "lo";
    refused("SIOCSIFFLAGS", ioctl(s, SIOCSIFFLAGS, &r));
    refused("SIOCSIFADDR", ioctl(s, SIOCSIFADDR, &r));
    refused("SIOCSIFMTU", ioctl(s, SIOCSIFMTU, &r));
    refused("SIOCADDRT", ioctl(s, SIOCADDRT, &rt));
    refused("SIOCBRADDBR", ioctl(s, 0x89a0, "br0"));
    refused("SIOCETHTOOL", ioctl(s, 0x8946, &r));
    refused("SO_BINDTODEVICE", setsockopt(s, SOL_SOCKET, SO_BINDTODEVICE, "eth0", 5));
    refused("SO_MARK", setsockopt(s, SOL_SOCKET, SO_MARK, &(int){1}, 4));
    refused("SO_RCVBUFFORCE", setsockopt(s, SOL_SOCKET, SO_RCVBUFFORCE, &(int){1 << 30}, 4));
    finish();
}
