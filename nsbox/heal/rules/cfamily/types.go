package cfamily

import (
	"strings"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/internal/source"
)

// readOnly takes const from the declaration of what is assigned to.
func readOnly(_ *ctx, f *code, d *nsbox.Diagnosis, m []string) []idea {
	name := bareLast(m[2])
	if m[1] == "member" && strings.Contains(d.Message, "in read-only object") {
		return f.dropMethodConst(d)
	}
	name = strings.TrimLeft(name, "*(")
	if at := strings.IndexAny(name, ".[-"); at > 0 {
		name = name[:at]
	}
	i := f.find(d, name)
	v, ok := f.declared(name, i)
	if !ok || v.at < 0 {
		return nil
	}
	from, _ := f.statement(v.at)
	for k := v.at - 1; k >= from; k-- {
		if f.is(k, "const") || f.is(k, "constexpr") {
			e := nsbox.Edit{File: f.name, Start: f.tok(k).Start, End: f.tok(k + 1).Start}
			return []idea{{rule: "not-const", why: "\"" + name + "\" is assigned to, so it is no constant", edits: []nsbox.Edit{e}, rank: nsbox.RankLocal, sure: true}}
		}
		if f.is(k, "(") || f.is(k, ",") {
			break
		}
	}
	return nil
}

// dropMethodConst takes const from the method whose body the place is in.
func (f *code) dropMethodConst(d *nsbox.Diagnosis) []idea {
	for k := f.enclosing(f.at(d), "{"); k >= 0; k = f.enclosing(k, "{") {
		if f.is(k-1, "const") && f.is(k-2, ")") {
			e := nsbox.Edit{File: f.name, Start: f.tok(k - 2).End, End: f.tok(k - 1).End}
			return []idea{{rule: "not-const", why: "the method changes its object", edits: []nsbox.Edit{e}, rank: nsbox.RankLocal}}
		}
	}
	return nil
}

// constParameter makes a parameter by reference one to a constant, for the
// argument is one.
func constParameter(_ *ctx, f *code, d *nsbox.Diagnosis, _ []string) []idea {
	i := f.at(d)
	for k := i; k >= 0 && k > i-40; k-- {
		if f.is(k, ";") || f.is(k, "{") || f.is(k, "}") {
			break
		}
		if !f.is(k, "(") || f.tok(k-1).Kind != source.Word || f.pair[k] >= 0 && f.pair[k] < i {
			continue
		}
		arg := 0
		for n := k + 1; n < i; n++ {
			if f.pair[n] > n {
				n = f.pair[n]
			} else if f.is(n, ",") {
				arg++
			}
		}
		if out := f.constArg(f.tok(k-1).Text, arg); len(out) > 0 {
			return out
		}
	}
	return nil
}

// constArg adds const to parameter n of the functions called name.
func (f *code) constArg(name string, n int) []idea {
	out := idea{rule: "const-parameter", why: "the argument is a constant or a temporary", rank: nsbox.RankLocal}
	for _, k := range f.byName[name] {
		v := f.decls[k]
		if v.kind != aFunction || f.pair[v.at+1] < 0 {
			continue
		}
		from, to := f.parameter(v.at+1, n)
		ref := false
		for i := from; i < to; i++ {
			ref = ref || f.is(i, "&")
		}
		if from < to && ref && !f.is(from, "const") {
			out.edits = append(out.edits, f.insert(f.tok(from).Start, "const "))
		}
	}
	if len(out.edits) == 0 {
		return nil
	}
	return []idea{out}
}

// parameter returns the tokens of parameter or argument n of the parenthesis
// at open.
func (f *code) parameter(open, n int) (from, to int) {
	end := f.pair[open]
	from = open + 1
	angles := 0
	for k := from; k < end; k++ {
		if p := f.pair[k]; p > k {
			k = p
			continue
		}
		switch {
		case f.is(k, "<") && f.cpp:
			angles++
		case f.is(k, ">") && angles > 0:
			angles--
		case f.is(k, ",") && angles == 0:
			if n == 0 {
				return from, k
			}
			n--
			from = k + 1
		}
	}
	if n > 0 || end < 0 {
		return 0, 0
	}
	return from, end
}

// operandAfter returns the tokens of the simple value that begins at i: names,
// members, calls and subscripts.
func (f *code) operandAfter(i int) (from, to int) {
	from, to = i, i
	for f.is(to, "*") || f.is(to, "&") || f.is(to, "-") || f.is(to, "!") {
		to++
	}
	switch {
	case f.is(to, "("):
		if f.pair[to] < 0 {
			return 0, 0
		}
		to = f.pair[to] + 1
	case operand(f.tok(to)) && to < len(f.toks):
		to++
	default:
		return 0, 0
	}
	for to < len(f.toks) {
		switch {
		case (f.is(to, "(") || f.is(to, "[")) && f.pair[to] > 0:
			to = f.pair[to] + 1
		case (f.is(to, ".") || f.is(to, "->") || f.is(to, "::")) && f.tok(to+1).Kind == source.Word:
			to += 2
		default:
			return from, to
		}
	}
	return from, to
}

// operandBefore is operandAfter to the left of token i.
func (f *code) operandBefore(i int) (from, to int) {
	to, from = i, i
	for from > 0 {
		prev := f.tok(from - 1)
		switch {
		case (prev.Text == ")" || prev.Text == "]") && prev.Kind == source.Punct:
			if f.pair[from-1] < 0 {
				return 0, 0
			}
			from = f.pair[from-1]
			if f.tok(from-1).Kind != source.Word && !f.is(from-1, ")") && !f.is(from-1, "]") {
				return from, to
			}
			continue
		case operand(prev):
			from--
		default:
			return from, to
		}
		if !f.is(from-1, ".") && !f.is(from-1, "->") && !f.is(from-1, "::") {
			return from, to
		}
		from--
	}
	return from, to
}

func isStdString(typ string) bool {
	typ = strings.ReplaceAll(typ, "__cxx11::", "")
	return strings.HasPrefix(strings.TrimPrefix(typ, "const "), "std::string") || strings.Contains(typ, "std::basic_string<char")
}

var numberTypes = set(`int long unsigned short double float size_t bool`)

func isNumber(typ string) bool {
	typ = strings.TrimPrefix(typ, "const ")
	word, _, _ := strings.Cut(strings.TrimRight(typ, "&"), " ")
	return numberTypes[word] && !strings.Contains(typ, "*") || typ == "std::size_t"
}

var plusTypes = set(`operator+`)

// plus is for + between strings and what are none.
func plus(_ *ctx, f *code, d *nsbox.Diagnosis, _ []string) []idea {
	i := f.operatorNear(d, f.at(d), "+", "+=")
	a, b := twoTypes(d.Message)
	if i < 0 || !f.cpp || !plusTypes["operator+"] {
		return nil
	}
	switch {
	case isStdString(a) && isNumber(b):
		from, to := f.operandAfter(i + 1)
		return f.wrap(from, to, "std::to_string(", "number and string are joined by std::to_string")
	case isNumber(a) && isStdString(b), isNumber(a) && strings.Contains(b, "char"):
		from, to := f.operandBefore(i)
		return f.wrap(from, to, "std::to_string(", "number and string are joined by std::to_string")
	case strings.Contains(a, "char") && strings.Contains(b, "char"):
		from, to := f.operandBefore(i)
		return f.wrap(from, to, "std::string(", "two literals are joined as std::string")
	case strings.Contains(a, "char") && isNumber(b):
		from, to := f.operandAfter(i + 1)
		return f.wrap(from, to, "std::to_string(", "number and string are joined by std::to_string")
	}
	return nil
}

// twoTypes returns the types that a message about an operator names.
func twoTypes(msg string) (a, b string) {
	at := strings.Index(msg, "operand types are '")
	if at < 0 {
		if at = strings.Index(msg, "of types '"); at < 0 {
			return "", ""
		}
	}
	parts := strings.Split(msg[at:], "'")
	var types []string
	for i := 1; i < len(parts); i += 2 {
		if i > 1 && strings.HasSuffix(parts[i-1], "{aka ") {
			continue
		}
		types = append(types, parts[i])
	}
	if len(types) < 2 {
		return "", ""
	}
	return types[0], types[1]
}

// wrap puts call( and ) around tokens.
func (f *code) wrap(from, to int, call, why string) []idea {
	if from >= to {
		return nil
	}
	return []idea{{
		rule: "wrap", why: why, rank: nsbox.RankLocal, sure: true,
		edits: []nsbox.Edit{f.insert(f.tok(from).Start, call), f.insert(f.tok(to-1).End, ")")},
	}}
}

// noOperator is for an operator that two types do not have.
func noOperator(_ *ctx, f *code, d *nsbox.Diagnosis, m []string) []idea {
	op := m[1]
	i := f.operatorNear(d, f.at(d), op)
	if i < 0 {
		return nil
	}
	a, b := twoTypes(d.Message)
	switch {
	case op == ">>" && strings.Contains(a, "ostream"), op == "<<" && strings.Contains(a, "istream"):
		return f.turnStream(i)
	case isStdString(b) && strings.Contains(a, "ostream") && !f.includes("string"), isStdString(b) && strings.Contains(a, "istream") && !f.includes("string"):
		return []idea{{rule: "include", why: "the operators of strings are declared in <string>", edits: []nsbox.Edit{f.insertInclude("string")}, rank: nsbox.RankLocal, sure: true}}
	case op == "+=" && isStdString(a) && isNumber(b):
		from, to := f.operandAfter(i + 1)
		return f.wrap(from, to, "std::to_string(", "number and string are joined by std::to_string")
	case op == "==" || op == "!=":
		if isStdString(a) && b == "char" || isStdString(b) && a == "char" {
			return charToString(f, i)
		}
	case op == "<" && a == b && !strings.HasPrefix(a, "std::"):
		return f.makeConst("operator<")
	}
	if op != "=" && op != "+=" {
		return f.makeConst("operator" + op)
	}
	return nil
}

// turnStream turns the arrows of a whole chain around.
func (f *code) turnStream(i int) []idea {
	from, to := f.statement(i)
	old := f.tok(i).Text
	turned := map[string]string{"<<": ">>", ">>": "<<"}[old]
	out := idea{rule: "stream", why: "the stream takes \"" + turned + "\"", rank: nsbox.RankLocal, sure: true}
	depth := 0
	for k := from; k < to; k++ {
		switch f.toks[k].Text {
		case "(", "[":
			depth++
		case ")", "]":
			depth--
		case old:
			if depth == 0 || k == i {
				out.edits = append(out.edits, f.replace(k, turned))
			}
		}
	}
	return []idea{out}
}

// charToString makes a character literal beside the operator at i a string.
func charToString(f *code, i int) []idea {
	for _, k := range []int{i - 1, i + 1} {
		if t := f.tok(k); t.Kind == source.String && t.Text[0] == '\'' {
			return []idea{{rule: "string", why: "a string is compared with a string", edits: []nsbox.Edit{f.replace(k, `"`+strings.Trim(t.Text, "'")+`"`)}, rank: nsbox.RankLocal}}
		}
	}
	return nil
}

// indexCall is for a container that is called where it should be indexed.
func indexCall(_ *ctx, f *code, d *nsbox.Diagnosis, m []string) []idea {
	typ := m[1]
	if !strings.Contains(typ, "std::vector") && !strings.Contains(typ, "std::array") && !isStdString(typ) && !strings.Contains(typ, "std::map") && !strings.Contains(typ, "std::unordered_map") && !strings.Contains(typ, "std::deque") {
		return nil
	}
	i := f.at(d)
	for k := i; k >= 0 && k > i-30; k-- {
		if f.is(k, "(") && f.pair[k] >= i && f.tok(k-1).Kind == source.Word {
			return []idea{{rule: "index", why: "elements are taken by []", edits: []nsbox.Edit{f.replace(k, "["), f.replace(f.pair[k], "]")}, rank: nsbox.RankLocal, sure: true}}
		}
	}
	return nil
}

// cString adds .c_str() to the std::string that is given where C's is asked.
func cString(_ *ctx, f *code, d *nsbox.Diagnosis, _ []string) []idea {
	i := f.at(d)
	from, to := f.operandAfter(i)
	if from >= to {
		return nil
	}
	return []idea{{rule: "c-str", why: "a string of C is asked for", edits: []nsbox.Edit{f.insert(f.tok(to-1).End, ".c_str()")}, rank: nsbox.RankLocal, sure: true}}
}

// castVoid casts what malloc returns to the type that is asked for.
func castVoid(_ *ctx, f *code, d *nsbox.Diagnosis, m []string) []idea {
	i := f.at(d)
	if f.is(i, "(") {
		i-- // the place may be the call's parenthesis
	}
	if f.tok(i).Kind != source.Word {
		return nil
	}
	for f.is(i-1, "::") {
		i -= 2
	}
	return []idea{{rule: "cast", why: "C++ does not turn void* into another pointer by itself", edits: []nsbox.Edit{f.insert(f.tok(i).Start, "("+m[1]+")")}, rank: nsbox.RankLocal, sure: true}}
}

// charLiteral makes a string of one character that character.
func charLiteral(_ *ctx, f *code, d *nsbox.Diagnosis, _ []string) []idea {
	i := f.at(d)
	from, to := f.lineRange(d.Line)
	best := -1
	for k := from; k < to; k++ {
		t := f.toks[k]
		if t.Kind == source.String && t.Text[0] == '"' && oneChar("'"+strings.Trim(t.Text, `"`)+"'") && (best < 0 || abs(k-i) < abs(best-i)) {
			best = k
		}
	}
	if best < 0 {
		return nil
	}
	body := strings.Trim(f.toks[best].Text, `"`)
	if body == "'" {
		body = `\'`
	}
	return []idea{{rule: "char", why: "a character stands in single quotes", edits: []nsbox.Edit{f.replace(best, "'"+body+"'")}, rank: nsbox.RankLocal, sure: true}}
}

// multiChar makes a string of what stands in single quotes.
func multiChar(_ *ctx, f *code, d *nsbox.Diagnosis, _ []string) []idea {
	i := f.at(d)
	if from, to := f.lineRange(d.Line); f.tok(i).Kind != source.String {
		for i = from; i < to && f.tok(i).Kind != source.String; i++ {
		}
	}
	t := f.tok(i)
	if t.Kind != source.String || t.Text[0] != '\'' || t.Open || len(t.Text) < 4 || strings.Contains(t.Text, `"`) {
		return nil
	}
	return []idea{{rule: "string", why: "a string stands in double quotes", edits: []nsbox.Edit{f.replace(i, `"`+t.Text[1:len(t.Text)-1]+`"`)}, rank: nsbox.RankLocal, sure: true}}
}

func stringLiteral(c *ctx, f *code, d *nsbox.Diagnosis, m []string) []idea {
	return multiChar(c, f, d, m)
}

// addressOf puts & before an argument or initial value where a pointer is asked
// for and a variable of that type is given.
func addressOf(_ *ctx, f *code, d *nsbox.Diagnosis, m []string) []idea {
	if len(m) < 3 || strings.TrimSpace(strings.TrimSuffix(m[2], "*")) != strings.TrimSpace(m[1]) {
		return nil
	}
	return f.addressAt(f.at(d))
}

func (f *code) addressAt(i int) []idea {
	from, to := f.operandAfter(i)
	if from >= to || f.tok(from).Kind != source.Word {
		return nil
	}
	if f.is(from-1, ".") || f.is(from-1, "->") {
		from, _ = f.operandBefore(from + 1)
	}
	if f.is(to-1, ")") {
		return nil // what a call returns has no address
	}
	return []idea{{rule: "address", why: "a pointer is asked for", edits: []nsbox.Edit{f.insert(f.tok(from).Start, "&")}, rank: nsbox.RankLocal, sure: true}}
}

// dereference puts * before a pointer where what it points to is asked for.
func dereference(_ *ctx, f *code, d *nsbox.Diagnosis, m []string) []idea {
	if strings.TrimSpace(m[1]) != strings.TrimSpace(m[2]) {
		return nil
	}
	i := f.at(d)
	from, to := f.operandAfter(i)
	if from >= to || f.tok(from).Kind != source.Word {
		return nil
	}
	return []idea{{rule: "dereference", why: "what it points to is asked for", edits: []nsbox.Edit{f.insert(f.tok(from).Start, "*")}, rank: nsbox.RankLocal}}
}

// surplusStar removes the * before what is no pointer.
func surplusStar(_ *ctx, f *code, d *nsbox.Diagnosis, m []string) []idea {
	if strings.Contains(m[1], "*") {
		return nil
	}
	k := f.at(d)
	if !f.is(k, "*") {
		return nil
	}
	return []idea{{rule: "dereference", why: "this is no pointer", edits: []nsbox.Edit{f.remove(k)}, rank: nsbox.RankLocal}}
}

// dropNew removes new where an object and no pointer is made.
func dropNew(_ *ctx, f *code, d *nsbox.Diagnosis, m []string) []idea {
	if m[1] != m[2] {
		return nil
	}
	k := f.operatorNear(d, f.at(d), "new")
	if k < 0 {
		return nil
	}
	e := nsbox.Edit{File: f.name, Start: f.tok(k).Start, End: f.tok(k + 1).Start}
	return []idea{{rule: "new", why: "new makes a pointer; an object is asked for", edits: []nsbox.Edit{e}, rank: nsbox.RankLocal, sure: true}}
}

// copyString is for a string that is assigned to an array.
func copyString(c *ctx, f *code, d *nsbox.Diagnosis, _ []string) []idea {
	from, to := f.statement(f.at(d))
	eq := -1
	for k := from; k < to; k++ {
		if f.is(k, "=") {
			eq = k
			break
		}
	}
	if eq < 0 || !f.is(to-1, ";") || f.tok(eq+1).Kind != source.String && f.tok(eq+1).Kind != source.Word || f.tok(from).Kind != source.Word {
		return nil
	}
	if l, _ := f.operandBefore(eq); l != from {
		return nil
	}
	out := idea{rule: "strcpy", why: "an array is not assigned to: its characters are copied", rank: nsbox.RankLocal, edits: []nsbox.Edit{
		f.insert(f.tok(from).Start, "strcpy("),
		{File: f.name, Start: f.tok(eq - 1).End, End: f.tok(eq + 1).Start, Text: ", "},
		f.insert(f.tok(to-2).End, ")"),
	}}
	if !f.includes("string.h") && !f.cpp {
		out.edits = append(out.edits, f.insertInclude("string.h"))
	}
	_ = c
	return []idea{out}
}

// moveUnique moves a unique_ptr, which can't be copied. The place is the value,
// or the parenthesis or semicolon behind it, or the call that copies it.
func moveUnique(_ *ctx, f *code, d *nsbox.Diagnosis, _ []string) []idea {
	i := f.at(d)
	if f.is(i, ")") || f.is(i, ";") {
		i--
	} else if f.is(i, "(") || f.is(i+1, "(") {
		for !f.is(i, "(") {
			i++
		}
		if f.pair[i] != i+2 {
			return nil // more than one argument, or none
		}
		i++
	}
	if f.tok(i).Kind != source.Word {
		return nil
	}
	from, to := f.operandBefore(i + 1)
	if v, ok := f.declared(f.tok(from).Text, from); !ok || v.kind != aVariable && v.kind != aMember {
		return nil
	}
	return f.wrap(from, to, "std::move(", "a unique_ptr is moved, not copied")
}

// equality makes = a comparison, within a condition.
func equality(_ *ctx, f *code, d *nsbox.Diagnosis, _ []string) []idea {
	k := f.operatorNear(d, f.at(d), "=")
	if k < 0 {
		return nil
	}
	p := f.enclosing(k, "(")
	if p < 0 || !controlWords[f.tok(p-1).Text] && !f.is(p-1, "return") && !f.is(p-1, "(") && !f.is(p-1, "assert") && !f.is(p-1, "!") {
		return nil
	}
	return []idea{{rule: "equality", why: "a comparison is written ==", edits: []nsbox.Edit{f.replace(k, "==")}, rank: nsbox.RankLocal, sure: true}}
}
