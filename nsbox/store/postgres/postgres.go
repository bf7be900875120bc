// Package postgres keeps the daemon's store in a PostgreSQL database.
package postgres

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"github.com/nsbox/nsbox/nsbox/store/sqlstore"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Open connects to the database that dsn, a postgres:// URL, names, and brings its
// tables up to date. One daemon uses a database at a time.
func Open(ctx context.Context, dsn string) (*sqlstore.Store, error) {
	cfg, err := pgx.ParseConfig(dsn)
	if err != nil {
		return nil, fmt.Errorf("store: %s: it is not a PostgreSQL URL that can be used", redact(dsn))
	}
	if cfg.RuntimeParams["application_name"] == "" {
		cfg.RuntimeParams["application_name"] = "nsboxd"
	}
	cfg.ConnectTimeout = 10 * time.Second
	db := stdlib.OpenDB(*cfg)
	db.SetMaxOpenConns(8)
	db.SetMaxIdleConns(4)
	db.SetConnMaxIdleTime(5 * time.Minute)
	if err := db.PingContext(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("store %s: %w", redact(dsn), err), db.Close())
	}
	files, err := fs.Sub(migrations, "migrations")
	if err == nil {
		var locker lock.SessionLocker
		if locker, err = lock.NewPostgresSessionLocker(); err == nil {
			err = sqlstore.Migrate(ctx, db, goose.DialectPostgres, files, goose.WithSessionLocker(locker))
		}
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("store %s: %w", redact(dsn), err), db.Close())
	}
	return sqlstore.New(db, db, "postgres", isUnique), nil
}

// redact takes the password out of a URL.
func redact(dsn string) string {
	u, err := url.Parse(dsn)
	if err != nil {
		return "the URL"
	}
	return u.Redacted()
}

// isUnique tells an error that a taken key makes.
func isUnique(err error) bool {
	var e *pgconn.PgError
	return errors.As(err, &e) && e.Code == "23505"
}
