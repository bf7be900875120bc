package seccomp

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nsbox/nsbox/nsbox/internal/nstest"
)

// TestStrictGo: the go command needs processes, so its program is built outside.
func TestStrictGo(t *testing.T) {
	if _, err := exec.LookPath("go"); err != nil {
		nstest.Skip(t, "needs go: "+err.Error())
	}
	dir := t.TempDir()
	source, bin := filepath.Join(dir, "a.go"), filepath.Join(dir, "a")
	if err := os.WriteFile(source, []byte(threadsGo), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("go", "build", "-o", bin, source).CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	out, err := exec.Command(buildC(t, "launch"), filterFile(t, "strict", Options{}), bin).CombinedOutput()
	if err != nil || !strings.Contains(string(out), "strict done true") {
		t.Errorf("%v\n%s", err, out)
	}
}
