package oci

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"

	"github.com/nsbox/nsbox/nsbox"
)

// remove does what a whiteout says: name goes, if it is from a layer below.
func (x *extractor) remove(parent int, name string) error {
	if name == "" || name == "." || name == ".." {
		return fmt.Errorf("%w: a whiteout of %q", nsbox.ErrBadRequest, name)
	}
	ours, dir, err := x.ours(parent, name)
	if err != nil {
		return err
	}
	switch {
	case !ours:
		return removeAll(parent, name)
	case dir:
		// The layer replaced the directory by one of its own.
		fd, err := openSubdir(parent, name)
		if err != nil {
			return err
		}
		defer unix.Close(fd)
		return x.purge(fd)
	}
	return nil
}

// purge removes from a directory what is from the layers below.
func (x *extractor) purge(dir int) error {
	names, err := list(dir)
	if err != nil {
		return err
	}
	for _, name := range names {
		if err := x.remove(dir, name); err != nil {
			return err
		}
	}
	return nil
}

// ours tells whether the layer at hand made or named the entry. One that isn't
// there is not.
func (x *extractor) ours(parent int, name string) (ours, dir bool, err error) {
	var st unix.Stat_t
	err = unix.Fstatat(parent, name, &st, unix.AT_SYMLINK_NOFOLLOW)
	if errors.Is(err, unix.ENOENT) {
		return false, false, nil
	}
	return x.made[st.Ino], st.Mode&unix.S_IFMT == unix.S_IFDIR, wrap("stat", err)
}

// removeAll removes name and all below it. It follows no link; how deep it can
// get is bounded by checkPlace.
func removeAll(parent int, name string) error {
	err := unix.Unlinkat(parent, name, 0)
	if err == nil || errors.Is(err, unix.ENOENT) {
		return nil
	}
	if !errors.Is(err, unix.EISDIR) {
		return wrap("remove", err)
	}
	fd, err := openSubdir(parent, name)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	names, err := list(fd)
	if err != nil {
		return err
	}
	for _, n := range names {
		if err := removeAll(fd, n); err != nil {
			return err
		}
	}
	return wrap("remove", unix.Unlinkat(parent, name, unix.AT_REMOVEDIR))
}

func openSubdir(parent int, name string) (int, error) {
	fd, err := unix.Openat(parent, name, unix.O_PATH|unix.O_DIRECTORY|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
	return fd, wrap("open directory", err)
}

// list returns the names in a directory.
func list(dir int) ([]string, error) {
	fd, err := unix.Openat(dir, ".", unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, wrap("open directory", err)
	}
	f := os.NewFile(uintptr(fd), "directory")
	defer f.Close()
	names, err := f.Readdirnames(-1)
	return names, wrap("list directory", err)
}
