// nsbox:why: POSIX shared memory and semaphores, a pipe, eventfd, timerfd, signalfd and poll between two processes.
// nsbox:stdout: shared 42, pipe hello, event 7, timer 1, signal 10
#include <fcntl.h>
#include <poll.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int fd = shm_open("/box", O_CREAT | O_RDWR, 0600), p[2];
    if (fd < 0 || ftruncate(fd, 4096) || pipe(p)) return perror("shm"), 1;
    int *v = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    sem_t *s = sem_open("/sem", O_CREAT, 0600, 0);
    if (s == SEM_FAILED) return perror("sem"), 1;
    int e = eventfd(0, 0), t = timerfd_create(CLOCK_MONOTONIC, 0);
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigprocmask(SIG_BLOCK, &set, NULL);
    int sf = signalfd(-1, &set, 0);
    if (fork() == 0) {
        *v = 42;
        uint64_t seven = 7;
        if (write(p[1], "hello", 6) != 6 || write(e, &seven, 8) != 8) return 1;
        kill(getppid(), SIGUSR1);
        sem_post(s);
        return 0;
    }
    sem_wait(s);
    char b[16];
    uint64_t n = 0, ticks = 0;
    struct signalfd_siginfo si;
    struct itimerspec it = {{0, 0}, {0, 1000000}};
    timerfd_settime(t, 0, &it, NULL);
    struct pollfd pf = {t, POLLIN, 0};
    if (read(p[0], b, 6) != 6 || read(e, &n, 8) != 8 || poll(&pf, 1, 5000) != 1 || read(t, &ticks, 8) != 8 || read(sf, &si, sizeof si) != sizeof si) return 2;
    wait(NULL);
    printf("shared %d, pipe %s, event %d, timer %d, signal %d\n", *v, b, (int)n, (int)ticks, (int)si.ssi_signo);
    return 0;
}
