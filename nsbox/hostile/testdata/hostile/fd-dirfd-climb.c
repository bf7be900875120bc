// nsbox:class: descriptors
// nsbox:expect: contained
// nsbox:cve: CVE-2024-21626
// nsbox:args: {canary}
// nsbox:why: A leaked directory descriptor or working directory outside the root climbs to the host by ../../.. .
#include "probe.h"

int main(int argc, char **argv) {
    const char *canary = argc > 1 ? argv[1] : "/etc/machine-id";
    char cwd[4096], path[4500];
    struct stat root, up;
    if (!getcwd(cwd, sizeof cwd) || cwd[0] != '/') escaped("working directory is outside the root: %s", cwd);
    if (strcmp(cwd, "/workspace")) escaped("working directory is %s", cwd);
    stat("/", &root);
    char climb[400] = "";
    for (int i = 0; i < 60; i++) strcat(climb, "../");
    if (stat(climb, &up) || up.st_ino != root.st_ino || up.st_dev != root.st_dev)
        escaped("../.. from the working directory is not the root");
    for (int fd = 0; fd < 1024; fd++) {
        snprintf(path, sizeof path, "%s%s", climb, canary);
        int f = openat(fd, path, O_RDONLY | O_CLOEXEC);
        if (f >= 0) escaped("the host's %s opens through descriptor %d", canary, fd);
        snprintf(path, sizeof path, "/proc/self/fd/%d/%s%s", fd, climb, canary);
        if ((f = open(path, O_RDONLY | O_CLOEXEC)) >= 0) escaped("%s opens", path);
    }
    static const char *links[] = {"/proc/self/cwd", "/proc/self/root", "/proc/thread-self/root", "/proc/self/task/../cwd"};
    for (int i = 0; i < 4; i++) {
        snprintf(path, sizeof path, "%s/%s%s", links[i], climb, canary);
        no_open(path, O_RDONLY);
    }
    finish();
}
