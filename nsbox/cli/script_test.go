package cli

import (
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/nsbox/nsbox/nsbox/internal/nstest"
)

// TestMain makes this test binary the command nsbox where a script runs it.
func TestMain(m *testing.M) {
	if kind := os.Getenv(hostEnv); kind != "" {
		os.Exit(doctorOn(kind))
	}
	testscript.Main(m, map[string]func(){
		"nsbox": func() { os.Exit(New().Main(os.Args)) },
	})
}

// Scripts that need neither root nor images.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{Dir: "testdata/script", Setup: quietEnvironment})
}

// Scripts that run programs: as root, with the helper and the images built.
func TestRootScripts(t *testing.T) {
	nstest.RequireRoot(t)
	helper := nstest.RequireHelper(t)
	for _, image := range []string{"base", "python-slim", "gcc"} {
		nstest.RequireFile(t, "/var/lib/nsbox/images/images/"+image+".json", "run make rootfs")
	}
	testscript.Run(t, testscript.Params{
		Dir: "testdata/root",
		Setup: func(e *testscript.Env) error {
			e.Setenv("NSBOX_HELPER", helper)
			return quietEnvironment(e)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": exits, "interrupt": interrupt, "settled": settled,
		},
	})
}

// quietEnvironment keeps the settings of whoever runs the tests out.
func quietEnvironment(e *testscript.Env) error {
	e.Setenv("HOME", e.WorkDir)
	e.Setenv("XDG_CONFIG_HOME", "")
	e.Setenv("NO_COLOR", "")
	e.Setenv("TERM", "dumb")
	return nil
}
