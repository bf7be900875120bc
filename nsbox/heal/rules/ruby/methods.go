package ruby

import (
	"slices"
	"strings"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/internal/source"
)

// synonyms are methods of other languages, and what Ruby calls them. What has
// another meaning or other arguments there is left out.
var synonyms = map[string]string{
	"contains": "include?", "includes": "include?", "has": "include?", "indexOf": "index", "toUpperCase": "upcase", "toLowerCase": "downcase", "upper": "upcase",
	"lower": "downcase", "toupper": "upcase", "tolower": "downcase", "trim": "strip", "trimStart": "lstrip", "trimEnd": "rstrip", "len": "length",
	"isEmpty": "empty?", "is_empty": "empty?", "forEach": "each", "foreach": "each", "for_each": "each", "startsWith": "start_with?",
	"startswith": "start_with?", "endsWith": "end_with?", "endswith": "end_with?", "push_back": "push", "pushBack": "push", "toString": "to_s",
	"to_string": "to_s", "to_str": "to_s", "some": "any?", "every": "all?", "any": "any?", "all": "all?", "none": "none?", "has_key": "key?",
	"hasKey": "key?", "containsKey": "key?", "contains_key": "key?", "hasOwnProperty": "key?", "isdigit": "match?", "sorted": "sort", "reversed": "reverse",
	"toArray": "to_a", "to_list": "to_a", "to_int": "to_i", "toInt": "to_i", "to_integer": "to_i", "toFloat": "to_f", "to_float": "to_f", "charAt": "slice",
	"is_nil": "nil?", "isNull": "nil?", "is_null": "nil?", "isa": "is_a?", "instanceof": "is_a?", "findIndex": "find_index", "flatMap": "flat_map",
	"add": "push", "remove": "delete", "capitalise": "capitalize", "join_with": "join", "title": "capitalize", "concatenate": "concat", "unique": "uniq",
	"distinct": "uniq", "sortBy": "sort_by", "groupBy": "group_by", "maxBy": "max_by", "minBy": "min_by", "reduce_right": "reduce", "abs_value": "abs",
	"absolute": "abs", "toSym": "to_sym", "modulus": "modulo", "ceiling": "ceil", "push_front": "unshift", "pop_front": "shift", "pop_back": "pop",
	"lengh": "length", "count_of": "count", "last_index": "rindex", "lastIndexOf": "rindex", "toFixed": "round", "clone_deep": "dup", "stringify": "to_s",
}

// unknownMethod mends the call of a method that the receiver does not have.
func (m *mender) unknownMethod(name string, recv receiver) {
	i, single := m.only(name)
	if strings.HasSuffix(name, "=") && len(m.on(m.d.Line, name)) == 0 {
		i, single = m.only(strings.TrimSuffix(name, "="))
	}
	if strings.HasSuffix(name, "=") && m.comparison(name, i, single) {
		return
	}
	found := len(m.on(m.d.Line, name)) > 0 || strings.HasSuffix(name, "=") && len(m.on(m.d.Line, strings.TrimSuffix(name, "="))) > 0
	if recv.class == "NilClass" {
		m.onNil(name, i, found)
		return
	}
	if !found {
		m.elsewhereSymbol(name, recv)
		return
	}
	t := m.deep[i]
	if name == "new" && i >= 2 && m.upcase(m.deep[i-2]) {
		return
	}
	dotted := m.before(i).Text == "." || m.before(i).Text == "&."
	if !dotted {
		m.unknownCall(i, single, name, recv)
		return
	}
	cl := m.classes[last(recv.class)]
	switch {
	case cl != nil && recv.self:
		m.ofClass(cl, i, single, name)
		return
	case cl != nil:
		m.ofInstance(cl, i, single, name)
		return
	case recv.class == "" || recv.class == "main":
		return
	}
	if key := libraryKey(recv, name); key != "" {
		m.require(key, name)
		return
	}
	if m.asText(i, name, recv) {
		return
	}
	args, _ := m.called(i)
	c := &choices{}
	hints := hinted(m.d.Hint)
	for _, x := range lib().methods(keyOf(recv), false) {
		c.add(x.name, false, accepts(x.arity, args), weigh(x.name, hints))
	}
	if len(c.list) == 0 { // a class that nobody knows: Ruby's own hint alone
		for _, h := range hints {
			c.add(h, true, true, 1)
		}
	}
	if to := synonyms[name]; to != "" && to != "match?" && lib().has(keyOf(recv), to) {
		m.swap("synonym", nsbox.RankLocal, t, to)
		return
	}
	if m.renameNear(i, single, c) {
		return
	}
	c = &choices{}
	for _, x := range lib().members["Kernel#"] {
		if !x.private {
			c.add(x.name, false, accepts(x.arity, args), weigh(x.name, hints))
		}
	}
	m.renameNear(i, single, c)
}

// upcase mends the name of a class that lacks its capital letter.
func (m *mender) upcase(t source.Token) bool {
	for _, list := range [][]string{m.consts, lib().consts} {
		for _, c := range list {
			if c != t.Text && strings.EqualFold(c, t.Text) {
				m.swap("case", nsbox.RankLocal, t, c)
				return true
			}
		}
	}
	return false
}

// asking are methods whose block answers a question, so that it does not
// assign.
var asking = set("select reject filter find detect any? all? none? count partition find_index index find_all take_while drop_while delete_if keep_if one?")

// comparison mends "x.size = 2" in a condition.
func (m *mender) comparison(name string, i int, single bool) bool {
	eq := i + 1
	if !single || eq >= len(m.deep) || m.deep[eq].Text != "=" {
		return false
	}
	if !m.asked(m.deep[eq]) {
		return false
	}
	m.swap("equals", nsbox.RankLocal, m.deep[eq], "==")
	return true
}

// asked reports whether the token stands in a condition: after an if or its like,
// before a "?", or in the block of a method that asks.
func (m *mender) asked(t source.Token) bool {
	at := m.tokenAt(t.Start)
	if at >= len(m.tokens) {
		return false
	}
	for k := at - 1; k >= 0 && m.tokens[k].Kind != source.Newline; k-- {
		if w := m.tokens[k]; m.inside[k] == m.inside[at] && w.Kind == source.Word && !m.plain(k) && (modifiers[w.Text] || w.Text == "elsif" || w.Text == "then" || w.Text == "do") {
			return modifiers[w.Text] || w.Text == "elsif"
		}
	}
	for b := m.inside[at]; b >= 0; b = m.inside[m.blocks[b].open] {
		open := m.blocks[b].open
		if modifiers[m.blocks[b].word] && m.line(open) == m.line(at) {
			return true
		}
		if (m.blocks[b].word == "{" || m.blocks[b].word == "do") && open > 0 {
			k := open - 1
			if m.tokens[k].Text == ")" && m.openOf(k) > 0 {
				k = m.openOf(k) - 1
			}
			return asking[m.tokens[k].Text]
		}
		if modifiers[m.blocks[b].word] {
			return false
		}
	}
	return false
}

func keyOf(recv receiver) string {
	if recv.self {
		return recv.class + "."
	}
	return recv.class + "#"
}

// libraryKey is the library that gives the receiver's class the method.
func libraryKey(recv receiver, name string) string {
	r := lib().requires
	if recv.self {
		return r[recv.class+"."+name]
	}
	for _, up := range append([]string{recv.class}, lib().ancestors[recv.class+"#"]...) {
		if n := r[up+"#"+name]; n != "" {
			return n
		}
	}
	return r["#"+name]
}

// asText inserts to_s where a number or symbol is asked for what texts have.
func (m *mender) asText(i int, name string, recv receiver) bool {
	number := recv.class == "Integer" || recv.class == "Float"
	if !number && recv.class != "Symbol" || !lib().has("String#", name) || lib().has(recv.class+"#", name) {
		return false
	}
	if number && lib().has("Array#", name) && name != "length" && !strings.Contains(m.Line(m.d.Line), ".to_") {
		return false // which of both was meant is open
	}
	at := m.before(i).Start
	m.add("to-s", nsbox.RankLocal, name+" is a method of texts", m.edit(at, at, ".to_s"))
	return true
}

// unknownCall mends a call without a receiver.
func (m *mender) unknownCall(i int, single bool, name string, recv receiver) {
	t := m.deep[i]
	at := m.tokenAt(t.Start)
	cl := m.classOf(recv, at)
	if m.foreignCall(i, name) {
		return
	}
	if next := m.after(i); slices.Contains(m.visible(at), name) && next.Start > t.End && (next.Kind == source.Word && !keywords[next.Text] || next.Kind == source.Number || next.Kind == source.String) {
		m.add("comma", nsbox.RankLocal, name+" is a variable, and the next value another argument", m.edit(t.End, t.End, ","))
		return
	}
	if n := lib().requires["Kernel."+name]; n != "" {
		m.require(n, name)
		return
	}
	if m.ownMethod(cl, name, t) {
		return
	}
	if cl != nil && recv.self && slices.Contains(cl.methods, name) {
		m.toClassMethod(cl, name)
		return
	}
	lower := strings.ToLower(name)
	if keywords[lower] && lower != name {
		m.swap("case", nsbox.RankLocal, t, lower)
		return
	}
	if m.keywordCall(i) || m.listOfTwo(i, name) {
		return
	}
	m.renameNear(i, single, m.nameChoices(i, at, cl))
}

// ofInstance mends obj.name where obj's class is the program's.
func (m *mender) ofInstance(cl *class, i int, single bool, name string) {
	base := strings.TrimSuffix(name, "=")
	if slices.Contains(m.ivars, "@"+base) && m.inClass(cl, "@"+base) {
		m.attribute(cl, base, name != base)
		return
	}
	args, _ := m.called(i)
	c := &choices{}
	hints := hinted(m.d.Hint)
	for up := cl; up != nil; up = m.parent(up) {
		for _, n := range up.methods {
			if n = strings.TrimSuffix(n, "="); name != base || !slices.Contains(up.methods, n+"=") {
				c.add(n, true, fitsOwn(up, n, args), 50+hintWeight(n, hints))
			} else {
				c.add(n, true, true, 50)
			}
		}
		if up.parent != "" && m.classes[up.parent] == nil {
			for _, x := range lib().methods(up.parent+"#", false) {
				c.add(x.name, false, accepts(x.arity, args), weigh(x.name, hints))
			}
		}
	}
	if m.renameNear(i, single, c) {
		return
	}
	c = &choices{}
	for _, x := range lib().members["Kernel#"] {
		if !x.private {
			c.add(x.name, false, accepts(x.arity, args), weigh(x.name, hints))
		}
	}
	m.renameNear(i, single, c)
}

// ofClass mends Foo.name.
func (m *mender) ofClass(cl *class, i int, single bool, name string) {
	if slices.Contains(cl.methods, name) && !strings.Contains(m.Src, cl.name+".new") {
		m.toClassMethod(cl, name)
		return
	}
	args, _ := m.called(i)
	c := &choices{}
	for up := cl; up != nil; up = m.parent(up) {
		for _, n := range up.own {
			c.add(n, true, fitsOwn(up, n, args), 50)
		}
	}
	c.add("new", true, true, 60)
	if m.renameNear(i, single, c) {
		return
	}
	if name == "create" || name == "New" || name == "nwe" || name == "enw" || name == "ne" || name == "build" {
		m.swap("near-name", nsbox.RankLocal, m.deep[i], "new")
	}
}

// toClassMethod writes def self.f for def f.
func (m *mender) toClassMethod(cl *class, name string) {
	for i, t := range m.tokens {
		if t.Text == "def" && i+1 < len(m.tokens) && m.tokens[i+1].Text == name && m.classAt(i) == cl {
			at := m.tokens[i+1].Start
			m.add("class-method", nsbox.RankLocal, name+" is called of "+cl.name+" itself", m.edit(at, at, "self."))
			return
		}
	}
}

// attribute lets others read, or write, the instance variable @name of cl.
func (m *mender) attribute(cl *class, name string, write bool) {
	want := "attr_reader"
	if write {
		want = "attr_writer"
	}
	for i, t := range m.tokens {
		if t.Text != "attr_reader" && t.Text != "attr_writer" && t.Text != "attr_accessor" || m.classAt(i) != cl {
			continue
		}
		end, mine, n := i+1, -1, 0
		for ; end < len(m.tokens) && m.tokens[end].Kind != source.Newline; end++ {
			if m.tokens[end].Text == ":"+name {
				mine = end
			}
			if m.tokens[end].Kind == source.String {
				n++
			}
		}
		if mine >= 0 && n == 1 {
			m.swap("attribute", nsbox.RankLocal, t, "attr_accessor")
			return
		}
		if mine < 0 && (t.Text == want || t.Text == "attr_accessor" && !write) && n > 0 {
			at := m.tokens[end-1].End
			m.add("attribute", nsbox.RankLocal, "@"+name+" has no "+want, m.edit(at, at, ", :"+name))
			return
		}
	}
	for i, t := range m.tokens {
		if t.Text == "class" && !m.plain(i) && i+1 < len(m.tokens) && m.tokens[i+1].Text == cl.name {
			line := m.line(i)
			if write && !slices.Contains(cl.methods, name) {
				want = "attr_accessor"
			}
			at := m.Next(line)
			m.add("attribute", nsbox.RankLocal, "@"+name+" has no "+want, m.edit(at, at, m.Indent(line)+"  "+want+" :"+name+"\n"))
			return
		}
	}
}

// elsewhereSymbol mends a method that is called by its name as a symbol:
// map(&:upcse).
func (m *mender) elsewhereSymbol(name string, recv receiver) {
	for _, line := range append([]int{m.d.Line}, m.frames()...) {
		at := m.on(line, ":"+name)
		if len(at) == 0 {
			continue
		}
		c := &choices{}
		hints := hinted(m.d.Hint)
		if cl := m.classes[last(recv.class)]; cl != nil {
			for up := cl; up != nil; up = m.parent(up) {
				for _, n := range up.methods {
					c.add(n, true, true, 50)
				}
			}
		}
		for _, x := range lib().methods(keyOf(recv), true) {
			c.add(x.name, false, x.arity == 0 || x.arity == -1, weigh(x.name, hints))
		}
		best, ok := clear(c.nearest(name))
		if to := synonyms[name]; !ok && to != "" && lib().has(keyOf(recv), to) {
			best, ok = choice{name: to}, true
		}
		if ok {
			m.swap("near-name", nsbox.RankLocal, m.deep[at[0]], ":"+best.name)
		}
		return
	}
}
