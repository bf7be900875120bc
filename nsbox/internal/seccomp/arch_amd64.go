package seccomp

import "golang.org/x/sys/unix"

// auditArch is the native architecture as filters see it.
const auditArch = unix.AUDIT_ARCH_X86_64
