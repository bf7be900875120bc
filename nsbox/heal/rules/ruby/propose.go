// Package ruby has the rules that mend Ruby programs: names that are nearly
// those in scope or of a class of Ruby, forgotten requires, keywords, brackets,
// quotes and ends, and forms that other languages have.
package ruby

import (
	"strconv"
	"strings"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/internal/source"
	"github.com/nsbox/nsbox/nsbox/language"
)

// maxSource bounds the programs that are looked at.
const maxSource = 512 << 10

// Propose returns fixes for p, the best first.
func Propose(p nsbox.Problem) []nsbox.Fix {
	if len(p.Diagnoses) == 0 || len(p.Files) == 0 {
		return nil
	}
	d := p.Diagnoses[0]
	file := fileOf(p.Files, d.File)
	if file == nil || len(file.Data) > maxSource {
		return nil
	}
	m := &mender{problem: p, d: d, file: file.Name, program: newProgram(string(file.Data))}
	if d.Phase == nsbox.PhaseParse {
		m.parserPlace()
		m.syntax()
	} else {
		m.runtime()
	}
	return m.fixes
}

// Cause returns where the program in file is most likely broken for which the
// parser reports d: often the parser notices far behind the place, at the
// program's end at the latest. It is false where no change is known that makes
// the program well-formed.
func Cause(file nsbox.File, d nsbox.Diagnosis) (line, column int, ok bool) {
	if len(file.Data) > maxSource {
		return 0, 0, false
	}
	m := &mender{d: d, file: file.Name, program: newProgram(string(file.Data))}
	m.syntax()
	if len(m.fixes) == 0 || !m.sound {
		return 0, 0, false
	}
	line, column = m.Place(m.fixes[0].Edits[0].Start)
	return line, column, true
}

// parserPlace goes back to where the parser noticed the error, which its own
// words in the stack trace tell: the diagnosis may name the cause's place.
func (m *mender) parserPlace() {
	lines := m.frames()
	if len(lines) == 0 || lines[0] == m.d.Line {
		return
	}
	m.d.Line, m.d.Column = lines[0], 0
	text := strings.Split(m.d.StackTrace, "\n")
	if len(text) > 2 && strings.Trim(text[2], " \t^~") == "" && strings.Contains(text[2], "^") && !strings.HasPrefix(text[1], "...") {
		m.d.Column = strings.IndexAny(text[2], "^~") + 1
	}
}

func fileOf(files []nsbox.File, name string) *nsbox.File {
	if name == "" {
		return &files[0]
	}
	for i := range files {
		if files[i].Name == name {
			return &files[i]
		}
	}
	return nil
}

// mender collects the fixes of one problem.
type mender struct {
	*program
	problem nsbox.Problem
	d       nsbox.Diagnosis
	file    string
	fixes   []nsbox.Fix
	counts  map[string]int // see written
	depth   int            // how many mistakes are mended already; see both
	sound   bool           // with the first fix, the program's shape is sound
}

// edit makes an edit of the file that the problem is in.
func (m *mender) edit(start, end int, text string) nsbox.Edit {
	return nsbox.Edit{File: m.file, Start: start, End: end, Text: text}
}

func (m *mender) add(rule string, rank nsbox.Rank, why string, edits ...nsbox.Edit) {
	m.fixes = append(m.fixes, nsbox.Fix{Rule: "ruby/" + rule, Explanation: why, Edits: edits, Rank: rank})
}

// swap replaces a token.
func (m *mender) swap(rule string, rank nsbox.Rank, t source.Token, text string) {
	m.add(rule, rank, "line "+strconv.Itoa(m.LineOf(t.Start))+": "+t.Text+" -> "+text, m.edit(t.Start, t.End, text))
}

// done reports whether a rule has found something.
func (m *mender) done() bool { return len(m.fixes) > 0 }

// on returns the indexes of the deep tokens on a line that are text, the one at
// the diagnosis' column first.
func (m *mender) on(line int, text string) []int {
	if line < 1 || line > m.Lines() {
		return nil
	}
	start, end := m.Bounds(line)
	column := -1
	if line == m.d.Line && m.d.Column > 0 {
		column, _ = m.Offset(line, m.d.Column)
	}
	var out []int
	for i, t := range m.deep {
		if t.Start < start || t.Start >= end || t.Text != text {
			continue
		}
		out = append(out, i)
		if column >= 0 && (t.Start == column || t.Start > column && t.Start <= column+2 && m.Src[column] != t.Text[0]) {
			return []int{i}
		}
	}
	return out
}

// only returns the one deep token on the diagnosis' line that is text, or false.
func (m *mender) only(text string) (i int, ok bool) {
	at := m.on(m.d.Line, text)
	if len(at) == 0 {
		return 0, false
	}
	return at[0], len(at) == 1
}

// frames are the lines of the file in the stack trace, innermost first.
func (m *mender) frames() []int {
	var out []int
	for line := range strings.Lines(m.d.StackTrace) {
		line = strings.TrimPrefix(strings.TrimSpace(line), "from ")
		rest, ok := strings.CutPrefix(strings.TrimPrefix(line, language.Workspace+"/"), m.file+":")
		if !ok {
			continue
		}
		num, _, _ := strings.Cut(rest, ":")
		if n, err := strconv.Atoi(num); err == nil && n > 0 && n <= m.Lines() {
			out = append(out, n)
		}
	}
	return out
}

// around the deep token i: the token before and after it, empty at the ends.
func (m *mender) before(i int) source.Token {
	if i > 0 {
		return m.deep[i-1]
	}
	return source.Token{Kind: source.Newline}
}

func (m *mender) after(i int) source.Token {
	if i+1 < len(m.deep) {
		return m.deep[i+1]
	}
	return source.Token{Kind: source.Newline}
}

// called reports whether the deep token i is a call with arguments or a block,
// and how many arguments it has; -1 is unknown.
func (m *mender) called(i int) (args int, block bool) {
	t, n := m.deep[i], m.after(i)
	rest := m.Src[t.End:]
	if n.Start < t.End {
		n = source.Token{}
	}
	switch {
	case strings.HasPrefix(rest, "("):
		args = m.count(i + 2)
	case n.Kind == source.String || n.Kind == source.Number || n.Kind == source.Word && !keywords[n.Text] && n.Start > t.End ||
		n.Text == "[" && n.Start > t.End || n.Text == "nil" || n.Text == "true" || n.Text == "false" || n.Text == "self" || n.Text == "->":
		args = m.count(i + 1)
	}
	line, _, _ := strings.Cut(rest, "\n")
	line = strings.TrimSpace(line)
	return args, strings.HasPrefix(line, "{") || strings.HasPrefix(line, "do ") || line == "do" || strings.HasPrefix(line, "(&")
}

// count counts the arguments that begin at deep token k; -1 with a splat.
func (m *mender) count(k int) int {
	n, depth, some := 0, 0, false
	for ; k < len(m.deep); k++ {
		switch t := m.deep[k]; {
		case t.Kind == source.Newline && depth == 0, t.Text == "do" && depth == 0, strings.Contains(")]}", t.Text) && depth == 0:
			if some {
				n++
			}
			return n
		case strings.Contains("([{", t.Text):
			depth++
			some = true
		case strings.Contains(")]}", t.Text):
			depth--
		case t.Text == "," && depth == 0:
			n++
		case (t.Text == "*" || t.Text == "**" || t.Text == "&") && !some:
			return -1
		case t.Kind == source.Word && (t.Text == "if" || t.Text == "unless") && depth == 0:
			return n + 1
		default:
			some = true
		}
	}
	return n
}
