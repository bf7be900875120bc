package web

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"strings"

	"github.com/nsbox/nsbox/nsbox/daemon/service"
)

// Authenticator tells who a request's credentials belong to;
// [service.Service.Authenticate] is one.
type Authenticator func(context.Context, service.Credentials, netip.Addr) (service.Principal, error)

// Identify finds out who sends each request, for PrincipalOf. Requests that open
// says yes to pass with the zero Principal where their credentials don't count.
func Identify(auth Authenticator, open func(*http.Request) bool, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if open != nil && open(r) {
			next.ServeHTTP(w, r)
			return
		}
		p, err := auth(r.Context(), CredentialsOf(r), AddrOf(r))
		if err != nil {
			Error(w, r, err)
			return
		}
		ctx := context.WithValue(r.Context(), principalKey, p)
		if rec := recordOf(ctx); rec != nil {
			rec.principal = p
		}
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

type contextKey int

const (
	principalKey contextKey = iota
	recordKey
	requestKey
)

// PrincipalOf returns who sent the request of ctx.
func PrincipalOf(ctx context.Context) service.Principal {
	p, _ := ctx.Value(principalKey).(service.Principal)
	return p
}

// CredentialsOf reads the credentials of r: X-API-Key, or a bearer token, which
// may be a key as well. Browsers can't set headers on a WebSocket, so there, and
// there alone, the query's access_token counts, too.
func CredentialsOf(r *http.Request) service.Credentials {
	c := service.Credentials{APIKey: r.Header.Get("X-API-Key")}
	if scheme, token, ok := strings.Cut(r.Header.Get("Authorization"), " "); ok && strings.EqualFold(scheme, "Bearer") {
		c.Bearer = strings.TrimSpace(token)
	}
	if c == (service.Credentials{}) && strings.EqualFold(r.Header.Get("Upgrade"), "websocket") {
		c.Bearer = r.URL.Query().Get("access_token")
	}
	return c
}

// AddrOf returns the peer's address; the zero Addr for a unix socket.
func AddrOf(r *http.Request) netip.Addr {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	addr, err := netip.ParseAddr(host)
	if err != nil {
		return netip.Addr{}
	}
	return addr.Unmap()
}
