package python

import (
	"strings"

	"github.com/nsbox/nsbox/nsbox/heal/rules/python/syntax"
	"github.com/nsbox/nsbox/nsbox/internal/lazyre"
	"github.com/nsbox/nsbox/nsbox/internal/source"
)

// strings closes strings, and mends the quotes of those that end too early.
func (b *broken) strings() {
	bad := b.here()
	if !(bad.Kind == source.String && bad.Open) && !b.quoteNear() {
		return
	}
	if bad.Open && strings.HasPrefix(strings.TrimLeft(bad.Text, "rbfuRBFU"), `"""`) || bad.Open && strings.HasPrefix(strings.TrimLeft(bad.Text, "rbfuRBFU"), `'''`) {
		b.tripleQuotes(bad)
		return
	}
	line := b.line
	if bad.Open {
		line = b.text.LineOf(bad.Start)
	}
	start, end := b.text.Bounds(line)
	b.closeQuote(start, end)
	b.openQuote(start, end, bad)
	b.apostrophe(start, end)
	b.innerQuotes(start, end)
	if bad.Open {
		b.otherQuote(bad, end)
		b.wrappedLine(bad, line)
	}
}

// quoteNear reports whether a string stands beside the error, which may have
// ended too early.
func (b *broken) quoteNear() bool {
	if b.before().Kind == source.String && b.before().End > 0 {
		return true
	}
	for _, t := range b.toks {
		if t.Kind == source.String && t.Open {
			return true
		}
	}
	return b.here().Kind == source.String
}

// closeQuote inserts a quote at each place of the line where a string may end.
func (b *broken) closeQuote(start, end int) {
	quotes := ""
	for _, q := range []string{`"`, `'`} {
		if strings.Contains(b.src[start:end], q) {
			quotes += q
		}
	}
	if end-start > 400 {
		start = end - 400
	}
	for _, q := range quotes {
		first := strings.IndexRune(b.src[start:end], q)
		rank := 0
		for i := start + first + 1; i <= end; i++ {
			cost, ok := stringEnds(b.src, i, end)
			if !ok {
				continue
			}
			if op := strings.TrimLeft(b.src[i:end], " "); op != "" && strings.IndexByte("+*", op[0]) >= 0 && !b.operates(start, i, op) {
				cost += 3
			}
			switch c := b.src[i-1]; {
			case c == byte(q):
				cost += 5 // an empty string, or two in a row
			case c == ' ' && cost > 3:
				cost += 2
			}
			if i < len(b.src) && b.src[i] == byte(q) {
				cost += 5
			}
			// Of equally likely ends the first is taken: what follows is code then.
			rank++
			b.addInOrder("unterminated-string", "the string is not closed", cost, rank, edit{i, i, string(q)})
		}
	}
}

// operates reports whether an operator may follow a string that ends at i: a
// name is added to it, or a short text is repeated.
func (b *broken) operates(start, i int, op string) bool {
	next := strings.TrimLeft(op[1:], " ")
	if op[0] == '*' {
		q := strings.LastIndexAny(b.src[start:i], `"'`)
		return i-start-q-1 <= 3
	}
	return next != "" && (wordByte(next[0]) && !(next[0] >= '0' && next[0] <= '9') || next[0] == '"' || next[0] == '\'')
}

var index = lazyre.New(`^\[[\w+ -]*(\(\w*\))?:?\w*\]`)

var wordAfter = lazyre.New(`^ (in|if|for|and|or|not|else|is|as)\b`)

// stringEnds says whether a string may end before src[i], and the cost of that:
// what follows stands as it would after a string.
func stringEnds(src string, i, end int) (int, bool) {
	rest := src[i:end]
	if rest == "" {
		return 3, true
	}
	switch c := rest[0]; {
	case strings.IndexByte(",)]}", c) >= 0:
		return 3, true
	case c == ':' || c == ';':
		return 4, true
	case c == '.':
		if len(rest) > 2 && rest[1] >= 'a' && rest[1] <= 'z' && strings.Contains(rest, "(") {
			return 3, true
		}
		return 0, false
	case c == '[':
		if index.MatchString(rest) {
			return 3, true
		}
		return 6, true
	case strings.IndexByte("+%*", c) >= 0:
		return 6, true
	case c != ' ':
		return 0, false
	}
	if wordAfter.MatchString(rest) {
		return 6, true
	}
	if t := strings.TrimLeft(rest, " "); t == "" || t[0] == '#' {
		return 4, true
	} else if len(rest)-len(t) == 1 && (strings.IndexByte("+%*", t[0]) >= 0 && len(t) > 1 && t[1] == ' ' ||
		strings.HasPrefix(t, "==") || strings.HasPrefix(t, "!=")) {
		return 3, true
	}
	return 0, false
}

// openQuote inserts the quote that a string lacks at its beginning.
func (b *broken) openQuote(start, end int, bad source.Token) {
	if !bad.Open {
		return
	}
	_, quote, _ := syntax.Quoted(bad.Text)
	if end-start > 400 {
		start = end - 400
	}
	for i := start + 1; i < bad.Start; i++ {
		c, p := b.src[i], b.src[i-1]
		if c == ' ' || c == ')' || c == ',' || c == '\'' || c == '"' {
			continue
		}
		switch {
		case strings.IndexByte("([{,=+:", p) >= 0:
			b.add("unterminated-string", "the string's first quote is missing", 6, edit{i, i, quote})
		case p == ' ' && i >= 2 && strings.IndexByte(",=+:(", b.src[i-2]) >= 0:
			b.add("unterminated-string", "the string's first quote is missing", 6, edit{i, i, quote})
		}
	}
}

// apostrophe escapes the quotes within words of a line.
func (b *broken) apostrophe(start, end int) {
	var edits []edit
	for i := start + 1; i < end-1; i++ {
		if b.src[i] == '\'' && letter(b.src[i-1]) && letter(b.src[i+1]) && !(strings.IndexByte("rbfuRBFU", b.src[i-1]) >= 0 && (i < 2 || !letter(b.src[i-2]))) {
			edits = append(edits, edit{i, i, `\`})
		}
	}
	if len(edits) > 0 && len(edits) < 6 {
		b.add("apostrophe", "an apostrophe in a string in single quotes is escaped", 2, edits...)
		for _, e := range edits {
			b.add("apostrophe", "an apostrophe in a string in single quotes is escaped", 3, e)
		}
	}
}

func letter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }

// innerQuotes escapes a quotation within a string in the same quotes.
func (b *broken) innerQuotes(start, end int) {
	var marks []int
	for i := start; i < end; i++ {
		if b.src[i] == '"' && (i == 0 || b.src[i-1] != '\\') {
			marks = append(marks, i)
		}
	}
	if len(marks) < 4 || len(marks) > 12 {
		return
	}
	for i := 1; i+2 < len(marks); i++ {
		l, r := marks[i], marks[i+1]
		if !b.quotation(l, r) {
			continue
		}
		b.add("inner-quotes", "quotes within a string are escaped", 5, edit{l, l, `\`}, edit{r, r, `\`})
	}
	var all []edit
	for i := 1; i+1 < len(marks)-1; i += 2 {
		l, r := marks[i], marks[i+1]
		if !b.quotation(l, r) {
			return
		}
		all = append(all, edit{l, l, `\`}, edit{r, r, `\`})
	}
	b.add("inner-quotes", "quotes within a string are escaped", 6, all...)
}

// quotation reports whether the quotes at l and r stand around words of a text.
func (b *broken) quotation(l, r int) bool {
	return r > l+1 && l > 0 && b.src[l-1] == ' ' && letter(b.src[l+1]) && r+1 < len(b.src) && strings.IndexByte(` .,!?"`, b.src[r+1]) >= 0
}

// otherQuote puts the right quote where a string ends with the other one.
func (b *broken) otherQuote(bad source.Token, end int) {
	_, quote, _ := syntax.Quoted(bad.Text)
	other := map[string]string{`"`: `'`, `'`: `"`}[quote]
	if other == "" {
		return
	}
	for i := bad.Start + 1; i < end; i++ {
		if b.src[i:i+1] != other {
			continue
		}
		if _, ok := stringEnds(b.src, i+1, end); ok {
			b.add("quote-kind", "a string ends with the quote that it begins with", 2, edit{i, i + 1, quote})
			at := bad.Start + strings.Index(bad.Text, quote)
			b.add("quote-kind", "a string ends with the quote that it begins with", 3, edit{at, at + 1, other})
		}
	}
}

// wrappedLine joins a string that goes on in the next line.
func (b *broken) wrappedLine(bad source.Token, line int) {
	_, quote, _ := syntax.Quoted(bad.Text)
	_, end := b.text.Bounds(line)
	if next := b.text.Line(line + 1); strings.Count(next, quote) == 1 {
		b.add("broken-string", "a line feed in a string is written \\n", 8, edit{end, b.text.Next(line), `\n`})
	}
}

// tripleQuotes closes a string of several lines.
func (b *broken) tripleQuotes(bad source.Token) {
	_, quote, _ := syntax.Quoted(bad.Text)
	first := b.text.LineOf(bad.Start)
	for n := first; n <= min(b.text.Lines(), first+40); n++ {
		start, end := b.text.Bounds(n)
		line := b.text.Line(n)
		if strings.TrimSpace(line) == "" || strings.Contains(line, quote) && n > first {
			continue
		}
		at := start + len(strings.TrimRight(line, " \t"))
		cost := 4
		if n > first && n+1 <= b.text.Lines() && !b.text.Blank(n+1) {
			cost = 6
		}
		if i := strings.LastIndex(line, `"`); i >= 0 && strings.HasSuffix(line[:i+1], `""`) && n > first {
			cost = 3
		}
		b.add("unterminated-string", "the string is not closed", cost+min(n-first, 5), edit{at, at, quote})
		for k := len(quote) - 1; k > 0; k-- {
			if strings.HasSuffix(line[:at-start], quote[:k]) && (n > first || at-start > bad.End) {
				b.add("unterminated-string", "the string is not closed", 1, edit{at, at, quote[k:]})
			}
		}
		_ = end
	}
}

// fstrings mends what is wrong in the braces of an f-string.
func (b *broken) fstrings() {
	if !strings.HasPrefix(b.err.Message, "f-string") && b.here().Kind != source.String && b.before().Kind != source.String {
		return
	}
	b.nestedQuotes()
	t := b.here()
	if t.End == 0 || t.Kind != source.String || t.Open {
		return
	}
	prefix, quote, content := syntax.Quoted(t.Text)
	if !strings.ContainsAny(prefix, "fF") {
		return
	}
	base := t.Start + len(prefix) + len(quote)
	for i := 0; i <= len(content); i++ {
		var prev, next byte
		if i > 0 {
			prev = content[i-1]
		}
		if i < len(content) {
			next = content[i]
		}
		at := base + i
		if i > 0 && (wordByte(prev) || prev == ')' || prev == ']') && !wordByte(next) && next != '}' {
			cost := 3
			if next == '.' || next == '[' || next == '(' || next == ':' {
				cost = 5
			}
			b.add("f-string-brace", "a brace of the f-string is not closed", cost+min(strings.Count(content[:i], " "), 3), edit{at, at, "}"})
		}
		if next != 0 && wordByte(next) && !wordByte(prev) && prev != '{' {
			b.add("f-string-brace", "a brace of the f-string is not opened", 4, edit{at, at, "{"})
		}
		if next == '}' {
			b.add("f-string-brace", "a brace of the f-string opens nothing", 5, edit{at, at + 1, ""})
		}
	}
	if strings.Contains(content, "{}") {
		b.add("f-string-prefix", "an f-string has no empty fields", 4, edit{t.Start, t.Start + len(prefix), strings.Trim(prefix, "fF")})
	}
	for _, closer := range []string{")", "]"} {
		for i := 1; i < len(content); i++ {
			if (wordByte(content[i-1]) || content[i-1] == ')' || content[i-1] == ']' || content[i-1] == '\'' || content[i-1] == '"') &&
				(content[i] == '}' || content[i] == ':' || content[i] == '!') {
				b.add("unclosed-bracket", "a bracket is not closed", 4, edit{base + i, base + i, closer})
			}
		}
	}
}

func wordByte(c byte) bool { return c == '_' || c >= '0' && c <= '9' || letter(c) || c >= 0x80 }

// nestedQuotes changes the quotes within an f-string's braces, which may be
// those of the string itself only since Python 3.12.
func (b *broken) nestedQuotes() {
	for n := b.first; n <= b.line && n < b.first+30; n++ {
		start, end := b.text.Bounds(n)
		line := b.src[start:end]
		for _, q := range []string{`"`, `'`} {
			other := `'`
			if q == `'` {
				other = `"`
			}
			edits := b.inBraces(line, start, q, other)
			if len(edits) > 1 && len(edits)%2 == 0 {
				b.add("f-string-quotes", "the quotes within an f-string's braces differ from its own", 2, edits...)
			}
		}
	}
}

// inBraces replaces the quotes q of a line that stand within braces of f-strings
// in q.
func (b *broken) inBraces(line string, start int, q, other string) []edit {
	var edits []edit
	for i := 0; i+1 < len(line); i++ {
		if (line[i] != 'f' && line[i] != 'F') || line[i+1:i+2] != q || i > 0 && wordByte(line[i-1]) && line[i-1] != 'r' {
			continue
		}
		level := 0
		for i += 2; i < len(line); i++ {
			switch {
			case line[i] == '{':
				level++
			case line[i] == '}':
				level--
			case line[i:i+1] == q && level > 0:
				edits = append(edits, edit{start + i, start + i + 1, other})
				continue
			}
			if line[i:i+1] == q {
				break
			}
		}
	}
	return edits
}
