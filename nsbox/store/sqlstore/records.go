package sqlstore

import (
	"context"
	"time"

	"github.com/nsbox/nsbox/nsbox/store"
)

// BeginIdempotent records that a request with this key began.
func (s *Store) BeginIdempotent(ctx context.Context, i store.Idempotent) (store.Idempotent, error) {
	var got store.Idempotent
	var taken bool
	err := s.change(ctx, func(ctx context.Context, db execer) error {
		got, taken = i, false
		res, err := db.ExecContext(ctx, `INSERT INTO idempotency (owner, key, body_hash, done, response, created)
			VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (owner, key) DO NOTHING`,
			i.Owner, text(i.Key), i.BodyHash, i.Done, i.Response, us(i.Created))
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n == 1 {
			return err
		}
		got, taken = store.Idempotent{}, true
		row := db.QueryRowContext(ctx, `SELECT owner, key, body_hash, done, response, created FROM idempotency
			WHERE owner = $1 AND key = $2`, i.Owner, text(i.Key))
		return row.Scan(&got.Owner, &got.Key, &got.BodyHash, &got.Done, &got.Response, moment{&got.Created})
	})
	if err == nil && taken {
		err = store.ErrExists
	}
	return got, err
}

// FinishIdempotent records the answer.
func (s *Store) FinishIdempotent(ctx context.Context, owner, key string, response []byte) error {
	return s.exec(ctx, true, `UPDATE idempotency SET done = $3, response = $4 WHERE owner = $1 AND key = $2`, owner, text(key), true, response)
}

// DropIdempotent forgets the request, so that it may be made again.
func (s *Store) DropIdempotent(ctx context.Context, owner, key string) error {
	return s.exec(ctx, false, `DELETE FROM idempotency WHERE owner = $1 AND key = $2`, owner, text(key))
}

// PruneIdempotent deletes old records.
func (s *Store) PruneIdempotent(ctx context.Context, before time.Time, unfinished bool) error {
	return s.exec(ctx, false, `DELETE FROM idempotency WHERE created < $1 OR ($2 AND NOT done)`, us(before), unfinished)
}

const auditColumns = `seq, time, actor, actor_id, addr, action, target, outcome, detail, prev, hash`

// AppendAudit records lines of the audit log, all or none.
func (s *Store) AppendAudit(ctx context.Context, list ...store.AuditRecord) error {
	return s.change(ctx, func(ctx context.Context, db execer) error {
		for _, r := range list {
			_, err := db.ExecContext(ctx, `INSERT INTO audit (`+auditColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
				r.Seq, us(r.Time), text(r.Actor), r.ActorID, r.Addr, r.Action, text(r.Target), text(r.Outcome), text(r.Detail), r.Prev, r.Hash)
			if err != nil && s.unique(err) {
				return store.ErrExists
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// Audit returns what q selects, newest first.
func (s *Store) Audit(ctx context.Context, q store.AuditQuery) ([]store.AuditRecord, error) {
	w := &where{}
	w.is("actor", q.Actor)
	w.is("action", q.Action)
	w.is("target", q.Target)
	w.is("outcome", q.Outcome)
	w.between("time", q.From, q.To)
	if q.Before > 0 {
		w.add("seq < ?", q.Before)
	}
	query := `SELECT ` + auditColumns + ` FROM audit` + w.String() + ` ORDER BY seq DESC` + w.limit(q.Limit)
	var list []store.AuditRecord
	err := s.rows(ctx, s.read, query, w.args, func(row scanner) error {
		var r store.AuditRecord
		err := row.Scan(&r.Seq, moment{&r.Time}, &r.Actor, &r.ActorID, &r.Addr, &r.Action, &r.Target, &r.Outcome, &r.Detail, &r.Prev, &r.Hash)
		list = append(list, r)
		return err
	})
	return list, err
}

// PruneAudit deletes the records of before the time.
func (s *Store) PruneAudit(ctx context.Context, before time.Time) error {
	return s.exec(ctx, false, `DELETE FROM audit WHERE time < $1`, us(before))
}

const sandboxColumns = `id, owner_id, owner_name, name, language, state, persistent, spec, created, expires, ended, error`

// PutSandbox records a sandbox, or what became of it.
func (s *Store) PutSandbox(ctx context.Context, b store.Sandbox) error {
	return s.exec(ctx, false, `INSERT INTO sandboxes (`+sandboxColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
		ON CONFLICT (id) DO UPDATE SET name = excluded.name, state = excluded.state, persistent = excluded.persistent,
		spec = excluded.spec, expires = excluded.expires, ended = excluded.ended, error = excluded.error`,
		b.ID, b.OwnerID, text(b.OwnerName), text(b.Name), text(b.Language), b.State, b.Persistent, b.Spec,
		us(b.Created), us(b.Expires), us(b.Ended), text(b.Error))
}

func scanSandbox(row scanner) (store.Sandbox, error) {
	var b store.Sandbox
	err := row.Scan(&b.ID, &b.OwnerID, &b.OwnerName, &b.Name, &b.Language, &b.State, &b.Persistent, &b.Spec,
		moment{&b.Created}, moment{&b.Expires}, moment{&b.Ended}, &b.Error)
	return b, found(err)
}

// Sandbox returns the sandbox of that id.
func (s *Store) Sandbox(ctx context.Context, id string) (store.Sandbox, error) {
	return scanSandbox(s.read.QueryRowContext(ctx, `SELECT `+sandboxColumns+` FROM sandboxes WHERE id = $1`, text(id)))
}

// Sandboxes lists sandboxes, newest first.
func (s *Store) Sandboxes(ctx context.Context, ownerID string, live bool) ([]store.Sandbox, error) {
	w := &where{}
	w.is("owner_id", ownerID)
	if live {
		w.add("ended = 0")
	}
	var list []store.Sandbox
	err := s.rows(ctx, s.read, `SELECT `+sandboxColumns+` FROM sandboxes`+w.String()+` ORDER BY id DESC`+w.limit(maxSandboxes), w.args, func(row scanner) error {
		b, err := scanSandbox(row)
		list = append(list, b)
		return err
	})
	return list, err
}

// maxSandboxes bounds a list of them.
const maxSandboxes = 10_000

// PruneSandboxes deletes the sandboxes that ended before the time.
func (s *Store) PruneSandboxes(ctx context.Context, before time.Time) error {
	return s.exec(ctx, false, `DELETE FROM sandboxes WHERE ended <> 0 AND ended < $1`, us(before))
}

// Setting returns what was set.
func (s *Store) Setting(ctx context.Context, name string) (string, error) {
	var v string
	err := s.read.QueryRowContext(ctx, `SELECT value FROM settings WHERE name = $1`, name).Scan(&v)
	return v, found(err)
}

// SetSetting sets name to value.
func (s *Store) SetSetting(ctx context.Context, name, value string) error {
	return s.exec(ctx, false, `INSERT INTO settings (name, value) VALUES ($1, $2)
		ON CONFLICT (name) DO UPDATE SET value = excluded.value`, name, text(value))
}
