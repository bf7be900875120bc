package rust

import (
	"slices"
	"strings"

	"github.com/nsbox/nsbox/nsbox"
	rustc "github.com/nsbox/nsbox/nsbox/analyze/rust"
	"github.com/nsbox/nsbox/nsbox/internal/source"
)

// hiding are pieces of text that a fix must not add: they stand for code that is
// still to be written, or silence the error.
var hiding = []string{
	"todo!", "unimplemented!", "unreachable!", "panic!", "/*", "_ =>", ".expect(", "unwrap_or_default", "unsafe", "transmute",
	"::leak(", "#![", "allow(", "extern crate", "dbg!", "process::exit",
}

// unwanted are pieces of the text of suggestions that delete or hide what is
// wrong, or that rustc itself warns of.
var unwanted = []string{
	"intentional", "prefix it with", "extra argument", "provide the argument", "unused", "ignore", "discard",
	"likely not what you want", "restrict the", "inserting whitespace", "raw identifier", "escape `", "unstable",
	"enable", "field pattern", "as a comment", "doc comment", "try using `{}`",
}

// suggested returns rustc's suggestions for m that may be applied.
func (h *healer) suggested(m *rustc.Message) []option {
	var out []option
	for _, s := range m.Suggestions() {
		if !h.usable(m, s) {
			continue
		}
		o := option{"suggestion", "rustc: " + s.Text, nsbox.RankSuggested, s.Edits}
		if s.Certain {
			o.rank = nsbox.RankCertain
		}
		if o.edits = h.tidy(o.edits); len(o.edits) > 0 {
			out = append(out, o)
		}
	}
	slices.SortStableFunc(out, func(a, b option) int { return h.cost(m, a) - h.cost(m, b) })
	return out
}

func (h *healer) usable(m *rustc.Message, s rustc.Suggestion) bool {
	if strings.Contains(s.Text, "missing a type parameter") && !isUpper(between(m.Text, "`")) || h.betterReturn(s) {
		return false
	}
	for _, u := range unwanted {
		if strings.Contains(s.Text, u) {
			return false
		}
	}
	if strings.Contains(s.Text, "floating point representation") && h.divides(m) {
		return false
	}
	if strings.Contains(s.Text, "similar name") && guess(m, s) {
		return false
	}
	for _, e := range s.Edits {
		p := h.program(e.File)
		if p == nil || e.End > len(p.Src) || e.Start > e.End {
			return false
		}
		for _, x := range hiding {
			if strings.Contains(e.Text, x) {
				return false
			}
		}
		if strings.Contains(e.Text, "'static") && !strings.HasPrefix(strings.TrimLeft(p.Src[e.End:], "& "), "str") {
			return false // right for literals alone
		}
		if strings.Contains(e.Text, "unwrap()") && !strings.Contains(e.Text, "try_into().unwrap()") {
			return false
		}
		if strings.TrimSpace(e.Text) == "" && !removable(p.Src[e.Start:e.End]) {
			return false
		}
		if strings.Contains(s.Text, "similar name") && h.ambiguous(p, m, p.Src[e.Start:e.End], e.Text) {
			return false
		}
	}
	return true
}

// guess reports whether a similar name is no better than any other: that of a
// single letter.
func guess(m *rustc.Message, s rustc.Suggestion) bool {
	name := between(m.Text, "`")
	return len(name) == 1 && !strings.EqualFold(name, s.Edits[0].Text)
}

// divides reports whether the expression that m is about divides: made a float
// afterwards, it has lost what is behind the point.
func (h *healer) divides(m *rustc.Message) bool {
	s, ok := h.spot(m.Primary())
	return ok && strings.Contains(s.String(), "/")
}

// betterReturn reports whether s adds a return type that holds nothing to a
// function that returns something.
func (h *healer) betterReturn(s rustc.Suggestion) bool {
	if !strings.Contains(s.Text, "adding return type") {
		return false
	}
	for i := range h.messages {
		if o := &h.messages[i]; o.Type() == "E0308" && o.Primary() != nil && strings.HasPrefix(foundType(o.Primary().Label), "Result<") {
			return true
		}
	}
	return false
}

// removable reports whether text may be removed: operators and words that do
// nothing by themselves.
func removable(text string) bool {
	for _, t := range source.Code(lexer.Lex(text)) {
		switch {
		case t.Kind == source.Punct && t.Text != "{" && t.Text != "}":
		case t.Kind == source.Word && (keywords[t.Text] && t.Text != "return" && t.Text != "self" || strings.HasPrefix(t.Text, "'")):
		default:
			return false
		}
	}
	return true
}

// ambiguous reports whether another variable of the function is as near to the
// wrong name as the one that is suggested.
func (h *healer) ambiguous(p *program, m *rustc.Message, wrong, right string) bool {
	s, ok := h.spot(m.Primary())
	if !ok || m.Type() != "E0425" || s.program != p {
		return false
	}
	near := source.Near(wrong, p.bindings(s.first))
	return len(near) > 1 && near[0].Cost == near[1].Cost && near[0].Name != right && near[1].Name != right ||
		len(near) > 1 && near[0].Cost == near[1].Cost && (near[0].Name == right || near[1].Name == right)
}

// bindings are the names of the variables and parameters that are declared in
// the function around token at, before it.
func (p *program) bindings(at int) []string {
	start := min(at, len(p.tokens)) - 1
	for start > 0 && p.text(start) != "fn" {
		start--
	}
	var out []string
	for i := max(start, 0); i < at && i < len(p.tokens); i++ {
		if p.kind(i) != source.Word || keywords[p.text(i)] || p.text(i-1) == "fn" || isUpper(p.text(i)) {
			continue
		}
		switch prev, next := p.text(i-1), p.text(i+1); {
		case prev == "let" || prev == "mut" || prev == "ref" || prev == "for":
			out = append(out, p.text(i))
		case next == ":" && (prev == "(" || prev == ","):
			out = append(out, p.text(i))
		case prev == "|" || next == "|":
			out = append(out, p.text(i))
		case (prev == "(" || prev == "," || prev == "&") && (next == "," || next == ")") && p.inPattern(i):
			out = append(out, p.text(i))
		}
	}
	return out
}

// inPattern reports whether token i is between a let or for and its = or in.
func (p *program) inPattern(i int) bool {
	for j := i; j > 0 && p.tokens[j].line == p.tokens[i].line; j-- {
		switch p.text(j) {
		case "let", "for", "|":
			return true
		case "=", "in", ";", "{":
			return false
		}
	}
	return false
}

// cost orders the suggestions for one error; lower ones come first.
func (h *healer) cost(m *rustc.Message, o option) int {
	text := o.edits[0].Text
	switch {
	case isUse(text):
		return h.importCost(text)
	case strings.Contains(text, "clone()"):
		return 20 // where borrowing does, it is what is meant
	case strings.Contains(o.why, "convert") && strings.Contains(text, "unwrap()"):
		return 15
	case strings.Contains(o.why, "return this value"), strings.Contains(o.why, "semicolon here"):
		return 10
	case strings.Contains(o.why, "wrap") && m.Type() == "E0308":
		return 5
	}
	return int(o.rank)
}

// tidy puts imports on lines of their own at the top, and derives into a list
// that is there.
func (h *healer) tidy(edits []nsbox.Edit) []nsbox.Edit {
	out := slices.Clone(edits)
	for i, e := range out {
		switch {
		case isDerive(e.Text):
			out[i] = h.derive(e)
		case isUse(e.Text):
			out[i].Text = strings.TrimRight(e.Text, "\n") + "\n"
			if strings.HasSuffix(e.Text, "\n\n") {
				out[i].Text += "\n"
			}
		}
	}
	return out
}
