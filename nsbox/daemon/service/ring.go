package service

import (
	"context"
	"fmt"
	"iter"
	"sync"
	"time"

	"github.com/nsbox/nsbox/nsbox"
)

// GapError tells a reader that events it did not get are no longer kept: it was
// too slow, or came back too late.
type GapError struct {
	// From and To are the first and the last sequence number that are missing.
	From, To int64
}

// Error says which events are missing.
func (e *GapError) Error() string {
	return fmt.Sprintf("events %d to %d are no longer kept: the reader was too slow", e.From, e.To)
}

const (
	// eventCost is what an event costs in memory beside its data.
	eventCost = 320
	// maxChunk bounds what chunks of output are merged to.
	maxChunk = 32 << 10
)

// ring keeps the last events of one run for readers that come, fall behind and
// come back. Adding never waits for a reader: when the ring is full the oldest
// output goes.
type ring struct {
	mu     sync.Mutex
	events []nsbox.Event
	costs  []int
	cost   int
	max    int
	seq    int64
	// given is the highest sequence number that a reader got. What nobody got yet
	// can still grow.
	given  int64
	closed bool
	// lived is, where the events were made of the history, the number that the last
	// one had when it came: a reader who saw live events gets that one only.
	lived int64
	wake  chan struct{}
}

func newRing(max int) *ring { return &ring{max: max, wake: make(chan struct{})} }

func isOutput(t nsbox.EventType) bool { return t == nsbox.EventStdout || t == nsbox.EventStderr }

// add numbers and keeps an event. It takes over e.Data.
func (r *ring) add(e nsbox.Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return
	}
	if n := len(r.events); n > 0 && isOutput(e.Type) {
		last := &r.events[n-1]
		if last.Type == e.Type && last.Stage == e.Stage && last.Seq > r.given && len(last.Data)+len(e.Data) <= maxChunk {
			last.Data = append(last.Data, e.Data...)
			r.costs[n-1] += len(e.Data)
			r.cost += len(e.Data)
			r.trim()
			return
		}
	}
	r.seq++
	e.Seq = r.seq
	if e.Time.IsZero() {
		e.Time = time.Now()
	}
	cost := eventCost + len(e.Data)
	if e.Result != nil {
		cost += len(e.Result.Stdout) + len(e.Result.Stderr)
		for _, a := range e.Result.Artifacts {
			cost += len(a.Data)
		}
	}
	r.events, r.costs, r.cost = append(r.events, e), append(r.costs, cost), r.cost+cost
	r.trim()
	close(r.wake)
	r.wake = make(chan struct{})
}

// trim drops the oldest events until the rest fits. The newest one stays: it may
// be the result, which is bounded by itself.
func (r *ring) trim() {
	n := 0
	for r.cost > r.max && n < len(r.events)-1 {
		r.cost -= r.costs[n]
		r.events[n] = nsbox.Event{}
		n++
	}
	if n == 0 {
		return
	}
	r.events, r.costs = r.events[n:], r.costs[n:]
	// What was dropped stays in the array beneath until it is made anew.
	if cap(r.events) > 4*len(r.events)+64 {
		r.events, r.costs = append([]nsbox.Event(nil), r.events...), append([]int(nil), r.costs...)
	}
}

// close ends the ring: readers that have all of it are done.
func (r *ring) close() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.closed {
		r.closed = true
		close(r.wake)
	}
}

// size is what the ring costs.
func (r *ring) size() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.cost
}

// take returns some of the events that follow after, or what to wait for.
func (r *ring) take(after int64, buf []nsbox.Event) (got []nsbox.Event, gap *GapError, wake <-chan struct{}, closed bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	got = buf[:0]
	if len(r.events) > 0 {
		if first := r.events[0].Seq; after+1 < first {
			gap = &GapError{From: after + 1, To: first - 1}
			after = first - 1
		}
		// Sequence numbers have no holes.
		skip := after + 1 - r.events[0].Seq
		for i := skip; i < int64(len(r.events)) && len(got) < cap(buf); i++ {
			got = append(got, r.events[i])
			r.given = max(r.given, r.events[i].Seq)
		}
	}
	return got, gap, r.wake, r.closed
}

// follow yields the events after the sequence number after, then those that
// come. Where some are no longer kept it yields a *GapError and goes on behind
// the gap. It ends with the ring or, with its error, with ctx.
func (r *ring) follow(ctx context.Context, after int64) iter.Seq2[nsbox.Event, error] {
	return func(yield func(nsbox.Event, error) bool) {
		if r.lived > 0 && after > 0 {
			if last := r.events[len(r.events)-1]; after < r.lived {
				last.Seq = r.lived
				yield(last, nil)
			}
			return
		}
		buf := make([]nsbox.Event, 0, 32)
		for {
			got, gap, wake, closed := r.take(after, buf)
			if gap != nil && !yield(nsbox.Event{}, gap) {
				return
			}
			for _, e := range got {
				after = e.Seq
				if !yield(e, nil) {
					return
				}
			}
			if len(got) > 0 {
				continue
			}
			if closed {
				return
			}
			select {
			case <-wake:
			case <-ctx.Done():
				yield(nsbox.Event{}, ctx.Err())
				return
			}
		}
	}
}

// last is the sequence number of the newest event.
func (r *ring) last() int64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.seq
}
