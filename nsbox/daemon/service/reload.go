package service

import (
	"context"
	"errors"
	"fmt"

	"github.com/nsbox/nsbox/nsbox/store"
)

// Reload puts the limits of a configuration that was read again in force. What an
// administrator set while the daemon ran stays over them. Where both do not go
// together, nothing changes.
func (s *Service) Reload(ctx context.Context, base Limits) error {
	if err := base.Check(); err != nil {
		return fmt.Errorf("limits: %w", err)
	}
	s.limitsMu.Lock()
	defer s.limitsMu.Unlock()
	l := base
	text, err := s.store.Setting(ctx, limitsSetting)
	if err == nil {
		l, err = overlayLimits(base, []byte(text))
	} else if errors.Is(err, store.ErrNotFound) {
		err = nil
	}
	if err != nil {
		return fmt.Errorf("limits: %w", err)
	}
	s.opts.Limits = base
	s.limits.set(l)
	s.queue.changed()
	return nil
}
