package nsbox

import (
	"encoding/json"
	"time"
)

// EventType names what an Event tells.
type EventType string

// The events of an execution, in the order in which they can come.
const (
	EventStart    EventType = "start"
	EventStage    EventType = "stage"
	EventStdout   EventType = "stdout"
	EventStderr   EventType = "stderr"
	EventArtifact EventType = "artifact"
	// EventDiagnosis, EventPatch and EventRerun come with healing alone.
	EventDiagnosis EventType = "diagnosis"
	EventPatch     EventType = "patch"
	EventRerun     EventType = "rerun"
	EventLimit     EventType = "limit"
	EventExit      EventType = "exit"
	EventError     EventType = "error"
)

// Event is one thing that happened in an execution. Seq counts from 1 within
// it. Only the fields of its type are set.
type Event struct {
	Seq      int64
	Time     time.Time
	Type     EventType
	ID       string    // start
	Language string    // start
	Stage    string    // stage, stdout, stderr
	Data     []byte    // stdout, stderr
	Artifact *Artifact // artifact
	Limit    *LimitHit // limit
	Result   *Result   // exit
	Error    string    // error
	// Code is the class of an error, where whoever runs the program has such: that
	// of the answer which the daemon gives to who waits for the end.
	Code string
	// Iteration is the number of the run: of its diagnosis, patch or rerun.
	Iteration int
	Diagnosis *Diagnosis // diagnosis
	Patch     *Attempt   // patch
}

// MarshalJSON writes the event in the schema that all interfaces share; Data
// that is not UTF-8 is base64 with "encoding":"base64" beside it.
func (e Event) MarshalJSON() ([]byte, error) {
	data, encoding := encodeStream(e.Data)
	return json.Marshal(struct {
		Seq       int64      `json:"seq"`
		Time      string     `json:"ts"`
		Type      EventType  `json:"type"`
		ID        string     `json:"id,omitempty"`
		Language  string     `json:"language,omitempty"`
		Stage     string     `json:"stage,omitempty"`
		Data      string     `json:"data,omitempty"`
		Encoding  string     `json:"encoding,omitempty"`
		Artifact  *Artifact  `json:"artifact,omitempty"`
		Limit     *LimitHit  `json:"limit,omitempty"`
		Result    *Result    `json:"result,omitempty"`
		Error     string     `json:"error,omitempty"`
		Code      string     `json:"code,omitempty"`
		Iteration int        `json:"iteration,omitempty"`
		Diagnosis *Diagnosis `json:"diagnosis,omitempty"`
		Patch     *Attempt   `json:"patch,omitempty"`
	}{e.Seq, e.Time.Format(time.RFC3339Nano), e.Type, e.ID, e.Language, e.Stage,
		data, encoding, e.Artifact, e.Limit, e.Result, e.Error, e.Code, e.Iteration, e.Diagnosis, e.Patch})
}
