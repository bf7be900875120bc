package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// clients are the numbers of callers that ask at a time, each again as soon as
// it has its answer.
var clients = []int{1, 2, 4, 8, 16}

// Load is what one contender sustained with a number of clients.
type Load struct {
	Workload  string  `json:"workload"`
	Contender string  `json:"contender"`
	Clients   int     `json:"clients"`
	Rate      float64 `json:"per_second"`
	P50       float64 `json:"p50_ms"`
	P99       float64 `json:"p99_ms"`
}

// Steady is the latency where requests come at a rate of their own, whether or
// not the ones before have been answered.
type Steady struct {
	Workload string `json:"workload"`
	// Rate is Share of the highest that was sustained.
	Share float64 `json:"share"`
	Rate  float64 `json:"per_second"`
	Count int     `json:"count"`
	P50   float64 `json:"p50_ms"`
	P99   float64 `json:"p99_ms"`
}

// throughput measures Python's hello against the number of clients.
func (b *bench) throughput(ctx context.Context, out io.Writer, r *Report) error {
	j := jobNamed(jobPython)
	w, err := b.workload(ctx, j)
	if err != nil {
		return err
	}
	var taking []contender
	for _, c := range w.contenders {
		switch c.name {
		case bare, bubblewrap, goJudge, nsboxRun:
			taking = append(taking, c)
		}
	}
	// The files are there already, and many callers must not write one at a time.
	for i := range taking {
		taking[i].ready = nil
	}
	for _, n := range clients {
		for _, c := range taking {
			// Half a step to fill pools and caches.
			if _, err := sustain(ctx, c, n, b.o.second/2); err != nil {
				return err
			}
			l, err := sustain(ctx, c, n, b.o.second)
			if err != nil {
				return err
			}
			l.Workload = j.name
			r.Loads = append(r.Loads, l)
		}
	}
	printLoads(out, r.Loads)
	best := highest(r.Loads, nsboxRun)
	const share = 0.7
	c := taking[slices.IndexFunc(taking, func(c contender) bool { return c.name == nsboxRun })]
	s, err := steady(ctx, c, share*best, 3*b.o.second)
	if err != nil {
		return err
	}
	s.Workload, s.Share = j.name, share
	r.Steady = &s
	printSteady(out, s)
	return nil
}

// highest is the best rate of a contender.
func highest(loads []Load, name string) float64 {
	var best float64
	for _, l := range loads {
		if l.Contender == name {
			best = max(best, l.Rate)
		}
	}
	return best
}

// runNumber numbers runs that are not alone.
var runNumber atomic.Int64

// sustain lets n callers run c for a time.
func sustain(ctx context.Context, c contender, n int, long time.Duration) (Load, error) {
	start := time.Now()
	end := start.Add(long)
	times, errs := make([][]time.Duration, n), make([]error, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			for time.Now().Before(end) {
				took, err := c.once(ctx, 1_000_000+int(runNumber.Add(1)))
				if err != nil {
					errs[i] = err
					return
				}
				times[i] = append(times[i], took)
			}
		})
	}
	wg.Wait()
	took := time.Since(start)
	if err := errors.Join(errs...); err != nil {
		return Load{}, fmt.Errorf("%d clients: %w", n, err)
	}
	all := slices.Concat(times...)
	slices.Sort(all)
	return Load{
		Contender: c.name, Clients: n, Rate: float64(len(all)) / took.Seconds(),
		P50: percentile(all, 50), P99: percentile(all, 99),
	}, nil
}

// maxBehind is how many requests may be under way when they come at a rate of
// their own: past it the rate is not sustained, which is an error.
const maxBehind = 256

// steady asks c for runs at a rate, and measures each from the moment at which
// it should have begun: a request that waits for others waits all the same.
func steady(ctx context.Context, c contender, rate float64, long time.Duration) (Steady, error) {
	gap := time.Duration(float64(time.Second) / rate)
	count := max(int(long/gap), 20)
	times, errs := make([]time.Duration, count), make([]error, count)
	slots := make(chan struct{}, maxBehind)
	var wg sync.WaitGroup
	start := time.Now()
	for i := range count {
		due := start.Add(time.Duration(i) * gap)
		time.Sleep(time.Until(due))
		select {
		case slots <- struct{}{}:
		default:
			wg.Wait()
			return Steady{}, fmt.Errorf("%d requests behind at %.0f a second", maxBehind, rate)
		}
		wg.Go(func() {
			_, errs[i] = c.once(ctx, 2_000_000+i)
			times[i] = time.Since(due)
			<-slots
		})
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		return Steady{}, err
	}
	slices.Sort(times)
	return Steady{Rate: rate, Count: count, P50: percentile(times, 50), P99: percentile(times, 99)}, nil
}
