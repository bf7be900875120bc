// Package python has the rules that mend Python programs.
package python

import (
	"github.com/nsbox/nsbox/nsbox"
)

// maxSource is the size from which programs are left alone, in bytes: no rule
// knows its way in them.
const maxSource = 1 << 20

// Propose returns fixes for p, the best first. It is a pure function.
func Propose(p nsbox.Problem) []nsbox.Fix {
	if len(p.Diagnoses) == 0 || len(p.Files) == 0 {
		return nil
	}
	d := p.Diagnoses[0]
	for _, f := range p.Files {
		if f.Name == d.File {
			return proposeFor(p, d, f)
		}
	}
	return proposeFor(p, d, p.Files[0])
}

func proposeFor(p nsbox.Problem, d nsbox.Diagnosis, f nsbox.File) []nsbox.Fix {
	src := string(f.Data)
	if d.Phase == nsbox.PhaseParse {
		return mendSyntax(f.Name, src)
	}
	if len(src) > maxSource {
		return nil
	}
	m := newMender(p, d, f)
	if m == nil {
		return nil
	}
	m.run()
	return m.fixes
}

// mendSyntax proposes all repairs together, then the first alone.
func mendSyntax(file, src string) []nsbox.Fix {
	steps, _ := repair(src)
	var out []nsbox.Fix
	why := ""
	for i, s := range steps {
		if i > 0 {
			why += "; "
		}
		why += s.why
	}
	if n := len(steps); n > 1 {
		out = append(out, nsbox.Fix{
			Rule: "python/" + steps[0].rule, Explanation: why, Rank: nsbox.RankLocal, Edits: between(file, src, steps[n-1].after),
		})
	}
	if len(steps) > 0 {
		out = append(out, nsbox.Fix{
			Rule: "python/" + steps[0].rule, Explanation: steps[0].why, Rank: nsbox.RankLocal, Edits: between(file, src, steps[0].after),
		})
	}
	return out
}
