package report

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/nsbox/nsbox/nsbox"
)

// Line is one line of text with the role that a terminal may colour it by.
type Line struct {
	Role Role
	Text string
}

// Role is what a line is.
type Role int

// The roles.
const (
	Plain   Role = iota
	Good         // what went well
	Bad          // what went wrong
	Added        // a line that a diff adds
	Removed      // a line that a diff removes
	Faint        // what is around it
)

// Healing says how a healing ended, for people: how often the program ran and
// what was changed, or what is wrong with it and why it could not be mended. It
// says nothing of a program that ended well by itself.
func Healing(rep nsbox.Report) []Line {
	if len(rep.Attempts) == 0 {
		return nil
	}
	if rep.Healed {
		return healed(rep)
	}
	var lines []Line
	d := rep.Attempts[0].Diagnosis
	// A program may say by its status alone how it ended, and of limits and
	// refused calls Explain speaks.
	if d.Type == "ExitStatus" && rep.Iterations == 1 && len(rep.HealerErrors) == 0 || rep.StopReason == nsbox.StopNotMendable {
		return nil
	}
	lines = append(lines, Line{Bad, "✗ " + title(d)})
	lines = append(lines, excerpt(d, rep.Files)...)
	if d.Hint != "" {
		lines = append(lines, Line{Plain, d.Hint})
	}
	lines = append(lines, Line{Faint, "not healed: " + stopped(rep)})
	for _, err := range rep.HealerErrors {
		lines = append(lines, Line{Plain, err.Error()})
	}
	return lines
}

func healed(rep nsbox.Report) []Line {
	lines := []Line{{Good, fmt.Sprintf("✓ healed in %s", count(rep.Iterations, "run"))}}
	for _, a := range rep.Attempts {
		if a.Outcome != nsbox.Healed && a.Outcome != nsbox.Progress {
			continue
		}
		text := title(a.Diagnosis)
		if a.Explanation != "" {
			text += ": " + a.Explanation
		}
		lines = append(lines, Line{Plain, text})
		lines = append(lines, Diff(a.Diff)...)
	}
	return lines
}

func title(d nsbox.Diagnosis) string {
	text := d.Type
	if d.Message != "" && d.Message != d.Type {
		text += ": " + firstLine(d.Message)
	}
	return text
}

func firstLine(s string) string {
	line, _, more := strings.Cut(strings.TrimSpace(s), "\n")
	if more {
		line += " ..."
	}
	return line
}

// stopped words the reason for which a healing ended.
func stopped(rep nsbox.Report) string {
	tried := 0
	for _, a := range rep.Attempts {
		if a.Outcome != "" {
			tried++
		}
	}
	switch rep.StopReason {
	case nsbox.StopNoFix:
		return "no healer knows a fix"
	case nsbox.StopRepeatedFix:
		return "the healer repeats a fix that did not help"
	case nsbox.StopNoProgress:
		return fmt.Sprintf("%s tried, none helped", count(tried, "fix"))
	case nsbox.StopMaxIterations:
		return fmt.Sprintf("all %s are spent", count(rep.Iterations, "run"))
	case nsbox.StopDeadline:
		return "the time is spent"
	case nsbox.StopNotMendable:
		return "a limit or a refused system call ended the program"
	case nsbox.StopHealerError:
		return "the healer could not be asked"
	case nsbox.StopInput:
		return "its input is more than the 16MiB that are kept for further runs"
	}
	return string(rep.StopReason)
}

func count(n int, what string) string {
	switch {
	case n == 1:
		return "1 " + what
	case strings.HasSuffix(what, "x"):
		what += "e"
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// Diagnosis writes d with its source line, where files has it.
func Diagnosis(d nsbox.Diagnosis, files []nsbox.File) []Line {
	lines := append([]Line{{Bad, title(d)}}, excerpt(d, files)...)
	if d.Hint != "" {
		lines = append(lines, Line{Plain, d.Hint})
	}
	return lines
}

// maxExcerpt is the most characters of a source line that are shown.
const maxExcerpt = 160

// excerpt is the line that d points at, with a caret below.
func excerpt(d nsbox.Diagnosis, files []nsbox.File) []Line {
	if d.Line < 1 {
		return nil
	}
	place := fmt.Sprintf("%s:%d", d.File, d.Line)
	if d.Column > 0 {
		place += fmt.Sprintf(":%d", d.Column)
	}
	lines := []Line{{Faint, "  --> " + place}}
	text, ok := sourceLine(files, d.File, d.Line)
	if !ok {
		return lines
	}
	number := fmt.Sprint(d.Line)
	lines = append(lines, Line{Plain, number + " | " + cut(text)})
	if d.Column > 0 && d.Column <= min(utf8.RuneCountInString(text)+1, maxExcerpt) {
		// A tab below a tab keeps the caret in its place.
		pad := strings.Map(func(r rune) rune {
			if r == '\t' {
				return r
			}
			return ' '
		}, string([]rune(text)[:d.Column-1]))
		lines = append(lines, Line{Bad, strings.Repeat(" ", len(number)) + " | " + pad + "^"})
	}
	return lines
}

func cut(s string) string {
	if r := []rune(s); len(r) > maxExcerpt {
		return string(r[:maxExcerpt]) + "..."
	}
	return s
}

func sourceLine(files []nsbox.File, name string, n int) (string, bool) {
	for _, f := range files {
		if f.Name != name {
			continue
		}
		rest := string(f.Data)
		for ; n > 1; n-- {
			_, after, ok := strings.Cut(rest, "\n")
			if !ok {
				return "", false
			}
			rest = after
		}
		line, _, _ := strings.Cut(rest, "\n")
		return strings.TrimSuffix(line, "\r"), true
	}
	return "", false
}

// Diff gives the lines of a unified diff their roles.
func Diff(text string) []Line {
	var lines []Line
	for line := range strings.SplitSeq(strings.TrimSuffix(text, "\n"), "\n") {
		role := Plain
		switch {
		case strings.HasPrefix(line, "---"), strings.HasPrefix(line, "+++"), strings.HasPrefix(line, "@@"):
			role = Faint
		case strings.HasPrefix(line, "+"):
			role = Added
		case strings.HasPrefix(line, "-"):
			role = Removed
		}
		lines = append(lines, Line{role, line})
	}
	return lines
}

// EscapeText is Escape for a line of source text, whose tabs may stand.
func EscapeText(s string) string {
	parts := strings.Split(s, "\t")
	for i, p := range parts {
		parts[i] = Escape(p)
	}
	return strings.Join(parts, "\t")
}
