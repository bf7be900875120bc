package main

import (
	"context"
	"encoding/xml"
	"errors"
	"io"
	"math"
	"os"
	"strings"
	"sync/atomic"
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
	if got := percentile(nil, 50); got != 0 {
		t.Errorf("p50 of nothing is %v, want 0", got)
	}
}

func TestCompare(t *testing.T) {
	rows := []Row{{Contender: bare, P50: 2}, {Contender: bubblewrap, P50: 4}, {Contender: "nsbox", P50: 6}}
	compare(rows)
	if rows[2].VsBare != 3 || rows[2].VsBubblewrap != 1.5 {
		t.Errorf("got %+v, want 3 times bare and 1.5 times bubblewrap", rows[2])
	}
}

// printing returns a contender that prints text.
func printing(name, text, want string, ran *atomic.Int64) contender {
	return contender{
		name: name, expect: same(want),
		run: func(context.Context, int) (string, error) {
			ran.Add(1)
			return text, nil
		},
	}
}

func TestMeasureRefusesAWrongAnswer(t *testing.T) {
	var n atomic.Int64
	_, err := measure(t.Context(), workload{name: "w", contenders: []contender{printing("liar", "", "hello\n", &n)}}, 1, 0)
	if err == nil || !strings.Contains(err.Error(), "liar printed") {
		t.Errorf("got %v, want the contender that printed something else named", err)
	}
}

func TestMeasureCountsRounds(t *testing.T) {
	var n, slow atomic.Int64
	w := workload{name: "w", contenders: []contender{printing("c", "", "", &n), printing("slow", "", "", &slow)}}
	w.contenders[1].every = 5
	rows, err := measure(t.Context(), w, 10, 3)
	if err != nil {
		t.Fatal(err)
	}
	if n.Load() != 13 || len(rows) != 2 || len(rows[0].Times) != 10 {
		t.Errorf("ran %d times with %d rows, want 13 and 2", n.Load(), len(rows))
	}
	if len(rows[1].Times) != 2 {
		t.Errorf("the one of every fifth round has %d times, want 2", len(rows[1].Times))
	}
}

func TestEveryRunHasItsNumber(t *testing.T) {
	seen := map[int]bool{}
	c := contender{name: "c", expect: same(""), run: func(_ context.Context, n int) (string, error) {
		if seen[n] {
			t.Errorf("number %d came twice", n)
		}
		seen[n] = true
		return "", nil
	}}
	if _, err := measure(t.Context(), workload{contenders: []contender{c, c}}, 5, 1); err != nil {
		t.Fatal(err)
	}
}

func TestSustainCountsAllClients(t *testing.T) {
	var n, most, now atomic.Int64
	c := printing("c", "", "", &n)
	c.run = func(context.Context, int) (string, error) {
		n.Add(1)
		if k := now.Add(1); k > most.Load() {
			most.Store(k)
		}
		time.Sleep(2 * time.Millisecond)
		now.Add(-1)
		return "", nil
	}
	l, err := sustain(t.Context(), c, 4, 50*time.Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	if l.Clients != 4 || l.Rate <= 0 || l.P50 < 2 || n.Load() < 4 || most.Load() > 4 {
		t.Errorf("%+v of %d runs, at most %d at a time", l, n.Load(), most.Load())
	}
	c.run = func(context.Context, int) (string, error) { return "", errors.New("broken") }
	if _, err := sustain(t.Context(), c, 2, time.Millisecond); err == nil || !strings.Contains(err.Error(), "broken") {
		t.Errorf("got %v, want the failure", err)
	}
}

// A request that waits for the one before it waits in the result, too.
func TestSteadyMeasuresFromWhenARunWasDue(t *testing.T) {
	gate := make(chan struct{}, 1)
	c := contender{name: "c", expect: same(""), run: func(context.Context, int) (string, error) {
		gate <- struct{}{}
		time.Sleep(4 * time.Millisecond)
		<-gate
		return "", nil
	}}
	s, err := steady(t.Context(), c, 1000, 40*time.Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	// 40 runs of 4 ms one after another, of which one came every millisecond.
	if s.Count != 40 || s.P99 < 60 || s.P50 > s.P99 {
		t.Errorf("%+v; want the wait of the last counted", s)
	}
}

func TestTargets(t *testing.T) {
	r := &Report{
		Results: []Row{
			{Workload: jobShell, Contender: bubblewrap, P50: 4}, {Workload: jobShell, Contender: nsboxRun, P50: 2},
			{Workload: jobPython, Contender: bare, P50: 10}, {Workload: jobPython, Contender: nsboxRun, P50: 5}, {Workload: jobPython, Contender: nsboxExec, P50: 16},
			{Workload: jobSame, Contender: bare, P50: 2}, {Workload: jobSame, Contender: nsboxRun, P50: 5.5},
		},
		Loads:  []Load{{Contender: nsboxRun, Clients: 8, Rate: 300}, {Contender: bare, Clients: 8, Rate: 100}, {Contender: bare, Clients: 16, Rate: 1000}},
		Steady: &Steady{P50: 2, P99: 9},
		Memory: []Memory{{Language: "python", Spares: 2, SpareMB: 4}, {Language: "bash"}},
	}
	want := map[string]struct {
		value    float64
		measured bool
		met      bool
	}{
		"a shell script that does nothing, p50":                     {0.5, true, true},
		"Python hello, p50":                                         {0.5, true, false},
		"Python hello, sustained, 8 clients at least 2x " + bare:    {3, true, true},
		"Python hello, sustained, 8 clients at least 3x " + goJudge: {0, false, false},
		"the same source again, p50":                                {1.5, true, true},
		"whole nsbox exec, Python hello, p50":                       {6, true, false},
		"p99 / p50 at 70 % of the highest rate":                     {4.5, true, false},
		"idle spare with an interpreter, PSS":                       {4, true, true},
		"idle spare without, PSS":                                   {0, false, false},
		"Node hello, p50":                                           {0, false, false},
	}
	found := 0
	for _, got := range targets(r) {
		w, ok := want[got.What]
		if !ok {
			w, ok = want[got.What+" "+got.Limit]
		}
		if !ok {
			continue
		}
		found++
		if got.Measured != w.measured || got.Met != w.met || math.Abs(got.Value-w.value) > 1e-9 {
			t.Errorf("%s (%s): %+v, want %+v", got.What, got.Limit, got, w)
		}
	}
	if found != len(want) {
		t.Errorf("%d of %d targets are there", found, len(want))
	}
}

func TestPictureIsXML(t *testing.T) {
	r := &Report{
		Machine: Machine{CPUs: 2, CPU: "<make & model>", Kernel: "6"},
		Results: []Row{
			{Workload: jobPython, Contender: bare, Times: []float64{9, 10, 12}},
			{Workload: jobPython, Contender: nsboxRun, Times: []float64{3}},
			{Workload: jobShell, Contender: "not in the picture", Times: []float64{3}},
		},
		Loads: []Load{{Contender: bare, Clients: 1, Rate: 90}, {Contender: bare, Clients: 16, Rate: 180}},
	}
	text := string(picture(r))
	dec := xml.NewDecoder(strings.NewReader(text))
	for {
		_, err := dec.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("%v in %s", err, text)
		}
	}
	if strings.Contains(text, "NaN") || strings.Contains(text, "Inf") || strings.Contains(text, "not in the picture") || !strings.Contains(text, nsboxRun) {
		t.Error(text)
	}
	if strings.Count(text, "<path") != 3 {
		t.Errorf("%d lines, want 3", strings.Count(text, "<path"))
	}
}

func TestTicksCoverTheValues(t *testing.T) {
	for _, c := range [][2]float64{{3, 12}, {0.9, 0.95}, {1, 1}, {0.02, 480}, {5, 5}} {
		ticks := decades(c[0], c[1])
		if len(ticks) < 2 || ticks[0] > c[0] || ticks[len(ticks)-1] < c[1] || len(ticks) > 20 {
			t.Errorf("%v: %v", c, ticks)
		}
	}
	for _, most := range []float64{0, 1, 7, 99, 555, 2000} {
		ticks := steps(most)
		if len(ticks) < 2 || ticks[len(ticks)-1] < most || len(ticks) > 8 {
			t.Errorf("%v: %v", most, ticks)
		}
	}
}

func TestParse(t *testing.T) {
	if o, err := parse([]string{"-only", "python,kept"}); err != nil || o.wants(jobShell) || !o.wants(partKept) {
		t.Errorf("%+v, %v", o, err)
	}
	for _, bad := range [][]string{{"-only", "pyhton"}, {"-rounds", "0"}, {"x"}} {
		if _, err := parse(bad); err == nil {
			t.Errorf("%v is taken", bad)
		}
	}
}

func TestPSS(t *testing.T) {
	mb, err := pss(os.Getpid())
	if err != nil || mb < 0.5 || mb > 1000 {
		t.Errorf("this process takes %v MB, %v", mb, err)
	}
	all, err := processes()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range all {
		if p.pid == os.Getpid() {
			if p.parent != os.Getppid() || len(p.ns) < 1 {
				t.Errorf("%+v", p)
			}
			return
		}
	}
	t.Error("this process is not found")
}
