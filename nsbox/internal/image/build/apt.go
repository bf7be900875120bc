package build

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/internal/lazyre"
)

// The release that images are made of, whatever the host is.
const (
	release    = "bookworm"
	keyring    = "/usr/share/keyrings/debian-archive-keyring.gpg"
	listMaxAge = 6 * time.Hour
)

// apt is the host's apt-get, pointed at Debian's release and at lists and
// downloads of its own. It reads nothing of the host's configuration but how to
// reach the network, so no hook or pin of the host has a say in an image.
type apt struct {
	conf    string // the configuration file
	sources string // the sources.list
	cache   string
	stamp   string // its time is that of the last update
}

// newApt writes the configuration into dir.
func newApt(ctx context.Context, dir, cache string) (*apt, error) {
	if _, err := os.Stat(keyring); err != nil {
		return nil, fmt.Errorf("%w: %s is missing; run scripts/setup-host, or: apt-get install debian-archive-keyring", nsbox.ErrUnsupported, keyring)
	}
	a := &apt{
		conf:    filepath.Join(dir, "apt.conf"),
		sources: filepath.Join(dir, "sources.list"),
		cache:   filepath.Join(cache, "apt"),
	}
	a.stamp = filepath.Join(a.cache, "updated")
	// apt fetches as its own user, which must be able to come here.
	for _, d := range []string{cache, a.cache, a.archives(), filepath.Join(a.archives(), "partial"), filepath.Join(a.cache, "lists/partial"), filepath.Join(a.cache, "state")} {
		if err := os.MkdirAll(d, 0o755); err != nil {
			return nil, err
		}
	}
	sources, err := debianSources(ctx)
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(a.sources, []byte(sources), 0o644); err != nil {
		return nil, err
	}
	network, err := networkConf(ctx)
	if err != nil {
		return nil, err
	}
	conf := `Dir::Etc::main "/dev/null";
Dir::Etc::parts "/dev/null";
Dir::Etc::sourceparts "/dev/null";
Dir::Etc::preferences "/dev/null";
Dir::Etc::preferencesparts "/dev/null";
APT::Install-Recommends "false";
APT::Get::Assume-Yes "true";
Acquire::Languages "none";
Acquire::Retries "3";
Dpkg::Use-Pty "false";
Debug::NoLocking "true";
` + network +
		fmt.Sprintf("Dir::Etc::sourcelist %q;\n", a.sources) +
		fmt.Sprintf("Dir::State %q;\n", filepath.Join(a.cache, "state")) +
		fmt.Sprintf("Dir::State::lists %q;\n", filepath.Join(a.cache, "lists")) +
		fmt.Sprintf("Dir::Cache %q;\n", a.cache) +
		fmt.Sprintf("Dir::Log %q;\n", dir)
	if err := os.WriteFile(a.conf, []byte(conf), 0o644); err != nil {
		return nil, err
	}
	return a, nil
}

func (a *apt) archives() string { return filepath.Join(a.cache, "archives") }

// env points a command that runs apt at the configuration.
func (a *apt) env(cmd *exec.Cmd) *exec.Cmd {
	cmd.Env = append(cmd.Env, "APT_CONFIG="+a.conf, "DEBIAN_FRONTEND=noninteractive", "DEBCONF_NONINTERACTIVE_SEEN=true")
	return cmd
}

// update fetches the package lists unless that was done lately.
func (a *apt) update(ctx context.Context, say func(string, int), always bool) error {
	fi, err := os.Stat(a.stamp)
	sources, _ := os.ReadFile(a.sources)
	before, _ := os.ReadFile(a.stamp) // absent or unreadable: update
	if !always && err == nil && time.Since(fi.ModTime()) < listMaxAge && string(before) == string(sources) {
		return nil
	}
	cmd := a.env(command(ctx, "apt-get", "-o", "APT::Status-Fd=3", "update"))
	if err := runApt(cmd, "fetch package lists", say); err != nil {
		return step(ctx, "fetch package lists", err)
	}
	return os.WriteFile(a.stamp, sources, 0o644)
}

// download fetches the packages that are missing in a root filesystem whose
// dpkg status file is given.
func (a *apt) download(ctx context.Context, status string, packages []string, say func(string, int)) error {
	if err := a.update(ctx, say, false); err != nil {
		return err
	}
	fetch := func() error {
		return runApt(a.env(command(ctx, "apt-get", slices.Concat([]string{"-o", "APT::Status-Fd=3",
			"-o", "Dir::State::status=" + status, "-o", "Debug::NoLocking=true", "--download-only", "install"}, packages)...)),
			"download packages", say)
	}
	err := fetch()
	if err != nil && ctx.Err() == nil {
		// The lists may be older than the archive, which drops old versions.
		if err := a.update(ctx, say, true); err != nil {
			return err
		}
		err = fetch()
	}
	return step(ctx, "download packages", err)
}

// install installs what download fetched, inside the jail.
func (a *apt) install(ctx context.Context, j *jail, packages []string, say func(string, int)) error {
	inside := *j
	inside.cache = a.archives()
	cmd := a.env(inside.command(ctx, slices.Concat([]string{"apt-get", "-o", "APT::Status-Fd=3",
		"-o", "Dir::State::status=" + filepath.Join(j.root, "var/lib/dpkg/status"),
		"-o", "Dir::Cache::archives=" + filepath.Join(j.root, "tmp/cache"),
		"-o", "DPkg::Chroot-Directory=" + j.root,
		"--no-download", "install"}, packages)...))
	// dpkg runs in the image and looks for its own programs there.
	cmd.Env = append(cmd.Env, "PATH="+imagePath, "HOME=/tmp", "TMPDIR=/tmp")
	return step(ctx, "install packages", runApt(cmd, "install packages", say))
}

// debianSources is a sources.list of the release. On a Debian host of the same
// release the mirror is the host's own.
func debianSources(ctx context.Context) (string, error) {
	uri := map[string]string{
		release:               "http://deb.debian.org/debian",
		release + "-updates":  "http://deb.debian.org/debian",
		release + "-security": "http://deb.debian.org/debian-security",
	}
	out, err := run(command(ctx, "apt-get", "indextargets", "--format",
		"$(REPO_URI) $(RELEASE) $(COMPONENT) $(ORIGIN)", "Identifier: Packages"))
	if err != nil {
		return "", step(ctx, "read the host's apt sources", err)
	}
	for line := range strings.Lines(string(out)) {
		f := strings.Fields(line)
		// Only Debian's own packages, from a main that says so.
		if len(f) == 4 && f[2] == "main" && f[3] == "Debian" && uri[f[1]] != "" {
			uri[f[1]] = strings.TrimSuffix(f[0], "/")
		}
	}
	var b strings.Builder
	for _, suite := range []string{release, release + "-updates", release + "-security"} {
		fmt.Fprintf(&b, "deb [signed-by=%s] %s %s main\n", keyring, uri[suite], suite)
	}
	return b.String(), nil
}

// notNetwork are groups of apt's Acquire settings that say what to fetch, not
// how to reach it.
var notNetwork = lazyre.New(`^Acquire(::(IndexTargets|Languages|Changelogs|CompressionTypes|GzipIndexes|PDiffs|cdrom)\b.*)? "`)

// networkConf returns the host's settings about proxies, certificates, retries
// and the like.
func networkConf(ctx context.Context) (string, error) {
	out, err := run(command(ctx, "apt-config", "dump"))
	if err != nil {
		return "", step(ctx, "read the host's apt configuration", err)
	}
	var b strings.Builder
	for line := range strings.Lines(string(out)) {
		if strings.HasPrefix(line, "Acquire::") && !notNetwork.MatchString(line) {
			b.WriteString(line)
		}
	}
	return b.String(), nil
}
