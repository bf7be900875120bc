package python_test

import (
	"testing"

	"github.com/nsbox/nsbox/nsbox/analyze/python"
	rules "github.com/nsbox/nsbox/nsbox/heal/rules/python"
	"github.com/nsbox/nsbox/nsbox/internal/analyzetest"
)

func TestGolden(t *testing.T) { analyzetest.Golden(t, python.Analyze) }

// The rules get what the analyzer found, so both are fuzzed together.
func FuzzAnalyzeAndPropose(f *testing.F) { analyzetest.Fuzz(f, python.Analyze, rules.Propose) }
