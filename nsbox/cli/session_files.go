package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/report"
)

func (a *App) sessionFilesCommand() *cli.Command {
	recursive := func(usage string) []cli.Flag {
		return []cli.Flag{&cli.BoolFlag{Name: "recursive", Aliases: []string{"r"}, Usage: usage}}
	}
	return &cli.Command{
		Name: "files", Usage: "list, read, write and delete the files of a session",
		Description: "nsbox session files put work data.csv\nnsbox session files ls work\nnsbox session files get work result.json -",
		Subcommands: []*cli.Command{
			{
				Name: "ls", Usage: "list a directory, /workspace where none is named",
				UsageText: "nsbox session files ls [flags] SESSION [DIRECTORY]",
				Flags:     sessionFlags(recursive("with all below it")), Action: a.filesList,
			},
			{
				Name: "get", Usage: "copy a file out of a session",
				UsageText: "nsbox session files get [flags] SESSION NAME [FILE|-]",
				Flags:     sessionFlags(nil), Action: a.filesGet,
			},
			{
				Name: "put", Usage: "copy a file into a session",
				UsageText: "nsbox session files put [flags] SESSION FILE|- [NAME]",
				Flags:     sessionFlags(nil), Action: a.filesPut,
			},
			{
				Name: "rm", Usage: "delete files or empty directories",
				UsageText: "nsbox session files rm [flags] SESSION NAME...",
				Flags:     sessionFlags(recursive("directories with all below them")), Action: a.filesRemove,
			},
			{
				Name: "mkdir", Usage: "make directories, and those above them",
				UsageText: "nsbox session files mkdir [flags] SESSION NAME...",
				Flags:     sessionFlags(nil), Action: a.filesMkdir,
			},
		},
	}
}

// fileError is sessionError, but that a file is missing has a status of its own.
func fileError(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return &userError{message: trimClass(err), class: errNoFile}
	}
	return sessionError(err)
}

func (a *App) filesList(c *cli.Context) error {
	sb, _, rest, _, err := a.session(c, 0, 1, " [DIRECTORY]")
	if err != nil {
		return err
	}
	dir := ""
	if len(rest) == 1 {
		dir = rest[0]
	}
	list, err := sb.ListFiles(c.Context, dir, c.Bool("recursive"))
	if err != nil {
		return fileError(err)
	}
	if c.Bool("json") {
		return a.printJSON(list)
	}
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 8, 2, ' ', 0)
	for _, f := range list {
		mode := f.Mode
		switch f.Type {
		case nsbox.TypeDir:
			mode |= fs.ModeDir
		case nsbox.TypeSymlink:
			mode |= fs.ModeSymlink
		case nsbox.TypeOther:
			mode |= fs.ModeIrregular
		}
		fmt.Fprintf(w, "%s\t%d\t%s\t%s\n", mode, f.Size, f.ModTime.Local().Format(time.DateTime), report.Escape(f.Path))
	}
	_ = w.Flush() // to memory
	_, err = fmt.Fprint(a.Stdout, b.String())
	return err
}

func (a *App) filesGet(c *cli.Context) (err error) {
	sb, _, rest, _, err := a.session(c, 1, 2, " NAME [FILE|-]")
	if err != nil {
		return err
	}
	target := path.Base(rest[0])
	if len(rest) == 2 {
		target = rest[1]
	}
	r, f, err := sb.Download(c.Context, rest[0])
	if err != nil {
		return fileError(err)
	}
	defer r.Close()
	if target == "-" {
		_, err = io.Copy(a.Stdout, r)
		return err
	}
	if st, err := os.Stat(target); err == nil && st.IsDir() {
		target = filepath.Join(target, path.Base(rest[0]))
	}
	// Beside its place first: a copy that breaks off must not look whole. The mode
	// is data from a stranger; that it can be run is for its owner to say.
	tmp, err := os.CreateTemp(filepath.Dir(target), ".nsbox-*")
	if err != nil {
		return openError(target, err, false)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(tmp.Name()))
		}
	}()
	_, err = io.Copy(tmp, r)
	if err = errors.Join(err, tmp.Chmod(0o644), tmp.Close()); err != nil {
		return fmt.Errorf("copy %s: %w", rest[0], err)
	}
	if err := os.Rename(tmp.Name(), target); err != nil {
		return err
	}
	if c.Bool("json") {
		return a.printJSON(f)
	}
	return nil
}

func (a *App) filesPut(c *cli.Context) error {
	sb, _, rest, _, err := a.session(c, 1, 2, " FILE|- [NAME]")
	if err != nil {
		return err
	}
	from, mode, name := io.Reader(a.Stdin), fs.FileMode(0o644), ""
	switch {
	case len(rest) == 2:
		name = rest[1]
	case rest[0] == "-":
		return usagef("what comes on stdin needs a name: write %s SESSION - NAME", c.Command.HelpName)
	default:
		name = filepath.Base(rest[0])
	}
	if rest[0] != "-" {
		f, err := os.Open(rest[0])
		if err != nil {
			return openError(rest[0], err, true)
		}
		defer f.Close()
		st, err := f.Stat()
		if err != nil {
			return openError(rest[0], err, true)
		}
		if st.IsDir() {
			return usagef("%s is a directory: put its files one by one", rest[0])
		}
		from, mode = f, st.Mode().Perm()
	}
	f, err := sb.Upload(c.Context, name, from, mode)
	if err != nil {
		return fileError(err)
	}
	if c.Bool("json") {
		return a.printJSON(f)
	}
	return nil
}

func (a *App) filesRemove(c *cli.Context) error {
	sb, _, rest, _, err := a.session(c, 1, -1, " NAME...")
	if err != nil {
		return err
	}
	for _, name := range rest {
		if err := sb.Remove(c.Context, name, c.Bool("recursive")); err != nil {
			return fileError(err)
		}
	}
	return nil
}

func (a *App) filesMkdir(c *cli.Context) error {
	sb, _, rest, _, err := a.session(c, 1, -1, " NAME...")
	if err != nil {
		return err
	}
	for _, name := range rest {
		if err := sb.Mkdir(c.Context, name); err != nil {
			return fileError(err)
		}
	}
	return nil
}
