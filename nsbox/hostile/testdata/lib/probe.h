/* What the hostile C programs share. Uploaded beside each of them. */
#ifndef PROBE_H
#define PROBE_H
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define UNUSED __attribute__((unused))
#define MIB (1L << 20)

static UNUSED int tried;

/* One write each, unbuffered, so that a fork never prints twice. */
static UNUSED __attribute__((noreturn, format(printf, 1, 2))) void escaped(const char *fmt, ...) {
    char b[512];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(b, sizeof b, fmt, ap);
    va_end(ap);
    dprintf(1, "ESCAPED %s\n", b);
    _exit(99);
}

static UNUSED __attribute__((noreturn, format(printf, 1, 2))) void contained(const char *fmt, ...) {
    char b[512];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(b, sizeof b, fmt, ap);
    va_end(ap);
    dprintf(1, "CONTAINED %s\n", b);
    _exit(0);
}

/* The call must have failed. Say on stderr how, for whoever reads a failure. */
static UNUSED void refused(const char *what, long rc) {
    int e = errno;
    if (rc >= 0) escaped("%s succeeded with %ld", what, rc);
    tried++;
    dprintf(2, "%s: %s\n", what, strerror(e));
}

static UNUSED void no_open(const char *path, int flags) {
    char what[300];
    snprintf(what, sizeof what, "open(%s, %#x)", path, flags);
    refused(what, open(path, flags | O_CLOEXEC | O_NONBLOCK));
}

static UNUSED __attribute__((noreturn)) void finish(void) { contained("%d attempts refused", tried); }

/* A child that runs f and whose wait status comes back; for what may kill. */
static UNUSED int in_child(void (*f)(void)) {
    pid_t p = fork();
    int st = 0;
    if (p == 0) {
        f();
        _exit(0);
    }
    if (p < 0 || waitpid(p, &st, 0) != p) contained("no child: %s", strerror(errno));
    return st;
}
#endif
