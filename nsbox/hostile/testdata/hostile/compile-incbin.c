// nsbox:class: compile
// nsbox:expect: any-of contained verdict=compile_error
// nsbox:cve: CVE-2016-9962
// nsbox:why: The assembler reads any file into the program: of the compile stage too there must be nothing to read.
#include "probe.h"

__asm__(".section .rodata\n.global a, b\na: .incbin \"/proc/self/environ\"\n.byte 0\nb: .incbin \"/proc/self/mountinfo\"\n.byte 0\n.text");
extern const char a[], b[];

int main(void) {
    for (const char *p = a; p < b; p++)
        if (!strncmp(p, "NSBOX_HOST_SECRET", 17) || !strncmp(p, "SUDO_", 5)) escaped("the compiler's environment has %s", p);
    dprintf(2, "%s\n", b);
    contained("the compiler sees its own environment only");
}
