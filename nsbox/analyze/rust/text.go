package rust

import (
	"strconv"
	"strings"

	"github.com/nsbox/nsbox/nsbox"
)

// fromText reads what rustc prints for people:
//
//	error[E0384]: cannot assign twice to immutable variable `x`
//	 --> main.rs:3:5
//	  |
//	help: consider making this binding mutable
func fromText(text string) []nsbox.Diagnosis {
	var out []nsbox.Diagnosis
	var at *nsbox.Diagnosis
	var hints []string
	done := func() {
		if at != nil {
			at.Hint = strings.Join(hints, "\n")
		}
		at, hints = nil, nil
	}
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		trimmed := strings.TrimLeft(line, " ")
		switch {
		case strings.HasPrefix(line, "error"):
			done()
			code, message, ok := headline(line)
			if !ok {
				continue
			}
			out = append(out, nsbox.Diagnosis{Type: code, Message: message, Phase: Phase(code, message)})
			at = &out[len(out)-1]
		case strings.HasPrefix(line, "warning"), strings.HasPrefix(line, "For more information"), strings.HasPrefix(line, "Some errors have"):
			done()
		case at == nil:
		case strings.HasPrefix(trimmed, "--> ") && at.Line == 0:
			at.File, at.Line, at.Column = place(trimmed[len("--> "):])
		case strings.HasPrefix(trimmed, "= help: "), strings.HasPrefix(trimmed, "= note: "):
			hints = append(hints, trimmed[len("= help: "):])
		case strings.HasPrefix(line, "help: "), strings.HasPrefix(line, "note: "):
			hints = append(hints, line[len("help: "):])
		}
	}
	done()
	return out
}

// headline reads "error[E0384]: message" and "error: message".
func headline(line string) (code, message string, ok bool) {
	rest := strings.TrimPrefix(line, "error")
	code = "error"
	if strings.HasPrefix(rest, "[") {
		inner, after, found := strings.Cut(rest[1:], "]")
		if !found {
			return "", "", false
		}
		if isCode(inner) {
			code = inner
		}
		rest = after
	}
	message, ok = strings.CutPrefix(rest, ": ")
	switch {
	case !ok, message == "", strings.HasPrefix(message, "aborting due to"), strings.HasPrefix(message, "could not compile"),
		strings.HasPrefix(message, "linking with"), strings.HasPrefix(message, "test failed"):
		return "", "", false
	}
	return code, message, true
}

// place reads "main.rs:3:5". Names may hold colons.
func place(s string) (file string, line, column int) {
	s = strings.TrimSuffix(strings.TrimSpace(s), ":")
	rest, last, ok := cutLast(s)
	if !ok {
		return relative(s), 0, 0
	}
	name, middle, ok := cutLast(rest)
	if !ok {
		return relative(rest), last, 0
	}
	return relative(name), middle, last
}

// cutLast cuts ":number" off the end of s.
func cutLast(s string) (rest string, n int, ok bool) {
	i := strings.LastIndexByte(s, ':')
	if i < 0 {
		return s, 0, false
	}
	n, err := strconv.Atoi(s[i+1:])
	if err != nil || n < 0 {
		return s, 0, false
	}
	return s[:i], n, true
}

// fromLinker reads an error of the linker, which has no place.
func fromLinker(text string) []nsbox.Diagnosis {
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "error: linking with") || strings.Contains(line, "undefined reference") {
			return []nsbox.Diagnosis{{Type: "error", Message: strings.TrimPrefix(line, "error: "), Phase: nsbox.PhaseCompile}}
		}
	}
	return nil
}
