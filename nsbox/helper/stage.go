package helper

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
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
}

// box is one sandbox while it is alive.
type box struct {
	s      *session
	stage  policy.Stage
	group  *cgroup.Group
	watch  *cgroup.Watch
	proc   *zygote.Process
	report *os.File
	ready  time.Time
}

// stage runs one stage in a sandbox of its own and takes everything down. An
// error is nsbox's; how the program ended is in the output.
func (s *session) stage(ctx context.Context, img *image.Image, st policy.Stage, in input, artifacts bool) (out *output, err error) {
	began := time.Now()
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
	profile, bpf, err := s.h.profiles.program(st.Profile)
	if err != nil {
		return nil, err
	}
	if err := z.LoadProfile(profile, bpf); err != nil {
		s.h.zygotes.drop(img, z)
		return nil, err
	}
	pair, err := s.h.lease.Take()
	if err != nil {
		return nil, err
	}
	undo.AddFunc(func() { s.h.lease.Give(pair) })
	b := &box{s: s, stage: st}
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
	report, child, err := pollPipe()
	if err != nil {
		return nil, err
	}
	b.report = report
	undo.Add(report.Close)
	joins, err := b.group.Join(false)
	if err != nil {
		child.Close()
		return nil, err
	}
	files := append([]*os.File{streams.child[0], streams.child[1], streams.child[2], child}, joins...)
	if len(in.entries) > 0 {
		// Every sandbox reads from the start by an offset of its own.
		own, err := reopen(in.files)
		if err != nil {
			return nil, err
		}
		defer own.Close()
		files = append(files, own)
	}
	b.proc, err = z.Spawn(&confine.Spec{
		InitID: pair.Init, ProgramID: pair.Program, Argv: st.Argv, Env: st.Env,
		Disk: int64(st.Limits.Disk), Inodes: int64(st.Limits.Inodes), OpenFiles: int64(st.Limits.OpenFiles),
		Profile: profile, Landlock: s.h.landlock, Joins: len(joins), TTY: tty != nil, Build: st.Build, Files: in.entries,
	}, files...)
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
	defer b.proc.Close()
	// From here on a process lives: whatever goes wrong, it is killed and waited
	// for before its cgroup and ids are given back.
	undo.Add(b.end)
	streams.closeChild()

	if err := s.sendStarted(st, streams); err != nil {
		return nil, err
	}
	// A copy kept here would keep the program's input open, and its output.
	streams.closeClient()
	e, err := b.supervise(ctx, began)
	if err != nil {
		return nil, err
	}
	out = &output{}
	var ok bool
	if out.result, ok = judge(e); !ok {
		return nil, fmt.Errorf("run %s: the sandbox ended and nobody knows why", s.id)
	}
	if st.Build && out.result.Verdict == nsbox.OK || artifacts {
		if err := b.collect(z, out, st.Build); err != nil {
			return nil, err
		}
	}
	return out, s.sendEnded(st, out.result)
}

func (s *session) sendStarted(st policy.Stage, streams *streams) error {
	lim, err := json.Marshal(st.Limits)
	if err != nil {
		return err
	}
	m := wire.Started{ID: s.id, Language: s.plan.Language, Stage: st.Name, Limits: lim, TTY: len(streams.client) == 1}
	return s.conn.Send(wire.KindStarted, m, streams.client...)
}

func (s *session) sendEnded(st policy.Stage, res nsbox.StageResult) error {
	type withoutStreams nsbox.StageResult
	b, err := json.Marshal(withoutStreams(res))
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

// deathTimeout bounds the wait for killed processes. One that hangs in the
// kernel for longer is an error, and the next start of a helper removes it.
const deathTimeout = 30 * time.Second

// supervise watches the sandbox until everything in it is dead, and ends it
// where a limit or the client asks for that.
func (b *box) supervise(ctx context.Context, began time.Time) (ending, error) {
	e := ending{limits: b.stage.Limits}
	records := make(chan any, 4)
	go readRecords(b.report, records)
	dead := make(chan error, 1)
	go func() { dead <- waitDead(b.proc, 0) }()

	setup := time.NewTimer(setupTimeout)
	defer setup.Stop()
	var wall, cpu <-chan time.Time
	kill := func(c cause) {
		if e.cause == causeNone && e.exit == nil {
			e.cause = c
		}
		// An error leaves the sandbox to its own end and to box.end.
		_ = b.proc.Kill()
	}
	done := ctx.Done()
	stop := b.s.stop
	for {
		select {
		case r, ok := <-records:
			switch r := r.(type) {
			case confine.Record:
				switch r.Kind {
				case confine.RecordFailed:
					return e, fmt.Errorf("start %s: %s: %w", b.s.id, b.proc.StepName(r.Step), unix.Errno(r.Value))
				case confine.RecordReady:
					b.ready = time.Now()
					e.setup = b.ready.Sub(began)
					setup.Stop()
					wall = time.After(b.stage.Limits.Timeout.Std())
					cpu = b.nextCPUCheck(0)
				case confine.RecordExit:
					e.exit = &r
					if !b.ready.IsZero() {
						e.wall = time.Since(b.ready)
					}
				}
			case error:
				return e, r
			}
			if !ok {
				records = nil
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
			return b.afterDeath(e, records)
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

// afterDeath takes what the sandbox had still to report, and its counters.
func (b *box) afterDeath(e ending, records <-chan any) (ending, error) {
	for r := range records {
		switch r := r.(type) {
		case confine.Record:
			if r.Kind == confine.RecordFailed {
				return e, fmt.Errorf("start %s: %s: %w", b.s.id, b.proc.StepName(r.Step), unix.Errno(r.Value))
			}
			if r.Kind == confine.RecordReady {
				b.ready = time.Now()
			}
			if r.Kind == confine.RecordExit {
				e.exit = &r
			}
		case error:
			return e, r
		}
	}
	if e.wall == 0 && !b.ready.IsZero() {
		e.wall = time.Since(b.ready)
	}
	// What happened together with the end counts as well.
	select {
	case ev := <-b.watch.C:
		if ev == cgroup.OOM && e.cause == causeNone && e.exit == nil {
			e.cause = causeMemory
		}
	default:
	}
	var err error
	e.stats, err = b.group.Stats()
	return e, err
}

// readRecords hands out what comes over the report pipe and closes out at its end.
func readRecords(f *os.File, out chan<- any) {
	defer close(out)
	buf := make([]byte, confine.RecordSize)
	for {
		if _, err := io.ReadFull(f, buf); err != nil {
			return
		}
		r, err := confine.DecodeRecord(buf)
		if err != nil {
			out <- err
			return
		}
		out <- r
	}
}
