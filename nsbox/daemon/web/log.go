package web

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"runtime/debug"
	"time"

	"github.com/oklog/ulid/v2"

	"github.com/nsbox/nsbox/nsbox/daemon/service"
)

// record is what the access log tells of a request.
type record struct {
	id        string
	log       *slog.Logger
	principal service.Principal
}

func recordOf(ctx context.Context) *record {
	rec, _ := ctx.Value(recordKey).(*record)
	return rec
}

// RequestIDOf returns the id of the request of ctx.
func RequestIDOf(ctx context.Context) string {
	if rec := recordOf(ctx); rec != nil {
		return rec.id
	}
	return ""
}

// Logger returns a logger whose lines carry the request's id.
func Logger(ctx context.Context) *slog.Logger {
	if rec := recordOf(ctx); rec != nil {
		return rec.log
	}
	return slog.Default()
}

// RequestID names each request, by its X-Request-ID where that is fit to be
// written into a log, and writes one line to log when it is done. A panic below
// it becomes a 500: one bad request must not end the programs of all others.
func RequestID(log *slog.Logger, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id := r.Header.Get("X-Request-ID")
		if !validID(id) {
			id = ulid.Make().String()
		}
		rec := &record{id: id, log: log.With(slog.String("request_id", id))}
		r = r.WithContext(context.WithValue(r.Context(), recordKey, rec))
		w.Header().Set("X-Request-ID", id)
		sw := &statusWriter{ResponseWriter: w}
		start := time.Now()
		defer func() {
			cut := false
			if v := recover(); v != nil {
				cut = recovered(sw, r, v)
			}
			level := slog.LevelInfo
			if sw.code() >= http.StatusInternalServerError && sw.code() != http.StatusServiceUnavailable {
				level = slog.LevelWarn
			}
			rec.log.LogAttrs(r.Context(), level, "request",
				slog.String("method", r.Method), slog.String("path", r.URL.Path), slog.Int("status", sw.code()),
				slog.Int64("bytes", sw.bytes), slog.Duration("took", time.Since(start)),
				slog.String("addr", r.RemoteAddr), slog.String("user", rec.principal.Name), slog.String("proto", r.Proto), slog.Bool("cut", cut))
			if cut {
				panic(http.ErrAbortHandler)
			}
		}()
		next.ServeHTTP(sw, r)
	})
}

// recovered answers a request whose handler panicked. Where the answer has begun
// already it returns true: the connection is to be cut, so that half an answer
// can't be taken for all of it.
func recovered(w *statusWriter, r *http.Request, v any) bool {
	if err, ok := v.(error); ok && errors.Is(err, http.ErrAbortHandler) {
		return true
	}
	Logger(r.Context()).Error("panic", slog.String("panic", fmt.Sprint(v)), slog.String("stack", string(debug.Stack())))
	if w.status != 0 {
		return true
	}
	newProblem(r.Context(), http.StatusInternalServerError, service.CodeInternal, "nsbox failed; the server's log says how").Write(w)
	return false
}

// validID takes what can't forge a log line: letters, digits and a few marks.
func validID(id string) bool {
	if id == "" || len(id) > 128 {
		return false
	}
	for _, c := range []byte(id) {
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '-', c == '_', c == '.', c == ':', c == '/', c == '+', c == '=':
		default:
			return false
		}
	}
	return true
}

// statusWriter remembers what was answered. It passes on what http.ResponseController
// and upgrades need.
type statusWriter struct {
	http.ResponseWriter
	status int
	bytes  int64
}

func (w *statusWriter) WriteHeader(status int) {
	if w.status == 0 && status >= http.StatusOK {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *statusWriter) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	n, err := w.ResponseWriter.Write(b)
	w.bytes += int64(n)
	return n, err
}

func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *statusWriter) Flush() { _ = http.NewResponseController(w.ResponseWriter).Flush() }

func (w *statusWriter) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	w.status = http.StatusSwitchingProtocols
	return http.NewResponseController(w.ResponseWriter).Hijack()
}

// code is what the client saw; a handler that wrote nothing answered 200.
func (w *statusWriter) code() int {
	if w.status == 0 {
		return http.StatusOK
	}
	return w.status
}
