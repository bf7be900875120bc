package python

import (
	"slices"
	"strings"

	"github.com/nsbox/nsbox/nsbox"
)

// edit replaces src[from:to] by text.
type edit struct {
	from, to int
	text     string
}

// apply returns src with edits applied, which must not overlap.
func apply(src string, edits []edit) string {
	edits = sorted(edits)
	var b strings.Builder
	at := 0
	for _, e := range edits {
		if e.from < at || e.to < e.from || e.to > len(src) {
			return src
		}
		b.WriteString(src[at:e.from])
		b.WriteString(e.text)
		at = e.to
	}
	b.WriteString(src[at:])
	return b.String()
}

func sorted(edits []edit) []edit {
	out := slices.Clone(edits)
	slices.SortStableFunc(out, func(a, b edit) int { return a.from - b.from })
	return out
}

// between returns the edits that turn before into after: one for each run of
// lines that differ, where as many lines are in both, else one for all.
func between(file, before, after string) []nsbox.Edit {
	a, b := strings.SplitAfter(before, "\n"), strings.SplitAfter(after, "\n")
	if len(a) != len(b) {
		return []nsbox.Edit{cut(file, 0, before, after)}
	}
	var out []nsbox.Edit
	at := 0
	for i := range a {
		if a[i] != b[i] {
			out = append(out, cut(file, at, a[i], b[i]))
		}
		at += len(a[i])
	}
	return out
}

// cut is one edit for what differs in before, which begins at base.
func cut(file string, base int, before, after string) nsbox.Edit {
	n := 0
	for n < len(before) && n < len(after) && before[n] == after[n] {
		n++
	}
	m := 0
	for m < len(before)-n && m < len(after)-n && before[len(before)-1-m] == after[len(after)-1-m] {
		m++
	}
	return nsbox.Edit{File: file, Start: base + n, End: base + len(before) - m, Text: after[n : len(after)-m]}
}
