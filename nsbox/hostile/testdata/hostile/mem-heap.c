// nsbox:class: memory
// nsbox:expect: verdict=oom
// nsbox:limits: memory=64MiB
// nsbox:why: Plain heap beyond the limit ends everything in the sandbox.
#include "probe.h"

int main(void) {
    for (int i = 0; i < 1024; i++) {
        char *p = malloc(MIB);
        if (!p) contained("malloc: %s", strerror(errno));
        memset(p, i + 1, MIB);
    }
    escaped("1 GiB of heap");
}
