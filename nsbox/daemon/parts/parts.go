// Package parts makes the inside of the daemon of its configuration: store, audit
// log, keys, healers, metrics, and the service that uses them.
package parts

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/analyze"
	"github.com/nsbox/nsbox/nsbox/daemon/audit"
	"github.com/nsbox/nsbox/nsbox/daemon/config"
	"github.com/nsbox/nsbox/nsbox/daemon/metrics"
	"github.com/nsbox/nsbox/nsbox/daemon/service"
	"github.com/nsbox/nsbox/nsbox/heal"
	"github.com/nsbox/nsbox/nsbox/heal/chain"
	"github.com/nsbox/nsbox/nsbox/language"
	"github.com/nsbox/nsbox/nsbox/store"
	"github.com/nsbox/nsbox/nsbox/store/postgres"
	"github.com/nsbox/nsbox/nsbox/store/sqlite"
	"github.com/nsbox/nsbox/nsbox/store/sqlstore"
	"github.com/nsbox/nsbox/rootfs"
)

// Parts are the inside of a daemon.
type Parts struct {
	Config  *config.Config
	Service *service.Service
	Store   store.Store
	Audit   *audit.Log
	// Metrics is nil where the configuration has them off.
	Metrics *metrics.Metrics
	Tracing *metrics.Tracing
	// AdminKey is the key of the user admin, where this start made it. Nobody can
	// see it again.
	AdminKey string
}

// Options are what the configuration does not say.
type Options struct {
	Version string
	Log     *slog.Logger
}

// New makes the parts. Where it fails, nothing of them is left open.
func New(ctx context.Context, cfg *config.Config, opts Options) (_ *Parts, err error) {
	p := &Parts{Config: cfg}
	defer func() {
		if err != nil {
			err = errors.Join(err, p.Close(ctx))
		}
	}()
	if opts.Log == nil {
		opts.Log = slog.New(slog.DiscardHandler)
	}
	// Before anything is made in it: what others could write to is no place for
	// keys.
	if err := StateDir(cfg.StateDir); err != nil {
		return p, err
	}
	if p.Store, err = OpenStore(ctx, cfg); err != nil {
		return p, err
	}
	p.Audit, err = audit.Open(ctx, audit.Options{
		Path: cfg.AuditPath(), MaxSize: int64(cfg.AuditSize), MaxFiles: cfg.AuditFiles, Table: p.Store, Log: opts.Log,
	})
	if err != nil {
		return p, err
	}
	if p.Tracing, err = metrics.NewTracing(ctx, cfg.TraceEndpoint, cfg.TraceSample, opts.Version); err != nil {
		return p, err
	}
	if cfg.Metrics {
		p.Metrics = metrics.New(opts.Version)
	}
	so, err := serviceOptions(cfg)
	if err != nil {
		return p, err
	}
	if err := p.Metrics.Register(metrics.Pool{Ask: so.Client.Pool}); err != nil {
		return p, err
	}
	so.Store, so.Audit, so.Metrics, so.Tracing, so.Log = p.Store, p.Audit, p.Metrics, p.Tracing, opts.Log
	if p.Service, err = service.New(ctx, so); err != nil {
		return p, err
	}
	p.AdminKey, err = p.Service.EnsureAdmin(ctx)
	return p, err
}

// Reload puts a configuration that was read again in force, as far as that goes
// without a restart. It returns the options that changed and go on as they were.
// Where it fails nothing has changed.
func (p *Parts) Reload(ctx context.Context, next *config.Config) (restart []string, err error) {
	here := *next
	here.StateDir = p.Config.StateDir // in another one a key would be made
	so, err := serviceOptions(&here)
	if err != nil {
		return nil, err
	}
	if err := p.Service.Reload(ctx, so); err != nil {
		return nil, err
	}
	return p.Config.Restart(next), nil
}

// Close ends the service, which lets running programs go on until ctx is done, and
// closes the rest. It may be called again.
func (p *Parts) Close(ctx context.Context) error {
	var errs []error
	if p.Service != nil {
		errs = append(errs, p.Service.Close(ctx))
	}
	if p.Audit != nil {
		errs = append(errs, p.Audit.Close())
	}
	if p.Store != nil {
		errs = append(errs, p.Store.Close())
	}
	errs = append(errs, p.Tracing.Close(ctx))
	p.Service, p.Audit, p.Store, p.Tracing = nil, nil, nil, nil
	return errors.Join(errs...)
}

// StateDir makes the state directory, or refuses one that others may write to.
func StateDir(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("state-dir: %w", err)
	}
	st, err := os.Stat(dir)
	if err != nil {
		return fmt.Errorf("state-dir: %w", err)
	}
	if !st.IsDir() {
		return fmt.Errorf("state-dir: %s is not a directory", dir)
	}
	if st.Mode().Perm()&0o022 != 0 {
		return fmt.Errorf("state-dir: others may write to %s: run chmod go-w on it", dir)
	}
	return nil
}

// OpenStore opens the store that the configuration names.
func OpenStore(ctx context.Context, cfg *config.Config) (store.Store, error) {
	open := func() (*sqlstore.Store, error) { return sqlite.Open(ctx, filepath.Join(cfg.StateDir, "nsbox.db")) }
	if cfg.Store != "" {
		open = func() (*sqlstore.Store, error) { return postgres.Open(ctx, cfg.Store) }
	}
	s, err := open()
	if err != nil {
		return nil, err // a nil pointer would not be a nil Store
	}
	return s, nil
}

// VerifyAudit checks the audit log's files, and that the newest lines of the table
// are in them.
func VerifyAudit(ctx context.Context, cfg *config.Config) (audit.Report, error) {
	st, err := OpenStore(ctx, cfg)
	if err != nil {
		return audit.Report{}, err
	}
	defer func() { _ = st.Close() }() // only read
	known, err := st.Audit(ctx, store.AuditQuery{Limit: 100_000})
	if err != nil {
		return audit.Report{}, err
	}
	return audit.Verify(cfg.AuditPath(), known)
}

// Logger makes the log that the configuration asks for.
func Logger(cfg *config.Config, w io.Writer) *slog.Logger {
	var level slog.Level
	_ = level.UnmarshalText([]byte(cfg.LogLevel)) // the configuration has checked it
	o := &slog.HandlerOptions{Level: level}
	if cfg.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(w, o))
	}
	return slog.New(slog.NewTextHandler(w, o))
}

func serviceOptions(cfg *config.Config) (service.Options, error) {
	builtin, err := fs.Sub(rootfs.Languages, "languages")
	if err != nil {
		return service.Options{}, err
	}
	known, problems := language.Load(builtin, language.UserDir)
	if err := errors.Join(problems...); err != nil {
		return service.Options{}, err
	}
	signer, err := cfg.Signer()
	if err != nil {
		return service.Options{}, err
	}
	socket := cfg.Base.Socket
	if socket == "" {
		// The helper must be there: a daemon never starts one, as it is not root.
		socket = nsbox.DefaultSocket
	}
	client := &nsbox.Client{Socket: socket}
	healer := findHealer()
	healers := func(names string) ([]nsbox.Healer, error) { return chain.New(names, cfg.Base.Healers, healer) }
	if _, err := healers(cfg.Base.Healer); err != nil {
		return service.Options{}, fmt.Errorf("healer: %w", err)
	}
	images := cfg.Base.Images
	if images == "" {
		images = "/var/lib/nsbox/images"
	}
	return service.Options{
		Client: client, Languages: known, Signer: signer, Limits: cfg.Limits, AuthRequired: cfg.AuthRequired,
		Heal: nsbox.Options{
			Analyzer: analyze.New(known), HasCheck: heal.HasCheck(known), MaxIterations: cfg.Base.MaxIterations,
			Timeout: cfg.Base.HealTimeout.Std(), Vet: cfg.Base.Vet, Limits: cfg.Base.HealLimits,
		},
		Healers: healers, Healer: cfg.Base.Healer, HealDefault: cfg.Heal,
		Artifacts: filepath.Join(cfg.StateDir, "artifacts"), KeepCode: cfg.HistoryCode, AuditCode: cfg.AuditCode,
		Available: func(image string) bool {
			_, err := os.Stat(filepath.Join(images, "images", filepath.Base(image)+".json"))
			return err == nil
		},
		Version: func(language string) string { return toolchain(images, language) },
		HelperCheck: func(ctx context.Context) error {
			_, err := client.ListSandboxes(ctx)
			return err
		},
		Retention: service.Retention{
			History: cfg.HistoryKeep.Std(), Audit: cfg.AuditKeep.Std(), HistoryMax: int64(cfg.HistoryMax), Artifacts: cfg.ArtifactsKeep.Std(), ArtifactsMax: int64(cfg.ArtifactsMax),
		},
	}, nil
}

// toolchain reads the version that the command line found for a language.
func toolchain(images, language string) string {
	b, err := os.ReadFile(filepath.Join(images, "versions.json"))
	if err != nil {
		return ""
	}
	var all map[string]struct {
		Version string `json:"version"`
	}
	if json.Unmarshal(b, &all) != nil {
		return ""
	}
	return all[language].Version
}

// findHealer finds the program that asks language models, "" where it is not
// installed.
func findHealer() string {
	var dirs []string
	if self, err := os.Executable(); err == nil {
		dirs = append(dirs, filepath.Dir(self), filepath.Join(filepath.Dir(self), "../libexec/nsbox"))
	}
	for _, dir := range append(dirs, "/usr/local/libexec/nsbox", "/usr/libexec/nsbox") {
		p := filepath.Join(dir, "nsbox-healer")
		if st, err := os.Stat(p); err == nil && st.Mode().IsRegular() && st.Mode()&0o111 != 0 {
			return p
		}
	}
	return ""
}
