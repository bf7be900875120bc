package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/urfave/cli/v2"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/analyze"
	"github.com/nsbox/nsbox/nsbox/config"
	"github.com/nsbox/nsbox/nsbox/heal"
	"github.com/nsbox/nsbox/nsbox/heal/chain"
	"github.com/nsbox/nsbox/nsbox/report"
)

// healFlags are those of healing that no configuration sets.
func healFlags() []cli.Flag {
	return []cli.Flag{
		&cli.BoolFlag{Name: "no-heal", Usage: "run the program once, whatever comes of it"},
		&cli.BoolFlag{Name: "write", Usage: "store the mended source in its files"},
		&cli.StringFlag{Name: "expect-stdout", Usage: "the output that the program must have; with another it has failed"},
	}
}

// maxExpected is the most bytes of --expect-stdout.
const maxExpected = 64 << 20

// healOptions makes the options of a healing.
func (a *App) healOptions(c *cli.Context, cfg *config.Config) (nsbox.Options, error) {
	known, err := a.languages()
	if err != nil {
		return nsbox.Options{}, err
	}
	healers, err := a.healers(cfg)
	if err != nil {
		return nsbox.Options{}, err
	}
	opts := nsbox.Options{
		Analyzer: analyze.New(known), Healers: healers, HasCheck: heal.HasCheck(known),
		MaxIterations: cfg.MaxIterations, Timeout: cfg.HealTimeout.Std(), Vet: cfg.Vet, Limits: cfg.HealLimits,
		Run: a.runner(cfg),
	}
	if path := c.String("expect-stdout"); path != "" {
		if opts.ExpectStdout, err = readBounded(path, maxExpected); err != nil {
			return nsbox.Options{}, err
		}
	}
	return opts, nil
}

// healers makes the chain that --healer names.
func (a *App) healers(cfg *config.Config) ([]nsbox.Healer, error) {
	all, err := chain.New(cfg.Healer, cfg.Healers, a.find("nsbox-healer"))
	if unknown, ok := errors.AsType[*chain.UnknownError](err); ok {
		return nil, hint(usagef("unknown healer %q", unknown.Name), "%s", unknown.Hint())
	}
	if err != nil {
		return nil, &userError{message: err.Error(), class: err}
	}
	return all, nil
}

// readBounded reads a whole file; nil is never returned without an error.
func readBounded(path string, limit int64) ([]byte, error) {
	b := budget{bytes: maxTotalBytes - limit}
	f, err := b.readFile(path, filepath.Base(path), false)
	if err != nil {
		return nil, err
	}
	if f.Data == nil {
		f.Data = []byte{}
	}
	return f.Data, nil
}

// healing is one run of a program with healing, as a command sees it.
type healing struct {
	a        *App
	cfg      *config.Config
	opts     nsbox.Options
	paths    map[string]string
	write    bool
	progress *progress
}

// run runs req with healing on. Text output goes on as the first run's was: the
// part of the healed program's output is passed on that did not show before.
func (h *healing) run(ctx context.Context, req nsbox.Request, stdout *pass) (nsbox.Report, error) {
	own := req.OnEvent
	if own == nil && h.a.out.errTTY && !h.cfg.Quiet {
		// Output is passed on by writers; events only move the spinner.
		req.OnEvent = h.watch
	}
	rep, err := nsbox.Heal(ctx, req, h.opts)
	if h.progress != nil {
		h.progress.stop()
	}
	if err != nil {
		return rep, err
	}
	if stdout != nil && rep.Iterations > 1 && rep.Healed {
		if err := h.showRest(rep, stdout); err != nil {
			return rep, err
		}
	}
	if h.write && rep.Healed {
		return rep, h.store(req.Files, rep.Files)
	}
	return rep, nil
}

// runSilently is run for a program whose output goes into a report.
func (h *healing) runSilently(ctx context.Context, req nsbox.Request) (nsbox.Report, error) {
	rep, err := nsbox.Heal(ctx, req, h.opts)
	if err == nil && h.write && rep.Healed {
		err = h.store(req.Files, rep.Files)
	}
	return rep, err
}

// watch shows a spinner while a mended program runs.
func (h *healing) watch(e nsbox.Event) {
	if e.Type != nsbox.EventRerun {
		return
	}
	if h.progress == nil {
		h.progress = h.a.newProgress("healing")
	}
	h.progress.step("healing", fmt.Sprintf("run %d of at most %d", e.Iteration, h.opts.MaxIterations), -1)
}

// showRest passes the healed program's output on. Where it begins as the failed
// run's did, which has been seen, the rest follows; else all of it, after a word.
func (h *healing) showRest(rep nsbox.Report, stdout *pass) error {
	shown := rep.Original.Stdout
	if rep.Original.Stage == nsbox.StageCompile {
		shown = nil // the compiler's, and it went to stderr or nowhere else
	}
	cutShort := rep.Original.Truncated.Stdout.TotalBytes != rep.Original.Truncated.Stdout.KeptBytes
	rest, ok := bytes.CutPrefix(rep.Stdout, shown)
	if !ok || cutShort {
		h.a.out.say("the healed program prints:")
		rest = rep.Stdout
	}
	if _, err := stdout.Write(rest); err != nil {
		return nil //nolint:nilerr // stdout has it, and firstError asks for it
	}
	return nil
}

// store writes the files that healing changed back to where they came from.
func (h *healing) store(before, after []nsbox.File) error {
	for i, f := range after {
		if bytes.Equal(f.Data, before[i].Data) {
			continue
		}
		path := h.paths[f.Name]
		if path == "" {
			return usagef("%s has no file to be stored in", f.Name)
		}
		if err := replaceFile(path, f.Data); err != nil {
			return fmt.Errorf("store the mended source: %w", err)
		}
		if !h.cfg.Quiet {
			h.a.out.say("%s is mended", path)
		}
	}
	return nil
}

// replaceFile replaces a file's content at once, so that no reader sees half of
// it; the file keeps its mode. A symbolic link would be replaced itself, so it is
// refused.
func replaceFile(path string, data []byte) error {
	st, err := os.Lstat(path)
	if err != nil {
		return err
	}
	if !st.Mode().IsRegular() {
		return &fs.PathError{Op: "write", Path: path, Err: errors.New("not a regular file")}
	}
	tmp, err := os.CreateTemp(filepath.Dir(path), ".nsbox-*")
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name()) // fails where it was renamed
	_, err = tmp.Write(data)
	err = errors.Join(err, tmp.Chmod(st.Mode().Perm()), tmp.Sync(), tmp.Close())
	if err != nil {
		return err
	}
	return os.Rename(tmp.Name(), path)
}

// show says how the healing ended.
func (h *healing) show(rep nsbox.Report) {
	for _, line := range report.Healing(rep) {
		h.a.out.sayLine(line)
	}
}
