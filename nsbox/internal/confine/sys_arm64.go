package confine

import "golang.org/x/sys/unix"

const (
	sysClone3 = unix.SYS_CLONE3
	// auditArch is AUDIT_ARCH_AARCH64 of linux/audit.h.
	auditArch = 0xc00000b7
)
