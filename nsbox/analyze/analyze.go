// Package analyze turns what compilers and interpreters print about a failing
// program into diagnoses.
package analyze

import (
	"strings"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/analyze/cfamily"
	"github.com/nsbox/nsbox/nsbox/analyze/generic"
	"github.com/nsbox/nsbox/nsbox/analyze/golang"
	"github.com/nsbox/nsbox/nsbox/analyze/java"
	"github.com/nsbox/nsbox/nsbox/analyze/javascript"
	"github.com/nsbox/nsbox/nsbox/analyze/python"
	"github.com/nsbox/nsbox/nsbox/analyze/ruby"
	"github.com/nsbox/nsbox/nsbox/analyze/rust"
	"github.com/nsbox/nsbox/nsbox/analyze/shell"
	"github.com/nsbox/nsbox/nsbox/language"
)

// Analyzers are all analyzers, by the name that a language's file gives.
func Analyzers() map[string]nsbox.AnalyzerFunc {
	return map[string]nsbox.AnalyzerFunc{
		"python":     python.Analyze,
		"javascript": javascript.Analyze,
		"typescript": javascript.Analyze,
		"bash":       shell.Analyze,
		"go":         golang.Analyze,
		"rust":       rust.Analyze,
		"java":       java.Analyze,
		"ruby":       ruby.Analyze,
		"c":          cfamily.Analyze,
		"cpp":        cfamily.Analyze,
		"generic":    generic.Analyze,
	}
}

// New returns an analyzer of the languages in known; one of them that names no
// analyzer, or none that is known, has the generic one. What ended by a limit
// or a refused call is diagnosed as that, whatever the program printed.
//
// Where the analyzer of a language finds nothing, the generic one is asked.
func New(known *language.Registry) nsbox.Analyzer {
	all := Analyzers()
	return nsbox.AnalyzerFunc(func(e nsbox.Evidence) []nsbox.Diagnosis {
		var own nsbox.AnalyzerFunc
		if l, err := known.Lookup(e.Language); err == nil {
			own = all[l.Analyzer]
		}
		if own != nil && !generic.Ended(e) {
			if found := attempt(own, e); len(found) > 0 {
				return clean(found)
			}
		}
		return clean(generic.Analyze(e))
	})
}

// attempt returns nothing where the analyzer has a mistake: what strangers'
// programs print must not end the process, and the generic analyzer is there.
func attempt(a nsbox.AnalyzerFunc, e nsbox.Evidence) (found []nsbox.Diagnosis) {
	defer func() {
		if recover() != nil {
			found = nil
		}
	}()
	return a(e)
}

// clean makes file names relative to the program's directory.
func clean(found []nsbox.Diagnosis) []nsbox.Diagnosis {
	for i := range found {
		found[i].File = strings.TrimPrefix(strings.TrimPrefix(found[i].File, language.Workspace+"/"), "./")
	}
	return found
}
