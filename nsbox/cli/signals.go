package cli

import (
	"context"
	"os"
	"os/signal"
	"sync"
	"syscall"
)

// signals turns the first Ctrl-C (or SIGTERM, SIGHUP) into cancellation, which
// kills the program and lets everything be taken down, and the second into an
// exit on the spot: the helper then takes down what is left.
type signals struct {
	ch     chan os.Signal
	cancel context.CancelFunc
	mu     sync.Mutex
	got    syscall.Signal
	undo   func()
}

func (a *App) onSignals(parent context.Context) (context.Context, *signals) {
	ctx, cancel := context.WithCancel(parent)
	s := &signals{ch: make(chan os.Signal, 2), cancel: cancel}
	signal.Notify(s.ch, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	go func() {
		for sig := range s.ch {
			if n, ok := sig.(syscall.Signal); ok && s.received(n) {
				s.restore()
				os.Exit(s.status())
			}
		}
	}()
	return ctx, s
}

// received notes a signal and reports whether it is the second.
func (s *signals) received(n syscall.Signal) bool {
	s.mu.Lock()
	second := s.got != 0
	s.got = n
	s.mu.Unlock()
	s.cancel()
	return second
}

// status is the exit status of a command that a signal ended, 0 where none came.
func (s *signals) status() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.got == 0 {
		return 0
	}
	return 128 + int(s.got)
}

// onExit names what must be undone before the process ends in any way.
func (s *signals) onExit(undo func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.undo = undo
}

// restore undoes it, once or more often.
func (s *signals) restore() {
	s.mu.Lock()
	undo := s.undo
	s.mu.Unlock()
	if undo != nil {
		undo()
	}
}

func (s *signals) stop() {
	signal.Stop(s.ch)
	close(s.ch)
	s.cancel()
}
