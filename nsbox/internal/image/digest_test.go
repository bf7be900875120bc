package image

import (
	"errors"
	"os"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/nsbox/nsbox/nsbox/internal/nstest"
)

func id(t *testing.T, dir string) string {
	t.Helper()
	d, err := digestTree(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	return d.ID
}

func newTree(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	write(t, dir, rootFiles)
	return dir
}

func TestDigestIsOfContentAlone(t *testing.T) {
	a, b := newTree(t), newTree(t)
	past := time.Unix(1e9, 0)
	os.Chtimes(b+"/usr/bin/sh", past, past)
	// The same names made in another order.
	os.Remove(b + "/etc/passwd")
	os.WriteFile(b+"/etc/passwd", []byte(rootFiles["etc/passwd"]), 0o644)
	if id(t, a) != id(t, b) {
		t.Error("equal trees have different digests")
	}
}

func TestDigestSeesEveryChange(t *testing.T) {
	for name, change := range map[string]func(dir string) error{
		"content": func(d string) error { return os.WriteFile(d+"/usr/bin/sh", []byte("the sHell"), 0o644) },
		"mode":    func(d string) error { return os.Chmod(d+"/usr/bin/sh", 0o755) },
		"setuid":  func(d string) error { return os.Chmod(d+"/usr/bin/sh", 0o644|os.ModeSetuid) },
		"a name":  func(d string) error { return os.Rename(d+"/usr/bin/sh", d+"/usr/bin/sh2") },
		"a link":  func(d string) error { return errors.Join(os.Remove(d+"/bin"), os.Symlink("usr/bin2", d+"/bin")) },
		"a new":   func(d string) error { return os.WriteFile(d+"/usr/new", nil, 0o644) },
		"a dir":   func(d string) error { return os.Mkdir(d+"/usr/new", 0o755) },
		"dirmode": func(d string) error { return os.Chmod(d+"/usr", 0o700) },
		"removed": func(d string) error { return os.Remove(d + "/usr/lib/libc.so") },
		"a link for its file": func(d string) error {
			return errors.Join(os.Remove(d+"/usr/bin/sh"), os.Symlink("the shell", d+"/usr/bin/sh"))
		},
		"a whiteout": func(d string) error { return unix.Mknod(d+"/usr/gone", unix.S_IFCHR, 0) },
		"a whiteout for its file": func(d string) error {
			return errors.Join(os.Remove(d+"/usr/bin/sh"), unix.Mknod(d+"/usr/bin/sh", unix.S_IFCHR, 0))
		},
	} {
		a, b := newTree(t), newTree(t)
		if err := change(b); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if id(t, a) == id(t, b) {
			t.Errorf("%s: the digest is the same", name)
		}
	}
}

func TestDigestSeesWhatRootCanChange(t *testing.T) {
	nstest.RequireRoot(t)
	for name, change := range map[string]func(dir string) error{
		"owner":  func(d string) error { return os.Lchown(d+"/usr/bin/sh", 5, 0) },
		"group":  func(d string) error { return os.Lchown(d+"/usr/bin/sh", 0, 5) },
		"opaque": func(d string) error { return unix.Setxattr(d+"/usr/bin", opaqueAttr, []byte("y"), 0) },
		"capability": func(d string) error {
			return unix.Setxattr(d+"/usr/bin/sh", "security.capability", []byte("\x01\x00\x00\x02\x00\x04\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"), 0)
		},
	} {
		a, b := newTree(t), newTree(t)
		if err := change(b); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if id(t, a) == id(t, b) {
			t.Errorf("%s: the digest is the same", name)
		}
		if name == "capability" {
			if err := Harden(b); err != nil {
				t.Fatal(err)
			}
			if id(t, a) != id(t, b) {
				t.Error("Harden leaves a file capability")
			}
		}
		if name == "opaque" {
			before := id(t, b)
			if err := Harden(b); err != nil {
				t.Fatal(err)
			}
			if id(t, b) != before {
				t.Error("Harden changes an opaque directory")
			}
		}
	}
}

func FuzzManifest(f *testing.F) {
	f.Add([]byte(`{"format":1,"name":"x","digest":"sha256:00","created":"2026-01-01T00:00:00Z","layers":[{"id":"00","size":1,"keys":["100644 1 1 a"]}]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := parseManifest(b, "x")
		if err != nil {
			return
		}
		for _, l := range m.Layers {
			if !validID.MatchString(l.ID) {
				t.Errorf("layer id %q is accepted", l.ID)
			}
			_ = checkKeys(-1, l.Keys) // must not panic
		}
	})
}
