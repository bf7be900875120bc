// nsbox:class: syscalls
// nsbox:expect: contained
// nsbox:why: Memory that leaves the kernel's direct map can't be swapped, scanned or reclaimed, and splits host pages.
#include "probe.h"

int main(void) {
    refused("memfd_secret", syscall(447, 0));
    refused("memfd_secret cloexec", syscall(447, O_CLOEXEC));
    refused("pkey on nothing", syscall(SYS_pkey_mprotect, 0, 4096, 0, 99));
    refused("map at zero", mmap(0, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == MAP_FAILED ? -1 : 1);
    refused("hugetlb", mmap(0, 1L << 30, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB, -1, 0) == MAP_FAILED ? -1 : 1);
    refused("remap_file_pages", syscall(SYS_remap_file_pages, 0, 0, 0, 0, 0));
    finish();
}
