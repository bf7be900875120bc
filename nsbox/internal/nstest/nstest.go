// Package nstest helps tests that need real privileges, real images or a real
// kernel, and counts what a sandbox could leave behind on the host.
package nstest

import (
	"os"
	"path/filepath"
	"testing"
)

// NoSkipEnv names the environment variable that forbids skipping. CI sets it
// to 1: there a test that cannot run is a failure.
const NoSkipEnv = "NSBOX_CI_NO_SKIP"

// Skip skips the test with a reason, or fails it where skipping is forbidden.
// Every skip in the module goes through here.
func Skip(t testing.TB, reason string) {
	t.Helper()
	if os.Getenv(NoSkipEnv) == "1" {
		t.Fatalf("skipping is forbidden by %s=1, and this test cannot run: %s", NoSkipEnv, reason)
	}
	t.Skip(reason)
}

// RequireRoot skips the test unless it runs as root.
func RequireRoot(t testing.TB) {
	t.Helper()
	if os.Geteuid() != 0 {
		Skip(t, "needs root: run sudo make test")
	}
}

// RequireFile skips the test where path does not exist. The reason says how to
// get it.
func RequireFile(t testing.TB, path, remedy string) {
	t.Helper()
	if _, err := os.Stat(path); err != nil {
		Skip(t, path+" is missing: "+remedy)
	}
}

// Images is the image store that tests use: the one that NSBOX_IMAGES names, or
// the host's.
func Images() string {
	if dir := os.Getenv("NSBOX_IMAGES"); dir != "" {
		return dir
	}
	return "/var/lib/nsbox/images"
}

// RequireImage skips the test where the image of that name is not built. It
// looks for the file that publishes an image (package image); whether the image
// is whole is for its user to find out.
func RequireImage(t testing.TB, name string) {
	t.Helper()
	RequireFile(t, filepath.Join(Images(), "images", name+".json"), "run nsbox rootfs build "+name)
}

// RequireHelper returns the path of the helper that make build left in bin/,
// or the one that NSBOX_HELPER names, and skips the test where there is none.
func RequireHelper(t testing.TB) string {
	t.Helper()
	path := os.Getenv("NSBOX_HELPER")
	if path == "" {
		path = filepath.Join(ModuleRoot(t), "bin", "nsbox-helper")
	}
	RequireFile(t, path, "run make build")
	return path
}

// ModuleRoot returns the directory that holds the module's go.mod.
func ModuleRoot(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatalf("working directory: %v", err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		up := filepath.Dir(dir)
		if up == dir {
			t.Fatal("no go.mod above the working directory")
		}
		dir = up
	}
}
