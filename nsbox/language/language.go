// Package language knows how programs of each language are built and run. A
// language is one TOML file; nothing of it is compiled in.
//
// Language files are trusted: they come with nsbox or belong to root, and what
// they say runs as root while an image is made. They are still checked strictly,
// because a slip in one is found best where it is read.
package language

import "github.com/nsbox/nsbox/nsbox"

// Language is one language's definition, as decoded from its file.
type Language struct {
	// Name is the canonical name: lower case letters, digits, "+", "-". It is the
	// file's name without .toml, and may be left out of the file.
	Name string `toml:"name"`
	// Title is the name for people: "C++".
	Title string `toml:"title"`
	// Aliases are other names that mean this language.
	Aliases []string `toml:"aliases"`
	// Extensions tell the language from a file's name, with the dot: ".py". No two
	// languages share one; a variant of a language, such as python-slim, has none.
	Extensions []string `toml:"extensions"`
	// Interpreters tell it from the last part of a shebang: "python3".
	Interpreters []string `toml:"interpreters"`
	// Main is the name given to a program that comes without one: "main.py".
	Main string `toml:"main"`
	// Image is the name of the image the stages run in. Several languages may
	// share one.
	Image string `toml:"image"`
	// Recipe says how the image is made. Nil where another language's file has it,
	// and for the image "base", which is the shared Debian base itself.
	Recipe *Recipe `toml:"recipe"`
	// Version is the command that prints the toolchain's version, run in the image.
	Version []string `toml:"version"`
	// Hello is a program that prints "hello" and a line feed; it tests the image.
	Hello string `toml:"hello"`
	// Analyzer names the analyzer of its errors; empty is the generic one.
	Analyzer string `toml:"analyzer"`
	// Compile is nil where nothing is compiled. What it leaves in /build is there,
	// read-only, in the run stage.
	Compile *Stage `toml:"compile"`
	// Check looks at the source without running it and prints what is wrong, for
	// the analyzer to read; nil where there is no such command. It writes to
	// /tmp where it must.
	Check *Stage `toml:"check"`
	Run   Stage  `toml:"run"`
	// Session is the language's interpreter for snippets that keep their state in
	// a sandbox that lives on; nil where there is none.
	Session *Session `toml:"session"`
}

// Session is an interpreter that is handed snippets. It starts in /workspace with
// the environment of the run stage, and speaks over its descriptor 0, a stream
// socket, of which it must keep its programs: in comes a line of JSON,
// {"id":1,"size":12}, and size bytes of code; out goes one line of JSON when the
// snippet has ended, {"id":1,"exit_code":0,"value":{"text":"42","type":"int","json":42}},
// after everything that it printed. Value is left out where there is none. An
// exit_code other than 0 says that the snippet failed; the traceback is on stderr.
type Session struct {
	// Argv is the command; {boot} is the path of Boot's file, which the programs of
	// the sandbox can't see or change. The placeholders of a Stage but for those
	// about files are allowed too.
	Argv []string `toml:"argv"`
	// Boot is the source of the interpreter's loop.
	Boot string `toml:"boot"`
}

// BootFile is where Session.Boot lies in the sandbox.
const BootFile = "/build/session"

// Stage is one command of a language. It starts in /workspace.
//
// Argv and Env may hold placeholders: {main} is the main file's path, which
// begins with /workspace/; {stem} its name without directory and extension;
// {heap_mb} the heap that fits the stage's memory limit, in MiB (see [HeapMB]);
// {memory_mb} that limit; {cpus} the CPU limit rounded up. An element that is
// just {args} becomes the program's arguments, one that is just {sources} the
// paths of all files with one of the language's extensions, the main file
// first. A doubled brace {{ stands for one {; a brace that does not begin a
// word in braces is itself.
type Stage struct {
	Argv []string `toml:"argv"`
	// Env is the whole environment but for what the request adds, as NAME=value.
	// PATH, HOME=/tmp, LANG=C.UTF-8 and TMPDIR=/tmp are always there.
	Env []string `toml:"env"`
	// Profile is the seccomp profile; empty is "default".
	Profile string `toml:"profile"`
	// Limits are the stage's defaults where the request has none. A compile
	// or check stage takes these alone.
	Limits nsbox.Limits `toml:"limits"`
	// OOM tells how the language's runtime says that its heap is full, where the
	// runtime bounds its heap by {heap_mb} and so ends before the kernel ends it.
	OOM *nsbox.OOMSign `toml:"oom"`
	// Warm is nil where nothing of the command can be there before the program.
	Warm *Warm `toml:"warm"`
}

// Recipe says how an image is made: a layer over the shared base.
type Recipe struct {
	// Base is the name of the image below; empty is the shared Debian base.
	Base string `toml:"base"`
	// Packages are Debian packages to install.
	Packages []string `toml:"packages"`
	// Go are Go module versions whose files go into the image or whose command
	// is built into /usr/local/bin, npm are npm packages installed globally.
	GoToolchain string   `toml:"go_toolchain"` // "1.26.8": installed at /usr/local/go
	GoCommands  []string `toml:"go_commands"`  // "module/cmd@version": built static into /usr/local/bin
	Npm         []string `toml:"npm"`          // "node@26.1.0": installed under /usr/local
	// Script is run by sh as root inside the image being made, at the end, without
	// a network.
	Script string `toml:"script"`
	// Remove are paths deleted at the end, to keep the image small: absolute, with
	// the wildcards * and ?; one that is not there is no error.
	Remove []string `toml:"remove"`
}

// The names that placeholders have.
const (
	phMain    = "main"
	phStem    = "stem"
	phHeap    = "heap_mb"
	phMemory  = "memory_mb"
	phCPUs    = "cpus"
	phArgs    = "args"
	phSources = "sources"
	phBoot    = "boot"
)
