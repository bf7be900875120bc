package helper

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"time"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/internal/cgroup"
	"github.com/nsbox/nsbox/nsbox/internal/cleanup"
	"github.com/nsbox/nsbox/nsbox/internal/confine"
	"github.com/nsbox/nsbox/nsbox/internal/image"
	"github.com/nsbox/nsbox/nsbox/internal/wire"
	"github.com/nsbox/nsbox/nsbox/internal/zygote"
	"github.com/nsbox/nsbox/nsbox/policy"
	"golang.org/x/sys/unix"
)

// input is what a sandbox finds in its directories: bytes and what they are.
type input struct {
	files   *os.File
	entries []confine.FileEntry
}

// output is what a stage leaves.
type output struct {
	result nsbox.StageResult
	// listing and bytes are what was collected; nil where nothing was.
	listing, bytes *os.File
	problem        string
	// said is what a compile stage wrote, where it is to be kept and is little
	// enough for that.
	said *said
}

// box is one sandbox while it is alive.
type box struct {
	s      *session
	stage  policy.Stage
	group  *cgroup.Group
	watch  *cgroup.Watch
	proc   *zygote.Process
	report *net.UnixConn
	// began and ready are readings of CLOCK_MONOTONIC, which the sandbox's
	// records have too; ready is 0 until the program runs.
	began, ready int64
	refuse       *listener // once the program runs
	// killDenied ends the program at its first refused call.
	killDenied bool
}

// report is what came over the report socket.
type report struct {
	record   confine.Record
	listener *os.File // with RecordRunning
	err      error
}

// stage runs one stage in a sandbox of its own and takes everything down. An
// error is nsbox's; how the program ended is in the output.
func (s *session) stage(ctx context.Context, img *image.Image, st policy.Stage, in input, artifacts bool) (out *output, err error) {
	began := monotonic()
	if st.Name == nsbox.StageRun && len(s.plan.Stages) == 1 {
		began = s.began
	}
	var undo cleanup.Stack
	defer undo.Run(&err)

	z, warm, err := s.h.zygotes.get(ctx, img)
	if err != nil {
		return nil, err
	}
	s.warm = warm
	profile, err := s.h.profiles.program(st.Profile)
	if err != nil {
		return nil, err
	}
	pair, err := s.h.lease.Take()
	if err != nil {
		return nil, err
	}
	undo.AddFunc(func() { s.h.lease.Give(pair) })
	b := &box{s: s, stage: st, began: began, killDenied: profile.kills}
	if b.group, err = s.h.tree.Create(s.id+"-"+st.Name, st.Limits); err != nil {
		return nil, err
	}
	undo.Add(b.group.Delete)
	if b.watch, err = b.group.Watch(); err != nil {
		return nil, err
	}
	undo.Add(b.watch.Close)

	owner := int(s.h.lease.HostID(pair.Program))
	tty := s.plan.TTY
	if st.Name != nsbox.StageRun {
		tty = nil
	}
	streams, err := openStreams(owner, tty)
	if err != nil {
		return nil, err
	}
	defer streams.close()
	var rec *recording
	if st.Build && s.h.cache != nil {
		if rec, err = streams.record(); err != nil {
			return nil, err
		}
		defer rec.end()
	}
	var child *os.File
	if b.report, child, err = reportSocket(); err != nil {
		return nil, err
	}
	undo.Add(b.report.Close)
	joins, err := b.group.Join(false)
	if err != nil {
		child.Close()
		return nil, err
	}
	files := append([]*os.File{streams.child[0], streams.child[1], streams.child[2], child}, joins...)
	spec := &confine.Spec{
		InitID: pair.Init, ProgramID: pair.Program,
		Disk: int64(st.Limits.Disk), Inodes: int64(st.Limits.Inodes), Joins: len(joins), TTY: tty != nil, Build: st.Build,
	}
	kind := confine.LateExec
	s.start = nsbox.StartExec
	if spec.Template = s.template(st, warm); spec.Template != nil {
		kind, s.start = confine.LateFork, nsbox.StartForked
	}
	if b.proc, err = z.Prepare(spec, files...); confine.IsTemplate(err) {
		spec.Template, kind, s.start = nil, confine.LateExec, nsbox.StartExec
		b.proc, err = z.Prepare(spec, files...)
	}
	child.Close()
	for _, j := range joins {
		j.Close()
	}
	if err != nil {
		if errors.Is(err, zygote.ErrBroken) {
			s.h.zygotes.drop(img, z)
		}
		return nil, fmt.Errorf("start %s: %w", s.id, err)
	}
	undo.AddFunc(b.proc.Close)
	// From here on a process lives: whatever goes wrong, it is killed and waited
	// for before its cgroup and ids are given back.
	undo.Add(b.end)
	streams.closeChild()
	late := &confine.Late{
		Kind: kind, Main: st.Main,
		Argv: st.Argv, Env: st.Env, Disk: int64(st.Limits.Disk), Inodes: int64(st.Limits.Inodes),
		OpenFiles: int64(st.Limits.OpenFiles), BPF: profile.bpf, Landlock: s.h.landlock, TTY: tty != nil,
		Build: st.Build, Files: in.entries,
	}
	var mem []*os.File
	if len(in.entries) > 0 {
		mem = append(mem, in.files)
	}
	if err := b.proc.Proceed(late, mem...); err != nil {
		return nil, fmt.Errorf("start %s: %w", s.id, err)
	}

	if err := s.sendStarted(st, streams); err != nil {
		return nil, err
	}
	// A copy kept here would keep the program's input open, and its output.
	streams.closeClient()
	e, err := b.supervise(ctx)
	if err != nil {
		return nil, err
	}
	out = &output{}
	var ok bool
	if out.result, ok = judge(e); !ok {
		return nil, fmt.Errorf("run %s: the sandbox ended and nobody knows why", s.id)
	}
	if rec != nil {
		out.said = rec.said()
	}
	if st.Build && out.result.Verdict == nsbox.OK || artifacts {
		if err := b.collect(z, out, st.Build); err != nil {
			return nil, err
		}
	}
	return out, s.sendEnded(st, out.result)
}

func (s *session) sendStarted(st policy.Stage, streams *streams) error {
	m, err := s.startedMessage(st)
	if err != nil {
		return err
	}
	m.TTY = len(streams.client) == 1
	return s.conn.Send(wire.KindStarted, m, streams.client...)
}

func (s *session) startedMessage(st policy.Stage) (wire.Started, error) {
	m := wire.Started{ID: s.id, Language: s.plan.Language, Stage: st.Name}
	var err error
	if m.Limits, err = json.Marshal(st.Limits); err == nil && st.OOM != nil {
		m.OOM, err = json.Marshal(st.OOM)
	}
	return m, err
}

func (s *session) sendEnded(st policy.Stage, res nsbox.StageResult) error {
	b, err := marshalStage(res)
	if err != nil {
		return err
	}
	return s.conn.Send(wire.KindEnded, wire.Ended{Stage: st.Name, Result: b})
}

// end kills everything in the sandbox and waits until it is dead.
func (b *box) end() error {
	if err := b.proc.Kill(); err != nil {
		return fmt.Errorf("kill: %w", err)
	}
	if err := waitDead(b.proc, deathTimeout); err != nil {
		return err
	}
	// Nothing can be left; if something is, the cgroup says so and ends it.
	if empty, err := b.group.Empty(); err != nil || !empty {
		return errors.Join(err, b.group.Kill())
	}
	return nil
}

// monotonic reads CLOCK_MONOTONIC in nanoseconds.
func monotonic() int64 {
	var ts unix.Timespec
	// It fails only for a clock that does not exist (clock_gettime(2)).
	_ = unix.ClockGettime(unix.CLOCK_MONOTONIC, &ts)
	return ts.Nano()
}

// deathTimeout bounds the wait for killed processes. One that hangs in the
// kernel for longer is an error, and the next start of a helper removes it.
const deathTimeout = 30 * time.Second

// supervise watches the sandbox until everything in it is dead, and ends it
// where a limit or the client asks for that.
func (b *box) supervise(ctx context.Context) (ending, error) {
	e := ending{limits: b.stage.Limits}
	records := make(chan report, 4)
	go readReports(b.report, records)
	dead := make(chan error, 1)
	go func() { dead <- waitDead(b.proc, 0) }()

	setup := time.NewTimer(setupTimeout)
	defer setup.Stop()
	var wall, cpu <-chan time.Time
	causes := make(chan cause, 1)
	kill := func(c cause) {
		select {
		case causes <- c:
		default: // the first one counts
		}
		// An error leaves the sandbox to its own end and to box.end.
		_ = b.proc.Kill()
	}
	done := ctx.Done()
	stop := b.s.stop
	for {
		select {
		case r, ok := <-records:
			if !ok {
				records = nil
				continue
			}
			if err := b.take(&e, r, kill); err != nil {
				return e, err
			}
			if r.record.Kind == confine.RecordReady {
				setup.Stop()
				wall = time.After(b.stage.Limits.Timeout.Std())
				cpu = b.nextCPUCheck(0)
			}
		case <-setup.C:
			return e, fmt.Errorf("start %s: the set-up took longer than %v", b.s.id, setupTimeout)
		case <-wall:
			kill(causeWall)
		case <-cpu:
			used, err := b.group.CPU()
			if err != nil {
				return e, err
			}
			if cpu = b.nextCPUCheck(used); cpu == nil {
				kill(causeCPU)
			}
		case ev := <-b.watch.C:
			switch ev {
			case cgroup.OOM:
				kill(causeMemory)
			case cgroup.Pids:
				kill(causePids)
			}
		case c := <-stop:
			kill(c)
		case <-done:
			done = nil
			kill(causeCancel)
		case err := <-dead:
			if err != nil {
				return e, err
			}
			return b.afterDeath(e, records, causes)
		}
	}
}

// setupTimeout bounds the time to the program's first instruction; it takes
// about a millisecond.
const setupTimeout = 20 * time.Second

// nextCPUCheck returns when the cpu limit can be reached at the earliest, nil
// once it has been.
func (b *box) nextCPUCheck(used time.Duration) <-chan time.Time {
	limit := b.stage.Limits.CPUTime.Std()
	if limit == 0 {
		return make(chan time.Time)
	}
	left := limit - used
	if left <= 0 {
		return nil
	}
	return time.After(max(time.Duration(float64(left)/b.stage.Limits.CPUs), time.Millisecond))
}

// take notes one report.
func (b *box) take(e *ending, r report, kill func(cause)) error {
	if r.err != nil {
		return r.err
	}
	switch r.record.Kind {
	case confine.RecordFailed:
		return fmt.Errorf("start %s: %s: %w", b.s.id, b.proc.StepName(r.record.Step), unix.Errno(r.record.Value))
	case confine.RecordReady:
		b.ready = r.record.Time
		e.setup = time.Duration(b.ready - b.began)
	case confine.RecordRunning:
		b.refuse = &listener{f: r.listener}
		if b.killDenied {
			b.refuse.kill = func() { kill(causeDenied) }
		}
		go b.refuse.serve()
	case confine.RecordExit:
		e.exit = &r.record
		e.wall = time.Duration(r.record.Time - b.ready)
	}
	return nil
}

// afterDeath takes what the sandbox had still to report, and its counters.
func (b *box) afterDeath(e ending, records <-chan report, causes <-chan cause) (ending, error) {
	if records != nil {
		for r := range records {
			if err := b.take(&e, r, func(cause) {}); err != nil {
				return e, err
			}
		}
	}
	if e.exit == nil && b.ready != 0 {
		e.wall = time.Duration(monotonic() - b.ready)
	}
	select {
	case c := <-causes:
		// A program that had ended before it was killed ended by itself.
		if e.exit == nil {
			e.cause = c
		}
	default:
	}
	// What happened together with the end counts as well.
	select {
	case ev := <-b.watch.C:
		if ev == cgroup.OOM && e.cause == causeNone && e.exit == nil {
			e.cause = causeMemory
		}
	default:
	}
	e.denied = b.refuse.denied()
	var err error
	e.stats, err = b.group.Stats()
	return e, err
}

// readReports hands out what comes over the report socket and closes out at its end.
func readReports(c *net.UnixConn, out chan<- report) {
	defer close(out)
	buf := make([]byte, confine.RecordSize)
	oob := make([]byte, unix.CmsgSpace(4))
	for {
		n, oobn, _, _, err := c.ReadMsgUnix(buf, oob)
		if err != nil || n == 0 {
			return
		}
		var r report
		r.record, r.err = confine.DecodeRecord(buf[:n])
		if oobn > 0 && r.err == nil {
			r.listener, r.err = listenerFrom(oob[:oobn])
		}
		if r.err == nil && (r.listener != nil) != (r.record.Kind == confine.RecordRunning) {
			r.err = fmt.Errorf("report: record %d with or without a descriptor", r.record.Kind)
		}
		out <- r
		if r.err != nil {
			return
		}
	}
}

func listenerFrom(oob []byte) (*os.File, error) {
	msgs, err := unix.ParseSocketControlMessage(oob)
	if err != nil || len(msgs) != 1 {
		return nil, fmt.Errorf("report: control message: %w", errors.Join(err, unix.EINVAL))
	}
	fds, err := unix.ParseUnixRights(&msgs[0])
	if err != nil || len(fds) != 1 {
		return nil, fmt.Errorf("report: descriptors: %w", errors.Join(err, unix.EINVAL))
	}
	unix.CloseOnExec(fds[0])
	if err := unix.SetNonblock(fds[0], true); err != nil {
		unix.Close(fds[0])
		return nil, fmt.Errorf("report: %w", err)
	}
	return os.NewFile(uintptr(fds[0]), "seccomp listener"), nil
}
