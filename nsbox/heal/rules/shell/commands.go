package shell

import (
	_ "embed"
	"slices"
	"strings"
	"sync"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/internal/source"
)

//go:generate sh -c "nsbox exec --no-heal --lang bash generate.sh > commands.txt"

//go:embed commands.txt
var commandText string

var known = sync.OnceValue(func() []string { return strings.Fields(commandText) })

var knownSet = sync.OnceValue(func() map[string]bool { return set(commandText) })

// popular are the commands that scripts use most, the most frequent first.
var popular = sync.OnceValue(func() map[string]int {
	words := strings.Fields(`echo printf cd grep sed awk cat test exit return local read export set shift source eval exec sort uniq cut tr head tail wc
		find xargs mkdir rm cp mv ls touch chmod date sleep basename dirname seq tee expr let declare unset trap true false pwd kill wait
		type command mapfile readarray getopts paste rev tac nl diff cmp comm join fold mktemp realpath readlink stat du df env which yes
		break continue readonly pushd popd shopt alias hash id whoami uname hostname nproc ln rmdir split od base64 md5sum sha256sum`)
	out := map[string]int{}
	for i, w := range words {
		out[w] = len(words) - i
	}
	return out
})

// foreign are what other languages call the commands of Bash.
var foreign = map[string]string{
	"print": "echo", "puts": "echo", "println": "echo", "console.log": "echo", "say": "echo", "write": "echo", "cls": "clear", "del": "rm", "copy": "cp", "move": "mv", "elsif": "elif",
	"elseif": "elif", "sprintf": "printf", "log": "echo", "Write-Host": "echo", "Console.WriteLine": "echo", "System.out.println": "echo",
}

// declarers begin the declaration of a variable elsewhere.
var declarers = set("var const my int string dim auto let")

// commandNotFound mends the call of a command that does not exist.
func (m *mender) commandNotFound(missing string) {
	if missing == "" {
		return
	}
	for _, i := range m.on(m.d.Line) {
		t := m.tokens[i]
		if t.kind != word {
			if t.kind == comment {
				return
			}
			continue
		}
		if t.command && !t.key && m.assignSlip(i, missing) {
			return
		}
		if t.command && m.testSlip(i, missing) {
			return
		}
		if at := m.within(t, missing); at >= 0 {
			m.rename(i, at, missing)
			return
		}
	}
}

// within returns where missing stands as a command in token t: at its beginning,
// or in a substitution; -1 if it does not.
func (m *mender) within(t token, missing string) int {
	if t.command && t.text == missing {
		return t.start
	}
	for at := 0; ; {
		k := strings.Index(t.text[at:], missing)
		if k < 0 {
			return -1
		}
		at += k
		before := strings.TrimRight(t.text[:at], " \t\n")
		end := at + len(missing)
		if (strings.HasSuffix(before, "(") || strings.HasSuffix(before, "|") || strings.HasSuffix(before, "`") || strings.HasSuffix(before, ";") || strings.HasSuffix(before, "&&")) &&
			(end == len(t.text) || !nameByte(t.text[end])) {
			return t.start + at
		}
		at += len(missing)
	}
}

// assignSlip mends assignments that Bash takes for commands: "x = 5", "x= 5",
// "x =5", "$x=5".
func (m *mender) assignSlip(i int, missing string) bool {
	t := m.tokens[i]
	next := token{}
	if i+1 < len(m.tokens) {
		next = m.tokens[i+1]
	}
	switch {
	case strings.HasPrefix(t.text, "$") && strings.Contains(missing, "="):
		n := name(t.text[1:])
		if n == "" || !strings.HasPrefix(t.text[1+len(n):], "=") && !(next.kind == word && next.text == "=") {
			return false
		}
		if next.text == "=" {
			return m.joinAssign(i, t.start+1, n)
		}
		m.add("assignment", nsbox.RankLocal, "a variable that is set has no $", m.edit(t.start, t.start+1, ""))
		return true
	case declarers[t.text] && t.text == missing && next.kind == word && name(next.text) != "":
		if i+2 < len(m.tokens) && m.tokens[i+2].text == "=" {
			m.joinAssign(i+1, next.start, next.text)
			if m.fixes != nil {
				m.fixes[0].Edits = append(m.fixes[0].Edits, m.edit(t.start, next.start, ""))
			}
			return m.fixes != nil
		}
		if assignment(next.text) {
			m.add("declaration", nsbox.RankLocal, "a variable needs no "+t.text, m.edit(t.start, next.start, ""))
			return true
		}
	case t.text == missing && name(t.text) == t.text && next.kind == word && strings.HasPrefix(next.text, "=") && !strings.HasPrefix(next.text, "=="):
		return m.joinAssign(i, t.start, t.text)
	case t.text == missing && name(t.text) == t.text && (next.text == "+=" || next.text == "-="):
		return m.arithmetic(i)
	case t.text == missing && (strings.HasSuffix(missing, "++") || strings.HasSuffix(missing, "--")) && name(missing) == missing[:len(missing)-2]:
		m.add("arithmetic", nsbox.RankLocal, "numbers are counted in ((...))", m.edit(t.start, t.end, "(("+missing+"))"))
		return true
	}
	if i > 0 && m.tokens[i-1].kind == word && strings.HasSuffix(m.tokens[i-1].text, "=") && assignment(m.tokens[i-1].text) && m.expands(t.text, missing) {
		p := m.tokens[i-1]
		m.assignTo(p.start, p.text[:len(p.text)-1], i)
		return true
	}
	return false
}

// expands reports whether the word may have become the command that is missing.
func (m *mender) expands(text, missing string) bool {
	return strings.Trim(text, `"'`) == missing || strings.Contains(text, "$") || strings.Contains(text, "`")
}

// joinAssign mends "x = 5" at token i, whose name begins at start.
func (m *mender) joinAssign(i, start int, n string) bool {
	eq := m.tokens[i+1]
	if eq.text != "=" {
		m.add("assignment", nsbox.RankLocal, "no blank may stand before = in an assignment", m.edit(m.tokens[i].end, eq.start, ""))
		m.fixes[len(m.fixes)-1].Edits = append(m.fixes[len(m.fixes)-1].Edits, m.edit(m.tokens[i].start, start, ""))
		return true
	}
	m.assignTo(start, n, i+2)
	if start != m.tokens[i].start && len(m.fixes) > 0 {
		f := &m.fixes[len(m.fixes)-1]
		f.Edits = append(f.Edits, m.edit(m.tokens[i].start, start, ""))
	}
	return true
}

// assignTo writes name=value for what begins at start, the value being the words
// from token k to the command's end.
func (m *mender) assignTo(start int, n string, k int) {
	end := k
	for end < len(m.tokens) && m.tokens[end].kind == word && (end == k || !assignment(m.tokens[end].text)) {
		end++ // another assignment is none of its words
	}
	if k >= len(m.tokens) || end == k {
		m.add("assignment", nsbox.RankLocal, "no blanks may stand around = in an assignment", m.edit(start+len(n), max(m.tokens[min(k, len(m.tokens))-1].end, start+len(n)), "="))
		return
	}
	first, last := m.tokens[k], m.tokens[end-1]
	edits := []nsbox.Edit{m.edit(start+len(n), first.start, "=")}
	if value := m.Src[first.start:last.end]; end > k+1 {
		switch {
		case sum(m.tokens[k:end]):
			edits = append(edits, m.edit(first.start, last.end, "$(("+value+"))"))
		case !strings.ContainsAny(value, `"'`) && !known2(first.text, m.functions):
			edits = append(edits, m.edit(first.start, first.start, `"`), m.edit(last.end, last.end, `"`))
		}
	}
	m.add("assignment", nsbox.RankLocal, "no blanks may stand around = in an assignment", edits...)
}

// known2 reports whether a word is a command, so that it is no text.
func known2(w string, functions []string) bool {
	return slices.Contains(functions, w) || knownSet()[w]
}

// sum reports whether words are a sum: $a + 1.
func sum(words []token) bool {
	if len(words) < 3 || len(words)%2 == 0 {
		return false
	}
	for i, t := range words {
		if i%2 == 1 && !slices.Contains([]string{"+", "-", "*", "/", "%"}, t.text) {
			return false
		}
		if i%2 == 0 && strings.Trim(t.text, "0123456789") != "" && (!strings.HasPrefix(t.text, "$") || name(t.text[1:]) == "") {
			return false
		}
	}
	return true
}

// arithmetic mends "x += 1".
func (m *mender) arithmetic(i int) bool {
	if i+2 >= len(m.tokens) || m.tokens[i+2].kind != word {
		return false
	}
	v := m.tokens[i+2]
	if strings.Trim(v.text, "0123456789") != "" && !strings.HasPrefix(v.text, "$") {
		m.add("assignment", nsbox.RankLocal, "no blanks may stand around += in an assignment", m.edit(m.tokens[i].end, v.start, m.tokens[i+1].text))
		return m.tokens[i+1].text == "+="
	}
	m.add("arithmetic", nsbox.RankLocal, "numbers are added in ((...))", m.edit(m.tokens[i].start, m.tokens[i].start, "(("), m.edit(v.end, v.end, "))"))
	return true
}

// rename puts the nearest command for the one at offset at.
func (m *mender) rename(i, at int, missing string) {
	end := at + len(missing)
	if to := foreign[missing]; to != "" {
		m.swap("foreign", nsbox.RankLocal, at, end, to)
		return
	}
	if best, ok := nearest(missing, m.functions, nil); ok {
		if m.uses[best] == 1 && m.uses[missing] > 1 && m.tokens[i].kind == word {
			for _, t := range m.tokens {
				if t.text == best {
					m.swap("near-function", nsbox.RankLocal, t.start, t.end, missing)
					return
				}
			}
		}
		m.swap("near-function", nsbox.RankLocal, at, end, best)
		return
	}
	if to := m.keyword(i); to != "" && at == m.tokens[i].start {
		m.swap("keyword", nsbox.RankLocal, at, end, to)
		return
	}
	weight := popular()
	words := slices.Clone(known())
	if best, ok := nearest(missing, words, weight); ok && (weight[best] > 0 || source.Distance(missing, best) == 1) {
		m.swap("near-command", nsbox.RankLocal, at, end, best)
	}
}
