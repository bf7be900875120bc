package java

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/nsbox/nsbox/nsbox/internal/lazyre"
	"github.com/nsbox/nsbox/nsbox/internal/source"
)

// lookalikes are characters that word processors put in place of Java's.
var lookalikes = strings.NewReplacer("“", `"`, "”", `"`, "„", `"`, "‘", "'", "’", "'", "–", "-", "—", "-", "−", "-", "×", "*", "÷", "/",
	"≤", "<=", "≥", ">=", "≠", "!=", "；", ";", "，", ",", "（", "(", "）", ")", "：", ":", "\u00a0", " ", "\u200b", "", "\ufeff", "", "…", "...")

// lexical finds what is wrong with single tokens.
func (r *repair) lexical() []candidate {
	for i := range r.tokens {
		t := r.tokens[i]
		switch {
		case t.Kind == source.String && t.Text[0] == '\'' && !(t.Open && oddQuotes(r.Line(t.line))):
			if c, ok := r.character(i); ok {
				return []candidate{c}
			}
		case t.Kind == source.String && !t.Open:
			if fixed := escapes(t.Text); fixed != t.Text {
				return []candidate{{rule: "escape", why: "a backslash is written twice", splices: []splice{r.replace(i, 1, fixed, fixed)}}}
			}
		case t.Kind == source.Punct && t.Text[0] >= utf8.RuneSelf && lookalikes.Replace(t.Text) != t.Text:
			return []candidate{r.plain()}
		case t.Text == "#" && r.text(i+1) != "include" && (i == 0 || r.lineEnds(i)):
			return []candidate{{rule: "comment", why: "a comment begins with //", splices: []splice{r.replace(i, 1, "//", "//")}}}
		case t.Text == "`" && strings.Count(r.Line(t.line), "`") == 2 && !strings.Contains(r.Line(t.line), "${"):
			return []candidate{r.backquotes(t.line)}
		}
	}
	return nil
}

// character: 'abc' is a text.
func (r *repair) character(i int) (candidate, bool) {
	t := r.tokens[i]
	body := strings.TrimPrefix(t.Text, "'")
	if t.Open || r.oddMarks(t.line) && utf8.RuneCountInString(body) != 2 && !strings.HasPrefix(body, "\\") {
		if body == "" || strings.HasPrefix(r.Src[max(t.Start-1, 0):], "\\") {
			return candidate{}, false
		}
		var n int
		if body[0] == '\\' && len(body) > 1 {
			n = 2
		} else {
			_, n = utf8.DecodeRuneInString(body)
		}
		rest := strings.TrimSpace(body[n:])
		if rest != "" && !strings.ContainsAny(rest[:1], ");,:]+-*/&|=!<>?.") {
			return candidate{}, false
		}
		at := t.Start + 1 + n
		return candidate{rule: "unterminated-char", why: "a character ends with '", splices: []splice{{start: at, end: at, text: "'", at: i}}}, true
	}
	body = strings.TrimSuffix(body, "'")
	if body == "" || utf8.RuneCountInString(body) == 1 || body[0] == '\\' && (len(body) == 2 || strings.IndexByte("u01234567", body[1]) >= 0) {
		return candidate{}, false
	}
	body = strings.ReplaceAll(strings.ReplaceAll(body, `\'`, "'"), `"`, `\"`)
	return candidate{rule: "text-quotes", why: "a text stands in double quotes", splices: []splice{r.replace(i, 1, `"`+body+`"`, `""`)}}, true
}

// oddMarks reports whether the line has an odd number of single quotes outside
// of texts.
func (r *repair) oddMarks(line int) bool {
	n := 0
	for i := range r.tokens {
		t := r.tokens[i]
		if t.line == line && t.Kind == source.String && t.Text[0] == '\'' {
			n += 2
			if t.Open {
				n--
			}
		}
	}
	return n%2 == 1
}

// escapes doubles the backslashes that begin no escape.
func escapes(literal string) string {
	if !strings.Contains(literal, `\`) {
		return literal
	}
	var b strings.Builder
	for i := 0; i < len(literal); i++ {
		b.WriteByte(literal[i])
		if literal[i] != '\\' || i+1 >= len(literal) {
			continue
		}
		if strings.IndexByte("btnfrs\"'\\01234567u\n\r", literal[i+1]) < 0 {
			b.WriteByte('\\')
			continue
		}
		i++
		b.WriteByte(literal[i])
	}
	return b.String()
}

// plain replaces all characters outside of texts that only look like Java's.
func (r *repair) plain() candidate {
	c := candidate{rule: "lookalikes", why: "quotes and signs are the plain ones"}
	for i, t := range r.tokens {
		if t.Kind == source.Punct && t.Text[0] >= utf8.RuneSelf {
			if to := lookalikes.Replace(t.Text); to != t.Text {
				c.splices = append(c.splices, r.replace(i, 1, to, to))
			}
		}
	}
	return c
}

func (r *repair) backquotes(line int) candidate {
	c := candidate{rule: "text-quotes", why: "a text stands in double quotes"}
	start, end := r.Bounds(line)
	for i := start; i < end; i++ {
		if r.Src[i] == '`' {
			c.splices = append(c.splices, splice{start: i, end: i + 1, text: `"`})
		}
	}
	return c
}

// quotes closes a text that does not end: at the place in its line where the
// line reads best.
func (r *repair) quotes(budget *int) []repair {
	first := r.at(r.open)
	if first >= len(r.tokens) || strings.HasPrefix(r.tokens[first].Text, `"""`) {
		return nil
	}
	line := r.tokens[first].line
	if r.tokens[first].Text[0] != '"' && !oddQuotes(r.Line(line)) {
		return nil
	}
	from, to := first, first
	for from > 0 && r.tokens[from-1].line == line {
		from--
	}
	for to < len(r.tokens) && r.tokens[to].line == line {
		to++
	}
	start, end := r.Bounds(line)
	whole := r.Src[start:end]
	var good []candidate
	for at := len(source.Indent(whole)); at <= len(whole) && *budget > 0; at++ {
		if !quotable(whole, at) {
			continue
		}
		mended := whole[:at] + `"` + whole[at:]
		inserted, open := cut(mended)
		if open >= 0 {
			continue
		}
		c := candidate{rule: "unterminated-string", why: "a text ends with a quotation mark", cost: r.untidy(inserted, mended)}
		s := splice{start: start + at, end: start + at, text: `"`, at: from, del: to - from}
		for _, t := range inserted {
			s.ins = append(s.ins, t.Text)
		}
		c.splices = []splice{s}
		tokens := c.apply(r.tokens)
		got := parse(tokens)
		*budget -= min(got, len(tokens))
		if got <= len(tokens) {
			if got < from+len(inserted) {
				continue
			}
			c.cost += 3 // another slip may follow
		}
		good = append(good, c)
	}
	if len(good) == 0 {
		return r.broken(line)
	}
	slices.SortStableFunc(good, func(a, b candidate) int { return a.cost - b.cost })
	if len(good) > 1 && good[1].cost > good[0].cost+1 {
		good = good[:1]
	}
	var out []repair
	for _, c := range good[:min(len(good), 3)] {
		out = append(out, r.with(c))
	}
	return out
}

func oddQuotes(line string) bool {
	return (strings.Count(line, `"`)-strings.Count(line, `\"`))%2 == 1
}

// quotable reports whether a text may begin or end at this place of a line.
func quotable(line string, at int) bool {
	if at == len(line) {
		return true
	}
	if at > 0 && line[at-1] == '\\' {
		return false
	}
	rest := line[at:]
	switch rest[0] {
	case ')', ',', ';', ']', '}', '+', '.':
		return !(rest[0] == '+' && at > 0 && line[at-1] == ' ')
	case ' ':
		for _, op := range []string{" + ", " : ", " ? ", " == ", " != ", " && ", " || ", " -> "} {
			if strings.HasPrefix(rest, op) {
				return true
			}
		}
		return false
	}
	if at == 0 {
		return false
	}
	if strings.IndexByte("=!<>+-*/&|?:", rest[0]) >= 0 {
		return false
	}
	switch line[at-1] {
	case '(', ',', '{', '+', '=', ':', '?', ' ', '[':
		return true // the mark that is missing may be the first one
	}
	return false
}

var (
	codeIn    = lazyre.New(`^\s*\+ | \+ *$| \+\w| \+ \w|\w \+ |\+[a-z]\w*$|\);?\s*$|^\s*\);|\w\(\w*\)`)
	verbs     = lazyre.New(`%[-+ 0,#(]*\d*(?:\.\d+)?[a-zA-Z]`)
	argument  = lazyre.New(`, ?(\w+)$`)
	formatted = lazyre.New(`(?:printf|format|formatted)$`)
)

// untidy counts what texts seem to hold that is code, and what code there is
// that nobody would write.
func (r *repair) untidy(line []token, src string) int {
	n := 0
	for i, t := range line {
		if t.Kind != source.String || len(t.Text) < 2 {
			if t.Kind == source.Word && !keywords[t.Text] && r.count(t.Text) <= 1 && (i+1 >= len(line) || line[i+1].Text != "(") && (i == 0 || line[i-1].Text != ".") {
				n += 2 // a name that is nowhere else
			}
			continue
		}
		body := t.Text[1 : len(t.Text)-1]
		if codeIn.MatchString(body) {
			n += 6
		}
		if m := argument.FindStringSubmatch(body); m != nil && r.count(m[1]) > 1 && !printing[callee(line, i)] {
			n += 2 // a variable of the program
		}
		if body == "" {
			n += 3
		}
		if i+1 < len(line) {
			switch line[i+1].Text {
			case ".":
				n += 5
			case "==", "!=", "<", ">", "<=", ">=":
				n += 2
			}
		}
		if i > 0 && (line[i-1].Kind == source.Word || line[i-1].Kind == source.String) {
			n += 4
		}
		if i >= 2 && line[i-1].Text == "(" && formatted.MatchString(line[i-2].Text) {
			args, depth := 0, 0
			for _, a := range line[i+1:] {
				switch {
				case a.Text == "(":
					depth++
				case a.Text == ")":
					depth--
				case a.Text == "," && depth == 0:
					args++
				}
			}
			want := 0
			for _, v := range verbs.FindAllString(body, -1) {
				if !strings.HasSuffix(v, "n") && !strings.HasSuffix(v, "%") {
					want++
				}
			}
			if want != args {
				n += 6
			}
		}
	}
	return n
}

var printing = set("println", "print")

// callee is the method to which token i is an argument, in a line alone.
func callee(line []token, i int) string {
	depth := 0
	for i--; i > 0; i-- {
		switch line[i].Text {
		case ")":
			depth++
		case "(":
			if depth--; depth < 0 {
				return line[i-1].Text
			}
		}
	}
	return ""
}

// innerQuotes: "He said "hi" twice" lacks backslashes.
func (r *repair) innerQuotes(far int, add adder) {
	for i := far; i > 0 && i >= far-2; i-- {
		if i >= len(r.tokens) || !isText(r.tokens[i-1]) || r.tokens[i].Start != r.tokens[i-1].End || r.tokens[i].Kind == source.Punct {
			continue
		}
		for j := i; j < len(r.tokens) && r.tokens[j].line == r.tokens[i].line && r.text(j) != "+"; j++ {
			if !isText(r.tokens[j]) || r.tokens[j].Start != r.tokens[j-1].End {
				continue
			}
			text := r.span(i-1, j+1)
			mended := `"` + strings.ReplaceAll(strings.ReplaceAll(text[1:len(text)-1], `\"`, `"`), `"`, `\"`) + `"`
			add("inner-quotes", "a quotation mark in a text follows a backslash", 8, r.replace(i-1, j-i+2, mended, mended))
			break
		}
	}
}

func isText(t token) bool { return t.Kind == source.String && t.Text[0] == '"' && !t.Open }

// broken: a text goes on in the next line.
func (r *repair) broken(line int) []repair {
	if strings.Count(r.Line(line), `"`)%2 == 0 || strings.Count(r.Line(line+1), `"`)%2 == 0 {
		return nil
	}
	_, end := r.Bounds(line)
	c := candidate{rule: "broken-string", why: "a line feed in a text is written as \\n", splices: []splice{{start: end, end: r.Next(line), text: `\n`}}}
	return []repair{r.with(c)}
}
