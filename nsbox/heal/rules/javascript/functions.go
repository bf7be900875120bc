package javascript

import "github.com/nsbox/nsbox/nsbox/internal/source"

// function declares the name after the word function at i. Its parameters are
// declared where their bracket is seen.
func (s *scopes) function(i int) {
	c := s.c
	j := i + 1
	if c.is(j, "*") {
		j++
	}
	if c.ident(j) {
		s.declare(j, functionDecl, i)
	}
}

// params declares the parameters in the bracket at open, where it is a
// function's.
func (s *scopes) params(open int) {
	c := s.c
	end := c.pair[open]
	if end < 0 {
		return
	}
	f := function{open: open, head: open, body: end + 1}
	after := s.afterType(end + 1)
	switch {
	case c.is(after, "=>"):
		f.arrow, f.body = true, after+1
	case !c.is(after, "{") || c.is(open-1, "if", "for", "while", "switch", "with") && !c.member(open-1):
		return
	default:
		f.body = after
		if !s.named(&f, open) {
			return
		}
	}
	if c.is(f.head-1, "async") {
		f.head, f.async = f.head-1, true
	}
	s.finish(&f)
	s.pattern(open, decl{kind: paramDecl, keyword: -1, from: open, to: f.end})
}

// named fills in the head of a function that is no arrow; false where it is
// none.
func (s *scopes) named(f *function, open int) bool {
	c := s.c
	j := open - 1
	if c.is(j, ">") { // type parameters
		for j > 0 && !c.is(j, "<") {
			j--
		}
		j--
	}
	if c.is(j, "catch") {
		return true
	}
	if c.is(j, "function") || c.is(j, "*") && c.is(j-1, "function") {
		f.head = j
		if c.is(j, "*") {
			f.head = j - 1
		}
		return true
	}
	if !c.word(j) && !c.is(j, "]") {
		return false
	}
	if c.word(j) {
		f.name = c.toks[j].Text
	}
	f.head = j
	name := j
	if c.is(j-1, "*") {
		j--
		f.head = j
	}
	if c.is(j-1, "function") {
		f.head = j - 1
		return true
	}
	f.method = true
	if c.word(name) {
		s.isMember[name] = true
	}
	return true
}

// afterType skips the type of a result: TypeScript's "): T".
func (s *scopes) afterType(i int) int {
	c := s.c
	if !c.is(i, ":") || !typed(c.name) {
		return i
	}
	for j := i + 1; j < len(c.toks) && j < i+30; j++ {
		if c.is(j, "=>") || c.is(j, "{") && j > i+1 {
			return j
		}
		if c.is(j, ";", ",", ")") {
			return i
		}
		if opens(c.toks[j]) != "" {
			j = c.closing(j)
		}
	}
	return i
}

// single declares the parameter of "x => ...".
func (s *scopes) single(i int) {
	c := s.c
	if !c.ident(i) || c.is(i, "async") && c.is(i+1, "(") {
		return
	}
	f := function{open: -1, head: i, body: i + 2, arrow: true}
	if c.is(i-1, "async") {
		f.head, f.async = i-1, true
	}
	s.finish(&f)
	s.add(decl{c.toks[i].Text, i, paramDecl, -1, i - 1, f.end})
}

// finish finds the end of a function's body.
func (s *scopes) finish(f *function) {
	c := s.c
	if c.is(f.body, "{") {
		f.end = c.closing(f.body)
	} else {
		f.end = s.expressionEnd(f.body)
	}
	s.functions = append(s.functions, *f)
}

// expressionEnd is the token after the expression that begins at i.
func (s *scopes) expressionEnd(i int) int {
	c := s.c
	for ; i < len(c.toks); i++ {
		if closes(c.toks[i]) != "" && !(opens(c.toks[i]) != "" && c.pair[i] < 0) || c.is(i, ",", ";") {
			return i
		}
		for opens(c.toks[i]) != "" && c.pair[i] > i {
			i = c.pair[i]
		}
		if c.first(i+1) && c.endsValue(i) && (c.startsValue(i+1) || keywords[c.tok(i+1).Text]) && !c.is(i+1, "(", "[", "+", "-", "instanceof", "in") {
			return i + 1
		}
	}
	return i
}

// functionAround is the body of the function around token i, or the whole file.
func (s *scopes) functionAround(i int) (from, to int) {
	from, to = -1, len(s.c.toks)
	for _, f := range s.functions {
		if f.body <= i && i < f.end && f.body > from {
			from, to = f.body, f.end
		}
	}
	return from, to
}

// enclosing returns the innermost function around token i; nil at top level.
// With thisOnly, arrows are passed over: they have the this of what is outside.
func (s *scopes) enclosing(i int, thisOnly bool) *function {
	var in *function
	for k := range s.functions {
		f := &s.functions[k]
		if f.body <= i && i < f.end && !(thisOnly && f.arrow) && (in == nil || f.body > in.body) && !s.c.is(f.open-1, "catch") {
			in = f
		}
	}
	return in
}

// owner returns the innermost function around token i that has a this of its
// own, its parameters included.
func (s *scopes) owner(i int) *function {
	var in *function
	for k := range s.functions {
		f := &s.functions[k]
		if f.head < i && i < f.end && !f.arrow && (in == nil || f.body > in.body) && !s.c.is(f.open-1, "catch") {
			in = f
		}
	}
	return in
}

func (s *scopes) class(i int) {
	c := s.c
	k := class{keyword: i, members: map[string]int{}}
	j := i + 1
	if c.ident(j) {
		k.name = c.toks[j].Text
		s.declare(j, classDecl, i)
	}
	for ; j < len(c.toks) && j < i+40 && !c.is(j, "{"); j++ {
		if c.is(j, "extends") && c.word(j+1) {
			k.base = c.toks[j+1].Text
		}
		if c.is(j, ";", "(") {
			if c.is(j, "(") {
				j = c.closing(j)
				continue
			}
			return
		}
	}
	if !c.is(j, "{") {
		return
	}
	k.open, k.end = j, c.closing(j)
	s.classes = append(s.classes, k)
}

// members finds what a class defines: methods, fields, and what its methods
// assign to this.
func (s *scopes) members(k *class) {
	c := s.c
	for i := k.open + 1; i < k.end; i++ {
		if c.outer[i] == k.open {
			modifier := c.is(i, "static", "async", "get", "set", "public", "private", "protected", "readonly", "override", "abstract") && c.word(i+1) && !c.first(i+1)
			start := c.is(i-1, "{", "}", ";", "static", "async", "get", "set", "*", "public", "private", "protected", "readonly", "override", "abstract") || c.first(i) && !c.is(i-1, "=", ",", "+")
			if c.word(i) && start && !modifier {
				k.members[c.toks[i].Text] = i
				s.isMember[i] = true
			}
			if modifier {
				s.isMember[i] = true
			}
			continue
		}
		if c.member(i) && c.is(i-2, "this") && assigned(c, i+1) {
			if _, ok := k.members[c.toks[i].Text]; !ok {
				k.members[c.toks[i].Text] = i
			}
		}
	}
	if p := s.constructorParams(k); p != nil {
		for _, d := range p {
			if c.is(d.tok-1, "public", "private", "protected", "readonly") {
				k.members[d.name] = d.tok
			}
		}
	}
}

// assigned reports whether token i assigns to what is before it.
func assigned(c *code, i int) bool {
	return c.is(i, "=", "+=", "-=", "*=", "/=", "??=", "||=", "&&=", "++", "--")
}

// constructorParams are the declarations of the parameters of k's constructor.
func (s *scopes) constructorParams(k *class) []decl {
	var out []decl
	at, ok := k.members["constructor"]
	if !ok || !s.c.is(at+1, "(") {
		return nil
	}
	for _, d := range s.decls {
		if d.kind == paramDecl && d.from == at+1 {
			out = append(out, d)
		}
	}
	return out
}

// classAround returns the innermost class around token i; nil where there is
// none.
func (s *scopes) classAround(i int) *class {
	var in *class
	for k := range s.classes {
		if x := &s.classes[k]; x.open < i && i < x.end && (in == nil || x.open > in.open) {
			in = x
		}
	}
	return in
}

// keys marks the keys of object literals: they are no variables.
func (s *scopes) keys() {
	c := s.c
	for i, t := range c.toks {
		if t.Kind == source.Word && c.is(i+1, ":") && c.is(i-1, "{", ",", ";", "}") && !c.member(i) {
			s.isMember[i] = true
		}
		if t.Kind == source.Word && c.is(i+1, ":") && c.first(i) && !c.is(i-1, "?") {
			s.isMember[i] = true // a label
		}
	}
}
