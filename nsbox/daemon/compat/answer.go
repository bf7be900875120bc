package compat

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"strings"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/daemon/service"
)

// Answer is the native Result with the fields of Sandbox Executor and SoulBox
// beside it. None of the names is taken by both.
type Answer struct {
	nsbox.Result
	Extra
}

// Extra is what Sandbox Executor and SoulBox answer.
type Extra struct {
	ExecutionID string `json:"execution_id" doc:"The same as id"`
	// Status is success, error or timeout.
	Status          string  `json:"status" enum:"success,error,timeout" doc:"The verdict in three words"`
	ExecutionTimeMS float64 `json:"execution_time_ms" doc:"The same as usage.wall_ms"`
	MemoryUsedMB    float64 `json:"memory_used_mb" doc:"usage.memory_peak_bytes in MiB"`
	// Error is nil where the program ended well.
	Error *string `json:"error" doc:"Why it did not end well, in one sentence; null where it did"`
	// Output is what SoulBox calls stdout.
	Output string `json:"output" doc:"The same as stdout"`
}

// NewAnswer makes the answer to an execution that ended with r.
func NewAnswer(r nsbox.Result) Answer {
	return Answer{Result: r, Extra: Extra{
		ExecutionID: r.ID, Status: Status(r.Verdict), ExecutionTimeMS: r.Usage.WallMS,
		MemoryUsedMB: round(float64(r.Usage.MemoryPeakBytes)/float64(nsbox.MiB), 3),
		Error:        sentence(&r), Output: text(r.Stdout),
	}}
}

// MarshalJSON writes both in one object.
func (a Answer) MarshalJSON() ([]byte, error) {
	native, err := json.Marshal(a.Result)
	if err != nil {
		return nil, err
	}
	extra, err := json.Marshal(a.Extra)
	if err != nil {
		return nil, err
	}
	out := make([]byte, 0, len(native)+len(extra))
	out = append(out, native[:len(native)-1]...)
	out = append(out, ',')
	return append(out, extra[1:]...), nil
}

// UnmarshalJSON reads both.
func (a *Answer) UnmarshalJSON(b []byte) error {
	if err := json.Unmarshal(b, &a.Result); err != nil {
		return err
	}
	return json.Unmarshal(b, &a.Extra)
}

// Status is a verdict as Sandbox Executor has it.
func Status(v nsbox.Verdict) string {
	switch v {
	case nsbox.OK:
		return "success"
	case nsbox.WallTimeout, nsbox.CPUTimeout:
		return "timeout"
	default:
		return "error"
	}
}

// sentence says why r is no success, nil where it is.
func sentence(r *nsbox.Result) *string {
	var s string
	switch r.Verdict {
	case nsbox.OK:
		return nil
	case nsbox.WallTimeout, nsbox.CPUTimeout:
		s = "the program ran out of time"
		if r.Limit != nil {
			s = fmt.Sprintf("the program ran longer than %g seconds", float64(r.Limit.Value)/1000)
		}
	case nsbox.OOM:
		s = "the program ran out of memory"
	case nsbox.CompileError:
		s = "the program does not compile"
	case nsbox.NonZero:
		s = lastLine(r.Stderr)
		if s == "" {
			s = fmt.Sprintf("the program ended with status %d", r.ExitCode)
		}
	case nsbox.Signal:
		s = "the program was ended by " + r.Signal
	case nsbox.PidsLimit:
		s = "the program started too many processes"
	case nsbox.OutputLimit:
		s = "the program wrote too much output"
	case nsbox.DiskFull:
		s = "the program filled its disk"
	case nsbox.Denied:
		s = "the program made a system call that is not allowed"
	case nsbox.Cancelled:
		s = "the execution was cancelled"
	default:
		s = "the execution failed"
	}
	return &s
}

// lastLine is where most languages put the error itself.
func lastLine(b []byte) string {
	lines := strings.Split(strings.TrimSpace(text(b)), "\n")
	return strings.TrimSpace(lines[len(lines)-1])
}

func round(f float64, digits int) float64 {
	p := math.Pow10(digits)
	return math.Round(f*p) / p
}

func text(b []byte) string { return string(bytes.ToValidUTF8(b, []byte("\uFFFD"))) }

func refuse(format string, args ...any) error {
	return &service.Error{Code: service.CodeUnprocessable, Message: fmt.Sprintf(format, args...)}
}

// mb is a number of MiB as a size.
func mb(n float64) nsbox.Size { return nsbox.Size(n * float64(nsbox.MiB)) }
