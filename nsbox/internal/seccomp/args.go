package seccomp

import (
	"fmt"
	"math"

	lib "github.com/seccomp/libseccomp-golang"
)

const opMaskedEQ = "SCMP_CMP_MASKED_EQ"

var compareOps = []string{"SCMP_CMP_EQ", "SCMP_CMP_NE", "SCMP_CMP_LT", "SCMP_CMP_LE", "SCMP_CMP_GT", "SCMP_CMP_GE", opMaskedEQ}

var libOps = map[string]lib.ScmpCompareOp{
	"SCMP_CMP_EQ": lib.CompareEqual, "SCMP_CMP_NE": lib.CompareNotEqual,
	"SCMP_CMP_LT": lib.CompareLess, "SCMP_CMP_LE": lib.CompareLessOrEqual,
	"SCMP_CMP_GT": lib.CompareGreater, "SCMP_CMP_GE": lib.CompareGreaterEqual,
	opMaskedEQ: lib.CompareMaskedEqual,
}

// maxAlternatives bounds what one rule may grow to.
const maxAlternatives = 256

// intArgs tells, by system call, which arguments the kernel declares as 32 bits
// wide or less: a bit for each index. Calls whose arguments a filter would
// hardly test are left out; for them all 64 bits are compared.
//
// clone's flags are an unsigned long of which kernel_clone() takes the lower
// half.
var intArgs = map[string]uint8{
	"accept4": 1<<0 | 1<<3, "arch_prctl": 1 << 0, "bind": 1 << 0, "bpf": 1<<0 | 1<<2, "clock_adjtime": 1 << 0,
	"clock_settime": 1 << 0, "clone": 1 << 0, "close_range": 1<<0 | 1<<1 | 1<<2, "connect": 1 << 0,
	"dup3": 1<<0 | 1<<1 | 1<<2, "epoll_create1": 1 << 0, "epoll_ctl": 1<<0 | 1<<1 | 1<<2, "eventfd2": 1<<0 | 1<<1,
	"execveat": 1<<0 | 1<<4, "faccessat2": 1<<0 | 1<<2 | 1<<3, "fcntl": 1<<0 | 1<<1, "flock": 1<<0 | 1<<1,
	"futex": 1<<1 | 1<<2, "getsockopt": 1<<0 | 1<<1 | 1<<2, "inotify_init1": 1 << 0, "ioctl": 1<<0 | 1<<1,
	"ioprio_set": 1<<0 | 1<<1 | 1<<2, "keyctl": 1 << 0, "kill": 1<<0 | 1<<1, "landlock_create_ruleset": 1 << 2,
	"lseek": 1<<0 | 1<<2, "madvise": 1 << 2, "memfd_create": 1 << 1, "memfd_secret": 1 << 0, "mknod": 1<<1 | 1<<2,
	"mknodat": 1<<0 | 1<<2 | 1<<3, "mlock2": 1 << 2, "mlockall": 1 << 0, "msgctl": 1<<0 | 1<<1, "msgget": 1<<0 | 1<<1,
	"open": 1<<1 | 1<<2, "openat": 1<<0 | 1<<2 | 1<<3, "personality": 1 << 0, "pidfd_open": 1<<0 | 1<<1,
	"pidfd_send_signal": 1<<0 | 1<<1 | 1<<3, "pipe2": 1 << 1, "prctl": 1 << 0, "prlimit64": 1<<0 | 1<<1,
	"quotactl": 1 << 0, "renameat2": 1<<0 | 1<<2 | 1<<4, "sched_setscheduler": 1<<0 | 1<<1, "seccomp": 1<<0 | 1<<1,
	"semctl": 1<<0 | 1<<1 | 1<<2, "semget": 1<<0 | 1<<1 | 1<<2, "sendmsg": 1<<0 | 1<<2, "sendto": 1<<0 | 1<<3 | 1<<5,
	"setns": 1<<0 | 1<<1, "setpriority": 1<<0 | 1<<1 | 1<<2, "setrlimit": 1 << 0, "setsockopt": 1<<0 | 1<<1 | 1<<2 | 1<<4,
	"shmat": 1<<0 | 1<<2, "shmctl": 1<<0 | 1<<1, "shmget": 1<<0 | 1<<2, "signalfd4": 1<<0 | 1<<3,
	"socket": 1<<0 | 1<<1 | 1<<2, "socketpair": 1<<0 | 1<<1 | 1<<2, "syslog": 1<<0 | 1<<2, "tgkill": 1<<0 | 1<<1 | 1<<2,
	"timer_create": 1 << 0, "timerfd_create": 1<<0 | 1<<1, "tkill": 1<<0 | 1<<1, "unlinkat": 1<<0 | 1<<2,
	"wait4": 1<<0 | 1<<2, "waitid": 1<<0 | 1<<1 | 1<<3,
}

// conditions returns what a rule's arguments come to for one system call: a
// list of alternatives, each a list of comparisons that must all hold.
func conditions(call string, args []Arg) ([][]lib.ScmpCondition, error) {
	alternatives := [][]lib.ScmpCondition{nil}
	for _, a := range args {
		each, err := a.alternatives(intArgs[call]&(1<<a.Index) != 0)
		if err != nil {
			return nil, fmt.Errorf("%s: argument %d: %w", call, a.Index, err)
		}
		if len(alternatives)*len(each) > maxAlternatives {
			return nil, fmt.Errorf("%s: the comparisons of one rule come to more than %d alternatives: use SCMP_CMP_EQ or %s", call, maxAlternatives, opMaskedEQ)
		}
		var next [][]lib.ScmpCondition
		for _, sofar := range alternatives {
			for _, c := range each {
				next = append(next, append(sofar[:len(sofar):len(sofar)], c))
			}
		}
		alternatives = next
	}
	return alternatives, nil
}

// alternatives returns the comparisons of which one must hold for a to hold. An
// argument of 32 bits is compared by masks alone, as libseccomp's other
// operators look at all 64 bits.
func (a Arg) alternatives(narrow bool) ([]lib.ScmpCondition, error) {
	if !narrow {
		values := []uint64{a.Value}
		if a.Op == opMaskedEQ {
			values = append(values, a.ValueTwo)
		}
		c, err := lib.MakeCondition(a.Index, libOps[a.Op], values...)
		return []lib.ScmpCondition{c}, err
	}
	if a.Op == opMaskedEQ {
		if a.ValueTwo > math.MaxUint32 {
			return nil, fmt.Errorf("%#x never matches: the kernel takes 32 bits of it", a.ValueTwo)
		}
		// Bits above the lower half are not there for the kernel.
		c, err := lib.MakeCondition(a.Index, lib.CompareMaskedEqual, a.Value&math.MaxUint32, a.ValueTwo)
		return []lib.ScmpCondition{c}, err
	}
	if a.Value > math.MaxUint32 {
		return nil, fmt.Errorf("%#x is too large: the kernel takes 32 bits of it", a.Value)
	}
	var out []lib.ScmpCondition
	for _, m := range masks(a.Op, uint32(a.Value)) {
		c, err := lib.MakeCondition(a.Index, lib.CompareMaskedEqual, uint64(m.mask), uint64(m.value))
		if err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("%s %d never holds", a.Op, a.Value)
	}
	return out, nil
}

type maskedValue struct{ mask, value uint32 }

// masks expresses an unsigned comparison with v as masks, of which one must
// match. x > v where the two agree above some bit that is set in x and clear in
// v, x < v the other way round, and x != v where some bit differs.
func masks(op string, v uint32) []maskedValue {
	above := func(wantSet bool) (out []maskedValue) {
		for bit := 31; bit >= 0; bit-- {
			one := uint32(1) << bit
			if set := v&one != 0; set == wantSet {
				continue
			}
			mask := ^(one - 1)
			out = append(out, maskedValue{mask, (v ^ one) & mask})
		}
		return out
	}
	all := maskedValue{math.MaxUint32, v}
	switch op {
	case "SCMP_CMP_EQ":
		return []maskedValue{all}
	case "SCMP_CMP_GT":
		return above(true)
	case "SCMP_CMP_GE":
		return append(above(true), all)
	case "SCMP_CMP_LT":
		return above(false)
	case "SCMP_CMP_LE":
		return append(above(false), all)
	case "SCMP_CMP_NE":
		return append(above(true), above(false)...)
	}
	return nil
}
