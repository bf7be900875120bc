// Package zygote builds, by libcontainer, the container that sandboxes are
// cloned from, and speaks with the nsbox-init that runs in it.
//
// It is the only package that links libcontainer, whose C code runs before
// main. A program that imports it must call [Init] first thing in main.
package zygote

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/nsbox/nsbox/nsbox/internal/cleanup"
	"github.com/nsbox/nsbox/nsbox/internal/confine"
	"github.com/nsbox/nsbox/nsbox/internal/wire"
	"github.com/opencontainers/runc/libcontainer"
	_ "github.com/opencontainers/runc/libcontainer/nsenter" // joins and makes namespaces before the Go runtime starts
	"golang.org/x/sys/unix"
)

// libcontainer mounts from a goroutine that joins the zygote's mount namespace with
// its thread and leaves it to the runtime to end that thread. The runtime can't end
// a process's first thread: that would stay in there for good, keep the namespace
// alive, and show the zygote's mounts as those of the whole process, in
// /proc/self/mountinfo (proc(5)). So the first thread belongs to the main goroutine.
// Only what is initialised before main is sure to run on it.
var _ = func() struct{} {
	runtime.LockOSThread()
	return struct{}{}
}()

// Init turns this process into libcontainer's container init when it was
// started as one, and does not return then.
func Init() {
	if len(os.Args) == 2 && os.Args[1] == "init" && os.Getenv("_LIBCONTAINER_INITPIPE") != "" {
		runtime.GOMAXPROCS(1)
		libcontainer.Init()
	}
}

// Config describes a zygote.
type Config struct {
	ID string
	// StateDir is libcontainer's, root-owned, on a file system that a reboot clears.
	StateDir string
	// Rootfs is the mounted image.
	Rootfs string
	// InitPath is nsbox-init, static and root-owned.
	InitPath string
	// Cgroup is the zygote's own cgroup, relative to that of this process.
	Cgroup string
	// RootID is the host id of the zygote's root, MapHost and MapSize the ids of
	// its sandboxes, which are 1 and up inside.
	RootID, MapHost, MapSize uint32
}

// Zygote is a running zygote. Its methods are safe for concurrent use; calls
// are served one after the other.
type Zygote struct {
	container *libcontainer.Container
	process   *libcontainer.Process
	stderr    *tail

	region uint64 // see confine.Ready

	mu       sync.Mutex
	conn     *wire.Conn
	profiles map[string]bool
	closed   bool
}

// startTimeout bounds how long a zygote may take to report that it serves.
const startTimeout = 30 * time.Second

// Start builds a zygote and waits until it serves.
func Start(ctx context.Context, cfg Config) (z *Zygote, err error) {
	var undo cleanup.Stack
	defer undo.Run(&err)

	ours, theirs, err := wire.Pair()
	if err != nil {
		return nil, err
	}
	defer theirs.Close()
	conn, err := wire.NewConn(ours)
	if err != nil {
		return nil, err
	}
	undo.Add(conn.Close)

	container, err := libcontainer.Create(cfg.StateDir, cfg.ID, containerConfig(cfg))
	if err != nil {
		return nil, fmt.Errorf("zygote: create container: %w", err)
	}
	undo.Add(container.Destroy)

	// The zygote gets pipes: no host file is ever its descriptor 0, 1 or 2.
	stderr := &tail{}
	noNewPrivs := true
	process := &libcontainer.Process{
		Args:            []string{confine.InitPath, "zygote"},
		Env:             []string{"GOMAXPROCS=1", "GOGC=40"},
		Cwd:             "/",
		Stdin:           bytes.NewReader(nil),
		Stdout:          io.Discard,
		Stderr:          stderr,
		ExtraFiles:      []*os.File{theirs},
		Init:            true,
		NoNewPrivileges: &noNewPrivs,
	}
	if err := container.Run(process); err != nil {
		return nil, fmt.Errorf("zygote: start: %w", err)
	}
	undo.AddFunc(func() {
		conn.Close()
		_ = process.Signal(unix.SIGKILL)
		_, _ = process.Wait()
	})
	theirs.Close()

	z = &Zygote{container: container, process: process, stderr: stderr, conn: conn, profiles: map[string]bool{}}
	if err := conn.Unix().SetReadDeadline(time.Now().Add(startTimeout)); err != nil {
		return nil, err
	}
	p, err := conn.Receive()
	if err != nil {
		return nil, fmt.Errorf("zygote: it ended before it served: %w: %s", err, stderr)
	}
	p.Close()
	var ready confine.Ready
	if p.Kind != confine.KindReady {
		return nil, fmt.Errorf("zygote: it began with message %q", p.Kind)
	}
	if err := p.Decode(&ready); err != nil {
		return nil, fmt.Errorf("zygote: %w", err)
	}
	z.region = ready.Region
	if err := conn.Unix().SetReadDeadline(time.Time{}); err != nil {
		return nil, err
	}
	undo.Release()
	return z, nil
}

// Close ends the zygote and with it every sandbox below it, and removes what
// libcontainer made for it.
func (z *Zygote) Close() error {
	z.mu.Lock()
	defer z.mu.Unlock()
	if z.closed {
		return nil
	}
	z.closed = true
	z.conn.Close()
	// Pid 1 of a pid namespace takes all others with it, and its end is reported
	// after theirs (pid_namespaces(7)).
	_ = z.process.Signal(unix.SIGKILL)
	_, _ = z.process.Wait()
	return z.container.Destroy()
}

// Process is a child of the zygote: a sandbox, or a collector.
type Process struct {
	zygote *Zygote
	number uint64
	// Pidfd is readable once the process is dead; for a sandbox's init, once
	// everything in its pid namespace is.
	Pidfd *os.File
	// UserNS and MountNS keep a sandbox's files reachable after its end. They are
	// nil for a collector.
	UserNS, MountNS *os.File
	gate            *os.File // of a sandbox
	region          uint64   // see confine.Child
	pidfd           int      // the number of Pidfd
	late            *confine.Packet
}

// PollFD is the number of Pidfd, for a look that does not wait, until Close.
func (p *Process) PollFD() int { return p.pidfd }

// Close closes the descriptors. A sandbox that waits at its gate ends then.
func (p *Process) Close() {
	for _, f := range []*os.File{p.Pidfd, p.UserNS, p.MountNS, p.gate} {
		if f != nil {
			f.Close()
		}
	}
}

// Proceed lets a sandbox go on from its gate. The files are those that l's kind
// names; they stay open here. It asks nobody: the sandbox itself has the packet
// when Proceed returns.
func (p *Process) Proceed(l *confine.Late, files ...*os.File) error {
	packet, err := l.Link(p.region, len(files))
	if err != nil {
		return err
	}
	p.late = packet
	if packet.Long != nil {
		mem, err := memfd("list", packet.Long)
		if err != nil {
			return err
		}
		defer mem.Close()
		files = append(files[:len(files):len(files)], mem)
	}
	fds := make([]int, len(files))
	for i, f := range files {
		fds[i] = int(f.Fd())
	}
	var oob []byte
	if len(fds) > 0 {
		oob = unix.UnixRights(fds...)
	}
	// The socket is empty, so that a packet of this size never has to wait.
	if err := unix.Sendmsg(int(p.gate.Fd()), packet.Data, oob, nil, unix.MSG_NOSIGNAL|unix.MSG_DONTWAIT); err != nil {
		return fmt.Errorf("%w: %w", ErrGone, os.NewSyscallError("sendmsg", err))
	}
	return nil
}

// ErrGone means that a sandbox was dead before it got to do anything.
var ErrGone = errors.New("the sandbox is gone")

func memfd(name string, b []byte) (*os.File, error) {
	fd, err := unix.MemfdCreate(name, unix.MFD_CLOEXEC)
	if err != nil {
		return nil, os.NewSyscallError("memfd_create", err)
	}
	f := os.NewFile(uintptr(fd), name)
	if _, err := f.Write(b); err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// Kill ends the process, and with a sandbox's init everything in it at once:
// nothing forks its way out of a pid namespace.
func (p *Process) Kill() error {
	var err error
	rc, e := p.Pidfd.SyscallConn()
	if e != nil {
		return e
	}
	e = rc.Control(func(fd uintptr) { err = unix.PidfdSendSignal(int(fd), unix.SIGKILL, nil, 0) })
	if err = errors.Join(e, err); errors.Is(err, unix.ESRCH) {
		return nil
	}
	return err
}

// StepName returns the name of a step of p's set-up.
func (p *Process) StepName(step int) string {
	if name, ok := p.late.StepName(step); ok {
		return name
	}
	var n confine.StepName
	pk, err := p.zygote.ask(confine.KindStep, confine.StepQuery{Child: p.number, Step: step})
	if err == nil {
		defer pk.Close()
		err = pk.Decode(&n)
	}
	if err != nil {
		return fmt.Sprintf("step %d", step)
	}
	return n.Name
}

// LoadProfile makes a seccomp program known under an id. It does nothing where
// the id is known already.
func (z *Zygote) LoadProfile(id string, bpf []byte) error {
	z.mu.Lock()
	defer z.mu.Unlock()
	if z.profiles[id] {
		return nil
	}
	if err := z.conn.Send(confine.KindProfile, confine.Profile{ID: id, BPF: bpf}); err != nil {
		return z.broken(err)
	}
	z.profiles[id] = true
	return nil
}

// Prepare clones a sandbox, which sets itself up as far as it can without
// knowing what will run in it, and then waits at its gate for Proceed. The files
// are those that confine.Spec names but for the gate; they stay open here.
func (z *Zygote) Prepare(spec *confine.Spec, files ...*os.File) (p *Process, err error) {
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_SEQPACKET|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, os.NewSyscallError("socketpair", err)
	}
	ours, theirs := os.NewFile(uintptr(fds[0]), "gate"), os.NewFile(uintptr(fds[1]), "gate")
	defer theirs.Close()
	if len(files) < streamFiles {
		ours.Close()
		return nil, fmt.Errorf("zygote: a sandbox with %d descriptors", len(files))
	}
	if p, err = z.child(confine.KindSpawn, spec, 3, slices.Insert(slices.Clone(files), streamFiles, theirs)); err != nil {
		ours.Close()
		return nil, err
	}
	p.gate = ours
	return p, nil
}

// streamFiles are stdin, stdout, stderr and report, before the gate.
const streamFiles = 4

// Collect clones a collector.
func (z *Zygote) Collect(spec *confine.CollectSpec, files ...*os.File) (*Process, error) {
	return z.child(confine.KindCollect, spec, 1, files)
}

func (z *Zygote) child(kind wire.Kind, spec any, want int, files []*os.File) (*Process, error) {
	pk, err := z.ask(kind, spec, files...)
	if err != nil {
		return nil, err
	}
	var c confine.Child
	if err := pk.Decode(&c); err != nil || len(pk.Files) != want {
		pk.Close()
		return nil, fmt.Errorf("zygote: answer with %d descriptors: %w", len(pk.Files), errors.Join(err, errors.ErrUnsupported))
	}
	pidfd, number, err := pollable(pk.Files[0])
	if err != nil {
		pk.Close()
		return nil, err
	}
	p := &Process{zygote: z, number: c.Number, Pidfd: pidfd, pidfd: number, region: c.Region}
	if p.region == 0 {
		p.region = z.region
	}
	if want == 3 {
		p.UserNS, p.MountNS = pk.Files[1], pk.Files[2]
	}
	return p, nil
}

// pollable takes over f as a file that Go's poller waits for.
func pollable(f *os.File) (*os.File, int, error) {
	defer f.Close()
	fd, err := unix.FcntlInt(f.Fd(), unix.F_DUPFD_CLOEXEC, 0)
	if err == nil {
		err = unix.SetNonblock(fd, true)
	}
	if err != nil {
		return nil, -1, fmt.Errorf("zygote: pidfd: %w", err)
	}
	return os.NewFile(uintptr(fd), "pidfd"), fd, nil
}

// ask sends one message and waits for its answer.
func (z *Zygote) ask(kind wire.Kind, v any, files ...*os.File) (*wire.Packet, error) {
	z.mu.Lock()
	defer z.mu.Unlock()
	if z.closed {
		return nil, errors.New("zygote: closed")
	}
	if err := z.conn.Send(kind, v, files...); err != nil {
		return nil, z.broken(err)
	}
	pk, err := z.conn.Receive()
	if err != nil {
		return nil, z.broken(err)
	}
	if pk.Kind == confine.KindFailed {
		defer pk.Close()
		f := &confine.Failure{}
		if err := pk.Decode(f); err != nil {
			return nil, err
		}
		return nil, f
	}
	return pk, nil
}

// ErrBroken means that the zygote is dead or talks nonsense and must be replaced.
var ErrBroken = errors.New("zygote: it is gone")

func (z *Zygote) broken(err error) error {
	return fmt.Errorf("%w: %w %s", ErrBroken, err, z.stderr)
}

// tail keeps the end of what a zygote says.
type tail struct {
	mu sync.Mutex
	b  []byte
}

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.b = append(t.b, p...)
	if n := len(t.b) - 2048; n > 0 {
		t.b = t.b[n:]
	}
	return len(p), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(bytes.TrimSpace(t.b))
}
