package main

import (
	"context"
	"strings"
	"testing"
	"time"
)

func TestPercentile(t *testing.T) {
	var times []time.Duration
	for i := range 100 {
		times = append(times, time.Duration(i+1)*time.Millisecond)
	}
	for p, want := range map[int]float64{50: 50, 90: 90, 99: 99} {
		if got := percentile(times, p); got != want {
			t.Errorf("p%d of 1..100 ms is %v, want %v", p, got, want)
		}
	}
	if got := percentile(times[:1], 99); got != 1 {
		t.Errorf("p99 of one value is %v, want it", got)
	}
}

func TestCompare(t *testing.T) {
	rows := []Row{{Contender: bare, P50: 2}, {Contender: bubblewrap, P50: 4}, {Contender: "nsbox", P50: 6}}
	compare(rows)
	if rows[2].VsBare != 3 || rows[2].VsBubblewrap != 1.5 {
		t.Errorf("got %+v, want 3 times bare and 1.5 times bubblewrap", rows[2])
	}
}

func TestMeasureRefusesAWrongAnswer(t *testing.T) {
	w := workload{name: "w", contenders: []contender{{
		name: "liar", expect: "hello\n",
		run: func(context.Context) (string, error) { return "", nil },
	}}}
	_, err := measure(t.Context(), w, options{rounds: 1})
	if err == nil || !strings.Contains(err.Error(), "liar printed") {
		t.Errorf("got %v, want the contender that printed something else named", err)
	}
}

func TestMeasureCountsRounds(t *testing.T) {
	n := 0
	w := workload{name: "w", contenders: []contender{{name: "c", run: func(context.Context) (string, error) {
		n++
		return "", nil
	}}}}
	rows, err := measure(t.Context(), w, options{rounds: 7, warmup: 3})
	if err != nil {
		t.Fatal(err)
	}
	if n != 10 || len(rows) != 1 {
		t.Errorf("ran %d times with %d rows, want 10 and 1", n, len(rows))
	}
}
