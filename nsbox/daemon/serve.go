package daemon

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"time"

	sd "github.com/coreos/go-systemd/v22/daemon"
	"golang.org/x/sys/unix"
)

// backend is what stands behind the listeners.
type backend struct {
	handler http.Handler
	// drain lets running programs end until the context is done, cancels what is
	// left then, and takes no new ones meanwhile.
	drain func(context.Context) error
	// endStreams ends what follows executions and would not end by itself.
	endStreams func()
	// alive returns when the service answered; what, does not matter.
	alive func(context.Context)
	// reload reads again what can be read again; nil has nothing.
	reload func() error
	log    *slog.Logger
	// grace is how long running programs may go on when the daemon is to stop.
	grace time.Duration
}

// The bounds of a connection. Streams of events have none: their deadlines are
// their handlers'.
const (
	headerTimeout = 10 * time.Second
	idleTimeout   = 2 * time.Minute
	maxHeader     = 64 << 10
	maxStreams    = 1000 // of one HTTP/2 connection
	// flushTimeout is how long answers may take to reach their readers when all
	// programs have ended.
	flushTimeout = 5 * time.Second
)

// serve serves b on l until ctx is done, then stops: listeners, programs, streams.
func (b *backend) serve(ctx context.Context, l *listeners) error {
	protocols := &http.Protocols{}
	protocols.SetHTTP1(true)
	protocols.SetHTTP2(true)
	protocols.SetUnencryptedHTTP2(true) // gRPC without TLS
	srv := &http.Server{
		Handler: b.handler, ReadHeaderTimeout: headerTimeout, IdleTimeout: idleTimeout, MaxHeaderBytes: maxHeader,
		Protocols: protocols, HTTP2: &http.HTTP2Config{MaxConcurrentStreams: maxStreams},
		ErrorLog: slog.NewLogLogger(b.log.Handler(), slog.LevelDebug),
	}
	// Before anybody learns that it listens: until then SIGHUP is the end.
	hup := make(chan os.Signal, 1)
	signal.Notify(hup, unix.SIGHUP)
	defer signal.Stop(hup)
	failed := make(chan error, len(l.all))
	for _, n := range l.all {
		b.log.Info("listening", "addr", n.Addr().String(), "tls", l.cert != nil && n.Addr().Network() == "tcp")
		go func() { failed <- srv.Serve(n) }()
	}
	stopDog := b.watchdog()
	defer stopDog()
	notify(b.log, sd.SdNotifyReady)

	var err error
loop:
	for {
		select {
		case <-ctx.Done():
			break loop
		case err = <-failed:
			err = fmt.Errorf("serve: %w", err)
			break loop
		case <-hup:
			b.reloaded(l)
		}
	}
	notify(b.log, sd.SdNotifyStopping)
	return errors.Join(err, b.stop(srv))
}

// stop ends srv and what runs behind it.
func (b *backend) stop(srv *http.Server) error {
	b.log.Info("stopping", "grace", b.grace)
	grace, cancel := context.WithTimeout(context.Background(), b.grace)
	defer cancel()
	all, cancelAll := context.WithTimeout(context.Background(), b.grace+flushTimeout)
	defer cancelAll()
	// Shutdown closes the listeners at once and waits for the answers.
	quiet := make(chan error, 1)
	go func() { quiet <- srv.Shutdown(all) }()
	err := b.drain(grace)
	// Every program has ended; its callers get the rest of what it said.
	flush, cancelFlush := context.WithTimeout(context.Background(), flushTimeout)
	defer cancelFlush()
	select {
	case serr := <-quiet:
		if serr != nil && !errors.Is(serr, context.DeadlineExceeded) {
			err = errors.Join(err, serr)
		}
		b.endStreams()
	case <-flush.Done():
		b.endStreams()
		_ = srv.Close() // whoever still reads does it too slowly
	}
	b.log.Info("stopped")
	return err
}

// reloaded answers SIGHUP.
func (b *backend) reloaded(l *listeners) {
	notify(b.log, fmt.Sprintf("%s\nMONOTONIC_USEC=%d", sd.SdNotifyReloading, monotonic()))
	var err error
	if l.cert != nil {
		err = l.cert.reload()
	}
	if b.reload != nil {
		err = errors.Join(err, b.reload())
	}
	if err != nil {
		b.log.Error("reload: what was stays in force", "err", err)
	} else {
		b.log.Info("reloaded")
	}
	notify(b.log, sd.SdNotifyReady)
}

// monotonic is the clock that systemd compares with, in microseconds.
func monotonic() int64 {
	var ts unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_MONOTONIC, &ts); err != nil {
		return 0
	}
	return ts.Nano() / 1000
}

// notify tells the service manager, where there is one.
func notify(log *slog.Logger, state string) {
	if _, err := sd.SdNotify(false, state); err != nil {
		first, _, _ := strings.Cut(state, "\n")
		log.Warn("notify the service manager", "state", first, "err", err)
	}
}

// watchdog tells the service manager, as often as it wants to hear, that the
// daemon answers. One whose handlers hang stops saying so and is started anew.
func (b *backend) watchdog() (stop func()) {
	every, err := sd.SdWatchdogEnabled(false)
	if err != nil || every == 0 {
		return func() {}
	}
	done := make(chan struct{})
	go func() {
		tick := time.NewTicker(every / 3)
		defer tick.Stop()
		for {
			select {
			case <-done:
				return
			case <-tick.C:
			}
			if err := b.answers(every / 3); err != nil {
				b.log.Error("watchdog", "err", err)
				continue
			}
			notify(b.log, sd.SdNotifyWatchdog)
		}
	}()
	return func() { close(done) }
}

// answers asks the service something that takes its locks and its store.
func (b *backend) answers(within time.Duration) error {
	ctx, cancel := context.WithTimeout(context.Background(), within)
	defer cancel()
	done := make(chan struct{})
	go func() {
		b.alive(ctx)
		close(done)
	}()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return errors.New("the service does not answer")
	}
}
