// nsbox:class: compile
// nsbox:expect: verdict=compile_error
// nsbox:cve: CVE-2019-5736
// nsbox:why: Init's environment and memory are as shut in the compile stage as in the run stage.
#include "probe.h"

__asm__(".section .rodata\n.global a\na: .incbin \"/proc/1/environ\"\n.text");
extern const char a[];

int main(void) { escaped("init's environment begins with %.20s", a); }
