// Package sqlstore is the body of the stores that are SQL databases. The
// statements are the part of the language that SQLite and PostgreSQL share; the
// tables are each one's own, in its package.
//
// Times are microseconds since 1970, 0 where there is none.
package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"sync"
	"time"

	"github.com/pressly/goose/v3"

	"github.com/nsbox/nsbox/nsbox/store"
)

// Migrate brings the tables of db up to date by the files of migrations. It
// fails where the database is of a newer nsbox.
func Migrate(ctx context.Context, db *sql.DB, dialect goose.Dialect, migrations fs.FS, options ...goose.ProviderOption) error {
	p, err := goose.NewProvider(dialect, db, migrations, append(options, goose.WithVerbose(false))...)
	if err != nil {
		return fmt.Errorf("migrations: %w", err)
	}
	var newest int64
	for _, s := range p.ListSources() {
		newest = max(newest, s.Version)
	}
	if has, err := p.GetDBVersion(ctx); err == nil && has > newest {
		return fmt.Errorf("its tables are of version %d, and this nsbox knows versions up to %d: use a newer nsbox", has, newest)
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("migrations: %w", err)
	}
	return nil
}

// Store is a store in a SQL database; see store.Store for its methods.
type Store struct {
	db     *sql.DB // writes
	read   *sql.DB // may be db
	kind   string
	unique func(error) bool

	jobs    chan *job
	closing chan struct{}
	once    sync.Once
	ended   chan struct{}
}

var _ store.Store = (*Store)(nil)

// New makes a store of db; read is for what only reads, and may be db. unique
// tells an error that a taken key makes. The store owns both databases.
func New(db, read *sql.DB, kind string, unique func(error) bool) *Store {
	s := &Store{
		db: db, read: read, kind: kind, unique: unique,
		jobs: make(chan *job, maxBatch), closing: make(chan struct{}), ended: make(chan struct{}),
	}
	go s.write()
	return s
}

// Kind names the database.
func (s *Store) Kind() string { return s.kind }

// Ping asks whether the database answers.
func (s *Store) Ping(ctx context.Context) error { return s.read.PingContext(ctx) }

// Close writes what is under way and closes the database.
func (s *Store) Close() error {
	s.once.Do(func() { close(s.closing) })
	<-s.ended
	err := s.db.Close()
	if s.read != s.db {
		err = errors.Join(err, s.read.Close())
	}
	return err
}

// maxBatch is how many changes one transaction has at most.
const maxBatch = 256

// job is one change that waits for its transaction.
type job struct {
	ctx  context.Context
	do   func(context.Context, execer) error
	done chan error
}

// execer is a database, or a transaction in it.
type execer interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// errClosed is the answer of a closed store.
var errClosed = errors.New("the store is closed")

// change carries out do in a transaction that it may share with other changes:
// under load the cost of committing is divided among them.
func (s *Store) change(ctx context.Context, do func(context.Context, execer) error) error {
	j := &job{ctx: ctx, do: do, done: make(chan error, 1)}
	select {
	case <-s.closing:
		return errClosed
	case <-ctx.Done():
		return ctx.Err()
	case s.jobs <- j:
	}
	// A change that was handed over is carried out; its outcome is worth waiting
	// for.
	select {
	case err := <-j.done:
		return err
	case <-s.ended:
		select {
		case err := <-j.done:
			return err
		default:
			return errClosed
		}
	}
}

// write carries out the changes, all that wait in one transaction.
func (s *Store) write() {
	defer close(s.ended)
	for {
		var batch []*job
		select {
		case j := <-s.jobs:
			batch = append(batch, j)
		case <-s.closing:
			select {
			case j := <-s.jobs:
				batch = append(batch, j)
			default:
				return
			}
		}
	fill:
		for len(batch) < maxBatch {
			select {
			case j := <-s.jobs:
				batch = append(batch, j)
			default:
				break fill
			}
		}
		s.commit(batch)
	}
}

// writeTimeout bounds one transaction.
const writeTimeout = 30 * time.Second

func (s *Store) commit(batch []*job) {
	ctx, cancel := context.WithTimeout(context.Background(), writeTimeout)
	defer cancel()
	if len(batch) > 1 && s.together(ctx, batch) == nil {
		for _, j := range batch {
			j.done <- nil
		}
		return
	}
	// Alone, each has its own outcome: one that fails takes no other with it.
	for _, j := range batch {
		j.done <- s.together(ctx, []*job{j})
	}
}

func (s *Store) together(ctx context.Context, batch []*job) error {
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	for _, j := range batch {
		if err := j.do(ctx, tx); err != nil {
			return errors.Join(err, tx.Rollback())
		}
	}
	return tx.Commit()
}

// exec carries out one statement. With must, one that changes nothing is
// ErrNotFound.
func (s *Store) exec(ctx context.Context, must bool, query string, args ...any) error {
	return s.change(ctx, func(ctx context.Context, db execer) error {
		res, err := db.ExecContext(ctx, query, args...)
		if err != nil {
			if s.unique(err) {
				return store.ErrExists
			}
			return err
		}
		if !must {
			return nil
		}
		n, err := res.RowsAffected()
		if err == nil && n == 0 {
			err = store.ErrNotFound
		}
		return err
	})
}

// rows calls scan for every row of the answer.
func (s *Store) rows(ctx context.Context, db execer, query string, args []any, scan func(scanner) error) error {
	rows, err := db.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }() // Err below has what went wrong
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// scanner is a row.
type scanner interface{ Scan(dest ...any) error }

// found maps a missing row to the store's error.
func found(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return store.ErrNotFound
	}
	return err
}

func us(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

func fromUS(n int64) time.Time {
	if n == 0 {
		return time.Time{}
	}
	return time.UnixMicro(n).UTC()
}

// moment scans microseconds into a time.
type moment struct{ t *time.Time }

// Scan implements sql.Scanner.
func (m moment) Scan(v any) error {
	n, ok := v.(int64)
	if !ok {
		return fmt.Errorf("a time is %T, not a number", v)
	}
	*m.t = fromUS(n)
	return nil
}

// text makes s fit for a column of text: PostgreSQL takes neither NUL nor what is
// not UTF-8.
func text(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
}

// where collects conditions; a ? stands for the argument.
type where struct {
	parts []string
	args  []any
}

func (w *where) add(cond string, args ...any) {
	for _, a := range args {
		w.args = append(w.args, a)
		cond = strings.Replace(cond, "?", fmt.Sprintf("$%d", len(w.args)), 1)
	}
	w.parts = append(w.parts, cond)
}

// is adds a condition for a field that selects all where it is empty.
func (w *where) is(column, value string) {
	if value != "" {
		w.add(column+" = ?", value)
	}
}

func (w *where) between(column string, from, to time.Time) {
	if !from.IsZero() {
		w.add(column+" >= ?", us(from))
	}
	if !to.IsZero() {
		w.add(column+" < ?", us(to))
	}
}

func (w *where) String() string {
	if len(w.parts) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(w.parts, " AND ")
}

// limit adds a bound on the number of rows.
func (w *where) limit(n int) string {
	w.args = append(w.args, n)
	return fmt.Sprintf(" LIMIT $%d", len(w.args))
}

// Exec carries out a statement of another's, such as a migration's test.
func (s *Store) Exec(ctx context.Context, query string, args ...any) error {
	return s.exec(ctx, false, query, args...)
}
