// nsbox:class: proc
// nsbox:expect: contained
// nsbox:cve: CVE-2019-5736, CVE-2016-9962, CVE-2026-41163
// nsbox:why: PID 1 is trusted code; its environment, memory, root, descriptors and binary are not the program's.
#include "probe.h"

int main(void) {
    static const char *files[] = {"environ", "mem", "maps", "smaps", "auxv", "exe", "root", "root/etc/passwd", "cwd",
        "fd", "fd/0", "fd/3", "fdinfo", "map_files", "ns/pid", "ns/user", "ns/mnt", "stack", "syscall", "io",
        "pagemap", "personality", "wchan", "task/1/mem", "task/1/environ", "mountinfo", "cgroup", "setgroups", "attr/current"};
    char path[128], buf[64];
    for (unsigned i = 0; i < sizeof files / sizeof *files; i++) {
        snprintf(path, sizeof path, "/proc/1/%s", files[i]);
        int fd = open(path, O_RDONLY | O_NONBLOCK);
        /* Some open and then refuse or are empty; a byte read is a leak. */
        if (fd >= 0 && read(fd, buf, sizeof buf) > 0) escaped("%s can be read", path);
        tried++;
        refused(path, readlink(path, buf, sizeof buf));
    }
    static const char *writes[] = {"mem", "comm", "oom_score_adj", "oom_adj", "uid_map", "gid_map", "setgroups",
        "clear_refs", "coredump_filter", "attr/exec", "timerslack_ns", "loginuid", "sched", "exe"};
    for (unsigned i = 0; i < sizeof writes / sizeof *writes; i++) {
        snprintf(path, sizeof path, "/proc/1/%s", writes[i]);
        no_open(path, O_WRONLY);
    }
    finish();
}
