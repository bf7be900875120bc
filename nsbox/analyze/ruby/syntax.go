package ruby

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/nsbox/nsbox/nsbox"
	rules "github.com/nsbox/nsbox/nsbox/heal/rules/ruby"
)

// syntax finds what the parser objects to: "path:3: syntax error, ...", with the
// source line and a marker below it, and the listing that newer versions print.
func syntax(text string, files []nsbox.File) []nsbox.Diagnosis {
	lines := strings.Split(text, "\n")
	var out []nsbox.Diagnosis
	for i, line := range lines {
		p, rest, ok := placeOf(line)
		if !ok || len(out) >= maxFound {
			continue
		}
		if in, found := strings.CutPrefix(rest, "in "); found { // require of a broken file
			if _, message, ok := strings.Cut(in, "': "); ok {
				if q, r, ok := placeOf(message); ok {
					p, rest = q, r
				}
			}
		}
		name, ok := own(p.path, files)
		rest, spaced := strings.CutPrefix(rest, " ")
		if !ok || !spaced || strings.HasPrefix(rest, "warning:") || !ofParser(rest) {
			continue
		}
		d := nsbox.Diagnosis{Type: "SyntaxError", Phase: nsbox.PhaseParse, File: name, Line: p.line}
		d.Message = strings.TrimSuffix(strings.TrimSpace(rest), " (SyntaxError)")
		if listed := listing(lines[i+1:], d); len(listed) > 0 {
			out = append(out, listed...)
			continue
		}
		d.Column = caret(lines, i, d, files)
		d.StackTrace = line
		if i+2 < len(lines) && marker(lines[i+2]) {
			d.StackTrace += "\n" + lines[i+1] + "\n" + lines[i+2]
		}
		out = append(out, d)
	}
	return out
}

// cause moves the first error from where the parser noticed it, which is often
// the program's end, to where the program is broken, if that can be told.
func cause(found []nsbox.Diagnosis, files []nsbox.File) {
	if len(found) == 0 || found[0].Phase != nsbox.PhaseParse {
		return
	}
	d := &found[0]
	for _, f := range files {
		if f.Name != d.File {
			continue
		}
		line, column, ok := rules.Cause(f, *d)
		if !ok || line == d.Line {
			return
		}
		hint := "the parser noticed it at line " + strconv.Itoa(d.Line)
		if d.Hint != "" {
			hint += "; " + d.Hint
		}
		d.Line, d.Column, d.Hint = line, column, hint
	}
}

// parserWords begin what the parser says beside "syntax error".
var parserWords = []string{
	"syntax error", "unterminated ", "class/module name must be", "Invalid ", "invalid ", "dynamic constant assignment",
	"formal argument cannot be", "duplicated ", "embedded document meets", "can't find string", "Can't ", "can't ",
	"numeric literal", "no .<digit>", "unknown type of %string", "void value expression", "unknown regexp option",
	"argument ", "both block arg", "block argument", "unexpected ", "class definition in", "module definition in",
	"`", "'", "trailing ", "circular argument", "end pattern with unmatched", "premature end of", "target of repeat",
	"empty symbol literal", "else without rescue", "unmatched ", "numbered parameter", "ordinary parameter", "_1 is", "too ",
	"cannot ", "identifier ", "no anonymous", "wrong ", "heredoc", "syntax errors found", "syntax error found", "Unmatched", "undefined (?", "char-class",
}

// ofParser reports whether message is one of the parser's.
func ofParser(message string) bool {
	for _, w := range parserWords {
		if strings.HasPrefix(message, w) {
			return true
		}
	}
	return strings.HasSuffix(message, "(SyntaxError)")
}

// caret returns the column of the marker below message i, 0 where it has none.
// A long source line is printed in part, with three points for what was cut.
func caret(lines []string, i int, d nsbox.Diagnosis, files []nsbox.File) int {
	if i+2 >= len(lines) || !marker(lines[i+2]) {
		return 0
	}
	column := columnOf(lines[i+2])
	shown, cut := strings.CutPrefix(lines[i+1], "...")
	if !cut {
		return column
	}
	src := textOf(files, d.File)
	if src == nil {
		return 0
	}
	full := src.Line(d.Line)
	at := strings.Index(full, strings.TrimSuffix(shown, "..."))
	if at < 0 {
		return 0
	}
	return utf8.RuneCountInString(full[:at]) + column - len("...")
}

// listing reads the form of Ruby 3.4:
//
//	> 2 |   if x
//	    |     ^ unexpected end-of-input
func listing(lines []string, d nsbox.Diagnosis) []nsbox.Diagnosis {
	var out []nsbox.Diagnosis
	at := 0
	for _, line := range lines {
		left, right, ok := strings.Cut(line, "|")
		if !ok {
			if strings.Contains(line, "~~~~~") {
				continue
			}
			break
		}
		left = strings.TrimSpace(strings.TrimPrefix(left, ">"))
		if n, err := strconv.Atoi(left); err == nil {
			at = n
			continue
		}
		marks := strings.TrimLeft(right, " ")
		if left != "" || at == 0 || !strings.HasPrefix(marks, "^") {
			continue
		}
		found := d
		found.Line, found.Column = at, len(right)-len(marks)
		found.Message = strings.TrimSpace(strings.TrimLeft(marks, "^~"))
		out = append(out, found)
	}
	return out
}

// indentation adds to errors about a missing end what -w says of blocks whose
// end stands elsewhere than their beginning.
func indentation(check string, found []nsbox.Diagnosis) {
	if len(found) == 0 || found[0].Hint != "" {
		return
	}
	for _, line := range strings.Split(check, "\n") {
		p, rest, ok := placeOf(line)
		if w, is := strings.CutPrefix(rest, " warning: mismatched indentations at "); ok && is {
			found[0].Hint = "line " + strconv.Itoa(p.line) + ": " + w + " is indented otherwise"
			return
		}
	}
}
