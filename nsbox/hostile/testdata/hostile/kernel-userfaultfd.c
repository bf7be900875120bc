// nsbox:class: kernel
// nsbox:expect: contained
// nsbox:cve: CVE-2016-2384, CVE-2021-4154
// nsbox:why: userfaultfd stops the kernel in the middle of a copy, which turns races into certainties.
#include "probe.h"

int main(void) {
    refused("userfaultfd", syscall(SYS_userfaultfd, O_CLOEXEC));
    refused("userfaultfd user mode", syscall(SYS_userfaultfd, O_CLOEXEC | 1));
    no_open("/dev/userfaultfd", O_RDWR);
    no_open("/dev/fuse", O_RDWR);
    finish();
}
