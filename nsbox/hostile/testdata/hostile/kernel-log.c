// nsbox:class: kernel
// nsbox:expect: contained
// nsbox:why: The kernel's log holds addresses and other tenants' messages.
#include "probe.h"

int main(void) {
    char buf[4096];
    refused("syslog read all", syscall(SYS_syslog, 3, buf, sizeof buf));
    refused("syslog size", syscall(SYS_syslog, 10, NULL, 0));
    refused("syslog unread", syscall(SYS_syslog, 9, NULL, 0));
    no_open("/dev/kmsg", O_RDONLY);
    no_open("/dev/kmsg", O_WRONLY);
    no_open("/proc/kmsg", O_RDONLY);
    no_open("/var/log/dmesg", O_RDONLY);
    no_open("/dev/log", O_RDWR);
    finish();
}
