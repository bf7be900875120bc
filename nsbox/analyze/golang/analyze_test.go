package golang_test

import (
	"testing"

	"github.com/nsbox/nsbox/nsbox/analyze/golang"
	rules "github.com/nsbox/nsbox/nsbox/heal/rules/golang"
	"github.com/nsbox/nsbox/nsbox/internal/analyzetest"
)

func TestGolden(t *testing.T) { analyzetest.Golden(t, golang.Analyze) }

// The rules get what the analyzer found, so both are fuzzed together.
func FuzzAnalyzeAndPropose(f *testing.F) { analyzetest.Fuzz(f, golang.Analyze, rules.Propose) }
