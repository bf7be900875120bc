package sqlstore

import (
	"context"
	"time"

	"github.com/nsbox/nsbox/nsbox/store"
)

const userColumns = `id, name, role, password_hash, disabled, created, updated`

// CreateUser records a user.
func (s *Store) CreateUser(ctx context.Context, u store.User) error {
	return s.exec(ctx, false, `INSERT INTO users (`+userColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		u.ID, text(u.Name), u.Role, u.PasswordHash, u.Disabled, us(u.Created), us(u.Updated))
}

// UpdateUser replaces role, password and state of u.ID.
func (s *Store) UpdateUser(ctx context.Context, u store.User) error {
	return s.exec(ctx, true, `UPDATE users SET role = $2, password_hash = $3, disabled = $4, updated = $5 WHERE id = $1`,
		u.ID, u.Role, u.PasswordHash, u.Disabled, us(u.Updated))
}

// DeleteUser deletes the user with keys and tokens.
func (s *Store) DeleteUser(ctx context.Context, id string) error {
	return s.change(ctx, func(ctx context.Context, db execer) error {
		for _, q := range []string{`DELETE FROM api_keys WHERE owner_id = $1`, `DELETE FROM refresh_tokens WHERE user_id = $1`} {
			if _, err := db.ExecContext(ctx, q, id); err != nil {
				return err
			}
		}
		res, err := db.ExecContext(ctx, `DELETE FROM users WHERE id = $1`, id)
		if err != nil {
			return err
		}
		n, err := res.RowsAffected()
		if err == nil && n == 0 {
			err = store.ErrNotFound
		}
		return err
	})
}

func scanUser(row scanner) (store.User, error) {
	var u store.User
	err := row.Scan(&u.ID, &u.Name, &u.Role, &u.PasswordHash, &u.Disabled, moment{&u.Created}, moment{&u.Updated})
	return u, found(err)
}

// User returns the user of that id.
func (s *Store) User(ctx context.Context, id string) (store.User, error) {
	return scanUser(s.read.QueryRowContext(ctx, `SELECT `+userColumns+` FROM users WHERE id = $1`, id))
}

// UserByName returns the user of that name.
func (s *Store) UserByName(ctx context.Context, name string) (store.User, error) {
	return scanUser(s.read.QueryRowContext(ctx, `SELECT `+userColumns+` FROM users WHERE name = $1`, text(name)))
}

// Users lists all users by name.
func (s *Store) Users(ctx context.Context) ([]store.User, error) {
	var list []store.User
	err := s.rows(ctx, s.read, `SELECT `+userColumns+` FROM users ORDER BY name`, nil, func(row scanner) error {
		u, err := scanUser(row)
		list = append(list, u)
		return err
	})
	return list, err
}

const keyColumns = `id, owner_id, owner_name, role, name, hash, created, expires, last_used, revoked`

// CreateKey records a key.
func (s *Store) CreateKey(ctx context.Context, k store.Key) error {
	return s.exec(ctx, false, `INSERT INTO api_keys (`+keyColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		k.ID, k.OwnerID, text(k.OwnerName), k.Role, text(k.Name), k.Hash, us(k.Created), us(k.Expires), us(k.LastUsed), us(k.Revoked))
}

func scanKey(row scanner) (store.Key, error) {
	var k store.Key
	err := row.Scan(&k.ID, &k.OwnerID, &k.OwnerName, &k.Role, &k.Name, &k.Hash,
		moment{&k.Created}, moment{&k.Expires}, moment{&k.LastUsed}, moment{&k.Revoked})
	return k, found(err)
}

// Key returns the key of that id.
func (s *Store) Key(ctx context.Context, id string) (store.Key, error) {
	return scanKey(s.read.QueryRowContext(ctx, `SELECT `+keyColumns+` FROM api_keys WHERE id = $1`, text(id)))
}

// Keys lists keys, oldest first.
func (s *Store) Keys(ctx context.Context, ownerID string) ([]store.Key, error) {
	w := &where{}
	w.is("owner_id", ownerID)
	var list []store.Key
	err := s.rows(ctx, s.read, `SELECT `+keyColumns+` FROM api_keys`+w.String()+` ORDER BY created, id`, w.args, func(row scanner) error {
		k, err := scanKey(row)
		list = append(list, k)
		return err
	})
	return list, err
}

// RevokeKey ends a key; one that is revoked stays so since when it was.
func (s *Store) RevokeKey(ctx context.Context, id string, now time.Time) error {
	return s.exec(ctx, true, `UPDATE api_keys SET revoked = CASE WHEN revoked = 0 THEN $2 ELSE revoked END WHERE id = $1`, id, us(now))
}

// TouchKey records that the key was used.
func (s *Store) TouchKey(ctx context.Context, id string, now time.Time) error {
	return s.exec(ctx, true, `UPDATE api_keys SET last_used = $2 WHERE id = $1`, id, us(now))
}

const refreshColumns = `hash, family, user_id, created, expires, used, revoked`

// CreateRefresh records a refresh token.
func (s *Store) CreateRefresh(ctx context.Context, t store.RefreshToken) error {
	return s.exec(ctx, false, `INSERT INTO refresh_tokens (`+refreshColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		t.Hash, t.Family, t.UserID, us(t.Created), us(t.Expires), us(t.Used), us(t.Revoked))
}

// UseRefresh marks the token as used and returns it as it was before.
func (s *Store) UseRefresh(ctx context.Context, hash string, now time.Time) (store.RefreshToken, error) {
	var t store.RefreshToken
	err := s.change(ctx, func(ctx context.Context, db execer) error {
		t = store.RefreshToken{}
		res, err := db.ExecContext(ctx, `UPDATE refresh_tokens SET used = $2 WHERE hash = $1 AND used = 0`, hash, us(now))
		if err != nil {
			return err
		}
		n, err := res.RowsAffected()
		if err != nil {
			return err
		}
		row := db.QueryRowContext(ctx, `SELECT `+refreshColumns+` FROM refresh_tokens WHERE hash = $1`, hash)
		err = row.Scan(&t.Hash, &t.Family, &t.UserID, moment{&t.Created}, moment{&t.Expires}, moment{&t.Used}, moment{&t.Revoked})
		if n == 1 {
			t.Used = time.Time{}
		}
		return found(err)
	})
	return t, err
}

// RevokeFamily ends all tokens of one login.
func (s *Store) RevokeFamily(ctx context.Context, family string, now time.Time) error {
	return s.exec(ctx, false, `UPDATE refresh_tokens SET revoked = $2 WHERE family = $1 AND revoked = 0`, family, us(now))
}

// RevokeUser ends all tokens of the user.
func (s *Store) RevokeUser(ctx context.Context, userID string, now time.Time) error {
	return s.exec(ctx, false, `UPDATE refresh_tokens SET revoked = $2 WHERE user_id = $1 AND revoked = 0`, userID, us(now))
}

// PruneRefresh deletes the tokens that expired before the time.
func (s *Store) PruneRefresh(ctx context.Context, before time.Time) error {
	return s.exec(ctx, false, `DELETE FROM refresh_tokens WHERE expires < $1`, us(before))
}
