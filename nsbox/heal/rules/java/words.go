package java

import (
	"strings"

	"github.com/nsbox/nsbox/nsbox/internal/source"
)

// foreign are words of other languages and what Java says instead.
var foreign = map[string]string{
	"elif": "else if", "elsif": "else if", "elseif": "else if", "elseIf": "else if", "and": "&&", "or": "||", "not": "!",
	"foreach": "for", "const": "final", "function": "void", "throwing": "throws", "except": "catch", "inherits": "extends",
	"include": "import", "using": "import", "begin": "{", "end": "}", "until": "while",
}

// words: a keyword is misspelt, or comes from another language.
func (r *repair) words(far int, add adder) {
	start := far
	for start > 0 && start > far-60 && r.text(start-1) != ";" && r.text(start-1) != "{" && r.text(start-1) != "}" {
		start--
	}
	for i := far + 1; i >= 0 && i >= start; i-- {
		if i < far-4 && i > start {
			i = start // what the statement begins with
		}
		if i >= len(r.tokens) || r.tokens[i].Kind != source.Word {
			continue
		}
		away := min(max(far-i, i-far), 4)
		if i == start {
			away = min(away, 1)
		}
		w := r.text(i)
		if to, ok := foreign[w]; ok && (!keywords[w] || w == "const") {
			add("foreign-word", "Java says "+to+" here", 9+away, r.replace(i, 1, to, strings.Fields(to)...))
		}
		if w == "then" && r.text(i-1) == ")" {
			e := r.replace(i, 1, "")
			e.start = r.end(i)
			add("foreign-word", "a condition's statement follows it at once", 7, e)
		}
		if keywords[w] {
			r.confused(i, away, add)
			continue
		}
		for _, m := range source.Near(w, keywordList) {
			if m.Cost > 4 || m.Cost > 2 && len(w) < 5 || len(w) < 3 && m.Cost > 1 {
				break
			}
			add("keyword-typo", "the keyword is "+m.Name, 7+m.Cost+away, r.replace(i, 1, m.Name, m.Name))
		}
		r.glued(i, away, add)
	}
}

// creations: what is made lacks its new; a value that ends a method lacks return.
func (r *repair) creations(far int, add adder) {
	for i := min(far, len(r.tokens)-1); i > 0 && i >= far-8; i-- {
		if !r.isType(i) {
			continue
		}
		switch r.text(i - 1) {
		case "=", "return", "(", ",", "throw", "->", ":", "?", "{":
			switch r.text(i + 1) {
			case "(", "[", "<", ".":
				add("missing-new", "an object is made with new", 11, r.before(i, "new ", "new"))
			}
		}
	}
	if r.text(far) == ";" && r.text(far+1) == "}" && far > 1 {
		i := far
		for i > 0 && r.text(i-1) != ";" && r.text(i-1) != "{" && r.text(i-1) != "}" {
			i--
		}
		if m := r.methodAround(i); m != nil && m.result != "" && m.result != "void" && m.end == far+1 && i < far {
			add("missing-return", "the value is what the method returns", 12, r.before(i, "return ", "return"))
		}
	}
}

// methodAround is the method in whose body token i is.
func (p *program) methodAround(i int) *method {
	all := p.methods()
	for n := len(all) - 1; n >= 0; n-- {
		if m := &all[n]; m.body >= 0 && m.body < i && (i <= m.end || m.end < 0) {
			return m
		}
	}
	return nil
}

// confused: throw and throws, extends and implements.
func (r *repair) confused(i, away int, add adder) {
	for a, b := range map[string]string{"throw": "throws", "throws": "throw", "implements": "extends", "extends": "implements"} {
		if r.text(i) == a {
			add("confused-keyword", a+" is said where "+b+" is meant", 12+away, r.replace(i, 1, b, b))
		}
	}
}

// glued: "returnx" and "elseif" lack a blank.
func (r *repair) glued(i, away int, add adder) {
	w := r.text(i)
	for _, k := range []string{"return", "new", "public", "static", "void", "int", "double", "String", "else", "import", "class", "final", "private"} {
		rest, ok := strings.CutPrefix(w, k)
		if ok && rest != "" && (kindOf(rest) == source.Word || kindOf(rest) == source.Number) && (keywords[rest] || r.count(rest) > 0) {
			add("missing-blank", k+" is a word of its own", 10+away, r.replace(i, 1, k+" "+rest, k, rest))
		}
	}
}

// count is how often a name stands in the program.
func (p *program) count(name string) int {
	n := 0
	for _, t := range p.tokens {
		if t.Text == name {
			n++
		}
	}
	return n
}

// signs are operators of other languages, as tokens, and what Java says instead.
var signs = []struct {
	have []string
	want string
}{
	{[]string{"==", "="}, "=="}, {[]string{"!=", "="}, "!="}, {[]string{":", "="}, "="}, {[]string{"<", ">"}, "!="},
	{[]string{"=", "<"}, "<="}, {[]string{"=", ">"}, "->"}, {[]string{"=", "!"}, "!="}, {[]string{"::", "="}, "="},
	{[]string{"=", "+"}, "+="}, {[]string{"-", ">"}, "->"}, {[]string{"&&", "&"}, "&&"}, {[]string{"||", "|"}, "||"},
	{[]string{"?", "."}, "."}, {[]string{"->"}, "."}, {[]string{"="}, "=="},
}

// puncts: one sign stands for another.
func (r *repair) puncts(far int, add adder) {
	for i := far; i >= 0 && i >= far-2; i-- {
		if i >= len(r.tokens) {
			continue
		}
		away := far - i
		for _, s := range signs {
			if s.want == "." && r.text(i) == "?" {
				continue // it means something else
			}
			if r.has(i, s.have) {
				cost := 9 + away
				if len(s.have) == 1 {
					cost += 9
				}
				add("foreign-sign", "Java says "+s.want+" here", cost, r.replace(i, len(s.have), s.want, s.want))
			}
		}
		for _, swap := range []struct {
			have, want string
			cost       int
		}{
			{",", ";", 12}, {":", ";", 12}, {".", ";", 14}, {";", ",", 14}, {";", ":", 14}, {".", ",", 15}, {",", ".", 15},
			{"(", "{", 16}, {"{", "(", 16}, {")", "}", 14}, {"}", ")", 14}, {"]", ")", 14}, {")", "]", 14}, {"}", "]", 15}, {"]", "}", 15},
			{"[", "(", 14}, {"(", "[", 14}, {":", "{", 13}, {"in", ":", 9}, {"of", ":", 9}, {"{", "[", 17}, {"-", "->", 15},
		} {
			if r.text(i) == swap.have {
				add("wrong-sign", "a "+swap.want+" belongs here", swap.cost+away, r.replace(i, 1, swap.want, swap.want))
			}
		}
	}
	for i := far + 1; i < len(r.tokens) && i < far+10 && r.text(i) != ";"; i++ {
		if r.has(i, []string{"=", ">"}) {
			add("foreign-sign", "Java says -> here", 9, r.replace(i, 2, "->", "->"))
		}
	}
	r.forHeader(far, add)
	r.brackets(far, add)
}

func (r *repair) has(i int, texts []string) bool {
	for n, t := range texts {
		if r.text(i+n) != t || n > 0 && r.tokens[i+n].Start != r.tokens[i+n-1].End {
			return false
		}
	}
	return true
}

// brackets: a pair that is opened by one kind and closed by another.
func (r *repair) brackets(far int, add adder) {
	if far >= len(r.tokens) || far < 0 {
		return
	}
	c := r.text(far)
	if c != ")" && c != "]" && c != "}" {
		return
	}
	if open := r.opener(far); open >= 0 && source.Closer(r.text(open)) != c {
		want := source.Closer(r.text(open))
		add("wrong-bracket", "what was opened with "+r.text(open)+" is closed with "+want, 11, r.replace(far, 1, want, want))
	}
}

// forHeader: "for (int i = 0, i < n, i++)".
func (r *repair) forHeader(far int, add adder) {
	open := r.opener(min(far, len(r.tokens)))
	if open < 1 || r.text(open-1) != "for" {
		return
	}
	end := r.match(open)
	if end < 0 {
		return
	}
	for i := open + 3; i < end && r.text(i-1) != ";" && r.text(i-1) != ":"; i++ {
		if r.isName(i) && r.isName(i-1) && (r.isName(i-2) || primitives[r.text(i-2)] || r.text(i-2) == ">" || r.text(i-2) == "]") {
			add("for-header", "a colon stands before what a loop goes through", 7, r.insert(i, " :", ":"))
			return
		}
	}
	var s []splice
	for i := open + 1; i < end; i++ {
		if r.text(i) == "," && r.opener(i) == open {
			s = append(s, r.replace(i, 1, ";", ";"))
		}
	}
	if len(s) > 0 && len(s) <= 2 {
		add("for-header", "the parts of a for loop are separated by semicolons", 9, s...)
	}
}

// headers: what a class or method begins with is not as Java wants it.
func (r *repair) headers(far int, add adder) {
	if far < 0 || far >= len(r.tokens) {
		return
	}
	r.returnType(far, add)
	r.printStatement(far, add)
	r.arrayLiteral(far, add)
	if open := r.opener(far); r.text(far) == ")" && r.text(open-1) == "catch" && r.isType(far-1) {
		add("catch-name", "what is caught has a name", 8, r.insert(far, " e", "e"))
	}
	// int a[5]: the size belongs to what is made.
	if r.text(far-1) == "[" && r.tokens[far].Kind == source.Number && r.text(far+1) == "]" && r.isName(far-2) && (r.text(far+2) == ";") {
		typ := r.text(far - 3)
		if primitives[typ] || r.isName(far-3) {
			size := r.text(far)
			add("array-size", "an array's size stands where it is made", 8, r.replace(far-2, 4, r.text(far-2)+" = new "+typ+"["+size+"]",
				r.text(far-2), "=", "new", typ, "[", size, "]"), splice{start: r.tokens[far-3].End, end: r.tokens[far-3].End, text: "[]", at: far - 2, ins: []string{"[", "]"}})
		}
	}
}

// arrayLiteral: int[] a = [1, 2].
func (r *repair) arrayLiteral(far int, add adder) {
	for i := far; i > 1 && i >= far-2; i-- {
		if r.text(i) != "[" || r.text(i-1) != "=" || r.match(i) < 0 || !r.isName(i-2) || r.text(i-3) != "]" {
			continue
		}
		s := []splice{}
		for j := i; j <= r.match(i); j++ {
			switch t := r.text(j); {
			case t == "[":
				s = append(s, r.replace(j, 1, "{", "{"))
			case t == "]":
				s = append(s, r.replace(j, 1, "}", "}"))
			}
		}
		add("array-literal", "an array's elements stand in braces", 8, s...)
	}
}

// returnType: a method lacks its type, or a constructor is misspelt.
func (r *repair) returnType(far int, add adder) {
	if !r.isName(far) || r.text(far+1) != "(" || r.inner(far) != "{" {
		return
	}
	end := r.match(far + 1)
	if end < 0 || r.text(end+1) != "{" && r.text(end+1) != "throws" {
		return
	}
	class := r.classAround(far)
	if m, ok := source.Clear(source.Near(r.text(far), []string{class})); ok && m == class && class != "" {
		add("constructor-name", "a constructor is called like its class", 6, r.replace(far, 1, class, class))
	}
	body := end + 1
	for body < len(r.tokens) && r.text(body) != "{" && r.text(body) != ";" {
		body++
	}
	if typ := r.resultType(body, r.match(body)); typ != "" {
		add("return-type", "a method says what it returns", 8, r.before(far, typ+" ", typeTokens(typ)...))
	}
}

func typeTokens(typ string) []string {
	list, _ := cut(typ)
	var out []string
	for _, t := range list {
		out = append(out, t.Text)
	}
	return out
}

// classAround is the name of the innermost class around token i.
func (p *program) classAround(i int) string {
	for open := p.opener(i); open >= 0; open = p.opener(open) {
		for j := open - 1; j > 0 && open-j < 60; j-- {
			switch t := p.text(j); t {
			case "class", "record", "enum", "interface":
				return p.text(j + 1)
			case ";", "{", "}", "(", ")":
				if t != ")" && t != "(" {
					j = 0
				}
			}
		}
	}
	return ""
}

// printStatement: System.out.println "text";
func (r *repair) printStatement(far int, add adder) {
	if t := r.text(far - 1); t != "println" && t != "print" && t != "printf" || r.text(far) == "(" {
		return
	}
	for i := far; i < len(r.tokens); i++ {
		if r.text(i) == ";" || r.lineEnds(i+1) {
			if r.text(i) != ";" {
				i++
			}
			open := r.insert(far, "(", "(")
			open.end = r.tokens[far].Start
			if i == far {
				open.end = open.start
			}
			add("missing-paren", "what is printed stands in parentheses", 9, open, r.insert(i, ")", ")"))
			return
		}
	}
}
