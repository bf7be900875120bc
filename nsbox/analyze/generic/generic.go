// Package generic diagnoses what is the same in every language: signals, limits,
// refused system calls, and an exit status that nothing explains.
package generic

import (
	"fmt"
	"strings"

	"github.com/nsbox/nsbox/nsbox"
)

// Ended reports whether nsbox ended the program, so that its own words about
// its end, if there are any, are not the reason.
func Ended(e nsbox.Evidence) bool {
	switch e.Verdict {
	case nsbox.OK, nsbox.NonZero, nsbox.Signal, nsbox.CompileError:
		return false
	}
	return true
}

// Analyze is an [nsbox.AnalyzerFunc]. It finds something in every program that
// did not end well.
func Analyze(e nsbox.Evidence) []nsbox.Diagnosis {
	d := nsbox.Diagnosis{Phase: nsbox.PhaseRun}
	if e.Stage == nsbox.StageCompile {
		d.Phase = nsbox.PhaseCompile
	}
	switch e.Verdict {
	case nsbox.OK:
		return nil
	case nsbox.Signal:
		d.Type = e.Signal
		d.Message = "ended by " + e.Signal + meaning(e.Signal)
	case nsbox.Denied:
		d.Type = "Denied"
		var calls []string
		for _, c := range e.Denied {
			calls = append(calls, c.Syscall)
		}
		d.Message = "ended by a refused system call: " + strings.Join(calls, ", ")
		d.Hint = "the program asks the kernel for something that its seccomp profile does not allow"
	case nsbox.NonZero, nsbox.CompileError:
		d.Type = "ExitStatus"
		if e.Verdict == nsbox.CompileError {
			d.Type = "CompileError"
		}
		d.Message = fmt.Sprintf("exit status %d", e.ExitCode)
		if last := lastLine(e.Stderr); last != "" {
			d.Message = last
		}
	default:
		d.Type = limitTypes[e.Verdict]
		if d.Type == "" {
			d.Type = string(e.Verdict)
		}
		d.Message = strings.ReplaceAll(string(e.Verdict), "_", " ")
		if l := e.Limit; l != nil {
			d.Message = fmt.Sprintf("%s: limit %d, reached %d", l.Name, l.Value, l.Observed)
		}
		d.Hint = limitHints[e.Verdict]
	}
	return []nsbox.Diagnosis{d}
}

var limitTypes = map[nsbox.Verdict]string{
	nsbox.WallTimeout: "Timeout",
	nsbox.CPUTimeout:  "CPUTimeout",
	nsbox.OOM:         "OutOfMemory",
	nsbox.PidsLimit:   "TooManyProcesses",
	nsbox.OutputLimit: "TooMuchOutput",
	nsbox.DiskFull:    "DiskFull",
	nsbox.Cancelled:   "Cancelled",
}

var limitHints = map[nsbox.Verdict]string{
	nsbox.WallTimeout: "a loop that does not end, or a wait for input that does not come; else raise the limit timeout",
	nsbox.CPUTimeout:  "a loop that does not end; else raise the limit cpu_time",
	nsbox.OOM:         "data that grows without an end; else raise the limit memory",
	nsbox.PidsLimit:   "processes or threads that are started without an end; else raise the limit pids",
	nsbox.OutputLimit: "a loop that prints without an end; else raise the limit max_output",
	nsbox.DiskFull:    "files that grow without an end; else raise the limits disk and inodes",
}

func meaning(signal string) string {
	switch signal {
	case "SIGSEGV", "SIGBUS":
		return ": memory was used that is not the program's"
	case "SIGFPE":
		return ": a division by zero, or an integer that overflowed"
	case "SIGABRT":
		return ": it gave up by itself"
	case "SIGILL", "SIGTRAP":
		return ": an instruction that ends the program on purpose, or is not one"
	case "SIGPIPE":
		return ": nobody read what it wrote"
	}
	return ""
}

// maxLine bounds the message that is taken from a program's output.
const maxLine = 500

func lastLine(b []byte) string {
	s := strings.TrimSpace(string(b))
	s = strings.TrimSpace(s[strings.LastIndexByte(s, '\n')+1:])
	if len(s) > maxLine {
		s = strings.ToValidUTF8(s[:maxLine], "") + "..."
	}
	return s
}
