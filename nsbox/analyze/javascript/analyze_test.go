package javascript_test

import (
	"testing"

	"github.com/nsbox/nsbox/nsbox/analyze/javascript"
	rules "github.com/nsbox/nsbox/nsbox/heal/rules/javascript"
	"github.com/nsbox/nsbox/nsbox/internal/analyzetest"
)

func TestGolden(t *testing.T) { analyzetest.Golden(t, javascript.Analyze) }

// The rules get what the analyzer found, so both are fuzzed together.
func FuzzAnalyzeAndPropose(f *testing.F) { analyzetest.Fuzz(f, javascript.Analyze, rules.Propose) }
