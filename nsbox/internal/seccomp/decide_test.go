package seccomp

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// nr returns the number of a call that this architecture has.
func nr(t testing.TB, name string) uint32 {
	t.Helper()
	n, err := number(name)
	if err != nil || n == unnumbered {
		t.Fatalf("%s has no number here: %v", name, err)
	}
	return uint32(n)
}

func decide(t testing.TB, p Program, name string, args ...uint64) Decision {
	t.Helper()
	c := Call{Nr: nr(t, name)}
	copy(c.Args[:], args)
	d, err := p.Decide(c)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

const (
	high    = uint64(1) << 32
	signExt = uint64(0xffffffff_00000000)
)

// decisions is what the profiles say about single calls: each entry is the
// decision of default, strict and compile.
var decisions = []struct {
	call string
	args []uint64
	want [3]string
}{
	{"socket", []uint64{unix.AF_UNIX, unix.SOCK_STREAM | unix.SOCK_CLOEXEC}, [3]string{"allow", "errno 1", "errno 1"}},
	{"socket", []uint64{unix.AF_INET, unix.SOCK_STREAM, unix.IPPROTO_TCP}, [3]string{"allow", "errno 1", "errno 1"}},
	{"socket", []uint64{unix.AF_INET6, unix.SOCK_DGRAM | unix.SOCK_NONBLOCK, unix.IPPROTO_UDP}, [3]string{"allow", "errno 1", "errno 1"}},
	{"socket", []uint64{unix.AF_UNIX | high, unix.SOCK_STREAM | high, high}, [3]string{"allow", "errno 1", "errno 1"}},
	{"socket", []uint64{unix.AF_INET, unix.SOCK_RAW, unix.IPPROTO_ICMP}, [3]string{"errno 1", "errno 1", "errno 1"}},
	{"socket", []uint64{unix.AF_INET, unix.SOCK_DGRAM, unix.IPPROTO_ICMP}, [3]string{"errno 1", "errno 1", "errno 1"}},
	{"socket", []uint64{unix.AF_INET, unix.SOCK_DGRAM, unix.IPPROTO_TCP}, [3]string{"errno 1", "errno 1", "errno 1"}},
	{"socket", []uint64{unix.AF_INET, unix.SOCK_STREAM, unix.IPPROTO_MPTCP}, [3]string{"errno 93", "errno 1", "errno 1"}},
	{"socket", []uint64{unix.AF_INET, unix.SOCK_STREAM, unix.IPPROTO_SCTP}, [3]string{"errno 1", "errno 1", "errno 1"}},
	{"socket", []uint64{unix.AF_NETLINK, unix.SOCK_RAW}, [3]string{"errno 97", "errno 1", "errno 1"}},
	{"socket", []uint64{unix.AF_ALG, unix.SOCK_SEQPACKET}, [3]string{"errno 1", "errno 1", "errno 1"}},
	{"socket", []uint64{unix.AF_ALG | high, unix.SOCK_SEQPACKET}, [3]string{"errno 1", "errno 1", "errno 1"}},
	{"socket", []uint64{unix.AF_VSOCK, unix.SOCK_STREAM}, [3]string{"errno 1", "errno 1", "errno 1"}},
	{"socketpair", []uint64{unix.AF_UNIX, unix.SOCK_STREAM}, [3]string{"allow", "allow", "allow"}},
	{"sendmsg", nil, [3]string{"allow", "errno 1", "allow"}},
	{"socketpair", []uint64{unix.AF_TIPC, unix.SOCK_STREAM}, [3]string{"errno 1", "errno 1", "errno 1"}},
	{"setsockopt", []uint64{3, unix.SOL_SOCKET, unix.SO_REUSEADDR}, [3]string{"allow", "errno 1", "errno 1"}},
	{"setsockopt", []uint64{3, unix.SOL_TCP, unix.TCP_NODELAY}, [3]string{"allow", "errno 1", "errno 1"}},
	{"setsockopt", []uint64{3, unix.SOL_TCP, unix.TCP_ULP}, [3]string{"errno 1", "errno 1", "errno 1"}},
	{"setsockopt", []uint64{3, unix.SOL_TCP | high, unix.TCP_ULP}, [3]string{"errno 1", "errno 1", "errno 1"}},
	{"setsockopt", []uint64{3, unix.SOL_SOCKET, unix.SO_ATTACH_FILTER}, [3]string{"errno 1", "errno 1", "errno 1"}},
	{"setsockopt", []uint64{3, unix.SOL_SOCKET, unix.SO_ATTACH_BPF}, [3]string{"errno 1", "errno 1", "errno 1"}},

	{"clone", []uint64{uint64(unix.SIGCHLD)}, [3]string{"allow", "errno 1", "allow"}},
	{"clone", []uint64{unix.CLONE_VM | unix.CLONE_THREAD | unix.CLONE_SIGHAND}, [3]string{"allow", "allow", "allow"}},
	{"clone", []uint64{unix.CLONE_THREAD | unix.CLONE_NEWNET}, [3]string{"errno 1", "errno 1", "errno 1"}},
	{"clone", []uint64{unix.CLONE_NEWUSER}, [3]string{"errno 1", "errno 1", "errno 1"}},
	{"clone", []uint64{unix.CLONE_NEWUSER | high}, [3]string{"errno 1", "errno 1", "errno 1"}},
	{"clone3", nil, [3]string{"errno 38", "errno 38", "errno 38"}},
	{"execve", nil, [3]string{"allow", "allow", "allow"}},
	{"execveat", nil, [3]string{"allow", "errno 1", "allow"}},
	{"memfd_create", nil, [3]string{"allow", "errno 1", "allow"}},

	{"ioctl", []uint64{0, unix.TCGETS}, [3]string{"allow", "allow", "allow"}},
	{"ioctl", []uint64{0, unix.TIOCGPTN}, [3]string{"allow", "errno 1", "errno 1"}},
	{"ioctl", []uint64{0, unix.TIOCGPTN | signExt}, [3]string{"allow", "errno 1", "errno 1"}},
	{"ioctl", []uint64{0, unix.TIOCSTI}, [3]string{"errno 1", "errno 1", "errno 1"}},
	{"ioctl", []uint64{0, unix.TIOCSTI | high}, [3]string{"errno 1", "errno 1", "errno 1"}},
	{"ioctl", []uint64{0, 0x541c}, [3]string{"errno 1", "errno 1", "errno 1"}}, // TIOCLINUX
	{"ioctl", []uint64{0, unix.TIOCSCTTY}, [3]string{"errno 1", "errno 1", "errno 1"}},
	{"ioctl", []uint64{0, unix.NS_GET_USERNS}, [3]string{"errno 1", "errno 1", "errno 1"}},

	{"prctl", []uint64{unix.PR_SET_NAME}, [3]string{"allow", "allow", "allow"}},
	{"prctl", []uint64{unix.PR_SET_NAME | high}, [3]string{"allow", "allow", "allow"}},
	{"prctl", []uint64{unix.PR_SET_SECCOMP}, [3]string{"errno 1", "errno 1", "errno 1"}},
	{"prctl", []uint64{unix.PR_SET_MM}, [3]string{"errno 1", "errno 1", "errno 1"}},
	{"personality", []uint64{0}, [3]string{"allow", "allow", "allow"}},
	{"personality", []uint64{0xffffffff}, [3]string{"allow", "allow", "allow"}},
	{"personality", []uint64{0x0040000}, [3]string{"errno 1", "errno 1", "errno 1"}}, // ADDR_NO_RANDOMIZE
	{"mknodat", []uint64{0, 0, unix.S_IFIFO | 0o600}, [3]string{"allow", "allow", "allow"}},
	{"mknodat", []uint64{0, 0, 0o644}, [3]string{"allow", "allow", "allow"}},
	{"mknodat", []uint64{0, 0, unix.S_IFCHR | 0o600}, [3]string{"errno 1", "errno 1", "errno 1"}},
	{"mknodat", []uint64{0, 0, unix.S_IFBLK | 0o600}, [3]string{"errno 1", "errno 1", "errno 1"}},

	{"io_uring_setup", nil, [3]string{"errno 38", "errno 38", "errno 38"}},
	{"splice", nil, [3]string{"errno 22", "errno 22", "errno 22"}},
	{"sync", nil, [3]string{"errno 0", "errno 0", "errno 0"}},
	{"shmget", nil, [3]string{"allow", "errno 1", "errno 1"}},
}

func TestDecisions(t *testing.T) {
	for i, name := range []string{"default", "strict", "compile"} {
		prog := compiled(t, name, Options{})
		for _, tc := range decisions {
			if got := decide(t, prog, tc.call, tc.args...).String(); got != tc.want[i] {
				t.Errorf("%s: %s(%#x) is %q, want %q", name, tc.call, tc.args, got, tc.want[i])
			}
		}
	}
}

// out are the calls that no profile may allow, whatever their arguments.
const out = `ptrace process_vm_readv process_vm_writev process_madvise process_mrelease pidfd_getfd kcmp
	splice vmsplice tee io_uring_setup io_uring_enter io_uring_register bpf perf_event_open userfaultfd
	add_key request_key keyctl mount umount2 pivot_root chroot mount_setattr move_mount open_tree fsopen fsconfig
	fsmount fspick setns unshare clone3 name_to_handle_at open_by_handle_at seccomp memfd_secret
	quotactl quotactl_fd acct swapon swapoff reboot kexec_load kexec_file_load init_module finit_module
	delete_module settimeofday clock_settime clock_adjtime adjtimex syslog vhangup nfsservctl lookup_dcookie
	sethostname setdomainname fanotify_init fanotify_mark mbind set_mempolicy migrate_pages move_pages
	remap_file_pages io_setup io_submit io_destroy io_getevents io_cancel sync`

const outX86 = " modify_ldt iopl ioperm create_module get_kernel_syms query_module _sysctl uselib ustat sysfs"

func TestOut(t *testing.T) {
	names := strings.Fields(out)
	if runtime.GOARCH == "amd64" {
		names = append(names, strings.Fields(outX86)...)
	}
	for _, profile := range []string{"default", "strict", "compile", "collect", "files", "default-kill"} {
		prog := compiled(t, profile, Options{})
		for _, name := range names {
			for _, args := range [][]uint64{nil, {1, 1, 1, 1, 1, 1}, {high, high, high, high, high, high}, {^uint64(0), ^uint64(0), ^uint64(0)}} {
				if d := decide(t, prog, name, args...); d.Allowed() {
					t.Errorf("%s allows %s(%x)", profile, name, args)
				}
			}
		}
	}
}

// TestNarrower: strict, compile, collect and files allow nothing that default refuses.
func TestNarrower(t *testing.T) {
	wide := compiled(t, "default", Options{})
	for _, name := range []string{"strict", "compile", "collect", "files"} {
		prog := compiled(t, name, Options{})
		random := rand.New(rand.NewPCG(1, 2))
		for n := range SyscallNames() {
			for range 200 {
				c := Call{Nr: uint32(n), Args: randomArgs(random)}
				d, err := prog.Decide(c)
				if err != nil {
					t.Fatal(err)
				}
				if w, _ := wide.Decide(c); d.Allowed() && !w.Allowed() {
					t.Errorf("%s allows %s(%x), default does not", name, SyscallName(n), c.Args)
				}
			}
		}
	}
}

// randomArgs makes arguments that rules are about: small numbers, ioctl and
// prctl numbers, single bits, and all of that with the upper half set.
func randomArgs(r *rand.Rand) (args [6]uint64) {
	for i := range args {
		switch r.IntN(5) {
		case 0:
			args[i] = r.Uint64N(70)
		case 1:
			args[i] = 0x5400 + r.Uint64N(0x60)
		case 2:
			args[i] = 1 << r.UintN(33)
		case 3:
			args[i] = r.Uint64()
		case 4:
			args[i] = r.Uint64N(70) | high
		}
	}
	return args
}

// TestAgainstRules compares the compiled programs with a direct reading of the
// rules: libseccomp reorders and merges comparisons, and has had bugs there.
func TestAgainstRules(t *testing.T) {
	for _, name := range []string{"default", "strict", "compile", "collect", "files"} {
		p, err := Store{}.Load(name)
		if err != nil {
			t.Fatal(err)
		}
		prog := compiled(t, name, Options{})
		random := rand.New(rand.NewPCG(3, 4))
		for n, call := range SyscallNames() {
			for range 300 {
				c := Call{Nr: uint32(n), Args: randomArgs(random)}
				d, err := prog.Decide(c)
				if err != nil {
					t.Fatal(err)
				}
				if want := p.reading(call, c.Args); d.String() != want {
					t.Fatalf("%s: %s(%x) is %q, its rules say %q", name, call, c.Args, d, want)
				}
			}
		}
	}
}

// reading is what the rules say about a call, by their definition.
func (p *Profile) reading(name string, args [6]uint64) string {
	for _, r := range p.Syscalls {
		for _, n := range r.Names {
			if n == name && r.matches(name, args) {
				if r.Action == Allow {
					return "allow"
				}
				return fmt.Sprintf("errno %d", *r.ErrnoRet)
			}
		}
	}
	return "errno 1"
}

func (r *Rule) matches(name string, args [6]uint64) bool {
	for _, a := range r.Args {
		v := args[a.Index]
		if intArgs[name]&(1<<a.Index) != 0 {
			v = uint64(uint32(v))
		}
		ok := false
		switch a.Op {
		case "SCMP_CMP_EQ":
			ok = v == a.Value
		case "SCMP_CMP_LT":
			ok = v < a.Value
		case opMaskedEQ:
			ok = v&a.Value == a.ValueTwo
		}
		if !ok {
			return false
		}
	}
	return true
}

// TestMasks: every comparison, as masks, says the same as the comparison.
func TestMasks(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	ops := map[string]func(x, v uint32) bool{
		"SCMP_CMP_EQ": func(x, v uint32) bool { return x == v }, "SCMP_CMP_NE": func(x, v uint32) bool { return x != v },
		"SCMP_CMP_LT": func(x, v uint32) bool { return x < v }, "SCMP_CMP_LE": func(x, v uint32) bool { return x <= v },
		"SCMP_CMP_GT": func(x, v uint32) bool { return x > v }, "SCMP_CMP_GE": func(x, v uint32) bool { return x >= v },
	}
	values := []uint32{0, 1, 38, 40, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff}
	for range 50 {
		values = append(values, random.Uint32())
	}
	for op, holds := range ops {
		for _, v := range values {
			ms := masks(op, v)
			for _, x := range append(values, v-1, v+1, v^1<<7) {
				got := false
				for _, m := range ms {
					got = got || x&m.mask == m.value
				}
				if got != holds(x, v) {
					t.Fatalf("%d %s %d is %v by masks", x, op, v, got)
				}
			}
		}
	}
}

// TestHighBits: a denylist on an int argument, as Docker's profile has for
// AF_VSOCK, can't be got round with bits that the kernel ignores.
func TestHighBits(t *testing.T) {
	for _, op := range []string{`"value":40,"op":"SCMP_CMP_NE"`, `"value":40,"op":"SCMP_CMP_LT"},{"index":1,"value":99,"op":"SCMP_CMP_LT"`} {
		p, err := Parse([]byte(rules(`{"names":["socket"],"action":"SCMP_ACT_ALLOW","args":[{"index":0,` + op + `}]}`)))
		if err != nil {
			t.Fatal(err)
		}
		prog, err := p.Compile(Options{})
		if err != nil {
			t.Fatal(err)
		}
		if d := decide(t, prog, "socket", 40|high, 1); d.Allowed() {
			t.Errorf("%s: AF_VSOCK with a high bit is %v", op, d)
		}
		if d := decide(t, prog, "socket", 1|high, 1); !d.Allowed() {
			t.Errorf("%s: AF_UNIX with a high bit is %v", op, d)
		}
	}
}

func TestPrologue(t *testing.T) {
	last, err := newest()
	if err != nil {
		t.Fatal(err)
	}
	prog := compiled(t, "default", Options{})
	for _, tc := range []struct {
		name string
		call Call
		want string
	}{
		{"foreign architecture", Call{Arch: unix.AUDIT_ARCH_S390X, Nr: 3}, "kill process"},
		{"32 bits", Call{Arch: unix.AUDIT_ARCH_I386, Nr: 20}, "kill process"},
		{"x32", Call{Nr: x32Bit | 39}, "kill process"},
		{"x32, past the table", Call{Nr: x32Bit | 900}, "kill process"},
		{"highest bit", Call{Nr: 1 << 31}, "kill process"},
		{"past the table", Call{Nr: uint32(last) + 1}, "errno 38"},
		{"far past the table", Call{Nr: x32Bit - 1}, "errno 38"},
		{"-1", Call{Nr: 1<<32 - 1}, "errno 38"},
	} {
		if d, err := prog.Decide(tc.call); d.String() != tc.want || err != nil {
			t.Errorf("%s: %v, want %s; %v", tc.name, d, tc.want, err)
		}
	}
	if d, err := prog.Decide(Call{Nr: uint32(last)}); d.String() == "errno 38" || err != nil {
		t.Errorf("the newest known call is past the table: %v, %v", d, err)
	}
}

func TestNotifyDenied(t *testing.T) {
	for _, name := range []string{"default", "default-kill"} {
		prog := compiled(t, name, Options{NotifyDenied: true})
		for call, want := range map[string]string{"ptrace": "notify", "read": "allow", "io_uring_setup": "errno 38", "clone3": "errno 38"} {
			if d := decide(t, prog, call); d.String() != want {
				t.Errorf("%s: %s is %v, want %s", name, call, d, want)
			}
		}
		if d, _ := prog.Decide(Call{Arch: unix.AUDIT_ARCH_S390X}); !d.Kills() {
			t.Errorf("%s: a foreign architecture is %v", name, d)
		}
	}
	if d := decide(t, compiled(t, "default-kill", Options{}), "ptrace"); !d.Kills() {
		t.Errorf("default-kill: ptrace is %v", d)
	}
}

func TestSyscallName(t *testing.T) {
	if got := SyscallName(int(nr(t, "ptrace"))); got != "ptrace" {
		t.Errorf("ptrace is called %q", got)
	}
	if got := SyscallName(999); got != "syscall 999" {
		t.Errorf("999 is called %q", got)
	}
	if got := SyscallName(-1); got != "syscall -1" {
		t.Errorf("-1 is called %q", got)
	}
}

func TestProgramBytes(t *testing.T) {
	p := compiled(t, "default", Options{})
	q, err := ParseProgram(p.Bytes())
	if err != nil || len(q) != len(p) {
		t.Fatalf("%d instructions of %d came back: %v", len(q), len(p), err)
	}
	for i := range p {
		if p[i] != q[i] {
			t.Fatalf("instruction %d changed", i)
		}
	}
	if _, err := ParseProgram([]byte("short")); err == nil {
		t.Error("5 bytes were taken for a program")
	}
}
