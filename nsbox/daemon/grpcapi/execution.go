package grpcapi

import (
	"context"
	"errors"
	"io"
	"time"

	"connectrpc.com/connect"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/nsbox/nsbox/nsbox"
	pb "github.com/nsbox/nsbox/nsbox/daemon/grpcapi/nsboxv1"
	"github.com/nsbox/nsbox/nsbox/daemon/service"
	"github.com/nsbox/nsbox/nsbox/daemon/web"
)

// executions is the ExecutionService.
type executions struct{ *server }

// start admits the program of a call. The caller releases what it returns.
func (s *server) start(ctx context.Context, p *pb.Program, interactive bool) (*service.Run, error) {
	if p == nil {
		return nil, badRequest("program: there is none")
	}
	req := request(p)
	req.Interactive, req.RequestID = interactive, web.RequestIDOf(ctx)
	run, err := s.svc.Execute(ctx, principal(ctx), req)
	if err != nil {
		return nil, fail(ctx, err)
	}
	return run, nil
}

// Execute runs a program to its end.
func (s executions) Execute(ctx context.Context, req *connect.Request[pb.ExecuteRequest]) (*connect.Response[pb.ExecuteResponse], error) {
	run, err := s.start(ctx, req.Msg.GetProgram(), false)
	if err != nil {
		return nil, err
	}
	defer run.Release()
	if err := failed(ctx, run); err != nil {
		return nil, err
	}
	return connect.NewResponse(&pb.ExecuteResponse{ExecutionId: run.ID(), Result: result(run.Execution().Result)}), nil
}

// ExecuteStream runs a program and sends its events.
func (s executions) ExecuteStream(ctx context.Context, req *connect.Request[pb.ExecuteStreamRequest], out *connect.ServerStream[pb.ExecuteStreamResponse]) error {
	run, err := s.start(ctx, req.Msg.GetProgram(), false)
	if err != nil {
		return err
	}
	defer run.Release()
	err = s.follow(ctx, run, 0, func(e *pb.Event) error {
		return out.Send(&pb.ExecuteStreamResponse{ExecutionId: run.ID(), Event: e})
	})
	if err != nil {
		return err
	}
	return failed(ctx, run)
}

// failed is the error of the call that asked for run, where nsbox failed at it: the
// events have told so, and a client's own ways of coming again go by the status.
func failed(ctx context.Context, run *service.Run) error {
	e, err := run.Wait(ctx)
	if err != nil {
		return fail(ctx, err)
	}
	if err := e.Err(); err != nil {
		return fail(ctx, err)
	}
	return nil
}

// Events follows an execution that was started elsewhere.
func (s executions) Events(ctx context.Context, req *connect.Request[pb.EventsRequest], out *connect.ServerStream[pb.EventsResponse]) error {
	after := req.Msg.GetAfterSeq()
	if after < 0 {
		return badRequest("after_seq: it must not be negative")
	}
	run, err := s.svc.Attach(ctx, principal(ctx), req.Msg.GetExecutionId())
	if err != nil {
		return fail(ctx, err)
	}
	defer run.Release()
	return s.follow(ctx, run, after, func(e *pb.Event) error {
		return out.Send(&pb.EventsResponse{Event: e})
	})
}

// codeGap is the code of an event that stands for those which a slow reader missed.
const codeGap = "gap"

// follow sends the events of run that follow after, and pings where it is silent.
// Send is called from one goroutine at a time.
func (s *server) follow(ctx context.Context, run *service.Run, after int64, send func(*pb.Event) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(s.opts.Context, cancel)()
	events := make(chan *pb.Event)
	done := make(chan error, 1)
	go func() { done <- s.pump(ctx, run, after, events) }()
	ping := time.NewTicker(s.opts.Ping)
	defer ping.Stop()
	for {
		var e *pb.Event
		select {
		case e = <-events:
			ping.Reset(s.opts.Ping)
		case now := <-ping.C:
			e = &pb.Event{Type: "ping", Ts: timestamppb.New(now)}
		case err := <-done:
			if err != nil && s.opts.Context.Err() != nil {
				return connect.NewError(connect.CodeUnavailable, errors.New("the server is being stopped"))
			}
			return fail(ctx, err)
		}
		if err := send(e); err != nil {
			return err
		}
	}
}

// pump hands the events of run over.
func (s *server) pump(ctx context.Context, run *service.Run, after int64, events chan<- *pb.Event) error {
	for ev, err := range run.Events(ctx, after) {
		var gap *service.GapError
		out := event(ev)
		if errors.As(err, &gap) {
			out = &pb.Event{Seq: gap.To, Ts: timestamppb.Now(), Type: string(nsbox.EventError), Error: gap.Error(), Code: codeGap}
		} else if err != nil {
			return err
		}
		select {
		case events <- out:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// ExecuteInteractive runs a program whose input comes while it runs.
func (s executions) ExecuteInteractive(ctx context.Context, stream *connect.BidiStream[pb.ExecuteInteractiveRequest, pb.ExecuteInteractiveResponse]) error {
	first, err := stream.Receive()
	if errors.Is(err, io.EOF) {
		return badRequest("the stream ended before its start message")
	}
	if err != nil {
		return err
	}
	if first.GetStart() == nil {
		return badRequest("the first message must be start")
	}
	run, err := s.start(ctx, first.GetStart(), true)
	if err != nil {
		return err
	}
	defer run.Release()
	wrong := make(chan error, 1)
	go func() {
		if err := feed(stream, run); err != nil {
			wrong <- err
			run.Cancel()
		}
	}()
	err = s.follow(ctx, run, 0, func(e *pb.Event) error {
		return stream.Send(&pb.ExecuteInteractiveResponse{ExecutionId: run.ID(), Event: e})
	})
	select {
	case cause := <-wrong:
		return cause
	default:
	}
	if err != nil {
		return err
	}
	return failed(ctx, run)
}

// feed hands the client's input to the program. It returns an error where the
// client broke the protocol.
func feed(stream *connect.BidiStream[pb.ExecuteInteractiveRequest, pb.ExecuteInteractiveResponse], run *service.Run) error {
	stdin, ok := run.Stdin()
	if !ok {
		return badRequest("this program takes no input while it runs")
	}
	defer stdin.Close()
	for open := true; ; {
		m, err := stream.Receive()
		if err != nil {
			// The client has nothing more to say, or is gone; the latter ends the
			// stream's context, and with it the program.
			return nil
		}
		switch m := m.GetMessage().(type) {
		case *pb.ExecuteInteractiveRequest_Stdin:
			if !open {
				return badRequest("stdin after stdin_end")
			}
			// A program that has ended reads no more; that is no fault of the client's.
			_, _ = stdin.Write(m.Stdin)
		case *pb.ExecuteInteractiveRequest_StdinEnd:
			open = false
			_ = stdin.Close() // the end of the input; it never fails
		case *pb.ExecuteInteractiveRequest_Cancel:
			run.Cancel()
		default:
			return badRequest("after start a message is stdin, stdin_end or cancel")
		}
	}
}

// GetExecution returns one execution.
func (s executions) GetExecution(ctx context.Context, req *connect.Request[pb.GetExecutionRequest]) (*connect.Response[pb.GetExecutionResponse], error) {
	e, err := s.svc.Execution(ctx, principal(ctx), req.Msg.GetExecutionId())
	if err != nil {
		return nil, fail(ctx, err)
	}
	return connect.NewResponse(&pb.GetExecutionResponse{Execution: execution(e)}), nil
}

// ListExecutions returns a page of the history.
func (s executions) ListExecutions(ctx context.Context, req *connect.Request[pb.ListExecutionsRequest]) (*connect.Response[pb.ListExecutionsResponse], error) {
	m := req.Msg
	page, err := s.svc.Executions(ctx, principal(ctx), service.Query{
		Language: m.GetLanguage(), Verdict: m.GetVerdict(), State: m.GetState(), Sandbox: m.GetSandboxId(),
		Cursor: m.GetPageToken(), Limit: int(m.GetPageSize()),
	})
	if err != nil {
		return nil, fail(ctx, err)
	}
	out := &pb.ListExecutionsResponse{NextPageToken: page.Next}
	for _, e := range page.Executions {
		out.Executions = append(out.Executions, execution(e))
	}
	return connect.NewResponse(out), nil
}

// CancelExecution ends an execution.
func (s executions) CancelExecution(ctx context.Context, req *connect.Request[pb.CancelExecutionRequest]) (*connect.Response[pb.CancelExecutionResponse], error) {
	e, err := s.svc.DeleteExecution(ctx, principal(ctx), req.Msg.GetExecutionId())
	if err != nil {
		return nil, fail(ctx, err)
	}
	return connect.NewResponse(&pb.CancelExecutionResponse{Execution: execution(e)}), nil
}

// chunk is how many bytes a message of a download has.
const chunk = 256 << 10

// DownloadArtifact sends a file that a program left.
func (s executions) DownloadArtifact(ctx context.Context, req *connect.Request[pb.DownloadArtifactRequest], out *connect.ServerStream[pb.DownloadArtifactResponse]) error {
	info, f, err := s.svc.Artifact(ctx, principal(ctx), req.Msg.GetExecutionId(), req.Msg.GetPath())
	if err != nil {
		return fail(ctx, err)
	}
	defer f.Close()
	if err := out.Send(&pb.DownloadArtifactResponse{Part: &pb.DownloadArtifactResponse_Info{Info: artifact(info)}}); err != nil {
		return err
	}
	return fail(ctx, chunks(f, func(b []byte) error {
		return out.Send(&pb.DownloadArtifactResponse{Part: &pb.DownloadArtifactResponse_Chunk{Chunk: b}})
	}))
}

// chunks hands r over piece by piece.
func chunks(r io.Reader, send func([]byte) error) error {
	buf := make([]byte, chunk)
	for {
		n, err := io.ReadFull(r, buf)
		if n > 0 {
			if err := send(buf[:n]); err != nil {
				return err
			}
		}
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// languages is the LanguageService.
type languages struct{ *server }

// ListLanguages tells what can run.
func (s languages) ListLanguages(ctx context.Context, _ *connect.Request[pb.ListLanguagesRequest]) (*connect.Response[pb.ListLanguagesResponse], error) {
	list, err := s.svc.Languages(ctx, principal(ctx))
	if err != nil {
		return nil, fail(ctx, err)
	}
	out := &pb.ListLanguagesResponse{}
	for _, l := range list {
		out.Languages = append(out.Languages, languageInfo(l))
	}
	return connect.NewResponse(out), nil
}
