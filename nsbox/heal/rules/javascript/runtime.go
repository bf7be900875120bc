package javascript

import (
	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/internal/lazyre"
)

// runtimeRules tell by an error's message what is asked. The first whose rule
// proposes something is the last.
var runtimeRules = []struct {
	re    *lazyre.Regexp
	class string
	apply func(*failure, []string)
}{
	{lazyre.New(`^(require|module|exports|__dirname|__filename) is not defined in ES module scope`), "", inModule},
	{lazyre.New(`^([\p{L}_$][\p{L}\p{N}_$]*) is not defined`), "ReferenceError", undefined},
	{lazyre.New(`^Cannot access '(.+?)' before initialization`), "", tooEarly},
	{lazyre.New(`^Must call super constructor`), "", superCall},
	{lazyre.New(`^Assignment to constant variable|^Cannot assign to "(.+)" because it is a constant`), "", constant},
	{lazyre.New(`^Class constructor (\S+) cannot be invoked without 'new'`), "", withoutNew},
	{lazyre.New(`^(?:Constructor )?(\S+?) (?:constructor cannot be invoked without|requires) 'new'`), "", withoutNew},
	{lazyre.New(`^(.+?) is not a constructor`), "", notConstructor},
	{lazyre.New(`^(?s:(.+)) is not a function$`), "", notFunction},
	{lazyre.New(`^(.+?) is not a function or its return value is not iterable`), "", notFunction},
	{lazyre.New(`^Cannot (?:read|set) properties of (undefined|null) \((?:reading|setting) '(.+)'\)`), "", missing},
	{lazyre.New(`^Cannot destructure property '(.+?)' of '(.+?)' as it is undefined`), "", destructured},
	{lazyre.New(`(?:^|\s)(\S+) is not iterable`), "", notIterable},
	{lazyre.New(`^Cannot convert undefined or null to object`), "", noObject},
	{lazyre.New(`^Cannot mix BigInt and other types`), "", mixedBigInt},
	{lazyre.New(`^The requested module '(.+?)' does not provide an export named '(.+?)'`), "", noExport},
	{lazyre.New(`^No matching export in "(.+?)" for import "(.+?)"`), "", noExport},
	{lazyre.New(`^Cannot find (?:module|package) '(.+?)'`), "", noModule},
	{lazyre.New(`^Could not resolve "(.+?)"`), "", noModule},
	{lazyre.New(`^No such built-in module: (?:node:)?(\S+)`), "", noModule},
	{lazyre.New(`^Cannot use import statement outside a module`), "", importOutside},
	{lazyre.New(`^await is only valid`), "", awaitOutside},
}

// constant makes the declaration of a variable that is assigned again let.
func constant(f *failure, _ []string) {
	c := f.c
	var edits []edit
	i := f.near(func(i int) bool {
		return c.ident(i) && (assigned(c, i+1) || c.is(i+1, "%=", "**=", "<<=", ">>=", "|=", "&=", "^=") || c.is(i-1, "++", "--"))
	})
	if i >= 0 {
		edits = makeLet(f.s, i)
	}
	if len(edits) == 0 { // a destructuring assignment, or the head of a loop
		i = f.near(func(i int) bool { return c.ident(i) && !c.member(i) && len(makeLet(f.s, i)) > 0 })
		if c.is(f.at, "const") {
			edits = one(replace(c.toks[f.at], "let"))
		} else if i >= 0 {
			edits = makeLet(f.s, i)
		}
	}
	if len(edits) == 0 {
		return
	}
	// What else is assigned again fails next: the parser knows all of it.
	for _, w := range parse(f.file.Name, c.src).warnings {
		e := c.at(w.at)
		if more := makeLet(f.s, e); len(more) > 0 && w.at != 0 && !overlaps(edits, more) {
			edits = append(edits, more...)
		}
	}
	f.propose(nsbox.RankLocal, "assigned-constant", "a const is assigned again", edits...)
}

func overlaps(a, b []edit) bool {
	for _, x := range a {
		for _, y := range b {
			if x.start < y.end && y.start < x.end || x.start == y.start {
				return true
			}
		}
	}
	return false
}

// withoutNew puts new before the call of a class.
func withoutNew(f *failure, m []string) {
	i := f.near(func(i int) bool {
		return f.c.word(i) && f.c.toks[i].Text == m[1] && f.c.is(i+1, "(") && !f.c.is(i-1, "new")
	})
	if i < 0 {
		i = f.near(func(i int) bool { return f.c.ident(i) && f.c.is(i+1, "(") && !f.c.is(i-1, "new") && !f.c.member(i) })
	}
	if i < 0 {
		return
	}
	start := i
	for f.c.member(start) && f.c.word(start-2) {
		start -= 2
	}
	edits := one(insert(f.c.toks[start].Start, "new "))
	for k := range f.c.toks { // the same slip elsewhere
		if k != i && f.c.word(k) && f.c.toks[k].Text == m[1] && f.c.is(k+1, "(") && !f.c.is(k-1, "new", ".", "function", "class") {
			if len(f.s.visible(m[1], k)) > 0 {
				edits = append(edits, insert(f.c.toks[k].Start, "new "))
			}
		}
	}
	f.propose(nsbox.RankLocal, "missing-new", "a class is called with new", edits...)
}

// notConstructor is for new before something of nearly the right name.
func notConstructor(f *failure, m []string) {
	i := f.near(func(i int) bool { return f.c.is(i-1, "new") && f.c.word(i) })
	if i < 0 {
		return
	}
	var pool []string
	for _, k := range f.s.classes {
		pool = append(pool, k.name)
	}
	for _, fn := range f.s.functions {
		if !fn.method && !fn.arrow && fn.name != "" && isUpper(fn.name) {
			pool = append(pool, fn.name)
		}
	}
	pool = append(pool, instances...)
	if to, ok := slipOf(f.c.toks[i].Text, pool); ok {
		f.propose(nsbox.RankLocal, "near-name", f.c.toks[i].Text+" is a slip of "+to, replace(f.c.toks[i], to))
		return
	}
	f.whole(m[1])
}

func isUpper(s string) bool { return s != "" && s[0] >= 'A' && s[0] <= 'Z' }

// superCall calls the base class's constructor first in a derived one's.
func superCall(f *failure, _ []string) {
	k := f.s.classAround(f.at)
	if k == nil || k.base == "" {
		return
	}
	at, ok := k.members["constructor"]
	if !ok || !f.c.is(at+1, "(") {
		return
	}
	body := f.c.closing(at+1) + 1
	if !f.c.is(body, "{") {
		return
	}
	args, ok := f.superArguments(k)
	for i := body; i < f.c.closing(body); i++ {
		if f.c.is(i, "super") && f.c.is(i+1, "(") { // it is there, but late
			end := f.s.statementEnd(i)
			if f.c.is(end, ";") {
				end++
			}
			text := f.c.src[f.c.toks[i].Start:f.c.toks[end-1].End]
			from, to := f.c.toks[i].Start, f.c.toks[end-1].End
			if f.c.first(i) && f.c.first(end) {
				from, _ = f.c.text.Bounds(f.c.line(i))
				to = f.c.text.Next(f.c.line(end - 1))
			}
			f.propose(nsbox.RankLocal, "super-first", "super is called before this is used",
				insert(f.c.toks[body].End, f.newline(body)+text), remove(from, to))
			return
		}
	}
	if ok {
		f.propose(nsbox.RankLocal, "missing-super", "a derived class's constructor calls super first",
			insert(f.c.toks[body].End, f.newline(body)+"super("+args+");"))
	}
}

// superArguments are the parameters of the base's constructor by name, where the
// derived class's constructor has them all.
func (f *failure) superArguments(k *class) (string, bool) {
	own := map[string]bool{}
	for _, d := range f.s.constructorParams(k) {
		own[d.name] = true
	}
	for n := range f.s.classes {
		if f.s.classes[n].name != k.base {
			continue
		}
		args := ""
		for i, d := range f.s.constructorParams(&f.s.classes[n]) {
			if !own[d.name] {
				return "", false
			}
			if i > 0 {
				args += ", "
			}
			args += d.name
		}
		return args, true
	}
	return "", false
}

// newline begins a line in the block that token open opens.
func (f *failure) newline(open int) string {
	if open+1 < len(f.c.toks) && f.c.first(open+1) {
		return "\n" + f.c.text.Indent(f.c.line(open+1))
	}
	return " "
}

// awaitOutside makes the function around await async.
func awaitOutside(f *failure, _ []string) {
	if i := f.nearWord("await"); i >= 0 {
		f.propose(nsbox.RankLocal, "missing-async", "await stands in a function that is not async", makeAsync(f.s, i)...)
	}
}
