package ruby

import (
	"slices"
	"strings"

	"github.com/nsbox/nsbox/nsbox/internal/source"
)

// choice is a name that may have been meant.
type choice struct {
	name string
	own  bool // the program's, not Ruby's
	fits bool // its arguments are as many as are given
	// weight decides between names that are equally near.
	weight int
	cost   int
}

// choices collects names, the first mention of each.
type choices struct {
	list []choice
	seen map[string]int
}

func (c *choices) add(name string, own, fits bool, weight int) {
	if c.seen == nil {
		c.seen = map[string]int{}
	}
	if k, ok := c.seen[name]; ok {
		c.list[k].weight = max(c.list[k].weight, weight)
		return
	}
	c.seen[name] = len(c.list)
	c.list = append(c.list, choice{name: name, own: own, fits: fits, weight: weight})
}

// accepts reports whether a method of that arity, as Ruby counts it, takes args.
func accepts(arity, args int) bool {
	if args < 0 || arity == -1 {
		return true
	}
	if arity >= 0 {
		return arity == args
	}
	return args >= -arity-1
}

// nearest returns the names that word may be a slip of, the best first.
//
// Ruby's own names are many, so a short word must be nearer to one of them than
// to one of the program's.
func (c *choices) nearest(word string) []choice {
	names := make([]string, len(c.list))
	for i, x := range c.list {
		names[i] = x.name
	}
	var out []choice
	for _, m := range source.Near(word, names) {
		x := c.list[c.seen[m.Name]]
		x.cost = m.Cost
		if !x.own && tooFar(word, m) {
			continue
		}
		out = append(out, x)
	}
	for _, x := range c.list { // "empty" for "empty?", "eac" for "each": also for short ones
		if (x.name == word+"?" || x.name == word+"!") && !slices.ContainsFunc(out, func(o choice) bool { return o.name == x.name }) {
			x.cost = 2
			out = append(out, x)
		}
	}
	slices.SortStableFunc(out, func(a, b choice) int {
		if d := a.rank() - b.rank(); d != 0 {
			return d
		}
		return b.weight - a.weight
	})
	return out
}

func tooFar(word string, m source.Match) bool {
	n := len(word)
	switch {
	case n <= 5:
		return m.Cost > 3
	case n <= 8:
		return m.Cost > 4
	}
	return m.Cost > 6
}

// rank is the cost, worse for what can't take the arguments.
func (x choice) rank() int {
	if x.fits {
		return x.cost
	}
	return x.cost + 3
}

// clear returns the one best name, or false where another is as good.
func clear(found []choice) (choice, bool) {
	if len(found) == 0 {
		return choice{}, false
	}
	if len(found) > 1 && found[0].rank() == found[1].rank() {
		a, b := found[0].weight, found[1].weight
		if a == b || a-b < 20 && !(a > 0 && b == 0) {
			return choice{}, false
		}
	}
	return found[0], true
}

// weigh is a name's weight among Ruby's own: how popular it is, and whether Ruby
// itself proposes it.
func weigh(name string, hints []string) int {
	w := popular()[name]
	if slices.Contains(hints, name) {
		w += 30
	}
	return w
}

// hintWeight is the weight of the program's own names, whose popularity
// elsewhere says nothing.
func hintWeight(name string, hints []string) int {
	if slices.Contains(hints, name) {
		return 30
	}
	return 0
}

// hinted are the names that Ruby proposed.
func hinted(hint string) []string {
	_, list, ok := strings.Cut(hint, "Did you mean? ")
	if !ok {
		return nil
	}
	var out []string
	for _, n := range strings.Split(list, ",") {
		if n = strings.TrimSpace(n); n != "" {
			out = append(out, n)
		}
	}
	return out
}
