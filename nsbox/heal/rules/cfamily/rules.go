// Package cfamily has the rules that mend programs in C and C++.
//
// What the compiler proposes is weighed, not believed: its notes about missing
// #includes come first, its fix-its are taken where the file itself does not
// know better. Brackets, quotes and foreign characters are looked at before any
// message is, because nearly every message behind such a slip is about something
// else.
package cfamily

import (
	"github.com/nsbox/nsbox/nsbox"
)

// maxDiagnoses is how many messages are looked at: what comes after so many is
// nearly always owed to those before.
const maxDiagnoses = 16

// idea is a fix in the making.
type idea struct {
	rule, why string
	edits     []nsbox.Edit
	rank      nsbox.Rank
	// sure is set where the fix is right whatever else is wrong, so that it may go
	// together with others.
	sure bool
}

// ctx is one problem.
type ctx struct {
	p     nsbox.Problem
	cpp   bool
	files map[string]*code
}

// Propose returns fixes for p, the best first. It is a pure function.
func Propose(p nsbox.Problem) []nsbox.Fix {
	if len(p.Files) == 0 || len(p.Diagnoses) == 0 {
		return nil
	}
	c := &ctx{p: p, cpp: p.Language == "cpp", files: map[string]*code{}}
	var ideas []idea
	if d := &p.Diagnoses[0]; d.Phase == nsbox.PhaseRun || d.Phase == nsbox.PhaseLint {
		ideas = c.running()
	} else {
		ideas = c.compiling()
	}
	return c.fixes(ideas)
}

// file returns the file that a diagnosis is about; the main file where it names
// none, nil where it names one that the program does not have.
func (c *ctx) file(d *nsbox.Diagnosis) *code {
	name := d.File
	if name == "" {
		name = c.p.Files[0].Name
	}
	if f, ok := c.files[name]; ok {
		return f
	}
	var f *code
	for _, file := range c.p.Files {
		if file.Name == name && len(file.Data) <= maxSource {
			f = newCode(file, c.cpp)
			break
		}
	}
	c.files[name] = f
	return f
}

// maxSource is how long a file may be that is looked at.
const maxSource = 1 << 20

// compiling proposes for what a compiler or linker refuses.
func (c *ctx) compiling() []idea {
	ideas := c.again(&c.p.Diagnoses[0])
	looked := map[string]bool{}
	for i := range min(len(c.p.Diagnoses), maxDiagnoses) {
		d := &c.p.Diagnoses[i]
		f := c.file(d)
		if f == nil || looked[f.name] {
			continue
		}
		looked[f.name] = true
		ideas = append(ideas, f.shape(d)...)
	}
	if len(ideas) > 0 {
		if more, ok := c.withIncludes(ideas[0]); ok {
			ideas = append(ideas[:1:1], append([]idea{more}, ideas[1:]...)...)
		}
		return append(ideas, c.single(&c.p.Diagnoses[0])...)
	}
	var firsts []idea
	for i := range min(len(c.p.Diagnoses), maxDiagnoses) {
		own := c.single(&c.p.Diagnoses[i])
		if len(own) == 0 {
			continue
		}
		if len(firsts) == 0 {
			ideas = own
		}
		firsts = append(firsts, own[0])
	}
	if len(firsts) == 0 {
		return nil
	}
	if both, ok := together(firsts); ok {
		ideas = append([]idea{both}, ideas...)
	}
	return append(ideas, firsts[1:]...)
}

// withIncludes adds to a fix the headers that are missing: the compiler will
// only see that when it can read the file.
func (c *ctx) withIncludes(i idea) (idea, bool) {
	f := c.file(&nsbox.Diagnosis{File: i.edits[0].File})
	if f == nil {
		return i, false
	}
	i.edits = append([]nsbox.Edit(nil), i.edits...)
	n := len(i.edits)
	for _, h := range f.missingHeaders() {
		if e := f.insertInclude(h); disjoint(i.edits[:n], []nsbox.Edit{e}) {
			i.edits = append(i.edits, e)
		}
	}
	i.why += ", and so are headers"
	return i, len(i.edits) > n
}

// together makes one of those ideas that are sure, when the first is among them.
func together(firsts []idea) (idea, bool) {
	if !firsts[0].sure {
		return idea{}, false
	}
	out := firsts[0]
	out.edits = append([]nsbox.Edit(nil), out.edits...)
	n := 1
	for _, next := range firsts[1:] {
		if next.rule == "include" && (out.rule == "directive" || out.rule == "header") {
			continue // a mended include may bring the name
		}
		if !next.sure || !disjoint(out.edits, next.edits) {
			continue
		}
		out.edits = append(out.edits, next.edits...)
		if n++; n == 2 {
			out.why += "; " + next.why
		}
		out.rank = max(out.rank, next.rank)
	}
	return out, n > 1
}

// disjoint reports whether b changes no byte that a changes, and adds nothing
// where a adds something.
func disjoint(a, b []nsbox.Edit) bool {
	for _, x := range a {
		for _, y := range b {
			if x.File == y.File && x.Start <= y.End && y.Start <= x.End {
				return false
			}
		}
	}
	return true
}

// fixes makes the ideas public: in their order, each once.
func (c *ctx) fixes(ideas []idea) []nsbox.Fix {
	var out []nsbox.Fix
	rank := nsbox.RankCertain
	for _, i := range ideas {
		if len(i.edits) == 0 {
			continue
		}
		rank = max(rank, i.rank)
		prefix := "c/"
		if c.cpp {
			prefix = "cpp/"
		}
		f := nsbox.Fix{Rule: prefix + i.rule, Explanation: i.why, Edits: i.edits, Rank: rank}
		if !duplicate(out, f) {
			out = append(out, f)
		}
	}
	return out
}

func duplicate(all []nsbox.Fix, f nsbox.Fix) bool {
	for _, other := range all {
		if len(other.Edits) != len(f.Edits) {
			continue
		}
		same := true
		for i := range f.Edits {
			same = same && f.Edits[i] == other.Edits[i]
		}
		if same {
			return true
		}
	}
	return false
}

// single proposes for one message, the best first.
func (c *ctx) single(d *nsbox.Diagnosis) []idea {
	f := c.file(d)
	if f == nil {
		return nil
	}
	var out []idea
	for i := range messages {
		r := &messages[i]
		m := r.match(d.Message)
		if m == nil {
			continue
		}
		out = append(out, r.propose(c, f, d, m)...)
		if len(out) > 0 && !r.more {
			break
		}
	}
	return out
}
