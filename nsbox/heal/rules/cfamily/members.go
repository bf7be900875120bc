package cfamily

import (
	"strings"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/internal/source"
)

// operatorNear returns the token with one of texts that is nearest to i, on the
// line of the diagnosis.
func (f *code) operatorNear(d *nsbox.Diagnosis, i int, texts ...string) int {
	from, to := f.lineRange(d.Line)
	best := -1
	for k := from; k < to; k++ {
		for _, t := range texts {
			if f.is(k, t) && (best < 0 || abs(k-i) < abs(best-i)) {
				best = k
			}
		}
	}
	return best
}

// arrow is for -> behind what is no pointer, and for . behind what is one.
func arrow(c *ctx, f *code, d *nsbox.Diagnosis, m []string) []idea {
	i := f.at(d)
	msg := d.Message
	switch {
	case strings.Contains(msg, "did you mean to use '->'") || strings.Contains(msg, "maybe you meant to use '->'"):
		return dotToArrow(c, f, d, m)
	case strings.Contains(msg, "base operand of '->'") || strings.Contains(msg, "invalid type argument of '->'"):
		k := f.operatorNear(d, i, "->")
		if k < 0 {
			return nil
		}
		return []idea{{rule: "arrow", why: "what stands before \"->\" is no pointer", edits: []nsbox.Edit{f.replace(k, ".")}, rank: nsbox.RankCertain, sure: true}}
	}
	return toolFix(c, f, d, m)
}

// dotToArrow is for . behind a pointer. A parenthesis may have to go along:
// *p.x is meant as p->x or (*p).x.
func dotToArrow(_ *ctx, f *code, d *nsbox.Diagnosis, _ []string) []idea {
	i := f.at(d)
	k := -1
	for n := i; n >= 0 && n >= i-1; n-- {
		if f.is(n, ".") {
			k = n
			break
		}
	}
	if k < 0 {
		k = f.operatorNear(d, i, ".")
	}
	if k < 0 {
		return nil
	}
	return []idea{{rule: "arrow", why: "what stands before \".\" is a pointer", edits: []nsbox.Edit{f.replace(k, "->")}, rank: nsbox.RankCertain, sure: true}}
}

// methods are the names that other languages and other containers have for
// what the containers of C++ do.
var methods = map[string][]string{
	"append": {"push_back"}, "add": {"push_back", "insert"}, "push": {"push_back"}, "length": {"size"}, "len": {"size", "length"},
	"count": {"size"}, "isEmpty": {"empty"}, "is_empty": {"empty"}, "substring": {"substr"}, "charAt": {"at"}, "get": {"at"},
	"indexOf": {"find"}, "remove": {"erase"}, "delete": {"erase"}, "toString": {"str"}, "contains": {"count"},
	"push_back": {"push", "insert"}, "pop": {"pop_back"}, "addAll": {"insert"}, "put": {"insert"}, "includes": {"contains"},
	"has": {"contains"}, "removeLast": {"pop_back"}, "last": {"back"}, "first": {"front"}, "clearAll": {"clear"}, "Length": {"size"},
	"enqueue": {"push"}, "dequeue": {"pop"}, "peek": {"top", "front"}, "top": {"front"}, "size": {"length"}, "add_back": {"push_back"},
}

// noMember is for a member that a type does not have.
func noMember(_ *ctx, f *code, d *nsbox.Diagnosis, m []string) []idea {
	name := m[1]
	i := f.find(d, name)
	if i < 0 {
		return nil
	}
	typ, _, _ := strings.Cut(strings.TrimPrefix(d.Message, "'"), "' has no member")
	if _, aka, ok := strings.Cut(d.Message, "{aka '"); ok {
		typ, _, _ = strings.Cut(aka, "'")
	}
	if out := f.throughPointer(typ, i); len(out) > 0 {
		return out
	}
	pool := f.membersOf(bareType(typ))
	if len(pool) == 0 {
		pool = containerMembers(typ)
	}
	best, ok := f.choose(d, name, pool, nil)
	if !ok && len(pool) > 0 {
		best, ok = f.toldMember(d, name, pool)
	}
	if !ok {
		if best, ok = translated(name, pool); !ok {
			if len(pool) > 0 {
				return nil
			}
			return toolFix(nil, f, d, nil)
		}
	}
	out := idea{rule: "member", why: "\"" + name + "\" is no member of it; \"" + best + "\" is", rank: nsbox.RankSuggested, sure: true}
	out.edits = append(out.edits, f.replace(i, best))
	return []idea{out}
}

func (f *code) toldMember(d *nsbox.Diagnosis, name string, pool []string) (string, bool) {
	m := hinted.FindStringSubmatch(d.Message)
	if m == nil || !alike(name, m[1]) {
		return "", false
	}
	for _, p := range pool {
		if p == m[1] {
			return p, true
		}
	}
	return "", false
}

func translated(name string, pool []string) (string, bool) {
	for _, to := range methods[name] {
		for _, p := range pool {
			if p == to {
				return to, true
			}
		}
	}
	return "", false
}

// throughPointer puts -> where a smart pointer or an iterator is used like what
// it points to.
func (f *code) throughPointer(typ string, i int) []idea {
	if !f.is(i-1, ".") {
		return nil
	}
	pointer := false
	for _, p := range []string{"std::unique_ptr", "std::shared_ptr", "_iterator<", "std::optional", "_Node_iterator", "std::weak_ptr", "_const_iterator"} {
		pointer = pointer || strings.Contains(strings.SplitAfterN(typ, "<", 2)[0], p)
	}
	if !pointer {
		return nil
	}
	return []idea{{rule: "arrow", why: "the member is one of what it points to", edits: []nsbox.Edit{f.replace(i-1, "->")}, rank: nsbox.RankLocal, sure: true}}
}

// bareType takes the words around a type's name away.
func bareType(typ string) string {
	if at := strings.Index(typ, "' {aka"); at >= 0 {
		typ = typ[:at]
	}
	if at := strings.IndexByte(typ, '<'); at >= 0 {
		typ = typ[:at]
	}
	for _, w := range []string{"const ", "volatile ", "struct ", "class ", "union ", "enum "} {
		typ = strings.TrimPrefix(typ, w)
	}
	return strings.TrimSpace(strings.TrimRight(typ, " *&"))
}

// membersOf returns what the class or struct of that name declares, and what
// the classes do that it is derived from.
func (f *code) membersOf(typ string) []string { return f.members(typ, 0) }

func (f *code) members(typ string, depth int) []string {
	if at := strings.LastIndex(typ, "::"); at >= 0 {
		typ = typ[at+2:]
	}
	open, tag := f.classBody(typ)
	if open < 0 || depth > 4 {
		return nil
	}
	end := f.pair[open]
	if end < 0 {
		end = len(f.toks)
	}
	var out []string
	for _, v := range f.decls {
		if v.at > open && v.at < end && (v.kind == aMember || v.kind == aFunction) && f.enclosing(v.at, "{") == open {
			out = append(out, v.name)
		}
	}
	for k := tag + 1; k < open; k++ {
		if f.toks[k].Kind == source.Word && !f.keyword(f.toks[k].Text) {
			out = append(out, f.members(f.toks[k].Text, depth+1)...)
		}
	}
	return out
}

// classBody returns the brace that opens the class of that name, or that of the
// struct that a typedef names so.
func (f *code) classBody(typ string) (open, tag int) {
	for _, k := range f.byName[typ] {
		v := f.decls[k]
		if v.kind != aType {
			continue
		}
		if f.is(v.at-1, "}") && f.pair[v.at-1] >= 0 {
			return f.pair[v.at-1], f.pair[v.at-1]
		}
		for n := v.at + 1; n < len(f.toks) && n < v.at+40; n++ {
			if f.is(n, "{") {
				return n, v.at
			}
			if f.is(n, ";") {
				break
			}
		}
		// typedef struct node Node;
		if w := f.tok(v.at - 1).Text; w != typ && f.is(v.at-2, "struct") {
			return f.classBody(w)
		}
	}
	return -1, -1
}

const sequence = "size empty clear begin end rbegin rend cbegin cend insert erase emplace swap "

// containers are the members of the library's classes that programs use most.
var containers = []struct{ typ, members string }{
	{"std::vector", sequence + "push_back pop_back emplace_back front back at data resize reserve capacity assign shrink_to_fit"},
	{"std::deque", sequence + "push_back pop_back push_front pop_front emplace_back emplace_front front back at resize"},
	{"std::list", sequence + "push_back pop_back push_front pop_front emplace_back front back sort reverse remove remove_if unique merge splice"},
	{"string_view", "size length empty substr find rfind compare data at front back begin end starts_with ends_with remove_prefix remove_suffix"},
	{"string", sequence + "length substr find rfind find_first_of find_last_of find_first_not_of find_last_not_of append push_back pop_back c_str data at front back compare replace resize reserve starts_with ends_with"},
	{"stringstream", "str good eof fail clear get getline read write put peek ignore"},
	{"std::unordered_map", sequence + "at find count contains emplace try_emplace insert_or_assign reserve"},
	{"std::map", sequence + "at find count contains emplace try_emplace insert_or_assign lower_bound upper_bound"},
	{"std::multimap", sequence + "find count contains lower_bound upper_bound equal_range"},
	{"std::unordered_set", sequence + "find count contains reserve"},
	{"std::set", sequence + "find count contains lower_bound upper_bound"},
	{"std::stack", "push pop top empty size emplace swap"},
	{"std::priority_queue", "push pop top empty size emplace swap"},
	{"std::queue", "push pop front back empty size emplace swap"},
	{"std::array", "size empty at front back begin end fill data swap"},
	{"std::pair", "first second"},
	{"std::optional", "value has_value value_or reset emplace"},
	{"std::unique_ptr", "get reset release"},
	{"std::shared_ptr", "get reset use_count"},
	{"std::thread", "join detach joinable get_id"},
	{"std::mutex", "lock unlock try_lock"},
	{"std::bitset", "set reset flip test count any none all size to_string to_ulong"},
	{"ostream", "flush put write width precision fill setf unsetf good fail clear"},
	{"istream", "get getline ignore peek read good eof fail clear"},
	{"fstream", "open close is_open good eof fail clear"},
}

// containerMembers returns the members of a class of the library.
func containerMembers(typ string) []string {
	typ = strings.ReplaceAll(typ, "__cxx11::", "")
	head := strings.SplitN(typ, "<", 2)[0]
	for _, c := range containers {
		if strings.Contains(head, c.typ) {
			return strings.Fields(c.members)
		}
	}
	return nil
}

// callMember is for a method that is named, but not called.
func callMember(_ *ctx, f *code, d *nsbox.Diagnosis, m []string) []idea {
	i := f.find(d, m[1])
	if i < 0 || f.is(i+1, "(") {
		return nil
	}
	return []idea{{rule: "call", why: "\"" + m[1] + "\" is a function", edits: []nsbox.Edit{f.insert(f.tok(i).End, "()")}, rank: nsbox.RankLocal, sure: true}}
}

// private takes the compiler's accessor, or opens a class that says nothing of
// access to its users.
func private(_ *ctx, f *code, d *nsbox.Diagnosis, m []string) []idea {
	var out []idea
	for _, s := range d.Suggestions {
		if len(s.Edits) > 0 {
			out = append(out, idea{rule: "accessor", why: s.Message, edits: s.Edits, rank: nsbox.RankSuggested, sure: true})
		}
	}
	for k, t := range f.toks {
		if t.Text != "class" || f.is(k-1, "enum") || f.is(k-1, "<") || f.is(k-1, ",") {
			continue
		}
		for n := k + 1; n < len(f.toks) && n < k+40; n++ {
			if f.is(n, ";") {
				break
			}
			if f.is(n, "{") {
				out = append(out, f.openClass(n, m[1])...)
				break
			}
		}
	}
	return out
}

// openClass puts public: at the beginning of a class that has member and no
// access word at all.
func (f *code) openClass(open int, member string) []idea {
	end := f.pair[open]
	has := false
	for k := open + 1; k < end; k++ {
		switch t := f.toks[k]; t.Text {
		case "public", "private", "protected":
			if f.is(k+1, ":") {
				return nil
			}
		case member:
			has = true
		}
	}
	if !has {
		return nil
	}
	indent := f.text.Indent(f.line(open))
	return []idea{{
		rule: "public", why: "the members of a class are private unless it says otherwise",
		edits: []nsbox.Edit{f.insert(f.tok(open).End, "\n"+indent+"public:")}, rank: nsbox.RankLocal, sure: true,
	}}
}

// constMethod adds const to the method that a constant object calls.
func constMethod(_ *ctx, f *code, d *nsbox.Diagnosis, _ []string) []idea {
	name := ""
	for line := range strings.Lines(d.Hint) {
		if rest, ok := strings.CutPrefix(strings.TrimSpace(line), "in call to '"); ok {
			if at := strings.IndexByte(rest, '('); at > 0 && !strings.Contains(rest, "operator()") {
				name = bareLast(rest[:at])
			} else {
				name = "operator"
			}
		}
	}
	if name == "" {
		return nil
	}
	return f.makeConst(name)
}

func bareLast(s string) string {
	if at := strings.LastIndex(s, "::"); at >= 0 {
		s = s[at+2:]
	}
	if at := strings.LastIndexAny(s, " *&"); at >= 0 {
		s = s[at+1:]
	}
	return s
}

// makeConst adds const to each declaration of the method name that lacks it.
func (f *code) makeConst(name string) []idea {
	out := idea{rule: "const-method", why: "\"" + name + "\" is called for a constant", rank: nsbox.RankLocal, sure: true}
	for k, t := range f.toks {
		end := -1
		switch {
		case t.Text == name && f.is(k+1, "(") && name != "operator" && (f.declares(k) || strings.HasPrefix(name, "operator")):
			end = f.pair[k+1]
		case t.Text == "operator" && strings.HasPrefix(name, "operator"):
			end = f.operatorEnd(k, name)
		}
		if end < 0 {
			continue
		}
		next := f.tok(end + 1).Text
		if next != "{" && next != ";" && next != "override" && next != "noexcept" && next != "=" && next != "->" && next != "final" {
			continue
		}
		if c := f.enclosing(k, "{"); (c < 0 || !f.class(c)) && !f.is(k-1, "::") {
			continue
		}
		out.edits = append(out.edits, f.insert(f.tok(end).End, " const"))
	}
	if len(out.edits) > 1 && !strings.HasPrefix(name, "operator") {
		out.edits = f.readers(name, out.edits)
	}
	if len(out.edits) == 0 {
		return nil
	}
	return []idea{out}
}

// readers keeps the edits of those overloads that return a value: the one that
// returns a reference is there to write by, and stays.
func (f *code) readers(name string, edits []nsbox.Edit) []nsbox.Edit {
	var out []nsbox.Edit
	for _, e := range edits {
		close := source.At(f.toks, e.Start-1)
		at := f.pair[close] - 1
		if at > 0 && f.is(at, name) && (f.is(at-1, "&") || f.is(at-1, "*")) {
			from, _ := f.statement(at)
			if !strings.Contains(f.slice(from, at), "const") {
				continue
			}
		}
		out = append(out, e)
	}
	if len(out) == 0 {
		return edits
	}
	return out
}

// overloaded is for two methods of one name and the same parameters, one of
// which should be const.
func overloaded(_ *ctx, f *code, _ *nsbox.Diagnosis, m []string) []idea { return f.makeConst(m[1]) }

// operatorEnd returns where the parameters of the operator at k end, when it is
// the one of that name; "operator" alone is any call operator.
func (f *code) operatorEnd(k int, name string) int {
	n := k + 1
	if f.is(n, "(") && f.is(n+1, ")") {
		if name != "operator" && name != "operator()" {
			return -1
		}
		n += 2
	} else {
		for n < k+4 && !f.is(n, "(") {
			n++
		}
		if name != "operator"+strings.ReplaceAll(f.slice(k+1, n), " ", "") {
			return -1
		}
	}
	if !f.is(n, "(") {
		return -1
	}
	return f.pair[n]
}

// constCall is for a comparator whose call operator is not const.
func constCall(_ *ctx, f *code, _ *nsbox.Diagnosis, _ []string) []idea {
	return f.makeConst("operator")
}

// overrides is for a method that overrides nothing: const is missing, or its
// name is misspelled.
func overrides(_ *ctx, f *code, d *nsbox.Diagnosis, m []string) []idea {
	head := m[1]
	at := strings.IndexByte(head, '(')
	if at < 0 {
		return nil
	}
	name := bareLast(head[:at])
	i := f.find(d, name)
	if i < 0 || !f.is(i+1, "(") {
		return nil
	}
	return f.likeVirtual(name, i)
}

// likeVirtual makes the method at i like the virtual one of its name, or of the
// nearest name, when they differ in const or spelling alone.
func (f *code) likeVirtual(name string, i int) []idea {
	isConst := func(k int) bool { return f.pair[k+1] >= 0 && f.is(f.pair[k+1]+1, "const") }
	var pool []string
	for _, v := range f.decls {
		if v.kind != aFunction || v.at == i {
			continue
		}
		from, _ := f.statement(v.at)
		virtual := false
		for k := from; k < v.at; k++ {
			virtual = virtual || f.is(k, "virtual")
		}
		if !virtual {
			continue
		}
		if v.name != name {
			pool = append(pool, v.name)
			continue
		}
		end := f.pair[i+1]
		if end < 0 {
			return nil
		}
		if isConst(v.at) && !isConst(i) {
			return []idea{{rule: "const-method", why: "the method that it overrides is const", edits: []nsbox.Edit{f.insert(f.tok(end).End, " const")}, rank: nsbox.RankLocal, sure: true}}
		}
		if !isConst(v.at) && isConst(i) && f.pair[v.at+1] >= 0 {
			return []idea{{rule: "const-method", why: "the method that overrides it is const", edits: []nsbox.Edit{f.insert(f.tok(f.pair[v.at+1]).End, " const")}, rank: nsbox.RankLocal, sure: true}}
		}
		return nil
	}
	if best, ok := source.Clear(source.Near(name, pool)); ok {
		return []idea{{rule: "name", why: "the virtual method is called \"" + best + "\"", edits: []nsbox.Edit{f.replace(i, best)}, rank: nsbox.RankLocal, sure: true}}
	}
	return nil
}

// abstract is for an object of a class that leaves a virtual method open: it is
// implemented there under a slightly other name or without const.
func abstract(_ *ctx, f *code, d *nsbox.Diagnosis, m []string) []idea {
	class := bareLast(m[1])
	open, _ := f.classBody(class)
	if open < 0 {
		return nil
	}
	for line := range strings.Lines(d.Hint) {
		line = strings.TrimSpace(line)
		at := strings.IndexByte(line, '(')
		if !strings.HasPrefix(line, "'") || at < 0 {
			continue
		}
		name := bareLast(line[:at])
		var own []string
		for _, v := range f.decls {
			if v.kind == aFunction && f.enclosing(v.at, "{") == open {
				if v.name == name {
					return f.likeVirtual(name, v.at)
				}
				own = append(own, v.name)
			}
		}
		if best, ok := source.Clear(source.Near(name, own)); ok {
			for _, k := range f.byName[best] {
				if v := f.decls[k]; f.enclosing(v.at, "{") == open {
					return []idea{{rule: "name", why: "the virtual method is called \"" + name + "\"", edits: []nsbox.Edit{f.replace(v.at, name)}, rank: nsbox.RankLocal}}
				}
			}
		}
	}
	return nil
}
