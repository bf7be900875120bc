package ruby

import (
	"strconv"
	"strings"

	"github.com/nsbox/nsbox/nsbox"
)

// place is a file and line at the beginning of a message.
type place struct {
	path string
	line int
}

// placeOf splits "path:12: rest" or "path:12:in `f': rest", of which rest begins
// after the line's number and colon.
func placeOf(line string) (p place, rest string, ok bool) {
	for at := 0; ; {
		i := strings.IndexByte(line[at:], ':')
		if i < 0 || at+i > 4096 {
			return place{}, "", false
		}
		at += i + 1
		n := at
		for n < len(line) && line[n] >= '0' && line[n] <= '9' {
			n++
		}
		if n > at && n < len(line) && line[n] == ':' && at > 1 {
			num, err := strconv.Atoi(line[at:n])
			if err != nil || num == 0 {
				return place{}, "", false
			}
			return place{line[:at-1], num}, line[n+1:], true
		}
	}
}

// head is the first line of an uncaught exception.
type head struct {
	place
	frame, message, class string
}

// headOf reads "path:12:in `f': message (Class)", with the quotes of any
// version. The frame is missing where the exception comes from no method.
func headOf(line string) (head, bool) {
	if strings.HasPrefix(line, "\t") || !strings.HasSuffix(line, ")") {
		return head{}, false
	}
	p, rest, ok := placeOf(line)
	if !ok {
		return head{}, false
	}
	h := head{place: p}
	if in, found := strings.CutPrefix(rest, "in "); found {
		frame, message, ok := strings.Cut(in, "': ")
		if !ok || frame == "" || frame[0] != '`' && frame[0] != '\'' {
			return head{}, false
		}
		h.frame, rest = frame[1:], " "+message
	}
	rest, ok = strings.CutPrefix(rest, " ")
	open := strings.LastIndexByte(rest, '(')
	if !ok || open < 0 || !constant(rest[open+1:len(rest)-1]) {
		return head{}, false
	}
	h.message, h.class = strings.TrimSpace(rest[:open]), rest[open+1:len(rest)-1]
	return h, true
}

// constant reports whether s is the name of a class: A::B.
func constant(s string) bool {
	for _, part := range strings.Split(s, "::") {
		if part == "" || part[0] < 'A' || part[0] > 'Z' && part[0] < 0x80 {
			return strings.HasPrefix(s, "#<Class:")
		}
		for _, c := range part {
			if c != '_' && (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') && c < 0x80 {
				return false
			}
		}
	}
	return true
}

// report is one exception as it was printed.
type report struct {
	head
	extra  []string // lines of the message after the first
	frames []place
	text   string // all of it
	joined bool   // it follows another without anything between: its cause
}

// uncaught finds the exception that ended the program, and its causes.
func uncaught(text string, files []nsbox.File) []nsbox.Diagnosis {
	all := reports(strings.Split(text, "\n"))
	first := len(all) - 1
	for first > 0 && all[first].joined {
		first--
	}
	if first < 0 {
		return nil
	}
	if len(all) > 1 && first == 0 && all[0].head == all[1].head && len(all[0].frames) == len(all[1].frames) {
		all = all[1:] // a thread's report and the exception that it was raised again as
	}
	var out []nsbox.Diagnosis
	for _, r := range all[min(first, len(all)-1):] {
		out = append(out, r.diagnose(files))
	}
	return out
}

// reports cuts lines into exceptions; other output of the program is left out.
func reports(lines []string) []report {
	var out []report
	var cur *report
	for _, line := range lines {
		if h, ok := headOf(line); ok {
			out = append(out, report{head: h, joined: cur != nil})
			cur = &out[len(out)-1]
			cur.text = line
			continue
		}
		if cur == nil {
			continue
		}
		from, isFrom := strings.CutPrefix(strings.TrimLeft(line, " \t"), "from ")
		switch p, _, ok := placeOf(from); {
		case isFrom && ok:
			cur.frames = append(cur.frames, p)
		case strings.HasPrefix(line, "\t ... ") && strings.HasSuffix(line, " levels..."):
		case len(cur.frames) > 0:
			cur = nil // the program's own words again
			continue
		case len(cur.extra) < 60:
			cur.extra = append(cur.extra, line)
		}
		if len(cur.text) < 8<<10 {
			cur.text += "\n" + line
		}
	}
	return out
}

func (r *report) diagnose(files []nsbox.File) nsbox.Diagnosis {
	d := nsbox.Diagnosis{Type: r.class, Message: r.message, Phase: nsbox.PhaseRun, StackTrace: strings.TrimRight(r.text, "\n")}
	if r.class == "SyntaxError" {
		text := r.message
		if r.frame == "" {
			text, _, _ = strings.Cut(r.text, "\n")
		}
		if inner := syntax(strings.Join(append([]string{text}, r.extra...), "\n"), files); len(inner) > 0 {
			inner[0].StackTrace = d.StackTrace
			return inner[0]
		}
	}
	here := false
	for i, p := range append([]place{r.place}, r.frames...) {
		if name, ok := own(p.path, files); ok {
			d.File, d.Line, here = name, p.line, i == 0
			break
		}
	}
	if d.Line == 0 && len(files) == 0 {
		d.File, d.Line = r.path, r.line
	}
	for i, line := range r.extra {
		switch {
		case marker(line) && i > 0 && here:
			d.Column = columnOf(line)
		case strings.HasPrefix(line, "Did you mean?"):
			d.Hint = hints(r.extra[i:])
			d.Suggestions = suggestions(d, files)
		case d.Column == 0 && line != "" && d.Hint == "" && !followedByMarker(r.extra, i):
			d.Message += "\n" + line
		}
	}
	return d
}

// suggestions are Ruby's hints as edits, where the name that they replace stands
// in the line.
func suggestions(d nsbox.Diagnosis, files []nsbox.File) []nsbox.Suggestion {
	src := textOf(files, d.File)
	name := wrongName(d.Message)
	if src == nil || name == "" || d.Line < 1 || d.Line > src.Lines() {
		return nil
	}
	start, end := src.Bounds(d.Line)
	from := start
	if d.Column > 0 {
		from, _ = src.Offset(d.Line, d.Column)
	}
	at := strings.Index(src.Src[from:end], name)
	if at < 0 {
		return nil
	}
	at += from
	var out []nsbox.Suggestion
	for _, to := range strings.Split(strings.TrimPrefix(d.Hint, "Did you mean? "), ", ") {
		out = append(out, nsbox.Suggestion{Message: "Did you mean? " + to, Edits: []nsbox.Edit{{File: d.File, Start: at, End: at + len(name), Text: to}}})
	}
	return out
}

// wrongName is the name that a message says does not exist.
func wrongName(message string) string {
	for _, intro := range []string{"uninitialized constant ", "key not found: "} {
		if rest, ok := strings.CutPrefix(message, intro); ok {
			if intro[0] == 'u' {
				rest = rest[strings.LastIndexByte(rest, ':')+1:]
			}
			return rest
		}
	}
	if open := strings.IndexAny(message, "`'"); open >= 0 {
		if end := strings.IndexByte(message[open+1:], '\''); end > 0 {
			return message[open+1 : open+1+end]
		}
	}
	return ""
}

func followedByMarker(lines []string, i int) bool { return i+1 < len(lines) && marker(lines[i+1]) }

// marker reports whether line underlines a part of the line above.
func marker(line string) bool {
	s := strings.TrimLeft(line, " \t")
	return s != "" && strings.Trim(s, "^~") == "" && strings.Contains(s, "^")
}

// columnOf is the column that a marker points at.
func columnOf(marker string) int {
	n := 1
	for _, c := range marker {
		if c != ' ' && c != '\t' {
			break
		}
		n++
	}
	return n
}

// hints joins the names that Ruby thinks were meant: "Did you mean? a, b".
func hints(lines []string) string {
	var names []string
	for i, line := range lines {
		if i == 0 {
			line = strings.TrimPrefix(line, "Did you mean?")
		} else if !strings.HasPrefix(line, "      ") {
			break
		}
		if line = strings.TrimSpace(line); line != "" {
			names = append(names, line)
		}
	}
	return "Did you mean? " + strings.Join(names, ", ")
}
