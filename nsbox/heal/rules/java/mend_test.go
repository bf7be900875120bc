package java_test

import (
	"testing"

	analyze "github.com/nsbox/nsbox/nsbox/analyze/java"
	rules "github.com/nsbox/nsbox/nsbox/heal/rules/java"
	"github.com/nsbox/nsbox/nsbox/internal/analyzetest"
)

func TestMend(t *testing.T) { analyzetest.Mend(t, analyze.Analyze, rules.Propose) }
