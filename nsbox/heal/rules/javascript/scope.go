package javascript

import "github.com/nsbox/nsbox/nsbox/internal/source"

// declKind is what declares a name.
type declKind byte

const (
	constDecl    declKind = 'c'
	letDecl      declKind = 'l'
	varDecl      declKind = 'v'
	functionDecl declKind = 'f'
	classDecl    declKind = 'C'
	paramDecl    declKind = 'p'
	importDecl   declKind = 'i'
	typeDecl     declKind = 't'
)

// decl is a declaration of a name, which is visible from token from up to token
// to.
type decl struct {
	name     string
	tok      int // of the name
	kind     declKind
	keyword  int // of const, let, var, function or class; -1 else
	from, to int
}

// function is a function's parameters and body, as tokens.
type function struct {
	name      string
	head      int // the first token: function, async, a method's name, the parameter
	open      int // of the parameters; -1 for a single one without brackets
	body, end int // the body's first token, and the one after its last
	arrow     bool
	method    bool
	async     bool
}

// class is a class and the names of its members.
type class struct {
	name, base string
	keyword    int
	open, end  int            // its braces
	members    map[string]int // name to the token that defines it
}

// scopes is what is declared in a file, found from its tokens: a broken program
// has no syntax tree.
type scopes struct {
	c         *code
	decls     []decl
	byName    map[string][]int // indexes of decls
	functions []function
	classes   []class
	isDecl    map[int]bool // tokens that are names of declarations
	isMember  map[int]bool // tokens that are names of members of classes and objects
}

func newScopes(c *code) *scopes {
	s := &scopes{c: c, byName: map[string][]int{}, isDecl: map[int]bool{}, isMember: map[int]bool{}}
	for i := range c.toks {
		switch {
		case !c.word(i) || c.member(i):
			if c.is(i, "(") {
				s.params(i)
			}
		case c.is(i, "class"):
			s.class(i)
		case c.is(i, "const", "let", "var") && !c.is(i+1, "=", ".", ",", ")", ";"):
			s.variables(i)
		case c.is(i, "function"):
			s.function(i)
		case c.is(i, "import"):
			s.imports(i)
		case c.is(i, "enum", "interface", "type", "namespace") && typed(c.name) && c.ident(i+1):
			s.declare(i+1, typeDecl, i)
		case c.is(i+1, "=>"):
			s.single(i)
		}
	}
	for k := range s.classes {
		s.members(&s.classes[k])
	}
	s.keys()
	return s
}

// block returns the braces around token i.
func (c *code) block(i int) (from, to int) {
	j := c.outer[i]
	for j >= 0 && !c.is(j, "{") {
		j = c.outer[j]
	}
	return j, c.closing(j)
}

// closing is the partner of the opening bracket j, or the end where it has none.
func (c *code) closing(j int) int {
	if j >= 0 && c.pair[j] > j {
		return c.pair[j]
	}
	return len(c.toks)
}

func (s *scopes) declare(tok int, kind declKind, keyword int) {
	from, to := s.c.block(tok)
	s.add(decl{s.c.toks[tok].Text, tok, kind, keyword, from, to})
}

func (s *scopes) add(d decl) {
	s.byName[d.name] = append(s.byName[d.name], len(s.decls))
	s.decls = append(s.decls, d)
	s.isDecl[d.tok] = true
}

// variables declares the names after const, let or var.
func (s *scopes) variables(i int) {
	c := s.c
	kind := declKind(c.toks[i].Text[0])
	from, to := c.block(i)
	if o := c.outer[i]; o >= 0 && c.is(o, "(") && (c.is(o-1, "for") || c.is(o-2, "for")) {
		from, to = o, s.statementEnd(c.closing(o)+1)
	} else if kind == varDecl {
		from, to = s.functionAround(i)
	}
	for j := i + 1; j < len(c.toks); {
		switch {
		case c.word(j):
			s.add(decl{c.toks[j].Text, j, kind, i, from, to})
			j++
		case c.is(j, "{", "["):
			s.pattern(j, decl{kind: kind, keyword: i, from: from, to: to})
			j = c.closing(j) + 1
		default:
			return
		}
		if j = s.nextDeclarator(j, c.outer[i]); j < 0 {
			return
		}
	}
}

// nextDeclarator returns the token after the comma that ends a declarator, -1
// where none follows.
func (s *scopes) nextDeclarator(j, outer int) int {
	c := s.c
	for ; j < len(c.toks); j++ {
		if c.outer[j] != outer {
			if c.pair[j] >= 0 && c.pair[j] < j && c.outer[c.pair[j]] != outer {
				return -1
			}
			continue
		}
		switch {
		case c.is(j, ","):
			return j + 1
		case c.is(j, ";", "of", "in"), closes(c.toks[j]) != "" && c.pair[j] < 0:
			return -1
		case c.first(j) && c.endsValue(j-1) && (c.startsValue(j) || keywords[c.toks[j].Text]):
			return -1
		}
	}
	return -1
}

// pattern declares the names that the brackets at open bind: parameters, or a
// destructuring.
func (s *scopes) pattern(open int, like decl) {
	c := s.c
	end := c.closing(open)
	for i := open + 1; i < end; i++ {
		o := c.outer[i]
		switch {
		case c.is(i, "="), c.is(i, ":") && !c.is(o, "{"):
			annotation := c.is(i, ":")
			for i+1 < end && !(c.outer[i+1] == o && (c.is(i+1, ",") || annotation && c.is(i+1, "="))) && !(c.pair[i+1] == o) {
				i++
			}
		case c.word(i) && !c.member(i) && !(c.is(o, "{") && c.is(i+1, ":")) && (!keywords[c.toks[i].Text]):
			if c.is(i-1, ",", "...", "(", "{", "[", ":", "public", "private", "protected", "readonly") {
				like.name, like.tok = c.toks[i].Text, i
				s.add(like)
			}
		}
	}
}

// statementEnd is the token after the statement that begins at i.
func (s *scopes) statementEnd(i int) int {
	c := s.c
	if c.is(i, "{") {
		return c.closing(i)
	}
	for ; i < len(c.toks); i++ {
		if c.is(i, ";") {
			return i
		}
		if opens(c.toks[i]) != "" {
			i = c.closing(i)
			if c.is(i, "}") && c.first(i) {
				return i
			}
		} else if closes(c.toks[i]) != "" {
			return i
		}
	}
	return i
}

// imports declares what an import statement binds.
func (s *scopes) imports(i int) {
	c := s.c
	if c.is(i+1, "(", ".") {
		return
	}
	for j := i + 1; j < len(c.toks) && c.line(j) <= c.line(i)+40; j++ {
		if c.is(j, "from", ";") && !c.is(j-1, "{", ",") || c.toks[j].Kind == source.String {
			return
		}
		if c.ident(j) && !c.is(j, "as", "type") && !c.is(j+1, "as") {
			s.add(decl{c.toks[j].Text, j, importDecl, i, -1, len(c.toks)})
		}
	}
}

// visible returns the declarations of name that token i sees, the innermost
// first.
func (s *scopes) visible(name string, i int) []decl {
	var out []decl
	for _, k := range s.byName[name] {
		d := s.decls[k]
		if d.from < i && i <= d.to {
			at := len(out)
			for at > 0 && out[at-1].from < d.from {
				at--
			}
			out = append(out, decl{})
			copy(out[at+1:], out[at:])
			out[at] = d
		}
	}
	return out
}

// inScope lists all names that token i sees.
func (s *scopes) inScope(i int) []string {
	var out []string
	for _, d := range s.decls {
		if d.from < i && i <= d.to && d.tok != i {
			out = append(out, d.name)
		}
	}
	return out
}

// reference reports whether token i is the use of a variable.
func (s *scopes) reference(i int) bool {
	c := s.c
	return c.ident(i) && !c.member(i) && !s.isDecl[i] && !s.isMember[i] && c.toks[i].Text[0] != '#'
}

// unresolved counts the variables that nothing declares: a bracket in the wrong
// place takes declarations out of sight. TypeScript's types would count, so its
// files are not looked at.
func unresolved(c *code) int {
	if typed(c.name) {
		return 0
	}
	s := newScopes(c)
	n := 0
	for i := range c.toks {
		if s.reference(i) && !s.known(i) {
			n++
		}
	}
	return n
}

// known reports whether token i names something that is declared, or is there
// in every program.
func (s *scopes) known(i int) bool {
	name := s.c.toks[i].Text
	return len(s.visible(name, i)) > 0 || globals[name] || isGlobal(name) || s.c.is(i-1, "break", "continue")
}

func isGlobal(name string) bool {
	_, ok := lookup("global", name)
	return ok
}

// globals are names beside those of the global object.
var globals = set("undefined NaN Infinity require module exports __dirname __filename arguments async of get set static from as target meta eval globalThis constructor")
