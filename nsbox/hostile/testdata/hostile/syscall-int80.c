// nsbox:class: syscalls
// nsbox:expect: contained
// nsbox:why: The 32-bit entry has other call numbers; a filter that looks at numbers only lets anything through there.
#include "probe.h"

#ifdef __x86_64__
static long call32(long nr, long a, long b, long c) {
    long r;
    __asm__ volatile("int $0x80" : "=a"(r) : "a"(nr), "b"(a), "c"(b), "d"(c) : "memory", "r8", "r9", "r10", "r11");
    return (int)r;
}
static void getpid32(void) { if (call32(20, 0, 0, 0) == getpid()) _exit(42); }
static void getuid32(void) { if (call32(199, 0, 0, 0) == (long)getuid()) _exit(42); }
static void vsock32(void) { if (call32(359, 40, 1, 0) >= 0) _exit(42); }
static void unshare32(void) { if (call32(310, 0x10000000, 0, 0) >= 0) _exit(42); }
static void keyctl32(void) { if (call32(288, 0, -3, 1) >= 0) _exit(42); }
#endif

int main(void) {
#ifdef __x86_64__
    void (*f[])(void) = {getpid32, getuid32, vsock32, unshare32, keyctl32};
    for (int i = 0; i < 5; i++) {
        int st = in_child(f[i]);
        if (WIFEXITED(st) && WEXITSTATUS(st) == 42) escaped("32-bit call %d was served", i);
        if (WIFSIGNALED(st)) dprintf(2, "32-bit call %d: %s\n", i, strsignal(WTERMSIG(st)));
    }
#endif
    contained("no 32-bit call was served");
}
