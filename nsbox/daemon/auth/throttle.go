package auth

import (
	"container/list"
	"sync"
	"time"
)

// Throttle slows down who guesses: after a few failures under one name each
// further try must wait, twice as long every time. It is safe for concurrent use
// and its memory is bounded: beyond, it forgets who was quiet the longest.
type Throttle struct {
	// Free is how many failures cost nothing, First and Max the shortest and the
	// longest wait.
	Free  int
	First time.Duration
	Max   time.Duration
	// Size is how many names are kept.
	Size int

	mu    sync.Mutex
	m     map[string]*list.Element
	order list.List // the one that failed last in front
}

type failures struct {
	name  string
	count int
	until time.Time
	last  time.Time
}

// Wait is how long name has to wait before its next try; 0 is not at all.
func (t *Throttle) Wait(name string, now time.Time) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	if e := t.m[name]; e != nil {
		return max(0, e.Value.(*failures).until.Sub(now))
	}
	return 0
}

// Fail counts a failure under name.
func (t *Throttle) Fail(name string, now time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.m == nil {
		t.m = map[string]*list.Element{}
		t.order.Init()
	}
	e := t.m[name]
	if e == nil {
		e = t.order.PushFront(&failures{name: name})
		t.m[name] = e
		if t.order.Len() > t.Size {
			last := t.order.Back()
			t.order.Remove(last)
			delete(t.m, last.Value.(*failures).name)
		}
	}
	f := e.Value.(*failures)
	if now.Sub(f.last) > 2*t.Max {
		f.count = 0
	}
	f.count++
	f.last = now
	if n := f.count - t.Free; n > 0 {
		wait := t.First
		for i := 1; i < n && wait < t.Max; i++ {
			wait *= 2
		}
		f.until = now.Add(min(wait, t.Max))
	}
	t.order.MoveToFront(e)
}

// Succeed forgets the failures of name.
func (t *Throttle) Succeed(name string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if e := t.m[name]; e != nil {
		t.order.Remove(e)
		delete(t.m, name)
	}
}
