// nsbox:class: syscalls
// nsbox:expect: contained
// nsbox:why: Personalities switch off address randomisation, map page zero and lie about the kernel.
#include "probe.h"

int main(void) {
    static const unsigned long p[] = {0x0040000, 0x0400000, 0x0100000, 0x0800000, 8 /* LINUX32 */, 0x20008, 6, 0x5000000, 0xfffffffeUL};
    for (unsigned i = 0; i < sizeof p / sizeof *p; i++) {
        refused("personality", syscall(SYS_personality, p[i]));
        refused("personality, high bits", syscall(SYS_personality, p[i] | 1UL << 32));
    }
    if (syscall(SYS_personality, 0xffffffffUL) != 0) escaped("personality is %lx", syscall(SYS_personality, 0xffffffffUL));
    finish();
}
