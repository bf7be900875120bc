package grpcapi

import (
	"context"
	"errors"
	"time"

	"connectrpc.com/connect"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"

	"github.com/nsbox/nsbox/nsbox/daemon/metrics"
)

// observer counts calls by their procedure, as HTTP's status tells nothing of
// them, and names the span of the request after it. It is an interceptor of handlers
// alone.
type observer struct{ metrics *metrics.Metrics }

// protocol stands for the method of a request, which is always the same.
const protocol = "grpc"

// WrapUnary times calls.
func (o observer) WrapUnary(next connect.UnaryFunc) connect.UnaryFunc {
	return func(ctx context.Context, req connect.AnyRequest) (connect.AnyResponse, error) {
		start := time.Now()
		resp, err := next(ctx, req)
		o.done(ctx, req.Spec(), err)
		o.metrics.Request(req.Spec().Procedure, protocol, codeOf(err), time.Since(start))
		return resp, err
	}
}

// WrapStreamingHandler counts streams while they are open.
func (o observer) WrapStreamingHandler(next connect.StreamingHandlerFunc) connect.StreamingHandlerFunc {
	return func(ctx context.Context, conn connect.StreamingHandlerConn) error {
		defer o.metrics.Stream(protocol)()
		err := next(ctx, conn)
		o.done(ctx, conn.Spec(), err)
		return err
	}
}

// WrapStreamingClient is of no use here.
func (o observer) WrapStreamingClient(next connect.StreamingClientFunc) connect.StreamingClientFunc {
	return next
}

// done names the request's span.
func (o observer) done(ctx context.Context, spec connect.Spec, err error) {
	span := trace.SpanFromContext(ctx)
	span.SetName(spec.Procedure)
	span.SetAttributes(attribute.String("rpc.system", protocol), attribute.String("rpc.response.status_code", codeOf(err)))
	if failed := connect.CodeOf(err); err != nil && (failed == connect.CodeInternal || failed == connect.CodeUnknown || failed == connect.CodeUnavailable) {
		span.RecordError(err)
	}
}

// codeOf is the name of a call's end.
func codeOf(err error) string {
	switch {
	case err == nil:
		return "ok"
	case errors.Is(err, context.Canceled):
		return connect.CodeCanceled.String()
	}
	return connect.CodeOf(err).String()
}
