package cli

import (
	"fmt"
	"path/filepath"

	"github.com/urfave/cli/v2"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/analyze"
	"github.com/nsbox/nsbox/nsbox/report"
)

func (a *App) analyzeCommand() *cli.Command {
	return &cli.Command{
		Name:      "analyze",
		Usage:     "say what an error message means: type, place, hint",
		UsageText: "nsbox analyze --lang NAME [flags] [FILE|-]",
		Description: "# what a program printed to stderr, kept in a file\n" +
			"nsbox analyze --lang python error.txt\n" +
			"# with the source, so that the line is shown, and as JSON\n" +
			"go run main.go 2>&1 | nsbox analyze --lang go --source main.go --json -",
		ArgsUsage: "Nothing is run. The exit status is 0 where something was found, 1 where not.",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "lang", Aliases: []string{"l"}, Usage: "the program's language", DefaultText: "told from the name of --source"},
			&cli.StringFlag{Name: "source", Usage: "the program that failed"},
			&cli.BoolFlag{Name: "json", Usage: "print the diagnoses as a JSON list"},
		},
		Action: a.analyze,
	}
}

func (a *App) analyze(c *cli.Context) error {
	if c.NArg() > 1 {
		return usagef("%q is one argument too many: one error message is analyzed at a time", c.Args().Get(1))
	}
	known, err := a.languages()
	if err != nil {
		return err
	}
	e := nsbox.Evidence{Stage: nsbox.StageRun, Verdict: nsbox.NonZero, ExitCode: 1}
	var b budget
	if path := c.String("source"); path != "" {
		f, err := b.readFile(path, filepath.Base(path), false)
		if err != nil {
			return err
		}
		e.Files = []nsbox.File{f}
	}
	switch name := c.String("lang"); {
	case name != "":
		l, err := known.Lookup(name)
		if err != nil {
			return languageError(err)
		}
		e.Language = l.Name
	case len(e.Files) > 0:
		l, err := known.Detect(e.Files[0].Name, e.Files[0].Data)
		if err != nil {
			return languageError(err)
		}
		e.Language = l.Name
	default:
		return usagef("nobody can tell the language of an error message: name it with --lang")
	}
	if e.Stderr, err = a.readMessage(&b, c.Args().First()); err != nil {
		return err
	}
	found := analyze.New(known).Analyze(e)
	if c.Bool("json") {
		if found == nil {
			found = []nsbox.Diagnosis{}
		}
		if err := a.printJSON(found); err != nil {
			return err
		}
	} else {
		for _, d := range found {
			for _, line := range report.Diagnosis(d, e.Files) {
				fmt.Fprintln(a.Stdout, a.out.paint(roleColours[line.Role], report.EscapeText(line.Text)))
			}
		}
	}
	// The generic analyzer's last resort is no finding.
	if len(found) == 0 || found[0].Type == "ExitStatus" {
		return quietly(exitNotReady)
	}
	return nil
}

func (a *App) readMessage(b *budget, path string) ([]byte, error) {
	if path == "" || path == "-" {
		if isTerminal(a.Stdin) {
			return nil, usagef("there is no error message: name its file, or pipe it in")
		}
		return b.read(a.Stdin, "stdin")
	}
	f, err := b.readFile(path, filepath.Base(path), true)
	return f.Data, err
}
