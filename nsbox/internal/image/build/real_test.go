package build

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/nsbox/nsbox/nsbox/internal/image"
	"github.com/nsbox/nsbox/nsbox/internal/nstest"
	"github.com/nsbox/nsbox/nsbox/language"
)

// realStore returns a store in which real images can be built: on a filesystem
// that takes layers, with the machine's cache of downloads.
func realStore(t *testing.T) *image.Store {
	t.Helper()
	nstest.RequireRoot(t)
	if _, err := lookPath("mmdebstrap"); err != nil {
		nstest.Skip(t, err.Error())
	}
	dir := t.TempDir()
	if err := checkFilesystem(dir); err != nil {
		nstest.Skip(t, err.Error())
	}
	s, err := image.Open(filepath.Join(dir, "store"))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// inImage runs a command in an image by chroot, in a mount namespace of its own.
func inImage(t *testing.T, img *image.Image, script string) string {
	t.Helper()
	dir := t.TempDir()
	mount := `mount -t overlay -o "ro,lowerdir=$2" image "$1"`
	if len(img.Layers) == 1 {
		mount = `mount --bind "$2" "$1"`
	}
	cmd := exec.Command("unshare", "--mount", "--propagation", "private", "sh", "-euc",
		mount+`; mount -t tmpfs dev "$1/dev"; : >"$1/dev/null"; mount --bind /dev/null "$1/dev/null"; exec chroot --userspec=1000:1000 "$1" /bin/sh -c "$3"`, "sh", dir, strings.Join(img.Layers, ":"), script)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Errorf("in image %s: %s: %v: %s", img.Name, script, err, out)
	}
	return string(out)
}

// recipe has a bit of everything that is quick: a small package, a script that
// makes, changes and removes files of the base, and removals.
var recipe = &language.Recipe{
	Packages: []string{"hostname", "bc"},
	Script: `
test "$(id -u)" = 0
test "$HOME" = /tmp
test -c /dev/null
test ! -e /dev/sda
grep -q /proc /proc/mounts
# Only the loopback that nobody brought up: no network.
test "$(ls /sys/class/net 2>/dev/null | wc -l)" = 0
test "$(grep -c : /proc/net/dev)" = 1
echo made > /usr/local/made
echo changed >> /etc/profile
rm /usr/bin/shred
touch /var/log/junk /tmp/junk /var/cache/junk
cp /bin/true /usr/local/setuid && chmod 6755 /usr/local/setuid
`,
	Remove: []string{"/usr/share/doc/b*", "/usr/share/common-licenses", "/not/there"},
}

func TestBuildForReal(t *testing.T) {
	s := realStore(t)
	before := nstest.Take(t, nstest.Scope{Root: os.Getpid()})
	steps := map[string]bool{}
	var tested *image.Image
	o := Options{
		Progress: func(e Event) { steps[e.Image+": "+e.Step] = true },
		Test: func(_ context.Context, img *image.Image) error {
			tested = img
			if _, err := s.Get("tiny"); err == nil {
				t.Error("the image can be used before it is tested")
			}
			return nil
		},
		Keys: []string{"/usr/bin/bc"},
	}
	img, err := Build(t.Context(), s, "tiny", recipe, o)
	if err != nil {
		t.Fatal(err)
	}
	if tested == nil || tested.Digest != img.Digest {
		t.Errorf("tested %+v, got %+v", tested, img)
	}
	for _, want := range []string{"base: make the base (mmdebstrap)", "tiny: install packages", "tiny: run the recipe's script"} {
		if !steps[want] && !steps[strings.Replace(want, "base:", "tiny:", 1)] {
			t.Errorf("step %q is not reported: %v", want, steps)
		}
	}
	if len(img.Layers) != 2 {
		t.Fatalf("layers: %q", img.Layers)
	}
	for script, want := range map[string]string{
		"echo 6*7 | bc":                                "42\n",
		"cat /usr/local/made /etc/hostname":            "made\nnsbox\n",
		"tail -n 1 /etc/profile":                       "changed\n",
		"ls /usr/bin/shred 2>/dev/null || echo gone":   "gone\n",
		"ls -d /usr/share/doc/b* 2>&1 | grep -c bash":  "0\n",
		"id -un; cd /tmp && pwd; date +%Z":             "sandbox\n/tmp\nUTC\n",
		"ls -A /tmp /var/log /var/cache /workspace":    "/tmp:\n\n/var/cache:\n\n/var/log:\n\n/workspace:\n",
		"ls /etc/apt /var/lib/apt 2>/dev/null | wc -l": "0\n",
		"cat /etc/resolv.conf":                         "",
		"stat -c %a /usr/local/setuid":                 "755\n",
		"locale -a | grep -ci c.utf":                   "1\n",
	} {
		// What fails ends with another status, as grep -c does for 0.
		if got := inImage(t, img, script+"; true"); got != want {
			t.Errorf("%s: %q, want %q", script, got, want)
		}
	}
	for _, l := range img.Layers {
		checkLayer(t, l)
	}
	nstest.RequireSame(t, before, 10*time.Second, func() nstest.Snapshot { return nstest.Take(t, nstest.Scope{Root: os.Getpid()}) })

	t.Run("unchanged", func(t *testing.T) {
		tested = nil
		again, err := Build(t.Context(), s, "tiny", recipe, o)
		if err != nil || again.Digest != img.Digest || tested != nil {
			t.Errorf("%+v, %v; tested again: %v", again, err, tested != nil)
		}
	})
	t.Run("over another image", func(t *testing.T) {
		over, err := Build(t.Context(), s, "over", &language.Recipe{Base: "tiny", Script: "rm -r /usr/local/made /usr/share/perl5; mkdir /usr/share/perl5"}, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if len(over.Layers) != 3 {
			t.Errorf("layers: %q", over.Layers)
		}
		// A directory made anew hides what the base has in it.
		if got := inImage(t, over, "ls /usr/local/made 2>/dev/null; ls /usr/share/perl5; echo 1+1 | bc"); got != "2\n" {
			t.Errorf("got %q", got)
		}
		if err := s.Verify(t.Context(), "over"); err != nil {
			t.Error(err)
		}
	})
	t.Run("a failing script", func(t *testing.T) {
		_, err := Build(t.Context(), s, "tiny", &language.Recipe{Script: "echo what went wrong >&2; exit 3"}, Options{})
		if err == nil || !strings.Contains(err.Error(), "what went wrong") || !strings.Contains(err.Error(), "script") {
			t.Errorf("got %v", err)
		}
		checkUnharmed(t, s, img)
	})
	t.Run("cancelled", func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
		defer cancel()
		_, err := Build(ctx, s, "tiny", &language.Recipe{Script: "sleep 300 & sleep 300"}, Options{})
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
		checkUnharmed(t, s, img)
		nstest.RequireSame(t, before, 10*time.Second, func() nstest.Snapshot { return nstest.Take(t, nstest.Scope{Root: os.Getpid()}) })
	})
	t.Run("killed", func(t *testing.T) { testKilled(t, s, img, before) })
}

// checkLayer makes sure that a layer has nothing in it that no image may have.
func checkLayer(t *testing.T, dir string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		var st unix.Stat_t
		if err := unix.Lstat(path, &st); err != nil {
			return err
		}
		if st.Mode&unix.S_IFMT != unix.S_IFLNK && st.Mode&(unix.S_ISUID|unix.S_ISGID) != 0 {
			t.Errorf("%s has mode %o", path, st.Mode)
		}
		if k := st.Mode & unix.S_IFMT; k == unix.S_IFBLK || k == unix.S_IFIFO || k == unix.S_IFCHR && st.Rdev != 0 {
			t.Errorf("%s is a device or fifo", path)
		}
		if n, err := unix.Lgetxattr(path, "security.capability", make([]byte, 64)); err == nil && n > 0 {
			t.Errorf("%s has file capabilities", path)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// checkUnharmed makes sure that the image is as it was and that nothing of the
// change is left.
func checkUnharmed(t *testing.T, s *image.Store, img *image.Image) {
	t.Helper()
	if now, err := s.Get(img.Name); err != nil || now.Digest != img.Digest {
		t.Errorf("image %s: %+v, %v", img.Name, now, err)
	}
	left, err := os.ReadDir(filepath.Join(s.Dir(), "tmp"))
	if err != nil || len(left) != 0 {
		t.Errorf("left in tmp: %v, %v", left, err)
	}
}

const killedEnv = "NSBOX_TEST_BUILD_STORE"

// TestKilledBuild is no test of its own: testKilled starts it in a process that
// it kills.
func TestKilledBuild(t *testing.T) {
	dir := os.Getenv(killedEnv)
	if dir == "" {
		return
	}
	s, err := image.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	_, err = Build(t.Context(), s, "tiny", &language.Recipe{Script: "touch /usr/started; sleep 300 & sleep 300"}, Options{})
	t.Fatalf("the build was not killed: %v", err)
}

// testKilled kills a build with SIGKILL in the middle of its script: its
// processes and mounts end with it, and the next change removes the rest.
func testKilled(t *testing.T, s *image.Store, img *image.Image, before nstest.Snapshot) {
	nstest.BecomeSubreaper(t)
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(exe, "-test.run=^TestKilledBuild$")
	cmd.Env = append(os.Environ(), killedEnv+"="+s.Dir())
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		if found, _ := filepath.Glob(filepath.Join(s.Dir(), "tmp/*/layer/usr/started")); len(found) == 1 {
			break
		}
		if time.Now().After(end) {
			t.Errorf("the build does not get to its script: %s", out.String())
			break
		}
	}
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
	nstest.RequireSame(t, before, 10*time.Second, func() nstest.Snapshot {
		nstest.Reap(t)
		return nstest.Take(t, nstest.Scope{Root: os.Getpid()})
	})
	freed, err := s.GC(t.Context())
	if err != nil || freed.Trees != 1 {
		t.Errorf("GC: %+v, %v; want the killed build's tree removed", freed, err)
	}
	checkUnharmed(t, s, img)
}
