package cli

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/urfave/cli/v2"

	"github.com/nsbox/nsbox/nsbox/internal/image"
	"github.com/nsbox/nsbox/nsbox/report"
)

func (a *App) languagesCommand() *cli.Command {
	return &cli.Command{
		Name: "languages", Usage: "list what can run here",
		Description: "nsbox languages\n# for a program\nnsbox languages --json",
		Flags: append([]cli.Flag{
			&cli.BoolFlag{Name: "json", Usage: "print the list as JSON"},
			&cli.BoolFlag{Name: "names", Usage: "print names and aliases alone, one a line"},
		}, only(optionFlags(), "images")...),
		Action: a.listLanguages,
	}
}

// languageInfo is a language as it is listed.
type languageInfo struct {
	Name       string   `json:"name"`
	Title      string   `json:"title"`
	Aliases    []string `json:"aliases"`
	Extensions []string `json:"extensions"`
	Image      string   `json:"image"`
	// Built tells whether the image is there and whole; Problem what is the
	// matter with it otherwise.
	Built   bool   `json:"built"`
	Problem string `json:"problem,omitempty"`
	// Version is the toolchain's, "" where the image is not built.
	Version string `json:"version"`
}

func (a *App) listLanguages(c *cli.Context) error {
	if err := noArguments(c); err != nil {
		return err
	}
	cfg, err := a.settings(c)
	if err != nil {
		return err
	}
	known, err := a.languages()
	if err != nil {
		return err
	}
	if c.Bool("names") {
		var w strings.Builder
		for _, l := range known.All() {
			for _, n := range append([]string{l.Name}, l.Aliases...) {
				fmt.Fprintln(&w, n)
			}
		}
		_, err := fmt.Fprint(a.Stdout, w.String())
		return err
	}
	store, err := image.Open(imagesDir(cfg))
	if err != nil {
		return err
	}
	versions := readVersions(store.Dir())
	var all []languageInfo
	for _, l := range known.All() {
		i := languageInfo{
			Name: l.Name, Title: l.Title, Aliases: orEmpty(l.Aliases), Extensions: orEmpty(l.Extensions), Image: l.Image,
		}
		if img, err := store.Get(l.Image); err != nil {
			i.Problem = trimClass(err)
		} else {
			i.Built, i.Version = true, versions.of(l.Name, img.Digest)
		}
		all = append(all, i)
	}
	if c.Bool("json") {
		return a.printJSON(all)
	}
	return a.printLanguages(all)
}

func (a *App) printLanguages(all []languageInfo) error {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 8, 2, ' ', 0)
	fmt.Fprintln(w, "LANGUAGE\tALIASES\tFILES\tIMAGE\tVERSION")
	for _, l := range all {
		state := l.Version
		switch {
		case !l.Built && strings.Contains(l.Problem, "is not built"):
			state = "not built"
		case !l.Built:
			state = "damaged"
		case state == "":
			state = "built"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", l.Name, strings.Join(l.Aliases, " "), strings.Join(l.Extensions, " "), l.Image, report.Escape(state))
	}
	_ = w.Flush() // to memory
	_, err := fmt.Fprint(a.Stdout, b.String())
	return err
}

func orEmpty(s []string) []string {
	if s == nil {
		return []string{}
	}
	return s
}
