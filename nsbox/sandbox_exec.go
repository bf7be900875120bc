package nsbox

import (
	"context"
	"encoding/json"
	"fmt"
	"io"

	"github.com/nsbox/nsbox/nsbox/internal/wire"
)

// Value is what a snippet's last expression gave.
type Value struct {
	// Text is how the language shows it: repr in Python, util.inspect in
	// JavaScript. What is long is cut, with "..." at its end.
	Text string `json:"text"`
	// Type is the language's name for its type.
	Type string `json:"type,omitempty"`
	// JSON is the value itself where JSON can hold it and it is not large.
	JSON json.RawMessage `json:"json,omitempty"`
}

// EvalRequest is a snippet for a sandbox's interpreter, which keeps its state
// between snippets.
type EvalRequest struct {
	Code string
	// Limits: Timeout, CPUTime and MaxOutput of this snippet; zero takes the
	// sandbox's. No other may be set.
	Limits Limits
	// Reset starts a fresh interpreter first: its state is forgotten.
	Reset bool
	// Stdout, Stderr and OnEvent are as in Request.
	Stdout, Stderr io.Writer
	OnEvent        func(Event)
}

// EvalSpec is what the helper is told of an EvalRequest; the code follows.
type EvalSpec struct {
	Limits Limits `json:"limits"`
	Reset  bool   `json:"reset,omitempty"`
}

// Exec runs one program in the sandbox and returns how it ended, as
// [Client.Run] does: the same verdicts, streams and events. What it starts ends
// with it; the sandbox lives on.
//
// Its files are written to /workspace first, over what is there, and stay. The
// name of the main file may be left empty: then it gets one of its own, which is
// removed afterwards. Two executions at the same time may not bring different
// files of one name: the second is refused with [ErrBusy]. With Command set, a
// command of the image runs instead of the language's, and there need be no file.
//
// A compiled language is compiled in a fresh sandbox beside this one. Of Limits,
// Memory, CPUs and Pids can be less than the sandbox's own, never more; Disk,
// Inodes and Profile are the sandbox's. Artifacts are refused: the files are in
// the sandbox, see [Sandbox.ListFiles].
func (s *Sandbox) Exec(ctx context.Context, req Request) (Result, error) {
	spec, err := json.Marshal(req.Spec())
	if err != nil {
		return Result{}, err
	}
	return s.run(ctx, &req, wire.KindExec, spec)
}

// Eval runs a snippet in the sandbox's interpreter (Python, JavaScript and
// whatever language has a [session] table), which starts with the first snippet.
// Variables, functions and imports stay for the next. Snippets run one after the
// other.
//
// An exception is verdict NonZero, with the traceback on stderr, and state is
// kept. A snippet that goes beyond a limit, or ends the interpreter, loses it:
// Result.StateLost is set, and the next snippet starts afresh. Result.Value is
// what the last expression gave, nil where there was none. A snippet has no input.
func (s *Sandbox) Eval(ctx context.Context, req EvalRequest) (Result, error) {
	spec, err := json.Marshal(EvalSpec{Limits: req.Limits, Reset: req.Reset})
	if err != nil {
		return Result{}, err
	}
	r := &Request{Files: []File{{Data: []byte(req.Code)}}, Stdout: req.Stdout, Stderr: req.Stderr, OnEvent: req.OnEvent}
	return s.run(ctx, r, wire.KindEval, spec)
}

func (s *Sandbox) run(ctx context.Context, req *Request, kind wire.Kind, spec json.RawMessage) (Result, error) {
	conn, err := s.client.dial()
	if err != nil {
		return Result{}, err
	}
	defer conn.Close()
	r := &run{conn: conn, req: req, events: events{emit: req.OnEvent}}
	r.open = func(size int64) error {
		m := wire.Inside{Sandbox: s.id, Spec: spec, Size: size}
		if n := len(spec); n > wire.MaxPacket-1024 {
			return fmt.Errorf("%w: names, arguments and environment have %d bytes together; at most %d are allowed", ErrBadRequest, n, wire.MaxPacket-1024)
		}
		if err := conn.Send(kind, m); err != nil {
			return connError(err, "before it had the request")
		}
		return nil
	}
	return r.finishWith(r.do(ctx))
}
