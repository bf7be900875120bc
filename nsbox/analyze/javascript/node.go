package javascript

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/internal/lazyre"
)

// What node prints of an error that nobody caught:
//
//	/workspace/main.js:3                 the place: where it was thrown
//	  x = 2;                             the line
//	    ^                                its column
//
//	TypeError: Assignment to constant variable.
//	    at f (/workspace/main.js:3:5)    the place: where the error was made
//
//	Node.js v26.10.0
var (
	placeRE = lazyre.New(`^(.+):(\d+)$`)
	caretRE = lazyre.New(`^[\s]*\^+\s*$`)
	errorRE = lazyre.New(`^(?:Uncaught )?((?:[A-Za-z_$][\w$.]*)?(?:Error|Exception|Rejection)|[A-Z][\w$]*)(?: \[([\w]+)\])?(?:: ?(.*))?$`)
	frameRE = lazyre.New(`^\s+at (?:async )?(?:(.*?) \()?((?:file://|node:|/|[A-Za-z]:|<|\[|\.{0,2}/)?[^()\s][^()]*?):(\d+):(\d+)\)?$`)
	causeRE = lazyre.New(`^\s+(?:\[cause\]: |\[errors\]: \[\s*)?((?:[A-Za-z_$][\w$.]*)?(?:Error|Exception))(?: \[([\w]+)\])?(?:: (.*))?$`)
)

// trailer begins the line with which node ends.
const trailer = "Node.js v"

// maxMessage bounds a message: an assertion can print two large values.
const maxMessage = 4000

// uncaught reads the last uncaught error on stderr, and what caused it.
func uncaught(e nsbox.Evidence) []nsbox.Diagnosis {
	lines := strings.Split(strings.ReplaceAll(string(tail(e.Stderr)), "\r\n", "\n"), "\n")
	end := len(lines)
	for i := len(lines) - 1; i >= 0; i-- {
		if strings.HasPrefix(lines[i], trailer) {
			end = i
			break
		}
	}
	head := header(lines[:end])
	at := head.body
	for at < end && strings.TrimSpace(lines[at]) == "" {
		at++
	}
	if head.body == 0 {
		at = firstError(lines[:end])
	}
	if at < 0 || at >= end {
		return nil
	}
	return report(head, lines[at:end])
}

// tail bounds what is read of a stream that a program may have filled; the
// error is at its end.
func tail(b []byte) []byte {
	const most = 256 << 10
	if len(b) > most {
		return b[len(b)-most:]
	}
	return b
}

// headed is the part before the error itself.
type headed struct {
	file         string // "" where it is none of the program's
	line, column int
	body         int // index of the line after it; 0 where there is none
}

// header finds the last line that names a place, is followed by its line of
// source and a caret.
func header(lines []string) headed {
	for i := len(lines) - 2; i >= 0; i-- {
		m := placeRE.FindStringSubmatch(lines[i])
		if m == nil || strings.HasPrefix(lines[i], "    at ") || !frameFollows(lines[i+1:]) {
			continue
		}
		h := headed{}
		for k := i + 1; k < len(lines) && k <= i+3; k++ {
			if caretRE.MatchString(lines[k]) {
				h.body = k + 1
				if k > i+1 {
					h.column = caretColumn(lines[k-1], lines[k])
				}
				break
			}
			if strings.TrimSpace(lines[k]) == "" && k == i+3 {
				h.body = k + 1 // the error is after the file's last line: no caret
			}
		}
		if h.body == 0 {
			continue
		}
		if name, ok := relative(m[1]); ok {
			h.file = name
			h.line, _ = strconv.Atoi(m[2])
		}
		return h
	}
	return headed{}
}

// frameFollows keeps a program's own output such as "12:30" from being a place.
func frameFollows(lines []string) bool {
	for i := 0; i < len(lines) && i < 3; i++ {
		if strings.TrimSpace(lines[i]) == "" || caretRE.MatchString(lines[i]) {
			return true
		}
	}
	return false
}

// caretColumn counts characters; node pads the caret with the tabs of the line.
func caretColumn(line, caret string) int {
	n := strings.IndexByte(caret, '^')
	return min(utf8.RuneCountInString(caret[:n]), utf8.RuneCountInString(line)) + 1
}

// firstError finds an error with a stack that has no place before it.
func firstError(lines []string) int {
	for i := len(lines) - 2; i >= 0; i-- {
		if m := errorRE.FindStringSubmatch(lines[i]); m != nil && strings.HasPrefix(strings.TrimLeft(lines[i+1], " "), "at ") {
			return i
		}
	}
	return -1
}

func report(h headed, body []string) []nsbox.Diagnosis {
	d := nsbox.Diagnosis{File: h.file, Line: h.line, Column: h.column, Phase: nsbox.PhaseRun}
	m := errorRE.FindStringSubmatch(body[0])
	stack := framesAt(body)
	if m == nil || stack < 0 && !strings.HasSuffix(m[1], "Error") {
		thrown(&d, body)
		return []nsbox.Diagnosis{d}
	}
	d.Type = className(m[1], m[2])
	end := stack
	if end < 0 {
		end = len(body)
	}
	d.Message = message(m[3], body[1:end])
	if d.Type == "UnhandledPromiseRejection" {
		d.Hint = "A promise was rejected with a value that is no Error, and nothing handles it."
	}
	d.Phase = phase(d, body, stack)
	if stack >= 0 {
		place(&d, body[stack:], d.Phase == nsbox.PhaseParse)
	}
	if d.Hint == "" {
		d.Hint = hint(d)
	}
	return append([]nsbox.Diagnosis{d}, causes(body[end:])...)
}

// className is the error's class; node's own errors carry their code beside it.
func className(class, code string) string {
	if class == "DOMException" && code != "" {
		return code
	}
	return class
}

// framesAt is the index of the first frame, -1 where there is none.
func framesAt(body []string) int {
	for i, l := range body {
		if strings.HasPrefix(l, "    at ") {
			return i
		}
	}
	return -1
}

func message(first string, more []string) string {
	all := strings.TrimSpace(strings.Join(append([]string{first}, more...), "\n"))
	if len(all) > maxMessage {
		all = strings.ToValidUTF8(all[:maxMessage], "") + "..."
	}
	return all
}

// thrown describes a value that is no Error.
func thrown(d *nsbox.Diagnosis, body []string) {
	d.Type = "Uncaught"
	for i, l := range body {
		if strings.HasPrefix(l, "(Use `node") || strings.HasPrefix(l, "Thrown at:") {
			body = body[:i]
			break
		}
	}
	d.Message = message("", body)
	d.Hint = "The program throws a value that is no Error, so there is no stack."
}

// place takes the innermost frame of the program itself: the header is where an
// error was thrown last, which may be a catch far from its cause. An error of
// parsing has its place in the header alone; its frames tell who asked for the
// file.
func place(d *nsbox.Diagnosis, stack []string, headerOnly bool) {
	var kept []string
	found := false
	for _, l := range stack {
		if !strings.HasPrefix(l, "    at ") {
			break
		}
		m := frameRE.FindStringSubmatch(l)
		if m == nil {
			kept = append(kept, l)
			continue
		}
		name, ok := relative(m[2])
		if !ok {
			continue
		}
		kept = append(kept, l)
		line, _ := strconv.Atoi(m[3])
		if !found && !(headerOnly && d.File != "") {
			d.File, d.Line = name, line
			d.Column, _ = strconv.Atoi(m[4])
			found = true
		}
	}
	d.StackTrace = strings.ReplaceAll(strings.Join(kept, "\n"), "file:///workspace/", "")
	d.StackTrace = strings.ReplaceAll(d.StackTrace, "/workspace/", "")
}

// phase tells an error of parsing from one of running: the former comes from
// Node's loader, before a line of the file ran.
func phase(d nsbox.Diagnosis, body []string, stack int) nsbox.Phase {
	first := ""
	if stack >= 0 {
		first = body[stack]
	}
	internal := strings.Contains(first, "node:internal") || stack < 0
	switch {
	case d.Type == "SyntaxError" && strings.Contains(d.Message, "does not provide an export named"):
		return nsbox.PhaseCompile
	case d.Type == "SyntaxError" && internal:
		return nsbox.PhaseParse
	case strings.HasPrefix(d.Message, "Cannot find") && strings.Contains(d.Message, " imported from "):
		return nsbox.PhaseCompile
	}
	return nsbox.PhaseRun
}

// causes are the errors that led to the one that was not caught.
func causes(lines []string) []nsbox.Diagnosis {
	var out []nsbox.Diagnosis
	for i, l := range lines {
		m := causeRE.FindStringSubmatch(l)
		if m == nil || len(out) == 8 {
			continue
		}
		d := nsbox.Diagnosis{Type: m[1], Message: strings.TrimSuffix(m[3], ","), Phase: nsbox.PhaseRun}
		var stack []string
		for _, f := range lines[i+1:] {
			f = strings.TrimLeft(f, " ")
			if !strings.HasPrefix(f, "at ") {
				break
			}
			stack = append(stack, "    "+strings.TrimSuffix(f, ","))
		}
		if len(stack) == 0 {
			continue
		}
		place(&d, stack, false)
		d.Hint = hint(d)
		out = append(out, d)
	}
	return out
}

var hints = []struct {
	re   *lazyre.Regexp
	text string
}{
	{lazyre.New(`^Assignment to constant variable`), "A const can't be assigned again; declare it with let."},
	{lazyre.New(`^await is only valid`), "The enclosing function must be declared async."},
	{lazyre.New(`^Class constructor .* cannot be invoked without 'new'`), "Put new before the call."},
	{lazyre.New(`^Cannot access '.*' before initialization`), "The name is used before its let, const or class was reached."},
	{lazyre.New(`^require is not defined in ES module`), "The file is an ES module; use import."},
	{lazyre.New(`^Cannot use import statement outside a module`), "The file is CommonJS; use require."},
	{lazyre.New(`is not defined$`), "No variable of that name is in scope there."},
	{lazyre.New(`is not a function$`), "What is called is no function: the name may be misspelt, or the value be of another type."},
	{lazyre.New(`^Cannot (read|set) properties of (undefined|null)`), "The value before the property is missing."},
	{lazyre.New(`^missing \) after argument list`), "A call's arguments are not closed, or a comma is missing between two."},
	{lazyre.New(`^Unexpected end of input`), "A bracket that was opened is never closed."},
}

func hint(d nsbox.Diagnosis) string {
	for _, h := range hints {
		if h.re.MatchString(d.Message) {
			return h.text
		}
	}
	return ""
}
