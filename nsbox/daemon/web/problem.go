package web

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"math"
	"net/http"
	"strconv"
	"time"

	"github.com/nsbox/nsbox/nsbox/daemon/service"
)

// Problem is the body of every refusal, RFC 9457 with two members of ours.
type Problem struct {
	Type   string `json:"type" doc:"Always about:blank: code says what a program can act on"`
	Title  string `json:"title" doc:"The status in words"`
	Status int    `json:"status" doc:"The HTTP status"`
	Detail string `json:"detail" doc:"One sentence: what was wrong, and what is allowed"`
	Code   string `json:"code" enum:"bad_request,unauthenticated,forbidden,not_found,method_not_allowed,conflict,too_large,unprocessable,rate_limited,overloaded,unavailable,internal,gap" doc:"The class of the refusal"`
	// RequestID is the X-Request-ID of the answer.
	RequestID  string `json:"request_id" doc:"The X-Request-ID of this answer; log lines carry it"`
	RetryAfter int    `json:"retry_after,omitempty" doc:"Seconds after which another try makes sense, as in Retry-After"`
}

// codes is the one table from the service's classes of errors to statuses. The
// last entry is HTTP's own.
var codes = []struct {
	code   string
	status int
}{
	{service.CodeBadRequest, http.StatusBadRequest},
	{service.CodeUnauthenticated, http.StatusUnauthorized},
	{service.CodeForbidden, http.StatusForbidden},
	{service.CodeNotFound, http.StatusNotFound},
	{service.CodeConflict, http.StatusConflict},
	{service.CodeTooLarge, http.StatusRequestEntityTooLarge},
	{service.CodeUnprocessable, http.StatusUnprocessableEntity},
	{service.CodeRateLimited, http.StatusTooManyRequests},
	{service.CodeOverloaded, http.StatusServiceUnavailable},
	{service.CodeUnavailable, http.StatusServiceUnavailable},
	{service.CodeInternal, http.StatusInternalServerError},
	{"method_not_allowed", http.StatusMethodNotAllowed},
}

// CodeGap is the code of the end of a stream whose reader was too slow: events
// that it did not get are no longer kept.
const CodeGap = "gap"

// Status returns the HTTP status of a service error's code.
func Status(code string) int {
	for _, c := range codes {
		if c.code == code {
			return c.status
		}
	}
	return http.StatusInternalServerError
}

// Code returns the code of a status that something else than the service chose.
func Code(status int) string {
	for _, c := range codes {
		if c.status == status {
			return c.code
		}
	}
	if status < http.StatusInternalServerError {
		return service.CodeBadRequest
	}
	return service.CodeInternal
}

// ProblemOf makes the problem that tells err to the caller whose request ctx is of. nsbox's own
// faults are logged here, under the request's id, and not shown.
func ProblemOf(ctx context.Context, err error) *Problem {
	e := service.AsError(err)
	if e.Code == service.CodeInternal {
		Logger(ctx).Error("request failed", slog.Any("error", cause(e)))
	}
	p := newProblem(ctx, Status(e.Code), e.Code, e.Message)
	if p.Status == http.StatusTooManyRequests || p.Status == http.StatusServiceUnavailable {
		p.RetryAfter = retryAfter(e.RetryAfter)
	}
	return p
}

// cause is what the log gets of e.
func cause(e *service.Error) error {
	if c := errors.Unwrap(e); c != nil {
		return c
	}
	return e
}

func newProblem(ctx context.Context, status int, code, detail string) *Problem {
	return &Problem{
		Type: "about:blank", Title: http.StatusText(status), Status: status,
		Detail: detail, Code: code, RequestID: RequestIDOf(ctx),
	}
}

// StatusProblem makes a problem of a status and its sentence.
func StatusProblem(ctx context.Context, status int, detail string) *Problem {
	p := newProblem(ctx, status, Code(status), detail)
	if status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable {
		p.RetryAfter = retryAfter(0)
	}
	return p
}

// retryAfter is in whole seconds, rounded up, and never zero: a client that
// waits for nothing comes back at once.
func retryAfter(d time.Duration) int {
	return max(1, int(math.Ceil(d.Seconds())))
}

// Error writes err as a problem.
func Error(w http.ResponseWriter, r *http.Request, err error) {
	ProblemOf(r.Context(), err).Write(w)
}

// ContentType makes huma write problems as such.
func (*Problem) ContentType(string) string { return "application/problem+json" }

// Error makes a problem an error, which it is to the handler that met it.
func (p *Problem) Error() string { return p.Detail }

// GetStatus is the status that huma writes a problem with.
func (p *Problem) GetStatus() int { return p.Status }

// GetHeaders are the headers that huma writes beside it.
func (p *Problem) GetHeaders() http.Header {
	h := http.Header{}
	if p.RetryAfter > 0 {
		h.Set("Retry-After", strconv.Itoa(p.RetryAfter))
	}
	if p.Status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", `Bearer realm="nsbox"`)
	}
	return h
}

// Write writes the problem as the answer.
func (p *Problem) Write(w http.ResponseWriter) {
	body, err := json.Marshal(p)
	if err != nil {
		http.Error(w, p.Detail, p.Status)
		return
	}
	h := w.Header()
	for name, values := range p.GetHeaders() {
		h[name] = values
	}
	h.Set("Content-Type", "application/problem+json")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(p.Status)
	// A client that has gone away misses its own refusal.
	_, _ = w.Write(append(body, '\n'))
}
