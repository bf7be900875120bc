package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/internal/image"
	"github.com/nsbox/nsbox/nsbox/internal/image/build"
	"github.com/nsbox/nsbox/nsbox/internal/suggest"
	"github.com/nsbox/nsbox/nsbox/language"
	"github.com/nsbox/nsbox/nsbox/report"
)

// imageRecipe is an image that can be built, and the languages that run in it.
// The base has no recipe.
type imageRecipe struct {
	recipe    *language.Recipe
	languages []*language.Language
}

type recipes map[string]*imageRecipe

func recipesOf(known *language.Registry) recipes {
	// The base is what all images are over; languages may be content with it.
	all := recipes{image.BaseName: {}}
	for _, l := range known.All() {
		if l.Recipe != nil {
			all[l.Image] = &imageRecipe{recipe: l.Recipe}
		}
	}
	for name, r := range all {
		r.languages = runningIn(known, name)
	}
	return all
}

// runningIn returns the languages whose programs run in an image.
func runningIn(known *language.Registry, image string) []*language.Language {
	var in []*language.Language
	for _, l := range known.All() {
		if l.Image == image {
			in = append(in, l)
		}
	}
	return in
}

func (r recipes) names() []string {
	var names []string
	for n := range r {
		names = append(names, n)
	}
	slices.Sort(names)
	return names
}

func (r recipes) unknown(name string) error {
	e := &userError{message: fmt.Sprintf("there is no language or recipe %q", name), class: nsbox.ErrLanguage}
	if near := suggest.Nearest(name, r.names()); near != "" {
		return hint(e, "did you mean %q?", near)
	}
	return hint(e, "there are %s", strings.Join(r.names(), ", "))
}

func (a *App) buildImages(c *cli.Context) error {
	s, err := a.store(c, true)
	if err != nil {
		return err
	}
	known, err := a.languages()
	if err != nil {
		return err
	}
	all := recipesOf(known)
	var names []string
	switch {
	case c.Bool("all") && c.NArg() > 0:
		return usagef("name images, or write --all, but not both")
	case c.Bool("all"):
		names = all.names()
	case c.NArg() == 0:
		return hint(usagef("name the images to build, or write --all"), "there are %s", strings.Join(all.names(), ", "))
	}
	for _, n := range c.Args().Slice() {
		if l, err := known.Lookup(n); err == nil && all[n] == nil {
			n = l.Image
		}
		names = append(names, n)
	}
	order, err := inOrder(all, names)
	if err != nil {
		return err
	}
	ctx, signals := a.onSignals(c.Context)
	defer signals.stop()
	var failed []string
	for _, name := range order {
		err := a.buildImage(ctx, s, name, all[name], c.Bool("force"))
		if ctx.Err() != nil {
			a.out.say("interrupted; image %s is as it was", name)
			return quietly(signals.status())
		}
		if err != nil {
			a.out.say("%s", trimClass(err))
			failed = append(failed, name)
		}
	}
	if len(failed) > 0 {
		if len(order) > 1 {
			a.out.say("%d of %d images could not be built: %s", len(failed), len(order), strings.Join(failed, ", "))
		}
		return quietly(exitFailed)
	}
	return nil
}

func (a *App) buildImage(ctx context.Context, s *image.Store, name string, r *imageRecipe, force bool) error {
	began := time.Now()
	p := a.newProgress(name)
	defer p.stop()
	o := build.Options{Force: force, Progress: func(e build.Event) { p.step(e.Image, e.Step, e.Percent) }}
	built := false
	versions := map[string]string{}
	o.Keys = commands(r.languages)
	o.Test = func(ctx context.Context, img *image.Image) (err error) {
		built = true
		versions, err = a.testImage(ctx, s, img, r.languages)
		return err
	}
	img, err := build.Build(ctx, s, name, r.recipe, o)
	p.stop()
	if err != nil {
		return err
	}
	info, err := s.Info(name)
	if err != nil {
		return err
	}
	size := fmt.Sprintf("%s, %s of its own", report.Size(int64(info.Size)), report.Size(int64(info.OwnSize)))
	if !built {
		a.out.say("image %s is up to date (%s)", name, size)
		if !readVersions(s.Dir()).lack(r.languages, img.Digest) {
			return nil
		}
		if versions, err = a.askVersions(ctx, s.Dir(), r.languages); err != nil {
			return err
		}
		return rememberVersions(s.Dir(), img.Digest, versions)
	}
	a.out.say("image %s is built (%s) in %s", name, size, time.Since(began).Round(time.Second))
	for _, l := range r.languages {
		if v := versions[l.Name]; v != "" {
			a.out.say("%s: %s", l.Name, v)
		}
	}
	return rememberVersions(s.Dir(), img.Digest, versions)
}

func rememberVersions(dir, digest string, found map[string]string) error {
	if len(found) == 0 {
		return nil
	}
	all := readVersions(dir)
	for l, v := range found {
		all[l] = version{Digest: digest, Version: v}
	}
	if err := all.write(dir); err != nil {
		return fmt.Errorf("remember the toolchains' versions: %w", err)
	}
	return nil
}

// commands are where the languages' commands can be in an image; the store
// watches those that are there.
func commands(languages []*language.Language) []string {
	var paths []string
	add := func(argv []string) {
		if len(argv) == 0 || strings.Contains(argv[0], "{") {
			return
		}
		if strings.HasPrefix(argv[0], "/") {
			paths = append(paths, argv[0])
		} else if !strings.Contains(argv[0], "/") {
			paths = append(paths, "/usr/local/bin/"+argv[0], "/usr/bin/"+argv[0])
		}
	}
	for _, l := range languages {
		add(l.Run.Argv)
		if l.Compile != nil {
			add(l.Compile.Argv)
		}
		if l.Check != nil {
			add(l.Check.Argv)
		}
	}
	return paths
}
