package javascript

import (
	"slices"
	"strings"

	"github.com/nsbox/nsbox/nsbox"
)

// edit replaces the bytes from start up to end by text.
type edit struct {
	start, end int
	text       string
}

func insert(at int, text string) edit   { return edit{at, at, text} }
func replace(t token, text string) edit { return edit{t.Start, t.End, text} }
func remove(start, end int) edit        { return edit{start, end, ""} }
func wrap(t, u int, a, b string) []edit { return []edit{insert(t, a), insert(u, b)} }
func one(e ...edit) []edit              { return e }
func sortEdits(edits []edit) {
	slices.SortStableFunc(edits, func(a, b edit) int { return a.start - b.start })
}
func (e edit) moved(by int) edit { return edit{e.start + by, e.end + by, e.text} }
func (e edit) shift() int        { return len(e.text) - (e.end - e.start) }

// apply returns src with edits, which must not overlap; false where they do.
func apply(src string, edits []edit) (string, bool) {
	sorted := slices.Clone(edits)
	sortEdits(sorted)
	var b strings.Builder
	at := 0
	for _, e := range sorted {
		if e.start < at || e.end < e.start || e.end > len(src) {
			return "", false
		}
		b.WriteString(src[at:e.start])
		b.WriteString(e.text)
		at = e.end
	}
	b.WriteString(src[at:])
	return b.String(), true
}

// between returns edits that turn a into b: one for each run of lines that
// differ, found from both ends and by lines that are alike.
func between(name, a, b string) []nsbox.Edit {
	la, lb := strings.SplitAfter(a, "\n"), strings.SplitAfter(b, "\n")
	var out []nsbox.Edit
	i, j, at := 0, 0, 0
	for i < len(la) || j < len(lb) {
		if i < len(la) && j < len(lb) && la[i] == lb[j] {
			at += len(la[i])
			i, j = i+1, j+1
			continue
		}
		di, dj := resync(la[i:], lb[j:])
		from, to := strings.Join(la[i:i+di], ""), strings.Join(lb[j:j+dj], "")
		out = append(out, trimmed(name, at, from, to))
		at += len(from)
		i, j = i+di, j+dj
	}
	return out
}

// resync finds the least number of lines to skip on both sides until they are
// alike again.
func resync(a, b []string) (int, int) {
	for sum := 1; sum <= len(a)+len(b) && sum < 200; sum++ {
		for i := max(0, sum-len(b)); i <= min(sum, len(a)); i++ {
			j := sum - i
			if i < len(a) && j < len(b) && a[i] == b[j] && (strings.TrimSpace(a[i]) != "" || i == j) {
				return i, j
			}
		}
	}
	return len(a), len(b)
}

// trimmed is the edit from one text to another without what they share at both
// ends.
func trimmed(name string, at int, from, to string) nsbox.Edit {
	p := 0
	for p < len(from) && p < len(to) && from[p] == to[p] {
		p++
	}
	s := 0
	for s < len(from)-p && s < len(to)-p && from[len(from)-1-s] == to[len(to)-1-s] {
		s++
	}
	return nsbox.Edit{File: name, Start: at + p, End: at + len(from) - s, Text: to[p : len(to)-s]}
}
