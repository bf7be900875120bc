package cgroup

import (
	"fmt"
	"time"

	"golang.org/x/sys/unix"
)

// Stats is what a group has used since it was made.
type Stats struct {
	// CPU is the processor time of all its processes, dead ones included.
	CPU time.Duration
	// MemoryPeak is the most memory in bytes that was charged at once.
	MemoryPeak int64
	// OOMKills counts the processes that died because memory ran out.
	OOMKills int64
	// PidsPeak is the most processes and threads at once, PidsDenied how often
	// one more was refused.
	PidsPeak, PidsDenied int64
	// NoMemoryPeak and NoPidsPeak say that the kernel does not record the peak:
	// memory.peak came with 5.19 (v1 always had it), pids.peak with 6.1. The
	// caller may sample [Group.Pids] instead.
	NoMemoryPeak, NoPidsPeak bool
}

// Stats reads what the group has used. It reads five files; the library's Stat
// parses every counter of every controller, some two hundred lines of memory.stat
// among them, and leaves the peaks of v1 pids out.
func (g *Group) Stats() (Stats, error) {
	var s Stats
	var err error
	if s.CPU, err = g.CPU(); err != nil {
		return s, err
	}
	peak, events := g.memory+"/memory.max_usage_in_bytes", g.memory+"/memory.oom_control"
	if g.v2 {
		peak, events = g.memory+"/memory.peak", g.memory+"/memory.events"
	}
	s.MemoryPeak, err = number(peak)
	if gone(err) && g.v2 {
		s.NoMemoryPeak = true
	} else if err != nil {
		return s, fmt.Errorf("cgroup: %w", err)
	}
	b, err := readFile(events)
	if err != nil {
		return s, fmt.Errorf("cgroup: %w", err)
	}
	s.OOMKills = field(b, "oom_kill")
	s.PidsPeak, err = number(g.pids + "/pids.peak")
	if gone(err) {
		s.NoPidsPeak = true
	} else if err != nil {
		return s, fmt.Errorf("cgroup: %w", err)
	}
	if b, err = readFile(g.pids + "/pids.events"); err != nil {
		return s, fmt.Errorf("cgroup: %w", err)
	}
	s.PidsDenied = field(b, "max")
	return s, nil
}

// Pids returns how many processes and threads are in the group now.
func (g *Group) Pids() (int64, error) {
	n, err := number(g.pids + "/pids.current")
	if err != nil {
		return 0, fmt.Errorf("cgroup: %w", err)
	}
	return n, nil
}

// CPU returns the processor time that the group has used. It is one read of a
// descriptor that stays open, for a caller that polls it against a limit.
func (g *Group) CPU() (time.Duration, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	name := g.acct + "/cpuacct.usage"
	if g.unified != "" {
		name = g.acct + "/cpu.stat"
	}
	if g.cpuFD < 0 {
		fd, err := open(name, unix.O_RDONLY)
		if err != nil {
			return 0, fmt.Errorf("cgroup: %w", err)
		}
		g.cpuFD = fd
	}
	b, err := readFD(g.cpuFD)
	if err != nil {
		return 0, fmt.Errorf("cgroup: read %s: %w", name, err)
	}
	if g.unified != "" {
		return time.Duration(field(b, "usage_usec")) * time.Microsecond, nil
	}
	n, err := parseNumber(b, name)
	if err != nil {
		return 0, fmt.Errorf("cgroup: %w", err)
	}
	return time.Duration(n), nil
}
