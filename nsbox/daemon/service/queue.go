package service

import (
	"container/list"
	"context"
	"sync"
	"time"
)

// queue hands out the right to run. Principals take turns, whoever has how many
// waiting: one who asks for a thousand runs delays another's first by one run.
type queue struct {
	mu     sync.Mutex
	limits func() Limits

	// turns holds the principals that have somebody waiting, in the order of their
	// turns.
	turns   *list.List
	waiting map[string]*list.Element
	queued  int
	active  int
	byOwner map[string]int
	// avg is how long a run takes, in seconds, smoothed: what Retry-After is made of.
	avg float64
}

// line is one principal's waiting runs, oldest first.
type line struct {
	owner string
	slots *list.List
}

// slot is a place in the queue, then a right to run.
type slot struct {
	q     *queue
	owner string
	// ready is closed when the run may begin.
	ready   chan struct{}
	granted bool
	left    bool
	started time.Time
	elem    *list.Element
}

func newQueue(limits func() Limits) *queue {
	return &queue{limits: limits, turns: list.New(), waiting: map[string]*list.Element{}, byOwner: map[string]int{}, avg: 1}
}

// enter takes n places for owner, all or none. The caller must leave every one.
func (q *queue) enter(owner string, n int) ([]*slot, *Error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	l := q.limits()
	mine := 0
	if e := q.waiting[owner]; e != nil {
		mine = lineOf(e).slots.Len()
	}
	// What can run at once needs no place in the queue.
	free := max(0, min(l.MaxConcurrent-q.active-q.queued, l.MaxConcurrentPerUser-q.byOwner[owner]-mine))
	need := n - free
	switch {
	case need > 0 && q.queued+need > l.MaxQueue:
		return nil, q.overloaded(q.queued, l, "the server has as much to do as it takes: %d programs run and %d wait", q.active, q.queued)
	case need > 0 && mine+need > l.MaxQueuePerUser:
		return nil, q.overloaded(mine, l, "you have as many programs waiting as you may: %d", mine)
	}
	slots := make([]*slot, n)
	for i := range slots {
		s := &slot{q: q, owner: owner, ready: make(chan struct{})}
		slots[i] = s
		e := q.waiting[owner]
		if e == nil {
			e = q.turns.PushBack(&line{owner: owner, slots: list.New()})
			q.waiting[owner] = e
		}
		s.elem = lineOf(e).slots.PushBack(s)
		q.queued++
	}
	q.dispatch()
	return slots, nil
}

func lineOf(e *list.Element) *line { return e.Value.(*line) }

func (q *queue) overloaded(waiting int, l Limits, format string, args ...any) *Error {
	err := errf(CodeOverloaded, format, args...)
	wait := q.avg * float64(waiting+1) / float64(max(l.MaxConcurrent, 1))
	err.RetryAfter = min(max(time.Duration(wait*float64(time.Second)).Round(time.Second), time.Second), time.Minute)
	return err
}

// dispatch lets run who may. q.mu is held.
func (q *queue) dispatch() {
	l := q.limits()
	// Each principal is asked once in a round; a round in which nobody may run is
	// the last.
	for progress := true; progress && q.active < l.MaxConcurrent; {
		progress = false
		for n := q.turns.Len(); n > 0 && q.active < l.MaxConcurrent; n-- {
			e := q.turns.Front()
			ln := lineOf(e)
			if q.byOwner[ln.owner] >= l.MaxConcurrentPerUser {
				q.turns.MoveToBack(e)
				continue
			}
			s := ln.slots.Front().Value.(*slot)
			q.remove(s)
			if q.waiting[ln.owner] == e {
				q.turns.MoveToBack(e)
			}
			q.active++
			q.byOwner[ln.owner]++
			s.granted, s.started = true, time.Now()
			close(s.ready)
			progress = true
		}
	}
}

// remove takes s out of its line. q.mu is held.
func (q *queue) remove(s *slot) {
	e := q.waiting[s.owner]
	ln := lineOf(e)
	ln.slots.Remove(s.elem)
	q.queued--
	if ln.slots.Len() == 0 {
		q.turns.Remove(e)
		delete(q.waiting, s.owner)
	}
}

// wait returns when the run may begin, or with ctx's error.
func (s *slot) wait(ctx context.Context) error {
	select {
	case <-s.ready:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// leave gives the place or the right back. It may be called again.
func (s *slot) leave() {
	q := s.q
	q.mu.Lock()
	defer q.mu.Unlock()
	if s.left {
		return
	}
	s.left = true
	if !s.granted {
		q.remove(s)
		return
	}
	q.active--
	if q.byOwner[s.owner]--; q.byOwner[s.owner] == 0 {
		delete(q.byOwner, s.owner)
	}
	q.avg += 0.1 * (time.Since(s.started).Seconds() - q.avg)
	q.dispatch()
}

// changed looks again who may run, after the limits changed.
func (q *queue) changed() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.dispatch()
}

// load is how many run and how many wait.
func (q *queue) load() (active, queued int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.active, q.queued
}
