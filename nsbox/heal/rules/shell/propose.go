// Package shell has the rules that mend Bash scripts: names that are nearly
// those of commands, functions and variables, blanks where Bash wants or forbids
// them, quotes, keywords, and the ends of blocks.
package shell

import (
	"slices"
	"strconv"
	"strings"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/internal/source"
)

// maxSource bounds the scripts that are looked at.
const maxSource = 256 << 10

// Propose returns fixes for p, the best first. A script goes on after most
// errors, so all that are sure are mended at once.
func Propose(p nsbox.Problem) []nsbox.Fix {
	if len(p.Diagnoses) == 0 || len(p.Files) == 0 {
		return nil
	}
	var all []nsbox.Edit
	var out []nsbox.Fix
	for i, d := range p.Diagnoses {
		file := fileOf(p.Files, d.File)
		if file == nil || len(file.Data) > maxSource || i >= 12 {
			continue
		}
		m := &mender{d: d, file: file.Name, script: newScript(string(file.Data))}
		m.collect()
		if d.Phase == nsbox.PhaseParse {
			m.syntax()
			return m.fixes
		}
		m.runtime()
		if len(m.fixes) > 0 {
			out = append(out, m.fixes...)
			all = append(all, m.fixes[0].Edits...)
		}
	}
	if len(out) > 1 {
		all = distinct(all)
		if _, err := nsbox.Apply(p.Files, all); err == nil {
			out = append([]nsbox.Fix{{Rule: "bash/several", Explanation: "all that is wrong", Edits: all, Rank: out[0].Rank}}, out...)
		}
	}
	return out
}

// Cause returns where the script in file is most likely broken for which Bash
// reports d: often it notices far behind the place, at the script's end at the
// latest. It is false where no change is known that makes the script well-formed.
func Cause(file nsbox.File, d nsbox.Diagnosis) (line, column int, ok bool) {
	if len(file.Data) > maxSource {
		return 0, 0, false
	}
	m := &mender{d: d, file: file.Name, script: newScript(string(file.Data))}
	m.collect()
	m.syntax()
	if len(m.fixes) == 0 || !m.sound {
		return 0, 0, false
	}
	line, column = m.Place(m.fixes[0].Edits[0].Start)
	return line, column, true
}

// distinct returns edits without those that are there twice: two messages may
// have one reason.
func distinct(edits []nsbox.Edit) []nsbox.Edit {
	var out []nsbox.Edit
	for _, e := range edits {
		if !slices.Contains(out, e) {
			out = append(out, e)
		}
	}
	return out
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

// mender collects the fixes of one diagnosis.
type mender struct {
	*script
	d         nsbox.Diagnosis
	file      string
	fixes     []nsbox.Fix
	functions []string
	set       map[string]bool // variables that are given a value
	names     []string        // the same, in their order
	uses      map[string]int  // how often each name stands there
	sound     bool            // with the first fix, the script's shape is sound
}

func (m *mender) edit(start, end int, text string) nsbox.Edit {
	return nsbox.Edit{File: m.file, Start: start, End: end, Text: text}
}

func (m *mender) add(rule string, rank nsbox.Rank, why string, edits ...nsbox.Edit) {
	m.fixes = append(m.fixes, nsbox.Fix{Rule: "bash/" + rule, Explanation: why, Edits: edits, Rank: rank})
}

func (m *mender) swap(rule string, rank nsbox.Rank, start, end int, text string) {
	m.add(rule, rank, "line "+strconv.Itoa(m.LineOf(start))+": "+m.Src[start:end]+" -> "+text, m.edit(start, end, text))
}

// collect finds the functions and variables of the script.
func (m *mender) collect() {
	m.set, m.uses = map[string]bool{}, map[string]int{}
	variable := func(n string) {
		if n != "" && !m.set[n] {
			m.set[n] = true
			m.names = append(m.names, n)
		}
	}
	for i := 0; i < len(m.Src); {
		if c := m.Src[i]; !nameByte(c) {
			i++
			continue
		}
		n := i
		for n < len(m.Src) && nameByte(m.Src[n]) {
			n++
		}
		m.uses[m.Src[i:n]]++
		i = n
	}
	reading := false
	for i, t := range m.tokens {
		if t.kind != word {
			reading = reading && t.kind != newline && t.text != ";" && t.text != "|"
			continue
		}
		next := func(k int) string {
			if i+k < len(m.tokens) {
				return m.tokens[i+k].text
			}
			return ""
		}
		switch {
		case t.command && !t.key && next(1) == "(" && next(2) == ")":
			m.functions = append(m.functions, t.text)
		case i > 0 && m.tokens[i-1].key && m.tokens[i-1].text == "function":
			m.functions = append(m.functions, t.text)
		case i > 0 && m.tokens[i-1].key && (m.tokens[i-1].text == "for" || m.tokens[i-1].text == "select"):
			variable(name(t.text))
			if k := strings.Index(t.text, "(("); k >= 0 {
				variable(name(strings.TrimSpace(t.text[k+2:])))
			}
		case assignment(t.text):
			variable(name(t.text))
		case reading && name(t.text) == t.text:
			variable(t.text)
		}
		if t.command {
			reading = t.text == "read" || t.text == "local" || t.text == "declare" || t.text == "export" || t.text == "readonly" || t.text == "typeset" || t.text == "mapfile" || t.text == "readarray" || t.text == "getopts"
		}
		if strings.HasPrefix(t.text, "((") {
			rest := strings.TrimSpace(t.text[2:])
			if n := name(rest); n != "" && strings.Contains(rest, "=") {
				variable(n)
			}
		}
		for rest := t.text; ; { // ${x:=1}
			k := strings.Index(rest, "${")
			if k < 0 {
				break
			}
			rest = rest[k+2:]
			if n := name(rest); strings.HasPrefix(rest[len(n):], ":=") {
				variable(n)
			}
		}
	}
}

// name is the variable's name that s begins with.
func name(s string) string {
	n := 0
	for n < len(s) && nameByte(s[n]) {
		n++
	}
	if n == 0 || s[0] >= '0' && s[0] <= '9' {
		return ""
	}
	return s[:n]
}

// on returns the indexes of the tokens on a line.
func (m *mender) on(line int) []int {
	if line < 1 || line > m.Lines() {
		return nil
	}
	start, end := m.Bounds(line)
	var out []int
	for i, t := range m.tokens {
		if t.start < end && t.end > start && t.kind != newline {
			out = append(out, i)
		}
	}
	return out
}

// nearest returns the one candidate that word is a slip of. Short words must be
// nearer to it than others.
func nearest(word string, candidates []string, weight map[string]int) (string, bool) {
	found := source.Near(word, candidates)
	var best []source.Match
	for _, f := range found {
		if len(word) <= 5 && f.Cost > 3 && weight != nil {
			continue
		}
		best = append(best, f)
	}
	if weight != nil && len(word) <= 3 && len(best) == 0 { // "sl" for "ls", "ecoh"
		for _, c := range candidates {
			if len(word) == 2 && len(c) == 2 && c[0] == word[1] && c[1] == word[0] && weight[c] > 0 {
				return c, true
			}
			if len(c) > 2 && weight[c] > 0 && source.Distance(word, c) == 1 && len(word) > 1 {
				best = append(best, source.Match{Name: c, Cost: 2})
			}
		}
	}
	if len(best) == 0 {
		return "", false
	}
	slices.SortStableFunc(best, func(a, b source.Match) int {
		if a.Cost != b.Cost {
			return a.Cost - b.Cost
		}
		return weight[b.Name] - weight[a.Name]
	})
	if len(best) > 1 && best[0].Cost == best[1].Cost && weight[best[0].Name] == weight[best[1].Name] {
		return "", false
	}
	return best[0].Name, true
}
