package restapi

import (
	"context"
	"net/http"
	"net/netip"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/daemon/service"
	"github.com/nsbox/nsbox/nsbox/daemon/web"
)

// LoginRequest is the body of POST /api/v1/auth/login; SoulBox's is the same.
type LoginRequest struct {
	Username string `json:"username" doc:"The user's name" example:"ada"`
	Password string `json:"password" doc:"The password"`
}

// RefreshRequest is the body of POST /api/v1/auth/refresh and logout.
type RefreshRequest struct {
	RefreshToken string `json:"refresh_token" doc:"From the login, or from the refresh before; it is good for one"`
}

// Tokens are the service's, and the access token under SoulBox's name as well.
type Tokens struct {
	service.Tokens
	Token string `json:"token" doc:"The same as access_token"`
}

type tokensOutput struct {
	CacheControl string `header:"Cache-Control" hidden:"true"`
	Body         Tokens
}

func newTokens(t service.Tokens) *tokensOutput {
	return &tokensOutput{CacheControl: "no-store", Body: Tokens{t, t.AccessToken}}
}

// addrInput knows where the request came from, which counts failed logins.
type addrInput struct{ addr netip.Addr }

// Resolve finds it out.
func (i *addrInput) Resolve(ctx huma.Context) []error {
	r, _ := humago.Unwrap(ctx)
	i.addr = web.AddrOf(r)
	return nil
}

func (a *api) accessOperations() {
	huma.Register(a.huma, a.public(huma.Operation{
		OperationID: "login", Method: http.MethodPost, Path: "/api/v1/auth/login", Tags: []string{tagAccess},
		Summary: "Log in", Description: "Gives an access token for 15 minutes and a refresh token for the next one.",
	}), func(ctx context.Context, in *struct {
		From addrInput
		B    body[LoginRequest]
	}) (*tokensOutput, error) {
		t, err := a.svc.Login(ctx, in.B.In.Username, in.B.In.Password, in.From.addr)
		if err != nil {
			return nil, fail(ctx, err)
		}
		return newTokens(t), nil
	})
	a.describeBody("/api/v1/auth/login", a.schema(LoginRequest{}), nil)

	huma.Register(a.huma, a.public(huma.Operation{
		OperationID: "refresh", Method: http.MethodPost, Path: "/api/v1/auth/refresh", Tags: []string{tagAccess},
		Summary: "Exchange a refresh token", Description: "A refresh token is good for one exchange. One that comes a second time ends the login that it is of.",
	}), func(ctx context.Context, in *struct {
		From addrInput
		B    body[RefreshRequest]
	}) (*tokensOutput, error) {
		t, err := a.svc.Refresh(ctx, in.B.In.RefreshToken, in.From.addr)
		if err != nil {
			return nil, fail(ctx, err)
		}
		return newTokens(t), nil
	})
	a.describeBody("/api/v1/auth/refresh", a.schema(RefreshRequest{}), nil)

	huma.Register(a.huma, a.public(huma.Operation{
		OperationID: "logout", Method: http.MethodPost, Path: "/api/v1/auth/logout", Tags: []string{tagAccess},
		Summary: "Log out", Description: "Ends the login that the refresh token is of.",
	}), func(ctx context.Context, in *struct{ B body[RefreshRequest] }) (*struct{}, error) {
		if err := a.svc.Logout(ctx, in.B.In.RefreshToken); err != nil {
			return nil, fail(ctx, err)
		}
		return &struct{}{}, nil
	})
	a.describeBody("/api/v1/auth/logout", a.schema(RefreshRequest{}), nil)

	huma.Register(a.huma, a.document(huma.Operation{
		OperationID: "whoami", Method: http.MethodGet, Path: "/api/v1/auth/me", Tags: []string{tagAccess},
		Summary: "Who the daemon takes you for",
	}), func(ctx context.Context, _ *struct{}) (*struct{ Body Me }, error) {
		p := web.PrincipalOf(ctx)
		return &struct{ Body Me }{Me{ID: p.ID, Name: p.Name, Role: string(p.Role), KeyID: p.KeyID, Anonymous: p.Anonymous}}, nil
	})
	a.keyOperations()
}

// Me is who sent a request.
type Me struct {
	ID        string `json:"id"`
	Name      string `json:"name"`
	Role      string `json:"role" enum:"admin,operator,user,viewer"`
	KeyID     string `json:"key_id,omitempty" doc:"The API key that came with the request"`
	Anonymous bool   `json:"anonymous" doc:"No credentials came: a caller on loopback"`
}

// KeyRequest is the body of POST /api/v1/keys.
type KeyRequest struct {
	Name  string         `json:"name" doc:"What the key is for" example:"ci"`
	Role  string         `json:"role,omitempty" enum:"admin,operator,user,viewer" doc:"At most the owner's and yours; absent: the owner's"`
	TTL   nsbox.Duration `json:"ttl,omitempty" doc:"How long it is good for; absent: for ever"`
	Owner string         `json:"owner,omitempty" doc:"The user's name that it is for; absent: you"`
}

// KeyList are the keys of somebody, or of everybody.
type KeyList struct {
	Keys []service.Key `json:"keys"`
}

func (a *api) keyOperations() {
	huma.Register(a.huma, a.document(huma.Operation{
		OperationID: "create-key", Method: http.MethodPost, Path: "/api/v1/keys", Tags: []string{tagAccess}, DefaultStatus: http.StatusCreated,
		Summary: "Make an API key", Description: "The answer has the key itself, which is not shown again: only its hash is kept. An Idempotency-Key is not taken here, since an answer that can be asked for again would be a kept secret.",
	}), func(ctx context.Context, in *struct{ B body[KeyRequest] }) (*struct {
		CacheControl string `header:"Cache-Control" hidden:"true"`
		Body         service.NewKey
	}, error) {
		req := in.B.In
		k, err := a.svc.CreateKey(ctx, web.PrincipalOf(ctx), service.KeyRequest{Name: req.Name, Role: req.Role, TTL: req.TTL.Std(), Owner: req.Owner})
		if err != nil {
			return nil, fail(ctx, err)
		}
		return &struct {
			CacheControl string `header:"Cache-Control" hidden:"true"`
			Body         service.NewKey
		}{"no-store", k}, nil
	})
	a.describeBody("/api/v1/keys", a.schema(KeyRequest{}), nil)

	huma.Register(a.huma, a.document(huma.Operation{
		OperationID: "list-keys", Method: http.MethodGet, Path: "/api/v1/keys", Tags: []string{tagAccess},
		Summary: "API keys, without their secrets",
	}), func(ctx context.Context, in *struct {
		All bool `query:"all" doc:"Everybody's keys; administrators only"`
	}) (*struct{ Body KeyList }, error) {
		keys, err := a.svc.ListKeys(ctx, web.PrincipalOf(ctx), in.All)
		if err != nil {
			return nil, fail(ctx, err)
		}
		return &struct{ Body KeyList }{KeyList{keys}}, nil
	})

	huma.Register(a.huma, a.document(huma.Operation{
		OperationID: "revoke-key", Method: http.MethodDelete, Path: "/api/v1/keys/{id}", Tags: []string{tagAccess},
		Summary: "Revoke an API key",
	}), func(ctx context.Context, in *IDInput) (*struct{}, error) {
		if err := a.svc.RevokeKey(ctx, web.PrincipalOf(ctx), in.ID); err != nil {
			return nil, fail(ctx, err)
		}
		return &struct{}{}, nil
	})
}
