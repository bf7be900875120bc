package cfamily

import (
	"strings"

	"github.com/nsbox/nsbox/nsbox/internal/source"
)

// format weighs how many arguments follow a format.
func (j *judge) format(open, end int, g group, at int) {
	k := open + 1
	for skip := at; skip > 0 && k < end; k++ {
		if p := j.pair[k]; p > k {
			k = p
		} else if j.is(k, ",") {
			skip--
		}
	}
	if j.tok(k).Kind != source.String {
		return
	}
	text := ""
	for ; k < end && j.toks[k].Kind == source.String; k++ {
		text += j.toks[k].Text
	}
	if j.tok(k).Kind == source.Word {
		return // a macro of inttypes.h
	}
	if countSpecs(text) != g.args-at-1 {
		j.cost += wrongCount
	}
}

// countSpecs counts the arguments that a format takes.
func countSpecs(s string) int {
	n := 0
	for i := 0; i < len(s); i++ {
		if s[i] != '%' {
			continue
		}
		if i+1 < len(s) && s[i+1] == '%' {
			i++
			continue
		}
		n++
		for i++; i < len(s) && strings.IndexByte("-+ #0123456789.*lhzjtLq", s[i]) >= 0; i++ {
			if s[i] == '*' {
				n++
			}
		}
	}
	return n
}
