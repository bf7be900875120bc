package cgroup

import (
	"bytes"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"golang.org/x/sys/unix"
)

const (
	killTime   = 5 * time.Second
	freezeTime = 50 * time.Millisecond
)

// Kill ends every process in the group, those that are being forked included,
// and returns when none is left. It is an error if some still live after five
// seconds: a process stuck in the kernel.
//
// It does not use the library, which waits for the killed processes as for
// children of its own and so would take their exit status from whoever does.
func (g *Group) Kill() error {
	if err := g.thawIfFrozen(); err != nil {
		return err
	}
	restore := func() {}
	defer func() { restore() }()
	wait := 20 * time.Microsecond
	deadline := time.Now().Add(killTime)
	for round := 1; ; round++ {
		if err := g.killOnce(round); err != nil {
			return err
		}
		empty, err := g.Empty()
		if err != nil || empty {
			return err
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("cgroup: kill %s: processes still live after %v", g.id, killTime)
		}
		if round == unthrottleRound {
			restore = g.unthrottle()
		}
		time.Sleep(wait)
		wait = min(wait*2, 2*time.Millisecond)
	}
}

// unthrottleRound is the round of Kill, some 2 ms after its begin, from which
// the dying are let off their processor quota.
const unthrottleRound = 7

// unthrottle takes the processor limit off the group and returns what puts it
// back. Dying takes processor time as well: fifty processes at a tenth of a
// processor would need seconds.
func (g *Group) unthrottle() (restore func()) {
	file, none := g.cpu+"/cpu.cfs_quota_us", "-1"
	if g.v2 {
		file, none = g.cpu+"/cpu.max", "max"
	}
	was, err := readFile(file)
	if err != nil || writeFile(file, none) != nil {
		return func() {} // it only takes longer
	}
	// On error the group is gone; a later user sets its limits with Update.
	return func() { _ = writeFile(file, string(bytes.TrimSpace(was))) }
}

// killOnce signals everything that is in the group now. Processes enter the
// unified group first, so ending that one ends all; what lives on in another
// hierarchy after some rounds was put there by someone else and is signalled too.
func (g *Group) killOnce(round int) error {
	if g.unified != "" {
		err := writeFile(g.unified+"/cgroup.kill", "1") // Linux 5.14
		if err == nil && (g.v2 || round <= 8) {
			return nil
		}
		if err != nil && !gone(err) {
			return fmt.Errorf("cgroup: kill %s: %w", g.id, err)
		}
	}
	// Without cgroup.kill: stop forks, signal all, let them die. The freezer may
	// not catch every process in time; then the caller comes again.
	frozen := g.setFrozen(true) == nil
	err := g.signalAll()
	if terr := g.setFrozen(false); frozen && terr != nil && !gone(terr) {
		err = errors.Join(err, fmt.Errorf("cgroup: thaw %s: %w", g.id, terr))
	}
	return err
}

// signalAll sends SIGKILL to every process of the group in every hierarchy,
// nested groups included.
func (g *Group) signalAll() error {
	for _, dir := range g.dirs {
		sub, err := descendants(dir)
		if err != nil {
			return fmt.Errorf("cgroup: kill %s: %w", g.id, err)
		}
		for _, d := range append(sub, dir) {
			if err := signalDir(d); err != nil {
				return fmt.Errorf("cgroup: kill %s: %w", g.id, err)
			}
		}
	}
	return nil
}

// signalDir sends SIGKILL to the processes in dir. It holds each by a pidfd and
// looks at the list again before it signals, so that a process id that was
// given to a stranger in between is not hit.
func signalDir(dir string) error {
	list, err := procs(dir)
	if gone(err) || err == nil && len(list) == 0 {
		return nil
	}
	if err != nil {
		return err
	}
	fds := make(map[int]int, len(list))
	defer func() {
		for _, fd := range fds {
			unix.Close(fd)
		}
	}()
	for _, pid := range list {
		if fd, err := unix.PidfdOpen(pid, 0); err == nil {
			fds[pid] = fd
		} else if !errors.Is(err, unix.ESRCH) && !errors.Is(err, unix.EINVAL) {
			return fmt.Errorf("pidfd_open %d: %w", pid, err)
		}
	}
	again, err := procs(dir)
	if err != nil && !gone(err) {
		return err
	}
	for pid, fd := range fds {
		if !slices.Contains(again, pid) {
			continue
		}
		if err := unix.PidfdSendSignal(fd, unix.SIGKILL, nil, 0); err != nil && !errors.Is(err, unix.ESRCH) {
			return fmt.Errorf("kill %d: %w", pid, err)
		}
	}
	return nil
}

// Freeze stops every process in the group and returns when all are stopped.
// Processes that are added later are stopped as well.
func (g *Group) Freeze() error {
	if err := g.setFrozen(true); err != nil {
		return fmt.Errorf("cgroup: freeze %s: %w", g.id, err)
	}
	return nil
}

// Thaw lets the processes of a frozen group go on.
func (g *Group) Thaw() error {
	if err := g.setFrozen(false); err != nil {
		return fmt.Errorf("cgroup: thaw %s: %w", g.id, err)
	}
	return nil
}

// setFrozen asks for the state and waits for it, not for ever as the library
// does: a process in an uninterruptible sleep can't be frozen.
func (g *Group) setFrozen(on bool) error {
	file, ask := filepath.Join(g.freeze, "freezer.state"), map[bool]string{true: "FROZEN", false: "THAWED"}[on]
	if g.unified != "" {
		file, ask = filepath.Join(g.freeze, "cgroup.freeze"), map[bool]string{true: "1", false: "0"}[on]
	}
	wait := 10 * time.Microsecond
	for deadline := time.Now().Add(freezeTime); ; wait = min(wait*2, time.Millisecond) {
		// On v1 the request has to be repeated when processes fork meanwhile.
		if err := writeFile(file, ask); err != nil {
			return err
		}
		now, err := g.frozen()
		if err != nil {
			return err
		}
		if now == on {
			return nil
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("not done after %v", freezeTime)
		}
		time.Sleep(wait)
	}
}

// frozen tells whether all of the group is stopped.
func (g *Group) frozen() (bool, error) {
	if g.unified != "" {
		b, err := readFile(g.freeze + "/cgroup.events")
		return field(b, "frozen") == 1, err
	}
	b, err := readFile(g.freeze + "/freezer.state")
	return string(bytes.TrimSpace(b)) == "FROZEN", err
}

// thawIfFrozen thaws a v1 group that was left frozen: a process in it would not
// die of SIGKILL. On v2 it does.
func (g *Group) thawIfFrozen() error {
	if g.unified != "" {
		return nil
	}
	now, err := g.frozen()
	switch {
	case gone(err):
		return nil
	case err != nil:
		return fmt.Errorf("cgroup: %w", err)
	case now:
		return g.Thaw()
	}
	return nil
}
