package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/nsbox/nsbox/nsbox/internal/image"
	"golang.org/x/sys/unix"
)

// A toolchain is the root directory of an image, with writable /tmp and
// /workspace: what everyone but nsbox runs in.
type toolchain struct {
	image, root string
	img         *image.Image
}

// mountToolchain makes a toolchain of an image below dir.
func mountToolchain(store *image.Store, name, dir string) (*toolchain, error) {
	img, err := store.Get(name)
	if err != nil {
		return nil, err
	}
	t := &toolchain{image: name, root: filepath.Join(dir, "root-"+name), img: img}
	if err := os.MkdirAll(t.root, 0o755); err != nil {
		return nil, err
	}
	// An overlay, also of one layer, over an empty one: whatever happens above, the
	// image's own files are out of reach.
	empty := filepath.Join(dir, "empty")
	if err := os.MkdirAll(empty, 0o755); err != nil {
		return nil, err
	}
	layers := strings.Join(append([]string{empty}, img.Layers...), ":")
	if err := unix.Mount("bench", t.root, "overlay", unix.MS_RDONLY, "lowerdir="+layers); err != nil {
		return nil, fmt.Errorf("mount image %s: %w", name, err)
	}
	mount := func(source, target, kind string, flags uintptr) {
		if merr := unix.Mount(source, filepath.Join(t.root, target), kind, flags, ""); merr != nil {
			err = errors.Join(err, fmt.Errorf("mount %s in image %s: %w", target, name, merr))
		}
	}
	mount("tmpfs", "tmp", "tmpfs", 0)
	mount("tmpfs", "workspace", "tmpfs", 0)
	mount("proc", "proc", "proc", 0)
	// Of the host's devices only those that programs ask for, one by one.
	mount("tmpfs", "dev", "tmpfs", 0)
	for _, name := range []string{"null", "zero", "full", "random", "urandom"} {
		if ferr := os.WriteFile(filepath.Join(t.root, "dev", name), nil, 0o666); ferr != nil {
			return nil, ferr
		}
		mount("/dev/"+name, "dev/"+name, "", unix.MS_BIND)
	}
	return t, err
}

// environment is that of bare commands, as nsbox would set it.
var environment = []string{
	"PATH=/usr/local/go/bin:/usr/local/bin:/usr/bin:/bin", "HOME=/tmp", "LANG=C.UTF-8", "TMPDIR=/tmp",
	"CGO_ENABLED=0", "GOTOOLCHAIN=local", "GOPROXY=off", "GOFLAGS=", "GOCACHE=/tmp/go-cache", "PYTHONDONTWRITEBYTECODE=1",
}

// put writes a file into the toolchain's /workspace.
func (t *toolchain) put(name, text string) error {
	path := filepath.Join(t.root, "workspace", name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, []byte(text), 0o644)
}

// toolchains says which images the bare commands are from.
func (b *bench) toolchains() []string {
	var names []string
	for _, j := range jobs {
		if b.o.wants(j.name) && !slices.Contains(names, j.image) {
			names = append(names, j.image)
		}
	}
	return names
}
