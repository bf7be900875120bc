package restapi

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/daemon/service"
	"github.com/nsbox/nsbox/nsbox/daemon/web"
)

// Middleware puts before next what stands before every request of the daemon,
// whatever protocol it speaks; see package web for the order and its reasons.
func Middleware(svc *service.Service, opts Options, next http.Handler) http.Handler {
	h := limitBodies(svc, next)
	h = web.Identify(svc.Authenticate, opts.open, h)
	h = opts.Guard.Wrap(h)
	return opts.Proxies.Wrap(web.RequestID(opts.Log, h))
}

// grpcPaths begin with these: package grpcapi asks for credentials itself, and
// refuses in the caller's protocol.
var grpcPaths = []string{"/nsbox.v1.", "/grpc.reflection.", "/grpc.health.v1."}

// open tells which requests need nobody behind them: the ones by which somebody
// finds out whether the daemon lives, how it is used, and gets credentials.
func (o Options) open(r *http.Request) bool {
	switch r.URL.Path {
	case "/", "/health", "/health/live", "/health/ready", "/api/v1/health", "/api/v1/health/live", "/api/v1/health/ready",
		"/openapi.json", "/openapi.yaml", "/docs", "/api/v1/auth/login", "/api/v1/auth/refresh", "/api/v1/auth/logout":
		return true
	case "/metrics":
		return o.OpenMetrics
	}
	return strings.HasPrefix(r.URL.Path, "/docs/") || isGRPC(r.URL.Path)
}

// isGRPC tells whether a path, or a pattern, is one of package grpcapi's.
func isGRPC(path string) bool {
	return slices.ContainsFunc(grpcPaths, func(p string) bool { return strings.HasPrefix(path, p) })
}

type limitKey struct{}

// limitBodies tells those who read bodies how much they may read: an
// administrator can change it while the daemon runs.
func limitBodies(svc *service.Service, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), limitKey{}, svc.Limits().MaxBody)))
	})
}

func bodyLimit(ctx context.Context) nsbox.Size {
	if n, ok := ctx.Value(limitKey{}).(nsbox.Size); ok {
		return n
	}
	return nsbox.MiB
}
