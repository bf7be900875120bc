// nsbox:class: proc
// nsbox:expect: contained
// nsbox:cve: CVE-2019-5736
// nsbox:why: Overwriting the running binary through /proc/self/exe is how runc itself was replaced on the host.
#include "probe.h"

int main(void) {
    no_open("/proc/self/exe", O_WRONLY);
    no_open("/proc/self/exe", O_RDWR | O_TRUNC);
    refused("truncate", truncate("/proc/self/exe", 0));
    refused("chmod", chmod("/proc/self/exe", 0777));
    refused("unlink", unlink("/proc/self/exe"));
    int fd = open("/proc/self/exe", O_PATH);
    if (fd >= 0) {
        pid_t p = fork();
        if (p > 0) {
            int st;
            waitpid(p, &st, 0);
            if (WIFEXITED(st) && WEXITSTATUS(st) == 99) _exit(99);
            finish();
        }
        dup2(fd, 9);
        /* A shell runs now in our place, so ETXTBSY no longer protects the file. */
        execl("/bin/sh", "sh", "-c", "if : 2>/dev/null >>/proc/self/fd/9; then echo ESCAPED the binary opens for writing; exit 99; fi", NULL);
        _exit(0);
    }
    finish();
}
