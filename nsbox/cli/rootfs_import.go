package cli

import (
	"context"
	"fmt"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/nsbox/nsbox/nsbox/internal/image"
	"github.com/nsbox/nsbox/nsbox/internal/image/oci"
	"github.com/nsbox/nsbox/nsbox/report"
)

func (a *App) importCommand(images []cli.Flag) *cli.Command {
	return &cli.Command{
		Name: "import", Usage: "make an image of a container image that others built",
		UsageText: "nsbox rootfs import [flags] NAME SOURCE",
		Description: "# what docker save wrote\nsudo nsbox rootfs import tools tools.tar\n" +
			"# an OCI layout\nsudo nsbox rootfs import tools oci:layout:latest\n" +
			"# from a registry\nsudo nsbox rootfs import tools docker://docker.io/library/debian:bookworm-slim",
		ArgsUsage: "A language uses it by its name: image = \"NAME\" in its file. Where languages do, their\n" +
			"hello programs must work in it, or the import fails.",
		Flags:  images,
		Action: a.importImage,
	}
}

func (a *App) importImage(c *cli.Context) error {
	s, err := a.store(c, true)
	if err != nil {
		return err
	}
	if c.NArg() != 2 {
		return usagef("write a name and a source: nsbox rootfs import NAME SOURCE")
	}
	known, err := a.languages()
	if err != nil {
		return err
	}
	name := c.Args().Get(0)
	languages := runningIn(known, name)
	ctx, signals := a.onSignals(c.Context)
	defer signals.stop()
	began := time.Now()
	p := a.newProgress(name)
	defer p.stop()
	versions := map[string]string{}
	img, err := oci.Import(ctx, s, name, c.Args().Get(1), oci.Options{
		Keys:     commands(languages),
		Progress: func(e oci.Event) { p.step(name, e.Step, e.Percent) },
		Test: func(ctx context.Context, img *image.Image) (err error) {
			if len(languages) > 0 {
				versions, err = a.testImage(ctx, s, img, languages)
			}
			return err
		},
	})
	p.stop()
	if ctx.Err() != nil {
		a.out.say("interrupted; image %s is as it was", name)
		return quietly(signals.status())
	}
	if err != nil {
		return &userError{message: trimClass(err), class: err}
	}
	info, err := s.Info(name)
	if err != nil {
		return err
	}
	a.out.say("image %s is imported (%s) in %s", name, report.Size(int64(info.Size)), time.Since(began).Round(time.Second))
	if len(languages) == 0 {
		a.out.say("no language uses it yet; docs/languages.md shows how one does")
	}
	if err := rememberVersions(s.Dir(), img.Digest, versions); err != nil {
		return fmt.Errorf("image %s: %w", name, err)
	}
	return nil
}
