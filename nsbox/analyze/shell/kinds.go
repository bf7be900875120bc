package shell

import (
	"strings"

	"github.com/nsbox/nsbox/nsbox"
)

// kind tells a message by how it ends, begins, or what it has.
type kind struct {
	typ                 string
	suffix, prefix, has string
}

// kinds in their order: the first that fits gives the type.
var kinds = []kind{
	{typ: "CommandNotFound", suffix: ": command not found"},
	{typ: "TestError", prefix: "[: "},
	{typ: "TestError", prefix: "test: "},
	{typ: "ArithmeticError", has: "(error token is "},
	{typ: "ArithmeticError", suffix: ": expression recursion level exceeded"},
	{typ: "ArithmeticError", prefix: "let: "},
	{typ: "UnboundVariable", suffix: ": unbound variable"},
	{typ: "UnboundVariable", suffix: ": parameter null or not set"},
	{typ: "UnboundVariable", suffix: ": parameter not set"},
	{typ: "BadSubstitution", suffix: ": bad substitution"},
	{typ: "ReadonlyVariable", suffix: ": readonly variable"},
	{typ: "ReadonlyVariable", suffix: ": readonly function"},
	{typ: "InvalidIdentifier", suffix: ": not a valid identifier"},
	{typ: "InvalidIdentifier", suffix: ": invalid variable name"},
	{typ: "InvalidIdentifier", suffix: ": invalid variable name for name reference"},
	{typ: "BadSubscript", suffix: ": bad array subscript"},
	{typ: "BadSubscript", suffix: ": must use subscript when assigning associative array"},
	{typ: "RedirectError", suffix: ": ambiguous redirect"},
	{typ: "RedirectError", suffix: ": Bad file descriptor"},
	{typ: "RecursionError", has: "maximum function nesting level exceeded"},
	{typ: "FileNotFound", suffix: ": No such file or directory"},
	{typ: "FileNotFound", suffix: ": file not found"},
	{typ: "PermissionDenied", suffix: ": Permission denied"},
	{typ: "PermissionDenied", suffix: ": Operation not permitted"},
	{typ: "PermissionDenied", suffix: ": Read-only file system"},
	{typ: "IsADirectory", suffix: ": Is a directory"},
	{typ: "NotExecutable", has: ": cannot execute"},
	{typ: "NotExecutable", suffix: ": Exec format error"},
	{typ: "NotExecutable", suffix: ": bad interpreter"},
	{typ: "UsageError", has: ": can only be used in a"},
	{typ: "UsageError", has: ": can only `return'"},
	{typ: "UsageError", has: ": only meaningful in a"},
	{typ: "UsageError", suffix: ": numeric argument required"},
	{typ: "UsageError", suffix: ": too many arguments"},
	{typ: "UsageError", suffix: ": invalid option"},
	{typ: "UsageError", suffix: ": invalid option name"},
	{typ: "UsageError", suffix: ": option requires an argument"},
	{typ: "UsageError", suffix: ": invalid number"},
	{typ: "UsageError", has: "usage: "},
}

// parser is how messages of the parser begin.
var parser = []string{
	"syntax error", "unexpected EOF while looking for", "unexpected token `", "unexpected argument `",
	"conditional binary operator expected", "unexpected end of file", "bad substitution: no closing",
	"here-document delimiter",
}

// diagnose tells the type and the phase of a message of Bash.
func diagnose(message string) nsbox.Diagnosis {
	d := nsbox.Diagnosis{Type: "CommandFailed", Message: message, Phase: nsbox.PhaseRun}
	for _, p := range parser {
		if strings.HasPrefix(message, p) {
			d.Type, d.Phase = "SyntaxError", nsbox.PhaseParse
			return d
		}
	}
	for _, k := range kinds {
		if strings.HasSuffix(message, k.suffix) && strings.HasPrefix(message, k.prefix) && strings.Contains(message, k.has) {
			d.Type = k.typ
			break
		}
	}
	d.Hint = hint(d.Type, message)
	return d
}

// hint says what is mostly behind a message that does not say it itself.
func hint(typ, message string) string {
	switch {
	case typ == "CommandNotFound" && strings.HasPrefix(message, "["):
		return "[ and [[ are commands: a blank must follow them"
	case typ == "TestError" && (strings.Contains(message, "unary operator") || strings.Contains(message, "too many arguments")):
		return "a variable is empty or has blanks: quote it"
	case typ == "TestError" && strings.Contains(message, "missing `]'"):
		return "a blank must stand before ], and && and || end a command"
	}
	return ""
}

// others diagnoses a script of which Bash says nothing: by the last message of
// a command that it called, or by the exit status alone.
func others(text string, e nsbox.Evidence) []nsbox.Diagnosis {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	last := strings.TrimSpace(lines[len(lines)-1])
	if last == "" || len(last) > 500 {
		return nil
	}
	command, message, ok := strings.Cut(last, ": ")
	if !ok || command == "" || strings.ContainsAny(command, " \t") || message == "" {
		return nil
	}
	d := diagnose(last)
	d.Phase = nsbox.PhaseRun
	if d.Type == "SyntaxError" {
		d.Type = "CommandFailed"
	}
	d.StackTrace = last
	if len(e.Files) > 0 {
		if n := only(string(e.Files[0].Data), command); n > 0 {
			d.File, d.Line = e.Files[0].Name, n
		}
	}
	return []nsbox.Diagnosis{d}
}

// only returns the one line of script that has command as a word, 0 if there
// are several or none.
func only(script, command string) int {
	found := 0
	for i, line := range strings.Split(script, "\n") {
		if strings.HasPrefix(strings.TrimSpace(line), "#") {
			continue
		}
		for _, w := range strings.FieldsFunc(line, func(c rune) bool { return strings.ContainsRune(" \t;|&(){}`\"'$", c) }) {
			if w != command {
				continue
			}
			if found > 0 && found != i+1 {
				return 0
			}
			found = i + 1
		}
	}
	return found
}
