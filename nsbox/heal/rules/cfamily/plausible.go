package cfamily

import (
	"strings"

	"github.com/nsbox/nsbox/nsbox/internal/source"
)

// The penalties of a stretch of code that is not as people write it. What no
// compiler takes weighs most; the small ones decide between two readings that
// both compile.
const (
	unbalanced  = 100
	strayChar   = 60
	notGrammar  = 20
	wrongCount  = 12 // arguments that do not fit the function or the format
	streamInner = 8
	unknownName = 6
	condInCall  = 5
	ptrMath     = 4
	castMath    = 3
	twinCalls   = 3
	idleGroup   = 2
	mixedList   = 4 // {1, 2, {3, 4}}
	idleMath    = 2 // x * 100 / 100
	usualText   = 2
)

// judge weighs a stretch of tokens.
type judge struct {
	f     *code
	toks  []source.Token
	pair  []int
	cost  int
	names bool // unknown names count
}

// plausible returns the penalty of toks.
func (f *code) plausible(toks []source.Token, names bool) int {
	j := &judge{f: f, toks: toks, names: names}
	j.balance()
	j.cost += j.inside(-1, len(toks)).idle * idleMath
	for i := range toks {
		j.neighbours(i)
		if toks[i].Text == "(" {
			j.paren(i)
		}
		if toks[i].Text == "[" {
			j.index(i)
		}
		if toks[i].Text == "{" && j.pair[i] > i && (j.is(i-1, "=") || j.is(i-1, "{") || j.is(i-1, ",")) {
			j.list(i)
		}
	}
	return j.cost
}

func (j *judge) tok(i int) source.Token {
	if i < 0 || i >= len(j.toks) {
		return source.Token{Kind: source.Newline}
	}
	return j.toks[i]
}

func (j *judge) is(i int, text string) bool {
	return i >= 0 && i < len(j.toks) && j.toks[i].Text == text && j.toks[i].Kind != source.String
}

// balance pairs the brackets. A brace may stay open at the end, and one may
// close what was opened before.
func (j *judge) balance() {
	j.pair = make([]int, len(j.toks))
	var open []int
	for i, t := range j.toks {
		j.pair[i] = -1
		if t.Kind != source.Punct {
			continue
		}
		switch t.Text {
		case "(", "[", "{":
			open = append(open, i)
		case ")", "]", "}":
			n := len(open)
			switch {
			case n > 0 && source.Closer(j.toks[open[n-1]].Text) == t.Text:
				j.pair[i], j.pair[open[n-1]] = open[n-1], i
				open = open[:n-1]
			case t.Text == "}" && n == 0:
			default:
				j.cost += unbalanced
			}
		}
	}
	for _, i := range open {
		list := j.is(i-1, "=") || j.is(i-1, ",") || j.is(i-1, "{") || j.insideParen(i)
		if j.toks[i].Text != "{" || i < len(j.toks)-1 && list {
			j.cost += unbalanced
		}
	}
}

func (j *judge) insideParen(i int) bool {
	for k := i - 1; k >= 0; k-- {
		if j.toks[k].Text == "(" && j.pair[k] < 0 {
			return true
		}
	}
	return false
}

// neighbours weighs token i and the one before it.
func (j *judge) neighbours(i int) {
	t, prev := j.toks[i], j.tok(i-1)
	switch t.Kind {
	case source.String:
		if t.Text[0] != '"' && t.Text[0] != '\'' {
			j.cost += notGrammar / 2
		}
		if t.Open {
			j.cost += unbalanced
		}
		if len(t.Text) > 1 && t.Text[0] == '\'' && !oneChar(t.Text) {
			j.cost += notGrammar
		}
	case source.Word:
		if j.names && !j.f.known(t.Text) && !j.is(i-1, ".") && !j.is(i-1, "->") && !j.is(i-1, "::") {
			j.cost += unknownName
		}
	case source.Punct:
		if strings.ContainsAny(t.Text, "\\@`$#") || t.Text[0] > 127 {
			j.cost += strayChar
		}
	}
	if i == 0 {
		return
	}
	switch {
	case operand(t) && (operand(prev) || closer(prev)) && t.Text != "const":
		if !j.mayFollow(i) {
			j.cost += notGrammar
		}
	case t.Text == "," && prev.Text == "(", t.Text == ":" && prev.Kind == source.String && !j.asks(i),
		binary[t.Text] == 1 && prev.Kind == source.String, (t.Text == "." || t.Text == "->") && prev.Kind == source.Word && j.plainNumber(prev.Text):
		j.cost += notGrammar
	case t.Text == "." && prev.Kind == source.Number, t.Text == "const" && j.is(i+1, ")") && prev.Kind == source.Word, t.Text == "(" && j.is(i-1, ")") && j.uncallable(i-1):
		j.cost += notGrammar
	case t.Text == "(" && (prev.Kind == source.Number || prev.Kind == source.String):
		j.cost += notGrammar
	case t.Text == "{" && (prev.Kind == source.Number || prev.Kind == source.String):
		j.cost += notGrammar
	case t.Text == ")" || t.Text == "]" || t.Text == ";" || t.Text == ",":
		if prev.Kind == source.Punct && j.dangling(i-1) {
			j.cost += notGrammar
		}
	case binary[t.Text] > 0 && (prev.Text == "(" || prev.Text == "," || prev.Text == "[" || binary[prev.Text] > 0 && prev.Text != "&" && prev.Text != "*" && prev.Text != ">"):
		// Unary operators may stand there.
		if prev.Kind == source.Punct && t.Text != "*" && t.Text != "&" && t.Text != "-" && t.Text != "+" && t.Text != ":" && !(t.Text == "=" && prev.Text == "[") {
			j.cost += notGrammar
		}
	}
}

// asks reports whether a ? or case, to which a : belongs, stands before token i.
func (j *judge) asks(i int) bool {
	for k := range i {
		if j.is(k, "?") || j.is(k, "case") || j.is(k, "for") {
			return true
		}
	}
	return false
}

// uncallable reports whether the parenthesis that i closes is a group that
// nobody calls: not (*f) or a call's arguments, nor a cast or condition.
func (j *judge) uncallable(i int) bool {
	open := j.pair[i]
	if open < 0 || j.is(open+1, "*") || j.is(open+1, "[") || j.control(open) || j.cast(i) {
		return false
	}
	p := j.tok(open - 1)
	return p.Kind == source.Punct && !closer(p) && p.Text != ">"
}

// oneChar reports whether a character literal holds one character.
func oneChar(s string) bool {
	body := strings.TrimSuffix(s[1:], "'")
	if strings.HasPrefix(body, "\\") {
		return len(body) >= 2
	}
	return len([]rune(body)) == 1
}

// dangling reports whether the token at i is an operator that lacks what should
// follow it.
func (j *judge) dangling(i int) bool {
	switch t := j.toks[i]; t.Text {
	case "*", "&", "&&", ">", ">>":
		p := j.tok(i - 1)
		return p.Kind == source.Number || p.Kind == source.String || p.Kind == source.Word && len(j.f.byName[p.Text]) > 0 && j.isVariable(p.Text)
	case ",", "=":
		return !(t.Text == "=" && j.is(i-1, "[")) // [=]
	case ":", "?":
		return t.Text == "?"
	default:
		return binary[t.Text] > 0 || t.Text == "." || t.Text == "->" || t.Text == "!"
	}
}

func (j *judge) isVariable(name string) bool {
	d, ok := j.f.declared(name, -1)
	return ok && d.kind == aVariable
}

var afterParen = set(`const override noexcept final mutable volatile requires`)

// mayFollow reports whether the operand at i may follow the one before it.
func (j *judge) mayFollow(i int) bool {
	t, prev := j.toks[i], j.toks[i-1]
	switch {
	case closer(prev):
		if prev.Text == "]" {
			return t.Kind == source.Word && (afterParen[t.Text])
		}
		return t.Kind == source.Word && afterParen[t.Text] || j.control(j.pair[i-1]) || j.cast(i-1)
	case prev.Kind == source.String && t.Kind == source.String:
		return prev.Text[0] != '\'' && t.Text[0] != '\''
	case prev.Kind == source.String:
		return t.Kind == source.Word && strings.ToUpper(t.Text) == t.Text
	case prev.Kind == source.Number:
		return false
	case t.Kind == source.String:
		return stmtWords[prev.Text] || prev.Text == "extern" || strings.ToUpper(prev.Text) == prev.Text && len(prev.Text) > 1
	case stmtWords[prev.Text] || typeWords[prev.Text]:
		return true
	case t.Kind == source.Number:
		return false
	}
	// Two words: a type and a name, unless the first is a variable.
	d, ok := j.f.declared(prev.Text, -1)
	return !(ok && (d.kind == aVariable || d.kind == aMember)) && !stmtWords[t.Text]
}

func (j *judge) control(open int) bool {
	return open > 0 && (controlWords[j.toks[open-1].Text] || j.toks[open-1].Text == "constexpr")
}

// cast reports whether the parenthesis that i closes holds a type.
func (j *judge) cast(i int) bool {
	open := j.pair[i]
	if open < 0 || open+1 == i {
		return false
	}
	if p := j.tok(open - 1); p.Kind == source.Word && !stmtWords[p.Text] {
		return false
	}
	for k := open + 1; k < i; k++ {
		t := j.toks[k]
		if t.Text == "*" || t.Text == "::" || t.Text == "<" || t.Text == ">" || t.Text == "&" {
			continue
		}
		if t.Kind != source.Word {
			return false
		}
		if d, ok := j.f.declared(t.Text, -1); ok && d.kind != aType {
			return false
		}
	}
	return true
}

// group is the inside of a pair of parentheses.
type group struct {
	args   int  // commas at its own depth, and one
	empty  bool // nothing in it
	cond   int  // the first comparison or logical operator, 0 where none
	math   int
	stream int
	semis  int
	colon  bool
	lowest int // of its operators
	rises  bool
	idle   int // x * 100 / 100
}

func (j *judge) inside(open, end int) group {
	g := group{args: 1, empty: open+1 >= end, lowest: 99}
	for k := open + 1; k < end; k++ {
		t := j.toks[k]
		if p := j.pair[k]; p > k {
			k = p
			continue
		}
		if t.Kind != source.Punct {
			continue
		}
		prev := j.tok(k - 1)
		unary := prev.Kind == source.Punct && !closer(prev) && prev.Text != "}" || stmtWords[prev.Text]
		switch t.Text {
		case ",":
			g.args++
			g.lowest = 99
		case ";":
			g.semis++
		case ":":
			g.colon = true
		}
		b := binary[t.Text]
		if b == 0 || unary || (t.Text == "<" || t.Text == ">") && j.angled(k) {
			continue
		}
		if (t.Text == "*" || t.Text == "&" || t.Text == "&&") && (typeWords[prev.Text] || j.isType(prev.Text)) {
			continue
		}
		if b > g.lowest {
			g.rises = true
		}
		g.lowest = min(g.lowest, b)
		if (t.Text == "/" && j.is(k-2, "*") || t.Text == "*" && j.is(k-2, "/")) && prev.Kind == source.Number && j.tok(k+1).Text == prev.Text {
			g.idle++
		}
		switch {
		case b >= 2 && b <= 9 && b != 5 && b != 6 && b != 7 && t.Text != ":":
			if g.cond == 0 {
				g.cond = k
			}
		case b == 10:
			if g.stream == 0 {
				g.stream = k
			}
		case b >= 11:
			if g.math == 0 {
				g.math = k
			}
		}
	}
	return g
}

func (j *judge) isType(name string) bool {
	d, ok := j.f.declared(name, -1)
	return ok && d.kind == aType
}

// angled reports whether the < or > at k is of a template's arguments.
func (j *judge) angled(k int) bool {
	if j.is(k, "<") {
		p := j.tok(k - 1).Text
		return j.f.cpp && (cppLibrary().header[p] != "" && j.is(k-2, "::") || strings.HasSuffix(p, "_cast") || p == "template" || p == "operator")
	}
	p := j.tok(k - 1)
	return p.Text == ">" || typeWords[p.Text] || p.Text == "*" && j.f.cpp || j.isType(p.Text) || j.f.cpp && cppLibrary().header[p.Text] != "" && j.is(k-2, "::")
}

// paren weighs the parenthesis at open.
func (j *judge) paren(open int) {
	end := j.pair[open]
	if end < 0 {
		return
	}
	g := j.inside(open, end)
	j.cost += g.idle * idleMath
	prev := j.tok(open - 1)
	switch {
	case controlWords[prev.Text] || prev.Text == "constexpr":
		j.controlParen(prev.Text, g, end)
	case prev.Kind == source.Word && !stmtWords[prev.Text]:
		j.call(prev.Text, open, end, g)
	case prev.Text == "sizeof":
		if g.math > 0 || g.cond > 0 {
			j.cost += ptrMath
		}
	case prev.Text == ">" && j.castWord(open-1):
		if g.math > 0 || g.cond > 0 {
			j.cost += castMath
		}
	case prev.Text == "return" || binary[prev.Text] > 0 || prev.Text == "(" || prev.Text == ",":
		j.grouping(open, end, g)
	}
}

func (j *judge) castWord(k int) bool {
	for n := 0; k >= 0 && n < 20; n, k = n+1, k-1 {
		if j.is(k, "<") {
			return strings.HasSuffix(j.tok(k-1).Text, "_cast")
		}
	}
	return false
}

func (j *judge) controlParen(word string, g group, end int) {
	switch {
	case word == "for" && g.semis != 2 && !(g.semis < 2 && g.colon && g.semis == 0):
		j.cost += notGrammar
	case word != "for" && g.semis > 0 && !j.f.cpp, g.empty:
		j.cost += notGrammar
	}
	next := j.tok(end + 1)
	if binary[next.Text] > 0 && next.Text != "*" && next.Text != "&" && next.Text != "-" || closer(next) {
		j.cost += notGrammar
	}
	if g.args > 1 && word != "for" {
		j.cost += wrongCount
	}
}

// grouping weighs parentheses that only group.
func (j *judge) grouping(open, end int, g group) {
	next, prev := j.tok(end+1), j.tok(open-1)
	if g.args > 1 {
		j.cost += idleGroup
	}
	if g.stream > 0 && (prev.Text == "<<" || next.Text == "<<") {
		j.cost += streamInner
	}
	before := prev.Text == "=" || prev.Text == "return" || prev.Text == "," || prev.Text == "<<" || prev.Text == "("
	after := next.Text == ";" || next.Text == "," || next.Text == ")" || next.Text == "<<"
	if before && after && g.lowest < 99 && !(prev.Text == "(" && g.lowest == 1) {
		j.cost += idleGroup
	}
	if g.lowest == 99 && end-open == 2 && !j.cast(end) {
		j.cost += idleGroup
	}
	if g.lowest == 1 && g.cond > 0 && g.rises {
		j.cost += idleGroup // (c = getchar() != EOF)
	}
	if next.Kind == source.Word && !afterParen[next.Text] && !j.cast(end) {
		j.cost += notGrammar
	}
}

var (
	printfLike  = map[string]int{"printf": 0, "fprintf": 1, "sprintf": 1, "snprintf": 2, "dprintf": 1}
	pointerOnly = set(`strlen atoi atof atol strcmp strcpy free fclose isdigit isalpha isspace isupper islower`)
	boolCalls   = set(`assert static_assert decltype noexcept alignof typeof EXPECT_TRUE CHECK REQUIRE`)
)

// call weighs the arguments of name(...).
func (j *judge) call(name string, open, end int, g group) {
	if at, ok := printfLike[name]; ok {
		j.format(open, end, g, at)
		return
	}
	if g.stream > 0 {
		j.cost += streamInner
	}
	if g.cond > 0 && !boolCalls[name] && !(j.is(g.cond, "?") || g.args > 1) {
		j.cost += condInCall
	}
	if g.math > 0 && g.args == 1 {
		if pointerOnly[name] {
			j.cost += ptrMath
		}
		if j.tok(g.math+1).Text == name {
			j.cost += twinCalls // f(a - f(b)) for f(a) - f(b)
		}
	}
	n := g.args
	if g.empty {
		n = 0
	}
	if !j.f.takes(name, n) {
		j.cost += wrongCount
	}
}

// list weighs a list of values: lists and numbers do not stand side by side.
func (j *judge) list(open int) {
	lists, numbers := 0, 0
	for k := open + 1; k < j.pair[open]; k++ {
		if j.is(k-1, ",") || k == open+1 {
			switch j.toks[k].Kind {
			case source.Number:
				numbers++
			case source.Punct:
				if j.toks[k].Text == "{" {
					lists++
				}
			}
		}
		if p := j.pair[k]; p > k {
			k = p
		}
	}
	if lists > 0 && numbers > 0 {
		j.cost += mixedList
	}
}

// index weighs the subscript at open.
func (j *judge) index(open int) {
	end := j.pair[open]
	if end < 0 || end == open+1 {
		return
	}
	if p := j.tok(open - 1); p.Kind == source.Number || p.Kind == source.Word && j.scalar(p.Text) {
		j.cost += notGrammar
	}
	g := j.inside(open, end)
	if g.cond > 0 || g.lowest == 1 {
		j.cost += condInCall
	}
	if g.stream > 0 {
		j.cost += streamInner
	}
	if g.args > 1 && operand(j.tok(open-1)) && !j.is(open-1, "auto") {
		j.cost += wrongCount
	}
	if g.math > 0 {
		if j.is(g.math+2, "[") && j.pair[g.math+2] > 0 && (j.sameText(open-1, g.math+1) || j.sameIndex(open, g.math)) {
			j.cost += twinCalls // a[i - a[j]] for a[i] - a[j]
		}
	}
}

// sameIndex reports whether what stands before the operator at math is also the
// index behind it: a[i * b[i]].
func (j *judge) sameIndex(open, math int) bool {
	n := math - open - 1
	inner := math + 2
	if j.pair[inner]-inner-1 != n {
		return false
	}
	for k := 1; k <= n; k++ {
		if !j.sameText(open+k, inner+k) {
			return false
		}
	}
	return true
}

// scalar reports whether name is a number, which has no elements.
func (j *judge) scalar(name string) bool {
	ds := j.f.byName[name]
	for _, k := range ds {
		d := j.f.decls[k]
		if d.kind != aVariable || !isNumber(d.typ) || d.at >= 0 && (j.f.is(d.at+1, "[") || j.f.is(d.at-1, "*")) {
			return false
		}
	}
	return len(ds) > 0
}

// plainNumber reports whether name is a number or an array of them: it has no
// members.
func (j *judge) plainNumber(name string) bool {
	ds := j.f.byName[name]
	for _, k := range ds {
		d := j.f.decls[k]
		typ := strings.TrimPrefix(strings.TrimPrefix(d.typ, "static "), "const ")
		if d.kind != aVariable || !isNumber(typ) && typ != "char" && typ != "unsigned char" {
			return false
		}
	}
	return len(ds) > 0
}

func (j *judge) sameText(a, b int) bool { return j.tok(a).Text == j.tok(b).Text }
