package image

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"github.com/nsbox/nsbox/nsbox/internal/lazyre"
)

// manifest is the content of images/NAME.json.
type manifest struct {
	Format  int           `json:"format"`
	Name    string        `json:"name"`
	Digest  string        `json:"digest"`
	Created time.Time     `json:"created"`
	Recipe  string        `json:"recipe,omitempty"`
	Source  string        `json:"source,omitempty"`
	Layers  []layerRecord `json:"layers"` // top first
}

type layerRecord struct {
	ID   string `json:"id"`   // 64 hexadecimal digits: the tree's digest
	Size int64  `json:"size"` // bytes on disk
	// Keys are files whose look tells damage cheaply: "MODE SIZE MTIME PATH",
	// mode octal with the type, the time in nanoseconds, the path relative to
	// the layer. One string each, because the file is decoded on every cold start.
	Keys []string `json:"keys"`
}

const (
	manifestFormat = 1
	maxManifest    = 1 << 20
	maxLayers      = 16 // what fits into the page that mount options may fill
)

var validID = lazyre.New(`^[0-9a-f]{64}$`)

// load reads images/NAME.json strictly. Every error is an *Error.
func (s *Store) load(name string) (*manifest, error) {
	if err := CheckName(name); err != nil {
		return nil, err
	}
	fresh := &manifest{Name: name}
	path := s.manifestPath(name)
	if err := checkOwned(path, false); errors.Is(err, fs.ErrNotExist) {
		return nil, &Error{Name: name, Problem: "is not built", Remedy: fresh.remedy()}
	} else if err != nil {
		return nil, fresh.damaged(err.Error())
	}
	b, err := readSmall(path)
	if err != nil {
		return nil, fresh.damaged(err.Error())
	}
	m, err := parseManifest(b, name)
	if err != nil {
		return nil, fresh.damaged(fmt.Sprintf("%s: %v", path, err))
	}
	return m, nil
}

func parseManifest(b []byte, name string) (*manifest, error) {
	m := &manifest{}
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.DisallowUnknownFields()
	if err := dec.Decode(m); err != nil {
		return nil, err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("something follows the JSON value")
	}
	switch {
	case m.Format != manifestFormat:
		return nil, fmt.Errorf("format %d, this version of nsbox reads %d", m.Format, manifestFormat)
	case m.Name != name:
		return nil, fmt.Errorf("it is about %q", m.Name)
	case len(m.Layers) == 0 || len(m.Layers) > maxLayers:
		return nil, fmt.Errorf("%d layers; 1 to %d are possible", len(m.Layers), maxLayers)
	}
	for _, l := range m.Layers {
		if !validID.MatchString(l.ID) {
			return nil, fmt.Errorf("layer id %q", l.ID)
		}
	}
	if m.Digest != imageDigest(m.Layers) {
		return nil, errors.New("the digest is not that of the layers")
	}
	return m, nil
}

// imageDigest is the digest over the layers' ids.
func imageDigest(layers []layerRecord) string {
	h := sha256.New()
	for _, l := range layers {
		fmt.Fprintln(h, l.ID)
	}
	return "sha256:" + hex.EncodeToString(h.Sum(nil))
}

// remedy is the command that makes the image anew.
func (m *manifest) remedy() string {
	if m.Source != "" {
		return fmt.Sprintf("nsbox rootfs import %s %s", m.Name, m.Source)
	}
	return "nsbox rootfs build " + m.Name
}

func (m *manifest) damaged(how string) *Error {
	return &Error{Name: m.Name, Problem: "is damaged: " + how, Remedy: m.remedy()}
}

// save publishes m by one rename from the directory of unfinished things.
func (s *Store) save(m *manifest, tmp string) error {
	b, err := json.MarshalIndent(m, "", " ")
	if err != nil {
		return err
	}
	if len(b) > maxManifest {
		return fmt.Errorf("the image's description has %d bytes, more than %d", len(b), maxManifest)
	}
	path := filepath.Join(tmp, "image.json")
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	defer f.Close()
	if _, err := f.Write(append(b, '\n')); err != nil {
		return err
	}
	// The creator's umask must not hide the list of images from users.
	if err := f.Chmod(0o644); err != nil {
		return err
	}
	// Everything that the file speaks of must be on disk before the file is:
	// after a power loss there is either the old image or the whole new one.
	if err := unix.Syncfs(int(f.Fd())); err != nil {
		return fmt.Errorf("syncfs: %w", err)
	}
	return os.Rename(path, s.manifestPath(m.Name))
}

// check compares the layers' key files with what m says of them. The error names
// the first that differs.
func (s *Store) check(m *manifest) error {
	for _, l := range m.Layers {
		dir := s.layer(l.ID)
		if err := checkOwned(dir, true); err != nil {
			return err
		}
		fd, err := unix.Open(dir, unix.O_PATH|unix.O_DIRECTORY|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
		if err != nil {
			return fmt.Errorf("open %s: %w", dir, err)
		}
		err = checkKeys(fd, l.Keys)
		unix.Close(fd)
		if err != nil {
			return err
		}
	}
	return nil
}

func checkKeys(dirfd int, keys []string) error {
	for _, k := range keys {
		f := strings.SplitN(k, " ", 4)
		if len(f) != 4 || !filepath.IsLocal(f[3]) {
			return fmt.Errorf("key file %q", k)
		}
		var st unix.Stat_t
		if err := unix.Fstatat(dirfd, f[3], &st, unix.AT_SYMLINK_NOFOLLOW); err != nil {
			return fmt.Errorf("/%s: %w", f[3], err)
		}
		now := keyFields(&st)
		for i, what := range []string{"mode", "size", "modification time"} {
			if f[i] != now[i] {
				return fmt.Errorf("/%s has another %s (%s) than when it was built (%s)", f[3], what, now[i], f[i])
			}
		}
		if !trusted(st.Uid) {
			return fmt.Errorf("/%s belongs to uid %d instead of root", f[3], st.Uid)
		}
	}
	return nil
}

// keyFields returns mode, size and modification time as key strings have them.
// Inode numbers and change times are left out, so that a store copied with its
// times (cp -a) stays valid.
func keyFields(st *unix.Stat_t) [3]string {
	size := st.Size
	if st.Mode&unix.S_IFMT == unix.S_IFDIR {
		size = 0 // a directory's size depends on the filesystem and its history
	}
	return [3]string{
		strconv.FormatUint(uint64(st.Mode), 8),
		strconv.FormatInt(size, 10),
		strconv.FormatInt(st.Mtim.Nano(), 10),
	}
}

// readSmall reads a file of at most maxManifest bytes.
func readSmall(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxManifest+1))
	if err == nil && len(b) > maxManifest {
		err = fmt.Errorf("%s: more than %d bytes", path, maxManifest)
	}
	return b, err
}
