package grpcapi_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"connectrpc.com/connect"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/nsbox/nsbox/nsbox/daemon/grpcapi"
	pb "github.com/nsbox/nsbox/nsbox/daemon/grpcapi/nsboxv1"
	"github.com/nsbox/nsbox/nsbox/daemon/grpcapi/nsboxv1/nsboxv1connect"
	"github.com/nsbox/nsbox/nsbox/daemon/internal/daemontest"
	"github.com/nsbox/nsbox/nsbox/daemon/metrics"
	"github.com/nsbox/nsbox/nsbox/daemon/restapi"
	"github.com/nsbox/nsbox/nsbox/daemon/service"
)

// front is the daemon's whole front, gRPC with it, over HTTP/2 without TLS.
type front struct {
	*daemontest.Server
	addr string
	h2   *http.Client // speaks HTTP/2 only
	srv  *http.Server
}

func start(t *testing.T, cfg daemontest.Config) *front {
	t.Helper()
	s := daemontest.Start(t, cfg)
	ctx, stop := context.WithCancel(context.Background())
	counters := metrics.New("test")
	handler := restapi.New(s.Service, restapi.Options{
		Version: "test", Log: slog.New(slog.DiscardHandler), Context: ctx, Counters: counters, Metrics: counters.Handler(), Tracing: cfg.Tracing,
		Extra: grpcapi.New(s.Service, grpcapi.Options{Context: ctx, Ping: 100 * time.Millisecond, Metrics: counters}),
	})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	both := &http.Protocols{}
	both.SetHTTP1(true)
	both.SetUnencryptedHTTP2(true)
	srv := &http.Server{Handler: handler, Protocols: both}
	go srv.Serve(l)
	h2 := &http.Protocols{}
	h2.SetUnencryptedHTTP2(true)
	tr := &http.Transport{Protocols: h2}
	t.Cleanup(func() {
		stop()
		tr.CloseIdleConnections()
		srv.Close()
	})
	return &front{s, l.Addr().String(), &http.Client{Transport: tr}, srv}
}

func (f *front) url() string { return "http://" + f.addr }

// as adds the credentials of the user of that role.
func (f *front) as(role string) connect.ClientOption {
	key := f.Keys[role]
	return connect.WithInterceptors(headers{"X-Api-Key", key})
}

// headers is an interceptor that sets one header.
type headers struct{ name, value string }

func (h headers) WrapUnary(next connect.UnaryFunc) connect.UnaryFunc {
	return func(ctx context.Context, req connect.AnyRequest) (connect.AnyResponse, error) {
		if req.Spec().IsClient {
			req.Header().Set(h.name, h.value)
		}
		return next(ctx, req)
	}
}

func (h headers) WrapStreamingClient(next connect.StreamingClientFunc) connect.StreamingClientFunc {
	return func(ctx context.Context, spec connect.Spec) connect.StreamingClientConn {
		c := next(ctx, spec)
		c.RequestHeader().Set(h.name, h.value)
		return c
	}
}

func (h headers) WrapStreamingHandler(next connect.StreamingHandlerFunc) connect.StreamingHandlerFunc {
	return next
}

// protocols are the ways in which a client can speak to the same handlers.
func (f *front) protocols() map[string]func(...connect.ClientOption) nsboxv1connect.ExecutionServiceClient {
	client := func(h *http.Client, base ...connect.ClientOption) func(...connect.ClientOption) nsboxv1connect.ExecutionServiceClient {
		return func(more ...connect.ClientOption) nsboxv1connect.ExecutionServiceClient {
			return nsboxv1connect.NewExecutionServiceClient(h, f.url(), append(base, more...)...)
		}
	}
	return map[string]func(...connect.ClientOption) nsboxv1connect.ExecutionServiceClient{
		"grpc":         client(f.h2, connect.WithGRPC()),
		"grpc-web":     client(http.DefaultClient, connect.WithGRPCWeb()),
		"connect":      client(http.DefaultClient),
		"connect json": client(http.DefaultClient, connect.WithProtoJSON()),
	}
}

func program(code string) *pb.Program { return &pb.Program{Language: "python", Code: code} }

func TestExecuteOverEveryProtocol(t *testing.T) {
	f := start(t, daemontest.Config{})
	for name, client := range f.protocols() {
		t.Run(name, func(t *testing.T) {
			c := client(f.as("user"))
			resp, err := c.Execute(t.Context(), connect.NewRequest(&pb.ExecuteRequest{Program: program("print hello\nexit 3")}))
			if err != nil {
				t.Fatal(err)
			}
			r := resp.Msg.GetResult()
			if r.GetVerdict() != "nonzero" || r.GetExitCode() != 3 || string(r.GetStdout()) != "hello\n" || r.GetId() != resp.Msg.GetExecutionId() {
				t.Errorf("%v", resp.Msg)
			}
			stream, err := c.ExecuteStream(t.Context(), connect.NewRequest(&pb.ExecuteStreamRequest{Program: program("print one\nprint two")}))
			if err != nil {
				t.Fatal(err)
			}
			types, out, seq := "", "", int64(0)
			for stream.Receive() {
				e := stream.Msg().GetEvent()
				if e.GetType() == "ping" {
					continue
				}
				if e.GetSeq() <= seq {
					t.Errorf("event %d follows %d", e.GetSeq(), seq)
				}
				seq = e.GetSeq()
				types += e.GetType()[:1]
				out += string(e.GetData())
			}
			if err := stream.Err(); err != nil {
				t.Fatal(err)
			}
			if out != "one\ntwo\n" || !strings.HasPrefix(types, "s") || !strings.HasSuffix(types, "e") {
				t.Errorf("events %q with %q", types, out)
			}
		})
	}
}

func TestInteractive(t *testing.T) {
	f := start(t, daemontest.Config{})
	c := f.protocols()["grpc"](f.as("user"))
	s := c.ExecuteInteractive(t.Context())
	send := func(m *pb.ExecuteInteractiveRequest) {
		t.Helper()
		if err := s.Send(m); err != nil {
			t.Fatal(err)
		}
	}
	// until receives until the output has the text.
	all := ""
	until := func(want string) {
		t.Helper()
		for !strings.Contains(all, want) {
			m, err := s.Receive()
			if err != nil {
				t.Fatalf("%v after %q", err, all)
			}
			all += string(m.GetEvent().GetData())
		}
	}
	send(&pb.ExecuteInteractiveRequest{Message: &pb.ExecuteInteractiveRequest_Start{Start: program("cat")}})
	send(&pb.ExecuteInteractiveRequest{Message: &pb.ExecuteInteractiveRequest_Stdin{Stdin: []byte("a line\n")}})
	until("a line\n")
	send(&pb.ExecuteInteractiveRequest{Message: &pb.ExecuteInteractiveRequest_Stdin{Stdin: []byte("another\n")}})
	until("another\n")
	send(&pb.ExecuteInteractiveRequest{Message: &pb.ExecuteInteractiveRequest_StdinEnd{StdinEnd: true}})
	for {
		m, err := s.Receive()
		if err != nil {
			t.Fatal(err)
		}
		if e := m.GetEvent(); e.GetType() == "exit" {
			if e.GetResult().GetVerdict() != "ok" {
				t.Errorf("%v", e.GetResult())
			}
			break
		}
	}
	if _, err := s.Receive(); !errors.Is(err, io.EOF) {
		t.Errorf("after exit: %v", err)
	}
}

// A helper that ends is a matter of trying again, in whatever way a program runs.
func TestTheHelperEnds(t *testing.T) {
	f := start(t, daemontest.Config{})
	for name, client := range f.protocols() {
		c := client(f.as("user"))
		_, err := c.Execute(t.Context(), connect.NewRequest(&pb.ExecuteRequest{Program: program("lose")}))
		if connect.CodeOf(err) != connect.CodeUnavailable || !strings.Contains(err.Error(), "the helper ended in the middle of the execution") {
			t.Errorf("%s: %v", name, err)
		}
		s, err := c.ExecuteStream(t.Context(), connect.NewRequest(&pb.ExecuteStreamRequest{Program: program("print x\nlose")}))
		if err != nil {
			t.Fatal(err)
		}
		var last *pb.Event
		for s.Receive() {
			if e := s.Msg().GetEvent(); e.GetType() != "ping" {
				last = e
			}
		}
		if last.GetType() != "error" || last.GetCode() != "unavailable" {
			t.Errorf("%s: the last event is %v", name, last)
		}
		if err := s.Err(); connect.CodeOf(err) != connect.CodeUnavailable {
			t.Errorf("%s: the stream ended with %v", name, err)
		}
	}
	s := f.protocols()["grpc"](f.as("user")).ExecuteInteractive(t.Context())
	if err := s.Send(&pb.ExecuteInteractiveRequest{Message: &pb.ExecuteInteractiveRequest_Start{Start: program("lose")}}); err != nil {
		t.Fatal(err)
	}
	var err error
	for err == nil {
		_, err = s.Receive()
	}
	if connect.CodeOf(err) != connect.CodeUnavailable {
		t.Errorf("interactive: %v", err)
	}
}

func TestInteractiveMistakes(t *testing.T) {
	f := start(t, daemontest.Config{})
	c := f.protocols()["grpc"](f.as("user"))
	begin := &pb.ExecuteInteractiveRequest{Message: &pb.ExecuteInteractiveRequest_Start{Start: program("cat")}}
	input := &pb.ExecuteInteractiveRequest{Message: &pb.ExecuteInteractiveRequest_Stdin{Stdin: []byte("x")}}
	end := &pb.ExecuteInteractiveRequest{Message: &pb.ExecuteInteractiveRequest_StdinEnd{StdinEnd: true}}
	for name, c2 := range map[string]struct {
		send []*pb.ExecuteInteractiveRequest
		want string
	}{
		"input first": {[]*pb.ExecuteInteractiveRequest{input}, "the first message must be start"},
		"nothing":     {nil, "the stream ended before its start message"},
		"start twice": {[]*pb.ExecuteInteractiveRequest{begin, begin}, "after start a message is stdin, stdin_end or cancel"},
		"after its end": {[]*pb.ExecuteInteractiveRequest{{Message: &pb.ExecuteInteractiveRequest_Start{Start: program("sleep 20s")}}, end, input},
			"stdin after stdin_end"},
	} {
		s := c.ExecuteInteractive(t.Context())
		for _, m := range c2.send {
			if err := s.Send(m); err != nil && !errors.Is(err, io.EOF) {
				t.Fatal(err)
			}
		}
		if len(c2.send) == 0 {
			if err := s.CloseRequest(); err != nil {
				t.Fatal(err)
			}
		}
		var err error
		for err == nil {
			_, err = s.Receive()
		}
		if connect.CodeOf(err) != connect.CodeInvalidArgument || !strings.Contains(err.Error(), c2.want) {
			t.Errorf("%s: %v; want %s", name, err, c2.want)
		}
		s.CloseRequest()
		s.CloseResponse()
	}
}

func TestClientWhoGoesAwayCancels(t *testing.T) {
	f := start(t, daemontest.Config{})
	for _, detach := range []bool{false, true} {
		c := f.protocols()["grpc"](f.as("user"))
		ctx, cancel := context.WithCancel(t.Context())
		p := program("print ready\nsleep 30s")
		p.Detach = detach
		s, err := c.ExecuteStream(ctx, connect.NewRequest(&pb.ExecuteStreamRequest{Program: p}))
		if err != nil {
			t.Fatal(err)
		}
		id := ""
		for s.Receive() {
			if e := s.Msg().GetEvent(); e.GetType() == "stdout" {
				id = s.Msg().GetExecutionId()
				break
			}
		}
		cancel()
		state := func() *pb.Execution {
			r, err := c.GetExecution(t.Context(), connect.NewRequest(&pb.GetExecutionRequest{ExecutionId: id}))
			if err != nil {
				t.Fatal(err)
			}
			return r.Msg.GetExecution()
		}
		if detach {
			time.Sleep(200 * time.Millisecond)
			if got := state(); got.GetState() != "running" {
				t.Errorf("detached: %v", got)
			}
			r, err := c.CancelExecution(t.Context(), connect.NewRequest(&pb.CancelExecutionRequest{ExecutionId: id}))
			if err != nil || r.Msg.GetExecution().GetVerdict() != "cancelled" {
				t.Errorf("cancelled by hand: %v, %v", r, err)
			}
			continue
		}
		for end := time.Now().Add(20 * time.Second); state().GetVerdict() != "cancelled"; time.Sleep(10 * time.Millisecond) {
			if time.Now().After(end) {
				t.Fatalf("it goes on: %v", state())
			}
		}
	}
}

func TestEventsAreRepeatedAndPinged(t *testing.T) {
	f := start(t, daemontest.Config{})
	c := f.protocols()["grpc"](f.as("user"))
	p := program("print first\nsleep 400ms\nprint second")
	r, err := c.Execute(t.Context(), connect.NewRequest(&pb.ExecuteRequest{Program: p}))
	if err != nil {
		t.Fatal(err)
	}
	s, err := c.Events(t.Context(), connect.NewRequest(&pb.EventsRequest{ExecutionId: r.Msg.GetExecutionId(), AfterSeq: 1}))
	if err != nil {
		t.Fatal(err)
	}
	out := ""
	for s.Receive() {
		if e := s.Msg().GetEvent(); e.GetSeq() <= 1 {
			t.Errorf("event %d was not asked for", e.GetSeq())
		}
		out += string(s.Msg().GetEvent().GetData())
	}
	if err := s.Err(); err != nil || out != "first\nsecond\n" {
		t.Errorf("%q, %v", out, err)
	}
	live, err := c.ExecuteStream(t.Context(), connect.NewRequest(&pb.ExecuteStreamRequest{Program: p}))
	if err != nil {
		t.Fatal(err)
	}
	pings := 0
	for live.Receive() {
		if live.Msg().GetEvent().GetType() == "ping" {
			pings++
		}
	}
	if pings == 0 {
		t.Error("no ping in 400 ms of silence")
	}
}

func TestErrors(t *testing.T) {
	f := start(t, daemontest.Config{AuthRequired: true, Limits: func(l *service.Limits) {
		l.MaxTimeout = 10e9
		l.RatePerMinute, l.RateBurst = 1, 8
	}})
	for name, client := range f.protocols() {
		as := func(role string) nsboxv1connect.ExecutionServiceClient { return client(f.as(role)) }
		run := func(c nsboxv1connect.ExecutionServiceClient, p *pb.Program) error {
			_, err := c.Execute(t.Context(), connect.NewRequest(&pb.ExecuteRequest{Program: p}))
			return err
		}
		long := program("print x")
		long.Limits = &pb.Limits{Timeout: durationpb.New(time.Hour)}
		_, unknown := as("user").GetExecution(t.Context(), connect.NewRequest(&pb.GetExecutionRequest{ExecutionId: "none"}))
		for what, c := range map[string]struct {
			err    error
			code   connect.Code
			reason string
		}{
			"no credentials":    {run(client(), program("print x")), connect.CodeUnauthenticated, "unauthenticated"},
			"wrong key":         {run(client(connect.WithInterceptors(headers{"Authorization", "Bearer nonsense"})), program("print x")), connect.CodeUnauthenticated, "unauthenticated"},
			"viewer":            {run(as("viewer"), program("print x")), connect.CodePermissionDenied, "forbidden"},
			"no program":        {run(as("user"), nil), connect.CodeInvalidArgument, "bad_request"},
			"unknown language":  {run(as("user"), &pb.Program{Language: "klingon", Code: "x"}), connect.CodeInvalidArgument, "unprocessable"},
			"more than allowed": {run(as("user"), long), connect.CodeInvalidArgument, "unprocessable"},
			"unknown execution": {unknown, connect.CodeNotFound, "not_found"},
		} {
			checkError(t, name+": "+what, c.err, c.code, c.reason)
		}
	}
	// Whoever asks too often is told when to come again.
	c := f.protocols()["grpc"](f.as("operator"))
	var err error
	for range 20 {
		if _, err = c.Execute(t.Context(), connect.NewRequest(&pb.ExecuteRequest{Program: program("print x")})); err != nil {
			break
		}
	}
	checkError(t, "too often", err, connect.CodeResourceExhausted, "rate_limited")
	var e *connect.Error
	if !errors.As(err, &e) || e.Meta().Get("Retry-After") == "" {
		t.Errorf("no Retry-After: %v", err)
	}
}

func checkError(t *testing.T, what string, err error, code connect.Code, reason string) {
	t.Helper()
	if connect.CodeOf(err) != code {
		t.Errorf("%s: %v; want %v", what, err, code)
		return
	}
	var e *connect.Error
	if !errors.As(err, &e) {
		t.Errorf("%s: %v is no connect error", what, err)
		return
	}
	for _, d := range e.Details() {
		if v, verr := d.Value(); verr == nil {
			if info, ok := v.(*errdetails.ErrorInfo); ok && info.GetReason() == reason {
				return
			}
		}
	}
	t.Errorf("%s: the details of %v do not name %s", what, err, reason)
}

func TestOthersExecutionsAreHidden(t *testing.T) {
	f := start(t, daemontest.Config{})
	mine := f.protocols()["grpc"](f.as("admin"))
	r, err := mine.Execute(t.Context(), connect.NewRequest(&pb.ExecuteRequest{Program: program("print secret")}))
	if err != nil {
		t.Fatal(err)
	}
	theirs := f.protocols()["grpc"](f.as("user"))
	_, err = theirs.GetExecution(t.Context(), connect.NewRequest(&pb.GetExecutionRequest{ExecutionId: r.Msg.GetExecutionId()}))
	checkError(t, "another's", err, connect.CodeNotFound, "not_found")
	list, err := theirs.ListExecutions(t.Context(), connect.NewRequest(&pb.ListExecutionsRequest{}))
	if err != nil || len(list.Msg.GetExecutions()) != 0 {
		t.Errorf("%v, %v", list, err)
	}
	all, err := mine.ListExecutions(t.Context(), connect.NewRequest(&pb.ListExecutionsRequest{PageSize: 1}))
	if err != nil || len(all.Msg.GetExecutions()) != 1 {
		t.Errorf("%v, %v", all, err)
	}
}

func TestArtifacts(t *testing.T) {
	f := start(t, daemontest.Config{})
	c := f.protocols()["grpc"](f.as("user"))
	big := strings.Repeat("0123456789", 100_000) // several chunks
	p := program("file out.txt " + big)
	p.Artifacts = true
	r, err := c.Execute(t.Context(), connect.NewRequest(&pb.ExecuteRequest{Program: p}))
	if err != nil {
		t.Fatal(err)
	}
	if a := r.Msg.GetResult().GetArtifacts(); len(a) != 1 || len(a[0].GetData()) != 0 {
		t.Fatalf("%v", a)
	}
	s, err := c.DownloadArtifact(t.Context(), connect.NewRequest(&pb.DownloadArtifactRequest{ExecutionId: r.Msg.GetExecutionId(), Path: "out.txt"}))
	if err != nil {
		t.Fatal(err)
	}
	var got strings.Builder
	messages := 0
	for s.Receive() {
		if messages++; messages == 1 && s.Msg().GetInfo().GetPath() != "out.txt" {
			t.Errorf("the first message is %v", s.Msg())
		}
		got.Write(s.Msg().GetChunk())
	}
	if err := s.Err(); err != nil || got.String() != big || messages < 4 {
		t.Errorf("%d bytes in %d messages, %v", got.Len(), messages, err)
	}
}

// JSON has the names of REST, and plain HTTP clients can speak it.
func TestPlainJSON(t *testing.T) {
	f := start(t, daemontest.Config{})
	req, err := http.NewRequest("POST", f.url()+"/nsbox.v1.ExecutionService/Execute", strings.NewReader(`{"program":{"language":"python","code":"exit 4","max_iterations":0}}`))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer "+f.Keys["user"])
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != 200 || !strings.Contains(strings.ReplaceAll(string(b), " ", ""), `"exit_code":4`) {
		t.Errorf("%d %s %v", resp.StatusCode, b, err)
	}
}

func TestLanguages(t *testing.T) {
	f := start(t, daemontest.Config{})
	c := nsboxv1connect.NewLanguageServiceClient(f.h2, f.url(), connect.WithGRPC(), f.as("viewer"))
	r, err := c.ListLanguages(t.Context(), connect.NewRequest(&pb.ListLanguagesRequest{}))
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for _, l := range r.Msg.GetLanguages() {
		names[l.GetName()] = true
	}
	if !names["python"] || !names["go"] {
		t.Errorf("%v", names)
	}
}
