package language

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"golang.org/x/sys/unix"
)

func builtinFS() fs.FS {
	def := func(name, more string) *fstest.MapFile {
		return &fstest.MapFile{Data: []byte(`title = "` + name + `"
main = "main.` + name + `"
image = "` + name + `"
hello = "x"
` + more + `
[run]
argv = ["` + name + `", "{main}", "{args}"]
`)}
	}
	return fstest.MapFS{
		"aa.toml":   def("aa", `aliases = ["alpha"]`+"\n"+`extensions = [".aa"]`+"\n"+`interpreters = ["aai"]`),
		"bb.toml":   def("bb", `extensions = [".bb"]`),
		"README.md": {Data: []byte("not a language")},
	}
}

// userDir makes a directory of user files. What is tested is that the files'
// owner is the expected one, so the tests need not be root.
func userDir(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func me() uint32 { return uint32(os.Getuid()) }

func names(r *Registry) string {
	var out []string
	for _, l := range r.All() {
		out = append(out, l.Name)
	}
	return strings.Join(out, " ")
}

func TestLoad(t *testing.T) {
	dir := userDir(t, map[string]string{
		"lua.toml":     minimal,
		"bb.toml":      strings.ReplaceAll(minimal, "lua", "bb2"), // replaces
		"notes.txt":    "left alone",
		".hidden.toml": "left alone",
	})
	r, problems := load(builtinFS(), me(), []string{filepath.Join(dir, "missing"), dir})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	if got := names(r); got != "aa bb lua" {
		t.Errorf("languages %q", got)
	}
	if l, err := r.Lookup("bb"); err != nil || l.Image != "bb2" {
		t.Errorf("bb = %+v, %v; want the user's", l, err)
	}
	if _, err := r.Detect("x.bb", nil); err == nil {
		t.Error("the replaced language still has its extension")
	}
}

func TestLoadProblems(t *testing.T) {
	link := func(t *testing.T, dir string) {
		if err := os.Symlink("lua.toml", filepath.Join(dir, "bad.toml")); err != nil {
			t.Fatal(err)
		}
	}
	for name, c := range map[string]struct {
		text  string
		make  func(t *testing.T, dir string)
		owner uint32
		want  string
	}{
		"broken":            {text: "tilte = 3", want: "unknown key tilte"},
		"takes a name":      {text: "aliases = [\"bb\"]" + strings.ReplaceAll(minimal, "lua", "bad"), want: `name "bb" belongs to the language`},
		"takes an alias":    {text: "aliases = [\"alpha\"]" + strings.ReplaceAll(minimal, "lua", "bad"), want: `name "alpha" belongs to`},
		"takes an extenion": {text: strings.ReplaceAll(minimal, `".lua"`, `".aa"`), want: `extension ".aa" belongs to`},
		"symbolic link":     {make: link, want: "symbolic link"},
		"directory": {make: func(t *testing.T, dir string) {
			if err := os.Mkdir(filepath.Join(dir, "bad.toml"), 0o755); err != nil {
				t.Fatal(err)
			}
		}, want: "not a regular file"},
		"fifo": {make: func(t *testing.T, dir string) {
			if err := unix.Mkfifo(filepath.Join(dir, "bad.toml"), 0o600); err != nil {
				t.Fatal(err)
			}
		}, want: "not a regular file"},
		"writable by others": {text: "x", make: func(t *testing.T, dir string) {
			if err := os.Chmod(filepath.Join(dir, "bad.toml"), 0o666); err != nil {
				t.Fatal(err)
			}
		}, want: "mode 0666"},
		"too large": {text: strings.Repeat("#", MaxFileSize+1), want: "at most"},
	} {
		t.Run(name, func(t *testing.T) {
			files := map[string]string{"lua.toml": minimal}
			if c.text != "" {
				files["bad.toml"] = c.text
			}
			dir := userDir(t, files)
			if c.make != nil {
				c.make(t, dir)
			}
			r, problems := load(builtinFS(), me(), []string{dir})
			if len(problems) != 1 {
				t.Fatalf("problems %v; want one", problems)
			}
			if got := problems[0].Error(); !strings.Contains(got, c.want) || !strings.Contains(got, filepath.Join(dir, "bad.toml")) {
				t.Errorf("problem %q; want the file's path and %q", got, c.want)
			}
			if got := names(r); got != "aa bb lua" {
				t.Errorf("languages %q; the others must stay", got)
			}
		})
	}
}

func TestLoadRefusesOtherOwners(t *testing.T) {
	dir := userDir(t, map[string]string{"lua.toml": minimal})
	r, problems := load(builtinFS(), me()+1, []string{dir})
	if len(problems) != 1 || !strings.Contains(problems[0].Error(), "belongs to user") {
		t.Errorf("problems %v", problems)
	}
	if got := names(r); got != "aa bb" {
		t.Errorf("languages %q", got)
	}
}

func TestLoadRefusesWritableDirectory(t *testing.T) {
	dir := userDir(t, map[string]string{"lua.toml": minimal})
	if err := os.Chmod(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	_, problems := load(builtinFS(), me(), []string{dir})
	if len(problems) != 1 || !strings.Contains(problems[0].Error(), "mode 0777") {
		t.Errorf("problems %v", problems)
	}
}

func TestLoadBuiltinErrorsAreFatal(t *testing.T) {
	r, problems := Load(fstest.MapFS{"x.toml": {Data: []byte("nope")}})
	if r != nil || len(problems) == 0 {
		t.Errorf("registry %v, problems %v; want none and one", r, problems)
	}
	if errors.Join(problems...) == nil {
		t.Error("no error")
	}
}
