package rust

import (
	"strings"

	"github.com/nsbox/nsbox/nsbox"
	rustc "github.com/nsbox/nsbox/nsbox/analyze/rust"
)

// annotate says what a collect, sum or product is to make, where the program
// leaves that open: a Vec, or the type of the elements.
func annotate(h *healer, m *rustc.Message) []option {
	s, ok := h.spot(m.Primary())
	if !ok {
		return nil
	}
	element := ""
	for _, c := range append([]rustc.Message{{Text: m.Text}}, m.Children...) {
		for _, trait := range []string{"_: Sum<", "_: Product<", "must implement `Sum<", "must implement `Product<"} {
			if _, after, ok := strings.Cut(c.Text, trait); ok {
				element, _, _ = strings.Cut(strings.TrimLeft(after, "&"), ">")
			}
		}
	}
	line := s.LineOf(s.start)
	for i := s.first; i < len(s.tokens) && s.tokens[i].line <= line+12; i++ {
		typ := ""
		switch s.text(i) {
		case ";":
			return nil
		case "collect":
			typ = "Vec<_>"
		case "sum", "product":
			typ = element
		}
		if typ == "" || s.text(i-1) != "." || s.text(i+1) != "(" {
			continue
		}
		return []option{{"annotate", "`" + s.text(i) + "` told to make a " + typ, nsbox.RankLocal, s.insert(s.tokens[i].End, "::<"+typ+">")}}
	}
	return nil
}
