package rust

import (
	"strings"

	"github.com/nsbox/nsbox/nsbox"
	rustc "github.com/nsbox/nsbox/nsbox/analyze/rust"
	"github.com/nsbox/nsbox/nsbox/internal/source"
)

// typable are the words that a slip is looked for.
var typable = []string{"else", "match", "return", "while", "loop", "for", "let", "fn", "struct", "enum", "impl", "trait", "use",
	"mod", "pub", "const", "static", "break", "continue", "mut", "move", "where", "type", "self", "Self", "true", "false", "in",
	"if", "as", "dyn", "ref"}

// elsewhere are other languages' words for Rust's.
var elsewhere = map[string]string{
	"func": "fn", "function": "fn", "def": "fn", "switch": "match", "elif": "else if", "elsif": "else if", "elseif": "else if",
	"var": "let mut", "True": "true", "False": "false", "this": "self", "interface": "trait", "import": "use",
	"public": "pub", "fun": "fn", "foreach": "for",
}

// wordTypo mends a keyword that is misspelled, or another language's, near the
// place of m.
func wordTypo(h *healer, m *rustc.Message) []option {
	s, ok := h.spot(m.Primary())
	if !ok {
		return nil
	}
	var out []option
	for _, i := range s.around(s.first) {
		word := s.text(i)
		right := elsewhere[word]
		if right == "" {
			right = s.keyword(i)
		}
		if right == "" || !s.wants(i, right) || s.isName(i) {
			continue
		}
		out = append(out, option{"keyword", "`" + word + "` written `" + right + "`", nsbox.RankLocal, s.replace(i, right)})
	}
	return out
}

// keyword returns the one keyword that token i is nearest to among those that can
// stand there.
func (p *program) keyword(i int) string {
	var fitting []string
	for _, k := range typable {
		if (len(k) > 2 || len(p.text(i)) > 2) && p.wants(i, k) {
			fitting = append(fitting, k)
		}
	}
	near := source.Near(p.text(i), fitting)
	if len(near) == 0 { // Near wants more letters to be right than short words have
		for _, k := range fitting {
			if source.Distance(p.text(i), k) == 1 {
				near = append(near, source.Match{Name: k, Cost: 2})
			}
		}
	}
	right, _ := source.Clear(near)
	return right
}

// isName reports whether the word at token i stands elsewhere, too, and so is
// a name and no slip, or is what a method or a field is called.
func (p *program) isName(i int) bool {
	if prev := p.text(i - 1); prev == "." || prev == "::" {
		return true
	}
	if len(p.count) == 0 {
		p.count = make(map[string]int, len(p.tokens))
		for _, t := range p.tokens {
			if t.Kind == source.Word {
				p.count[t.Text]++
			}
		}
	}
	return p.count[p.text(i)] > 1
}

// around returns the words that may be the slip behind an error at token i, the
// likeliest first: there, then backwards on the line, then the line before.
func (p *program) around(i int) []int {
	var out []int
	add := func(j int) {
		if j >= 0 && j < len(p.tokens) && p.kind(j) == source.Word && !keywords[p.text(j)] && !strings.HasPrefix(p.text(j), "'") {
			out = append(out, j)
		}
	}
	if i >= len(p.tokens) {
		return nil
	}
	add(i)
	line := p.tokens[i].line
	for j := i - 1; j >= 0 && p.tokens[j].line >= line-1 && len(out) < 24; j-- {
		add(j)
	}
	return out
}

// wants reports whether keyword right can stand where token i is.
func (p *program) wants(i int, right string) bool {
	prev, next := p.text(i-1), p.text(i+1)
	starts := i == 0 || prev == "{" || prev == "}" || prev == ";" || prev == "]" || p.tokens[i].first
	name := p.kind(i+1) == source.Word && !keywords[next]
	switch right {
	case "else", "else if":
		return prev == "}" && (next == "{" || right == "else if" || next == "if")
	case "match", "while", "if", "for", "loop":
		if next == "." || next == ":" || next == "::" || next == "=" || next == ";" || next == "," || next == ")" {
			return false
		}
		return p.braceAhead(i)
	case "return":
		return (starts || prev == "=>") && next != "." && next != "=" && next != "::" && next != "("
	case "break", "continue":
		return (starts || prev == "=>") && (next == ";" || next == "}" || next == ",")
	case "let", "let mut", "use", "const", "static":
		return (starts || prev == "if" || prev == "while" || prev == "pub") && (name || next == "mut" || next == "(" || keywords[next])
	case "fn", "struct", "enum", "trait", "mod", "type":
		return (starts || prev == "pub" || prev == "const" || prev == ")" || prev == "async" || prev == "unsafe") && name
	case "impl":
		return (starts || prev == ":" || prev == "->") && (name || next == "<")
	case "pub":
		return starts || prev == "," || prev == "("
	case "mut":
		return prev == "&" || prev == "let" || prev == "(" || prev == ","
	case "in":
		return p.kind(i-1) == source.Word || prev == ")"
	case "where":
		return true
	case "move":
		return next == "|" || next == "||"
	case "as":
		return p.operand(i-1) && primitives[next]
	case "self", "Self", "true", "false", "dyn", "ref":
		return next != ":" && prev != "let" && prev != "." && next != "("
	}
	return false
}

// braceAhead reports whether an opening brace follows on the line of token i.
func (p *program) braceAhead(i int) bool {
	for j := i + 1; j < len(p.tokens) && p.tokens[j-1].line == p.tokens[i].line; j++ {
		if p.text(j) == "{" {
			return true
		}
		if p.tokens[j].last {
			return false
		}
	}
	return false
}

// nothing writes None for another language's null.
func nothing(h *healer, m *rustc.Message) []option {
	s, ok := h.spot(m.Primary())
	if !ok {
		return nil
	}
	switch s.String() {
	case "null", "nil", "NULL", "nullptr", "none", "undefined":
		return []option{{"none", "`None` for `" + s.String() + "`", nsbox.RankLocal, s.replace(s.first, "None")}}
	}
	return nil
}

// mainName renames the function that was to be main.
func mainName(h *healer, _ *rustc.Message) []option {
	p := h.program(h.problem.Files[0].Name)
	var found []int
	for i := range p.tokens {
		if p.text(i) == "fn" && p.kind(i+1) == source.Word && p.text(i+2) == "(" && p.tokens[i].first && p.indent(i) == 0 {
			if name := p.text(i + 1); len(source.Near(name, []string{"main"})) > 0 || strings.EqualFold(name, "main") {
				found = append(found, i+1)
			}
		}
	}
	if len(found) != 1 {
		return nil
	}
	return []option{{"main", "`" + p.text(found[0]) + "` named main", nsbox.RankLocal, p.replace(found[0], "main")}}
}

// foreignMethod replaces other languages' names of methods.
func foreignMethod(h *healer, m *rustc.Message) []option {
	s, ok := h.spot(m.Primary())
	if !ok || s.text(s.first-1) != "." {
		return nil
	}
	var out []option
	for _, name := range foreignMethods[s.String()] {
		if name != s.String() {
			out = append(out, option{"method", "`" + name + "` for `" + s.String() + "`", nsbox.RankLocal, s.replace(s.first, name)})
		}
	}
	return out
}

// variant mends the name of an enum's variant.
func variant(h *healer, m *rustc.Message) []option {
	if !strings.HasPrefix(m.Text, "no variant") {
		return nil
	}
	s, ok := h.spot(m.Primary())
	if !ok {
		return nil
	}
	name := between(m.Text, "for enum `")
	name, _, _ = strings.Cut(name, "<")
	right, ok := source.Clear(source.Near(s.String(), s.variants(name)))
	if !ok {
		return nil
	}
	return []option{{"variant", "the variant's name is `" + right + "`", nsbox.RankLocal, s.rewrite(right)}}
}

// variants returns the variants of the enum that is named name.
func (p *program) variants(name string) []string {
	for i := range p.tokens {
		if p.text(i) != "enum" || p.text(i+1) != name {
			continue
		}
		var out []string
		depth := 0
		for j := i + 2; j < len(p.tokens); j++ {
			switch t := p.text(j); {
			case t == "{" || t == "(" || t == "[":
				depth++
			case t == "}" || t == ")" || t == "]":
				if depth--; depth <= 0 {
					return out
				}
			case depth == 1 && p.kind(j) == source.Word && (p.text(j-1) == "{" || p.text(j-1) == "," || p.text(j-1) == "]"):
				out = append(out, t)
			}
		}
		return out
	}
	return nil
}

// printLine calls println! for print, which another language's print is, unless
// the text goes on in its line.
func printLine(h *healer, m *rustc.Message) []option {
	s, ok := h.spot(m.Primary())
	if !ok || s.String() != "print" || s.text(s.first+1) != "(" {
		return nil
	}
	if text := s.text(s.first + 2); strings.HasSuffix(text, `\n"`) || strings.HasSuffix(text, ` "`) {
		return nil
	}
	return []option{{"print", "`print` written `println!`", nsbox.RankSuggested, s.replace(s.first, "println!")}}
}

// module mends the name of one of the standard library's modules.
func module(h *healer, m *rustc.Message) []option {
	s, ok := h.spot(m.Primary())
	if !ok || s.text(s.first-1) != "::" || s.text(s.first-2) != "std" {
		return nil
	}
	right, ok := source.Clear(source.Near(s.text(s.first), modules))
	if !ok {
		return nil
	}
	return []option{{"module", "the module's name is `" + right + "`", nsbox.RankLocal, s.replace(s.first, right)}}
}

// otherType writes Rust's name for a type of other languages.
func otherType(h *healer, m *rustc.Message) []option {
	s, ok := h.spot(m.Primary())
	if !ok || !strings.HasPrefix(m.Text, "cannot find type") {
		return nil
	}
	right := otherTypes[s.text(s.first)]
	if right == "" {
		return nil
	}
	return []option{{"type", "`" + right + "` for `" + s.text(s.first) + "`", nsbox.RankLocal, s.replace(s.first, right)}}
}

// traitItem renames the one method of an impl that its trait does not have to the
// one that the trait has and the impl lacks.
func traitItem(h *healer, m *rustc.Message) []option {
	missing, extra := "", 0
	for i := range h.messages {
		switch o := &h.messages[i]; o.Type() {
		case "E0046":
			_, list, _ := strings.Cut(o.Text, "missing: `")
			name, rest, _ := strings.Cut(list, "`")
			if missing != "" || rest != "" {
				return nil
			}
			missing = name
		case "E0407":
			extra++
		}
	}
	s, ok := h.spot(m.Primary())
	if !ok || missing == "" || extra != 1 {
		return nil
	}
	for i := s.first; i < s.first+4; i++ {
		if s.text(i) == "fn" {
			return []option{{"trait-item", "the trait's name for it is `" + missing + "`", nsbox.RankLocal, s.replace(i+1, missing)}}
		}
	}
	return nil
}

// letMissing declares the variable that an assignment on its line is to make.
func letMissing(h *healer, m *rustc.Message) []option {
	s, ok := h.spot(m.Primary())
	if !ok || s.first >= len(s.tokens) || !s.tokens[s.first].first || s.text(s.first+1) != "=" {
		return nil
	}
	return []option{{"let", "`let` before a new variable", nsbox.RankLocal, s.insert(s.tokens[s.first].Start, "let ")}}
}
