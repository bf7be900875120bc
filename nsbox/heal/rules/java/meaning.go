package java

import (
	"slices"
	"sort"

	"github.com/nsbox/nsbox/nsbox"
	javac "github.com/nsbox/nsbox/nsbox/analyze/java"
)

// answer is what mends one error.
type answer struct {
	rule, why string
	file      *program
	splices   []splice
	imports   []string
}

// site is one error in its file.
type site struct {
	*healer
	*program
	r *javac.Report
	i int // the token at the error; of a member, its name
}

// rules are the rules by the compiler's keys.
var rules = []struct {
	codes []string
	rule  func(*site) []answer
}{
	{[]string{"cant.resolve", "cant.resolve.args", "cant.resolve.location", "cant.resolve.location.args", "cant.resolve.location.args.params", "cant.resolve.args.params", "invalid.mref"}, (*site).unresolved},
	{[]string{"doesnt.exist"}, (*site).noPackage},
	{[]string{"cant.apply.symbol", "cant.apply.symbols", "cant.apply.diamond.1"}, (*site).arguments},
	{[]string{"non-static.cant.be.ref", "encl.class.required", "cant.ref.non.effectively"}, (*site).static},
	{[]string{"prob.found.req"}, (*site).incompatible},
	{[]string{"incomparable.types", "operator.cant.be.applied.1", "operator.cant.be.applied"}, (*site).operands},
	{[]string{"unreported.exception.need.to.catch.or.throw", "unreported.exception.default.constructor", "unreported.exception.implicit.close"}, (*site).unreported},
	{[]string{"missing.ret.stmt"}, (*site).missingReturn},
	{[]string{"var.might.not.have.been.initialized"}, (*site).uninitialized},
	{[]string{"cant.deref"}, (*site).dereferenced},
	{[]string{"array.req.but.found"}, (*site).indexed},
	{[]string{"type.found.req"}, (*site).boxed},
	{[]string{"already.defined"}, (*site).again},
	{[]string{"method.does.not.override.superclass"}, (*site).overrides},
	{[]string{"override.weaker.access"}, (*site).weaker},
	{[]string{"does.not.override.abstract"}, (*site).abstract},
	{[]string{"cant.assign.val.to.var", "cant.assign.val.to.final.var", "var.might.already.be.assigned"}, (*site).final},
	{[]string{"missing.meth.body.or.decl.abstract"}, (*site).noBody},
	{[]string{"report.access"}, (*site).private},
	{[]string{"enum.label.must.be.unqualified.enum", "enum.label.must.be.enum.constant"}, (*site).enumLabel},
	{[]string{"no.intf.expected.here", "intf.expected.here"}, (*site).inherit},
	{[]string{"nsbox.no.main"}, (*site).noMain},
	{[]string{"foreach.not.applicable.to.type"}, (*site).iterate},
	{[]string{"illegal.combination.of.modifiers", "name.clash.same.erasure"}, nil},
}

// meaning mends what is well-formed but means nothing: all errors at once where
// each has an answer, and each one alone.
func (h *healer) meaning() []nsbox.Fix {
	var all [][]answer
	for n := range h.reports {
		if a := h.answers(&h.reports[n]); len(a) > 0 {
			all = append(all, a)
		}
		if len(all) >= 30 {
			break
		}
	}
	if len(all) == 0 {
		return nil
	}
	var first []answer
	for _, a := range all {
		first = append(first, a[0])
	}
	var out []nsbox.Fix
	if f, ok := together(first); ok {
		out = append(out, f)
	}
	for n, a := range all {
		for _, other := range a[1:] { // the same with another reading of one error
			changed := slices.Clone(first)
			changed[n] = other
			if f, ok := together(changed); ok {
				out = append(out, f)
			}
		}
	}
	if len(all) > 1 {
		for _, a := range all {
			if f, ok := together(a[:1]); ok {
				out = append(out, f)
			}
		}
	}
	return out
}

func (h *healer) answers(r *javac.Report) []answer {
	p := h.program(r.File)
	if p == nil {
		return nil
	}
	s := &site{healer: h, program: p, r: r, i: -1}
	if r.Pos >= 0 {
		if s.i = p.at(r.Pos); p.text(s.i) == "." || p.text(s.i) == "::" {
			s.i++
		}
	}
	for _, rule := range rules {
		if rule.rule == nil || !slices.Contains(rule.codes, r.Code) || s.i < 0 && r.Code != "nsbox.no.main" {
			continue
		}
		out := rule.rule(s)
		for i := range out {
			out[i].file = p
		}
		return out
	}
	return nil
}

// one is an answer of one rule.
func one(rule, why string, s ...splice) []answer { return []answer{{rule: rule, why: why, splices: s}} }

// together makes one fix of answers; one that is in another's way is left out.
func together(list []answer) (nsbox.Fix, bool) {
	f := nsbox.Fix{Rank: nsbox.RankLocal}
	imports := map[*program][]string{}
	var order []*program
	var taken []nsbox.Edit
	var why []string
	for _, a := range list {
		edits := make([]nsbox.Edit, 0, len(a.splices))
		for _, s := range a.splices {
			edits = append(edits, a.file.edit(s))
		}
		if !free(taken, edits) {
			continue
		}
		for _, e := range edits {
			if !slices.Contains(taken, e) {
				taken = append(taken, e)
			}
		}
		if len(a.imports) > 0 {
			if _, ok := imports[a.file]; !ok {
				order = append(order, a.file)
			}
			imports[a.file] = append(imports[a.file], a.imports...)
		}
		if f.Rule == "" {
			f.Rule = "java/" + a.rule
		}
		why = append(why, a.why)
	}
	for _, p := range order {
		names := unique(imports[p])
		sort.Strings(names)
		taken = append(taken, p.edit(p.importEdit(names)))
	}
	f.Edits = taken
	f.Explanation = joined(why)
	return f, len(taken) > 0
}

// free reports whether edits can be made beside taken; the same edit twice is
// one.
func free(taken, edits []nsbox.Edit) bool {
	for _, e := range edits {
		for _, t := range taken {
			if t == e || t.File != e.File {
				continue
			}
			if e.Start < t.End && t.Start < e.End || e.Start == t.Start && (e.End > e.Start) == (t.End > t.Start) {
				return false
			}
		}
	}
	return true
}

func joined(why []string) string {
	out := ""
	for _, w := range unique(why) {
		if len(out)+len(w) > 300 {
			return out + "; and more"
		}
		if out != "" {
			out += "; "
		}
		out += w
	}
	return out
}
