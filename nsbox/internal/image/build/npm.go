package build

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// npm installs packages into the layer under /usr/local and returns the shell
// commands that run their install scripts. Those run in the image and without a
// network, like all scripts; on the host npm only unpacks.
//
// The package "node" is an installer that fetches node's binary for the
// platform; what is installed is that binary, as /usr/local/bin/node.
func (b *builder) npm(ctx context.Context, packages []string, layer string) (scripts string, err error) {
	prefix, err := os.MkdirTemp(b.change.Dir(), "npm-")
	if err != nil {
		return "", err
	}
	args := []string{"install", "--global", "--prefix", prefix, "--cache", filepath.Join(b.o.Cache, "npm"),
		"--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error", "--"}
	nodePkg := ""
	for _, p := range packages {
		if p == "node" || strings.HasPrefix(p, "node@") {
			nodePkg = "node-linux-" + npmArch()
			p = nodePkg + strings.TrimPrefix(p, "node")
		}
		args = append(args, p)
	}
	if _, err := run(command(ctx, "npm", args...)); err != nil {
		return "", step(ctx, "npm install", err)
	}
	modules := filepath.Join(prefix, "lib/node_modules")
	if nodePkg != "" {
		bin := filepath.Join(prefix, "bin/node")
		if err := os.Remove(bin); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return "", err
		}
		if err := os.Rename(filepath.Join(modules, nodePkg, "bin/node"), bin); err != nil {
			return "", err
		}
		if err := os.RemoveAll(filepath.Join(modules, nodePkg)); err != nil {
			return "", err
		}
	}
	for _, p := range packages {
		name := packageName(p)
		if name == "node" {
			continue
		}
		s, err := installScripts(filepath.Join(modules, name), "/usr/local/lib/node_modules/"+name)
		if err != nil {
			return "", fmt.Errorf("npm package %s: %w", name, err)
		}
		scripts += s
	}
	// Notes of npm about this installation, with paths of this machine in them.
	for _, junk := range []string{".package-lock.json", ".bin"} {
		if err := os.RemoveAll(filepath.Join(modules, junk)); err != nil {
			return "", err
		}
	}
	return scripts, copyTree(prefix, filepath.Join(layer, "usr/local"), trimNpm)
}

// installScripts returns what npm would run after unpacking the package at dir.
func installScripts(dir, inside string) (string, error) {
	b, err := os.ReadFile(filepath.Join(dir, "package.json"))
	if err != nil {
		return "", err
	}
	var pkg struct{ Scripts map[string]string }
	if err := json.Unmarshal(b, &pkg); err != nil {
		return "", err
	}
	var out strings.Builder
	for _, name := range []string{"preinstall", "install", "postinstall"} {
		if s := pkg.Scripts[name]; s != "" {
			fmt.Fprintf(&out, "(cd %s && %s)\n", inside, s)
		}
	}
	return out.String(), nil
}

// packageName is what stands before the version: "@scope/name@1.2" is
// @scope/name.
func packageName(p string) string {
	if i := strings.LastIndexByte(p, '@'); i > 0 {
		return p[:i]
	}
	return p
}

// npmArch is the processor's name in npm's package names.
func npmArch() string {
	if runtime.GOARCH == "amd64" {
		return "x64"
	}
	return runtime.GOARCH
}

// trimNpm drops what a program does not read.
func trimNpm(rel string, dir bool) (mode fs.FileMode, skip bool) {
	lower := strings.ToLower(filepath.Base(rel))
	return 0, !dir && (strings.HasSuffix(lower, ".md") && !strings.HasPrefix(lower, "licen") || strings.HasSuffix(lower, ".map"))
}
