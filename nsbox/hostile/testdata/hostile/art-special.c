// nsbox:class: artifacts
// nsbox:expect: contained
// nsbox:artifacts: keep.txt
// nsbox:why: A FIFO blocks whoever opens it, a socket and a whiteout device confuse, a hard link counts twice: none is collected.
#include "probe.h"

int main(void) {
    struct sockaddr_un a = {.sun_family = AF_UNIX, .sun_path = "/workspace/socket"};
    int fd = open("/workspace/keep.txt", O_CREAT | O_WRONLY, 0644);
    if (write(fd, "kept\n", 5) != 5) escaped("nothing can be written");
    mkfifo("/workspace/fifo", 0666);
    mkfifo("/workspace/fifo.png", 0666);
    bind(socket(AF_UNIX, SOCK_STREAM, 0), (struct sockaddr *)&a, sizeof a);
    mknod("/workspace/whiteout", S_IFCHR | 0666, 0);
    close(open("/workspace/one", O_CREAT | O_WRONLY, 0644));
    link("/workspace/one", "/workspace/two");
    link("/workspace/one", "/tmp/three");
    contained("the traps are set");
}
