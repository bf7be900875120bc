package java

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/internal/lazyre"
)

// header begins an error: Main.java:3: error: ';' expected.
var header = lazyre.New(`^(?:/workspace/)?([^\s:][^:]*\.\w+):(?:(\d+):)? error: (.*)$`)

// warning begins what is not of interest.
var warning = lazyre.New(`^(?:\S[^:]*:\d+: warning: |warning: |Note: |\d+ (?:error|warning)s?$)`)

// parseText reads what javac writes for people.
func parseText(text string) []Report {
	var out []Report
	var at *Report
	for line := range strings.SplitSeq(text, "\n") {
		line = strings.TrimSuffix(line, "\r")
		if m := header.FindStringSubmatch(line); m != nil {
			n, _ := strconv.Atoi(m[2])
			out = append(out, Report{Code: codeOf(m[3]), File: relative(m[1]), Message: m[3], Line: n, Start: -1, Pos: -1, End: -1})
			at = &out[len(out)-1]
			continue
		}
		if rest, ok := strings.CutPrefix(line, "error: "); ok {
			out = append(out, Report{Code: "other", Message: rest, Start: -1, Pos: -1, End: -1})
			at = &out[len(out)-1]
			continue
		}
		if at == nil || warning.MatchString(line) {
			at = nil
			continue
		}
		at.Details = append(at.Details, line)
	}
	for i := range out {
		out[i].takeCaret()
		out[i].Phase = phaseOf(out[i].Code)
	}
	return out
}

// takeCaret finds the source line and the caret among the details.
func (r *Report) takeCaret() {
	for i, d := range r.Details {
		if i > 0 && strings.TrimSpace(d) == "^" {
			r.Source = r.Details[i-1]
			r.Column = utf8.RuneCountInString(d[:strings.IndexByte(d, '^')]) + 1
			r.Details = append(append([]string{}, r.Details[:i-1]...), r.Details[i+1:]...)
			break
		}
	}
	n := len(r.Details)
	for n > 0 && strings.TrimSpace(r.Details[n-1]) == "" {
		n--
	}
	r.Details = r.Details[:n]
}

func fromText(stderr []byte, files []nsbox.File) []Report {
	out := parseText(string(stderr))
	texts := newTexts(files)
	for i := range out {
		r := &out[i]
		if x := texts.of(r.File); x != nil && r.Column > 0 {
			if at, ok := x.Offset(r.Line, r.Column); ok {
				r.Start, r.Pos, r.End = at, at, at
			}
		}
	}
	return out
}

// codes tell a message's key by words of it; the first that fits counts.
var codes = []struct{ words, code string }{
	{"reached end of file while parsing", "premature.eof"},
	{"illegal start of expression", "illegal.start.of.expr"},
	{"illegal start of type", "illegal.start.of.type"},
	{"illegal start of statement", "illegal.start.of.stmt"},
	{"not a statement", "not.stmt"},
	{"unclosed string literal", "unclosed.str.lit"},
	{"unclosed character literal", "unclosed.char.lit"},
	{"empty character literal", "empty.char.lit"},
	{"unclosed comment", "unclosed.comment"},
	{"unclosed text block", "unclosed.text.block"},
	{"illegal character", "illegal.char"},
	{"illegal escape character", "illegal.esc.char"},
	{"malformed floating-point", "malformed.fp.lit"},
	{"integer number too large", "int.number.too.large"},
	{"without 'if'", "else.without.if"},
	{"without 'try'", "catch.without.try"},
	{"'try' without", "try.without.catch.finally.or.resource.decls"},
	{"orphaned", "orphaned"},
	{"invalid method declaration; return type required", "invalid.meth.decl.ret.type.req"},
	{"repeated modifier", "repeated.modifier"},
	{"variable declaration not allowed here", "variable.not.allowed"},
	{"array dimension missing", "array.dimension.missing"},
	{"array required, but", "array.req.but.found"},
	{" expected", "expected"},
	{"cannot find symbol", "cant.resolve.location"},
	{"does not exist", "doesnt.exist"},
	{"cannot be referenced from a static context", "non-static.cant.be.ref"},
	{"incompatible types", "prob.found.req"},
	{"unreported exception", "unreported.exception.need.to.catch.or.throw"},
	{"missing return statement", "missing.ret.stmt"},
	{"might not have been initialized", "var.might.not.have.been.initialized"},
	{"cannot be dereferenced", "cant.deref"},
	{"is already defined", "already.defined"},
	{"cannot be applied to given types", "cant.apply.symbol"},
	{"no suitable", "cant.apply.symbols"},
	{"does not override or implement a method", "method.does.not.override.superclass"},
	{"attempting to assign weaker access", "override.weaker.access"},
	{"is not abstract and does not override", "does.not.override.abstract"},
	{"cannot assign a value to final variable", "cant.assign.val.to.var"},
	{"effectively final", "local.variables.referenced.from.lambda"},
	{"unexpected type", "type.found.req"},
	{"bad operand types", "operator.cant.be.applied.1"},
	{"incomparable types", "incomparable.types"},
	{"duplicate class", "duplicate.class"},
	{"unreachable statement", "unreachable.stmt"},
	{"no class has a method public static void main", "nsbox.no.main"},
}

func codeOf(message string) string {
	for _, c := range codes {
		if strings.Contains(message, c.words) {
			return c.code
		}
	}
	return "other"
}

// parsing are the codes of errors before which nothing else was looked at.
var parsing = map[string]bool{
	"premature.eof": true, "illegal.start.of.expr": true, "illegal.start.of.type": true, "illegal.start.of.stmt": true,
	"not.stmt": true, "unclosed.str.lit": true, "unclosed.char.lit": true, "empty.char.lit": true, "unclosed.comment": true,
	"unclosed.text.block": true, "illegal.char": true, "illegal.esc.char": true, "malformed.fp.lit": true,
	"int.number.too.large": true, "else.without.if": true, "catch.without.try": true,
	"try.without.catch.finally.or.resource.decls": true, "orphaned": true, "invalid.meth.decl.ret.type.req": true,
	"repeated.modifier": true, "variable.not.allowed": true, "array.dimension.missing": true, "expected": true,
}

func phaseOf(code string) nsbox.Phase {
	if parsing[code] {
		return nsbox.PhaseParse
	}
	return nsbox.PhaseCompile
}
