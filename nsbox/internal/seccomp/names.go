package seccomp

import (
	"fmt"
	"slices"

	lib "github.com/seccomp/libseccomp-golang"
)

// newer are system calls that older versions of libseccomp do not know, with
// the kernel that brought them. A profile may name them. Where the library does
// not know one, the rule is without effect and the call gets ENOSYS, as from an
// older kernel; all of them have an older way that C libraries fall back to.
var newer = []string{
	"riscv_hwprobe", "cachestat", "fchmodat2", // 6.4, 6.5, 6.6
	"map_shadow_stack", "futex_wake", "futex_wait", "futex_requeue", // 6.6, 6.7
	"statmount", "listmount", "lsm_get_self_attr", "lsm_set_self_attr", "lsm_list_modules", // 6.8
	"mseal", "uretprobe", // 6.10, 6.11
	"setxattrat", "getxattrat", "listxattrat", "removexattrat", // 6.13
	"open_tree_attr", "file_getattr", "file_setattr", // 6.15, 6.17
	"uprobe", "listns", "rseq_slice_yield", // 6.18 and later
}

// unnumbered is what number returns for a call that the native architecture or
// the library has no number for.
const unnumbered = -1

// number returns the native number of a system call, or unnumbered if it
// exists elsewhere only. Names that nobody knows are an error.
func number(name string) (int, error) {
	nr, err := lib.GetSyscallFromName(name)
	if err != nil {
		if slices.Contains(newer, name) {
			return unnumbered, nil
		}
		return 0, fmt.Errorf("there is no system call %q", name)
	}
	if nr < 0 { // the library's stand-in for calls of other architectures
		return unnumbered, nil
	}
	return int(nr), nil
}

// SyscallName returns the name of a native system call, "syscall 999" if
// libseccomp has none for it.
func SyscallName(nr int) string {
	if name, err := lib.ScmpSyscall(nr).GetName(); err == nil && nr >= 0 {
		return name
	}
	return fmt.Sprintf("syscall %d", nr)
}

// SyscallNames returns the native system calls that libseccomp knows, by number.
func SyscallNames() map[int]string {
	out := map[int]string{}
	for nr := range searchEnd {
		if name, err := lib.ScmpSyscall(nr).GetName(); err == nil {
			out[nr] = name
		}
	}
	return out
}

// searchEnd is a number that no architecture's table has reached; they grow by
// about ten a year and stood at 470 in 2025.
const searchEnd = 800

// newest returns the highest native number that libseccomp knows.
func newest() (int, error) {
	for nr := searchEnd; nr > 0; nr-- {
		if _, err := lib.ScmpSyscall(nr).GetName(); err == nil {
			return nr, nil
		}
	}
	return 0, fmt.Errorf("libseccomp knows no system call")
}
