package seccomp

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	lib "github.com/seccomp/libseccomp-golang"
)

// MaxSize is the largest profile in bytes that Parse takes.
const MaxSize = 1 << 20

// Profile is a seccomp profile as it stands in its file. A valid one comes from
// [Parse].
type Profile struct {
	Comment         string   `json:"comment,omitempty"`
	DefaultAction   Action   `json:"defaultAction"`
	DefaultErrnoRet *uint16  `json:"defaultErrnoRet,omitempty"`
	Architectures   []string `json:"architectures,omitempty"`
	// ArchMap is read for the native architecture only. The sub-architectures
	// that it lists are not opened: their calls end the process.
	ArchMap  []ArchMap `json:"archMap,omitempty"`
	Syscalls []Rule    `json:"syscalls"`
}

// ArchMap names an architecture and those that its kernels also run.
type ArchMap struct {
	Architecture     string   `json:"architecture"`
	SubArchitectures []string `json:"subArchitectures,omitempty"`
}

// Rule is an action for some system calls. With Args it holds where all of them
// match; several rules on one call are alternatives.
type Rule struct {
	Comment string   `json:"comment,omitempty"`
	Name    string   `json:"name,omitempty"` // the older form of Names
	Names   []string `json:"names,omitempty"`
	Action  Action   `json:"action"`
	// ErrnoRet is the error number of SCMP_ACT_ERRNO, EPERM if absent.
	ErrnoRet *uint16 `json:"errnoRet,omitempty"`
	Args     []Arg   `json:"args,omitempty"`
	// Includes must hold, and Excludes must not, for the rule to apply.
	Includes *Condition `json:"includes,omitempty"`
	Excludes *Condition `json:"excludes,omitempty"`
}

// Arg is a comparison of one argument. With SCMP_CMP_MASKED_EQ, Value is the
// mask and ValueTwo what must be left.
type Arg struct {
	Index    uint   `json:"index"`
	Value    uint64 `json:"value"`
	ValueTwo uint64 `json:"valueTwo,omitempty"`
	Op       string `json:"op"`
}

// Condition makes a rule depend on where it is used. Caps never hold in a
// sandbox, whose program has no capability.
type Condition struct {
	Caps      []string `json:"caps,omitempty"`
	Arches    []string `json:"arches,omitempty"` // amd64, arm64, ...
	MinKernel string   `json:"minKernel,omitempty"`
}

// Action is what happens to a system call, by libseccomp's name.
type Action string

// The actions that a profile may name.
const (
	Allow       Action = "SCMP_ACT_ALLOW"
	Log         Action = "SCMP_ACT_LOG"
	Errno       Action = "SCMP_ACT_ERRNO"
	Trap        Action = "SCMP_ACT_TRAP"
	KillThread  Action = "SCMP_ACT_KILL_THREAD"
	Kill        Action = "SCMP_ACT_KILL" // the older name of KillThread
	KillProcess Action = "SCMP_ACT_KILL_PROCESS"
)

var actions = []Action{Allow, Log, Errno, Trap, KillThread, Kill, KillProcess}

const eperm = 1

// Parse decodes a profile. Keys that it does not know, names of system calls
// that do not exist and comparisons that can't be made are errors; names that
// are merely newer than libseccomp are taken and left to the prologue's ENOSYS.
func Parse(data []byte) (*Profile, error) {
	if len(data) > MaxSize {
		return nil, fmt.Errorf("seccomp profile: %d bytes are too many: at most %d are allowed", len(data), MaxSize)
	}
	p := &Profile{}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(p); err != nil {
		return nil, fmt.Errorf("seccomp profile: %w", err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("seccomp profile: something follows the JSON object")
	}
	if err := p.check(); err != nil {
		return nil, fmt.Errorf("seccomp profile: %w", err)
	}
	return p, nil
}

func (p *Profile) check() error {
	if err := checkAction("defaultAction", p.DefaultAction, p.DefaultErrnoRet); err != nil {
		return err
	}
	if p.Architectures != nil && p.ArchMap != nil {
		return errors.New("architectures and archMap exclude each other: write one of them")
	}
	for _, a := range p.Architectures {
		if err := checkArch(a); err != nil {
			return err
		}
	}
	for _, m := range p.ArchMap {
		for _, a := range append([]string{m.Architecture}, m.SubArchitectures...) {
			if err := checkArch(a); err != nil {
				return err
			}
		}
	}
	for i := range p.Syscalls {
		if err := p.Syscalls[i].check(); err != nil {
			return fmt.Errorf("rule %d: %w", i+1, err)
		}
	}
	return nil
}

func checkAction(key string, a Action, errno *uint16) error {
	if !slices.Contains(actions, a) {
		return fmt.Errorf("%s %q is not known: write one of %v", key, a, actions)
	}
	if errno != nil && a != Errno {
		return fmt.Errorf("%s %s has an error number: only %s takes one", key, a, Errno)
	}
	if errno != nil && *errno > 4095 {
		return fmt.Errorf("%s: error number %d is out of range: write 0 to 4095", key, *errno)
	}
	return nil
}

func checkArch(name string) error {
	if _, err := lib.GetArchFromString(strings.ToLower(strings.TrimPrefix(name, "SCMP_ARCH_"))); err != nil {
		return fmt.Errorf("architecture %q is not known: write names such as SCMP_ARCH_X86_64", name)
	}
	return nil
}

func (r *Rule) check() error {
	if r.Name != "" {
		if len(r.Names) > 0 {
			return errors.New("name and names exclude each other: write names")
		}
		r.Names, r.Name = []string{r.Name}, ""
	}
	if len(r.Names) == 0 {
		return errors.New("names is empty: write at least one system call")
	}
	for _, n := range r.Names {
		if _, err := number(n); err != nil {
			return err
		}
	}
	if err := checkAction("action", r.Action, r.ErrnoRet); err != nil {
		return err
	}
	seen := map[uint]bool{}
	for _, a := range r.Args {
		if a.Index > 5 {
			return fmt.Errorf("argument index %d is out of range: write 0 to 5", a.Index)
		}
		if seen[a.Index] {
			return fmt.Errorf("argument %d is compared twice in one rule: use SCMP_CMP_MASKED_EQ, or two rules, which are alternatives", a.Index)
		}
		seen[a.Index] = true
		if !slices.Contains(compareOps, a.Op) {
			return fmt.Errorf("comparison %q is not known: write one of %v", a.Op, compareOps)
		}
		if a.ValueTwo != 0 && a.Op != opMaskedEQ {
			return fmt.Errorf("valueTwo is for %s only", opMaskedEQ)
		}
		if a.Op == opMaskedEQ && a.ValueTwo&^a.Value != 0 {
			return fmt.Errorf("argument %d: %#x has bits that the mask %#x removes, so it never matches", a.Index, a.ValueTwo, a.Value)
		}
	}
	for _, c := range []*Condition{r.Includes, r.Excludes} {
		if c != nil && c.MinKernel != "" {
			if _, err := parseKernel(c.MinKernel); err != nil {
				return err
			}
		}
	}
	return nil
}

// kernelVersion is major and minor.
type kernelVersion [2]int

// parseKernel reads "5.4" or what uname tells, "6.1.0-13-amd64".
func parseKernel(s string) (kernelVersion, error) {
	major, rest, _ := strings.Cut(s, ".")
	minor := rest
	if i := strings.IndexFunc(rest, func(r rune) bool { return r < '0' || r > '9' }); i >= 0 {
		minor = rest[:i]
	}
	a, err1 := strconv.Atoi(major)
	b, err2 := strconv.Atoi(minor)
	if err1 != nil || err2 != nil || a < 0 || b < 0 {
		return kernelVersion{}, fmt.Errorf("%q is not a kernel version: write major.minor, such as 5.4", s)
	}
	return kernelVersion{a, b}, nil
}

// applies tells whether a rule is for us: this architecture and kernel, and no
// capability.
func (r *Rule) applies(goarch string, kernel kernelVersion) bool {
	if c := r.Includes; c != nil {
		if len(c.Caps) > 0 || len(c.Arches) > 0 && !slices.Contains(c.Arches, goarch) || c.MinKernel != "" && !c.reached(kernel) {
			return false
		}
	}
	if c := r.Excludes; c != nil {
		if slices.Contains(c.Arches, goarch) || c.MinKernel != "" && c.reached(kernel) {
			return false
		}
	}
	return true
}

// reached tells whether kernel is at least c.MinKernel, which Parse has checked.
func (c *Condition) reached(kernel kernelVersion) bool {
	min, err := parseKernel(c.MinKernel)
	return err == nil && (kernel[0] > min[0] || kernel[0] == min[0] && kernel[1] >= min[1])
}

// Killing returns a copy of p that ends the process where p would refuse a call
// by default. Explicit rules stay as they are.
func (p *Profile) Killing() *Profile {
	c := *p
	c.DefaultAction, c.DefaultErrnoRet = KillProcess, nil
	return &c
}
