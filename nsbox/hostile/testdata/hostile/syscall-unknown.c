// nsbox:class: syscalls
// nsbox:expect: contained
// nsbox:why: Numbers past the table are calls that nobody has looked at yet; none may succeed, and a report of twenty thousand of them must fit.
#include "probe.h"

int main(void) {
    /* All arguments are bad pointers, descriptors and flags at once. */
    for (long nr = 442; nr < 20000; nr++, tried++) {
        errno = 0;
        if (syscall(nr, -1L, -1L, -1L, -1L, -1L, -1L) >= 0) escaped("call %ld succeeded", nr);
        if (nr > 700 && errno != ENOSYS && errno != EPERM) escaped("call %ld: %s", nr, strerror(errno));
    }
    static const long odd[] = {1L << 20, 0x3fffffff, 1L << 29}; /* the x32 bit has a program of its own */
    for (int i = 0; i < 3; i++) refused("odd number", syscall(odd[i], -1L, -1L, -1L, -1L, -1L, -1L));
    finish();
}
