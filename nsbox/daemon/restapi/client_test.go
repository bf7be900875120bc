package restapi_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nsbox/nsbox/nsbox/daemon/internal/daemontest"
	"github.com/nsbox/nsbox/nsbox/internal/nstest"
)

// A client that oapi-codegen makes of the description, here and now, compiles and
// runs the main calls. The generator is pinned in a module of its own, so that
// what it needs is no dependency of nsbox.
func TestGeneratedClient(t *testing.T) {
	goTool, err := exec.LookPath("go")
	if err != nil {
		nstest.Skip(t, "go is not in PATH: the generator and its client are built here")
	}
	s := daemontest.Start(t, daemontest.Config{AuthRequired: true})
	_, body := s.Do(t, "", "GET", "/openapi.json", "")
	dir, module := t.TempDir(), filepath.Join(nstest.ModuleRoot(t), "tools", "restclient")
	description, client := filepath.Join(dir, "openapi.json"), filepath.Join(dir, "client.gen.go")
	if err := os.WriteFile(description, body, 0o600); err != nil {
		t.Fatal(err)
	}
	run := func(args ...string) string {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), goTool, args...)
		cmd.Dir = module
		cmd.Env = append(os.Environ(), "GOFLAGS=-buildvcs=false", "GOWORK=off")
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("go %s: %v\n%s", args[0], err, out)
		}
		return string(out)
	}
	run("tool", "oapi-codegen", "-config", "config.yaml", "-o", client, description)
	first, err := os.ReadFile(client)
	if err != nil {
		t.Fatal(err)
	}
	run("tool", "oapi-codegen", "-config", "config.yaml", "-o", client, description)
	if second, err := os.ReadFile(client); err != nil || string(second) != string(first) {
		t.Errorf("made twice of one description, the client differs (%v)", err)
	}

	// The client lies beside main.go for the compiler alone.
	overlay, err := json.Marshal(map[string]any{"Replace": map[string]string{filepath.Join(module, "client.gen.go"): client}})
	if err != nil {
		t.Fatal(err)
	}
	overlayFile := filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(overlayFile, overlay, 0o600); err != nil {
		t.Fatal(err)
	}
	// Before it stands what the go command downloads, where it does.
	if out := run("run", "-tags", "restclient", "-overlay", overlayFile, ".", s.URL, s.Keys["user"]); !strings.HasSuffix("\n"+out, "\nok\n") {
		t.Errorf("the client says %q", out)
	}
}
