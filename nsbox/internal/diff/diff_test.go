package diff

import (
	"fmt"
	"math/rand"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nsbox/nsbox/nsbox/internal/nstest"
)

func TestUnified(t *testing.T) {
	got := Unified("a", "b", "1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\nfive\n6\n7\n8\n9\n")
	want := "--- a\n+++ b\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n"
	if got != want {
		t.Errorf("got\n%s", got)
	}
	if Unified("a", "b", "x", "x") != "" {
		t.Error("equal texts differ")
	}
	if got := Unified("a", "b", "", "x"); got != "--- a\n+++ b\n@@ -0,0 +1 @@\n+x\n\\ No newline at end of file\n" {
		t.Errorf("got\n%s", got)
	}
}

// What is written is what patch reads.
func TestPatchTakesIt(t *testing.T) {
	patch, err := exec.LookPath("patch")
	if err != nil {
		nstest.Skip(t, "the command patch is not installed")
	}
	rng := rand.New(rand.NewSource(1))
	for i := range 60 {
		a := text(rng)
		b := mutate(rng, a)
		if a == b {
			continue
		}
		dir := t.TempDir()
		name := filepath.Join(dir, "f")
		if err := os.WriteFile(name, []byte(a), 0o644); err != nil {
			t.Fatal(err)
		}
		d := Unified("f", "f", a, b)
		cmd := exec.Command(patch, "-s", "--fuzz=0", name)
		cmd.Stdin = strings.NewReader(d)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%d: %v: %s\n%s", i, err, out, d)
		}
		if got, _ := os.ReadFile(name); string(got) != b && b != "" {
			t.Fatalf("%d: patched to %q, want %q, by\n%s", i, got, b, d)
		}
	}
}

func text(rng *rand.Rand) string {
	var b strings.Builder
	for range 1 + rng.Intn(40) {
		fmt.Fprintf(&b, "line %d\n", rng.Intn(8))
	}
	return strings.TrimSuffix(b.String(), strings.Repeat("\n", rng.Intn(2)))
}

func mutate(rng *rand.Rand, s string) string {
	lines := strings.SplitAfter(s, "\n")
	for range 1 + rng.Intn(4) {
		at := rng.Intn(len(lines))
		switch rng.Intn(3) {
		case 0:
			lines[at] = fmt.Sprintf("new %d\n", rng.Intn(100))
		case 1:
			lines[at] = ""
		case 2:
			lines[at] = "inserted\n" + lines[at]
		}
	}
	return strings.Join(lines, "")
}
