package seccomp

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"

	lib "github.com/seccomp/libseccomp-golang"
	"golang.org/x/sys/unix"
)

// Options change how a profile is compiled. The zero value is the usual way.
type Options struct {
	// NotifyDenied hands the calls that no rule mentions to a supervisor
	// (SECCOMP_RET_USER_NOTIF) instead of applying the default action, so that it
	// can name them. Explicit rules stay as they are. The filter has to be loaded
	// with SECCOMP_FILTER_FLAG_NEW_LISTENER, and the supervisor must answer every
	// notification.
	NotifyDenied bool
}

// Compile makes BPF of the profile for this host's architecture and kernel.
func (p *Profile) Compile(o Options) (Program, error) {
	prog, err := p.compile(o)
	if err != nil {
		return nil, fmt.Errorf("compile seccomp profile: %w", err)
	}
	return prog, nil
}

func (p *Profile) compile(o Options) (Program, error) {
	if err := p.forNative(); err != nil {
		return nil, err
	}
	var uts unix.Utsname
	if err := unix.Uname(&uts); err != nil {
		return nil, os.NewSyscallError("uname", err)
	}
	kernel, err := parseKernel(unix.ByteSliceToString(uts.Release[:]))
	if err != nil {
		return nil, err
	}
	calls, err := p.collect(runtime.GOARCH, kernel)
	if err != nil {
		return nil, err
	}
	standard := libAction(p.DefaultAction, p.DefaultErrnoRet)
	fallback := standard
	if o.NotifyDenied && p.DefaultAction != Allow && p.DefaultAction != Log {
		fallback = lib.ActNotify
	}
	body, err := build(calls, fallback)
	if err != nil {
		return nil, err
	}
	last, err := newest()
	if err != nil {
		return nil, err
	}
	prog := append(prologue(uint32(last)), body...)
	if len(prog) > maxInstructions {
		return nil, fmt.Errorf("it comes to %d instructions: the kernel takes %d", len(prog), maxInstructions)
	}
	return prog, nil
}

// forNative refuses a profile that names architectures and not ours.
func (p *Profile) forNative() error {
	native, err := lib.GetNativeArch()
	if err != nil {
		return fmt.Errorf("architecture: %w", err)
	}
	names := slices.Clone(p.Architectures)
	for _, m := range p.ArchMap {
		names = append(names, m.Architecture)
	}
	for _, n := range names {
		if a, err := lib.GetArchFromString(strings.ToLower(strings.TrimPrefix(n, "SCMP_ARCH_"))); err == nil && a == native {
			return nil
		}
	}
	if len(names) > 0 {
		return fmt.Errorf("it is for %v, and this host is %v", names, native)
	}
	return nil
}

// call is what the rules that apply say about one system call.
type call struct {
	name string
	nr   int
	// always is set where the action does not depend on arguments; alternatives
	// then say nothing more.
	always       *lib.ScmpAction
	alternatives []alternative
}

// alternative is an action for those arguments that meet all of conds.
type alternative struct {
	action lib.ScmpAction
	conds  []lib.ScmpCondition
}

// collect brings the rules together by system call.
func (p *Profile) collect(goarch string, kernel kernelVersion) ([]*call, error) {
	byName := map[string]*call{}
	var out []*call
	total := 0
	for i := range p.Syscalls {
		r := &p.Syscalls[i]
		if !r.applies(goarch, kernel) {
			continue
		}
		for _, name := range r.Names {
			nr, err := number(name)
			if err != nil {
				return nil, err
			}
			if nr == unnumbered {
				continue
			}
			c := byName[name]
			if c == nil {
				c = &call{name: name, nr: nr}
				byName[name] = c
				out = append(out, c)
			}
			before := len(c.alternatives)
			if err := c.add(libAction(r.Action, r.ErrnoRet), r.Args); err != nil {
				return nil, err
			}
			// Each takes an instruction at least; libseccomp's time grows faster.
			if total += len(c.alternatives) - before; total > maxInstructions {
				return nil, fmt.Errorf("its comparisons come to more than %d alternatives", maxInstructions)
			}
		}
	}
	return out, nil
}

// add takes a rule in. Rules with different actions must exclude each other:
// which of two would win is not for the reader to guess.
func (c *call) add(action lib.ScmpAction, args []Arg) error {
	contradiction := fmt.Errorf("%s has rules with different actions that can both match", c.name)
	if c.always != nil && *c.always != action {
		return contradiction
	}
	if len(args) == 0 {
		for _, o := range c.alternatives {
			if o.action != action {
				return contradiction
			}
		}
		c.always = &action
		return nil
	}
	more, err := conditions(c.name, args)
	if err != nil {
		return err
	}
	for _, conds := range more {
		for _, o := range c.alternatives {
			if o.action != action && !exclusive(o.conds, conds) {
				return contradiction
			}
		}
		c.alternatives = append(c.alternatives, alternative{action, conds})
	}
	return nil
}

// exclusive tells whether no arguments meet both a and b, as far as bits that
// both compare can show it.
func exclusive(a, b []lib.ScmpCondition) bool {
	bits := func(c lib.ScmpCondition) (mask, value uint64) {
		switch c.Op {
		case lib.CompareEqual:
			return ^uint64(0), c.Operand1
		case lib.CompareMaskedEqual:
			return c.Operand1, c.Operand2
		}
		return 0, 0
	}
	for _, x := range a {
		for _, y := range b {
			xm, xv := bits(x)
			ym, yv := bits(y)
			if x.Argument == y.Argument && xm&ym&(xv^yv) != 0 {
				return true
			}
		}
	}
	return false
}

func libAction(a Action, errno *uint16) lib.ScmpAction {
	switch a {
	case Allow:
		return lib.ActAllow
	case Log:
		return lib.ActLog
	case Trap:
		return lib.ActTrap
	case KillProcess:
		return lib.ActKillProcess
	case Kill, KillThread:
		return lib.ActKillThread
	}
	if errno == nil {
		return lib.ActErrno.SetReturnCode(eperm)
	}
	return lib.ActErrno.SetReturnCode(int16(*errno))
}

// build has libseccomp make a filter of the calls.
func build(calls []*call, fallback lib.ScmpAction) (Program, error) {
	f, err := lib.NewFilter(fallback)
	if err != nil {
		return nil, fmt.Errorf("new filter: %w", err)
	}
	defer f.Release()
	if err := f.SetBadArchAction(lib.ActKillProcess); err != nil {
		return nil, fmt.Errorf("action for foreign architectures: %w", err)
	}
	// A binary tree over the numbers, instead of a list in the order of their
	// cost. libseccomp before 2.5 has none, and works all the same.
	if err := f.SetOptimize(2); err != nil {
		var version lib.VersionError
		if !errors.As(err, &version) {
			return nil, fmt.Errorf("optimize: %w", err)
		}
	}
	for _, c := range calls {
		if err := c.addTo(f, fallback); err != nil {
			return nil, fmt.Errorf("rule for %s: %w", c.name, err)
		}
	}
	return export(f)
}

// addTo gives the rules on one call to libseccomp, which refuses those that say
// what the default does anyway.
func (c *call) addTo(f *lib.ScmpFilter, fallback lib.ScmpAction) error {
	if c.always != nil {
		if *c.always == fallback {
			return nil
		}
		return f.AddRuleExact(lib.ScmpSyscall(c.nr), *c.always)
	}
	for _, a := range c.alternatives {
		if a.action == fallback {
			continue
		}
		if err := f.AddRuleConditionalExact(lib.ScmpSyscall(c.nr), a.action, a.conds); err != nil {
			return err
		}
	}
	return nil
}

// export reads the filter back from a memfd: writing it to memory needs
// libseccomp 2.6.
func export(f *lib.ScmpFilter) (Program, error) {
	fd, err := unix.MemfdCreate("seccomp", unix.MFD_CLOEXEC)
	if err != nil {
		return nil, os.NewSyscallError("memfd_create", err)
	}
	file := os.NewFile(uintptr(fd), "seccomp")
	defer file.Close()
	if err := f.ExportBPF(file); err != nil {
		return nil, fmt.Errorf("export: %w", err)
	}
	b, err := os.ReadFile(fmt.Sprintf("/proc/self/fd/%d", fd))
	if err != nil {
		return nil, fmt.Errorf("export: %w", err)
	}
	return ParseProgram(b)
}
