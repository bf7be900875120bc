package language

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"sort"
	"strings"

	"golang.org/x/sys/unix"
)

// UserDir is where an administrator's own languages are.
const UserDir = "/etc/nsbox/languages.d"

// maxUserFiles bounds how many files of a directory are looked at.
const maxUserFiles = 256

// Load makes a registry of the languages that come with nsbox, the *.toml files
// at the root of builtin, and of those in userDirs, which take the place of a
// language with the same name. A directory that does not exist is empty.
//
// A user's file must be a regular file of root's that nobody else may write,
// because what it says decides what runs as root when its image is made. One
// that isn't, or that is wrong, is left out; problems has an error that names
// it, and all other languages can be used. The registry is nil only where
// builtin is wrong.
func Load(builtin fs.FS, userDirs ...string) (reg *Registry, problems []error) {
	return load(builtin, 0, userDirs)
}

func load(builtin fs.FS, owner uint32, userDirs []string) (*Registry, []error) {
	names, err := fs.Glob(builtin, "*.toml")
	if err != nil {
		return nil, []error{fmt.Errorf("built-in languages: %w", err)}
	}
	own := newBuilder()
	var problems []error
	for _, name := range names {
		data, err := fs.ReadFile(builtin, name)
		if err == nil {
			err = own.decode(name, data)
		}
		if err != nil {
			problems = append(problems, fmt.Errorf("built-in language %w", err))
		}
	}
	if err := own.check(); err != nil {
		problems = append(problems, fmt.Errorf("built-in language %w", err))
	}
	if len(problems) > 0 {
		return nil, problems
	}
	for _, dir := range userDirs {
		problems = append(problems, own.addDir(dir, owner)...)
	}
	return own.registry(), problems
}

// addDir adds the files of one directory of the administrator's.
func (b *builder) addDir(dir string, owner uint32) []error {
	fd, err := unix.Open(dir, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if errors.Is(err, unix.ENOENT) {
		return nil
	}
	if err != nil {
		return []error{fmt.Errorf("languages in %s: open: %w", dir, err)}
	}
	d := os.NewFile(uintptr(fd), dir)
	defer d.Close()
	if err := safe(fd, unix.S_IFDIR, "a directory", owner); err != nil {
		return []error{fmt.Errorf("languages in %s: %w", dir, err)}
	}
	names, err := d.Readdirnames(maxUserFiles + 1)
	if err != nil && !errors.Is(err, io.EOF) {
		return []error{fmt.Errorf("languages in %s: read: %w", dir, err)}
	}
	var problems []error
	if len(names) > maxUserFiles {
		problems = append(problems, fmt.Errorf("languages in %s: more than %d files; only some are read", dir, maxUserFiles))
		names = names[:maxUserFiles]
	}
	sort.Strings(names) // so that the same files always give the same registry
	for _, name := range names {
		if path.Ext(name) != ".toml" || strings.HasPrefix(name, ".") {
			continue
		}
		data, err := readSafe(fd, name, owner)
		if err == nil {
			err = b.replace(name, data)
		}
		if err != nil {
			problems = append(problems, fmt.Errorf("language file %s: %w", filepath.Join(dir, name), err))
		}
	}
	return problems
}

// readSafe reads a file that only owner can have written. What was checked is
// what is read: both go through one descriptor, and no link is followed.
func readSafe(dir int, name string, owner uint32) ([]byte, error) {
	// O_NONBLOCK: opening a FIFO must not wait for a writer.
	fd, err := unix.Openat(dir, name, unix.O_RDONLY|unix.O_NOFOLLOW|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if errors.Is(err, unix.ELOOP) {
		return nil, errors.New("is a symbolic link; want a regular file")
	}
	if err != nil {
		return nil, fmt.Errorf("open: %w", err)
	}
	f := os.NewFile(uintptr(fd), name)
	defer f.Close()
	if err := safe(fd, unix.S_IFREG, "a regular file", owner); err != nil {
		return nil, err
	}
	data, err := io.ReadAll(io.LimitReader(f, MaxFileSize+1))
	if err != nil {
		return nil, fmt.Errorf("read: %w", err)
	}
	return data, nil
}

// safe checks that fd is of the type kind, belongs to owner, and can be written
// by nobody else.
func safe(fd int, kind uint32, what string, owner uint32) error {
	var st unix.Stat_t
	if err := unix.Fstat(fd, &st); err != nil {
		return fmt.Errorf("stat: %w", err)
	}
	switch {
	case st.Mode&unix.S_IFMT != kind:
		return fmt.Errorf("is not %s", what)
	case st.Uid != owner:
		return fmt.Errorf("belongs to user %d; it must belong to user %d", st.Uid, owner)
	case st.Mode&0o022 != 0:
		return fmt.Errorf("has mode %04o; group and others must not be able to write it (chmod go-w)", st.Mode&0o7777)
	}
	return nil
}
