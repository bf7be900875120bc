package probe

import (
	"errors"
	"net"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// What the probes find depends on the host; that they answer in a form that a
// reader can act on does not.
func TestKernelAnswers(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range append(Kernel(), Terminal()) {
		if seen[c.Group+c.Name] {
			t.Errorf("%s %s is there twice", c.Group, c.Name)
		}
		seen[c.Group+c.Name] = true
		switch c.Answer {
		case Yes:
			if c.Consequence != "" || c.Remedy != "" {
				t.Errorf("%s: yes, but with a consequence or remedy", c.Name)
			}
		case No, Unknown:
			if c.Consequence == "" || c.Remedy == "" || c.Detail == "" {
				t.Errorf("%s: %s without detail, consequence or remedy: %+v", c.Name, c.Answer, c)
			}
		default:
			t.Errorf("%s: answer %q", c.Name, c.Answer)
		}
		t.Logf("%-8s %s: %s %s", c.Answer, c.Group, c.Name, c.Detail)
	}
	for _, want := range []string{"system callsclone3", "namespacesnet", "confinementLandlock", "cgroupslayout"} {
		if !seen[want] {
			t.Errorf("no check %q", want)
		}
	}
}

func TestReady(t *testing.T) {
	for _, c := range []struct {
		check Check
		want  bool
	}{
		{Check{Need: Required, Answer: No}, false},
		{Check{Need: Required, Answer: Unknown}, true},
		{Check{Need: Wanted, Answer: No}, true},
	} {
		if got := Ready([]Check{{Need: Required, Answer: Yes}, c.check}); got != c.want {
			t.Errorf("%+v: ready %v", c.check, got)
		}
	}
}

func TestByErrno(t *testing.T) {
	for err, want := range map[error]Answer{
		nil: Yes, unix.ENOSYS: No, unix.EOPNOTSUPP: No, unix.EINVAL: No, unix.EPERM: Unknown, errors.New("x"): Unknown,
	} {
		if got, _ := byErrno(err); got != want {
			t.Errorf("%v: %s; want %s", err, got, want)
		}
	}
}

func TestParseLayout(t *testing.T) {
	const (
		v2line = "30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate\n"
		hybrid = "31 23 0:27 / /sys/fs/cgroup/memory rw shared:10 - cgroup cgroup rw,memory\n" +
			"32 23 0:28 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct\n" +
			"33 23 0:29 / /sys/fs/cgroup/pids rw - cgroup cgroup rw,pids\n" +
			"34 23 0:30 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n"
	)
	for name, c := range map[string]struct {
		text, layout, unified string
		v1                    map[string]string
	}{
		"v2":     {v2line, "v2", "/sys/fs/cgroup", map[string]string{}},
		"hybrid": {hybrid, "hybrid", "/sys/fs/cgroup/unified", map[string]string{"memory": "/sys/fs/cgroup/memory", "cpu": "/sys/fs/cgroup/cpu,cpuacct", "pids": "/sys/fs/cgroup/pids"}},
		"v1":     {strings.Split(hybrid, "\n")[0], "v1", "", map[string]string{"memory": "/sys/fs/cgroup/memory"}},
		"none":   {"22 1 0:21 / /proc rw - proc proc rw\ngarbage\n - x", "", "", map[string]string{}},
		"spaces": {`30 23 0:26 / /my\040cgroups rw - cgroup2 c rw`, "v2", "/my cgroups", map[string]string{}},
	} {
		l := parseLayout(c.text)
		if l.name() != c.layout || l.unified != c.unified || !reflect.DeepEqual(l.v1, c.v1) {
			t.Errorf("%s: %+v is %q", name, l, l.name())
		}
	}
}

func TestBlock(t *testing.T) {
	for text, want := range map[string]struct {
		answer Answer
		detail string
	}{
		"nsbox:2000:100\n":                    {Yes, ""},
		"alice:100000:65536\nnsbox:1000:5000": {Yes, ""},
		"":                                    {No, notReserved},
		"alice:100000:65536\n":                {No, notReserved},
		"nsbox:2000:99\n":                     {No, notReserved},
		"alice:2099:10\n":                     {No, `ids of it belong to "alice" (2099:10)`},
		"nsbox:2000:100\nbob:0:2001":          {No, `ids of it belong to "bob" (0:2001)`},
		"bob:0:2000\nbob:2100:5\nnonsense":    {No, notReserved},
	} {
		a, detail := block(text, 2000, 100)
		if a != want.answer || detail != want.detail {
			t.Errorf("%q: %s %q; want %s %q", text, a, detail, want.answer, want.detail)
		}
	}
}

func TestRegistered(t *testing.T) {
	const list = "nodev\tsysfs\nnodev\ttmpfs\n\text4\n"
	for fs, want := range map[string]Answer{"tmpfs": Yes, "ext4": Yes, "nodev": Unknown, "no-such-fs": Unknown} {
		if got, _ := registered(list, nil, fs); got != want {
			t.Errorf("%s: %s; want %s", fs, got, want)
		}
	}
}

func TestSysctl(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x")
	positive := func(n int) bool { return n > 0 }
	if a, _ := sysctl(path, positive, No); a != No {
		t.Errorf("absent: %s", a)
	}
	for text, want := range map[string]Answer{"1\n": Yes, "0\n": No, "many\n": Unknown} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if a, _ := sysctl(path, positive, No); a != want {
			t.Errorf("%q: %s; want %s", text, a, want)
		}
	}
}

func TestHelper(t *testing.T) {
	socket := filepath.Join(t.TempDir(), "s")
	if c := Helper(socket); c.Answer != No || c.Detail != "nobody listens on "+socket {
		t.Errorf("absent: %+v", c)
	}
	l, err := net.ListenUnix("unixpacket", &net.UnixAddr{Name: socket, Net: "unixpacket"})
	if err != nil {
		t.Fatal(err)
	}
	if c := Helper(socket); c.Answer != Yes {
		t.Errorf("listening: %+v", c)
	}
	l.SetUnlinkOnClose(false)
	l.Close()
	if c := Helper(socket); c.Answer != No {
		t.Errorf("closed: %+v", c)
	}
}

func TestTools(t *testing.T) {
	all := Tools(map[string]string{"sh": "dash", "no-such-tool-at-all": "some-package"})
	if len(all) != 2 || all[0].Answer != No || all[0].Remedy != "apt-get install some-package" || all[1].Answer != Yes {
		t.Errorf("%+v", all)
	}
}

func TestNewEnough(t *testing.T) {
	for release, want := range map[string]Answer{
		"6.1.0-18-amd64": Yes, "5.14.0": Yes, "5.4.0-150-generic": No, "4.19.0": No, "10.0": Yes, "": Unknown, "six": Unknown,
	} {
		if got, detail := newEnough(release); got != want || detail == "" {
			t.Errorf("%q: %s %q; want %s", release, got, detail, want)
		}
	}
}

// tree writes files below a new root.
func tree(t *testing.T, files map[string]string) string {
	t.Helper()
	root := t.TempDir()
	for name, text := range files {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

func TestContainer(t *testing.T) {
	for want, files := range map[string]map[string]string{
		"":            {"proc/1/environ": "HOME=/\x00TERM=linux\x00"},
		"docker":      {".dockerenv": ""},
		"podman":      {"run/.containerenv": ""},
		"lxc":         {"proc/1/environ": "HOME=/\x00container=lxc\x00"},
		"systemd-nsp": {"run/systemd/container": "systemd-nsp\n"},
	} {
		if got := container(tree(t, files)); got != want {
			t.Errorf("%v: %q; want %q", files, got, want)
		}
	}
}

func TestAppArmor(t *testing.T) {
	const (
		setting  = "proc/sys/kernel/apparmor_restrict_unprivileged_userns"
		profiles = "sys/kernel/security/apparmor/profiles"
		profile  = "etc/apparmor.d/nsbox-helper"
	)
	for name, c := range map[string]struct {
		files map[string]string
		want  Answer
	}{
		"a kernel without the setting":    {nil, Yes},
		"not restricted":                  {map[string]string{setting: "0\n"}, Yes},
		"restricted":                      {map[string]string{setting: "1\n", profiles: "bwrap (unconfined)\n"}, No},
		"restricted, profile not loaded":  {map[string]string{setting: "1\n", profiles: "bwrap (unconfined)\n", profile: ""}, No},
		"restricted, profile loaded":      {map[string]string{setting: "1\n", profiles: "x (enforce)\nnsbox-helper (unconfined)\n", profile: ""}, Yes},
		"restricted, and nobody can tell": {map[string]string{setting: "1\n", profile: ""}, Unknown},
	} {
		if got, detail := appArmor(tree(t, c.files)); got != c.want || detail == "" {
			t.Errorf("%s: %s %q; want %s", name, got, detail, c.want)
		}
	}
}
