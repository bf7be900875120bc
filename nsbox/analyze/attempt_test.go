package analyze

import (
	"testing"

	"github.com/nsbox/nsbox/nsbox"
)

func TestMistakesFindNothing(t *testing.T) {
	found := attempt(func(e nsbox.Evidence) []nsbox.Diagnosis {
		return []nsbox.Diagnosis{{Message: string(e.Stderr[:1])}}
	}, nsbox.Evidence{})
	if len(found) > 0 {
		t.Errorf("%+v", found)
	}
}
