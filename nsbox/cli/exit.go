package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"golang.org/x/sys/unix"

	"github.com/nsbox/nsbox/nsbox"
)

// The exit statuses that are nsbox's own; every other is the program's.
const (
	exitOK          = 0
	exitWrongOutput = 1   // the program ended well, but with other output than --expect-stdout
	exitNotReady    = 1   // doctor: something required is missing; rootfs verify: an image is damaged
	exitTimeout     = 124 // wall or processor time
	exitFailed      = 125 // nsbox failed, or bad usage
	exitNoLanguage  = 126 // the language or its image is not available
	exitNoFile      = 127 // FILE not found
	exitInterrupted = 130 // Ctrl-C
	exitOOM         = 137
	exitTerminated  = 143
)

// errNoFile: FILE is not there.
var errNoFile = errors.New("file not found")

// userError is a mistake in how nsbox was called or set up, worded for the user.
type userError struct {
	message string
	class   error // what errors.Is tells, may be nil
	hints   []string
	code    int // exit status; 0 goes by class
}

func (e *userError) Error() string { return e.message }
func (e *userError) Unwrap() error { return e.class }

// usagef is a mistake in a command line.
func usagef(format string, args ...any) *userError {
	return &userError{message: fmt.Sprintf(format, args...)}
}

// hint adds a line of help to err.
func hint(err *userError, format string, args ...any) *userError {
	err.hints = append(err.hints, fmt.Sprintf(format, args...))
	return err
}

// quietly ends the command with a status when all has been said.
type quietly int

func (q quietly) Error() string { return fmt.Sprintf("exit status %d", int(q)) }

// exitStatus maps an error to the command's exit status.
func exitStatus(err error) int {
	var q quietly
	var u *userError
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &q):
		return int(q)
	case errors.As(err, &u) && u.code != 0:
		return u.code
	case errors.Is(err, nsbox.ErrLanguage):
		return exitNoLanguage
	case errors.Is(err, errNoFile):
		return exitNoFile
	case errors.Is(err, context.Canceled):
		return exitInterrupted
	}
	return exitFailed
}

// wording returns the lines that tell err to the user.
func wording(err error) []string {
	lines := []string{err.Error()}
	var u *userError
	if errors.As(err, &u) {
		lines = append(lines, u.hints...)
	}
	return lines
}

// resultStatus is the exit status that a program's end gives the command.
func resultStatus(r nsbox.Result) int {
	switch r.Verdict {
	case nsbox.OK:
		return exitOK
	case nsbox.WallTimeout, nsbox.CPUTimeout:
		return exitTimeout
	case nsbox.OOM:
		return exitOOM
	case nsbox.Cancelled:
		return exitInterrupted
	case nsbox.Internal:
		return exitFailed
	}
	switch {
	case r.ExitCode != 0:
		return r.ExitCode
	case r.Signal != "":
		if n := unix.SignalNum(r.Signal); n > 0 {
			return 128 + int(n)
		}
		return exitOOM // a signal without a name here; any is 128 and more
	case r.Verdict == nsbox.CompileError:
		return 1
	}
	return exitOK
}

// openError words why a file that the user named cannot be read. main is set
// for FILE itself, whose absence has an exit status of its own.
func openError(path string, err error, main bool) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		err = pe.Err
	}
	e := usagef("%s: %v", path, err)
	if errors.Is(err, fs.ErrNotExist) {
		e = usagef("%s: no such file", path)
		if main {
			e.class = errNoFile
		}
	}
	return e
}
