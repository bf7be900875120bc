package build

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// copyTree copies directories, regular files and links from one directory into
// another, which may exist; root owns the copies. choose, called with the path
// relative to from, can skip an entry and give its mode; mode 0 keeps the
// original's, readable for everyone.
func copyTree(from, to string, choose func(rel string, dir bool) (mode fs.FileMode, skip bool)) error {
	return filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		if rel == "." {
			return os.MkdirAll(to, 0o755)
		}
		mode, skip := choose(rel, d.IsDir())
		if skip && d.IsDir() {
			return fs.SkipDir
		}
		if skip {
			return nil
		}
		fi, err := d.Info()
		if err != nil {
			return err
		}
		if mode == 0 {
			mode = fi.Mode().Perm() | 0o444
			if mode&0o111 != 0 || d.IsDir() {
				mode |= 0o111
			}
		}
		dst := filepath.Join(to, rel)
		switch {
		case d.IsDir():
			return os.MkdirAll(dst, mode&^0o022)
		case fi.Mode().IsRegular():
			return copyFile(path, dst, mode&^0o022)
		case fi.Mode()&fs.ModeSymlink != 0:
			target, err := os.Readlink(path)
			if err != nil {
				return err
			}
			return os.Symlink(target, dst)
		}
		return fmt.Errorf("%s is neither a file, a directory nor a link", path)
	})
}

func copyFile(from, to string, mode fs.FileMode) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer out.Close()
	if _, err := io.Copy(out, in); err != nil {
		return err
	}
	return out.Chmod(mode)
}
