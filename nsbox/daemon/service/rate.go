package service

import (
	"container/list"
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// maxLimiters bounds how many principals or addresses are told apart. Beyond,
// those forget their past that were quiet the longest.
const maxLimiters = 10_000

// limiters bounds a rate for each of many names.
type limiters struct {
	mu    sync.Mutex
	m     map[string]*list.Element
	order *list.List // the one used last in front
}

type limiter struct {
	name string
	lim  *rate.Limiter
}

func newLimiters() *limiters { return &limiters{m: map[string]*list.Element{}, order: list.New()} }

// take takes n of what name has; it returns how long to wait where there is not
// enough, and then takes nothing.
func (l *limiters) take(name string, n, perMinute, burst int, now time.Time) (wait time.Duration, ok bool) {
	if perMinute <= 0 {
		return 0, true
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	limit := rate.Limit(float64(perMinute) / 60)
	e := l.m[name]
	if e == nil {
		e = l.order.PushFront(&limiter{name: name, lim: rate.NewLimiter(limit, burst)})
		l.m[name] = e
		if l.order.Len() > maxLimiters {
			last := l.order.Back()
			l.order.Remove(last)
			delete(l.m, limiterOf(last).name)
		}
	}
	l.order.MoveToFront(e)
	lim := limiterOf(e).lim
	if lim.Limit() != limit {
		lim.SetLimitAt(now, limit)
	}
	if lim.Burst() != burst {
		lim.SetBurstAt(now, burst)
	}
	r := lim.ReserveN(now, n)
	if !r.OK() { // more than ever fit at once
		return time.Minute, false
	}
	if d := r.DelayFrom(now); d > 0 {
		r.CancelAt(now)
		return d, false
	}
	return 0, true
}

func limiterOf(e *list.Element) *limiter { return e.Value.(*limiter) }

// addrName is the name of an address for limits: of IPv6 the network, which one
// host has all addresses of.
func addrName(a netip.Addr) string {
	a = a.Unmap()
	if a.Is6() {
		if p, err := a.WithZone("").Prefix(64); err == nil {
			return p.String()
		}
	}
	return a.String()
}

// checkRate counts n programs of p.
func (s *Service) checkRate(p Principal, n int) *Error {
	l, now := s.limits.get(), s.now()
	for _, c := range []struct {
		m           *limiters
		name, of    string
		rate, burst int
	}{
		{s.byOwner, p.ID, "you start", l.RatePerMinute, l.RateBurst},
		{s.byAddr, addrName(p.Addr), "your address starts", l.AddrRatePerMinute, l.AddrRateBurst},
	} {
		if c.m == s.byAddr && !p.Addr.IsValid() {
			continue
		}
		if wait, ok := c.m.take(c.name, n, c.rate, c.burst, now); !ok {
			err := errf(CodeRateLimited, "%s more programs than the %d a minute that are allowed", c.of, c.rate)
			err.RetryAfter = max(wait, time.Second)
			return err
		}
	}
	return nil
}
