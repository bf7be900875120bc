package helper

import (
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/config"
	"github.com/nsbox/nsbox/nsbox/internal/zygote"
)

// fake is a spare without a sandbox.
type fake struct {
	o         order
	dead      atomic.Bool
	discarded atomic.Int32
	taken     atomic.Int32
}

func (f *fake) alive() bool       { return !f.dead.Load() }
func (f *fake) fits(o order) bool { return f.o.z == o.z }
func (f *fake) discard()          { f.discarded.Add(1) }

// factory makes fakes and remembers them.
type factory struct {
	mu   sync.Mutex
	all  []*fake
	fail error
}

func (f *factory) make(o order) (spare, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.fail != nil {
		return nil, f.fail
	}
	s := &fake{o: o}
	f.all = append(f.all, s)
	return s, nil
}

func (f *factory) made() []*fake {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]*fake(nil), f.all...)
}

func testPool(t *testing.T, cfg config.Pool) (*pool, *factory) {
	t.Helper()
	f := &factory{}
	p := newPool(cfg, slog.New(slog.DiscardHandler), f.make)
	t.Cleanup(func() {
		p.close()
		for i, s := range f.made() {
			if n := s.discarded.Load() + s.taken.Load(); n != 1 {
				t.Errorf("spare %d was taken or discarded %d times", i, n)
			}
		}
		if p.total != 0 || p.started != 0 {
			t.Errorf("the closed pool counts %d spares, %d of them started", p.total, p.started)
		}
	})
	return p, f
}

func poolConfig() config.Pool {
	return config.Pool{Enabled: true, Low: 2, High: 4, Started: 2, Idle: nsbox.Duration(time.Hour)}
}

// until waits for what other goroutines bring about.
func until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); !ok(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("not within 10 s: %s", what)
		}
	}
}

func ready(p *pool, n int) func() bool {
	return func() bool { s := p.status(); return s.Ready == n && s.Making == 0 }
}

func take(p *pool, o order) *fake {
	sp := p.take(o)
	if sp == nil {
		return nil
	}
	f := sp.(*fake)
	f.taken.Add(1)
	return f
}

func TestPoolFollowsDemand(t *testing.T) {
	p, _ := testPool(t, poolConfig())
	o := order{image: "base", z: new(zygote.Zygote)}
	if take(p, o) != nil {
		t.Fatal("a spare before anybody had asked for one")
	}
	until(t, "two spares after the first demand", ready(p, 2))
	if a, b := take(p, o), take(p, o); a == nil || b == nil || a == b {
		t.Fatalf("took %p and %p", a, b)
	}
	until(t, "two again", ready(p, 2))
	for range 10 { // faster than they are made: each miss asks for one more
		done := p.hurry()
		for take(p, o) != nil {
		}
		done()
	}
	until(t, "no more than High", ready(p, 4))
	time.Sleep(10 * time.Millisecond)
	if !ready(p, 4)() {
		t.Errorf("%+v", p.status())
	}
	// What is never needed is given back, down to Low.
	for range 6 {
		p.shrink()
	}
	until(t, "down to Low", ready(p, 2))
}

// What was asked for is counted by kind, for as long as the helper lives.
func TestPoolCounts(t *testing.T) {
	cfg := poolConfig()
	cfg.Idle = nsbox.Duration(40 * time.Millisecond)
	p, _ := testPool(t, cfg)
	z := new(zygote.Zygote)
	plain, build := order{image: "base", z: z}, order{image: "base", z: z, build: true}
	if p.take(plain) != nil || p.take(build) != nil {
		t.Fatal("an empty pool has spares")
	}
	until(t, "spares", func() bool { return p.status().Ready > 0 })
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(time.Millisecond) {
		if take(p, plain) != nil {
			break
		}
		if time.Now().After(end) {
			t.Fatal("none is handed out")
		}
	}
	until(t, "all given back", func() bool { return len(p.stats()) == 2 && p.status() == PoolStatus{} })
	st := p.stats()
	for i, want := range []nsbox.PoolStats{
		{Image: "base", Start: nsbox.StartExec, Stage: nsbox.StageCompile, Missed: 1},
		{Image: "base", Start: nsbox.StartExec, Stage: nsbox.StageRun, Taken: 1, Missed: st[1].Missed},
	} {
		if st[i] != want || st[i].Missed == 0 {
			t.Errorf("%+v; want %+v", st[i], want)
		}
	}
	if (*pool)(nil).stats() != nil {
		t.Error("no pool has kinds")
	}
}

func TestPoolHandsOutNothingDead(t *testing.T) {
	p, f := testPool(t, poolConfig())
	o := order{image: "base", z: new(zygote.Zygote)}
	take(p, o)
	until(t, "two spares", ready(p, 2))
	for _, s := range f.made() {
		s.dead.Store(true)
	}
	if s := take(p, o); s != nil {
		t.Error("a dead spare was handed out")
	}
	until(t, "three, as there had been none", ready(p, 3))

	// Another zygote, because the image was replaced: those of the old one are no use.
	next := o
	next.z = new(zygote.Zygote)
	if s := take(p, next); s != nil {
		t.Error("a spare of the old image was handed out")
	}
	until(t, "spares of the new", func() bool { return p.status().Ready > 0 })
	if s := take(p, next); s == nil || s.o.z != next.z {
		t.Error("no spare of the new image")
	}
	p.drop(func(o order) bool { return o.z == next.z })
	if n := p.status().Ready; n != 0 {
		t.Errorf("%d spares are left of a zygote that broke", n)
	}
}

func TestPoolWaitsForExecutionsOnTheirWay(t *testing.T) {
	p, f := testPool(t, poolConfig())
	o := order{image: "base", z: new(zygote.Zygote)}
	done := p.hurry()
	take(p, o)
	time.Sleep(2 * time.Millisecond)
	if n := len(f.made()); n > 1 {
		t.Errorf("%d spares were made while an execution was on its way", n)
	}
	// Not for ever: where somebody always is on the way, one at a time is made.
	until(t, "one all the same", func() bool { return len(f.made()) > 0 })
	done()
	done() // counts once
	until(t, "the rest", ready(p, 2))
	if p.hurried != 0 {
		t.Errorf("%d on their way", p.hurried)
	}
}

func TestPoolPausesAfterFailure(t *testing.T) {
	p, f := testPool(t, poolConfig())
	f.fail = errors.New("no")
	o := order{image: "base", z: new(zygote.Zygote)}
	take(p, o)
	until(t, "a failure", func() bool {
		p.mu.Lock()
		defer p.mu.Unlock()
		s := p.shelves[o.key()]
		return s.failures == 1 && s.making == 0
	})
	take(p, o)
	time.Sleep(5 * time.Millisecond)
	p.mu.Lock()
	s := p.shelves[o.key()]
	if s.failures != 1 || p.total != 0 {
		t.Errorf("%d failures, %d spares", s.failures, p.total)
	}
	f.mu.Lock()
	f.fail = nil
	f.mu.Unlock()
	s.pause = p.now().Add(30 * time.Millisecond)
	p.kick()
	p.mu.Unlock()
	until(t, "spares after the pause, without another demand", func() bool { return p.status().Ready >= 2 })
}

// What refilling takes is taken from a program that runs alone, unless the next
// may find nothing.
func TestPoolLetsALoneProgramRun(t *testing.T) {
	p, f := testPool(t, poolConfig())
	o := order{image: "base", z: new(zygote.Zygote)}
	take(p, o)
	until(t, "the first spares", ready(p, 2))
	time.Sleep(dense + 10*time.Millisecond)
	before := len(f.made())
	ended := p.run()
	take(p, o)
	time.Sleep(patience / 4)
	if n := len(f.made()); n != before {
		t.Errorf("%d spares were made while one was left and a program ran", n-before)
	}
	take(p, o)
	until(t, "one where none is left", func() bool { return len(f.made()) > before })
	ended()
	until(t, "the rest", ready(p, 2))
	if p.running != 0 {
		t.Errorf("%d programs run", p.running)
	}
}

func TestPoolBoundsWhatIsStarted(t *testing.T) {
	p, _ := testPool(t, poolConfig())
	z := new(zygote.Zygote)
	boot := func(name string) order { return order{image: "node", z: z, boot: &bootOrder{argv: []string{name}}} }
	plain := order{image: "node", z: z}
	take(p, boot("a"))
	until(t, "two with an interpreter", ready(p, 2))
	take(p, plain)
	until(t, "two more without", ready(p, 4))
	take(p, boot("b")) // takes the place of those that were not used for longer
	until(t, "b's", func() bool { s := take(p, boot("b")); return s != nil })
	if s := p.status(); s.Started > 2 {
		t.Errorf("%d are started", s.Started)
	}
	if boot("a").key() == boot("b").key() || plain.key() == boot("a").key() {
		t.Error("kinds that differ share a shelf")
	}
}

func TestPoolGivesBackWhatIsIdle(t *testing.T) {
	cfg := poolConfig()
	cfg.Idle = nsbox.Duration(20 * time.Millisecond)
	p, f := testPool(t, cfg)
	take(p, order{image: "base", z: new(zygote.Zygote)})
	until(t, "spares", func() bool { return len(f.made()) >= 2 })
	until(t, "none", func() bool { p.mu.Lock(); defer p.mu.Unlock(); return len(p.shelves) == 0 && p.total == 0 })
}

// TestPoolUnderLoad is for the race detector: everything at once.
func TestPoolUnderLoad(t *testing.T) {
	p, _ := testPool(t, poolConfig())
	zs := []*zygote.Zygote{new(zygote.Zygote), new(zygote.Zygote)}
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for n := range 200 {
				o := order{image: string(rune('a' + n%3)), z: zs[(n/50)%2]}
				if i%2 == 0 {
					o.boot = &bootOrder{stage: "run"}
				}
				done := p.hurry()
				if s := take(p, o); s != nil && s.o.z != o.z {
					t.Error("a spare of another zygote")
				}
				done()
				switch {
				case n%70 == 0:
					p.drop(func(w order) bool { return w.z == zs[0] })
				case n%30 == 0:
					p.shrink()
				}
			}
		})
	}
	wg.Wait()
}
