package nsbox

import "io"

// Limits bounds one execution. A zero field takes the language's or the
// host's default; a field outside the host's range is refused, never clamped.
type Limits struct {
	// Timeout is the wall time from the program's first instruction.
	Timeout Duration `json:"timeout,omitempty" toml:"timeout"`
	// CPUTime is the processor time of all the program's processes together.
	// Zero leaves it to Timeout and CPUs.
	CPUTime Duration `json:"cpu_time,omitempty" toml:"cpu_time"`
	// Memory bounds all memory of the sandbox, its tmpfs included; there is no
	// swap.
	Memory Size `json:"memory,omitempty" toml:"memory"`
	// CPUs is how many processors' worth of time the sandbox gets: 0.5, 2.
	CPUs float64 `json:"cpus,omitempty" toml:"cpus"`
	// Pids bounds processes and threads.
	Pids int `json:"pids,omitempty" toml:"pids"`
	// Disk bounds what is written under /workspace, /tmp and /dev/shm together.
	Disk Size `json:"disk,omitempty" toml:"disk"`
	// Inodes bounds the files and directories there.
	Inodes int `json:"inodes,omitempty" toml:"inodes"`
	// OpenFiles bounds the descriptors of each process.
	OpenFiles int `json:"open_files,omitempty" toml:"open_files"`
	// MaxOutput is how much of stdout, and of stderr, is kept.
	MaxOutput Size `json:"max_output,omitempty" toml:"max_output"`
}

// File is one file of a program. Name is relative to /workspace, with
// forward slashes and without "." or ".." in it.
type File struct {
	Name       string
	Data       []byte
	Executable bool
}

// Network is what a program can reach.
type Network string

// NetNone and NetLoopback both give the program a loopback interface of its
// own and nothing else; NetLoopback says that the program counts on it.
const (
	NetNone     Network = "none"
	NetLoopback Network = "loopback"
)

// Request is one program to run. The zero value of every field but Files is
// valid. A Request may be used again, but not by two goroutines at once.
type Request struct {
	// Language is a language's name or alias. When empty it is told from the
	// first file's extension, then its shebang.
	Language string
	// Files are the program; the first is its main file.
	Files []File
	// Command is a command of the image to run instead of the language's, with its
	// arguments. Only [Sandbox.Exec] takes one.
	Command []string
	// Args follow the program's name in its argument vector.
	Args []string
	// Env is added to the language's environment, each entry as NAME=value.
	Env []string
	// Stdin is the program's input; nil is empty input.
	Stdin io.Reader
	// Stdout and Stderr get the program's output as it comes, up to the output
	// limit, beside the copy in the Result. They may be nil. With a compiled
	// language they get the run stage's output, and the compile stage's only
	// where compiling failed.
	Stdout, Stderr io.Writer
	// Limits are the run stage's; the compile stage has the language's own.
	Limits Limits
	// Network is NetNone when empty.
	Network Network
	// Profile names a seccomp profile; empty is the language's.
	Profile string
	// ProfileJSON is a seccomp profile in place of a named one. The helper takes
	// it from root alone, because a profile can open what another keeps shut.
	ProfileJSON []byte
	// TTY connects the program to a pseudo-terminal of its own instead of pipes.
	TTY *TTY
	// Check runs the language's check command in place of the program: it looks at
	// the source and says what is wrong, in a form for machines where the
	// toolchain has one. The program itself does not run.
	Check bool
	// Artifacts asks for the files that the program leaves under /workspace.
	Artifacts bool
	// CacheScope keeps what compile stages make apart: a request gets from the
	// helper's cache only what one with the same scope, of the same user of the
	// helper, has put there. A service gives each of its users one. At most 256
	// bytes.
	CacheScope string
	// OnEvent, when set, is called for every event in order, from one goroutine
	// at a time. Output events are only made where it is set.
	OnEvent func(Event)
}

// TTY is the terminal of a program. Output of both streams comes as stdout.
type TTY struct {
	Rows, Cols uint16
	// Resize, when not nil, brings new sizes while the program runs.
	Resize <-chan TTYSize
}

// TTYSize is a terminal's size in characters.
type TTYSize struct {
	Rows uint16 `json:"rows"`
	Cols uint16 `json:"cols"`
}
