package language

import (
	"errors"
	"fmt"

	"github.com/nsbox/nsbox/nsbox/internal/lazyre"
)

// Warm says how the command of a stage can be there before the program is.
// Without it, a sandbox can be ready but for the command itself.
type Warm struct {
	// Kind is WarmFork or WarmStarted.
	Kind string `toml:"kind"`
	// Interpreter is for WarmFork what kind of interpreter the command is: "python".
	Interpreter string `toml:"interpreter"`
	// Imports are the libraries that it has loaded. Each set of More is for one more
	// interpreter, which has its libraries and those of the sets before it, too; it
	// is for programs whose main file mentions one of the set.
	Imports []string   `toml:"imports"`
	More    [][]string `toml:"more"`
	// Argv is for WarmStarted the command that waits for the program's, with the
	// placeholders of the stage but for those that come from the program.
	Argv []string `toml:"argv"`
}

// The kinds of Warm.
const (
	// WarmFork clones sandboxes from an interpreter that is up.
	WarmFork = "fork"
	// WarmStarted has a command of the image wait in a sandbox.
	WarmStarted = "started"
)

var reImport = lazyre.New(`^[A-Za-z_][A-Za-z0-9_]*([./][A-Za-z_][A-Za-z0-9_]*)*$`)

func (w *Warm) validate(field string, argv []string) error {
	switch w.Kind {
	case WarmFork:
		if w.Interpreter != "python" {
			return fmt.Errorf(`%s.interpreter is %q; "python" is the only one that can be forked`, field, w.Interpreter)
		}
		if len(w.Argv) > 0 {
			return fmt.Errorf("%s.argv is for the kind started", field)
		}
		if MainIndex(argv) == 0 {
			return errors.New(field + `: the command's words up to {main} must be the same for every program, so that an interpreter can be started with them`)
		}
	case WarmStarted:
		if w.Interpreter != "" || len(w.Imports) > 0 || len(w.More) > 0 {
			return fmt.Errorf("%s: interpreter, imports and more are for the kind fork", field)
		}
		if len(w.Argv) == 0 {
			return fmt.Errorf("%s.argv is missing", field)
		}
		return validateArgv(field+".argv", w.Argv, []string{phHeap, phMemory, phCPUs})
	default:
		return fmt.Errorf(`%s.kind is %q; allowed are "fork" and "started"`, field, w.Kind)
	}
	if err := list(field+".imports", w.Imports, reImport, "names of libraries"); err != nil {
		return err
	}
	if len(w.More) > maxMore {
		return fmt.Errorf("%s.more has %d sets; at most %d are allowed", field, len(w.More), maxMore)
	}
	for i, set := range w.More {
		if err := list(fmt.Sprintf("%s.more[%d]", field, i), set, reImport, "names of libraries"); err != nil {
			return err
		}
	}
	return nil
}

// maxMore bounds the interpreters that a language keeps up, each of which needs
// memory.
const maxMore = 3

// MainIndex returns where {main} stands in a command whose words before it do
// not depend on the program, and 0 where there is no such place.
func MainIndex(argv []string) int {
	for i, a := range argv {
		switch a {
		case "{main}":
			return i
		case "{args}", "{sources}", "{stem}":
			return 0
		}
	}
	return 0
}
