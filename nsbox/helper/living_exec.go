package helper

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"time"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/internal/cgroup"
	"github.com/nsbox/nsbox/nsbox/internal/cleanup"
	"github.com/nsbox/nsbox/nsbox/internal/confine"
	"github.com/nsbox/nsbox/nsbox/internal/zygote"
	"github.com/nsbox/nsbox/nsbox/policy"
	"golang.org/x/sys/unix"
)

// visit is one program in a sandbox that lives on, from its start until it and
// all that it started are dead.
type visit struct {
	lv     *living
	stage  policy.Stage
	group  *cgroup.Group
	watch  *cgroup.Watch
	proc   *zygote.Process
	report *net.UnixConn
	undo   cleanup.Stack
	// killDenied ends the program at its first refused call.
	killDenied bool

	records chan visitReport
	dead    chan error
	causes  chan cause

	began, ready int64 // CLOCK_MONOTONIC
	refuse       *listener
	end          ending
}

type visitReport struct {
	record confine.Record
	file   *os.File
	err    error
}

// visit starts a program. streams' child side is what it gets; files are what
// was built for it.
func (lv *living) visit(st policy.Stage, streams *streams, tty bool, built input) (v *visit, err error) {
	v = &visit{
		lv: lv, stage: st, began: monotonic(), records: make(chan visitReport, 8), dead: make(chan error, 1), causes: make(chan cause, 1),
		end: ending{limits: st.Limits},
	}
	defer func() {
		if err != nil {
			v.undo.Run(&err)
			v = nil
		}
	}()
	profile, err := lv.h.profiles.program(st.Profile)
	if err != nil {
		return v, err
	}
	v.killDenied = profile.kills
	if v.group, err = lv.child(lv.run, "x", nsbox.Limits{Memory: st.Limits.Memory, CPUs: st.Limits.CPUs, Pids: st.Limits.Pids}); err != nil {
		return v, err
	}
	v.undo.Add(v.group.Delete)
	if v.watch, err = v.group.Watch(); err != nil {
		return v, err
	}
	v.undo.Add(v.watch.Close)
	if err := v.enter(streams, tty, built); err != nil {
		return v, err
	}
	late := &confine.Late{
		Argv: st.Argv, Env: st.Env, Disk: int64(st.Limits.Disk), Inodes: int64(st.Limits.Inodes), OpenFiles: int64(st.Limits.OpenFiles),
		BPF: profile.bpf, Landlock: lv.h.landlock, TTY: tty, Files: built.entries,
	}
	var mem []*os.File
	if len(built.entries) > 0 {
		mem = append(mem, built.files)
	}
	if err := v.proc.Proceed(late, mem...); err != nil {
		return v, err
	}
	go func() { v.dead <- waitDead(v.proc, 0) }()
	go v.listen()
	return v, nil
}

// enter clones the program's process into the sandbox, up to its gate.
func (v *visit) enter(streams *streams, tty bool, built input) error {
	report, child, err := reportSocket()
	if err != nil {
		return err
	}
	defer child.Close()
	v.report = report
	v.undo.Add(report.Close)
	joins, err := v.group.Join(false)
	if err != nil {
		return err
	}
	defer closeAll(joins)
	spec := &confine.Spec{Joins: len(joins), TTY: tty, Build: len(built.entries) > 0, Inodes: int64(len(built.entries))}
	for _, f := range built.entries {
		// In pages, as the file system counts.
		spec.Disk += (f.Size + 4095) &^ 4095
		spec.Inodes += int64(strings.Count(f.Name, "/"))
	}
	c := streams.child
	if v.proc, err = v.lv.z.Enter(v.lv.proc, spec, append([]*os.File{c[0], c[1], c[2], child}, joins...)...); err != nil {
		return err
	}
	v.undo.AddFunc(v.proc.Close)
	// From here on a process lives, first outside of any pid namespace of its own.
	v.undo.Add(v.kill)
	streams.closeChild()
	child.Close()
	for waiting, entered := false, false; !waiting || !entered; {
		r, f, err := nextReport(report, setupTimeout)
		switch {
		case err != nil:
			return err
		case r.Kind == confine.RecordFailed:
			return fmt.Errorf("%s: %w", v.proc.StepName(r.Step), unix.Errno(r.Value))
		case r.Kind == confine.RecordWaiting:
			waiting = true
		case r.Kind == confine.RecordEntered && f != nil:
			entered = true
			if err := v.proc.Become(f); err != nil {
				return err
			}
		default:
			return fmt.Errorf("report: record %d of what enters", r.Kind)
		}
	}
	return report.SetReadDeadline(time.Time{})
}

// kill ends all that the program has started, and waits until it is dead.
func (v *visit) kill() error {
	if err := v.proc.Kill(); err != nil {
		return fmt.Errorf("kill: %w", err)
	}
	if err := waitDead(v.proc, deathTimeout); err != nil {
		return err
	}
	if empty, err := v.group.Empty(); err != nil || !empty {
		return errors.Join(err, v.group.Kill())
	}
	return nil
}

// stop ends the program for a reason; the first one counts.
func (v *visit) stop(c cause) {
	select {
	case v.causes <- c:
	default:
	}
	// An error leaves it to its own end and to kill.
	_ = v.proc.Kill()
}

// listen hands out what the program's init reports, until all who could are dead.
func (v *visit) listen() {
	defer close(v.records)
	buf, oob := make([]byte, confine.RecordSize), make([]byte, unix.CmsgSpace(4))
	for {
		n, oobn, _, _, err := v.report.ReadMsgUnix(buf, oob)
		if err != nil || n == 0 {
			return
		}
		var r visitReport
		r.record, r.err = confine.DecodeRecord(buf[:n])
		if oobn > 0 && r.err == nil {
			r.file, r.err = listenerFrom(oob[:oobn])
		}
		v.records <- r
	}
}

// take notes one report.
func (v *visit) take(r visitReport) error {
	switch {
	case r.err != nil:
		return r.err
	case r.record.Kind == confine.RecordFailed:
		step := v.proc.StepName(r.record.Step)
		err := fmt.Errorf("start in %s: %s: %w", v.lv.id, step, unix.Errno(r.record.Value))
		if strings.HasPrefix(step, "execve ") || strings.HasPrefix(step, "find command ") {
			// What runs is the caller's choice, or lies among the sandbox's files.
			err = fmt.Errorf("%w: %s: %w", nsbox.ErrBadRequest, step, unix.Errno(r.record.Value))
		}
		return err
	case r.record.Kind == confine.RecordReady:
		v.ready = r.record.Time
		v.end.setup = time.Duration(v.ready - v.began)
	case r.record.Kind == confine.RecordRunning && r.file != nil:
		v.refuse = &listener{f: r.file}
		if v.killDenied {
			v.refuse.kill = func() { v.stop(causeDenied) }
		}
		go v.refuse.serve()
	case r.record.Kind == confine.RecordExit:
		v.end.exit = &r.record
		v.end.wall = time.Duration(r.record.Time - v.ready)
	}
	return nil
}

// wait watches the program until it is dead, and ends it where a limit, the
// client or ctx asks for that.
func (v *visit) wait(ctx context.Context, stop <-chan cause) (ending, error) {
	records := v.records
	lim := v.stage.Limits
	setup := v.lv.timer(setupTimeout)
	var wall *pausable
	var wallC <-chan time.Time
	var cpu <-chan time.Time
	done := ctx.Done()
	for {
		select {
		case r, ok := <-records:
			if !ok {
				records = nil
				continue
			}
			if err := v.take(r); err != nil {
				return v.end, err
			}
			if r.record.Kind == confine.RecordReady {
				setup.stop()
				wall = v.lv.timer(lim.Timeout.Std())
				wallC, cpu = wall.t.C, cpuCheck(lim, 0)
			}
		case <-setup.t.C:
			if setup.over() {
				return v.end, fmt.Errorf("start in %s: the set-up took longer than %v", v.lv.id, setupTimeout)
			}
		case <-wallC:
			if wall.over() {
				v.stop(causeWall)
			}
		case <-cpu:
			used, err := v.group.CPU()
			if err != nil {
				return v.end, err
			}
			if cpu = cpuCheck(lim, used); cpu == nil {
				v.stop(causeCPU)
			}
		case ev := <-v.watch.C:
			v.event(ev)
		case c := <-stop:
			v.stop(c)
		case <-done:
			done = nil
			v.stop(causeCancel)
		case err := <-v.dead:
			if err != nil {
				return v.end, err
			}
			return v.after()
		}
	}
}

func (v *visit) event(ev cgroup.Event) {
	switch ev {
	case cgroup.OOM:
		v.stop(causeMemory)
	case cgroup.Pids:
		v.stop(causePids)
	}
}

// after takes what there was still to report, and the counters.
func (v *visit) after() (ending, error) {
	for r := range v.records {
		if err := v.take(r); err != nil {
			return v.end, err
		}
	}
	if v.end.exit == nil && v.ready != 0 {
		v.end.wall = time.Duration(monotonic() - v.ready)
	}
	select {
	case c := <-v.causes:
		// A program that had ended before it was killed ended by itself.
		if v.end.exit == nil {
			v.end.cause = c
		}
	default:
	}
	// What happened together with the end counts as well.
	select {
	case ev := <-v.watch.C:
		if ev == cgroup.OOM && v.end.cause == causeNone && v.end.exit == nil {
			v.end.cause = causeMemory
		}
	default:
	}
	v.end.denied = v.refuse.denied()
	if v.end.cause == causeNone && v.end.exit == nil && v.lv.over() {
		v.end.cause = causeCancel // it ended with its sandbox
	}
	var err error
	v.end.stats, err = v.group.Stats()
	return v.end, err
}

// over tells whether the sandbox is ending.
func (lv *living) over() bool {
	select {
	case <-lv.ending:
		return true
	default:
		return false
	}
}

// cpuCheck returns when the cpu limit can be reached at the earliest, nil once it
// has been.
func cpuCheck(lim nsbox.Limits, used time.Duration) <-chan time.Time {
	limit := lim.CPUTime.Std()
	if limit == 0 {
		return make(chan time.Time)
	}
	left := limit - used
	if left <= 0 {
		return nil
	}
	return time.After(max(time.Duration(float64(left)/lim.CPUs), time.Millisecond))
}

// pausable is a timer that stands still while the sandbox does.
type pausable struct {
	lv *living
	t  *time.Timer
	// counted is how much of the sandbox's pauses the timer has been set for.
	counted time.Duration
}

func (lv *living) timer(d time.Duration) *pausable {
	return &pausable{lv: lv, t: time.NewTimer(d), counted: lv.stoppedFor()}
}

// over tells, when the timer has fired, whether the time is over indeed. Where the
// sandbox has been paused meanwhile it goes on for as long.
func (p *pausable) over() bool {
	stopped := p.lv.stoppedFor()
	more := stopped - p.counted
	if more <= 0 {
		return true
	}
	p.counted = stopped
	p.t.Reset(max(more, 10*time.Millisecond))
	return false
}

func (p *pausable) stop() { p.t.Stop() }

// visitStage is the run stage of an execution in lv, as session.stage is of one in
// a sandbox of its own.
func (s *session) visitStage(ctx context.Context, lv *living, st policy.Stage, built input) (out *output, err error) {
	streams, err := openStreams(int(s.h.lease.HostID(lv.pair.Program)), s.plan.TTY)
	if err != nil {
		return nil, err
	}
	defer streams.close()
	v, err := lv.visit(st, streams, s.plan.TTY != nil, built)
	if err != nil {
		if lv.over() {
			return nil, fmt.Errorf("%w: the sandbox has ended: %s", nsbox.ErrNoSandbox, lv.why())
		}
		return nil, fmt.Errorf("start in %s: %w", lv.id, err)
	}
	defer v.undo.Run(&err)
	if err := s.sendStarted(st, streams); err != nil {
		return nil, err
	}
	// A copy kept here would keep the program's input open, and its output.
	streams.closeClient()
	e, err := v.wait(ctx, s.stop)
	if err != nil {
		return nil, err
	}
	out = &output{}
	var ok bool
	if out.result, ok = judge(e); !ok {
		return nil, fmt.Errorf("run in %s: the program ended and nobody knows why", lv.id)
	}
	return out, s.sendEnded(st, out.result)
}

// why is the reason for the sandbox's end.
func (lv *living) why() string {
	lv.mu.Lock()
	defer lv.mu.Unlock()
	return lv.reason
}
