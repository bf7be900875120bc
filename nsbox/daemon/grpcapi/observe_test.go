package grpcapi_test

import (
	"context"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"connectrpc.com/connect"

	pb "github.com/nsbox/nsbox/nsbox/daemon/grpcapi/nsboxv1"
	"github.com/nsbox/nsbox/nsbox/daemon/internal/daemontest"
)

// metricsOf reads /metrics as an operator.
func (f *front) metricsOf(t *testing.T) string {
	t.Helper()
	req, err := http.NewRequest(http.MethodGet, f.url()+"/metrics", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("X-API-Key", f.Keys["operator"])
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestCallsAreCounted(t *testing.T) {
	f := start(t, daemontest.Config{AuthRequired: true})
	c := f.protocols()["grpc"]
	if _, err := c(f.as("user")).Execute(t.Context(), connect.NewRequest(&pb.ExecuteRequest{Program: program("print x")})); err != nil {
		t.Fatal(err)
	}
	if _, err := c(f.as("user")).GetExecution(t.Context(), connect.NewRequest(&pb.GetExecutionRequest{ExecutionId: "none"})); err == nil {
		t.Fatal("there is an execution none")
	}
	if _, err := c().GetExecution(t.Context(), connect.NewRequest(&pb.GetExecutionRequest{ExecutionId: "none"})); err == nil {
		t.Fatal("nobody is somebody")
	}
	// One that speaks no protocol of ours is refused as HTTP refuses.
	resp, err := http.Get(f.url() + "/nsbox.v1.ExecutionService/Execute")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusUnauthorized {
		t.Errorf("GET without credentials: status %d", resp.StatusCode)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	stream, err := c(f.as("user")).ExecuteStream(ctx, connect.NewRequest(&pb.ExecuteStreamRequest{Program: program("sleep 30s")}))
	if err != nil {
		t.Fatal(err)
	}
	if !stream.Receive() {
		t.Fatal(stream.Err())
	}
	got := f.metricsOf(t)
	for _, want := range []string{
		`nsbox_http_request_seconds_count{method="grpc",route="/nsbox.v1.ExecutionService/Execute",status="ok"} 1`,
		`nsbox_http_request_seconds_count{method="grpc",route="/nsbox.v1.ExecutionService/GetExecution",status="not_found"} 1`,
		`nsbox_http_request_seconds_count{method="grpc",route="/nsbox.v1.ExecutionService/",status="unauthenticated"} 2`,
		`nsbox_streams{kind="grpc"} 1`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s", want)
		}
	}
	if strings.Contains(got, `method="POST",route="/nsbox.v1.`) {
		t.Error("a call is counted as a request of HTTP, too")
	}
	cancel()
	for end := time.Now().Add(20 * time.Second); !strings.Contains(f.metricsOf(t), `nsbox_streams{kind="grpc"} 0`); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("a stream that ended is counted as open")
		}
	}
}

func TestCallsAreTraced(t *testing.T) {
	tracing, sent := daemontest.Traces(t)
	f := start(t, daemontest.Config{Tracing: tracing})
	const trace = "0af7651916cd43dd8448eb211c80319c"
	c := f.protocols()["grpc"](f.as("user"), connect.WithInterceptors(headers{"Traceparent", "00-" + trace + "-b7ad6b7169203331-01"}))
	if _, err := c.Execute(t.Context(), connect.NewRequest(&pb.ExecuteRequest{Program: program("print x")})); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	// Spans end behind the answers.
	if err := errors.Join(f.srv.Shutdown(ctx), f.Service.Close(ctx)); err != nil {
		t.Fatal(err)
	}
	if err := tracing.Close(ctx); err != nil {
		t.Fatal(err)
	}
	got := sent.String()
	id, err := hex.DecodeString(trace)
	if err != nil {
		t.Fatal(err)
	}
	// The call, the execution, its wait and its run.
	if n := strings.Count(got, string(id)); n != 4 {
		t.Errorf("the caller's trace has %d spans", n)
	}
	if !strings.Contains(got, "/nsbox.v1.ExecutionService/Execute") {
		t.Errorf("the collector got %q", got)
	}
}
