// Package javascript reads what Node, esbuild and tsc say of a JavaScript or
// TypeScript program that failed.
package javascript

import (
	"strings"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/language"
)

// Analyze is an [nsbox.AnalyzerFunc]. Node reports one error, with those that
// caused it; esbuild reports all it finds. A program that ended well and was
// checked has the findings of the check.
func Analyze(e nsbox.Evidence) []nsbox.Diagnosis {
	if found := esbuild(e); len(found) > 0 {
		return found
	}
	if e.Stage != nsbox.StageCompile && e.Verdict != nsbox.OK {
		if found := uncaught(e); len(found) > 0 {
			return found
		}
	}
	if e.Check != nil {
		return tsc(string(e.Check.Stdout)+"\n"+string(e.Check.Stderr), e.Files)
	}
	return nil
}

// relative returns a place in the program as it is named in Evidence.Files, or
// false where path is none of the program's files.
func relative(path string) (string, bool) {
	path = strings.TrimPrefix(path, "file://")
	if path == "" || strings.HasPrefix(path, "node:") || strings.HasPrefix(path, "<") || strings.HasPrefix(path, "internal/") ||
		strings.Contains(path, "/node_modules/") || strings.HasPrefix(path, "/build/") || strings.HasPrefix(path, "evalmachine.") || strings.HasPrefix(path, "data:") {
		return "", false
	}
	if path == "[eval]" || strings.HasPrefix(path, "[eval") || path == "[stdin]" {
		return path, true
	}
	path = strings.TrimPrefix(path, language.Workspace+"/")
	return path, true
}
