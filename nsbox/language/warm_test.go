package language

import (
	"strings"
	"testing"
)

func TestWarm(t *testing.T) {
	argv := []string{"run", "{main}", "{args}"}
	for _, c := range []struct {
		name string
		warm Warm
		argv []string
		want string // in the error; empty is none
	}{
		{"fork", Warm{Kind: WarmFork, Interpreter: "python", Imports: []string{"json", "xml.etree"}, More: [][]string{{"numpy"}}}, argv, ""},
		{"started", Warm{Kind: WarmStarted, Argv: []string{"node", "--max={heap_mb}"}}, argv, ""},
		{"no kind", Warm{}, argv, "warm.kind"},
		{"unknown interpreter", Warm{Kind: WarmFork, Interpreter: "perl"}, argv, "interpreter"},
		{"bad import", Warm{Kind: WarmFork, Interpreter: "python", Imports: []string{"os; x"}}, argv, "imports"},
		{"bad more", Warm{Kind: WarmFork, Interpreter: "python", More: [][]string{{"-c"}}}, argv, "more"},
		{"too many sets", Warm{Kind: WarmFork, Interpreter: "python", More: make([][]string, maxMore+1)}, argv, "sets"},
		{"argv of a fork", Warm{Kind: WarmFork, Interpreter: "python", Argv: []string{"x"}}, argv, "argv"},
		{"fork without a fixed command", Warm{Kind: WarmFork, Interpreter: "python"}, []string{"run", "{args}", "{main}"}, "{main}"},
		{"started without argv", Warm{Kind: WarmStarted}, argv, "argv is missing"},
		{"started with a program's word", Warm{Kind: WarmStarted, Argv: []string{"node", "{main}"}}, argv, "main"},
		{"started with imports", Warm{Kind: WarmStarted, Argv: []string{"node"}, Imports: []string{"x"}}, argv, "imports"},
	} {
		err := c.warm.validate("run.warm", c.argv)
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}
