package javascript

import (
	"strings"

	"github.com/nsbox/nsbox/nsbox"
)

// An idiom is the name that a method has in other languages, or on another type.
type idiomOf struct {
	kinds string // the types on which it is another
	to    string
}

// idioms are tried where no near name is clear. A type's name must fit what the
// receiver evidently is; "" stands for a receiver of which nothing is known.
var idioms = map[string][]idiomOf{
	"append": {{"Array", "push"}, {"", "push"}}, "add": {{"Array", "push"}, {"Map", "set"}}, "addLast": {{"Array", "push"}}, "push_back": {{"Array", "push"}},
	"push": {{"Set", "add"}}, "put": {{"Map", "set"}}, "insert": {{"Set", "add"}}, "extend": {},
	"contains": {{"Array String", "includes"}, {"Map Set", "has"}, {"", "includes"}}, "containsKey": {{"Map", "has"}, {"", "has"}}, "has": {{"Array String", "includes"}},
	"includes": {{"Map Set", "has"}}, "include": {{"Array String", "includes"}, {"Set Map", "has"}, {"", "includes"}},
	"upper": {{"String", "toUpperCase"}, {"", "toUpperCase"}}, "lower": {{"String", "toLowerCase"}, {"", "toLowerCase"}},
	"toUpper": {{"String", "toUpperCase"}, {"", "toUpperCase"}}, "toLower": {{"String", "toLowerCase"}, {"", "toLowerCase"}},
	"upcase": {{"String", "toUpperCase"}, {"", "toUpperCase"}}, "downcase": {{"String", "toLowerCase"}, {"", "toLowerCase"}},
	"uppercase": {{"String", "toUpperCase"}, {"", "toUpperCase"}}, "lowercase": {{"String", "toLowerCase"}, {"", "toLowerCase"}},
	"strip": {{"String", "trim"}, {"", "trim"}}, "lstrip": {{"String", "trimStart"}, {"", "trimStart"}}, "rstrip": {{"String", "trimEnd"}, {"", "trimEnd"}},
	"each": {{"Array Map Set", "forEach"}, {"", "forEach"}}, "foreach": {{"Array Map Set", "forEach"}, {"", "forEach"}},
	"select": {{"Array", "filter"}, {"", "filter"}}, "collect": {{"Array", "map"}, {"", "map"}}, "inject": {{"Array", "reduce"}}, "fold": {{"Array", "reduce"}},
	"any": {{"Array", "some"}, {"", "some"}}, "all": {{"Array", "every"}, {"", "every"}}, "detect": {{"Array", "find"}},
	"startsWith": {}, "startswith": {{"String", "startsWith"}, {"", "startsWith"}}, "endswith": {{"String", "endsWith"}, {"", "endsWith"}},
	"start_with": {{"String", "startsWith"}}, "end_with": {{"String", "endsWith"}}, "index": {{"Array String", "indexOf"}, {"", "indexOf"}},
	"remove": {{"Map Set", "delete"}}, "ljust": {{"String", "padEnd"}}, "rjust": {{"String", "padStart"}}, "padLeft": {{"String", "padStart"}, {"", "padStart"}},
	"padRight": {{"String", "padEnd"}, {"", "padEnd"}}, "gsub": {{"String", "replaceAll"}}, "to_s": {{"", "toString"}}, "toStr": {{"", "toString"}},
	"println": {}, "items": {{"Map", "entries"}}, "flatten": {{"Array", "flat"}, {"", "flat"}}, "isEmpty": {},
	"substr": {}, "sub": {{"String", "replace"}},
}

// idiom is for a method by the name that it has elsewhere.
func idiom(f *failure, i int) {
	c := f.c
	if !c.member(i) || f.s.defines(c.toks[i].Text) {
		return
	}
	word := c.toks[i].Text
	base := c.toks[i-2].Text
	if base == "console" && !c.member(i-2) && set1(word, "print", "println", "writeline", "writeLine", "WriteLine", "puts", "echo", "write", "printf", "out") {
		f.propose(nsbox.RankLocal, "foreign-method", "console."+word+" is written console.log", replace(c.toks[i], "log"))
		return
	}
	kind := f.t.before(i - 2)
	for _, o := range idioms[word] {
		if o.kinds == "" && kind == "" || kind != "" && set1(kind, strings.Fields(o.kinds)...) {
			f.propose(nsbox.RankLocal, "foreign-method", word+" is written "+o.to, f.members(word, o.to, i)...)
			return
		}
	}
	if set1(word, "len", "count", "size", "length") && c.is(i+1, "(") && c.is(i+2, ")") && kind != "" && !strings.HasPrefix(kind, "class ") {
		property := "length"
		if kind == "Map" || kind == "Set" {
			property = "size"
		}
		f.propose(nsbox.RankLocal, "property-called", property+" is a property", edit{c.toks[i].Start, c.toks[i+2].End, property})
		return
	}
	f.spread(i, word, kind)
}

// spread makes an array of what has no methods of arrays: a Set, a Map, a
// string; and takes the entries, keys or values of a plain object.
func (f *failure) spread(i int, word, kind string) {
	m, ok := lookup("Array", word)
	if !ok || !m.function {
		return
	}
	start := f.chainStart(i - 2)
	if start < 0 {
		return
	}
	c := f.c
	from, to := c.toks[start].Start, c.toks[i-2].End
	text := c.src[from:to]
	switch {
	case (kind == "Set" || kind == "Map" || kind == "Iterator") || kind == "String" && c.ident(i-2) && set1(word, "map", "filter", "reverse", "forEach", "reduce", "sort", "every", "some"):
		f.propose(nsbox.RankLocal, "not-an-array", "only an array has "+word, edit{from, to, "[..." + text + "]"})
	case kind == "Object" && set1(word, "entries", "keys", "values") && c.is(i+1, "(") && c.is(i+2, ")"):
		f.propose(nsbox.RankLocal, "not-an-array", word+" is a function of Object", edit{from, c.toks[i+2].End, "Object." + word + "(" + text + ")"})
	}
}

// chainStart is the first token of the chain of names and calls that ends with
// token i; -1 where that is not plain.
func (f *failure) chainStart(i int) int {
	c := f.c
	for n := 0; n < 40 && i >= 0; n++ {
		switch {
		case c.is(i, ")", "]"):
			open := c.pair[i]
			if open < 0 {
				return -1
			}
			if !c.endsValue(open - 1) {
				if c.is(open-1, "if", "while", "return", "for") || !c.word(open-1) {
					return open
				}
				return -1
			}
			i = open - 1
			if c.is(i-1, "new") {
				return i - 1
			}
		case c.member(i):
			i -= 2
		case c.word(i), c.toks[i].Kind != 0 && c.endsValue(i):
			return i
		default:
			return -1
		}
	}
	return -1
}

// convert makes a string of a number before a method of strings.
func convert(f *failure, i int) {
	c := f.c
	if !c.member(i) || f.t.before(i-2) != "Number" {
		return
	}
	word := c.toks[i].Text
	if m, ok := lookup("String", word); !ok || !m.function {
		return
	}
	start := f.chainStart(i - 2)
	if start < 0 {
		return
	}
	from, to := c.toks[start].Start, c.toks[i-2].End
	f.propose(nsbox.RankLocal, "not-a-string", "only a string has "+word, edit{from, to, "String(" + c.src[from:to] + ")"})
}

// missingAwait waits for a promise whose value is meant.
func missingAwait(f *failure, i int) {
	c := f.c
	if !c.member(i) {
		return
	}
	if m, ok := lookup("Promise", c.toks[i].Text); ok && m.function {
		return
	}
	f.awaitFor(i - 2)
}

// awaitFor puts await before the call of an async function that made the value
// which ends with token i.
func (f *failure) awaitFor(i int) {
	c := f.c
	call := -1
	switch {
	case c.ident(i) && !c.member(i):
		for _, d := range f.s.visible(c.toks[i].Text, i) {
			if d.kind != paramDecl && c.is(d.tok+1, "=") && !c.is(d.tok+2, "await") {
				call = d.tok + 2
			}
			break //nolint:staticcheck // only the innermost one counts
		}
	case c.is(i, ")"):
		call = f.chainStart(i)
	}
	if call < 0 || !f.asyncCall(call) || !f.mayAwait(call) {
		return
	}
	if c.is(i, ")") { // await binds less than the member
		f.propose(nsbox.RankLocal, "missing-await", "the call returns a promise", wrap(c.toks[call].Start, c.toks[i].End, "(await ", ")")...)
		return
	}
	f.propose(nsbox.RankLocal, "missing-await", "the call returns a promise", insert(c.toks[call].Start, "await "))
}

// asyncCall reports whether the call that begins at token i is one of an async
// function of the program.
func (f *failure) asyncCall(i int) bool {
	c := f.c
	end := f.s.expressionEnd(i)
	for k := i; k < end; k++ {
		if c.word(k) && c.is(k+1, "(") && c.closing(k+1) == end-1 {
			name := c.toks[k].Text
			for _, fn := range f.s.functions {
				if fn.async && (fn.name == name || c.is(fn.head-1, "=") && c.is(fn.head-2, name)) {
					return true
				}
			}
			return f.isAsyncMethod(name)
		}
	}
	return false
}

func (f *failure) isAsyncMethod(name string) bool {
	for i, t := range f.c.toks {
		if t.Text == name && f.s.isMember[i] && f.c.is(i-1, "async") {
			return true
		}
	}
	return false
}

// mayAwait reports whether await may stand at token i.
func (f *failure) mayAwait(i int) bool {
	fn := f.s.enclosing(i, false)
	return fn == nil && f.esm() || fn != nil && fn.async
}

// asyncReturn makes a function async whose result is taken for a promise.
func asyncReturn(f *failure, i int) {
	if !f.c.is(i, "then", "catch", "finally") || !f.c.member(i) {
		return
	}
	f.makeAsyncOf(i - 2)
}

// makeAsyncOf makes the function async whose call ends with token i.
func (f *failure) makeAsyncOf(i int) {
	c := f.c
	open := -1
	if c.is(i, ")") {
		open = c.pair[i]
	}
	if open < 1 || !c.word(open-1) {
		return
	}
	name := c.toks[open-1].Text
	for _, fn := range f.s.functions {
		if !fn.async && (fn.name == name && fn.head != open-1 || c.is(fn.head-1, "=") && c.is(fn.head-2, name)) {
			f.propose(nsbox.RankStructural, "missing-async", name+" is used as an async function", insert(c.toks[fn.head].Start, "async "))
			return
		}
	}
}
