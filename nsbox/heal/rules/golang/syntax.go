package golang

import (
	"slices"
	"strings"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/internal/lazyre"
	"github.com/nsbox/nsbox/nsbox/internal/source"
)

// maxParsed bounds how many edited versions of a file are parsed in the search
// for one that is well-formed.
const maxParsed = 160

// syntax returns edits around the error after which the file is well-formed.
// Keywords come first, because a wrong one looks like a missing bracket; then
// what the message says, then brackets, quotes and commas where they can be.
func (q *program) syntax(d nsbox.Diagnosis) []idea {
	s := &search{q: q, d: d, line: d.Line}
	for _, step := range []func(){s.messages, s.missingImport, s.keywords, s.strings, s.idioms, s.braces, s.closers, s.commas} {
		step()
		if len(s.found) > 0 {
			break
		}
	}
	return s.found[:min(len(s.found), 6)]
}

// search collects edits that make the file well-formed.
type search struct {
	q      *program
	d      nsbox.Diagnosis
	line   int
	parsed int
	found  []idea
}

// try keeps the edits if the file is well-formed with them.
func (s *search) try(rank nsbox.Rank, rule, why string, edits ...nsbox.Edit) bool {
	if s.parsed >= maxParsed {
		return false
	}
	s.parsed++
	out, err := nsbox.Apply([]nsbox.File{{Name: s.q.name, Data: []byte(s.q.src)}}, edits)
	if err != nil || !parses(string(out[0].Data)) {
		return false
	}
	s.found = append(s.found, idea{rule, why, edits, rank})
	return true
}

// lines returns the tokens of the lines first to last, without comments.
func (s *search) lines(first, last int) []source.Token {
	start, _ := s.q.text.Bounds(max(first, 1))
	end := s.q.text.Next(min(last, s.q.text.Lines()))
	var out []source.Token
	for i := source.At(s.q.tokens, start); i < len(s.q.tokens) && s.q.tokens[i].Start < end; i++ {
		if t := s.q.tokens[i]; t.Kind != source.Comment && t.Kind != source.Newline {
			out = append(out, t)
		}
	}
	return out
}

// messages does what the parser itself says.
func (s *search) messages() {
	q, m := s.q, s.d.Message
	at := q.at(s.d)
	switch {
	case strings.Contains(m, "unexpected semicolon or newline before {"):
		// A brace on a line of its own.
		for _, t := range s.lines(s.line, s.line+2) {
			if t.Text != "{" {
				continue
			}
			end := strings.TrimRight(q.src[:t.Start], " \t\r\n")
			s.try(nsbox.RankCertain, "brace-line", "an opening brace belongs to the line before", q.replace(len(end), t.Start, " "))
			if len(s.found) > 0 {
				return
			}
		}
	case strings.Contains(m, "in composite literal; possibly missing comma"), strings.Contains(m, "in argument list; possibly missing comma"),
		strings.Contains(m, "in parameter list; possibly missing comma"):
		if strings.Contains(m, "newline") {
			end := strings.TrimRight(q.src[:at], " \t\r\n")
			s.try(nsbox.RankLocal, "comma", "a line that goes on ends with a comma", q.replace(len(end), len(end), ","))
		}
	case strings.HasSuffix(m, "unexpected ), expected }"):
		// The end of a function literal that is an argument.
		if i := source.At(q.tokens, at); i < len(q.tokens) && q.tokens[i].Text == ")" {
			s.try(nsbox.RankLocal, "close-brace", "the block has no closing brace", q.replace(at, at, "}"))
		}
	case strings.HasPrefix(m, "more than one character in rune literal"):
		i := source.At(q.tokens, at)
		if i < len(q.tokens) && q.tokens[i].Kind == source.String && !q.tokens[i].Open && q.tokens[i].Text[0] == '\'' {
			s.try(nsbox.RankLocal, "quotes", "a string has double quotes", s.doubled()...)
		}
	case strings.Contains(m, "cannot use ") && strings.Contains(m, " as value") || strings.Contains(m, "cannot use assignment"):
		for _, i := range q.equals(s.d) {
			s.try(nsbox.RankLocal, "equals", i.why, i.edits...)
		}
	case strings.Contains(m, "else must be on the same line") || strings.Contains(m, "unexpected else") || strings.Contains(m, "unexpected keyword else"):
		for _, t := range s.lines(s.line, s.line) {
			end := strings.TrimRight(q.src[:t.Start], " \t\r\n")
			if t.Text == "else" && strings.HasSuffix(end, "}") {
				s.try(nsbox.RankCertain, "brace-line", "else belongs to the line of the brace before it", q.replace(len(end), t.Start, " "))
			}
		}
	}
}

// doubled are edits that give every too long character literal double quotes.
func (s *search) doubled() []nsbox.Edit {
	var out []nsbox.Edit
	for _, t := range s.q.tokens {
		if t.Kind == source.String && !t.Open && len(t.Text) > 4 && t.Text[0] == '\'' && t.Text[1] != '\\' {
			out = append(out, s.q.replaceToken(t, `"`+strings.ReplaceAll(t.Text[1:len(t.Text)-1], `"`, `\"`)+`"`))
		}
	}
	return out
}

var keywords = []string{
	"func", "return", "package", "import", "range", "switch", "select", "struct", "interface", "default", "continue", "defer",
	"break", "const", "type", "case", "else", "chan", "for", "var", "map", "go", "if", "goto", "fallthrough",
}

// words of other languages that stand where Go has another keyword.
var foreignKeywords = map[string]string{
	"while": "for", "foreach": "for", "def": "func", "function": "func", "fn": "func", "fun": "func", "elif": "else if", "elsif": "else if", "elseif": "else if",
	"let": "var", "ret": "return", "class": "type", "until": "for", "use": "import", "include": "import", "namespace": "package",
}

// missingImport is for the paths of an import whose first line is gone.
func (s *search) missingImport() {
	start, _ := s.q.text.Bounds(s.line)
	line := strings.TrimSpace(s.q.text.Line(s.line))
	if strings.Contains(s.d.Message, "outside function body") && strings.HasPrefix(line, `"`) && strings.HasSuffix(line, `"`) {
		if !s.try(nsbox.RankLocal, "import", "an import has no beginning", s.q.replace(start, start, "import (\n")) {
			s.try(nsbox.RankLocal, "import", "an import has no beginning", s.q.replace(start, start+len(s.q.text.Indent(s.line)), "import "))
		}
	}
}

// keywords mends misspelt and foreign keywords near the error.
func (s *search) keywords() {
	for _, t := range s.lines(s.line-1, s.line) {
		if t.Kind != source.Word || slices.Contains(keywords, t.Text) {
			continue
		}
		if w, ok := foreignKeywords[t.Text]; ok && s.try(nsbox.RankLocal, "keyword", quoted(t.Text)+" is "+quoted(w)+" in Go", s.q.replaceToken(t, w)) {
			return
		}
	}
	// The error is at or after the word; the nearer, the likelier.
	list := s.lines(s.line-1, s.line)
	slices.Reverse(list)
	for _, t := range list {
		if t.Kind != source.Word || slices.Contains(keywords, t.Text) {
			continue
		}
		for _, near := range source.Near(t.Text, keywords) {
			if near.Cost <= 2 && s.try(nsbox.RankLocal, "keyword", quoted(t.Text)+" is no keyword; "+quoted(near.Name)+" is", s.q.replaceToken(t, near.Name)) {
				return
			}
		}
	}
	s.missingFunc()
}

// missingFunc is for a declaration whose keyword is gone or that begins with one
// of another language.
func (s *search) missingFunc() {
	t := s.lines(s.line, s.line)
	if len(t) < 2 || t[0].Kind != source.Word || t[0].Depth > 0 || slices.Contains(keywords, t[0].Text) {
		return
	}
	if t[1].Text == "(" {
		s.try(nsbox.RankStructural, "keyword", "a function begins with func", s.q.replace(t[0].Start, t[0].Start, "func "))
	}
}

var (
	reParenFor  = lazyre.New(`^(\s*(?:\} else )?(?:if|for|switch) )\((.*)\)( \{)$`)
	rePlusPlus  = lazyre.New(`(\+\+|--)(\w+)`)
	reLetType   = lazyre.New(`^(\s*)(int|string|float64|bool) (\w+) = `)
	reMissBrace = lazyre.New(`^\s*(?:func|if|for|switch|else|select|type \w+ struct|\} else)\b.*[^{,(;]$|^\s*\}? ?else$`)
)

// idioms are forms of other languages.
func (s *search) idioms() {
	q := s.q
	for n := s.line; n >= max(1, s.line-1); n-- {
		line := q.text.Line(n)
		start, end := q.text.Bounds(n)
		if m := rePlusPlus.FindStringSubmatchIndex(line); m != nil {
			s.try(nsbox.RankLocal, "increment", "++ follows its variable", q.replace(start+m[0], start+m[1], line[m[4]:m[5]]+line[m[2]:m[3]]))
		}
		if m := reLetType.FindStringSubmatch(line); m != nil {
			s.try(nsbox.RankLocal, "declare", "the type follows the name", q.replace(start, start+len(m[0]), m[1]+"var "+m[3]+" "+m[2]+" = "))
		}
		if m := reParenFor.FindStringSubmatch(line); m != nil {
			s.try(nsbox.RankLocal, "parentheses", "a condition has no parentheses around it", q.replace(start, end, m[1]+m[2]+m[3]))
		}
		if reMissBrace.MatchString(line) && !strings.HasSuffix(strings.TrimSpace(line), "}") {
			s.try(nsbox.RankLocal, "open-brace", "the block has no opening brace", q.replace(end, end, " {"))
		}
		if len(s.found) > 0 {
			return
		}
	}
}

// braces mends a block without its closing brace, where the indentation says
// that it ends, and removes a brace that closes nothing.
func (s *search) braces() {
	q := s.q
	unpaired := source.Unpaired(source.Brackets(q.tokens))
	for _, b := range unpaired {
		if b.Close >= 0 && q.tokens[b.Close].Text == "}" {
			t := q.tokens[b.Close]
			line := q.text.LineOf(t.Start)
			start, _ := q.text.Bounds(line)
			if strings.TrimSpace(q.text.Line(line)) == "}" {
				s.try(nsbox.RankStructural, "extra-brace", "the brace closes nothing", q.replace(start, q.text.Next(line), ""))
			}
		}
	}
	for n := s.line; n > 0 && n >= s.line-2; n-- {
		start, end := q.text.Bounds(n)
		if code := strings.TrimSpace(q.src[start:end]); len(code) > 1 && strings.Trim(code, "}") == "" {
			s.try(nsbox.RankStructural, "extra-brace", "the brace closes nothing", q.replace(end-1, end, ""))
		}
	}
	open := 0
	for _, b := range source.Brackets(q.tokens) {
		if b.Open >= 0 && b.Close < 0 && q.tokens[b.Open].Text == "{" {
			open++
		}
	}
	if open == 0 {
		return
	}
	s.missingBrace()
}

// missingBrace goes through the lines and finds the block whose body ends, by
// its indentation, without a brace. Go's sources are indented by tabs, and the
// formatter of every editor keeps them so.
func (s *search) missingBrace() {
	q := s.q
	type block struct {
		line, width int
		indent      string
	}
	var stack []block
	inside := multiline(q.tokens, q.text)
	for n := 1; n <= q.text.Lines(); n++ {
		line := q.text.Line(n)
		code := strings.TrimSpace(line)
		if code == "" || inside[n] || strings.HasPrefix(code, "//") {
			continue
		}
		width := source.Width(line, 4)
		closes := strings.HasPrefix(code, "}")
		for len(stack) > 0 {
			top := stack[len(stack)-1]
			label := strings.HasPrefix(code, "case ") || strings.HasPrefix(code, "default:")
			if width > top.width || width == top.width && (closes || label) {
				break
			}
			// This line is outside of a block that nobody closed.
			s.closeAt(n, top.indent)
			if len(s.found) > 0 {
				return
			}
			stack = stack[:len(stack)-1]
		}
		if closes && len(stack) > 0 {
			stack = stack[:len(stack)-1]
		}
		if strings.HasSuffix(code, "{") {
			stack = append(stack, block{n, width, source.Indent(line)})
		}
	}
	for i := len(stack) - 1; i >= 0 && len(s.found) == 0; i-- {
		s.closeAt(q.text.Lines()+1, stack[i].indent)
	}
}

// closeAt puts a brace before line n, after the last line that has code.
func (s *search) closeAt(n int, indent string) {
	for n > 1 && s.q.text.Blank(n-1) {
		n--
	}
	at := s.q.text.Next(n - 1)
	text := indent + "}\n"
	if at > 0 && s.q.src[at-1] != '\n' {
		text = "\n" + text
	}
	s.try(nsbox.RankStructural, "close-brace", "the block has no closing brace", s.q.replace(at, at, text))
}

// multiline tells the lines that begin within a string or comment.
func multiline(tokens []source.Token, text *source.Text) map[int]bool {
	inside := map[int]bool{}
	for _, t := range tokens {
		if t.Kind == source.String || t.Kind == source.Comment {
			for n := text.LineOf(t.Start) + 1; n <= text.LineOf(t.End-1); n++ {
				inside[n] = true
			}
		}
	}
	return inside
}

// closers inserts a missing bracket, or removes an extra one, in the lines around
// the error. Places further to the right come first: a call that lacks its end
// mostly lacks the last bracket.
func (s *search) closers() {
	q := s.q
	for _, first := range []int{s.line, s.line - 1, s.line - 3} {
		list := s.lines(first, s.line)
		if first < 1 || len(list) == 0 {
			continue
		}
		need := s.missing(list)
		for i := len(list) - 1; i >= 0; i-- {
			t := list[i]
			if t.Text == "{" && i == len(list)-1 && len(list) > 1 {
				// Before the brace that opens a block: if f(x { ...
				prev := list[i-1]
				for _, c := range need {
					s.try(nsbox.RankLocal, "bracket", "a bracket is not closed", q.replace(prev.End, prev.End, c))
				}
				continue
			}
			if !endsOperand(t) {
				continue
			}
			for _, c := range need {
				s.try(nsbox.RankLocal, "bracket", "a bracket is not closed", q.replace(t.End, t.End, c))
			}
		}
		s.weigh()
		if len(s.found) > 0 {
			return
		}
	}
	for _, t := range s.lines(s.line, s.line) {
		if t.Text == ")" || t.Text == "]" {
			s.try(nsbox.RankStructural, "extra-bracket", "the bracket closes nothing", q.replace(t.Start, t.End, ""))
		}
	}
	if len(s.found) == 0 {
		s.openers()
	}
	if len(s.found) == 0 {
		s.fused()
	}
}

// fused is for two names that ran together where a bracket was: map[stringint.
func (s *search) fused() {
	known := map[string]bool{}
	for _, n := range s.q.scope(s.q.at(s.d)) {
		known[n.text] = true
	}
	for _, t := range s.lines(s.line, s.line) {
		if t.Kind != source.Word || known[t.Text] {
			continue
		}
		for i := 1; i < len(t.Text); i++ {
			if !known[t.Text[:i]] || !known[t.Text[i:]] {
				continue
			}
			for _, c := range []string{"]", ")", "(", ","} {
				s.try(nsbox.RankStructural, "bracket", "two names run together", s.q.replace(t.Start+i, t.Start+i, c))
			}
		}
	}
}

// openers puts an opening bracket where one is missing.
func (s *search) openers() {
	for _, t := range s.lines(s.line, s.line) {
		for _, c := range []string{"(", "["} {
			if t.Kind == source.Word {
				s.try(nsbox.RankStructural, "bracket", "a bracket is not opened", s.q.replace(t.End, t.End, c))
			}
		}
	}
}

// missing returns the closing brackets that list lacks.
func (s *search) missing(list []source.Token) []string {
	var need []string
	for _, b := range source.Unpaired(source.Brackets(list)) {
		if b.Open >= 0 {
			if c := source.Closer(list[b.Open].Text); !slices.Contains(need, c) && (c != "}" || b.Open < len(list)-1) {
				need = append(need, c)
			}
		}
	}
	return need
}

// endsOperand reports whether an expression can end with t.
func endsOperand(t source.Token) bool {
	switch t.Kind {
	case source.Word, source.Number, source.String:
		return true
	case source.Punct:
		return t.Text == ")" || t.Text == "]" || t.Text == "}" || t.Text == "(" || t.Text == "["
	}
	return false
}

// weigh puts edits first after which calls have as many arguments as their
// functions take, and drops those after which they have not, where that is known.
func (s *search) weigh() {
	if len(s.found) < 2 {
		return
	}
	cost := make(map[string]int)
	key := func(i idea) string { return i.edits[0].Text + string(rune(i.edits[0].Start)) }
	for _, i := range s.found {
		cost[key(i)] = s.wrongCalls(i)
	}
	slices.SortStableFunc(s.found, func(a, b idea) int { return cost[key(a)] - cost[key(b)] })
	best := cost[key(s.found[0])]
	s.found = slices.DeleteFunc(s.found, func(i idea) bool { return cost[key(i)] > best })
}

// commas inserts a comma or a colon between two things that stand side by side.
func (s *search) commas() {
	q := s.q
	list := s.lines(s.line-1, s.line)
	for i := len(list) - 2; i >= 0; i-- {
		a, b := list[i], list[i+1]
		if !endsOperand(a) || a.Text == "(" || a.Text == "[" || !beginsOperand(b) || slices.Contains(keywords, a.Text) && a.Text != "nil" {
			continue
		}
		s.try(nsbox.RankLocal, "comma", "two elements stand side by side", q.replace(a.End, a.End, ","))
		if q.text.LineOf(a.Start) == q.text.LineOf(b.Start) {
			s.try(nsbox.RankStructural, "colon", "a key and its value stand side by side", q.replace(a.End, a.End, ":"))
			if a.Depth == 0 || b.Kind == source.Word {
				s.try(nsbox.RankStructural, "assign", "an assignment has no operator", q.replace(a.End, a.End, " ="))
			}
		}
	}
	s.weigh()
	if len(s.found) == 0 {
		// A case without its colon.
		for _, n := range []int{s.line, s.line - 1} {
			line := strings.TrimSpace(q.text.Line(n))
			if strings.HasPrefix(line, "case ") || line == "default" {
				_, end := q.text.Bounds(n)
				s.try(nsbox.RankLocal, "colon", "a case ends with a colon", q.replace(end, end, ":"))
			}
		}
	}
}

func beginsOperand(t source.Token) bool {
	switch t.Kind {
	case source.Word:
		return !slices.Contains(keywords, t.Text) || t.Text == "func" || t.Text == "map" || t.Text == "struct"
	case source.Number, source.String:
		return true
	case source.Punct:
		return t.Text == "{" || t.Text == "&" || t.Text == "-" || t.Text == "["
	}
	return false
}
