// Package golang reads what Go's compiler, its vet command and its runtime say
// of a program that failed.
//
// Types: CompileError for everything that the compiler or the linker says, vet
// for a finding of vet in a program that runs, panic and "fatal error" for what
// the runtime says.
package golang

import (
	"encoding/json"
	"sort"
	"strconv"
	"strings"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/internal/lazyre"
	"github.com/nsbox/nsbox/nsbox/internal/source"
)

// maxDiagnoses bounds what is kept of a compiler that found no end.
const maxDiagnoses = 100

// Analyze is an [nsbox.AnalyzerFunc].
func Analyze(e nsbox.Evidence) []nsbox.Diagnosis {
	if e.Check != nil {
		if found := compilerErrors(e, string(e.Check.Stderr)); len(found) > 0 {
			return found
		}
		if e.Verdict == nsbox.OK {
			return vetFindings(e, e.Check.Stdout)
		}
	}
	if e.Verdict == nsbox.OK {
		return nil
	}
	text := string(e.Stderr)
	if e.Stage != nsbox.StageCompile {
		if d, ok := crash(text); ok {
			return []nsbox.Diagnosis{d}
		}
	}
	if found := compilerErrors(e, text); len(found) > 0 {
		return found
	}
	if e.Stage == nsbox.StageCompile {
		return toolError(text)
	}
	return nil
}

// reError is a line of the compiler: file, line, column, message. The linker and
// old releases leave the column out.
var reError = lazyre.New(`^(?:\./|/workspace/)?([^\s:]+\.go):(\d+)(?::(\d+))?: (.+)$`)

func compilerErrors(e nsbox.Evidence, text string) []nsbox.Diagnosis {
	var out []nsbox.Diagnosis
	texts := map[string]*source.Text{}
	for line := range strings.SplitSeq(text, "\n") {
		if n := len(out); n > 0 && strings.HasPrefix(line, "\t") {
			// What a message says further: have and want, other declarations.
			out[n-1].Message += "\n" + strings.TrimSpace(line)
			continue
		}
		m := reError.FindStringSubmatch(strings.TrimPrefix(line, "vet: "))
		if m == nil || m[4] == "too many errors" || len(out) == maxDiagnoses {
			continue
		}
		d := nsbox.Diagnosis{
			Type: "CompileError", Message: m[4], File: m[1], Line: atoi(m[2]), Column: atoi(m[3]), Phase: nsbox.PhaseCompile,
		}
		if isSyntax(d.Message) {
			d.Phase = nsbox.PhaseParse
		}
		d.Column = characters(texts, e.Files, d)
		d.Hint = hint(d.Message)
		out = append(out, d)
	}
	sortByPhase(out)
	return out
}

// sortByPhase puts errors of syntax first: the others may come of them.
func sortByPhase(out []nsbox.Diagnosis) {
	sort.SliceStable(out, func(i, j int) bool {
		return out[i].Phase == nsbox.PhaseParse && out[j].Phase != nsbox.PhaseParse
	})
}

// isSyntax reports whether the scanner or the parser said it: they say "syntax
// error", but of literals and characters they speak plainly.
func isSyntax(message string) bool {
	for _, s := range []string{
		"syntax error", "newline in string", "string not terminated", "string literal not terminated", "newline in rune literal",
		"rune literal not terminated", "more than one character in rune literal", "empty rune literal or unescaped",
		"comment not terminated", "invalid character", "unknown escape", "invalid BOM", "invalid digit",
	} {
		if strings.HasPrefix(message, s) {
			return true
		}
	}
	return false
}

// characters turns the compiler's column, which counts bytes, into characters.
func characters(texts map[string]*source.Text, files []nsbox.File, d nsbox.Diagnosis) int {
	t := texts[d.File]
	for i := range files {
		if t == nil && files[i].Name == d.File {
			t = source.NewText(files[i].Data)
			texts[d.File] = t
		}
	}
	if t == nil || d.Column == 0 {
		return d.Column
	}
	offset, ok := t.OffsetBytes(d.Line, d.Column)
	if !ok {
		return d.Column
	}
	_, column := t.Place(offset)
	return column
}

var reHave = lazyre.New(`, but does have (?:field |method )?(\w+)`)

func hint(message string) string {
	if m := reHave.FindStringSubmatch(message); m != nil {
		return "Did you mean " + m[1] + "?"
	}
	return ""
}

// toolError is what the go command or the linker says without a place.
func toolError(text string) []nsbox.Diagnosis {
	for line := range strings.SplitSeq(text, "\n") {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") || strings.HasPrefix(line, "runtime.main_main") && strings.Contains(text, "undeclared") {
			continue
		}
		return []nsbox.Diagnosis{{Type: "CompileError", Message: line, Phase: nsbox.PhaseCompile}}
	}
	return nil
}

// vetFindings reads vet's JSON: package, analyzer, findings.
func vetFindings(e nsbox.Evidence, text []byte) []nsbox.Diagnosis {
	var found map[string]map[string]json.RawMessage
	if json.Unmarshal(text, &found) != nil {
		return nil
	}
	var out []nsbox.Diagnosis
	for _, analyzers := range found {
		for analyzer, raw := range analyzers {
			var list []struct {
				Posn    string `json:"posn"`
				Message string `json:"message"`
			}
			if json.Unmarshal(raw, &list) != nil {
				continue // an analyzer's failure is an object
			}
			for _, f := range list {
				m := rePosn.FindStringSubmatch(f.Posn)
				if m == nil || len(out) == maxDiagnoses {
					continue
				}
				d := nsbox.Diagnosis{
					Type: "vet", Message: f.Message, File: strings.TrimPrefix(strings.TrimPrefix(m[1], "/workspace/"), "./"),
					Line: atoi(m[2]), Column: atoi(m[3]), Phase: nsbox.PhaseLint, Hint: "found by go vet's " + analyzer,
				}
				d.Column = characters(map[string]*source.Text{}, e.Files, d)
				out = append(out, d)
			}
		}
	}
	sort.SliceStable(out, func(i, j int) bool {
		if out[i].Line != out[j].Line {
			return out[i].Line < out[j].Line
		}
		return out[i].Message < out[j].Message
	})
	return out
}

var rePosn = lazyre.New(`^(.+\.go):(\d+):(\d+)$`)

var (
	reCrash = lazyre.New(`(?m)^(?:(panic): |(fatal error): |runtime: (goroutine stack exceeds) )(.*)$`)
	reFrame = lazyre.New(`(?m)^\t(\S+\.go):(\d+)(?: \+0x[0-9a-f]+)?$`)
)

// crash reads a panic or a fatal error with its goroutine traces.
func crash(text string) (nsbox.Diagnosis, bool) {
	at := reCrash.FindStringSubmatchIndex(text)
	if at == nil {
		return nsbox.Diagnosis{}, false
	}
	d := nsbox.Diagnosis{Type: "panic", Phase: nsbox.PhaseRun}
	if at[2] < 0 {
		d.Type = "fatal error"
	}
	rest := text[at[0]:]
	message, trace, _ := strings.Cut(rest, "\n\ngoroutine ")
	if trace != "" {
		trace = "goroutine " + trace
	}
	if first, more, ok := strings.Cut(message, "\n"); ok && strings.HasPrefix(first, "runtime: goroutine stack exceeds") {
		// The reason follows in a line of its own.
		if i := strings.Index(more, "fatal error: "); i >= 0 {
			message = more[i:]
		}
	}
	message, _, _ = strings.Cut(message, "\n[signal ")
	d.Message = strings.TrimSpace(strings.TrimPrefix(strings.TrimPrefix(message, "panic: "), "fatal error: "))
	d.StackTrace = strings.TrimSpace(trace)
	d.File, d.Line = firstFrame(trace)
	return d, true
}

// firstFrame is the innermost place in the program's own files. The first trace
// is of the goroutine that failed.
func firstFrame(trace string) (string, int) {
	for _, m := range reFrame.FindAllStringSubmatch(trace, -1) {
		if name, ok := strings.CutPrefix(m[1], "/workspace/"); ok {
			return name, atoi(m[2])
		}
	}
	// Compiled by hand elsewhere: what is neither Go's nor a module's.
	for _, m := range reFrame.FindAllStringSubmatch(trace, -1) {
		if !reForeign.MatchString(m[1]) {
			return m[1][strings.LastIndexByte(m[1], '/')+1:], atoi(m[2])
		}
	}
	return "", 0
}

var reForeign = lazyre.New(`/(?:go|src|pkg/mod|toolchain@[^/]*)/(?:src/)?(?:runtime|internal|sync|os|fmt|strconv|strings|reflect|bytes|sort|time|io|math|errors|net|encoding)/|^_cgo|asm_`)

func atoi(s string) int {
	n, _ := strconv.Atoi(s) // "" is 0, which is unknown
	return n
}
