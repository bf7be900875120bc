// Package build makes images from recipes: the shared Debian base, and layers
// over it or over another image.
//
// A layer is the upper directory of an overlay that is mounted while packages
// are installed and the recipe's script runs. All that changes it runs in a
// child with mount, process, network, IPC and UTS namespaces of its own (see
// jail.go): when the child is gone, however that came, no mount and no process
// is left. Downloads run on the host before, with the host's apt, go and npm
// settings; what runs inside the image being made has no network.
//
//	base:   mmdebstrap -> furnish -> clean
//	layer:  apt-get -d -> [jail: apt-get install] -> go, npm unpacked ->
//	        [jail: package scripts, recipe's script, removals] -> clean
package build

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"

	"golang.org/x/sys/unix"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/internal/image"
	"github.com/nsbox/nsbox/nsbox/internal/lazyre"
	"github.com/nsbox/nsbox/nsbox/language"
)

// DefaultCache is where downloads are kept between builds.
const DefaultCache = "/var/cache/nsbox"

// format goes into the recipes' hashes: raised when this package makes another
// image of the same recipe.
const format = "1"

// Event tells how far a build is.
type Event struct {
	Image string
	Step  string // for people: "download packages"
	// Percent of the step, or -1 where nobody knows.
	Percent int
}

// Options are the choices of a build. The zero value is valid.
type Options struct {
	// Force builds although the image is there and made from the same recipe.
	Force bool
	// Cache is the directory for downloads; empty is DefaultCache.
	Cache string
	// Keys are the languages' commands, as absolute paths in the image: damage
	// to them is seen at every start. See [image.Draft].
	Keys []string
	// Progress is told of every step, from one goroutine at a time.
	Progress func(Event)
	// Test decides whether the image is any good, before it can be used.
	Test func(context.Context, *image.Image) error
}

// Build makes the image from its recipe, and the base before it where that is
// missing, damaged or of another format. An image that was made from the same
// recipe over the same layers is returned as it is. It needs root.
//
// An image that already has that name is replaced in one step at the very end;
// whatever ends the build before leaves it alone. Builds of one store wait for
// each other.
func Build(ctx context.Context, s *image.Store, name string, r *language.Recipe, o Options) (*image.Image, error) {
	img, err := build(ctx, s, name, r, o)
	if err != nil {
		return nil, fmt.Errorf("build image %s: %w", name, err)
	}
	return img, nil
}

func build(ctx context.Context, s *image.Store, name string, r *language.Recipe, o Options) (img *image.Image, err error) {
	if err := image.CheckName(name); err != nil {
		return nil, err
	}
	if r == nil {
		r = &language.Recipe{}
	}
	if err := checkRecipe(name, r); err != nil {
		return nil, err
	}
	if os.Geteuid() != 0 {
		return nil, fmt.Errorf("%w: it needs root; run it with sudo", nsbox.ErrUnsupported)
	}
	if o.Cache == "" {
		o.Cache = DefaultCache
	}
	var saying sync.Mutex // what apt tells comes from another goroutine
	say := func(step string, percent int) {
		saying.Lock()
		defer saying.Unlock()
		if o.Progress != nil {
			o.Progress(Event{Image: name, Step: step, Percent: percent})
		}
	}
	c, err := s.Begin(ctx, "builds "+name, func(holder string) { say("wait for "+holder, -1) })
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, c.Close()) }()
	b := &builder{store: s, change: c, o: o, say: say}
	defer b.close()

	if name == image.BaseName {
		return b.base(ctx, o.Force, o.Test)
	}
	below, err := b.below(ctx, r)
	if err != nil {
		return nil, err
	}
	hash := recipeHash(r, below)
	if !o.Force {
		if img := b.current(name, hash); img != nil {
			return img, nil
		}
	}
	if err := checkTools(r); err != nil {
		return nil, err
	}
	tree, err := b.layer(ctx, r, below)
	if err != nil {
		return nil, err
	}
	say("test and store", -1)
	return c.Commit(ctx, image.Draft{Name: name, Tree: tree, Below: below, Recipe: hash, Keys: o.Keys}, o.Test)
}

type builder struct {
	store  *image.Store
	change *image.Change
	o      Options
	say    func(step string, percent int)
	apt    *apt
	temp   []string // directories outside the store, to be removed at the end
}

func (b *builder) close() {
	for _, dir := range b.temp {
		os.RemoveAll(dir)
	}
}

// below returns the image that r's layer goes over.
func (b *builder) below(ctx context.Context, r *language.Recipe) (*image.Image, error) {
	if r.Base == "" || r.Base == image.BaseName {
		return b.base(ctx, false, nil)
	}
	img, err := b.store.Get(r.Base)
	if err != nil {
		return nil, fmt.Errorf("it goes over another image: %w", err)
	}
	return img, nil
}

// current returns the image if it is sound and was made from that recipe.
func (b *builder) current(name, hash string) *image.Image {
	img, err := b.store.Get(name)
	if err != nil {
		return nil
	}
	info, err := b.store.Info(name)
	if err != nil || info.Recipe != hash {
		return nil
	}
	return img
}

// recipeHash tells recipes, and what they are applied to, apart.
func recipeHash(r *language.Recipe, below *image.Image) string {
	h := sha256.New()
	fmt.Fprintln(h, format)
	if below != nil {
		fmt.Fprintln(h, below.Digest)
	}
	// A struct of strings and lists of them: encoding can't fail.
	_ = json.NewEncoder(h).Encode(r)
	return hex.EncodeToString(h.Sum(nil))
}

var (
	validPackage = lazyre.New(`^[a-z0-9][a-z0-9+.-]*(:[a-z0-9]+)?(=[A-Za-z0-9.+:~-]+)?$`)
	validGo      = lazyre.New(`^[0-9]+\.[0-9]+(\.[0-9]+)?((rc|beta)[0-9]+)?$`)
	validCommand = lazyre.New(`^[A-Za-z0-9][A-Za-z0-9._~/-]*@[A-Za-z0-9.+_-]+$`)
	validNpm     = lazyre.New(`^(@[a-z0-9._-]+/)?[a-z0-9][a-z0-9._-]*(@[A-Za-z0-9.^~+-]+)?$`)
	validRemove  = lazyre.New(`^/[A-Za-z0-9][A-Za-z0-9/._+*?@:~\[\]-]*$`)
)

// checkRecipe refuses what would be read as something else by the tools that it
// is given to: options, other directories, shell syntax.
func checkRecipe(name string, r *language.Recipe) error {
	for _, list := range []struct {
		what  string
		items []string
		valid *lazyre.Regexp
		hint  string
	}{
		{"package", r.Packages, validPackage, "a Debian package's name, with =VERSION if need be"},
		{"go command", r.GoCommands, validCommand, "module/path@version"},
		{"npm package", r.Npm, validNpm, "name@version"},
		{"path to remove", r.Remove, validRemove, "an absolute path, which may have * and ? in it"},
	} {
		for _, item := range list.items {
			if !list.valid.MatchString(item) || list.what == "path to remove" && strings.Contains(item+"/", "/../") {
				return fmt.Errorf("%w: recipe: %s %q: write %s", nsbox.ErrBadRequest, list.what, item, list.hint)
			}
		}
	}
	switch {
	case r.GoToolchain != "" && !validGo.MatchString(r.GoToolchain):
		return fmt.Errorf("%w: recipe: go_toolchain %q: write a version such as 1.26.8", nsbox.ErrBadRequest, r.GoToolchain)
	case r.Base != "" && image.CheckName(r.Base) != nil:
		return fmt.Errorf("recipe: base: %w", image.CheckName(r.Base))
	case r.Base == name:
		return fmt.Errorf("%w: recipe: base: %s can't be its own base", nsbox.ErrBadRequest, name)
	case name == image.BaseName && recipeHash(r, nil) != recipeHash(&language.Recipe{}, nil):
		return fmt.Errorf("%w: recipe: %s is what all images have in common and takes no recipe", nsbox.ErrBadRequest, name)
	}
	return nil
}

// checkTools names the first program of the host that is missing.
func checkTools(r *language.Recipe) error {
	need := []string{"mount", "umount", "chroot"}
	if len(r.Packages) > 0 {
		need = append(need, "apt-get", "dpkg")
	}
	if r.GoToolchain != "" || len(r.GoCommands) > 0 {
		need = append(need, "go")
	}
	if len(r.Npm) > 0 {
		need = append(need, "npm")
	}
	for _, name := range need {
		if _, err := lookPath(name); err != nil {
			return err
		}
	}
	return nil
}

// hostPath is where the host's programs are looked for. The environment's PATH
// is not asked: under sudo it often lacks the sbin directories and Go. Where
// there are several Go, Debian's is too old for most commands.
const hostPath = "/opt/nsbox/go/bin:/usr/local/go/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

func lookPath(name string) (string, error) {
	for dir := range strings.SplitSeq(hostPath, ":") {
		path := filepath.Join(dir, name)
		if fi, err := os.Stat(path); err == nil && fi.Mode().IsRegular() && fi.Mode()&0o111 != 0 {
			return path, nil
		}
	}
	return "", fmt.Errorf("%w: %s is not installed; run scripts/setup-host, or: apt-get install %s",
		nsbox.ErrUnsupported, name, debianPackage(name))
}

func debianPackage(command string) string {
	switch command {
	case "apt-get":
		return "apt"
	case "go":
		return "golang-go"
	case "mount", "umount":
		return "mount"
	case "chroot":
		return "coreutils"
	}
	return command
}

// overlayMagic is overlayfs in statfs(2); linux/magic.h.
const overlayMagic = 0x794c7630

// checkFilesystem refuses a store on which layers can't be made.
func checkFilesystem(dir string) error {
	var st unix.Statfs_t
	if err := unix.Statfs(dir, &st); err != nil {
		return fmt.Errorf("statfs %s: %w", dir, err)
	}
	if st.Type == overlayMagic {
		return fmt.Errorf("%w: %s is on overlayfs, and overlayfs takes no layer from there; put the image store on ext4, xfs, btrfs or tmpfs, in a container for example by a volume",
			nsbox.ErrUnsupported, dir)
	}
	const need = 1 << 30
	if free := int64(st.Bavail) * st.Bsize; free < need {
		return fmt.Errorf("%s has %s free; building an image needs %s", dir, nsbox.Size(free), nsbox.Size(need))
	}
	return nil
}

// run runs a command of the host and returns its output. The error has the end
// of what it said.
func run(cmd *exec.Cmd) ([]byte, error) {
	var out tail
	stdout := &tail{keep: 16 << 20}
	cmd.Stderr = &out
	if cmd.Stdout == nil {
		cmd.Stdout = stdout
	}
	if err := wait(cmd); err != nil {
		said := strings.TrimSpace(out.String())
		if said == "" {
			said = strings.TrimSpace(stdout.String())
		}
		return nil, fmt.Errorf("%s: %w: %s", filepath.Base(cmd.Path), err, lastLines(said, 25))
	}
	return stdout.b, nil
}
