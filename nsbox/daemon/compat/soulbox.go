package compat

import (
	"encoding/json"
	"time"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/daemon/service"
	"github.com/nsbox/nsbox/nsbox/daemon/web"
)

// SoulBoxRequest is SoulBox's body of POST /api/v1/execute.
type SoulBoxRequest struct {
	Runtime string `json:"runtime" doc:"The language: python, nodejs, ..." example:"python"`
	Code    string `json:"code" doc:"The program"`
	// Timeout is in milliseconds, unlike the native one.
	Timeout     *float64 `json:"timeout,omitempty" doc:"Milliseconds"`
	MemoryLimit *float64 `json:"memory_limit,omitempty" doc:"MiB"`
	CPULimit    *float64 `json:"cpu_limit,omitempty" doc:"Processors"`
	SessionID   string   `json:"session_id,omitempty" doc:"Taken and given back; it names nothing here"`
}

// IsSoulBox tells whether body is a SoulBox request: it has the key runtime,
// which the native one has not.
func IsSoulBox(body []byte) bool {
	var keys struct {
		Runtime  *json.RawMessage `json:"runtime"`
		Language *json.RawMessage `json:"language"`
	}
	return json.Unmarshal(body, &keys) == nil && keys.Runtime != nil && keys.Language == nil
}

// Request is what r asks for.
func (r *SoulBoxRequest) Request() (service.ExecuteRequest, error) {
	req := service.ExecuteRequest{Language: r.Runtime, Code: r.Code}
	if r.Timeout != nil {
		if *r.Timeout <= 0 || *r.Timeout > 1e12 {
			return req, refuse("timeout is %g; with runtime it is a number of milliseconds above 0", *r.Timeout)
		}
		req.Timeout = nsbox.Duration(*r.Timeout * float64(time.Millisecond))
	}
	if r.CPULimit != nil {
		if *r.CPULimit <= 0 {
			return req, refuse("cpu_limit is %g; it is a number of processors above 0", *r.CPULimit)
		}
		req.CPUs = *r.CPULimit
	}
	var err error
	req.Memory, err = megabytes("memory_limit", r.MemoryLimit)
	return req, err
}

// SoulBoxMessage is SoulBox's message to its WebSocket, and how the events of
// what it started are told.
type SoulBoxMessage struct {
	Type string `json:"type"`
	SoulBoxRequest

	execution string
	started   time.Time
}

// ParseSoulBoxMessage reads one.
func ParseSoulBoxMessage(data []byte) (*SoulBoxMessage, error) {
	m := &SoulBoxMessage{}
	return m, web.Decode(data, m)
}

// SoulBoxEvent is a message back. Output is there in every one of them, because
// SoulBox's example prints it of each.
type SoulBoxEvent struct {
	Type          string   `json:"type"` // output, complete, error
	SessionID     string   `json:"session_id"`
	ExecutionID   string   `json:"execution_id,omitempty"`
	Stream        string   `json:"stream,omitempty"`
	Output        string   `json:"output"`
	Status        string   `json:"status,omitempty"`
	ExitCode      *int     `json:"exit_code,omitempty"`
	ExecutionTime *float64 `json:"execution_time,omitempty"` // seconds
	Error         string   `json:"error,omitempty"`
}

// Accepted remembers the execution's id: SoulBox sends nothing here.
func (m *SoulBoxMessage) Accepted(execution string) any {
	m.execution, m.started = execution, time.Now()
	return nil
}

// Event returns the message that tells ev, nil where SoulBox has none.
func (m *SoulBoxMessage) Event(ev nsbox.Event) any {
	out := SoulBoxEvent{SessionID: m.SessionID, ExecutionID: m.execution}
	switch ev.Type {
	case nsbox.EventStdout, nsbox.EventStderr:
		out.Type, out.Stream, out.Output = "output", string(ev.Type), text(ev.Data)
	case nsbox.EventExit:
		took := round(time.Since(m.started).Seconds(), 6)
		out.Type, out.Status, out.ExitCode, out.ExecutionTime = "complete", "completed", &ev.Result.ExitCode, &took
		if s := sentence(ev.Result); s != nil {
			out.Status, out.Error = "failed", *s
		}
	case nsbox.EventError:
		return m.Failure(ev.Error)
	default:
		return nil
	}
	return out
}

// Failure is the message of a request that did not become an execution, or of
// an execution that nsbox failed.
func (m *SoulBoxMessage) Failure(sentence string) any {
	return SoulBoxEvent{Type: "error", SessionID: m.SessionID, ExecutionID: m.execution, Error: sentence}
}
