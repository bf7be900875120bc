package service

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/nsbox/nsbox/nsbox/daemon/auth"
)

// clock is a time that a test moves.
type clock struct{ t time.Time }

func (c *clock) now() time.Time { return c.t }

// admin returns the first administrator.
func admin(t *testing.T, s *Service) Principal {
	t.Helper()
	key, err := s.EnsureAdmin(t.Context())
	if err != nil || key == "" {
		t.Fatalf("no key: %v", err)
	}
	p, err := s.Authenticate(t.Context(), Credentials{APIKey: key}, loopback)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func ptr[T any](v T) *T { return &v }

// newUser makes a user with the password.
func newUser(t *testing.T, s *Service, by Principal, name string, role Role, password string) User {
	t.Helper()
	u, err := s.CreateUser(t.Context(), by, UserRequest{Name: name, Role: ptr(string(role)), Password: ptr(password)})
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func want(t *testing.T, what string, err error, code_ string) {
	t.Helper()
	if got := code(err); got != code_ {
		t.Errorf("%s: got %q (%v); want %q", what, got, err, code_)
	}
}

func TestAnonymous(t *testing.T) {
	s := newService(t)
	for addr, ok := range map[string]bool{"127.0.0.1": true, "::1": true, "::ffff:127.0.0.1": true, "10.0.0.1": false, "2001:db8::1": false} {
		p, err := s.Authenticate(t.Context(), Credentials{}, netip.MustParseAddr(addr))
		if ok && (err != nil || p.Role != auth.User || !p.Anonymous) || !ok && code(err) != CodeUnauthenticated {
			t.Errorf("%s: %+v %v", addr, p, err)
		}
	}
	if p, err := s.Authenticate(t.Context(), Credentials{}, netip.Addr{}); err != nil || !p.Anonymous {
		t.Errorf("a unix socket: %v", err)
	}
	s = newService(t, func(o *Options) { o.AuthRequired = true })
	_, err := s.Authenticate(t.Context(), Credentials{}, loopback)
	want(t, "auth.required", err, CodeUnauthenticated)
	// Wrong credentials are worse than none.
	s = newService(t)
	for _, c := range []Credentials{{APIKey: "nsb_x"}, {Bearer: "x"}, {Bearer: "a.b.c"}} {
		_, err := s.Authenticate(t.Context(), c, loopback)
		want(t, "wrong credentials", err, CodeUnauthenticated)
	}
}

func TestKeyLife(t *testing.T) {
	c := &clock{time.Now()}
	s := newService(t, func(o *Options) { o.Now = c.now })
	ctx := t.Context()
	a := admin(t, s)
	if key, err := s.EnsureAdmin(ctx); key != "" || err != nil {
		t.Errorf("a second first key: %q %v", key, err)
	}
	u := newUser(t, s, a, "alice", auth.User, "correct horse")
	k, err := s.CreateKey(ctx, a, KeyRequest{Name: "ci", Owner: "alice", TTL: time.Hour})
	if err != nil || k.Role != auth.User || k.OwnerName != "alice" {
		t.Fatalf("%+v %v", k, err)
	}
	use := func() error {
		p, err := s.Authenticate(ctx, Credentials{Bearer: k.Secret}, netip.MustParseAddr("10.0.0.1"))
		if err == nil && (p.ID != u.ID || p.KeyID != k.ID) {
			t.Errorf("%+v", p)
		}
		return err
	}
	want(t, "a valid key", use(), "")
	alice, _ := s.Authenticate(ctx, Credentials{APIKey: k.Secret}, loopback)
	// No more than one's own.
	_, err = s.CreateKey(ctx, alice, KeyRequest{Role: "admin"})
	want(t, "a key above one's role", err, CodeForbidden)
	_, err = s.CreateKey(ctx, alice, KeyRequest{Owner: "admin"})
	want(t, "a key of another's", err, CodeForbidden)
	_, err = s.CreateKey(ctx, a, KeyRequest{Owner: "alice", Role: "operator"})
	want(t, "a key above its owner's role", err, CodeForbidden)
	_, err = s.CreateKey(ctx, a, KeyRequest{Owner: "nobody"})
	want(t, "a key of nobody's", err, CodeNotFound)
	_, err = s.ListKeys(ctx, alice, true)
	want(t, "everybody's keys", err, CodeForbidden)
	keys, err := s.ListKeys(ctx, alice, false)
	if err != nil || len(keys) != 1 || keys[0].ID != k.ID {
		t.Errorf("own keys: %+v %v", keys, err)
	}
	// A stranger's key does not exist.
	bob := Principal{ID: "other", Role: auth.User}
	want(t, "revoke another's", s.RevokeKey(ctx, bob, k.ID), CodeNotFound)

	if _, err := s.UpdateUser(ctx, a, "alice", UserRequest{Disabled: ptr(true)}); err != nil {
		t.Fatal(err)
	}
	want(t, "a disabled owner", use(), CodeUnauthenticated)
	if _, err := s.UpdateUser(ctx, a, "alice", UserRequest{Disabled: ptr(false), Role: ptr("viewer")}); err != nil {
		t.Fatal(err)
	}
	p, err := s.Authenticate(ctx, Credentials{APIKey: k.Secret}, loopback)
	if err != nil || p.Role != auth.Viewer {
		t.Errorf("the owner lost a role and the key has it: %+v %v", p, err)
	}
	c.t = c.t.Add(59 * time.Minute)
	want(t, "just before its end", use(), "")
	c.t = c.t.Add(time.Minute)
	want(t, "expired", use(), CodeUnauthenticated)
	c.t = c.t.Add(-time.Hour)
	want(t, "revoke", s.RevokeKey(ctx, a, k.ID), "")
	want(t, "revoked", use(), CodeUnauthenticated)
	if st, err := s.store.Key(ctx, k.ID); err != nil || strings.Contains(k.Secret, st.Hash) || st.LastUsed.IsZero() {
		t.Errorf("the store's key: %+v %v", st, err)
	}
}

func TestLoginAndRefresh(t *testing.T) {
	c := &clock{time.Now()}
	s := newService(t, func(o *Options) { o.Now = c.now })
	ctx := t.Context()
	a := admin(t, s)
	newUser(t, s, a, "alice", auth.Operator, "correct horse")
	far := netip.MustParseAddr("10.1.1.1")
	_, err := s.Login(ctx, "alice", "wrong horse!", far)
	want(t, "a wrong password", err, CodeUnauthenticated)
	wrong := err.Error()
	_, err = s.Login(ctx, "nobody", "wrong horse!", far)
	want(t, "a wrong name", err, CodeUnauthenticated)
	if err.Error() != wrong {
		t.Error("the answer tells which names there are")
	}
	_, err = s.Login(ctx, "admin", "", far)
	want(t, "a user without a password", err, CodeUnauthenticated)

	tok, err := s.Login(ctx, "alice", "correct horse", far)
	if err != nil {
		t.Fatal(err)
	}
	p, err := s.Authenticate(ctx, Credentials{Bearer: tok.AccessToken}, far)
	if err != nil || p.Name != "alice" || p.Role != auth.Operator {
		t.Errorf("%+v %v", p, err)
	}
	next, err := s.Refresh(ctx, tok.RefreshToken, far)
	if err != nil || next.RefreshToken == tok.RefreshToken {
		t.Fatalf("refresh: %v", err)
	}
	// The first one comes again: somebody has stolen it, and all end.
	_, err = s.Refresh(ctx, tok.RefreshToken, far)
	want(t, "a token's second use", err, CodeUnauthenticated)
	_, err = s.Refresh(ctx, next.RefreshToken, far)
	want(t, "the rest of its family", err, CodeUnauthenticated)
	_, err = s.Refresh(ctx, "nsr_nothing", far)
	want(t, "a token that there is not", err, CodeUnauthenticated)

	for name, end := range map[string]func(Tokens) error{
		"logout": func(tok Tokens) error { return s.Logout(ctx, tok.RefreshToken) },
		"a new password": func(Tokens) error {
			_, err := s.UpdateUser(ctx, a, "alice", UserRequest{Password: ptr("correct horse")})
			return err
		},
		"its time": func(Tokens) error {
			c.t = c.t.Add(auth.RefreshTTL)
			return nil
		},
	} {
		tok, err := s.Login(ctx, "alice", "correct horse", far)
		if err != nil {
			t.Fatal(err)
		}
		want(t, name, end(tok), "")
		_, err = s.Refresh(ctx, tok.RefreshToken, far)
		want(t, "refresh after "+name, err, CodeUnauthenticated)
	}
	c.t = time.Now()
	tok, err = s.Login(ctx, "alice", "correct horse", far)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.UpdateUser(ctx, a, "alice", UserRequest{Role: ptr("user")}); err != nil {
		t.Fatal(err)
	}
	if p, err := s.Authenticate(ctx, Credentials{Bearer: tok.AccessToken}, far); err != nil || p.Role != auth.User {
		t.Errorf("the token has a role that its user lost: %+v %v", p, err)
	}
	want(t, "delete", s.DeleteUser(ctx, a, "alice"), "")
	_, err = s.Authenticate(ctx, Credentials{Bearer: tok.AccessToken}, far)
	want(t, "the token of nobody", err, CodeUnauthenticated)
}

func TestLoginIsThrottled(t *testing.T) {
	c := &clock{time.Now()}
	s := newService(t, func(o *Options) { o.Now = c.now })
	ctx := t.Context()
	newUser(t, s, admin(t, s), "alice", auth.User, "correct horse")
	addr := netip.MustParseAddr("10.1.1.1")
	for range 6 {
		_, err := s.Login(ctx, "alice", "wrong horse!", addr)
		want(t, "a guess", err, CodeUnauthenticated)
	}
	_, err := s.Login(ctx, "alice", "correct horse", addr)
	want(t, "one guess too many", err, CodeRateLimited)
	if e := AsError(err); e.RetryAfter <= 0 {
		t.Error("it does not say when to come again")
	}
	if _, err := s.Login(ctx, "alice", "correct horse", netip.MustParseAddr("10.9.9.9")); err != nil {
		t.Errorf("a guesser locks the user out from elsewhere: %v", err)
	}
	c.t = c.t.Add(2 * time.Second)
	if _, err := s.Login(ctx, "alice", "correct horse", addr); err != nil {
		t.Errorf("after the wait: %v", err)
	}
}

func TestTheLastAdministratorStays(t *testing.T) {
	s := newService(t)
	ctx := t.Context()
	a := admin(t, s)
	for what, err := range map[string]error{
		"delete":  s.DeleteUser(ctx, a, "admin"),
		"disable": second(s.UpdateUser(ctx, a, "admin", UserRequest{Disabled: ptr(true)})),
		"demote":  second(s.UpdateUser(ctx, a, "admin", UserRequest{Role: ptr("user")})),
	} {
		want(t, what, err, CodeConflict)
	}
	newUser(t, s, a, "root", auth.Admin, "correct horse")
	want(t, "delete one of two", s.DeleteUser(ctx, a, "admin"), "")
	for name, req := range map[string]UserRequest{
		"no name": {}, "a blank": {Name: "a b"}, "the reserved name": {Name: "anonymous"}, "a short password": {Name: "x", Password: ptr("short")},
		"a role that is none": {Name: "x", Role: ptr("god")}, "a long name": {Name: strings.Repeat("x", 65)},
	} {
		_, err := s.CreateUser(ctx, a, req)
		want(t, name, err, CodeUnprocessable)
	}
	_, err := s.CreateUser(ctx, a, UserRequest{Name: "root"})
	want(t, "a name that is taken", err, CodeConflict)
}

func second[T any](_ T, err error) error { return err }

// Every action of the service by every role: what a role may not is refused, and
// what it may is not refused for its role.
func TestPermissionsOfActions(t *testing.T) {
	s := newService(t)
	ctx := t.Context()
	adminP := admin(t, s)
	newUser(t, s, adminP, "target", auth.User, "correct horse")
	own := func(role Role) Principal {
		u := newUser(t, s, adminP, "as-"+string(role), role, "correct horse")
		return Principal{ID: u.ID, Name: u.Name, Role: role, Addr: loopback}
	}
	others := wait(t, start(t, s, bob, "print x\nfile f data"))
	all := []Role{auth.Admin, auth.Operator, auth.User, auth.Viewer}
	runners := []Role{auth.Admin, auth.Operator, auth.User}
	seers := []Role{auth.Admin, auth.Operator, auth.Viewer}
	staff := []Role{auth.Admin, auth.Operator}
	admins := []Role{auth.Admin}
	actions := []struct {
		name string
		may  []Role
		// hidden: what may not be seen is not found, rather than forbidden.
		hidden bool
		do     func(Principal) error
	}{
		{"execute", runners, false, func(p Principal) error {
			r, err := s.Execute(ctx, p, ExecuteRequest{Language: "python", Code: "print 1"})
			if err == nil {
				r.Wait(ctx)
			}
			return err
		}},
		{"batch", runners, false, func(p Principal) error {
			return second(s.Batch(ctx, p, []ExecuteRequest{{Language: "python", Code: "print 1"}}))
		}},
		{"history", all, false, func(p Principal) error { return second(s.Executions(ctx, p, Query{})) }},
		{"another's history", seers, false, func(p Principal) error { return second(s.Executions(ctx, p, Query{Owner: bob.ID})) }},
		{"another's execution", seers, true, func(p Principal) error { return second(s.Execution(ctx, p, others.ID)) }},
		{"another's events", seers, true, func(p Principal) error { return second(s.Attach(ctx, p, others.ID)) }},
		{"another's artifact", seers, true, func(p Principal) error {
			_, f, err := s.Artifact(ctx, p, others.ID, "f")
			if err == nil {
				f.Close()
			}
			return err
		}},
		{"cancel another's", staff, true, func(p Principal) error {
			_, err := s.DeleteExecution(ctx, p, others.ID)
			if code(err) == CodeForbidden { // a viewer sees it
				return errf(CodeNotFound, "")
			}
			return err
		}},
		{"statistics", all, false, func(p Principal) error { return second(s.Stats(ctx, p, Query{})) }},
		{"another's statistics", seers, false, func(p Principal) error { return second(s.Stats(ctx, p, Query{Owner: bob.ID})) }},
		{"languages", all, false, func(p Principal) error { return second(s.Languages(ctx, p)) }},
		{"configuration", all, false, func(p Principal) error { return second(s.Config(ctx, p)) }},
		{"limits", admins, false, func(p Principal) error { return second(s.SetLimits(ctx, p, []byte(`{"max_files":10}`))) }},
		{"audit", staff, false, func(p Principal) error { return second(s.AuditLog(ctx, p, AuditQuery{})) }},
		{"own key", runners, false, func(p Principal) error { return second(s.CreateKey(ctx, p, KeyRequest{Name: "k"})) }},
		{"another's key", admins, false, func(p Principal) error { return second(s.CreateKey(ctx, p, KeyRequest{Owner: "target"})) }},
		{"own keys", runners, false, func(p Principal) error { return second(s.ListKeys(ctx, p, false)) }},
		{"all keys", admins, false, func(p Principal) error { return second(s.ListKeys(ctx, p, true)) }},
		{"users", admins, false, func(p Principal) error { return second(s.ListUsers(ctx, p)) }},
		{"make a user", admins, false, func(p Principal) error { return second(s.CreateUser(ctx, p, UserRequest{Name: "n-" + p.Name})) }},
		{"change a user", admins, false, func(p Principal) error { return second(s.UpdateUser(ctx, p, "target", UserRequest{Role: ptr("user")})) }},
		{"delete a user", admins, false, func(p Principal) error { return s.DeleteUser(ctx, p, "n-"+p.Name) }},
	}
	for _, role := range all {
		p := own(role)
		for _, a := range actions {
			err := a.do(p)
			switch may := contains(a.may, role); {
			case may && err != nil:
				t.Errorf("%s may not %s: %v", role, a.name, err)
			case !may && a.hidden:
				want(t, string(role)+": "+a.name, err, CodeNotFound)
			case !may:
				want(t, string(role)+": "+a.name, err, CodeForbidden)
			}
		}
	}
	// Nobody in particular, as a front end's slip would pass it, may nothing.
	for _, a := range actions {
		if err := a.do(Principal{}); err == nil {
			t.Errorf("a principal without a role may %s", a.name)
		}
	}
}

func contains(list []Role, r Role) bool {
	for _, x := range list {
		if x == r {
			return true
		}
	}
	return false
}
