package helper

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"os"
	"sync"
	"time"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/internal/cgroup"
	"github.com/nsbox/nsbox/nsbox/internal/cleanup"
	"github.com/nsbox/nsbox/nsbox/internal/confine"
	"github.com/nsbox/nsbox/nsbox/internal/ids"
	"github.com/nsbox/nsbox/nsbox/internal/zygote"
	"github.com/nsbox/nsbox/nsbox/language"
	"github.com/nsbox/nsbox/nsbox/policy"
	"github.com/oklog/ulid/v2"
	"golang.org/x/sys/unix"
)

// living is a sandbox that lives on: a keeper, which holds its namespaces, and
// cgroups:
//
//	live-ID          the sandbox's limits, and what nsbox's own processes need
//	  keeper
//	  files-N        a worker on its files
//	  run            the sandbox's limits
//	    x-N          an execution; its limits
//
// So programs that use up all they may have still leave room for the worker that
// removes their files.
//
// Its life: make, then any number of visits (living_exec.go), snippets
// (living_eval.go) and operations on files (living_files.go), then end, once, for
// whichever reason comes first.
type living struct {
	h       *Helper
	id      string
	req     nsbox.SandboxRequest
	owner   uint32
	plan    policy.SandboxPlan
	lang    *language.Language
	created time.Time

	z      *zygote.Zygote
	pair   ids.Pair
	group  *cgroup.Group
	run    *cgroup.Group
	proc   *zygote.Process
	disk   *os.File // scratch directory; only its counters are ever asked for
	volume *volume  // nil where it has none
	undo   cleanup.Stack

	// gone is closed when nothing of it is left.
	gone chan struct{}
	// ending is closed when it is to end.
	ending chan struct{}

	workers chan struct{} // a place for each worker at once
	kernel  kernelSlot
	saving  sync.Mutex

	mu      sync.Mutex
	state   nsbox.SandboxState
	reason  string
	ended   time.Time
	expires time.Time
	used    time.Time // when something was last done in it
	saved   time.Time
	dirty   bool // something was done since it was saved
	running int
	total   int
	made    int            // groups made in it
	names   map[string]int // files of executions under way, by how many
	stopped time.Duration  // in all pauses but the one under way
	paused  time.Time      // since when
}

// What nsbox's own processes may take beyond the sandbox's limits: the keeper and
// the workers, each a Go program with its threads; and of processes two for each
// execution.
const (
	extraPids   = 1 + maxWorkers*12
	extraMemory = 32 * nsbox.MiB
)

// maxWorkers bounds the workers on the files of one sandbox at once.
const maxWorkers = 4

// createSandbox makes a sandbox that lives on and returns once it runs.
func (h *Helper) createSandbox(ctx context.Context, uid uint32, req nsbox.SandboxRequest) (lv *living, err error) {
	if h.cfg.Once {
		return nil, fmt.Errorf("%w: a sandbox that lives on needs a helper that does; start one with: sudo nsbox-helper serve", nsbox.ErrBadRequest)
	}
	lang, err := h.cfg.Languages.Lookup(req.Language)
	if err != nil {
		return nil, err
	}
	plan, err := policy.ResolveSandbox(req, lang, h.cfg.Ceilings)
	if err != nil {
		return nil, err
	}
	now := time.Now()
	lv = &living{
		h: h, id: ulid.MustNew(ulid.Now(), rand.Reader).String(), req: req, owner: uid, plan: plan, lang: lang, created: now,
		gone: make(chan struct{}), ending: make(chan struct{}), workers: make(chan struct{}, maxWorkers),
		state: nsbox.SandboxCreating, expires: now.Add(plan.TTL.Std()), used: now, names: map[string]int{},
	}
	if err := h.living.add(lv, h.cfg.Ceilings.Sandboxes); err != nil {
		return nil, err
	}
	if err := lv.make(ctx); err != nil {
		lv.undo.Run(&err)
		h.living.remove(lv)
		close(lv.gone)
		return nil, err
	}
	lv.mu.Lock()
	lv.state, lv.used = nsbox.SandboxRunning, time.Now()
	lv.mu.Unlock()
	go lv.live()
	return lv, nil
}

// make builds the sandbox. What it has built when it fails is on the undo stack.
func (lv *living) make(ctx context.Context) error {
	h := lv.h
	img, err := h.images.Get(lv.plan.Image)
	if err != nil {
		return err
	}
	if lv.req.Volume != "" {
		if lv.volume, err = h.volumes.hold(lv.owner, lv.req.Volume, h.cfg.Ceilings.Sandboxes.Volumes); err != nil {
			return err
		}
		lv.undo.AddFunc(lv.volume.release)
	}
	z, _, err := h.zygotes.get(ctx, img)
	if err != nil {
		return err
	}
	lv.mu.Lock()
	lv.z = z
	lv.mu.Unlock()
	if lv.pair, err = h.lease.Take(); err != nil {
		return err
	}
	lv.undo.AddFunc(func() { h.lease.Give(lv.pair) })
	inner := nsbox.Limits{Memory: lv.plan.Limits.Memory, CPUs: lv.plan.Limits.CPUs, Pids: lv.plan.Limits.Pids + 2*h.cfg.Ceilings.Sandboxes.Execs}
	outer := nsbox.Limits{Memory: inner.Memory + extraMemory, Pids: inner.Pids + extraPids}
	if lv.group, err = h.tree.CreateParent("live-"+lv.id, outer); err != nil {
		return err
	}
	lv.undo.Add(lv.group.DeleteAll)
	if lv.run, err = lv.group.ChildParent("run", inner); err != nil {
		return err
	}
	if err := lv.keep(); err != nil {
		if errors.Is(err, zygote.ErrBroken) {
			h.zygotes.drop(img, z)
		}
		return fmt.Errorf("start %s: %w", lv.id, err)
	}
	if lv.volume != nil {
		if err := lv.restore(ctx); err != nil {
			return fmt.Errorf("volume %s: %w", lv.req.Volume, err)
		}
	}
	return nil
}

// keep clones the keeper and waits until it has set everything up.
func (lv *living) keep() error {
	group, err := lv.group.Child("keeper", nsbox.Limits{})
	if err != nil {
		return err
	}
	report, child, err := reportSocket()
	if err != nil {
		return err
	}
	defer func() { _ = report.Close() }()
	defer child.Close()
	joins, err := group.Join(false)
	if err != nil {
		return err
	}
	defer closeAll(joins)
	lim := lv.plan.Limits
	spec := &confine.Spec{
		InitID: lv.pair.Init, ProgramID: lv.pair.Program, Disk: int64(lim.Disk), Inodes: int64(lim.Inodes), Joins: len(joins),
	}
	if lv.proc, err = lv.z.Keep(spec, append([]*os.File{child}, joins...)...); err != nil {
		return err
	}
	lv.undo.AddFunc(lv.proc.Close)
	lv.undo.Add(lv.kill)
	child.Close()
	r, f, err := nextReport(report, setupTimeout)
	switch {
	case err != nil:
		return err
	case r.Kind == confine.RecordFailed:
		return fmt.Errorf("%s: %w", lv.proc.StepName(r.Step), unix.Errno(r.Value))
	case r.Kind != confine.RecordEntered || f == nil:
		return fmt.Errorf("report: record %d of a keeper", r.Kind)
	}
	lv.disk = f
	lv.undo.Add(f.Close)
	return nil
}

// nextReport takes one record, and the descriptor that it may have.
func nextReport(c *net.UnixConn, limit time.Duration) (confine.Record, *os.File, error) {
	if err := c.SetReadDeadline(time.Now().Add(limit)); err != nil {
		return confine.Record{}, nil, err
	}
	buf, oob := make([]byte, confine.RecordSize), make([]byte, unix.CmsgSpace(4))
	n, oobn, _, _, err := c.ReadMsgUnix(buf, oob)
	if err != nil {
		return confine.Record{}, nil, fmt.Errorf("report: %w", err)
	}
	var f *os.File
	if oobn > 0 {
		if f, err = listenerFrom(oob[:oobn]); err != nil {
			return confine.Record{}, nil, err
		}
	}
	r, err := confine.DecodeRecord(buf[:n])
	if err != nil && f != nil {
		f.Close()
	}
	return r, f, err
}

// kill ends everything in the sandbox and waits until it is dead.
func (lv *living) kill() error {
	if err := lv.proc.Kill(); err != nil {
		return fmt.Errorf("kill: %w", err)
	}
	// A v1 group that is frozen does not die.
	if lv.h.tree.Layout() != cgroup.V2 {
		_ = lv.group.Thaw()
	}
	if err := waitDead(lv.proc, deathTimeout); err != nil {
		return err
	}
	// What enters at this moment is not in the pid namespace yet.
	return lv.group.Kill()
}

// saveEvery is how often a volume is written while its sandbox is in use.
const saveEvery = 5 * time.Minute

// live waits for the reason for the sandbox's end, and ends it.
func (lv *living) live() {
	dead := make(chan error, 1)
	go func() { dead <- waitDead(lv.proc, 0) }()
	tick := time.NewTicker(saveEvery)
	defer tick.Stop()
	for {
		timer := time.NewTimer(lv.left())
		select {
		case <-lv.ending:
		case err := <-dead:
			if err != nil {
				lv.h.cfg.Log.Error("watch a sandbox", "sandbox", lv.id, "error", err)
			}
			lv.end("its memory ran out or its processes broke")
		case <-tick.C:
			if lv.volume != nil && lv.isDirty() {
				if err := lv.save(context.Background()); err != nil {
					lv.h.cfg.Log.Warn("save a volume", "sandbox", lv.id, "error", err)
				}
			}
		case <-timer.C:
			if reason := lv.overdue(); reason != "" {
				lv.end(reason)
			}
		}
		timer.Stop()
		select {
		case <-lv.ending:
			lv.takeDown()
			return
		default:
		}
	}
}

// left is the time until the sandbox may have to end.
func (lv *living) left() time.Duration {
	lv.mu.Lock()
	defer lv.mu.Unlock()
	until := lv.expires
	if idle := lv.used.Add(lv.plan.Idle.Std()); lv.running == 0 && idle.Before(until) {
		until = idle
	}
	return max(min(time.Until(until), time.Second), time.Millisecond)
}

// overdue says why the sandbox has to end now, if it has to.
func (lv *living) overdue() string {
	lv.mu.Lock()
	defer lv.mu.Unlock()
	now := time.Now()
	switch {
	case !now.Before(lv.expires):
		return "its time to live is over"
	case lv.running == 0 && !now.Before(lv.used.Add(lv.plan.Idle.Std())):
		return fmt.Sprintf("nothing was done in it for %s", lv.plan.Idle)
	}
	return ""
}

// end asks for the sandbox's end. The first reason counts.
func (lv *living) end(reason string) {
	lv.mu.Lock()
	defer lv.mu.Unlock()
	if lv.reason == "" {
		lv.reason = reason
		close(lv.ending)
	}
}

// takeDown ends everything, saves the volume and removes all that was made.
func (lv *living) takeDown() {
	var err error
	if kerr := lv.kill(); kerr != nil {
		err = kerr
	} else if lv.volume != nil {
		if serr := lv.save(context.Background()); serr != nil {
			err = fmt.Errorf("save the volume: %w", serr)
			lv.mu.Lock()
			lv.reason += "; its volume could not be saved: " + serr.Error()
			lv.mu.Unlock()
		}
	}
	lv.kernel.drop()
	// Executions that the end has killed have cgroups to remove.
	for range 500 {
		if lv.count() == 0 {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	lv.undo.Run(&err)
	if err != nil {
		lv.h.cfg.Log.Error("end a sandbox", "sandbox", lv.id, "error", err)
	}
	lv.mu.Lock()
	lv.state, lv.ended = nsbox.SandboxTerminated, time.Now()
	lv.mu.Unlock()
	lv.h.living.bury(lv)
	close(lv.gone)
}

func (lv *living) count() int {
	lv.mu.Lock()
	defer lv.mu.Unlock()
	return lv.running
}

func (lv *living) isDirty() bool {
	lv.mu.Lock()
	defer lv.mu.Unlock()
	return lv.dirty
}

// child makes a group in one of the sandbox's.
func (lv *living) child(in *cgroup.Group, what string, lim nsbox.Limits) (*cgroup.Group, error) {
	lv.mu.Lock()
	lv.made++
	name := fmt.Sprintf("%s-%d", what, lv.made)
	lv.mu.Unlock()
	return in.Child(name, lim)
}

// enter counts something in that uses the sandbox; leave counts it out, once. exec says
// that it is an execution, of which there is a most at once.
func (lv *living) enter(exec bool) (leave func(), err error) {
	lv.mu.Lock()
	defer lv.mu.Unlock()
	switch {
	case lv.reason != "" || lv.state == nsbox.SandboxTerminated:
		return nil, fmt.Errorf("%w: the sandbox has ended: %s", nsbox.ErrNoSandbox, lv.reason)
	case lv.state == nsbox.SandboxCreating:
		return nil, fmt.Errorf("%w: the sandbox is still being made", nsbox.ErrBusy)
	case lv.state == nsbox.SandboxPaused:
		return nil, fmt.Errorf("%w; resume it first", nsbox.ErrPaused)
	}
	most := lv.h.cfg.Ceilings.Sandboxes.Execs
	if exec && lv.running >= most {
		return nil, fmt.Errorf("%w: %d executions run in the sandbox already, which is the most at once", nsbox.ErrBusy, most)
	}
	if exec {
		lv.running++
		lv.total++
	}
	lv.used, lv.dirty = time.Now(), true
	return sync.OnceFunc(func() {
		lv.mu.Lock()
		defer lv.mu.Unlock()
		if exec {
			lv.running--
		}
		lv.used, lv.dirty = time.Now(), true
	}), nil
}

// stoppedFor is for how long the sandbox has been paused in all.
func (lv *living) stoppedFor() time.Duration {
	lv.mu.Lock()
	defer lv.mu.Unlock()
	d := lv.stopped
	if !lv.paused.IsZero() {
		d += time.Since(lv.paused)
	}
	return d
}

// freeze stops all processes; one that is in the kernel may take a while.
func (lv *living) freeze() error {
	var err error
	for range 40 { // of 50 ms each
		if err = lv.group.Freeze(); err == nil {
			return nil
		}
	}
	return errors.Join(err, lv.group.Thaw())
}

func (lv *living) pause() error {
	lv.saving.Lock() // saving freezes and thaws
	defer lv.saving.Unlock()
	lv.mu.Lock()
	defer lv.mu.Unlock()
	switch {
	case lv.reason != "":
		return fmt.Errorf("%w: the sandbox has ended: %s", nsbox.ErrNoSandbox, lv.reason)
	case lv.state == nsbox.SandboxCreating:
		return fmt.Errorf("%w: the sandbox is still being made", nsbox.ErrBusy)
	case lv.state == nsbox.SandboxPaused:
		return nil
	}
	if err := lv.freeze(); err != nil {
		return fmt.Errorf("pause: %w", err)
	}
	lv.state, lv.paused, lv.used = nsbox.SandboxPaused, time.Now(), time.Now()
	return nil
}

func (lv *living) resume() error {
	lv.saving.Lock()
	defer lv.saving.Unlock()
	lv.mu.Lock()
	defer lv.mu.Unlock()
	if lv.reason != "" {
		return fmt.Errorf("%w: the sandbox has ended: %s", nsbox.ErrNoSandbox, lv.reason)
	}
	if lv.state != nsbox.SandboxPaused {
		return nil
	}
	if err := lv.group.Thaw(); err != nil {
		return fmt.Errorf("resume: %w", err)
	}
	lv.stopped += time.Since(lv.paused)
	lv.state, lv.paused, lv.used = nsbox.SandboxRunning, time.Time{}, time.Now()
	return nil
}

func (lv *living) extend(ttl time.Duration) error {
	if err := policy.CheckTTL(nsbox.Duration(ttl), lv.h.cfg.Ceilings.Sandboxes); err != nil {
		return err
	}
	lv.mu.Lock()
	defer lv.mu.Unlock()
	if lv.reason != "" {
		return fmt.Errorf("%w: the sandbox has ended: %s", nsbox.ErrNoSandbox, lv.reason)
	}
	lv.expires, lv.used = time.Now().Add(ttl), time.Now()
	return nil
}

// info describes the sandbox as it is now.
func (lv *living) info() nsbox.SandboxInfo {
	lv.mu.Lock()
	i := nsbox.SandboxInfo{
		ID: lv.id, Name: lv.req.Name, Language: lv.plan.Language, State: lv.state, Owner: lv.owner,
		Created: lv.created, Expires: lv.expires, IdleTimeout: lv.plan.Idle, Limits: lv.plan.Limits,
		Volume: lv.req.Volume, Labels: lv.req.Labels, Running: lv.running, Executions: lv.total,
	}
	if !lv.saved.IsZero() {
		saved := lv.saved
		i.Saved = &saved
	}
	if lv.state == nsbox.SandboxTerminated {
		ended := lv.ended
		i.Ended, i.Reason = &ended, lv.reason
	}
	lv.mu.Unlock()
	if i.State == nsbox.SandboxRunning || i.State == nsbox.SandboxPaused {
		i.Usage = lv.usage()
	}
	return i
}

// usage reads the counters. One that can't be read, as the sandbox is just
// ending, is 0.
func (lv *living) usage() nsbox.SandboxUsage {
	var u nsbox.SandboxUsage
	if st, err := lv.group.Stats(); err == nil {
		u.CPUMS, u.MemoryPeakBytes = ms(st.CPU), st.MemoryPeak
	}
	if n, err := lv.group.Memory(); err == nil {
		u.MemoryBytes = n
	}
	if n, err := lv.run.Pids(); err == nil {
		u.Pids = n
	}
	var st unix.Statfs_t
	rc, err := lv.disk.SyscallConn()
	if err == nil && rc.Control(func(fd uintptr) { err = unix.Fstatfs(int(fd), &st) }) == nil && err == nil {
		u.DiskBytes = int64(st.Blocks-st.Bfree) * st.Bsize
		u.Inodes = max(0, int64(st.Files-st.Ffree)-ownInodes)
	}
	return u
}

// ownInodes are those of the scratch file system's own directories.
const ownInodes = 5
