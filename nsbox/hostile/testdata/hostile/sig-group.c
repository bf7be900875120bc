// nsbox:class: signals
// nsbox:expect: verdict=signal
// nsbox:why: SIGKILL to the program's whole group ends the program and nothing above it, and is reported as its own end.
#include "probe.h"

int main(void) {
    for (int i = 0; i < 4; i++)
        if (fork() == 0) {
            alarm(20);
            for (;;) pause();
        }
    kill(0, SIGKILL);
    escaped("still alive");
}
