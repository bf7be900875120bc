// nsbox:class: kernel
// nsbox:expect: contained
// nsbox:why: Host name, clocks and power belong to the host; values already in force are used, so that success would do no harm.
#include "probe.h"
#include <sys/time.h>
#include <sys/timex.h>

int main(void) {
    struct timeval tv;
    struct timespec ts;
    struct timex tx = {.modes = ADJ_OFFSET_SINGLESHOT};
    gettimeofday(&tv, NULL);
    clock_gettime(CLOCK_REALTIME, &ts);
    refused("sethostname", sethostname("nsbox", 5));
    refused("setdomainname", setdomainname("x", 1));
    refused("settimeofday", settimeofday(&tv, NULL));
    refused("clock_settime", clock_settime(CLOCK_REALTIME, &ts));
    refused("adjtimex", syscall(SYS_adjtimex, &tx));
    refused("clock_adjtime", syscall(SYS_clock_adjtime, CLOCK_REALTIME, &tx));
    refused("reboot", syscall(SYS_reboot, 0xfee1dead, 672274793, 0 /* CAD_OFF */, NULL));
    finish();
}
