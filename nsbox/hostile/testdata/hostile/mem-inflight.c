// nsbox:class: memory
// nsbox:expect: any-of contained verdict=oom
// nsbox:limits: memory=64MiB
// nsbox:why: Descriptors sent over a socket and never received hide files and their memory from the descriptor limit.
#include "probe.h"

static int give(int via, int fd) {
    char c = 0, ctl[CMSG_SPACE(sizeof(int))] = {0};
    struct iovec v = {&c, 1};
    struct msghdr m = {.msg_iov = &v, .msg_iovlen = 1, .msg_control = ctl, .msg_controllen = sizeof ctl};
    struct cmsghdr *h = CMSG_FIRSTHDR(&m);
    h->cmsg_level = SOL_SOCKET;
    h->cmsg_type = SCM_RIGHTS;
    h->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(h), &fd, sizeof fd);
    return sendmsg(via, &m, MSG_DONTWAIT | MSG_NOSIGNAL);
}

int main(void) {
    static char b[65536];
    long sent = 0, bytes = 0;
    memset(b, 'x', sizeof b);
    for (int i = 0; i < 400; i++) {
        int s[2];
        if (socketpair(AF_UNIX, SOCK_STREAM, 0, s)) break;
        for (int k = 0; k < 200; k++) {
            int p[2];
            ssize_t n;
            if (pipe2(p, O_NONBLOCK)) break;
            while ((n = write(p[1], b, sizeof b)) > 0) bytes += n;
            int ok = give(s[0], p[0]) >= 0;
            close(p[0]);
            close(p[1]);
            if (!ok) break;
            if (++sent > 20000) escaped("%ld descriptors in flight", sent);
            if (bytes > 128 * MIB && sent * 65536 > 128 * MIB) escaped("%ld MiB in flight under a limit of 64", bytes / MIB);
        }
    }
    contained("%ld descriptors in flight, then %s", sent, strerror(errno));
}
