package java

import (
	"strings"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/internal/lazyre"
	"github.com/nsbox/nsbox/nsbox/internal/source"
)

// running mends what failed while it ran, where the message and the line leave
// no doubt.
func (h *healer) running() []nsbox.Fix {
	d := h.problem.Diagnoses[0]
	p := h.program(d.File)
	if p == nil || d.Line == 0 {
		return nil
	}
	switch d.Type {
	case "ArrayIndexOutOfBoundsException", "IndexOutOfBoundsException", "StringIndexOutOfBoundsException":
		return p.onePast(d)
	case "UnsupportedOperationException":
		return p.unmodifiable(d)
	case "IllegalFormatConversionException", "UnknownFormatConversionException":
		return p.conversion(d)
	}
	return nil
}

var outOf = lazyre.New(`(?i)index:? (\d+)(?:,| out of bounds for) length:? (\d+)|index out of range: (\d+)`)

// onePast: a loop that goes up to the length, which is one element too far.
func (p *program) onePast(d nsbox.Diagnosis) []nsbox.Fix {
	m := outOf.FindStringSubmatch(d.Message)
	if m == nil || m[1] != m[2] {
		return nil
	}
	start, _ := p.Bounds(d.Line)
	i := p.at(start)
	for open := p.opener(i); open > 0 || i < len(p.tokens) && p.tokens[i].line == d.Line; open = p.opener(open) {
		if f := p.loopTo(open, d.Line); f != nil {
			return f
		}
		if open <= 0 {
			break
		}
	}
	return nil
}

// loopTo looks at the loop whose block is at open: "i <= a.length" with a[i] in
// the line.
func (p *program) loopTo(open, line int) []nsbox.Fix {
	end := open - 1
	head := p.match(end)
	if p.text(open) != "{" || p.text(end) != ")" || head < 1 || p.text(head-1) != "for" && p.text(head-1) != "while" {
		return nil
	}
	for j := head; j < end; j++ {
		if p.text(j) != "<=" || !p.isName(j-1) || !p.isName(j+1) || p.text(j+2) != "." {
			continue
		}
		if t := p.text(j + 3); t != "length" && t != "size" {
			continue
		}
		if after := p.text(j + 4); after != ";" && after != ")" && !(after == "(" && p.text(j+5) == ")" && (p.text(j+6) == ";" || p.text(j+6) == ")")) {
			continue
		}
		if p.indexesWith(p.text(j-1), line) {
			return []nsbox.Fix{fix("one-past", "the last index is one less than the length", nsbox.RankLocal, p.edit(p.replace(j, 1, "<")))}
		}
	}
	return nil
}

// indexesWith reports whether name alone is an index in the line.
func (p *program) indexesWith(name string, line int) bool {
	start, _ := p.Bounds(line)
	for i := p.at(start); i < len(p.tokens) && p.tokens[i].line == line; i++ {
		if p.text(i) != name {
			continue
		}
		if before, after := p.text(i-1), p.text(i+1); before == "[" && after == "]" {
			return true
		} else if before == "(" && after == ")" && (p.text(i-2) == "get" || p.text(i-2) == "charAt") {
			return true
		}
	}
	return false
}

// unmodifiable: a list that is changed is made of one that can't be.
func (p *program) unmodifiable(d nsbox.Diagnosis) []nsbox.Fix {
	start, _ := p.Bounds(d.Line)
	for i := p.at(start); i < len(p.tokens) && p.tokens[i].line == d.Line; i++ {
		if !p.isName(i) || p.text(i+1) != "." || p.text(i+3) != "(" {
			continue
		}
		at := p.declaration(p.text(i), i)
		if at < 0 || p.text(at+1) != "=" {
			continue
		}
		class := map[string]string{"List": "ArrayList", "Set": "HashSet", "Arrays": "ArrayList", "Map": "HashMap"}[p.text(at+2)]
		call := p.text(at + 4)
		if class == "" || call != "of" && call != "asList" || p.text(at+5) != "(" || p.match(at+5) < 0 || p.text(p.match(at+5)+1) != ";" {
			continue
		}
		edits := []nsbox.Edit{p.edit(p.before(at+2, "new "+class+"<>(")), p.edit(p.insert(p.match(at+5)+1, ")"))}
		if class == "HashSet" || class == "HashMap" {
			return nil // the order would be another
		}
		if !p.imported(class, "java.util") {
			edits = append(edits, p.edit(p.importEdit([]string{"java.util." + class})))
		}
		return []nsbox.Fix{fix("unmodifiable", "a list that is changed is an ArrayList", nsbox.RankLocal, edits...)}
	}
	return nil
}

var wrongVerb = lazyre.New(`: ([a-zA-Z]) != java\.lang\.(\w+)`)

// conversion: "%d" for a text, "%s" takes all.
func (p *program) conversion(d nsbox.Diagnosis) []nsbox.Fix {
	m := wrongVerb.FindStringSubmatch(d.Message)
	if m == nil {
		return nil
	}
	want := ""
	switch {
	case m[2] == "String" || m[2] == "Boolean":
		want = "s"
	case m[1] == "f" && (m[2] == "Integer" || m[2] == "Long"):
		want = "d"
	default:
		return nil
	}
	start, _ := p.Bounds(d.Line)
	var found []splice
	for i := p.at(start); i < len(p.tokens) && p.tokens[i].line == d.Line; i++ {
		t := p.tokens[i]
		if t.Kind != source.String {
			continue
		}
		for _, v := range verbs.FindAllStringIndex(t.Text, -1) {
			verb := t.Text[v[0]:v[1]]
			if strings.HasSuffix(verb, m[1]) && !strings.Contains(verb, ".") {
				at := t.Start + v[1] - 1
				found = append(found, splice{start: at, end: at + 1, text: want})
			}
		}
	}
	if len(found) != 1 {
		return nil
	}
	return []nsbox.Fix{fix("conversion", "a value of this type is written with %"+want, nsbox.RankLocal, p.edit(found[0]))}
}
