// Package report writes results and events for people and for programs: text,
// JSON, and events as one JSON object a line.
package report

import (
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/nsbox/nsbox/nsbox"
)

// Escape returns s with everything that a terminal could take for a command
// written as an escape: control characters, invalid UTF-8, and the Unicode
// characters that reorder or hide text. Names and messages that come from a
// program must pass here before they are shown.
func Escape(s string) string {
	if utf8.ValidString(s) && strings.IndexFunc(s, func(r rune) bool { return !printable(r) }) < 0 {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && n == 1:
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case printable(r):
			b.WriteRune(r)
		case r < 0x80:
			b.WriteString(strings.Trim(fmt.Sprintf("%q", string(r)), `"`))
		case r <= 0xffff:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			fmt.Fprintf(&b, `\U%08x`, r)
		}
		i += n
	}
	return b.String()
}

// printable leaves out, with the control characters, all that Unicode calls
// format characters: bidirectional overrides, zero-width characters, tags.
func printable(r rune) bool { return unicode.IsPrint(r) }

// Explain says in lines of text what the exit status alone does not: why the
// program ended, where it did not end by itself, and what of its output and
// files is missing. It returns nothing for a program that ended well and whole.
func Explain(r nsbox.Result) []string {
	var lines []string
	if why := verdict(r); why != "" {
		if r.Stage == nsbox.StageCompile && r.Verdict != nsbox.CompileError {
			why = "while compiling: " + why
		}
		lines = append(lines, why)
	}
	if r.Verdict != nsbox.OK && r.Verdict != nsbox.Denied && len(r.Denied) > 0 {
		lines = append(lines, "refused system calls: "+deniedCalls(r.Denied))
	}
	for _, s := range []struct {
		name string
		kept nsbox.Kept
	}{{"stdout", r.Truncated.Stdout}, {"stderr", r.Truncated.Stderr}} {
		if cut := s.kept.TotalBytes - s.kept.KeptBytes; cut > 0 {
			lines = append(lines, fmt.Sprintf("%s is cut: %s of %s kept (see --max-output)",
				s.name, Size(s.kept.KeptBytes), Size(s.kept.TotalBytes)))
		}
	}
	const most = 10
	for i, s := range r.Skipped {
		if i == most {
			lines = append(lines, fmt.Sprintf("%d more files not kept", len(r.Skipped)-most))
			break
		}
		lines = append(lines, fmt.Sprintf("%s not kept: %s", Escape(s.Path), Escape(s.Reason)))
	}
	return lines
}

func verdict(r nsbox.Result) string {
	switch r.Verdict {
	case nsbox.OK, nsbox.NonZero:
		return ""
	case nsbox.Signal:
		return "ended by " + Escape(r.Signal)
	case nsbox.WallTimeout:
		return "timeout" + hit(r.Limit, "ran")
	case nsbox.CPUTimeout:
		return "out of processor time" + hit(r.Limit, "used")
	case nsbox.OOM:
		return "out of memory" + hit(r.Limit, "used")
	case nsbox.PidsLimit:
		return "too many processes" + hit(r.Limit, "used")
	case nsbox.OutputLimit:
		return "too much output" + hit(r.Limit, "written")
	case nsbox.DiskFull:
		return "disk full" + hit(r.Limit, "used")
	case nsbox.CompileError:
		if r.Signal != "" {
			return "compiling failed: the compiler was ended by " + Escape(r.Signal)
		}
		return fmt.Sprintf("compiling failed with exit status %d", r.ExitCode)
	case nsbox.Denied:
		if len(r.Denied) == 0 {
			return "ended by a refused system call"
		}
		return "ended by a refused system call: " + deniedCalls(r.Denied)
	case nsbox.Cancelled:
		return "cancelled"
	case nsbox.Internal:
		return "nsbox failed"
	}
	return "ended: " + Escape(string(r.Verdict))
}

// hit tells the limit and what was observed, in the limit's unit.
func hit(l *nsbox.LimitHit, verb string) string {
	if l == nil {
		return ""
	}
	value, observed := quantity(l.Name, l.Value), quantity(l.Name, l.Observed)
	if l.Observed == 0 {
		return ": limit " + value
	}
	return fmt.Sprintf(": limit %s, %s %s", value, verb, observed)
}

func quantity(limit string, n int64) string {
	switch strings.ReplaceAll(limit, "-", "_") {
	case "timeout", "cpu_time":
		return nsbox.Duration(time.Duration(n) * time.Millisecond).String()
	case "memory", "disk", "max_output":
		return Size(n)
	case "inodes":
		return fmt.Sprintf("%d files", n)
	}
	return fmt.Sprint(n)
}

// Size writes a number of bytes as people read it: 256MiB, 1.5GiB, 312B.
func Size(n int64) string {
	unit, name := nsbox.Size(1), "B"
	switch s := nsbox.Size(n); {
	case s >= nsbox.GiB:
		unit, name = nsbox.GiB, "GiB"
	case s >= nsbox.MiB:
		unit, name = nsbox.MiB, "MiB"
	case s >= nsbox.KiB:
		unit, name = nsbox.KiB, "KiB"
	}
	return strings.TrimSuffix(fmt.Sprintf("%.1f", float64(n)/float64(unit)), ".0") + name
}

func deniedCalls(calls []nsbox.DeniedCall) string {
	var parts []string
	for _, c := range calls {
		p := Escape(c.Syscall)
		if c.Count > 1 {
			p += fmt.Sprintf(" (%d times)", c.Count)
		}
		parts = append(parts, p)
	}
	return strings.Join(parts, ", ")
}
