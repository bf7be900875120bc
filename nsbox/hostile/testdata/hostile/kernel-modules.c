// nsbox:class: kernel
// nsbox:expect: contained
// nsbox:why: Modules, kexec, port and swap calls are root's; none may get as far as looking at its arguments.
#include "probe.h"

int main(void) {
    int fd = open("/dev/null", O_RDONLY);
    refused("init_module", syscall(SYS_init_module, "", 0, ""));
    refused("finit_module", syscall(SYS_finit_module, fd, "", 0));
    refused("delete_module", syscall(SYS_delete_module, "nsbox_none", O_NONBLOCK));
    refused("kexec_load", syscall(SYS_kexec_load, 0, 0, NULL, 0));
    refused("kexec_file_load", syscall(SYS_kexec_file_load, fd, fd, 0, "", 0));
    refused("swapoff", syscall(SYS_swapoff, "/workspace/none"));
    refused("acct", syscall(SYS_acct, "/workspace/none"));
    refused("quotactl", syscall(SYS_quotactl, 0x80000100, NULL, 0, NULL));
    refused("lookup_dcookie", syscall(212, 0, NULL, 0));
#ifdef __x86_64__
    refused("iopl", syscall(SYS_iopl, 3));
    refused("ioperm", syscall(SYS_ioperm, 0x80, 1, 1));
    refused("modify_ldt", syscall(SYS_modify_ldt, 0, NULL, 0));
#endif
    refused("seccomp user notification", syscall(SYS_seccomp, 1, 8, NULL));
    refused("fanotify_init", syscall(SYS_fanotify_init, 0x200, 0));
    refused("vhangup", syscall(SYS_vhangup));
    finish();
}
