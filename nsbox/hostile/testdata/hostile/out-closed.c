// nsbox:class: output
// nsbox:expect: verdict=wall_timeout
// nsbox:limits: timeout=1s
// nsbox:why: Closing every stream must not look like the end of the program, nor hide it from the deadline.
#include "probe.h"

int main(void) {
    for (int fd = 0; fd < 1024; fd++) close(fd);
    sleep(20);
    return 0;
}
