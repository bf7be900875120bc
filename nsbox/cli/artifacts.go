package cli

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/report"
)

// saveArtifacts writes res's files below dir, which it makes. Their names come
// from the program, so they are used below an os.Root alone: neither a name nor
// a link that lies in dir leads out of it. A file that is there is replaced.
func (a *App) saveArtifacts(dir string, res nsbox.Result, quiet bool) error {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return fmt.Errorf("--artifacts: %w", err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return fmt.Errorf("--artifacts: %w", err)
	}
	defer root.Close()
	for _, f := range res.Artifacts {
		if err := saveFile(root, f); err != nil {
			return fmt.Errorf("artifact %q: %w", f.Path, err)
		}
		if !quiet {
			a.out.say("kept %s (%s, %s)", f.Path, report.Size(f.Size), f.MIMEType)
		}
	}
	return nil
}

// saveFile makes a new file and moves it to its name, so that a link or FIFO of
// that name is replaced and not written to.
func saveFile(root *os.Root, f nsbox.Artifact) error {
	if !filepath.IsLocal(f.Path) || path.Clean(f.Path) != f.Path || f.Path == "." {
		return fmt.Errorf("the name leads out of the directory")
	}
	if err := root.MkdirAll(path.Dir(f.Path), 0o777); err != nil {
		return err
	}
	temporary := path.Join(path.Dir(f.Path), ".nsbox-"+f.SHA256[:min(16, len(f.SHA256))])
	_ = root.Remove(temporary) // left by a command that was killed
	out, err := root.OpenFile(temporary, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	_, err = out.Write(f.Data)
	if cerr := out.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = isReplaceable(root, f.Path)
	}
	if err == nil {
		err = root.Rename(temporary, f.Path)
	}
	if err != nil {
		_ = root.Remove(temporary) // the first error is the one to tell
	}
	return err
}

// isReplaceable words what rename would call "file exists".
func isReplaceable(root *os.Root, name string) error {
	if st, err := root.Lstat(name); err == nil && st.Mode().Type() == fs.ModeDir {
		return fmt.Errorf("a directory of that name is in the way")
	}
	return nil
}
