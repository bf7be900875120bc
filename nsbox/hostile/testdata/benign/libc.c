// nsbox:why: What an ordinary C program does: getline, qsort, math, time, setjmp, signals on a stack of their own, dynamic loading.
// nsbox:args: x y
// nsbox:stdin: pear fig apple
// nsbox:stdout: apple fig pear 1.414 jumped 3 segv 1970 ok
#include <dlfcn.h>
#include <math.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static int by_name(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }
static sigjmp_buf back;
static void on_segv(int s) { siglongjmp(back, s); }

int main(int argc, char **argv) {
    char *line = NULL, *w[8];
    size_t cap = 0;
    int n = 0;
    if (getline(&line, &cap, stdin) < 0) return 1;
    for (char *t = strtok(line, " \n"); t; t = strtok(NULL, " \n")) w[n++] = t;
    qsort(w, n, sizeof *w, by_name);
    stack_t ss = {.ss_sp = malloc(65536), .ss_size = 65536};
    struct sigaction sa = {.sa_handler = on_segv, .sa_flags = SA_ONSTACK};
    sigaltstack(&ss, NULL);
    sigaction(SIGSEGV, &sa, NULL);
    const char *segv = "no";
    if (sigsetjmp(back, 1) == 0) raise(SIGSEGV);
    else segv = "segv";
    jmp_buf j;
    volatile int v = 2;
    if (setjmp(j) == 0) {
        v++;
        longjmp(j, 1);
    }
    time_t zero = 0;
    void *self = dlopen(NULL, RTLD_NOW);
    volatile double two = 2;
    printf("%s %s %s %.3f jumped %d %s %d %s\n", w[0], w[1], w[2], sqrt(two), v, segv, gmtime(&zero)->tm_year + 1900,
           self && dlsym(self, "printf") && argc == 3 && argv[1] ? "ok" : "bad");
    return 0;
}
