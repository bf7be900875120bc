// nsbox:class: information
// nsbox:expect: contained
// nsbox:args: {hostname}
// nsbox:why: The names that the kernel tells are the sandbox's own, not the host's.
#include "probe.h"
#include <sys/utsname.h>

int main(int argc, char **argv) {
    struct utsname u;
    char name[256] = "";
    uname(&u);
    gethostname(name, sizeof name);
    if (strcmp(u.nodename, "nsbox") || strcmp(name, "nsbox")) escaped("the host name is %s", u.nodename);
    if (argc > 1 && !strcmp(u.nodename, argv[1])) escaped("it is the host's");
    if (strcmp(u.domainname, "(none)") && u.domainname[0]) escaped("the domain name is %s", u.domainname);
    no_open("/etc/machine-id.host", O_RDONLY);
    no_open("/sys/class/dmi/id/product_uuid", O_RDONLY);
    no_open("/proc/sys/kernel/random/boot_id", O_RDONLY);
    contained("called %s", name);
}
