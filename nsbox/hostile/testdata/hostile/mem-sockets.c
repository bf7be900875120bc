// nsbox:class: memory
// nsbox:expect: any-of contained verdict=oom
// nsbox:limits: memory=64MiB
// nsbox:why: Unread data in socket buffers is kernel memory, and a buffer may be asked to grow.
#include "probe.h"

int main(void) {
    static char b[65536];
    long total = 0;
    memset(b, 'x', sizeof b);
    for (int i = 0; i < 480; i++) {
        int s[2], size = 1 << 30;
        ssize_t n;
        if (socketpair(AF_UNIX, i % 2 ? SOCK_STREAM : SOCK_DGRAM, 0, s)) break;
        for (int k = 0; k < 2; k++) {
            setsockopt(s[k], SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
            fcntl(s[k], F_SETFL, O_NONBLOCK);
        }
        for (int k = 0; k < 2; k++)
            while ((n = send(s[k], b, sizeof b, MSG_NOSIGNAL)) > 0) total += n;
        if (total > 128 * MIB) escaped("%ld MiB in sockets under a limit of 64", total / MIB);
    }
    contained("%ld KiB in sockets", total / 1024);
}
