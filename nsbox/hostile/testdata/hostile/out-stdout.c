// nsbox:class: output
// nsbox:expect: verdict=output_limit
// nsbox:limits: max_output=64KiB
// nsbox:why: Output beyond the limit is drained, counted and ends the program; nobody keeps it all.
#include "probe.h"

int main(void) {
    static char b[65536];
    memset(b, 'x', sizeof b);
    for (int i = 0; i < 1024; i++)
        if (write(1, b, sizeof b) <= 0) break;
    return 0;
}
