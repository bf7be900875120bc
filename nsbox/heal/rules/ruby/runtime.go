package ruby

import (
	"slices"
	"strings"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/internal/source"
)

// receiver is what a message says of the object that lacks a method.
type receiver struct {
	class string // "Array", "Foo"; "main" for the program itself, "" if unknown
	self  bool   // the class or module itself is the receiver
}

// quotedName cuts `name' or 'name' out of a message after intro.
func quotedName(message, intro string) (name, rest string, ok bool) {
	_, s, ok := strings.Cut(message, intro+" ")
	if !ok || len(s) < 3 || s[0] != '`' && s[0] != '\'' {
		return "", "", false
	}
	end := strings.IndexByte(s[1:], '\'')
	if end <= 0 {
		return "", "", false
	}
	return s[1 : end+1], s[end+2:], true
}

// receiverOf reads what follows "for": `[1]:Array`, `#<Foo:0x1 @a=1>`,
// `Foo:Class`, and of newer versions `an instance of Foo`, `class Foo`, `nil`.
func receiverOf(rest string) receiver {
	_, s, ok := strings.Cut(rest, "for ")
	if !ok {
		return receiver{}
	}
	s, _, _ = strings.Cut(s, "\n")
	s = strings.TrimSpace(s)
	if of, ok := strings.CutPrefix(s, "an instance of "); ok {
		return receiver{class: of}
	}
	for _, kind := range []string{"class ", "module "} {
		if of, ok := strings.CutPrefix(s, kind); ok {
			return receiver{class: of, self: true}
		}
	}
	switch {
	case s == "nil":
		return receiver{class: "NilClass"}
	case s == "main:Object" || s == "main":
		return receiver{class: "main"}
	}
	if of, ok := strings.CutPrefix(s, "#<struct "); ok {
		return receiver{class: word(of)}
	}
	if of, ok := strings.CutPrefix(s, "#<"); ok && strings.HasSuffix(s, ">") {
		return receiver{class: word(of)}
	}
	at := strings.LastIndexByte(s, ':')
	if at < 0 {
		return receiver{}
	}
	class := s[at+1:]
	if class == "Class" || class == "Module" {
		return receiver{class: s[:at], self: true}
	}
	return receiver{class: class}
}

// word is the name, with "::", that s begins with.
func word(s string) string {
	n := 0
	for n < len(s) && (wordByte(s[n]) || strings.HasPrefix(s[n:], "::") || n > 0 && s[n] == ':' && s[n-1] == ':') {
		n++
	}
	return s[:n]
}

// last is the last part of a class's name: C of A::B::C.
func last(class string) string { return class[strings.LastIndexByte(class, ':')+1:] }

// runtime proposes for what a program raised.
func (m *mender) runtime() {
	msg := m.d.Message
	switch m.d.Type {
	case "NameError":
		if name, rest, ok := quotedName(msg, "undefined local variable or method"); ok {
			m.unknownName(name, receiverOf(rest))
		} else if rest, ok := strings.CutPrefix(msg, "uninitialized constant "); ok {
			m.unknownConstant(word(rest))
		} else if name, _, ok := quotedName(msg, "undefined method"); ok { // alias, public_send of a module
			m.unknownSymbol(name)
		}
	case "NoMethodError":
		if name, rest, ok := quotedName(msg, "undefined method"); ok {
			m.unknownMethod(name, receiverOf(rest))
		}
	case "TypeError":
		m.conversion(msg)
	case "ArgumentError":
		m.arguments(msg)
	case "KeyError":
		if key, ok := strings.CutPrefix(msg, "key not found: "); ok {
			m.unknownKey(key)
		}
	case "LoadError":
		if name, ok := strings.CutPrefix(msg, "cannot load such file -- "); ok {
			m.unknownLibrary(name)
		}
	case "FrozenError":
		m.frozen(msg)
	case "UncaughtThrowError":
		m.thrown(msg)
	case "NotImplementedError":
		m.overridden()
	}
	m.assigned()
	for _, last := range []func(){m.conditions, m.ampersand, m.twoTexts, m.orphans} {
		if !m.done() {
			last()
		}
	}
}

// conditions proposes "==" for a "=" before a literal in a condition on the line
// that failed.
func (m *mender) conditions() {
	at := m.on(m.d.Line, "=")
	if len(at) != 1 {
		return
	}
	if n := m.after(at[0]); (n.Kind == source.Number || n.Kind == source.String || n.Text == "nil") && m.asked(m.deep[at[0]]) {
		m.swap("equals", nsbox.RankStructural, m.deep[at[0]], "==")
	}
}

// ampersand puts the comma before a block or a list that is passed on: f(x
// &block), f(x *list).
func (m *mender) ampersand() {
	for _, line := range append([]int{m.d.Line}, m.frames()...) {
		for _, sign := range []string{"&", "*", "**"} {
			for _, i := range m.onLine(line, sign) {
				if i > 0 && i+2 < len(m.tokens) && m.value(i-1) && m.tokens[i-1].End < m.tokens[i].Start && m.tokens[i].End == m.tokens[i+1].Start && m.tokens[i+2].Text == ")" {
					at := m.tokens[i-1].End
					m.add("comma", nsbox.RankStructural, "arguments have commas between them", m.edit(at, at, ","))
					return
				}
			}
		}
	}
}

// overridden mends the name of a method that should override one which says of
// itself that it is not implemented.
func (m *mender) overridden() {
	_, frame, ok := strings.Cut(m.d.StackTrace, ":in ")
	if !ok || len(frame) < 2 {
		return
	}
	frame, _, _ = strings.Cut(frame[1:], "'")
	name := frame[strings.LastIndexAny(frame, "#.")+1:]
	for _, own := range m.order {
		cl := m.classes[own]
		if m.parent(cl) == nil || slices.Contains(cl.methods, name) {
			continue
		}
		c := &choices{}
		for _, n := range cl.methods {
			if m.uses[n] == 1 {
				c.add(n, true, true, 1)
			}
		}
		best, ok := clear(c.nearest(name))
		if !ok {
			continue
		}
		for _, t := range m.deep {
			if t.Text == best.name {
				m.swap("near-definition", nsbox.RankLocal, t, name)
				return
			}
		}
	}
}

// assigned proposes "==" where Ruby itself warns that a condition assigns.
func (m *mender) assigned() {
	for line := range strings.Lines(string(m.problem.Stderr)) {
		at, ok := strings.CutSuffix(strings.TrimRight(line, "\n"), ": warning: found `= literal' in conditional, should be ==")
		if !ok {
			at, ok = strings.CutSuffix(strings.TrimRight(line, "\n"), ": warning: found '= literal' in conditional, should be ==")
		}
		n := 0
		for _, c := range at[strings.LastIndexByte(at, ':')+1:] {
			if c < '0' || c > '9' || n > 1<<24 {
				n, ok = 0, false
				break
			}
			n = n*10 + int(c-'0')
		}
		if !ok || n == 0 {
			continue
		}
		if eq := m.on(n, "="); len(eq) == 1 {
			m.swap("equals", 1, m.deep[eq[0]], "==")
			return
		}
	}
}
