package rust

import (
	"strings"

	"github.com/nsbox/nsbox/nsbox"
	rustc "github.com/nsbox/nsbox/nsbox/analyze/rust"
)

// formatting mends what is wrong with a macro's format.
func formatting(h *healer, m *rustc.Message) []option {
	s, ok := h.spot(m.Primary())
	if !ok {
		return nil
	}
	switch {
	case strings.HasPrefix(m.Text, "invalid format string: expected `}`"), strings.HasPrefix(m.Text, "invalid format string: expected `'}'`"):
		return s.closeHole()
	case strings.HasPrefix(m.Text, "invalid format string: unmatched `}`"):
		// The brace may be the end of a hole whose beginning is missing.
		if s.start > 0 && s.Src[s.start] == '}' {
			return []option{{"format", "the missing `{` of the format", nsbox.RankLocal, s.insert(s.start, "{")}}
		}
	}
	return nil
}

// closeHole closes a hole of a format, which s is in or after.
func (s spot) closeHole() []option {
	i := min(s.start, len(s.Src)-1)
	for i > 0 && s.Src[i] != '{' && s.Src[i] != '\n' {
		i--
	}
	if i < 0 || s.Src[i] != '{' {
		return nil
	}
	end := i + 1
	for end < len(s.Src) && (s.Src[end] == ':' || s.Src[end] == '?' || s.Src[end] == '.' || s.Src[end] == '>' || s.Src[end] == '<' || s.Src[end] == '#' || s.Src[end] >= '0' && s.Src[end] <= '9') {
		end++
	}
	return []option{{"format", "the missing `}` of the format", nsbox.RankLocal, s.insert(end, "}")}}
}
