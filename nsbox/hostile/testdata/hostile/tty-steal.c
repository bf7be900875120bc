// nsbox:class: terminal
// nsbox:expect: contained
// nsbox:why: Without a terminal there is none to take: no controlling terminal, no /dev/tty, no new pseudo-terminals.
#include "probe.h"
#include <termios.h>

int main(void) {
    char sid[16];
    no_open("/dev/tty", O_RDWR);
    no_open("/dev/console", O_RDWR);
    no_open("/dev/ptmx", O_RDWR);
    no_open("/dev/pts/ptmx", O_RDWR);
    for (int i = 0; i < 8; i++) {
        snprintf(sid, sizeof sid, "/dev/pts/%d", i);
        no_open(sid, O_RDWR);
    }
    for (int i = 0; i < 3; i++) {
        refused("TIOCSCTTY", ioctl(i, TIOCSCTTY, 1));
        refused("TIOCSTI", ioctl(i, TIOCSTI, "x"));
        refused("TIOCGPGRP", ioctl(i, TIOCGPGRP, &(int){0}));
    }
    if (getsid(0) <= 0) escaped("the session is outside the namespace: %d", getsid(0));
    if (getpgrp() <= 0) escaped("the process group is outside the namespace: %d", getpgrp());
    pid_t p = fork();
    if (p == 0) {
        setsid();
        no_open("/dev/tty", O_RDWR);
        refused("TIOCSCTTY forced", ioctl(0, TIOCSCTTY, 1));
        _exit(0);
    }
    int st = 0;
    waitpid(p, &st, 0);
    if (WEXITSTATUS(st) == 99) _exit(99);
    finish();
}
