package cfamily

import (
	"strings"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/internal/source"
)

// code is one source file as the rules see it.
type code struct {
	name string
	cpp  bool
	text *source.Text
	all  []source.Token // with comments, directives and line feeds
	toks []source.Token // without
	pair []int          // the partner of each bracket in toks, -1 where it has none
	// parent is the innermost opening bracket around each token, -1 at the top.
	parent []int
	// unpaired is set where a bracket has no partner.
	unpaired bool
	decls    []decl
	byName   map[string][]int // indexes into decls
	count    map[string]int   // how often each word is there
	headers  map[string]bool  // what it includes, without <> and ""
}

func newCode(file nsbox.File, cpp bool) *code {
	f := &code{name: file.Name, cpp: cpp, text: source.NewText(file.Data)}
	f.all = lexer.Lex(f.text.Src)
	f.toks = source.Code(f.all)
	f.pair = make([]int, len(f.toks))
	for i := range f.pair {
		f.pair[i] = -1
	}
	for _, b := range source.Brackets(f.toks) {
		if b.Open < 0 || b.Close < 0 {
			f.unpaired = true
			continue
		}
		f.pair[b.Open], f.pair[b.Close] = b.Close, b.Open
	}
	f.nest()
	f.count = map[string]int{}
	for _, t := range f.toks {
		if t.Kind == source.Word {
			f.count[t.Text]++
		}
	}
	f.headers = map[string]bool{}
	for _, t := range f.all {
		if h := included(t.Text); t.Kind == source.Comment && h != "" {
			f.headers[h] = true
		}
	}
	f.declare()
	return f
}

// included returns the header that a directive includes.
func included(directive string) string {
	if !strings.HasPrefix(directive, "#") {
		return ""
	}
	rest, ok := strings.CutPrefix(strings.TrimSpace(directive[1:]), "include")
	if !ok {
		return ""
	}
	rest = strings.TrimSpace(rest)
	if len(rest) < 3 {
		return ""
	}
	end := strings.IndexAny(rest[1:], `>"`)
	if rest[0] != '<' && rest[0] != '"' || end < 0 {
		return ""
	}
	return rest[1 : end+1]
}

// tok returns token i, an empty one where it is not there.
func (f *code) tok(i int) source.Token {
	if i < 0 || i >= len(f.toks) {
		return source.Token{Kind: source.Newline, Start: len(f.text.Src), End: len(f.text.Src)}
	}
	return f.toks[i]
}

func (f *code) is(i int, text string) bool {
	return i >= 0 && i < len(f.toks) && f.toks[i].Text == text && f.toks[i].Kind != source.String
}

// at returns the index of the token at a diagnosis's place, or the first after.
func (f *code) at(d *nsbox.Diagnosis) int {
	o, ok := f.text.Offset(d.Line, max(d.Column, 1))
	if !ok {
		return len(f.toks)
	}
	return source.At(f.toks, o)
}

// line returns the line of token i.
func (f *code) line(i int) int { return f.text.LineOf(f.tok(i).Start) }

// firstOnLine reports whether no code stands before token i on its line.
func (f *code) firstOnLine(i int) bool { return i == 0 || f.line(i-1) < f.line(i) }

// lastOnLine reports whether no code stands after token i on its line.
func (f *code) lastOnLine(i int) bool { return i >= len(f.toks)-1 || f.line(i+1) > f.line(i) }

// lineRange returns the tokens of a line as a half-open range.
func (f *code) lineRange(line int) (from, to int) {
	start, _ := f.text.Bounds(line)
	from = source.At(f.toks, start)
	for to = from; to < len(f.toks) && f.line(to) == line; to++ {
	}
	return from, to
}

// find returns the token named word at a diagnosis's place, or on its line, or
// the first in the file.
func (f *code) find(d *nsbox.Diagnosis, word string) int {
	i := f.at(d)
	if f.tok(i).Text == word {
		return i
	}
	from, to := f.lineRange(d.Line)
	best := -1
	for k := from; k < to; k++ {
		if f.toks[k].Text == word && (best < 0 || abs(k-i) < abs(best-i)) {
			best = k
		}
	}
	if best >= 0 || d.Line > 0 {
		return best
	}
	for k := range f.toks {
		if f.toks[k].Text == word && f.toks[k].Kind == source.Word {
			return k
		}
	}
	return -1
}

func abs(n int) int { return max(n, -n) }

// statement returns the tokens of the statement around token i, as a half-open
// range that ends behind its semicolon, if it has one, or before its brace.
func (f *code) statement(i int) (from, to int) {
	ends := func(k int) bool { return f.is(k, ";") || f.is(k, "{") || f.is(k, "}") }
	for from = min(i, len(f.toks)); from > 0 && !ends(from-1); from-- {
	}
	for to = i; to < len(f.toks) && !ends(to); to++ {
	}
	if f.is(to, ";") {
		to++
	}
	return from, to
}

// nest finds each token's parent.
func (f *code) nest() {
	f.parent = make([]int, len(f.toks))
	var open []int
	for i := range f.toks {
		if f.pair[i] >= 0 && f.pair[i] < i {
			for len(open) > 0 && open[len(open)-1] > f.pair[i] {
				open = open[:len(open)-1]
			}
			if len(open) > 0 {
				open = open[:len(open)-1]
			}
		}
		f.parent[i] = -1
		if len(open) > 0 {
			f.parent[i] = open[len(open)-1]
		}
		switch f.toks[i].Text {
		case "(", "[", "{":
			if f.toks[i].Kind == source.Punct {
				open = append(open, i)
			}
		}
	}
}

// enclosing returns the innermost opening bracket of one of kinds around token
// i, -1 where there is none.
func (f *code) enclosing(i int, kinds string) int {
	if i >= len(f.toks) {
		return -1
	}
	for i >= 0 {
		if i = f.parent[i]; i >= 0 && strings.Contains(kinds, f.toks[i].Text) {
			return i
		}
	}
	return -1
}

func (f *code) insert(at int, text string) nsbox.Edit {
	return nsbox.Edit{File: f.name, Start: at, End: at, Text: text}
}

func (f *code) replace(i int, text string) nsbox.Edit {
	return nsbox.Edit{File: f.name, Start: f.tok(i).Start, End: f.tok(i).End, Text: text}
}

// remove takes token i away, with the blanks before it where it is the last on
// its line.
func (f *code) remove(i int) nsbox.Edit {
	return nsbox.Edit{File: f.name, Start: f.tok(i).Start, End: f.tok(i).End}
}

func (f *code) slice(from, to int) string {
	if from >= to || from >= len(f.toks) {
		return ""
	}
	return f.text.Src[f.toks[from].Start:f.tok(to-1).End]
}
