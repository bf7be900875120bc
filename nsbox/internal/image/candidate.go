package image

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// A candidate is an image that is being tested before it is published: its
// layers are in their place, its description is in tmp/, where only a store
// that was opened for candidates looks.

// OpenCandidates is Open, but that Get prefers a candidate to the image of its
// name.
func OpenCandidates(dir string) (*Store, error) {
	s, err := Open(dir)
	if err == nil {
		s.candidates = true
	}
	return s, err
}

// Candidate makes img, which a test was given by [Change.Commit], a candidate
// until remove is called. The caller has the change under way.
func (s *Store) Candidate(img *Image) (remove func() error, err error) {
	m := &manifest{Format: manifestFormat, Name: img.Name, Created: time.Now().UTC().Truncate(time.Second)}
	for _, dir := range img.Layers {
		m.Layers = append(m.Layers, layerRecord{ID: filepath.Base(dir)})
	}
	m.Digest = imageDigest(m.Layers)
	b, err := json.Marshal(m)
	if err != nil {
		return nil, err
	}
	path := s.candidatePath(img.Name)
	if err := os.WriteFile(path, b, 0o600); err != nil {
		return nil, fmt.Errorf("candidate %s: %w", img.Name, err)
	}
	return func() error { return os.Remove(path) }, nil
}

func (s *Store) candidatePath(name string) string {
	return filepath.Join(s.dir, tmpDir, "candidate-"+name+".json")
}

// candidate returns the candidate of that name, nil where there is none.
func (s *Store) candidate(name string) (*Image, error) {
	path := s.candidatePath(name)
	if err := checkOwned(path, false); errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	b, err := readSmall(path)
	if err != nil {
		return nil, err
	}
	m, err := parseManifest(b, name)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return s.image(m), nil
}
