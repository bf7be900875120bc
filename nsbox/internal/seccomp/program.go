package seccomp

import (
	"encoding/binary"
	"errors"
	"fmt"

	"golang.org/x/sys/unix"
)

// maxInstructions is the kernel's BPF_MAXINSNS.
const maxInstructions = 4096

// x32Bit marks calls of the x32 ABI, which share AUDIT_ARCH_X86_64
// (__X32_SYSCALL_BIT). On other architectures no number reaches it.
const x32Bit = 0x40000000

// Offsets in struct seccomp_data.
const (
	offNr   = 0
	offArch = 4
)

// instructionSize is that of struct sock_filter.
const instructionSize = 8

// Program is a compiled filter.
type Program []unix.SockFilter

// Bytes returns the program as an array of struct sock_filter.
func (p Program) Bytes() []byte {
	b := make([]byte, 0, len(p)*instructionSize)
	for _, f := range p {
		b = binary.NativeEndian.AppendUint16(b, f.Code)
		b = append(b, f.Jt, f.Jf)
		b = binary.NativeEndian.AppendUint32(b, f.K)
	}
	return b
}

// ParseProgram reads what Bytes wrote.
func ParseProgram(b []byte) (Program, error) {
	if len(b) == 0 || len(b)%instructionSize != 0 {
		return nil, fmt.Errorf("%d bytes are not a BPF program", len(b))
	}
	var p Program
	for ; len(b) > 0; b = b[instructionSize:] {
		p = append(p, unix.SockFilter{
			Code: binary.NativeEndian.Uint16(b), Jt: b[2], Jf: b[3], K: binary.NativeEndian.Uint32(b[4:]),
		})
	}
	return p, nil
}

// prologue kills on a foreign architecture and on the x32 bit, and answers
// ENOSYS to numbers above last. The number -1 is what a tracer writes to skip a
// call; nobody traces here, and it is past the table like any other.
func prologue(last uint32) Program {
	const load, jeq, jgt, jge, ret = unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K,
		unix.BPF_JMP | unix.BPF_JGT | unix.BPF_K, unix.BPF_JMP | unix.BPF_JGE | unix.BPF_K, unix.BPF_RET | unix.BPF_K
	return Program{
		{Code: load, K: offArch},
		{Code: jeq, K: auditArch, Jt: 1},
		{Code: ret, K: unix.SECCOMP_RET_KILL_PROCESS},
		{Code: load, K: offNr},
		{Code: jgt, K: last, Jf: 4},      // known: on to the rules
		{Code: jeq, K: 1<<32 - 1, Jt: 2}, // -1: ENOSYS
		{Code: jge, K: x32Bit, Jf: 1},    // x32: kill
		{Code: ret, K: unix.SECCOMP_RET_KILL_PROCESS},
		{Code: ret, K: unix.SECCOMP_RET_ERRNO | uint32(unix.ENOSYS)},
	}
}

// Call is a system call as a filter sees it. The zero Arch is the native one.
type Call struct {
	Arch uint32
	Nr   uint32
	Args [6]uint64
}

// Decision is what a filter returns: an action and its data.
type Decision uint32

// Allowed tells whether the call is carried out.
func (d Decision) Allowed() bool {
	a := d.action()
	return a == unix.SECCOMP_RET_ALLOW || a == unix.SECCOMP_RET_LOG
}

// Errno returns the error that the call gets, if the decision is to return one.
func (d Decision) Errno() (errno unix.Errno, ok bool) {
	return unix.Errno(d & unix.SECCOMP_RET_DATA), d.action() == unix.SECCOMP_RET_ERRNO
}

// Kills tells whether the process or thread ends.
func (d Decision) Kills() bool {
	a := d.action()
	return a == unix.SECCOMP_RET_KILL_PROCESS || a == unix.SECCOMP_RET_KILL_THREAD
}

// Notifies tells whether a supervisor is asked.
func (d Decision) Notifies() bool { return d.action() == unix.SECCOMP_RET_USER_NOTIF }

func (d Decision) action() uint32 { return uint32(d) & unix.SECCOMP_RET_ACTION_FULL }

// String names the decision: "allow", "errno 1", "kill process".
func (d Decision) String() string {
	switch d.action() {
	case unix.SECCOMP_RET_ALLOW:
		return "allow"
	case unix.SECCOMP_RET_LOG:
		return "log"
	case unix.SECCOMP_RET_ERRNO:
		return fmt.Sprintf("errno %d", d&unix.SECCOMP_RET_DATA)
	case unix.SECCOMP_RET_KILL_PROCESS:
		return "kill process"
	case unix.SECCOMP_RET_KILL_THREAD:
		return "kill thread"
	case unix.SECCOMP_RET_TRAP:
		return "trap"
	case unix.SECCOMP_RET_USER_NOTIF:
		return "notify"
	}
	return fmt.Sprintf("action %#x", uint32(d))
}

var errProgram = errors.New("BPF program ends without an answer")

// Decide runs the program on c as the kernel would, without a kernel.
func (p Program) Decide(c Call) (Decision, error) {
	if c.Arch == 0 {
		c.Arch = auditArch
	}
	data := make([]byte, 0, 64)
	data = binary.NativeEndian.AppendUint32(data, c.Nr)
	data = binary.NativeEndian.AppendUint32(data, c.Arch)
	data = binary.NativeEndian.AppendUint64(data, 0) // instruction pointer
	for _, a := range c.Args {
		data = binary.NativeEndian.AppendUint64(data, a)
	}
	var acc uint32
	for pc := 0; pc < len(p); pc++ {
		in := p[pc]
		jump := func(yes bool) {
			if yes {
				pc += int(in.Jt)
			} else {
				pc += int(in.Jf)
			}
		}
		switch in.Code {
		case unix.BPF_LD | unix.BPF_W | unix.BPF_ABS:
			if in.K%4 != 0 || in.K >= uint32(len(data)) {
				return 0, fmt.Errorf("BPF instruction %d loads from %d, outside the data", pc, in.K)
			}
			acc = binary.NativeEndian.Uint32(data[in.K:])
		case unix.BPF_ALU | unix.BPF_AND | unix.BPF_K:
			acc &= in.K
		case unix.BPF_JMP | unix.BPF_JA:
			pc += int(in.K)
		case unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K:
			jump(acc == in.K)
		case unix.BPF_JMP | unix.BPF_JGT | unix.BPF_K:
			jump(acc > in.K)
		case unix.BPF_JMP | unix.BPF_JGE | unix.BPF_K:
			jump(acc >= in.K)
		case unix.BPF_JMP | unix.BPF_JSET | unix.BPF_K:
			jump(acc&in.K != 0)
		case unix.BPF_RET | unix.BPF_K:
			return Decision(in.K), nil
		default:
			return 0, fmt.Errorf("BPF instruction %d has code %#x, which filters do not use", pc, in.Code)
		}
	}
	return 0, errProgram
}
