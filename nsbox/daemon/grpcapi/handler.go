package grpcapi

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"connectrpc.com/connect"
	"connectrpc.com/grpchealth"
	"connectrpc.com/grpcreflect"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"github.com/nsbox/nsbox/nsbox/daemon/grpcapi/nsboxv1/nsboxv1connect"
	"github.com/nsbox/nsbox/nsbox/daemon/metrics"
	"github.com/nsbox/nsbox/nsbox/daemon/service"
	"github.com/nsbox/nsbox/nsbox/daemon/web"
)

// Options of New; the zero value is good.
type Options struct {
	// Context, when done, ends streams that follow an execution.
	Context context.Context
	// Metrics counts calls and streams; nil counts nothing.
	Metrics *metrics.Metrics
	// Ping is how long a stream of events may be silent; 0 is 15 seconds.
	Ping time.Duration
}

// overhead is what a message may have beside the files that it carries.
const overhead = 1 << 20

// New returns the handlers by their patterns for an http.ServeMux. They are
// served over HTTP/2, without TLS too, for gRPC; Connect and gRPC-Web take HTTP/1.1
// as well.
func New(svc *service.Service, opts Options) map[string]http.Handler {
	if opts.Context == nil {
		opts.Context = context.Background()
	}
	if opts.Ping == 0 {
		opts.Ping = 15 * time.Second
	}
	s := &server{svc: svc, opts: opts}
	counted := connect.WithInterceptors(observer{opts.Metrics})
	all := []connect.HandlerOption{
		connect.WithCodec(jsonCodec{}), counted,
		connect.WithReadMaxBytes(int(svc.Limits().MaxBody) + overhead),
		connect.WithRecover(func(ctx context.Context, _ connect.Spec, _ http.Header, v any) error {
			web.Logger(ctx).Error("panic", "err", fmt.Sprint(v))
			return fail(ctx, fmt.Errorf("panic: %v", v))
		}),
	}
	handlers := map[string]http.Handler{}
	add := func(pattern string, h http.Handler) { handlers[pattern] = s.authenticate(pattern, h) }
	add(nsboxv1connect.NewExecutionServiceHandler(executions{s}, all...))
	add(nsboxv1connect.NewSandboxServiceHandler(sandboxes{s}, all...))
	add(nsboxv1connect.NewLanguageServiceHandler(languages{s}, all...))

	names := []string{nsboxv1connect.ExecutionServiceName, nsboxv1connect.SandboxServiceName, nsboxv1connect.LanguageServiceName}
	// Whether the daemon lives may be asked by everybody, as over HTTP.
	pattern, h := grpchealth.NewHandler(health{s, names}, counted)
	handlers[pattern] = h
	reflector := grpcreflect.NewStaticReflector(append(names, grpchealth.HealthV1ServiceName)...)
	add(grpcreflect.NewHandlerV1(reflector, counted))
	add(grpcreflect.NewHandlerV1Alpha(reflector, counted))
	return handlers
}

// OpenPaths are beginnings of the paths whose handlers ask for credentials
// themselves, in their own protocol: middleware lets them pass.
var OpenPaths = []string{"/nsbox.v1.", "/grpc.reflection.", "/grpc.health.v1."}

// server is what all services share.
type server struct {
	svc  *service.Service
	opts Options
}

type principalKey struct{}

// principal is who makes the call of ctx.
func principal(ctx context.Context) service.Principal {
	p, _ := ctx.Value(principalKey{}).(service.Principal)
	return p
}

// authenticate finds out who calls, by the metadata authorization or x-api-key.
func (s *server) authenticate(route string, next http.Handler) http.Handler {
	refusal := connect.NewErrorWriter()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p := web.PrincipalOf(r.Context())
		if p == (service.Principal{}) {
			var err error
			start := time.Now()
			if p, err = s.svc.Authenticate(r.Context(), web.CredentialsOf(r), web.AddrOf(r)); err != nil {
				refused := fail(r.Context(), err)
				s.opts.Metrics.Request(route, protocol, codeOf(refused), time.Since(start))
				if !refusal.IsSupported(r) {
					web.Error(w, r, err)
					return
				}
				_ = refusal.Write(w, r, refused) // a caller who is gone hears nothing
				return
			}
		}
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), principalKey{}, p)))
	})
}

// health answers grpc.health.v1.
type health struct {
	s     *server
	names []string
}

// Check tells whether the service, or the daemon as a whole, is ready.
func (h health) Check(ctx context.Context, req *grpchealth.CheckRequest) (*grpchealth.CheckResponse, error) {
	known := req.Service == ""
	for _, n := range h.names {
		known = known || n == req.Service
	}
	if !known {
		return nil, connect.NewError(connect.CodeNotFound, fmt.Errorf("there is no service %q", req.Service))
	}
	if !h.s.svc.Health(ctx).Ready {
		return &grpchealth.CheckResponse{Status: grpchealth.StatusNotServing}, nil
	}
	return &grpchealth.CheckResponse{Status: grpchealth.StatusServing}, nil
}

// jsonCodec writes the fields' names as REST does: exit_code, not exitCode. Both
// are read.
type jsonCodec struct{}

func (jsonCodec) Name() string { return "json" }

func (jsonCodec) Marshal(v any) ([]byte, error) {
	m, ok := v.(proto.Message)
	if !ok {
		return nil, fmt.Errorf("%T is no message", v)
	}
	return protojson.MarshalOptions{UseProtoNames: true, EmitDefaultValues: true}.Marshal(m)
}

func (jsonCodec) Unmarshal(b []byte, v any) error {
	m, ok := v.(proto.Message)
	if !ok {
		return fmt.Errorf("%T is no message", v)
	}
	if len(b) == 0 {
		return fmt.Errorf("a body without a byte is no JSON: write {} where there is nothing to say")
	}
	return protojson.Unmarshal(b, m)
}
