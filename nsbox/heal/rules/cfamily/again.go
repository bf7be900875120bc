package cfamily

import (
	"strings"

	"github.com/nsbox/nsbox/nsbox"
)

// again is for a bracket or quote that was put in by the last fix, and with
// which the program only fails at another place of the same line: it belongs
// elsewhere on that line. What was tried before is not tried again.
func (c *ctx) again(d *nsbox.Diagnosis) []idea {
	if d.Line == 0 {
		return nil
	}
	before, after, ok := "", "", false
	tried := map[string]bool{}
	for i := len(c.p.History) - 1; i >= 0; i-- {
		a := &c.p.History[i]
		if !strings.HasSuffix(a.Rule, "/bracket") && !strings.HasSuffix(a.Rule, "/quote") {
			break
		}
		was, is, one := oneLine(a.Diff)
		tried[is] = true
		switch {
		case a.Outcome == nsbox.Rejected:
			continue
		case !one || ok && is != before:
			i = 0
			continue
		case !ok:
			after = is
		}
		before, ok = was, true
	}
	f := c.file(d)
	if !ok || f == nil {
		return nil
	}
	line := 0
	for n := max(1, d.Line-3); n <= min(d.Line+3, f.text.Lines()); n++ {
		if f.text.Line(n) == after {
			line = n
		}
	}
	if line == 0 {
		return nil
	}
	return c.otherReadings(f, line, before, tried)
}

// otherReadings puts the line back as it was, and proposes the other places.
func (c *ctx) otherReadings(f *code, line int, before string, tried map[string]bool) []idea {
	start, end := f.text.Bounds(line)
	old := newCode(nsbox.File{Name: f.name, Data: []byte(f.text.Src[:start] + before + f.text.Src[end:])}, c.cpp)
	var all []idea
	if all = old.unterminated(); len(all) == 0 {
		for _, p := range old.bracketProblems() {
			all = append(all, old.readings(p, 7)...)
		}
	}
	var out []idea
	for _, i := range all {
		if len(i.edits) != 1 || i.edits[0].Start < start || i.edits[0].End > start+len(before) {
			continue
		}
		e := i.edits[0]
		text := before[:e.Start-start] + e.Text + before[e.End-start:]
		if tried[text] {
			continue
		}
		i.edits = []nsbox.Edit{{File: f.name, Start: start, End: end, Text: text}}
		i.why += ", at another place than tried before"
		out = append(out, i)
	}
	return out
}

// oneLine returns the line that a diff changes, when it is the only one.
func oneLine(diff string) (before, after string, ok bool) {
	removed, added := 0, 0
	for line := range strings.Lines(diff) {
		line = strings.TrimRight(line, "\r\n")
		switch {
		case strings.HasPrefix(line, "---"), strings.HasPrefix(line, "+++"):
		case strings.HasPrefix(line, "-"):
			before = line[1:]
			removed++
		case strings.HasPrefix(line, "+"):
			after = line[1:]
			added++
		}
	}
	return before, after, removed == 1 && added == 1
}
