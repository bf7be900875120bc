package java_test

import (
	"testing"

	"github.com/nsbox/nsbox/nsbox/analyze/java"
	rules "github.com/nsbox/nsbox/nsbox/heal/rules/java"
	"github.com/nsbox/nsbox/nsbox/internal/analyzetest"
)

func TestGolden(t *testing.T) { analyzetest.Golden(t, java.Analyze) }

// The rules get what the analyzer found, so both are fuzzed together.
func FuzzAnalyzeAndPropose(f *testing.F) { analyzetest.Fuzz(f, java.Analyze, rules.Propose) }
