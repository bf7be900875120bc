package service

import (
	"encoding/json"
	"time"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/store"
)

// Execution is one program's run, live or of the history.
type Execution struct {
	ID        string `json:"id"`
	OwnerID   string `json:"owner_id"`
	OwnerName string `json:"owner"`
	Language  string `json:"language"`
	// State is queued, running, done or lost.
	State      string        `json:"state"`
	Verdict    nsbox.Verdict `json:"verdict,omitempty"`
	ExitCode   *int          `json:"exit_code,omitempty"`
	CodeSHA256 string        `json:"code_sha256"`
	// Code is the main file as it came, where the history keeps it; lists have it
	// not.
	Code      string    `json:"code,omitempty"`
	Batch     string    `json:"batch,omitempty"`
	Sandbox   string    `json:"sandbox,omitempty"`
	RequestID string    `json:"request_id,omitempty"`
	Created   time.Time `json:"created"`
	Started   time.Time `json:"started,omitzero"`
	Finished  time.Time `json:"finished,omitzero"`
	WallMS    float64   `json:"wall_ms"`
	CPUMS     float64   `json:"cpu_ms"`
	// Healed and Iterations are the result's.
	Healed     bool `json:"healed"`
	Iterations int  `json:"iterations"`
	// Result is nil in lists, before the end, and where nsbox failed.
	Result *nsbox.Result `json:"result,omitempty"`
	// Error is nsbox's own failure, and ErrorCode the code of a service.Error for
	// it, or lost.
	Error     string `json:"error,omitempty"`
	ErrorCode string `json:"error_code,omitempty"`
	// EventSeq is the sequence number of the last event.
	EventSeq int64 `json:"event_seq,omitempty"`
}

// Err returns nsbox's failure at the execution, nil where a program ended,
// however it did.
func (e Execution) Err() *Error {
	if e.Error == "" {
		return nil
	}
	err := &Error{Code: e.ErrorCode, Message: e.Error}
	switch e.ErrorCode {
	case CodeOverloaded, CodeUnavailable:
		err.RetryAfter = 2 * time.Second
	case "", "lost":
		err.Code = CodeInternal
	}
	return err
}

func fromStore(e store.Execution) Execution {
	v := Execution{
		ID: e.ID, OwnerID: e.OwnerID, OwnerName: e.OwnerName, Language: e.Language, State: e.State, Verdict: nsbox.Verdict(e.Verdict),
		ExitCode: e.ExitCode, CodeSHA256: e.CodeSHA256, Code: e.Code, Batch: e.Batch, Sandbox: e.Sandbox, RequestID: e.RequestID,
		Created: e.Created, Started: e.Started, Finished: e.Finished, WallMS: e.WallMS, CPUMS: e.CPUMS,
		Healed: e.Healed, Iterations: e.Iterations, Error: e.Error, ErrorCode: e.ErrorCode, EventSeq: e.EventSeq,
	}
	if len(e.Result) > 0 {
		var res nsbox.Result
		if json.Unmarshal(e.Result, &res) == nil {
			v.Result = &res
		}
	}
	return v
}

// maxStored is how much of each stream the history keeps.
const maxStored = 1 << 20

// slim returns a copy of r that the history keeps: without the bytes of
// artifacts, which are files of their own, and with head and tail of streams
// that are larger than maxStored.
func slim(r nsbox.Result) nsbox.Result {
	r.Artifacts = withoutData(r.Artifacts)
	r.Stdout, r.Truncated.Stdout = shorten(r.Stdout, r.Truncated.Stdout)
	r.Stderr, r.Truncated.Stderr = shorten(r.Stderr, r.Truncated.Stderr)
	return r
}

func withoutData(list []nsbox.Artifact) []nsbox.Artifact {
	out := make([]nsbox.Artifact, len(list))
	for i, a := range list {
		a.Data = nil
		out[i] = a
	}
	return out
}

func shorten(b []byte, k nsbox.Kept) ([]byte, nsbox.Kept) {
	if len(b) <= maxStored {
		return b, k
	}
	const half = maxStored / 2
	left := len(b) - maxStored
	short := append([]byte(nil), b[:half]...)
	short = append(short, "\n[nsbox: "+itoa(int64(left))+" bytes left out of the history]\n"...)
	short = append(short, b[len(b)-half:]...)
	k.KeptBytes = max(0, k.KeptBytes-int64(left))
	return short, k
}
