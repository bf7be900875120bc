package rust

import "github.com/nsbox/nsbox/nsbox/internal/source"

// flaw is a bracket too few or too many, as the indentation tells.
type flaw struct {
	kind flawKind
	// open is the bracket that is not closed, close the one that closes nothing or
	// the wrong one; they are indexes of tokens.
	open, close int
	// limit is the index of the first token before which open must be closed.
	limit int
}

type flawKind int

const (
	unclosed flawKind = iota
	unopened
	mistaken // close should be of open's kind
)

// opened is a bracket that is open.
type opened struct {
	at     int
	indent int
	// block is set where the bracket ends its line: what it holds is indented, and
	// what closes it begins a line.
	block bool
}

// walker pairs brackets with the help of the indentation: a line that is not
// indented deeper than the line of an open bracket comes after that bracket's end.
type walker struct {
	*program
	stack []opened
	flaws []flaw
}

// flaws returns what is wrong with the brackets of p; nothing where they pair.
func (p *program) flaws() []flaw {
	w := walker{program: p}
	for i := range p.tokens {
		if p.tokens[i].first {
			w.line(i)
		}
		w.token(i)
		if len(w.flaws) > maxFlaws {
			return w.flaws
		}
	}
	for len(w.stack) > 0 {
		w.drop(len(p.tokens))
	}
	return w.flaws
}

// line closes what a line beginning with token i can't be inside of.
func (w *walker) line(i int) {
	indent := w.indent(i)
	for len(w.stack) > 0 {
		top := w.stack[len(w.stack)-1]
		if w.text(i) == "else" && top.block && w.text(i-1) != "}" && w.tokens[top.at].line < w.tokens[i].line && indent < w.indent(top.at+1) {
			w.drop(i) // the brace before it is missing
			return
		}
		if w.tokens[top.at].line == w.tokens[i].line || indent > top.indent {
			return
		}
		if w.text(i) == source.Closer(w.text(top.at)) && (indent == top.indent || !w.holds(i, indent)) {
			return
		}
		if !top.block && w.goesOn(i) {
			return
		}
		w.drop(i)
	}
}

// holds reports whether a bracket that token i would close was opened on a line
// of just this indentation.
func (w *walker) holds(i, indent int) bool {
	for _, o := range w.stack {
		if o.indent == indent && source.Closer(w.text(o.at)) == w.text(i) {
			return true
		}
	}
	return false
}

// goesOn reports whether token i, which begins a line, can only go on with what
// the line before began.
func (w *walker) goesOn(i int) bool {
	switch w.text(i) {
	case ")", "]", "}":
		return false
	case ".", ",", "&&", "||", "==", "+", "=", "=>", "->", "?":
		return true
	}
	switch w.text(i - 1) {
	case ",", "&&", "||", "==", "+", "=", "=>", "->", "(", "[":
		return w.tokens[i-1].last
	}
	return false
}

// drop records that the innermost bracket is not closed before token limit.
func (w *walker) drop(limit int) {
	n := len(w.stack) - 1
	w.flaws = append(w.flaws, flaw{kind: unclosed, open: w.stack[n].at, close: -1, limit: limit})
	w.stack = w.stack[:n]
}

func (w *walker) token(i int) {
	if w.kind(i) != source.Punct {
		return
	}
	switch text := w.text(i); text {
	case "(", "[", "{":
		w.stack = append(w.stack, opened{i, w.indent(i), w.tokens[i].last})
	case ")", "]", "}":
		w.close(i, text)
	}
}

func (w *walker) close(i int, text string) {
	at := len(w.stack) - 1
	// A bracket in a line closes none but those opened in the same statement.
	for at >= 0 && source.Closer(w.text(w.stack[at].at)) != text && (!w.stack[at].block || w.tokens[w.stack[at].at].line == w.tokens[i].line) {
		at--
	}
	switch top := len(w.stack) - 1; {
	case at >= 0 && at == top && w.tokens[i].first && w.stack[at].block && w.indent(i) > w.stack[at].indent && text == "}":
		w.flaws = append(w.flaws, flaw{unopened, -1, i, i})
	case at >= 0 && source.Closer(w.text(w.stack[at].at)) == text:
		for len(w.stack)-1 > at {
			w.drop(i)
		}
		w.stack = w.stack[:at]
	case top >= 0 && w.tokens[w.stack[top].at].line == w.tokens[i].line:
		w.flaws = append(w.flaws, flaw{mistaken, w.stack[top].at, i, i})
		w.stack = w.stack[:top]
	default:
		w.flaws = append(w.flaws, flaw{unopened, -1, i, i})
	}
}
