package grpcapi_test

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/metadata"
	reflectpb "google.golang.org/grpc/reflection/grpc_reflection_v1"
	"google.golang.org/grpc/status"

	pb "github.com/nsbox/nsbox/nsbox/daemon/grpcapi/nsboxv1"
	"github.com/nsbox/nsbox/nsbox/daemon/internal/daemontest"
)

// dial connects with grpc-go, the client that other projects use: what connect's
// own client takes could still be connect's alone.
func dial(t *testing.T, f *front) *grpc.ClientConn {
	t.Helper()
	c, err := grpc.NewClient(f.addr, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

func (f *front) metadata(t *testing.T, role string) context.Context {
	return metadata.AppendToOutgoingContext(t.Context(), "authorization", "Bearer "+f.Keys[role])
}

func TestGRPCGo(t *testing.T) {
	f := start(t, daemontest.Config{AuthRequired: true})
	c := dial(t, f)
	ctx := f.metadata(t, "user")

	var out pb.ExecuteResponse
	if err := c.Invoke(ctx, "/nsbox.v1.ExecutionService/Execute", &pb.ExecuteRequest{Program: program("print hello")}, &out); err != nil {
		t.Fatal(err)
	}
	if string(out.GetResult().GetStdout()) != "hello\n" {
		t.Errorf("%v", &out)
	}
	err := c.Invoke(t.Context(), "/nsbox.v1.ExecutionService/Execute", &pb.ExecuteRequest{Program: program("print hello")}, &out)
	if status.Code(err) != codes.Unauthenticated || !strings.Contains(status.Convert(err).Message(), "API key") {
		t.Errorf("without credentials: %v", err)
	}
	if len(status.Convert(err).Details()) == 0 {
		t.Error("the refusal has no details")
	}

	s, err := c.NewStream(ctx, &grpc.StreamDesc{ClientStreams: true, ServerStreams: true}, "/nsbox.v1.ExecutionService/ExecuteInteractive")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range []*pb.ExecuteInteractiveRequest{
		{Message: &pb.ExecuteInteractiveRequest_Start{Start: program("cat")}},
		{Message: &pb.ExecuteInteractiveRequest_Stdin{Stdin: []byte("typed\n")}},
	} {
		if err := s.SendMsg(m); err != nil {
			t.Fatal(err)
		}
	}
	// The end of the client's stream is the end of the input.
	if err := s.CloseSend(); err != nil {
		t.Fatal(err)
	}
	typed, last := "", ""
	for {
		var m pb.ExecuteInteractiveResponse
		if s.RecvMsg(&m) != nil {
			break
		}
		typed += string(m.GetEvent().GetData())
		last = m.GetEvent().GetType()
	}
	if typed != "typed\n" || last != "exit" {
		t.Errorf("%q, the last event is %q", typed, last)
	}
}

func TestHealth(t *testing.T) {
	f := start(t, daemontest.Config{AuthRequired: true})
	c := healthpb.NewHealthClient(dial(t, f))
	for _, name := range []string{"", "nsbox.v1.ExecutionService", "nsbox.v1.SandboxService", "nsbox.v1.LanguageService"} {
		r, err := c.Check(t.Context(), &healthpb.HealthCheckRequest{Service: name})
		if err != nil || r.GetStatus() != healthpb.HealthCheckResponse_SERVING {
			t.Errorf("%q: %v, %v", name, r, err)
		}
	}
	if _, err := c.Check(t.Context(), &healthpb.HealthCheckRequest{Service: "nsbox.v1.Nothing"}); status.Code(err) != codes.NotFound {
		t.Errorf("an unknown service: %v", err)
	}
	if err := f.Service.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	r, err := c.Check(t.Context(), &healthpb.HealthCheckRequest{})
	if err != nil || r.GetStatus() != healthpb.HealthCheckResponse_NOT_SERVING {
		t.Errorf("a service that is being stopped: %v, %v", r, err)
	}
}

func TestReflection(t *testing.T) {
	f := start(t, daemontest.Config{AuthRequired: true})
	ask := func(ctx context.Context, m *reflectpb.ServerReflectionRequest) (*reflectpb.ServerReflectionResponse, error) {
		s, err := reflectpb.NewServerReflectionClient(dial(t, f)).ServerReflectionInfo(ctx)
		if err != nil {
			return nil, err
		}
		defer s.CloseSend()
		// A stream that was refused meanwhile says so to Recv.
		if err := s.Send(m); err != nil && !errors.Is(err, io.EOF) {
			return nil, err
		}
		return s.Recv()
	}
	list := &reflectpb.ServerReflectionRequest{MessageRequest: &reflectpb.ServerReflectionRequest_ListServices{ListServices: "*"}}
	if _, err := ask(t.Context(), list); status.Code(err) != codes.Unauthenticated {
		t.Errorf("without credentials: %v", err)
	}
	r, err := ask(f.metadata(t, "viewer"), list)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, s := range r.GetListServicesResponse().GetService() {
		names = append(names, s.GetName())
	}
	for _, want := range []string{"nsbox.v1.ExecutionService", "nsbox.v1.SandboxService", "nsbox.v1.LanguageService", "grpc.health.v1.Health"} {
		if !slices.Contains(names, want) {
			t.Errorf("%s is not among %v", want, names)
		}
	}
	r, err = ask(f.metadata(t, "viewer"), &reflectpb.ServerReflectionRequest{
		MessageRequest: &reflectpb.ServerReflectionRequest_FileContainingSymbol{FileContainingSymbol: "nsbox.v1.SandboxService.UploadFile"},
	})
	if err != nil || len(r.GetFileDescriptorResponse().GetFileDescriptorProto()) == 0 {
		t.Errorf("the file of a method: %v, %v", r, err)
	}
}
