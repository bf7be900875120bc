package service

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nsbox/nsbox/nsbox"
)

func limited(change func(*Limits)) func() Limits {
	l := testLimits()
	l.MaxConcurrent, l.MaxConcurrentPerUser, l.MaxQueue, l.MaxQueuePerUser = 1, 1, 100, 100
	change(&l)
	return func() Limits { return l }
}

// enter takes one place.
func enter(t *testing.T, q *queue, owner string) *slot {
	t.Helper()
	s, err := q.enter(owner, 1)
	if err != nil {
		t.Fatal(err)
	}
	return s[0]
}

func granted(s *slot) bool {
	select {
	case <-s.ready:
		return true
	default:
		return false
	}
}

func TestQueueTakesTurns(t *testing.T) {
	q := newQueue(limited(func(*Limits) {}))
	running := enter(t, q, "greedy")
	waiting := map[string][]*slot{}
	for range 5 {
		waiting["greedy"] = append(waiting["greedy"], enter(t, q, "greedy"))
	}
	for _, owner := range []string{"b", "c"} {
		for range 2 {
			waiting[owner] = append(waiting[owner], enter(t, q, owner))
		}
	}
	var order []string
	for range 9 {
		running.leave()
		running = nil
		for owner, list := range waiting {
			if len(list) > 0 && granted(list[0]) {
				if running != nil {
					t.Fatal("two run where one may")
				}
				running, waiting[owner] = list[0], list[1:]
				order = append(order, owner[:1])
			}
		}
		if running == nil {
			t.Fatal("nobody runs")
		}
	}
	running.leave()
	if got := strings.Join(order, ""); got != "gbcgbcggg" {
		t.Errorf("turns were %s", got)
	}
	if a, n := q.load(); a != 0 || n != 0 || len(q.waiting) != 0 || len(q.byOwner) != 0 || q.turns.Len() != 0 {
		t.Errorf("left are %d running, %d waiting, %v %v", a, n, q.waiting, q.byOwner)
	}
}

func TestQueueBounds(t *testing.T) {
	q := newQueue(limited(func(l *Limits) {
		l.MaxConcurrent, l.MaxConcurrentPerUser, l.MaxQueue, l.MaxQueuePerUser = 3, 2, 4, 2
	}))
	a := []*slot{enter(t, q, "a"), enter(t, q, "a"), enter(t, q, "a")}
	if !granted(a[0]) || !granted(a[1]) || granted(a[2]) {
		t.Error("a user runs other than two at a time")
	}
	b := enter(t, q, "b")
	if !granted(b) {
		t.Error("another user does not get the third place")
	}
	enter(t, q, "a")
	if _, err := q.enter("a", 1); err == nil || err.Code != CodeOverloaded || err.RetryAfter < time.Second || !strings.Contains(err.Message, "you have") {
		t.Errorf("a third one waits: %v", err)
	}
	if _, err := q.enter("b", 3); err == nil || err.Code != CodeOverloaded {
		t.Errorf("a batch with one too many: %v", err)
	}
	if _, n := q.load(); n != 2 {
		t.Errorf("%d wait after a refused batch", n)
	}
	enter(t, q, "b")
	enter(t, q, "b")
	if _, err := q.enter("c", 1); err == nil || err.Code != CodeOverloaded || !strings.Contains(err.Message, "the server") {
		t.Errorf("a fifth one waits: %v", err)
	}
	// Who waits can go away, and who goes twice gives one place back.
	a[2].leave()
	a[2].leave()
	a[0].leave()
	a[0].leave()
	if active, n := q.load(); active != 3 || n != 2 {
		t.Errorf("%d run and %d wait", active, n)
	}
}

func TestQueueFollowsChangedLimits(t *testing.T) {
	l := testLimits()
	l.MaxConcurrent, l.MaxConcurrentPerUser = 1, 1
	q := newQueue(func() Limits { return l })
	enter(t, q, "a")
	second := enter(t, q, "a")
	l.MaxConcurrent, l.MaxConcurrentPerUser = 2, 2
	q.changed()
	if !granted(second) {
		t.Error("a higher limit does not let one more run")
	}
}

func TestQueueAtRandom(t *testing.T) {
	q := newQueue(limited(func(l *Limits) {
		l.MaxConcurrent, l.MaxConcurrentPerUser, l.MaxQueue, l.MaxQueuePerUser = 4, 2, 1000, 1000
	}))
	var wg sync.WaitGroup
	for i := range 200 {
		wg.Go(func() {
			s, err := q.enter(fmt.Sprint(i%7), 1)
			if err != nil {
				t.Error(err)
				return
			}
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
			if rand.IntN(4) == 0 {
				cancel()
			}
			defer cancel()
			_ = s[0].wait(ctx)
			if a, _ := q.load(); a > 4 {
				t.Errorf("%d run", a)
			}
			s[0].leave()
		})
	}
	wg.Wait()
	if a, n := q.load(); a != 0 || n != 0 || len(q.waiting) != 0 || len(q.byOwner) != 0 {
		t.Errorf("left are %d running and %d waiting", a, n)
	}
}

func TestRates(t *testing.T) {
	c := &clock{time.Now()}
	s := newService(t, func(o *Options) {
		o.Now = c.now
		o.Limits.RatePerMinute, o.Limits.RateBurst, o.Limits.AddrRatePerMinute, o.Limits.AddrRateBurst = 60, 3, 600, 5
	})
	run := func(p Principal) error {
		r, err := s.Execute(t.Context(), p, ExecuteRequest{Language: "python", Code: "print x"})
		if err == nil {
			wait(t, r)
		}
		return err
	}
	for range 3 {
		want(t, "within the burst", run(alice), "")
	}
	err := run(alice)
	want(t, "beyond", err, CodeRateLimited)
	if after := AsError(err).RetryAfter; after < time.Second || after > 2*time.Second {
		t.Errorf("come again after %s", after)
	}
	c.t = c.t.Add(time.Second)
	want(t, "a second later", run(alice), "")
	// The address has its own bound, whoever comes from it.
	want(t, "another user", run(bob), "")
	want(t, "the address", func() error {
		for range 5 {
			if err := run(user(fmt.Sprint("x", c.t.Nanosecond()), alice.Role)); err != nil {
				return err
			}
		}
		return nil
	}(), CodeRateLimited)
	far := bob
	far.Addr = netip.MustParseAddr("10.0.0.9")
	want(t, "from elsewhere", run(far), "")
	// A batch counts as its programs, and more than fit at once never do.
	_, err = s.Batch(t.Context(), user("carol", alice.Role), make([]ExecuteRequest, 4))
	want(t, "an empty program", err, CodeBadRequest)
	reqs := make([]ExecuteRequest, 4)
	for i := range reqs {
		reqs[i] = ExecuteRequest{Language: "python", Code: "print x"}
	}
	carol := user("carol", alice.Role)
	carol.Addr = netip.MustParseAddr("10.0.0.10")
	_, err = s.Batch(t.Context(), carol, reqs)
	want(t, "a batch beyond the burst", err, CodeRateLimited)
}

func TestLimitersAreBounded(t *testing.T) {
	l := newLimiters()
	now := time.Now()
	for i := range maxLimiters + 100 {
		l.take(fmt.Sprint(i), 1, 60, 1, now)
	}
	if len(l.m) != maxLimiters || l.order.Len() != maxLimiters {
		t.Errorf("%d names are kept", len(l.m))
	}
	for addr, want := range map[string]string{"10.0.0.1": "10.0.0.1", "::ffff:10.0.0.1": "10.0.0.1", "2001:db8::1": "2001:db8::/64", "fe80::1%eth0": "fe80::/64"} {
		if got := addrName(netip.MustParseAddr(addr)); got != want {
			t.Errorf("%s counts as %s", addr, got)
		}
	}
}

func TestRingReplays(t *testing.T) {
	r := newRing(1 << 20)
	out := func(text string) { r.add(nsbox.Event{Type: nsbox.EventStdout, Data: []byte(text)}) }
	read := func(after int64) (text string, last int64) {
		for e, err := range r.follow(t.Context(), after) {
			if err != nil {
				t.Fatal(err)
			}
			text += string(e.Type)[:1] + string(e.Data) + " "
			last = e.Seq
		}
		return text, last
	}
	r.add(nsbox.Event{Type: nsbox.EventStart})
	out("a")
	out("b") // nobody read a yet, so it grows
	done := make(chan string)
	go func() {
		text, _ := read(0)
		done <- text
	}()
	for r.read() < 2 {
		time.Sleep(time.Millisecond)
	}
	out("c") // ab was read: this is another
	r.add(nsbox.Event{Type: nsbox.EventExit})
	r.close()
	r.add(nsbox.Event{Type: nsbox.EventExit}) // too late
	if text := <-done; text != "s sab sc e " {
		t.Errorf("the reader who was there got %q", text)
	}
	for after, want := range map[int64]string{0: "s sab sc e ", 1: "sab sc e ", 3: "e ", 4: "", 99: ""} {
		if got, _ := read(after); got != want {
			t.Errorf("after %d: %q; want %q", after, got, want)
		}
	}
}

// read is the highest number that a reader got.
func (r *ring) read() int64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.given
}

func TestRingIsBoundedAndTellsOfGaps(t *testing.T) {
	const most = 256 << 10
	r := newRing(most)
	chunk := make([]byte, 20<<10) // two do not fit into one chunk
	for range 1000 {
		r.add(nsbox.Event{Type: nsbox.EventStdout, Data: append([]byte(nil), chunk...)})
		if r.size() > most {
			t.Fatalf("the ring has %d bytes", r.size())
		}
	}
	r.add(nsbox.Event{Type: nsbox.EventExit, Result: &nsbox.Result{Stdout: make([]byte, most*2)}})
	r.close()
	var gap *GapError
	var got []int64
	for e, err := range r.follow(t.Context(), 5) {
		if err != nil {
			var g *GapError
			if !errors.As(err, &g) || gap != nil {
				t.Fatal(err)
			}
			gap = g
			continue
		}
		got = append(got, e.Seq)
	}
	if gap == nil || gap.From != 6 || gap.To+1 != got[0] || got[len(got)-1] != 1001 {
		t.Errorf("gap %+v, then %v", gap, got)
	}
}

func TestRingMergesManySmallChunks(t *testing.T) {
	r := newRing(1 << 20)
	for i := range 100_000 {
		r.add(nsbox.Event{Type: nsbox.EventStdout, Data: []byte{byte('a' + i%26)}})
	}
	r.close()
	n, events := 0, 0
	for e, err := range r.follow(t.Context(), 0) {
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range e.Data {
			if b != byte('a'+n%26) {
				t.Fatalf("byte %d is %c", n, b)
			}
			n++
		}
		events++
	}
	if n != 100_000 || events > 10 {
		t.Errorf("%d bytes in %d events", n, events)
	}
}

func TestFollowEndsWithItsContext(t *testing.T) {
	r := newRing(1 << 20)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	n := 0
	for _, err := range r.follow(ctx, 0) {
		if err != context.Canceled { //nolint:errorlint // it is this one, bare
			t.Error(err)
		}
		n++
	}
	if n != 1 {
		t.Errorf("%d times", n)
	}
}
