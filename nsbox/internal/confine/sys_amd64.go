package confine

import "golang.org/x/sys/unix"

const (
	sysClone3 = unix.SYS_CLONE3
	// auditArch is AUDIT_ARCH_X86_64 of linux/audit.h.
	auditArch = 0xc000003e
)
