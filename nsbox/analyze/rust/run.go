package rust

import (
	"strings"

	"github.com/nsbox/nsbox/nsbox"
)

// The types of what ends a running program.
const (
	TypePanic = "panic"
	TypeError = "Error" // main returned Err
	TypeAbort = "SIGABRT"
)

// analyzeRun reads what a program that ended badly wrote to its stderr.
func analyzeRun(e nsbox.Evidence) []nsbox.Diagnosis {
	text := string(e.Stderr)
	if found := panics(text); len(found) > 0 {
		return found
	}
	if strings.Contains(text, "has overflowed its stack") || strings.Contains(text, "fatal runtime error: ") {
		message := "stack overflow"
		if _, after, ok := strings.Cut(text, "fatal runtime error: "); ok {
			message, _, _ = strings.Cut(after, "\n")
		}
		return []nsbox.Diagnosis{{Type: TypeAbort, Message: strings.TrimSuffix(message, ", aborting"), Phase: nsbox.PhaseRun}}
	}
	if e.Signal != "" {
		return nil // the generic analyzer knows signals
	}
	for line := range strings.Lines(text) {
		if message, ok := strings.CutPrefix(strings.TrimSpace(line), "Error: "); ok {
			return []nsbox.Diagnosis{{Type: TypeError, Message: message, Phase: nsbox.PhaseRun}}
		}
	}
	return nil
}

// panics reads both forms of a panic's message:
//
//	thread 'main' panicked at main.rs:5:9:
//	index out of bounds: the len is 3 but the index is 3
//
//	thread 'main' panicked at 'index out of bounds', main.rs:5:9
//
// The first one is the cause: those after it come of threads that waited.
func panics(text string) []nsbox.Diagnosis {
	var out []nsbox.Diagnosis
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if !strings.HasPrefix(line, "thread ") {
			continue
		}
		_, after, ok := strings.Cut(line, " panicked at ")
		if !ok {
			continue
		}
		d := nsbox.Diagnosis{Type: TypePanic, Phase: nsbox.PhaseRun}
		rest := lines[i+1:]
		if strings.HasPrefix(after, "'") {
			message, where := after, ""
			if end := strings.LastIndex(after, "', "); end > 0 {
				message, where = after[1:end], after[end+3:]
			}
			d.Message = message
			d.File, d.Line, d.Column = place(where)
		} else {
			d.File, d.Line, d.Column = place(after)
			d.Message = panicMessage(rest)
		}
		d.StackTrace = backtrace(rest)
		if foreign(d.File) {
			d.File, d.Line, d.Column = ownFrame(d.StackTrace)
		}
		out = append(out, d)
	}
	return out
}

// panicMessage joins the lines up to the note that ends a panic's message.
func panicMessage(lines []string) string {
	var out []string
	for _, l := range lines {
		if strings.HasPrefix(l, "note: ") || strings.HasPrefix(l, "stack backtrace:") || strings.HasPrefix(l, "thread ") || len(out) >= 20 {
			break
		}
		out = append(out, l)
	}
	return strings.TrimSpace(strings.Join(out, "\n"))
}

// backtrace returns the lines after "stack backtrace:".
func backtrace(lines []string) string {
	for i, l := range lines {
		if strings.HasPrefix(l, "thread ") && strings.Contains(l, " panicked at ") {
			return ""
		}
		if !strings.HasPrefix(l, "stack backtrace:") {
			continue
		}
		end := i + 1
		for end < len(lines) && strings.HasPrefix(lines[end], " ") {
			end++
		}
		return strings.Join(lines[i+1:end], "\n")
	}
	return ""
}

// ownFrame returns the innermost place in the program: "   at ./main.rs:5:9".
func ownFrame(trace string) (file string, line, column int) {
	for l := range strings.Lines(trace) {
		if after, ok := strings.CutPrefix(strings.TrimSpace(l), "at "); ok {
			if file, line, column = place(after); line > 0 && !foreign(file) {
				return file, line, column
			}
		}
	}
	return "", 0, 0
}
