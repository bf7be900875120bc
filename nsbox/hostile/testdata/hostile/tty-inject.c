// nsbox:class: terminal
// nsbox:expect: contained
// nsbox:cve: CVE-2017-5226, CVE-2019-10063, CVE-2023-28100
// nsbox:tty: yes
// nsbox:why: With a terminal: pushing input into it, or into the console, would type commands for whoever reads it next.
#include "probe.h"
#include <termios.h>

int main(void) {
    if (!isatty(0)) escaped("descriptor 0 is no terminal, so this tests nothing");
    static const unsigned long high[] = {0, 1UL << 32, 0xffffffffUL << 32};
    int fd = open("/dev/tty", O_RDWR | O_NONBLOCK);
    for (int h = 0; h < 3; h++)
        for (int i = -1; i < 3; i++) {
            int f = i < 0 ? fd : i;
            refused("TIOCSTI", syscall(SYS_ioctl, f, TIOCSTI | high[h], "x"));
            for (char sub = 1; sub < 18; sub++) refused("TIOCLINUX", syscall(SYS_ioctl, f, 0x541c | high[h], &sub));
            refused("TIOCCONS", syscall(SYS_ioctl, f, TIOCCONS | high[h], 0));
            refused("TIOCSETD", syscall(SYS_ioctl, f, TIOCSETD | high[h], &(int){21}));
        }
    no_open("/dev/console", O_RDWR);
    no_open("/dev/tty0", O_RDWR);
    no_open("/dev/tty1", O_RDWR);
    no_open("/dev/vcs", O_RDONLY);
    no_open("/dev/pts/1", O_RDWR);
    no_open("/dev/pts/2", O_RDWR);
    finish();
}
