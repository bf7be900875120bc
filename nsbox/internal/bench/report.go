package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"golang.org/x/sys/unix"
)

// Report is everything that one run found; -json writes it.
type Report struct {
	Machine Machine  `json:"machine"`
	Rounds  int      `json:"rounds"`
	Warmup  int      `json:"warmup"`
	Missing []string `json:"missing"`
	// Toolchains are the images that bare commands and other sandboxes run.
	Toolchains []string `json:"toolchains"`
	Results    []Row    `json:"results"`
	Loads      []Load   `json:"loads,omitempty"`
	Steady     *Steady  `json:"steady,omitempty"`
	Memory     []Memory `json:"memory,omitempty"`
	Kept       []Kept   `json:"kept,omitempty"`
	Targets    []Target `json:"targets"`
}

// Machine says where the times were taken.
type Machine struct {
	CPU    string `json:"cpu"`
	CPUs   int    `json:"cpus"`
	Kernel string `json:"kernel"`
	Arch   string `json:"arch"`
}

// Row is one contender at one workload. Times are in milliseconds; the ratios
// are of the medians, 0 where there is nothing to compare with.
type Row struct {
	Workload     string  `json:"workload"`
	Contender    string  `json:"contender"`
	P50          float64 `json:"p50_ms"`
	P90          float64 `json:"p90_ms"`
	P99          float64 `json:"p99_ms"`
	VsBare       float64 `json:"vs_bare"`
	VsBubblewrap float64 `json:"vs_bubblewrap"`
	// Times are all of them, sorted: the distribution.
	Times []float64 `json:"times_ms"`
}

func summarise(workload, contender string, times []time.Duration) Row {
	slices.Sort(times)
	r := Row{Workload: workload, Contender: contender}
	if len(times) == 0 {
		return r
	}
	r.P50, r.P90, r.P99 = percentile(times, 50), percentile(times, 90), percentile(times, 99)
	for _, t := range times {
		r.Times = append(r.Times, float64(t.Microseconds())/1000)
	}
	return r
}

// percentile returns the smallest of the sorted times that p percent of them do
// not exceed, in milliseconds; 0 of none.
func percentile(sorted []time.Duration, p int) float64 {
	if len(sorted) == 0 {
		return 0
	}
	i := (len(sorted)*p + 99) / 100
	return float64(sorted[max(i, 1)-1]) / float64(time.Millisecond)
}

func compare(rows []Row) {
	for i := range rows {
		for _, other := range rows {
			switch other.Contender {
			case bare:
				rows[i].VsBare = rows[i].P50 / other.P50
			case bubblewrap:
				rows[i].VsBubblewrap = rows[i].P50 / other.P50
			}
		}
	}
}

func printHead(out io.Writer, r *Report) {
	fmt.Fprintf(out, "%d x %s, Linux %s, %s; up to %d rounds after %d to warm up, contenders alternating\n",
		r.Machine.CPUs, r.Machine.CPU, r.Machine.Kernel, r.Machine.Arch, r.Rounds, r.Warmup)
	fmt.Fprintf(out, "bare commands and other sandboxes run the toolchains of nsbox's images: %s\n", strings.Join(r.Toolchains, ", "))
	for _, m := range r.Missing {
		fmt.Fprintln(out, "not measured:", m)
	}
}

// table prints rows of cells, the first of them the head.
func table(out io.Writer, title string, rows [][]string) {
	fmt.Fprintf(out, "\n%s\n", title)
	tw := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	for _, cells := range rows {
		fmt.Fprintln(tw, strings.Join(cells, "\t")+"\t")
	}
	_ = tw.Flush() // out has the error, and the next line finds it
}

func ms(f float64) string { return fmt.Sprintf("%.2f", f) }

func printTable(out io.Writer, name, what string, rows []Row) {
	cells := [][]string{{"contender", "p50 ms", "p90 ms", "p99 ms", "x bare", "x bubblewrap", "runs"}}
	for _, r := range rows {
		cells = append(cells, []string{r.Contender, ms(r.P50), ms(r.P90), ms(r.P99), ratio(r.VsBare), ratio(r.VsBubblewrap), fmt.Sprint(len(r.Times))})
	}
	table(out, name+": "+what, cells)
}

func printLoads(out io.Writer, loads []Load) {
	cells := [][]string{{"contender", "clients", "per second", "p50 ms", "p99 ms"}}
	for _, l := range loads {
		cells = append(cells, []string{l.Contender, fmt.Sprint(l.Clients), fmt.Sprintf("%.0f", l.Rate), ms(l.P50), ms(l.P99)})
	}
	table(out, "throughput: Python's hello, every client asking again when it has its answer", cells)
}

func printSteady(out io.Writer, s Steady) {
	fmt.Fprintf(out, "\nat %.0f %% of the highest rate, %.0f a second, coming evenly: p50 %.2f ms, p99 %.2f ms, p99/p50 %.2f, of %d\n",
		100*s.Share, s.Rate, s.P50, s.P99, s.P99/s.P50, s.Count)
}

func printMemory(out io.Writer, list []Memory) {
	cells := [][]string{{"language", "idle spares", "MB each", "running MB each"}}
	for _, m := range list {
		spare := "-"
		if m.Spares > 0 {
			spare = ms(m.SpareMB)
		}
		cells = append(cells, []string{m.Language, fmt.Sprint(m.Spares), spare, ms(m.RunningMB)})
	}
	table(out, "memory: proportional set size", cells)
}

func printKept(out io.Writer, list []Kept) {
	cells := [][]string{{"sandboxes kept", "p50 ms", "p99 ms", "helper MB"}}
	for _, k := range list {
		cells = append(cells, []string{fmt.Sprint(k.Sandboxes), ms(k.P50), ms(k.P99), ms(k.HelperMB)})
	}
	table(out, "kept: a shell script that does nothing, while others wait for input", cells)
}

func printTargets(out io.Writer, list []Target) {
	cells := [][]string{{"target", "wanted", "measured", ""}}
	for _, t := range list {
		value, how := "-", "not measured"
		if t.Measured {
			value, how = ms(t.Value), "missed"
			if t.Met {
				how = "met"
			}
		}
		cells = append(cells, []string{t.What, t.Limit, value, how})
	}
	table(out, "targets", cells)
}

func ratio(f float64) string {
	if f == 0 {
		return "-"
	}
	return fmt.Sprintf("%.2f", f)
}

func machine() Machine {
	m := Machine{CPU: "processor of unknown make", CPUs: runtime.NumCPU(), Kernel: "of unknown version", Arch: runtime.GOARCH}
	var u unix.Utsname
	if unix.Uname(&u) == nil {
		m.Kernel = unix.ByteSliceToString(u.Release[:])
	}
	f, err := os.Open("/proc/cpuinfo")
	if err != nil {
		return m
	}
	defer f.Close()
	for sc := bufio.NewScanner(f); sc.Scan(); {
		if name, value, ok := strings.Cut(sc.Text(), ":"); ok && strings.TrimSpace(name) == "model name" {
			m.CPU = strings.TrimSpace(value)
			break
		}
	}
	return m
}
