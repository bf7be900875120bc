package lazyre

import "testing"

func TestRegexp(t *testing.T) {
	r := New(`b+`)
	if !r.MatchString("abbc") || !r.Match([]byte("b")) || r.MatchString("ac") {
		t.Error("matches wrongly")
	}
	if got := r.ReplaceAllString("abbc", "x"); got != "axc" {
		t.Errorf("replaced to %q", got)
	}
}

func TestWrongExpressionPanicsAtFirstUse(t *testing.T) {
	r := New(`(`)
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	r.MatchString("")
}

func TestSubmatch(t *testing.T) {
	if got := New(`a(b+)`).FindStringSubmatch("abbc"); len(got) != 2 || got[1] != "bb" {
		t.Errorf("found %q", got)
	}
}
