package helper

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/nsbox/nsbox/nsbox/config"
	"github.com/nsbox/nsbox/nsbox/internal/confine"
)

// spare is what a pool keeps: a sandbox, but for tests.
type spare interface {
	// alive tells whether it can still be used; fits, whether by o.
	alive() bool
	fits(o order) bool
	discard()
}

// pool keeps sandboxes that wait at their gate. What was asked for once is made
// ahead from then on, one at a time, in the background, while no execution is on
// its way to its program; and while one runs, for a moment, only where none is
// left. A spare is handed out once.
//
// The number of spares of a kind follows the demand: it begins with Low, grows by
// one with each time that there was none, up to High, shrinks while some are
// never needed, and is 0 again after Idle without demand. Its methods are safe
// for concurrent use.
type pool struct {
	cfg  config.Pool
	make func(order) (spare, error)
	log  *slog.Logger
	now  func() time.Time

	mu      sync.Mutex
	shelves map[shelfKey]*shelf
	total   int // spares on all shelves, those being made included
	started int // of these, the ones with a program that is started ahead
	booting bool
	hurried int // executions on their way to their program
	running int // programs that run
	closed  bool
	uses    map[kind]uses // since the start

	wake chan struct{}
	wg   sync.WaitGroup
}

// shelf has the spares that may stand in for each other.
type shelf struct {
	key    shelfKey
	want   order // the latest, by which the next is made
	ready  []spare
	making int
	target int
	least  int // the fewest that were ready since the last look
	used   time.Time
	dense  bool // asked for twice within a moment
	// pause is until when nothing is made, after a failure.
	pause    time.Time
	failures int
}

const (
	// maxShelves bounds how many kinds are remembered, and maxSpares how many
	// spares there are in all.
	maxShelves = 64
	maxSpares  = 128
	// patience is how long a refill waits at most for executions: most programs
	// have ended by then.
	patience = 20 * time.Millisecond
	// dense is the time between two demands below which the next is at the door, so
	// that a refill can't wait for the program to end.
	dense = 50 * time.Millisecond
	// firstPause is how long a kind rests that could not be made, twice as long
	// each time.
	firstPause = time.Second
	maxPause   = time.Minute
	// startingPause is how long it rests while its template starts.
	startingPause = 50 * time.Millisecond
)

func newPool(cfg config.Pool, log *slog.Logger, mk func(order) (spare, error)) *pool {
	p := &pool{cfg: cfg, make: mk, log: log, now: time.Now, shelves: map[shelfKey]*shelf{}, uses: map[kind]uses{}, wake: make(chan struct{}, 1)}
	p.wg.Add(1)
	go p.tend()
	return p
}

// take hands out a spare for o, or nil where there is none. Either way it takes
// note of the demand.
func (p *pool) take(o order) spare {
	if p == nil {
		return nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return nil
	}
	s := p.shelf(o.key())
	if s == nil {
		return nil
	}
	s.dense = p.now().Sub(s.used) < dense
	s.want, s.used = o, p.now()
	defer p.kick()
	for len(s.ready) > 0 {
		// The latest: its memory is the likeliest to be in the caches.
		sp := s.ready[len(s.ready)-1]
		p.remove(s, len(s.ready)-1)
		if sp.fits(o) && sp.alive() {
			s.least = min(s.least, len(s.ready))
			s.target = max(s.target, p.cfg.Low)
			p.used(s.key, true)
			return sp
		}
		p.discard(sp)
	}
	p.used(s.key, false)
	s.least = 0
	s.target = min(max(p.cfg.Low, s.target+1), p.high(s.key))
	return nil
}

func (p *pool) high(k shelfKey) int {
	if k.boot != "" {
		return min(p.cfg.High, p.cfg.Started)
	}
	return p.cfg.High
}

// shelf finds or makes a shelf, in the place of the one that was not used for
// the longest time where there are too many.
func (p *pool) shelf(k shelfKey) *shelf {
	if s := p.shelves[k]; s != nil {
		return s
	}
	if len(p.shelves) >= maxShelves {
		old := p.oldest(func(s *shelf) bool { return s.making == 0 })
		if old == nil {
			return nil
		}
		p.empty(old)
		delete(p.shelves, old.key)
	}
	s := &shelf{key: k}
	p.shelves[k] = s
	return s
}

// oldest is the shelf, of those that are asked for, that was not used for the
// longest time.
func (p *pool) oldest(which func(*shelf) bool) *shelf {
	var old *shelf
	for _, s := range p.shelves {
		if which(s) && (old == nil || s.used.Before(old.used)) {
			old = s
		}
	}
	return old
}

// remove takes spare i off its shelf. The caller holds p.mu, as it does for all
// that follow.
func (p *pool) remove(s *shelf, i int) {
	s.ready = append(s.ready[:i], s.ready[i+1:]...)
	p.count(s, -1)
}

func (p *pool) count(s *shelf, n int) {
	p.total += n
	if s.key.boot != "" {
		p.started += n
	}
}

func (p *pool) empty(s *shelf) {
	for len(s.ready) > 0 {
		p.discard(s.ready[0])
		p.remove(s, 0)
	}
}

// discard ends a spare in the background.
func (p *pool) discard(sp spare) {
	p.wg.Add(1)
	go func() {
		defer p.wg.Done()
		sp.discard()
	}()
}

func (p *pool) kick() {
	if p.closed {
		return
	}
	select {
	case p.wake <- struct{}{}:
	default:
	}
}

// hurry holds refills back until the returned function is called, which may be
// more than once.
func (p *pool) hurry() (done func()) {
	if p == nil {
		return func() {}
	}
	return p.hold(&p.hurried)
}

// run holds those refills back that can wait, until the program has ended.
func (p *pool) run() (ended func()) {
	if p == nil {
		return func() {}
	}
	return p.hold(&p.running)
}

func (p *pool) hold(n *int) (done func()) {
	p.mu.Lock()
	*n++
	p.mu.Unlock()
	return sync.OnceFunc(func() {
		p.mu.Lock()
		*n--
		if *n == 0 {
			p.kick()
		}
		p.mu.Unlock()
	})
}

// held tells whether a refill of s has to wait. The caller holds p.mu.
func (p *pool) held(s *shelf) bool {
	return p.hurried > 0 || p.running > 0 && len(s.ready) > 0 && !s.dense
}

// tend refills and gives back until the pool is closed.
func (p *pool) tend() {
	defer p.wg.Done()
	tick := time.NewTicker(max(p.cfg.Idle.Std()/4, time.Millisecond))
	defer tick.Stop()
	var late *time.Timer // runs while a refill waits
	for {
		var lateC <-chan time.Time
		if late != nil {
			lateC = late.C
		}
		urgent := false
		select {
		case _, ok := <-p.wake:
			if !ok {
				return
			}
		case <-lateC:
			urgent = true
		case <-tick.C:
			p.shrink()
		}
		if late != nil {
			late.Stop()
			late = nil
		}
		more := p.refill(urgent)
		for more {
			more = p.refill(false)
		}
		if wait := p.waiting(); wait > 0 {
			late = time.NewTimer(wait)
		}
	}
}

// refill makes one spare where one is wanted and may be made, and tells whether
// it did.
func (p *pool) refill(urgent bool) bool {
	p.mu.Lock()
	s := p.next()
	if s == nil || p.held(s) && !urgent {
		p.mu.Unlock()
		return false
	}
	if p.full(s) {
		old := p.loser(s)
		old.target = len(old.ready) - 1
		p.discard(old.ready[0])
		p.remove(old, 0)
	}
	o := s.want
	s.making++
	p.count(s, 1)
	if s.key.boot == "" {
		p.mu.Unlock()
		p.put(s, o)
		return true
	}
	// A start takes long: meanwhile others are refilled, but nothing else starts.
	p.booting = true
	p.wg.Add(1)
	p.mu.Unlock()
	go func() {
		defer p.wg.Done()
		p.put(s, o)
		p.mu.Lock()
		p.booting = false
		p.kick()
		p.mu.Unlock()
	}()
	return true
}

// put makes a spare and lays it on its shelf.
func (p *pool) put(s *shelf, o order) {
	sp, err := p.make(o)
	p.mu.Lock()
	defer p.mu.Unlock()
	s.making--
	if err != nil {
		p.count(s, -1)
		if confine.IsStarting(err) {
			s.pause = p.now().Add(startingPause)
			return
		}
		s.failures++
		s.pause = p.now().Add(min(firstPause<<min(s.failures-1, 10), maxPause))
		level := slog.LevelWarn
		if confine.IsTemplate(err) && s.failures > 1 {
			level = slog.LevelInfo // it never will be, and that was said
		}
		p.log.Log(context.Background(), level, "no spare could be made", "image", s.key.image, "error", err)
		return
	}
	s.failures = 0
	// Meanwhile the pool may have been closed, the shelf thrown away, the image replaced.
	if p.closed || p.shelves[s.key] != s || !sp.fits(s.want) {
		p.count(s, -1)
		p.discard(sp)
		return
	}
	s.ready = append(s.ready, sp)
}

// next is the shelf that lacks most and has room, or nil. The one used last wins
// a tie.
func (p *pool) next() *shelf {
	if p.closed {
		return nil
	}
	var best *shelf
	for _, s := range p.shelves {
		lack := s.lack()
		if lack <= 0 || p.now().Before(s.pause) || s.key.boot != "" && p.booting {
			continue
		}
		if best != nil && (lack < best.lack() || lack == best.lack() && !s.used.After(best.used)) {
			continue
		}
		if !p.full(s) || p.loser(s) != nil {
			best = s
		}
	}
	return best
}

func (s *shelf) lack() int { return s.target - len(s.ready) - s.making }

// full tells whether there is no room for one more on s.
func (p *pool) full(s *shelf) bool {
	return p.total >= maxSpares || s.key.boot != "" && p.started >= p.cfg.Started
}

// loser is the shelf that gives one up for s: one that was not used for longer.
func (p *pool) loser(s *shelf) *shelf {
	old := p.oldest(func(o *shelf) bool { return len(o.ready) > 0 && (s.key.boot == "" || o.key.boot != "") })
	if old == nil || old == s || !old.used.Before(s.used) {
		return nil
	}
	return old
}

// waiting is how long a refill waits, for executions or for the end of a pause;
// 0 where none does.
func (p *pool) waiting() time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	if s := p.next(); s != nil && p.held(s) {
		return patience
	}
	var wait time.Duration
	for _, s := range p.shelves {
		left := s.pause.Sub(p.now())
		if s.lack() > 0 && left > 0 && (wait == 0 || left < wait) {
			wait = left
		}
	}
	return wait
}

// shrink gives back what nobody needs.
func (p *pool) shrink() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for k, s := range p.shelves {
		if p.now().Sub(s.used) >= p.cfg.Idle.Std() {
			p.empty(s)
			s.target = 0
			if s.making == 0 {
				delete(p.shelves, k)
			}
			continue
		}
		if s.least > 0 && s.target > p.cfg.Low {
			s.target--
			if len(s.ready) > s.target {
				p.discard(s.ready[0])
				p.remove(s, 0)
			}
		}
		s.least = len(s.ready)
	}
}

// drop throws away what does not fit o any more: its zygote is broken or of an
// image that was replaced.
func (p *pool) drop(which func(order) bool) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for k, s := range p.shelves {
		if which(s.want) {
			p.empty(s)
			s.target = 0
			delete(p.shelves, k)
		}
	}
}

// close ends all spares and waits until they are gone.
func (p *pool) close() {
	if p == nil {
		return
	}
	p.mu.Lock()
	if p.closed {
		p.mu.Unlock()
		return
	}
	p.closed = true
	for _, s := range p.shelves {
		p.empty(s)
	}
	close(p.wake)
	p.mu.Unlock()
	p.wg.Wait()
}

// PoolStatus counts a pool's spares.
type PoolStatus struct{ Ready, Making, Started int }

// status tells what the pool has.
func (p *pool) status() PoolStatus {
	if p == nil {
		return PoolStatus{}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	var st PoolStatus
	for _, s := range p.shelves {
		st.Ready += len(s.ready)
		st.Making += s.making
	}
	st.Started = p.started
	return st
}
