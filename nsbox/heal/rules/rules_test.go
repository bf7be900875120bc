package rules

import (
	"strings"
	"testing"

	"github.com/nsbox/nsbox/nsbox"
)

func TestMistakesAreErrors(t *testing.T) {
	h := healer{map[string]func(nsbox.Problem) []nsbox.Fix{
		"x": func(p nsbox.Problem) []nsbox.Fix { return []nsbox.Fix{{Explanation: p.Diagnoses[1].Hint}} },
	}}
	problem := nsbox.Problem{Evidence: nsbox.Evidence{Language: "x", Files: []nsbox.File{{Name: "main.x"}}}, Diagnoses: []nsbox.Diagnosis{{}}}
	fixes, err := h.Propose(t.Context(), problem)
	if len(fixes) > 0 || err == nil || !strings.Contains(err.Error(), "the rules for x have a mistake: runtime error: index out of range") {
		t.Errorf("%v, error %v", fixes, err)
	}
}
