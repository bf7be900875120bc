// Package rust has the rules that mend Rust programs: what rustc suggests, where
// it neither guesses nor hides the error, and rules for what it has no
// suggestion for.
package rust

import (
	"slices"
	"strings"

	"github.com/nsbox/nsbox/nsbox"
	rustc "github.com/nsbox/nsbox/nsbox/analyze/rust"
)

// option is one way to mend one error.
type option struct {
	rule, why string
	rank      nsbox.Rank
	edits     []nsbox.Edit
}

// maxOptions bounds the ways of mending one error, maxErrors the errors that are
// looked at.
const (
	maxOptions = 5
	maxErrors  = 40
)

// Propose returns fixes for p, the best first: one that mends every error it can,
// then others in which one error is mended differently, then each error alone.
func Propose(p nsbox.Problem) []nsbox.Fix {
	if len(p.Files) == 0 || len(p.Diagnoses) == 0 {
		return nil
	}
	h := &healer{files: map[string]*program{}, problem: &p}
	if p.Diagnoses[0].Phase == nsbox.PhaseRun {
		return fixes([][]option{h.running()})
	}
	messages := rustc.Read(p.Evidence)
	if len(messages) == 0 {
		messages = fromDiagnoses(p.Diagnoses)
	}
	h.messages = messages[:min(len(messages), maxErrors)]
	if whole := h.structural(); len(whole) > 0 {
		return fixes([][]option{whole})
	}
	var all [][]option
	wellFormed := 0 // errors before the first that is not about the text itself
	for i := range h.messages {
		m := &h.messages[i]
		if o := h.options(m); len(o) > 0 {
			all = append(all, o)
			if rustc.Phase(m.Type(), m.Text) == nsbox.PhaseParse {
				wellFormed = len(all)
			}
		}
	}
	out := fixes(all)
	if wellFormed == 0 || wellFormed == len(all) {
		return out
	}
	// The errors after those may only come of them.
	out = append(fixes(all[:wellFormed]), out...)
	return inOrder(out[:min(len(out), maxProposals)])
}

// inOrder gives fixes ranks that keep their order.
func inOrder(all []nsbox.Fix) []nsbox.Fix {
	for i := 1; i < len(all); i++ {
		all[i].Rank = max(all[i].Rank, all[i-1].Rank)
	}
	return all
}

// fromDiagnoses makes messages of diagnoses that came of rustc's text.
func fromDiagnoses(all []nsbox.Diagnosis) []rustc.Message {
	var out []rustc.Message
	for _, d := range all {
		m := rustc.Message{Text: d.Message, Code: &rustc.Code{Code: d.Type}, Level: "error"}
		if d.Line > 0 {
			m.Spans = []rustc.Span{{File: d.File, Line: d.Line, Column: d.Column, Start: -1, Primary: true}}
		}
		out = append(out, m)
	}
	return out
}

// fixes makes fixes of the options of each error.
func fixes(all [][]option) []nsbox.Fix {
	all = slices.DeleteFunc(all, func(o []option) bool { return len(o) == 0 })
	var out []nsbox.Fix
	add := func(chosen []option) {
		f := merge(chosen)
		if len(f.Edits) == 0 || slices.ContainsFunc(out, func(o nsbox.Fix) bool { return slices.Equal(o.Edits, f.Edits) }) {
			return
		}
		out = append(out, f)
	}
	best := make([]option, len(all))
	for i := range all {
		best[i] = all[i][0]
	}
	if len(best) > 0 {
		add(best)
	}
	for i := range all {
		for _, o := range all[i][1:] {
			other := slices.Clone(best)
			other[i] = o
			add(other)
		}
		if len(out) >= maxProposals {
			break
		}
	}
	for i := range all {
		if len(all) == 1 || len(out) >= maxProposals {
			break
		}
		add(best[i : i+1])
	}
	return inOrder(out)
}

// maxProposals bounds what is proposed at once.
const maxProposals = 8

// merge makes one fix of options. An edit that two of them have is made once; an
// option that overlaps one before it is left out.
func merge(chosen []option) nsbox.Fix {
	f := nsbox.Fix{Rank: nsbox.RankModel}
	for _, o := range chosen {
		if !fits(f.Edits, o.edits) {
			continue
		}
		fresh := false
		for _, e := range o.edits {
			if !slices.Contains(f.Edits, e) {
				f.Edits, fresh = append(f.Edits, e), true
			}
		}
		if !fresh {
			continue
		}
		f.Rank = min(f.Rank, o.rank)
		if f.Rule == "" {
			f.Rule, f.Explanation = "rust/"+o.rule, o.why
		} else if len(f.Explanation) < 400 {
			f.Explanation += "; " + o.why
		}
	}
	f.Edits = spaceImports(mergeDerives(f.Edits))
	return f
}

// fits reports whether none of more overlaps one of edits without being the same.
func fits(edits, more []nsbox.Edit) bool {
	for _, a := range more {
		for _, b := range edits {
			if a == b || a.File != b.File {
				continue
			}
			if a.Start < b.End && b.Start < a.End {
				return false
			}
			if a.Start == b.Start && a.End == b.End && a.Start == a.End && !stacks(a.Text) {
				return false // two insertions at one place that are not the same
			}
		}
	}
	return true
}

// stacks reports whether an insertion goes well with others at its place.
func stacks(text string) bool {
	return isDerive(strings.TrimLeft(text, " \t")) || isUse(text) || strings.HasPrefix(text, ", ") && len(text) > 2
}
