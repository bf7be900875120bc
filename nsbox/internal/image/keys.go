package image

import (
	"cmp"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/sys/unix"
)

// How many key files a layer has of each sort; more would make Get slower.
const (
	maxLargest  = 24
	maxCommands = 16
)

// keyDirs are directories whose modification time tells that an entry was added
// or removed.
var keyDirs = []string{
	".", "etc", "usr/bin", "usr/lib", "usr/lib64", "usr/lib/x86_64-linux-gnu", "usr/lib/aarch64-linux-gnu",
	"usr/local", "usr/local/bin", "usr/local/lib", "usr/local/go", "usr/local/go/bin",
}

// keyFiles are files that every program needs, wherever they are.
var keyFiles = []string{
	".nsbox/init", "etc/passwd", "etc/ld.so.cache", "usr/bin/sh", "usr/bin/bash",
	"usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2", "usr/lib/x86_64-linux-gnu/libc.so.6",
	"usr/lib/aarch64-linux-gnu/ld-linux-aarch64.so.1", "usr/lib/aarch64-linux-gnu/libc.so.6",
}

// collectKeys picks the files of a layer whose look is recorded: what every
// program needs, the mount points, the commands a user installed, and the
// largest files, which are the compilers and interpreters themselves. extra are
// absolute paths in the image, the languages' commands.
func collectKeys(dir string, extra []string) ([]string, error) {
	paths := slices.Clone(keyDirs)
	paths = append(paths, keyFiles...)
	for _, p := range MountPoints {
		paths = append(paths, strings.TrimPrefix(p, "/"))
	}
	for _, p := range extra {
		paths = append(paths, strings.TrimPrefix(filepath.Clean("/"+p), "/"))
	}
	local, err := os.ReadDir(filepath.Join(dir, "usr/local/bin"))
	if err == nil {
		for i, e := range local {
			if i == maxCommands {
				break
			}
			paths = append(paths, "usr/local/bin/"+e.Name())
		}
	}
	big, err := largest(dir, maxLargest)
	if err != nil {
		return nil, err
	}
	paths = append(paths, big...)

	var keys []string
	seen := map[string]bool{}
	for _, p := range paths {
		if seen[p] || strings.ContainsRune(p, '\n') {
			continue
		}
		seen[p] = true
		// A path that leads through one of the image's links is another file on
		// the host than in the image; only what is there under its own name counts.
		if linked(dir, p) {
			continue
		}
		var st unix.Stat_t
		if err := unix.Lstat(filepath.Join(dir, p), &st); err != nil {
			continue // not in this layer
		}
		f := keyFields(&st)
		keys = append(keys, fmt.Sprintf("%s %s %s %s", f[0], f[1], f[2], p))
	}
	return keys, nil
}

// linked tells whether a directory on the way to p is a symbolic link.
func linked(dir, p string) bool {
	for d := filepath.Dir(p); d != "."; d = filepath.Dir(d) {
		if fi, err := os.Lstat(filepath.Join(dir, d)); err == nil && fi.Mode()&fs.ModeSymlink != 0 {
			return true
		}
	}
	return false
}

// largest returns the n largest regular files of a tree.
func largest(dir string, n int) ([]string, error) {
	type file struct {
		path string
		size int64
	}
	var all []file
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		fi, err := d.Info()
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(dir, path)
		all = append(all, file{rel, fi.Size()})
		return err
	})
	if err != nil {
		return nil, err
	}
	slices.SortFunc(all, func(a, b file) int {
		return cmp.Or(cmp.Compare(b.size, a.size), strings.Compare(a.path, b.path))
	})
	var out []string
	for _, f := range all[:min(n, len(all))] {
		out = append(out, f.path)
	}
	return out, nil
}
