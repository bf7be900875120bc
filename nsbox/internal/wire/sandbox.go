package wire

import "encoding/json"

// The messages about sandboxes that live on. A connection carries one of them.
//
//	client                                   helper
//	  Create {request}           ------>
//	                             <------     Info {sandbox}, OK
//	  Manage {op, sandbox}       ------>
//	                             <------     Info ..., OK
//	  Exec, Eval {sandbox, spec} ------>     as Run: data, Started, Kill, Ended, Done
//	  File {op, sandbox, path}   ------>
//	                             <------     Info {entry}, OK
//	                             <------     or, to read, write and list: Stream {entry} + a pipe's end,
//	                                         then Info {entry}, OK once all has gone through it
//
// Each may be answered by Error instead. What goes through the pipe is a file's
// bytes; or lines of JSON, each an entry; or, to write, chunks with their length
// before them as four bytes, the highest first, and an empty one as the last.
const (
	KindCreate Kind = 'N' // nsbox.SandboxRequest
	KindManage Kind = 'M' // Manage
	KindExec   Kind = 'G' // Inside, with nsbox.Spec
	KindEval   Kind = 'V' // Inside, with nsbox.EvalSpec
	KindFile   Kind = 'A' // FileOp
	KindInfo   Kind = 'I' // nsbox.SandboxInfo, VolumeInfo, SandboxFile or PoolStats
	KindStream Kind = 'B' // nsbox.SandboxFile
	KindOK     Kind = 'O' // the end of the answers; empty
)

type (
	// Manage asks for something about a sandbox, by its id or name, or a volume.
	Manage struct {
		Op       string `json:"op"`
		Sandbox  string `json:"sandbox,omitempty"`
		TTLNanos int64  `json:"ttl_ns,omitempty"`
		Volume   string `json:"volume,omitempty"`
	}
	// Inside asks for an execution in a sandbox. Size bytes of data follow.
	Inside struct {
		Sandbox string          `json:"sandbox"`
		Spec    json.RawMessage `json:"spec"`
		Size    int64           `json:"size"`
	}
	// FileOp asks for an operation on a file of a sandbox.
	FileOp struct {
		Op        string `json:"op"`
		Sandbox   string `json:"sandbox"`
		Path      string `json:"path"`
		Mode      uint32 `json:"mode,omitempty"`
		Recursive bool   `json:"recursive,omitempty"`
	}
)

// Operations of Manage.
const (
	OpInfo         = "info"
	OpList         = "list"
	OpPause        = "pause"
	OpResume       = "resume"
	OpExtend       = "extend"
	OpSave         = "save"
	OpClose        = "close"
	OpVolumes      = "volumes"
	OpRemoveVolume = "remove_volume"
	OpPool         = "pool" // answered by as many Info as there are kinds
)

// Operations of FileOp.
const (
	FileRead   = "read"
	FileWrite  = "write"
	FileList   = "list"
	FileStat   = "stat"
	FileMkdir  = "mkdir"
	FileRemove = "remove"
)

// Classes of Error about sandboxes that live on.
const (
	ClassNoSandbox = "no_sandbox"
	ClassBusy      = "busy"
	ClassPaused    = "paused"
	ClassNotExist  = "not_exist"
	ClassExist     = "exist"
	ClassQuota     = "quota"
)
