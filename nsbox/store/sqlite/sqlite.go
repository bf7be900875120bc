// Package sqlite keeps the daemon's store in one file.
package sqlite

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/pressly/goose/v3"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/nsbox/nsbox/nsbox/store/sqlstore"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Memory as a path keeps the store in memory, for tests.
const Memory = ":memory:"

// Open opens the store in the file at path, makes it where there is none, and
// brings its tables up to date. Nobody but its owner may read the file.
func Open(ctx context.Context, path string) (*sqlstore.Store, error) {
	if path != Memory {
		// SQLite would make it for the umask to decide.
		f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
		if err != nil {
			return nil, fmt.Errorf("store: %w", err)
		}
		if err := f.Close(); err != nil {
			return nil, fmt.Errorf("store: %w", err)
		}
		abs, err := filepath.Abs(path)
		if err != nil {
			return nil, fmt.Errorf("store: %w", err)
		}
		path = abs
	}
	// Synchronous NORMAL with a write-ahead log loses nothing at the end of the
	// process, and at a power failure the last moments, but no consistency.
	pragmas := url.Values{"_pragma": {
		"busy_timeout(10000)", "journal_mode(WAL)", "synchronous(NORMAL)", "foreign_keys(ON)",
		"cache_size(-8000)", "journal_size_limit(67108864)",
	}, "_txlock": {"immediate"}}
	dsn := "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + pragmas.Encode()
	write, err := sql.Open("sqlite", dsn)
	if err != nil {
		return nil, fmt.Errorf("store %s: %w", path, err)
	}
	// One writer: SQLite has no more, and a queue in the process beats its lock.
	write.SetMaxOpenConns(1)
	read := write
	if path != Memory {
		if read, err = sql.Open("sqlite", dsn+"&_pragma=query_only(1)"); err != nil {
			return nil, errors.Join(fmt.Errorf("store %s: %w", path, err), write.Close())
		}
		read.SetMaxOpenConns(4)
	}
	files, err := fs.Sub(migrations, "migrations")
	if err == nil {
		err = sqlstore.Migrate(ctx, write, goose.DialectSQLite3, files)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("store %s: %w", path, err), write.Close(), read.Close())
	}
	return sqlstore.New(write, read, "sqlite", isUnique), nil
}

// isUnique tells an error that a taken key makes.
func isUnique(err error) bool {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return false
	}
	return e.Code() == sqlite3.SQLITE_CONSTRAINT_UNIQUE || e.Code() == sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY ||
		strings.Contains(e.Error(), "UNIQUE constraint failed")
}
