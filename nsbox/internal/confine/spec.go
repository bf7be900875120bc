package confine

import (
	"encoding/binary"
	"fmt"
	"syscall"
)

// Kinds of the packets between helper and zygote.
const (
	KindProfile = 'P' // helper: Profile
	KindSpawn   = 'S' // helper: Spec with its descriptors
	KindCollect = 'C' // helper: CollectSpec with its descriptors
	KindKeep    = 'K' // helper: Spec of a keeper with its descriptors
	KindEnter   = 'E' // helper: Spec of what enters a keeper's sandbox, with its descriptors
	KindFiles   = 'F' // helper: FilesSpec with its descriptors
	KindReady   = 'Y' // zygote: Ready
	KindChild   = 'H' // zygote: Child with its pidfd, user and mount namespaces
	KindStep    = 'N' // helper: StepQuery; zygote: StepName
	KindFailed  = 'X' // zygote: Failure
)

// Spec is one sandbox to prepare, up to its gate: all that does not depend on
// what will run in it. The packet carries the descriptors stdin, stdout, stderr,
// report and gate (sockets of packets), and Joins files to enter a cgroup by.
// With TTY the first three are the same pseudo-terminal.
type Spec struct {
	// InitID and ProgramID are ids of the zygote's user namespace, used as uid
	// and gid, that no other live sandbox has.
	InitID    uint32 `json:"init_id"`
	ProgramID uint32 `json:"program_id"`
	// Disk is in bytes, Inodes a count, for all writable file systems together.
	Disk   int64 `json:"disk"`
	Inodes int64 `json:"inodes"`
	Joins  int   `json:"joins"`
	TTY    bool  `json:"tty"`
	// Build makes /build the program's.
	Build bool `json:"build"`
	// Template, where it is not nil, is the interpreter to clone the sandbox from;
	// what comes through the gate must be LateFork then. See IsTemplate for the errors.
	Template *Template `json:"template,omitempty"`
}

// Ready is the zygote's first message: it serves, and has set memory aside at
// the address Region that all its children will have there.
type Ready struct {
	Region uint64 `json:"region"`
}

// FileEntry is one file to write before the program starts. Its bytes follow
// those of the entry before it in the memfd.
type FileEntry struct {
	Name string `json:"name"` // below the directory, checked by policy
	Size int64  `json:"size"`
	Exec bool   `json:"exec"`
	// Build puts the file under /build, owned by init and not writable for the
	// program, instead of under /workspace.
	Build bool `json:"build,omitempty"`
}

// Profile is a compiled seccomp filter: struct sock_filter, 8 bytes each.
type Profile struct {
	ID  string `json:"id"`
	BPF []byte `json:"bpf"`
}

// CollectSpec asks for the files below a directory of a sandbox whose
// processes are dead. The packet carries the descriptors of the sandbox's user
// and mount namespaces, the write end of a pipe for the listing, a memfd for the
// bytes, report (a socket of packets) and Joins files to enter a cgroup by.
type CollectSpec struct {
	Dir      string `json:"dir"`     // "/workspace" or "/build"
	Profile  string `json:"profile"` // the collector's own seccomp program
	Joins    int    `json:"joins"`
	MaxFiles int    `json:"max_files"`
	MaxBytes int64  `json:"max_bytes"`
	MaxDepth int    `json:"max_depth"`
}

// Child numbers a child of the zygote.
type Child struct {
	Number uint64 `json:"number"`
	// Region is where the sandbox has what comes through its gate, if not where
	// Ready said.
	Region uint64 `json:"region,omitempty"`
}

// StepQuery asks for the name of a step that a Record of a child has by its
// number, StepName answers.
type (
	StepQuery struct {
		Child uint64 `json:"child"`
		Step  int    `json:"step"`
	}
	StepName struct {
		Name string `json:"name"`
	}
)

// Failure is a step that failed and its errno.
type Failure struct {
	Step  string `json:"step"`
	Errno int    `json:"errno"`
	Why   string `json:"why,omitempty"` // where the errno does not tell
}

// Error names the step and says what went wrong.
func (f Failure) Error() string {
	if f.Why != "" {
		return f.Step + ": " + f.Why
	}
	return fmt.Sprintf("%s: %v", f.Step, syscall.Errno(f.Errno))
}

// Unwrap returns the errno.
func (f Failure) Unwrap() error { return syscall.Errno(f.Errno) }

// RecordKind says what a Record reports.
type RecordKind uint32

// The records that come over the report socket, one a packet, in the order in
// which they stand from RecordWaiting on.
const (
	RecordFailed  RecordKind = 1 // a step of the set-up failed: Step, Value is the errno
	RecordWaiting RecordKind = 5 // the sandbox waits at its gate
	RecordReady   RecordKind = 2 // the next call is execve
	RecordRunning RecordKind = 3 // execve is done; the packet has the seccomp listener
	RecordExit    RecordKind = 4 // the program ended: Value is its wait status
	// RecordEntered comes from what enters a keeper's sandbox, with the pidfd of
	// the program's pid 1, and as the only one from a keeper itself, with the scratch
	// directory.
	RecordEntered RecordKind = 6
)

// RecordSize is the length of an encoded Record in bytes.
const RecordSize = timeOffset + 16

// timeOffset is where a record has the time, as a struct timespec.
const timeOffset = 16 + statfsSize

// statfsSize covers struct statfs of 64-bit Linux.
const statfsSize = 120

// Record is one report of the sandbox.
type Record struct {
	Kind  RecordKind
	Step  int
	Value int
	// Time is CLOCK_MONOTONIC in nanoseconds, of RecordWaiting, RecordReady and RecordExit.
	Time int64
	// Of the scratch file system when the program ended.
	BlockSize, Blocks, BlocksFree, Inodes, InodesFree int64
}

// DecodeRecord reads what the child wrote. b has RecordSize bytes.
func DecodeRecord(b []byte) (Record, error) {
	if len(b) != RecordSize {
		return Record{}, fmt.Errorf("report: record of %d bytes; want %d", len(b), RecordSize)
	}
	u32 := func(off int) int { return int(int32(binary.NativeEndian.Uint32(b[off:]))) }
	u64 := func(off int) int64 { return int64(binary.NativeEndian.Uint64(b[16+off:])) }
	r := Record{Kind: RecordKind(u32(0)), Step: u32(4), Value: u32(8)}
	if r.Kind < RecordFailed || r.Kind > RecordEntered {
		return Record{}, fmt.Errorf("report: unknown record %d", r.Kind)
	}
	r.Time = u64(statfsSize)*1e9 + u64(statfsSize+8)
	// struct statfs, 64 bit: type, bsize, blocks, bfree, bavail, files, ffree, ...
	r.BlockSize, r.Blocks, r.BlocksFree, r.Inodes, r.InodesFree = u64(8), u64(16), u64(24), u64(40), u64(48)
	return r, nil
}
