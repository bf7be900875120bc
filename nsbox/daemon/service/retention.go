package service

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// Retention bounds what is kept; 0 is no bound.
type Retention struct {
	// History is how long executions are kept, HistoryMax how many.
	History    time.Duration
	HistoryMax int64
	// Audit is how long the audit log's table is kept.
	Audit time.Duration
	// Artifacts is how long files of programs are kept, ArtifactsMax how many bytes
	// of them.
	Artifacts    time.Duration
	ArtifactsMax int64
}

const (
	tidyEvery = time.Minute
	pruneStep = 500
)

// keepTidy removes what was kept long enough, until the service ends.
func (s *Service) keepTidy() {
	tick := time.NewTicker(tidyEvery)
	defer tick.Stop()
	for {
		if err := s.Prune(s.life); err != nil && s.life.Err() == nil {
			s.log.Error("retention", "err", err)
		}
		s.mu.Lock()
		s.forget()
		s.mu.Unlock()
		select {
		case <-tick.C:
		case <-s.life.Done():
			return
		}
	}
}

// Prune removes what is beyond the bounds of Retention.
func (s *Service) Prune(ctx context.Context) error {
	now, r := s.now(), s.settings().Retention
	before := time.UnixMicro(1)
	if r.History > 0 {
		before = now.Add(-r.History)
	}
	for r.History > 0 || r.HistoryMax > 0 {
		gone, err := s.store.PruneExecutions(ctx, before, r.HistoryMax, pruneStep)
		if err != nil {
			return err
		}
		for _, id := range gone {
			if err := os.RemoveAll(s.artifactDir(id)); err != nil {
				return err
			}
		}
		if len(gone) < pruneStep {
			break
		}
	}
	errs := []error{
		s.store.PruneRefresh(ctx, now), s.store.PruneIdempotent(ctx, now.Add(-idempotencyTTL), false),
		s.pruneArtifacts(now),
	}
	if r.History > 0 {
		errs = append(errs, s.store.PruneSandboxes(ctx, before))
	}
	if r.Audit > 0 {
		errs = append(errs, s.store.PruneAudit(ctx, now.Add(-r.Audit)))
	}
	if s.opts.Client != nil {
		live, err := s.liveSandboxes(ctx, "")
		if e := AsError(err); e != nil && e.Code != CodeUnavailable {
			errs = append(errs, err)
		}
		s.sandboxes.Store(int64(len(live)))
	}
	return errors.Join(errs...)
}

// artifactDir is where the files of an execution are.
func (s *Service) artifactDir(id string) string {
	return filepath.Join(s.opts.Artifacts, filepath.Base(id))
}

// pruneArtifacts removes the files of executions that are too old, and the oldest
// while there is too much.
func (s *Service) pruneArtifacts(now time.Time) error {
	list, err := os.ReadDir(s.opts.Artifacts)
	if err != nil {
		return err
	}
	type dir struct {
		path string
		made time.Time
		size int64
	}
	var dirs []dir
	var total int64
	for _, d := range list {
		info, err := d.Info()
		if errors.Is(err, fs.ErrNotExist) || err == nil && !d.IsDir() {
			continue
		}
		if err != nil {
			return err
		}
		e := dir{path: filepath.Join(s.opts.Artifacts, d.Name()), made: info.ModTime()}
		files, err := os.ReadDir(e.path)
		if err != nil {
			continue // removed meanwhile
		}
		for _, f := range files {
			if info, err := f.Info(); err == nil {
				e.size += info.Size()
			}
		}
		dirs, total = append(dirs, e), total+e.size
	}
	slices.SortFunc(dirs, func(a, b dir) int { return a.made.Compare(b.made) })
	r := s.settings().Retention
	for _, d := range dirs {
		old := r.Artifacts > 0 && now.Sub(d.made) > r.Artifacts
		if !old && (r.ArtifactsMax <= 0 || total <= r.ArtifactsMax) {
			break
		}
		if err := os.RemoveAll(d.path); err != nil {
			return err
		}
		total -= d.size
	}
	return nil
}
