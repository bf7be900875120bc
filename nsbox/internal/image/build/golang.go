package build

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/nsbox/nsbox/nsbox/internal/lazyre"
)

// goEnv makes cmd, a go command, use a module and build cache of its own and no
// module of anybody's. Proxy and checksum settings are the host's.
func (b *builder) goEnv(cmd *exec.Cmd, dir string) *exec.Cmd {
	cmd.Dir = dir
	cmd.Env = append(cmd.Env,
		"GOMODCACHE="+filepath.Join(b.o.Cache, "go/mod"),
		"GOCACHE="+filepath.Join(b.o.Cache, "go/build"),
		"GOFLAGS=-modcacherw", "GOWORK=off", "GO111MODULE=on", "CGO_ENABLED=0")
	return cmd
}

// goToolchain unpacks a Go release into the layer at /usr/local/go. The releases
// are modules, so the proxy brings them and their checksums are verified.
func (b *builder) goToolchain(ctx context.Context, version, layer string) error {
	dir, err := os.MkdirTemp(b.change.Dir(), "go-")
	if err != nil {
		return err
	}
	module := fmt.Sprintf("golang.org/toolchain@v0.0.1-go%s.linux-%s", version, runtime.GOARCH)
	out, err := run(b.goEnv(command(ctx, "go", "mod", "download", "-json", module), dir))
	var got struct{ Dir, Error string }
	if err == nil {
		err = json.Unmarshal(out, &got)
	}
	if err == nil && got.Dir == "" {
		err = fmt.Errorf("%s", got.Error)
	}
	if err != nil {
		return step(ctx, "download Go "+version, err)
	}
	if err := copyTree(got.Dir, filepath.Join(layer, "usr/local/go"), trimGo); err != nil {
		return fmt.Errorf("unpack Go %s: %w", version, err)
	}
	if err := os.MkdirAll(filepath.Join(layer, "usr/local/bin"), 0o755); err != nil {
		return err
	}
	for _, c := range []string{"go", "gofmt"} {
		if err := os.Symlink("../go/bin/"+c, filepath.Join(layer, "usr/local/bin", c)); err != nil {
			return err
		}
	}
	return nil
}

var goTools = lazyre.New(`^(bin|pkg/tool/[^/]+)/[^/]+$`)

// trimGo leaves out what compiling programs does not need. Module zips carry no
// permissions, so the tools get theirs here.
func trimGo(rel string, dir bool) (mode fs.FileMode, skip bool) {
	switch {
	case dir && (rel == "test" || rel == "api" || rel == "doc" || rel == "misc" || path.Base(rel) == "testdata"):
		return 0, true
	case strings.HasSuffix(rel, "_test.go"), !dir && !strings.Contains(rel, "/") && strings.HasSuffix(rel, ".md"):
		return 0, true
	case dir || goTools.MatchString(rel):
		return 0o755, false
	}
	return 0o644, false
}

// goCommand builds a command, static, into the layer's /usr/local/bin.
func (b *builder) goCommand(ctx context.Context, module, layer string) error {
	dir, err := os.MkdirTemp(b.change.Dir(), "go-")
	if err != nil {
		return err
	}
	bin := filepath.Join(layer, "usr/local/bin")
	if err := os.MkdirAll(bin, 0o755); err != nil {
		return err
	}
	cmd := b.goEnv(command(ctx, "go", "install", "-trimpath", "-buildvcs=false", "-ldflags=-s -w", module), dir)
	cmd.Env = append(cmd.Env, "GOBIN="+bin)
	_, err = run(cmd)
	return step(ctx, "go install "+module, err)
}
