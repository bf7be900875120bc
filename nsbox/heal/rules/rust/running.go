package rust

import (
	"strings"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/internal/source"
)

// running returns ways to mend what ends a running program. They are few: most
// of what panics needs more than a rule.
func (h *healer) running() []option {
	d := h.problem.Diagnoses[0]
	p := h.program(d.File)
	if p == nil || d.Line < 1 {
		return nil
	}
	switch {
	case strings.HasPrefix(d.Message, "index out of bounds: the len is "):
		return p.pastTheEnd(d)
	case strings.Contains(d.Message, "Err` value: ParseIntError") || strings.Contains(d.Message, "Err` value: ParseFloatError"):
		return p.trimmed(d)
	}
	return nil
}

// pastTheEnd ends a loop one earlier, whose last index is the length.
func (p *program) pastTheEnd(d nsbox.Diagnosis) []option {
	length, index, ok := strings.Cut(strings.TrimPrefix(d.Message, "index out of bounds: the len is "), " but the index is ")
	if !ok || length != strings.TrimSpace(index) {
		return nil
	}
	offset, _ := p.Offset(d.Line, max(d.Column, 1))
	at := p.at(offset)
	names := p.indexed(at, d.Line)
	for i := min(at, len(p.tokens)-1); i >= 0 && p.text(i) != "fn"; i-- {
		switch {
		case p.text(i) == "..=" && p.forRange(i) && p.isLength(i+1, names):
			return []option{{"off-by-one", "the range ends before the length", nsbox.RankStructural, p.replace(i, "..")}}
		case p.text(i) == "<=" && p.whileHead(i) && p.isLength(i+1, names):
			return []option{{"off-by-one", "the loop ends before the length", nsbox.RankStructural, p.replace(i, "<")}}
		}
	}
	return nil
}

// indexed returns the names of what is indexed on line.
func (p *program) indexed(at, line int) map[string]bool {
	out := map[string]bool{}
	for i := at; i < len(p.tokens) && p.tokens[i].line == line; i++ {
		if p.text(i) == "[" && p.kind(i-1) == source.Word {
			out[p.text(i-1)] = true
		}
	}
	return out
}

// forRange reports whether the operator at token i is in the head of a for.
func (p *program) forRange(i int) bool {
	for j := i - 1; j >= 0 && p.tokens[j].line == p.tokens[i].line; j-- {
		if p.text(j) == "in" {
			return true
		}
	}
	return false
}

func (p *program) whileHead(i int) bool {
	for j := i - 1; j >= 0 && p.tokens[j].line == p.tokens[i].line; j-- {
		if p.text(j) == "while" {
			return true
		}
	}
	return false
}

// isLength reports whether an expression at token i is the length of one of names:
// v.len(), or a variable that was set to it.
func (p *program) isLength(i int, names map[string]bool) bool {
	for j := i; j < i+6; j++ {
		if names[p.text(j)] && p.text(j+1) == "." && p.text(j+2) == "len" && p.text(j+5) == "{" {
			return true
		}
	}
	if p.text(i+1) != "{" {
		return false
	}
	for j := i - 1; j > 0 && p.text(j) != "fn"; j-- {
		if p.text(j) == "let" && p.text(j+1) == p.text(i) && p.text(j+2) == "=" && names[p.text(j+3)] && p.text(j+5) == "len" {
			return true
		}
	}
	return false
}

// trimmed cuts the line feed off what was read, before it is parsed.
func (p *program) trimmed(d nsbox.Diagnosis) []option {
	if !strings.Contains(p.Src, "read_line(") {
		return nil
	}
	start, _ := p.Bounds(d.Line)
	for i := p.at(start); i < len(p.tokens) && p.tokens[i].line == d.Line; i++ {
		if p.text(i) == "parse" && p.text(i-1) == "." && p.text(i-2) != ")" {
			return []option{{"trim", "what was read ends with a line feed", nsbox.RankLocal, p.insert(p.tokens[i-1].Start, ".trim()")}}
		}
	}
	return nil
}
