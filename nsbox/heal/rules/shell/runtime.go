package shell

import (
	"slices"
	"strings"

	"github.com/nsbox/nsbox/nsbox"
)

// runtime proposes for a message of a script that runs.
func (m *mender) runtime() {
	msg := m.d.Message
	if m.dollarAssign() {
		return
	}
	switch m.d.Type {
	case "CommandNotFound":
		m.commandNotFound(strings.TrimSuffix(msg, ": command not found"))
	case "UnboundVariable":
		n, _, _ := strings.Cut(msg, ":")
		if n = name(strings.TrimSuffix(n, "[@]")); n != "" {
			m.nearVariable(n)
		}
	case "TestError":
		m.testError(msg)
	case "ArithmeticError", "RedirectError", "FileNotFound", "BadSubscript":
		m.emptyNames()
		if m.d.Type == "ArithmeticError" && len(m.fixes) == 0 {
			m.letBlanks()
		}
		if m.d.Type == "RedirectError" && len(m.fixes) == 0 {
			m.quoteRedirect()
		}
	case "InvalidIdentifier":
		m.identifier(msg)
	case "BadSubstitution":
		m.substitution(msg)
	case "UsageError":
		m.usage(msg)
	}
}

// dollarAssign mends "$x=5", which Bash makes many a command of.
func (m *mender) dollarAssign() bool {
	for _, i := range m.on(m.d.Line) {
		t := m.tokens[i]
		if t.command && assignment(t.text) && strings.HasSuffix(t.text, "=") && i+1 < len(m.tokens) && strings.HasPrefix(strings.Trim(m.tokens[i+1].text, `"`), "$") &&
			m.tokens[i+1].kind == word && (i+2 >= len(m.tokens) || m.tokens[i+2].kind == newline) {
			m.add("assignment", nsbox.RankLocal, "no blank may stand behind = in an assignment", m.edit(t.end, m.tokens[i+1].start, ""))
			return true
		}
		if t.command && strings.HasPrefix(t.text, "$") {
			if n := name(t.text[1:]); n != "" && strings.HasPrefix(t.text[1+len(n):], "=") {
				m.add("assignment", nsbox.RankLocal, "a variable that is set has no $", m.edit(t.start, t.start+1, ""))
				return true
			}
		}
	}
	return false
}

// nearVariable mends the name of a variable that nothing sets, where the line
// uses it, or where the nearly same one is set that nothing uses.
func (m *mender) nearVariable(n string) bool {
	var others []string
	for _, v := range m.names {
		if v != n {
			others = append(others, v)
		}
	}
	best, ok := nearest(n, others, nil)
	if !ok || m.set[n] && (m.uses[best] > 1 || m.d.Type != "UnboundVariable") {
		return false // it is set, but later
	}
	from, to := n, best
	if m.uses[best] == 1 && m.uses[n] > 1 {
		from, to = best, n
	}
	var edits []nsbox.Edit
	for i := 0; i < len(m.Src); {
		k := strings.Index(m.Src[i:], from)
		if k < 0 {
			break
		}
		at := i + k
		i = at + len(from)
		if at > 0 && nameByte(m.Src[at-1]) || i < len(m.Src) && nameByte(m.Src[i]) || !m.variableAt(at, i) {
			continue
		}
		edits = append(edits, m.edit(at, i, to))
	}
	if len(edits) == 0 {
		return false
	}
	m.add("near-variable", nsbox.RankLocal, from+" -> "+to, edits...)
	return true
}

// variableAt reports whether the name from start to end is a variable's there.
func (m *mender) variableAt(start, end int) bool {
	before := m.Src[:start]
	if strings.HasSuffix(before, "$") || strings.HasSuffix(before, "${") || strings.HasSuffix(before, "${#") || strings.HasSuffix(before, "${!") {
		return true
	}
	if strings.HasPrefix(m.Src[end:], "=") || strings.HasPrefix(m.Src[end:], "+=") || strings.HasPrefix(m.Src[end:], "[") {
		return true
	}
	line := before[strings.LastIndexByte(before, '\n')+1:]
	return strings.LastIndex(line, "((") > strings.LastIndex(line, "))") || strings.Contains(line, "read ") || strings.HasSuffix(line, "for ") ||
		strings.Contains(line, "let ") || strings.Contains(line, "local ") || strings.Contains(line, "declare ")
}

// emptyNames looks on the line for a variable that nothing sets and whose name
// is nearly another's.
func (m *mender) emptyNames() bool {
	line := m.Line(m.d.Line)
	for i := 0; i+1 < len(line); i++ {
		if line[i] != '$' && !(nameByte(line[i]) && (i == 0 || !nameByte(line[i-1])) && strings.Contains(line[:i], "((")) {
			continue
		}
		k := i
		for k < len(line) && strings.IndexByte("${#!", line[k]) >= 0 {
			k++
		}
		if n := name(line[k:]); len(n) > 2 && !m.set[n] && m.nearVariable(n) {
			return true
		}
	}
	return false
}

// testSlip mends "[$x" and "[[$x", which lack a blank.
func (m *mender) testSlip(i int, missing string) bool {
	t := m.tokens[i]
	if !strings.HasPrefix(t.text, "[") || t.text == "[" || t.text == "[[" || !strings.HasPrefix(missing, "[") {
		return false
	}
	n := 1
	if strings.HasPrefix(t.text, "[[") {
		n = 2
	}
	edits := []nsbox.Edit{m.edit(t.start+n, t.start+n, " ")}
	edits = append(edits, m.closeBlank(i, strings.Repeat("]", n))...)
	m.add("test-blank", nsbox.RankLocal, "a blank stands after "+t.text[:n], edits...)
	return true
}

// closeBlank puts the blank before the bracket that ends the test which begins
// at token i, if it is missing.
func (m *mender) closeBlank(i int, closer string) []nsbox.Edit {
	for k := i; k < len(m.tokens) && m.tokens[k].kind == word; k++ {
		t := m.tokens[k]
		if t.text == closer {
			return nil
		}
		if strings.HasSuffix(t.text, closer) && t.text != "["+closer && !strings.Contains(t.text, "${") && !strings.HasSuffix(t.text, "$"+closer) {
			return []nsbox.Edit{m.edit(t.end-len(closer), t.end-len(closer), " ")}
		}
	}
	return nil
}

// tests are the tokens from "[" to its end, on the line; more where it has
// several tests.
func (m *mender) tests() [][]int {
	var out [][]int
	var cur []int
	for _, i := range m.on(m.d.Line) {
		t := m.tokens[i]
		if t.command && (t.text == "[" || t.text == "test") {
			cur = []int{i}
			continue
		}
		if cur == nil {
			continue
		}
		if t.kind != word {
			out, cur = append(out, cur), nil
			continue
		}
		cur = append(cur, i)
		if t.text == "]" {
			out, cur = append(out, cur), nil
		}
	}
	if cur != nil {
		out = append(out, cur)
	}
	return out
}

// testError mends a "[" that can't be decided.
func (m *mender) testError(msg string) {
	switch {
	case strings.Contains(msg, "missing `]'"):
		m.missingBracket()
	case strings.Contains(msg, "integer expression expected"), strings.Contains(msg, "integer expected"):
		if !m.emptyNames() {
			m.textCompare()
		}
	case strings.Contains(msg, "unary operator expected"), strings.Contains(msg, "too many arguments"), strings.Contains(msg, "binary operator expected"):
		if m.operators() || m.emptyNames() {
			return
		}
		m.quoteTest()
	}
}

// missingBracket ends a test: with a blank, where the bracket is there without
// one; before "&&" or "||" in the middle of one; or at its end.
func (m *mender) missingBracket() {
	for _, test := range m.tests() {
		last := m.tokens[test[len(test)-1]]
		if last.text == "]" || m.tokens[test[0]].text != "[" {
			continue
		}
		if edits := m.closeBlank(test[0], "]"); len(edits) > 0 {
			m.add("test-blank", nsbox.RankLocal, "a blank stands before ]", edits...)
			return
		}
		if k := test[len(test)-1] + 1; k+1 < len(m.tokens) && (m.tokens[k].text == "&&" || m.tokens[k].text == "||") && !strings.HasPrefix(m.tokens[k+1].text, "[") {
			for e := k + 1; e < len(m.tokens) && m.tokens[e].kind == word; e++ {
				if m.tokens[e].text == "]" {
					m.add("test-and", nsbox.RankLocal, m.tokens[k].text+" stands between two tests", m.edit(last.end, last.end, " ]"), m.edit(m.tokens[k+1].start, m.tokens[k+1].start, "[ "))
					return
				}
			}
		}
		if last.text == "]]" {
			m.add("test-bracket", nsbox.RankLocal, "[ ends with ]", m.edit(last.start, last.end, "]"))
			return
		}
		m.add("test-bracket", nsbox.RankLocal, "[ ends with ]", m.edit(last.end, last.end, " ]"))
		return
	}
}

// textCompare writes = for -eq where a text is compared.
func (m *mender) textCompare() {
	for _, test := range m.tests() {
		for k := 1; k+1 < len(test); k++ {
			t, next := m.tokens[test[k]], m.tokens[test[k+1]]
			to := map[string]string{"-eq": "=", "-ne": "!="}[t.text]
			value := strings.Trim(next.text, `"'`)
			if to != "" && value != "" && !strings.ContainsAny(value, "$`") && strings.Trim(value, "0123456789-") != "" {
				m.swap("text-compare", nsbox.RankLocal, t.start, t.end, to)
				return
			}
		}
	}
}

// operators mends those that "[" does not have.
func (m *mender) operators() bool {
	for _, test := range m.tests() {
		for _, k := range test[1:] {
			t := m.tokens[k]
			if t.text == "=~" || t.text == "&&" {
				last := m.tokens[test[len(test)-1]]
				if last.text == "]" {
					m.add("test-double", nsbox.RankLocal, t.text+" is an operator of [[", m.edit(m.tokens[test[0]].start, m.tokens[test[0]].end, "[["), m.edit(last.start, last.end, "]]"))
					return true
				}
			}
			to := map[string]string{"===": "=", "!==": "!=", "<>": "!=", "eq": "-eq", "ne": "-ne", "gt": "-gt", "lt": "-lt", "ge": "-ge", "le": "-le", "--eq": "-eq", "-eg": "-eq", "-qe": "-eq", "-get": "-ge", "-let": "-le", "-tl": "-lt", "-tg": "-gt"}[t.text]
			if to != "" {
				m.swap("test-operator", nsbox.RankLocal, t.start, t.end, to)
				return true
			}
		}
	}
	return false
}

// quoteTest quotes the variables of tests that compare texts; a number that is
// missing stays a mistake.
func (m *mender) quoteTest() {
	var edits []nsbox.Edit
	for _, test := range m.tests() {
		numeric := false
		for _, k := range test {
			numeric = numeric || slices.Contains([]string{"-eq", "-ne", "-lt", "-le", "-gt", "-ge"}, m.tokens[k].text)
		}
		if numeric {
			continue
		}
		for _, k := range test[1:] {
			if t := m.tokens[k]; strings.HasPrefix(t.text, "$") {
				edits = append(edits, m.edit(t.start, t.start, `"`), m.edit(t.end, t.end, `"`))
			}
		}
	}
	if len(edits) > 0 {
		m.add("quote-variable", nsbox.RankLocal, "a value may be empty or have blanks", edits...)
	}
}

// quoteRedirect quotes the variables that redirections lead to.
func (m *mender) quoteRedirect() {
	on := m.on(m.d.Line)
	for _, i := range on {
		t := m.tokens[i]
		if t.kind == word && strings.HasPrefix(t.text, "$") && i > 0 && m.tokens[i-1].kind == operator && strings.ContainsAny(m.tokens[i-1].text, "<>") && m.set[name(strings.TrimLeft(t.text, "${"))] {
			m.add("quote-variable", nsbox.RankLocal, "a file's name may have blanks", m.edit(t.start, t.start, `"`), m.edit(t.end, t.end, `"`))
			return
		}
	}
}

// letBlanks quotes what let computes.
func (m *mender) letBlanks() {
	for _, i := range m.on(m.d.Line) {
		if t := m.tokens[i]; t.command && t.text == "let" {
			end := i + 1
			for end < len(m.tokens) && m.tokens[end].kind == word {
				end++
			}
			if end > i+2 && !strings.ContainsAny(m.Src[m.tokens[i+1].start:m.tokens[end-1].end], `"'`) {
				m.add("quote-let", nsbox.RankLocal, "let takes one word", m.edit(m.tokens[i+1].start, m.tokens[i+1].start, `"`), m.edit(m.tokens[end-1].end, m.tokens[end-1].end, `"`))
				return
			}
		}
	}
}

// identifier mends what can't be the name of a variable.
func (m *mender) identifier(msg string) {
	for _, i := range m.on(m.d.Line) {
		t := m.tokens[i]
		switch {
		case t.kind != word:
		case t.text == "=" && i > 0 && name(m.tokens[i-1].text) == m.tokens[i-1].text && strings.Contains(msg, "`='"):
			m.assignTo(m.tokens[i-1].start, m.tokens[i-1].text, i+1)
			return
		case strings.HasPrefix(t.text, "$") && name(t.text[1:]) != "" && i > 0 && m.declares(i):
			m.add("assignment", nsbox.RankLocal, "a variable that is set has no $", m.edit(t.start, t.start+1, ""))
			return
		}
	}
	_, bad, _ := strings.Cut(msg, "`$")
	bad, _, _ = strings.Cut(bad, "'")
	for i, t := range m.tokens { // a loop's variable, which is reported at the loop's end
		if bad != "" && t.text == "$"+bad && i > 0 && m.tokens[i-1].key && m.tokens[i-1].text == "for" {
			m.add("assignment", nsbox.RankLocal, "a variable that is set has no $", m.edit(t.start, t.start+1, ""))
			return
		}
	}
}

// declares reports whether token i is a name that read, for or export takes.
func (m *mender) declares(i int) bool {
	for k := i - 1; k >= 0 && m.tokens[k].kind == word; k-- {
		if t := m.tokens[k]; t.command || t.key {
			return set("read export local declare readonly unset for select typeset")[t.text]
		}
	}
	return false
}

// substitution mends ${ x }, ${x.length} and ${len(x)}.
func (m *mender) substitution(msg string) {
	bad := strings.TrimSuffix(msg, ": bad substitution")
	_, at, ok := m.find(bad)
	if !ok || !strings.HasPrefix(bad, "${") || !strings.HasSuffix(bad, "}") {
		return
	}
	inner := strings.TrimSpace(bad[2 : len(bad)-1])
	to := ""
	switch {
	case name(inner) == inner && inner != "":
		to = "${" + inner + "}"
	case strings.HasSuffix(inner, ".length") && name(inner) == strings.TrimSuffix(inner, ".length"):
		to = "${#" + name(inner) + "}"
	case strings.HasPrefix(inner, "len(") && strings.HasSuffix(inner, ")"):
		to = "${#" + strings.TrimPrefix(inner[4:len(inner)-1], "$") + "}"
	case strings.HasPrefix(inner, "$") && name(inner[1:]) == inner[1:]:
		to = "${" + inner[1:] + "}"
	default:
		return
	}
	m.swap("substitution", nsbox.RankLocal, at, at+len(bad), to)
}

// find returns where text stands on the diagnosis' line, if once.
func (m *mender) find(text string) (line, at int, ok bool) {
	if m.d.Line < 1 || m.d.Line > m.Lines() || text == "" {
		return 0, 0, false
	}
	start, _ := m.Bounds(m.d.Line)
	s := m.Line(m.d.Line)
	return m.d.Line, start + strings.Index(s, text), strings.Count(s, text) == 1
}

// usage mends builtins that stand where they can't.
func (m *mender) usage(msg string) {
	switch {
	case strings.HasPrefix(msg, "local: can only be used in a function"):
		for _, i := range m.on(m.d.Line) {
			if t := m.tokens[i]; t.command && t.text == "local" && i+1 < len(m.tokens) && m.tokens[i+1].kind == word && assignment(m.tokens[i+1].text) {
				m.add("local", nsbox.RankLocal, "outside of functions all variables are global", m.edit(t.start, m.tokens[i+1].start, ""))
				return
			}
		}
	case strings.HasPrefix(msg, "cd: too many arguments"):
		for _, i := range m.on(m.d.Line) {
			if t := m.tokens[i]; t.kind == word && strings.HasPrefix(t.text, "$") && i > 0 && m.tokens[i-1].text == "cd" {
				m.add("quote-variable", nsbox.RankLocal, "a name may have blanks", m.edit(t.start, t.start, `"`), m.edit(t.end, t.end, `"`))
				return
			}
		}
	}
}
