// Package rules is the healer that needs no network and no model: it applies
// what compilers and interpreters themselves suggest, and rules of its own
// about common slips.
package rules

import (
	"context"
	"fmt"
	"slices"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/heal/rules/cfamily"
	"github.com/nsbox/nsbox/nsbox/heal/rules/golang"
	"github.com/nsbox/nsbox/nsbox/heal/rules/java"
	"github.com/nsbox/nsbox/nsbox/heal/rules/javascript"
	"github.com/nsbox/nsbox/nsbox/heal/rules/python"
	"github.com/nsbox/nsbox/nsbox/heal/rules/ruby"
	"github.com/nsbox/nsbox/nsbox/heal/rules/rust"
	"github.com/nsbox/nsbox/nsbox/heal/rules/shell"
)

// Name is the healer's name.
const Name = "rules"

// MaxFixes bounds what one call proposes.
const MaxFixes = 8

// Languages are the rules of each language, by its canonical name. A set of
// rules returns the best fix first among those of one rank, and is a pure
// function: it runs nothing and reads nothing but the problem.
func Languages() map[string]func(nsbox.Problem) []nsbox.Fix {
	return map[string]func(nsbox.Problem) []nsbox.Fix{
		"python":      python.Propose,
		"python-slim": python.Propose,
		"javascript":  javascript.Propose,
		"typescript":  javascript.Propose,
		"go":          golang.Propose,
		"rust":        rust.Propose,
		"java":        java.Propose,
		"c":           cfamily.Propose,
		"cpp":         cfamily.Propose,
		"ruby":        ruby.Propose,
		"bash":        shell.Propose,
	}
}

// New returns the healer. It is safe for concurrent use.
func New() nsbox.Healer { return healer{Languages()} }

type healer struct {
	languages map[string]func(nsbox.Problem) []nsbox.Fix
}

func (healer) Name() string { return Name }

// Propose returns an error where a set of rules has a mistake of its own: what
// strangers' programs are like must not end the process.
func (h healer) Propose(_ context.Context, p nsbox.Problem) (fixes []nsbox.Fix, err error) {
	propose := h.languages[p.Language]
	if propose == nil || len(p.Files) == 0 || len(p.Diagnoses) == 0 {
		return nil, nil
	}
	defer func() {
		if v := recover(); v != nil {
			fixes, err = nil, fmt.Errorf("the rules for %s have a mistake: %v", p.Language, v)
		}
	}()
	fixes = propose(p)
	slices.SortStableFunc(fixes, func(a, b nsbox.Fix) int { return int(a.Rank) - int(b.Rank) })
	return fixes[:min(len(fixes), MaxFixes)], nil
}
