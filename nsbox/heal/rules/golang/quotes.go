package golang

import (
	"slices"
	"strings"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/internal/source"
)

// cut is a place where a literal without an end may end.
type cut struct {
	at int
	// wrong counts calls with a wrong number of arguments and names that are
	// declared nowhere, if it ends there.
	wrong int
	// evident is set where what follows looks like code and not like text.
	evident bool
}

// strings closes a literal that does not end. Every place is tried after which
// the file is well-formed; what follows it must be code that makes sense: calls
// with the right number of arguments, names that are declared. Where a text could
// end early as well as at its line's end, nothing is proposed.
func (s *search) strings() {
	m := s.d.Message
	first := s.line - 1
	if !strings.Contains(m, "string") && !strings.Contains(m, "rune literal") && !strings.Contains(m, "newline in") {
		first = s.line // what looks like another mistake may be a text without its beginning
	}
	for _, t := range s.lines(first, s.line) {
		if t.Kind == source.String && t.Open {
			s.closeString(t)
			return
		}
	}
}

func (s *search) closeString(t source.Token) {
	q := s.q
	quote := t.Text[:1]
	first, _, _ := strings.Cut(t.Text, "\n")
	end := t.Start + len(strings.TrimRight(first, " \t\r"))
	var cuts []cut
	for at := t.Start + 1; at <= end; at++ {
		if at < end && !strings.ContainsRune(",)]}+;: ", rune(q.src[at])) || q.src[at-1] == '\\' {
			continue
		}
		n := len(s.found)
		if s.try(nsbox.RankLocal, "quote", "the text has no closing quote", q.replace(at, at, quote)) {
			i := s.found[n]
			tail := q.src[at:end]
			cuts = append(cuts, cut{at, s.wrongCalls(i) + s.unknown(tail), looksLikeCode(q.src[at-1], tail)})
		}
	}
	s.found = nil
	if len(cuts) == 0 {
		s.openString()
		return
	}
	best := slices.MinFunc(cuts, func(a, b cut) int { return a.wrong - b.wrong }).wrong
	cuts = slices.DeleteFunc(cuts, func(c cut) bool { return c.wrong > best })
	choice := cuts[len(cuts)-1]
	for _, c := range cuts {
		if c.evident {
			choice = c
			break
		}
		// Text with a comma, or an argument? Nobody can tell.
		if strings.Trim(q.src[c.at:end], ")]}, ") != "" {
			return
		}
	}
	s.found = append(s.found, idea{"quote", "the text has no closing quote", []nsbox.Edit{q.replace(choice.at, choice.at, quote)}, nsbox.RankLocal})
}

// unknown counts the names in code that are declared nowhere.
func (s *search) unknown(code string) int {
	known := map[string]bool{}
	for _, n := range s.q.scope(s.q.at(s.d)) {
		known[n.text] = true
	}
	n := 0
	tokens := source.Code(lexer.Lex(code))
	for i, t := range tokens {
		if t.Kind == source.Word && !known[t.Text] && (i == 0 || tokens[i-1].Text != ".") && !slices.Contains(keywords, t.Text) {
			n++
		}
	}
	return n
}

// looksLikeCode reports whether code goes on a list or an expression, after a
// text that ended with the character before it.
func looksLikeCode(before byte, code string) bool {
	code = strings.TrimSpace(code)
	if code == "" || strings.Trim(code, ")]};, ") == "" {
		return false
	}
	if code[0] != ',' && code[0] != '+' && code[0] != ')' && code[0] != ':' {
		return false
	}
	// A colon, a blank or a line feed before a comma ends a text.
	ended := strings.IndexByte(":= .!?)>]", before) >= 0
	marks := strings.ContainsAny(code, "([.*/<>&|") || strings.Contains(code, " + ") || strings.Contains(code, "\"")
	return marks || ended
}

// openString is for a text whose opening quote is gone, so that what closes it
// opens another: nothing certain can be said, but where the line has one quote
// too many at its end, that one goes.
func (s *search) openString() {
	start, end := s.q.text.Bounds(s.line)
	line := s.q.src[start:end]
	if strings.Count(line, "\"")%2 == 0 {
		return
	}
	for i := 0; i < len(line); i++ {
		if (line[i] == '(' || line[i] == ' ' || line[i] == '{') && i+1 < len(line) && line[i+1] != '"' {
			s.try(nsbox.RankStructural, "quote", "the text has no opening quote", s.q.replace(start+i+1, start+i+1, "\""))
		}
	}
	s.weigh()
	// The least that leaves no unknown name outside of the texts.
	best, least := -1, 1
	for k, i := range s.found {
		at := i.edits[0].Start - start
		if n := s.unknown(line[:at] + "\"" + line[at:]); n < least || n == least && best >= 0 && i.edits[0].Start > s.found[best].edits[0].Start {
			best, least = k, n
		}
	}
	if best < 0 {
		s.found = nil
		return
	}
	s.found = s.found[best : best+1]
}
