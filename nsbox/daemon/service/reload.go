package service

import (
	"context"
	"errors"
	"fmt"

	"github.com/nsbox/nsbox/nsbox/store"
)

// settings are the options in force.
func (s *Service) settings() *Options { return s.live.Load() }

// Reload puts options of a configuration that was read again in force: limits, how
// programs are mended, what is kept and for how long, the key of tokens, and that
// credentials are required. That they are not required any more is not taken over:
// the service does not know who reaches the listeners. All other options stay as they
// are. What an administrator set while the daemon ran stays over the limits; where
// both do not go together, nothing changes.
func (s *Service) Reload(ctx context.Context, next Options) error {
	if next.Signer == nil || next.Healers == nil {
		return errors.New("service: Signer and Healers must be set")
	}
	if err := next.Limits.Check(); err != nil {
		return fmt.Errorf("limits: %w", err)
	}
	s.limitsMu.Lock()
	defer s.limitsMu.Unlock()
	l := next.Limits
	text, err := s.store.Setting(ctx, limitsSetting)
	if err == nil {
		l, err = overlayLimits(next.Limits, []byte(text))
	} else if errors.Is(err, store.ErrNotFound) {
		err = nil
	}
	if err != nil {
		return fmt.Errorf("limits: %w", err)
	}
	now := *s.settings()
	now.Limits, now.Signer, now.AuthRequired = next.Limits, next.Signer, now.AuthRequired || next.AuthRequired
	now.Heal, now.Healers, now.Healer, now.HealDefault = next.Heal, next.Healers, next.Healer, next.HealDefault
	now.KeepCode, now.AuditCode, now.Retention = next.KeepCode, next.AuditCode, next.Retention
	s.live.Store(&now)
	s.limits.set(l)
	s.queue.changed()
	return nil
}
