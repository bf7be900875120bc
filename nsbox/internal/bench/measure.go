package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"
)

// A workload is one program, run by every contender.
type workload struct {
	name, what string
	contenders []contender
}

// A contender runs the workload's program once and returns what it printed. n
// numbers the runs: a workload whose source is new each time makes it of n.
type contender struct {
	name string
	// ready, where there is one, puts files in place; it is not measured.
	ready  func(n int) error
	run    func(ctx context.Context, n int) (stdout string, err error)
	expect func(n int) string
	// every is how many rounds pass between two runs of a slow contender.
	every int
}

// numbers gives every run of this process a number of its own.
var numbers int

// once runs c once, and makes sure that it did what it should: a sandbox that
// does not run the program is quick, too.
func (c contender) once(ctx context.Context, n int) (time.Duration, error) {
	if c.ready != nil {
		if err := c.ready(n); err != nil {
			return 0, fmt.Errorf("%s: %w", c.name, err)
		}
	}
	start := time.Now()
	got, err := c.run(ctx, n)
	took := time.Since(start)
	if err != nil {
		return 0, fmt.Errorf("%s: %w", c.name, err)
	}
	if want := c.expect(n); got != want {
		return 0, fmt.Errorf("%s printed %q instead of %q", c.name, got, want)
	}
	return took, nil
}

// measure runs every contender once a round, in an order that changes from
// round to round: whoever comes after another finds the caches as that left
// them. A contender that fails or prints something else ends the measurement.
func measure(ctx context.Context, w workload, rounds, warmup int) ([]Row, error) {
	times := make([][]time.Duration, len(w.contenders))
	for round := range warmup + rounds {
		for _, i := range rand.Perm(len(w.contenders)) {
			c := w.contenders[i]
			if c.every > 1 && round%c.every != warmup%c.every {
				continue
			}
			numbers++
			took, err := c.once(ctx, numbers)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", w.name, err)
			}
			if round >= warmup {
				times[i] = append(times[i], took)
			}
		}
	}
	var rows []Row
	for i, c := range w.contenders {
		rows = append(rows, summarise(w.name, c.name, times[i]))
	}
	compare(rows)
	return rows, nil
}
