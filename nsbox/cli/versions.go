package cli

import (
	"encoding/json"
	"os"
	"path/filepath"

	"github.com/nsbox/nsbox/nsbox/config"
	"github.com/nsbox/nsbox/nsbox/internal/image"
	"github.com/nsbox/nsbox/nsbox/language"
)

// versions are what the toolchains said of themselves when their images were
// built: language -> digest of the image and version.
type versions map[string]version

type version struct {
	Digest  string `json:"digest"`
	Version string `json:"version"`
}

const versionsFile = "versions.json"

// readVersions reads what a store's images contain. What is missing or broken
// there is only not shown.
func readVersions(dir string) versions {
	v := versions{}
	if b, err := os.ReadFile(filepath.Join(dir, versionsFile)); err == nil {
		_ = json.Unmarshal(b, &v)
	}
	return v
}

// of is the version of a language in the image with that digest.
func (v versions) of(language, digest string) string {
	if v[language].Digest != digest {
		return ""
	}
	return v[language].Version
}

// lack tells whether a language's version in that image is not known.
func (v versions) lack(languages []*language.Language, digest string) bool {
	for _, l := range languages {
		if len(l.Version) > 0 && v.of(l.Name, digest) == "" {
			return true
		}
	}
	return false
}

// write replaces the file in one step.
func (v versions) write(dir string) error {
	b, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, ".versions-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.Write(append(b, '\n'))
	if err == nil {
		err = f.Chmod(0o644)
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return err
	}
	return os.Rename(f.Name(), filepath.Join(dir, versionsFile))
}

func imagesDir(cfg *config.Config) string {
	if cfg.Images != "" {
		return cfg.Images
	}
	return image.DefaultDir
}
