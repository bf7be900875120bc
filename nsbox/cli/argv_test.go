package cli

import (
	"strings"
	"testing"
)

func TestArrange(t *testing.T) {
	root := (&App{}).tree()
	for in, want := range map[string]string{
		"exec main.go":                    "exec -- main.go",
		"exec main.go --json":             "exec --json -- main.go",
		"exec -l go main.go -- -x --json": "exec -l=go -- main.go -- -x --json",
		"exec --lang=go -":                "exec --lang=go -- -",
		"exec --stdin - main.go":          "exec --stdin=- -- main.go",
		"exec main.go --env -A=1 -t":      "exec --env=-A=1 -t -- main.go",
		"exec --file a=b -- x":            "exec --file=a=b -- -- x",
		"exec main.go --":                 "exec -- main.go --",
		"rootfs build python --images /x": "rootfs build --images=/x -- python",
		"--version":                       "--version",
		"":                                "",
		"version":                         "version",
		"exec --quiet=false a":            "exec --quiet=false -- a",
		"exec -json a":                    "exec -json -- a",
	} {
		got, _, err := arrange(root, strings.Fields(in))
		if err != nil || strings.Join(got, " ") != want {
			t.Errorf("%q:\n got %q, %v\nwant %q", in, got, err, want)
		}
	}
}

func TestArrangeMistakes(t *testing.T) {
	root := (&App{}).tree()
	for in, want := range map[string]string{
		"exce a":              `unknown command "nsbox exce"|did you mean "nsbox exec"?`,
		"frobnicate":          `unknown command "nsbox frobnicate"|nsbox --help lists the commands`,
		"rootfs biuld":        `unknown command "nsbox rootfs biuld"|did you mean "nsbox rootfs build"?`,
		"exec --tiemout 3 a":  `nsbox exec has no flag --tiemout|did you mean --timeout?`,
		"exec --zzzzzzzz a":   `nsbox exec has no flag --zzzzzzzz|nsbox exec --help lists them`,
		"exec --memoy=3 a":    `nsbox exec has no flag --memoy|did you mean --memory?`,
		"exec a --timeout":    `--timeout needs a value: --timeout TIME`,
		"exec -l":             `-l needs a value: -l NAME`,
		"exec --lang -- a":    `--lang needs a value: --lang NAME`,
		"exec --json=maybe a": `--json is a switch: write it alone, or with =true or =false`,
		"--json exec":         `nsbox has no flag --json|nsbox --help lists them`,
	} {
		_, _, err := arrange(root, strings.Fields(in))
		if err == nil {
			t.Errorf("%q: accepted", in)
			continue
		}
		if got := strings.Join(wording(err), "|"); got != want {
			t.Errorf("%q:\n got %s\nwant %s", in, got, want)
		}
		if exitStatus(err) != exitFailed {
			t.Errorf("%q: exit status %d", in, exitStatus(err))
		}
	}
}
