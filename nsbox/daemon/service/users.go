package service

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/nsbox/nsbox/nsbox/daemon/auth"
	"github.com/nsbox/nsbox/nsbox/store"
)

// User is somebody who may log in or has keys.
type User struct {
	ID          string    `json:"id"`
	Name        string    `json:"name"`
	Role        Role      `json:"role"`
	Disabled    bool      `json:"disabled"`
	HasPassword bool      `json:"has_password"`
	Created     time.Time `json:"created"`
	Updated     time.Time `json:"updated"`
}

// UserRequest makes or changes a user. Nil fields stay as they are.
type UserRequest struct {
	Name     string  `json:"name,omitempty"`
	Role     *string `json:"role,omitempty"`
	Password *string `json:"password,omitempty"`
	Disabled *bool   `json:"disabled,omitempty"`
}

func userView(u store.User) User {
	return User{
		ID: u.ID, Name: u.Name, Role: Role(u.Role), Disabled: u.Disabled, HasPassword: u.PasswordHash != "",
		Created: u.Created, Updated: u.Updated,
	}
}

// EnsureAdmin makes the user admin with a key where there is no user at all. It
// returns the key, which nobody can see again, or "".
func (s *Service) EnsureAdmin(ctx context.Context) (string, error) {
	users, err := s.store.Users(ctx)
	if err != nil || len(users) > 0 {
		return "", err
	}
	now := s.now().UTC()
	u := store.User{ID: auth.NewID(), Name: "admin", Role: string(auth.Admin), Created: now, Updated: now}
	daemon := Principal{ID: "nsboxd", Name: "nsboxd"}
	err = s.audited(daemon, "user.create", u.Name, map[string]any{"role": u.Role}, s.store.CreateUser(ctx, u))
	if err != nil {
		return "", err
	}
	secret, k := s.makeKey(u, auth.Admin, "made at the first start", 0)
	d := map[string]any{"name": k.Name, "role": k.Role, "owner": k.OwnerName, "ttl_seconds": 0}
	return secret, s.audited(daemon, "key.create", k.ID, d, s.store.CreateKey(ctx, k))
}

// CreateUser makes a user.
func (s *Service) CreateUser(ctx context.Context, p Principal, req UserRequest) (made User, err error) {
	defer func() { err = s.audited(p, "user.create", req.Name, map[string]any{"role": made.Role}, err) }()
	if err := p.may(auth.Users); err != nil {
		return User{}, err
	}
	if req.Name == "" || len(req.Name) > 64 || req.Name == AnonymousID || strings.ContainsFunc(req.Name, func(r rune) bool { return r <= ' ' || r == 0x7f }) {
		return User{}, errf(CodeUnprocessable, "name: write 1 to 64 bytes without blanks, other than %s", AnonymousID)
	}
	now := s.now().UTC()
	u := store.User{ID: auth.NewID(), Name: req.Name, Role: string(auth.User), Created: now}
	if err := s.change(ctx, &u, req); err != nil {
		return User{}, err
	}
	err = s.store.CreateUser(ctx, u)
	if errors.Is(err, store.ErrExists) {
		return User{}, errf(CodeConflict, "there is a user %q already", req.Name)
	}
	if err != nil {
		return User{}, AsError(err)
	}
	return userView(u), nil
}

// change carries req over to u.
func (s *Service) change(ctx context.Context, u *store.User, req UserRequest) error {
	u.Updated = s.now().UTC()
	if req.Role != nil {
		role, err := auth.ParseRole(*req.Role)
		if err != nil {
			return errf(CodeUnprocessable, "role: %s", err)
		}
		u.Role = string(role)
	}
	if req.Disabled != nil {
		u.Disabled = *req.Disabled
	}
	if req.Password != nil {
		if err := auth.CheckPassword(*req.Password); err != nil {
			return errf(CodeUnprocessable, "password: %s", err)
		}
		hash, err := s.passwords.Hash(ctx, *req.Password)
		if err != nil {
			return AsError(err)
		}
		u.PasswordHash = hash
	}
	return nil
}

// userNamed finds a user by id or name.
func (s *Service) userNamed(ctx context.Context, id string) (store.User, error) {
	u, err := s.store.User(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		u, err = s.store.UserByName(ctx, id)
	}
	if errors.Is(err, store.ErrNotFound) {
		return u, errf(CodeNotFound, "there is no user %q", id)
	}
	if err != nil {
		return u, AsError(err)
	}
	return u, nil
}

// UpdateUser changes role, password or state of the user with that id or name. A
// new password and a disabled user end all logins.
func (s *Service) UpdateUser(ctx context.Context, p Principal, id string, req UserRequest) (changed User, err error) {
	defer func() {
		d := map[string]any{"role": changed.Role, "disabled": changed.Disabled, "password": req.Password != nil}
		err = s.audited(p, "user.update", id, d, err)
	}()
	if err := p.may(auth.Users); err != nil {
		return User{}, err
	}
	u, err := s.userNamed(ctx, id)
	if err != nil {
		return User{}, err
	}
	if req.Name != "" && req.Name != u.Name {
		return User{}, errf(CodeUnprocessable, "name: a user's name can't be changed")
	}
	was := u
	if err := s.change(ctx, &u, req); err != nil {
		return User{}, err
	}
	if err := s.keepsAdmin(ctx, was, &u); err != nil {
		return User{}, err
	}
	if err := s.store.UpdateUser(ctx, u); err != nil {
		return User{}, AsError(err)
	}
	if req.Password != nil || u.Disabled {
		if err := s.store.RevokeUser(ctx, u.ID, s.now()); err != nil {
			return User{}, AsError(err)
		}
	}
	return userView(u), nil
}

// keepsAdmin refuses a change that would leave nobody who can change users. after
// is nil where the user goes.
func (s *Service) keepsAdmin(ctx context.Context, before store.User, after *store.User) error {
	isAdmin := func(u *store.User) bool { return u != nil && Role(u.Role) == auth.Admin && !u.Disabled }
	if !isAdmin(&before) || isAdmin(after) {
		return nil
	}
	users, err := s.store.Users(ctx)
	if err != nil {
		return AsError(err)
	}
	for _, u := range users {
		if u.ID != before.ID && isAdmin(&u) {
			return nil
		}
	}
	return errf(CodeConflict, "%s is the only administrator: make another one first", before.Name)
}

// DeleteUser deletes the user with that id or name, with keys and logins.
func (s *Service) DeleteUser(ctx context.Context, p Principal, id string) (err error) {
	defer func() { err = s.audited(p, "user.delete", id, nil, err) }()
	if err := p.may(auth.Users); err != nil {
		return err
	}
	u, err := s.userNamed(ctx, id)
	if err != nil {
		return err
	}
	if err := s.keepsAdmin(ctx, u, nil); err != nil {
		return err
	}
	if err := s.store.DeleteUser(ctx, u.ID); err != nil {
		return AsError(err)
	}
	return nil
}

// ListUsers lists all users by name.
func (s *Service) ListUsers(ctx context.Context, p Principal) ([]User, error) {
	if err := p.may(auth.Users); err != nil {
		return nil, err
	}
	users, err := s.store.Users(ctx)
	if err != nil {
		return nil, AsError(err)
	}
	list := make([]User, len(users))
	for i, u := range users {
		list[i] = userView(u)
	}
	return list, nil
}
