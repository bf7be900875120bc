// nsbox:class: cgroups
// nsbox:expect: contained
// nsbox:cve: CVE-2022-0492
// nsbox:why: A cgroup v1 hierarchy that can be mounted runs any program as root on the host through release_agent.
#include "probe.h"
#include <sys/mount.h>

int main(void) {
    static const char *ctl[] = {"memory", "rdma", "pids", "cpu", "devices", "misc", "none,name=x", "none,name=systemd"};
    mkdir("/tmp/cg", 0755);
    for (int i = 0; i < 8; i++) refused("mount cgroup", mount("cgroup", "/tmp/cg", "cgroup", 0, ctl[i]));
    refused("mount cgroup2", mount("none", "/tmp/cg", "cgroup2", 0, NULL));
    refused("unshare user+mnt+cgroup", unshare(CLONE_NEWUSER | CLONE_NEWNS | 0x2000000));
    no_open("/sys/fs/cgroup/release_agent", O_WRONLY);
    no_open("/sys/fs/cgroup/memory/release_agent", O_WRONLY);
    no_open("/sys/fs/cgroup/cgroup.procs", O_WRONLY);
    no_open("/sys/kernel/uevent_helper", O_WRONLY);
    no_open("/sys/kernel/security", O_RDONLY);
    no_open("/sys/kernel/debug", O_RDONLY);
    no_open("/sys/class/net", O_RDONLY);
    finish();
}
