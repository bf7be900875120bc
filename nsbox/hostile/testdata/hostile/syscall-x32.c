// nsbox:class: syscalls
// nsbox:expect: contained
// nsbox:why: The x32 bit names the same calls by other numbers, past a filter that compares for equality.
#include "probe.h"

#define X32 0x40000000L
static void getpid_x32(void) { if (syscall(X32 | 39) == getpid()) _exit(42); }
static void unshare_x32(void) { if (syscall(X32 | 272, 0x10000000) == 0) _exit(42); }
static void ptrace_x32(void) { if (syscall(X32 | 521, 0, 0, 0, 0) == 0) _exit(42); }
static void socket_x32(void) { if (syscall(X32 | 41, 40, 1, 0) >= 0) _exit(42); }

int main(void) {
    void (*f[])(void) = {getpid_x32, unshare_x32, ptrace_x32, socket_x32};
    for (int i = 0; i < 4; i++) {
        int st = in_child(f[i]);
        if (WIFEXITED(st) && WEXITSTATUS(st) == 42) escaped("x32 call %d was served", i);
    }
    contained("no x32 call was served");
}
