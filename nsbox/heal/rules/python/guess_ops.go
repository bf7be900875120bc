package python

import (
	"strings"

	"github.com/nsbox/nsbox/nsbox/heal/rules/python/syntax"
	"github.com/nsbox/nsbox/nsbox/internal/lazyre"
	"github.com/nsbox/nsbox/nsbox/internal/source"
)

// operators puts Python's operators for those of other languages, and "==" for
// "=" where nothing can be assigned.
func (b *broken) operators() {
	for i := max(0, b.bad-6); i < len(b.toks) && i <= b.bad+4; i++ {
		t := b.toks[i]
		if t.Kind != source.Punct {
			continue
		}
		b.equals(i)
		b.foreignOperator(i)
	}
	b.allLogic()
	b.increments()
	b.ternary()
	b.arrows()
	b.glued()
	b.hyphens()
}

// two returns the text of tokens i and i+1 where nothing is between them.
func (b *broken) two(i int) string {
	if i+1 < len(b.toks) && b.toks[i].End == b.toks[i+1].Start {
		return b.toks[i].Text + b.toks[i+1].Text
	}
	return ""
}

func (b *broken) equals(i int) {
	t := b.toks[i]
	if t.Text != "=" {
		return
	}
	inside := b.header() || len(b.toks) > 0 && strings.Contains(" return assert print while if elif ", " "+b.toks[0].Text+" ")
	cost := 9
	switch in, _ := b.inBracket(); {
	case inside:
		cost = 2
	case i != b.bad:
		return
	case in:
		cost = 3
	case i > 1 && b.assigned(i):
		cost = 4
	}
	b.add("equals", "values are compared with ==", cost, edit{t.Start, t.End, "=="})
	if b.two(i) == "=:" {
		b.add("equals", "values are assigned with =", 2, edit{t.Start, t.End + 1, "="})
	}
}

// assigned reports whether an assignment stands before token i already.
func (b *broken) assigned(i int) bool {
	for _, t := range b.toks[:i] {
		if t.Text == "=" && t.Depth == 0 {
			return true
		}
	}
	return false
}

// foreignOps are operators of other languages, as pairs of tokens.
var foreignOps = map[string]string{
	"&&": "and", "||": "or", "===": "==", "!==": "!=", "<>": "!=", "=>": ">=", "=<": "<=", "=!": "!=", "=>=": ">=", "=-": "-=", "=+": "+=",
	"::": ".", "?.": ".", "??": "or",
}

func (b *broken) foreignOperator(i int) {
	t := b.toks[i]
	two := b.two(i)
	switch two {
	case "&&", "||":
		word := foreignOps[two]
		b.add("logic-operator", "Python says "+word, 1, edit{t.Start, t.End + 1, b.padded(t.Start, t.End+1, word)})
	case "===", "!==":
		b.add("comparison-operator", "Python compares with "+two[:2], 1, edit{t.Start, t.End + 1, two[:2]})
	case "<>", "=>", "=<", "=!":
		b.add("comparison-operator", "Python compares with "+foreignOps[two], 2, edit{t.Start, t.Start + 2, foreignOps[two]})
	case "::":
		b.add("point", "members are named with a point", 3, edit{t.Start, t.Start + 2, "."})
	}
	switch t.Text {
	case "!":
		b.add("logic-operator", "Python says not", 1, edit{t.Start, t.End, "not "})
	case "->":
		b.add("point", "members are named with a point", 4, edit{t.Start, t.End, "."})
	case "$":
		b.add("variable-sign", "variables have no sign", 2, edit{t.Start, t.End, ""})
	case ":=":
		if in, _ := b.inBracket(); !in {
			b.add("equals", "values are assigned with =", 2, edit{t.Start, t.End, "="})
		}
	case ";":
		b.add("semicolon", "", 4, edit{t.Start, t.End, ""})
	case ".":
		b.add("extra-point", "", 8, edit{t.Start, t.End, ""})
	}
	if i == b.bad && i > 0 && t.Kind == source.Punct && strings.Contains(", : + - * / = . ; ", t.Text+" ") && b.toks[i-1].Text == t.Text {
		b.add("doubled-sign", "the sign stands twice", 4, edit{t.Start, t.End, ""})
	}
}

// padded is word with a blank on each side where there is none.
func (b *broken) padded(from, to int, word string) string {
	if from > 0 && b.src[from-1] != ' ' {
		word = " " + word
	}
	if to < len(b.src) && b.src[to] != ' ' && b.src[to] != '\n' {
		word += " "
	}
	return word
}

// allLogic replaces all logical operators of the statement together.
func (b *broken) allLogic() {
	var edits []edit
	for i := 0; i < len(b.toks); i++ {
		t := b.toks[i]
		if t.Kind != source.Punct {
			continue
		}
		switch two := b.two(i); {
		case two == "&&" || two == "||":
			edits = append(edits, edit{t.Start, t.End + 1, b.padded(t.Start, t.End+1, foreignOps[two])})
			i++
		case two == "===" || two == "!==":
			edits = append(edits, edit{t.Start, t.End + 1, two[:2]})
			i++
		case two == "<>":
			edits = append(edits, edit{t.Start, t.End + 1, "!="})
			i++
		case t.Text == "!":
			edits = append(edits, edit{t.Start, t.End, "not "})
		}
	}
	if len(edits) > 1 {
		b.add("logic-operator", "Python's operators are words", 1, edits...)
	}
}

// increments writes i++ as i += 1.
func (b *broken) increments() {
	for i := 1; i+1 < len(b.toks); i++ {
		op := b.toks[i].Text
		if (op != "+" && op != "-") || b.two(i) != op+op || !operandEnd(b.toks[i-1]) {
			continue
		}
		if i+2 == len(b.toks) || b.toks[i+2].Text == ";" || b.text.LineOf(b.toks[i+2].Start) > b.text.LineOf(b.toks[i].Start) {
			b.add("increment", "Python counts with "+op+"= 1", 1, edit{b.toks[i-1].End, b.toks[i+1].End, " " + op + "= 1"})
		}
	}
}

var question = lazyre.New(`^(.*?(?:=|return|\(|,)\s*)?([^=(,?]+?(?:[<>=!]=?[^=?]*?)?)\s*\?\s*([^:?]+?)\s*:\s*([^:?,]+?)(\)*)\s*$`)

// ternary writes c ? a : b as a if c else b.
func (b *broken) ternary() {
	if b.here().Text != "?" {
		return
	}
	start, end := b.text.Bounds(b.line)
	in := len(b.text.Indent(b.line))
	m := question.FindStringSubmatch(strings.TrimRight(b.src[start+in:end], "; "))
	if m == nil {
		return
	}
	b.add("ternary", "Python says a if condition else b", 2, edit{start + in, end, m[1] + m[3] + " if " + m[2] + " else " + m[4] + m[5]})
}

// arrows writes x -> x + 1 and (x) => x + 1 as lambda.
func (b *broken) arrows() {
	for i := 1; i < len(b.toks); i++ {
		t := b.toks[i]
		to := t.End
		if t.Text != "->" && b.two(i) != "=>" {
			continue
		}
		if t.Text != "->" {
			to++
		}
		first := i - 1
		if b.toks[first].Text == ")" {
			for first > 0 && b.toks[first].Text != "(" {
				first--
			}
		}
		params := strings.Trim(b.src[b.toks[first].Start:b.toks[i-1].End], "()")
		text := "lambda " + params + ":"
		from := b.toks[first].Start
		if first > 0 && b.toks[first-1].Text == "lambda" {
			from = b.toks[first-1].Start
		}
		b.add("lambda", "Python says lambda", 2, edit{from, to, text})
	}
}

var numberThenMember = lazyre.New(`^(\d+)\.([A-Za-z_]\w*)$`)

var numberThenName = lazyre.New(`^(\d+)([A-Za-z_]\w*)$`)

// glued multiplies where a number runs into a name, and mends the literals of
// Python 2 and other languages.
func (b *broken) glued() {
	t := b.here()
	if t.Kind != source.Number || t.End == 0 {
		return
	}
	text := t.Text
	if len(text) > 1 && text[0] == '0' && strings.Trim(text, "01234567") == "" {
		b.add("octal", "octal numbers begin with 0o", 2, edit{t.Start, t.End, "0o" + strings.TrimLeft(text, "0")})
	}
	if d := strings.TrimRight(text, "lLfFdDuU"); d != text && strings.Trim(d, "0123456789.") == "" && d != "" {
		b.add("number-suffix", "numbers have no suffix", 3, edit{t.Start, t.End, d})
	}
	if m := numberThenName.FindStringSubmatch(text); m != nil && b.elsewhere[m[2]] {
		at := t.Start + len(m[1])
		b.add("missing-operator", "a product is written with *", 3, edit{at, at, " * "})
	}
	for _, k := range []string{"if", "else", "and", "or", "in", "for", "is", "not"} {
		if rest, ok := strings.CutSuffix(text, k); ok && strings.Trim(rest, "0123456789") == "" {
			b.add("missing-blank", k+" is a word of its own", 3, edit{t.End - len(k), t.End - len(k), " "})
		}
	}
	if m := numberThenMember.FindStringSubmatch(text); m != nil {
		at := t.Start + len(m[1])
		if _, kind := b.inBracket(); kind != "" {
			b.add("unclosed-bracket", "the bracket "+kind+" is not closed", 3, edit{at, at, source.Closer(kind)})
		}
	}
	if strings.Contains(text, ",") {
		b.add("number-commas", "", 5, edit{t.Start, t.End, strings.ReplaceAll(text, ",", "")})
	}
}

// hyphens joins a name that is written with hyphens.
func (b *broken) hyphens() {
	if !strings.HasPrefix(b.err.Message, "cannot assign") && !b.header() {
		return
	}
	for i := 0; i+2 < len(b.toks) && i < 8; i++ {
		l, m, r := b.toks[i], b.toks[i+1], b.toks[i+2]
		if m.Text != "-" || l.Kind != source.Word || r.Kind != source.Word || l.End != m.Start || m.End != r.Start || syntax.Keywords[l.Text] {
			continue
		}
		old := l.Text + "-" + r.Text
		var edits []edit
		for at := 0; ; {
			k := strings.Index(b.src[at:], old)
			if k < 0 {
				break
			}
			k += at
			at = k + len(old)
			if (k == 0 || !wordByte(b.src[k-1])) && (at == len(b.src) || !wordByte(b.src[at])) {
				edits = append(edits, edit{k, at, l.Text + "_" + r.Text})
			}
		}
		b.add("hyphen", "names have underscores, not hyphens", 3, edits...)
	}
}
