package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"sync"
	"text/tabwriter"
	"time"
)

// table counts outcomes by language, and by the kind of damage.
type table struct {
	mu              sync.Mutex
	languages, what map[string]*row
}

type row struct {
	broken, healed, wrong int
	lines, types          int
	runs                  int
	costs                 []time.Duration
}

func newTable() *table { return &table{languages: map[string]*row{}, what: map[string]*row{}} }

func (t *table) add(r *result) {
	if r.outcome == sound {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, to := range []struct {
		rows map[string]*row
		key  string
	}{{t.languages, r.language}, {t.languages, "all"}, {t.what, r.kind}} {
		w := to.rows[to.key]
		if w == nil {
			w = &row{}
			to.rows[to.key] = w
		}
		w.broken++
		w.healed += count(r.outcome == healed)
		w.wrong += count(r.outcome == wrong)
		w.lines += count(r.lineOK)
		w.types += count(r.typeOK)
		w.runs = max(w.runs, r.runs)
		w.costs = append(w.costs, r.cost)
	}
}

func count(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

func (t *table) print(out io.Writer) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	head := "\tbroken\thealed\twrong\tline\ttype\tmost runs\tms median\tms 99%\t"
	print := func(name string, r *row) {
		slices.Sort(r.costs)
		at := func(q float64) float64 { return float64(r.costs[int(q*float64(len(r.costs)-1))]) / 1e6 }
		percent := func(n int) string { return fmt.Sprintf("%.1f%%", 100*float64(n)/float64(r.broken)) }
		fmt.Fprintf(w, "%s\t%d\t%s\t%s\t%s\t%s\t%d\t%.2f\t%.2f\t\n", name, r.broken, percent(r.healed), percent(r.wrong), percent(r.lines), percent(r.types), r.runs, at(.5), at(.99))
	}
	fmt.Fprintln(w, head)
	for _, name := range slices.Sorted(maps.Keys(t.languages)) {
		if name != "all" {
			print(name, t.languages[name])
		}
	}
	if all := t.languages["all"]; all != nil {
		print("all", all)
	}
	fmt.Fprintln(w, head)
	for _, name := range slices.Sorted(maps.Keys(t.what)) {
		print(name, t.what[name])
	}
	return w.Flush()
}
