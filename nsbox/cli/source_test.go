package cli

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nsbox/nsbox/nsbox"
)

func errNotExist() error { return &fs.PathError{Op: "open", Path: "x", Err: fs.ErrNotExist} }

// tree makes files below a new directory; a content "-> X" is a link to X.
func makeTree(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		var err error
		if target, ok := strings.CutPrefix(content, "-> "); ok {
			err = os.Symlink(target, path)
		} else {
			err = os.WriteFile(path, []byte(content), 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func names(files []nsbox.File) string {
	var all []string
	for _, f := range files {
		all = append(all, f.Name+"="+string(f.Data))
	}
	return strings.Join(all, " ")
}

func TestReadSource(t *testing.T) {
	dir := makeTree(t, map[string]string{
		"main.py": "1", "lib/util.py": "2", ".git/config": "no", "data.csv": "3", "lib/.git": "4",
	})
	at := func(name string) string { return filepath.Join(dir, name) }
	for _, c := range []struct {
		target string
		extra  []string
		want   string
	}{
		{at("main.py"), nil, "main.py=1"},
		{dir, nil, "data.csv=3 lib/.git=4 lib/util.py=2 main.py=1"},
		{at("main.py"), []string{at("data.csv"), "x/y.csv=" + at("data.csv")}, "main.py=1 data.csv=3 x/y.csv=3"},
		{"", []string{"prog.py=" + at("main.py")}, "prog.py=1"},
	} {
		s, err := (&App{}).readSource(c.target, c.extra)
		if err != nil || names(s.files) != c.want {
			t.Errorf("%s %v: %q, %v; want %q", c.target, c.extra, names(s.files), err, c.want)
		}
	}
}

func TestReadSourceMistakes(t *testing.T) {
	dir := makeTree(t, map[string]string{
		"a/main.py": "1", "a/link.py": "-> main.py", "b/main.py": "1", "c/.git/x": "",
		"d/" + strings.Repeat("x/", 20) + "f": "",
	})
	if err := os.MkdirAll(filepath.Join(dir, "e"), 0o755); err != nil {
		t.Fatal(err)
	}
	at := func(name string) string { return filepath.Join(dir, name) }
	for _, c := range []struct {
		target string
		extra  []string
		want   string
		status int
	}{
		{at("nope.py"), nil, "DIR/nope.py: no such file", 127},
		{at("a"), nil, "DIR/a/link.py is a symbolic link; a project may hold files and directories only", 125},
		{at("c"), nil, "DIR/c has no files", 125},
		{at("d"), nil, "are nested more than 16 deep", 125},
		{at("e"), nil, "DIR/e has no files", 125},
		{at("b/main.py"), []string{at("nope")}, "DIR/nope: no such file", 125},
		{at("b/main.py"), []string{at("b")}, "DIR/b is a directory: give it as the program, or its files one by one with --file", 125},
		{at("b/main.py"), []string{at("a/main.py")}, `there is a file of the name "main.py" already; give it another with NAME=PATH`, 125},
		{at("b/main.py"), []string{"=x"}, `--file "=x": write NAME=PATH, or PATH alone`, 125},
		{"", nil, "there is no program to run: name a file, a directory, or - for stdin", 125},
	} {
		_, err := (&App{}).readSource(c.target, c.extra)
		if err == nil {
			t.Errorf("%s %v: accepted", c.target, c.extra)
			continue
		}
		if got := strings.ReplaceAll(err.Error(), dir, "DIR"); !strings.Contains(got, c.want) || exitStatus(err) != c.status {
			t.Errorf("%s %v:\n got %s (%d)\nwant %s (%d)", c.target, c.extra, got, exitStatus(err), c.want, c.status)
		}
	}
}

func TestReadSourceIsBounded(t *testing.T) {
	var b budget
	for range maxFiles {
		if _, err := b.read(strings.NewReader(""), "x"); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := b.read(strings.NewReader(""), "x"); err == nil {
		t.Errorf("%d files accepted", maxFiles+1)
	}
	b = budget{bytes: maxTotalBytes - 1}
	if _, err := b.read(strings.NewReader("x"), "x"); err != nil {
		t.Error(err)
	}
	if _, err := b.read(strings.NewReader("x"), "x"); err == nil || !strings.Contains(err.Error(), "64MiB") {
		t.Errorf("one byte too many: %v", err)
	}
}

func TestChooseMain(t *testing.T) {
	python := candidate{"python", "main.py", []string{".py"}}
	golang := candidate{"go", "main.go", []string{".go"}}
	for _, c := range []struct {
		files     string
		languages []candidate
		want      string // file and language, or the error
	}{
		{"util.py main.py", []candidate{python, golang}, "main.py python"},
		{"app.py data.csv", []candidate{python, golang}, "app.py python"},
		{"src/app.py data.csv", []candidate{python}, "src/app.py python"},
		{"app.py lib/util.py", []candidate{python}, "app.py python"},
		{"main.py tools.go", []candidate{python, golang}, "main.py python"},
		{"main.py main.go", []candidate{python, golang}, "DIR holds programs in several languages: name one with --lang"},
		{"main.py main.go", []candidate{golang}, "main.go go"},
		{"a.py b.go", []candidate{python, golang}, "DIR holds programs in several languages: name one with --lang"},
		{"a.py b.py", []candidate{python}, "DIR holds several files that could be the program, such as a.py (python needs main.py): give that file as FILE and the others with --file"},
		{"data.csv", []candidate{python}, "DIR holds no file of language python"},
		{"data.csv", []candidate{python, golang}, "DIR holds no file of a language that nsbox knows; name the language with --lang, or the file"},
	} {
		var files []nsbox.File
		for _, n := range strings.Fields(c.files) {
			files = append(files, nsbox.File{Name: n})
		}
		i, language, err := chooseMain("DIR", files, c.languages)
		got := ""
		if err != nil {
			got = err.Error()
		} else {
			got = fmt.Sprint(files[i].Name, " ", language)
		}
		if got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.files, got, c.want)
		}
	}
}
