// Package golang has the rules that mend Go programs. They know a program by
// Go's own parser and the standard library by a table of what it exports; types
// they know from the compiler's messages alone.
package golang

import (
	"slices"

	"github.com/nsbox/nsbox/nsbox"
)

// idea is one way to mend one diagnosis.
type idea struct {
	rule, why string
	edits     []nsbox.Edit
	rank      nsbox.Rank
}

// maxMended is how many diagnoses of a program are looked at.
const maxMended = 20

// Propose returns fixes for p, the best first: one for all errors together,
// where several have a clear fix, then those of the first error alone.
func Propose(p nsbox.Problem) []nsbox.Fix {
	programs := map[string]*program{}
	get := func(file string) *program {
		if q, ok := programs[file]; ok {
			return q
		}
		i := slices.IndexFunc(p.Files, func(f nsbox.File) bool { return f.Name == file })
		if i < 0 && len(p.Files) == 1 {
			i = 0
		}
		if i < 0 {
			return nil
		}
		q := parse(p.Files[i])
		programs[file] = q
		return q
	}
	first := p.Diagnoses[0]
	q := get(first.File)
	if q == nil {
		return nil
	}
	switch first.Phase {
	case nsbox.PhaseParse:
		return fixes(q.syntax(first))
	case nsbox.PhaseRun:
		return fixes(q.running(first))
	case nsbox.PhaseLint:
		return lintFixes(p.Diagnoses, get)
	}
	return compileFixes(p.Diagnoses, get)
}

func fixes(ideas []idea) []nsbox.Fix {
	var out []nsbox.Fix
	for _, i := range ideas {
		out = append(out, nsbox.Fix{Rule: "go/" + i.rule, Explanation: i.why, Edits: i.edits, Rank: i.rank})
	}
	return out
}

// compileFixes mends what the type checker found.
func compileFixes(found []nsbox.Diagnosis, get func(string) *program) []nsbox.Fix {
	var all [][]idea
	done := map[string]bool{} // the same name is mended once, at its first place
	settled := false
	for _, d := range found[:min(len(found), maxMended)] {
		q := get(d.File)
		if q == nil {
			continue
		}
		ideas := q.compile(d, found, done)
		all = append(all, ideas)
		settled = settled || len(ideas) > 0
	}
	if !settled {
		return nil
	}
	var out []nsbox.Fix
	if joint, n := together(all); n > 1 {
		out = append(out, nsbox.Fix{Rule: "go/several", Explanation: joint.why, Edits: joint.edits, Rank: nsbox.RankCertain})
	}
	for _, ideas := range all {
		if len(ideas) > 0 {
			out = append(out, fixes(ideas)...)
			break // the others are asked for again once this one is mended
		}
	}
	return out
}

// together joins the first idea of each diagnosis, as far as they don't touch
// the same text.
func together(all [][]idea) (idea, int) {
	var joint idea
	n := 0
	for _, ideas := range all {
		if len(ideas) == 0 || overlap(joint.edits, ideas[0].edits) {
			continue
		}
		joint.edits = append(joint.edits, ideas[0].edits...)
		if joint.why != "" {
			joint.why += "; "
		}
		joint.why += ideas[0].why
		n++
	}
	return joint, n
}

func overlap(a, b []nsbox.Edit) bool {
	for _, x := range a {
		for _, y := range b {
			if x.File == y.File && x.Start <= y.End && y.Start <= x.End && !(x.Start == x.End && y.Start == y.End && x.Text != y.Text) {
				return true
			}
		}
	}
	return false
}
