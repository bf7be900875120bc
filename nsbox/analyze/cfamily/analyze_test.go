package cfamily_test

import (
	"testing"

	"github.com/nsbox/nsbox/nsbox/analyze/cfamily"
	rules "github.com/nsbox/nsbox/nsbox/heal/rules/cfamily"
	"github.com/nsbox/nsbox/nsbox/internal/analyzetest"
)

func TestGolden(t *testing.T) { analyzetest.Golden(t, cfamily.Analyze) }

// The rules get what the analyzer found, so both are fuzzed together.
func FuzzAnalyzeAndPropose(f *testing.F) { analyzetest.Fuzz(f, cfamily.Analyze, rules.Propose) }
