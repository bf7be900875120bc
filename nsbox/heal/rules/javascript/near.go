package javascript

import (
	"strings"

	"github.com/nsbox/nsbox/nsbox/internal/source"
)

// slipOf returns the one name among candidates that word is a slip of.
//
// Words of two letters and less are near to too many others, but for those that
// have the same letters.
func slipOf(word string, candidates []string) (string, bool) {
	if to, ok := source.Clear(source.Near(word, candidates)); ok {
		return to, true
	}
	near := source.Near(word, candidates)
	if len(near) < 2 {
		return "", false
	}
	// Of names that are equally near, the one with the same letters in another
	// order is the likeliest, then the one that lacks a doubled letter.
	for _, likely := range []func(a, b string) bool{swapped, doubled} {
		found := ""
		for _, m := range near {
			if m.Cost == near[0].Cost && likely(word, m.Name) {
				if found != "" {
					return "", false
				}
				found = m.Name
			}
		}
		if found != "" {
			return found, true
		}
	}
	return "", false
}

// swapped reports whether two neighbours changed places between a and b.
func swapped(a, b string) bool {
	if len(a) != len(b) || a == b {
		return false
	}
	i := 0
	for a[i] == b[i] {
		i++
	}
	return i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:]
}

// doubled reports whether a is b with one letter twice.
func doubled(a, b string) bool {
	if len(a) != len(b)+1 {
		return false
	}
	for i := 1; i < len(a); i++ {
		if a[i] == a[i-1] && a[:i]+a[i+1:] == b {
			return true
		}
	}
	return false
}

// nearest is slipOf for candidates that are known to be all there is: there one
// changed letter is enough for short words, too.
func nearest(word string, candidates []string) (string, bool) {
	if to, ok := slipOf(word, candidates); ok {
		return to, true
	}
	if len(source.Near(word, candidates)) > 0 || len(word) < 2 || len(word) > 3 {
		return "", false
	}
	found := ""
	for _, c := range candidates {
		if len(c) >= 2 && c != word && source.Distance(strings.ToLower(word), strings.ToLower(c)) == 1 {
			if found != "" {
				return "", false
			}
			found = c
		}
	}
	return found, found != ""
}
