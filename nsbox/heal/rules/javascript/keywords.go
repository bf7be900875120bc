package javascript

import (
	"strings"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/internal/source"
)

// spelled are the words that a statement or expression may need, for slips of
// the keyboard.
var spelled = strings.Fields("function return const let var class extends constructor static async await new for while do if else switch case " +
	"default break continue try catch finally throw typeof instanceof import export from of in delete void yield this super null true false get set " +
	"interface implements enum readonly")

// short are slips of words too short for counting letters.
var short = map[string]string{
	"fi": "if", "od": "do", "fo": "of", "ni": "in", "nwe": "new", "enw": "new", "ne": "new", "nw": "new", "ew": "new", "neww": "new",
	"iff": "if", "ifi": "if", "doo": "do", "off": "of", "oof": "of", "inn": "in", "fr": "for", "fro": "for", "ofr": "for", "forr": "for",
	"lt": "let", "le": "let", "elt": "let", "lte": "let", "ty": "try", "tyr": "try", "rty": "try", "tr": "try", "vra": "var", "vr": "var",
	"i": "if", "esle": "else", "eles": "else", "els": "else", "elese": "else", "elsee": "else", //nolint:misspell // a slip that is mended
}

// spelling returns the keywords that word may be a slip of.
func spelling(word string) []string {
	var out []string
	if w, ok := short[word]; ok {
		out = append(out, w)
	}
	if keywords[word] {
		return out
	}
	for i, m := range source.Near(word, spelled) {
		if i < 2 && m.Cost <= 4 {
			out = append(out, m.Name)
		}
	}
	return out
}

// keywordIdeas takes words near the error as slips of keywords.
func keywordIdeas(c *code, e int) []change {
	s := newScopes(c)
	var out []change
	seen := map[int]bool{}
	look := func(i int) {
		if i < 0 || i >= len(c.toks) || seen[i] || !c.word(i) || c.member(i) || keywords[c.toks[i].Text] {
			return
		}
		seen[i] = true
		word := c.toks[i].Text
		if len(s.byName[word]) > 0 && !s.isDecl[i] {
			return // a name of the program's own
		}
		for _, to := range spelling(word) {
			out = append(out, change{
				rule: "keyword-typo", why: word + " is a slip of " + to, rank: nsbox.RankLocal,
				edits: one(replace(c.toks[i], to)),
			})
		}
	}
	for _, i := range []int{e - 1, e, e - 2, e + 1} {
		if c.line(i) >= c.line(e)-1 {
			look(i)
		}
	}
	from, to := c.lineTokens(e)
	for i := from; i < to && i < from+40; i++ {
		look(i)
	}
	if e > 0 {
		from, to = c.lineTokens(e - 1)
		for i := from; i < to && i < from+40; i++ {
			look(i)
		}
	}
	if len(c.toks) == 0 {
		return out
	}
	if o := c.outer[min(e, len(c.toks)-1)]; o > 0 { // the head of the block around
		from, _ = c.lineTokens(o)
		for i := from; i < o; i++ {
			look(i)
		}
	}
	return out
}

// foreignIdeas takes words and signs of other languages for what JavaScript
// has.
func foreignIdeas(c *code, e int) []change {
	if len(c.toks) == 0 {
		return nil
	}
	var out []change
	add := func(why string, edits ...edit) {
		if len(edits) > 0 {
			out = append(out, change{rule: "foreign-form", why: why, rank: nsbox.RankLocal, edits: edits})
		}
	}
	from, to := c.lineTokens(e)
	if e > 0 && c.line(e-1) != c.line(e) {
		from, _ = c.lineTokens(e - 1)
	}
	from = max(from, e-60)
	for i := from; i < min(to, e+40); i++ {
		foreignAt(c, i, add)
	}
	foreignHeads(c, from, to, add)
	return out
}

// renamed are words of other languages that have one counterpart.
var renamed = map[string]string{
	"def": "function", "fn": "function", "func": "function", "fun": "function", "sub": "function", "proc": "function",
	"procedure": "function", "method": "function", "elif": "else if", "elsif": "else if", "elseif": "else if",
	"foreach": "for", "foreEach": "for", "raise": "throw", "except": "catch", "rescue": "catch", "ensure": "finally",
	"and": "&&", "or": "||", "is": "===", "None": "null", "nil": "null", "NULL": "null", "True": "true", "False": "false",
	"inherits": "extends", "begin": "try", "self": "this",
}

// kinds are words that declare a variable in other languages.
var kinds = set("int float double long short char string String bool boolean Boolean Integer auto val dim my local mut final number Number any object Object unsigned byte var let const")

// signs are operators of other languages, as runs of tokens without blanks.
var signs = map[string]string{
	"->": "=>", ":=": "=", "<>": "!==", "=<": "<=", "=!": "!=", "!===": "!==", "=>=": ">=", "====": "===", "=!=": "!==", "===!": "!==",
}

func foreignAt(c *code, i int, add func(string, ...edit)) {
	t := c.toks[i]
	next := c.tok(i + 1)
	switch {
	case t.Kind == source.Word && !c.member(i):
		foreignWord(c, i, add)
	case t.Kind == source.Punct && next.Kind == source.Punct && next.Start-t.End <= 1 && i+1 < len(c.toks):
		if to, ok := signs[t.Text+next.Text]; ok {
			if t.Text+next.Text == ":=" && c.ident(i-1) && (c.first(i-1) || c.is(i-2, ";", "(")) {
				add(":= declares in other languages", insert(c.toks[i-1].Start, "let "), edit{t.Start, next.End, to})
			}
			add(t.Text+next.Text+" is written "+to, edit{t.Start, next.End, to})
		} else if next.Start-t.End == 1 && slicesHas(puncts, t.Text+next.Text) {
			add("the operator "+t.Text+next.Text+" has a blank in it", edit{t.Start, next.End, t.Text + next.Text})
		}
	case t.Kind == source.Punct && (t.Text == "#") && c.first(i):
		add("a comment begins with //", edit{t.Start, t.End, "//"})
	case t.Kind == source.Punct && strings.ContainsAny(t.Text, "“”„«»"):
		smart(c, i, `"`, "“”„«»", add)
	case t.Kind == source.Punct && strings.ContainsAny(t.Text, "‘’‚"):
		smart(c, i, `'`, "‘’‚", add)
	}
}

// smart straightens all typographic quotes of a line.
func smart(c *code, i int, to, quotes string, add func(string, ...edit)) {
	start, end := c.text.Bounds(c.line(i))
	var edits []edit
	for at, r := range c.src[start:end] {
		if strings.ContainsRune(quotes, r) {
			edits = append(edits, edit{start + at, start + at + len(string(r)), to})
		}
	}
	add("typographic quotes begin no string", edits...)
}

func slicesHas(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

func foreignWord(c *code, i int, add func(string, ...edit)) {
	t := c.toks[i]
	why := func(to string) string { return t.Text + " is written " + to }
	switch {
	case set1(t.Text, "print", "puts", "echo", "println", "printf") && (c.first(i) || c.is(i-1, ";", "{", "}", ")", "else")) && c.startsValue(i+1) && !c.is(i+1, "("):
		_, to := c.lineTokens(i)
		last := to - 1
		if c.is(last, ";") {
			last--
		}
		add(why("console.log(...)"), edit{t.Start, c.toks[i+1].Start, "console.log("}, insert(c.toks[last].End, ")"))
	case t.Text == "not":
		add(why("!"), edit{t.Start, c.tok(i + 1).Start, "!"})
	case t.Text == "is" && c.is(i+1, "not"):
		add("is not is written !==", edit{t.Start, c.toks[i+1].End, "!=="})
	case t.Text == "f" && c.tok(i+1).Kind == source.String && c.tok(i+1).Start == t.End:
		str := c.toks[i+1]
		body := strings.Trim(str.Text, `"'`)
		add("an f-string is written as a template", edit{t.Start, str.End, "`" + strings.ReplaceAll(body, "{", "${") + "`"})
	case t.Text == "lambda":
		lambda(c, i, add)
	case kinds[t.Text] && c.ident(i+1) && (c.first(i) || c.is(i-1, ";", "(", "{", "}")):
		kind := "let "
		if t.Text == "final" || t.Text == "const" || t.Text == "val" {
			kind = "const "
		}
		if kinds[c.toks[i+1].Text] && c.ident(i+2) { // let mut x, const int x
			add(c.toks[i+1].Text+" is no part of a declaration", edit{t.Start, c.toks[i+2].Start, kind})
		}
		add("a variable is declared with let or const", edit{t.Start, c.toks[i+1].Start, kind})
	case c.is(i, "let", "const", "var") && kinds[c.tok(i+1).Text] && c.ident(i+2):
		add(c.toks[i+1].Text+" is no part of a declaration", remove(c.toks[i+1].Start, c.toks[i+2].Start))
	case set1(t.Text, "public", "private", "protected", "final", "void", "abstract", "override", "readonly", "def", "function", "func", "fn") && c.word(i+1) && (c.first(i) || c.first(i-1)):
		if to, ok := renamed[t.Text]; ok {
			add(why(to), replace(t, to))
		}
		add(t.Text+" is not written here", remove(t.Start, c.toks[i+1].Start))
	case t.Text == "then" && c.is(i-1, ")"):
		add("then is not written", replace(t, "{"))
	default:
		if to, ok := renamed[t.Text]; ok {
			add(why(to), replace(t, to))
		}
	}
}

func set1(s string, list ...string) bool { return slicesHas(list, s) }

// lambda turns "lambda x: e" into "(x) => e".
func lambda(c *code, i int, add func(string, ...edit)) {
	for j := i + 1; j < len(c.toks) && j < i+20; j++ {
		if c.is(j, ":") {
			args := strings.TrimSpace(c.src[c.toks[i].End:c.toks[j].Start])
			add("lambda is written as an arrow function", edit{c.toks[i].Start, c.toks[j].End, "(" + args + ") =>"})
			return
		}
	}
}

// foreignHeads mends the heads of blocks: conditions without brackets,
// functions without parameters, arrows that are missing.
func foreignHeads(c *code, from, to int, add func(string, ...edit)) {
	for i := from; i < to && i < len(c.toks); i++ {
		brace := -1
		for j := i + 1; j < min(to, i+60); j++ {
			if c.is(j, "{") && c.outer[j] == c.outer[i] {
				brace = j
			}
		}
		switch {
		case c.is(i, "if", "while", "for", "switch", "catch", "elif", "elsif", "elseif") && !c.member(i) && brace > i+1 && !c.is(i+1, "("):
			add("the head of "+c.toks[i].Text+" stands in brackets", append(headEdits(c, i), wrap(c.toks[i+1].Start, c.toks[brace-1].End, "(", ")")...)...)
		case c.is(i, "if", "while") && brace < 0 && !c.is(i+1, "(") && c.is(to-1, ":") && i+1 < to-1:
			add("the head of "+c.toks[i].Text+" stands in brackets", insert(c.toks[i+1].Start, "("), edit{c.toks[to-1].Start, c.toks[to-1].End, ")"})
		case c.is(i, "function") && c.ident(i+1) && c.is(i+2, "{"):
			add("a function has a list of parameters", insert(c.toks[i+1].End, "()"))
		case c.is(i, ")") && c.is(i+1, "{") && c.pair[i] >= 0:
			add("an arrow is missing", insert(c.toks[i].End, " =>"))
		case c.is(i, ")") && c.is(i+1, "->", "-") && brace > i:
			add("the type of a result is not written", remove(c.toks[i].End, c.toks[brace-1].End))
		case c.is(i, "else") && c.is(i+1, "(") && c.is(c.closing(i+1)+1, "{"):
			add("else with a condition is else if", insert(c.toks[i].End, " if"))
		case c.is(i, "const", "let", "var") && c.ident(i+1) && c.is(i+2, "(") && c.is(c.closing(i+2)+1, "=>"):
			add("a function that is a value is assigned", insert(c.toks[i+1].End, " ="))
		case c.is(i, "class") && c.ident(i+1) && c.is(i+2, ":", "(", "<") && c.word(i+3) && brace > i+3:
			add("a class extends another", edit{c.toks[i+1].End, c.toks[brace-1].End, " extends " + c.toks[i+3].Text})
		case c.is(i, ":") && c.is(i+1, "{") && c.is(i-1, ")", "else", "try"):
			add("a block begins with its brace", remove(c.toks[i].Start, c.toks[i].End))
		}
	}
}

// headEdits renames the word of the head at i, where it is another language's.
func headEdits(c *code, i int) []edit {
	if to, ok := renamed[c.toks[i].Text]; ok {
		return one(replace(c.toks[i], to))
	}
	return nil
}
