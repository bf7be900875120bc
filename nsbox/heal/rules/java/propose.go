// Package java has the rules that mend Java programs. They work on the text of
// the program, on what the compiler says of it, and on what the check command
// knows about the names at each place.
package java

import (
	"strings"

	"github.com/nsbox/nsbox/nsbox"
	javac "github.com/nsbox/nsbox/nsbox/analyze/java"
)

// Propose returns fixes for p, the best first.
func Propose(p nsbox.Problem) []nsbox.Fix {
	if len(p.Files) == 0 || len(p.Diagnoses) == 0 {
		return nil
	}
	h := &healer{problem: &p, files: map[string]*program{}}
	if p.Diagnoses[0].Phase == nsbox.PhaseRun {
		return h.running()
	}
	h.reports = javac.Reports(p.Evidence)
	if p.Diagnoses[0].Phase == nsbox.PhaseParse {
		return h.malformed()
	}
	return h.meaning()
}

// healer looks for fixes of one problem.
type healer struct {
	problem *nsbox.Problem
	reports []javac.Report
	files   map[string]*program
}

// program returns the file named name, nil where it is not one of the problem's.
func (h *healer) program(name string) *program {
	if p, ok := h.files[name]; ok {
		return p
	}
	var p *program
	for _, f := range h.problem.Files {
		if f.Name == name {
			p = newProgram(f.Name, f.Data)
			break
		}
	}
	h.files[name] = p
	return p
}

// malformed mends files that are not well-formed.
func (h *healer) malformed() []nsbox.Fix {
	var out []nsbox.Fix
	seen := map[string]bool{}
	for _, d := range h.problem.Diagnoses {
		if seen[d.File] {
			continue
		}
		seen[d.File] = true
		p := h.program(d.File)
		if p == nil {
			continue
		}
		for _, r := range syntax(p) {
			out = append(out, nsbox.Fix{
				Rule: "java/" + r.rule[0], Explanation: strings.Join(unique(r.why), "; "),
				Edits: []nsbox.Edit{difference(p, r.Src)}, Rank: nsbox.RankStructural,
			})
		}
		if len(out) == 0 {
			out = append(out, h.numbers(p)...)
		}
	}
	return out
}

// difference is the one edit that makes src of p.
func difference(p *program, src string) nsbox.Edit {
	a, n := 0, min(len(p.Src), len(src))
	for a < n && p.Src[a] == src[a] {
		a++
	}
	b := 0
	for b < n-a && p.Src[len(p.Src)-1-b] == src[len(src)-1-b] {
		b++
	}
	return nsbox.Edit{File: p.name, Start: a, End: len(p.Src) - b, Text: src[a : len(src)-b]}
}

func unique(list []string) []string {
	var out []string
	seen := map[string]bool{}
	for _, s := range list {
		if !seen[s] {
			seen[s] = true
			out = append(out, s)
		}
	}
	return out
}

// numbers: a number that is too large for an int is a long where one is wanted.
func (h *healer) numbers(p *program) []nsbox.Fix {
	for _, r := range h.reports {
		if r.Code != "int.number.too.large" || r.File != p.name || r.Pos < 0 {
			continue
		}
		i := p.at(r.Pos)
		if i >= len(p.tokens) || strings.ContainsAny(p.text(i), "lL.") {
			continue
		}
		for j := i; j > 0 && p.text(j) != ";" && p.text(j) != "{"; j-- {
			m := p.methodAround(j)
			if p.text(j-1) == "long" || p.text(j) == "return" && m != nil && m.result == "long" || p.text(j) == "=" && p.declaredAs(p.text(j-1), j) == "long" {
				return []nsbox.Fix{fix("long-literal", "a number of this size ends with L", nsbox.RankLocal, p.edit(p.replace(i, 1, p.text(i)+"L")))}
			}
		}
	}
	return nil
}

func fix(rule, why string, rank nsbox.Rank, edits ...nsbox.Edit) nsbox.Fix {
	return nsbox.Fix{Rule: "java/" + rule, Explanation: why, Rank: rank, Edits: edits}
}

// edit is s as an edit of the file.
func (p *program) edit(s splice) nsbox.Edit {
	return nsbox.Edit{File: p.name, Start: s.start, End: s.end, Text: s.text}
}
