// Package shell reads what Bash says of a script that failed, and what the
// commands that a script calls say where Bash itself says nothing.
//
// Bash has no names for its errors, so Diagnosis.Type has ours:
//
//	SyntaxError         not well-formed: the parser stopped
//	CommandNotFound     no command, builtin or function of that name
//	FileNotFound        a file that is not there
//	PermissionDenied    a file that may not be opened or started
//	IsADirectory        a directory in the place of a file
//	NotExecutable       a file that is no program
//	UnboundVariable     a variable that is not set, under set -u or ${x:?}
//	BadSubstitution     ${...} with something that Bash does not know
//	ReadonlyVariable    an assignment to a constant
//	InvalidIdentifier   a name that can't be one
//	BadSubscript        an index that an array can't have
//	TestError           a [ or test that can't be decided
//	ArithmeticError     a wrong expression in $((...)), ((...)) or let
//	RedirectError       a redirection that leads nowhere
//	RecursionError      functions that call themselves too deep
//	UsageError          a builtin with wrong arguments, or in the wrong place
//	CommandFailed       another message of a command
//	ExitStatus          an exit status without a message
package shell

import (
	"bytes"
	"strconv"
	"strings"

	"github.com/nsbox/nsbox/nsbox"
	rules "github.com/nsbox/nsbox/nsbox/heal/rules/shell"
	"github.com/nsbox/nsbox/nsbox/language"
)

// maxText bounds how much of a stream is read, from both ends: scripts go on
// after an error, so the first messages may be the reason of the last.
const maxText = 128 << 10

// maxFound bounds the diagnoses: a loop may say the same of each turn.
const maxFound = 40

// Analyze is an [nsbox.AnalyzerFunc]. The first diagnosis is a syntax error if
// there is one, for it ended the script; else the messages stand in their order,
// each once. A script under set -e ended at the last message, but there the
// first is mostly the only one.
func Analyze(e nsbox.Evidence) []nsbox.Diagnosis {
	if e.Verdict == nsbox.OK && e.Check == nil {
		return nil
	}
	found := messages(limit(e.Stderr), e.Files)
	if e.Check != nil && (len(found) == 0 || found[0].Phase == nsbox.PhaseParse) {
		if more := messages(limit(e.Check.Stderr), e.Files); len(more) > 0 {
			found = merge(more, found)
		}
	}
	cause(found, e.Files)
	if len(found) == 0 && e.Verdict == nsbox.NonZero {
		found = others(limit(e.Stderr), e)
	}
	return found[:min(len(found), maxFound)]
}

// cause moves the first syntax error from where Bash noticed it, which is often
// the script's end, to where the script is broken, if that can be told.
func cause(found []nsbox.Diagnosis, files []nsbox.File) {
	if len(found) == 0 || found[0].Phase != nsbox.PhaseParse {
		return
	}
	d := &found[0]
	for _, f := range files {
		if f.Name != d.File {
			continue
		}
		if line, column, ok := rules.Cause(f, *d); ok && line != d.Line {
			d.Hint = "Bash noticed it at line " + strconv.Itoa(d.Line)
			d.Line, d.Column = line, column
		}
	}
}

func limit(b []byte) string {
	if len(b) > 2*maxText {
		b = append(append([]byte{}, b[:maxText]...), b[len(b)-maxText:]...)
	}
	return strings.ToValidUTF8(string(b), "\uFFFD")
}

// messages are those of Bash itself: "main.sh: line 3: foo: command not found".
func messages(text string, files []nsbox.File) []nsbox.Diagnosis {
	var syntax, out []nsbox.Diagnosis
	seen := map[string]bool{}
	for _, line := range strings.Split(text, "\n") {
		file, n, message, ok := split(line)
		if !ok || strings.HasPrefix(message, "warning: ") || !ours(file, files) {
			continue
		}
		if quoted(message) {
			if k := len(syntax) - 1; k >= 0 && syntax[k].Line == n { // the line's text
				syntax[k].Column = columnOf(syntax[k], message[1:len(message)-1])
				syntax[k].StackTrace += "\n" + line
			}
			continue
		}
		d := diagnose(message)
		if d.Type == "CommandFailed" && demanded(message, file, files) {
			d.Type = "UnboundVariable"
		}
		d.File, d.Line, d.StackTrace = strings.TrimPrefix(strings.TrimPrefix(file, language.Workspace+"/"), "./"), n, line
		key := strconv.Itoa(n) + d.Message
		if seen[key] || len(out) >= maxFound {
			continue
		}
		seen[key] = true
		if d.Phase == nsbox.PhaseParse {
			syntax = append(syntax, d)
		} else {
			out = append(out, d)
		}
	}
	return append(syntax, out...)
}

// demanded reports whether message is the script's own about a variable that is
// not set: ${x:?message}.
func demanded(message, file string, files []nsbox.File) bool {
	variable, _, _ := strings.Cut(message, ": ")
	for _, f := range files {
		if strings.HasSuffix(file, f.Name) && variable != "" && (bytes.Contains(f.Data, []byte("${"+variable+":?")) || bytes.Contains(f.Data, []byte("${"+variable+"?"))) {
			return true
		}
	}
	return false
}

// merge puts first the diagnoses of the check, which says no more than that the
// script is not well-formed, and then those of the run that it has not.
func merge(check, run []nsbox.Diagnosis) []nsbox.Diagnosis {
	out := check
	for _, d := range run {
		known := false
		for _, c := range check {
			known = known || c.Line == d.Line && c.Message == d.Message
		}
		if !known && d.Phase != nsbox.PhaseParse {
			out = append(out, d)
		}
	}
	return out
}

// split reads "main.sh: line 3: message". The script's name comes as it was
// called; "line" is translated in no locale that programs get.
func split(line string) (file string, n int, message string, ok bool) {
	at := strings.Index(line, ": line ")
	if at <= 0 || strings.ContainsAny(line[:at], "\t") {
		return "", 0, "", false
	}
	num, message, ok := strings.Cut(line[at+len(": line "):], ": ")
	n, err := strconv.Atoi(num)
	if !ok || err != nil || n < 0 {
		return "", 0, "", false
	}
	return line[:at], n, strings.TrimRight(message, "\r"), true
}

// ours reports whether file is the program's, or may be.
func ours(file string, files []nsbox.File) bool {
	if len(files) == 0 {
		return true
	}
	name := strings.TrimPrefix(strings.TrimPrefix(file, language.Workspace+"/"), "./")
	for _, f := range files {
		if f.Name == name {
			return true
		}
	}
	return !strings.HasPrefix(name, "/")
}

// quoted reports whether message is the source line that Bash prints after a
// syntax error.
func quoted(message string) bool {
	return len(message) >= 2 && message[0] == '`' && message[len(message)-1] == '\''
}

// columnOf is where the unexpected token stands in its line, if just once.
func columnOf(d nsbox.Diagnosis, line string) int {
	_, token, ok := strings.Cut(d.Message, "unexpected token `")
	token = strings.TrimSuffix(token, "'")
	if !ok || token == "" || strings.Count(line, token) != 1 {
		return 0
	}
	return len([]rune(line[:strings.Index(line, token)])) + 1
}
