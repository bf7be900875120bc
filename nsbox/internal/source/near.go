package source

import "strings"

// Distance counts the insertions, deletions, replacements and swaps of
// neighbours that turn a into b (optimal string alignment); case counts.
func Distance(a, b string) int {
	before := make([]int, len(b)+1)
	above := make([]int, len(b)+1)
	row := make([]int, len(b)+1)
	for j := range above {
		above[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(above[j]+1, row[j-1]+1, above[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, above, row = above, row, before
	}
	return above[len(b)]
}

// Near returns the candidates that word may be a slip of, the nearest first and
// in the candidates' order where they are equally near; each once. The first is
// a clear answer only where Clear says so.
//
// A candidate is near that differs in case or underscores alone, or by a
// distance of at most a quarter of the longer one's length rounded up, 2 for
// words of 4 to 8 letters at most; and words of up to 2 letters by case alone.
func Near(word string, candidates []string) []Match {
	var out []Match
	seen := map[string]bool{word: true}
	if word == "" || len(word) > 64 {
		return nil
	}
	for _, c := range candidates {
		if seen[c] || c == "" || len(c) > 64 {
			continue
		}
		seen[c] = true
		m := Match{Name: c}
		switch {
		case fold(word) == fold(c):
			m.Cost = 1
		default:
			d := Distance(word, c)
			if df := Distance(strings.ToLower(word), strings.ToLower(c)); df < d {
				d = df + 1
			}
			n := max(len(word), len(c))
			if min(len(word), len(c)) <= 2 || d > (n+3)/4 {
				continue
			}
			m.Cost = 2 * d
			if d == 1 && !slip(word, c) {
				m.Cost++
			}
		}
		at := len(out)
		for at > 0 && out[at-1].Cost > m.Cost {
			at--
		}
		out = append(out, Match{})
		copy(out[at+1:], out[at:])
		out[at] = m
	}
	return out
}

// slip reports whether one slip of the finger turns name into word: a letter
// left out, one struck twice, two neighbours in each other's place. Another
// letter in its place, or one too many, is less likely.
func slip(word, name string) bool {
	switch len(name) - len(word) {
	case 1, 0:
		// One left out; and of equal length at distance 1, a swap has the letters.
		return len(name) > len(word) || letters(word) == letters(name)
	case -1:
		for i := 1; i < len(word); i++ {
			if word[i] == word[i-1] && word[:i]+word[i+1:] == name {
				return true
			}
		}
	}
	return false
}

// letters is a sum in which the order does not count.
func letters(s string) (sum int) {
	for i := range len(s) {
		sum += int(s[i])*int(s[i])*int(s[i]) + int(s[i])
	}
	return sum
}

// fold leaves out what styles of naming differ in.
func fold(s string) string { return strings.ToLower(strings.ReplaceAll(s, "_", "")) }

// Match is a near name. A lower cost is nearer: 1 for case alone, 2 for each
// changed letter, one more where a single change is no usual slip.
type Match struct {
	Name string
	Cost int
}

// Clear returns the one name that is nearer than all others, or false where
// two are equally near or none is: then a guess would be as likely wrong.
func Clear(matches []Match) (string, bool) {
	if len(matches) == 0 || len(matches) > 1 && matches[0].Cost == matches[1].Cost {
		return "", false
	}
	return matches[0].Name, true
}
