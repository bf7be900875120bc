package cfamily

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/internal/source"
)

// foreign are characters that editors and web pages put in the place of those
// that C has.
var foreign = map[rune]string{
	'“': `"`, '”': `"`, '„': `"`, '‟': `"`, '″': `"`, '«': `"`, '»': `"`, '＂': `"`,
	'‘': "'", '’': "'", '‚': "'", '′': "'",
	'\u00a0': " ", '\u2009': " ", '\u202f': " ", '\u3000': " ", '\u2003': " ", '\u200b': "", '\ufeff': "", '\u2060': "",
	'；': ";", '，': ",", '（': "(", '）': ")", '：': ":", '｛': "{", '｝': "}", '［': "[", '］': "]", '＝': "=",
	'＋': "+", '＜': "<", '＞': ">", '！': "!", '＆': "&", '｜': "|", '＃': "#",
	'–': "-", '—': "-", '−': "-", '×': "*", '÷': "/", '≤': "<=", '≥': ">=", '≠': "!=", '∗': "*", '·': "*",
}

// characters replaces foreign characters that stand in code.
func (f *code) characters() []idea {
	var edits []nsbox.Edit
	skip := 0
	for _, t := range f.all {
		directive := t.Kind == source.Comment && strings.HasPrefix(t.Text, "#include")
		if t.Start < skip || t.Kind != source.Punct && !directive {
			continue
		}
		for at, r := range t.Text {
			to, ok := foreign[r]
			if !ok {
				continue
			}
			start := t.Start + at
			edits = append(edits, nsbox.Edit{File: f.name, Start: start, End: start + utf8.RuneLen(r), Text: to})
			if to == `"` && !directive {
				more, end := f.smartString(start + utf8.RuneLen(r))
				edits, skip = append(edits, more...), end
			}
		}
		if len(edits) > 400 {
			return nil
		}
	}
	if len(edits) == 0 {
		return nil
	}
	return []idea{{rule: "foreign-character", why: "a character that is not C's stands in the place of a similar one", edits: edits, rank: nsbox.RankLocal}}
}

// smartString finds the end of a string that begins with a typographic quote.
func (f *code) smartString(at int) ([]nsbox.Edit, int) {
	_, end := f.text.Bounds(f.text.LineOf(at))
	for i, r := range f.text.Src[at:end] {
		if foreign[r] == `"` {
			return []nsbox.Edit{{File: f.name, Start: at + i, End: at + i + utf8.RuneLen(r), Text: `"`}}, at + i + utf8.RuneLen(r)
		}
		if r == '"' {
			return nil, at + i + 1
		}
	}
	return nil, at
}

// unterminated ends the first string that has no end, or begins it.
func (f *code) unterminated() []idea {
	for _, t := range f.all {
		if t.Kind == source.String && t.Open {
			return f.endString(t)
		}
		if t.Kind == source.Comment && t.Open {
			return f.endComment(t)
		}
	}
	return nil
}

// endComment ends a comment that would swallow the rest of the file: on its own
// line, where code follows.
func (f *code) endComment(t source.Token) []idea {
	line := f.text.LineOf(t.Start)
	_, end := f.text.Bounds(line)
	for n := line + 1; n <= f.text.Lines(); n++ {
		if strings.HasPrefix(strings.TrimSpace(f.text.Line(n)), "*") {
			_, end = f.text.Bounds(n)
			continue
		}
		break
	}
	return []idea{{rule: "comment", why: "a comment has no end", edits: []nsbox.Edit{f.insert(end, " */")}, rank: nsbox.RankLocal}}
}

// maxLine is the length of a line up to which places for a quote are tried.
const maxLine = 400

// endString tries a quote at every place of the line, and takes the place that
// makes the line most like code.
func (f *code) endString(t source.Token) []idea {
	line := f.text.LineOf(t.Start)
	start, end := f.text.Bounds(line)
	if end-start > maxLine {
		return nil
	}
	from, to := f.aroundLine(line, start)
	text := f.text.Src[from:to]
	var all []reading
	quotes := []string{`"`}
	if strings.Contains(f.text.Src[start:end], "'") {
		quotes = append(quotes, "'")
	}
	for _, q := range quotes {
		if strings.Count(f.text.Src[start:end], q)%2 == 0 && len(quotes) > 1 {
			continue
		}
		for at := start + len(f.text.Indent(line)); at <= end; at++ {
			if at > start && (f.text.Src[at-1] == '\\') || !utf8.RuneStart(f.byteAt(at)) {
				continue
			}
			cost := f.stringCost(text[:at-from]+q+text[at-from:], f.text.Src[at:end])
			if cost < unbalanced {
				all = append(all, reading{edits: []nsbox.Edit{f.insert(at, q)}, cost: cost})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b reading) int { return a.cost - b.cost })
	var out []idea
	for _, r := range all {
		if len(out) == 2 || r.cost > all[0].cost+notGrammar {
			break
		}
		out = append(out, idea{rule: "quote", why: "a quote is missing", edits: r.edits, rank: nsbox.RankLocal})
	}
	return out
}

func (f *code) byteAt(at int) byte {
	if at >= len(f.text.Src) {
		return '\n'
	}
	return f.text.Src[at]
}

// aroundLine returns where the statement that has the line begins and ends, a
// few lines at most.
func (f *code) aroundLine(line, start int) (from, to int) {
	from = start
	for n := line - 1; n > 0 && n > line-6; n-- {
		s := strings.TrimSpace(f.text.Line(n))
		if s == "" || strings.HasSuffix(s, ";") || strings.HasSuffix(s, "{") || strings.HasSuffix(s, "}") || s[0] == '#' || strings.HasSuffix(s, ":") || strings.HasPrefix(s, "//") || strings.HasSuffix(s, "*/") {
			break
		}
		from, _ = f.text.Bounds(n)
	}
	_, to = f.text.Bounds(line)
	for n := line; n < line+6; n++ {
		s := strings.TrimSpace(f.text.Line(n))
		if n > line {
			if s == "" || strings.HasPrefix(s, "}") && n > line {
				break
			}
			_, to = f.text.Bounds(n)
		}
		if strings.HasSuffix(s, ";") || strings.HasSuffix(s, "{") || strings.HasSuffix(s, "}") {
			break
		}
	}
	return from, to
}

// stringCost weighs a line with a quote put in; tail is what follows the quote.
func (f *code) stringCost(text, tail string) int {
	toks := source.Code(lexer.Lex(text))
	cost := 0
	for _, t := range toks {
		if t.Kind != source.String || t.Text[0] != '"' {
			continue
		}
		if t.Open {
			return unbalanced
		}
		body := strings.Trim(t.Text, `"`)
		for _, codeLike := range []string{");", "<<", ", ", "; ", ") ", "};"} {
			if strings.Contains(body, codeLike) {
				cost += 2
				if codeLike == ", " {
					cost--
				}
			}
		}
		if strings.HasSuffix(body, ")") || strings.HasSuffix(body, ";") || strings.HasSuffix(body, ",") || strings.HasSuffix(body, " ") {
			cost++
		}
		for _, pair := range []string{"()", "[]", "{}"} {
			if strings.Count(body, pair[:1]) != strings.Count(body, pair[1:]) {
				cost += 2
			}
		}
		if strings.HasPrefix(body, ")") || strings.HasPrefix(body, ",") || strings.HasPrefix(body, ";") {
			cost += 3
		}
	}
	if len(toks) > 0 {
		switch last := toks[len(toks)-1]; {
		case last.Text == ";" || last.Text == "{" || last.Text == "}" || last.Text == "," || last.Text == "(" || last.Text == ":":
		default:
			cost += 8
		}
	}
	if cost >= unbalanced {
		return cost
	}
	return max(cost+seam(tail, strings.Contains(text, "{ "))+f.plausible(toks, true), 0)
}

// seam weighs the blanks behind the quote: one stands before an operator, none
// before what ends an argument.
func seam(tail string, spaced bool) int {
	code := strings.TrimLeft(tail, " ")
	blanks := len(tail) - len(code)
	if code == "" {
		return min(blanks, 1)
	}
	if code[0] == '}' && spaced {
		return max(2*blanks, 2) - 2 // { "a" }
	}
	if strings.IndexByte(",;)]}:", code[0]) >= 0 && !strings.HasPrefix(code, ": ") {
		return min(2*blanks, 4)
	}
	if blanks == 1 {
		return -1
	}
	return min(blanks, 2)
}
