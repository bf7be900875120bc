package build

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/internal/image"
	"github.com/nsbox/nsbox/nsbox/language"
)

func TestCheckRecipe(t *testing.T) {
	for _, ok := range []language.Recipe{
		{},
		{Base: "python-slim", Packages: []string{"g++", "libc6-dev", "python3.11=3.11.2-6+deb12u6", "libfoo:amd64"}},
		{GoToolchain: "1.26.8", GoCommands: []string{"github.com/tetratelabs/wazero/cmd/wazero@v1.12.0", "example.com/a_b/~c@latest"}},
		{Npm: []string{"node@26.10.0", "@types/node@^26", "esbuild"}},
		{Remove: []string{"/usr/share/doc", "/usr/lib/gcc/*/12/lto1", "/usr/lib/python3/[a-c]?"}},
	} {
		if err := checkRecipe("x", &ok); err != nil {
			t.Errorf("%+v: %v", ok, err)
		}
	}
	for _, bad := range []language.Recipe{
		{Base: "x"}, {Base: "../etc"},
		{Packages: []string{"-o=Dpkg::Pre-Invoke=sh"}}, {Packages: []string{"./a.deb"}}, {Packages: []string{"a b"}}, {Packages: []string{""}},
		{GoToolchain: "1.26.8 -x"}, {GoToolchain: "latest"},
		{GoCommands: []string{"-toolexec=sh@v1"}, GoToolchain: ""}, {GoCommands: []string{"./cmd"}}, {GoCommands: []string{"a b@v1"}},
		{Npm: []string{"--prefix=/"}}, {Npm: []string{"../dir"}}, {Npm: []string{"git+ssh://host/x"}}, {Npm: []string{"a;b"}},
		{Remove: []string{"usr"}}, {Remove: []string{"/"}}, {Remove: []string{"/a b"}}, {Remove: []string{"/a;reboot"}},
		{Remove: []string{"/$(reboot)"}}, {Remove: []string{"/a/../../b"}}, {Remove: []string{"/a/.."}},
	} {
		if err := checkRecipe("x", &bad); !errors.Is(err, nsbox.ErrBadRequest) {
			t.Errorf("%+v: %v", bad, err)
		}
	}
	if err := checkRecipe(image.BaseName, &language.Recipe{Packages: []string{"vim"}}); err == nil {
		t.Error("a recipe for the base is accepted")
	}
}

func TestRecipeHash(t *testing.T) {
	below := &image.Image{Digest: "sha256:1"}
	r := language.Recipe{Packages: []string{"a", "b"}}
	same := language.Recipe{Packages: []string{"a", "b"}}
	if recipeHash(&r, below) != recipeHash(&same, below) {
		t.Error("equal recipes have different hashes")
	}
	seen := map[string]string{recipeHash(&r, below): "a b"}
	for what, h := range map[string]string{
		"another base":    recipeHash(&r, &image.Image{Digest: "sha256:2"}),
		"another package": recipeHash(&language.Recipe{Packages: []string{"a"}}, below),
		"one for two":     recipeHash(&language.Recipe{Packages: []string{"a b"}}, below),
		"a script":        recipeHash(&language.Recipe{Packages: []string{"a", "b"}, Script: "true"}, below),
		"another field":   recipeHash(&language.Recipe{Npm: []string{"a", "b"}}, below),
	} {
		if other, twice := seen[h]; twice {
			t.Errorf("%s has the hash of %s", what, other)
		}
		seen[h] = what
	}
}

func TestCopyTree(t *testing.T) {
	from, to := t.TempDir(), filepath.Join(t.TempDir(), "go")
	for _, f := range []string{"bin/go", "pkg/tool/linux_amd64/compile", "src/fmt/print.go", "src/fmt/print_test.go",
		"src/fmt/testdata/x", "test/x.go", "doc/x", "README.md", "src/doc/x.go"} {
		if err := os.MkdirAll(filepath.Join(from, filepath.Dir(f)), 0o755); err != nil {
			t.Fatal(err)
		}
		// As modules are unpacked: nothing may be run or written.
		if err := os.WriteFile(filepath.Join(from, f), []byte(f), 0o444); err != nil {
			t.Fatal(err)
		}
	}
	if err := copyTree(from, to, trimGo); err != nil {
		t.Fatal(err)
	}
	got := map[string]fs.FileMode{}
	filepath.WalkDir(to, func(path string, d fs.DirEntry, err error) error {
		if fi, err := d.Info(); err == nil && !d.IsDir() {
			rel, _ := filepath.Rel(to, path)
			got[rel] = fi.Mode()
		}
		return err
	})
	want := map[string]fs.FileMode{"bin/go": 0o755, "pkg/tool/linux_amd64/compile": 0o755, "src/fmt/print.go": 0o644, "src/doc/x.go": 0o644}
	for f, mode := range want {
		if got[f] != mode {
			t.Errorf("%s has mode %v, want %v", f, got[f], mode)
		}
		delete(got, f)
	}
	if len(got) != 0 {
		t.Errorf("also copied: %v", got)
	}
}

func TestPackageName(t *testing.T) {
	for p, want := range map[string]string{"esbuild": "esbuild", "esbuild@1.2": "esbuild", "@types/node": "@types/node", "@types/node@26": "@types/node"} {
		if got := packageName(p); got != want {
			t.Errorf("%s: %s", p, got)
		}
	}
}

func TestAptStatus(t *testing.T) {
	var got []int
	aptStatus(strings.NewReader("dlstatus:1:10.5:Retrieving\nnonsense\npmstatus:a:10.9:x\npmstatus:a:nan:x\npmstatus:a:55:x\npmerror:a:60:bad\n"),
		"install", func(_ string, p int) { got = append(got, p) })
	if !slices.Equal(got, []int{10, 55}) {
		t.Errorf("percentages %v", got)
	}
}

// Of the host's settings only those come along that say how to reach the
// network: no hook and no other source has a say in an image.
func TestNotNetwork(t *testing.T) {
	for line, keep := range map[string]bool{
		`Acquire::http::Proxy "http://proxy:3128";`:                true,
		`Acquire::https::CaInfo "/etc/ssl/ca.pem";`:                true,
		`Acquire::Check-Valid-Until "false";`:                      true,
		`Acquire::Languages "none";`:                               false,
		`Acquire::IndexTargets::deb::DEP-11::DefaultEnabled "1";`:  false,
		`Acquire::Changelogs::URI "http://changelogs.debian.org";`: false,
		`Acquire "";`: false,
	} {
		if got := !notNetwork.MatchString(line); got != keep {
			t.Errorf("%s: kept %v, want %v", line, got, keep)
		}
	}
}

func TestOverlayOptions(t *testing.T) {
	j := &jail{upper: "/s/tmp/c/layer", work: "/s/tmp/c/work", lower: []string{"/s/layers/a", "/s/layers/b"}}
	for _, want := range []string{"lowerdir=/s/layers/a:/s/layers/b,", "upperdir=/s/tmp/c/layer,", "redirect_dir=off", "metacopy=off"} {
		if !strings.Contains(j.options(), want) {
			t.Errorf("%q lacks %q", j.options(), want)
		}
	}
}

func TestTailKeepsTheEnd(t *testing.T) {
	w := &tail{keep: 10}
	for range 100 {
		w.Write([]byte("0123456789"))
	}
	w.Write([]byte("end"))
	if s := w.String(); !strings.HasSuffix(s, "end") || len(s) > 30 {
		t.Errorf("kept %q", s)
	}
	if got := lastLines("a\nb\nc", 2); got != "b\nc" {
		t.Errorf("last lines %q", got)
	}
}
