package cfamily

import (
	"strings"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/internal/lazyre"
	"github.com/nsbox/nsbox/nsbox/internal/source"
)

// rule proposes for messages of one form.
type rule struct {
	// has is a part of all such messages: it is looked for first, because that is
	// much cheaper than the expression.
	has     string
	expr    *lazyre.Regexp
	propose func(c *ctx, f *code, d *nsbox.Diagnosis, m []string) []idea
	// more is set where further rules are asked even if this one proposes.
	more bool
}

func (r *rule) match(message string) []string {
	if !strings.Contains(message, r.has) {
		return nil
	}
	return r.expr.FindStringSubmatch(message)
}

func on(has, expr string, propose func(c *ctx, f *code, d *nsbox.Diagnosis, m []string) []idea) rule {
	return rule{has: has, expr: lazyre.New(expr), propose: propose}
}

// also is on for a rule after which others are asked, too.
func also(has, expr string, propose func(c *ctx, f *code, d *nsbox.Diagnosis, m []string) []idea) rule {
	r := on(has, expr, propose)
	r.more = true
	return r
}

// messages are the rules, in the order in which they are asked.
var messages = []rule{
	// Names.
	on("in this scope", `^'([\w:]+)' was not declared in this scope`, unknown),
	on("undeclared", `^'(\w+)' undeclared`, unknown),
	on("unknown type name", `^unknown type name '(\w+)'`, unknown),
	on("does not name a type", `^'([\w:]+)'(?: in namespace '(?:std|::)')? does not name a (?:template )?type`, unknown),
	on("has not been declared", `^'([\w:]+)' has not been declared`, unknown),
	on("is not a member of 'std'", `^'(\w+)' is not a member of 'std'`, unknownStd),
	on("is not a member of", `^'(\w+)' is not a member of '([\w:]+)'`, unknownIn),
	on("implicit declaration of function", `^implicit declaration of function '(\w+)'`, unknown),
	on("incompatible implicit declaration", `^incompatible implicit declaration of built-in function '(\w+)'`, unknown),
	on("undefined reference to", `^undefined reference to '(.+)'$`, undefinedSymbol),
	on("not a class, namespace", `^'(\w+)' is not a class, namespace`, unknown),
	on("expected class-name", `^expected class-name before`, baseClass),
	on("used but not defined", `^label '(\w+)' used but not defined`, unknown),
	on("incomplete type", `incomplete type`, incomplete),
	on("storage size of", `^storage size of '(\w+)' isn't known`, incomplete),
	on("undefined type", `^invalid use of undefined type '(?:struct|union|enum) (\w+)'`, incomplete),
	on("no member named", `has no member named '(\w+)'`, noMember),
	on("conflicting types for", `^conflicting types for '(\w+)'`, conflicting),
	on("follows non-static declaration", `^static declaration of '(\w+)' follows non-static declaration`, conflicting),
	// Pointers and members.
	on("'->'", `.`, arrow),
	on("which is of pointer type", `^request for member '(\w+)' in '.*', which is of pointer type`, dotToArrow),
	on("non-static member function", `^invalid use of non-static member function '.*?(\w+)\(`, callMember),
	on("did you forget the '()'", `^invalid use of member function '.*?(\w+)\(`, callMember),
	on("is private within", `^'.*?(\w+)(?:\(.*\).*)?' is (private|protected) within this context`, private),
	on("as 'this' argument discards qualifiers", `^passing 'const .*' as 'this' argument discards qualifiers`, constMethod),
	on("does not override", `^'(.+)' marked 'override', but does not override`, overrides),
	on("abstract type", `^(?:cannot declare|invalid new-expression|cannot allocate|invalid cast|invalid abstract).* abstract (?:class )?type '([\w:]+)'`, abstract),
	on("comparison object must be invocable as const", `.`, constCall),
	on("invalid type argument of unary '*'", `^invalid type argument of unary '\*' \(have '(.+)'\)`, surplusStar),
	// Constants.
	on("read-only", `^(?:assignment of|increment of|decrement of) (?:read-only )?(variable|member|location|parameter|reference) '([^']+)'`, readOnly),
	on("discards qualifiers", `^binding reference of type '.*' to '.*' discards qualifiers`, constParameter),
	on("cannot bind non-const lvalue reference", `.`, constParameter),
	// Types.
	on("operator+", `^(?:no match for 'operator\+'|invalid operands of types '.*' and '.*' to binary 'operator\+')`, plus),
	on("operand types are", `^no match for 'operator(<<|>>|==|!=|<|>|-|\*|/|%|\+=|=)' \(operand types are '(.+?)'(?: \{aka .*?\})? and '(.+?)'(?: \{aka .*\})?\)`, noOperator),
	on("no match for call to", `^no match for call to '\((.+?)(?: \{aka .*?\})?\) \((.+)\)'`, indexCall),
	on("non-trivially-copyable type 'std::string'", `.`, cString),
	on("non-trivially-copyable type 'std::__cxx11", `.`, cString),
	on("cannot convert", `^cannot convert 'std::(?:__cxx11::)?(?:basic_)?string(?:<char>)?'(?: \{aka '[^']*'\})? to 'const char\s?\*'`, cString),
	on("from 'void*'", `^invalid conversion from 'void\*' to '(.+)'`, castVoid),
	on("invalid conversion", `^invalid conversion from 'const char\*' to 'char'`, charLiteral),
	on("comparison between pointer and integer", `.`, charLiteral),
	on("invalid conversion", `^invalid conversion from '(.+)' to '(.+\*)'`, addressOf),
	on("invalid conversion", `^invalid conversion from 'int' to 'const char\*'`, stringLiteral),
	on("cannot convert", `^cannot convert '(.+?)' to '(.+?\*)'`, addressOf),
	on("cannot convert", `^cannot convert '(.+?)\*' to '(.+?)'`, dereference),
	on("non-scalar type", `^conversion from 'int' to non-scalar type 'std::(?:string|__cxx11)`, stringLiteral),
	on("non-scalar type", `^conversion from '(.+)\*' to non-scalar type '(.+)' requested`, dropNew),
	on("expression with array type", `^assignment to expression with array type`, copyString),
	on("construct_at", `^no matching function for call to 'construct_at\(.*const std::unique_ptr`, moveUnique),
	on("use of deleted function", `^use of deleted function '.*unique_ptr.*\(const .*unique_ptr`, moveUnique),
	on("lvalue required", `^lvalue required as left operand of assignment`, equality),
	on("return", `^return-statement with a value, in function returning 'void'`, returnType),
	on("with no type", `^ISO C\+\+ forbids declaration of '(\w+)' with no type`, missingType),
	on("must return 'int'", `^'::main' must return 'int'`, mainInt),
	on("jump to case label", `.`, caseBlock),
	on("without previous declaration", `.`, wordSlip),
	on("cannot be overloaded with", `^'.*?([\w]+)\(.*' cannot be overloaded with`, overloaded),
	also("incompatible type for argument", `.`, caseTwin),
	also("invalid conversion from", `.`, caseTwin),
	also("cannot convert", `.`, caseTwin),
	on("redeclaration of", `^redeclaration of '.*?(\w+)'`, redeclared),
	on("redefinition of", `^redefinition of '.*?(\w+)'`, redeclared),
	// Directives and characters.
	on("No such file or directory", `^([^\s:]+): No such file or directory`, noHeader),
	on("#include expects", `.`, includeMarks),
	on("missing terminating", `^missing terminating (>) character`, includeMarks),
	on("invalid preprocessing directive", `^invalid preprocessing directive #(\w+)`, directive),
	on("unterminated", `^unterminated (?:#|argument)`, endif),
	on("multi-character character constant", `.`, multiChar),
	on("character constant too long", `.`, multiChar),
	// Grammar.
	also("expected", `^expected `, wordSlip),
	also("", `before '?(\w+)?`, wordSlip),
	on("expected", `^(?:expected|'?else'? without)`, punctuation),
	on("'else' without a previous 'if'", `.`, elseAlone),
	on("template argument", `template argument`, templateComma),
	on("template argument", `template argument`, templateEnd),
	on("two or more data types", `^two or more data types in declaration`, templateComma),
	on("stray '", `^stray '(.+)' in program`, stray),
	on("called object", `^called object is not a function`, missingComma),
	on("cannot be used as a function", `cannot be used as a function`, missingComma),
	on("invalid operands to binary", `^invalid operands to binary ([&*+-]) \(have '(?:const )?char \*' and`, stringThenUnary),
	on("to binary 'operator", `^invalid operands of types 'const char ?(?:\[\d+\]|\*)' and '.+' to binary 'operator([&*])'`, stringThenUnary),
	on("too few arguments", `^too few arguments to function '(.+)'`, tooFew),
	on("::", `^found ':' in nested-name-specifier, expected '::'`, toolFix),
	on("", `.`, lastResort),
}

// lastResort takes the compiler's fix-it where no rule of ours has proposed. A
// name that it guesses is not taken: ours found none, or two.
func lastResort(c *ctx, f *code, d *nsbox.Diagnosis, m []string) []idea {
	if hinted.MatchString(d.Message) {
		return nil
	}
	return toolFix(c, f, d, m)
}

// toolFix takes the compiler's own fix-it where no rule of ours knows better.
func toolFix(_ *ctx, f *code, d *nsbox.Diagnosis, _ []string) []idea {
	var out []idea
	for _, s := range d.Suggestions {
		if len(s.Edits) == 0 || f.inHead(s.Edits[0]) {
			continue
		}
		out = append(out, idea{rule: "compiler-fixit", why: s.Message, edits: s.Edits, rank: nsbox.RankSuggested})
	}
	return out
}

// inHead reports whether e puts a semicolon where none is likely: into
// parentheses, which are the head of a for, and which of its parts is missing is
// not the compiler's to know; or in the middle of a line, where an operator may
// be missing as well.
func (f *code) inHead(e nsbox.Edit) bool {
	if e.Text != ";" || e.File != f.name {
		return false
	}
	i := source.At(f.toks, e.Start)
	if p := f.enclosing(i, "({"); f.is(i, ")") || p >= 0 && f.is(p, "(") {
		return true
	}
	t := f.tok(i)
	return i < len(f.toks) && !f.firstOnLine(i) && t.Text != "}" && !stmtWords[t.Text] && !typeWords[t.Text]
}
