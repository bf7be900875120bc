package build

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/nsbox/nsbox/nsbox/internal/image"
	"github.com/nsbox/nsbox/nsbox/language"
)

// layer makes the recipe's layer over an image and returns its directory.
func (b *builder) layer(ctx context.Context, r *language.Recipe, below *image.Image) (string, error) {
	dir := b.change.Dir()
	if err := checkFilesystem(dir); err != nil {
		return "", err
	}
	j := &jail{
		root: filepath.Join(dir, "root"), upper: filepath.Join(dir, "layer"), work: filepath.Join(dir, "work"),
		lower: below.Layers, cache: filepath.Join(dir, "empty"),
	}
	for _, d := range []string{j.root, j.upper, j.work, j.cache} {
		if err := os.Mkdir(d, 0o755); err != nil {
			return "", err
		}
	}
	if len(r.Packages) > 0 {
		apt, err := b.getApt(ctx)
		if err != nil {
			return "", err
		}
		status, err := dpkgStatus(below.Layers)
		if err != nil {
			return "", err
		}
		if err := apt.download(ctx, status, r.Packages, b.say); err != nil {
			return "", err
		}
		if err := apt.install(ctx, j, r.Packages, b.say); err != nil {
			return "", err
		}
	}
	if r.GoToolchain != "" {
		b.say("install Go "+r.GoToolchain, -1)
		if err := b.goToolchain(ctx, r.GoToolchain, j.upper); err != nil {
			return "", err
		}
	}
	for _, c := range r.GoCommands {
		b.say("build "+c, -1)
		if err := b.goCommand(ctx, c, j.upper); err != nil {
			return "", err
		}
	}
	script := ""
	if len(r.Npm) > 0 {
		b.say("install npm packages", -1)
		scripts, err := b.npm(ctx, r.Npm, j.upper)
		if err != nil {
			return "", err
		}
		script += scripts
	}
	// The recipe's script in a subshell: its variables and directory are its own.
	if r.Script != "" {
		script += "(\n" + r.Script + "\n)\n"
	}
	// Unquoted, so that the image's shell expands * and ?; checkRecipe let nothing
	// else through that means something to a shell.
	if len(r.Remove) > 0 {
		script += "rm -rf -- " + strings.Join(r.Remove, " ") + "\n"
	}
	if script != "" {
		b.say("run the recipe's script", -1)
		if _, err := run(j.shell(ctx, script)); err != nil {
			return "", step(ctx, "recipe's script", err)
		}
	}
	b.say("clean", -1)
	return j.upper, clean(j.upper)
}

// dpkgStatus returns the file that says what is installed in an image.
func dpkgStatus(layers []string) (string, error) {
	for _, l := range layers {
		path := filepath.Join(l, "var/lib/dpkg/status")
		if _, err := os.Lstat(path); err == nil {
			return path, nil
		} else if !errors.Is(err, fs.ErrNotExist) {
			return "", err
		}
	}
	return "", errors.New("the image below knows no packages: it has no /var/lib/dpkg/status")
}
