package daemon

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/nsbox/nsbox/nsbox/daemon/config"
	"github.com/nsbox/nsbox/nsbox/daemon/grpcapi"
	"github.com/nsbox/nsbox/nsbox/daemon/parts"
	"github.com/nsbox/nsbox/nsbox/daemon/restapi"
	"github.com/nsbox/nsbox/nsbox/daemon/web"
	"github.com/nsbox/nsbox/nsbox/heal"
)

// keyFile is where the first administrator's key is left for who did not ask to
// have it printed: a journal is no place for it.
const keyFile = "first-admin.key"

// closeTimeout bounds what is written when all programs have ended.
const closeTimeout = 10 * time.Second

// serve is the body of `nsboxd serve`. again reads the configuration anew.
func (p *program) serve(ctx context.Context, cfg *config.Config, printKey bool, again func() (*config.Config, error)) (err error) {
	level := &slog.LevelVar{}
	log := p.newLog(cfg, level)
	// First what the configuration can have wrong: nothing is written before.
	l, err := endpoint{addresses: cfg.Listen, cert: cfg.TLSCert, key: cfg.TLSKey, authRequired: cfg.AuthRequired}.listen(ctx)
	if err != nil {
		return err
	}
	defer l.close()
	healing, err := heal.Options()
	if err != nil {
		return err
	}
	all, err := parts.New(ctx, cfg, parts.Options{Version: Version, Log: log})
	if err != nil {
		return err
	}
	defer func() {
		ctx, cancel := context.WithTimeout(context.Background(), closeTimeout)
		defer cancel()
		err = errors.Join(err, all.Close(ctx))
	}()
	if err := p.tellKey(cfg, all.AdminKey, printKey, log); err != nil {
		return err
	}
	streams, endStreams := context.WithCancel(context.Background())
	defer endStreams()
	svc := all.Service
	opts := restapi.Options{
		Version: Version, Log: log, Guard: guard(cfg), Proxies: cfg.Proxies,
		Analyzer: healing.Analyzer, Context: streams,
		Counters: all.Metrics, Tracing: all.Tracing,
		Extra: grpcapi.New(svc, grpcapi.Options{Context: streams, Metrics: all.Metrics}),
	}
	if all.Metrics != nil {
		opts.Metrics = all.Metrics.Handler()
	}
	b := &backend{
		handler: restapi.New(svc, opts), drain: svc.Close, endStreams: endStreams,
		alive: func(ctx context.Context) { svc.Health(ctx) },
		reload: func() error {
			next, err := again()
			if err != nil {
				return err
			}
			restart, err := all.Reload(context.Background(), next)
			if err != nil {
				return err
			}
			level.Set(logLevel(next))
			if len(restart) > 0 {
				log.Warn("reload: these settings have changed and need a restart: " + strings.Join(restart, ", "))
			}
			return nil
		},
		log: log, grace: cfg.Grace.Std(),
	}
	return b.serve(ctx, l)
}

// guard decides which hosts and origins may come in. A daemon that answers nobody
// without credentials need not know its names, as a rebound page has none of them;
// where names are configured they are the only ones.
func guard(cfg *config.Config) web.Guard {
	return web.Guard{Hosts: cfg.Hosts, Origins: cfg.Origins, AnyHost: cfg.AuthRequired && len(cfg.Hosts) == 0}
}

// tellKey hands the key of the administrator that the first start made over.
func (p *program) tellKey(cfg *config.Config, key string, printIt bool, log *slog.Logger) error {
	if key == "" {
		return nil
	}
	if printIt {
		fmt.Fprintf(p.stdout, "administrator's key, shown this once: %s\n", key)
		return nil
	}
	path := filepath.Join(cfg.StateDir, keyFile)
	if err := os.WriteFile(path, []byte(key+"\n"), 0o600); err != nil {
		return fmt.Errorf("the first administrator's key: %w", err)
	}
	log.Warn("the first start made an administrator; read the key, then delete its file", "file", path)
	return nil
}
