// Package oci makes images of containers that others built: from an OCI layout
// directory, an archive of docker save, or a registry.
//
// What it reads is not trusted. Nothing of it runs; its layers are unpacked one
// over the other below one directory, from which no path leads out (see
// extract.go), within limits on size and number.
package oci

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"
	"runtime"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/internal/image"
)

// Event tells how far an import is.
type Event struct {
	Step string // for people: "unpack layer 2 of 5"
	// Percent of the whole, or -1 where nobody knows.
	Percent int
}

// Options are the choices of an import. The zero value is valid.
type Options struct {
	// MaxSize bounds the content of all files together; 0 is 4GiB.
	MaxSize nsbox.Size
	// MaxEntries bounds the files, directories and links; 0 is 500000.
	MaxEntries int
	// Keys are commands as absolute paths in the image: damage to them is seen at
	// every start. See [image.Draft].
	Keys []string
	// Progress is told of every step, from one goroutine.
	Progress func(Event)
	// Test decides whether the image is any good, before it can be used.
	Test func(context.Context, *image.Image) error
}

// Import makes the image name of what ref names:
//
//	DIR, oci:DIR[:TAG]                 an OCI layout
//	FILE, docker-archive:FILE[:TAG]    an archive that docker save wrote
//	docker://REF, other                a registry's image: debian:bookworm
//
// All its files belong to root; devices, fifos, setuid bits and extended
// attributes are left out. It gets the mount points and the user that every
// sandbox needs. An image of that name that is there already is replaced at the
// very end, or not at all.
func Import(ctx context.Context, s *image.Store, name, ref string, o Options) (*image.Image, error) {
	img, err := importImage(ctx, s, name, ref, o)
	if err != nil {
		return nil, fmt.Errorf("import image %s: %w", name, err)
	}
	return img, nil
}

func importImage(ctx context.Context, s *image.Store, name, ref string, o Options) (img *image.Image, err error) {
	if err := image.CheckName(name); err != nil {
		return nil, err
	}
	if name == image.BaseName {
		return nil, fmt.Errorf("%w: %s is what recipes build on and can't be imported", nsbox.ErrBadRequest, name)
	}
	say := func(percent int, format string, args ...any) {
		if o.Progress != nil {
			o.Progress(Event{Step: fmt.Sprintf(format, args...), Percent: percent})
		}
	}
	say(-1, "read %s", ref)
	src, err := open(ctx, ref)
	if err != nil {
		return nil, err
	}
	layers, err := src.layers()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", ref, err)
	}
	c, err := s.Begin(ctx, "imports "+name, func(holder string) { say(-1, "wait for %s", holder) })
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, c.Close()) }()

	tree := filepath.Join(c.Dir(), "tree")
	if err := os.Mkdir(tree, 0o755); err != nil {
		return nil, err
	}
	x, err := newExtractor(tree, o.MaxSize, o.MaxEntries)
	if err != nil {
		return nil, err
	}
	defer x.close()
	for i, l := range layers {
		say(100*i/len(layers), "unpack layer %d of %d", i+1, len(layers))
		if err := unpack(ctx, x, l); err != nil {
			return nil, fmt.Errorf("layer %d of %d: %w", i+1, len(layers), err)
		}
	}
	if err := image.Furnish(tree); err != nil {
		return nil, err
	}
	say(-1, "test and store")
	return c.Commit(ctx, image.Draft{Name: name, Tree: tree, Source: src.name, Keys: o.Keys}, o.Test)
}

// layer is one layer and the digest that its uncompressed archive must have.
type layer struct {
	v1.Layer
	diffID v1.Hash
}

// source is an image that can be imported.
type source struct {
	v1.Image
	name string // how to name it again
}

// layers returns the layers, bottom first.
func (s source) layers() ([]layer, error) {
	cfg, err := s.ConfigFile()
	if err != nil {
		return nil, fmt.Errorf("configuration: %w", err)
	}
	if cfg.OS != "" && cfg.OS != "linux" || cfg.Architecture != "" && cfg.Architecture != runtime.GOARCH {
		return nil, fmt.Errorf("%w: the image is for %s/%s, this machine is linux/%s",
			nsbox.ErrBadRequest, cfg.OS, cfg.Architecture, runtime.GOARCH)
	}
	ls, err := s.Layers()
	if err != nil {
		return nil, fmt.Errorf("layers: %w", err)
	}
	if len(ls) == 0 || len(ls) > maxLayers || len(ls) != len(cfg.RootFS.DiffIDs) {
		return nil, fmt.Errorf("%w: the image has %d layers and %d digests of layers; an image has 1 to %d, each with its digest",
			nsbox.ErrBadRequest, len(ls), len(cfg.RootFS.DiffIDs), maxLayers)
	}
	var out []layer
	for i, l := range ls {
		out = append(out, layer{l, cfg.RootFS.DiffIDs[i]})
	}
	return out, nil
}

const maxLayers = 200

// unpack extracts a layer and compares its digest with what the image's
// configuration says.
func unpack(ctx context.Context, x *extractor, l layer) error {
	if l.diffID.Algorithm != "sha256" {
		return fmt.Errorf("digest algorithm %q; sha256 is known", l.diffID.Algorithm)
	}
	rc, err := l.Uncompressed()
	if err != nil {
		return err
	}
	defer rc.Close()
	r := &stream{ctx: ctx, r: rc, h: sha256.New(), x: x}
	if err := x.extract(r); err != nil {
		return err
	}
	// The archive ends before the stream does; the digest is over all of it.
	if _, err := io.Copy(io.Discard, r); err != nil {
		return err
	}
	if got := hex.EncodeToString(r.h.Sum(nil)); got != l.diffID.Hex {
		return fmt.Errorf("%w: the content has digest sha256:%.12s, the image's configuration says sha256:%.12s",
			nsbox.ErrBadRequest, got, l.diffID.Hex)
	}
	return nil
}

// stream is a layer's archive while it is read: counted, hashed, and at its end
// when ctx ends.
type stream struct {
	ctx context.Context
	r   io.Reader
	h   hash.Hash
	x   *extractor
}

func (s *stream) Read(p []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := s.r.Read(p)
	s.h.Write(p[:n])
	if s.x.stream -= int64(n); s.x.stream < 0 {
		return 0, s.x.tooLarge()
	}
	return n, err
}
