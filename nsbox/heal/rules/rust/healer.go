package rust

import (
	"slices"
	"strings"

	"github.com/nsbox/nsbox/nsbox"
	rustc "github.com/nsbox/nsbox/nsbox/analyze/rust"
	"github.com/nsbox/nsbox/nsbox/internal/source"
)

// healer looks for fixes of one problem.
type healer struct {
	problem  *nsbox.Problem
	messages []rustc.Message
	files    map[string]*program
}

// program returns the file named name, nil where it is not one of the problem's.
func (h *healer) program(name string) *program {
	if p, ok := h.files[name]; ok {
		return p
	}
	var p *program
	for _, f := range h.problem.Files {
		if f.Name == name {
			p = newProgram(f.Name, f.Data)
			break
		}
	}
	h.files[name] = p
	return p
}

// spot is a span with the file that it is in.
type spot struct {
	*program
	start, end int // offsets
	first      int // the token at start
}

// spot resolves s; ok is false where it is not in the program.
func (h *healer) spot(s *rustc.Span) (spot, bool) {
	if s == nil {
		return spot{}, false
	}
	p := h.program(s.File)
	if p == nil {
		return spot{}, false
	}
	start, end := s.Start, s.End
	if start < 0 { // from text for people, which has no ends
		var ok bool
		if start, ok = p.Offset(s.Line, s.Column); !ok {
			return spot{}, false
		}
		end = start
		if i := p.at(start); i < len(p.tokens) && p.tokens[i].Start == start {
			end = p.tokens[i].End
		}
	}
	if end < start || end > len(p.Src) {
		return spot{}, false
	}
	return spot{p, start, end, p.at(start)}, true
}

func (s spot) String() string { return s.Src[s.start:s.end] }

// options returns the ways to mend m, the best first.
func (h *healer) options(m *rustc.Message) []option {
	if h.cascades(m) {
		return nil
	}
	var out []option
	for _, r := range before[m.Type()] {
		out = append(out, r(h, m)...)
	}
	out = append(out, h.suggested(m)...)
	for _, r := range after[m.Type()] {
		out = append(out, r(h, m)...)
	}
	out = slices.DeleteFunc(out, func(o option) bool { return len(o.edits) == 0 })
	return out[:min(len(out), maxOptions)]
}

// rule finds ways to mend an error of one code.
type rule func(*healer, *rustc.Message) []option

// before are rules that know better than rustc's suggestions, after those for
// where it has none that is right. Errors in the text have the code "error".
var before = map[string][]rule{
	"E0382": {sharedReceiver, outParameter},
	"E0507": {copyable, sharedReceiver},
	"error": {tick, separator, pointForPath},
	"E0106": {borrowedSelf},
	"E0277": {collected},
	"E0308": {quotient, missingReturn},
	"E0425": {nothing, otherType}, "E0412": {otherType},
	"E0423": {printLine},
	"E0433": {pathOfValue, otherType},
}

var after = map[string][]rule{
	"error": {wordTypo, expected, formatting},
	"E0277": {indexType, display, debuggable, arithmetic, questionMark, wholeNumber, iterate},
	"E0308": {mutability, compared, wholeNumber, propagate, widen, returnTypes},
	"E0282": {returned, annotate}, "E0283": {annotate}, "E0284": {annotate},
	"E0369": {arithmetic},
	"E0382": {copyable},
	"E0594": {mutableSelf}, "E0596": {mutableSelf},
	"E0432": {module}, "E0433": {module},
	"E0422": {wordTypo}, "E0425": {letMissing, wordTypo, selfType, lifetimeTick}, "E0423": {wordTypo}, "E0574": {wordTypo}, "E0412": {wordTypo, lifetimeTick},
	"E0599": {variant, derivable, iterate, foreignMethod},
	"E0186": {missingSelf}, "E0368": {noReference},
	"E0601": {mainName},
	"E0603": {private}, "E0616": {private}, "E0624": {private}, "E0451": {private},
	"E0614": {propagate, dereference}, "E0609": {propagate}, "E0407": {traitItem},
	"E0726": {elided}, "E0762": {character}, "E0763": {character},
}

// cascades reports whether m only comes of another error for which there is a
// fix: what a function without a return type returns has the type (), and what is
// imported by a wrong name is not there.
func (h *healer) cascades(m *rustc.Message) bool {
	label := ""
	if s := m.Primary(); s != nil {
		label = s.Label
	}
	switch m.Type() {
	case "E0599", "E0609", "E0608", "E0277", "E0369", "E0614", "E0610", "E0282", "E0308":
		if h.inQuotient(m) || h.noReceiver(m) {
			return true
		}
		unit := strings.Contains(m.Text, "`()`") && !strings.HasPrefix(m.Text, "a value of type") || strings.Contains(label, "found `()`")
		return unit && slices.ContainsFunc(h.messages, func(o rustc.Message) bool {
			s := o.Primary()
			return s != nil && (strings.HasPrefix(s.Label, "expected `()`, found ") || strings.HasPrefix(o.Text, "a value of type `()`"))
		})
	case "E0596", "E0384":
		return slices.ContainsFunc(h.messages, func(o rustc.Message) bool {
			return o.Type() == "E0382" && strings.Contains(m.Text, "`"+h.outName(&o)+"`")
		})
	case "E0425", "E0433", "E0412":
		name := between(m.Text, "`")
		return slices.ContainsFunc(h.messages, func(o rustc.Message) bool {
			if o.Type() == "E0425" && o.Text == m.Text && len(letMissing(h, m)) == 0 && len(letMissing(h, &o)) > 0 {
				return true
			}
			return o.Type() == "E0432" && slices.ContainsFunc(o.Suggestions(), func(s rustc.Suggestion) bool { return s.Edits[0].Text == name })
		})
	}
	return false
}

// noReceiver reports whether m is about the call of a method that lacks its
// receiver, as another error says.
func (h *healer) noReceiver(m *rustc.Message) bool {
	return slices.ContainsFunc(m.Suggestions(), func(s rustc.Suggestion) bool { return strings.Contains(s.Text, "associated function syntax") }) &&
		slices.ContainsFunc(h.messages, func(o rustc.Message) bool { return o.Type() == "E0424" })
}

// inQuotient reports whether m is about a part of what quotient mends.
func (h *healer) inQuotient(m *rustc.Message) bool {
	s := m.Primary()
	return s != nil && slices.ContainsFunc(h.messages, func(o rustc.Message) bool {
		p := o.Primary()
		return p != nil && p.File == s.File && p.Start <= s.Start && s.End <= p.End && p.End-p.Start > s.End-s.Start &&
			len(quotient(h, &o)) > 0
	})
}

// structural returns ways to mend strings and brackets, which must be whole
// before anything else that rustc says can be trusted.
func (h *healer) structural() []option {
	if rustc.Phase(h.messages[0].Type(), h.messages[0].Text) != nsbox.PhaseParse {
		return nil
	}
	p := h.program(h.at(&h.messages[0]))
	if p == nil {
		return nil
	}
	if h.unterminated() {
		return p.closeString()
	}
	if len(source.Unpaired(source.Brackets(p.plain()))) == 0 {
		return nil
	}
	var out []option
	for _, edits := range p.balance() {
		out = append(out, option{"bracket", "a bracket put where the indentation says", nsbox.RankStructural, edits})
	}
	return append(out, h.danglingBracket()...)
}

// at is the file in which m is.
func (h *healer) at(m *rustc.Message) string {
	if s := m.Primary(); s != nil {
		return s.File
	}
	return h.problem.Files[0].Name
}

func (h *healer) unterminated() bool {
	for i := range h.messages {
		switch h.messages[i].Type() {
		case "E0765", "E0766", "E0748":
			return true
		}
	}
	return false
}

// plain are the tokens of p as package source has them.
func (p *program) plain() []source.Token {
	out := make([]source.Token, len(p.tokens))
	for i, t := range p.tokens {
		out[i] = t.Token
	}
	return out
}

// danglingBracket closes the bracket that rustc itself found to be open, at the
// end of its line.
func (h *healer) danglingBracket() []option {
	for i := range h.messages {
		s, ok := h.spot(h.messages[i].Labelled("unclosed delimiter"))
		if !ok || s.first >= len(s.tokens) || source.Closer(s.text(s.first)) == "" || s.tokens[s.first].last {
			continue
		}
		limit := s.first + 1
		for limit < len(s.tokens) && !s.tokens[limit].first {
			limit++
		}
		var out []option
		for _, edits := range s.closeInline(flaw{unclosed, s.first, -1, limit}) {
			out = append(out, option{"bracket", "the bracket that is open closed on its line", nsbox.RankStructural, edits})
		}
		return out
	}
	return nil
}
