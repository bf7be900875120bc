// Package service is the daemon without its protocols: it admits programs, has
// them run, records what came of it, and knows who may do what. Every front end
// calls it, and it knows none of them.
package service

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/oklog/ulid/v2"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/daemon/audit"
	"github.com/nsbox/nsbox/nsbox/daemon/auth"
	"github.com/nsbox/nsbox/nsbox/daemon/metrics"
	"github.com/nsbox/nsbox/nsbox/language"
	"github.com/nsbox/nsbox/nsbox/store"
)

// Options are what a Service is made of. Store, Client or Run, Languages, Signer
// and Artifacts must be set.
type Options struct {
	Store store.Store
	// Client reaches the sandboxes that live on; nil has none.
	Client *nsbox.Client
	// Run runs one request; nil is Client's.
	Run       func(context.Context, nsbox.Request) (nsbox.Result, error)
	Languages *language.Registry
	// Heal is how programs are mended, but for what a request says itself. Its
	// Run and Healers are not used.
	Heal nsbox.Options
	// Healers makes the healers that a list of names with commas means; nil knows
	// none.
	Healers func(names string) ([]nsbox.Healer, error)
	// Healer is what Healers is asked for where a request names none.
	Healer string
	// HealDefault mends programs whose request does not say whether.
	HealDefault bool
	Signer      *auth.Signer
	// PasswordCost is zero but in tests.
	PasswordCost auth.Cost
	// AuthRequired refuses requests without credentials even on loopback.
	AuthRequired bool
	// Limits are those of the configuration; what an administrator set later wins.
	Limits Limits
	// Artifacts is the directory for files that programs leave.
	Artifacts string
	// KeepCode keeps the source of programs in the history.
	KeepCode bool
	// Available tells whether an image is built; nil takes all for built.
	Available func(image string) bool
	// HelperCheck asks the helper whether it answers; nil asks nobody.
	HelperCheck func(context.Context) error
	// Version tells a language's toolchain's version, "" where it is not known.
	Version func(language string) string
	// Audit records who did what; nil records nothing. AuditCode puts the source of
	// programs into it.
	Audit     *audit.Log
	AuditCode bool
	// Metrics and Tracing may be nil.
	Metrics *metrics.Metrics
	Tracing *metrics.Tracing
	// Retention bounds what is kept.
	Retention Retention
	// Log may be nil.
	Log *slog.Logger
	// Now is the clock; nil is time.Now.
	Now func() time.Time
}

// Service runs programs for principals. It is safe for concurrent use.
type Service struct {
	opts                 Options                 // as it was made
	live                 atomic.Pointer[Options] // what Reload changes of them is here
	store                store.Store
	log                  *slog.Logger
	limits               liveLimits
	queue                *queue
	byOwner, byAddr      *limiters
	passwords            *auth.Passwords
	loginBoth, loginAddr *auth.Throttle
	limitsMu             sync.Mutex
	pending              atomic.Int64 // bytes of what waits or runs
	sandboxes            atomic.Int64 // that were live when last asked
	sandboxMu            sync.Mutex
	sessionMu            sync.Mutex
	keysMu               sync.Mutex
	busyKeys             map[string]chan struct{}

	mu       sync.Mutex
	runs     map[string]*run
	old      []*run // finished, oldest first
	oldBytes int
	ids      *ulid.MonotonicEntropy

	// life ends with Close; every run's context comes from it.
	life    context.Context
	endLife context.CancelFunc
	wg      sync.WaitGroup
	keeper  sync.WaitGroup
	since   time.Time
	closing bool
}

// New makes a service, and settles what an earlier one left: executions that it
// did not see the end of become lost.
func New(ctx context.Context, opts Options) (*Service, error) {
	if opts.Run == nil && opts.Client != nil {
		opts.Run = opts.Client.Run
	}
	if opts.Store == nil || opts.Run == nil || opts.Languages == nil || opts.Signer == nil || opts.Artifacts == "" {
		return nil, errors.New("service: Store, Client or Run, Languages, Signer and Artifacts must be set")
	}
	if err := opts.Limits.Check(); err != nil {
		return nil, fmt.Errorf("limits: %w", err)
	}
	if opts.Log == nil {
		opts.Log = slog.New(slog.DiscardHandler)
	}
	if opts.Now == nil {
		opts.Now = time.Now
	}
	if opts.Healers == nil {
		opts.Healers = func(names string) ([]nsbox.Healer, error) { return nil, fmt.Errorf("there is no healer %q", names) }
	}
	s := &Service{
		opts: opts, store: opts.Store, log: opts.Log, runs: map[string]*run{}, since: time.Now(), busyKeys: map[string]chan struct{}{},
		byOwner: newLimiters(), byAddr: newLimiters(), passwords: auth.NewPasswords(2, opts.PasswordCost),
		ids: ulid.Monotonic(rand.Reader, 0),
	}
	s.loginBoth = &auth.Throttle{Free: 5, First: time.Second, Max: 15 * time.Minute, Size: 10_000}
	s.loginAddr = &auth.Throttle{Free: 50, First: time.Second, Max: 15 * time.Minute, Size: 10_000}
	s.live.Store(&opts)
	s.limits.set(opts.Limits)
	if text, err := opts.Store.Setting(ctx, limitsSetting); err == nil {
		l, err := overlayLimits(opts.Limits, []byte(text))
		if err != nil {
			return nil, fmt.Errorf("the limits that an administrator set do not go with the configuration: %w", err)
		}
		s.limits.set(l)
	} else if !errors.Is(err, store.ErrNotFound) {
		return nil, fmt.Errorf("settings: %w", err)
	}
	s.queue = newQueue(s.limits.get)
	s.life, s.endLife = context.WithCancel(context.WithoutCancel(ctx))
	if err := os.MkdirAll(opts.Artifacts, 0o700); err != nil {
		return nil, fmt.Errorf("artifacts: %w", err)
	}
	if err := s.settle(ctx); err != nil {
		s.endLife()
		return nil, err
	}
	opts.Metrics.Watch(s.load)
	s.keeper.Go(s.keepTidy)
	return s, nil
}

// idempotencyTTL is how long the answer to an idempotency key is kept.
const idempotencyTTL = 24 * time.Hour

// lostReason is the error of an execution whose daemon ended.
const lostReason = "the daemon ended while this program was waiting or running"

// settle ends what an earlier daemon left open.
func (s *Service) settle(ctx context.Context) error {
	lost, err := s.store.LoseExecutions(ctx, s.now(), lostReason)
	if err != nil {
		return fmt.Errorf("history: %w", err)
	}
	// No request of before is under way any more.
	if err := s.store.PruneIdempotent(ctx, s.now().Add(-idempotencyTTL), true); err != nil {
		return fmt.Errorf("idempotency keys: %w", err)
	}
	for _, e := range lost {
		s.log.Warn("execution lost", "execution", e.ID, "owner", e.OwnerName)
		err := s.audit(Principal{ID: e.OwnerID, Name: e.OwnerName}, "execute.end", e.ID, "lost", map[string]any{"reason": lostReason, "code_sha256": e.CodeSHA256})
		if err != nil {
			return err
		}
	}
	return nil
}

// Close ends the service: new programs are refused, and those that run may go on
// until ctx is done, when they are cancelled. The store stays open.
func (s *Service) Close(ctx context.Context) error {
	s.mu.Lock()
	s.closing = true
	s.mu.Unlock()
	done := make(chan struct{})
	go func() {
		s.wg.Wait()
		close(done)
	}()
	select {
	case <-done:
	case <-ctx.Done():
	}
	s.endLife()
	<-done
	s.keeper.Wait()
	return nil
}

// load is how busy the service is, for the metrics.
func (s *Service) load() metrics.Load {
	active, queued := s.queue.load()
	s.mu.Lock()
	kept := len(s.runs)
	s.mu.Unlock()
	return metrics.Load{Running: active, Queued: queued, Kept: kept, Sandboxes: int(s.sandboxes.Load())}
}

func (s *Service) now() time.Time { return s.opts.Now() }

// newID makes an id that sorts by time.
func (s *Service) newID() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.newIDLocked()
}

func (s *Service) newIDLocked() string {
	id, err := ulid.New(ulid.Timestamp(time.Now()), s.ids)
	if err != nil { // more ids in one millisecond than there are
		id = ulid.Make()
	}
	return id.String()
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }
