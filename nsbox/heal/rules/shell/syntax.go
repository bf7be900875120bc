package shell

import (
	"slices"
	"strconv"
	"strings"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/internal/lazyre"
	"github.com/nsbox/nsbox/nsbox/internal/source"
)

// idea is a change that may make a script well-formed.
type idea struct {
	rule, why string
	edits     []nsbox.Edit
	cost      int  // how unlikely it is among those of its kind
	told      bool // the message points at it: it may leave the shape as it is
	sick      int  // the health of the script with it
}

// maxIdeas bounds the changes that are tried.
const maxIdeas = 50

// syntax proposes for a script that is not well-formed: all rules give their
// ideas, and those with which the script is in the best shape come first.
func (m *mender) syntax() {
	var all []idea
	for _, rule := range []func() []idea{m.foreignIdeas, m.keywordIdeas, m.bodyIdeas, m.testIdeas, m.quoteIdeas, m.endIdeas} {
		all = append(all, rule()...)
	}
	base := m.health()
	var good []idea
	for _, x := range all[:min(len(all), maxIdeas)] {
		out, err := nsbox.Apply([]nsbox.File{{Name: m.file, Data: []byte(m.Src)}}, x.edits)
		if err != nil {
			continue
		}
		x.sick = newScript(string(out[0].Data)).health()
		if x.sick < base || x.told && x.sick <= base {
			good = append(good, x)
		}
	}
	slices.SortStableFunc(good, func(a, b idea) int {
		if a.sick != b.sick {
			return a.sick - b.sick
		}
		return a.cost - b.cost
	})
	m.sound = len(good) > 0 && good[0].sick == 0
	for i, x := range good {
		rank := nsbox.RankStructural
		if i == 0 {
			rank = nsbox.RankLocal
		}
		m.add(x.rule, rank, x.why, x.edits...)
	}
}

func (m *mender) replace(rule string, t token, text string, cost int, told bool) idea {
	return idea{rule: rule, why: t.text + " -> " + text, edits: []nsbox.Edit{m.edit(t.start, t.end, text)}, cost: cost, told: told}
}

func (m *mender) insert(rule string, at int, text string, cost int, told bool) idea {
	return idea{rule: rule, why: "line " + strconv.Itoa(m.LineOf(at)) + ": " + strings.TrimSpace(text) + " is missing", edits: []nsbox.Edit{m.edit(at, at, text)}, cost: cost, told: told}
}

// enclosing is the innermost block that is open before token i, nil outside.
func (m *mender) enclosing(i int) *block {
	if k := m.inside[i]; k >= 0 {
		return &m.blocks[k]
	}
	return nil
}

// keyword is the keyword that the command at token i is a slip of, "" if none.
func (m *mender) keyword(i int) string {
	t := m.tokens[i]
	if t.kind != word || !t.command || t.key || slices.Contains(m.functions, t.text) || len(t.text) > 9 {
		return ""
	}
	b := m.enclosing(i)
	if knownSet()[t.text] && !(t.text == "od" && b != nil && b.body < 0 && b.word != "if") {
		return ""
	}
	fits := "if for while until case function "
	alone := i+1 >= len(m.tokens) || m.tokens[i+1].kind != word
	if b != nil {
		switch {
		case b.body < 0 && b.word == "if":
			fits += "then "
		case b.body < 0 && b.word != "{" && b.word != "(":
			fits += "do "
		case b.word == "if" && slices.ContainsFunc(m.headless, func(h int) bool { return m.line(h) == m.line(i) }):
			fits += "then "
		case b.word == "if":
			fits += "else elif fi "
		case b.word == "for" || b.word == "while" || b.word == "until":
			fits += "done "
		case b.word == "case":
			fits += "esac "
		}
	}
	lower := strings.ToLower(t.text)
	if lower == "elsif" || lower == "elseif" || lower == "elsefi" {
		return "elif"
	}
	if lower == "end" && alone && b != nil && b.body >= 0 {
		return closers[b.word]
	}
	for _, f := range strings.Fields(fits) {
		if len(f) == 3 && len(lower) == 3 && lower[0] == f[2] && lower[1] == f[1] && lower[2] == f[0] && !alone {
			return f
		}
	}
	best, n := "", 3
	for _, f := range strings.Fields(fits) {
		d := source.Distance(lower, f)
		if len(f) > 3 && anagram(lower, f) {
			d = min(d, 1)
		}
		limit := 1
		if len(f) >= 6 {
			limit = 2
		}
		single := f == "else" || f == "fi" || f == "done" || f == "esac"
		if d > limit || d >= n || single && !alone || !single && f != "then" && f != "do" && alone || len(f) == 2 && lower[0] != f[0] && d > 0 && len(lower) < 3 && lower != "if" && lower != "od" {
			continue
		}
		if f == "if" && len(lower) < 3 && lower != "fi" && lower != "if" {
			continue
		}
		best, n = f, d
	}
	return best
}

// anagram reports whether two words have the same letters.
func anagram(a, b string) bool {
	x, y := []byte(a), []byte(b)
	slices.Sort(x)
	slices.Sort(y)
	return string(x) == string(y)
}

// keywordIdeas mend slips in keywords.
func (m *mender) keywordIdeas() []idea {
	var out []idea
	for i, t := range m.tokens {
		if len(out) > 12 {
			break
		}
		if to := m.keyword(i); to != "" {
			out = append(out, m.replace("keyword", t, to, 0, false))
		}
		if t.key && (t.text == "fi" || t.text == "done") && i+1 < len(m.tokens) && m.tokens[i+1].kind == word && !m.tokens[i+1].key || t.key && t.text == "fi" && i+1 < len(m.tokens) && m.tokens[i+1].text == "[[" {
			out = append(out, m.replace("keyword", t, map[string]string{"fi": "if", "done": "do"}[t.text], 0, false))
		}
		if t.key && t.text == "if" && m.first(i) && (i+1 >= len(m.tokens) || m.tokens[i+1].kind == newline) {
			out = append(out, m.replace("keyword", t, "fi", 0, false))
		}
		if t.kind == word && i+2 < len(m.tokens) && m.tokens[i+1].text == "(" && m.tokens[i+2].text == "{" {
			out = append(out, m.insert("bracket", m.tokens[i+1].end, ")", 0, false))
		}
		if t.command && !t.key && t.kind == word && i+2 < len(m.tokens) && m.tokens[i+1].kind == word && m.tokens[i+2].text == "(" && source.Distance(t.text, "function") <= 2 {
			out = append(out, m.replace("keyword", t, "function", 0, true))
		}
		if t.kind == word && !t.key && i > 1 && m.tokens[i-2].key && (m.tokens[i-2].text == "for" || m.tokens[i-2].text == "case") && t.text != "in" && len(t.text) <= 3 && source.Distance(t.text, "in") <= 1 {
			out = append(out, m.replace("keyword", t, "in", 0, true))
		}
		if t.key && t.text == "else" && i+1 < len(m.tokens) && m.tokens[i+1].key && m.tokens[i+1].text == "if" && m.line(i) == m.line(i+1) {
			out = append(out, idea{rule: "elif", why: "else if -> elif", edits: []nsbox.Edit{m.edit(t.start, m.tokens[i+1].end, "elif")}})
		}
	}
	return out
}

// bodyIdeas put the then or do of a block that lacks it: the semicolon before
// one that stands in the line, or all of it at the end of the head's line.
func (m *mender) bodyIdeas() []idea {
	var out []idea
	for _, i := range m.headless[:min(len(m.headless), 4)] {
		out = append(out, m.headIdeas(i, "then")...)
	}
	for _, b := range m.blocks {
		if b.open < 0 || b.body >= 0 || len(out) > 12 || b.word == "{" || b.word == "(" || b.word == "case" {
			continue
		}
		want := "do"
		if b.word == "if" {
			want = "then"
		}
		out = append(out, m.headIdeas(b.head, want)...)
	}
	return out
}

// headIdeas are the places for want in the head that begins at token i.
func (m *mender) headIdeas(i int, want string) []idea {
	end := i + 1
	for end < len(m.tokens) && m.tokens[end].kind != newline && m.tokens[end].kind != comment {
		if t := m.tokens[end]; t.text == want && !t.key && t.kind == word {
			return []idea{{rule: "separator", why: "a ; stands before " + want, edits: []nsbox.Edit{m.edit(m.tokens[end-1].end, t.start, "; ")}}}
		}
		if t := m.tokens[end]; t.kind == word && strings.HasSuffix(t.text, "]"+want) {
			return []idea{m.insert("separator", t.end-len(want), "; ", 0, false)}
		}
		end++
	}
	if m.tokens[end-1].text == ";" {
		return []idea{m.insert("body", m.tokens[end-1].end, " "+want, 1, false)}
	}
	return []idea{m.insert("body", m.tokens[end-1].end, "; "+want, 1, false)}
}

// testIdeas are about the brackets of tests and arithmetic, about arrays with
// blanks around "=", and calls with brackets.
func (m *mender) testIdeas() []idea {
	var out []idea
	for i, t := range m.tokens {
		if len(out) > 16 {
			break
		}
		next := func(k int) token {
			if i+k < len(m.tokens) {
				return m.tokens[i+k]
			}
			return token{}
		}
		if x, ok := m.unended(i); ok {
			out = append(out, x)
		}
		switch {
		case t.kind == word && m.first(i) && m.branch(i):
			end := i
			for end+1 < len(m.tokens) && m.tokens[end+1].kind != newline {
				end++
			}
			out = append(out, m.insert("case", m.tokens[end].end, ")", 0, true))
		case t.key && t.text == "[[":
			end := i + 1
			for end < len(m.tokens) && m.tokens[end].kind != newline && m.tokens[end].text != "]]" && m.tokens[end].text != ";" {
				end++
			}
			if end < len(m.tokens) && m.tokens[end].text == "]]" {
				continue
			}
			switch last := m.tokens[end-1]; {
			case last.text == "]":
				out = append(out, m.replace("test-bracket", last, "]]", 0, true))
			case strings.HasSuffix(last.text, "]]"):
				out = append(out, m.insert("test-blank", last.end-2, " ", 0, true))
			case strings.HasSuffix(last.text, "]") && !strings.Contains(last.text, "["):
				out = append(out, idea{rule: "test-bracket", why: "[[ ends with ]]", told: true, edits: []nsbox.Edit{m.edit(last.end-1, last.end, " ]]")}})
			default:
				out = append(out, m.insert("test-bracket", last.end, " ]]", 0, true))
			}
		case t.kind == word && name(t.text) == t.text && t.text != "" && next(1).text == "=" && next(2).text == "(":
			out = append(out, idea{rule: "assignment", why: "no blanks may stand around = in an assignment", told: true, edits: []nsbox.Edit{m.edit(t.end, next(2).start, "=")}})
		case t.kind == word && assignment(t.text) && strings.HasSuffix(t.text, "=") && next(1).text == "(":
			out = append(out, idea{rule: "assignment", why: "no blanks may stand around = in an assignment", edits: []nsbox.Edit{m.edit(t.end, next(1).start, "")}})
		case t.command && t.kind == word && !t.key && next(1).kind == operator && next(1).text == "(" && next(1).start == t.end && next(2).text != ")":
			out = append(out, m.callIdea(i)...)
		}
	}
	return out
}

// swallows is a list of an array that goes on over statements: its end is
// missing.
var swallows = lazyre.New(`^\w+\+?=\([^\n]*\n(?s:.*\n)?\s*(?:fi|done|esac|\}|\w+ ?\(\)|\w+=.*|if .*|for .*|echo .*|return.*)(?:\n|$)`)

// unendedName is a ${...} that goes on over a line's end.
var unendedName = lazyre.New(`(\$\{[^}\n"']*)\n`)

// unended are ends that token i shows to be missing: that of a case's branch
// before it, of an array's list, and a function's opening brace; and the bracket
// that closes nothing.
func (m *mender) unended(i int) (idea, bool) {
	t := m.tokens[i]
	text := func(k int) string {
		if k < 0 || k >= len(m.tokens) {
			return ""
		}
		return m.tokens[k].text
	}
	switch b := m.enclosing(i); {
	case t.kind == operator && t.text == ")" && m.d.Line == m.line(i) && i > 0 && m.tokens[i-1].end == t.start && strings.HasSuffix(m.tokens[i-1].text, ")"):
		before := m.tokens[i-1].text
		if at := strings.Index(before, "$("); at >= 0 && !strings.HasPrefix(before[at:], "$((") && strings.ContainsAny(before[at:], "%*/+") {
			return m.insert("arithmetic", m.tokens[i-1].start+at+len("$("), "(", 0, true), true
		}
		return idea{rule: "bracket", why: ") closes nothing", edits: []nsbox.Edit{m.edit(t.start, t.end, "")}, told: true}, true
	case t.kind == word && b != nil && b.word == "case" && b.body >= 0 && i > b.body && m.first(i) && m.patternLine(i):
		k := i - 1
		for k > b.body && (m.tokens[k].kind == newline || m.tokens[k].kind == comment) {
			k--
		}
		if k > b.body && text(k) != ";;" {
			return m.insert("case", m.tokens[k].end, " ;;", 0, true), true
		}
	case t.kind == word && unendedName.MatchString(t.text):
		loc := unendedName.FindStringSubmatchIndex(t.text)
		return m.insert("quote", t.start+loc[3], "}", 0, true), true
	case t.kind == word && swallows.MatchString(t.text):
		first, rest, _ := strings.Cut(t.text, "\n")
		if strings.HasSuffix(strings.TrimSpace(first), "(") && rest != strings.TrimLeft(rest, " \t") {
			return idea{}, false // its elements stand below
		}
		return m.insert("array", t.start+len(strings.TrimRight(first, " \t")), ")", 0, true), true
	case t.kind == word && m.first(i) && name(t.text) == t.text && text(i+1) == ")" && text(i+2) == "{" && (b == nil || b.word != "case"):
		return m.insert("bracket", t.end, "(", 0, true), true
	case t.kind == word && m.first(i) && text(i+1) == "(" && text(i+2) == ")" && (i+3 >= len(m.tokens) || m.tokens[i+3].kind == newline) && text(i+4) != "{" && text(i+4) != "(":
		return m.insert("brace", m.tokens[i+2].end, " {", 0, true), true
	}
	return idea{}, false
}

// branch reports whether token i begins a branch of a case that lacks its
// bracket.
func (m *mender) branch(i int) bool {
	b := m.enclosing(i)
	if b == nil || b.word != "case" || b.body < 0 || m.tokens[i].key || m.patternLine(i) {
		return false
	}
	k := i - 1
	for k > 0 && (m.tokens[k].kind == newline || m.tokens[k].kind == comment) {
		k--
	}
	return m.tokens[k].text == ";;" || k == b.body
}

// callIdea writes f a b for f(a, b).
func (m *mender) callIdea(i int) []idea {
	edits := []nsbox.Edit{m.edit(m.tokens[i+1].start, m.tokens[i+1].end, " ")}
	for k := i + 2; k < len(m.tokens) && m.tokens[k].kind != newline; k++ {
		t := m.tokens[k]
		if t.text == ")" && t.kind == operator {
			edits = append(edits, m.edit(t.start, t.end, ""))
			if foreign[m.tokens[i].text] != "" {
				edits = append(edits, m.edit(m.tokens[i].start, m.tokens[i].end, foreign[m.tokens[i].text]))
			}
			return []idea{{rule: "call", why: "commands are called without brackets", edits: edits}}
		}
		if strings.HasSuffix(t.text, ",") {
			edits = append(edits, m.edit(t.end-1, t.end, ""))
		}
	}
	return nil
}
