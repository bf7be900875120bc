package image

import (
	"os"
	"testing"
)

// A replaced image, and one that is gone, show at once; what is as it was costs
// one look a second.
func TestCached(t *testing.T) {
	s := newStore(t)
	add(t, s, "one", nil, rootFiles)
	c := NewCached(s)
	first, err := c.Get("one")
	if err != nil {
		t.Fatal(err)
	}
	if again, err := c.Get("one"); err != nil || again != first {
		t.Errorf("asked again: %p instead of %p, %v", again, first, err)
	}
	add(t, s, "one", nil, map[string]string{"usr/bin/python3": "another", "bin": "->usr/bin"})
	second, err := c.Get("one")
	if err != nil || second.Digest == first.Digest {
		t.Errorf("the image was replaced, yet Get returns %+v, %v", second, err)
	}
	if err := os.Remove(s.manifestPath("one")); err != nil {
		t.Fatal(err)
	}
	if img, err := c.Get("one"); err == nil {
		t.Errorf("the image is gone, yet Get returns %+v", img)
	}
}
