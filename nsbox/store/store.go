// Package store says what the daemon keeps: executions, users, keys, tokens, the
// audit log, settings. Packages sqlite and postgres keep it; storetest holds
// what both must do.
package store

import (
	"context"
	"errors"
	"time"
)

// The classes of a store's errors. Every other error is the database's failure.
var (
	// ErrNotFound: there is nothing of that id.
	ErrNotFound = errors.New("not found")
	// ErrExists: an id or name is taken.
	ErrExists = errors.New("exists already")
)

// The states of an execution.
const (
	StateQueued  = "queued"
	StateRunning = "running"
	StateDone    = "done"
	// StateLost is an execution whose daemon ended before it did.
	StateLost = "lost"
)

// Execution is one program's run as the history has it.
type Execution struct {
	ID        string
	OwnerID   string
	OwnerName string
	Language  string
	State     string
	// Verdict is empty until the execution is done.
	Verdict string
	// ExitCode is nil where no program ended.
	ExitCode *int
	// CodeSHA256 is the hash of the main file, in hexadecimal.
	CodeSHA256 string
	// Code is the main file, empty where the configuration does not keep it.
	Code string
	// Text is what a search looks through beside Code: the head of the output, the
	// error.
	Text  string
	Batch string
	// Sandbox is the id of the long-lived sandbox that it ran in, if any.
	Sandbox string
	// RequestID is that of the request that asked for it.
	RequestID string
	Created   time.Time
	Started   time.Time // zero until it runs
	Finished  time.Time // zero until it is done
	// WallMS and CPUMS are the program's, Iterations counts its runs.
	WallMS     float64
	CPUMS      float64
	Healed     bool
	Iterations int
	// Result is the nsbox.Result as JSON, nil where there is none.
	Result []byte
	// Error is nsbox's own failure, and ErrorCode its class.
	Error     string
	ErrorCode string
	// EventSeq is the sequence number of the last event.
	EventSeq int64
}

// ExecutionQuery selects executions, newest first. Zero fields select all.
type ExecutionQuery struct {
	OwnerID  string
	Language string
	Verdict  string
	State    string
	Batch    string
	Sandbox  string
	// Text is searched for in code, output and error, upper and lower case alike.
	Text string
	// From and To bound Created: From is included, To is not.
	From, To time.Time
	// Before is the id that the page follows, in the order of the answer.
	Before string
	// Limit is the most executions of the answer; it must be above zero.
	Limit int
	// Results fetches Result and Code, which a list does not show.
	Results bool
}

// Count is how often a value came.
type Count struct {
	Value string `json:"value"`
	Count int64  `json:"count"`
}

// Stats are the statistics of a part of the history.
type Stats struct {
	Executions int64   `json:"executions"`
	Healed     int64   `json:"healed"`
	Verdicts   []Count `json:"verdicts"`
	Languages  []Count `json:"languages"`
	States     []Count `json:"states"`
	// AvgWallMS and MaxWallMS are over all that are done.
	AvgWallMS float64 `json:"avg_wall_ms"`
	MaxWallMS float64 `json:"max_wall_ms"`
	AvgCPUMS  float64 `json:"avg_cpu_ms"`
}

// User is somebody who may log in.
type User struct {
	ID   string
	Name string
	Role string
	// PasswordHash is in PHC form; empty where the user has no password.
	PasswordHash string
	Disabled     bool
	Created      time.Time
	Updated      time.Time
}

// Key is an API key. The key itself is not kept.
type Key struct {
	// ID is the key's public part.
	ID      string
	OwnerID string
	// OwnerName and Role are the principal's that the key stands for.
	OwnerName string
	Role      string
	// Name says what the key is for.
	Name string
	// Hash is the SHA-256 of the whole key, in hexadecimal.
	Hash     string
	Created  time.Time
	Expires  time.Time // zero: never
	LastUsed time.Time
	Revoked  time.Time // zero: valid
}

// RefreshToken is one link of a chain of tokens that replace each other. The
// token itself is not kept.
type RefreshToken struct {
	Hash string
	// Family is common to all tokens that come from one login.
	Family  string
	UserID  string
	Created time.Time
	Expires time.Time
	// Used is when it was exchanged for the next; zero where it was not.
	Used time.Time
	// Revoked is when its family was ended; zero where it was not.
	Revoked time.Time
}

// Idempotent is the answer to a request that came with an idempotency key.
type Idempotent struct {
	Owner string
	Key   string
	// BodyHash is of what was asked for.
	BodyHash string
	// Done is set once Response is the answer.
	Done     bool
	Response []byte
	Created  time.Time
}

// AuditRecord is one line of the audit log.
type AuditRecord struct {
	Seq     int64
	Time    time.Time
	Actor   string // the principal's name
	ActorID string
	Addr    string
	Action  string // such as execute, login, key.create
	Target  string
	Outcome string // such as ok, denied, failed, a verdict
	// Detail is a JSON object.
	Detail string
	// Prev and Hash chain the log, in hexadecimal.
	Prev, Hash string
}

// AuditQuery selects audit records, newest first. Zero fields select all.
type AuditQuery struct {
	Actor, Action, Target, Outcome string
	From, To                       time.Time
	// Before is the sequence number that the page follows; 0 begins.
	Before int64
	Limit  int
}

// Sandbox is what the daemon knows of a long-lived sandbox beside the helper.
type Sandbox struct {
	ID        string
	OwnerID   string
	OwnerName string
	Name      string
	Language  string
	State     string // creating, running, paused, terminated
	// Persistent tells that its storage outlives it.
	Persistent bool
	// Spec is what it was made with, as JSON.
	Spec    []byte
	Created time.Time
	Expires time.Time // zero: never
	Ended   time.Time // zero: lives
	Error   string
}

// Store keeps it all. Every method is safe for concurrent use, and every change
// is on its way to the disk when it returns: the end of the daemon's process
// loses none.
type Store interface {
	// PutExecution records an execution that is queued or running.
	PutExecution(ctx context.Context, e Execution) error
	// UpdateExecution replaces what is kept of e.ID.
	UpdateExecution(ctx context.Context, e Execution) error
	Execution(ctx context.Context, id string) (Execution, error)
	Executions(ctx context.Context, q ExecutionQuery) ([]Execution, error)
	// ExecutionStats are over what q selects; its Before and Limit do not count.
	ExecutionStats(ctx context.Context, q ExecutionQuery) (Stats, error)
	// LoseExecutions marks what is queued or running as lost, with reason as its
	// error, and returns it.
	LoseExecutions(ctx context.Context, now time.Time, reason string) ([]Execution, error)
	// PruneExecutions deletes finished executions that were made before the time,
	// and the oldest of more than keep; 0 keeps all. It returns what is gone, at
	// most limit ids.
	PruneExecutions(ctx context.Context, before time.Time, keep int64, limit int) ([]string, error)

	CreateUser(ctx context.Context, u User) error
	UpdateUser(ctx context.Context, u User) error
	// DeleteUser deletes the user with keys and tokens.
	DeleteUser(ctx context.Context, id string) error
	User(ctx context.Context, id string) (User, error)
	UserByName(ctx context.Context, name string) (User, error)
	Users(ctx context.Context) ([]User, error)

	CreateKey(ctx context.Context, k Key) error
	Key(ctx context.Context, id string) (Key, error)
	// Keys lists the owner's keys, or everybody's where ownerID is empty.
	Keys(ctx context.Context, ownerID string) ([]Key, error)
	RevokeKey(ctx context.Context, id string, now time.Time) error
	TouchKey(ctx context.Context, id string, now time.Time) error

	CreateRefresh(ctx context.Context, t RefreshToken) error
	// UseRefresh marks the token as used and returns it as it was before. Of
	// several callers at once one finds it unused.
	UseRefresh(ctx context.Context, hash string, now time.Time) (RefreshToken, error)
	RevokeFamily(ctx context.Context, family string, now time.Time) error
	// RevokeUser ends all families of the user.
	RevokeUser(ctx context.Context, userID string, now time.Time) error
	PruneRefresh(ctx context.Context, before time.Time) error

	// BeginIdempotent records that a request with this key began. Where there is
	// one already, it returns that with ErrExists.
	BeginIdempotent(ctx context.Context, i Idempotent) (Idempotent, error)
	FinishIdempotent(ctx context.Context, owner, key string, response []byte) error
	DropIdempotent(ctx context.Context, owner, key string) error
	// PruneIdempotent deletes the records made before the time, and, where
	// unfinished is set, those that no answer came to.
	PruneIdempotent(ctx context.Context, before time.Time, unfinished bool) error

	// AppendAudit records lines of the audit log, all or none.
	AppendAudit(ctx context.Context, r ...AuditRecord) error
	Audit(ctx context.Context, q AuditQuery) ([]AuditRecord, error)
	PruneAudit(ctx context.Context, before time.Time) error

	PutSandbox(ctx context.Context, s Sandbox) error
	Sandbox(ctx context.Context, id string) (Sandbox, error)
	// Sandboxes lists the owner's, or everybody's where ownerID is empty, newest
	// first; with live only those that have not ended.
	Sandboxes(ctx context.Context, ownerID string, live bool) ([]Sandbox, error)
	PruneSandboxes(ctx context.Context, before time.Time) error

	// Setting returns ErrNotFound where nobody set name.
	Setting(ctx context.Context, name string) (string, error)
	SetSetting(ctx context.Context, name, value string) error

	// Ping asks the database whether it answers.
	Ping(ctx context.Context) error
	// Kind names the database: sqlite, postgres.
	Kind() string
	Close() error
}
