package suggest

import "testing"

func TestNearest(t *testing.T) {
	languages := []string{"python", "javascript", "typescript", "bash", "go", "rust", "java", "c", "cpp", "ruby", "wasm"}
	for word, want := range map[string]string{
		"pyhton":    "python", // a swap counts once
		"Pyton":     "python",
		"javascrip": "javascript",
		"g0":        "go",
		"x":         "", // one letter is never a slip of another
		"fortran":   "",
		"":          "",
	} {
		if got := Nearest(word, languages); got != want {
			t.Errorf("Nearest(%q) = %q; want %q", word, got, want)
		}
	}
}

func TestNearestRefusesLongWords(t *testing.T) {
	long := string(make([]byte, 1<<20))
	if got := Nearest(long, []string{"python"}); got != "" {
		t.Errorf("got %q", got)
	}
}
