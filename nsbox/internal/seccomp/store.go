package seccomp

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	profiles "github.com/nsbox/nsbox/seccomp-profiles"
)

// UserDir is where an administrator adds profiles.
const UserDir = "/etc/nsbox/seccomp.d"

// killSuffix makes of any profile's name that of its variant which ends the
// process instead of refusing a call.
const killSuffix = "-kill"

// Store finds profiles by name: those that come with nsbox, and the *.json files
// of a directory. Every name has a variant with "-kill" at its end.
type Store struct {
	// Dir is the directory of added profiles, usually [UserDir]. It need not
	// exist. It and its files must belong to root and be writable for nobody else.
	Dir string
}

// Names returns the names of all profiles, variants left out.
func (s Store) Names() ([]string, error) {
	out := profiles.Names()
	entries, err := os.ReadDir(s.Dir)
	if errors.Is(err, fs.ErrNotExist) || s.Dir == "" {
		return out, nil
	}
	if err != nil {
		return nil, fmt.Errorf("seccomp profiles: %w", err)
	}
	for _, e := range entries {
		name, ok := strings.CutSuffix(e.Name(), ".json")
		if ok && checkName(name) == nil && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out, nil
}

// Load reads the profile called name. One that comes with nsbox can't be
// replaced by a file of the same name.
func (s Store) Load(name string) (*Profile, error) {
	stem, kill := strings.CutSuffix(name, killSuffix)
	if err := checkName(stem); err != nil {
		return nil, err
	}
	var data []byte
	var err error
	if slices.Contains(profiles.Names(), stem) {
		data, err = profiles.Get(stem)
	} else {
		data, err = s.readUser(stem)
	}
	if err != nil {
		return nil, err
	}
	p, err := Parse(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", stem, err)
	}
	if kill {
		return p.Killing(), nil
	}
	return p, nil
}

func checkName(name string) error {
	if name == "" || len(name) > 64 || name[0] == '-' || strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789-_") != "" {
		return fmt.Errorf("%q is not a seccomp profile's name: write lower-case letters, digits, '-' and '_'", name)
	}
	return nil
}

// readUser reads a file of the store's directory. Owner and mode are looked at
// on the open files, which a change of name can't swap any more.
func (s Store) readUser(name string) ([]byte, error) {
	unknown := func() error {
		names, err := s.Names()
		if err != nil {
			return err
		}
		return fmt.Errorf("no seccomp profile %q: there are %s, each also with %s", name, strings.Join(names, ", "), killSuffix)
	}
	if s.Dir == "" {
		return nil, unknown()
	}
	dir, err := unix.Open(s.Dir, unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, unknown()
	}
	if err != nil {
		return nil, &os.PathError{Op: "open", Path: s.Dir, Err: err}
	}
	defer unix.Close(dir)
	if err := rootOwned(dir, s.Dir, unix.S_IFDIR); err != nil {
		return nil, err
	}
	file := filepath.Join(s.Dir, name+".json")
	fd, err := unix.Openat(dir, name+".json", unix.O_RDONLY|unix.O_NOFOLLOW|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, unknown()
	}
	if err != nil {
		return nil, &os.PathError{Op: "open", Path: file, Err: err}
	}
	f := os.NewFile(uintptr(fd), file)
	defer f.Close()
	if err := rootOwned(fd, file, unix.S_IFREG); err != nil {
		return nil, err
	}
	return io.ReadAll(io.LimitReader(f, MaxSize+1))
}

// rootOwned refuses what anyone but root could have written.
func rootOwned(fd int, name string, kind uint32) error {
	var st unix.Stat_t
	if err := unix.Fstat(fd, &st); err != nil {
		return &os.PathError{Op: "stat", Path: name, Err: err}
	}
	if st.Mode&unix.S_IFMT != kind || st.Uid != 0 || st.Mode&0o022 != 0 {
		return fmt.Errorf("%s: a seccomp profile and its directory must belong to root and be writable for root only", name)
	}
	return nil
}
