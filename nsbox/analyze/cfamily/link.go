package cfamily

import (
	"strconv"
	"strings"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/internal/lazyre"
	"github.com/nsbox/nsbox/nsbox/internal/source"
)

var (
	// What the linkers say of a name without a definition: mold, GNU ld, gold and
	// lld.
	undefinedMold = lazyre.New(`^mold: error: undefined symbol: (.+)$`)
	undefinedLD   = lazyre.New("^(?:.*?([^/:\\s(]+\\.[A-Za-z]+):)?.*undefined reference to [`'](.+)'$")
	undefinedLLD  = lazyre.New(`^ld\.lld: error: undefined symbol: (.+)$`)
	duplicateMold = lazyre.New(`^mold: error: duplicate symbol: .*?: .*?: (.+)$`)
	duplicateLD   = lazyre.New("multiple definition of [`'](.+?)'")
	referencedBy  = lazyre.New(`^>>> referenced by ([^/\s]+\.[A-Za-z+]+)$`)
)

func itoa(n int) string { return strconv.Itoa(n) }

// linker reads the linker's messages. A linker knows no lines: those come from
// the compiler's warnings about the name, else from the name's first use.
func (s *sources) linker(stderr string, warned []message) []nsbox.Diagnosis {
	var out []nsbox.Diagnosis
	seen := map[string]bool{}
	add := func(symbol, file, text string) {
		if seen[symbol] || len(out) >= maxMessages {
			return
		}
		seen[symbol] = true
		d := nsbox.Diagnosis{Type: typeCompile, Phase: nsbox.PhaseCompile, Message: text}
		s.placeSymbol(&d, symbol, file, warned)
		out = append(out, d)
	}
	for line := range strings.Lines(stderr) {
		line = plain(strings.TrimRight(line, "\r\n"))
		if m := referencedBy.FindStringSubmatch(line); m != nil && len(out) > 0 {
			if last := &out[len(out)-1]; last.File == "" && s.text(m[1]) != nil {
				last.File = m[1]
			}
			continue
		}
		switch {
		case undefinedMold.MatchString(line):
			m := undefinedMold.FindStringSubmatch(line)
			add(m[1], "", "undefined reference to '"+m[1]+"'")
		case undefinedLLD.MatchString(line):
			m := undefinedLLD.FindStringSubmatch(line)
			add(m[1], "", "undefined reference to '"+m[1]+"'")
		case undefinedLD.MatchString(line):
			m := undefinedLD.FindStringSubmatch(line)
			add(m[2], m[1], "undefined reference to '"+m[2]+"'")
		case duplicateMold.MatchString(line):
			m := duplicateMold.FindStringSubmatch(line)
			add(m[1], "", "multiple definition of '"+m[1]+"'")
		case duplicateLD.MatchString(line):
			m := duplicateLD.FindStringSubmatch(line)
			add(m[1], "", "multiple definition of '"+m[1]+"'")
		}
	}
	return out
}

// placeSymbol says where the source uses symbol.
func (s *sources) placeSymbol(d *nsbox.Diagnosis, symbol, file string, warned []message) {
	bare := bareName(symbol)
	for i := range warned {
		m := &warned[i]
		if m.Kind == "warning" && strings.Contains(m.Text, "implicit declaration") && strings.Contains(m.Text, "'"+bare+"'") {
			w := s.diagnosis(m, nsbox.PhaseCompile)
			d.File, d.Line, d.Column = w.File, w.Line, w.Column
			d.Hint, d.Suggestions = m.Text, w.Suggestions
			return
		}
	}
	if bare == "main" {
		d.Hint = "a program begins at its function main, which is missing or has another name"
		return
	}
	for _, f := range s.files {
		if file != "" && f.Name != file {
			continue
		}
		t := s.text(f.Name)
		if at := wordIndex(t.Src, bare); at >= 0 {
			d.File = f.Name
			d.Line, d.Column = t.Place(at)
			return
		}
	}
}

// bareName takes the scopes, parameters and template arguments off a symbol.
func bareName(symbol string) string {
	if at := strings.IndexByte(symbol, '('); at > 0 {
		symbol = symbol[:at]
	}
	if at := strings.IndexByte(symbol, '<'); at > 0 {
		symbol = symbol[:at]
	}
	if at := strings.LastIndex(symbol, "::"); at >= 0 {
		symbol = symbol[at+2:]
	}
	return strings.TrimSpace(symbol)
}

// lexer tells names in code from those in comments and strings.
var lexer = source.Lexer{
	LineComments:  []string{"//"},
	BlockComments: [][2]string{{"/*", "*/"}},
	Quotes:        []source.Quote{{Open: `"`, Close: `"`, Escape: true}, {Open: "'", Close: "'", Escape: true}},
}

// wordIndex returns where name is called or used, not declared: its last
// appearance at the end of a call's arguments is too late, so it is the first
// one that is followed by arguments and a semicolon's expression, else the first.
func wordIndex(src, name string) int {
	first := -1
	for _, t := range lexer.Lex(src) {
		if t.Kind != source.Word || t.Text != name {
			continue
		}
		if first < 0 {
			first = t.Start
		}
		if t.Depth > 0 {
			return t.Start // within a body
		}
	}
	return first
}
