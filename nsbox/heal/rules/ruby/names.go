package ruby

import (
	"slices"
	"strings"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/internal/source"
)

// literals are other languages' names of what Ruby has, too.
var literals = map[string]string{
	"True": "true", "TRUE": "true", "False": "false", "FALSE": "false", "None": "nil", "null": "nil", "Null": "nil", "NULL": "nil",
	"NIL": "nil", "Nil": "nil", "undefined": "nil", "nullptr": "nil", "this": "self", "Self": "self",
}

// unknownName mends a name without a receiver that is neither a variable nor a
// method.
func (m *mender) unknownName(name string, recv receiver) {
	i, single := m.only(name)
	if at := m.on(m.d.Line, name); len(at) == 0 {
		return
	}
	t := m.deep[i]
	if strings.ContainsAny(name, "“”‘’") {
		m.characters()
		return
	}
	if to := literals[name]; to != "" && m.before(i).Text != "." {
		m.swap("literal", nsbox.RankLocal, t, to)
		return
	}
	if m.foreignName(i) {
		return
	}
	at := m.tokenAt(t.Start)
	if m.headOfLine(at) {
		return
	}
	if t.Start > 1 && m.Src[t.Start-1] == '&' && m.Src[t.Start-2] == '(' {
		m.swap("symbol", nsbox.RankLocal, t, ":"+name)
		return
	}
	line := strings.TrimSpace(m.Line(m.d.Line))
	if first, _, _ := strings.Cut(line, " "); strings.Contains(line, "Struct.new(:") || first == "attr_reader" || first == "attr_writer" || first == "attr_accessor" {
		m.swap("symbol", nsbox.RankLocal, t, ":"+name)
		return
	}
	cl := m.classOf(recv, at)
	if cl != nil && cl != m.main && slices.Contains(m.ivars, "@"+name) && m.inClass(cl, "@"+name) {
		m.swap("instance-variable", nsbox.RankLocal, t, "@"+name)
		return
	}
	if (m.before(i).Text == "<" && i > 2 && m.deep[i-3].Text == "class" || m.after(i).Text == "." && i+2 < len(m.deep) && m.deep[i+2].Text == "new") && m.upcase(t) {
		return
	}
	if m.misspeltHere(name, at) || m.listOfTwo(i, name) {
		return
	}
	if m.elsewhere(name, at) {
		return // it is a variable of another method: a question of design
	}
	if m.ownMethod(cl, name, t) {
		return
	}
	if keywords[strings.ToLower(name)] && strings.ToLower(name) != name {
		m.swap("case", nsbox.RankLocal, t, strings.ToLower(name))
		return
	}
	m.renameNear(i, single, m.nameChoices(i, at, cl))
}

// headOfLine mends what the line of token at begins with, where that makes a
// call of a keyword: "rescu Error => e", "function f(a) {".
func (m *mender) headOfLine(at int) bool {
	k := min(at, len(m.tokens)-1)
	for k > 0 && m.tokens[k-1].Kind != source.Newline {
		k--
	}
	if k < 0 || k == at || m.tokens[k].Kind != source.Word || keywords[m.tokens[k].Text] {
		return false
	}
	if to := m.middle(k); to != "" {
		m.swap("keyword", nsbox.RankLocal, m.tokens[k], to)
		return true
	}
	if m.tokens[k].Text == "function" {
		if x, ok := m.braces(); ok {
			m.add(x.rule, nsbox.RankLocal, x.why, x.edits...)
			return true
		}
	}
	return false
}

// misspeltHere renames a variable of the same method which nothing uses, and
// whose name is nearly the one that is missing.
func (m *mender) misspeltHere(name string, at int) bool {
	c := &choices{}
	if m.uses[name] < 2 {
		return false
	}
	for _, v := range m.visible(at) {
		if m.uses[v] == 1 {
			c.add(v, true, true, 1)
		}
	}
	best, ok := clear(c.nearest(name))
	if !ok || best.cost > 3 {
		return false
	}
	for _, t := range m.deep {
		if t.Kind == source.Word && t.Text == best.name {
			m.swap("near-definition", nsbox.RankLocal, t, name)
			return true
		}
	}
	return false
}

// listOfTwo mends "a b = 1, 2".
func (m *mender) listOfTwo(i int, name string) bool {
	next := m.after(i)
	if next.Kind != source.Word || i+2 >= len(m.deep) || m.deep[i+2].Text != "=" || m.uses[name] < 2 || declarers[name] {
		return false
	}
	m.add("comma", nsbox.RankLocal, "a list of variables has commas", m.edit(m.deep[i].End, m.deep[i].End, ","))
	return true
}

// orphans proposes, where nothing else is known, to rename a variable that
// nothing uses to the nearly same name that its method uses and nothing sets.
func (m *mender) orphans() {
	var found []nsbox.Edit
	var to string
	for _, l := range m.locals {
		if m.uses[l.name] != 1 || l.def < 0 || m.blocks[l.def].close < 0 || l.name[0] == '_' {
			continue
		}
		start, end := m.tokens[m.blocks[l.def].open].Start, m.tokens[m.blocks[l.def].close].Start
		c := &choices{}
		for i, t := range m.deep {
			if t.Kind == source.Word && t.Start > start && t.Start < end && m.before(i).Text != "." && m.before(i).Text != "def" && !keywords[t.Text] && t.Text[0] >= 'a' &&
				!slices.ContainsFunc(m.locals, func(o local) bool { return o.name == t.Text && o.def == l.def }) {
				c.add(t.Text, true, true, 1)
			}
		}
		if best, ok := clear(c.nearest(l.name)); ok && best.cost <= 3 {
			found, to = append(found, m.edit(l.at, l.at+len(l.name), best.name)), best.name
		}
	}
	if len(found) == 1 {
		m.add("near-definition", nsbox.RankStructural, "nothing uses this variable, but its method uses "+to, found...)
	}
}

// twoTexts puts a comma between two texts that stand beside each other.
func (m *mender) twoTexts() {
	start, end := m.Bounds(m.d.Line)
	for i, t := range m.tokens {
		if i > 0 && t.Start >= start && t.Start < end && t.Kind == source.String && quoted(t.Text) && m.tokens[i-1].Kind == source.String && quoted(m.tokens[i-1].Text) && m.inside[i] >= 0 {
			at := m.tokens[i-1].End
			m.add("comma", nsbox.RankStructural, "two texts without a comma are one", m.edit(at, at, ","))
			return
		}
	}
}

// nameChoices are the names that may stand at the deep token i.
func (m *mender) nameChoices(i, at int, cl *class) *choices {
	c := &choices{}
	args, block := m.called(i)
	hints := hinted(m.d.Hint)
	for k, v := range m.visible(at) {
		c.add(v, true, args == 0 && !block, max(60-k, 1)+hintWeight(v, hints))
	}
	for _, own := range []*class{cl, m.main} {
		for up := own; up != nil; up = m.parent(up) {
			for _, n := range up.methods {
				c.add(n, true, fitsOwn(up, n, args), 50+hintWeight(n, hints))
			}
		}
	}
	for _, n := range m.consts {
		if strings.EqualFold(n, m.deep[i].Text) {
			c.add(n, true, true, 40)
		}
	}
	l := lib()
	for _, x := range l.private(m.around(min(at, len(m.tokens)-1), "class module") >= 0) {
		c.add(x.name, false, accepts(x.arity, args), weigh(x.name, hints))
	}
	for _, n := range l.consts {
		if strings.EqualFold(n, m.deep[i].Text) {
			c.add(n, false, true, 10)
		}
	}
	for _, k := range []string{"return", "yield", "break", "next", "nil", "true", "false", "self", "super", "redo", "retry"} {
		c.add(k, false, true, 30)
	}
	if cl != nil && cl != m.main {
		for _, v := range m.ivars {
			if strings.HasPrefix(m.deep[i].Text, "@") {
				c.add(v, true, true, 10)
			}
		}
	}
	return c
}

func fitsOwn(cl *class, name string, args int) bool {
	n, ok := cl.arity[name]
	return !ok || accepts(n, args)
}

// parent is the class of the program that cl derives from, nil if it is none.
func (p *program) parent(cl *class) *class {
	if cl.parent == "" || cl.parent == cl.name {
		return nil
	}
	up := p.classes[cl.parent]
	if up != nil && up.parent == cl.name {
		return nil // a circle, which no running program has
	}
	return up
}

// classOf is the program's class of recv; for its own objects that around at.
func (m *mender) classOf(recv receiver, at int) *class {
	if cl := m.classes[last(recv.class)]; cl != nil {
		return cl
	}
	if recv.class == "main" {
		return m.main
	}
	return m.classAt(at)
}

// inClass reports whether word stands within cl's body.
func (m *mender) inClass(cl *class, word string) bool {
	for i, t := range m.tokens {
		if t.Text == word && m.classAt(i) == cl {
			return true
		}
	}
	return false
}

// elsewhere reports whether name is a variable, but of another method than the
// one around token at.
func (m *mender) elsewhere(name string, at int) bool {
	for _, l := range m.locals {
		if l.name == name {
			return true
		}
	}
	return false
}

// ownMethod mends the call of a method of the class itself from an instance.
func (m *mender) ownMethod(cl *class, name string, t source.Token) bool {
	if cl != nil && cl != m.main && slices.Contains(cl.own, name) {
		m.add("class-method", nsbox.RankLocal, name+" is a method of the class "+cl.name, m.edit(t.Start, t.Start, "self.class."))
		return true
	}
	return false
}

// renameNear puts the nearest name for the deep token i, or renames what defines
// the nearest one, where it is that which has the slip.
func (m *mender) renameNear(i int, single bool, c *choices) bool {
	t := m.deep[i]
	best, ok := clear(c.nearest(t.Text))
	if !ok {
		return false
	}
	rank := nsbox.RankLocal
	if slices.Contains(hinted(m.d.Hint), best.name) {
		rank = nsbox.RankSuggested
	}
	if best.own && m.uses[best.name] == 1 && m.uses[t.Text] > 1 {
		for _, d := range m.deep {
			if d.Text == best.name || d.Text == ":"+best.name {
				m.swap("near-definition", rank, d, strings.Replace(d.Text, best.name, t.Text, 1))
				return true
			}
		}
	}
	if !single && m.d.Column == 0 {
		var edits []nsbox.Edit
		for _, k := range m.on(m.d.Line, t.Text) {
			edits = append(edits, m.edit(m.deep[k].Start, m.deep[k].End, best.name))
		}
		m.add("near-name", rank, t.Text+" -> "+best.name, edits...)
		return true
	}
	m.swap("near-name", rank, t, best.name)
	return true
}

// unknownConstant mends the name of a class, module or constant.
func (m *mender) unknownConstant(full string) {
	name := last(full)
	at := m.on(m.d.Line, name)
	if len(at) == 0 {
		return
	}
	t := m.deep[at[0]]
	scoped := m.before(at[0]).Text == "::"
	if to := literals[name]; to != "" && !scoped {
		m.swap("literal", nsbox.RankLocal, t, to)
		return
	}
	if lib().requires[name] != "" && !scoped {
		m.require(lib().requires[name], name)
		return
	}
	if scoped {
		m.renameNear(at[0], len(at) == 1, m.scopedChoices(at[0]))
		return
	}
	if name == "System" || name == "Console" || name == "Fmt" {
		m.foreignPrint(at[0])
		return
	}
	for _, l := range m.locals { // a constant that is set without its capital
		if strings.EqualFold(l.name, name) && m.uses[l.name] == 1 {
			m.add("case", nsbox.RankLocal, l.name+" -> "+name, m.edit(l.at, l.at+len(l.name), name))
			return
		}
	}
	c := &choices{}
	hints := hinted(m.d.Hint)
	for _, n := range m.consts {
		c.add(n, true, true, 60+weigh(n, hints))
	}
	for _, n := range lib().consts {
		c.add(n, false, true, 10+weigh(n, hints))
	}
	for n := range lib().requires {
		if !strings.ContainsAny(n, ".#") && loaded(m.Src, lib().requires[n]) {
			c.add(n, false, true, 20+weigh(n, hints))
		}
	}
	if m.renameNear(at[0], len(at) == 1, c) {
		return
	}
	if c := m.nameChoices(at[0], m.tokenAt(t.Start), m.classAt(m.tokenAt(t.Start))); strings.ToLower(name) != name {
		for _, x := range c.nearest(name) { // a variable with a capital letter
			if strings.EqualFold(x.name, name) {
				m.swap("case", nsbox.RankLocal, t, x.name)
				return
			}
		}
	}
}

// loaded reports whether the program requires the library.
func loaded(src, name string) bool {
	return strings.Contains(src, "require '"+name+"'") || strings.Contains(src, `require "`+name+`"`)
}

// scoped are constants in classes of Ruby.
var scoped = map[string]string{
	"Float": "INFINITY EPSILON NAN MAX MIN DIG", "Math": "PI E", "File": "SEPARATOR PATH_SEPARATOR", "Process": "CLOCK_MONOTONIC CLOCK_REALTIME",
	"Enumerator": "Lazy Yielder", "Net": "HTTP", "JSON": "ParserError", "Comparable": "", "Errno": "ENOENT EACCES EEXIST EPIPE ECONNREFUSED",
	"Thread": "Queue Mutex", "Encoding": "UTF_8 ASCII_8BIT BINARY US_ASCII", "Date": "MONTHNAMES DAYNAMES ABBR_DAYNAMES",
}

func (m *mender) scopedChoices(i int) *choices {
	c := &choices{}
	if i < 2 {
		return c
	}
	outer := m.deep[i-2].Text
	for _, n := range strings.Fields(scoped[outer]) {
		c.add(n, false, true, 10)
	}
	if m.classes[outer] != nil {
		for _, n := range m.consts {
			c.add(n, true, true, 10)
		}
	}
	return c
}

// require adds a library, after those that are required already.
func (m *mender) require(library, what string) {
	if loaded(m.Src, library) {
		return
	}
	line, quote := 0, byte('"')
	for n := 1; n <= m.Lines(); n++ {
		s := strings.TrimSpace(m.Line(n))
		if strings.HasPrefix(s, "require ") || strings.HasPrefix(s, "require_relative ") {
			line = n
			if strings.Contains(s, "'") {
				quote = '\''
			}
		} else if s != "" && s[0] != '#' {
			break
		}
	}
	if line == 0 { // after comments that Ruby itself reads
		for n := 1; n <= m.Lines() && n < 5; n++ {
			if s := m.Line(n); strings.HasPrefix(s, "#!") || strings.HasPrefix(s, "# frozen_string_literal") || strings.Contains(s, "coding:") && strings.HasPrefix(s, "#") {
				line = n
			}
		}
	}
	at := m.Next(line)
	text := "require " + string(quote) + library + string(quote) + "\n"
	if at == len(m.Src) && at > 0 && m.Src[at-1] != '\n' {
		text = "\n" + text
	}
	m.add("require", nsbox.RankLocal, what+" is in the library "+library, m.edit(at, at, text))
}

// unknownLibrary mends require "jsn".
func (m *mender) unknownLibrary(name string) {
	for _, line := range append(m.frames(), m.d.Line) {
		start, end := m.Bounds(line)
		for _, t := range m.deep {
			if t.Start < start || t.Start >= end || t.Kind != source.String || len(t.Text) != len(name)+2 || t.Text[1:len(t.Text)-1] != name {
				continue
			}
			c := &choices{}
			for _, n := range append(lib().libs, hinted(m.d.Hint)...) {
				c.add(n, true, true, weigh(n, hinted(m.d.Hint)))
			}
			for _, f := range m.problem.Files {
				c.add("./"+strings.TrimSuffix(f.Name, ".rb"), true, true, 0)
			}
			if best, ok := clear(c.nearest(name)); ok {
				m.add("near-library", nsbox.RankLocal, name+" -> "+best.name, m.edit(t.Start+1, t.End-1, best.name))
			} else if fileOf(m.problem.Files, name+".rb") != nil && m.before(m.index(t)).Text == "require" {
				m.swap("require-relative", nsbox.RankLocal, m.before(m.index(t)), "require_relative")
			}
			return
		}
	}
}

// index is the index of a deep token.
func (m *mender) index(t source.Token) int {
	return slices.IndexFunc(m.deep, func(x source.Token) bool { return x.Start == t.Start && x.End == t.End })
}

// unknownSymbol mends a name given as a symbol: alias_method, attr, send.
func (m *mender) unknownSymbol(name string) {
	i, ok := m.only(":" + name)
	if !ok {
		return
	}
	c := &choices{}
	cl := m.classAt(m.tokenAt(m.deep[i].Start))
	for _, n := range cl.methods {
		c.add(n, true, true, 1)
	}
	if best, ok := clear(c.nearest(name)); ok {
		m.swap("near-name", nsbox.RankLocal, m.deep[i], ":"+best.name)
	}
}
