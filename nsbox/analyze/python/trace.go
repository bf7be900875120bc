package python

import (
	"github.com/nsbox/nsbox/nsbox/internal/lazyre"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Frame is one step of a traceback.
type Frame struct {
	File string
	Line int
	// In is the function's name; empty for the place of a syntax error.
	In string
	// Source is the line as it was printed, without its indentation.
	Source string
	// From and To are where the marks under Source begin and end, in characters
	// from Source's first; From is -1 where there are none. Mark is where among
	// them the first "^" stands: the operator of "a + b", the bracket of "f(x)".
	From, To, Mark int
}

// Trace is a traceback and its exception.
type Trace struct {
	Frames []Frame
	// Type is the exception's class, without its module.
	Type    string
	Message string
	// Text is all of it as it was printed.
	Text string
}

var (
	ansi      = lazyre.New("\x1b\\[[0-9;]*[A-Za-z]")
	frameLine = lazyre.New(`^\s+File "(.*)", line (\d+)(?:, in (.*))?$`)
	fatalLine = lazyre.New(`(?m)^\s+File "(.*)", line (\d+) in (.*)$`)
	markLine  = lazyre.New(`^\s*[~^]+[~^\s]*$`)
	errorLine = lazyre.New(`^([A-Za-z_](?:[\w.]*\w)?)(?:: ?(.*))?$`)
	warnLine  = lazyre.New(`^\S+:\d+: \w*Warning: `)
)

const (
	header      = "Traceback (most recent call last):"
	groupHeader = "Exception Group " + header
)

// plain is s as a terminal would show it, without colours and carriage returns.
func plain(s string) string {
	if strings.Contains(s, "\x1b") {
		s = ansi.ReplaceAllString(s, "")
	}
	return strings.ReplaceAll(s, "\r\n", "\n")
}

// Last returns the traceback that ended the program which printed stderr.
func Last(stderr string) (Trace, bool) {
	lines := strings.Split(plain(stderr), "\n")
	var out Trace
	found := false
	for i := 0; i < len(lines); {
		t, next, ok := read(lines, i)
		if !ok {
			i++
			continue
		}
		if !ignored(lines, i) || !found {
			out, found = t, true
		}
		i = next
	}
	return out, found
}

// ignored reports whether the traceback at line i is of an exception that ended
// nothing: one in a destructor, or in a thread.
func ignored(lines []string, i int) bool {
	return i > 0 && (strings.HasPrefix(lines[i-1], "Exception ignored in") || strings.HasPrefix(lines[i-1], "Exception in thread "))
}

// read reads a traceback that begins at line i, or a syntax error, which has no
// header. next is the line after it.
func read(lines []string, i int) (t Trace, next int, ok bool) {
	first := i
	prefix := ""
	switch at := strings.Index(lines[i], groupHeader); {
	case lines[i] == header:
		i++
	case at >= 0 && strings.Trim(lines[i][:at], " +|") == "":
		prefix = strings.ReplaceAll(lines[i][:at], "+", "|")
		i++
	case !frameLine.MatchString(lines[i]) || !syntaxBlock(lines, i):
		return t, 0, false
	}
	line := func() (string, bool) {
		if i >= len(lines) {
			return "", false
		}
		return strings.CutPrefix(lines[i], prefix)
	}
	for {
		s, own := line()
		if !own || s == "" && i >= len(lines)-1 {
			return t, i, false // cut off before the exception's name
		}
		if m := frameLine.FindStringSubmatch(s); m != nil {
			n, _ := strconv.Atoi(m[2])
			t.Frames = append(t.Frames, Frame{File: m[1], Line: n, In: m[3], From: -1})
			i++
			i = t.Frames[len(t.Frames)-1].detail(lines, i, prefix)
			continue
		}
		if s != "" && s[0] != ' ' {
			break
		}
		i++
	}
	s, _ := line()
	m := errorLine.FindStringSubmatch(s)
	if m == nil {
		return t, i, false
	}
	t.Type = m[1][strings.LastIndexByte(m[1], '.')+1:]
	i++
	message := []string{m[2]}
	for ; i < len(lines); i++ {
		s, own := line()
		if !own || s == header || s == "" && len(message) > 20 || warnLine.MatchString(s) ||
			strings.HasPrefix(s, "Exception ignored in") || strings.HasPrefix(s, "Exception in thread ") || link(s) {
			break
		}
		if prefix != "" && strings.HasPrefix(s, "+-") {
			break
		}
		message = append(message, s)
	}
	t.Message = strings.TrimSpace(strings.Join(message, "\n"))
	t.Text = strings.TrimSpace(strings.Join(lines[first:i], "\n"))
	return t, i, true
}

// link reports whether line stands between two chained exceptions.
func link(line string) bool {
	return line == "During handling of the above exception, another exception occurred:" ||
		line == "The above exception was the direct cause of the following exception:"
}

// syntaxBlock reports whether the frame at line i belongs to a syntax error of
// the main program: its name follows within a few lines.
func syntaxBlock(lines []string, i int) bool {
	for j := i + 1; j < len(lines) && j < i+5; j++ {
		if m := errorLine.FindStringSubmatch(lines[j]); m != nil {
			return IsSyntax(m[1])
		}
	}
	return false
}

// detail reads the source line and the marks that follow a frame's first line;
// it returns the line after them.
func (f *Frame) detail(lines []string, i int, prefix string) int {
	indent := 0
	for ; i < len(lines); i++ {
		s, own := strings.CutPrefix(lines[i], prefix)
		if !own || !strings.HasPrefix(s, "    ") || frameLine.MatchString(s) {
			return i
		}
		if f.Source == "" {
			f.Source = strings.TrimLeft(s, " ")
			indent = len(s) - len(f.Source)
			continue
		}
		if markLine.MatchString(s) && f.From < 0 {
			f.marks(s, indent)
		}
	}
	return i
}

func (f *Frame) marks(s string, indent int) {
	s = strings.TrimRight(s, " ")
	from := len(s) - len(strings.TrimLeft(s, " "))
	f.From, f.To = max(utf8.RuneCountInString(s[:from])-indent, 0), utf8.RuneCountInString(s)-indent
	f.Mark = f.From
	if at := strings.IndexByte(s, '^'); at >= 0 {
		f.Mark = max(utf8.RuneCountInString(s[:at])-indent, 0)
	}
}

// fatalFrames reads the stack of a fatal error, the innermost first.
func fatalFrames(text string) []Frame {
	var out []Frame
	for _, m := range fatalLine.FindAllStringSubmatch(text, 100) {
		n, _ := strconv.Atoi(m[2])
		out = append(out, Frame{File: m[1], Line: n, In: m[3], From: -1})
	}
	return out
}
