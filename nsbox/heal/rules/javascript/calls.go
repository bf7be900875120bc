package javascript

import (
	"strings"

	"github.com/nsbox/nsbox/nsbox/internal/source"
)

// atMost is how many arguments functions of the global object take.
var atMost = map[string]int{
	"parseInt": 2, "parseFloat": 1, "String": 1, "Number": 1, "Boolean": 1, "isNaN": 1, "isFinite": 1, "Set": 1, "Map": 1,
	"Error": 2, "TypeError": 2, "RangeError": 2, "require": 1, "BigInt": 1, "Promise": 1, "Symbol": 1, "WeakMap": 1, "structuredClone": 2,
}

// numeric are methods that take numbers: no text is joined in their arguments.
var numeric = set("toFixed toPrecision charAt charCodeAt at repeat slice substring substr fill")

// implausible is how unlikely the calls of the tokens from from up to to are:
// too many arguments, methods that their receivers do not have, text where a
// number belongs. It tells apart places where a bracket may have been.
func implausible(c *code, from, to int) int {
	s := newScopes(c)
	t := &types{scopes: s}
	n := 0
	for i := max(from, 1); i < to && i < len(c.toks); i++ {
		if c.is(i, "(") && c.pair[i] > i && (c.ident(i-1) || c.member(i-1)) && !s.isFunctionHead(i) {
			n += t.callDoubt(i)
		}
	}
	return n
}

// isFunctionHead reports whether the bracket at open holds parameters.
func (s *scopes) isFunctionHead(open int) bool {
	for _, f := range s.functions {
		if f.open == open {
			return true
		}
	}
	return false
}

// arguments counts the arguments of the call at open; known is false where one
// is spread.
func (c *code) arguments(open int) (n int, known bool) {
	end := c.closing(open)
	if end == open+1 {
		return 0, true
	}
	n = 1
	for i := open + 1; i < end; i++ {
		if c.outer[i] != open {
			continue
		}
		if c.is(i, "...") {
			return 0, false
		}
		if c.is(i, ",") && i+1 < end {
			n++
		}
	}
	return n, true
}

func (t *types) callDoubt(open int) int {
	c := t.c
	n, known := c.arguments(open)
	word := c.toks[open-1].Text
	doubt := t.joined(open, word)
	if !known {
		return doubt
	}
	if c.member(open - 1) {
		return doubt + t.methodDoubt(open, word, n)
	}
	if most, ok := atMost[word]; ok && n > most {
		return doubt + 10
	}
	if len(t.visible(word, open-1)) > 0 {
		return doubt + t.ownDoubt(word, n)
	}
	return doubt
}

// ownDoubt compares a call with the parameters of the program's functions of
// that name.
func (t *types) ownDoubt(name string, n int) int {
	worst := 0
	for k := range t.classes {
		if at, ok := t.classes[k].members["constructor"]; ok && t.classes[k].name == name {
			for _, f := range t.functions {
				if least, most := t.parameters(f); f.open == at+1 && (n < least || most >= 0 && n > most) {
					return 6
				}
			}
		}
	}
	for _, f := range t.functions {
		if f.name != name && !(t.c.is(f.head-1, "=") && t.c.word(f.head-2) && t.c.toks[f.head-2].Text == name) {
			continue
		}
		least, most := t.parameters(f)
		if n < least || most >= 0 && n > most {
			worst = 6
			continue
		}
		return 0
	}
	return worst
}

// parameters is how many arguments a function takes; most is -1 where it takes
// any number.
func (t *types) parameters(f function) (least, most int) {
	c := t.c
	if f.open < 0 {
		return 1, 1
	}
	end := c.closing(f.open)
	begin := true
	for i := f.open + 1; i < end; i++ {
		if c.outer[i] != f.open {
			continue
		}
		switch {
		case c.is(i, ","):
			begin = true
		case c.is(i, "..."):
			return least, -1
		case c.is(i, "=", "?"):
			least--
		case begin:
			least++
			most++
			begin = false
		}
	}
	return max(least, 0), most
}

func (t *types) methodDoubt(open int, name string, n int) int {
	if m, ok := t.static(open - 1); ok {
		return tooMany(n, m.max)
	}
	if key := t.staticKey(open - 3); key != "" {
		return 10
	}
	if t.pointless(open, name) {
		return 5
	}
	own := t.defines(name)
	if kind := t.before(open - 3); kind != "" {
		if m, ok := lookup(kind, name); ok {
			return tooMany(n, m.max)
		}
		if own {
			return t.ownDoubt(name, n)
		}
		if _, ok := lookup("Object", name); !ok {
			return 10
		}
		return 0
	}
	if own {
		return t.ownDoubt(name, n)
	}
	most := -1
	for _, m := range anywhere(name) {
		if m.max < 0 {
			return 0
		}
		most = max(most, m.max)
	}
	return tooMany(n, most)
}

// pointless reports whether a method is called on what console.log returns, or
// takes a part of a literal.
func (t *types) pointless(open int, name string) bool {
	c := t.c
	i := open - 3
	if c.is(i, ")") && c.pair[i] > 2 && t.staticKey(c.pair[i]-3) == "console." {
		return true
	}
	literal := i >= 0 && c.toks[i].Kind == source.String && strings.ContainsAny(c.toks[i].Text[:1], `"'`)
	return literal && set1(name, "slice", "trim", "toUpperCase", "toLowerCase", "toString", "substring", "at", "charAt", "replace", "toFixed")
}

func tooMany(n, most int) int {
	if most >= 0 && n > most {
		return 10
	}
	return 0
}

// joined weighs text that is joined, and comparisons, in the arguments of a
// function that takes something else.
func (t *types) joined(open int, name string) int {
	c := t.c
	key := ""
	if c.member(open - 1) {
		key = t.staticKey(open - 3)
	}
	math := key == "Math." || numeric[name] && c.member(open-1)
	printing := key == "console." || set1(name, "push", "Error", "log", "write", "join", "includes", "append", "String", "add", "resolve", "reject")
	doubt := 0
	for i := open + 1; i < c.closing(open); i++ {
		if c.outer[i] != open {
			continue
		}
		text := c.toks[i].Kind == source.String && c.toks[i].Text[0] != '/'
		switch {
		case text && math:
			doubt += 10
		case text && !printing && (c.is(i-1, "+") || c.is(i+1, "+") && i-1 > open):
			doubt += 3
		case !printing && c.is(i, "===", "!==", "&&", "||", "<", ">", "<=", ">=", "?") && !t.hasArrow(open):
			doubt += 2
		}
	}
	return doubt
}

// hasArrow reports whether an argument of the call at open is a function.
func (t *types) hasArrow(open int) bool {
	for _, f := range t.functions {
		if f.head > open && f.head < t.c.closing(open) {
			return true
		}
	}
	return false
}
