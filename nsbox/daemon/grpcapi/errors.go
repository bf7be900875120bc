package grpcapi

import (
	"context"
	"errors"
	"math"
	"strconv"
	"time"

	"connectrpc.com/connect"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/nsbox/nsbox/nsbox/daemon/service"
)

// codes maps the service's codes to those of gRPC.
var codes = map[string]connect.Code{
	service.CodeBadRequest:      connect.CodeInvalidArgument,
	service.CodeUnauthenticated: connect.CodeUnauthenticated,
	service.CodeForbidden:       connect.CodePermissionDenied,
	service.CodeNotFound:        connect.CodeNotFound,
	service.CodeConflict:        connect.CodeFailedPrecondition,
	service.CodeTooLarge:        connect.CodeInvalidArgument,
	service.CodeUnprocessable:   connect.CodeInvalidArgument,
	service.CodeRateLimited:     connect.CodeResourceExhausted,
	service.CodeOverloaded:      connect.CodeUnavailable,
	service.CodeUnavailable:     connect.CodeUnavailable,
	service.CodeInternal:        connect.CodeInternal,
}

// domain is that of the ErrorInfo which every error carries.
const domain = "nsbox"

// fail makes the error of a call. Its details are the service's code and, where
// the caller is to come again, when; the header Retry-After says so, too.
func fail(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	var own *connect.Error
	if errors.As(err, &own) {
		return own
	}
	// The caller went away, or its deadline came.
	if cause := ctx.Err(); cause != nil && errors.Is(err, cause) {
		if errors.Is(cause, context.DeadlineExceeded) {
			return connect.NewError(connect.CodeDeadlineExceeded, errors.New("the deadline came before the answer"))
		}
		return connect.NewError(connect.CodeCanceled, errors.New("the caller went away"))
	}
	e := service.AsError(err)
	code, ok := codes[e.Code]
	if !ok {
		code = connect.CodeInternal
	}
	out := connect.NewError(code, errors.New(e.Message))
	if d, derr := connect.NewErrorDetail(&errdetails.ErrorInfo{Reason: e.Code, Domain: domain}); derr == nil {
		out.AddDetail(d)
	}
	if e.RetryAfter > 0 {
		if d, derr := connect.NewErrorDetail(&errdetails.RetryInfo{RetryDelay: durationpb.New(e.RetryAfter)}); derr == nil {
			out.AddDetail(d)
		}
		out.Meta().Set("Retry-After", strconv.Itoa(seconds(e.RetryAfter)))
	}
	return out
}

// seconds rounds d up.
func seconds(d time.Duration) int { return int(math.Ceil(d.Seconds())) }

// badRequest is a message that a client should not have sent.
func badRequest(text string) error {
	return fail(context.Background(), &service.Error{Code: service.CodeBadRequest, Message: text})
}
