package helper

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"sync"
	"time"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/internal/cgroup"
	"github.com/nsbox/nsbox/nsbox/internal/confine"
	"github.com/nsbox/nsbox/nsbox/internal/wire"
	"github.com/nsbox/nsbox/nsbox/policy"
	"golang.org/x/sys/unix"
)

// kernel is an interpreter in a sandbox that is handed snippets and keeps its
// state between them: a visit whose descriptor 0 is a socket (see
// language.Session) and whose output goes through this process, which parts it by
// snippets. What a kernel says is a program's word, bounded and believed by
// nobody but its owner.
type kernel struct {
	v      *visit
	conn   net.Conn
	said   *bufio.Reader
	output [2]*os.File // stdout and stderr
	count  int
}

// kernelSlot has a sandbox's kernel. mu is held for a snippet's time.
type kernelSlot struct {
	mu sync.Mutex
	k  *kernel
}

// drop ends the kernel.
func (s *kernelSlot) drop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.k.close()
	s.k = nil
}

func (k *kernel) close() {
	if k == nil {
		return
	}
	k.conn.Close()
	var err error
	k.v.undo.Run(&err)
	if err != nil {
		k.v.lv.h.cfg.Log.Error("end an interpreter", "sandbox", k.v.lv.id, "error", err)
	}
	for _, f := range k.output {
		f.Close()
	}
}

// kernelFrame announces a snippet, kernelReply is its end.
type (
	kernelFrame struct {
		ID   int `json:"id"`
		Size int `json:"size"`
	}
	kernelReply struct {
		ID       int             `json:"id"`
		ExitCode int             `json:"exit_code"`
		Value    json.RawMessage `json:"value"`
	}
)

// maxReply bounds a reply in bytes, so that it fits a packet.
const maxReply = wire.MaxPacket - 8<<10

// startKernel starts the sandbox's interpreter.
func (lv *living) startKernel(st policy.Stage) (k *kernel, err error) {
	mem, err := memfd("session")
	if err != nil {
		return nil, err
	}
	defer mem.Close()
	if _, err := mem.WriteString(lv.lang.Session.Boot); err != nil {
		return nil, err
	}
	boot := input{files: mem, entries: []confine.FileEntry{{Name: bootName, Size: int64(len(lv.lang.Session.Boot)), Build: true}}}
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, os.NewSyscallError("socketpair", err)
	}
	ours, theirs := os.NewFile(uintptr(fds[0]), "kernel"), os.NewFile(uintptr(fds[1]), "kernel")
	conn, err := net.FileConn(ours)
	ours.Close()
	if err != nil {
		theirs.Close()
		return nil, err
	}
	streams, err := openStreams(int(lv.h.lease.HostID(lv.pair.Program)), nil)
	if err != nil {
		theirs.Close()
		conn.Close()
		return nil, err
	}
	defer streams.close()
	streams.child[0].Close()
	streams.child[0] = theirs
	k = &kernel{conn: conn, said: bufio.NewReaderSize(conn, maxReply)}
	for i, f := range streams.client[1:] {
		if k.output[i], err = pollFile(f); err != nil {
			conn.Close()
			return nil, err
		}
		streams.client[1+i] = nil
	}
	if k.v, err = lv.visit(st, streams, false, boot); err != nil {
		conn.Close()
		closeAll(k.output[:])
		return nil, err
	}
	return k, nil
}

// bootName is language.BootFile below /build.
const bootName = "session"

// snippet is one on its way through a kernel.
type snippet struct {
	s      *session
	lv     *living
	k      *kernel
	limits nsbox.Limits
	cpu    time.Duration // what the kernel had used before
	result nsbox.StageResult
	value  json.RawMessage
	lost   bool
}

// eval runs a snippet, and starts a kernel first where there is none.
func (s *session) eval(ctx context.Context, lv *living, st policy.Stage, code []byte, reset bool) (*snippet, error) {
	slot := &lv.kernel
	slot.mu.Lock()
	defer slot.mu.Unlock()
	sn := &snippet{s: s, lv: lv, limits: st.Limits}
	if slot.k != nil && (reset || slot.k.gone()) {
		// One that ended between two snippets has lost a state that nobody was told of.
		sn.lost = !reset
		slot.k.close()
		slot.k = nil
	}
	if slot.k == nil {
		k, err := lv.startKernel(st)
		if err != nil {
			if lv.over() {
				return nil, fmt.Errorf("%w: the sandbox has ended: %s", nsbox.ErrNoSandbox, lv.why())
			}
			return nil, fmt.Errorf("start the interpreter: %w", err)
		}
		slot.k = k
	}
	sn.k = slot.k
	alive, err := sn.run(ctx, st, code)
	if !alive || err != nil {
		slot.k.close()
		slot.k = nil
	}
	return sn, err
}

// gone tells whether the kernel has ended.
func (k *kernel) gone() bool {
	select {
	case err := <-k.v.dead:
		k.v.dead <- err
		return true
	default:
		return false
	}
}

// run hands the snippet over and waits for its end. alive says that the kernel
// can take another.
func (sn *snippet) run(ctx context.Context, st policy.Stage, code []byte) (alive bool, err error) {
	v := sn.k.v
	streams, err := openStreams(int(sn.s.h.lease.HostID(sn.lv.pair.Program)), nil)
	if err != nil {
		return true, err
	}
	defer streams.close()
	if sn.cpu, err = v.group.CPU(); err != nil {
		return false, err
	}
	if err := sn.s.sendStarted(st, streams); err != nil {
		return true, err
	}
	streams.closeClient()
	relays, err := sn.k.relay(streams)
	if err != nil {
		return false, err
	}
	began := time.Now()
	alive, err = sn.wait(ctx, sn.k.hand(code))
	relays.finish(alive)
	if err != nil {
		return false, err
	}
	sn.lost = sn.lost || !alive
	stats, serr := v.group.Stats()
	if serr != nil && alive {
		return false, serr
	}
	sn.result.Usage = nsbox.Usage{
		WallMS: ms(time.Since(began)), CPUMS: ms(stats.CPU - sn.cpu), MemoryPeakBytes: stats.MemoryPeak, PidsPeak: stats.PidsPeak,
	}
	return alive, sn.s.sendEnded(st, sn.result)
}

// hand gives the kernel the code and returns where its reply will come.
func (k *kernel) hand(code []byte) <-chan kernelReply {
	k.count++
	id := k.count
	replies := make(chan kernelReply, 1)
	go func() {
		head, _ := json.Marshal(kernelFrame{ID: id, Size: len(code)}) // two numbers
		if _, err := k.conn.Write(append(append(head, '\n'), code...)); err != nil {
			return // it is dead, which is noticed elsewhere
		}
		line, err := k.said.ReadSlice('\n')
		var r kernelReply
		switch {
		case errors.Is(err, bufio.ErrBufferFull) || err == nil && (json.Unmarshal(line, &r) != nil || r.ID != id):
			// The snippet has got at its interpreter's descriptor.
			k.v.stop(causeNone)
		case err == nil:
			replies <- r
		}
	}()
	return replies
}

// wait waits for the reply or the kernel's death, and sees to that where a limit,
// the client or ctx asks for it.
func (sn *snippet) wait(ctx context.Context, replies <-chan kernelReply) (alive bool, err error) {
	v := sn.k.v
	wall := sn.lv.timer(sn.limits.Timeout.Std())
	defer wall.stop()
	cpu := cpuCheck(sn.limits, 0)
	done := ctx.Done()
	records := v.records
	for {
		select {
		case r := <-replies:
			sn.reply(r)
			return true, nil
		case r, ok := <-records:
			if !ok {
				records = nil
				continue
			}
			if err := v.take(r); err != nil {
				return false, err
			}
		case <-wall.t.C:
			if wall.over() {
				v.stop(causeWall)
			}
		case <-cpu:
			used, err := v.group.CPU()
			if err != nil {
				return false, err
			}
			if cpu = cpuCheck(sn.limits, used-sn.cpu); cpu == nil {
				v.stop(causeCPU)
			}
		case ev := <-v.watch.C:
			if ev != cgroup.Pids { // the kernel's threads are no one's fault
				v.event(ev)
			}
		case c := <-sn.s.stop:
			v.stop(c)
		case <-done:
			done = nil
			v.stop(causeCancel)
		case err := <-v.dead:
			v.dead <- err // for whoever asks next
			if err != nil {
				return false, err
			}
			return false, sn.died()
		}
	}
}

func (sn *snippet) reply(r kernelReply) {
	sn.result.Verdict = nsbox.OK
	if sn.result.ExitCode = r.ExitCode & 0xff; r.ExitCode != 0 {
		sn.result.Verdict = nsbox.NonZero
	}
	var v nsbox.Value
	if len(r.Value) > 0 && json.Unmarshal(r.Value, &v) == nil && (v.Text != "" || len(v.JSON) > 0) {
		sn.value, _ = json.Marshal(v) // it was JSON a moment ago
	}
}

// died says how the kernel ended.
func (sn *snippet) died() error {
	e, err := sn.k.v.after()
	if err != nil {
		return err
	}
	e.limits = sn.limits
	e.stats.CPU -= sn.cpu
	res, ok := judge(e)
	if !ok {
		// It was ended because it answered with nonsense.
		res.Verdict, res.ExitCode, res.Signal = nsbox.NonZero, 1, ""
	}
	sn.result = res
	return nil
}

// relays carry a kernel's output to a snippet's own pipes.
type relays struct {
	k    *kernel
	to   [2]*os.File
	done [2]chan struct{}
}

func (k *kernel) relay(streams *streams) (*relays, error) {
	r := &relays{k: k}
	for i := range r.to {
		var err error
		if r.to[i], err = pollFile(streams.child[1+i]); err != nil {
			return nil, err
		}
		streams.child[1+i] = nil
		if err := k.output[i].SetReadDeadline(time.Time{}); err != nil {
			return nil, err
		}
	}
	for i := range r.to {
		r.done[i] = make(chan struct{})
		go func() {
			defer close(r.done[i])
			// A client that has gone away does not stop the kernel: its output then goes
			// nowhere.
			to := io.Writer(r.to[i])
			buf := make([]byte, 32<<10)
			for {
				n, err := k.output[i].Read(buf)
				if n > 0 {
					if _, werr := to.Write(buf[:n]); werr != nil {
						to = io.Discard
					}
				}
				if err != nil {
					return
				}
			}
		}()
	}
	return r, nil
}

// drainTimeout is how long a client may take to read the rest of the output.
const drainTimeout = 30 * time.Second

// finish carries what is left of the snippet's output and ends its pipes. Of a
// kernel that is dead all of it comes until the end of its own pipes.
func (r *relays) finish(alive bool) {
	for i, to := range r.to {
		_ = to.SetWriteDeadline(time.Now().Add(drainTimeout))
		if alive {
			_ = r.k.output[i].SetReadDeadline(time.Unix(1, 0))
		} else {
			// What it left running in the background holds them no longer: it is dead.
			_ = r.k.output[i].SetReadDeadline(time.Now().Add(drainTimeout))
		}
	}
	for i, to := range r.to {
		<-r.done[i]
		if alive {
			r.rest(i)
		}
		to.Close()
	}
}

// rest carries what lies in the kernel's pipe now: it printed that before it
// replied.
func (r *relays) rest(i int) {
	from := r.k.output[i]
	if err := from.SetReadDeadline(time.Time{}); err != nil {
		return
	}
	rc, err := from.SyscallConn()
	if err != nil {
		return
	}
	buf := make([]byte, 64<<10)
	for {
		n := 0
		err := rc.Read(func(fd uintptr) bool {
			n, _ = unix.Read(int(fd), buf)
			return true
		})
		if err != nil || n <= 0 {
			return
		}
		if _, err := r.to[i].Write(buf[:n]); err != nil {
			return
		}
	}
}
