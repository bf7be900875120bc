// nsbox:class: signals
// nsbox:expect: contained
// nsbox:why: Thirty stubborn children, each in a session of its own and some of them stopped, end with the program.
#include "probe.h"

int main(void) {
    for (int i = 0; i < 30; i++)
        if (fork() == 0) {
            setsid();
            for (int s = 1; s < 65; s++) signal(s, SIG_IGN);
            alarm(20);
            signal(SIGALRM, SIG_DFL);
            if (i % 3 == 0) raise(SIGSTOP);
            for (;;) usleep(100000);
        }
    usleep(50000);
    contained("30 children are left behind");
}
