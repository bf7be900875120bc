// nsbox:class: signals
// nsbox:expect: contained
// nsbox:why: PID 1 takes no signal from the program, and one to everybody spares it.
#include "probe.h"

int main(void) {
    static const int sig[] = {SIGKILL, SIGSTOP, SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGSEGV, SIGUSR1, SIGCHLD, SIGCONT, SIGABRT, SIGPIPE, 34, 64};
    union sigval v = {0};
    int fd = syscall(434, 1, 0);
    for (unsigned i = 0; i < sizeof sig / sizeof *sig; i++) {
        refused("kill 1", kill(1, sig[i]));
        refused("tkill 1", syscall(SYS_tkill, 1, sig[i]));
        refused("tgkill 1", syscall(SYS_tgkill, 1, 1, sig[i]));
        refused("sigqueue 1", sigqueue(1, sig[i], v));
        if (fd >= 0) refused("pidfd_send_signal 1", syscall(424, fd, sig[i], NULL, 0));
    }
    kill(-1, SIGCONT);
    kill(-1, SIGSTOP); /* never the caller */
    kill(-1, SIGKILL);
    for (pid_t p = 2; p < 400; p++)
        if (p != getpid() && kill(p, SIGKILL) == 0) escaped("process %d was killed", p);
    if (kill(1, 0) == -1 && errno == ESRCH) escaped("PID 1 is gone");
    finish();
}
