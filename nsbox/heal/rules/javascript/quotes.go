package javascript

import (
	"strings"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/internal/source"
)

// quoteIdeas are for strings and templates that lack a quote.
func quoteIdeas(c *code, f fault, e int) []change {
	line := c.text.LineOf(min(f.at, len(c.src)))
	var out []change
	for _, l := range []int{line, line - 1} {
		if l >= 1 && hasOpen(c, l) {
			out = append(out, lineQuotes(c, l)...)
			break
		}
	}
	out = append(out, holes(c, line)...)
	if open := openTemplate(c); open || strings.Contains(f.text, "template") {
		out = append(out, backticks(c, line)...)
	}
	if len(out) == 0 {
		out = append(out, innerQuotes(c, e)...)
	}
	return out
}

// hasOpen reports whether a quoted string of line l lacks its end.
func hasOpen(c *code, l int) bool {
	start, end := c.text.Bounds(l)
	for i := source.At(c.toks, start); i < len(c.toks) && c.toks[i].Start < end; i++ {
		if t := c.toks[i]; t.Kind == source.String && t.Open && (t.Text[0] == '"' || t.Text[0] == '\'') {
			return true
		}
	}
	return false
}

func openTemplate(c *code) bool {
	n := len(c.toks)
	return n > 0 && c.toks[n-1].Kind == source.String && c.toks[n-1].Open && strings.ContainsAny(c.toks[n-1].Text[:1], "`}")
}

// lineQuotes are places for the quote that a string of line l lacks.
func lineQuotes(c *code, l int) []change {
	start, end := c.text.Bounds(l)
	line := c.src[start:end]
	toks := source.Code(lex(line))
	s := newScopes(c)
	var out []change
	add := func(doubt int, why string, edits ...edit) {
		for i := range edits {
			edits[i] = edits[i].moved(start)
		}
		out = append(out, change{rule: "missing-quote", why: why, rank: nsbox.RankLocal, edits: edits, doubt: doubt})
	}
	open, parses := -1, 0
	for i, t := range toks {
		if t.Kind == source.String && t.Open && strings.ContainsAny(t.Text[:1], `"'`) {
			open = i
		}
	}
	if open < 0 {
		return nil
	}
	q := toks[open].Text[:1]
	otherQuote(toks[open], q, add)
	for k := 0; k <= open; k++ {
		if t := toks[k]; t.Kind == source.String && t.Text[:1] == q {
			last := t.End - 1
			if k == open {
				last = len(line)
			}
			for n, at := range spots(line, t.Start, last, k == open) {
				doubt := min(n, 9) + 3*(open-k) + contentDoubt(s, line[t.Start+1:at])
				if k < open && !quoteNext(line[at:], q) {
					doubt += 5
				}
				if sound(line[:at] + q + line[at:]) {
					if fixed, ok := apply(c.src, one(insert(start+at, q))); ok && len(c.src) < 16<<10 && parses < 8 {
						parses++
						doubt += implausibleLine(c.name, fixed, start, end+1)
					}
					add(doubt, "a string lacks its closing quote", insert(at, q))
				}
			}
		}
	}
	for k := open; k > 0; k-- {
		if p := toks[k-1].Text; p == "(" || p == "," || p == "=" || p == "[" || p == "+" || p == ":" || p == "return" || p == "case" || p == "from" || p == "|" || p == "?" || p == "==" || p == "===" || p == "=>" {
			if sound(line[:toks[k].Start] + q + line[toks[k].Start:]) {
				add(20+open-k, "a string lacks its opening quote", insert(toks[k].Start, q))
			}
		}
	}
	apostrophes(line, q, add)
	acrossLines(c, l, start+toks[open].Start, q, &out)
	return out
}

// quoteNext reports whether the next string begins after one sign.
func quoteNext(s, q string) bool {
	s = strings.TrimLeft(s, " ")
	return len(s) > 1 && strings.HasPrefix(strings.TrimLeft(s[1:], " ("), q)
}

// contentDoubt is how unlikely text is as a string's content: it looks like code
// of the program.
func contentDoubt(s *scopes, text string) int {
	if text == "" {
		return 30
	}
	doubt := 0
	toks := source.Code(lex(text))
	for i, t := range toks {
		if t.Kind != source.Word || i == 0 {
			continue
		}
		before := toks[i-1].Text
		switch {
		case before == "." && i+1 < len(toks) && toks[i+1].Text == "(" && (builtin(t.Text) || s.defines(t.Text)):
			doubt += 12
		case before == "," && i+1 < len(toks) && toks[i+1].Text == ":":
			doubt += 12 // the next key of an object
		case (before == "," || before == "+" || before == ":" || before == "?" || before == "(") && (len(s.byName[t.Text]) > 0 || t.Text == "this"):
			doubt += 12
		}
	}
	return doubt
}

// spots are the places in line where a string that begins at from may end, the
// likeliest first: before the punctuation at the line's end, and before what
// may follow a string.
func spots(line string, from, last int, tail bool) []int {
	var out []int
	body := line[:last]
	if tail {
		if at := commentAt(line, from); at > 0 {
			body = strings.TrimRight(line[:at], " \t")
		}
		run := len(strings.TrimRight(body, ")]};, \t"))
		for at := max(run, from+1); at <= len(body); at++ {
			if rest := strings.TrimLeft(body[at:], " "); at < len(body) && body[at] == ' ' && rest != "" && strings.ContainsAny(rest[:1], ")];,") {
				continue // the blank belongs to the text
			}
			out = append(out, at)
		}
		body = body[:max(run, from+1)]
	}
	for at := from + 1; at < len(body); at++ {
		rest := strings.TrimLeft(body[at:], " ")
		blanks := len(body[at:]) - len(rest)
		if rest == "" || body[at-1] == ' ' && at-1 > from && !(blanks == 1 && at >= 2 && line[at-1] == ' ') {
			continue
		}
		if follows(rest) && (blanks == 0 || body[at] == ' ') {
			if blanks >= 2 {
				out = append(out, at+1)
			}
			out = append(out, at)
		}
	}
	return out
}

// commentAt is where a comment at the end of line begins, 0 where there is none.
func commentAt(line string, from int) int {
	at := strings.LastIndex(line, " //")
	if at <= from {
		return 0
	}
	return at
}

// follows reports whether s begins with what may come after a string.
func follows(s string) bool {
	for _, p := range []string{"+", ",", ")", "]", "}", ";", ":", "?", "=", "!=", "&&", "||", ".", "in ", "from "} {
		if strings.HasPrefix(s, p) {
			return true
		}
	}
	return false
}

// sound reports whether a line's tokens can stand side by side and no string
// lacks its end.
func sound(line string) bool {
	c := newCode("", line)
	for i, t := range c.toks {
		if t.Kind == source.String && t.Open && t.Text[0] != '`' && t.Text[0] != '}' {
			return false
		}
		if i == 0 {
			continue
		}
		p := c.toks[i-1]
		if t.Kind == source.String && strings.ContainsAny(t.Text[:1], `"'`) && c.endsValue(i-1) && !c.is(i-1, "from", "of", "case") && (p.Kind != source.Punct || p.Text == ")" || p.Text == "]") {
			return false
		}
		if p.Kind == source.String && c.endsValue(i-1) && (t.Kind == source.Word && !c.is(i, "in", "of", "instanceof", "as", "satisfies") || t.Kind == source.Number) {
			return false
		}
	}
	return true
}

// otherQuote is for a string that ends with the other kind of quote.
func otherQuote(t token, q string, add func(int, string, ...edit)) {
	other := "'"
	if q == "'" {
		other = `"`
	}
	for _, o := range []string{other, "`"} {
		if at := strings.LastIndex(t.Text, o); at > 0 && strings.Trim(t.Text[at+1:], ")]};, \t") == "" {
			add(0, "a string ends with the quote it begins with", edit{t.Start + at, t.Start + at + 1, q})
		}
	}
}

// apostrophes escapes those between letters.
func apostrophes(line, q string, add func(int, string, ...edit)) {
	if q != "'" {
		return
	}
	var edits []edit
	letter := func(b byte) bool { return b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' }
	for i := 1; i+1 < len(line); i++ {
		if line[i] == '\'' && letter(line[i-1]) && letter(line[i+1]) {
			edits = append(edits, insert(i, `\`))
		}
	}
	if len(edits) > 0 {
		add(1, "an apostrophe in a string is escaped", edits...)
	}
}

// acrossLines makes a template of a string that goes on over lines.
func acrossLines(c *code, l, open int, q string, out *[]change) {
	for n := l + 1; n <= l+8 && n <= c.text.Lines(); n++ {
		start, end := c.text.Bounds(n)
		at := strings.Index(c.src[start:end], q)
		if at < 0 {
			continue
		}
		if !strings.Contains(c.src[open:start+at], "`") {
			*out = append(*out, change{
				rule: "string-over-lines", why: "a string over several lines is a template", rank: nsbox.RankLocal, doubt: 25,
				edits: one(edit{open, open + 1, "`"}, edit{start + at, start + at + 1, "`"}),
			})
		}
		return
	}
}

// innerQuotes escapes quotes of the same kind within a string.
func innerQuotes(c *code, e int) []change {
	from, to := c.lineTokens(e)
	first, last := -1, -1
	for i := from; i < to; i++ {
		if t := c.toks[i]; t.Kind == source.String && strings.ContainsAny(t.Text[:1], `"'`) {
			if first < 0 {
				first = i
			}
			if t.Text[0] == c.toks[first].Text[0] {
				last = i
			}
		}
	}
	if first < 0 || last <= first || !(first < e && e <= last) {
		return nil
	}
	q := c.toks[first].Text[:1]
	var edits []edit
	for at := c.toks[first].Start + 1; at < c.toks[last].End-1; at++ {
		if c.src[at] == q[0] && c.src[at-1] != '\\' {
			edits = append(edits, insert(at, `\`))
		}
	}
	if c.toks[e-1].End != c.toks[e].Start { // a blank between: rather a comma
		return nil
	}
	for i := first; i < last; i++ {
		if c.toks[i].Kind == source.String && c.is(i+1, "+") && c.toks[i].End < c.toks[i+1].Start && c.toks[i+1].End < c.tok(i+2).Start {
			return nil // texts that are put together
		}
	}
	return []change{{rule: "inner-quote", why: "a quote within a string is escaped", rank: nsbox.RankLocal, doubt: 4, edits: edits}}
}
