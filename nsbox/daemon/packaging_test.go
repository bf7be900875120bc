package daemon_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/nsbox/nsbox/nsbox/internal/nstest"
)

// unit renders a unit of scripts/packaging as an installation does.
func unit(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(nstest.ModuleRoot(t), "scripts/packaging", name))
	if err != nil {
		t.Fatal(err)
	}
	return strings.NewReplacer("@BIN@", "/usr/bin", "@LIBEXEC@", "/usr/libexec/nsbox", "@ETC@", "/etc/nsbox").Replace(string(b))
}

var exposure = regexp.MustCompile(`Overall exposure level for \S+: (\d+\.\d+)`)

// exposed is what systemd-analyze security says of a unit, from 0 to 10.
func exposed(t *testing.T, name, text string) float64 {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("systemd-analyze", "security", "--offline=true", "--no-pager", path).CombinedOutput()
	m := exposure.FindSubmatch(out)
	if err != nil || m == nil {
		t.Fatalf("systemd-analyze: %v: %s", err, out)
	}
	level, err := strconv.ParseFloat(string(m[1]), 64)
	if err != nil {
		t.Fatal(err)
	}
	return level
}

func TestDaemonUnitIsHardened(t *testing.T) {
	if _, err := exec.LookPath("systemd-analyze"); err != nil {
		nstest.Skip(t, "there is no systemd-analyze: run scripts/setup-host --test")
	}
	text := unit(t, "nsboxd.service")
	// As it comes, and as it is for who serves others than this host.
	open := regexp.MustCompile(`(?m)^IPAddress.*\n`).ReplaceAllString(text, "")
	for name, text := range map[string]string{"as it comes": text, "open to others": open} {
		level := exposed(t, "nsboxd.service", text)
		t.Logf("%s: %.1f", name, level)
		if level >= 2 {
			t.Errorf("%s: the exposure is %.1f; it must be below 2.0", name, level)
		}
	}
	if level := exposed(t, "nsboxd.service", strings.ReplaceAll(text, "SystemCallFilter", "X-Filter")); level < 2 {
		t.Errorf("without its filter the exposure is still %.1f: this test proves nothing", level)
	}
}

func TestDebianPackage(t *testing.T) {
	nstest.RequireRoot(t)
	root := nstest.ModuleRoot(t)
	nstest.RequireFile(t, filepath.Join(root, "bin", "nsboxd"), "run make build")
	out := t.TempDir()
	cmd := exec.Command("scripts/deb")
	cmd.Dir = root
	cmd.Env = append(os.Environ(), "VERSION=v1.2.3-4-gabc", "OUT="+out, "COMPRESSION=none", "MAKEFLAGS=")
	said, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("scripts/deb: %v: %s", err, said)
	}
	pkg := filepath.Join(out, fmt.Sprintf("nsbox_1.2.3+4.gabc_%s.deb", strings.TrimSpace(run(t, "dpkg", "--print-architecture"))))
	if got := run(t, "dpkg-deb", "-f", pkg, "Package", "Version", "Depends"); !strings.Contains(got, "Version: 1.2.3+4.gabc") || !strings.Contains(got, "libseccomp2") || strings.Contains(got, "@") {
		t.Errorf("the control file says %q", got)
	}
	want := map[string]string{
		"./usr/bin/nsbox": "-rwxr-xr-x", "./usr/bin/nsboxd": "-rwxr-xr-x", "./usr/libexec/nsbox/nsbox-helper": "-rwxr-xr-x",
		"./usr/libexec/nsbox/nsbox-init": "-rwxr-xr-x", "./usr/libexec/nsbox/nsbox-healer": "-rwxr-xr-x",
		"./usr/lib/systemd/system/nsboxd.service": "-rw-r--r--", "./usr/lib/systemd/system/nsboxd.socket": "-rw-r--r--",
		"./usr/lib/systemd/system/nsbox-helper.service": "-rw-r--r--", "./usr/lib/sysusers.d/nsbox.conf": "-rw-r--r--",
		"./usr/lib/tmpfiles.d/nsbox.conf": "-rw-r--r--", "./usr/share/doc/nsbox/copyright": "-rw-r--r--",
		"./usr/share/man/man1/nsbox.1.gz": "-rw-r--r--", "./etc/nsbox/nsbox.toml": "-rw-r--r--", "./etc/nsbox/helper.toml": "-rw-r--r--",
	}
	for line := range strings.Lines(run(t, "dpkg-deb", "-c", pkg)) {
		f := strings.Fields(line)
		mode, owner, name := f[0], f[1], f[5]
		if owner != "root/root" {
			t.Errorf("%s belongs to %s", name, owner)
		}
		if mode[8] == 'w' || strings.ContainsAny(mode, "sStT") {
			t.Errorf("%s has the mode %s", name, mode)
		}
		if strings.HasPrefix(name, "./usr/local") || strings.HasPrefix(name, "./var") || strings.HasPrefix(name, "./run") {
			t.Errorf("%s has no place in a package", name)
		}
		if m, ok := want[name]; ok && m != mode {
			t.Errorf("%s has the mode %s, not %s", name, mode, m)
		}
		delete(want, name)
	}
	for name := range want {
		t.Errorf("%s is missing", name)
	}

	// dpkg takes it apart into a root of its own, without its scripts.
	dir := t.TempDir()
	for _, d := range []string{"var/lib/dpkg/info", "var/lib/dpkg/updates"} {
		if err := os.MkdirAll(filepath.Join(dir, d), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "var/lib/dpkg/status"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	run(t, "dpkg", "--root="+dir, "--force-depends", "--unpack", pkg)
	b, err := os.ReadFile(filepath.Join(dir, "usr/lib/systemd/system/nsboxd.service"))
	if err != nil || string(b) != unit(t, "nsboxd.service") {
		t.Errorf("the unit that was unpacked is %q (%v)", b, err)
	}
	conffiles, err := os.ReadFile(filepath.Join(dir, "var/lib/dpkg/info/nsbox.conffiles"))
	if err != nil || !strings.Contains(string(conffiles), "/etc/nsbox/helper.toml") {
		t.Errorf("conffiles: %q, %v", conffiles, err)
	}
	for _, script := range []string{"postinst", "prerm", "postrm"} {
		run(t, "sh", "-n", filepath.Join(dir, "var/lib/dpkg/info/nsbox."+script))
	}
}

func run(t *testing.T, name string, args ...string) string {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Env = append(os.Environ(), "PATH="+os.Getenv("PATH")+":/usr/sbin:/sbin", "LC_ALL=C")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %q: %v: %s", name, args, err, out)
	}
	return string(out)
}
