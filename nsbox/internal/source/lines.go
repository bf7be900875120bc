// Package source holds what analyzers and healers of all languages need to look
// at program text: places, tokens, brackets and near names. It parses nothing
// in full and never fails: programs that come here are broken.
package source

import (
	"sort"
	"strings"
	"unicode/utf8"
)

// Text is a file's text with an index of its lines.
type Text struct {
	Src    string
	starts []int // offset of each line's first byte
}

// NewText indexes src.
func NewText(src []byte) *Text {
	t := &Text{Src: string(src), starts: []int{0}}
	for i := 0; i < len(src); i++ {
		if src[i] == '\n' {
			t.starts = append(t.starts, i+1)
		}
	}
	return t
}

// Lines is the number of lines; a line feed at the end begins no further one.
func (t *Text) Lines() int {
	if n := len(t.starts); n > 1 && t.starts[n-1] == len(t.Src) {
		return n - 1
	}
	return len(t.starts)
}

// Bounds returns where line n, from 1, begins and ends, without its line feed
// or carriage return. Lines that are not there have the bounds of the nearest.
func (t *Text) Bounds(n int) (start, end int) {
	n = min(max(n, 1), len(t.starts))
	start, end = t.starts[n-1], len(t.Src)
	if n < len(t.starts) {
		end = t.starts[n] - 1
	}
	if end > start && t.Src[end-1] == '\r' {
		end--
	}
	return start, end
}

// Line returns line n, from 1, without its end; "" where it is not there.
func (t *Text) Line(n int) string {
	if n < 1 || n > len(t.starts) {
		return ""
	}
	start, end := t.Bounds(n)
	return t.Src[start:end]
}

// Next returns where the line after n begins; the text's end for the last.
func (t *Text) Next(n int) int {
	if n < 1 {
		return 0
	}
	if n >= len(t.starts) {
		return len(t.Src)
	}
	return t.starts[n]
}

// LineOf returns the line, from 1, in which offset lies.
func (t *Text) LineOf(offset int) int {
	return sort.Search(len(t.starts), func(i int) bool { return t.starts[i] > offset })
}

// Place returns the line and the column, in characters and from 1, of offset.
func (t *Text) Place(offset int) (line, column int) {
	offset = min(max(offset, 0), len(t.Src))
	line = t.LineOf(offset)
	return line, utf8.RuneCountInString(t.Src[t.starts[line-1]:offset]) + 1
}

// Offset returns the offset of a place given in characters, from 1. A column
// past the line's end is its end; a line that is not there has no offset.
func (t *Text) Offset(line, column int) (offset int, ok bool) {
	if line < 1 || line > len(t.starts) {
		return 0, false
	}
	start, end := t.Bounds(line)
	for ; column > 1 && start < end; column-- {
		_, n := utf8.DecodeRuneInString(t.Src[start:end])
		start += n
	}
	return start, true
}

// OffsetBytes is Offset for a column that counts bytes, as gcc and go count.
func (t *Text) OffsetBytes(line, column int) (offset int, ok bool) {
	if line < 1 || line > len(t.starts) {
		return 0, false
	}
	start, end := t.Bounds(line)
	return min(start+max(column-1, 0), end), true
}

// Indent returns the blanks that line n begins with.
func (t *Text) Indent(n int) string { return Indent(t.Line(n)) }

// Indent returns the blanks that line begins with.
func Indent(line string) string { return line[:len(line)-len(strings.TrimLeft(line, " \t"))] }

// Width is the width of the indentation of a line, a tab reaching to the next
// multiple of tab.
func Width(line string, tab int) int {
	w := 0
	for _, c := range Indent(line) {
		if c == '\t' {
			w += tab - w%tab
		} else {
			w++
		}
	}
	return w
}

// Blank reports whether line n has nothing but blanks.
func (t *Text) Blank(n int) bool { return strings.TrimSpace(t.Line(n)) == "" }
