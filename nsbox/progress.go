package nsbox

import (
	"bytes"
	"fmt"
	"strings"
)

// The order of how far a program came.
const (
	rankParse = iota
	rankCompile
	rankRun
	rankLint
)

// phaseOf is how far the program of st came.
func phaseOf(st *state) int {
	if len(st.found) > 0 {
		switch st.found[0].Phase {
		case PhaseParse:
			return rankParse
		case PhaseCompile:
			return rankCompile
		case PhaseLint:
			return rankLint
		case PhaseRun:
			return rankRun
		}
	}
	if st.ev.Stage == StageCompile {
		return rankCompile
	}
	return rankRun
}

func mendable(v Verdict) bool {
	return v == OK || v == NonZero || v == Signal || v == CompileError
}

// worse says in a sentence why after is no progress over before, "" where it is.
func worse(before, after *state) string {
	if !mendable(after.res.Verdict) {
		return fmt.Sprintf("the program then ended by %s", strings.ReplaceAll(string(after.res.Verdict), "_", " "))
	}
	from, to := phaseOf(before), phaseOf(after)
	if from == rankLint {
		if after.res.Verdict == OK && len(after.found) < len(before.found) {
			return ""
		}
		return "the checker still objects: " + name(after.found)
	}
	if after.res.Verdict == OK {
		return masked(before, after)
	}
	if to < from {
		return "the program then failed earlier: " + name(after.found)
	}
	if from < rankRun {
		switch {
		case to > from:
			return ""
		case to == rankParse && further(before, after):
			return "" // a parser that stops at its first error had not seen the rest
		case len(after.found) > len(before.found):
			return fmt.Sprintf("there were then %d errors, before %d: %s", len(after.found), len(before.found), name(after.found))
		case len(after.found) == len(before.found) && same(before, after):
			return "the error stayed: " + name(after.found)
		}
		return ""
	}
	if same(before, after) {
		return "the error stayed: " + name(after.found)
	}
	if !keeps(before.ev.Stdout, after.ev.Stdout) {
		return "the program no longer printed what it had printed before"
	}
	return ""
}

// further reports whether the first error of after is in a later line of the same
// file than that of before.
func further(before, after *state) bool {
	a, b := before.found[0], after.found[0]
	return a.File == b.File && a.Line > 0 && b.Line > a.Line
}

// masked says why a run that ended well is not to be trusted, "" where it is.
func masked(before, after *state) string {
	switch {
	case len(after.found) > 0 && after.found[0].Type == typeWrongOutput:
		return "the output is not the expected one"
	case !keeps(before.ev.Stdout, after.ev.Stdout):
		return "the program no longer printed what it had printed before"
	case len(after.ev.Stdout) == 0 && prints(after.files[0].Data):
		return "the program printed nothing, though its source prints"
	}
	return ""
}

// same reports whether the first errors are the same one in the same place: the
// line has the same number, or the same text, because lines move.
func same(a, b *state) bool {
	if len(a.found) == 0 || len(b.found) == 0 {
		return false
	}
	x, y := a.found[0], b.found[0]
	place := x.File == y.File && x.Line == y.Line || lineText(a, x) == lineText(b, y)
	return x.Type == y.Type && x.Message == y.Message && place
}

func lineText(st *state, d Diagnosis) string {
	for _, f := range st.files {
		if f.Name == d.File && d.Line > 0 {
			lines := bytes.SplitN(f.Data, []byte("\n"), d.Line+1)
			if d.Line <= len(lines) {
				return string(bytes.TrimSpace(lines[d.Line-1]))
			}
		}
	}
	return ""
}

// keeps reports whether every line of before is in after, in the same order. The
// last line of before, where it is not finished, may have gone on.
func keeps(before, after []byte) bool {
	for len(before) > 0 {
		line, rest, whole := bytes.Cut(before, []byte("\n"))
		before = rest
		for {
			if len(after) == 0 {
				return false
			}
			var other []byte
			other, after, _ = bytes.Cut(after, []byte("\n"))
			if bytes.Equal(line, other) || !whole && bytes.HasPrefix(other, line) {
				break
			}
		}
	}
	return true
}

// printing are words that stand in sources which print.
var printing = []string{"print", "puts", "echo", "cout", "console.", "write", "putchar"}

func prints(source []byte) bool {
	for _, w := range printing {
		if bytes.Contains(source, []byte(w)) {
			return true
		}
	}
	return false
}

func name(found []Diagnosis) string {
	if len(found) == 0 {
		return "nobody knows why"
	}
	return found[0].Type + ": " + found[0].Message
}

// typeWrongOutput is the type of a program's failure to print what it should.
const typeWrongOutput = "WrongOutput"

// wrongOutput says where got leaves want.
func wrongOutput(want, got []byte) Diagnosis {
	a, b := bytes.SplitAfter(want, []byte("\n")), bytes.SplitAfter(got, []byte("\n"))
	line := 0
	for line < len(a) && line < len(b) && bytes.Equal(a[line], b[line]) {
		line++
	}
	at := func(l [][]byte) string {
		if line >= len(l) || len(l[line]) == 0 {
			return "the end"
		}
		s := string(bytes.TrimSuffix(l[line], []byte("\n")))
		if len(s) > 100 {
			s = strings.ToValidUTF8(s[:100], "") + "..."
		}
		return fmt.Sprintf("%q", s)
	}
	return Diagnosis{
		Type: typeWrongOutput, Phase: PhaseRun,
		Message: fmt.Sprintf("line %d of the output is %s; expected is %s", line+1, at(b), at(a)),
	}
}
