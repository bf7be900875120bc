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

// A contender runs the workload's program once and returns what it printed.
type contender struct {
	name   string
	run    func(context.Context) (stdout string, err error)
	expect string
}

// measure runs every contender once a round, in an order that changes from
// round to round: whoever comes after another finds the caches as that left
// them. A contender that fails or prints something else ends the measurement:
// a sandbox that does not run the program is quick, too.
func measure(ctx context.Context, w workload, o options) ([]Row, error) {
	times := make([][]time.Duration, len(w.contenders))
	for round := range o.warmup + o.rounds {
		for _, i := range rand.Perm(len(w.contenders)) {
			c := w.contenders[i]
			start := time.Now()
			got, err := c.run(ctx)
			took := time.Since(start)
			if err != nil {
				return nil, fmt.Errorf("%s: %s: %w", w.name, c.name, err)
			}
			if got != c.expect {
				return nil, fmt.Errorf("%s: %s printed %q instead of %q", w.name, c.name, got, c.expect)
			}
			if round >= o.warmup {
				times[i] = append(times[i], took)
			}
		}
	}
	rows := make([]Row, len(w.contenders))
	for i, c := range w.contenders {
		rows[i] = summarise(w.name, c.name, times[i])
	}
	compare(rows)
	return rows, nil
}
