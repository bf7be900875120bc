package rust

import (
	"strings"

	"github.com/nsbox/nsbox/nsbox"
	rustc "github.com/nsbox/nsbox/nsbox/analyze/rust"
	"github.com/nsbox/nsbox/nsbox/internal/source"
)

// missingSelf gives a method of an impl the receiver that its trait declares.
func missingSelf(h *healer, m *rustc.Message) []option {
	self := between(m.Text, "has a `")
	s, ok := h.spot(m.Primary())
	if !ok || !strings.HasSuffix(m.Text, "in the trait, but not in the impl") || !strings.HasSuffix(self, "self") {
		return nil
	}
	for i := s.first; i < s.first+8; i++ {
		if s.text(i) != "(" {
			continue
		}
		if s.text(i+1) != ")" {
			self += ", "
		}
		return []option{{"receiver", "the receiver that the trait declares", nsbox.RankLocal, s.insert(s.tokens[i].End, self)}}
	}
	return nil
}

// borrowedSelf makes a receiver a reference where the method returns one.
func borrowedSelf(h *healer, m *rustc.Message) []option {
	s, ok := h.spot(m.Primary())
	if !ok || s.text(s.first) != "&" || s.text(s.first-1) != "->" || s.text(s.first-2) != ")" {
		return nil
	}
	text := "&"
	if s.text(s.first+1) == "mut" {
		text = "&mut "
	}
	for i := s.first - 3; i > 0 && s.text(i) != "fn"; i-- {
		if s.text(i) == "self" && s.text(i-1) == "(" {
			return []option{{"receiver", "the method borrows what it returns a part of", nsbox.RankLocal, s.insert(s.tokens[i].Start, text)}}
		}
	}
	return nil
}

// iterate asks a collection for its iterator, where a method of iterators is
// called on it or a loop goes over it.
func iterate(h *healer, m *rustc.Message) []option {
	s, ok := h.spot(m.Primary())
	if !ok {
		return nil
	}
	said := m.Text + m.Primary().Label
	for _, c := range m.Children {
		said += c.Text
	}
	at := s.end
	switch {
	case m.Type() == "E0599" && (strings.Contains(said, ": Iterator`") || strings.Contains(said, "is not an iterator")) && s.text(s.first-1) == ".":
		at = s.tokens[s.first-1].Start
	case m.Type() == "E0277" && strings.HasSuffix(m.Text, "is not an iterator") && s.text(s.first-1) == "in":
		if typ := between(m.Text, "`"); primitives[typ] || strings.HasPrefix(typ, "{") || strings.HasPrefix(typ, "Option<") {
			return nil
		}
	default:
		return nil
	}
	var out []option
	for _, call := range []string{".iter()", ".into_iter()"} {
		out = append(out, option{"iterate", "`" + call + "` makes an iterator of it", nsbox.RankLocal, s.insert(at, call)})
	}
	return out
}

// noReference takes away the star before what is changed but is no reference.
func noReference(h *healer, m *rustc.Message) []option {
	s, ok := h.spot(m.Primary())
	if !ok || s.text(s.first) != "*" || s.kind(s.first+1) != source.Word || !s.tokens[s.first].first {
		return nil
	}
	return []option{{"dereference", "what is changed is no reference", nsbox.RankLocal, s.replace(s.first, "")}}
}

// pointForPath calls a method by a point: self.y::abs().
func pointForPath(h *healer, m *rustc.Message) []option {
	s, ok := h.spot(m.Primary())
	if !ok || s.text(s.first) != "::" || !wantedTokens(m)["."] || s.text(s.first+2) != "(" {
		return nil
	}
	return []option{{"method", "a method of a value", nsbox.RankLocal, s.replace(s.first, ".")}}
}
