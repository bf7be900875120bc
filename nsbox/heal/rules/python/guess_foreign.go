package python

import (
	"strings"

	"github.com/nsbox/nsbox/nsbox/heal/rules/python/syntax"
	"github.com/nsbox/nsbox/nsbox/internal/lazyre"
	"github.com/nsbox/nsbox/nsbox/internal/source"
)

// plainChars are the characters that word processors put for those of programs.
var plainChars = map[rune]string{
	'“': `"`, '”': `"`, '„': `"`, '‟': `"`, '«': `"`, '»': `"`, '″': `"`, '‘': "'", '’': "'", '‚': "'", '‛': "'", '′': "'", '´': "'",
	'–': "-", '—': "-", '−': "-", '‐': "-", '‑': "-", '×': "*", '·': "*", '∗': "*", '÷': "/", '∕': "/", '≤': "<=", '≥': ">=",
	'≠': "!=", '…': "...", '（': "(", '）': ")", '［': "[", '］': "]", '【': "[", '】': "]", '｛': "{", '｝': "}", '：': ":", '，': ",",
	'、': ",", '；': ";", '。': ".", '．': ".", '＝': "=", '＋': "+", '－': "-", '＊': "*", '／': "/", '＜': "<", '＞': ">", '％': "%",
	'！': "!", '＂': `"`, '＇': "'", '\u00a0': " ", '\u2007': " ", '\u2009': " ", '\u202f': " ", '\u3000': " ", '\u2002': " ", '\u2003': " ",
	'\u200b': "", '\u200c': "", '\u200d': "", '\u2060': "", '\ufeff': "", '\u00ad': "",
}

// characters replaces the characters that no program has, all together.
func (b *broken) characters() {
	if t := b.here(); !strings.HasPrefix(b.err.Message, "invalid character") && (t.End == 0 || t.Text[0] < 0x80) {
		return
	}
	var edits []edit
	quoted := rune(0)
	toks := syntax.Lex(b.src)
	for _, t := range toks {
		if t.Kind == source.Comment || t.Kind == source.String && !(t.Open && hasPlain(t.Text)) {
			continue
		}
		if t.Kind == source.Newline {
			quoted = 0
			continue
		}
		for i, r := range t.Text {
			to, ok := plainChars[r]
			if !ok || t.Kind == source.String && to != `"` && to != "'" {
				continue
			}
			// Within typographic quotes, other quotes are text.
			if quoted != 0 && (to == `"` || to == "'") && to != string(quoted) {
				continue
			}
			if to == `"` || to == "'" {
				if quoted == 0 {
					quoted = rune(to[0])
				} else {
					quoted = 0
				}
			} else if quoted != 0 {
				continue
			}
			edits = append(edits, edit{t.Start + i, t.Start + i + len(string(r)), to})
		}
	}
	if len(edits) > 0 {
		b.add("plain-characters", "programs are written in plain characters", 0, edits...)
	}
}

func hasPlain(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { _, ok := plainChars[r]; return ok })
}

var (
	printTo    = lazyre.New(`^>>\s*([\w.]+)\s*,\s*(.*)$`)
	exceptName = lazyre.New(`(?m)^([ \t]*except[ \t]+)([\w.]+|\([^)\n]*\))[ \t]*,[ \t]*(\w+)[ \t]*:`)
	raiseText  = lazyre.New(`(?m)^([ \t]*raise[ \t]+[A-Z][\w.]*)[ \t]*,[ \t]*([^\n#]+?)[ \t]*$`)
	execText   = lazyre.New(`(?m)^([ \t]*exec)[ \t]+([^(\s=][^\n]*?)[ \t]*$`)
	backticks  = lazyre.New("`([^`\n]+)`")
)

// python2 writes the statements of Python 2 as those of Python 3, all of a kind
// in the file together.
func (b *broken) python2() {
	if edits := b.prints(); len(edits) > 0 {
		b.add("print-statement", "print is a function", 1, edits...)
		own, _ := b.text.Bounds(b.line)
		for _, e := range edits {
			if e.from >= own && e.from < b.text.Next(b.line) {
				b.add("print-statement", "print is a function", 2, e)
			}
		}
	}
	line := b.text.Line(b.line)
	if exceptName.MatchString(line) {
		b.add("except-as", "an exception is named with as", 1, b.everywhere(exceptName, "$1$2 as $3:")...)
	}
	if raiseText.MatchString(line) {
		b.add("raise-call", "an exception is made by a call", 1, b.everywhere(raiseText, "$1($2)")...)
	}
	if execText.MatchString(line) {
		b.add("exec-call", "exec is a function", 1, b.everywhere(execText, "$1($2)")...)
	}
	if b.here().Text == "`" || b.before().Text == "`" {
		b.add("backticks", "repr takes the place of backticks", 1, b.everywhere(backticks, "repr($1)")...)
	}
	if t := b.here(); t.Kind == source.String && b.before().Kind == source.Word && strings.EqualFold(b.before().Text, "ur") {
		b.add("string-prefix", "", 2, edit{b.before().Start, b.before().End, "r"})
	}
}

// everywhere replaces what re matches outside of strings and comments.
func (b *broken) everywhere(re *lazyre.Regexp, with string) []edit {
	var out []edit
	for _, m := range re.FindAllStringSubmatchIndex(b.src, 200) {
		out = append(out, edit{m[0], m[1], string(re.ExpandString(nil, with, b.src, m))})
	}
	return out
}

// prints are the print statements of the file.
func (b *broken) prints() []edit {
	var out []edit
	toks := syntax.Lex(b.src)
	for i := 0; i < len(toks); i++ {
		if toks[i].Text != "print" || toks[i].Kind != source.Word || !statementAt(toks, i) {
			continue
		}
		end := i + 1
		depth := 0
		for ; end < len(toks); end++ {
			t := toks[end]
			switch t.Text {
			case "(", "[", "{":
				depth++
			case ")", "]", "}":
				depth--
			}
			if t.Kind == source.Comment || t.Kind == source.Newline && depth <= 0 && toks[end-1].Text != "\\" || t.Text == ";" && depth == 0 {
				break
			}
		}
		if end == i+1 || depth != 0 {
			continue
		}
		args := b.src[toks[i+1].Start:toks[end-1].End]
		if text, ok := printCall(args, toks[i+1:end], toks[i+1].Start > toks[i].End); ok {
			out = append(out, edit{toks[i].End, toks[end-1].End, "(" + text + ")"})
		}
		i = end
	}
	return out
}

// statementAt reports whether a statement begins with token i.
func statementAt(toks []source.Token, i int) bool {
	return i == 0 || toks[i-1].Kind == source.Newline || toks[i-1].Text == ":" || toks[i-1].Text == ";" || toks[i-1].Kind == source.Comment
}

// printCall makes the arguments of a print statement those of a call.
func printCall(args string, toks []source.Token, spaced bool) (string, bool) {
	first := toks[0]
	if first.Text == "(" {
		close := -1
		for i, depth := 0, 0; i < len(toks) && close < 0; i++ {
			switch toks[i].Text {
			case "(":
				depth++
			case ")":
				if depth--; depth == 0 {
					close = i
				}
			}
		}
		if close < 0 || close == len(toks)-1 || !spaced {
			return "", false // a call already
		}
	} else if first.Kind == source.Punct && !strings.Contains("[{-~>>", first.Text) {
		return "", false
	}
	if m := printTo.FindStringSubmatch(args); m != nil {
		return m[2] + ", file=" + m[1], true
	}
	if rest, ok := strings.CutSuffix(strings.TrimRight(args, " "), ","); ok {
		return rest + `, end=" "`, true
	}
	return args, true
}

var (
	cFor      = lazyre.New(`^for\s*\(?\s*(?:int |let |var )?\s*(\w+)\s*=\s*([^;]+);\s*(\w+)\s*(<=?)\s*([^;]+);\s*(?:(\w+)\+\+|\+\+(\w+)|(\w+)\s*\+=\s*1)\s*\)?\s*[{:]?\s*$`)
	forRange  = lazyre.New(`^for\s+(\w+)\s*=\s*(\S+)\s+to\s+(\S+?)\s*:?\s*$`)
	forParens = lazyre.New(`^for\s*\(\s*(?:int |let |var |const )?\s*([\w, ]+?)\s+(?:in|of)\s+(.+)\)\s*[:{]?\s*$`)
	blockEnd  = lazyre.New(`^\s*\}\s*;?\s*$`)
	elseBrace = lazyre.New(`^(\s*)\}\s*(else\b|elif\b|else if\b|except\b|catch\b|finally\b)(.*)$`)
	slashes   = lazyre.New(`(?m)^([ \t]*)//`)
	trailing  = lazyre.New(`[;:)\]\w"'][ \t]+(//)[ \t]*[A-Za-z]+(?:[ \t]+[A-Za-z]+|$)`)
)

// foreign rewrites whole lines of other languages.
func (b *broken) foreign() {
	n := b.line
	if b.first < b.line && b.line-b.first < 3 {
		n = b.first
	}
	start, end := b.text.Bounds(n)
	in := len(b.text.Indent(n))
	line := b.src[start+in : end]
	whole := func(rule, why string, cost int, text string) {
		b.add(rule, why, cost, edit{start + in, end, text})
	}
	if m := cFor.FindStringSubmatch(line); m != nil && m[1] == m[3] && m[1] == m[6]+m[7]+m[8] {
		to := strings.TrimSpace(m[5])
		if m[4] == "<=" {
			to += " + 1"
		}
		if strings.TrimSpace(m[2]) == "0" {
			whole("counting-loop", "Python counts with range", 2, "for "+m[1]+" in range("+to+"):")
		} else {
			whole("counting-loop", "Python counts with range", 2, "for "+m[1]+" in range("+strings.TrimSpace(m[2])+", "+to+"):")
		}
	}
	if m := forRange.FindStringSubmatch(line); m != nil {
		whole("counting-loop", "Python counts with range", 3, "for "+m[1]+" in range("+m[2]+", "+m[3]+" + 1):")
	}
	if m := forParens.FindStringSubmatch(line); m != nil {
		whole("loop-parentheses", "a loop has no parentheses", 2, "for "+m[1]+" in "+m[2]+":")
	}
	b.braceBlocks()
	b.slashComments()
	b.genexp()
	b.newCall()
}

// braceBlocks writes blocks in braces with colons.
func (b *broken) braceBlocks() {
	var edits []edit
	for n := 1; n <= b.text.Lines(); n++ {
		start, end := b.text.Bounds(n)
		line := b.src[start:end]
		if m := elseBrace.FindStringSubmatch(line); m != nil {
			word := strings.Replace(m[2], "else if", "elif", 1)
			edits = append(edits, edit{start, end, m[1] + word + strings.TrimRight(strings.TrimRight(m[3], " {"), " ") + ":"})
			continue
		}
		if blockEnd.MatchString(line) && len(edits) > 0 {
			edits = append(edits, edit{start, b.text.Next(n), ""})
			continue
		}
		trimmed := strings.TrimRight(line, " ")
		if body, ok := strings.CutSuffix(trimmed, "{"); ok && (opens[firstWord(line)] || foreignWords[firstWord(line)] != "") {
			text := strings.TrimRight(body, " ") + ":"
			word := firstWord(line)
			if to := foreignWords[word]; to != "" {
				text = strings.Replace(text, word, to, 1)
			}
			text = strings.Replace(text, "else if", "elif", 1)
			edits = append(edits, edit{start, end, text})
		}
	}
	if len(edits) > 0 {
		b.add("brace-blocks", "blocks are indented, not in braces", 2, edits...)
	}
}

// slashComments writes comments with a hash.
func (b *broken) slashComments() {
	if t := b.here(); t.Text != "//" && b.before().Text != "//" && !strings.Contains(b.text.Line(b.line), "//") {
		return
	}
	edits := b.everywhere(slashes, "$1#")
	if len(edits) > 0 {
		b.add("comment", "comments begin with #", 2, edits...)
	}
	start, end := b.text.Bounds(b.line)
	if m := trailing.FindStringSubmatchIndex(b.src[start:end]); m != nil {
		b.add("comment", "comments begin with #", 4, append(edits, edit{start + m[2], start + m[3], "#"})...)
	}
}

// genexp puts a generator among other arguments into parentheses.
func (b *broken) genexp() {
	if b.err.Message == "Generator expression must be parenthesized" {
		b.add("generator", "a generator among other arguments is in parentheses", 1,
			edit{b.err.At, b.err.At, "("}, edit{b.err.End, b.err.End, ")"})
		for i, t := range b.toks {
			if i > 0 && t.Start > b.err.At && t.End < b.err.End && t.Text == "for" {
				at := b.toks[i-1].End
				b.add("unclosed-bracket", "a bracket is not closed", 3, edit{at, at, ")"})
				break
			}
		}
	}
	if b.err.Message == "multiple exception types must be parenthesized" {
		for i, t := range b.toks {
			if t.Text == "except" && i+1 < len(b.toks) {
				for j := i + 1; j < len(b.toks); j++ {
					if b.toks[j].Text == ":" || b.toks[j].Text == "as" {
						b.add("exception-tuple", "several exceptions are in parentheses", 2,
							edit{b.toks[i+1].Start, b.toks[i+1].Start, "("}, edit{b.toks[j-1].End, b.toks[j-1].End, ")"})
						return
					}
				}
			}
		}
	}
}

// newCall drops the new before a call.
func (b *broken) newCall() {
	for i := 0; i+1 < len(b.toks) && i <= b.bad; i++ {
		if b.toks[i].Text == "new" && b.toks[i+1].Kind == source.Word {
			b.add("new", "an object is made by calling its class", 1, edit{b.toks[i].Start, b.toks[i+1].Start, ""})
		}
	}
}
