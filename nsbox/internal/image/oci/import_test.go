package oci

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/registry"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/tarball"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/internal/image"
)

// file is an entry of a made-up layer. A zero Typeflag is a regular file.
type file struct {
	name, content, link string
	kind                byte
	mode                int64
}

func layerTar(t testing.TB, files ...file) []byte {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, f := range files {
		h := &tar.Header{Name: f.name, Typeflag: f.kind, Linkname: f.link, Mode: f.mode, Size: int64(len(f.content)), Uid: 1234, Gid: 1234, Format: tar.FormatPAX}
		if h.Mode == 0 {
			h.Mode = 0o755
		}
		if h.Typeflag == 0 {
			h.Typeflag = tar.TypeReg
		}
		if err := w.WriteHeader(h); err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, f.content); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// makeImage makes an image of the given layers, bottom first.
func makeImage(t testing.TB, layers ...[]byte) v1.Image {
	t.Helper()
	img, err := mutate.ConfigFile(empty.Image, &v1.ConfigFile{OS: "linux", Architecture: runtime.GOARCH, RootFS: v1.RootFS{Type: "layers"}})
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range layers {
		l, err := tarball.LayerFromOpener(func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(b)), nil })
		if err != nil {
			t.Fatal(err)
		}
		if img, err = mutate.AppendLayers(img, l); err != nil {
			t.Fatal(err)
		}
	}
	return img
}

func newStore(t testing.TB) *image.Store {
	t.Helper()
	s, err := image.Open(filepath.Join(t.TempDir(), "store"))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func lower(t testing.TB) []byte {
	return layerTar(t,
		file{name: "usr/", kind: tar.TypeDir}, file{name: "usr/bin/", kind: tar.TypeDir},
		file{name: "usr/bin/sh", content: "shell", mode: 0o4755},
		file{name: "bin", link: "usr/bin", kind: tar.TypeSymlink},
		file{name: "sbin", link: "/usr/bin", kind: tar.TypeSymlink},
		file{name: "usr/bin/hard", link: "usr/bin/sh", kind: tar.TypeLink},
		file{name: "dev/sda", kind: tar.TypeBlock}, file{name: "dev/tty", kind: tar.TypeChar}, file{name: "pipe", kind: tar.TypeFifo},
		file{name: "gone/a", content: "a"}, file{name: "old/a", content: "a"}, file{name: "old/sub/b", content: "b"},
		file{name: "was-file", content: "x"}, file{name: "was-dir/f", content: "x"},
	)
}

func upper(t testing.TB) []byte {
	return layerTar(t,
		file{name: ".wh.gone"},
		file{name: "old/c", content: "c"}, file{name: "old/.wh..wh..opq"},
		file{name: "was-file/", kind: tar.TypeDir}, file{name: "was-file/now", content: "dir"},
		file{name: "was-dir", content: "now a file"},
		// Through links of the layer below, one of them absolute.
		file{name: "bin/tool", content: "tool"}, file{name: "sbin/admin", content: "admin"},
	)
}

func checkImported(t *testing.T, img *image.Image) {
	t.Helper()
	if len(img.Layers) != 1 {
		t.Fatalf("layers: %q", img.Layers)
	}
	root := img.Layers[0]
	for path, want := range map[string]string{
		"usr/bin/sh": "shell", "usr/bin/hard": "shell", "usr/bin/tool": "tool", "usr/bin/admin": "admin",
		"old/c": "c", "was-file/now": "dir", "was-dir": "now a file", "etc/hostname": "nsbox\n",
	} {
		if b, err := os.ReadFile(filepath.Join(root, path)); err != nil || string(b) != want {
			t.Errorf("%s: %q, %v; want %q", path, b, err, want)
		}
	}
	for _, path := range []string{"gone", "old/a", "old/sub", "dev/sda", "dev/tty", "pipe", "was-dir/f", ".wh.gone", "old/.wh..wh..opq"} {
		if _, err := os.Lstat(filepath.Join(root, path)); err == nil {
			t.Errorf("%s is there", path)
		}
	}
	for path, want := range map[string]string{"bin": "usr/bin", "sbin": "/usr/bin"} {
		if got, err := os.Readlink(filepath.Join(root, path)); err != nil || got != want {
			t.Errorf("%s leads to %q, %v; want %q", path, got, err, want)
		}
	}
	if fi, err := os.Lstat(filepath.Join(root, "usr/bin/sh")); err != nil || fi.Mode() != 0o755 {
		t.Errorf("sh has mode %v, %v", fi.Mode(), err)
	}
	for _, p := range image.MountPoints {
		if fi, err := os.Lstat(filepath.Join(root, p)); err != nil || !fi.IsDir() {
			t.Errorf("mount point %s: %v", p, err)
		}
	}
}

// The same image comes in by every way that there is.
func TestImportFromEverywhere(t *testing.T) {
	img := makeImage(t, lower(t), upper(t))
	dir := t.TempDir()

	oci := filepath.Join(dir, "layout")
	lp, err := layout.Write(oci, empty.Index)
	if err != nil {
		t.Fatal(err)
	}
	if err := lp.AppendImage(img, layout.WithAnnotations(map[string]string{"org.opencontainers.image.ref.name": "v1"}),
		layout.WithPlatform(v1.Platform{OS: "linux", Architecture: runtime.GOARCH})); err != nil {
		t.Fatal(err)
	}
	if err := lp.AppendImage(makeImage(t, upper(t)), layout.WithPlatform(v1.Platform{OS: "linux", Architecture: "s390x"})); err != nil {
		t.Fatal(err)
	}
	tag, err := name.NewTag("example.com/thing:v1")
	if err != nil {
		t.Fatal(err)
	}
	archive := filepath.Join(dir, "thing.tar")
	if err := tarball.WriteToFile(archive, tag, img); err != nil {
		t.Fatal(err)
	}
	zipped := filepath.Join(dir, "thing.tar.gz")
	gzipFile(t, archive, zipped)

	server := httptest.NewServer(registry.New(registry.Logger(log.New(io.Discard, "", 0))))
	defer server.Close()
	there, err := name.ParseReference(strings.TrimPrefix(server.URL, "http://") + "/thing:v1")
	if err != nil {
		t.Fatal(err)
	}
	if err := remote.Write(there, img); err != nil {
		t.Fatal(err)
	}
	for _, ref := range []string{oci, "oci:" + oci, "oci:" + oci + ":v1", archive, zipped, "docker-archive:" + archive,
		"docker-archive:" + archive + ":v1", "docker-archive:" + archive + ":latest-v1",
		there.Name(), "docker://" + there.Name()} {
		t.Run(ref, func(t *testing.T) {
			s := newStore(t)
			got, err := Import(t.Context(), s, "thing", ref, Options{})
			if strings.HasSuffix(ref, "latest-v1") {
				if err == nil {
					t.Error("a tag that isn't there is found")
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			checkImported(t, got)
			if _, err := s.Get("thing"); err != nil {
				t.Error(err)
			}
			if err := s.Verify(t.Context(), "thing"); err != nil {
				t.Error(err)
			}
			// What a damaged one asks for is what was done.
			info, err := s.Info("thing")
			if err != nil {
				t.Fatal(err)
			}
			again, err := Import(t.Context(), newStore(t), "thing", info.Source, Options{})
			if err != nil || again.Digest != got.Digest {
				t.Errorf("import of its recorded source %q: %v, %v", info.Source, again, err)
			}
		})
	}
}

func gzipFile(t *testing.T, from, to string) {
	t.Helper()
	b, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.Create(to)
	if err != nil {
		t.Fatal(err)
	}
	w := gzip.NewWriter(f)
	if _, err := w.Write(b); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(w.Close(), f.Close()); err != nil {
		t.Fatal(err)
	}
}

func TestImportRefusesWhatIsNoImage(t *testing.T) {
	dir := t.TempDir()
	text := filepath.Join(dir, "text")
	os.WriteFile(text, []byte(strings.Repeat("this is no archive ", 100)), 0o644)
	plain := filepath.Join(dir, "plain.tar")
	os.WriteFile(plain, layerTar(t, file{name: "a", content: "a"}), 0o644)
	huge := filepath.Join(dir, "huge.tar")
	os.WriteFile(huge, layerTar(t, file{name: "manifest.json", content: strings.Repeat(" ", maxJSON+1)}), 0o644)
	linked := filepath.Join(dir, "linked.tar")
	os.WriteFile(linked, layerTar(t, file{name: "manifest.json", link: "m", kind: tar.TypeSymlink}, file{name: "m", content: "[]"}), 0o644)
	for ref, want := range map[string]string{
		text: "not a tar archive", plain: `no "manifest.json"`, huge: "at most 4MiB", linked: "not a regular file",
		dir: "index.json", "/not/there": "there is no file or directory", "BAD REF": "neither a file",
	} {
		_, err := Import(t.Context(), newStore(t), "x", ref, Options{})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v; want it to say %q", ref, err, want)
		}
	}
	if _, err := Import(t.Context(), newStore(t), "base", plain, Options{}); !errors.Is(err, nsbox.ErrBadRequest) {
		t.Errorf("import of the base: %v", err)
	}
}

// A blob that was changed after the image was made must not come in.
func TestImportChecksDigests(t *testing.T) {
	for _, what := range []string{"layer", "config", "manifest"} {
		img := makeImage(t, lower(t))
		dir := t.TempDir()
		lp, err := layout.Write(dir, empty.Index)
		if err != nil {
			t.Fatal(err)
		}
		if err := lp.AppendImage(img); err != nil {
			t.Fatal(err)
		}
		layers, err := img.Layers()
		if err != nil {
			t.Fatal(err)
		}
		digest, err := layers[0].Digest()
		switch what {
		case "config":
			digest, err = img.ConfigName()
		case "manifest":
			digest, err = img.Digest()
		}
		if err != nil {
			t.Fatal(err)
		}
		blob := filepath.Join(dir, "blobs/sha256", digest.Hex)
		if what == "layer" {
			// Valid gzip, valid tar, other content.
			var b bytes.Buffer
			w := gzip.NewWriter(&b)
			w.Write(layerTar(t, file{name: "evil", content: "evil"}))
			w.Close()
			err = os.WriteFile(blob, b.Bytes(), 0o644)
		} else {
			var b []byte
			if b, err = os.ReadFile(blob); err == nil {
				err = os.WriteFile(blob, append(b, ' '), 0o644)
			}
		}
		if err != nil {
			t.Fatal(err)
		}
		s := newStore(t)
		if _, err := Import(t.Context(), s, "x", dir, Options{}); err == nil || !strings.Contains(err.Error(), "digest") {
			t.Errorf("a changed %s: %v", what, err)
		}
		if _, err := s.Get("x"); err == nil {
			t.Errorf("a changed %s: the image is in the store", what)
		}
	}
}

func TestImportForAnotherProcessor(t *testing.T) {
	img, err := mutate.ConfigFile(makeImage(t, lower(t)), &v1.ConfigFile{OS: "linux", Architecture: "s390x"})
	if err != nil {
		t.Fatal(err)
	}
	archive := filepath.Join(t.TempDir(), "a.tar")
	if err := tarball.WriteToFile(archive, name.MustParseReference("a:b").(name.Tag), img); err != nil {
		t.Fatal(err)
	}
	_, err = Import(t.Context(), newStore(t), "x", archive, Options{})
	if err == nil || !strings.Contains(err.Error(), "linux/s390x") {
		t.Errorf("got %v", err)
	}
}

func TestImportEndsWithItsContext(t *testing.T) {
	archive := filepath.Join(t.TempDir(), "a.tar")
	if err := tarball.WriteToFile(archive, name.MustParseReference("a:b").(name.Tag), makeImage(t, lower(t))); err != nil {
		t.Fatal(err)
	}
	s := newStore(t)
	ctx, cancel := context.WithCancel(t.Context())
	_, err := Import(ctx, s, "x", archive, Options{Progress: func(e Event) {
		if strings.HasPrefix(e.Step, "unpack") {
			cancel()
		}
	}})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if left, err := os.ReadDir(filepath.Join(s.Dir(), "tmp")); err != nil || len(left) != 0 {
		t.Errorf("left: %v, %v", left, err)
	}
	cancel()
}

func ExampleImport() {
	s, err := image.Open(image.DefaultDir)
	if err != nil {
		return
	}
	img, err := Import(context.Background(), s, "lua", "docker://nickblah/lua:5.4", Options{})
	if err != nil {
		return
	}
	fmt.Println(img.Name)
}
