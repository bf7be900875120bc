package syntax

import (
	"fmt"
	"strings"

	"github.com/nsbox/nsbox/nsbox/internal/source"
)

type kind uint8

const (
	tName kind = iota
	tNumber
	tString
	tOp
	tNewline
	tIndent
	tDedent
	tEOF
	tErr // what follows can't be cut into tokens; text says why
)

type token struct {
	kind       kind
	start, end int
	text       string
}

// layout makes the parser's tokens of src[from:to]: without comments and blank
// lines, with the ends of logical lines and the steps of indentation. It stops at
// the first thing that no program may have.
type layout struct {
	src     string
	from    int
	raw     []source.Token
	out     []token
	indents []indent
	open    []source.Token
}

// indent is the width of an indentation with tabs of 8, and of 1.
type indent struct{ wide, narrow int }

func lay(src string, from, to int) []token {
	l := &layout{src: src, from: from, raw: Lex(src[from:to]), indents: []indent{{}}}
	l.run()
	return l.out
}

func (l *layout) add(k kind, t source.Token) {
	l.out = append(l.out, token{k, t.Start + l.from, t.End + l.from, t.Text})
}

// fail ends the tokens with an error at t.
func (l *layout) fail(t source.Token, format string, args ...any) {
	t.Text = fmt.Sprintf(format, args...)
	l.add(tErr, t)
}

func (l *layout) run() {
	fresh := true // at the beginning of a logical line
	for i := 0; i < len(l.raw); i++ {
		t := l.raw[i]
		switch {
		case t.Kind == source.Comment:
			continue
		case t.Kind == source.Newline:
			if !fresh && len(l.open) == 0 {
				l.add(tNewline, t)
				fresh = true
			}
			continue
		case t.Kind == source.Punct && t.Text == "\\":
			if i+1 < len(l.raw) && l.raw[i+1].Kind == source.Newline {
				i++
				continue
			}
			l.fail(t, "unexpected character after line continuation character")
			return
		}
		if fresh {
			if !l.indent(t) {
				return
			}
			fresh = false
		}
		if !l.one(t) {
			return
		}
	}
	end := source.Token{Start: len(l.src) - l.from, End: len(l.src) - l.from}
	if n := len(l.raw); n > 0 {
		end.Start, end.End = l.raw[n-1].End, l.raw[n-1].End
	}
	if len(l.open) > 0 {
		l.fail(end, "'%s' was never closed", l.open[len(l.open)-1].Text)
		return
	}
	if !fresh {
		l.add(tNewline, end)
	}
	for range l.indents[1:] {
		l.add(tDedent, end)
	}
	l.add(tEOF, end)
}

// indent compares the indentation before t, the first token of a line.
func (l *layout) indent(t source.Token) bool {
	at := t.Start + l.from
	line := l.src[strings.LastIndexByte(l.src[:at], '\n')+1 : at]
	now := indent{source.Width(line, 8), len(source.Indent(line))}
	top := l.indents[len(l.indents)-1]
	if (now.wide < top.wide) != (now.narrow < top.narrow) || (now.wide > top.wide) != (now.narrow > top.narrow) {
		l.fail(t, "inconsistent use of tabs and spaces in indentation")
		return false
	}
	if now.wide > top.wide {
		l.indents = append(l.indents, now)
		l.add(tIndent, t)
		return true
	}
	for now.wide < l.indents[len(l.indents)-1].wide {
		l.indents = l.indents[:len(l.indents)-1]
		l.add(tDedent, t)
	}
	if l.indents[len(l.indents)-1] != now {
		l.fail(t, "unindent does not match any outer indentation level")
		return false
	}
	return true
}

// one adds a token of a line.
func (l *layout) one(t source.Token) bool {
	switch t.Kind {
	case source.Word:
		l.add(tName, t)
	case source.Number:
		if !validNumber(t.Text) {
			l.fail(t, "invalid decimal literal")
			return false
		}
		l.add(tNumber, t)
	case source.String:
		if t.Open {
			l.fail(t, "unterminated string literal")
			return false
		}
		l.add(tString, t)
	default:
		return l.op(t)
	}
	return true
}

func (l *layout) op(t source.Token) bool {
	switch t.Text {
	case "(", "[", "{":
		l.open = append(l.open, t)
	case ")", "]", "}":
		if len(l.open) == 0 {
			l.fail(t, "unmatched '%s'", t.Text)
			return false
		}
		o := l.open[len(l.open)-1]
		if source.Closer(o.Text) != t.Text {
			l.fail(t, "closing parenthesis '%s' does not match opening parenthesis '%s'", t.Text, o.Text)
			return false
		}
		l.open = l.open[:len(l.open)-1]
	default:
		if len(t.Text) == 1 && !strings.Contains("+-*/%@&|^~<>=.,:;", t.Text) || t.Text[0] >= 0x80 {
			l.fail(t, "invalid character '%s'", t.Text)
			return false
		}
	}
	l.add(tOp, t)
	return true
}
