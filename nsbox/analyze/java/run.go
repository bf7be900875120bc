package java

import (
	"strconv"
	"strings"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/internal/lazyre"
)

var (
	// uncaughtLine begins the report of an exception that left a thread.
	uncaughtLine = lazyre.New(`^(?:.*[^\w])?Exception in thread "[^"]*" ([\w.$]*\w\$*)(?:: (.*))?$`)
	// thrown is an exception without the thread: what a program prints itself, and
	// what a dying virtual machine says.
	thrown = lazyre.New(`^([a-zA-Z_][\w$]*(?:\.[\w$]+)*(?:Exception|Error))(?:: (.*))?$`)
	caused = lazyre.New(`^\s*Caused by: ([\w.$]*\w\$*)(?:: (.*))?$`)
	frame  = lazyre.New(`^\s+at (?:[\w.@-]*/)*([\w.$]+)\.([\w$<>]+)\((?:([^():]+?)(?::(\d+))?)\)\s*$`)
)

// trace is one exception with its frames.
type trace struct {
	class, message string
	frames         []stackFrame
}

type stackFrame struct {
	class, method, file string
	line                int
}

// uncaught finds the exception that ended the program: the last one that left a
// thread, the main thread's where it is among them.
func uncaught(e nsbox.Evidence) (nsbox.Diagnosis, bool) {
	lines := strings.Split(strings.ReplaceAll(string(e.Stderr), "\r\n", "\n"), "\n")
	begin := -1
	for i, l := range lines {
		if uncaughtLine.MatchString(l) && (begin < 0 || !strings.Contains(lines[begin], `thread "main"`)) {
			begin = i
		}
	}
	if begin < 0 {
		begin = bare(lines)
	}
	if begin < 0 {
		return nsbox.Diagnosis{}, false
	}
	traces, end := readTraces(lines, begin)
	own := ownFiles(e.Files)
	d := nsbox.Diagnosis{
		Type: simple(traces[0].class), Message: message(traces[0]), Phase: nsbox.PhaseRun,
		StackTrace: strings.Join(lines[begin:end], "\n"),
	}
	for _, t := range traces {
		if f, ok := t.place(own); ok {
			d.File, d.Line = f.file, f.line
			break
		}
	}
	d.Hint = hint(traces, own)
	return d, true
}

// bare finds an exception without a thread whose frames follow.
func bare(lines []string) int {
	for i, l := range lines {
		if thrown.MatchString(l) && i+1 < len(lines) && frame.MatchString(lines[i+1]) {
			return i
		}
	}
	return -1
}

// readTraces reads the exception at begin and its causes; end is the line after
// them. Suppressed exceptions, and what they were caused by, are passed over.
func readTraces(lines []string, begin int) (out []trace, end int) {
	end = begin + 1
	m := uncaughtLine.FindStringSubmatch(lines[begin])
	if m == nil {
		m = thrown.FindStringSubmatch(lines[begin])
	}
	out = append(out, trace{class: m[1], message: m[2]})
	aside := false
	for ; end < len(lines); end++ {
		l, at := lines[end], &out[len(out)-1]
		if f := frame.FindStringSubmatch(l); f != nil {
			n, _ := strconv.Atoi(f[4])
			if !aside {
				at.frames = append(at.frames, stackFrame{f[1], f[2], f[3], n})
			}
			continue
		}
		if c := caused.FindStringSubmatch(l); c != nil {
			if strings.HasPrefix(l, "Caused") {
				aside = false
				out = append(out, trace{class: c[1], message: c[2]})
			}
			continue
		}
		trimmed := strings.TrimSpace(l)
		switch {
		case strings.HasPrefix(trimmed, "Suppressed: ") && trimmed != l:
			aside = true
		case strings.HasPrefix(trimmed, "... ") && strings.HasSuffix(trimmed, " more"):
		case len(at.frames) == 0 && !uncaughtLine.MatchString(l) && trimmed != "":
			at.message += "\n" + l // a message of several lines
		case aside && trimmed != "":
		default:
			return out, end
		}
	}
	return out, end
}

func ownFiles(files []nsbox.File) map[string]string {
	own := map[string]string{}
	for _, f := range files {
		base := f.Name[strings.LastIndexByte(f.Name, '/')+1:]
		if _, ok := own[base]; !ok {
			own[base] = f.Name
		}
	}
	return own
}

// place is the innermost frame in the program's own files; where those are not
// known, in what is not the platform's.
func (t *trace) place(own map[string]string) (stackFrame, bool) {
	for _, f := range t.frames {
		if f.line == 0 {
			continue
		}
		if name, ok := own[f.file]; ok && !platform(f.class) {
			f.file = name
			return f, true
		}
		if len(own) == 0 && !platform(f.class) {
			return f, true
		}
	}
	return stackFrame{}, false
}

func platform(class string) bool {
	for _, p := range []string{"java.", "javax.", "jdk.", "sun.", "com.sun."} {
		if strings.HasPrefix(class, p) {
			return true
		}
	}
	return false
}

// simple is a class's name without its package and enclosing classes.
func simple(class string) string {
	class = strings.TrimRight(class, ".$")
	return class[strings.LastIndexAny(class, ".$")+1:]
}

func message(t trace) string {
	if t.message == "" {
		return t.class
	}
	return t.class + ": " + t.message
}

var hints = map[string]string{
	"StackOverflowError":              "a method calls itself without an end",
	"OutOfMemoryError":                "the program holds more objects than its memory has room for",
	"ConcurrentModificationException": "a collection is changed while a loop goes through it",
	"UnsupportedOperationException":   "the collection can't be changed",
	"NumberFormatException":           "the text is no number of this kind",
	"InputMismatchException":          "the input is not of the kind that is read",
	"NoSuchElementException":          "there is nothing left to take",
}

func hint(traces []trace, own map[string]string) string {
	if last := traces[len(traces)-1]; len(traces) > 1 {
		h := "caused by " + message(last)
		if f, ok := last.place(own); ok {
			h += " at " + f.file + ":" + strconv.Itoa(f.line)
		}
		return h
	}
	return hints[simple(traces[0].class)]
}

var (
	notFound = lazyre.New(`(?m)^Error: (Could not find or load main class .*|Main method .*|LinkageError occurred .*|Unable to initialize main class .*)$`)
	vmError  = lazyre.New(`(?m)^(?:Error occurred during initialization of VM|Error: Could not create the Java Virtual Machine.)`)
)

// launcher finds what the command java says before or instead of the program.
func launcher(e nsbox.Evidence) (nsbox.Diagnosis, bool) {
	text := string(e.Stderr)
	d := nsbox.Diagnosis{Type: "LauncherError", Phase: nsbox.PhaseRun, Message: "", StackTrace: strings.TrimSpace(text)}
	if m := notFound.FindStringSubmatch(text); m != nil {
		d.Message = m[1]
		d.Hint = "a program starts at public static void main(String[] args)"
		if m := caused.FindStringSubmatch(lineWith(text, "Caused by: ")); m != nil {
			d.Type, d.Message = simple(m[1]), strings.TrimSuffix(m[1]+": "+m[2], ": ")
		}
		return d, true
	}
	if m := vmError.FindString(text); m != "" {
		_, rest, _ := strings.Cut(text, m)
		d.Type, d.Message = "VMError", strings.TrimSpace(strings.SplitN(strings.TrimSpace(rest), "\n", 2)[0])
		if d.Message == "" {
			d.Message = m
		}
		return d, true
	}
	return d, false
}

func lineWith(text, part string) string {
	for l := range strings.SplitSeq(text, "\n") {
		if strings.Contains(l, part) {
			return l
		}
	}
	return ""
}
