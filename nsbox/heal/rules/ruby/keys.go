package ruby

import (
	"slices"
	"strings"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/internal/source"
)

// keyLists are the program's keys: those that hashes are made with, as symbols
// and as texts.
func (m *mender) keyLists() (symbols, strs []string) {
	symbols = slices.Clone(m.keys)
	for i, t := range m.tokens {
		if t.Kind != source.String || i+1 >= len(m.tokens) || m.tokens[i+1].Text != "=>" && m.tokens[i+1].Text != ":" {
			continue
		}
		switch t.Text[0] {
		case ':':
			symbols = append(symbols, t.Text[1:])
		case '"', '\'':
			if m.tokens[i+1].Text == "=>" {
				strs = append(strs, strings.Trim(t.Text, `"'`))
			} else {
				symbols = append(symbols, strings.Trim(t.Text, `"'`))
			}
		}
	}
	return symbols, strs
}

// mendKey mends the key in token t, if no hash has it, but one that is near, or
// the same as a text or symbol.
func (m *mender) mendKey(t source.Token) bool {
	symbols, strs := m.keyLists()
	isSymbol := t.Text[0] == ':'
	name := strings.Trim(strings.TrimPrefix(t.Text, ":"), `"'`)
	own, other := symbols, strs
	if !isSymbol {
		own, other = strs, symbols
	}
	if slices.Contains(own, name) {
		return false
	}
	c := &choices{}
	for _, k := range own {
		c.add(k, true, true, 1)
	}
	best, ok := clear(c.nearest(name))
	switch {
	case ok:
		m.swap("near-key", nsbox.RankLocal, t, strings.Replace(t.Text, name, best.name, 1))
	case slices.Contains(other, name) && len(own) == 0 && isSymbol:
		m.swap("key-kind", nsbox.RankStructural, t, `"`+name+`"`)
	case slices.Contains(other, name) && len(own) == 0 && name != "" && strings.IndexFunc(name, func(r rune) bool { return r < 128 && !wordByte(byte(r)) }) < 0:
		m.swap("key-kind", nsbox.RankStructural, t, ":"+name)
	default:
		return false
	}
	return true
}

// unknownKey mends fetch(:naem).
func (m *mender) unknownKey(key string) {
	for _, line := range append([]int{m.d.Line}, m.frames()...) {
		for _, quote := range []string{key, "'" + strings.Trim(key, `"`) + "'"} {
			if at := m.on(line, quote); len(at) > 0 && (quote[0] == ':' || quote[0] == '"' || quote[0] == '\'') {
				m.mendKey(m.deep[at[0]])
				return
			}
		}
	}
}

// nilKeys mends an index on the line that no hash has: h[:naem].size.
func (m *mender) nilKeys() {
	start, end := m.Bounds(m.d.Line)
	for i, t := range m.deep {
		if t.Start < start || t.Start >= end || t.Kind != source.String || m.before(i).Text != "[" || m.after(i).Text != "]" || len(t.Text) < 3 {
			continue
		}
		if i < 2 || m.deep[i-2].End != m.deep[i-1].Start || strings.Contains(t.Text, "#{") {
			continue
		}
		if m.mendKey(t) {
			return
		}
	}
}

// arguments mends the names of keyword arguments, and what Python's methods have
// more.
func (m *mender) arguments(msg string) {
	for _, intro := range []string{"missing keyword: :", "missing keywords: :", "unknown keyword: :", "unknown keywords: :"} {
		name, ok := strings.CutPrefix(msg, intro)
		if !ok {
			continue
		}
		name = word(name)
		if lines := m.frames(); len(lines) > 1 && name != "" {
			m.keyword(name, strings.HasPrefix(intro, "missing"), lines[0], lines[1])
		}
		return
	}
	if strings.HasPrefix(msg, "wrong number of arguments") {
		m.selfParameter()
	}
}

// keyword mends the label of a call at line caller to a method defined at line
// callee: one that the method misses, or does not know.
func (m *mender) keyword(name string, missing bool, callee, caller int) {
	given, taken := m.labels(caller), m.labels(callee)
	c := &choices{}
	if missing {
		for _, t := range given {
			if !slices.ContainsFunc(taken, func(x source.Token) bool { return x.Text == t.Text }) {
				c.add(t.Text, true, true, 1)
			}
		}
		if best, ok := clear(c.nearest(name)); ok {
			for _, t := range given {
				if t.Text == best.name {
					m.swap("keyword-argument", nsbox.RankLocal, t, name)
				}
			}
		}
		return
	}
	for _, t := range taken {
		c.add(t.Text, true, true, 1)
	}
	if best, ok := clear(c.nearest(name)); ok {
		for _, t := range given {
			if t.Text == name {
				m.swap("keyword-argument", nsbox.RankLocal, t, best.name)
			}
		}
	}
}

// labels are the words on a line that are labels.
func (m *mender) labels(line int) []source.Token {
	start, end := m.Bounds(line)
	var out []source.Token
	for i, t := range m.tokens {
		if t.Start >= start && t.Start < end && t.Kind == source.Word && m.label(i) {
			out = append(out, t)
		}
	}
	return out
}

// selfParameter removes the self that a method of Python begins with.
func (m *mender) selfParameter() {
	for _, line := range m.frames() {
		if i, ok := m.only("self"); ok && line == m.d.Line && m.before(i).Text == "(" && m.before(i-2).Text == "def" {
			end := m.deep[i].End
			if n := m.after(i); n.Text == "," {
				end = n.End + len(m.Src[n.End:]) - len(strings.TrimLeft(m.Src[n.End:], " "))
			}
			m.add("self-parameter", nsbox.RankLocal, "Ruby passes self by itself", m.edit(m.deep[i].Start, end, ""))
			return
		}
	}
}

// frozen mends a text that a comment at the file's beginning froze.
func (m *mender) frozen(msg string) {
	literal, ok := strings.CutPrefix(msg, "can't modify frozen String: ")
	if !ok || !strings.Contains(m.Src[:min(len(m.Src), 400)], "frozen_string_literal: true") {
		return
	}
	var at []source.Token
	for i, t := range m.tokens {
		if t.Kind == source.String && strings.Trim(t.Text, `"'`) == strings.Trim(literal, `"`) && i > 0 && m.tokens[i-1].Text == "=" && (i+1 >= len(m.tokens) || m.tokens[i+1].Kind == source.Newline) {
			at = append(at, t)
		}
	}
	if len(at) == 1 {
		m.add("unfrozen", nsbox.RankLocal, "the text is frozen by the comment at the top", m.edit(at[0].Start, at[0].Start, "+"))
	}
}

// thrown writes raise for a throw of an exception or a message.
func (m *mender) thrown(msg string) {
	what, ok := strings.CutPrefix(msg, "uncaught throw ")
	if !ok || !strings.HasPrefix(what, "#<") && !strings.HasPrefix(what, `"`) && (what == "" || what[0] < 'A' || what[0] > 'Z') {
		return
	}
	if i, ok := m.only("throw"); ok {
		m.swap("raise", nsbox.RankLocal, m.deep[i], "raise")
	}
}
