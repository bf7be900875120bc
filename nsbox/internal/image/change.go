package image

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/nsbox/nsbox/nsbox/internal/cleanup"
)

// Change is the right to change the store. One process has it at a time.
type Change struct {
	s    *Store
	lock *os.File
	dir  string
}

// Begin waits until nobody else changes the store, makes its directories where
// they are missing, and removes what interrupted changes left. what says what
// the caller does, for others who wait; waiting, which may be nil, is told for
// whom this one waits. The caller must Close the change.
func (s *Store) Begin(ctx context.Context, what string, waiting func(holder string)) (c *Change, err error) {
	for _, d := range []struct {
		name string
		mode os.FileMode
	}{{"", 0o755}, {imagesDir, 0o755}, {layersDir, 0o755}, {tmpDir, 0o700}} {
		if err := makeDir(filepath.Join(s.dir, d.name), d.mode); err != nil {
			return nil, fmt.Errorf("image store: %w", err)
		}
	}
	lock, err := s.lock(ctx, what, waiting)
	if err != nil {
		return nil, err
	}
	var undo cleanup.Stack
	defer undo.Run(&err)
	undo.Add(lock.Close)
	if _, err := s.sweep(); err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp(filepath.Join(s.dir, tmpDir), "change-")
	if err != nil {
		return nil, fmt.Errorf("image store: %w", err)
	}
	undo.Release()
	return &Change{s: s, lock: lock, dir: dir}, nil
}

// Dir is a directory for trees that are being made, on the store's filesystem.
// It goes with the change.
func (c *Change) Dir() string { return c.dir }

// Close ends the change and removes what was not committed.
func (c *Change) Close() error {
	err := os.RemoveAll(c.dir)
	return errors.Join(err, c.lock.Close())
}

// Draft is an image that is to be.
type Draft struct {
	Name string
	// Tree is the top layer, a directory in [Change.Dir]; Commit takes it.
	Tree string
	// Below is the image under it, nil where Tree is a whole root filesystem.
	Below *Image
	// Recipe is the hash of what it is built from; Source where it comes from.
	Recipe, Source string
	// Keys are absolute paths of files whose damage Get must see, beside those
	// that it watches in every image.
	Keys []string
}

// Commit hardens the draft's tree (see [Harden]), moves it to its place, calls
// test, which may be nil, with the image as it will be, and publishes it if test
// returns nil. Until then, and if anything fails, an image of the same name is
// what it was.
func (c *Change) Commit(ctx context.Context, d Draft, test func(context.Context, *Image) error) (*Image, error) {
	img, err := c.commit(ctx, d, test)
	if err != nil {
		return nil, fmt.Errorf("image %s: %w", d.Name, err)
	}
	return img, nil
}

func (c *Change) commit(ctx context.Context, d Draft, test func(context.Context, *Image) error) (img *Image, err error) {
	if err := CheckName(d.Name); err != nil {
		return nil, err
	}
	m := &manifest{Format: manifestFormat, Name: d.Name, Created: time.Now().UTC().Truncate(time.Second),
		Recipe: d.Recipe, Source: d.Source}
	if d.Below != nil {
		below, err := c.s.load(d.Below.Name)
		if err != nil {
			return nil, err
		}
		m.Layers = below.Layers
	}
	if len(m.Layers) >= maxLayers {
		return nil, fmt.Errorf("it has more than %d layers", maxLayers)
	}
	if err := Harden(d.Tree); err != nil {
		return nil, err
	}
	t, err := digestTree(ctx, d.Tree)
	if err != nil {
		return nil, err
	}
	var undo cleanup.Stack
	defer undo.Run(&err)
	if err := c.place(ctx, d.Tree, t.ID, &undo); err != nil {
		return nil, err
	}

	// From the layer in its place: where the same one was there already, its
	// files have the times that count.
	keys, err := collectKeys(c.s.layer(t.ID), d.Keys)
	if err != nil {
		return nil, err
	}
	m.Layers = append([]layerRecord{{ID: t.ID, Size: t.Size, Keys: keys}}, m.Layers...)
	m.Digest = imageDigest(m.Layers)
	if err := c.s.check(m); err != nil {
		return nil, err
	}
	img = c.s.image(m)
	if test != nil {
		if err := test(ctx, img); err != nil {
			return nil, fmt.Errorf("test: %w", err)
		}
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if err := c.s.save(m, c.dir); err != nil {
		return nil, err
	}
	undo.Release()
	return img, nil
}

// place moves tree to layers/ID. A layer of the same digest that is there
// already stays, unless it is damaged. What it placed is put on undo.
func (c *Change) place(ctx context.Context, tree, id string, undo *cleanup.Stack) error {
	to := c.s.layer(id)
	if _, err := os.Lstat(to); err == nil {
		old, err := digestTree(ctx, to)
		if err == nil && old.ID == id && checkOwned(to, true) == nil {
			return nil
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		// In one step, since other images have the damaged one; what was there is
		// in the change's directory afterwards and goes with it.
		if err := unix.Renameat2(unix.AT_FDCWD, tree, unix.AT_FDCWD, to, unix.RENAME_EXCHANGE); err != nil {
			return fmt.Errorf("replace damaged layer: %w", err)
		}
		return nil
	} else if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := os.Rename(tree, to); err != nil {
		return err
	}
	undo.Add(func() error { return os.Rename(to, tree) })
	return nil
}

// makeDir makes a directory with exactly that mode where there is none, and
// refuses one that others could change.
func makeDir(path string, mode os.FileMode) error {
	if err := os.MkdirAll(path, mode); err != nil {
		return err
	}
	fd, err := unix.Open(path, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
	if err != nil {
		return &fs.PathError{Op: "open", Path: path, Err: err}
	}
	defer unix.Close(fd)
	if err := checkOwned(path, true); err != nil {
		return err
	}
	return unix.Fchmod(fd, uint32(mode))
}

// blocks returns the disk blocks of 512 bytes that a file has.
func blocks(fi os.FileInfo) int64 {
	if st, ok := fi.Sys().(*syscall.Stat_t); ok {
		return st.Blocks
	}
	return 0
}
