package restapi

import (
	"context"
	"log/slog"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/daemon/metrics"
	"github.com/nsbox/nsbox/nsbox/daemon/service"
	"github.com/nsbox/nsbox/nsbox/daemon/web"
	"github.com/nsbox/nsbox/nsbox/daemon/wsapi"
)

// Options of New; zero fields take defaults.
type Options struct {
	// Version is nsbox's own, for the description and /api/v1/health.
	Version string
	// Log gets one line for each request, and what fails inside.
	Log *slog.Logger
	// Guard decides by Host and Origin who may come in.
	Guard web.Guard
	// Proxies are believed about where requests come from.
	Proxies web.Proxies
	// Metrics serves /metrics; nil has none.
	Metrics http.Handler
	// Counters count and time requests and streams, Tracing makes a span of each
	// request; both may be nil.
	Counters *metrics.Metrics
	Tracing  *metrics.Tracing
	// OpenMetrics lets everybody read /metrics, not only who has a role.
	OpenMetrics bool
	// Analyzer reads the errors of programs that nobody mended, for YuuBox's
	// error_history.
	Analyzer nsbox.Analyzer
	// Context, when done, ends streams and WebSockets, which http.Server.Shutdown
	// would wait for or not see.
	Context context.Context
	// Extra handlers by their pattern, behind the same middleware: those of gRPC.
	Extra map[string]http.Handler
}

type api struct {
	svc  *service.Service
	opts Options
	huma huma.API
}

// New returns the daemon's HTTP front on svc, middleware included.
func New(svc *service.Service, opts Options) http.Handler {
	if opts.Log == nil {
		opts.Log = slog.Default()
	}
	if opts.Context == nil {
		opts.Context = context.Background()
	}
	if opts.Version == "" {
		opts.Version = "dev"
	}
	mux := http.NewServeMux()
	a := &api{svc: svc, opts: opts}
	a.huma = a.newHuma(mux)
	a.operations()
	closeBodies(a.huma.OpenAPI())
	a.describe(mux)
	mux.Handle("GET /ws", wsapi.New(svc, wsapi.Options{Guard: opts.Guard, Context: opts.Context, Metrics: opts.Counters}))
	mux.Handle("GET /docs", http.RedirectHandler("/docs/", http.StatusMovedPermanently))
	mux.Handle("GET /docs/", &docs{})
	mux.Handle("GET /{$}", http.RedirectHandler("/docs/", http.StatusFound))
	if opts.Metrics != nil {
		mux.Handle("GET /metrics", a.metrics())
	}
	for pattern, h := range opts.Extra {
		mux.Handle(pattern, h)
	}
	observer := web.Observer{
		Metrics: opts.Counters, Tracing: opts.Tracing,
		Route: func(r *http.Request) string { _, pattern := mux.Handler(r); return pattern },
		Other: isGRPC,
	}
	return observer.Wrap(Middleware(svc, opts, withProblems(mux)))
}

// operations registers all of them.
func (a *api) operations() {
	a.executeOperations()
	a.executionOperations()
	a.batchOperations()
	a.sandboxOperations("/api/v1/sandboxes", false)
	a.sandboxOperations("/api/v1/containers", true)
	a.accessOperations()
	a.adminOperations()
	a.infoOperations()
	a.compatOperations()
}

// withProblems lets the paths and methods that mux does not know end in problem
// JSON like everything else.
func withProblems(mux *http.ServeMux) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h, pattern := mux.Handler(r)
		if pattern != "" {
			mux.ServeHTTP(w, r)
			return
		}
		// The mux has an answer of its own: a redirect to the clean path, 404, or 405
		// with Allow. Its headers tell which.
		probe := &headerProbe{header: http.Header{}}
		h.ServeHTTP(probe, r)
		switch probe.status {
		case http.StatusMethodNotAllowed:
			w.Header().Set("Allow", probe.header.Get("Allow"))
			web.StatusProblem(r.Context(), probe.status, r.URL.Path+" takes "+probe.header.Get("Allow")+", not "+r.Method).Write(w)
		case http.StatusNotFound:
			notFound(w, r)
		default:
			h.ServeHTTP(w, r)
		}
	})
}

func notFound(w http.ResponseWriter, r *http.Request) {
	web.StatusProblem(r.Context(), http.StatusNotFound, "there is nothing at "+r.URL.Path+"; /docs lists what there is").Write(w)
}

// headerProbe finds out what a handler would answer.
type headerProbe struct {
	header http.Header
	status int
}

func (p *headerProbe) Header() http.Header         { return p.header }
func (p *headerProbe) Write(b []byte) (int, error) { return len(b), nil }
func (p *headerProbe) WriteHeader(status int)      { p.status = status }

// acceptsType tells whether an Accept header names the type itself; */* does not.
func acceptsType(accept, want string) bool {
	for part := range strings.SplitSeq(accept, ",") {
		name, _, _ := strings.Cut(part, ";")
		if strings.EqualFold(strings.TrimSpace(name), want) {
			return true
		}
	}
	return false
}
