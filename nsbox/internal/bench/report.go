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
	Results []Row    `json:"results"`
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
}

// The names that others are compared with.
const (
	bare       = "bare command"
	bubblewrap = "bubblewrap"
)

func summarise(workload, contender string, times []time.Duration) Row {
	slices.Sort(times)
	return Row{
		Workload: workload, Contender: contender,
		P50: percentile(times, 50), P90: percentile(times, 90), P99: percentile(times, 99),
	}
}

// percentile returns the smallest of the sorted times that p percent of them do
// not exceed, in milliseconds.
func percentile(sorted []time.Duration, p int) float64 {
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

func printHead(out io.Writer, r Report) {
	fmt.Fprintf(out, "%d x %s, Linux %s, %s; %d rounds after %d to warm up, contenders alternating\n",
		r.Machine.CPUs, r.Machine.CPU, r.Machine.Kernel, r.Machine.Arch, r.Rounds, r.Warmup)
	for _, m := range r.Missing {
		fmt.Fprintln(out, "not measured:", m)
	}
}

func printTable(out io.Writer, name, what string, rows []Row) {
	fmt.Fprintf(out, "\n%s: %s\n", name, what)
	tw := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(tw, "contender\tp50 ms\tp90 ms\tp99 ms\tx bare\tx bubblewrap\t")
	for _, r := range rows {
		fmt.Fprintf(tw, "%s\t%.2f\t%.2f\t%.2f\t%s\t%s\t\n", r.Contender, r.P50, r.P90, r.P99, ratio(r.VsBare), ratio(r.VsBubblewrap))
	}
	_ = tw.Flush() // out has the error, and the next line finds it
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
