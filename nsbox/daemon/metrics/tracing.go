package metrics

import (
	"context"
	"fmt"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"
)

// Tracing makes spans. Its zero value makes none.
type Tracing struct {
	provider *sdktrace.TracerProvider
}

// NewTracing sends spans to endpoint by OTLP over HTTP; sample is the part of the
// requests that is traced, where the caller has not decided. An empty endpoint
// sends none.
func NewTracing(ctx context.Context, endpoint string, sample float64, version string) (*Tracing, error) {
	if endpoint == "" {
		return &Tracing{}, nil
	}
	exp, err := otlptracehttp.New(ctx, otlptracehttp.WithEndpointURL(endpoint), otlptracehttp.WithTimeout(5*time.Second))
	if err != nil {
		return nil, fmt.Errorf("tracing: %w", err)
	}
	res := resource.NewSchemaless(attribute.String("service.name", "nsboxd"), attribute.String("service.version", version))
	return &Tracing{provider: sdktrace.NewTracerProvider(
		// The queue is bounded and what does not fit is dropped: a collector that
		// hangs costs spans, not programs.
		sdktrace.WithBatcher(exp, sdktrace.WithMaxQueueSize(2048), sdktrace.WithBatchTimeout(2*time.Second)),
		sdktrace.WithSampler(sdktrace.ParentBased(sdktrace.TraceIDRatioBased(sample))), sdktrace.WithResource(res),
	)}, nil
}

// Tracer makes the spans of the daemon.
func (t *Tracing) Tracer() trace.Tracer {
	if t == nil || t.provider == nil {
		return noop.NewTracerProvider().Tracer("nsboxd")
	}
	return t.provider.Tracer("nsboxd")
}

// Propagator reads and writes the header traceparent.
func (t *Tracing) Propagator() propagation.TextMapPropagator { return propagation.TraceContext{} }

// Close sends what is left.
func (t *Tracing) Close(ctx context.Context) error {
	if t == nil || t.provider == nil {
		return nil
	}
	return t.provider.Shutdown(ctx)
}
