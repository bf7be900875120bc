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
	case strings.HasPrefix(m.Text, "argument never used"), strings.HasPrefix(m.Text, "multiple unused formatting arguments"):
		return h.holesFor(m)
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

// directives are C's ways to print a value.
var directives = []string{"%d", "%s", "%i", "%u", "%v", "%f", "%c", "%x", "%ld", "%lu", "%lld"}

// holesFor gives a format the holes that its arguments lack: for C's directives,
// or at the end of a text that announces a value.
func (h *healer) holesFor(m *rustc.Message) []option {
	s, ok := h.spot(m.Labelled("formatting specifier missing"))
	if !ok {
		if s, ok = h.spot(m.Labelled("multiple missing formatting specifiers")); !ok {
			return nil
		}
	}
	text := s.String()
	unused := 0
	for _, p := range m.Spans {
		if p.Primary {
			unused++
		}
	}
	for _, d := range directives {
		if strings.Count(text, d) == unused && strings.Count(text, "%") == unused {
			return []option{{"format", "`{}` for `" + d + "`", nsbox.RankLocal, s.rewrite(strings.ReplaceAll(text, d, "{}"))}}
		}
	}
	body, ok := strings.CutSuffix(text, `"`)
	if !ok || unused != 1 || strings.Contains(text, "%") {
		return nil
	}
	switch {
	case strings.HasSuffix(body, " "), strings.HasSuffix(body, "="):
		body += "{}"
	case strings.HasSuffix(body, ":"):
		body += " {}"
	default:
		return nil
	}
	return []option{{"format", "a place for the value that the text announces", nsbox.RankLocal, s.rewrite(body + `"`)}}
}
