package wsapi

import (
	"context"
	"net/http"
	"time"

	"github.com/coder/websocket"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/daemon/metrics"
	"github.com/nsbox/nsbox/nsbox/daemon/service"
	"github.com/nsbox/nsbox/nsbox/daemon/web"
)

// Options of a Handler; zero fields take defaults.
type Options struct {
	// Guard's origins may connect from their pages.
	Guard web.Guard
	// MaxMessage bounds one message of a client: 4 MiB.
	MaxMessage nsbox.Size
	// MaxRuns bounds what one connection follows at a time: 64.
	MaxRuns int
	// WriteTimeout is how long a connection may take nothing: 30 s.
	WriteTimeout time.Duration
	// PingInterval is the time between pings: 20 s.
	PingInterval time.Duration
	// Metrics counts connections; nil counts nothing.
	Metrics *metrics.Metrics
	// Context, when done, closes every connection.
	Context context.Context
}

// Handler upgrades requests to WebSockets. It expects web.Identify before it.
type Handler struct {
	svc  *service.Service
	opts Options
}

// New makes a Handler on svc.
func New(svc *service.Service, opts Options) *Handler {
	if opts.MaxMessage == 0 {
		opts.MaxMessage = 4 * nsbox.MiB
	}
	if opts.MaxRuns == 0 {
		opts.MaxRuns = 64
	}
	if opts.WriteTimeout == 0 {
		opts.WriteTimeout = 30 * time.Second
	}
	if opts.PingInterval == 0 {
		opts.PingInterval = 20 * time.Second
	}
	if opts.Context == nil {
		opts.Context = context.Background()
	}
	return &Handler{svc: svc, opts: opts}
}

// ServeHTTP serves one connection until either side ends it.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !h.opts.Guard.OriginAllowed(r) {
		web.StatusProblem(r.Context(), http.StatusForbidden, "pages of this origin may not connect; the origins setting names those that may").Write(w)
		return
	}
	if !isUpgrade(r) {
		web.StatusProblem(r.Context(), http.StatusBadRequest, "this is a WebSocket endpoint: connect with ws:// or wss://").Write(w)
		return
	}
	ws, err := websocket.Accept(w, r, &websocket.AcceptOptions{
		// The guard has looked at the origin, with the operator's list.
		InsecureSkipVerify: true,
		// A compressor for each connection would be memory without use: most
		// messages are small.
		CompressionMode: websocket.CompressionDisabled,
	})
	if err != nil {
		return // Accept has answered
	}
	defer h.opts.Metrics.Stream("websocket")()
	ws.SetReadLimit(int64(h.opts.MaxMessage))
	// The request's own context ends with the server's patience for requests; a
	// connection lives until one side closes it or the daemon stops.
	ctx, cancel := context.WithCancel(context.WithoutCancel(r.Context()))
	defer cancel()
	c := &conn{
		h: h, ws: ws, principal: web.PrincipalOf(r.Context()), ctx: ctx, cancel: cancel,
		out: make(chan []byte, outQueue), follows: map[string]*follow{},
	}
	stop := context.AfterFunc(h.opts.Context, func() {
		_ = ws.Close(websocket.StatusGoingAway, "the daemon stops")
		cancel()
	})
	defer stop()
	c.serve()
}

func isUpgrade(r *http.Request) bool {
	return r.Header.Get("Sec-WebSocket-Key") != ""
}
