// Package diff writes the difference of two texts as a unified diff.
package diff

import (
	"fmt"
	"strings"
)

// context is how many unchanged lines stand around a change.
const context = 3

// maxCells bounds the table of the comparison. Texts that differ in more lines
// than that allows are shown as replaced from the first difference to the last.
const maxCells = 4 << 20

// Unified returns the unified diff of a and b, "" where they are equal.
func Unified(aName, bName, a, b string) string {
	if a == b {
		return ""
	}
	x, y := split(a), split(b)
	ops := compare(x, y)
	var out strings.Builder
	fmt.Fprintf(&out, "--- %s\n+++ %s\n", aName, bName)
	for _, h := range hunks(ops) {
		write(&out, h, x, y)
	}
	return out.String()
}

// split cuts text into lines with their ends.
func split(text string) []string {
	lines := strings.SplitAfter(text, "\n")
	if lines[len(lines)-1] == "" {
		lines = lines[:len(lines)-1]
	}
	return lines
}

// op is one line of the comparison: ' ' in both, '-' in a, '+' in b. a and b
// are how many lines of each lie before it.
type op struct {
	kind byte
	a, b int
}

func compare(x, y []string) []op {
	var ops []op
	head := 0
	for head < len(x) && head < len(y) && x[head] == y[head] {
		ops = append(ops, op{' ', head, head})
		head++
	}
	tail := 0
	for tail < len(x)-head && tail < len(y)-head && x[len(x)-1-tail] == y[len(y)-1-tail] {
		tail++
	}
	ops = append(ops, middle(x[head:len(x)-tail], y[head:len(y)-tail], head)...)
	for i := tail; i > 0; i-- {
		ops = append(ops, op{' ', len(x) - i, len(y) - i})
	}
	return ops
}

// middle compares by the longest common subsequence.
func middle(x, y []string, offset int) []op {
	var ops []op
	i, j := 0, 0
	if len(x)*len(y) <= maxCells {
		width := len(y) + 1
		// common[i*width+j] is the length for x[i:] and y[j:].
		common := make([]int32, (len(x)+1)*width)
		for i := len(x) - 1; i >= 0; i-- {
			for j := len(y) - 1; j >= 0; j-- {
				if x[i] == y[j] {
					common[i*width+j] = common[(i+1)*width+j+1] + 1
				} else {
					common[i*width+j] = max(common[(i+1)*width+j], common[i*width+j+1])
				}
			}
		}
		for i < len(x) && j < len(y) {
			switch {
			case x[i] == y[j]:
				ops = append(ops, op{' ', offset + i, offset + j})
				i, j = i+1, j+1
			case common[(i+1)*width+j] >= common[i*width+j+1]:
				ops = append(ops, op{'-', offset + i, offset + j})
				i++
			default:
				ops = append(ops, op{'+', offset + i, offset + j})
				j++
			}
		}
	}
	for ; i < len(x); i++ {
		ops = append(ops, op{'-', offset + i, offset + j})
	}
	for ; j < len(y); j++ {
		ops = append(ops, op{'+', offset + len(x), offset + j})
	}
	return ops
}

// hunks cuts out the changes with their context.
func hunks(ops []op) [][]op {
	var out [][]op
	for i := 0; i < len(ops); {
		if ops[i].kind == ' ' {
			i++
			continue
		}
		start, last := max(0, i-context), i
		for j := i; j < len(ops) && j <= last+2*context+1; j++ {
			if ops[j].kind != ' ' {
				last = j
			}
		}
		end := min(len(ops), last+context+1)
		out = append(out, ops[start:end])
		i = end
	}
	return out
}

func write(out *strings.Builder, h []op, x, y []string) {
	var a, b int
	for _, o := range h {
		if o.kind != '+' {
			a++
		}
		if o.kind != '-' {
			b++
		}
	}
	fmt.Fprintf(out, "@@ -%s +%s @@\n", span(h[0].a, a), span(h[0].b, b))
	for _, o := range h {
		line := ""
		if o.kind == '+' {
			line = y[o.b]
		} else {
			line = x[o.a]
		}
		out.WriteByte(o.kind)
		out.WriteString(line)
		if !strings.HasSuffix(line, "\n") {
			out.WriteString("\n\\ No newline at end of file\n")
		}
	}
}

// span writes a range as diff does: the line before it where it is empty.
func span(before, n int) string {
	switch n {
	case 0:
		return fmt.Sprintf("%d,0", before)
	case 1:
		return fmt.Sprint(before + 1)
	}
	return fmt.Sprintf("%d,%d", before+1, n)
}
