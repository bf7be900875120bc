package helper

import (
	"errors"
	"fmt"
	"net"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/internal/cgroup"
	"github.com/nsbox/nsbox/nsbox/internal/cleanup"
	"github.com/nsbox/nsbox/nsbox/internal/confine"
	"github.com/nsbox/nsbox/nsbox/internal/ids"
	"github.com/nsbox/nsbox/nsbox/internal/zygote"
	"github.com/nsbox/nsbox/nsbox/policy"
	"golang.org/x/sys/unix"
)

// order says what kind of sandbox is wanted.
type order struct {
	image string
	z     *zygote.Zygote
	// limits are those that the sandbox begins with; tune changes them.
	limits nsbox.Limits
	build  bool
	tty    *nsbox.TTYSize
	// boot is the program of the image that is started ahead, or nil; template the
	// interpreter to clone from, or nil.
	boot     *bootOrder
	template *confine.Template
}

// bootOrder is a program of the image that waits for what it will run.
type bootOrder struct {
	stage     string // compile or run
	argv, env []string
	filter    filter
}

// shelfKey names the sandboxes that may stand in for each other.
type shelfKey struct {
	image          string
	build          bool
	boot, template string
}

// key is that of the shelf from which o can be served.
func (o order) key() shelfKey {
	k := shelfKey{image: o.image, build: o.build}
	if b := o.boot; b != nil {
		// Once started, a program keeps its limits on descriptors and file sizes, and
		// has fitted itself to the others.
		l := o.limits
		k.boot = strings.Join(slices.Concat([]string{
			b.stage, b.filter.id, fmt.Sprint(l.Memory, l.CPUs, l.Disk, l.Inodes, l.OpenFiles, l.Pids),
		}, b.argv, []string{""}, b.env), "\x00")
	}
	if t := o.template; t != nil {
		k.template = strings.Join(slices.Concat([]string{t.Kind}, t.Argv, []string{""}, t.Env, []string{""}, t.Imports), "\x00")
	}
	return k
}

// sandbox is one sandbox with all that belongs to it, from its making to its end.
type sandbox struct {
	order
	h       *Helper
	group   *cgroup.Group
	watch   *cgroup.Watch
	streams *streams
	report  *net.UnixConn
	proc    *zygote.Process
	// Of one with a program that is started ahead: the write end of its control
	// pipe, and who answers what its filter refuses.
	control *os.File
	refuse  *listener
	// dead says that everything in it is known to be dead.
	dead bool
	// spent is the processor time that the start ahead has taken.
	spent time.Duration
	undo  cleanup.Stack
}

// prepare makes a sandbox that waits at its gate, or will in a moment.
func (h *Helper) prepare(o order) (sb *sandbox, err error) {
	sb = &sandbox{order: o, h: h}
	defer func() {
		if err != nil {
			sb.undo.Run(&err)
			sb = nil
		}
	}()
	pair, err := h.lease.Take()
	if err != nil {
		return sb, err
	}
	sb.undo.AddFunc(func() { h.lease.Give(pair) })
	if sb.group, err = h.tree.Create("box-"+strconv.FormatUint(h.boxes.Add(1), 10), o.limits); err != nil {
		return sb, err
	}
	sb.undo.Add(sb.removeGroup)
	if sb.watch, err = sb.group.WatchLater(); err != nil {
		return sb, err
	}
	sb.undo.Add(sb.watch.Close)
	if sb.streams, err = openStreams(int(h.lease.HostID(pair.Program)), o.tty); err != nil {
		return sb, err
	}
	sb.undo.AddFunc(sb.streams.close)
	return sb, sb.clone(pair)
}

func (sb *sandbox) clone(pair ids.Pair) error {
	var child *os.File
	var err error
	if sb.report, child, err = reportSocket(); err != nil {
		return err
	}
	defer child.Close()
	sb.undo.Add(sb.report.Close)
	joins, err := sb.group.Join(false)
	if err != nil {
		return err
	}
	defer closeAll(joins)
	c := sb.streams.child
	sb.proc, err = sb.z.Prepare(&confine.Spec{
		InitID: pair.Init, ProgramID: pair.Program,
		Disk: int64(sb.limits.Disk), Inodes: int64(sb.limits.Inodes), Joins: len(joins), TTY: sb.tty != nil, Build: sb.build, Template: sb.template,
	}, append([]*os.File{c[0], c[1], c[2], child}, joins...)...)
	if err != nil {
		return err
	}
	sb.undo.AddFunc(sb.proc.Close)
	// From here on a process lives: whatever goes wrong, it is killed and waited
	// for before its cgroup and ids are given back.
	sb.undo.Add(sb.kill)
	sb.streams.closeChild()
	return nil
}

// settle waits until the sandbox waits at its gate, and starts its program
// where one is to be started ahead: what then comes out of a pool is ready.
func (sb *sandbox) settle() error {
	if err := sb.await(confine.RecordWaiting, setupTimeout); err != nil {
		return err
	}
	if sb.boot == nil {
		var err error
		sb.spent, err = sb.group.CPU()
		return err
	}
	controlRead, control, err := pipe()
	if err != nil {
		return err
	}
	defer controlRead.Close()
	sb.control = control
	sb.undo.Add(control.Close)
	up, upWrite, err := pipe()
	if err != nil {
		return err
	}
	defer upWrite.Close()
	if up, err = polled(up); err != nil {
		return err
	}
	defer up.Close()
	b := sb.boot
	err = sb.proc.Proceed(&confine.Late{
		Kind: confine.LateBoot, Argv: b.argv, Env: b.env, Disk: int64(sb.limits.Disk), OpenFiles: int64(sb.limits.OpenFiles),
		BPF: b.filter.bpf, Landlock: sb.h.landlock, Build: sb.build,
	}, controlRead, upWrite)
	if err != nil {
		return err
	}
	upWrite.Close()
	if err := sb.await(confine.RecordRunning, setupTimeout); err != nil {
		return err
	}
	if err := sb.await(confine.RecordWaiting, setupTimeout); err != nil {
		return err
	}
	if err := up.SetReadDeadline(time.Now().Add(bootTimeout)); err != nil {
		return err
	}
	if n, err := up.Read(make([]byte, 1)); n != 1 {
		return fmt.Errorf("%s did not come up: %w", b.argv[0], err)
	}
	if sb.spent, err = sb.group.CPU(); err != nil {
		return err
	}
	sb.refuse.forget()
	return nil
}

// bootTimeout bounds how long a program may take to come up ahead.
const bootTimeout = 30 * time.Second

// await takes the next report, which must be of the given kind.
func (sb *sandbox) await(kind confine.RecordKind, limit time.Duration) error {
	if err := sb.report.SetReadDeadline(time.Now().Add(limit)); err != nil {
		return err
	}
	r := readReport(sb.report)
	if err := errors.Join(r.err, sb.report.SetReadDeadline(time.Time{})); err != nil {
		return err
	}
	if r.listener != nil {
		sb.refuse = &listener{f: r.listener}
		go sb.refuse.serve()
	}
	switch r.record.Kind {
	case kind:
		return nil
	case confine.RecordFailed:
		return fmt.Errorf("%s: %w", sb.proc.StepName(r.record.Step), unix.Errno(r.record.Value))
	}
	return fmt.Errorf("report: record %d instead of %d", r.record.Kind, kind)
}

// alive tells whether the sandbox still waits at its gate, as far as one look
// can tell.
func (sb *sandbox) alive() bool {
	fds := []unix.PollFd{{Fd: int32(sb.proc.PollFD()), Events: unix.POLLIN}}
	if sb.control != nil {
		// Nobody reads any more: the program is dead.
		fds = append(fds, unix.PollFd{Fd: int32(sb.control.Fd())})
	}
	n, err := unix.Poll(fds, 0)
	return err == nil && n == 0
}

// fits tells whether the sandbox is what o wants, beyond its key.
func (sb *sandbox) fits(o order) bool { return sb.z == o.z }

// tune gives the sandbox the limits of the stage that will run in it.
func (sb *sandbox) tune(want nsbox.Limits) error {
	var change nsbox.Limits
	if want.Memory != sb.limits.Memory {
		change.Memory = want.Memory
	}
	if want.Pids != sb.limits.Pids {
		change.Pids = want.Pids
	}
	if want.CPUs != sb.limits.CPUs {
		change.CPUs = want.CPUs
	}
	sb.watch.Arm()
	if change == (nsbox.Limits{}) {
		return nil
	}
	return sb.group.Update(change)
}

// proceed lets the stage run in the sandbox.
func (sb *sandbox) proceed(st policy.Stage, filter filter, in input) error {
	late := &confine.Late{
		Argv: st.Argv, Env: st.Env, Disk: int64(st.Limits.Disk), Inodes: int64(st.Limits.Inodes),
		Resize:    st.Limits.Disk != sb.limits.Disk || st.Limits.Inodes != sb.limits.Inodes,
		OpenFiles: int64(st.Limits.OpenFiles), BPF: filter.bpf, Landlock: sb.h.landlock, TTY: sb.tty != nil,
		Build: st.Build, Files: in.entries,
	}
	var files []*os.File
	if len(in.entries) > 0 {
		files = append(files, in.files)
	}
	switch {
	case sb.template != nil:
		late.Kind, late.Main = confine.LateFork, st.Main
	case sb.boot != nil:
		var err error
		if late.Message, err = bootMessage(st, in); err != nil {
			return err
		}
		late.Kind = confine.LateRelease
		files = append(files, sb.control)
	}
	return sb.proc.Proceed(late, files...)
}

// kill ends everything in the sandbox and waits until it is dead.
func (sb *sandbox) kill() error {
	if sb.dead {
		return nil
	}
	if err := sb.proc.Kill(); err != nil {
		return fmt.Errorf("kill: %w", err)
	}
	return waitDead(sb.proc, deathTimeout)
}

// removeGroup deletes the cgroup. Nothing can be left in it; if something is,
// the kernel says so, and it is ended.
func (sb *sandbox) removeGroup() error {
	if sb.group.Delete() == nil {
		return nil
	}
	return errors.Join(sb.group.Kill(), sb.group.Delete())
}

// discard ends the sandbox and removes all that was made for it.
func (sb *sandbox) discard() {
	var err error
	sb.undo.Run(&err)
	if err != nil {
		sb.h.cfg.Log.Error("remove a sandbox", "cgroup", sb.group.ID(), "error", err)
	}
}
