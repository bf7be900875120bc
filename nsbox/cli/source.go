package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/report"
)

// What a project may have. The helper has bounds of its own; these keep a
// mistyped directory from being read to its end.
const (
	maxFiles      = 1000
	maxTotalBytes = 64 << 20
	maxDepth      = 16
)

// budget counts what has been read against these bounds.
type budget struct {
	files int
	bytes int64
}

// source is a program's files as they were read, with what is left to decide.
type source struct {
	files []nsbox.File
	// project is set where the files are a directory's: the main file is then
	// still to be found among them.
	project string
	// nameless is set where the main file came from stdin.
	nameless bool
	// paths are where the files came from, by name; stdin has none.
	paths map[string]string
}

// readSource reads FILE and the --file flags. target may be "".
func (a *App) readSource(target string, extra []string) (source, error) {
	s := source{paths: map[string]string{}}
	var b budget
	switch {
	case target == "-":
		data, err := b.read(a.Stdin, "stdin")
		if err != nil {
			return s, err
		}
		s.nameless = true
		s.files = append(s.files, nsbox.File{Data: data})
	case target != "":
		st, err := os.Stat(target)
		if err != nil {
			return s, openError(target, err, true)
		}
		if st.IsDir() {
			s.project = target
			if s.files, err = b.readDirectory(target); err != nil {
				return s, err
			}
			for _, f := range s.files {
				s.paths[f.Name] = filepath.Join(target, f.Name)
			}
			break
		}
		f, err := b.readFile(target, filepath.Base(target), true)
		if err != nil {
			return s, err
		}
		s.files = append(s.files, f)
		s.paths[f.Name] = target
	}
	for _, e := range extra {
		name, path, ok := strings.Cut(e, "=")
		if !ok {
			name, path = filepath.Base(e), e
		}
		if name == "" || path == "" {
			return s, usagef("--file %q: write NAME=PATH, or PATH alone", e)
		}
		f, err := b.readFile(path, name, false)
		if err != nil {
			return s, err
		}
		if i := slices.IndexFunc(s.files, func(g nsbox.File) bool { return g.Name == f.Name }); i >= 0 {
			return s, usagef("--file %q: there is a file of the name %q already; give it another with NAME=PATH", e, f.Name)
		}
		s.files = append(s.files, f)
		s.paths[f.Name] = path
	}
	if len(s.files) == 0 {
		return s, usagef("there is no program to run: name a file, a directory, or - for stdin")
	}
	return s, nil
}

// read reads r to its end, within the budget.
func (b *budget) read(r io.Reader, what string) ([]byte, error) {
	if b.files++; b.files > maxFiles {
		return nil, usagef("more than %d files; that is too many for one program", maxFiles)
	}
	room := maxTotalBytes - b.bytes
	data, err := io.ReadAll(io.LimitReader(r, room+1))
	if err != nil {
		return nil, openError(what, err, false)
	}
	if int64(len(data)) > room {
		return nil, usagef("%s: the program's files have more than the %s that is allowed in all", what, report.Size(maxTotalBytes))
	}
	b.bytes += int64(len(data))
	return data, nil
}

// readFile reads a regular file, or what can be read like one: a shell's
// <(command) is a pipe.
func (b *budget) readFile(path, name string, main bool) (nsbox.File, error) {
	f, err := os.Open(path)
	if err != nil {
		return nsbox.File{}, openError(path, err, main)
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return nsbox.File{}, openError(path, err, main)
	}
	if st.IsDir() {
		return nsbox.File{}, usagef("%s is a directory: give it as the program, or its files one by one with --file", path)
	}
	data, err := b.read(f, path)
	if err != nil {
		return nsbox.File{}, err
	}
	return nsbox.File{Name: name, Data: data, Executable: st.Mode()&0o100 != 0}, nil
}

// readDirectory reads the regular files below dir. Symbolic links are refused
// and not followed: what they lead to would otherwise be copied into a sandbox
// without a word.
func (b *budget) readDirectory(dir string) ([]nsbox.File, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, openError(dir, err, true)
	}
	defer root.Close()
	var files []nsbox.File
	err = fs.WalkDir(root.FS(), ".", func(name string, d fs.DirEntry, err error) error {
		shown := filepath.Join(dir, name)
		switch {
		case err != nil:
			return openError(shown, err, false)
		case d.IsDir() && d.Name() == ".git":
			return fs.SkipDir
		case d.IsDir():
			if strings.Count(name, "/") >= maxDepth {
				return usagef("%s: directories are nested more than %d deep", shown, maxDepth)
			}
			return nil
		case d.Type()&fs.ModeSymlink != 0:
			return usagef("%s is a symbolic link; a project may hold files and directories only", shown)
		case !d.Type().IsRegular():
			return usagef("%s is neither a file nor a directory; a project may hold nothing else", shown)
		}
		f, err := root.Open(name)
		if err != nil {
			return openError(shown, err, false)
		}
		defer f.Close()
		st, err := f.Stat()
		if err != nil {
			return openError(shown, err, false)
		}
		data, err := b.read(f, shown)
		if err != nil {
			return err
		}
		files = append(files, nsbox.File{Name: name, Data: data, Executable: st.Mode()&0o100 != 0})
		return nil
	})
	if err != nil {
		return nil, err
	}
	if len(files) == 0 {
		return nil, usagef("%s has no files", dir)
	}
	return files, nil
}

// candidate is a language as far as choosing a main file goes.
type candidate struct {
	name, main string
	extensions []string
}

var errNoMain = errors.New("no main file")

// chooseMain finds a project's main file among files: the one with the
// language's main name, else the only one with its extension at the top, else
// the only one anywhere. Where languages has several, one with its main name
// wins over the others, then the only one that has any file.
func chooseMain(dir string, files []nsbox.File, languages []candidate) (index int, language string, err error) {
	type choice struct {
		index    int
		language string
	}
	var named, only []choice
	var several []string
	for _, l := range languages {
		if i := slices.IndexFunc(files, func(f nsbox.File) bool { return f.Name == l.main }); i >= 0 {
			named = append(named, choice{i, l.name})
			continue
		}
		top := having(files, l.extensions, true)
		if len(top) == 0 {
			top = having(files, l.extensions, false)
		}
		switch {
		case len(top) == 1:
			only = append(only, choice{top[0], l.name})
		case len(top) > 1:
			several = append(several, fmt.Sprintf("%s (%s needs %s)", files[top[0]].Name, l.name, l.main))
		}
	}
	switch {
	case len(named) == 1:
		return named[0].index, named[0].language, nil
	case len(named) > 1:
		return 0, "", usagef("%s holds programs in several languages: name one with --lang", dir)
	case len(only) == 1 && len(several) == 0:
		return only[0].index, only[0].language, nil
	case len(only) > 1 || len(only) == 1 && len(several) > 0 || len(several) > 1:
		return 0, "", usagef("%s holds programs in several languages: name one with --lang", dir)
	case len(several) == 1:
		return 0, "", usagef("%s holds several files that could be the program, such as %s: give that file as FILE and the others with --file", dir, several[0])
	}
	return 0, "", &userError{message: dir + " holds no file of " + orAnyLanguage(languages), class: errNoMain}
}

func orAnyLanguage(languages []candidate) string {
	if len(languages) == 1 {
		return "language " + languages[0].name
	}
	return "a language that nsbox knows; name the language with --lang, or the file"
}

// having returns the files with one of the extensions, at the top or anywhere.
func having(files []nsbox.File, extensions []string, top bool) []int {
	var found []int
	for i, f := range files {
		if top && strings.Contains(f.Name, "/") {
			continue
		}
		if slices.Contains(extensions, strings.ToLower(path.Ext(f.Name))) {
			found = append(found, i)
		}
	}
	return found
}
