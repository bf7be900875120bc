package service

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/store"
)

// The codes of an Error. Each front end maps them to its own statuses.
const (
	CodeBadRequest      = "bad_request"
	CodeUnauthenticated = "unauthenticated"
	CodeForbidden       = "forbidden"
	CodeNotFound        = "not_found"
	CodeConflict        = "conflict"
	CodeTooLarge        = "too_large"
	CodeUnprocessable   = "unprocessable"
	CodeRateLimited     = "rate_limited"
	CodeOverloaded      = "overloaded"
	CodeUnavailable     = "unavailable"
	CodeInternal        = "internal"
)

// Error is the answer to a request that is not carried out, or that nsbox failed
// at. Its message is for the caller.
type Error struct {
	Code    string
	Message string
	// RetryAfter is when to come again, with rate_limited, overloaded and
	// unavailable; zero elsewhere.
	RetryAfter time.Duration
	cause      error
}

// Error returns the message.
func (e *Error) Error() string { return e.Message }

// Unwrap returns what caused e, which is for the log.
func (e *Error) Unwrap() error { return e.cause }

func errf(code, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...)}
}

// AsError returns err as an *Error. What is none becomes internal, with a message
// that tells nothing of nsbox's inside.
func AsError(err error) *Error {
	var e *Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &e):
		return e
	case errors.Is(err, store.ErrNotFound):
		return &Error{Code: CodeNotFound, Message: "there is nothing of that name here", cause: err}
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return &Error{Code: CodeUnavailable, Message: "the request was given up before it was answered", RetryAfter: time.Second, cause: err}
	}
	return &Error{Code: CodeInternal, Message: "nsbox failed; the server's log says how", cause: err}
}

// runError classes an error that running a program gave.
func runError(err error) *Error {
	var own *Error
	switch {
	case errors.As(err, &own):
		return own
	case errors.Is(err, nsbox.ErrBadRequest):
		return &Error{Code: CodeUnprocessable, Message: err.Error(), cause: err}
	case errors.Is(err, nsbox.ErrLanguage):
		return &Error{Code: CodeUnprocessable, Message: err.Error(), cause: err}
	case errors.Is(err, nsbox.ErrNoSandbox), errors.Is(err, fs.ErrNotExist):
		return &Error{Code: CodeNotFound, Message: err.Error(), cause: err}
	case errors.Is(err, nsbox.ErrPaused), errors.Is(err, fs.ErrExist):
		return &Error{Code: CodeConflict, Message: err.Error(), cause: err}
	case errors.Is(err, nsbox.ErrBusy):
		return &Error{Code: CodeOverloaded, Message: err.Error(), RetryAfter: time.Second, cause: err}
	case errors.Is(err, nsbox.ErrQuota):
		return &Error{Code: CodeTooLarge, Message: err.Error(), cause: err}
	case errors.Is(err, nsbox.ErrHelperEnded):
		// The service manager starts the next one, which takes the next request.
		return &Error{Code: CodeUnavailable, Message: err.Error(), RetryAfter: 2 * time.Second, cause: err}
	case errors.Is(err, nsbox.ErrNoHelper):
		return &Error{Code: CodeUnavailable, Message: "no helper runs that could carry programs out", RetryAfter: 2 * time.Second, cause: err}
	}
	return &Error{Code: CodeInternal, Message: err.Error(), cause: err}
}
