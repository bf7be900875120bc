package cli

import (
	"errors"
	"io"
	"os"
	"path"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/config"
	"github.com/nsbox/nsbox/nsbox/language"
)

// sourceFlags say what runs and on what input; exec and explain share them.
func sourceFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "lang", Aliases: []string{"l"}, Usage: "the program's language", DefaultText: "told from the file's name, its first line, its content"},
		&cli.StringFlag{Name: "stdin", Usage: "the program's input, from a file; - for this command's own", DefaultText: "this command's own, unless that is a terminal"},
		&cli.StringSliceFlag{Name: "env", Usage: "set a variable for the program; without a value it has this command's own"},
		&cli.StringSliceFlag{Name: "file", Usage: "put a file beside the program, in /workspace"},
	}
}

// maxProfile is the most bytes that a seccomp profile's file may have.
const maxProfile = 1 << 20

// request makes the request that the command line and cfg ask for. paths are
// where its files came from, by name.
func (a *App) request(c *cli.Context, cfg *config.Config) (req nsbox.Request, paths map[string]string, err error) {
	target, args, err := positional(c)
	if err != nil {
		return req, nil, err
	}
	src, err := a.readSource(target, c.StringSlice("file"))
	if err != nil {
		return req, nil, err
	}
	if req, err = a.programOf(c, cfg, src); err != nil {
		return req, nil, err
	}
	req.Args = args
	if req.Stdin, err = a.input(c, target == "-"); err != nil {
		return req, nil, err
	}
	return req, src.paths, nil
}

// programOf makes the request for src, without arguments and input.
func (a *App) programOf(c *cli.Context, cfg *config.Config, src source) (nsbox.Request, error) {
	var err error
	req := nsbox.Request{Limits: cfg.Limits, Network: cfg.Net}
	if req.Language, req.Files, err = a.decideLanguage(c.String("lang"), src); err != nil {
		return nsbox.Request{}, err
	}
	if req.Env, err = a.environment(c.StringSlice("env")); err != nil {
		return nsbox.Request{}, err
	}
	return req, readProfile(cfg, &req)
}

// positional parts FILE from the program's arguments, which follow "--".
func positional(c *cli.Context) (target string, args []string, err error) {
	own := c.Args().Slice()
	for i, arg := range own {
		if arg == "--" {
			own, args = own[:i], own[i+1:]
			break
		}
	}
	if len(own) > 1 {
		return "", nil, usagef("%q is one argument too many: the program's own follow --, and further files are given with --file", own[1])
	}
	if len(own) == 1 {
		target = own[0]
	}
	return target, args, nil
}

// decideLanguage names the program's language and puts its main file first.
func (a *App) decideLanguage(name string, src source) (string, []nsbox.File, error) {
	known, err := a.languages()
	if err != nil {
		return "", nil, err
	}
	var l *language.Language
	if name != "" {
		if l, err = known.Lookup(name); err != nil {
			return "", nil, languageError(err)
		}
	}
	files := src.files
	switch {
	case src.project != "":
		i, chosen, err := chooseMain(src.project, files, candidates(known, l))
		if err != nil {
			return "", nil, err
		}
		files[0], files[i] = files[i], files[0]
		return chosen, files, nil
	case l == nil:
		if l, err = known.Detect(files[0].Name, files[0].Data); err != nil {
			return "", nil, languageError(err)
		}
	}
	if src.nameless {
		files[0].Name = l.Main
	}
	return l.Name, files, nil
}

// candidates are the languages that a project can be in: the one that was named,
// else all that files are told by. A variant of another language, which has no
// extensions of its own, must be named; its files then are those like its main
// file.
func candidates(known *language.Registry, named *language.Language) []candidate {
	if named != nil {
		c := candidate{named.Name, named.Main, named.Extensions}
		if len(c.extensions) == 0 {
			c.extensions = []string{path.Ext(named.Main)}
		}
		return []candidate{c}
	}
	var all []candidate
	for _, l := range known.All() {
		if len(l.Extensions) > 0 {
			all = append(all, candidate{l.Name, l.Main, l.Extensions})
		}
	}
	return all
}

// environment resolves --env: NAME=VALUE as it is, NAME from this process.
func (a *App) environment(entries []string) ([]string, error) {
	var env []string
	for _, e := range entries {
		name, _, ok := strings.Cut(e, "=")
		if name == "" {
			return nil, usagef("--env %q: write NAME=VALUE, or NAME alone to pass a variable on", e)
		}
		if !ok {
			value, set := a.lookupEnv(name)
			if !set {
				return nil, usagef("--env %s: there is no such variable to pass on; write %s=VALUE", name, name)
			}
			e = name + "=" + value
		}
		env = append(env, e)
	}
	return env, nil
}

// readProfile tells a profile's name from its file: a name has neither a slash
// nor the ending .json.
func readProfile(cfg *config.Config, req *nsbox.Request) error {
	if !strings.Contains(cfg.Profile, "/") && !strings.HasSuffix(cfg.Profile, ".json") {
		req.Profile = cfg.Profile
		return nil
	}
	f, err := os.Open(cfg.Profile)
	if err != nil {
		return openError(cfg.Profile, err, false)
	}
	defer f.Close()
	req.ProfileJSON, err = io.ReadAll(io.LimitReader(f, maxProfile+1))
	if err != nil {
		return openError(cfg.Profile, err, false)
	}
	if len(req.ProfileJSON) > maxProfile {
		return usagef("%s has more than the 1MiB that a profile may have", cfg.Profile)
	}
	return nil
}

// input is the program's stdin: a file's, this command's own where that is no
// terminal and did not bring the source, else empty.
func (a *App) input(c *cli.Context, sourceOnStdin bool) (io.Reader, error) {
	switch name := c.String("stdin"); {
	case name == "-" && sourceOnStdin:
		return nil, usagef("stdin cannot be the program and its input at once: give one of them as a file")
	case name == "-":
		return a.Stdin, nil
	case name != "":
		f, err := os.Open(name)
		if err != nil {
			return nil, openError(name, err, false)
		}
		if st, err := f.Stat(); err == nil && st.IsDir() {
			return nil, errors.Join(usagef("--stdin %s is a directory: name a file", name), f.Close())
		}
		return f, nil // open until the process ends
	case sourceOnStdin || isTerminal(a.Stdin):
		return nil, nil
	}
	// A closed descriptor is no input rather than an error.
	if _, err := a.Stdin.Stat(); err != nil {
		return nil, nil //nolint:nilerr // see above
	}
	return a.Stdin, nil
}
