package cgroup

import (
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"github.com/nsbox/nsbox/nsbox"
)

// Event is a limit that a group ran into.
type Event int

// The events of a [Watch].
const (
	OOM  Event = iota + 1 // memory ran out; the kernel kills, or has killed
	Pids                  // a fork or a new thread was refused
)

// sampleEvery bounds how late the pids event of a v1 group comes.
const sampleEvery = 20 * time.Millisecond

// String names the event.
func (e Event) String() string {
	switch e {
	case OOM:
		return "oom"
	case Pids:
		return "pids"
	}
	return fmt.Sprintf("Event(%d)", int(e))
}

// Watch tells when a group runs into a limit. Each kind of event comes once, so
// that a flood of one can't displace the other; Stats has the counts.
type Watch struct {
	// C is never closed.
	C <-chan Event

	c     chan Event
	p     *poller
	group *Group
	fds   []int
	told  [Pids + 1]bool // under p.mu
}

// source is one descriptor that the poller waits on.
type source struct {
	w     *Watch
	fd    int
	event Event
	// counter is the line of the file that counts the event; empty for an
	// eventfd, which only says that something happened.
	counter string
	last    int64
}

// Watch begins to watch for the group's memory and pids events. The caller
// closes it before the group is deleted.
//
// On v2 the kernel wakes those who poll memory.events and pids.events. On v1
// memory tells through an eventfd that is registered in cgroup.event_control,
// and a poll of pids.events is answered by kernels before 6.11 only: since then
// pids_event() in kernel/cgroup/pids.c notifies a file that v1 has not got. There
// the counter is read every 20 ms instead, as long as the watch is open.
//
// A watch of a group that nothing runs in yet is made by WatchLater; it costs
// nothing until it is armed.
//
// All groups of a tree share one epoll descriptor that Go's own poller waits on,
// so that no thread is spent.
func (g *Group) Watch() (*Watch, error) {
	w, err := g.WatchLater()
	if err == nil {
		w.Arm()
	}
	return w, err
}

// WatchLater is Watch, but for what has to be read every 20 ms: that begins
// with Arm.
func (g *Group) WatchLater() (*Watch, error) {
	p, err := g.tree.sharedPoller()
	if err != nil {
		return nil, err
	}
	c := make(chan Event, Pids) // room for one of each kind: sending never blocks
	w := &Watch{C: c, c: c, p: p, group: g}
	if g.v2 {
		err = w.file(g.memory+"/memory.events", OOM, "oom_kill")
	} else {
		err = w.eventfd()
	}
	if err == nil {
		err = w.file(g.pids+"/pids.events", Pids, "max")
	}
	if err != nil {
		p.remove(w.fds)
		return nil, fmt.Errorf("cgroup: watch %s: %w", g.id, err)
	}
	return w, nil
}

// file polls a file of counters.
func (w *Watch) file(name string, e Event, counter string) error {
	fd, err := open(name, unix.O_RDONLY)
	if err != nil {
		return err
	}
	w.fds = append(w.fds, fd)
	b, err := readFD(fd) // also arms the poll
	if err != nil {
		return &os.PathError{Op: "read", Path: name, Err: err}
	}
	return w.p.add(&source{w: w, fd: fd, event: e, counter: counter, last: field(b, counter)}, unix.EPOLLPRI)
}

// eventfd registers for v1's memory notification.
func (w *Watch) eventfd() error {
	fd, err := unix.Eventfd(0, unix.EFD_CLOEXEC|unix.EFD_NONBLOCK)
	if err != nil {
		return os.NewSyscallError("eventfd", err)
	}
	w.fds = append(w.fds, fd)
	control, err := open(w.group.memory+"/memory.oom_control", unix.O_RDONLY)
	if err != nil {
		return err
	}
	defer unix.Close(control) // the kernel needs it during registration only
	if err := writeFile(w.group.memory+"/cgroup.event_control", fmt.Sprintf("%d %d", fd, control)); err != nil {
		return err
	}
	return w.p.add(&source{w: w, fd: fd, event: OOM}, unix.EPOLLIN)
}

// Close ends the watch. Its error is always nil.
func (w *Watch) Close() error {
	w.p.remove(w.fds)
	w.fds = nil
	return nil
}

// happened tells whether s has something to report, and makes it ready for the
// next time.
func (s *source) happened() bool {
	if s.counter != "" {
		b, err := readFD(s.fd)
		if err != nil {
			return false // the group is gone
		}
		now := field(b, s.counter)
		more := now > s.last
		s.last = now
		return more
	}
	var count [8]byte
	if _, err := unix.Read(s.fd, count[:]); err != nil {
		return false
	}
	// The kernel also signals when the group is removed, and when an outer group
	// runs out. It is ours when the group lost a process or has been at its limit,
	// give or take the pages that the kernel charges ahead. (memory.failcnt would
	// say it better, but stays 0 where the limit with swap is hit first.)
	mem := s.w.group.memory
	if b, err := readFile(mem + "/memory.oom_control"); err == nil && field(b, "oom_kill") > 0 {
		return true
	}
	peak, perr := number(mem + "/memory.max_usage_in_bytes")
	limit, lerr := number(mem + "/memory.limit_in_bytes")
	return perr == nil && lerr == nil && peak >= limit-int64(4*nsbox.MiB)
}

// poller waits for the events of all groups of a tree.
type poller struct {
	epoll *os.File
	done  chan struct{}

	mu      sync.Mutex // held while a source is looked at, so Close can wait for that
	sources map[int32]*source
	// sampled are those of the sources whose file has to be read from time to
	// time; sampling tells whether a goroutine does it.
	sampled  map[int32]*source
	sampling bool
}

func (t *Tree) sharedPoller() (*poller, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.poller != nil {
		return t.poller, nil
	}
	fd, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("cgroup: watch: %w", os.NewSyscallError("epoll_create1", err))
	}
	// An epoll descriptor can itself be polled. In non-blocking mode os.NewFile
	// gives it to the runtime's poller.
	if err := unix.SetNonblock(fd, true); err != nil {
		unix.Close(fd)
		return nil, fmt.Errorf("cgroup: watch: %w", os.NewSyscallError("fcntl", err))
	}
	p := &poller{epoll: os.NewFile(uintptr(fd), "epoll"), done: make(chan struct{}), sources: map[int32]*source{}, sampled: map[int32]*source{}}
	conn, err := p.epoll.SyscallConn()
	if err != nil {
		p.epoll.Close()
		return nil, fmt.Errorf("cgroup: watch: %w", err)
	}
	go func() {
		defer close(p.done)
		// Read returns when the file is closed.
		_ = conn.Read(func(fd uintptr) bool {
			p.drain(int(fd))
			return false
		})
	}()
	t.poller = p
	return p, nil
}

// drain hands out what has happened until nothing more is ready.
func (p *poller) drain(epoll int) {
	var events [32]unix.EpollEvent
	for {
		n, err := unix.EpollWait(epoll, events[:], 0)
		if errors.Is(err, unix.EINTR) {
			continue
		}
		if err != nil || n == 0 {
			return
		}
		p.mu.Lock()
		for _, e := range events[:n] {
			if s := p.sources[e.Fd]; s != nil {
				s.look()
			}
		}
		p.mu.Unlock()
	}
}

// look tells the watch if s has something new. The caller holds p.mu.
func (s *source) look() {
	if !s.w.told[s.event] && s.happened() {
		s.w.told[s.event] = true
		s.w.c <- s.event
	}
}

// sample reads the files that the kernel does not announce, until no watch
// needs it any more.
func (p *poller) sample() {
	tick := time.NewTicker(sampleEvery)
	defer tick.Stop()
	for range tick.C {
		p.mu.Lock()
		for fd, s := range p.sampled {
			if s.look(); s.w.told[s.event] {
				delete(p.sampled, fd)
			}
		}
		if len(p.sampled) == 0 {
			p.sampling = false
			p.mu.Unlock()
			return
		}
		p.mu.Unlock()
	}
}

// add begins to wait on s. Edge-triggered: a file of a removed group stays
// "ready" for ever.
func (p *poller) add(s *source, events uint32) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	conn, err := p.epoll.SyscallConn()
	if err != nil {
		return err
	}
	var cerr error
	err = conn.Control(func(epoll uintptr) {
		cerr = unix.EpollCtl(int(epoll), unix.EPOLL_CTL_ADD, s.fd, &unix.EpollEvent{Events: events | unix.EPOLLET, Fd: int32(s.fd)})
	})
	if err = errors.Join(err, os.NewSyscallError("epoll_ctl", cerr)); err != nil {
		return err
	}
	p.sources[int32(s.fd)] = s
	return nil
}

// Arm makes a watch of WatchLater whole.
func (w *Watch) Arm() {
	if w.group.v2 {
		return
	}
	w.p.mu.Lock()
	defer w.p.mu.Unlock()
	for _, fd := range w.fds {
		if s := w.p.sources[int32(fd)]; s != nil && s.event == Pids {
			w.p.sampled[int32(fd)] = s
			if !w.p.sampling {
				w.p.sampling = true
				go w.p.sample()
			}
		}
	}
}

// remove ends waiting on fds and closes them, which takes them out of the epoll
// set as well.
func (p *poller) remove(fds []int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, fd := range fds {
		delete(p.sources, int32(fd))
		delete(p.sampled, int32(fd))
		unix.Close(fd)
	}
}

// close ends the goroutines. Watches that are still open report nothing more.
func (p *poller) close() error {
	err := p.epoll.Close()
	<-p.done
	p.mu.Lock()
	defer p.mu.Unlock()
	clear(p.sources)
	clear(p.sampled) // the sampler sees it at its next tick
	return err
}
