package javascript

import (
	"slices"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/internal/source"
)

// change is one thing that may mend a source.
type change struct {
	rule, why string
	rank      nsbox.Rank
	edits     []edit
	// doubt orders changes that parse; 0 is the first. It is weighed where the
	// rule looked at what the change makes of its line.
	doubt   int
	weighed bool
}

// The bounds of one repair: how many errors it mends one after the other, how
// many changes it tries for each, and how much it parses in all.
const (
	maxFaults = 10
	maxTries  = 40
	maxParsed = 1 << 20
	maxFound  = 10
)

// repair mends a source that does not parse. Every change is parsed before it
// counts, so a proposal parses, whatever the rule that had the idea.
type repair struct {
	name   string
	parsed int
	// done are the rules and reasons so far.
	rules, whys []string
	rank        nsbox.Rank
}

// solution is a source that parses.
type solution struct {
	src, rule, why string
	rank           nsbox.Rank
	doubt          int
}

// mend returns sources that parse, the likeliest first; p is what the parser
// says of src.
func (r *repair) mend(src string, p parsed) []solution {
	for step := 0; step < maxFaults && !p.ok(); step++ {
		c := newCode(r.name, src)
		f := p.faults[0]
		found, next, nextParsed, via := r.try(c, f, ideas(c, f))
		if len(found) > 0 {
			return found
		}
		if via == nil {
			return nil
		}
		r.note(*via)
		src, p = next, nextParsed
	}
	return nil
}

func (r *repair) note(ch change) {
	r.rules, r.whys = append(r.rules, ch.rule), append(r.whys, ch.why)
	r.rank = max(r.rank, ch.rank)
}

// try parses what changes make of c. It returns those that parse as a whole, or
// the one that gets the parser furthest.
func (r *repair) try(c *code, f fault, changes []change) (found []solution, best string, bestParsed parsed, via *change) {
	furthest := f.at
	var ideas []*change       // of found
	tried := map[string]int{} // to the index in found, -1 where it does not parse
	for i := range changes {
		ch := &changes[i]
		if len(tried) == maxTries || r.parsed > maxParsed || len(found) == maxFound {
			break
		}
		out, ok := apply(c.src, ch.edits)
		if !ok || out == c.src {
			continue
		}
		if k, again := tried[out]; again { // two rules have the same idea
			if k >= 0 && (ch.weighed || ch.doubt < ideas[k].doubt && !ideas[k].weighed) {
				found[k].doubt += ch.doubt - ideas[k].doubt
				ideas[k] = ch
			}
			continue
		}
		tried[out] = -1
		r.parsed += len(out)
		p := parse(c.name, out)
		if p.ok() {
			tried[out] = len(found)
			found = append(found, r.solved(out, *ch))
			ideas = append(ideas, ch)
			continue
		}
		if at := p.faults[0].at - growth(ch.edits, p.faults[0].at); at > furthest && c.text.LineOf(min(at, len(c.src))) > c.text.LineOf(f.at) || at > furthest+20 {
			furthest, best, bestParsed, via = at, out, p, ch
		}
	}
	slices.SortStableFunc(found, func(a, b solution) int { return a.doubt - b.doubt })
	return found, best, bestParsed, via
}

// growth is how far edits move the text at offset.
func growth(edits []edit, offset int) int {
	n := 0
	for _, e := range edits {
		if e.start <= offset {
			n += e.shift()
		}
	}
	return n
}

func (r *repair) solved(src string, ch change) solution {
	s := solution{src: src, rule: ch.rule, why: ch.why, rank: max(r.rank, ch.rank), doubt: ch.doubt}
	for i := range r.rules {
		if i < 3 {
			s.why = r.whys[i] + "; " + s.why
		}
	}
	if len(r.rules) > 0 {
		s.rule = r.rules[0]
	}
	s.doubt += 50 * unresolved(newCode(r.name, src))
	return s
}

// ideas lists what may mend the fault f of c, the likeliest first.
func ideas(c *code, f fault) []change {
	e := c.at(f.at)
	var out []change
	out = append(out, messageIdeas(c, f, e)...)
	out = append(out, quoteIdeas(c, f, e)...)
	out = append(out, keywordIdeas(c, e)...)
	out = append(out, foreignIdeas(c, e)...)
	out = append(out, blockIdeas(c, f, e)...)
	out = append(out, closerIdeas(c, f, e)...)
	out = append(out, punctIdeas(c, f, e)...)
	return append(out, together(c, out)...)
}

// together pairs the first ideas with the brackets that the indentation asks for
// elsewhere: an error can hide behind another.
func together(c *code, ideas []change) []change {
	gaps, _ := layout(c)
	gaps = slices.DeleteFunc(gaps, func(g gap) bool { return hasOpen(c, c.line(g.open)) })
	if len(gaps) == 0 || len(gaps) > 4 {
		return nil
	}
	var edits []edit
	for k := 0; k < len(gaps); {
		n := k + 1
		for n < len(gaps) && gaps[n].before == gaps[k].before {
			n++
		}
		edits = append(edits, c.fill(gaps[k:n], "")...)
		k = n
	}
	var out []change
	for i, ch := range ideas {
		if i < 8 && ch.rule != "missing-bracket" {
			ch.edits = append(slices.Clone(edits), ch.edits...)
			ch.doubt += 2
			out = append(out, ch)
		}
	}
	return out
}

// syntax proposes fixes of a file that does not parse.
func syntax(file nsbox.File) []nsbox.Fix {
	src := string(file.Data)
	if len(src) > maxParsed/4 {
		return nil
	}
	r := &repair{name: file.Name}
	var out []nsbox.Fix
	for i, s := range r.mend(src, parse(file.Name, src)) {
		if i == 3 {
			break
		}
		out = append(out, nsbox.Fix{
			Rule: "javascript/" + s.rule, Explanation: s.why, Edits: between(file.Name, src, s.src), Rank: s.rank,
		})
	}
	return ordered(out)
}

// ordered keeps the order of fixes that are ranked by it: a later one has no
// better rank than those before.
func ordered(fixes []nsbox.Fix) []nsbox.Fix {
	for i := 1; i < len(fixes); i++ {
		fixes[i].Rank = max(fixes[i].Rank, fixes[i-1].Rank)
	}
	return fixes
}

// lineTokens returns the indexes of the first token of the line of token i, and
// of the one after its last.
func (c *code) lineTokens(i int) (from, to int) {
	if len(c.toks) == 0 {
		return 0, 0
	}
	i = min(max(i, 0), len(c.toks)-1)
	line := c.line(i)
	start, end := c.text.Bounds(line)
	return source.At(c.toks, start), min(source.At(c.toks, end), len(c.toks))
}
