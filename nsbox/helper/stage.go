package helper

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"time"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/internal/cgroup"
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

// box is a sandbox while a stage runs in it.
type box struct {
	*sandbox
	s     *session
	stage policy.Stage
	// began and ready are readings of CLOCK_MONOTONIC, which the sandbox's
	// records have too; ready is 0 until the program runs.
	began, ready int64
	// killDenied ends the program at its first refused call.
	killDenied bool
}

// report is what came over the report socket.
type report struct {
	record   confine.Record
	listener *os.File // with RecordRunning
	err      error
}

// stage runs one stage in a sandbox of its own. An error is nsbox's; how the
// program ended is in the output. The sandbox is taken down once the client has
// its answer.
func (s *session) stage(ctx context.Context, img *image.Image, st policy.Stage, in input, artifacts bool) (out *output, err error) {
	began := monotonic()
	if st.Name == nsbox.StageRun && len(s.plan.Stages) == 1 {
		began = s.began
	}
	underway := s.h.pool.hurry()
	defer underway()
	profile, err := s.h.profiles.program(st.Profile)
	if err != nil {
		return nil, err
	}
	sb, err := s.begin(ctx, img, st, profile, in)
	if err != nil {
		return nil, err
	}
	defer func() {
		switch {
		case err != nil:
			sb.discard()
		case st.Build:
			// The next stage may take long, and needs nothing of this one's.
			s.h.background(sb.discard)
		default:
			s.later = append(s.later, sb.discard)
		}
	}()
	b := &box{sandbox: sb, s: s, stage: st, began: began, killDenied: profile.kills}
	var rec *recording
	if st.Build && s.h.cache != nil {
		if rec, err = sb.streams.record(); err != nil {
			return nil, err
		}
		defer rec.end()
	}
	if err := s.sendStarted(st, sb.streams); err != nil {
		return nil, err
	}
	// A copy kept here would keep the program's input open, and its output.
	sb.streams.closeClient()
	ended := s.h.pool.run()
	underway()
	e, err := b.supervise(ctx)
	ended()
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
		if err := b.collect(sb.z, out, st.Build); err != nil {
			return nil, err
		}
	}
	return out, s.sendEnded(st, out.result)
}

// begin gets a sandbox, a spare if there is one, and lets the stage run in it.
func (s *session) begin(ctx context.Context, img *image.Image, st policy.Stage, profile filter, in input) (*sandbox, error) {
	o := order{image: img.Name, limits: st.Limits, build: st.Build}
	if st.Name == nsbox.StageRun {
		o.tty = s.plan.TTY
	}
	for again := true; ; again = false {
		z, warm, err := s.h.zygotes.get(ctx, img)
		if err != nil {
			return nil, err
		}
		s.warm, o.z = warm, z
		sb, err := s.place(o, st, profile, in)
		if err == nil {
			return sb, nil
		}
		broken := errors.Is(err, zygote.ErrBroken)
		if broken {
			s.h.zygotes.drop(img, z)
		}
		// A zygote that had died before it was asked is no reason to fail.
		if !broken || !again {
			return nil, fmt.Errorf("start %s: %w", s.id, err)
		}
	}
}

// place finds or makes the sandbox in which the stage's command is there the
// soonest.
func (s *session) place(o order, st policy.Stage, profile filter, in input) (*sandbox, error) {
	if t := s.template(st, s.warm); t != nil {
		s.start = nsbox.StartForked
		forked := o
		forked.template = t
		if sb := s.spare(forked, st, profile, in); sb != nil {
			return sb, nil
		}
		// Without a spare, a fork is still quicker than an interpreter's start.
		if sb, err := s.fresh(forked, st, profile, in); !confine.IsTemplate(err) {
			return sb, err
		}
	} else if boot := bootFor(st, profile); boot != nil && !s.h.cfg.NoTemplates {
		s.start = nsbox.StartStarted
		started := o
		started.boot = boot
		if sb := s.spare(started, st, profile, in); sb != nil {
			return sb, nil
		}
	}
	s.start = nsbox.StartExec
	if sb := s.spare(o, st, profile, in); sb != nil {
		return sb, nil
	}
	return s.fresh(o, st, profile, in)
}

// spare takes a spare and lets the stage run in it. It returns nil where there is
// none: nothing of the request's has been in one that failed.
func (s *session) spare(o order, st policy.Stage, profile filter, in input) *sandbox {
	if o.tty != nil || s.h.pool == nil {
		return nil
	}
	// A spare's death may not be seen before it is used; then the next has its turn.
	for range 3 {
		sp := s.h.pool.take(o)
		if sp == nil {
			return nil
		}
		sb := sp.(*sandbox)
		err := sb.tune(st.Limits)
		if err == nil {
			err = sb.proceed(st, profile, in)
		}
		if err == nil {
			return sb
		}
		s.h.cfg.Log.Info("a spare was of no use", "id", s.id, "error", err)
		s.h.background(sb.discard)
		if !errors.Is(err, zygote.ErrGone) {
			return nil
		}
	}
	return nil
}

// fresh makes a sandbox and lets the stage run in it.
func (s *session) fresh(o order, st policy.Stage, profile filter, in input) (*sandbox, error) {
	sb, err := s.h.prepare(o)
	if err != nil {
		return nil, err
	}
	sb.watch.Arm()
	if err := sb.proceed(st, profile, in); err != nil {
		sb.discard()
		return nil, err
	}
	return sb, nil
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
		// An error leaves the sandbox to its own end and to sandbox.kill.
		_ = b.proc.Kill()
	}
	if b.refuse != nil && b.killDenied {
		b.refuse.killAt(func() { kill(causeDenied) })
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
			if cpu = b.nextCPUCheck(used - b.spent); cpu == nil {
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
			b.dead = true
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
	if e.stats, err = b.group.Stats(); err != nil {
		return e, err
	}
	e.stats.CPU -= b.spent
	if b.ready == 0 && e.cause == causeNone && e.stats.OOMKills == 0 {
		return e, fmt.Errorf("start %s: the sandbox ended before its program began", b.s.id)
	}
	return e, nil
}

// readReports hands out what comes over the report socket and closes out at its end.
func readReports(c *net.UnixConn, out chan<- report) {
	defer close(out)
	for {
		r := readReport(c)
		if errors.Is(r.err, io.EOF) {
			return
		}
		out <- r
		if r.err != nil {
			return
		}
	}
}

// readReport takes one record. Its error is io.EOF at the socket's end.
func readReport(c *net.UnixConn) (r report) {
	buf := make([]byte, confine.RecordSize)
	oob := make([]byte, unix.CmsgSpace(4))
	n, oobn, _, _, err := c.ReadMsgUnix(buf, oob)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return report{err: fmt.Errorf("report: %w", err)}
	}
	if err != nil || n == 0 {
		return report{err: io.EOF}
	}
	r.record, r.err = confine.DecodeRecord(buf[:n])
	if oobn > 0 && r.err == nil {
		r.listener, r.err = listenerFrom(oob[:oobn])
	}
	if r.err == nil && (r.listener != nil) != (r.record.Kind == confine.RecordRunning) {
		r.err = fmt.Errorf("report: record %d with or without a descriptor", r.record.Kind)
	}
	return r
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
