// nsbox:class: proc
// nsbox:expect: contained
// nsbox:why: The files of a process's own /proc directory that change ids, oom order or audit identity stay shut.
#include "probe.h"

static void no_write(const char *path, const char *text) {
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    refused(path, fd < 0 ? -1 : write(fd, text, strlen(text)));
}

int main(void) {
    no_write("/proc/self/uid_map", "0 0 1\n");
    no_write("/proc/self/gid_map", "0 0 1\n");
    no_write("/proc/self/projid_map", "0 0 1\n");
    no_write("/proc/self/setgroups", "allow\n");
    no_write("/proc/self/oom_score_adj", "-1000\n");
    /* Audit lets anybody set an unset login uid, once, but only to an id of the
       own namespace: a host's id must not be had. 0 in here is nobody there. */
    no_write("/proc/self/loginuid", "65534\n");
    no_write("/proc/self/loginuid", "100000\n");
    no_write("/proc/self/sessionid", "0\n");
    no_write("/proc/self/timens_offsets", "monotonic 1000 0\n");
    no_write("/proc/self/attr/exec", "unconfined\n");
    refused("rename", rename("/proc/self/exe", "/workspace/exe"));
    refused("unlink", unlink("/proc/self/status"));
    refused("mkdir", mkdir("/proc/self/x", 0755));
    refused("chmod", chmod("/proc/self/environ", 0777));
    finish();
}
