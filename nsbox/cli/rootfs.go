package cli

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/urfave/cli/v2"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/internal/image"
	"github.com/nsbox/nsbox/nsbox/report"
)

func (a *App) rootfsCommand() *cli.Command {
	images := only(optionFlags(), "images")
	asJSON := func() cli.Flag { return &cli.BoolFlag{Name: "json", Usage: "print the answer as JSON"} }
	return &cli.Command{
		Name: "rootfs", Usage: "build, list, check and remove the images that programs run in",
		Description: "sudo nsbox rootfs build python\nsudo nsbox rootfs build --all\nnsbox rootfs list",
		Subcommands: []*cli.Command{
			{
				Name: "build", Usage: "make the image of a language from its recipe, and test it",
				UsageText:   "nsbox rootfs build [flags] NAME...\nnsbox rootfs build [flags] --all",
				Description: "sudo nsbox rootfs build python go\n# all languages, also those under /etc/nsbox/languages.d\nsudo nsbox rootfs build --all",
				ArgsUsage:   "An image that was made from the same recipe is left as it is. One that is replaced\nstays in use until the new one has passed its test.",
				Flags: append([]cli.Flag{
					&cli.BoolFlag{Name: "all", Usage: "build the images of all languages"},
					&cli.BoolFlag{Name: "force", Usage: "build although nothing has changed"},
				}, images...),
				Action: a.buildImages,
			},
			{
				Name: "list", Usage: "list the images",
				Description: "nsbox rootfs list\nnsbox rootfs list --json",
				Flags:       append([]cli.Flag{asJSON()}, images...),
				Action:      a.listImages,
			},
			{
				Name: "verify", Usage: "compare every byte of images with their digests",
				UsageText:   "nsbox rootfs verify [flags] [NAME...]",
				Description: "sudo nsbox rootfs verify\nsudo nsbox rootfs verify python",
				ArgsUsage:   "The exit status is 1 if an image is damaged.",
				Flags:       images,
				Action:      a.verifyImages,
			},
			a.importCommand(images),
			{
				Name: "rm", Usage: "remove images",
				UsageText:   "nsbox rootfs rm [flags] NAME...",
				Description: "sudo nsbox rootfs rm ruby",
				ArgsUsage:   "Their space is freed by nsbox rootfs gc.",
				Flags:       images,
				Action:      a.removeImages,
			},
			{
				Name: "gc", Usage: "free the space of what no image uses any more",
				Description: "sudo nsbox rootfs gc",
				Flags:       images,
				Action:      a.collectGarbage,
			},
		},
	}
}

// store opens the image store that the configuration names. Commands that
// change it, or read what only root may, need root.
func (a *App) store(c *cli.Context, root bool) (*image.Store, error) {
	cfg, err := a.settings(c)
	if err != nil {
		return nil, err
	}
	if root && os.Geteuid() != 0 {
		return nil, usagef("%s needs root: run it with sudo", c.Command.HelpName)
	}
	return image.Open(imagesDir(cfg))
}

func (a *App) listImages(c *cli.Context) error {
	if err := noArguments(c); err != nil {
		return err
	}
	s, err := a.store(c, false)
	if err != nil {
		return err
	}
	all, err := s.List()
	if err != nil {
		return err
	}
	if c.Bool("json") {
		if all == nil {
			all = []image.Info{}
		}
		return a.printJSON(all)
	}
	if len(all) == 0 {
		a.out.say("there are no images in %s; build them with: sudo nsbox rootfs build --all", s.Dir())
		return nil
	}
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 8, 2, ' ', 0)
	fmt.Fprintln(w, "IMAGE\tSIZE\tOWN\tCREATED\tDIGEST\tSTATE")
	layers := map[string]nsbox.Size{}
	for _, i := range all {
		state := "ok"
		if i.Problem != "" {
			state = "damaged"
		}
		if len(i.Layers) > 0 {
			layers[i.Layers[0]] = i.OwnSize
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", i.Name, report.Size(int64(i.Size)), report.Size(int64(i.OwnSize)),
			i.Created.Local().Format("2006-01-02 15:04"), shortDigest(i.Digest), state)
	}
	_ = w.Flush() // to memory
	if _, err := fmt.Fprint(a.Stdout, b.String()); err != nil {
		return err
	}
	for _, i := range all {
		if i.Problem != "" {
			a.out.say("%s", i.Problem)
		}
	}
	return nil
}

func shortDigest(d string) string {
	d = strings.TrimPrefix(d, "sha256:")
	return d[:min(12, len(d))]
}

func (a *App) verifyImages(c *cli.Context) error {
	s, err := a.store(c, true)
	if err != nil {
		return err
	}
	names := c.Args().Slice()
	if len(names) == 0 {
		all, err := s.List()
		if err != nil {
			return err
		}
		for _, i := range all {
			names = append(names, i.Name)
		}
	}
	if len(names) == 0 {
		return usagef("there are no images in %s to verify", s.Dir())
	}
	ctx, signals := a.onSignals(c.Context)
	defer signals.stop()
	damaged := false
	for _, name := range names {
		err := s.Verify(ctx, name)
		switch {
		case err == nil:
			fmt.Fprintf(a.Stdout, "%s: ok\n", name)
		case ctx.Err() != nil:
			return quietly(signals.status())
		case isImageError(err):
			damaged = true
			a.out.say("%v", err)
		default:
			return err
		}
	}
	if damaged {
		return quietly(exitNotReady)
	}
	return nil
}

func isImageError(err error) bool {
	var e *image.Error
	return errors.As(err, &e)
}

func (a *App) removeImages(c *cli.Context) error {
	s, err := a.store(c, true)
	if err != nil {
		return err
	}
	if c.NArg() == 0 {
		return usagef("name the images to remove: nsbox rootfs rm NAME...")
	}
	ctx, signals := a.onSignals(c.Context)
	defer signals.stop()
	for _, name := range c.Args().Slice() {
		if err := s.Remove(ctx, name); err != nil {
			return err
		}
		a.out.say("removed %s", name)
	}
	return nil
}

func (a *App) collectGarbage(c *cli.Context) error {
	if err := noArguments(c); err != nil {
		return err
	}
	s, err := a.store(c, true)
	if err != nil {
		return err
	}
	ctx, signals := a.onSignals(c.Context)
	defer signals.stop()
	freed, err := s.GC(ctx)
	if err != nil {
		return err
	}
	a.out.say("freed %s: %s and %s", report.Size(int64(freed.Size)), count(freed.Layers, "unused layer"), count(freed.Trees, "unfinished tree"))
	if freed.Held > 0 {
		a.out.say("%s still in use; run this again later", count(freed.Held, "unused layer"))
	}
	return nil
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// inOrder puts the images names and what they are over into the order in which
// they must be built: the base first, so that it is tested by itself.
func inOrder(all recipes, names []string) ([]string, error) {
	var order []string
	var add func(name string, depth int) error
	add = func(name string, depth int) error {
		r := all[name]
		switch {
		case slices.Contains(order, name):
			return nil
		case r == nil:
			return all.unknown(name)
		case depth > len(all):
			return usagef("the recipe of image %q goes over itself", name)
		}
		below := image.BaseName
		if r.recipe != nil && r.recipe.Base != "" {
			below = r.recipe.Base
		}
		// One that has no recipe may have been imported.
		if name != image.BaseName && all[below] != nil {
			if err := add(below, depth+1); err != nil {
				return err
			}
		}
		order = append(order, name)
		return nil
	}
	for _, name := range names {
		if err := add(name, 0); err != nil {
			return nil, err
		}
	}
	return order, nil
}
