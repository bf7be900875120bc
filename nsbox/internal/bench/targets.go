package main

import "fmt"

// Target is one line of what nsbox sets out to show.
type Target struct {
	What  string `json:"what"`
	Limit string `json:"limit"`
	// Value is what was measured in the limit's own terms; Measured says whether
	// all that it takes was.
	Value    float64 `json:"value"`
	Measured bool    `json:"measured"`
	Met      bool    `json:"met"`
}

// targets compares what was measured with what is wanted.
func targets(r *Report) []Target {
	var list []Target
	at := func(workload, contender string) (float64, bool) {
		for _, row := range r.Results {
			if row.Workload == workload && row.Contender == contender && row.P50 > 0 {
				return row.P50, true
			}
		}
		return 0, false
	}
	// ratio compares medians: ours must be at most limit times theirs.
	ratio := func(what, workload, ours, theirs string, limit float64) {
		a, ok1 := at(workload, ours)
		b, ok2 := at(workload, theirs)
		t := Target{What: what, Limit: fmt.Sprintf("at most %gx %s", limit, theirs), Measured: ok1 && ok2}
		if t.Measured {
			t.Value = a / b
			t.Met = t.Value <= limit
		}
		list = append(list, t)
	}
	ratio("a shell script that does nothing, p50", jobShell, nsboxRun, bubblewrap, 0.5)
	ratio("a compiled program that does nothing, p50", jobCompiled, nsboxRun, bubblewrap, 0.5)
	ratio("Python hello, p50", jobPython, nsboxRun, bare, 0.4)
	sustained := func(theirs string, times float64) {
		var a, b float64
		for _, l := range r.Loads {
			switch {
			case l.Clients == 8 && l.Contender == nsboxRun:
				a = l.Rate
			case l.Clients == 8 && l.Contender == theirs:
				b = l.Rate
			}
		}
		t := Target{What: "Python hello, sustained, 8 clients", Limit: fmt.Sprintf("at least %gx %s", times, theirs), Measured: a > 0 && b > 0}
		if t.Measured {
			t.Value = a / b
			t.Met = t.Value >= times
		}
		list = append(list, t)
	}
	sustained(goJudge, 3)
	sustained(bare, 2)
	ratio("Node hello, p50", jobNode, nsboxRun, bare, 0.2)
	ratio("Java source hello, p50", jobJava, nsboxRun, bare, 0.2)
	ratio("Go source never seen before, p50", jobGo, nsboxRun, bare, 0.5)
	ratio("Rust source never seen before, p50", jobRust, nsboxRun, bare, 0.8)
	// slack is beyond times the bare command, in milliseconds.
	slack := func(what, workload, ours string, times, ms float64) {
		a, ok1 := at(workload, ours)
		b, ok2 := at(workload, bare)
		t := Target{What: what, Limit: fmt.Sprintf("at most %gx %s + %g ms: ms beyond", times, bare, ms), Measured: ok1 && ok2}
		if t.Measured {
			t.Value = a - times*b
			t.Met = t.Value <= ms
		}
		list = append(list, t)
	}
	slack("the same source again, p50", jobSame, nsboxRun, 2, 2)
	slack("whole nsbox exec, Python hello, p50", jobPython, nsboxExec, 1, 5)
	tail := Target{What: "p99 / p50 at 70 % of the highest rate", Limit: "at most 4", Measured: r.Steady != nil}
	if r.Steady != nil {
		tail.Value = r.Steady.P99 / r.Steady.P50
		tail.Met = tail.Value <= 4
	}
	list = append(list, tail)
	spare := func(language, what string, limit float64) {
		t := Target{What: what, Limit: fmt.Sprintf("at most %g MB", limit)}
		for _, m := range r.Memory {
			if m.Language == language && m.Spares > 0 {
				t.Value, t.Measured, t.Met = m.SpareMB, true, m.SpareMB <= limit
			}
		}
		list = append(list, t)
	}
	spare("python", "idle spare with an interpreter, PSS", 5)
	spare("bash", "idle spare without, PSS", 2)
	return list
}
