// nsbox:class: processes
// nsbox:expect: contained
// nsbox:why: Two thousand vforks and execs one after the other wear nothing out.
#include "probe.h"

int main(void) {
    char *const argv[] = {"true", NULL}, *const env[] = {NULL};
    for (int i = 0; i < 2000; i++) {
        pid_t p = vfork();
        if (p == 0) {
            if (i % 20 == 0) execve("/bin/true", argv, env);
            _exit(0);
        }
        if (p < 0 || waitpid(p, NULL, 0) != p) contained("stopped at %d: %s", i, strerror(errno));
    }
    contained("2000 children came and went");
}
