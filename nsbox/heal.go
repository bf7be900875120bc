package nsbox

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Options say how [Heal] mends a program.
type Options struct {
	// Analyzer reads what went wrong. It must be set.
	Analyzer Analyzer
	// Healers are asked in their order: the next one where those before found
	// nothing that helped.
	Healers []Healer
	// HasCheck tells whether a language, by its canonical name, has a check
	// command; nil means that none has.
	HasCheck func(language string) bool
	// MaxIterations is how many times the program runs at most, the first run
	// included: 1 to 10, 5 when zero.
	MaxIterations int
	// Timeout bounds all of it together; no new run begins after it. Zero means
	// that the context alone bounds it.
	Timeout time.Duration
	// ExpectStdout, when not nil, is the output that the program must have; with
	// any other it has failed.
	ExpectStdout []byte
	// Vet runs the check command on a program that ends well, too, and mends what
	// it finds.
	Vet bool
	// Limits asks the healers about a program that a limit ended, which is else
	// left alone.
	Limits bool
	// Run runs one request; nil means the zero [Client].
	Run func(context.Context, Request) (Result, error)
}

// The bounds of Options.MaxIterations.
const (
	DefaultIterations = 5
	MaxIterations     = 10
)

// Report is how a healing ended. Its Result is that of the healed program's
// run, or of the original program's where nothing helped.
type Report struct {
	Result
	// Original is how the program as it came ended.
	Original Result
	// Files are the program after healing; as it came where nothing helped.
	Files []File
	// HealerErrors are the reasons for which healers could not be asked.
	HealerErrors []error
}

// Heal runs req, and where the program fails, has it diagnosed and mended, and
// runs it again, each time in a new sandbox under the same limits. A fix is kept
// only where the program gets further with it.
//
// The error is nsbox's failure. A program that can't be mended is none: the
// Report says how it ended, what was tried and why that came to its end.
//
// req.Stdout and req.Stderr get the output of the first run alone. req.Stdin is
// kept for the further runs, up to 16 MiB. A program on a terminal (req.TTY)
// can't be healed: it runs once.
func Heal(ctx context.Context, req Request, opts Options) (Report, error) {
	if opts.MaxIterations == 0 {
		opts.MaxIterations = DefaultIterations
	}
	switch {
	case opts.Analyzer == nil:
		return Report{}, errors.New("heal: Options.Analyzer is missing; heal.Options has the analyzers of all languages")
	case opts.MaxIterations < 1 || opts.MaxIterations > MaxIterations:
		return Report{}, fmt.Errorf("%w: %d iterations; allowed are 1 to %d", ErrBadRequest, opts.MaxIterations, MaxIterations)
	case len(req.Files) == 0:
		return Report{}, fmt.Errorf("%w: there is no file to run", ErrBadRequest)
	}
	if opts.Run == nil {
		opts.Run = Run
	}
	if req.TTY != nil {
		opts.MaxIterations = 1
	}
	l := &loop{req: req, opts: opts, seen: map[string]bool{}}
	l.events.emit = req.OnEvent
	if req.Stdin != nil {
		l.tape = newTape(req.Stdin)
	}
	if opts.Timeout > 0 {
		l.deadline = time.Now().Add(opts.Timeout)
	}
	rep, err := l.heal(ctx)
	if err != nil {
		l.events.send(Event{Type: EventError, Error: err.Error()})
		return Report{}, err
	}
	l.events.send(Event{Type: EventExit, Result: &rep.Result})
	return rep, nil
}
