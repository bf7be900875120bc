package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/internal/image"
	"github.com/nsbox/nsbox/nsbox/language"
	"github.com/nsbox/nsbox/nsbox/report"
)

// A trial is a helper of its own that sees images which are not published yet.
// It listens in a directory that only root can enter.
type trial struct {
	client nsbox.Client
	cmd    *exec.Cmd
	dir    string
	done   chan error
}

// trialStart is how long a helper may take until it listens.
const trialStart = 20 * time.Second

// testImage runs the hello program of every language in img, which is not
// published yet, and returns what the toolchains say of their versions.
func (a *App) testImage(ctx context.Context, s *image.Store, img *image.Image, languages []*language.Language) (versions map[string]string, err error) {
	remove, err := s.Candidate(img)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, remove()) }()
	t, err := a.newTrial(ctx, s.Dir(), languages)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, t.stop()) }()
	for _, l := range languages {
		if err := t.hello(ctx, l); err != nil {
			return nil, err
		}
	}
	return t.versions(ctx, languages)
}

// askVersions asks the toolchains of an image that is published.
func (a *App) askVersions(ctx context.Context, images string, languages []*language.Language) (versions map[string]string, err error) {
	t, err := a.newTrial(ctx, images, languages)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, t.stop()) }()
	return t.versions(ctx, languages)
}

func (t *trial) versions(ctx context.Context, languages []*language.Language) (map[string]string, error) {
	versions := map[string]string{}
	for _, l := range languages {
		if len(l.Version) == 0 {
			continue
		}
		v, err := t.version(ctx, l)
		if err != nil {
			return nil, err
		}
		versions[l.Name] = v
	}
	return versions, nil
}

func (a *App) newTrial(ctx context.Context, images string, languages []*language.Language) (*trial, error) {
	helper := a.find("nsbox-helper")
	if helper == "" {
		return nil, fmt.Errorf("%w: nsbox-helper, which tests images, is not installed", nsbox.ErrNoHelper)
	}
	dir, err := os.MkdirTemp("", "nsbox-trial-")
	if err != nil {
		return nil, err
	}
	t := &trial{dir: dir, done: make(chan error, 1)}
	extra := filepath.Join(dir, "languages.d")
	if err := writeProbes(extra, languages); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	socket := filepath.Join(dir, "socket")
	t.cmd = exec.Command(helper, "serve", "--candidates", "--images", images, "--languages", extra, "--socket", socket)
	t.cmd.Stderr = os.Stderr
	// A Ctrl-C is for this command, which then stops the helper.
	t.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Pdeathsig: syscall.SIGTERM}
	if err := t.cmd.Start(); err != nil {
		return nil, errors.Join(fmt.Errorf("start the helper: %w", err), os.RemoveAll(dir))
	}
	go func() { t.done <- t.cmd.Wait() }()
	deadline := time.Now().Add(trialStart)
	for {
		if _, err := os.Stat(socket); err == nil {
			t.client = nsbox.Client{Socket: socket}
			return t, nil
		}
		select {
		case err := <-t.done:
			t.done <- err
			return nil, errors.Join(fmt.Errorf("the helper that tests images ended: %w", err), t.stop())
		case <-ctx.Done():
			return nil, errors.Join(ctx.Err(), t.stop())
		case <-time.After(5 * time.Millisecond):
		}
		if time.Now().After(deadline) {
			return nil, errors.Join(fmt.Errorf("the helper that tests images does not listen after %s", trialStart), t.stop())
		}
	}
}

func (t *trial) stop() error {
	_ = t.cmd.Process.Signal(syscall.SIGTERM) // it may have ended
	<-t.done                                  //nolint:errcheck // its exit status says nothing that its clients have not heard
	return os.RemoveAll(t.dir)
}

// hello runs the language's hello program.
func (t *trial) hello(ctx context.Context, l *language.Language) error {
	res, err := t.client.Run(ctx, nsbox.Request{
		Language: l.Name, Files: []nsbox.File{{Name: l.Main, Data: []byte(l.Hello)}},
	})
	if err != nil {
		return fmt.Errorf("hello in %s: %w", l.Name, err)
	}
	if res.Verdict != nsbox.OK || string(res.Stdout) != "hello\n" {
		return fmt.Errorf("hello in %s: %s", l.Name, misbehaved(res))
	}
	return nil
}

// version asks the toolchain what it is. Commands print that to either stream.
func (t *trial) version(ctx context.Context, l *language.Language) (string, error) {
	res, err := t.client.Run(ctx, nsbox.Request{
		Language: probeName(l), Files: []nsbox.File{{Name: "empty", Data: []byte("\n")}},
	})
	if err != nil {
		return "", fmt.Errorf("version of %s: %w", l.Name, err)
	}
	if res.Verdict != nsbox.OK {
		return "", fmt.Errorf("version of %s: %s", l.Name, misbehaved(res))
	}
	text := strings.TrimSpace(string(res.Stdout))
	if text == "" {
		text = strings.TrimSpace(string(res.Stderr))
	}
	line, _, _ := strings.Cut(text, "\n")
	return report.Escape(line[:min(len(line), 200)]), nil
}

func misbehaved(res nsbox.Result) string {
	text := fmt.Sprintf("%s, exit status %d", res.Verdict, res.ExitCode)
	for _, line := range report.Explain(res) {
		text += "; " + line
	}
	out := strings.TrimSpace(string(res.Stdout) + string(res.Stderr))
	if len(out) > 2000 {
		out = "..." + out[len(out)-2000:]
	}
	if out != "" {
		text += "; it printed:\n" + out
	}
	return text
}

func probeName(l *language.Language) string { return "version-of-" + l.Name }

// writeProbes writes a language for each language, whose programs are the
// toolchain's version command, and copies the administrator's languages.
func writeProbes(dir string, languages []*language.Language) error {
	if err := os.Mkdir(dir, 0o755); err != nil {
		return err
	}
	own, err := filepath.Glob(filepath.Join(language.UserDir, "*.toml"))
	if err != nil {
		return err
	}
	for _, path := range own {
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, filepath.Base(path)), b, 0o644); err != nil {
			return err
		}
	}
	for _, l := range languages {
		if len(l.Version) == 0 {
			continue
		}
		text := probeText(l)
		if _, err := language.Decode(probeName(l), []byte(text)); err != nil {
			return fmt.Errorf("version command of %s: %w", l.Name, err)
		}
		if err := os.WriteFile(filepath.Join(dir, probeName(l)+".toml"), []byte(text), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// probeText is the file of the language that runs l's version command.
func probeText(l *language.Language) string {
	var argv, env []string
	for _, arg := range l.Version {
		argv = append(argv, tomlString(arg))
	}
	argv = append(argv, tomlString("{args}")) // every language must have a place for them
	for _, e := range l.Run.Env {
		if !strings.Contains(e, "{") {
			env = append(env, tomlString(e))
		}
	}
	return fmt.Sprintf("name = %s\ntitle = %s\nmain = \"empty\"\nhello = \"unused\"\nimage = %s\n[run]\nargv = [%s]\nenv = [%s]\n",
		tomlString(probeName(l)), tomlString(l.Title), tomlString(l.Image), strings.Join(argv, ", "), strings.Join(env, ", "))
}

// tomlString quotes s as TOML's basic string; the escapes are JSON's.
func tomlString(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteRune('\\')
			b.WriteRune(r)
		case r < 0x20 || r == 0x7f:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
