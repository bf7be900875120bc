package java

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/nsbox/nsbox/nsbox/internal/lazyre"
	"github.com/nsbox/nsbox/nsbox/internal/source"
)

var (
	converted = lazyre.New(`(?s)(\S(?:[^\n]*\S)?) cannot be converted to (\S(?:[^\n]*\S)?)\s*$`)
	lossy     = lazyre.New(`possible lossy conversion from (\w+) to (\w+)`)
)

// expression are the tokens of the wrong expression.
func (s *site) expression() (from, to int) {
	from = s.at(s.r.Start)
	to = s.at(s.r.End-1) + 1
	if s.r.End <= s.r.Start || to <= from {
		to = from + 1
	}
	return from, min(to, len(s.tokens))
}

// incompatible: a value has another type than its place.
func (s *site) incompatible() []answer {
	text := s.r.Message
	if len(s.r.Details) > 0 && !strings.Contains(s.r.Message, "convert") {
		text += " " + strings.TrimSpace(s.r.Details[0])
	}
	text = strings.TrimPrefix(text, "incompatible types: ")
	from, to := s.expression()
	if from >= len(s.tokens) {
		return nil
	}
	if m := lossy.FindStringSubmatch(text); m != nil {
		return s.lossy(m[1], m[2], from, to)
	}
	switch {
	case strings.HasPrefix(text, "unexpected return value"):
		return s.unexpectedReturn(from)
	case strings.Contains(text, "in lambda expression"):
		return nil
	}
	if m := converted.FindStringSubmatch(text); m != nil {
		return s.convert(simpleType(m[1]), simpleType(m[2]), from, to)
	}
	return nil
}

// convert mends "have cannot be converted to want".
func (s *site) convert(have, want string, from, to int) []answer {
	lit := s.tokens[from]
	alone := to == from+1
	switch {
	case want == "boolean" && have != "void":
		return s.condition(have, from, to)
	case have == "String" && want == "char" || have == "String" && want == "Character":
		if alone && lit.Kind == source.String {
			if c, ok := charOf(lit.Text); ok {
				return one("char-quotes", "a character stands in single quotes", s.replace(from, 1, c))
			}
		}
		return nil
	case have == "char" && want == "String":
		if alone && lit.Kind == source.String {
			return one("text-quotes", "a text stands in double quotes", s.replace(from, 1, textOf(lit.Text)))
		}
		return s.wrap("String.valueOf(", ")", from, to, "to-text", "a value's text is String.valueOf(value)")
	case want == "String" && (primitives[have] || boxOf(have) != ""):
		if alone && lit.Kind == source.Number && have == "int" && plainInt(lit.Text) {
			return one("to-text", "a text stands in double quotes", s.replace(from, 1, `"`+lit.Text+`"`))
		}
		return s.wrap("String.valueOf(", ")", from, to, "to-text", "a value's text is String.valueOf(value)")
	case have == "String" && (rank[want] >= 3 || want == "Integer" || want == "Double" || want == "Long"):
		return s.parsed(want, from, to)
	case have == "double" && want == "Float" || have == "double" && want == "float":
		return s.lossy(have, want, from, to)
	case have == "int" && want == "Long":
		if alone && lit.Kind == source.Number && plainInt(lit.Text) {
			return one("long-literal", "a long ends with L", s.replace(from, 1, lit.Text+"L"))
		}
	case have == "int" && (want == "Double" || want == "Float"):
		if alone && lit.Kind == source.Number && plainInt(lit.Text) {
			return one("double-literal", "a double has a point", s.replace(from, 1, lit.Text+".0"))
		}
	}
	return s.retyped(have, want, from)
}

// retyped: a variable whose declared type its only value contradicts.
func (s *site) retyped(have, want string, from int) []answer {
	if s.text(from-1) != "=" || !s.isName(from-2) || !s.declaresAt(from-2) {
		return nil
	}
	start := s.typeStart(from - 3)
	if simpleType(s.span(start, from-2)) != want {
		return nil
	}
	switch {
	case have == want+"[]", have == want+"[][]":
		return one("declared-type", "what is assigned is an array", s.insert(from-2, strings.TrimPrefix(have, want)))
	case have == "boolean" && (want == "int" || want == "String"), have == "int" && want == "boolean":
		return one("declared-type", "what is assigned is a "+have, s.replace(start, from-2-start, have))
	}
	return nil
}

func plainInt(text string) bool {
	for i := range len(text) {
		if text[i] < '0' || text[i] > '9' {
			return false
		}
	}
	return text != "" && (text == "0" || text[0] != '0')
}

// charOf is the character that a text of one character holds.
func charOf(literal string) (string, bool) {
	if len(literal) < 3 || literal[0] != '"' {
		return "", false
	}
	body := literal[1 : len(literal)-1]
	switch {
	case body == "'":
		return `'\''`, true
	case body == `\"`:
		return `'"'`, true
	case utf8.RuneCountInString(body) == 1 || len(body) == 2 && body[0] == '\\':
		return "'" + body + "'", true
	}
	return "", false
}

func textOf(literal string) string {
	body := strings.TrimSuffix(strings.TrimPrefix(literal, "'"), "'")
	switch body {
	case `"`:
		body = `\"`
	case `\'`:
		body = "'"
	}
	return `"` + body + `"`
}

func (s *site) wrap(before, after string, from, to int, rule, why string) []answer {
	if s.r.End <= s.r.Start {
		return nil // where the expression ends is not known
	}
	return one(rule, why, s.before(from, before), s.insert(to, after))
}

// condition: what stands where a condition should.
func (s *site) condition(have string, from, to int) []answer {
	if to-from >= 3 || s.r.End <= s.r.Start {
		for i := from; i < len(s.tokens) && i < from+60 && s.text(i) != ";" && s.text(i) != "{"; i++ {
			if s.text(i) == "=" && (i < to || s.r.End <= s.r.Start) {
				return one("assign-condition", "what is compared is compared with ==", s.replace(i, 1, "=="))
			}
		}
	}
	if have != "int" && have != "long" || s.r.End <= s.r.Start {
		return nil
	}
	switch prev := s.text(from - 1); {
	case s.text(from-2) == "while" && prev == "(" && s.text(from) == "1" && to == from+1:
		return one("condition", "what is always so is true", s.replace(from, 1, "true"))
	case prev == "(" && (s.text(from-2) == "if" || s.text(from-2) == "while") || prev == "&&" || prev == "||":
		if to == from+1 && s.isName(from) {
			return one("condition", "a number is compared", s.insert(to, " != 0"))
		}
		if !slices.ContainsFunc(s.tokens[from:to], func(t token) bool { return binary[t.Text] && t.Text != "%" }) {
			return one("condition", "a number is compared", s.insert(to, " != 0"))
		}
	case (prev == "=" || prev == "return") && to == from+1 && s.text(from) == "0":
		return one("condition", "what is not so is false", s.replace(from, 1, "false"))
	case (prev == "=" || prev == "return") && to == from+1 && s.text(from) == "1":
		return one("condition", "what is so is true", s.replace(from, 1, "true"))
	}
	return nil
}

// parsed: a text where a number is wanted.
func (s *site) parsed(want string, from, to int) []answer {
	lit := s.tokens[from]
	if to == from+1 && lit.Kind == source.String {
		body := strings.Trim(lit.Text, `"`)
		if plainInt(body) && (want == "int" || want == "long" || want == "Integer" || want == "double") {
			return one("number-quotes", "a number stands without quotes", s.replace(from, 1, body))
		}
		return nil
	}
	switch want {
	case "int", "Integer":
		return s.wrap("Integer.parseInt(", ")", from, to, "parse", "a text becomes a number with Integer.parseInt")
	case "long", "Long":
		return s.wrap("Long.parseLong(", ")", from, to, "parse", "a text becomes a number with Long.parseLong")
	case "double", "Double":
		return s.wrap("Double.parseDouble(", ")", from, to, "parse", "a text becomes a number with Double.parseDouble")
	}
	return nil
}

// lossy: a number does not fit. No cast is made, since it would lose something:
// a literal gets its suffix, or a variable the type of what it holds.
func (s *site) lossy(have, want string, from, to int) []answer {
	lit := s.tokens[from]
	if (want == "float" || want == "Float") && have == "double" && to == from+1 && lit.Kind == source.Number {
		return one("float-literal", "a float ends with f", s.replace(from, 1, strings.TrimRight(lit.Text, "dD")+"f"))
	}
	if have == "double" && want == "float" && s.r.End > s.r.Start {
		return s.floatLiterals(from, to)
	}
	if !(have == "long" && want == "int") {
		return nil
	}
	i := from
	for i > 0 && s.text(i-1) != "=" && s.text(i-1) != "+=" && s.text(i-1) != "return" && s.text(i-1) != ";" && s.text(i-1) != "{" {
		i--
	}
	switch {
	case s.text(i-1) == "return":
		if m := s.methodAround(i); m != nil && m.result == "int" {
			return one("widen", "the result is a long", s.replace(m.at-1, 1, "long"))
		}
	case (s.text(i-1) == "=" || s.text(i-1) == "+=") && s.isName(i-2) && s.text(i-3) != ".":
		at := s.declaration(s.text(i-2), i)
		if at > 0 && s.text(at-1) == "int" && s.text(at+1) != "," {
			return one("widen", s.text(i-2)+" holds a long", s.replace(at-1, 1, "long"))
		}
	}
	return nil
}

// floatLiterals: in an expression whose only doubles are literals.
func (s *site) floatLiterals(from, to int) []answer {
	var out []splice
	for i := from; i < to; i++ {
		t := s.tokens[i]
		if t.Kind == source.Number && numberType(t.Text) == "double" {
			out = append(out, s.replace(i, 1, strings.TrimRight(t.Text, "dD")+"f"))
		} else if s.isName(i) && s.declaredAs(t.Text, i) == "double" || t.Text == "Math" {
			return nil
		}
	}
	if len(out) == 0 {
		return nil
	}
	return one("float-literal", "a float ends with f", out...)
}

// unexpectedReturn: a method that is declared void returns something.
func (s *site) unexpectedReturn(from int) []answer {
	m := s.methodAround(from)
	if m == nil || m.result != "void" || m.name == "main" || s.inLambda(from, m.body) {
		return nil
	}
	typ := s.resultType(m.body, m.end)
	if typ == "" || typ == "void" {
		return nil
	}
	return one("result-type", "the method returns "+typ, s.replace(m.at-1, 1, typ))
}

// operands: a character is compared with a text.
func (s *site) operands() []answer {
	op := s.text(s.i)
	if op == "(" || op == "" {
		return nil
	}
	first, second := simpleType(s.r.Detail("first type")), simpleType(s.r.Detail("second type"))
	if first == "" {
		if m := regexp.MustCompile(`: (\S+) and (\S+)$`).FindStringSubmatch(s.r.Message); m != nil {
			first, second = simpleType(m[1]), simpleType(m[2])
		} else if m := regexp.MustCompile(`: (\S+) cannot be converted to (\S+)$`).FindStringSubmatch(s.r.Message); m != nil {
			first, second = simpleType(m[1]), simpleType(m[2])
		}
	}
	if op != "==" && op != "!=" {
		return nil
	}
	for _, side := range []int{s.i + 1, s.i - 1} {
		t := s.text(side)
		if t == "" || t[0] != '"' || first != "char" && second != "char" {
			continue
		}
		if c, ok := charOf(t); ok {
			return one("char-quotes", "a character stands in single quotes", s.replace(side, 1, c))
		}
	}
	return nil
}

// dereferenced: a primitive value has no methods.
func (s *site) dereferenced() []answer {
	name, open := s.text(s.i), s.i+1
	start := s.i - 2
	if !s.isName(start) || s.text(start-1) == "." || s.text(start-1) == ")" || s.text(open) != "(" || s.match(open) < 0 {
		return nil
	}
	end := s.match(open)
	switch {
	case name == "equals" && s.count2(open) == 1 && end == open+2:
		if s.text(start-1) == "!" {
			return one("primitive-equals", "primitive values are compared with !=", s.replace(start-1, end-start+2, s.text(start)+" != "+s.text(open+1)))
		}
		return one("primitive-equals", "primitive values are compared with ==", s.replace(start, end-start+1, s.text(start)+" == "+s.text(open+1)))
	case name == "toString" && end == open+1:
		return one("to-text", "a value's text is String.valueOf(value)", s.replace(start, end-start+1, "String.valueOf("+s.text(start)+")"))
	}
	return nil
}

// indexed: brackets after something that is no array.
func (s *site) indexed() []answer {
	open := s.i
	for open < len(s.tokens) && s.text(open) != "[" {
		open++
	}
	typ := ""
	if m := regexp.MustCompile(`array required, but (.+) found`).FindStringSubmatch(s.r.Message); m != nil {
		typ = simpleType(m[1])
	}
	end := s.match(open)
	if end < 0 || typ == "" {
		return nil
	}
	get := ""
	switch base, _, _ := strings.Cut(typ, "<"); {
	case base == "String" || base == "StringBuilder":
		get = "charAt"
	case strings.HasSuffix(base, "List") || strings.HasSuffix(base, "Map") || base == "Vector":
		get = "get"
	}
	if get == "" || s.text(end+1) == "++" || s.text(end+1) == "--" || assigning[s.text(end+1)] && s.text(end+1) != "=" {
		return nil
	}
	if s.text(end+1) != "=" {
		return one("index", "its elements are had from "+get, s.replace(open, 1, "."+get+"("), s.replace(end, 1, ")"))
	}
	set := "set"
	if strings.Contains(typ, "Map") {
		set = "put"
	}
	stop := s.statementEnd(end + 1)
	if get != "get" || s.text(stop) != ";" {
		return nil
	}
	eq := s.replace(end, 2, ",")
	return one("index", "its elements are changed by "+set, s.replace(open, 1, "."+set+"("), eq, s.insert(stop, ")"))
}

// boxed: a generic type takes no primitive.
func (s *site) boxed() []answer {
	if box := boxes[s.text(s.i)]; box != "" {
		return one("box", "a generic type takes "+box, s.replace(s.i, 1, box))
	}
	return nil
}
