package service

import (
	"context"
	"errors"
	"time"

	"github.com/nsbox/nsbox/nsbox/daemon/auth"
	"github.com/nsbox/nsbox/nsbox/store"
)

// Key is an API key without its secret.
type Key struct {
	ID        string    `json:"id"`
	OwnerID   string    `json:"owner_id"`
	OwnerName string    `json:"owner"`
	Name      string    `json:"name"`
	Role      Role      `json:"role"`
	Created   time.Time `json:"created"`
	Expires   time.Time `json:"expires,omitzero"`
	LastUsed  time.Time `json:"last_used,omitzero"`
	Revoked   time.Time `json:"revoked,omitzero"`
}

// NewKey is a key that was made. Secret is the key itself, which nobody can see
// again.
type NewKey struct {
	Key
	Secret string `json:"key"`
}

// KeyRequest asks for a key.
type KeyRequest struct {
	// Name says what it is for.
	Name string `json:"name"`
	// Role is the owner's where it is empty; it can't be more than the owner's or
	// the asker's.
	Role string `json:"role,omitempty"`
	// TTL is how long it is good for; 0 is for ever.
	TTL time.Duration `json:"-"`
	// Owner is the name of the user that it is for; empty is the asker.
	Owner string `json:"owner,omitempty"`
}

// maxKeysOfOne bounds the valid keys of one user.
const maxKeysOfOne = 100

// CreateKey makes an API key.
func (s *Service) CreateKey(ctx context.Context, p Principal, req KeyRequest) (made NewKey, err error) {
	defer func() {
		err = s.audited(p, "key.create", made.ID, map[string]any{"name": req.Name, "role": made.Role, "owner": made.OwnerName, "ttl_seconds": req.TTL.Seconds()}, err)
	}()
	if err := p.may(auth.KeysOwn); err != nil {
		return NewKey{}, err
	}
	if p.Anonymous {
		return NewKey{}, errf(CodeForbidden, "a key belongs to a user: log in, or use an administrator's key")
	}
	if len(req.Name) > 100 || req.TTL < 0 {
		return NewKey{}, errf(CodeUnprocessable, "name: at most 100 bytes; ttl: not negative")
	}
	owner, err := s.store.User(ctx, p.ID)
	if req.Owner != "" && req.Owner != p.Name {
		if err := p.may(auth.KeysAny); err != nil {
			return NewKey{}, err
		}
		owner, err = s.store.UserByName(ctx, req.Owner)
	}
	if errors.Is(err, store.ErrNotFound) {
		return NewKey{}, errf(CodeNotFound, "there is no user %q", req.Owner)
	}
	if err != nil {
		return NewKey{}, AsError(err)
	}
	role := Role(owner.Role)
	if owner.ID == p.ID {
		role = p.Role
	}
	if req.Role != "" {
		want, err := auth.ParseRole(req.Role)
		if err != nil {
			return NewKey{}, errf(CodeUnprocessable, "role: %s", err)
		}
		if !role.Covers(want) || !p.Role.Covers(want) {
			return NewKey{}, errf(CodeForbidden, "role: a key of the role %s would do more than you or its owner may", want)
		}
		role = want
	}
	keys, err := s.store.Keys(ctx, owner.ID)
	if err != nil {
		return NewKey{}, AsError(err)
	}
	valid := 0
	for _, k := range keys {
		if k.Revoked.IsZero() && (k.Expires.IsZero() || s.now().Before(k.Expires)) {
			valid++
		}
	}
	if valid >= maxKeysOfOne {
		return NewKey{}, errf(CodeConflict, "%s has %d keys already: revoke one that is not used", owner.Name, valid)
	}
	secret, k := s.makeKey(owner, role, req.Name, req.TTL)
	if err := s.store.CreateKey(ctx, k); err != nil {
		return NewKey{}, AsError(err)
	}
	return NewKey{Key: keyView(k), Secret: secret}, nil
}

func (s *Service) makeKey(owner store.User, role Role, name string, ttl time.Duration) (secret string, k store.Key) {
	secret, id, hash := auth.NewKey()
	k = store.Key{ID: id, OwnerID: owner.ID, OwnerName: owner.Name, Role: string(role), Name: name, Hash: hash, Created: s.now().UTC()}
	if ttl > 0 {
		k.Expires = k.Created.Add(ttl)
	}
	return secret, k
}

func keyView(k store.Key) Key {
	return Key{
		ID: k.ID, OwnerID: k.OwnerID, OwnerName: k.OwnerName, Name: k.Name, Role: Role(k.Role),
		Created: k.Created, Expires: k.Expires, LastUsed: k.LastUsed, Revoked: k.Revoked,
	}
}

// ListKeys lists p's keys, or with all everybody's.
func (s *Service) ListKeys(ctx context.Context, p Principal, all bool) ([]Key, error) {
	perm, owner := auth.KeysOwn, p.ID
	if all {
		perm, owner = auth.KeysAny, ""
	}
	if err := p.may(perm); err != nil {
		return nil, err
	}
	keys, err := s.store.Keys(ctx, owner)
	if err != nil {
		return nil, AsError(err)
	}
	list := make([]Key, len(keys))
	for i, k := range keys {
		list[i] = keyView(k)
	}
	return list, nil
}

// RevokeKey ends a key at once.
func (s *Service) RevokeKey(ctx context.Context, p Principal, id string) (err error) {
	defer func() { err = s.audited(p, "key.revoke", id, nil, err) }()
	k, err := s.store.Key(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return errf(CodeNotFound, "there is no key %q", id)
	}
	if err != nil {
		return AsError(err)
	}
	if err := p.owns(k.OwnerID, auth.KeysOwn, auth.KeysAny); err != nil {
		return err
	}
	if err := s.store.RevokeKey(ctx, id, s.now()); err != nil {
		return AsError(err)
	}
	return nil
}
