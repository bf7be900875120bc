// nsbox:class: signals
// nsbox:expect: contained
// nsbox:why: A double-forked daemon with the output pipes still open neither outlives the program nor delays its result.
#include "probe.h"

int main(void) {
    int p[2];
    if (pipe(p)) contained("no pipe");
    if (fork() == 0) {
        setsid();
        if (fork() == 0) {
            setsid();
            for (int s = 1; s < 65; s++) signal(s, SIG_IGN);
            if (write(p[1], "x", 1) != 1) _exit(1);
            sleep(3);
            escaped("the daemon outlived the program");
        }
        _exit(0);
    }
    char c;
    if (read(p[0], &c, 1) != 1) escaped("no daemon was made, so this tests nothing");
    contained("a daemon is left behind");
}
