package ruby

import (
	"strings"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/internal/source"
)

// functions are those of other languages that are methods in Ruby: f(x) is
// x.method.
var functions = map[string]string{
	"len": ".length", "str": ".to_s", "int": ".to_i", "float": ".to_f", "abs": ".abs", "sorted": ".sort", "reversed": ".reverse",
	"sum": ".sum", "type": ".class", "list": ".to_a", "strlen": ".length", "count": ".length", "chr": ".chr", "ord": ".ord", "round": ".round",
	"upper": ".upcase", "lower": ".downcase", "min": ".min", "max": ".max", "any": ".any?", "all": ".all?", "repr": ".inspect",
	"parseInt": ".to_i", "parseFloat": ".to_f", "typeof": ".class", "sqrt": "", "sin": "", "cos": "", "log": "", "exp": "", "pow": "",
}

// printers are the ways in which other languages print a line.
var printers = set("println echo writeln print_line fmt cout say puts_line printline log")

// declarers begin the declaration of a variable elsewhere.
var declarers = set("let var const my dim auto int string double bool")

// foreignCall mends a call that other languages have.
func (m *mender) foreignCall(i int, name string) bool {
	t, next := m.deep[i], m.after(i)
	switch {
	case name == "new" || m.before(i).Text == "new" && m.before(i-1).Text != ".":
		return m.newForm(i)
	case m.isConst(name) && strings.HasPrefix(m.Src[t.End:], "("):
		m.add("new", nsbox.RankLocal, name+" is a class", m.edit(t.End, t.End, ".new"))
		return true
	case m.hasOwn(name):
		return false
	case printers[name] && next.Kind != source.Newline && next.Text != ".":
		m.swap("print", nsbox.RankLocal, t, "puts")
		return true
	case declarers[name] && next.Kind == source.Word:
		m.add("declaration", nsbox.RankLocal, "a variable needs no "+name, m.edit(t.Start, next.Start, ""))
		return true
	case name == "import" && next.Kind == source.String:
		m.swap("require", nsbox.RankLocal, t, "require")
		return true
	case name == "fn" || name == "func" || name == "function":
		return false
	case name == "range" && strings.HasPrefix(m.Src[t.End:], "("):
		return m.pythonRange(i)
	}
	to, ok := functions[name]
	if !ok || !strings.HasPrefix(m.Src[t.End:], "(") {
		return false
	}
	open := m.tokenAt(t.End)
	end := m.closeOf(open)
	if end < 0 || end == open+1 {
		return false
	}
	if to == "" {
		m.add("math", nsbox.RankLocal, name+" is a method of Math", m.edit(t.Start, t.Start, "Math."))
		return true
	}
	arg := m.Src[m.tokens[open+1].Start:m.tokens[end-1].End]
	switch {
	case m.operandEnd(open+1) == end:
	case m.commas(open, end):
		if name != "min" && name != "max" {
			return false
		}
		arg = "[" + arg + "]"
	default:
		arg = "(" + arg + ")"
	}
	m.add("function", nsbox.RankLocal, name+" is a method", m.edit(t.Start, m.tokens[end].End, arg+to))
	return true
}

func (m *mender) hasOwn(name string) bool {
	for _, cl := range m.classes {
		for _, n := range cl.methods {
			if n == name {
				return true
			}
		}
	}
	for _, n := range m.main.methods {
		if n == name {
			return true
		}
	}
	return false
}

func (m *mender) isConst(name string) bool {
	for _, n := range m.order {
		if n == name {
			return true
		}
	}
	l := lib()
	return len(name) > 0 && name[0] >= 'A' && name[0] <= 'Z' && (strings.HasSuffix(name, "Error") || len(l.members[name+"."]) > 0) && hasNew(l.members[name+"."], name)
}

func hasNew(list []member, name string) bool {
	for _, x := range list {
		if x.name == "new" {
			return true
		}
	}
	return strings.HasSuffix(name, "Error")
}

// commas reports whether there are commas between two brackets themselves.
func (m *mender) commas(open, end int) bool {
	for k := open + 1; k < end; k++ {
		if m.tokens[k].Text == "," && m.tokens[k].Depth == m.tokens[open].Depth+1 {
			return true
		}
	}
	return false
}

// newForm mends new Foo(1).
func (m *mender) newForm(i int) bool {
	if m.deep[i].Text != "new" {
		i--
	}
	if i < 0 || m.after(i).Kind != source.Word || m.before(i).Text == "." || m.after(i).Text[0] < 'A' || m.after(i).Text[0] > 'Z' {
		return false
	}
	class := m.after(i)
	m.add("new", nsbox.RankLocal, "new is a method of "+class.Text, m.edit(m.deep[i].Start, class.End, class.Text+".new"))
	return true
}

// pythonRange writes (0...n) for range(n).
func (m *mender) pythonRange(i int) bool {
	t := m.deep[i]
	open := m.tokenAt(t.End)
	end := m.closeOf(open)
	if end <= open+1 {
		return false
	}
	args := strings.Split(m.Src[m.tokens[open].End:m.tokens[end].Start], ",")
	text := ""
	switch {
	case m.commas(open, end) && len(args) == 2:
		text = "(" + strings.TrimSpace(args[0]) + "..." + strings.TrimSpace(args[1]) + ")"
	case !m.commas(open, end):
		text = "(0..." + strings.TrimSpace(strings.Join(args, ",")) + ")"
	default:
		return false
	}
	m.add("range", nsbox.RankLocal, "range is written with points", m.edit(t.Start, m.tokens[end].End, text))
	return true
}

// foreignName mends a name that other languages have: console.log(x).
func (m *mender) foreignName(i int) bool {
	switch t := m.deep[i]; {
	case t.Text == "console" || t.Text == "fmt" || t.Text == "logger" && m.after(i).Text == ".":
		return m.foreignPrint(i)
	case m.before(i).Text == "import" && loadable(t.Text):
		m.add("require", nsbox.RankLocal, "libraries are required", m.edit(m.before(i).Start, t.End, `require "`+t.Text+`"`))
		return true
	case m.before(i).Text == "new":
		return m.newForm(i)
	case declarers[t.Text] && m.after(i).Kind == source.Word && m.after(i).Start > t.End:
		m.add("declaration", nsbox.RankLocal, "a variable needs no "+t.Text, m.edit(t.Start, m.after(i).Start, ""))
		return true
	}
	return m.keywordCall(i)
}

func loadable(name string) bool {
	for _, n := range lib().libs {
		if n == name {
			return true
		}
	}
	return false
}

// foreignPrint writes puts for console.log, System.out.println and their like,
// whose first name is the deep token i.
func (m *mender) foreignPrint(i int) bool {
	k := i
	for m.after(k).Text == "." && k+2 < len(m.deep) && m.deep[k+2].Kind == source.Word {
		k += 2
	}
	to := map[string]string{"log": "puts", "println": "puts", "print": "print", "WriteLine": "puts", "Write": "print", "Println": "puts", "info": "puts", "error": "warn", "printf": "printf", "Printf": "printf"}[m.deep[k].Text]
	if k == i || to == "" {
		return false
	}
	m.add("print", nsbox.RankLocal, "Ruby prints with "+to, m.edit(m.deep[i].Start, m.deep[k].End, to))
	return true
}

// middleNames are what other languages call the keywords inside of a block, and
// slips of them that are not near enough.
var middleNames = map[string]string{
	"elif": "elsif", "elseif": "elsif", "elsfi": "elsif", "elsef": "elsif", "elsiif": "elsif", "except": "rescue", "catch": "rescue", "finally": "ensure", "otherwise": "else", "default": "else",
}

// keywordCall mends a slip in a keyword that stands inside of a block, where the
// line is indented as the block is.
func (m *mender) keywordCall(i int) bool {
	k := m.tokenAt(m.deep[i].Start)
	if k >= len(m.tokens) || m.tokens[k].Start != m.deep[i].Start || !m.first(k) {
		return false
	}
	to := m.middle(k)
	if to == "" {
		return false
	}
	m.swap("keyword", nsbox.RankLocal, m.tokens[k], to)
	return true
}

// middle is the keyword that token k, the first of its line, has a slip of, ""
// if it is none.
func (m *mender) middle(k int) string {
	b := m.inside[k]
	if b < 0 || m.Indent(m.line(k)) != m.Indent(m.line(m.blocks[b].open)) && m.column(m.blocks[b].open) != m.column(k) {
		return ""
	}
	fits := map[string]string{"if": "else elsif", "unless": "else", "case": "when else in", "begin": "rescue ensure else", "def": "rescue ensure", "do": "rescue ensure"}[m.blocks[b].word]
	word := m.tokens[k].Text
	if to := middleNames[strings.ToLower(word)]; to != "" && strings.Contains(fits, to) {
		return to
	}
	if len(word) < 2 {
		return ""
	}
	best, n := "", 2
	for _, f := range strings.Fields(fits) {
		if d := source.Distance(strings.ToLower(word), f); d < n || d == n && f == "elsif" {
			best, n = f, d
		}
	}
	if best == "else" && m.k1(k) {
		best = "elsif"
	}
	return best
}

// k1 reports whether something follows token k on its line.
func (m *mender) k1(k int) bool {
	return k+1 < len(m.tokens) && m.tokens[k+1].Kind != source.Newline
}
