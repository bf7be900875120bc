package service

import (
	"context"
	"errors"
	"net/netip"
	"time"

	"github.com/nsbox/nsbox/nsbox/daemon/auth"
	"github.com/nsbox/nsbox/nsbox/store"
)

// Credentials are what a request brings. Both may be empty.
type Credentials struct {
	// APIKey is from the header X-API-Key.
	APIKey string
	// Bearer is from the header Authorization: a token, or an API key.
	Bearer string
}

// AnonymousID is the id of who comes over loopback without credentials.
const AnonymousID = "anonymous"

// touchEvery is how often the use of a key is recorded.
const touchEvery = time.Minute

var errNoCredentials = &Error{Code: CodeUnauthenticated, Message: "this needs an API key (X-API-Key) or a token (Authorization: Bearer)"}

// Authenticate tells who a request comes from. addr is not valid where it came
// over a unix socket, which is as near as loopback.
func (s *Service) Authenticate(ctx context.Context, c Credentials, addr netip.Addr) (Principal, error) {
	p, err := s.authenticate(ctx, c, addr)
	if err != nil {
		s.opts.Metrics.Refused(AsError(err).Code)
	}
	return p, err
}

func (s *Service) authenticate(ctx context.Context, c Credentials, addr netip.Addr) (Principal, error) {
	key := c.APIKey
	if _, ok := auth.KeyID(c.Bearer); ok && key == "" {
		key = c.Bearer
	}
	switch {
	case key != "":
		return s.byKey(ctx, key, addr)
	case c.Bearer != "":
		return s.byToken(ctx, c.Bearer, addr)
	case !s.settings().AuthRequired && (!addr.IsValid() || addr.Unmap().IsLoopback()):
		return Principal{ID: AnonymousID, Name: AnonymousID, Role: auth.User, Addr: addr, Anonymous: true}, nil
	}
	return Principal{}, errNoCredentials
}

func (s *Service) byKey(ctx context.Context, key string, addr netip.Addr) (Principal, error) {
	// One answer for all that is wrong: it tells a guesser nothing.
	refused := &Error{Code: CodeUnauthenticated, Message: "the API key is not valid: it may be mistyped, expired or revoked"}
	id, ok := auth.KeyID(key)
	if !ok {
		return Principal{}, refused
	}
	k, err := s.store.Key(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return Principal{}, refused
	}
	if err != nil {
		return Principal{}, AsError(err)
	}
	now := s.now()
	if !auth.SameHash(key, k.Hash) || !k.Revoked.IsZero() || !k.Expires.IsZero() && !now.Before(k.Expires) {
		return Principal{}, refused
	}
	u, err := s.store.User(ctx, k.OwnerID)
	if errors.Is(err, store.ErrNotFound) || err == nil && u.Disabled {
		return Principal{}, refused
	}
	if err != nil {
		return Principal{}, AsError(err)
	}
	if now.Sub(k.LastUsed) > touchEvery {
		if err := s.store.TouchKey(ctx, id, now); err != nil {
			s.log.Warn("key", "key", id, "err", err)
		}
	}
	return Principal{ID: u.ID, Name: u.Name, Role: least(Role(k.Role), Role(u.Role)), KeyID: id, Addr: addr}, nil
}

// least is the role of a key whose owner's role may have changed since.
func least(key, owner Role) Role {
	if owner.Covers(key) {
		return key
	}
	return owner
}

func (s *Service) byToken(ctx context.Context, token string, addr netip.Addr) (Principal, error) {
	id, err := s.settings().Signer.Verify(token)
	if err != nil {
		return Principal{}, &Error{Code: CodeUnauthenticated, Message: err.Error()}
	}
	// A token says who, the store what they may do by now.
	u, err := s.store.User(ctx, id.ID)
	if errors.Is(err, store.ErrNotFound) || err == nil && u.Disabled {
		return Principal{}, errf(CodeUnauthenticated, "the token is of a user who may no longer log in")
	}
	if err != nil {
		return Principal{}, AsError(err)
	}
	return Principal{ID: u.ID, Name: u.Name, Role: Role(u.Role), Addr: addr}, nil
}

// Tokens are what a login gives.
type Tokens struct {
	AccessToken  string    `json:"access_token"`
	RefreshToken string    `json:"refresh_token"`
	TokenType    string    `json:"token_type"` // Bearer
	ExpiresIn    int       `json:"expires_in"` // seconds
	Expires      time.Time `json:"expires"`
	User         string    `json:"user"`
	Role         Role      `json:"role"`
}

// Login checks a password and gives tokens. Who fails often has to wait.
func (s *Service) Login(ctx context.Context, name, password string, addr netip.Addr) (Tokens, error) {
	t, err := s.login(ctx, name, password, addr)
	outcome := "ok"
	if err != nil {
		outcome = "failed"
		if AsError(err).Code == CodeRateLimited {
			outcome = "throttled"
		}
	}
	s.opts.Metrics.Login(outcome)
	aerr := s.audit(Principal{Name: name[:min(len(name), 64)], Addr: addr}, "login", "", outcome, nil)
	if err == nil && aerr != nil {
		return Tokens{}, aerr
	}
	return t, err
}

func (s *Service) login(ctx context.Context, name, password string, addr netip.Addr) (Tokens, error) {
	now := s.now()
	names := []struct {
		t    *auth.Throttle
		name string
	}{{s.loginBoth, name + "\x00" + addrName(addr)}, {s.loginAddr, addrName(addr)}}
	for _, n := range names {
		if wait := n.t.Wait(n.name, now); wait > 0 {
			err := errf(CodeRateLimited, "too many failed logins: wait before the next one")
			err.RetryAfter = max(wait, time.Second)
			return Tokens{}, err
		}
	}
	u, err := s.store.UserByName(ctx, name)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return Tokens{}, AsError(err)
	}
	ok, err := s.passwords.Check(ctx, password, u.PasswordHash)
	if err != nil {
		return Tokens{}, AsError(err)
	}
	if !ok || u.Disabled {
		for _, n := range names {
			n.t.Fail(n.name, now)
		}
		return Tokens{}, errf(CodeUnauthenticated, "the name or the password is wrong")
	}
	names[0].t.Succeed(names[0].name)
	return s.tokens(ctx, u, auth.NewID(), now)
}

// tokens gives a pair of tokens of one family.
func (s *Service) tokens(ctx context.Context, u store.User, family string, now time.Time) (Tokens, error) {
	access, err := s.settings().Signer.Sign(auth.Identity{ID: u.ID, Name: u.Name, Role: Role(u.Role)}, now)
	if err != nil {
		return Tokens{}, AsError(err)
	}
	refresh, hash := auth.NewRefresh()
	err = s.store.CreateRefresh(ctx, store.RefreshToken{
		Hash: hash, Family: family, UserID: u.ID, Created: now, Expires: now.Add(auth.RefreshTTL),
	})
	if err != nil {
		return Tokens{}, AsError(err)
	}
	return Tokens{
		AccessToken: access, RefreshToken: refresh, TokenType: "Bearer", ExpiresIn: int(auth.AccessTTL / time.Second),
		Expires: now.Add(auth.AccessTTL).UTC(), User: u.Name, Role: Role(u.Role),
	}, nil
}

// Refresh exchanges a refresh token for new tokens. A token is good for one
// exchange: one that comes again was stolen, by the one who came first or by the
// other, so that all of its family end.
func (s *Service) Refresh(ctx context.Context, token string, addr netip.Addr) (Tokens, error) {
	refused := errf(CodeUnauthenticated, "the refresh token is not valid: log in again")
	now := s.now()
	t, err := s.store.UseRefresh(ctx, auth.HashToken(token), now)
	if errors.Is(err, store.ErrNotFound) {
		return Tokens{}, refused
	}
	if err != nil {
		return Tokens{}, AsError(err)
	}
	if !t.Used.IsZero() {
		if err := s.store.RevokeFamily(ctx, t.Family, now); err != nil {
			return Tokens{}, AsError(err)
		}
		s.log.Warn("a refresh token was used twice: its family is revoked", "user", t.UserID, "addr", addrName(addr))
		if err := s.audit(Principal{ID: t.UserID, Addr: addr}, "refresh", "", "reused", map[string]any{"family": t.Family}); err != nil {
			return Tokens{}, err
		}
		return Tokens{}, refused
	}
	if !t.Revoked.IsZero() || !now.Before(t.Expires) {
		return Tokens{}, refused
	}
	u, err := s.store.User(ctx, t.UserID)
	if errors.Is(err, store.ErrNotFound) || err == nil && u.Disabled {
		return Tokens{}, refused
	}
	if err != nil {
		return Tokens{}, AsError(err)
	}
	return s.tokens(ctx, u, t.Family, now)
}

// Logout ends the login that the refresh token is of.
func (s *Service) Logout(ctx context.Context, token string) error {
	t, err := s.store.UseRefresh(ctx, auth.HashToken(token), s.now())
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err == nil {
		err = s.store.RevokeFamily(ctx, t.Family, s.now())
	}
	return s.audited(Principal{ID: t.UserID}, "logout", "", nil, orNil(AsError(err)))
}

// orNil keeps a nil *Error from being an error.
func orNil(err *Error) error {
	if err == nil {
		return nil
	}
	return err
}
