// nsbox:class: syscalls
// nsbox:expect: contained
// nsbox:cve: CVE-2022-0847
// nsbox:why: Spliced pages are the page cache itself; a stale flag made read-only files writable ("dirty pipe").
#include "probe.h"
#include <sys/uio.h>

int main(void) {
    int p[2], q[2], fd = open("/etc/passwd", O_RDONLY);
    if (pipe(p) || pipe(q)) contained("no pipe");
    char b[16] = "x";
    struct iovec v = {b, sizeof b};
    if (write(p[1], "abcd", 4) != 4) contained("no write");
    refused("splice", splice(fd, NULL, q[1], NULL, 1, 0));
    refused("splice out", splice(p[0], NULL, q[1], NULL, 1, 0));
    refused("tee", tee(p[0], q[1], 1, SPLICE_F_NONBLOCK));
    refused("vmsplice", vmsplice(q[1], &v, 1, 0));
    refused("vmsplice gift", vmsplice(q[1], &v, 1, SPLICE_F_GIFT));
    finish();
}
