package web

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"go.opentelemetry.io/otel/attribute"
	otelcodes "go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"

	"github.com/nsbox/nsbox/nsbox/daemon/metrics"
)

// Observer times and traces requests. Both parts may be nil.
type Observer struct {
	Metrics *metrics.Metrics
	Tracing *metrics.Tracing
	// Route is the pattern that a request is served by, "" for none. There must be
	// few of them: a path names executions and files.
	Route func(*http.Request) string
	// Other tells of routes that count their calls themselves.
	Other func(route string) bool
}

// noRoute stands for paths that nothing serves.
const noRoute = "none"

// Wrap puts the observer before next. It belongs before everything else, so that what
// was refused, or panicked, counts as what the client saw of it.
func (o Observer) Wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		method, route := o.nameOf(r)
		ctx := o.Tracing.Propagator().Extract(r.Context(), propagation.HeaderCarrier(r.Header))
		ctx, span := o.Tracing.Tracer().Start(ctx, method+" "+route, trace.WithSpanKind(trace.SpanKindServer), trace.WithAttributes(
			attribute.String("http.request.method", method), attribute.String("http.route", route)))
		sw := &statusWriter{ResponseWriter: w}
		start := time.Now()
		defer func() { // a panic that cuts the connection passes by
			status := sw.code()
			span.SetAttributes(attribute.Int("http.response.status_code", status))
			if status >= http.StatusInternalServerError {
				span.SetStatus(otelcodes.Error, http.StatusText(status))
			}
			span.End()
			// A stream takes as long as what it tells of: they are counted while they
			// are open, by who serves them.
			if !isStream(sw) && (o.Other == nil || !o.Other(route)) {
				o.Metrics.Request(route, method, strconv.Itoa(status/100)+"xx", time.Since(start))
			}
		}()
		next.ServeHTTP(sw, r.WithContext(ctx))
	})
}

// nameOf is what a request is counted as.
func (o Observer) nameOf(r *http.Request) (method, route string) {
	switch method = r.Method; method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
	default:
		method = "OTHER" // clients may make up as many as they like
	}
	route = o.Route(r)
	if _, path, ok := strings.Cut(route, " "); ok {
		route = path
	}
	if route == "" {
		route = noRoute
	}
	return method, route
}

func isStream(w *statusWriter) bool {
	return w.status == http.StatusSwitchingProtocols || w.Header().Get("Content-Type") == "text/event-stream"
}
