package golang_test

import (
	"testing"

	analyze "github.com/nsbox/nsbox/nsbox/analyze/golang"
	rules "github.com/nsbox/nsbox/nsbox/heal/rules/golang"
	"github.com/nsbox/nsbox/nsbox/internal/analyzetest"
)

func TestMend(t *testing.T) { analyzetest.Mend(t, analyze.Analyze, rules.Propose) }
