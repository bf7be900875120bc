package image

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// A store for candidates sees the image while it is tested; others never see
// one that fails its test.
func TestCandidate(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "images")
	s, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	c, err := s.Begin(context.Background(), "tests", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	tree := filepath.Join(c.Dir(), "tree")
	if err := os.MkdirAll(filepath.Join(tree, "etc"), 0o755); err != nil {
		t.Fatal(err)
	}
	bad := errors.New("bad")
	_, err = c.Commit(context.Background(), Draft{Name: "x", Tree: tree}, func(_ context.Context, img *Image) error {
		remove, err := s.Candidate(img)
		if err != nil {
			return err
		}
		for _, dir := range []bool{true, false} {
			open := Open
			if dir {
				open = OpenCandidates
			}
			other, err := open(s.Dir())
			if err != nil {
				return err
			}
			got, err := other.Get("x")
			if dir && (err != nil || got.Digest != img.Digest) {
				t.Errorf("for candidates: %v, %v", got, err)
			}
			if !dir && err == nil {
				t.Error("the candidate is there for all")
			}
		}
		if err := remove(); err != nil {
			return err
		}
		other, err := OpenCandidates(s.Dir())
		if err != nil {
			return err
		}
		if _, err := other.Get("x"); err == nil {
			t.Error("the candidate is there after remove")
		}
		return bad
	})
	if !errors.Is(err, bad) {
		t.Errorf("got %v", err)
	}
}
