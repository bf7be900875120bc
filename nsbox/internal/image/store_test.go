package image

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/internal/nstest"
)

func newStore(t *testing.T) *Store {
	t.Helper()
	s, err := Open(filepath.Join(t.TempDir(), "store"))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// write makes a tree of files; a name that ends in / is a directory, content
// that begins with -> is a link.
func write(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, content := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		var err error
		if target, ok := strings.CutPrefix(content, "->"); ok {
			err = os.Symlink(target, path)
		} else if strings.HasSuffix(name, "/") {
			err = os.MkdirAll(path, 0o755)
		} else {
			err = os.WriteFile(path, []byte(content), 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

var rootFiles = map[string]string{
	"usr/bin/sh": "the shell", "usr/bin/python3": "->python3.11", "usr/bin/python3.11": strings.Repeat("python", 1000),
	"bin": "->usr/bin", "etc/passwd": "root:x:0:0::/:/bin/sh\n", "usr/lib/libc.so": "libc", "tmp/": "",
}

// add commits an image of the given files.
func add(t *testing.T, s *Store, name string, below *Image, files map[string]string) *Image {
	t.Helper()
	c, err := s.Begin(t.Context(), "test", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	tree := filepath.Join(c.Dir(), "tree")
	write(t, tree, files)
	if below == nil {
		if err := Furnish(tree); err != nil {
			t.Fatal(err)
		}
	}
	img, err := c.Commit(t.Context(), Draft{Name: name, Tree: tree, Below: below, Recipe: "r1", Keys: []string{"/usr/bin/python3"}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return img
}

func TestImagesShareTheirBase(t *testing.T) {
	s := newStore(t)
	base := add(t, s, "base", nil, rootFiles)
	a := add(t, s, "a", base, map[string]string{"usr/bin/a": "a"})
	b := add(t, s, "b", base, map[string]string{"usr/bin/b": "b"})
	if len(a.Layers) != 2 || a.Layers[1] != b.Layers[1] || a.Layers[1] != base.Layers[0] || a.Layers[0] == b.Layers[0] {
		t.Errorf("layers of a: %q, of b: %q, of base: %q", a.Layers, b.Layers, base.Layers)
	}
	got, err := s.Get("a")
	if err != nil {
		t.Fatal(err)
	}
	if got.Digest != a.Digest || !slices.Equal(got.Layers, a.Layers) || got.Name != "a" {
		t.Errorf("Get returned %+v, Commit %+v", got, a)
	}
	list, err := s.List()
	if err != nil {
		t.Fatal(err)
	}
	if len(list) != 3 || list[0].Name != "a" || list[1].Name != "b" || list[2].Name != "base" {
		t.Fatalf("list: %+v", list)
	}
	if list[0].Size <= list[0].OwnSize || list[0].OwnSize <= 0 || list[0].Problem != "" || list[0].Recipe != "r1" {
		t.Errorf("a: %+v", list[0])
	}
	for _, name := range []string{"a", "b", "base"} {
		if err := s.Verify(t.Context(), name); err != nil {
			t.Errorf("verify %s: %v", name, err)
		}
	}
}

func TestMissingImageNamesItsRemedy(t *testing.T) {
	s := newStore(t)
	_, err := s.Get("python")
	if !errors.Is(err, nsbox.ErrLanguage) {
		t.Fatalf("error %v is not ErrLanguage", err)
	}
	if want := `image "python" is not built; run: nsbox rootfs build python`; err.Error() != want {
		t.Errorf("got %q, want %q", err, want)
	}
	if list, err := s.List(); err != nil || len(list) != 0 {
		t.Errorf("list of a store that isn't there: %v, %v", list, err)
	}
	if _, err := s.Get("../etc"); !errors.Is(err, nsbox.ErrBadRequest) {
		t.Errorf("name with a path in it: %v", err)
	}
}

// What Get must see, each alone.
func TestGetRefusesDamage(t *testing.T) {
	past := time.Now().Add(-time.Hour)
	for name, damage := range map[string]func(s *Store, img *Image) error{
		"a command cut off": func(_ *Store, img *Image) error {
			return os.Truncate(img.Layers[0]+"/usr/bin/python3.11", 10)
		},
		"a command removed": func(_ *Store, img *Image) error { return os.Remove(img.Layers[0] + "/usr/bin/python3") },
		"a command replaced": func(_ *Store, img *Image) error {
			path := img.Layers[0] + "/usr/bin/python3.11"
			return errors.Join(os.Remove(path), os.WriteFile(path, []byte(strings.Repeat("PYTHON", 1000)), 0o644))
		},
		"mode": func(_ *Store, img *Image) error { return os.Chmod(img.Layers[0]+"/usr/bin/sh", 0o600) },
		"time": func(_ *Store, img *Image) error {
			return os.Chtimes(img.Layers[0]+"/usr/bin/python3.11", past, past)
		},
		"a mount point":        func(_ *Store, img *Image) error { return os.Remove(img.Layers[0] + "/workspace") },
		"the layer":            func(_ *Store, img *Image) error { return os.RemoveAll(img.Layers[0]) },
		"the layer is a link":  func(_ *Store, img *Image) error { return swapForLink(img.Layers[0]) },
		"the layer's mode":     func(_ *Store, img *Image) error { return os.Chmod(img.Layers[0], 0o777) },
		"the image's file":     func(s *Store, _ *Image) error { return os.Truncate(s.manifestPath("x"), 40) },
		"the image's mode":     func(s *Store, _ *Image) error { return os.Chmod(s.manifestPath("x"), 0o666) },
		"another image's file": func(s *Store, _ *Image) error { return replaceIn(s, `"name": "x"`, `"name": "y"`) },
		"an unknown field":     func(s *Store, _ *Image) error { return replaceIn(s, `"name"`, `"more": 1, "name"`) },
		"something after it":   func(s *Store, _ *Image) error { return replaceIn(s, "]\n}\n", "]\n}\n{}") },
		"a layer's path":       func(s *Store, _ *Image) error { return replaceIn(s, `"id": "`, `"id": "../`) },
		"a newer format":       func(s *Store, _ *Image) error { return replaceIn(s, `"format": 1`, `"format": 2`) },
	} {
		t.Run(name, func(t *testing.T) {
			s := newStore(t)
			img := add(t, s, "x", nil, rootFiles)
			if err := damage(s, img); err != nil {
				t.Fatal(err)
			}
			_, err := s.Get("x")
			if !errors.Is(err, nsbox.ErrLanguage) {
				t.Fatalf("damage is not refused: %v", err)
			}
			for _, want := range []string{`image "x" is damaged`, "nsbox rootfs build x"} {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%q does not say %q", err, want)
				}
			}
			list, err := s.List()
			if err != nil || len(list) != 1 || list[0].Problem == "" {
				t.Errorf("list: %+v, %v; want x with its problem", list, err)
			}
			// The remedy helps, whatever it was.
			add(t, s, "x", nil, rootFiles)
			if _, err := s.Get("x"); err != nil {
				t.Errorf("built anew: %v", err)
			}
			if err := s.Verify(t.Context(), "x"); err != nil {
				t.Errorf("verify what was built anew: %v", err)
			}
		})
	}
}

func swapForLink(dir string) error {
	return errors.Join(os.Rename(dir, dir+".moved"), os.Symlink(dir+".moved", dir))
}

func replaceIn(s *Store, from, to string) error {
	b, err := os.ReadFile(s.manifestPath("x"))
	if err != nil {
		return err
	}
	if !strings.Contains(string(b), from) {
		return errors.New("the manifest has no " + from)
	}
	return os.WriteFile(s.manifestPath("x"), []byte(strings.Replace(string(b), from, to, 1)), 0o644)
}

// Content that changes with size and time kept is what Verify is for.
func TestVerifyReadsEveryByte(t *testing.T) {
	s := newStore(t)
	img := add(t, s, "x", nil, rootFiles)
	path := img.Layers[0] + "/usr/bin/python3.11"
	fi, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	f.WriteAt([]byte("X"), 77)
	f.Close()
	os.Chtimes(path, fi.ModTime(), fi.ModTime())
	if _, err := s.Get("x"); err != nil {
		t.Fatalf("Get: %v", err)
	}
	err = s.Verify(t.Context(), "x")
	if !errors.Is(err, nsbox.ErrLanguage) || !strings.Contains(err.Error(), "nsbox rootfs build x") {
		t.Errorf("verify: %v", err)
	}
}

func TestFailedTestLeavesTheOldImage(t *testing.T) {
	s := newStore(t)
	old := add(t, s, "x", nil, rootFiles)
	c, err := s.Begin(t.Context(), "test", nil)
	if err != nil {
		t.Fatal(err)
	}
	tree := filepath.Join(c.Dir(), "tree")
	write(t, tree, map[string]string{"new": "new"})
	var seen *Image
	bad := errors.New("hello does not print hello")
	_, err = c.Commit(t.Context(), Draft{Name: "x", Tree: tree}, func(_ context.Context, img *Image) error {
		seen = img
		if b, err := os.ReadFile(img.Layers[0] + "/new"); err != nil || string(b) != "new" {
			t.Errorf("the test does not see the new image: %q, %v", b, err)
		}
		return bad
	})
	if !errors.Is(err, bad) {
		t.Errorf("Commit: %v", err)
	}
	c.Close()
	if now, err := s.Get("x"); err != nil || now.Digest != old.Digest {
		t.Errorf("Get: %+v, %v; want the old image", now, err)
	}
	if _, err := os.Stat(seen.Layers[0]); !os.IsNotExist(err) {
		t.Errorf("the refused layer is still there: %v", err)
	}
}

func TestHardenAndFurnish(t *testing.T) {
	s := newStore(t)
	c, err := s.Begin(t.Context(), "test", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	outside := t.TempDir()
	write(t, outside, map[string]string{"shm/keep": "keep"})
	tree := filepath.Join(c.Dir(), "tree")
	write(t, tree, map[string]string{
		"usr/bin/su": "su", "tmp": "->" + outside, "dev": "->" + outside, "etc/resolv.conf": "->" + outside + "/shm/keep",
		"etc/passwd": "root:x:0:0::/root:/bin/zsh\nbob:x:1000:1000::/:/bin/sh\nmail:x:8:8::/:/bin/sh\n", "workspace": "a file",
	})
	if err := unix.Mkfifo(tree+"/fifo", 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(tree+"/usr/bin/su", 0o755|os.ModeSetuid|os.ModeSetgid); err != nil {
		t.Fatal(err)
	}
	if err := Furnish(tree); err != nil {
		t.Fatal(err)
	}
	img, err := c.Commit(t.Context(), Draft{Name: "x", Tree: tree}, nil)
	if err != nil {
		t.Fatal(err)
	}
	root := img.Layers[0]
	for _, p := range MountPoints {
		if fi, err := os.Lstat(root + p); err != nil || !fi.IsDir() {
			t.Errorf("mount point %s: %v, %v", p, fi, err)
		}
	}
	if fi, err := os.Lstat(root + InitFile); err != nil || !fi.Mode().IsRegular() || fi.Size() != 0 {
		t.Errorf("%s: %v, %v", InitFile, fi, err)
	}
	if fi, err := os.Lstat(root + "/usr/bin/su"); err != nil || fi.Mode() != 0o755 {
		t.Errorf("su: %v, %v", fi, err)
	}
	if _, err := os.Lstat(root + "/fifo"); !os.IsNotExist(err) {
		t.Errorf("the fifo is still there: %v", err)
	}
	if fi, err := os.Lstat(root + "/etc/resolv.conf"); err != nil || !fi.Mode().IsRegular() {
		t.Errorf("resolv.conf: %v, %v", fi, err)
	}
	passwd, _ := os.ReadFile(root + "/etc/passwd")
	if want := "root:x:0:0:root:/root:/bin/sh\nsandbox:x:1000:1000::/tmp:/bin/sh\nmail:x:8:8::/:/bin/sh\n"; string(passwd) != want {
		t.Errorf("passwd: %q, want %q", passwd, want)
	}
	if b, err := os.ReadFile(outside + "/shm/keep"); err != nil || string(b) != "keep" {
		t.Errorf("a file outside was changed: %q, %v", b, err)
	}
}

func TestOpenRefusesWhatOthersCanChange(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "store")
	for _, bad := range []string{"relative", "/a/../b", "/with:colon", "/with,comma"} {
		if _, err := Open(bad); err == nil {
			t.Errorf("Open(%q) works", bad)
		}
	}
	if err := os.MkdirAll(dir+"/images", 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir+"/images", 0o777); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(dir); err == nil || !strings.Contains(err.Error(), "can be written by others") {
		t.Errorf("Open of a store that everybody may write to: %v", err)
	}
}

func BenchmarkGet(b *testing.B) {
	s, err := Open(DefaultDir)
	if err != nil {
		b.Fatal(err)
	}
	if _, err := s.Get("python"); err != nil {
		nstest.Skip(b, err.Error())
	}
	for b.Loop() {
		if _, err := s.Get("python"); err != nil {
			b.Fatal(err)
		}
	}
}
