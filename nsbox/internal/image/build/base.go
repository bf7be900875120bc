package build

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/nsbox/nsbox/nsbox/internal/image"
	"github.com/nsbox/nsbox/nsbox/language"
)

// baseRecipe describes the base; a change of it makes another base. mmdebstrap
// takes all essential packages of Debian beside these.
var baseRecipe = language.Recipe{
	// usr-is-merged: without it usrmerge comes, and 45 MB of Perl with it.
	// netbase: the names of ports and protocols.
	Packages: []string{"usr-is-merged", "netbase"},
}

// dpkgOptions keep out of all images what no program reads. Licences stay.
var dpkgOptions = []string{
	"path-exclude=/usr/share/doc/*",
	"path-include=/usr/share/doc/*/copyright",
	"path-exclude=/usr/share/man/*",
	"path-exclude=/usr/share/info/*",
	"path-exclude=/usr/share/lintian/*",
	"path-exclude=/usr/share/locale/*",
	"path-exclude=/usr/share/bug/*",
	"path-exclude=/usr/share/bash-completion/*",
	"path-exclude=/usr/share/zsh/*",
	// A build that a power loss interrupts is thrown away anyway.
	"force-unsafe-io",
}

// base returns the base, and makes it where that is needed. test may be nil: an
// image over it is tested itself.
func (b *builder) base(ctx context.Context, force bool, test func(context.Context, *image.Image) error) (*image.Image, error) {
	hash := recipeHash(&language.Recipe{Packages: append(append([]string{release}, baseRecipe.Packages...), dpkgOptions...)}, nil)
	if !force {
		if img := b.current(image.BaseName, hash); img != nil {
			return img, nil
		}
	}
	if err := checkFilesystem(b.change.Dir()); err != nil {
		return nil, err
	}
	if _, err := lookPath("mmdebstrap"); err != nil {
		return nil, err
	}
	apt, err := b.getApt(ctx)
	if err != nil {
		return nil, err
	}
	b.say("make the base (mmdebstrap)", -1)
	tree := filepath.Join(b.change.Dir(), "base")
	network, err := networkConf(ctx)
	if err != nil {
		return nil, err
	}
	conf := filepath.Join(b.change.Dir(), "mmdebstrap-apt.conf")
	// The host's own credentials for mirrors, where it has any, by their path.
	network += "Dir::Etc::netrc \"/etc/apt/auth.conf\";\nDir::Etc::netrcparts \"/etc/apt/auth.conf.d\";\n"
	if err := os.WriteFile(conf, []byte(network), 0o600); err != nil {
		return nil, err
	}
	args := []string{"--mode=root", "--variant=essential", "--format=directory",
		"--hook-dir=/usr/share/mmdebstrap/hooks/merged-usr",
		"--include=" + strings.Join(baseRecipe.Packages, ","), "--aptopt=" + conf}
	for _, o := range dpkgOptions {
		args = append(args, "--dpkgopt="+o)
	}
	// mmdebstrap makes its temporary files where TMPDIR says.
	cmd := isolated(command(ctx, "mmdebstrap", append(args, release, tree, apt.sources)...))
	cmd.Env = append(cmd.Env, "TMPDIR="+b.change.Dir())
	if _, err := run(cmd); err != nil {
		return nil, step(ctx, "mmdebstrap", err)
	}
	// Where packages bring services, nothing may start them.
	if err := os.WriteFile(filepath.Join(tree, "usr/sbin/policy-rc.d"), []byte("#!/bin/sh\nexit 101\n"), 0o755); err != nil {
		return nil, err
	}
	if err := clean(tree); err != nil {
		return nil, err
	}
	if err := image.Furnish(tree); err != nil {
		return nil, err
	}
	return b.change.Commit(ctx, image.Draft{Name: image.BaseName, Tree: tree, Recipe: hash}, test)
}

func (b *builder) getApt(ctx context.Context) (*apt, error) {
	if b.apt != nil {
		return b.apt, nil
	}
	// Not in the change's directory itself: apt's own user has to read these, and
	// that directory is root's alone.
	dir, err := os.MkdirTemp("", "nsbox-apt-")
	if err != nil {
		return nil, err
	}
	b.temp = append(b.temp, dir)
	f, err := os.Open(dir)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if err := f.Chmod(0o755); err != nil {
		return nil, err
	}
	b.apt, err = newApt(ctx, dir, b.o.Cache)
	return b.apt, err
}

// leftovers are what installing packages leaves and no program needs; a path
// that ends in / loses its content only.
var leftovers = []string{
	"etc/apt", "etc/passwd-", "etc/group-", "etc/shadow-", "etc/gshadow-", "etc/subuid-", "etc/subgid-", "etc/.pwd.lock",
	"etc/cron.daily", "etc/logrotate.d", "etc/systemd", "etc/init.d", "etc/rc0.d", "etc/rc1.d", "etc/rc2.d", "etc/rc3.d",
	"etc/rc4.d", "etc/rc5.d", "etc/rc6.d", "etc/rcS.d",
	"var/lib/apt", "var/lib/systemd", "var/lib/dpkg/lock", "var/lib/dpkg/lock-frontend", "var/lib/dpkg/triggers/Lock",
	"var/lib/dpkg/status-old", "var/lib/dpkg/available-old", "var/lib/dpkg/diversions-old", "var/lib/dpkg/statoverride-old",
	"var/cache/", "var/log/", "var/tmp/", "run/", "tmp/", "root/", "usr/lib/systemd/system", "usr/share/man",
}

// clean removes leftovers from a tree: a whole root filesystem, or the upper
// part of an overlay over one that was cleaned. Logs, caches and temporary files
// are data of the build, and may hold what is the host's.
func clean(dir string) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return fmt.Errorf("clean: %w", err)
	}
	defer root.Close()
	for _, p := range leftovers {
		name, content := strings.CutSuffix(p, "/")
		if !content {
			if err := root.RemoveAll(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return fmt.Errorf("clean /%s: %w", p, err)
			}
			continue
		}
		entries, err := fs.ReadDir(root.FS(), name)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return fmt.Errorf("clean /%s: %w", p, err)
		}
		for _, e := range entries {
			if err := root.RemoveAll(name + "/" + e.Name()); err != nil {
				return fmt.Errorf("clean /%s: %w", p, err)
			}
		}
	}
	return nil
}
