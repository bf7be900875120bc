// Package javascript has the rules that mend JavaScript and TypeScript programs.
//
// What does not parse is mended in a search whose every step is parsed (by
// esbuild's parser, in this process); what fails while it runs, by rules that
// read the error's message and place. Where two names or places are as likely,
// nothing is proposed.
package javascript

import (
	"path"
	"strings"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/internal/source"
)

// Propose returns fixes for p, the best first.
func Propose(p nsbox.Problem) []nsbox.Fix {
	if len(p.Files) == 0 || len(p.Diagnoses) == 0 {
		return nil
	}
	for i := range p.Diagnoses {
		d := &p.Diagnoses[i]
		file, ok := fileOf(p.Files, d.File)
		if !ok || len(file.Data) > maxParsed/4 {
			continue
		}
		var fixes []nsbox.Fix
		if d.Phase == nsbox.PhaseParse && !parse(file.Name, string(file.Data)).ok() {
			fixes = syntax(file)
		} else {
			fixes = running(&p, d, file)
		}
		if len(fixes) > 0 {
			return polished(file, fixes)
		}
	}
	return nil
}

// fileOf finds the file that a diagnosis names; the main file where it names
// none.
func fileOf(files []nsbox.File, name string) (nsbox.File, bool) {
	if name == "" {
		return files[0], true
	}
	for _, f := range files {
		if f.Name == name || path.Clean("/"+f.Name) == path.Clean("/"+name) {
			return f, true
		}
	}
	if len(files) == 1 && (strings.HasPrefix(name, "/") || strings.HasPrefix(name, "[")) {
		return files[0], true // the same program, run from another directory
	}
	return nsbox.File{}, false
}

// failure is an error of a program that runs, and its place in the source.
type failure struct {
	p       *nsbox.Problem
	d       *nsbox.Diagnosis
	file    nsbox.File
	c       *code
	s       *scopes
	t       *types
	at      int // the token at the place of the error
	message string
	fixes   []nsbox.Fix
}

// running proposes fixes of an error that shows when the program runs.
func running(p *nsbox.Problem, d *nsbox.Diagnosis, file nsbox.File) []nsbox.Fix {
	f := &failure{p: p, d: d, file: file, c: newCode(file.Name, string(file.Data)), message: d.Message}
	f.s = newScopes(f.c)
	f.t = &types{scopes: f.s}
	offset, ok := f.c.text.Offset(d.Line, max(d.Column, 1))
	if !ok {
		offset = 0
	}
	f.at = f.c.at(offset)
	for _, r := range runtimeRules {
		if m := r.re.FindStringSubmatch(d.Message); m != nil && (r.class == "" || r.class == d.Type || r.class == "*") {
			r.apply(f, m)
			if len(f.fixes) > 0 {
				break
			}
		}
	}
	return ordered(f.fixes)
}

// propose adds a fix where its edits make a program that parses.
func (f *failure) propose(rank nsbox.Rank, rule, why string, edits ...edit) {
	if len(edits) == 0 {
		return
	}
	src, ok := apply(f.c.src, edits)
	if !ok || src == f.c.src || !parse(f.file.Name, src).ok() {
		return
	}
	f.fixes = append(f.fixes, nsbox.Fix{
		Rule: "javascript/" + rule, Explanation: why, Rank: rank, Edits: between(f.file.Name, f.c.src, src),
	})
}

// near finds a token that satisfies is, on the line of the error and as close to
// its place as can be; -1 where there is none.
func (f *failure) near(is func(i int) bool) int {
	from, to := f.c.lineTokens(f.at)
	if offset, ok := f.c.text.Offset(f.d.Line, 1); ok {
		_, end := f.c.text.Bounds(f.d.Line)
		from, to = source.At(f.c.toks, offset), source.At(f.c.toks, end)
	}
	best, far := -1, 1<<30
	for i := from; i < to && i < len(f.c.toks); i++ {
		away := f.c.toks[i].Start - f.c.tok(f.at).Start
		if away < 0 {
			away = -away
		}
		if is(i) && away < far {
			best, far = i, away
		}
	}
	return best
}

// nearWord is near for a word's text.
func (f *failure) nearWord(text string) int {
	return f.near(func(i int) bool { return f.c.word(i) && f.c.toks[i].Text == text })
}
