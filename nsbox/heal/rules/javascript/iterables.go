package javascript

import (
	"strconv"
	"strings"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/internal/source"
)

// notIterable is for a loop over, or a spread of, what has no elements.
func notIterable(f *failure, _ []string) {
	c := f.c
	of := f.near(func(i int) bool { return c.is(i, "of") && c.outer[i] >= 0 && c.is(c.outer[i], "(") })
	if of < 0 {
		if i := f.near(func(i int) bool { return c.is(i, "...") && c.startsValue(i+1) }); i >= 0 {
			f.absent(f.s.expressionEnd(i+1) - 1)
		}
		if len(f.fixes) == 0 {
			if i := f.near(func(i int) bool { return c.is(i, "=") && c.is(i-1, "]") }); i >= 0 {
				f.absent(f.s.expressionEnd(i+1) - 1)
			}
		}
		return
	}
	open := c.outer[of]
	end := c.closing(open)
	if end >= len(c.toks) || end == of+1 {
		return
	}
	last := end - 1
	from, to := c.toks[of+1].Start, c.toks[last].End
	text := c.src[from:to]
	if pair := c.is(of-1, "]"); pair && f.t.before(last) == "Object" {
		f.propose(nsbox.RankLocal, "not-iterable", "the entries of an object are Object.entries of it", edit{from, to, "Object.entries(" + text + ")"})
		return
	}
	if c.is(last, ")") || c.ident(last) {
		f.awaitFor(last)
	}
	if len(f.fixes) == 0 {
		f.absent(last)
	}
}

// noObject is for Object.keys and its like of what is not there.
func noObject(f *failure, _ []string) {
	c := f.c
	i := f.near(func(i int) bool { return c.member(i) && c.is(i-2, "Object") && c.is(i+1, "(") && c.pair[i+1] > 0 })
	if i >= 0 {
		f.absent(c.pair[i+1] - 1)
	}
}

// mixedBigInt makes the numbers of the line that stand beside a BigInt BigInts.
func mixedBigInt(f *failure, _ []string) {
	c := f.c
	from, to := c.lineTokens(f.at)
	var edits []edit
	for i := from; i < to; i++ {
		if c.toks[i].Kind != source.Number || strings.HasSuffix(c.toks[i].Text, "n") || !(c.is(i-1, operators...) || c.is(i+1, operators...)) {
			continue
		}
		if _, err := strconv.ParseUint(c.toks[i].Text, 10, 63); err == nil {
			edits = append(edits, insert(c.toks[i].End, "n"))
		}
	}
	f.propose(nsbox.RankLocal, "mixed-bigint", "a BigInt is computed with BigInts", edits...)
}

var operators = []string{"+", "-", "*", "/", "%", "**", "+=", "-=", "*=", "/=", "%="}
