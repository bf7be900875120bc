package java

import (
	"strings"

	"github.com/nsbox/nsbox/nsbox/internal/source"
)

// resultType is what a method with the body between the braces open and end
// returns: "void" where it returns nothing, "" where the text does not tell.
func (p *program) resultType(open, end int) string {
	if open < 0 || end < 0 || p.text(open) != "{" {
		return ""
	}
	found := ""
	for i := open + 1; i < end; i++ {
		if p.text(i) != "return" || p.inLambda(i, open) {
			continue
		}
		stop := i + 1
		for stop < end && !(p.text(stop) == ";" && p.opener(stop) == p.opener(i)) {
			stop++
		}
		if stop == i+1 {
			continue
		}
		t := p.typeOf(i+1, stop)
		switch {
		case t == "" || t == "null":
			if t == "" {
				return ""
			}
			continue
		case found == "" || found == t:
			found = t
		case rank[found] > 0 && rank[t] > 0:
			if rank[t] > rank[found] {
				found = t
			}
		default:
			return ""
		}
	}
	if found == "" {
		for i := open + 1; i < end; i++ {
			if p.text(i) == "return" && p.text(i+1) != ";" && !p.inLambda(i, open) {
				return ""
			}
		}
		return "void"
	}
	return found
}

// inLambda reports whether a block of a lambda or class is between token i and
// the brace open.
func (p *program) inLambda(i, open int) bool {
	for b := p.opener(i); b > open; b = p.opener(b) {
		if p.text(b) == "{" && p.text(b-1) == "->" {
			return true
		}
		if p.text(b) == "{" && p.text(b-1) == ")" && p.match(b-1) > 0 {
			if j := p.typeStart(p.match(b-1) - 1); p.text(j-1) == "new" {
				return true
			}
		}
	}
	return false
}

// rank orders the types of numbers by what they hold.
var rank = map[string]int{"byte": 1, "short": 2, "char": 2, "int": 3, "long": 4, "float": 5, "double": 6}

var known = map[string]string{
	"length": "int", "size": "int", "charAt": "char", "substring": "String", "toString": "String", "trim": "String",
	"toUpperCase": "String", "toLowerCase": "String", "equals": "boolean", "isEmpty": "boolean", "contains": "boolean",
	"startsWith": "boolean", "endsWith": "boolean", "indexOf": "int", "hashCode": "int", "parseInt": "int",
	"parseDouble": "double", "sqrt": "double", "pow": "double", "random": "double", "containsKey": "boolean",
	"compareTo": "int", "compare": "int", "join": "String", "format": "String", "repeat": "String", "replace": "String",
	"equalsIgnoreCase": "boolean", "nextInt": "int", "nextLine": "String", "hasNext": "boolean", "intValue": "int",
	"doubleValue": "double", "strip": "String", "concat": "String", "isDigit": "boolean", "isLetter": "boolean",
}

// typeOf guesses the type of the expression from token i up to token j; "" where
// its text does not tell.
func (p *program) typeOf(i, j int) string {
	for p.text(i) == "(" && p.match(i) == j-1 {
		i, j = i+1, j-1
	}
	if i >= j || j-i > 200 {
		return ""
	}
	if t := p.operation(i, j); t != "-" {
		return t
	}
	t := p.tokens[i]
	switch {
	case t.Text == "-" || t.Text == "+" || t.Text == "~" || t.Text == "++" || t.Text == "--":
		return p.typeOf(i+1, j)
	case t.Text == "!":
		return "boolean"
	case t.Text == "new":
		return p.created(i, j)
	case t.Text == "(" && p.match(i) > 0 && p.match(i)+1 < j && (primitives[p.text(i+1)] || p.isType(i+1)):
		return p.span(i+1, p.match(i)) // a cast
	case j == i+1:
		return p.typeOfOne(i)
	case p.text(j-1) == ")" && p.match(j-1) > i && p.isName(p.match(j-1)-1):
		return p.typeOfCall(i, p.match(j-1)-1)
	case p.text(j-1) == "]" && p.match(j-1) > i:
		if t := p.typeOf(i, p.match(j-1)); strings.HasSuffix(t, "[]") {
			return strings.TrimSuffix(t, "[]")
		}
	case p.text(j-2) == "." && p.text(j-1) == "length":
		return "int"
	case p.text(i) == "this" && p.text(i+1) == "." && j == i+3:
		return p.declaredAs(p.text(i+2), j)
	}
	return ""
}

// operation is the type that the operators outside of brackets give; "-" where
// there are none.
func (p *program) operation(i, j int) string {
	around := p.opener(i)
	arith := -1
	question := -1
	for k := i; k < j; k++ {
		if p.opener(k) != around {
			continue
		}
		switch t := p.text(k); t {
		case "&&", "||", "==", "!=", "<=", ">=", "instanceof":
			if question < 0 {
				question = -2
			}
		case "<", ">":
			if question < 0 && !p.generic(k) {
				question = -2
			}
		case "?":
			question = k
		case ":":
			if question > 0 {
				a, b := p.typeOf(question+1, k), p.typeOf(k+1, j)
				return wider(a, b)
			}
		case "->":
			return ""
		case "+", "-", "*", "/", "%":
			if k > i && !binary[p.text(k-1)] && p.text(k-1) != "(" {
				arith = k
			}
		}
	}
	if question == -2 {
		return "boolean"
	}
	if arith < 0 {
		return "-"
	}
	a, b := p.typeOf(i, arith), p.typeOf(arith+1, j)
	if p.text(arith) == "+" && (a == "String" || b == "String") {
		return "String"
	}
	if rank[a] == 0 || rank[b] == 0 {
		return ""
	}
	return wider(wider(a, b), "int")
}

func (p *program) generic(k int) bool {
	return p.text(k) == "<" && (p.text(k+1) == ">" || p.isType(k+1)) || p.text(k) == ">" && (p.text(k-1) == "<" || p.isType(k-1) || p.text(k-1) == ">" || p.text(k+1) == "(")
}

func wider(a, b string) string {
	switch {
	case a == b:
		return a
	case rank[a] > 0 && rank[b] > 0:
		if rank[a] >= rank[b] {
			return a
		}
		return b
	}
	return ""
}

func (p *program) typeOfOne(i int) string {
	t := p.tokens[i]
	switch t.Kind {
	case source.String:
		if t.Text[0] == '\'' {
			return "char"
		}
		return "String"
	case source.Number:
		return numberType(t.Text)
	}
	switch t.Text {
	case "true", "false":
		return "boolean"
	case "null":
		return "null"
	case "this":
		return p.classAround(i)
	}
	typ := p.declaredAs(t.Text, i)
	if typ == "var" {
		if at := p.declaration(t.Text, i); p.text(at+1) == "=" && at+2 < i {
			end := at + 2
			for end < len(p.tokens) && p.text(end) != ";" {
				end++
			}
			return p.typeOf(at+2, end)
		}
		return ""
	}
	return typ
}

func numberType(text string) string {
	low := strings.ToLower(text)
	hex := strings.HasPrefix(low, "0x")
	switch {
	case strings.HasSuffix(low, "l"):
		return "long"
	case hex:
		return "int"
	case strings.HasSuffix(low, "f"):
		return "float"
	case strings.ContainsAny(low, ".ed"):
		return "double"
	}
	return "int"
}

func (p *program) created(i, j int) string {
	end := i + 1
	for end < j && p.text(end) != "(" && p.text(end) != "[" {
		end++
	}
	typ := p.span(i+1, end)
	switch {
	case p.text(end) == "[":
		for k := end; k < j && p.text(k) == "[" && p.match(k) > 0; k = p.match(k) + 1 {
			typ += "[]"
		}
		return typ
	case p.match(end) != j-1 || strings.HasSuffix(typ, "<>"):
		return ""
	}
	return typ
}

// typeOfCall is the type of a call whose expression begins at token i and whose
// method's name is token name.
func (p *program) typeOfCall(i, name int) string {
	if name == i || name == i+2 && p.text(i) == "this" {
		for _, m := range p.methods() {
			if m.name == p.text(name) {
				return m.result
			}
		}
		return ""
	}
	if p.text(i) == "Math" && name == i+2 {
		switch p.text(name) {
		case "max", "min", "abs":
			typ := ""
			start := name + 2
			for k := start; k <= p.match(name+1); k++ {
				if k == p.match(name+1) || p.text(k) == "," && p.opener(k) == name+1 {
					t := p.typeOf(start, k)
					if typ == "" {
						typ = t
					}
					typ, start = wider(typ, t), k+1
				}
			}
			return typ
		}
	}
	if p.text(name) == "valueOf" && p.text(name-2) == "String" {
		return "String"
	}
	return known[p.text(name)]
}
