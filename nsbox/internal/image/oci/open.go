package oci

import (
	"archive/tar"
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/tarball"

	"github.com/nsbox/nsbox/nsbox"
)

// maxJSON bounds manifests, indexes and configurations, which are read whole.
const maxJSON = 4 << 20

// open finds out what ref means.
func open(ctx context.Context, ref string) (source, error) {
	if rest, ok := strings.CutPrefix(ref, "oci:"); ok {
		dir, tag := cutTag(rest)
		return openLayout(dir, tag)
	}
	if rest, ok := strings.CutPrefix(ref, "docker-archive:"); ok {
		file, tag := cutTag(rest)
		return openArchive(file, tag)
	}
	if rest, ok := strings.CutPrefix(ref, "docker://"); ok {
		return openRegistry(ctx, rest)
	}
	fi, err := os.Stat(ref)
	switch {
	case err == nil && fi.IsDir():
		return openLayout(ref, "")
	case err == nil:
		return openArchive(ref, "")
	case !errors.Is(err, fs.ErrNotExist):
		return source{}, err
	case strings.HasPrefix(ref, "/") || strings.HasPrefix(ref, "."):
		return source{}, fmt.Errorf("%w: there is no file or directory %s", nsbox.ErrBadRequest, ref)
	}
	return openRegistry(ctx, ref)
}

// cutTag parts PATH:TAG. A colon in a directory's name is part of the path.
func cutTag(s string) (path, tag string) {
	if i := strings.LastIndexByte(s, ':'); i > 0 && !strings.Contains(s[i:], "/") {
		return s[:i], s[i+1:]
	}
	return s, ""
}

func withTag(kind, path, tag string) string {
	if abs, err := filepath.Abs(path); err == nil {
		path = abs
	}
	if tag != "" {
		tag = ":" + tag
	}
	return kind + ":" + path + tag
}

func openRegistry(ctx context.Context, ref string) (source, error) {
	r, err := name.ParseReference(ref)
	if err != nil {
		return source{}, fmt.Errorf("%w: %q is neither a file, a directory nor an image of a registry: %w", nsbox.ErrBadRequest, ref, err)
	}
	// The library verifies digests of what it fetches.
	img, err := remote.Image(r, remote.WithContext(ctx), remote.WithAuthFromKeychain(authn.DefaultKeychain),
		remote.WithPlatform(v1.Platform{OS: "linux", Architecture: runtime.GOARCH}))
	if err != nil {
		return source{}, fmt.Errorf("registry: %w", err)
	}
	return source{img, "docker://" + r.Name()}, nil
}

func openLayout(dir, tag string) (source, error) {
	if err := smallFile(filepath.Join(dir, "index.json")); err != nil {
		return source{}, fmt.Errorf("OCI layout: %w", err)
	}
	index, err := layout.ImageIndexFromPath(dir)
	if err != nil {
		return source{}, fmt.Errorf("OCI layout %s: %w", dir, err)
	}
	img, err := pick(dir, index, tag, 0)
	if err != nil {
		return source{}, fmt.Errorf("OCI layout %s: %w", dir, err)
	}
	return source{img, withTag("oci", dir, tag)}, nil
}

// pick returns the image of an index that is for this machine and has the tag,
// if one is given.
func pick(dir string, index v1.ImageIndex, tag string, depth int) (v1.Image, error) {
	m, err := index.IndexManifest()
	if err != nil {
		return nil, err
	}
	var found []v1.Descriptor
	for _, d := range m.Manifests {
		if tag != "" && d.Annotations["org.opencontainers.image.ref.name"] != tag {
			continue
		}
		// Attestations are listed as images of an unknown platform.
		if p := d.Platform; p != nil && (p.OS != "linux" || p.Architecture != runtime.GOARCH) {
			continue
		}
		if d.MediaType.IsImage() || d.MediaType.IsIndex() {
			found = append(found, d)
		}
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("%w: there is no image for linux/%s%s in it", nsbox.ErrBadRequest, runtime.GOARCH, tagged(tag))
	}
	if len(found) > 1 {
		return nil, fmt.Errorf("%w: there are %d images in it; name one: oci:%s:TAG", nsbox.ErrBadRequest, len(found), dir)
	}
	d := found[0]
	if err := checkBlob(dir, d.Digest); err != nil {
		return nil, err
	}
	if d.MediaType.IsIndex() {
		if depth >= 4 {
			return nil, fmt.Errorf("%w: its indexes are nested too deeply", nsbox.ErrBadRequest)
		}
		inner, err := index.ImageIndex(d.Digest)
		if err != nil {
			return nil, err
		}
		return pick(dir, inner, "", depth+1)
	}
	img, err := index.Image(d.Digest)
	if err != nil {
		return nil, err
	}
	manifest, err := img.Manifest()
	if err != nil {
		return nil, err
	}
	return img, checkBlob(dir, manifest.Config.Digest)
}

func tagged(tag string) string {
	if tag == "" {
		return ""
	}
	return fmt.Sprintf(" with the tag %q", tag)
}

// checkBlob compares a small blob's content with its digest, which the library
// does not do for files.
func checkBlob(dir string, d v1.Hash) error {
	p := filepath.Join(dir, "blobs", d.Algorithm, d.Hex)
	if err := smallFile(p); err != nil {
		return err
	}
	b, err := os.ReadFile(p)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(b)
	if d.Algorithm != "sha256" || hex.EncodeToString(sum[:]) != d.Hex {
		return fmt.Errorf("%w: %s has another digest than its name says", nsbox.ErrBadRequest, p)
	}
	return nil
}

func smallFile(p string) error {
	fi, err := os.Lstat(p)
	if err != nil {
		return err
	}
	if !fi.Mode().IsRegular() || fi.Size() > maxJSON {
		return fmt.Errorf("%w: %s is not a regular file of at most %s", nsbox.ErrBadRequest, p, nsbox.Size(maxJSON))
	}
	return nil
}

func openArchive(file, tag string) (source, error) {
	img, err := readArchive(func() (io.ReadCloser, error) { return openMaybeGzip(file) }, tag)
	if err != nil {
		return source{}, fmt.Errorf("archive %s: %w", file, err)
	}
	return source{img, withTag("docker-archive", file, tag)}, nil
}

func readArchive(opener tarball.Opener, tag string) (v1.Image, error) {
	files, err := survey(opener)
	if err != nil {
		return nil, err
	}
	if err := files.small("manifest.json"); err != nil {
		return nil, fmt.Errorf("%w; it must be an archive of docker save", err)
	}
	m, err := tarball.LoadManifest(opener)
	if err != nil {
		return nil, fmt.Errorf("manifest.json: %w", err)
	}
	if len(m) > 1 && tag == "" {
		return nil, fmt.Errorf("%w: there are %d images in it; name one: docker-archive:FILE:TAG", nsbox.ErrBadRequest, len(m))
	}
	for _, d := range m {
		if err := files.small(d.Config); err != nil {
			return nil, err
		}
	}
	var t *name.Tag
	if tag != "" {
		// "latest" alone is the tag of whatever image is in there.
		for _, d := range m {
			for _, rt := range d.RepoTags {
				if rt == tag || strings.HasSuffix(rt, ":"+tag) {
					tag = rt
				}
			}
		}
		nt, err := name.NewTag(tag)
		if err != nil {
			return nil, fmt.Errorf("%w: tag: %w", nsbox.ErrBadRequest, err)
		}
		t = &nt
	}
	return tarball.Image(opener, t)
}

// archived is what an archive has of each name.
type archived map[string]struct {
	size    int64
	regular bool
}

// survey goes over an archive once, so that what is then read whole is known to
// be small.
func survey(opener tarball.Opener) (archived, error) {
	const most = 10000
	rc, err := opener()
	if err != nil {
		return nil, err
	}
	defer rc.Close()
	files := archived{}
	tr := tar.NewReader(rc)
	for n := 0; ; n++ {
		h, err := tr.Next()
		if errors.Is(err, io.EOF) {
			return files, nil
		}
		if err != nil {
			return nil, fmt.Errorf("%w: not a tar archive: %w", nsbox.ErrBadRequest, err)
		}
		if n == most {
			return nil, fmt.Errorf("%w: it has more than %d files", nsbox.ErrBadRequest, most)
		}
		key := path.Clean(h.Name)
		f, twice := files[key]
		f.regular = h.Typeflag == tar.TypeReg && (f.regular || !twice)
		f.size = max(f.size, h.Size)
		files[key] = f
	}
}

// small makes sure that name is a regular file that can be read whole.
func (a archived) small(file string) error {
	f, ok := a[path.Clean(file)]
	switch {
	case !ok:
		return fmt.Errorf("%w: there is no %q in it", nsbox.ErrBadRequest, file)
	case !f.regular || f.size > maxJSON:
		return fmt.Errorf("%w: %q is not a regular file of at most %s", nsbox.ErrBadRequest, file, nsbox.Size(maxJSON))
	}
	return nil
}

// openMaybeGzip opens a file and uncompresses it if it is a gzip file.
func openMaybeGzip(file string) (io.ReadCloser, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	br := bufio.NewReaderSize(f, 64<<10)
	if magic, err := br.Peek(2); err != nil || !bytes.Equal(magic, []byte{0x1f, 0x8b}) {
		return readCloser{br, f}, nil
	}
	zr, err := gzip.NewReader(br)
	if err != nil {
		f.Close()
		return nil, err
	}
	return readCloser{zr, f}, nil
}

type readCloser struct {
	io.Reader
	io.Closer
}
