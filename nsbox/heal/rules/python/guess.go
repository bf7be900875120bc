package python

import (
	"strings"

	"github.com/nsbox/nsbox/nsbox/heal/rules/python/syntax"
	"github.com/nsbox/nsbox/nsbox/internal/source"
)

// collect asks every rule what may be wrong at the error.
func (b *broken) collect() {
	b.characters()
	b.python2()
	b.strings()
	b.fstrings()
	b.indentation()
	b.keywords()
	b.headers()
	b.operators()
	b.brackets()
	b.commas()
	b.foreign()
}

// before is the token before the error, or the zero token.
func (b *broken) before() source.Token {
	if b.bad > 0 && b.bad <= len(b.toks) {
		return b.toks[b.bad-1]
	}
	return source.Token{}
}

// here is the token at the error, or the zero token at a line's end.
func (b *broken) here() source.Token {
	if b.bad < len(b.toks) {
		return b.toks[b.bad]
	}
	return source.Token{}
}

// opens are the words that begin a block.
var opens = map[string]bool{
	"def": true, "class": true, "if": true, "elif": true, "else": true, "for": true, "while": true, "try": true,
	"except": true, "finally": true, "with": true, "async": true, "match": true, "case": true,
}

// header reports whether the statement begins as a block does.
func (b *broken) header() bool { return len(b.toks) > 0 && opens[b.toks[0].Text] }

// headers adds the colon that a block's first line lacks, or puts it for what
// stands there instead.
func (b *broken) headers() {
	if !b.header() || len(b.toks) < 1 {
		return
	}
	at := b.before()
	here := b.here()
	if at.End == 0 {
		return
	}
	if here.End == 0 || b.text.LineOf(here.Start) > b.text.LineOf(at.Start) {
		b.add("missing-colon", "a block's first line ends with a colon", 1, edit{at.End, at.End, ":"})
		if w := b.toks[0].Text; w == "def" && len(b.toks) == 2 {
			b.add("missing-parameters", "a function has parentheses, even without parameters", 1, edit{at.End, at.End, "():"})
		}
		switch at.Text {
		case ";", ",", ".", "::", "=":
			b.add("missing-colon", "a block's first line ends with a colon", 2, edit{at.Start, at.End, ":"})
		}
		return
	}
	last := b.toks[len(b.toks)-1]
	switch {
	case here.Text == "then" || here.Text == "do":
		if last.Start == here.Start {
			b.add("missing-colon", "blocks begin with a colon, not with "+here.Text, 1, edit{at.End, here.End, ":"})
		} else if b.bad+1 < len(b.toks) && b.toks[b.bad+1].Text == ":" {
			b.add("missing-colon", "blocks begin with a colon, not with "+here.Text, 1, edit{at.End, here.End, ""})
		}
	case here.Text == ";" || here.Text == ",":
		b.add("missing-colon", "a block's first line ends with a colon", 2, edit{here.Start, here.End, ":"})
	case here.Text == ":" && b.toks[0].Text == "def" && b.bad == 2:
		b.add("missing-parameters", "a function has parentheses, even without parameters", 1, edit{here.Start, here.Start, "()"})
	case here.Text == ":" && at.Text == ":":
		b.add("extra-colon", "one colon is enough", 2, edit{here.Start, here.End, ""})
	default:
		if here.Kind == source.Word || here.Kind == source.String {
			b.add("missing-colon", "a block begins with a colon", 7, edit{at.End, at.End, ":"})
		}
	}
	if here.Kind == source.Number || here.Kind == source.Word {
		return
	}
	if b.toks[0].Text == "else" && here.Text == "if" {
		b.add("else-if", "", 1, edit{b.toks[0].Start, here.End, "elif"})
	}
}

// keywords looks for slips in words, up to the error.
func (b *broken) keywords() {
	if len(b.toks) > 0 && b.bad > 12 && b.toks[0].Kind == source.Word {
		b.firstWord(0)
		b.keywordTypo(0, true)
	}
	for i := max(0, b.bad-12); i <= b.bad && i < len(b.toks); i++ {
		t := b.toks[i]
		if t.Kind != source.Word {
			continue
		}
		first := i == 0 || b.toks[i-1].Text == ":" || b.toks[i-1].Text == ";"
		if i == 0 || first {
			b.firstWord(i)
		}
		b.keywordTypo(i, first)
	}
	b.elseIf()
	b.joined()
	b.loopIn()
}

// keywordTypo puts a keyword for a word that is nearly one.
func (b *broken) keywordTypo(i int, first bool) {
	t := b.toks[i]
	if syntax.Keywords[t.Text] && !first {
		return
	}
	lower := strings.ToLower(t.Text)
	if lower != t.Text && (syntax.Keywords[lower] || lower == "match" || lower == "case") {
		b.add("keyword-case", "keywords are written in lower case", 1, edit{t.Start, t.End, lower})
		return
	}
	for k := range syntax.Keywords {
		if k == t.Text || k[0] >= 'A' && k[0] <= 'Z' && first {
			continue
		}
		d := source.Distance(lower, k)
		limit := 1
		if len(k) >= 5 {
			limit = 2
		}
		if d > limit || len(t.Text) < 2 || d == 1 && len(k) == 2 && len(t.Text) == 2 && !anagram(lower, k) {
			continue
		}
		cost := 2 * d
		if sorted1(lower) == sorted1(k) {
			cost = 1 // letters in another order
		}
		if first {
			cost--
		}
		if b.elsewhere[t.Text] && len(t.Text) > 3 {
			cost += 2
		}
		if syntax.Keywords[t.Text] {
			cost += 4
		}
		b.add("keyword-typo", t.Text+" is a slip of "+k, cost+1, edit{t.Start, t.End, k})
	}
}

func anagram(a, b string) bool { return sorted1(a) == sorted1(b) }

// sorted1 is s with its bytes in order.
func sorted1(s string) string {
	c := []byte(s)
	for i := range c {
		for j := i; j > 0 && c[j] < c[j-1]; j-- {
			c[j], c[j-1] = c[j-1], c[j]
		}
	}
	return string(c)
}

// foreignWords begin statements in other languages.
var foreignWords = map[string]string{
	"function": "def", "func": "def", "fn": "def", "fun": "def", "sub": "def", "define": "def", "method": "def", "proc": "def",
	"catch": "except", "rescue": "except", "throw": "raise", "foreach": "for", "elseif": "elif", "elsif": "elif", "elif": "elif",
	"using": "import", "include": "import", "require": "import", "switch": "match", "ensure": "finally", "delete": "del",
	"interface": "class", "struct": "class", "loop": "while", "otherwise": "else", "default": "case _",
}

// declares are words that other languages write before a new variable or function.
var declares = map[string]bool{
	"var": true, "let": true, "const": true, "int": true, "float": true, "double": true, "string": true, "String": true,
	"str": true, "bool": true, "boolean": true, "auto": true, "val": true, "final": true, "local": true, "static": true,
	"public": true, "private": true, "protected": true, "list": true, "dict": true, "long": true, "char": true, "my": true,
}

// firstWord looks at the word that a statement begins with.
func (b *broken) firstWord(i int) {
	t := b.toks[i]
	if to := foreignWords[t.Text]; to != "" && to != t.Text {
		b.add("foreign-keyword", "Python says "+to, 2, edit{t.Start, t.End, to})
	}
	if i+1 >= len(b.toks) {
		return
	}
	next := b.toks[i+1]
	switch {
	case declares[t.Text] && next.Kind == source.Word:
		b.add("declaration", "variables are not declared", 2, edit{t.Start, next.Start, ""})
	case (t.Text == "elif" || t.Text == "else") && next.Text == "if" && i == 0:
		b.add("else-if", "else if is elif", 1, edit{t.Start, next.End, "elif"})
	case !syntax.Keywords[t.Text] && next.Text == "(" && len(b.toks) > 3 && b.toks[len(b.toks)-1].Text == ":":
		if !b.elsewhere["def "+t.Text] {
			b.add("missing-def", "a function begins with def", 6, edit{t.Start, t.Start, "def "})
		}
	case t.Text == "class" && next.Kind == source.Word && b.here().Text == "=":
	case t.Text == "import":
		b.importFrom(i)
	}
	if t.Text == "def" || t.Text == "class" {
		for _, w := range []string{"function", "static", "public", "private"} {
			if next.Text == w && i+2 < len(b.toks) {
				b.add("declaration", "", 2, edit{next.Start, b.toks[i+2].Start, ""})
			}
		}
	}
}

// importFrom turns "import a from b" round.
func (b *broken) importFrom(i int) {
	for j := i + 1; j < len(b.toks); j++ {
		if b.toks[j].Text == "from" && j+1 < len(b.toks) {
			what := strings.Trim(b.src[b.toks[i+1].Start:b.toks[j-1].End], "{} ")
			from := strings.Trim(b.src[b.toks[j+1].Start:b.toks[len(b.toks)-1].End], "'\"; ")
			b.add("import-order", "the module comes first", 1, edit{b.toks[i].Start, b.toks[len(b.toks)-1].End, "from " + from + " import " + what})
			return
		}
	}
	if t := b.toks[i+1]; t.Kind == source.String {
		_, _, name := syntax.Quoted(t.Text)
		b.add("import-quotes", "a module's name has no quotes", 2, edit{t.Start, t.End, name})
	}
}

// elseIf finds words that stand for elif.
func (b *broken) elseIf() {
	if len(b.toks) > 1 && b.toks[1].Text == "if" && (b.toks[0].Text == "els" || source.Distance(b.toks[0].Text, "else") == 1) {
		b.add("else-if", "else if is elif", 1, edit{b.toks[0].Start, b.toks[1].End, "elif"})
	}
}

// joined cuts a keyword from the word that it runs into: "forx in y".
func (b *broken) joined() {
	for i := max(0, b.bad-3); i <= b.bad && i < len(b.toks); i++ {
		t := b.toks[i]
		if t.Kind != source.Word || syntax.Keywords[t.Text] {
			continue
		}
		for k := range syntax.Keywords {
			if rest, ok := strings.CutPrefix(t.Text, k); ok && len(rest) > 0 {
				cost := 8
				if b.elsewhere[rest] || syntax.Keywords[rest] || rest == "range" {
					cost = 3
				}
				b.add("missing-blank", k+" is a word of its own", cost, edit{t.Start + len(k), t.Start + len(k), " "})
			}
			if rest, ok := strings.CutSuffix(t.Text, k); ok && len(rest) > 0 && b.elsewhere[rest] {
				b.add("missing-blank", k+" is a word of its own", 4, edit{t.End - len(k), t.End - len(k), " "})
			}
		}
	}
}

// loopIn adds or mends the "in" of a loop.
func (b *broken) loopIn() {
	start := -1
	for i := 0; i < len(b.toks) && i <= b.bad; i++ {
		switch b.toks[i].Text {
		case "for":
			start = i
		case "in":
			start = -1
		}
	}
	if start < 0 || b.bad <= start+1 {
		return
	}
	here := b.here()
	switch {
	case here.Text == "of" || here.Text == ":" || here.Text == "=" || here.Text == "on" || here.Text == "from":
		cost := 2
		if here.Text == ":" || here.Text == "=" {
			cost = 4
		}
		b.add("for-in", "a loop goes over what is in something", cost, edit{here.Start, here.End, pad(b.src, here, "in")})
	case here.Kind == source.Word || here.Kind == source.Punct && (here.Text == "[" || here.Text == "("):
		b.add("for-in", "a loop goes over what is in something", 4, edit{here.Start, here.Start, "in "})
	}
}

// pad surrounds word with the blanks that lack around t.
func pad(src string, t source.Token, word string) string {
	if t.Start > 0 && src[t.Start-1] != ' ' {
		word = " " + word
	}
	if t.End < len(src) && src[t.End] != ' ' && src[t.End] != '\n' {
		word += " "
	}
	return word
}
