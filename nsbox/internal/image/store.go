package image

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/internal/lazyre"
)

const (
	// DefaultDir is where the images are unless something else is configured.
	DefaultDir = "/var/lib/nsbox/images"
	// BaseName is the image that all recipes without a base of their own build on.
	BaseName = "base"
)

const (
	imagesDir = "images"
	layersDir = "layers"
	tmpDir    = "tmp"
	lockFile  = "lock"
)

// Store is a directory of images. Its methods may be called from several
// goroutines and processes at once.
type Store struct {
	dir        string
	candidates bool // see OpenCandidates
}

// Image is an image that can be mounted.
type Image struct {
	Name string
	// Digest is "sha256:" and the digest over the layers' ids: equal digests,
	// equal content.
	Digest string
	// Layers are absolute directories, top first, as overlayfs's lowerdir wants
	// them. One layer alone is the root filesystem itself.
	Layers []string
}

// Info describes an image that is in the store.
type Info struct {
	Name    string    `json:"name"`
	Digest  string    `json:"digest"`
	Created time.Time `json:"created"`
	// Size is the disk space of all layers, OwnSize that of the top one.
	Size    nsbox.Size `json:"size"`
	OwnSize nsbox.Size `json:"own_size"`
	// Layers are the ids, top first: images that share one share its space.
	Layers []string `json:"layers"`
	// Recipe is the hash of what the image was built from; empty if imported.
	Recipe string `json:"recipe,omitempty"`
	// Source is where an imported image came from.
	Source string `json:"source,omitempty"`
	// Problem says why the image can't be used; empty if it can.
	Problem string `json:"problem,omitempty"`
}

// Error tells that an image can't be used, and what to do. It wraps
// nsbox.ErrLanguage.
type Error struct {
	Name    string
	Problem string // "is not built", "is damaged: ..."
	Remedy  string // a command
}

// Error is one sentence with the name and the remedy.
func (e *Error) Error() string {
	return fmt.Sprintf("image %q %s; run: %s", e.Name, e.Problem, e.Remedy)
}

// Unwrap classes the error as nsbox.ErrLanguage.
func (e *Error) Unwrap() error { return nsbox.ErrLanguage }

var validName = lazyre.New(`^[a-z0-9][a-z0-9+._-]{0,62}$`)

// CheckName refuses what can't be an image's name.
func CheckName(name string) error {
	if !validName.MatchString(name) || strings.HasSuffix(name, ".json") {
		return fmt.Errorf("%w: %q is not an image name: use up to 63 lower case letters, digits and . _ + -, a letter or digit first", nsbox.ErrBadRequest, name)
	}
	return nil
}

// Open returns the store at dir, which need not exist yet. A directory that
// others than root (and the caller) could change is refused: whoever can write
// there decides what runs as every sandbox's trusted files.
func Open(dir string) (*Store, error) {
	if !filepath.IsAbs(dir) || filepath.Clean(dir) != dir {
		return nil, fmt.Errorf("image store %q: give an absolute path without . and ..", dir)
	}
	if strings.ContainsAny(dir, ":,\\\n\"") {
		// Layers' paths become overlayfs mount options, where these separate.
		return nil, fmt.Errorf("image store %q: the path may not hold any of : , \\ \"", dir)
	}
	s := &Store{dir: dir}
	for _, d := range []string{"", imagesDir, layersDir} {
		if err := checkOwned(filepath.Join(dir, d), true); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("image store: %w", err)
		}
	}
	return s, nil
}

// Dir returns the store's directory.
func (s *Store) Dir() string { return s.dir }

// Get returns the image of that name after a cheap check: its layers are there
// and their key files look as they did when the image was made. An error about
// the image is an [*Error]. What Get does not see, [Store.Verify] does.
func (s *Store) Get(name string) (*Image, error) {
	if s.candidates {
		if img, err := s.candidate(name); img != nil || err != nil {
			return img, err
		}
	}
	m, err := s.load(name)
	if err != nil {
		return nil, err
	}
	if err := s.check(m); err != nil {
		return nil, m.damaged(err.Error())
	}
	return s.image(m), nil
}

func (s *Store) image(m *manifest) *Image {
	img := &Image{Name: m.Name, Digest: m.Digest}
	for _, l := range m.Layers {
		img.Layers = append(img.Layers, s.layer(l.ID))
	}
	return img
}

// List returns all images by name. One that is damaged is listed with its
// Problem.
func (s *Store) List() ([]Info, error) {
	names, err := s.names()
	if err != nil {
		return nil, err
	}
	var out []Info
	for _, name := range names {
		i, err := s.Info(name)
		if err != nil {
			i = Info{Name: name, Problem: err.Error()}
		}
		out = append(out, i)
	}
	return out, nil
}

// Info describes one image. An image that is there but damaged has a Problem.
func (s *Store) Info(name string) (Info, error) {
	m, err := s.load(name)
	if err != nil {
		return Info{}, err
	}
	i := Info{Name: m.Name, Digest: m.Digest, Created: m.Created, Recipe: m.Recipe, Source: m.Source}
	for n, l := range m.Layers {
		i.Layers = append(i.Layers, l.ID)
		i.Size += nsbox.Size(l.Size)
		if n == 0 {
			i.OwnSize = nsbox.Size(l.Size)
		}
	}
	if err := s.check(m); err != nil {
		i.Problem = m.damaged(err.Error()).Error()
	}
	return i, nil
}

// names returns the names of the images, sorted.
func (s *Store) names() ([]string, error) {
	entries, err := os.ReadDir(filepath.Join(s.dir, imagesDir))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("image store: %w", err)
	}
	var names []string
	for _, e := range entries {
		if name, ok := strings.CutSuffix(e.Name(), ".json"); ok && validName.MatchString(name) {
			names = append(names, name)
		}
	}
	return names, nil
}

func (s *Store) layer(id string) string { return filepath.Join(s.dir, layersDir, id) }

func (s *Store) manifestPath(name string) string {
	return filepath.Join(s.dir, imagesDir, name+".json")
}

// checkOwned refuses a path that is a link, that belongs to anyone but root or
// the caller, or that others may write to.
func checkOwned(path string, dir bool) error {
	var st unix.Stat_t
	if err := unix.Lstat(path, &st); err != nil {
		return &fs.PathError{Op: "lstat", Path: path, Err: err}
	}
	want, kind := uint32(unix.S_IFREG), "a regular file"
	if dir {
		want, kind = unix.S_IFDIR, "a directory"
	}
	switch {
	case st.Mode&unix.S_IFMT != want:
		return fmt.Errorf("%s is not %s", path, kind)
	case !trusted(st.Uid):
		return fmt.Errorf("%s belongs to uid %d instead of root", path, st.Uid)
	case st.Mode&0o022 != 0:
		return fmt.Errorf("%s can be written by others than root (mode %#o)", path, st.Mode&0o7777)
	}
	return nil
}

// trusted tells whether what uid owns may become part of an image: root's, and
// the caller's own, which for the helper is the same.
func trusted(uid uint32) bool { return uid == 0 || uid == uint32(syscall.Geteuid()) }
