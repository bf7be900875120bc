package image

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func entries(t *testing.T, dir string) []string {
	t.Helper()
	es, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range es {
		names = append(names, e.Name())
	}
	return names
}

func TestGCRemovesWhatNoImageNames(t *testing.T) {
	s := newStore(t)
	base := add(t, s, "base", nil, rootFiles)
	a := add(t, s, "a", base, map[string]string{"a": "a"})
	b := add(t, s, "b", base, map[string]string{"b": "b"})
	release, err := a.Hold()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Remove(t.Context(), "a"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Get("a"); err == nil {
		t.Error("a removed image is still there")
	}
	if err := s.Remove(t.Context(), "a"); err == nil {
		t.Error("an image can be removed twice")
	}
	freed, err := s.GC(t.Context())
	if err != nil || freed.Layers != 0 || freed.Held != 1 {
		t.Errorf("GC while a's layer is held: %+v, %v", freed, err)
	}
	if _, err := os.Stat(a.Layers[0] + "/a"); err != nil {
		t.Errorf("a held layer is gone: %v", err)
	}
	release()
	freed, err = s.GC(t.Context())
	if err != nil || freed.Layers != 1 || freed.Held != 0 || freed.Size == 0 {
		t.Errorf("GC: %+v, %v", freed, err)
	}
	if _, err := a.Hold(); err == nil {
		t.Error("a layer that is gone can be held")
	}
	if _, err := s.Get("b"); err != nil {
		t.Errorf("b: %v", err)
	}
	if _, err := os.Stat(b.Layers[1]); err != nil {
		t.Errorf("the shared base: %v", err)
	}
}

func TestOldBaseStaysUntilNobodyNeedsIt(t *testing.T) {
	s := newStore(t)
	base := add(t, s, "base", nil, rootFiles)
	a := add(t, s, "a", base, map[string]string{"a": "a"})
	fresh := add(t, s, "base", nil, map[string]string{"usr/bin/sh": "a newer shell"})
	if fresh.Digest == base.Digest {
		t.Fatal("another base has the same digest")
	}
	if _, err := s.GC(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got, err := s.Get("a"); err != nil || got.Layers[1] != base.Layers[0] || got.Digest != a.Digest {
		t.Errorf("a: %+v, %v; want the old base", got, err)
	}
	add(t, s, "a", fresh, map[string]string{"a": "a"})
	if freed, err := s.GC(t.Context()); err != nil || freed.Layers != 1 {
		t.Errorf("GC: %+v, %v; want the old base gone", freed, err)
	}
}

// A process that is killed leaves its lock to nobody, and its trees and layers
// to the next change.
func TestInterruptedChangeLeavesNothing(t *testing.T) {
	s := newStore(t)
	img := add(t, s, "x", nil, rootFiles)
	write(t, filepath.Join(s.dir, tmpDir, "change-123"), map[string]string{"tree/usr/bin/sh": "half"})
	write(t, s.layer(strings.Repeat("0", 64)), map[string]string{"usr/bin/sh": "not named by any image"})
	c, err := s.Begin(t.Context(), "test", nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	if left := entries(t, filepath.Join(s.dir, tmpDir)); len(left) != 0 {
		t.Errorf("left in tmp: %q", left)
	}
	if left := entries(t, filepath.Join(s.dir, layersDir)); len(left) != 1 || left[0] != filepath.Base(img.Layers[0]) {
		t.Errorf("layers: %q, want that of x only", left)
	}
}

// What a newer version made is none of this one's to collect.
func TestGCKeepsLayersOfImagesItCannotRead(t *testing.T) {
	s := newStore(t)
	img := add(t, s, "x", nil, rootFiles)
	if err := replaceIn(s, `"format": 1`, `"format": 9, "new": {}`); err != nil {
		t.Fatal(err)
	}
	if freed, err := s.GC(t.Context()); err != nil || freed.Layers != 0 {
		t.Errorf("GC: %+v, %v", freed, err)
	}
	if _, err := os.Stat(img.Layers[0]); err != nil {
		t.Error(err)
	}
}

func TestChangesWaitForEachOther(t *testing.T) {
	s := newStore(t)
	first, err := s.Begin(t.Context(), "builds python", nil)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := s.Begin(ctx, "builds ruby", nil); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a wait that is cancelled: %v", err)
	}
	told := make(chan string, 1)
	second := make(chan error, 1)
	go func() {
		c, err := s.Begin(t.Context(), "builds ruby", func(holder string) { told <- holder })
		if err == nil {
			err = c.Close()
		}
		second <- err
	}()
	if holder := <-told; !strings.Contains(holder, "builds python") || !strings.Contains(holder, "process ") {
		t.Errorf("the one who waits is told %q", holder)
	}
	select {
	case err := <-second:
		t.Fatalf("the second did not wait: %v", err)
	case <-time.After(20 * time.Millisecond):
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-second; err != nil {
		t.Error(err)
	}
}
