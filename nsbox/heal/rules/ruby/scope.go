package ruby

import (
	"strings"

	"github.com/nsbox/nsbox/nsbox/internal/source"
)

// class is what is known of a class or module of the program.
type class struct {
	name, parent string
	methods      []string // of instances
	own          []string // of itself: def self.f
	arity        map[string]int
}

// program is what a program defines and uses.
type program struct {
	*code
	deep    []source.Token // all tokens, those of interpolations among them
	uses    map[string]int // how often each word stands there
	classes map[string]*class
	order   []string // of classes
	main    *class   // methods outside of all classes
	consts  []string // and names of classes
	ivars   []string
	globals []string
	keys    []string // labels
	locals  []local
}

// local is a variable: where it is set, and the def around, as an index of
// blocks (-1: none).
type local struct {
	name string
	def  int
	at   int // offset
}

func newProgram(src string) *program {
	p := &program{code: newCode(src), uses: map[string]int{}, classes: map[string]*class{}, main: &class{arity: map[string]int{}}}
	p.deep = deep(src, p.all)
	seen := map[string]bool{}
	add := func(list *[]string, name string) {
		if !seen[name] {
			seen[name] = true
			*list = append(*list, name)
		}
	}
	for i, t := range p.deep {
		if t.Kind == source.String && len(t.Text) > 1 && t.Text[0] == ':' {
			p.uses[strings.TrimSuffix(t.Text[1:], "=")]++
		}
		if t.Kind != source.Word {
			continue
		}
		p.uses[t.Text]++
		switch c := t.Text[0]; {
		case c == '@':
			add(&p.ivars, t.Text)
		case c == '$':
			add(&p.globals, t.Text)
		case c >= 'A' && c <= 'Z':
			if i+1 < len(p.deep) && p.deep[i+1].Text == "=" && (i == 0 || p.deep[i-1].Text != ".") {
				add(&p.consts, t.Text)
			}
		}
	}
	p.define()
	p.bind()
	return p
}

// around returns the innermost block of one of words around token i, -1 if none.
func (c *code) around(i int, words string) int {
	for b := c.inside[i]; b >= 0; b = c.inside[c.blocks[b].open] {
		if strings.Contains(words, c.blocks[b].word) {
			return b
		}
	}
	return -1
}

// tokenAt returns the code token at or after offset.
func (c *code) tokenAt(offset int) int { return min(source.At(c.tokens, offset), len(c.tokens)) }

// classAt is the class around token i, the program's own outside of all.
func (p *program) classAt(i int) *class {
	if b := p.around(min(i, len(p.tokens)-1), "class module"); b >= 0 && p.blocks[b].open+1 < len(p.tokens) {
		if cl := p.classes[p.tokens[p.blocks[b].open+1].Text]; cl != nil {
			return cl
		}
	}
	return p.main
}

// define finds classes and methods.
func (p *program) define() {
	for i, t := range p.tokens {
		if t.Kind != source.Word || p.plain(i) || i+1 >= len(p.tokens) {
			continue
		}
		next := p.tokens[i+1]
		switch t.Text {
		case "class", "module":
			if next.Kind == source.Word {
				cl := p.class(next.Text)
				if i+3 < len(p.tokens) && p.tokens[i+2].Text == "<" {
					cl.parent = p.tokens[i+3].Text
				}
			}
		case "def":
			p.method(i)
		case "attr_accessor", "attr_reader", "attr_writer", "def_delegators", "delegate", "define_method", "alias_method", "def_delegator":
			cl := p.classAt(i)
			for k := i + 1; k < len(p.tokens) && p.tokens[k].Kind != source.Newline; k++ {
				if s := p.tokens[k]; s.Kind == source.String && len(s.Text) > 1 && s.Text[0] == ':' {
					cl.add(s.Text[1:], t.Text != "attr_writer", t.Text == "attr_accessor" || t.Text == "attr_writer")
				}
			}
		case "alias":
			p.classAt(i).add(strings.TrimPrefix(next.Text, ":"), true, false)
		case "Struct", "Data":
			p.structure(i)
		}
	}
}

func (p *program) class(name string) *class {
	cl := p.classes[name]
	if cl == nil {
		cl = &class{name: name, arity: map[string]int{}}
		p.classes[name] = cl
		p.order = append(p.order, name)
		p.consts = append(p.consts, name)
	}
	return cl
}

func (cl *class) add(name string, read, write bool) {
	if read {
		cl.methods = append(cl.methods, name)
	}
	if write {
		cl.methods = append(cl.methods, name+"=")
	}
}

// method notes the def at token i.
func (p *program) method(i int) {
	k, self := i+1, false
	if k+2 < len(p.tokens) && p.tokens[k+1].Text == "." {
		k, self = k+2, true
	}
	if k >= len(p.tokens) || p.tokens[k].Kind != source.Word {
		return
	}
	name, cl := p.tokens[k].Text, p.classAt(i)
	if k+2 < len(p.tokens) && p.tokens[k+1].Text == "=" && p.tokens[k+1].Start == p.tokens[k].End {
		name += "="
	}
	cl.arity[name] = p.params(k + 1)
	b := p.around(i, "class")
	if self || b >= 0 && p.blocks[b].open+1 < len(p.tokens) && p.tokens[p.blocks[b].open+1].Text == "<<" {
		cl.own = append(cl.own, name)
		return
	}
	cl.methods = append(cl.methods, name)
}

// params counts the parameters of a definition whose list begins at token k; -1
// where the number is not fixed.
func (p *program) params(k int) int {
	if k >= len(p.tokens) || p.tokens[k].Kind == source.Newline || p.tokens[k].Text == ";" {
		return 0
	}
	n, paren := 0, p.tokens[k].Text == "("
	if paren {
		k++
	}
	for depth := 0; k < len(p.tokens); k++ {
		switch t := p.tokens[k]; {
		case t.Text == ")" && depth == 0 || t.Kind == source.Newline && !paren:
			return n
		case strings.Contains("([{", t.Text):
			depth++
		case strings.Contains(")]}", t.Text):
			depth--
		case t.Text == "=" || t.Text == "*" || t.Text == "**" || t.Text == "&" || t.Text == "..." || t.Text == ":":
			return -1
		case t.Kind == source.Word && depth == 0:
			n++
		}
	}
	return -1
}

// structure notes Point = Struct.new(:x, :y), at the token Struct.
func (p *program) structure(i int) {
	if i < 2 || i+3 >= len(p.tokens) || p.tokens[i+2].Text != "new" && p.tokens[i+2].Text != "define" {
		return
	}
	name := p.tokens[i-2].Text
	if p.tokens[i-1].Text != "=" && p.tokens[i-1].Text != "<" || name == "" || name[0] < 'A' || name[0] > 'Z' {
		return
	}
	cl := p.class(name)
	if cl.parent == "" {
		cl.parent = p.tokens[i].Text
	}
	for k := i + 3; k < len(p.tokens) && p.tokens[k].Text != ")" && p.tokens[k].Kind != source.Newline; k++ {
		if s := p.tokens[k]; s.Kind == source.String && len(s.Text) > 1 && s.Text[0] == ':' {
			cl.add(s.Text[1:], true, p.tokens[i].Text == "Struct")
		}
	}
}

// bind finds the local variables: what is assigned, parameters of methods and
// blocks, and what for, rescue and patterns set.
func (p *program) bind() {
	for i, t := range p.tokens {
		if t.Kind != source.Word || t.Text[0] == '@' || t.Text[0] == '$' || t.Text[0] >= 'A' && t.Text[0] <= 'Z' {
			continue
		}
		if p.label(i) && !p.parameter(i) {
			p.keys = append(p.keys, t.Text)
			continue
		}
		if keywords[t.Text] || p.plain(i) && !p.label(i) || !p.sets(i) {
			continue
		}
		p.locals = append(p.locals, local{name: t.Text, def: p.around(i, "def"), at: t.Start})
	}
}

// sets reports whether the word i is a variable that is given a value there.
func (p *program) sets(i int) bool {
	if p.parameter(i) {
		return true
	}
	next, before := "", ""
	if i+1 < len(p.tokens) {
		next = p.tokens[i+1].Text
	}
	if i > 0 {
		before = p.tokens[i-1].Text
	}
	switch {
	case next == "=" || len(next) > 1 && strings.HasSuffix(next, "=") && strings.Contains("+= -= *= /= ||= &&= **= %= <<= |= ^=", next):
		return true
	case before == "for" || before == "=>" && p.rescued(i) || before == "in" || before == "=>" && next == "\n":
		return true
	case next == "," || before == ",": // a, b = 1, 2
		for k := i + 1; k < len(p.tokens) && k < i+16; k++ {
			switch t := p.tokens[k]; {
			case t.Text == "=" || t.Text == "in":
				return p.listStarts(i)
			case t.Kind != source.Word && t.Text != "," && t.Text != "*" && t.Text != "(" && t.Text != ")":
				return false
			}
		}
	}
	return false
}

// listStarts reports whether from the line's beginning to token i there are just
// names and commas.
func (p *program) listStarts(i int) bool {
	for k := i - 1; k >= 0 && p.tokens[k].Kind != source.Newline; k-- {
		t := p.tokens[k]
		if t.Kind != source.Word && t.Text != "," && t.Text != "*" && t.Text != "(" && t.Text != "." {
			return t.Text == "|" || t.Text == "{" || t.Text == ";"
		}
	}
	return true
}

func (p *program) rescued(i int) bool {
	for k := i - 1; k >= 0 && p.tokens[k].Kind != source.Newline; k-- {
		if p.tokens[k].Text == "rescue" {
			return true
		}
	}
	return false
}

// parameter reports whether the word i is one of a method's, lambda's or
// block's parameters.
func (p *program) parameter(i int) bool {
	depth := 0
	for k := i - 1; k >= 0 && k > i-40; k-- {
		t := p.tokens[k]
		switch {
		case t.Kind == source.Newline && (k == 0 || p.tokens[k-1].Text != "," && p.tokens[k-1].Text != "("):
			return false
		case t.Text == ")":
			depth++
		case t.Text == "(":
			depth--
		case t.Text == "|" && depth <= 0:
			return k > 0 && (p.tokens[k-1].Text == "{" || p.tokens[k-1].Text == "do")
		case t.Text == "=" || t.Text == ":":
			if k == i-1 {
				return false // a default
			}
		case t.Text == "->":
			return depth <= 0
		case t.Text == "def":
			named := k + 1
			if named+2 < i && p.tokens[named+1].Text == "." {
				named += 2
			}
			if named+1 < i && p.tokens[named+1].Text == "(" {
				end, ok := p.pairs[named+1]
				return i < end || !ok && p.line(i) == p.line(named)
			}
			return i > named && p.line(i) == p.line(named)
		}
	}
	return false
}

// visible returns the locals that are set before token i, or anywhere in the
// same method: the nearest first.
func (p *program) visible(i int) []string {
	def := -1
	if len(p.tokens) > 0 {
		def = p.around(min(i, len(p.tokens)-1), "def")
	}
	at := len(p.Src)
	if i < len(p.tokens) {
		at = p.tokens[i].Start
	}
	var out, later []string
	for k := len(p.locals) - 1; k >= 0; k-- {
		switch l := p.locals[k]; {
		case l.def != def:
		case l.at < at:
			out = append(out, l.name)
		default:
			later = append(later, l.name)
		}
	}
	return append(out, later...)
}
