package nsbox

import (
	"encoding/base64"
	"encoding/json"
	"unicode/utf8"
)

// Verdict is how a program ended.
type Verdict string

// The verdicts. Everything but Internal is about the program.
const (
	OK           Verdict = "ok"            // exit status 0
	NonZero      Verdict = "nonzero"       // another exit status
	Signal       Verdict = "signal"        // ended by a signal
	WallTimeout  Verdict = "wall_timeout"  // Limits.Timeout
	CPUTimeout   Verdict = "cpu_timeout"   // Limits.CPUTime
	OOM          Verdict = "oom"           // Limits.Memory
	PidsLimit    Verdict = "pids_limit"    // Limits.Pids
	OutputLimit  Verdict = "output_limit"  // Limits.MaxOutput
	DiskFull     Verdict = "disk_full"     // Limits.Disk or Limits.Inodes
	CompileError Verdict = "compile_error" // the compile stage did not end well
	Denied       Verdict = "denied"        // ended by a refused system call
	Cancelled    Verdict = "cancelled"     // the caller went away or cancelled
	Internal     Verdict = "internal"      // nsbox failed; used in records, never in a Result that Run returns
)

// The stages of an execution.
const (
	StageCompile = "compile"
	StageRun     = "run"
	StageCheck   = "check" // the language's check command alone; see Request.Check
)

// Usage is what a stage used.
type Usage struct {
	WallMS          float64 `json:"wall_ms"`
	CPUMS           float64 `json:"cpu_ms"`
	MemoryPeakBytes int64   `json:"memory_peak_bytes"`
	PidsPeak        int64   `json:"pids_peak"`
	// SetupMS is the time from the helper's acceptance to the program's first
	// instruction.
	SetupMS float64 `json:"setup_ms"`
}

// LimitHit is the limit that ended a program. Value and Observed are in the
// limit's unit: bytes, milliseconds or a count.
type LimitHit struct {
	Name     string `json:"name"`
	Value    int64  `json:"value"`
	Observed int64  `json:"observed"`
}

// Kept says how much of a stream is in the result.
type Kept struct {
	TotalBytes int64 `json:"total_bytes"`
	KeptBytes  int64 `json:"kept_bytes"`
}

// Truncated holds Kept for both streams; total and kept are equal where nothing
// was cut.
type Truncated struct {
	Stdout Kept `json:"stdout"`
	Stderr Kept `json:"stderr"`
}

// Artifact is a file that a program left under /workspace.
type Artifact struct {
	Path     string `json:"path"`
	MIMEType string `json:"mime_type"`
	Size     int64  `json:"size"`
	SHA256   string `json:"sha256"`
	// Data is the content. It is nil in JSON unless asked for.
	Data []byte `json:"data,omitempty"`
}

// Skipped is an entry under /workspace that was not collected, and why.
type Skipped struct {
	Path   string `json:"path"`
	Reason string `json:"reason"`
}

// DeniedCall is a system call that the seccomp profile refused.
type DeniedCall struct {
	Syscall string `json:"syscall"`
	Count   int64  `json:"count"`
}

// Isolation tells what stood between the program and the host.
type Isolation struct {
	Namespaces []string `json:"namespaces"`
	Cgroup     string   `json:"cgroup"` // "v2", "v1" or "hybrid"
	Seccomp    string   `json:"seccomp"`
	Landlock   bool     `json:"landlock"`
	Warm       bool     `json:"warm"`
	// Start is how the last stage's command came to run: StartExec, StartForked or
	// StartStarted. What confines it is the same.
	Start string `json:"start,omitempty"`
}

// How a command is started.
const (
	StartExec    = "exec"    // executed in its sandbox
	StartForked  = "forked"  // forked from an interpreter that was up
	StartStarted = "started" // waiting in its sandbox
)

// StageResult is how one stage ended. The helper makes it without the streams;
// the client, which reads them, adds those.
type StageResult struct {
	Verdict  Verdict      `json:"verdict"`
	ExitCode int          `json:"exit_code"`
	Signal   string       `json:"signal,omitempty"`
	Stdout   []byte       `json:"-"`
	Stderr   []byte       `json:"-"`
	Usage    Usage        `json:"usage"`
	Limit    *LimitHit    `json:"limit,omitempty"`
	Denied   []DeniedCall `json:"denied,omitempty"`
	// Cached says that the helper had the outcome of just this compile stage from
	// an earlier one: its streams are shown again, and Usage is zero.
	Cached bool `json:"cached,omitempty"`
}

// MarshalJSON adds the streams as text to s, as [Result.MarshalJSON] does.
func (s StageResult) MarshalJSON() ([]byte, error) {
	type plain StageResult
	return json.Marshal(struct {
		plain
		streams
	}{plain(s), encodeStreams(s.Stdout, s.Stderr)})
}

// Result is how an execution ended. Its top level repeats the stage that
// decided it: the run stage, or the compile stage where compiling failed.
type Result struct {
	ID        string       `json:"id"`
	Language  string       `json:"language"`
	Verdict   Verdict      `json:"verdict"`
	ExitCode  int          `json:"exit_code"`
	Signal    string       `json:"signal"`
	Stdout    []byte       `json:"-"`
	Stderr    []byte       `json:"-"`
	Stage     string       `json:"stage"`
	Compile   *StageResult `json:"compile,omitempty"`
	Usage     Usage        `json:"usage"`
	Limit     *LimitHit    `json:"limit"`
	Denied    []DeniedCall `json:"denied,omitempty"`
	Truncated Truncated    `json:"truncated"`
	Artifacts []Artifact   `json:"artifacts"`
	Skipped   []Skipped    `json:"skipped,omitempty"`
	Healed    bool         `json:"healed"`
	// Iterations counts the executions: 1 without healing.
	Iterations int `json:"iterations"`
	// FinalCode is the main file as it is after healing; it and what follows are
	// empty where healing was not asked for.
	FinalCode  string     `json:"final_code,omitempty"`
	StopReason StopReason `json:"stop_reason,omitempty"`
	Attempts   []Attempt  `json:"attempts,omitempty"`
	Isolation  Isolation  `json:"isolation"`
	// Value and StateLost are of [Sandbox.Eval] alone.
	Value     *Value `json:"value,omitempty"`
	StateLost bool   `json:"state_lost,omitempty"`
}

type streams struct {
	Stdout         string `json:"stdout"`
	StdoutEncoding string `json:"stdout_encoding,omitempty"`
	Stderr         string `json:"stderr"`
	StderrEncoding string `json:"stderr_encoding,omitempty"`
}

func encodeStreams(stdout, stderr []byte) streams {
	var s streams
	s.Stdout, s.StdoutEncoding = encodeStream(stdout)
	s.Stderr, s.StderrEncoding = encodeStream(stderr)
	return s
}

// encodeStream returns b as text, or as base64 where JSON would change it.
func encodeStream(b []byte) (text, encoding string) {
	if utf8.Valid(b) {
		return string(b), ""
	}
	return base64.StdEncoding.EncodeToString(b), "base64"
}

func decodeStream(text, encoding string) ([]byte, error) {
	if encoding == "base64" {
		return base64.StdEncoding.DecodeString(text)
	}
	return []byte(text), nil
}

// MarshalJSON writes the streams as text, or as base64 with an encoding field
// beside it where they are not UTF-8.
func (r Result) MarshalJSON() ([]byte, error) {
	type plain Result
	if r.Artifacts == nil {
		r.Artifacts = []Artifact{}
	}
	return json.Marshal(struct {
		plain
		streams
	}{plain(r), encodeStreams(r.Stdout, r.Stderr)})
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (r *Result) UnmarshalJSON(b []byte) error {
	type plain Result
	v := struct {
		*plain
		streams
	}{plain: (*plain)(r)}
	err := json.Unmarshal(b, &v)
	if err == nil {
		r.Stdout, err = decodeStream(v.streams.Stdout, v.StdoutEncoding)
	}
	if err == nil {
		r.Stderr, err = decodeStream(v.streams.Stderr, v.StderrEncoding)
	}
	return err
}
