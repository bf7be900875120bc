package javascript

import (
	"strings"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/internal/source"
)

// messageIdeas are for errors that the parser understands.
func messageIdeas(c *code, f fault, e int) []change {
	local := func(rule, why string, edits ...edit) []change {
		if len(edits) == 0 {
			return nil
		}
		return []change{{rule: rule, why: why, rank: nsbox.RankLocal, edits: edits}}
	}
	s := newScopes(c)
	switch {
	case strings.HasPrefix(f.text, `"await" can only be used`), strings.HasPrefix(f.text, `Cannot use "await"`), c.is(e-1, "await") && !c.is(e, "(", "["),
		c.is(e, "await") && c.is(e-1, "for"):
		return local("missing-async", "await stands in a function that is not async", makeAsync(s, e)...)
	case strings.HasPrefix(f.text, `Cannot use "yield"`), c.is(e-1, "yield"):
		if fn := s.enclosing(e, true); fn != nil && c.is(fn.head, "function") {
			return local("missing-generator", "yield stands in a function that is no generator", insert(c.toks[fn.head].End, "*"))
		}
	case strings.Contains(f.text, "must be initialized"):
		for i := e; i >= 0 && i > e-4; i-- {
			if c.is(i, "const") {
				return local("const-without-value", "a const needs a value; let does not", replace(c.toks[i], "let"))
			}
		}
	case strings.Contains(f.text, "has already been declared"):
		if edits := wrongCase(s, e); len(edits) > 0 {
			return local("near-name", "a class by this name in other letters is used, and not declared", edits...)
		}
		return local("declared-twice", "the name is declared already, so this is an assignment", redeclared(s, f, e)...)
	case strings.HasPrefix(f.text, "Malformed arrow function"), strings.Contains(f.text, `but found "=>"`):
		return beforeArrow(c, e)
	case strings.HasPrefix(f.text, "Private name"):
		return privateName(c, s, f, e)
	case strings.Contains(f.text, `Cannot assign to "`), strings.Contains(f.text, "because it is a constant"):
		return local("assigned-constant", "a const is assigned again", makeLet(s, e)...)
	}
	return nil
}

// makeAsync makes the function around token i async.
func makeAsync(s *scopes, i int) []edit {
	f := s.enclosing(i, false)
	if f == nil || f.async {
		return nil
	}
	return one(insert(s.c.toks[f.head].Start, "async "))
}

// beforeArrow puts a comma before the parameters of an arrow function, which
// else are taken for the arguments of a call.
func beforeArrow(c *code, e int) []change {
	var out []change
	from, to := c.lineTokens(e)
	for i := from + 1; i < to; i++ {
		if c.is(i, "(") && c.pair[i] > 0 && c.is(c.pair[i]+1, "=>") && c.endsValue(i-1) && !c.is(i-1, "async") && c.outer[i] >= 0 && c.is(c.outer[i], "(", "[") {
			out = append(out, change{rule: "missing-comma", why: "a comma is missing between two arguments", rank: nsbox.RankLocal,
				edits: one(insert(c.toks[i-1].End, ","))})
		}
	}
	return out
}

// wrongCase renames a class or function whose name a variable has, too, where
// the program uses the name in other letters.
func wrongCase(s *scopes, e int) []edit {
	c := s.c
	if !c.word(e) {
		return nil
	}
	for _, k := range s.byName[c.toks[e].Text] {
		d := s.decls[k]
		if d.kind != classDecl && d.kind != functionDecl {
			continue
		}
		for i, t := range c.toks {
			if t.Text != d.name && strings.EqualFold(t.Text, d.name) && s.reference(i) && !s.known(i) {
				return one(replace(c.toks[d.tok], t.Text))
			}
		}
	}
	return nil
}

// redeclared turns the second declaration of a name into an assignment.
func redeclared(s *scopes, f fault, e int) []edit {
	c := s.c
	if !c.is(e-1, "let", "const", "var") || !c.is(e+1, "=") {
		return nil
	}
	edits := one(remove(c.toks[e-1].Start, c.toks[e].Start))
	for _, d := range s.visible(c.toks[e].Text, e) {
		if d.kind == constDecl && d.tok != e && d.keyword >= 0 {
			edits = append(edits, replace(c.toks[d.keyword], "let"))
			break
		}
		if d.tok < e && d.kind != letDecl && d.kind != varDecl && d.kind != paramDecl {
			return nil
		}
	}
	return edits
}

// privateName mends the use of a private name that its class does not declare.
func privateName(c *code, s *scopes, f fault, e int) []change {
	k := s.classAround(e)
	if k == nil || !c.word(e) {
		return nil
	}
	name := c.toks[e].Text
	var declared []string
	for m := range k.members {
		if strings.HasPrefix(m, "#") {
			declared = append(declared, m)
		}
	}
	if to, ok := slipOf(name, declared); ok {
		return []change{{rule: "near-name", why: name + " is a slip of " + to, rank: nsbox.RankLocal, edits: everywhere(c, name, to)}}
	}
	if c.is(e+1, "(") {
		return nil
	}
	indent := "  "
	if i := k.open + 1; i < len(c.toks) && c.first(i) {
		indent = c.text.Indent(c.line(i))
	}
	return []change{{
		rule: "private-field", why: "a private field is declared in its class", rank: nsbox.RankLocal,
		edits: one(insert(c.toks[k.open].End, "\n"+indent+name+";")),
	}}
}

// everywhere replaces all uses of a word.
func everywhere(c *code, from, to string) []edit {
	var out []edit
	for _, t := range c.toks {
		if t.Kind == source.Word && t.Text == from {
			out = append(out, replace(t, to))
		}
	}
	return out
}

// makeLet turns the const that declares the variable at token i into let.
func makeLet(s *scopes, i int) []edit {
	c := s.c
	if !c.word(i) {
		return nil
	}
	for _, d := range s.visible(c.toks[i].Text, i) {
		if d.kind == constDecl && d.keyword >= 0 {
			return one(replace(c.toks[d.keyword], "let"))
		}
		return nil //nolint:staticcheck // only the innermost one counts
	}
	return nil
}
