// nsbox:class: memory
// nsbox:expect: verdict=oom
// nsbox:limits: memory=64MiB
// nsbox:why: Memory counts over all processes together; when it runs out none survives, the patient parent included.
#include "probe.h"

int main(void) {
    for (int i = 0; i < 16; i++)
        if (fork() == 0) {
            alarm(15);
            char *p = mmap(0, 16 * MIB, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
            if (p != MAP_FAILED) memset(p, i + 1, 16 * MIB);
            for (;;) pause();
        }
    sleep(4);
    escaped("256 MiB in 16 processes");
}
