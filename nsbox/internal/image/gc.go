package image

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/nsbox/nsbox/nsbox"
)

// Remove takes the image out of the store. Its layers go with the next GC,
// unless other images have them too. It waits for whoever changes the store.
func (s *Store) Remove(ctx context.Context, name string) error {
	if err := CheckName(name); err != nil {
		return err
	}
	path := s.manifestPath(name)
	if _, err := os.Lstat(path); errors.Is(err, fs.ErrNotExist) {
		return &Error{Name: name, Problem: "is not in the store", Remedy: "nsbox rootfs list"}
	}
	lock, err := s.lock(ctx, "removes "+name, nil)
	if err != nil {
		return fmt.Errorf("remove image %s: %w", name, err)
	}
	defer lock.Close()
	if err := os.Remove(path); err != nil {
		return fmt.Errorf("remove image %s: %w", name, err)
	}
	return nil
}

// Freed is what a GC removed.
type Freed struct {
	Layers int        `json:"layers"` // that no image named
	Trees  int        `json:"trees"`  // that interrupted changes left
	Size   nsbox.Size `json:"size"`   // disk space of both
	Held   int        `json:"held"`   // layers that no image names but somebody still uses
}

// GC removes layers that no image names and nobody holds, and what interrupted
// changes left. It waits for whoever changes the store.
func (s *Store) GC(ctx context.Context) (Freed, error) {
	if _, err := os.Lstat(s.dir); errors.Is(err, fs.ErrNotExist) {
		return Freed{}, nil
	}
	lock, err := s.lock(ctx, "collects garbage", nil)
	if err != nil {
		return Freed{}, fmt.Errorf("gc: %w", err)
	}
	defer lock.Close()
	return s.sweep()
}

// sweep does GC's work. The caller has the lock.
func (s *Store) sweep() (Freed, error) {
	var freed Freed
	used, err := s.used()
	if err != nil {
		return freed, fmt.Errorf("gc: %w", err)
	}
	layers, err := readDir(filepath.Join(s.dir, layersDir))
	if err != nil {
		return freed, fmt.Errorf("gc: %w", err)
	}
	for _, e := range layers {
		path := s.layer(e.Name())
		if used[e.Name()] {
			continue
		}
		if busy(path) {
			freed.Held++
			continue
		}
		// Moved first: what stands under layers/ is whole, even if this ends here.
		gone := filepath.Join(s.dir, tmpDir, "gone-"+e.Name())
		if err := os.MkdirAll(filepath.Dir(gone), 0o700); err != nil {
			return freed, fmt.Errorf("gc: %w", err)
		}
		// What an earlier sweep did not finish is in the way of the rename.
		if err := os.RemoveAll(gone); err != nil {
			return freed, fmt.Errorf("gc: %w", err)
		}
		if err := os.Rename(path, gone); err != nil {
			return freed, fmt.Errorf("gc: %w", err)
		}
		freed.Size += diskUse(gone)
		freed.Layers++
		if err := os.RemoveAll(gone); err != nil {
			return freed, fmt.Errorf("gc: %w", err)
		}
	}
	trees, err := readDir(filepath.Join(s.dir, tmpDir))
	if err != nil {
		return freed, fmt.Errorf("gc: %w", err)
	}
	for _, e := range trees {
		path := filepath.Join(s.dir, tmpDir, e.Name())
		freed.Size += diskUse(path)
		freed.Trees++
		if err := os.RemoveAll(path); err != nil {
			return freed, fmt.Errorf("gc: %w", err)
		}
	}
	return freed, nil
}

// used returns the ids that the images name. It reads leniently: the layers of
// an image that this version can't use are not garbage.
func (s *Store) used() (map[string]bool, error) {
	names, err := s.names()
	if err != nil {
		return nil, err
	}
	used := map[string]bool{}
	for _, name := range names {
		b, err := readSmall(s.manifestPath(name))
		if err != nil {
			return nil, err
		}
		var m struct{ Layers []struct{ ID string } }
		if json.Unmarshal(b, &m) != nil {
			continue // not even JSON: it names nothing
		}
		for _, l := range m.Layers {
			used[l.ID] = true
		}
	}
	return used, nil
}

func readDir(dir string) ([]os.DirEntry, error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return entries, err
}

// diskUse adds up a tree's blocks, as far as it can be read.
func diskUse(dir string) nsbox.Size {
	var size nsbox.Size
	_ = filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			if fi, err := d.Info(); err == nil {
				size += nsbox.Size(blocks(fi) * 512)
			}
		}
		return nil // an estimate for people
	})
	return size
}
