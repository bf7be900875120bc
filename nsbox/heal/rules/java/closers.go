package java

import (
	"slices"
	"strings"

	"github.com/nsbox/nsbox/nsbox/internal/source"
)

// maxGaps bounds the places that are tried for one bracket.
const maxGaps = 40

// closers: a ) or ] or } is missing before far, at any place since it was opened.
func (r *repair) closers(far int, add adder) {
	opens := r.unclosed(far)
	if len(opens) == 0 {
		return
	}
	first := opens[len(opens)-1]
	if r.text(first) == "{" && len(opens) > 1 {
		first = opens[len(opens)-2]
	}
	gaps := 0
	for i := far; i > first && gaps < maxGaps; i-- {
		open := r.opener(i)
		if open < first || i-1 > open && !ends(r.tokens[i-1]) && r.text(i-1) != ";" {
			continue
		}
		closer := source.Closer(r.text(open))
		if closer == "}" && r.lineEnds(open+1) {
			continue // a block's end: see braces
		}
		if i-1 == open && (closer == "]" && !r.emptyPair(open, i) || closer == "}" && r.text(i) != ";") {
			continue
		}
		if i < far && r.text(i) == closer {
			continue // the same as after it
		}
		gaps++
		rule := map[string]string{")": "missing-paren", "]": "missing-bracket", "}": "missing-brace"}[closer]
		text := closer
		if closer == "}" && strings.HasPrefix(r.Src[r.tokens[open].End:], " ") {
			text = " }"
		}
		s := r.insert(i, text, closer)
		add(rule, "what was opened with "+r.text(open)+" is closed", 10+r.oddity(first, open, i, far), s)
	}
	r.lambdaHead(far, add)
}

// emptyPair reports whether "[]" may stand at open, before token i.
func (r *repair) emptyPair(open, i int) bool {
	if !r.isType(open-1) && r.text(open-1) != ">" && r.text(open-1) != "]" {
		return false
	}
	return r.isName(i) || strings.Contains("> { ) , . :: [", r.text(i))
}

// lambdaHead: "(a, b -> a + b".
func (r *repair) lambdaHead(far int, add adder) {
	open := r.opener(far)
	if r.text(open) != "(" || r.text(far) == "->" {
		return
	}
	for i := far; i < len(r.tokens) && i < far+12; i++ {
		switch r.text(i) {
		case "->":
			add("missing-paren", "a lambda's parameters stand in parentheses", 9, r.insert(i, ")", ")"))
			return
		case "(", ")", ";", "{", "}":
			return
		}
	}
}

// ends reports whether a value can end with t.
func ends(t token) bool {
	switch t.Text {
	case ")", "]", "}", "++", "--", ">", "this", "super", "true", "false", "null", "class", "(", "[", "*":
		return true
	}
	return t.Kind != source.Punct && !keywords[t.Text] || primitives[t.Text]
}

// unclosed are the brackets open before far, the innermost first, as far as its
// statement goes.
func (r *repair) unclosed(far int) []int {
	var out []int
	depth := 0
	for i := far - 1; i >= 0 && i > far-400 && len(out) < 3; i-- {
		switch r.text(i) {
		case ")", "]", "}":
			depth++
		case "(", "[":
			if depth--; depth < 0 {
				out = append(out, i)
				depth = 0
			}
		case "{":
			if depth--; depth < 0 {
				out = append(out, i)
				return out
			}
		case ";":
			if depth == 0 && r.inner(i) != "(" {
				return out
			}
		}
	}
	return out
}

// oddity says how little it is to be expected that the bracket open is closed
// before token i: 0 is what anyone would write.
func (r *repair) oddity(first, open, i, far int) int {
	odd := 0
	if i < far {
		odd += 2
		if r.lineEnds(i) {
			odd--
			if t := r.text(i); r.tokens[open].line == r.tokens[i-1].line && (t == "." || t == "?" || t == ":" || binary[t]) {
				odd -= 3 // the expression goes on in the next line
			}
		}
	}
	if r.text(open) == "[" && r.text(i) == "." && r.text(open-2) == "new" {
		odd += 6
	}
	return odd + r.untidyGroups(first, i, far, source.Closer(r.text(open))) + r.seen(open, i) + r.misfit(open, i)
}

// untidyGroups counts parentheses that nobody would write among the tokens from
// first to the end of the statement, with closer put before token i.
func (r *repair) untidyGroups(first, i, far int, closer string) int {
	list := make([]string, 0, 64)
	start := max(first-2, 0)
	for j := start; j < len(r.tokens) && len(list) < 300; j++ {
		if j == i {
			list = append(list, closer)
		}
		t := r.text(j)
		list = append(list, t)
		if j >= far && (t == ";" || t == "{") {
			break
		}
	}
	odd := 0
	var stack []int
	inner := make([]string, len(list)) // the weakest operators in each bracket
	for j, t := range list {
		switch t {
		case "(", "[", "{":
			stack = append(stack, j)
		case ")", "]", "}":
			if n := len(stack); n > 0 {
				odd += oddGroup(list, stack[n-1], j, inner[stack[n-1]])
				stack = stack[:n-1]
			}
		case "&&", "||", "==", "!=", "?", "=", "<=", ">=":
			if n := len(stack); n > 0 {
				inner[stack[n-1]] += t + " "
			}
		case ".":
			if j > 0 && r.isPrimitive(list[j-1]) {
				odd += 8
			}
			if j > 0 && list[j-1][0] == '"' && j+1 < len(list) && known[list[j+1]] == "" {
				odd += 8 // a call on a text that is no text's
			}
		case "+":
			if j > 0 && j+1 < len(list) && list[j-1][0] == '"' && list[j+1][0] == '"' {
				odd += 7 // two texts that could be one
			}
		case "<", ">":
			if n := len(stack); n > 0 && j+1 < len(list) && j > 0 && !typeLike(list[j+1]) && !typeLike(list[j-1]) && list[j+1] != ">" && list[j-1] != "<" {
				inner[stack[n-1]] += "<= "
			}
		}
	}
	return odd
}

// isPrimitive reports whether every declaration of that name is of a primitive
// type, so that it has no members.
func (p *program) isPrimitive(name string) bool {
	if p.scalars == nil {
		p.scalars = map[string]bool{}
		for i := 1; i < len(p.tokens); i++ {
			if p.isName(i) && p.declaresAt(i) {
				before, seen := p.scalars[p.text(i)]
				p.scalars[p.text(i)] = primitives[p.text(i-1)] && (before || !seen)
			}
		}
	}
	return p.scalars[name]
}

func typeLike(t string) bool {
	return t == "?" || t == ">" || primitives[t] || t != "" && t[0] >= 'A' && t[0] <= 'Z'
}

// oddGroup looks at the bracket from a to b; ops are the operators in it.
func oddGroup(list []string, a, b int, ops string) int {
	if list[a] == "{" {
		return mixed(list, a, b)
	}
	if list[a] != "(" || a == 0 {
		return 0
	}
	prev, next := list[a-1], ""
	if b+1 < len(list) {
		next = list[b+1]
	}
	word := kindOf(prev) == source.Word
	switch {
	case word && keywords[prev] && prev != "return" && prev != "this" && prev != "super" && prev != "new":
		return 0 // a condition
	case word && prev != "return" || prev == ">":
		odd := 0
		if strings.ContainsAny(ops, "&|=") && !slices.Contains(list[a:b], "->") {
			odd += 8 // a condition as an argument
		}
		return odd + selfNested(list, a, b)
	}
	odd := 0
	if b-a == 2 && next != "->" && !(list[a+1] != "" && (primitives[list[a+1]] || list[a+1][0] >= 'A' && list[a+1][0] <= 'Z')) {
		odd += 8 // a group of one value
	}
	if (prev == "=" || prev == "return" || prev == "(" || prev == ",") && (next == ";" || next == ")" || next == ",") {
		odd += 7 // a group of all that there is
	}
	if strings.Contains(" "+ops, " = ") && len(ops) > 2 {
		odd += 6 // an assignment together with a comparison
	}
	return odd
}

// mixed: {1, 2, {3, 4}} has elements of two kinds.
func mixed(list []string, a, b int) int {
	rows, values, depth := 0, 0, 0
	for j := a + 1; j < b; j++ {
		if first := list[j-1] == "," && depth == 0 || j == a+1; first && list[j] == "{" {
			rows++
		} else if first {
			values++
		}
		switch list[j] {
		case "(", "[", "{":
			depth++
		case ")", "]", "}":
			depth--
		case ";":
			return 0 // a block
		}
	}
	if rows > 0 && values > 0 {
		return 8
	}
	return 0
}

// selfNested: fib(n - 1 + fib(n - 2)) is hardly what was meant.
func selfNested(list []string, a, b int) int {
	depth := 0
	for j := a + 1; j < b; j++ {
		switch list[j] {
		case "(", "[", "{":
			if list[j] == "(" && j > a+1 && list[j-2] == "," && strings.ToUpper(list[j-1]) == list[j-1] && strings.ToUpper(list[a-1]) == list[a-1] {
				return 9 // the constants of an enum
			}
			if depth == 0 && list[j] == list[a] && list[j-1] == list[a-1] && binary[list[j-2]] {
				return 9
			}
			depth++
		case ")", "]", "}":
			depth--
		}
	}
	return 0
}

// seen: the same call or index stands elsewhere in the program.
func (r *repair) seen(open, i int) int {
	want := r.tokens[max(open-1, 0):i]
	if len(want) < 3 || len(want) > 30 {
		return 0
	}
	closer := source.Closer(r.text(open))
	for at := 0; at+len(want) < len(r.tokens); at++ {
		if r.tokens[at].Text != want[0].Text || at <= open && open <= at+len(want) || r.text(at+len(want)) != closer {
			continue
		}
		n := 0
		for n < len(want) && r.tokens[at+n].Text == want[n].Text {
			n++
		}
		if n == len(want) {
			return -5
		}
	}
	return 0
}

// misfit: a method of the program has another number of parameters.
func (r *repair) misfit(open, i int) int {
	if r.text(open) != "(" || !r.isName(open-1) || r.text(open-2) == "." {
		return 0
	}
	args := 1
	if i == open+1 {
		args = 0
	}
	depth := 0
	for j := open + 1; j < i; j++ {
		switch r.text(j) {
		case "(", "[", "{":
			depth++
		case ")", "]", "}":
			depth--
		case ",":
			if depth == 0 {
				args++
			}
		}
	}
	found := false
	for _, m := range r.methods() {
		if m.name == r.text(open-1) {
			if found = true; m.varargs || len(m.params) == args {
				return 0
			}
		}
	}
	if found {
		return 12
	}
	return 0
}

// settle decides between candidates that are all well-formed: those of a kind
// that leave the choice of the place open are no answer.
func (r *repair) settle(good []candidate) []candidate {
	if len(good) == 0 {
		return nil
	}
	best := good[0]
	var out []candidate
	for _, c := range good {
		if c.cost <= best.cost+6 {
			out = append(out, c)
		}
	}
	if best.rule != "missing-paren" && best.rule != "missing-bracket" || len(out) < 2 {
		return out
	}
	second := out[1]
	if second.rule != best.rule || second.cost > best.cost+4 {
		return out[:1]
	}
	// Of two closing brackets in a row, the one lost was as likely either; but
	// where another place is as good a row's end, that says nothing.
	if second.cost == best.cost || !r.afterCloser(best) {
		return nil
	}
	for _, c := range out[1:] {
		if c.rule == best.rule && c.cost <= best.cost+4 && r.afterCloser(c) {
			return nil
		}
	}
	return out[:1]
}

func (r *repair) afterCloser(c candidate) bool {
	t := r.text(c.splices[0].at - 1)
	return t == ")" || t == "]"
}

func (p *program) isType(i int) bool {
	t := p.text(i)
	return primitives[t] || p.isName(i) && t[0] >= 'A' && t[0] <= 'Z'
}
