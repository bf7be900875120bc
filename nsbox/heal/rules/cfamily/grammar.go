package cfamily

import (
	"strings"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/internal/source"
)

// wordSlip is for a misspelled keyword: the compiler takes it for a name and
// stumbles over what follows. The word means nothing else in the file.
func wordSlip(_ *ctx, f *code, d *nsbox.Diagnosis, _ []string) []idea {
	i := f.at(d)
	lines := []int{f.line(i), f.line(i - 1), d.Line}
	seen := map[int]bool{}
	var out []idea
	for _, line := range lines {
		from, to := f.lineRange(line)
		for k := from; k < to; k++ {
			if seen[k] || f.toks[k].Kind != source.Word {
				continue
			}
			seen[k] = true
			if fix, ok := f.keywordAt(k); ok {
				out = append(out, fix)
			}
		}
	}
	return out
}

// wordOperators are words that C++ has for operators, and C only by a header.
var wordOperators = map[string]string{"and": "&&", "or": "||", "not": "!"}

// keywordAt mends the word at k when it is nearly a keyword and nothing else.
func (f *code) keywordAt(k int) (idea, bool) {
	word := f.tok(k).Text
	if op := wordOperators[word]; op != "" && !f.cpp {
		e := f.replace(k, op)
		if op == "!" {
			e.End = f.tok(k + 1).Start
		}
		return idea{rule: "operator", why: "\"" + word + "\" is written \"" + op + "\"", edits: []nsbox.Edit{e}, rank: nsbox.RankLocal, sure: true}, true
	}
	if f.known(word) || f.is(k-1, ".") || f.is(k-1, "->") || f.is(k-1, "::") || len(f.byName[word]) > 0 {
		return idea{}, false
	}
	if own := f.foreignWord(k); len(own) > 0 {
		return own[0], true
	}
	if (word == "include" || word == "define") && f.firstOnLine(k) {
		return idea{rule: "directive", why: "a directive begins with #", edits: []nsbox.Edit{f.insert(f.tok(k).Start, "#")}, rank: nsbox.RankLocal}, true
	}
	words := cKeywords
	if f.cpp {
		words = cppKeywords
	}
	var pool []string
	for w := range words {
		if f.keywordFits(w, k) {
			pool = append(pool, w)
		}
	}
	best, ok := source.Clear(source.Near(word, pool))
	if !ok {
		return idea{}, false
	}
	return idea{
		rule: "keyword", why: "\"" + word + "\" is \"" + best + "\" misspelled", rank: nsbox.RankLocal,
		edits: []nsbox.Edit{f.replace(k, best)}, sure: true,
	}, true
}

// keywordFits reports whether keyword w can stand at k.
func (f *code) keywordFits(w string, k int) bool {
	next := f.tok(k + 1).Text
	switch w {
	case "while", "for", "switch", "if", "catch":
		return next == "("
	case "public", "private", "protected":
		return next == ":" || f.is(k-1, ":") || f.is(k-1, ",") || f.line(k+1) > f.line(k)
	case "class", "struct", "enum", "union", "namespace":
		return f.tok(k+1).Kind == source.Word || next == "{"
	case "else", "do", "try":
		return next == "{" || f.tok(k+1).Kind == source.Word || f.line(k+1) > f.line(k)
	case "break", "continue":
		return next == ";" || next == "}"
	case "case":
		return operand(f.tok(k+1)) || next == "-"
	case "default":
		return next == ":"
	case "return":
		return next != "=" && next != "."
	}
	return true
}

// operators are slips and other languages' ways to write one.
var operators = map[string]string{
	"=<": "<=", "=>": ">=", "=!": "!=", "<>": "!=", "+ =": "+=", "- =": "-=", "* =": "*=", "/ =": "/=", "% =": "%=",
	"! =": "!=", "< =": "<=", "> =": ">=", "= =": "==", "& &": "&&", "| |": "||", "===": "==", "!==": "!=", ":=": "=",
	"< <": "<<", "- >": "->", ": :": "::", "+ +": "++",
}

// operatorSlip joins or turns the operator around token i.
func (f *code) operatorSlip(i int) []idea {
	for k := i - 1; k <= i+1; k++ {
		a, b := f.tok(k-1), f.tok(k)
		if a.Kind != source.Punct || b.Kind != source.Punct || a.End > b.Start {
			continue
		}
		text := a.Text + b.Text
		if a.End < b.Start {
			text = a.Text + " " + b.Text
		}
		to, ok := operators[text]
		if !ok || text == "< <" && f.cpp {
			continue
		}
		return []idea{{
			rule: "operator", why: "\"" + text + "\" is written \"" + to + "\"", rank: nsbox.RankLocal,
			edits: []nsbox.Edit{{File: f.name, Start: a.Start, End: b.End, Text: to}}, sure: true,
		}}
	}
	return nil
}

// punctuation is for a mark that is missing between two tokens, or one too much.
func punctuation(c *ctx, f *code, d *nsbox.Diagnosis, m []string) []idea {
	i := f.at(d)
	for _, try := range []func(*nsbox.Diagnosis, int) []idea{
		func(_ *nsbox.Diagnosis, i int) []idea { return f.operatorSlip(i) },
		f.conditionParens, f.forHead, f.strayComma, f.typedArgument, f.scopeDot, f.labelColon, f.angleClose, f.mainParens,
	} {
		if out := try(d, i); len(out) > 0 {
			return out
		}
	}
	if out := f.between(d, i); len(out) > 0 {
		return out
	}
	if out := f.sideBySide(d, i); len(out) > 0 {
		return out
	}
	if out := f.surplus(d, i); len(out) > 0 {
		return out
	}
	return f.told(c, d, m, i)
}

// told takes the compiler's own proposal, when it puts in a semicolon only at
// the end of a line, or before a brace.
func (f *code) told(c *ctx, d *nsbox.Diagnosis, m []string, i int) []idea {
	out := toolFix(c, f, d, m)
	for k := range out {
		e := out[k].edits
		if len(e) == 1 && e[0].Text == ";" && (f.firstOnLine(i) || f.is(i, "}")) {
			out[k].sure = true
		}
	}
	return out
}

// sideBySide looks for the one place in the statement at which two values stand
// side by side: the compiler often stumbles only later.
func (f *code) sideBySide(d *nsbox.Diagnosis, i int) []idea {
	from, to := f.statement(min(i, len(f.toks)-1))
	for from > 0 && f.is(from-1, "{") && !f.blockBrace(from-1) {
		from, _ = f.statement(from - 2) // the brace of a list is a part of it
	}
	if f.is(i, "{") && !f.blockBrace(i) && f.pair[i] > i {
		from, to = i+1, f.pair[i]
	}
	place, n := 0, 0
	j := &judge{f: f, toks: f.toks, pair: f.pair}
	for k := from + 1; k < to; k++ {
		if operand(f.toks[k]) && (operand(f.toks[k-1]) || closer(f.toks[k-1])) && f.toks[k].Text != "const" && !j.mayFollow(k) {
			place = k
			n++
		}
	}
	if n != 1 {
		return nil
	}
	return f.between(d, place)
}

// between puts what is missing between token i and the one before it.
func (f *code) between(d *nsbox.Diagnosis, i int) []idea {
	if (f.is(i-1, "++") || f.is(i-1, "--")) && f.firstOnLine(i-1) {
		i-- // it belongs to what follows
	}
	prev, cur := f.tok(i-1), f.tok(i)
	if i == 0 || i > len(f.toks) {
		return nil
	}
	ends := operand(prev) || closer(prev) || prev.Text == "}" || prev.Text == "++" || prev.Text == "--"
	begins := operand(cur) || cur.Text == "{" || cur.Text == "}" || cur.Text == "++" || cur.Text == "--" || cur.Text == "*" || cur.Text == "(" || cur.Text == "#" || i == len(f.toks) || cur.Text == "&"
	if !ends || !begins || stmtWords[prev.Text] && prev.Text != "break" && prev.Text != "continue" && prev.Text != "return" {
		return nil
	}
	if strings.HasPrefix(d.Message, "expected '{' before") && (prev.Text == ")" || prev.Text == "}") && cur.Kind == source.Word && (f.is(i+1, "(") || f.is(i+1, "{")) {
		// The members that a constructor initializes.
		return []idea{{rule: "punctuation", why: "a \",\" is missing", edits: []nsbox.Edit{f.insert(prev.End, ",")}, rank: nsbox.RankLocal}}
	}
	put := func(text, why string, sure bool) []idea {
		return []idea{{rule: "punctuation", why: why, edits: []nsbox.Edit{f.insert(prev.End, text)}, rank: nsbox.RankLocal, sure: sure}}
	}
	if header := cppLibrary().header[prev.Text]; f.cpp && prev.Kind == source.Word && header != "" && !f.usingStd() && !f.is(i-2, "::") && len(f.byName[prev.Text]) == 0 {
		return f.qualify(prev.Text, header)
	}
	if p := f.enclosing(i, "([{"); p >= 0 && !(f.is(p, "{") && f.blockBrace(p) && !f.enumBrace(p)) {
		if f.is(p, "(") && f.is(p-1, "for") || cur.Text == "}" || cur.Text == "{" {
			return nil
		}
		if f.inStream(p+1, i) {
			return put(" <<", "\"<<\" is missing", false)
		}
		if cur.Text == "*" || cur.Text == "(" {
			return nil
		}
		return put(",", "a \",\" is missing", false)
	}
	from, _ := f.statement(i - 1)
	newLine := f.firstOnLine(i)
	switch {
	case f.inStream(from, i) && (!newLine || cur.Kind == source.String || cur.Kind == source.Number):
		if operand(cur) {
			return put(" <<", "\"<<\" is missing", false)
		}
		return nil
	case newLine || cur.Text == "}":
		if cur.Text == "{" || prev.Text == ")" && (f.is(f.pair[i-1]-1, "if") || f.is(f.pair[i-1]-1, "for")) {
			return nil
		}
		return put(";", "a \";\" is missing", true)
	case cur.Kind == source.Word && (f.is(i+1, "=") || f.is(i+1, ";") || f.is(i+1, ",")) && !stmtWords[cur.Text] && !typeWords[cur.Text]:
		if _, ok := f.declared(cur.Text, from); ok || f.typeBefore(from+1) == "" {
			return put(";", "a \";\" is missing", false)
		}
		return put(",", "a \",\" is missing", false)
	case prev.Text == "}" && f.class(max(f.pair[i-1], 0)):
		return put(";", "a \";\" is missing", true)
	}
	_ = d
	return nil
}

func (f *code) enumBrace(p int) bool {
	s := scanner{f: f}
	_, enum := s.classBrace(p)
	return enum
}

// inStream reports whether the tokens from up to i are of a chain of << at
// their own depth.
func (f *code) inStream(from, i int) bool {
	for k := i - 1; k >= from; k-- {
		if p := f.pair[k]; p >= 0 && p < k {
			k = p
			continue
		}
		if f.is(k, "<<") || f.is(k, ">>") {
			return f.cpp
		}
		if f.is(k, ",") || f.is(k, ";") {
			return false
		}
	}
	return false
}

// surplus removes a mark that nothing belongs to.
func (f *code) surplus(d *nsbox.Diagnosis, i int) []idea {
	t, prev := f.tok(i), f.tok(i-1)
	if t.Text == prev.Text && (t.Text == "," || t.Text == "=" || t.Text == "::" || t.Text == ".") {
		return []idea{{rule: "punctuation", why: "\"" + t.Text + "\" is there twice", edits: []nsbox.Edit{f.remove(i)}, rank: nsbox.RankLocal}}
	}
	// "if (x) {" with a semicolon or brace before else is another rule's.
	if t.Text == "{" && prev.Text == ";" && f.is(i-2, ")") && f.line(i) == f.line(i-1) {
		return []idea{{rule: "punctuation", why: "the \";\" ends the head before its body", edits: []nsbox.Edit{f.remove(i - 1)}, rank: nsbox.RankLocal}}
	}
	// int f(int a); { ... }
	if t.Text == "{" && prev.Text == ";" && f.is(i-2, ")") && f.enclosing(i, "{") < 0 {
		return []idea{{rule: "punctuation", why: "the \";\" ends the head before its body", edits: []nsbox.Edit{f.remove(i - 1)}, rank: nsbox.RankLocal}}
	}
	_ = d
	return nil
}

// conditionParens puts the parentheses around a condition that has none.
func (f *code) conditionParens(_ *nsbox.Diagnosis, i int) []idea {
	prev := f.tok(i - 1)
	if !controlWords[prev.Text] || f.is(i, "(") || prev.Text == "catch" {
		return nil
	}
	line := f.line(i)
	for k := i; k < len(f.toks) && f.line(k) == line; k++ {
		if f.is(k, "{") || f.lastOnLine(k) && !f.is(k, ";") {
			end := f.tok(k).End
			if f.is(k, "{") {
				end = f.tok(k - 1).End
			} else if f.is(k, ":") {
				end = f.tok(k - 1).End
			}
			return []idea{{
				rule: "condition", why: "a condition stands in parentheses", rank: nsbox.RankLocal,
				edits: []nsbox.Edit{f.insert(f.tok(i).Start, "("), f.insert(end, ")")},
			}}
		}
	}
	return nil
}

// forHead puts semicolons in the head of a for that has commas or nothing in
// their place.
func (f *code) forHead(_ *nsbox.Diagnosis, i int) []idea {
	p := f.enclosing(i, "({")
	if f.is(i, ")") && f.pair[i] >= 0 {
		p = f.pair[i]
	}
	if p < 0 || !f.is(p, "(") || !f.is(p-1, "for") || f.pair[p] < 0 {
		return nil
	}
	end := f.pair[p]
	var semis, commas []int
	colon := false
	for k := p + 1; k < end; k++ {
		if f.pair[k] > k {
			k = f.pair[k]
			continue
		}
		switch f.toks[k].Text {
		case ";":
			semis = append(semis, k)
		case ",":
			commas = append(commas, k)
		case ":":
			colon = true
		}
	}
	if len(semis) >= 2 || colon {
		return nil
	}
	if n := 2 - len(semis); len(commas) == n {
		out := idea{rule: "for", why: "the parts of a for are separated by \";\"", rank: nsbox.RankLocal}
		for _, k := range commas {
			out.edits = append(out.edits, f.replace(k, ";"))
		}
		return []idea{out}
	}
	// Two values side by side: that is where it is missing.
	for k := p + 2; k < end; k++ {
		a, b := f.toks[k-1], f.toks[k]
		if (operand(a) && !typeWords[a.Text] && !stmtWords[a.Text] || closer(a)) && (b.Kind == source.Word || b.Text == "++" || b.Text == "--") && !(k == p+2 && b.Kind == source.Word) {
			if b.Kind == source.Punct && (k+1 == end || !operand(f.tok(k+1))) {
				continue // i++
			}
			if v, ok := f.declared(a.Text, -1); a.Kind == source.Word && !closer(a) && (!ok || v.kind == aType) {
				continue // a type and its name
			}
			return []idea{{rule: "for", why: "a \";\" is missing in the for", edits: []nsbox.Edit{f.insert(a.End, ";")}, rank: nsbox.RankLocal}}
		}
	}
	// A step where the condition should be: the condition is empty.
	if len(semis) == 1 && semis[0]+1 < end && f.steps(semis[0]+1, end) && !f.compares(semis[0]+1, end) {
		return []idea{{rule: "for", why: "a \";\" is missing in the for", edits: []nsbox.Edit{f.insert(f.tok(semis[0]).End, ";")}, rank: nsbox.RankLocal}}
	}
	return nil
}

// steps reports whether the tokens change a variable.
func (f *code) steps(from, to int) bool {
	for k := from; k < to; k++ {
		switch f.toks[k].Text {
		case "++", "--", "+=", "-=", "*=", "/=", "=", ">>=", "<<=":
			return true
		}
	}
	return false
}

func (f *code) compares(from, to int) bool {
	for k := from; k < to; k++ {
		if b := binary[f.toks[k].Text]; b == 8 || b == 9 {
			return true
		}
	}
	return false
}

// strayComma removes a comma with nothing behind it.
func (f *code) strayComma(_ *nsbox.Diagnosis, i int) []idea {
	if f.is(i-1, ",") && (f.is(i, ")") || f.is(i, "]") || f.is(i, ";")) {
		text := ""
		if f.is(i, ";") {
			text = ""
		}
		e := f.replace(i-1, text)
		return []idea{{rule: "punctuation", why: "nothing follows the \",\"", edits: []nsbox.Edit{e}, rank: nsbox.RankLocal}}
	}
	return nil
}

// typedArgument removes a type from an argument: f(int x).
func (f *code) typedArgument(d *nsbox.Diagnosis, i int) []idea {
	if v, ok := f.declared(f.tok(i-2).Text, i); f.is(i-1, "(") && (ok && v.kind == aVariable || f.tok(i-2).Kind == source.Number || f.tok(i-2).Kind == source.String) && f.enclosing(i-1, "({") >= 0 && f.is(f.enclosing(i-1, "({"), "(") {
		return []idea{{rule: "punctuation", why: "a \",\" is missing", edits: []nsbox.Edit{f.insert(f.tok(i-2).End, ",")}, rank: nsbox.RankLocal}}
	}
	if !strings.Contains(d.Message, "expression before '") || !typeWords[f.tok(i).Text] {
		return nil
	}
	p := f.enclosing(i, "({")
	if p < 0 || !f.is(p, "(") || f.tok(p-1).Kind != source.Word || stmtWords[f.tok(p-1).Text] || controlWords[f.tok(p-1).Text] || f.pair[p] < 0 {
		return nil
	}
	out := idea{rule: "argument", why: "an argument is given without its type", rank: nsbox.RankLocal}
	for k := p + 1; k < f.pair[p]; k++ {
		if !f.is(k-1, "(") && !f.is(k-1, ",") || !typeWords[f.tok(k).Text] {
			continue
		}
		n := k
		for typeWords[f.tok(n).Text] || f.is(n, "*") || f.is(n, "&") {
			n++
		}
		if f.tok(n).Kind != source.Word || !f.is(n+1, ",") && !f.is(n+1, ")") {
			continue
		}
		out.edits = append(out.edits, nsbox.Edit{File: f.name, Start: f.tok(k).Start, End: f.tok(n).Start})
	}
	if len(out.edits) == 0 {
		return nil
	}
	return []idea{out}
}

// scopeDot makes . behind a type or namespace ::.
func (f *code) scopeDot(d *nsbox.Diagnosis, i int) []idea {
	if !f.cpp || !strings.Contains(d.Message, "before '.' token") || !f.is(i, ".") {
		return nil
	}
	return []idea{{rule: "scope", why: "\"" + f.tok(i-1).Text + "\" is a type or namespace", edits: []nsbox.Edit{f.replace(i, "::")}, rank: nsbox.RankLocal, sure: true}}
}

// labelColon ends a case, default or access word with its colon.
func (f *code) labelColon(_ *nsbox.Diagnosis, i int) []idea {
	k := i - 1
	line := f.line(k)
	from, to := f.lineRange(line)
	first := f.tok(from).Text
	switch first {
	case "case", "default", "public", "private", "protected":
	default:
		return nil
	}
	for n := from; n < to; n++ {
		if f.is(n, ":") {
			return nil
		}
	}
	at := f.tok(from).End
	if first == "case" {
		if from+2 > len(f.toks) {
			return nil
		}
		at = f.tok(from + 1).End
		n := from + 1
		if f.is(n, "-") {
			n++
			at = f.tok(n).End
		}
		for f.is(n+1, "::") {
			n += 2
			at = f.tok(n).End
		}
		if f.is(n+1, ";") && n+1 < to {
			return []idea{{rule: "label", why: "a label ends with \":\"", edits: []nsbox.Edit{f.replace(n+1, ":")}, rank: nsbox.RankLocal}}
		}
	}
	return []idea{{rule: "label", why: "a label ends with \":\"", edits: []nsbox.Edit{f.insert(at, ":")}, rank: nsbox.RankLocal}}
}

// angleClose closes the arguments of a template before the name that it is the
// type of: std::vector<int values.
func (f *code) angleClose(_ *nsbox.Diagnosis, i int) []idea {
	if !f.cpp {
		return nil
	}
	from, to := f.statement(i)
	depth, last := 0, -1
	for k := from; k < to && k < from+40; k++ {
		switch {
		case f.is(k, "<") && cppLibrary().header[f.tok(k-1).Text] != "":
			depth++
		case f.is(k, ">") && depth > 0:
			depth--
		case f.is(k, ">>") && depth > 0:
			depth = max(0, depth-2)
		case f.is(k, "("), f.is(k, "="), f.is(k, ";"), f.is(k, "{"):
			if depth == 0 {
				return nil
			}
			last = k - 1
		}
		if last >= 0 {
			break
		}
	}
	if depth != 1 || last <= from || f.tok(last).Kind != source.Word {
		return nil
	}
	return []idea{{rule: "template", why: "a \">\" is missing", edits: []nsbox.Edit{f.insert(f.tok(last-1).End, ">")}, rank: nsbox.RankLocal}}
}

// mainParens gives main, or another function's head, the parentheses that it
// lacks: int main {.
func (f *code) mainParens(_ *nsbox.Diagnosis, i int) []idea {
	if !f.is(i, "{") || f.tok(i-1).Kind != source.Word || f.enclosing(i, "{") >= 0 || !typeWords[f.tok(i-2).Text] || f.is(i-2, "class") || f.is(i-2, "struct") || f.is(i-2, "enum") || f.is(i-2, "union") {
		return nil
	}
	return []idea{{rule: "head", why: "a function has parentheses", edits: []nsbox.Edit{f.insert(f.tok(i-1).End, "()")}, rank: nsbox.RankLocal}}
}

// stringThenUnary is for "..." &x and "..." *p: a comma is missing between.
func stringThenUnary(_ *ctx, f *code, d *nsbox.Diagnosis, m []string) []idea {
	k := f.operatorNear(d, f.at(d), m[1])
	if k < 1 || f.tok(k-1).Kind != source.String || f.enclosing(k, "(") < 0 {
		return nil
	}
	return []idea{{rule: "punctuation", why: "a \",\" is missing", edits: []nsbox.Edit{f.insert(f.tok(k-1).End, ",")}, rank: nsbox.RankLocal}}
}

// tooFew is for two literals that have become one for want of a comma.
func tooFew(_ *ctx, f *code, d *nsbox.Diagnosis, _ []string) []idea {
	i := f.at(d)
	var places []int
	for k := i; k < len(f.toks) && !f.is(k, ";"); k++ {
		if f.tok(k).Kind == source.String && f.tok(k+1).Kind == source.String {
			places = append(places, k)
		}
	}
	if len(places) != 1 {
		return nil
	}
	return []idea{{rule: "punctuation", why: "a \",\" is missing", edits: []nsbox.Edit{f.insert(f.tok(places[0]).End, ",")}, rank: nsbox.RankLocal}}
}

// missingComma is for a value that parentheses follow as if it were a function:
// {{1, 2} (3)} and the like.
func missingComma(_ *ctx, f *code, d *nsbox.Diagnosis, _ []string) []idea {
	i := f.at(d)
	for k := i; k < i+6; k++ {
		joined := f.tok(k).Kind == source.String && f.tok(k+1).Kind == source.Word && f.is(k+2, "(") && f.enclosing(k, "(") >= 0
		if f.tok(k).Kind == source.Number && f.is(k+1, "(") || joined {
			return []idea{{rule: "punctuation", why: "a \",\" is missing", edits: []nsbox.Edit{f.insert(f.tok(k).End, ",")}, rank: nsbox.RankLocal}}
		}
	}
	return nil
}
